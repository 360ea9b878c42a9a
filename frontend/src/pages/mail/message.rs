//! One message of the open conversation: its head, its body in a frame of its own, its files and its fate.

use leptos::prelude::*;
use shared::{
    ids::EmailId,
    wire::{Address, Email, EmailDetail, Role},
};

use super::{
    files::Files,
    frame::Frame,
    outbox::stage_view,
    ui::{Ask, use_ui},
};
use crate::{
    browser,
    components::{Avatar, Button, Icon, IconButton, Menu, MenuItem, MenuRule},
    i18n::{self, mail as t},
    state::{self, Act, How, LetterStage, State, name_of, use_state},
};

/// So many recipients stand in the line, the others behind *and n more*.
const NAMED_RECIPIENTS: usize = 6;

/// One message, folded or open.
#[component]
pub fn Message(
    /// Which one.
    id: EmailId,
    /// What the list knows of it.
    email: Memo<Option<Email>>,
    /// Does it lie open?
    is_open: Memo<bool>,
    /// Is it the only one?
    alone: Memo<bool>,
    /// Folds or opens it.
    on_toggle: Callback<()>,
) -> impl IntoView {
    view! {
        <article
            class="message"
            id=format!("message-{id}")
            tabindex="-1"
            data-folded=move || !is_open.get()
            data-unread=move || email.with(|email| email.as_ref().is_some_and(|email| !email.keywords.says("$seen")))
        >
            {move || {
                if is_open.get() {
                    view! { <OpenMessage id email alone on_toggle /> }.into_any()
                } else {
                    view! { <Folded email on_toggle /> }.into_any()
                }
            }}
        </article>
    }
}

fn author(state: State, email: &Email) -> (String, Address) {
    let from = email.from.iter().flatten().next().cloned().unwrap_or_default();
    let own = state.mail.own.with(|own| own.iter().any(|own| own.eq_ignore_ascii_case(&from.email)));
    let name = if own { t::you().to_owned() } else { name_of(&from, false) };
    (if name.is_empty() { t::nobody().to_owned() } else { name }, from)
}

#[component]
fn Folded(email: Memo<Option<Email>>, on_toggle: Callback<()>) -> impl IntoView {
    let state = use_state();
    move || {
        let email = email.get()?;
        let (name, from) = author(state, &email);
        let ms = browser::parse_ms(&email.received_at);
        Some(view! {
            <button class="message__folded" type="button" aria-expanded="false" on:click=move |_| on_toggle.run(())>
                <Avatar name=from.name.unwrap_or_default() address=from.email size="s" />
                <b class="clip" dir="auto">{name}</b>
                <span class="clip" dir="auto">{if email.keywords.says("$draft") { i18n::fill("{}: {}", &[t::draft(), &email.preview]) } else { email.preview }}</span>
                <time class="num" title=browser::date_long(ms)>{browser::date_short(ms, t::yesterday())}</time>
            </button>
        })
    }
}

/// `Today 12:20`, `3 Mar 2019 12:20`.
fn when(ms: f64) -> String {
    let time = browser::time_of_day(ms);
    if ms >= browser::today_start() {
        return i18n::fill(t::today_at(), &[&time]);
    }
    format!("{} {time}", browser::date_short(ms, t::yesterday()))
}

/// `to Anna, Erik and 3 more`.
fn recipients(state: State, detail: Option<&EmailDetail>, email: &Email) -> String {
    let own = state.mail.own.get();
    let to = detail.map_or(&email.to, |detail| &detail.to).iter().flatten();
    let rest = detail.iter().flat_map(|detail| [&detail.cc, &detail.bcc]).flat_map(|list| list.iter().flatten());
    let all: Vec<&Address> = to.chain(rest).collect();
    if all.is_empty() {
        return t::no_recipients().to_owned();
    }
    let name = |address: &&Address| {
        if own.iter().any(|own| own.eq_ignore_ascii_case(&address.email)) {
            t::you_later().to_owned()
        } else {
            name_of(address, all.len() > 3)
        }
    };
    let mut names: Vec<String> = all.iter().take(NAMED_RECIPIENTS).map(name).collect();
    if all.len() > NAMED_RECIPIENTS {
        names.push(i18n::fill(t::more_people(), &[&(all.len() - NAMED_RECIPIENTS).to_string()]));
    }
    i18n::fill(t::to_line(), &[&names.join(", ")])
}

