//! The mail screen's dialogs: where to move, the name of a mailbox, really destroy, the keys.

use leptos::{prelude::*, task::spawn_local};
use shared::{
    ids::{EmailId, MailboxId, SourceId, ThreadId},
    wire::{Mailbox, NewMailbox, Role},
};

use super::{
    side_bar::icon_of,
    ui::{Ask, Ui, use_ui},
};
use crate::{
    browser,
    components::{Button, Dialog, FormError, Icon},
    i18n::{self, mail as t},
    route::{Route, Scope},
    state::{self, Act, State, name_of_mailbox, use_state},
};

/// The open dialog, if any.
#[component]
pub fn Dialogs() -> impl IntoView {
    let state = use_state();
    let ui = use_ui();
    move || {
        Some(match ui.ask.get()? {
            Ask::Help => view! { <Help /> }.into_any(),
            Ask::Move(threads, only) => view! { <Move threads only /> }.into_any(),
            Ask::NewMailbox(source, parent) => view! { <Name source parent rename=None /> }.into_any(),
            Ask::Rename(id) => view! { <Name source=None parent=None rename=Some(id) /> }.into_any(),
            Ask::Delete(id) => {
                let name = untrack(|| state.mailbox_name(id));
                let title = i18n::fill(t::delete_mailbox_title(), &[&name]);
                let text = i18n::fill(t::delete_mailbox_text(), &[&name]);
                let deed = Callback::new(move |()| delete_mailbox(state, id));
                view! { <Confirm title text act=t::delete_mailbox() deed /> }.into_any()
            }
            Ask::Empty(id) => {
                let title = i18n::fill(t::empty_title(), &[&untrack(|| state.mailbox_name(id))]);
                let deed = Callback::new(move |()| state.empty_mailbox(id));
                view! { <Confirm title text=t::delete_for_ever_text().to_owned() act=t::delete_for_ever() deed /> }
                    .into_any()
            }
            Ask::Destroy(threads) => {
                let title = i18n::count(threads.len() as u64, t::destroy_one(), t::destroy_many());
                let deed = Callback::new(move |()| state.destroy(threads.clone()));
                view! { <Confirm title text=t::delete_for_ever_text().to_owned() act=t::delete_for_ever() deed /> }
                    .into_any()
            }
        })
    }
}

fn close(ui: Ui) -> Callback<()> {
    Callback::new(move |()| ui.ask.set(None))
}

fn delete_mailbox(state: State, id: MailboxId) {
    if state.scope_now() == Scope::Mailbox(id) {
        state.place.go(Route::list(state.place.home.get_untracked()));
    }
    spawn_local(async move {
        if let Err(words) = state.destroy_mailbox(id).await {
            state.toasts.say(words);
        }
    });
}

#[component]
fn Confirm(title: String, text: String, act: &'static str, deed: Callback<()>) -> impl IntoView {
    let ui = use_ui();
    let foot = ViewFnOnce::from(move || {
        view! {
            <Button kind="quiet" on:click=move |_| ui.ask.set(None)>{t::cancel()}</Button>
            <Button kind="danger" on:click=move |_| { ui.ask.set(None); deed.run(()); }>{act}</Button>
        }
    });
    view! { <Dialog title size="s" on_close=close(ui) foot><p>{text}</p></Dialog> }
}

