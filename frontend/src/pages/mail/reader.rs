//! The reader: one conversation, its newest and unread messages open, the others folded.

use std::collections::BTreeSet;

use leptos::prelude::*;
use shared::{
    ids::{EmailId, ThreadId},
    wire::{Address, Email, Role},
};

use super::{
    message::Message,
    ui::{Ask, use_ui},
};
use crate::{
    browser,
    components::{Avatar, Button, Empty, IconButton, Menu, MenuItem, MenuRule},
    i18n::{self, mail as t},
    state::{self, Act, Conversation, How, State, name_of, use_state},
};

/// A conversation counts as read when it was open this long.
const READ_AFTER_MS: i32 = 800;

/// The reader pane.
#[component]
pub fn Reader() -> impl IntoView {
    let state = use_state();
    let open = Memo::new(move |_| state.place.route.with(|route| route.thread()));
    view! {
        <section class="reader" aria-label=t::conversation()>
            // Keyed, so that another conversation is drawn anew: nothing of the last one, least of all its buttons'
            // handlers, may outlive it.
            <For each=move || [open.get()] key=|thread| *thread let:thread>
                {match thread {
                    Some(thread) => view! { <OpenConversation thread /> }.into_any(),
                    None => view! { <NothingOpen /> }.into_any(),
                }}
            </For>
        </section>
    }
}

#[component]
fn NothingOpen() -> impl IntoView {
    let mut pieces = t::nothing_open_text().split("{}");
    let mut next = || pieces.next().unwrap_or_default();
    let (first, second, third) = (next(), next(), next());
    view! {
        <div class="reader__bar"></div>
        <Empty icon="mail" title=t::nothing_open()>
            <p class="empty__text">{first}<kbd>"j"</kbd>{second}<kbd>"c"</kbd>{third}</p>
        </Empty>
    }
}

/// The messages to show: what lies in the trash or in junk only when the list shows that.
fn visible(state: State, talk: &Conversation, thread: ThreadId) -> Vec<Email> {
    let hidden = state.mail.mailboxes.with(|mailboxes| state::hidden(mailboxes, state.place.scope()));
    let head = state.list.slots.with_untracked(|slots| slots.of(thread)).map(|slot| slot.email);
    let wanted = |email: &&Email| Some(email.id) == head || !email.mailbox_ids.0.iter().all(|id| hidden.contains(id));
    let all: Vec<Email> = talk.emails.iter().filter(wanted).cloned().collect();
    if all.is_empty() { talk.emails.clone() } else { all }
}