#[component]
fn OpenMessage(id: EmailId, email: Memo<Option<Email>>, alone: Memo<bool>, on_toggle: Callback<()>) -> impl IntoView {
    let state = use_state();
    let account = state.account();
    let detail = state.mail.detail(account, id);
    let detail = Memo::new(move |_| detail.get());
    let more = RwSignal::new(false);
    let fold = move |_| {
        if !alone.get_untracked() {
            on_toggle.run(());
        }
    };
    // Flags change while one reads; the head is drawn for what does not.
    let fixed = Memo::new(move |_| {
        email.with(|email| {
            email.as_ref().map(|email| {
                let (name, from) = author(state, email);
                let draft = email.keywords.says("$draft");
                (name, from, email.received_at.clone(), draft)
            })
        })
    });
    let to_line = Memo::new(move |_| {
        email.with(|email| email.as_ref().map(|email| detail.with(|detail| recipients(state, detail.as_ref(), email))))
    });
    view! {
        {move || {
            let (name, from, received_at, draft) = fixed.get()?;
            let ms = browser::parse_ms(&received_at);
            Some(view! {
                <div class="message__head" on:dblclick=fold>
                    <Avatar name=from.name.clone().unwrap_or_default() address=from.email.clone() />
                    <div>
                        <div class="message__from">
                            <b dir="auto" title=name.clone()>{name.clone()}</b>
                            <span>{from.email.clone()}</span>
                            {draft.then(|| view! { <em class="message__draft">{t::draft()}</em> })}
                        </div>
                        <button
                            class="message__to clip"
                            type="button"
                            dir="auto"
                            data-tip=t::show_details()
                            aria-expanded=move || if more.get() { "true" } else { "false" }
                            on:click=move |_| more.update(|more| *more = !*more)
                        >
                            <span class="clip">{move || to_line.get()}</span>
                            <Icon name="chevron-down" size="s" />
                        </button>
                    </div>
                    <div class="message__date">
                        <time class="num" title=browser::date_long(ms)>{when(ms)}</time>
                        {if draft {
                            view! { <IconButton icon="pencil" label=t::open_draft().to_owned() on:click=move |_| state.compose_draft(id) /> }.into_any()
                        } else {
                            view! { <IconButton icon="reply" label=t::reply().to_owned() key="r" on:click=move |_| state.compose_answer(id, How::Reply) /> }.into_any()
                        }}
                        <MessageMenu id email alone on_toggle />
                    </div>
                </div>
            })
        }}
        <Show when=move || more.get()>
            {move || detail.get().map(|detail| view! { <Details detail received=email.with_untracked(|email| email.as_ref().map(|email| email.received_at.clone())).unwrap_or_default() /> })}
        </Show>
        <Frame id />
        {move || detail.with(|detail| detail.as_ref().map(|detail| detail.attachments.clone())).filter(|files| !files.is_empty()).map(|files| view! { <Files id files /> })}
        <Fate id />
        {move || fixed.get().filter(|(.., draft)| *draft).map(|_| view! {
            <div class="message__resume"><Button kind="main" icon="pencil" on:click=move |_| state.compose_draft(id)>{t::draft_open()}</Button></div>
        })}
    }
}

