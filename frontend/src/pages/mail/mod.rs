//! The mail screen: mailboxes, list and reader; on a phone one of them at a time.

mod bottom_bar;
mod dialogs;
mod files;
mod frame;
mod keys;
mod message;
mod outbox;
mod reader;
mod rows;
mod search_box;
mod side_bar;
mod thread_list;
mod thread_row;
mod ui;

use leptos::prelude::*;
use shared::{ids::ThreadId, wire::Role};

use self::{
    bottom_bar::BottomBar,
    dialogs::Dialogs,
    keys::Command,
    reader::Reader,
    side_bar::SideBar,
    thread_list::{ThreadList, title},
    ui::{Ask, Ui},
};
use crate::{
    browser::{self, Key},
    i18n::mail as t,
    route::{Route, Scope},
    state::{Act, How, State, target, use_state},
};

/// The list's width is remembered under this name, in pixels.
const WIDTH: &str = "kinpost-list-width";
/// Narrowest and widest list.
const WIDTHS: (f64, f64) = (320.0, 560.0);
/// The second of two keys may take so long.
const PREFIX_MS: i32 = 1_500;

/// What frames hand their keys to.
type Keys = Callback<Key>;

/// Handles a key that was pressed inside a message frame.
fn use_keys() -> Keys {
    expect_context()
}

/// The mail screen.
#[component]
pub fn MailPage() -> impl IntoView {
    let state = use_state();
    let ui = Ui::new();
    let prefix = StoredValue::new(None::<char>);
    let press = move |key: Key| -> bool {
        if browser::is_floating()
            || !matches!(state.place.route.get_untracked(), Route::Mail { .. } | Route::Home | Route::Mailboxes)
        {
            return false;
        }
        let single = state.house.settings.with_untracked(|settings| settings.single_keys);
        let command = keys::command(prefix.get_value(), &key, single);
        prefix.set_value(None);
        match command {
            Some(Command::Prefix(character)) => {
                prefix.set_value(Some(character));
                browser::after(PREFIX_MS, move || {
                    prefix.try_update_value(|prefix| *prefix = None);
                });
                true
            }
            Some(command) => run(state, ui, command),
            None => false,
        }
    };
    let alive = StoredValue::new(());
    browser::on_key(move |key| alive.try_get_value().is_some() && press(key));
    provide_context::<Keys>(Callback::new(move |key| {
        press(key);
    }));

    let pane = move || match state.place.route.get() {
        Route::Mailboxes => "mailboxes",
        Route::Mail { thread: Some(_), .. } => "reader",
        _ => "list",
    };
    let width = RwSignal::new(browser::recall(WIDTH).and_then(|width| width.parse::<f64>().ok()).unwrap_or(412.0));
    let density = move || state.house.settings.with(|settings| settings.density.clone());
    Effect::new(move |_| browser::set_title(&page_title(state)));
    view! {
        <main
            class="mail"
            data-pane=pane
            data-density=density
            style:--list=move || format!("{}px", width.get().clamp(WIDTHS.0, WIDTHS.1))
        >
            <SideBar />
            <ThreadList>
                <Divider width />
            </ThreadList>
            <Reader />
            <BottomBar />
            <div class="visually-hidden" role="status" aria-live="polite">{move || state.live.news.get()}</div>
        </main>
        <Dialogs />
    }
}

fn page_title(state: State) -> String {
    let unread = state.mail.mailboxes.with(|all| {
        all.iter().filter(|one| one.duty() == Some(Role::Inbox)).map(|one| one.unread_threads).sum::<u64>()
    });
    let name = title(state);
    if unread > 0 { format!("({unread}) {name} · Kinpost") } else { format!("{name} · Kinpost") }
}