#[component]
fn OpenConversation(thread: ThreadId) -> impl IntoView {
    let state = use_state();
    let ui = use_ui();
    let gone = RwSignal::new(false);
    state.want_thread(thread, move || {
        gone.try_set(true);
    });
    let talk = state.mail.talk(state.account(), thread);
    let shown = Memo::new(move |_| talk.with(|talk| visible(state, talk, thread)));
    let ids = Memo::new(move |_| shown.with(|all| all.iter().map(|email| email.id).collect::<Vec<_>>()));
    let open = RwSignal::new(BTreeSet::<EmailId>::new());
    let focused = RwSignal::new(None::<EmailId>);

    // Newest and unread lie open; what comes while one reads as well.
    Effect::new(move |before: Option<BTreeSet<EmailId>>| {
        let known = before.unwrap_or_default();
        let all = shown.get();
        let last = all.iter().rev().find(|email| !email.keywords.says("$draft")).or(all.last()).map(|email| email.id);
        let fresh = all.iter().filter(|email| !known.contains(&email.id));
        let wanted: Vec<EmailId> = fresh
            .filter(|email| Some(email.id) == last || !(email.keywords.says("$seen") || email.keywords.says("$draft")))
            .map(|email| email.id)
            .collect();
        if !wanted.is_empty() {
            open.update(|open| open.extend(wanted.iter().copied()));
            state.want_details(wanted);
        }
        all.iter().map(|email| email.id).collect()
    });
    // Read, once it was looked at for a moment.
    let is_unread = Memo::new(move |_| {
        shown.with(|all| all.iter().any(|email| !email.keywords.says("$seen") && !email.keywords.says("$draft")))
    });
    Effect::new(move |done: Option<bool>| {
        let done = done.unwrap_or(false);
        let unread = is_unread.get();
        if unread && !done {
            browser::after(READ_AFTER_MS, move || {
                if state.place.open_thread() == Some(thread) && is_unread.try_get_untracked() == Some(true) {
                    state.mark_read(thread, true);
                }
            });
        }
        // *Mark unread* is meant: it is not taken back at once.
        done || unread
    });
    // `n` and `p` walk through the messages.
    Effect::new(move |_| {
        let step = ui.step.get();
        if step == 0 {
            return;
        }
        ui.step.set(0);
        let all = ids.get_untracked();
        let now = focused.get_untracked().and_then(|id| all.iter().position(|one| *one == id));
        let next = match now {
            Some(now) => now.checked_add_signed(step as isize).filter(|next| *next < all.len()),
            None => {
                if step > 0 {
                    Some(0)
                } else {
                    all.len().checked_sub(1)
                }
            }
        };
        if let Some(id) = next.and_then(|next| all.get(next)).copied() {
            focused.set(Some(id));
            open.update(|open| {
                open.insert(id);
            });
            state.want_details(vec![id]);
            browser::after(0, move || browser::focus(&format!("#message-{id}")));
        }
    });

    let title = move || {
        let subject = |all: &Vec<Email>| all.iter().find_map(|email| email.subject.clone()).unwrap_or_default();
        let subject = shown.with(subject);
        if subject.trim().is_empty() { t::no_subject().to_owned() } else { subject }
    };
    view! {
        <Bar thread is_unread />
        <div class="reader__body" tabindex="-1">
            <Show when=move || !gone.get() fallback=|| view! { <Empty icon="mail" title=t::thread_gone() text=t::thread_gone_text() /> }>
                <div class="reader__column">
                    {if state.place.narrow.get() {
                        view! { <h1 class="reader__title" dir="auto" tabindex="-1">{title}</h1> }.into_any()
                    } else {
                        view! { <h2 class="reader__title" dir="auto" tabindex="-1">{title}</h2> }.into_any()
                    }}
                    <For each=move || ids.get() key=|id| *id let:id>
                        <Message
                            id
                            email=Memo::new(move |_| shown.with(|all| all.iter().find(|email| email.id == id).cloned()))
                            is_open=Memo::new(move |_| open.with(|open| open.contains(&id)))
                            alone=Memo::new(move |_| ids.with(|ids| ids.len() < 2))
                            on_toggle=Callback::new(move |()| {
                                open.update(|open| {
                                    if !open.remove(&id) {
                                        open.insert(id);
                                    }
                                });
                                state.want_details(vec![id]);
                            })
                        />
                    </For>
                    <ReplyRow shown />
                </div>
            </Show>
        </div>
    }
}

/// The message that an answer is to: the newest that is no draft.
pub fn answered(state: State, thread: ThreadId) -> Option<EmailId> {
    let talk = state.mail.talk(state.account(), thread).get_untracked();
    let all = untrack(|| visible(state, &talk, thread));
    all.iter().rev().find(|email| !email.keywords.says("$draft")).map(|email| email.id)
}

#[component]
fn ReplyRow(shown: Memo<Vec<Email>>) -> impl IntoView {
    let state = use_state();
    let last =
        Memo::new(move |_| shown.with(|all| all.iter().rev().find(|email| !email.keywords.says("$draft")).cloned()));
    move || {
        let last = last.get()?;
        let id = last.id;
        let own = state.mail.own.get();
        let is_own = |email: &str| own.iter().any(|own| own.eq_ignore_ascii_case(email));
        let mut others: Vec<Address> = Vec::new();
        let mine = last.from.iter().flatten().all(|from| is_own(&from.email));
        let people = last.from.iter().flatten().filter(|_| !mine).chain(last.to.iter().flatten());
        for address in people.filter(|address| !is_own(&address.email)) {
            if !others.iter().any(|one| one.email.eq_ignore_ascii_case(&address.email)) {
                others.push(address.clone());
            }
        }
        let all = others.len() > 1;
        let how = if all { How::ReplyAll } else { How::Reply };
        let mut names: Vec<String> = others.iter().take(3).map(|one| name_of(one, all)).collect();
        if others.len() > 3 {
            names.push(i18n::fill(t::more_people(), &[&(others.len() - 3).to_string()]));
        }
        let me = state.house.member.get();
        let (name, address) = me.map(|me| (me.name, me.email)).unwrap_or_default();
        let words = i18n::fill(t::quick_reply(), &[&names.join(", ")]);
        Some(view! {
            <div class="reader__reply">
                <Avatar name address size="s" />
                <button class="reader__reply-words clip" type="button" on:click=move |_| state.compose_answer(id, how)>{words}</button>
                <Button icon=if all { "reply-all" } else { "reply" } on:click=move |_| state.compose_answer(id, how)>
                    {if all { t::reply_all() } else { t::reply() }}
                </Button>
                <Button kind="quiet" icon="forward" on:click=move |_| state.compose_answer(id, How::Forward)>{t::forward()}</Button>
            </div>
        })
    }
}

