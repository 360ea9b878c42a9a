//! Where we are: the Route as a signal, kept with the address bar.

use leptos::prelude::*;

use crate::{browser, route::Route};

/// Where we are.
#[derive(Clone, Copy)]
pub struct Place {
    /// The present route.
    pub route: RwSignal<Route>,
    /// One pane at a time (a phone)?
    pub narrow: RwSignal<bool>,
}

impl Place {
    /// From the address bar.
    pub fn new() -> Self {
        let place = Self {
            route: RwSignal::new(Route::parse(&browser::path())),
            narrow: RwSignal::new(browser::is_narrow()),
        };
        browser::on_pop(move |path| place.route.set(Route::parse(&path)));
        browser::on_width_change(move |narrow| place.narrow.set(narrow));
        place
    }

    /// Goes there, with a new entry in the history.
    pub fn go(&self, route: Route) {
        if route != self.route.get_untracked() {
            browser::push(&route.url());
            self.route.set(route);
        }
    }

    /// Goes there in place of the present entry.
    pub fn replace(&self, route: Route) {
        browser::replace(&route.url());
        self.route.set(route);
    }
}
