//! Where we are: the Route as a signal, kept with the address bar.

use leptos::prelude::*;
use shared::ids::ThreadId;

use crate::{
    browser,
    route::{Route, Scope},
};

/// How often it is looked whether a new day began.
const MIDNIGHT_MS: i32 = 60_000;

/// Where we are.
#[derive(Clone, Copy)]
pub struct Place {
    /// The present route.
    pub route: RwSignal<Route>,
    /// One pane at a time (a phone)?
    pub narrow: RwSignal<bool>,
    /// The list that `/` shows and a phone's *Inbox* leads to.
    pub home: RwSignal<Scope>,
    last: StoredValue<Scope>,
    /// The local midnight that began today (milliseconds): dates are drawn anew when it changes.
    pub today: RwSignal<f64>,
}

impl Place {
    /// From the address bar.
    pub fn new(home: Scope) -> Self {
        let place = Self {
            route: RwSignal::new(Route::parse(&browser::path())),
            narrow: RwSignal::new(browser::is_narrow()),
            home: RwSignal::new(home),
            last: StoredValue::new(home),
            today: RwSignal::new(browser::today_start()),
        };
        place.watch_midnight();
        browser::on_pop(move |path| place.route.set(Route::parse(&path)));
        browser::on_width_change(move |narrow| place.narrow.set(narrow));
        place
    }

    fn watch_midnight(self) {
        browser::after(MIDNIGHT_MS, move || {
            let today = browser::today_start();
            if today != self.today.get_untracked() {
                self.today.set(today);
            }
            self.watch_midnight();
        });
    }

    /// Goes there, with a new entry in the history.
    pub fn go(&self, route: Route) {
        if route != self.route.get_untracked() {
            self.remember();
            browser::push(&route.url());
            self.route.set(route);
        }
    }

    /// Goes there in place of the present entry.
    pub fn replace(&self, route: Route) {
        if route != self.route.get_untracked() {
            self.remember();
            browser::replace(&route.url());
            self.route.set(route);
        }
    }

    /// Notes the list that a search or a detour may come back to.
    fn remember(&self) {
        if let Route::Mail { scope, query: None, .. } = self.route.get_untracked() {
            self.last.set_value(scope);
        }
    }

    /// The list before the search or detour.
    pub fn last_scope(&self) -> Scope {
        self.last.get_value()
    }

    /// Which mail is shown.
    pub fn scope(&self) -> Scope {
        self.route
            .with(|route| match route {
                Route::Mail { scope, .. } => Some(*scope),
                Route::Home => Some(self.home.get()),
                _ => None,
            })
            .unwrap_or_else(|| self.last.get_value())
    }

    /// What is searched.
    pub fn query(&self) -> Option<String> {
        self.route.with(|route| if let Route::Mail { query, .. } = route { query.clone() } else { None })
    }

    /// What is searched, without following it.
    pub fn query_now(&self) -> Option<String> {
        untrack(|| self.query())
    }

    /// The open conversation.
    pub fn open_thread(&self) -> Option<ThreadId> {
        self.route.with_untracked(Route::thread)
    }

    /// Shows another conversation (or none) of the same list, in place.
    pub fn swap_thread(&self, thread: Option<ThreadId>) {
        if let Route::Mail { scope, query, .. } = self.route.get_untracked() {
            self.replace(Route::Mail { scope, query, thread });
        }
    }

    /// Back to the list.
    pub fn close_thread(&self) {
        if self.open_thread().is_some() {
            self.swap_thread(None);
        }
    }
}
