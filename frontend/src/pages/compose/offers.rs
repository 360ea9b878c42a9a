//! What is offered while recipients are typed: addresses of past mail, as the list of an ARIA combobox.

use leptos::{prelude::*, task::spawn_local};
use shared::wire::Address;

use crate::{
    browser,
    components::Avatar,
    i18n::house as t,
    state::{State, compose::complete},
};

/// How long typing rests before the server is asked, in milliseconds.
const ASK_MS: i32 = 110;

/// The offers of one line of recipients. `Copy`.
#[derive(Clone, Copy)]
pub struct Offers {
    /// Best first.
    pub list: RwSignal<Vec<Address>>,
    /// The one that Enter takes.
    pub active: RwSignal<usize>,
    timer: StoredValue<browser::Timer>,
    asked: StoredValue<u32>,
}

impl Offers {
    /// None.
    pub fn new() -> Self {
        Self {
            list: RwSignal::new(Vec::new()),
            active: RwSignal::new(0),
            timer: StoredValue::new(Default::default()),
            asked: StoredValue::new(0),
        }
    }

    /// Is something offered? Follows it.
    pub fn is_open(&self) -> bool {
        self.list.with(|all| !all.is_empty())
    }

    /// Takes the offers away; an answer that is on its way no longer counts.
    pub fn close(&self) {
        self.timer.get_value().cancel();
        self.asked.update_value(|asked| *asked += 1);
        self.list.set(Vec::new());
    }

    /// The next or the one before, round and round.
    pub fn step(&self, down: bool) {
        let count = self.list.with_untracked(Vec::len).max(1);
        self.active.update(|at| *at = if down { (*at + 1) % count } else { (*at + count - 1) % count });
    }

    /// The one that Enter takes.
    pub fn chosen(&self) -> Option<Address> {
        let at = self.active.get_untracked();
        self.list.with_untracked(|all| all.get(at).cloned())
    }

    /// Asks for what fits `text` and is not among `have`.
    pub fn ask(self, state: State, text: &str, have: RwSignal<Vec<Address>>) {
        self.timer.get_value().cancel();
        let text = text.trim().to_owned();
        if text.is_empty() {
            return self.close();
        }
        self.asked.update_value(|asked| *asked += 1);
        let number = self.asked.get_value();
        let timer = browser::after(ASK_MS, move || {
            spawn_local(async move {
                let found = complete(state, text).await;
                // Only an answer to what still stands there is of use; the sheet may be gone as well.
                if self.asked.try_get_value() != Some(number) {
                    return;
                }
                let have = have.get_untracked();
                let is_new = |one: &Address| !have.iter().any(|other| other.email.eq_ignore_ascii_case(&one.email));
                self.active.set(0);
                self.list.set(found.into_iter().filter(is_new).collect());
            });
        });
        self.timer.set_value(timer);
    }
}

/// The list below the field.
#[component]
pub fn OfferList(
    offers: Offers,
    /// The list's own id; its options get it with their number.
    id: String,
    /// One was pressed.
    on_pick: Callback<Address>,
) -> impl IntoView {
    let option = id.clone();
    view! {
        <ul class="recipients__list" id=id role="listbox" aria-label=t::suggestions() hidden=move || !offers.is_open()>
            {move || {
                let list = offers.list.get().into_iter().enumerate();
                list.map(|(at, address)| {
                    let picked = address.clone();
                    let pick = move |event: leptos::ev::MouseEvent| {
                        // Keeps the focus in the field.
                        event.prevent_default();
                        on_pick.run(picked.clone());
                    };
                    view! { <Offer id=format!("{option}-{at}") at=at offers=offers address=address on:mousedown=pick /> }
                })
                    .collect_view()
            }}
        </ul>
    }
}

#[component]
fn Offer(id: String, at: usize, offers: Offers, address: Address) -> impl IntoView {
    let name = address.name.clone().filter(|name| !name.is_empty());
    let shown = name.clone().unwrap_or_else(|| address.email.clone());
    let second = name.is_some().then(|| address.email.clone());
    view! {
        <li
            class="recipients__option"
            id=id
            role="option"
            aria-selected=move || if offers.active.get() == at { "true" } else { "false" }
        >
            <Avatar name=shown.clone() address=address.email.clone() size="s" />
            <span>
                <span class="clip" dir="auto">{shown}</span>
                {second.map(|email| view! { <small class="clip">{email}</small> })}
            </span>
        </li>
    }
}
