//! A line of recipients: chips, and a field that completes from past mail (an ARIA combobox).

use leptos::{html, prelude::*, task::spawn_local};
use shared::wire::Address;

use crate::{
    browser,
    components::{Avatar, WhoChip},
    i18n::house as t,
    state::{
        compose::{Kind, Sheet, complete, read_addresses},
        connect_form::is_address,
        use_state,
    },
};

/// How long typing rests before the server is asked, in milliseconds.
const ASK_MS: i32 = 110;

/// What is offered while somebody types.
#[derive(Clone, Copy)]
struct Offers {
    list: RwSignal<Vec<Address>>,
    active: RwSignal<usize>,
    timer: StoredValue<browser::Timer>,
}

impl Offers {
    fn close(&self) {
        self.timer.get_value().cancel();
        self.list.set(Vec::new());
    }

    fn step(&self, down: bool) {
        let count = self.list.with_untracked(Vec::len).max(1);
        self.active.update(|at| *at = if down { (*at + 1) % count } else { (*at + count - 1) % count });
    }
}

/// To, Cc or Bcc (`which` 0, 1, 2). A line that is not shown lies folded at the end of the first; writing into it unfolds it.
#[component]
pub fn Recipients(
    sheet: Sheet,
    which: usize,
    label: &'static str,
    testid: &'static str,
    #[prop(into)] shown: Signal<bool>,
) -> impl IntoView {
    let state = use_state();
    let list = match which {
        0 => sheet.to,
        1 => sheet.cc,
        _ => sheet.bcc,
    };
    let [to, cc, bcc] = sheet.typed;
    let typed = match which {
        0 => to,
        1 => cc,
        _ => bcc,
    };
    let offers =
        Offers { list: RwSignal::new(Vec::new()), active: RwSignal::new(0), timer: StoredValue::new(Default::default()) };
    let node = NodeRef::<html::Input>::new();
    let has_focus = RwSignal::new(false);
    if which == 0 {
        Effect::new(move |_| {
            if let Some(input) = node.get()
                && sheet.kind != Kind::Reply
                && sheet.to.with_untracked(Vec::is_empty)
            {
                let _ = input.focus();
            }
        });
    }
    let add = move |new: Vec<Address>| {
        if new.is_empty() {
            return;
        }
        list.update(|list| {
            for address in new {
                if !list.iter().any(|have| have.email.eq_ignore_ascii_case(&address.email)) {
                    list.push(address);
                }
            }
        });
        typed.set(String::new());
        offers.close();
        sheet.touch(state);
    };
    let ask = move || {
        offers.timer.get_value().cancel();
        let text = typed.get_untracked().trim().to_owned();
        if text.is_empty() {
            return offers.close();
        }
        let timer = browser::after(ASK_MS, move || {
            spawn_local(async move {
                let found = complete(state, text.clone()).await;
                // Only an answer to what still stands there is of use.
                if has_focus.get_untracked() && typed.get_untracked().trim() == text {
                    let have = list.get_untracked();
                    let new = |one: &Address| !have.iter().any(|other| other.email.eq_ignore_ascii_case(&one.email));
                    offers.active.set(0);
                    offers.list.set(found.into_iter().filter(new).collect());
                }
            });
        });
        offers.timer.set_value(timer);
    };
    let take = move |complete: bool| {
        let at = offers.active.get_untracked();
        let offered = offers.list.with_untracked(|all| all.get(at).cloned()).filter(|_| complete);
        match offered {
            Some(address) => add(vec![address]),
            None => add(read_addresses(&typed.get_untracked())),
        }
    };
    let keys = move |event: leptos::ev::KeyboardEvent| {
        let open = offers.list.with_untracked(|all| !all.is_empty());
        let empty = typed.with_untracked(|text| text.trim().is_empty());
        match event.key().as_str() {
            "ArrowDown" if open => offers.step(true),
            "ArrowUp" if open => offers.step(false),
            "Escape" if open => offers.close(),
            "Enter" if !empty && !event.ctrl_key() && !event.meta_key() => take(open),
            "Tab" if !empty => return take(open),
            "," | ";" if !empty => take(false),
            "Backspace" if empty && typed.with_untracked(String::is_empty) && list.with_untracked(|all| !all.is_empty()) => {
                list.update(|all| {
                    all.pop();
                });
                sheet.touch(state);
            }
            _ => return,
        }
        event.prevent_default();
    };
    let id = format!("{testid}-{}", sheet.key);
    let offers_id = format!("{id}-offers");
    let (for_id, for_offers) = (id.clone(), offers_id.clone());
    let option_id = move |at: usize| format!("compose-offer-{which}-{}-{at}", sheet.key);
    let is_folded = move || !shown.get() && !has_focus.get() && list.with(Vec::is_empty) && typed.with(String::is_empty);
    view! {
        <div class="compose__line" data-which=which.to_string() data-folded=is_folded>
            <label for=for_id>{label}</label>
            <div class="recipients" on:click=move |_| { if let Some(input) = node.get_untracked() { let _ = input.focus(); } }>
                <For each=move || list.get() key=|address| (address.email.clone(), address.name.clone()) let:address>
                    <Person list=list address=address sheet=sheet />
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
                    aria-expanded=move || if offers.list.with(Vec::is_empty) { "false" } else { "true" }
                    aria-activedescendant=move || (!offers.list.with(Vec::is_empty)).then(|| option_id(offers.active.get()))
                    data-testid=testid
                    prop:value=move || typed.get()
                    on:focus=move |_| has_focus.set(true)
                    on:blur=move |_| {
                        has_focus.set(false);
                        offers.close();
                        if typed.with_untracked(|text| text.contains('@')) {
                            take(false);
                        }
                    }
                    on:keydown=keys
                    on:input=move |event| {
                        let text = event_target_value(&event);
                        let many = text.contains([',', ';', '\n']) && text.contains('@');
                        typed.set(text);
                        if many { take(false) } else { ask() }
                    }
                />
            </div>
            <ul class="recipients__list" id=offers_id role="listbox" aria-label=t::suggestions() hidden=move || offers.list.with(Vec::is_empty)>
                {move || {
                    offers
                        .list
                        .get()
                        .into_iter()
                        .enumerate()
                        .map(|(at, address)| {
                            let picked = address.clone();
                            let pick = move |event: leptos::ev::MouseEvent| {
                                // Keeps the focus in the field.
                                event.prevent_default();
                                add(vec![picked.clone()]);
                            };
                            view! {
                                <Offer id=option_id(at) at=at active=offers.active address=address on:mousedown=pick />
                            }
                        })
                        .collect_view()
                }}
            </ul>
        </div>
    }
}

#[component]
fn Person(list: RwSignal<Vec<Address>>, address: Address, sheet: Sheet) -> impl IntoView {
    let state = use_state();
    let email = StoredValue::new(address.email.clone());
    let remove = Callback::new(move |()| {
        email.with_value(|email| list.update(|all| all.retain(|one| one.email != *email)));
        sheet.touch(state);
    });
    let wrong = !is_address(&address.email);
    view! { <WhoChip name=address.name.unwrap_or_default() address=address.email wrong=wrong on_remove=remove /> }
}

#[component]
fn Offer(id: String, at: usize, active: RwSignal<usize>, address: Address) -> impl IntoView {
    let name = address.name.clone().filter(|name| !name.is_empty());
    let shown = name.clone().unwrap_or_else(|| address.email.clone());
    let second = name.is_some().then(|| address.email.clone());
    view! {
        <li
            class="recipients__option"
            id=id
            role="option"
            aria-selected=move || if active.get() == at { "true" } else { "false" }
        >
            <Avatar name=shown.clone() address=address.email.clone() size="s" />
            <span>
                <span class="clip" dir="auto">{shown}</span>
                {second.map(|email| view! { <small class="clip">{email}</small> })}
            </span>
        </li>
    }
}