/// A new name for a mailbox, or a new mailbox.
#[component]
fn Name(source: Option<SourceId>, parent: Option<MailboxId>, rename: Option<MailboxId>) -> impl IntoView {
    let state = use_state();
    let ui = use_ui();
    let name = RwSignal::new(rename.map(|id| untrack(|| state.mailbox_name(id))).unwrap_or_default());
    let error = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    let save = move || {
        let text = name.get_untracked().trim().to_owned();
        if text.is_empty() || busy.get_untracked() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let done = match rename {
                Some(id) => state.rename_mailbox(id, text).await,
                None => {
                    let parent = parent.or_else(|| shelf(state, source));
                    let new = NewMailbox { name: text, parent_id: parent, source_id: source, source_role: None };
                    state.create_mailbox(new).await.map(|_| ())
                }
            };
            busy.try_set(false);
            match done {
                Ok(()) => ui.ask.set(None),
                Err(words) => {
                    error.try_set(Some(words));
                }
            }
        });
    };
    let title = if rename.is_some() { t::rename_mailbox() } else { t::new_mailbox() };
    browser::after(0, || browser::focus_and_mark("#mailbox-name"));
    let place = parent.map(|id| i18n::fill(t::mailbox_below(), &[&untrack(|| state.mailbox_name(id))]));
    let foot = ViewFnOnce::from(move || {
        view! {
            <Button kind="quiet" on:click=move |_| ui.ask.set(None)>{t::cancel()}</Button>
            <Button kind="main" busy disabled=Signal::derive(move || name.with(|name| name.trim().is_empty())) on:click=move |_| save()>
                {if rename.is_some() { t::rename() } else { t::create() }}
            </Button>
        }
    });
    view! {
        <Dialog title size="s" on_close=close(ui) foot>
            {place.map(|place| view! { <p class="dialog__lead">{place}</p> })}
            <form
                class="field"
                on:submit=move |event| {
                    event.prevent_default();
                    save();
                }
            >
                <label class="field__label" for="mailbox-name">{t::mailbox_name()}</label>
                <input
                    class="field__control"
                    id="mailbox-name"
                    autofocus=true
                    maxlength="200"
                    autocomplete="off"
                    prop:value=move || name.get()
                    on:input=move |event| name.set(event_target_value(&event))
                />
            </form>
            <FormError error />
        </Dialog>
    }
}

/// The mailbox below which a mail account's own folders stand, if they do.
fn shelf(state: State, source: Option<SourceId>) -> Option<MailboxId> {
    state.mail.mailboxes.with_untracked(|all| {
        all.iter()
            .find(|one| one.source_id == source && one.duty() == Some(Role::Inbox))
            .and_then(|inbox| inbox.parent_id)
    })
}

/// Where to: a list that typing narrows.
#[component]
fn Move(threads: Vec<ThreadId>, only: Option<EmailId>) -> impl IntoView {
    let state = use_state();
    let ui = use_ui();
    let typed = RwSignal::new(String::new());
    let at = RwSignal::new(0usize);
    let threads = StoredValue::new(threads);
    let all: StoredValue<Vec<(Mailbox, String, Option<u8>)>> = StoredValue::new(targets(state));
    let found = Memo::new(move |_| {
        let wanted = typed.get().to_lowercase();
        all.with_value(|all| {
            let fits = |one: &&(Mailbox, String, Option<u8>)| {
                wanted.split_whitespace().all(|word| one.1.to_lowercase().contains(word))
            };
            all.iter().filter(fits).map(|one| one.0.id).collect::<Vec<_>>()
        })
    });
    let choose = move |id: MailboxId| {
        ui.ask.set(None);
        state.act(Act::Move(id), threads.get_value(), only);
    };
    let keyed = move |event: leptos::ev::KeyboardEvent| {
        let count = found.with(Vec::len);
        match event.key().as_str() {
            "ArrowDown" => at.update(|at| *at = (*at + 1).min(count.saturating_sub(1))),
            "ArrowUp" => at.update(|at| *at = at.saturating_sub(1)),
            "Enter" => {
                if let Some(id) = found.with(|found| found.get(at.get_untracked()).copied()) {
                    choose(id);
                }
            }
            _ => return,
        }
        event.prevent_default();
    };
    let option = move |(place, id): (usize, MailboxId)| {
        let (mailbox, full, hue) = all.with_value(|all| all.iter().find(|one| one.0.id == id).cloned())?;
        let is_at = move || at.get() == place;
        Some(view! {
            <li
                class="move__item"
                role="option"
                id=format!("move-{id}")
                aria-selected=move || if is_at() { "true" } else { "false" }
                on:click=move |_| choose(id)
                on:mousemove=move |_| if at.get_untracked() != place { at.set(place) }
            >
                <Icon name=icon_of(&mailbox) size="m" />
                <span class="clip">{full}</span>
                {hue.map(|hue| view! { <span class="dot" data-hue=hue.to_string()></span> })}
            </li>
        })
    };
    view! {
        <Dialog title=t::move_title() size="s" on_close=close(ui)>
            <input
                class="field__control move__input"
                autofocus=true
                type="text"
                role="combobox"
                aria-expanded="true"
                aria-controls="move-list"
                aria-activedescendant=move || found.with(|found| found.get(at.get()).map(|id| format!("move-{id}")))
                aria-label=t::find_mailbox()
                placeholder=t::find_mailbox()
                autocomplete="off"
                prop:value=move || typed.get()
                on:input=move |event| {
                    typed.set(event_target_value(&event));
                    at.set(0);
                }
                on:keydown=keyed
            />
            <ul class="move" id="move-list" role="listbox" aria-label=t::mailboxes()>
                {move || found.get().into_iter().enumerate().filter_map(option).collect_view()}
            </ul>
            <Show when=move || found.with(Vec::is_empty)><p class="move__none">{t::no_mailbox()}</p></Show>
        </Dialog>
    }
}

