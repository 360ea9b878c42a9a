//! One virtual list over the whole mailbox: only the rows in sight exist, the scroll bar spans them all.

use std::ops::Range;

use leptos::{html, prelude::*};
use shared::ids::ThreadId;

use super::thread_row::ThreadRow;
use crate::{
    browser,
    components::{Button, Empty, SkeletonRow},
    i18n::{self, mail as t},
    route::{Route, Scope},
    state::{Chip, Scroll, Slot, State, use_state},
};

/// Rows drawn as shapes until it is known how many there are.
const BONES: usize = 12;
/// How long the date bubble stays after the last move.
const BUBBLE_MS: i32 = 900;

/// What a drawn row is told apart by.
#[derive(Clone, PartialEq, Eq, Hash)]
enum RowKey {
    Known(ThreadId),
    Bone(usize),
}

/// Height of a row in pixels, as `style/` has it.
fn row_height(state: State) -> f64 {
    let compact = state.house.settings.with(|settings| settings.density == "compact");
    match (state.place.narrow.get(), compact) {
        (false, false) => 66.0,
        (false, true) => 38.0,
        (true, false) => 78.0,
        (true, true) => 66.0,
    }
}

/// The rows.
#[component]
pub fn Rows() -> impl IntoView {
    let state = use_state();
    let node = NodeRef::<html::Div>::new();
    let total = Memo::new(move |_| state.list.slots.with(|slots| slots.total));
    let row = Memo::new(move |_| row_height(state));
    let scroll = RwSignal::new(Scroll::new(untrack(|| total.get()).unwrap_or(BONES), untrack(|| row.get()), 900.0));
    let bubble = RwSignal::new(false);
    let follow = move |scroll: Scroll| {
        if let Some(element) = node.get_untracked() {
            browser::set_scroll_top(&element, scroll.physical);
        }
    };

    Effect::new(move |_| {
        let Some(element) = node.get() else { return };
        let observed = element.clone();
        browser::on_resize(&element, move || {
            let height = browser::view_height(&observed);
            if height > 0.0 {
                scroll.try_update(|scroll| scroll.resized(scroll.rows, scroll.row, height));
            }
        });
    });
    Effect::new(move |_| {
        let (rows, row) = (total.get().unwrap_or(BONES), row.get());
        let before = scroll.get_untracked();
        if (before.rows, before.row) != (rows, row) {
            scroll.update(|scroll| scroll.resized(rows, row, scroll.view));
            let after = scroll.get_untracked();
            if (after.physical - before.physical).abs() > 0.5 {
                follow(after);
            }
        }
    });
    // Another list begins at its top.
    Effect::new(move |before: Option<()>| {
        state.list.key.track();
        if before.is_some() {
            scroll.update(|scroll| *scroll = Scroll::new(scroll.rows, scroll.row, scroll.view));
            follow(scroll.get_untracked());
        }
    });
    // New rows above: what is read stays where it is.
    obey(state, scroll, follow);
    let shown = Memo::new(move |_| scroll.with(Scroll::shown));
    Effect::new(move |_| {
        state.list.key.track();
        let rows = shown.get();
        if total.get().is_some() {
            state.see(rows);
        } else {
            state.list.set_seen(rows);
        }
    });

    let quiet = StoredValue::new(browser::Timer::default());
    let on_scroll = move |_| {
        let Some(element) = node.get_untracked() else { return };
        let top = browser::scroll_top(&element);
        let before = scroll.get_untracked();
        if (top - before.physical).abs() < 0.5 {
            return;
        }
        let far = (top - before.physical).abs() > before.view * 0.8;
        scroll.update(|scroll| scroll.moved(top));
        if far || bubble.get_untracked() {
            bubble.set(before.rows > 100);
            quiet.get_value().cancel();
            quiet.set_value(browser::after(BUBBLE_MS, move || {
                bubble.try_set(false);
            }));
        }
    };

    let drawn = Memo::new(move |_| scroll.with(Scroll::drawn));
    let shift = Memo::new(move |_| scroll.with(Scroll::shift));
    let items = move || state.list.slots.with(|slots| keys(drawn.get(), |place| slots.at(place)));
    let is_empty = Memo::new(move |_| total.get() == Some(0));
    let failed = move || state.list.failed.get();
    view! {
        <div
            class="thread-list__rows"
            node_ref=node
            on:scroll=on_scroll
            role="grid"
            aria-label=t::conversation_list()
            aria-rowcount=move || total.get().map_or(-1, |total| total as i64).to_string()
            aria-multiselectable="true"
            aria-busy=move || total.get().is_none().then_some("true")
            tabindex=move || if is_empty.get() { "-1" } else { "0" }
        >
            <div class="thread-list__canvas" role="rowgroup" style:height=move || format!("{}px", scroll.with(Scroll::canvas))>
                <For each=items key=|(key, _)| key.clone() let:item>
                    {row_view(state, item, row, shift)}
                </For>
            </div>
        </div>
        <Show when=move || is_empty.get() && failed().is_none()>
            <div class="thread-list__empty"><Nothing /></div>
        </Show>
        {move || failed().map(|words| view! { <Failed words /> })}
        <Show when=move || bubble.get()>
            <Bubble scroll />
        </Show>
    }
}

