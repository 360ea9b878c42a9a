//! The network as the page sees it.

use leptos::prelude::*;

use crate::browser;

/// Is the server within reach?
#[derive(Clone, Copy)]
pub struct Net {
    /// Since when it is away, in milliseconds; `None` = it is there.
    pub offline_since: RwSignal<Option<f64>>,
}

impl Net {
    /// As the browser believes.
    pub fn new() -> Self {
        Self { offline_since: RwSignal::new((!browser::is_online()).then(browser::now_ms)) }
    }

    /// A request got through.
    pub fn is_back(&self) {
        if self.offline_since.get_untracked().is_some() {
            self.offline_since.set(None);
        }
    }

    /// A request did not.
    pub fn is_away(&self) {
        if self.offline_since.get_untracked().is_none() {
            self.offline_since.set(Some(browser::now_ms()));
        }
    }
}