/// Drags the border between list and reader; the arrow keys move it too.
#[component]
fn Divider(width: RwSignal<f64>) -> impl IntoView {
    let keep = move |new: f64| {
        let new = new.clamp(WIDTHS.0, WIDTHS.1);
        width.set(new);
        browser::remember(WIDTH, Some(&format!("{new:.0}")));
    };
    let keyed = move |event: leptos::ev::KeyboardEvent| {
        let step = match event.key().as_str() {
            "ArrowLeft" => -16.0,
            "ArrowRight" => 16.0,
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        keep(width.get_untracked() + step);
    };
    view! {
        <div
            class="mail__divider"
            role="separator"
            tabindex="0"
            aria-orientation="vertical"
            aria-label=t::resize_list()
            aria-valuemin=WIDTHS.0.to_string()
            aria-valuemax=WIDTHS.1.to_string()
            aria-valuenow=move || format!("{:.0}", width.get())
            on:keydown=keyed
            on:pointerdown=move |event| {
                let (from, at) = (width.get_untracked(), f64::from(event.client_x()));
                browser::drag(&event, move |x| keep(from + x - at));
            }
            on:dblclick=move |_| keep(412.0)
        ></div>
    }
}

/// Leaves the conversation for the list.
fn back(state: State) {
    let open = state.place.open_thread();
    if state.place.query_now().is_some() && open.is_none() {
        return state.place.go(Route::list(state.place.last_scope()));
    }
    state.place.close_thread();
    if let Some(thread) = open {
        browser::after(0, move || browser::focus(&format!("#row-{thread}")));
    }
}

/// Into the trash; what lies there already is destroyed, after a question.
fn delete(state: State, ui: Ui, threads: Vec<ThreadId>) {
    if threads.is_empty() {
        return;
    }
    if untrack(|| state.shows(Role::Trash)) {
        ui.ask.set(Some(Ask::Destroy(threads)));
    } else {
        state.act(Act::Trash, threads, None);
    }
}

/// The row that took over from one that left gets the focus.
fn focus_current(state: State) {
    browser::after(0, move || {
        if let Some(thread) = state.place.open_thread().or(state.list.cursor.get_untracked()) {
            browser::focus(&format!("#row-{thread}"));
        }
    });
}

/// Puts the cursor on the next or previous row; with a reader beside the list it follows.
fn step(state: State, by: i64) {
    let from = state.place.open_thread().or(state.list.cursor.get_untracked());
    let Some((place, slot)) = state.list.beside(from, by) else { return };
    state.list.point(place, slot.thread);
    if state.place.open_thread().is_some() {
        state.open(slot.thread);
    }
    focus_current(state);
}

/// Does what a key asks; `true` = it did something.
fn run(state: State, ui: Ui, command: Command) -> bool {
    let open = state.place.open_thread();
    let meant = state.meant();
    let answer = |how: How| {
        let id = open.or(state.list.cursor.get_untracked()).and_then(|thread| reader::answered(state, thread));
        if let Some(id) = id {
            state.compose_answer(id, how);
        }
        id.is_some()
    };
    let act = |act: Act| {
        state.act_on_meant(act);
        focus_current(state);
        !meant.is_empty()
    };
    match command {
        Command::Next => step(state, 1),
        Command::Previous => step(state, -1),
        Command::Down | Command::Up if !browser::has_focus_in(".thread-list__rows") => return false,
        Command::Down => step(state, 1),
        Command::Up => step(state, -1),
        Command::Open => {
            match state.list.current().filter(|_| browser::has_focus_in(".thread-list__rows") || open.is_none()) {
                Some(slot) if !browser::has_focus_in("button, a, input") => {
                    thread_row::open(state, slot.thread);
                    // Readers of the screen go on in the letter.
                    browser::after(30, || browser::focus(".reader__title"));
                }
                _ => return false,
            }
        }
        Command::Back => {
            if state.list.checked.with_untracked(|checked| !checked.is_empty()) {
                state.list.untick();
            } else {
                back(state);
            }
        }
        Command::NextMessage => ui.step.set(1),
        Command::PreviousMessage => ui.step.set(-1),
        Command::Pick => match open.or(state.list.cursor.get_untracked()) {
            Some(thread) => state.list.tick(thread, false),
            None => state.list.point_first(),
        },
        Command::Archive => return act(Act::Archive),
        Command::ArchiveNext | Command::ArchivePrevious => {
            return archive_and_go(state, command == Command::ArchiveNext);
        }
        Command::Trash => {
            delete(state, ui, meant);
            focus_current(state);
        }
        Command::Junk => return act(if untrack(|| state.shows(Role::Junk)) { Act::NotJunk } else { Act::Junk }),
        Command::Reply => return answer(How::Reply),
        Command::ReplyAll => return answer(How::ReplyAll),
        Command::Forward => return answer(How::Forward),
        Command::Compose => state.compose_new(),
        Command::Star => {
            let starred = meant.iter().all(|thread| is_starred(state, *thread));
            return act(Act::Star(!starred));
        }
        Command::Move => {
            if !meant.is_empty() {
                ui.ask.set(Some(Ask::Move(meant, None)));
            }
        }
        Command::Undo => return state.toasts.take_newest(),
        Command::Read => return act(Act::Read(true)),
        Command::Unread => return act(Act::Read(false)),
        Command::GoInbox => state.place.go(Route::list(state.place.home.get_untracked())),
        Command::GoStarred => state.place.go(Route::list(Scope::Starred)),
        Command::GoSent => state.place.go(Route::list(Scope::Sent)),
        Command::GoDrafts => state.place.go(Route::list(Scope::Drafts)),
        Command::GoArchive => {
            let archive = state.mail.mailboxes.with_untracked(|all| target(all, Role::Archive, None));
            if let Some(id) = archive {
                state.place.go(Route::list(Scope::Mailbox(id)));
            }
        }
        Command::PickAll => state.list.tick_where(|_| true),
        Command::PickNone => state.list.untick(),
        Command::PickRead => state.list.tick_where(|slot| !is_unread(state, slot.thread)),
        Command::PickUnread => state.list.tick_where(|slot| is_unread(state, slot.thread)),
        Command::Search => {
            state.list.untick();
            ui.searching.set(true);
            browser::after(0, || browser::focus(".search-box input"));
        }
        Command::Help => ui.ask.set(Some(Ask::Help)),
        Command::Prefix(_) => return false,
    }
    true
}

fn is_starred(state: State, thread: ThreadId) -> bool {
    let talk = state.mail.talk(state.account(), thread);
    talk.with_untracked(|talk| talk.emails.iter().any(|email| email.keywords.says("$flagged")))
}

fn is_unread(state: State, thread: ThreadId) -> bool {
    let talk = state.mail.talk(state.account(), thread);
    talk.with_untracked(|talk| talk.emails.iter().any(|email| !email.keywords.says("$seen")))
}

/// `[` and `]`: archives what is open and opens its neighbour.
fn archive_and_go(state: State, next: bool) -> bool {
    let Some(thread) = state.place.open_thread().or(state.list.cursor.get_untracked()) else { return false };
    let neighbour = state.list.beside(Some(thread), if next { 1 } else { -1 });
    state.act(Act::Archive, vec![thread], None);
    if let Some((_, slot)) = neighbour {
        state.list.cursor.set(Some(slot.thread));
        if state.place.open_thread().is_some() {
            state.place.swap_thread(Some(slot.thread));
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentence_of_the_empty_reader_has_two_keys() {
        assert_eq!(t::nothing_open_text().matches("{}").count(), 2);
        assert_eq!(crate::i18n::fill(t::position(), &["1", "2"]), "1 of 2");
    }
}