/// What can be done with the whole conversation.
#[component]
fn Bar(thread: ThreadId, is_unread: Memo<bool>) -> impl IntoView {
    let state = use_state();
    let ui = use_ui();
    // Asked at the moment of the click: what is done is done to the conversation that is open then, whatever was drawn before.
    let open = move || state.place.open_thread().unwrap_or(thread);
    let act = move |act: Act| state.act(act, vec![open()], None);
    let place = move || state.list.slots.with(|slots| slots.place(thread).zip(slots.total));
    let step = move |step: i64| {
        if let Some((place, slot)) = state.list.beside(Some(open()), step) {
            state.list.point(place, slot.thread);
            state.open(slot.thread);
        }
    };
    let starred = move || {
        state
            .mail
            .talk(state.account(), thread)
            .with(|talk| talk.emails.iter().any(|email| email.keywords.says("$flagged")))
    };
    let in_junk = move || state.shows(Role::Junk);
    let in_trash = move || state.shows(Role::Trash);
    view! {
        <div class="reader__bar" role="toolbar" aria-label=t::conversation_actions()>
            <span class="reader__back">
                <IconButton icon="arrow-left" label=t::back_to_list().to_owned() key="u" on:click=move |_| super::back(state) />
            </span>
            <IconButton icon="archive" label=t::archive().to_owned() key="e" on:click=move |_| act(Act::Archive) />
            <IconButton
                icon="trash-2"
                label=Signal::derive(move || if in_trash() { t::delete_for_ever() } else { t::delete() }.to_owned())
                key="#"
                on:click=move |_| super::delete(state, ui, vec![open()])
            />
            <span class="reader__wide">
                <IconButton
                    icon=Signal::derive(move || if in_junk() { "shield-check" } else { "shield-alert" })
                    label=Signal::derive(move || if in_junk() { t::not_junk() } else { t::junk() }.to_owned())
                    key="!"
                    on:click=move |_| act(if untrack(in_junk) { Act::NotJunk } else { Act::Junk })
                />
            </span>
            <span class="reader__rule"></span>
            <IconButton
                icon="folder-input"
                label=t::move_to().to_owned()
                key="v"
                on:click=move |_| ui.ask.set(Some(Ask::Move(vec![open()], None)))
            />
            <span class="reader__wide">
                <IconButton
                    icon=Signal::derive(move || if is_unread.get() { "mail-open" } else { "mail" })
                    label=Signal::derive(move || if is_unread.get() { t::mark_read() } else { t::mark_unread() }.to_owned())
                    on:click=move |_| act(Act::Read(is_unread.get_untracked()))
                />
                <IconButton
                    icon="star"
                    label=Signal::derive(move || if starred() { t::take_star() } else { t::star() }.to_owned())
                    key="s"
                    pressed=Signal::derive(starred)
                    on:click=move |_| act(Act::Star(!untrack(starred)))
                />
            </span>
            <Menu icon="ellipsis" label=t::message_options()>
                <MenuItem icon="mail" label=t::mark_unread() key="U" on:click=move |_| { act(Act::Read(false)); if state.place.narrow.get_untracked() { super::back(state); } } />
                <MenuItem icon="star" label=if untrack(starred) { t::take_star() } else { t::star() } key="s" on:click=move |_| act(Act::Star(!untrack(starred))) />
                <MenuItem icon="shield-alert" label=if untrack(in_junk) { t::not_junk() } else { t::junk() } key="!" on:click=move |_| act(if untrack(in_junk) { Act::NotJunk } else { Act::Junk }) />
                <MenuRule />
                <MenuItem icon="printer" label=t::print() on:click=move |_| browser::print() />
                {(!state.place.narrow.get()).then(|| view! { <MenuItem icon="info" label=t::keys() key="?" on:click=move |_| ui.ask.set(Some(Ask::Help)) /> })}
            </Menu>
            <span class="reader__gap"></span>
            <span class="reader__position num">
                {move || place().map(|(place, total)| i18n::fill(t::position(), &[&browser::number(place as u64 + 1), &browser::number(total as u64)]))}
            </span>
            <span class="reader__wide">
                <IconButton icon="chevron-up" label=t::newer().to_owned() key="k" disabled=Signal::derive(move || place().is_none_or(|(place, _)| place == 0)) on:click=move |_| step(-1) />
                <IconButton icon="chevron-down" label=t::older().to_owned() key="j" disabled=Signal::derive(move || place().is_none_or(|(place, total)| place + 1 >= total)) on:click=move |_| step(1) />
            </span>
        </div>
    }
}
