//! A line of recipients: chips, and a field that completes from past mail.

use leptos::{html, prelude::*};
use shared::wire::Address;

use super::offers::{OfferList, Offers};
use crate::{
    components::WhoChip,
    state::{
        State,
        compose::{Kind, Sheet, read_addresses},
        connect_form::is_address,
        use_state,
    },
};

/// One of the three lines. `Copy`.
#[derive(Clone, Copy)]
struct Line {
    state: State,
    sheet: Sheet,
    list: RwSignal<Vec<Address>>,
    typed: RwSignal<String>,
    offers: Offers,
    has_focus: RwSignal<bool>,
}

impl Line {
    fn new(sheet: Sheet, which: usize) -> Self {
        let [to, cc, bcc] = sheet.typed;
        let (list, typed) = match which {
            0 => (sheet.to, to),
            1 => (sheet.cc, cc),
            _ => (sheet.bcc, bcc),
        };
        Self { state: use_state(), sheet, list, typed, offers: Offers::new(), has_focus: RwSignal::new(false) }
    }

    fn add(self, new: Vec<Address>) {
        if new.is_empty() {
            return;
        }
        self.sheet.add_people(self.list, new);
        self.typed.set(String::new());
        self.offers.close();
        self.sheet.touch(self.state);
    }

    /// What was typed becomes a chip; the chosen offer wins over it.
    fn take(self, with_offer: bool) {
        match self.offers.chosen().filter(|_| with_offer) {
            Some(address) => self.add(vec![address]),
            None => self.add(read_addresses(&self.typed.get_untracked())),
        }
    }

    fn remove_last(self) {
        self.list.update(|all| {
            all.pop();
        });
        self.sheet.touch(self.state);
    }

    fn on_key(self, event: &leptos::ev::KeyboardEvent) {
        let open = self.offers.list.with_untracked(|all| !all.is_empty());
        let empty = self.typed.with_untracked(|text| text.trim().is_empty());
        match event.key().as_str() {
            "ArrowDown" if open => self.offers.step(true),
            "ArrowUp" if open => self.offers.step(false),
            "Escape" if open => self.offers.close(),
            "Enter" if !empty && !event.ctrl_key() && !event.meta_key() => self.take(open),
            // The focus goes on to the next line.
            "Tab" if !empty => return self.take(open),
            "," | ";" if !empty => self.take(false),
            "Backspace"
                if self.typed.with_untracked(String::is_empty) && self.list.with_untracked(|all| !all.is_empty()) =>
            {
                self.remove_last();
            }
            _ => return,
        }
        event.prevent_default();
    }

    fn on_input(self, text: String) {
        let is_list = text.contains([',', ';', '\n']) && text.contains('@');
        self.typed.set(text);
        if is_list {
            self.take(false);
        } else {
            self.offers.ask(self.state, &self.typed.get_untracked(), self.list);
        }
    }

    fn on_blur(self) {
        self.has_focus.set(false);
        self.offers.close();
        if self.typed.with_untracked(|text| text.contains('@')) {
            self.take(false);
        }
    }

    /// Nothing in it and nobody at it.
    fn is_bare(&self) -> bool {
        !self.has_focus.get() && self.list.with(Vec::is_empty) && self.typed.with(String::is_empty)
    }
}

/// To, Cc or Bcc (`which` 0, 1, 2). A bare Cc or Bcc lies folded at the end of the first line; going there unfolds it.
#[component]
pub fn Recipients(
    sheet: Sheet,
    which: usize,
    label: &'static str,
    testid: &'static str,
    #[prop(into)] shown: Signal<bool>,
) -> impl IntoView {
    let line = Line::new(sheet, which);
    let node = NodeRef::<html::Input>::new();
    let focus = move || {
        if let Some(input) = node.get() {
            let _ = input.focus();
        }
    };
    // A new letter begins with its first recipient.
    Effect::new(move |_| {
        if which == 0 && sheet.kind != Kind::Reply && sheet.to.with_untracked(Vec::is_empty) {
            focus();
        }
    });
    let id = format!("{testid}-{}", sheet.key);
    let offers_id = format!("{id}-offers");
    let (for_id, for_offers, option) = (id.clone(), offers_id.clone(), offers_id.clone());
    let offers = line.offers;
    let is_folded = move || !shown.get() && line.is_bare();
    view! {
        <div class="compose__line" data-which=which.to_string() data-folded=is_folded>
            <label for=for_id>{label}</label>
            <div class="recipients" on:click=move |_| focus()>
                <For each=move || line.list.get() key=|address| (address.email.clone(), address.name.clone()) let:address>
                    <Person line=line address=address />
                </For>
                <input
                    class="recipients__input"
                    id=id
                    node_ref=node
                    type="text"
                    role="combobox"
                    inputmode="email"
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    aria-autocomplete="list"
                    aria-controls=for_offers
                    aria-label=label
                    placeholder=move || is_folded().then_some(label)
                    aria-expanded=move || if offers.is_open() { "true" } else { "false" }
                    aria-activedescendant=move || offers.is_open().then(|| format!("{option}-{}", offers.active.get()))
                    data-testid=testid
                    prop:value=move || line.typed.get()
                    on:focus=move |_| line.has_focus.set(true)
                    on:blur=move |_| line.on_blur()
                    on:keydown=move |event| line.on_key(&event)
                    on:input=move |event| line.on_input(event_target_value(&event))
                />
            </div>
            <OfferList offers=offers id=offers_id on_pick=Callback::new(move |address| line.add(vec![address])) />
        </div>
    }
}

#[component]
fn Person(line: Line, address: Address) -> impl IntoView {
    let email = address.email.clone();
    let remove = Callback::new(move |()| {
        line.list.update(|all| all.retain(|one| one.email != email));
        line.sheet.touch(line.state);
    });
    let wrong = !is_address(&address.email);
    view! { <WhoChip name=address.name.unwrap_or_default() address=address.email wrong=wrong on_remove=remove /> }
}
