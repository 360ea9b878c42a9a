//! Menu: a popover of the browser (light dismiss, Esc, top layer), placed beside its button, walked with the arrow keys.

use leptos::{html, prelude::*};

use super::{Icon, fresh_id};
use crate::browser;

/// An icon button that opens a menu.
#[component]
pub fn Menu(
    /// The button's icon.
    icon: &'static str,
    /// What the button is for.
    #[prop(into)]
    label: String,
    /// Its key, as the tooltip shows it.
    #[prop(optional)]
    key: &'static str,
    /// `s`: for dense places.
    #[prop(optional)]
    size: &'static str,
    /// `MenuItem`s and `MenuRule`s; made anew whenever it opens.
    children: ChildrenFn,
) -> impl IntoView {
    let id = fresh_id("menu");
    let button = NodeRef::<html::Button>::new();
    let panel = NodeRef::<html::Div>::new();
    let open = RwSignal::new(false);
    let target = id.clone();
    view! {
        <button
            class="icon-button"
            type="button"
            node_ref=button
            data-size=(!size.is_empty()).then_some(size)
            data-tip=label.clone()
            data-key=(!key.is_empty()).then_some(key)
            aria-label=label.clone()
            aria-haspopup="menu"
            aria-expanded=move || if open.get() { "true" } else { "false" }
            popovertarget=target
        >
            <Icon name=icon />
        </button>
        <div
            class="popover"
            id=id
            node_ref=panel
            popover="auto"
            role="menu"
            aria-label=label
            on:beforetoggle=move |event| open.set(browser::toggles_open(&event))
            on:toggle=move |event| {
                if browser::toggles_open(&event)
                    && let (Some(button), Some(panel)) = (button.get_untracked(), panel.get_untracked())
                {
                    browser::place_beside(&button, &panel);
                    browser::focus_step(&panel, 0);
                }
            }
            on:keydown=move |event| {
                let step = match event.key().as_str() {
                    "ArrowDown" => 1,
                    "ArrowUp" => -1,
                    "Home" => 0,
                    _ => return,
                };
                event.prevent_default();
                event.stop_propagation();
                if let Some(panel) = panel.get_untracked() {
                    browser::focus_step(&panel, step);
                }
            }
            on:click=move |_| {
                if let Some(panel) = panel.get_untracked() {
                    browser::hide_popover(&panel);
                }
            }
        >
            {move || open.get().then(|| children())}
        </div>
    }
}

/// One act of a menu. Events are given from outside (`on:click`).
#[component]
pub fn MenuItem(
    /// An icon before it.
    #[prop(optional)]
    icon: &'static str,
    /// Its words.
    #[prop(into)]
    label: String,
    /// Its key, shown at the end.
    #[prop(optional)]
    key: &'static str,
    /// It destroys something.
    #[prop(optional)]
    danger: bool,
    /// One of a choice: is it the present one?
    #[prop(optional, into)]
    checked: Option<bool>,
) -> impl IntoView {
    view! {
        <button
            class="menu__item"
            type="button"
            role=if checked.is_some() { "menuitemradio" } else { "menuitem" }
            aria-checked=checked.map(|on| if on { "true" } else { "false" })
            tabindex="-1"
            data-danger=danger
        >
            {(!icon.is_empty()).then(|| view! { <Icon name=icon size="m" /> })}
            {label}
            {(!key.is_empty()).then(|| view! { <kbd>{key}</kbd> })}
        </button>
    }
}

/// A line between groups of a menu.
#[component]
pub fn MenuRule() -> impl IntoView {
    view! { <hr class="menu__rule" /> }
}