/// All mailboxes that mail may go to, with a full name, grouped as the side bar is.
fn targets(state: State) -> Vec<(Mailbox, String, Option<u8>)> {
    let groups = state
        .mail
        .mailboxes
        .with_untracked(|all| state.mail.sources.with_untracked(|sources| state::groups(all, sources)));
    let several = groups.len() > 1;
    let mut out = Vec::new();
    for group in groups {
        let hue = group.source.as_ref().filter(|_| several).map(|source| source.hue);
        let mut path: Vec<String> = Vec::new();
        for leaf in group.leaves {
            path.truncate(leaf.depth);
            path.push(name_of_mailbox(&leaf.mailbox));
            let here = Scope::Mailbox(leaf.mailbox.id) == state.scope_now();
            if leaf.mailbox.my_rights.may_add_items && !here && leaf.mailbox.duty() != Some(Role::Drafts) {
                let name = path.join(" / ");
                let full = match group.source.as_ref().filter(|_| several) {
                    Some(source) => format!("{name} · {}", source.label),
                    None => name,
                };
                out.push((leaf.mailbox, full, hue));
            }
        }
    }
    out
}

#[component]
fn Help() -> impl IntoView {
    let state = use_state();
    let ui = use_ui();
    let rows: [(&str, &str); 19] = [
        ("j k", t::key_next()),
        ("o ↵", t::key_open()),
        ("u", t::back_to_list()),
        ("n p", t::key_in_conversation()),
        ("x", t::select()),
        ("e", t::archive()),
        ("#", t::delete()),
        ("!", t::junk()),
        ("v", t::move_to()),
        ("s", t::star()),
        ("⇧I ⇧U", t::key_read()),
        ("[ ]", t::key_archive_next()),
        ("r a f", t::key_answer()),
        ("c", t::key_compose()),
        ("z", t::undo()),
        ("/", t::key_search()),
        ("g i s t d a", t::key_goto()),
        ("* a n r u", t::key_all_none()),
        ("Ctrl ↵", t::key_send()),
    ];
    let off = move || !state.house.settings.with(|settings| settings.single_keys);
    view! {
        <Dialog title=t::keys() on_close=close(ui)>
            {move || off().then(|| view! { <p class="dialog__lead">{t::keys_off()}</p> })}
            <dl class="key-map">
                {rows
                    .map(|(keys, words)| {
                        view! {
                            <div>
                                <dt>{keys.split(' ').map(|key| view! { <kbd>{key.to_owned()}</kbd> }).collect_view()}</dt>
                                <dd>{words}</dd>
                            </div>
                        }
                    })
                    .collect_view()}
            </dl>
        </Dialog>
    }
}
