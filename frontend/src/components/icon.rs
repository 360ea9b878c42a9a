//! Icon: one drawing of the sprite that index.html carries; and the mark of the house.

use leptos::prelude::*;

/// The Lucide icon of this name (`style/icons.txt` lists those that are there). Decoration only: the button or text around
/// it speaks.
#[component]
pub fn Icon(
    /// Its Lucide name.
    name: &'static str,
    /// `s` 15 px, `m` 18 px everywhere; else 18 px and 22 on touch.
    #[prop(optional)]
    size: &'static str,
) -> impl IntoView {
    view! {
        <svg class="icon" aria-hidden="true" data-size=(!size.is_empty()).then_some(size)>
            <use_ href=format!("#i-{name}") />
        </svg>
    }
}

/// The envelope of the house.
#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <svg class="mark" viewBox="0 0 24 24" aria-hidden="true">
            <rect class="mark__ground" x="1.5" y="4" width="21" height="16" rx="4.5" />
            <path class="mark__flap" d="M5 8.2 12 13.4 19 8.2" />
            <circle class="mark__seal" cx="12" cy="16.3" r="1.25" />
        </svg>
    }
}