#[component]
fn MessageMenu(id: EmailId, email: Memo<Option<Email>>, alone: Memo<bool>, on_toggle: Callback<()>) -> impl IntoView {
    let state = use_state();
    let ui = use_ui();
    let account = state.account();
    let thread = move || email.with_untracked(|email| email.as_ref().map(|email| email.thread_id));
    let act = move |act: Act| {
        if let Some(thread) = thread() {
            state.act(act, vec![thread], Some(id));
        }
    };
    let starred =
        move || email.with_untracked(|email| email.as_ref().is_some_and(|email| email.keywords.says("$flagged")));
    let in_trash = move || untrack(|| state.shows(Role::Trash));
    view! {
        <Menu icon="ellipsis" label=t::message_options()>
            <MenuItem icon="reply-all" label=t::reply_all() key="a" on:click=move |_| state.compose_answer(id, How::ReplyAll) />
            <MenuItem icon="forward" label=t::forward() key="f" on:click=move |_| state.compose_answer(id, How::Forward) />
            <MenuRule />
            <MenuItem icon="star" label=if starred() { t::take_star() } else { t::star() } on:click=move |_| act(Act::Star(!starred())) />
            <MenuItem icon="mail" label=t::mark_unread() on:click=move |_| act(Act::Read(false)) />
            <MenuItem icon="folder-input" label=t::move_to() on:click=move |_| if let Some(thread) = thread() { ui.ask.set(Some(Ask::Move(vec![thread], Some(id)))) } />
            {(!in_trash()).then(|| view! { <MenuItem icon="trash-2" label=t::delete_message() on:click=move |_| act(Act::Trash) /> })}
            <MenuRule />
            <MenuItem icon="file-text" label=t::original() on:click=move |_| browser::open_tab(&format!("/raw/{account}/{id}")) />
            <MenuItem icon="download" label=t::download_message() on:click=move |_| browser::open_tab(&format!("/jmap/download/{account}/b{id}/message.eml?type=message/rfc822")) />
            {(!alone.get_untracked()).then(|| view! { <MenuItem icon="chevron-up" label=t::fold() on:click=move |_| on_toggle.run(()) /> })}
        </Menu>
    }
}

/// Everything about the message that a line has no room for.
#[component]
fn Details(detail: EmailDetail, received: String) -> impl IntoView {
    let people = |label: &'static str, list: &Option<Vec<Address>>| {
        let list = list.as_ref().filter(|list| !list.is_empty())?;
        let full = list
            .iter()
            .map(|address| match address.name.as_deref().filter(|name| !name.trim().is_empty()) {
                Some(name) => format!("{name} <{}>", address.email),
                None => address.email.clone(),
            })
            .collect::<Vec<_>>()
            .join(", ");
        Some(view! { <dt>{label}</dt><dd dir="auto">{full}</dd> })
    };
    let sent = detail
        .sent_at
        .as_deref()
        .map(browser::parse_ms)
        .filter(|ms| !ms.is_nan())
        .unwrap_or_else(|| browser::parse_ms(&received));
    view! {
        <dl class="message__details">
            {people(t::from(), &detail.from)}
            {people(t::reply_to(), &detail.reply_to)}
            {people(t::to(), &detail.to)}
            {people(t::cc(), &detail.cc)}
            {people(t::bcc(), &detail.bcc)}
            <dt>{t::date()}</dt><dd>{browser::date_long(sent)}</dd>
            {detail.list_id.map(|list| view! { <dt>{t::mail_list_via()}</dt><dd>{list}</dd> })}
            <dt>{t::size()}</dt><dd>{browser::size(detail.size)}</dd>
        </dl>
    }
}

/// What became of a letter that was sent from here.
#[component]
fn Fate(id: EmailId) -> impl IntoView {
    let state = use_state();
    let letter = Memo::new(move |_| state.outbox.of(id));
    move || {
        let letter = letter.get()?;
        let left = State::leaves_at(&letter);
        let stage = state::letter_stage(&letter, left);
        let fates: Vec<_> = letter.delivery_status.iter().flatten().collect();
        let arrived = fates.iter().filter(|(_, fate)| fate.delivered == shared::wire::Delivered::Yes).count();
        let refused: Vec<&str> = fates
            .iter()
            .filter(|(_, fate)| fate.delivered == shared::wire::Delivered::No)
            .map(|(email, _)| email.as_str())
            .collect();
        let line = (stage == LetterStage::Sent || !refused.is_empty()).then(|| {
            let time = if left >= browser::today_start() { browser::time_of_day(left) } else { browser::date_short(left, t::yesterday()) };
            view! {
                <div class="fate num">
                    <span><Icon name="check" />{i18n::fill(t::fate_sent(), &[&time])}</span>
                    {(stage == LetterStage::Sent).then(|| view! { <span><Icon name="check-check" />{t::fate_taken()}</span> })}
                    {(arrived > 0).then(|| view! { <span><Icon name="check-check" />{i18n::fill(t::delivered_many(), &[&arrived.to_string()])}</span> })}
                    {(!refused.is_empty()).then(|| view! { <span data-bad=true><Icon name="circle-alert" />{i18n::fill(t::partly_refused(), &[&refused.join(", ")])}</span> })}
                </div>
            }
        });
        Some(view! {
            {line}
            {stage_view(state, &letter, stage)}
        })
    }
}