/// Follows what the state asks of the scroll place: rows that came in above, and a row that shall be seen.
fn obey(state: State, scroll: RwSignal<Scroll>, follow: impl Fn(Scroll) + Copy + 'static) {
    Effect::new(move |_| {
        let drift = state.list.drift.get();
        if drift != 0 {
            state.list.drift.set(0);
            scroll.update(|scroll| {
                let (top, row) = (scroll.top + drift as f64 * scroll.row, scroll.row);
                scroll.top = top.max(0.0);
                scroll.resized(scroll.rows, row, scroll.view);
            });
            follow(scroll.get_untracked());
        }
    });
    Effect::new(move |_| {
        if let Some(place) = state.list.reveal.get() {
            state.list.reveal.set(None);
            if scroll.try_update(|scroll| scroll.reveal(place)).flatten().is_some() {
                follow(scroll.get_untracked());
            }
        }
    });
}

/// A list that could not be had, and the way to try again.
#[component]
fn Failed(words: String) -> impl IntoView {
    let state = use_state();
    let again = move |_| {
        state.list.failed.set(None);
        state.refresh();
    };
    view! {
        <div class="thread-list__empty">
            <Empty icon="circle-alert" title=t::list_failed() text=words>
                <Button on:click=again>{t::try_now()}</Button>
            </Empty>
        </div>
    }
}

type RowItem = (RowKey, Option<Slot>);

fn keys(range: Range<usize>, at: impl Fn(usize) -> Option<Slot>) -> Vec<RowItem> {
    range
        .map(|place| match at(place) {
            Some(slot) => (RowKey::Known(slot.thread), Some(slot)),
            None => (RowKey::Bone(place), None),
        })
        .collect()
}

fn row_view(state: State, (key, slot): RowItem, row: Memo<f64>, shift: Memo<f64>) -> AnyView {
    match (key, slot) {
        (RowKey::Known(thread), Some(_)) => {
            let place = Memo::new(move |before: Option<&usize>| {
                let place = state.list.slots.with(|slots| slots.place(thread));
                place.or(before.copied()).unwrap_or_default()
            });
            let top = move || place.get() as f64 * row.get() + shift.get();
            view! { <ThreadRow thread place top=Signal::derive(top) /> }.into_any()
        }
        (RowKey::Bone(place), _) => {
            let top = move || format!("{}px", place as f64 * row.get() + shift.get());
            view! { <div class="thread-list__bone" style:top=top><SkeletonRow seed=place /></div> }.into_any()
        }
        (RowKey::Known(_), None) => ().into_any(),
    }
}

/// Where among the years one is, while the scroll bar is dragged.
#[component]
fn Bubble(scroll: RwSignal<Scroll>) -> impl IntoView {
    let state = use_state();
    let words = move || {
        let first = scroll.with(|scroll| scroll.shown().start);
        let slot = state.list.slots.with(|slots| slots.at(first));
        let email = slot.and_then(|slot| state.mail.email(state.account(), slot.email));
        match email {
            Some(email) => browser::date_month(browser::parse_ms(&email.received_at)),
            None => {
                let total = state.list.slots.with(|slots| slots.total).unwrap_or(0);
                i18n::fill(t::position(), &[&browser::number(first as u64 + 1), &browser::number(total as u64)])
            }
        }
    };
    let top = move || {
        scroll.with(|scroll| {
            let range = (scroll.canvas() - scroll.view).max(1.0);
            format!("{}px", 100.0 + (scroll.physical / range).clamp(0.0, 1.0) * (scroll.view - 40.0))
        })
    };
    view! { <div class="thread-list__bubble num" style:top=top aria-hidden="true">{words}</div> }
}

/// An empty list, said kindly.
#[component]
fn Nothing() -> impl IntoView {
    let state = use_state();
    move || {
        let (scope, chip) = (state.place.scope(), state.list.key.with(|key| key.chip));
        let plain = |icon, title: &str, text: &str| {
            view! { <Empty icon title=title.to_owned() text=text.to_owned() /> }.into_any()
        };
        if let Some(query) = state.place.query() {
            let wider = Route::Mail { scope: Scope::Everything, thread: None, query: Some(query) };
            let narrow = scope != Scope::Everything;
            return view! {
                <Empty icon="search" title=t::empty_search() text=t::empty_search_text()>
                    {narrow.then(|| view! { <Button on:click=move |_| state.place.go(wider.clone())>{t::empty_search_all()}</Button> })}
                </Empty>
            }
            .into_any();
        }
        if chip == Chip::Unread {
            return plain("check-check", t::empty_unread(), t::empty_unread_text());
        }
        match scope {
            Scope::Starred => plain("star", t::empty_starred(), t::empty_starred_text()),
            Scope::Drafts => plain("file-pen-line", t::empty_drafts(), t::empty_drafts_text()),
            _ if state.shows(shared::wire::Role::Junk) => plain("shield-check", t::empty_all(), t::empty_junk_text()),
            Scope::All | Scope::Mailbox(_) if chip == Chip::All && state.mail.sources.with(Vec::is_empty) && state.mail.mailboxes.with(|all| all.iter().all(|one| one.total_emails == 0)) => {
                view! {
                    <Empty icon="inbox" title=t::calm() text=t::account_hint()>
                        <Button kind="main" icon="plus" on:click=move |_| state.place.go(Route::Connect)>{t::connect_account()}</Button>
                    </Empty>
                }
                .into_any()
            }
            _ => plain("inbox", t::empty_all(), t::empty_all_text()),
        }
    }
}
