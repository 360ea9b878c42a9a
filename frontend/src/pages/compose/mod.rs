//! The composer: sheets at the lower edge of the desk, one full screen on a phone.

mod files;
mod offers;
mod recipients;

use leptos::{html, prelude::*};
use shared::{ids::IdentityId, wire::Identity};

use self::{files::Files, recipients::Recipients};
use crate::{
    browser,
    components::{Button, Icon, IconButton, Note, Select},
    i18n::{self, house as t},
    state::{
        compose::{Kind, Saved, Sheet, Size},
        use_state,
    },
};

/// All open letters. Drawn once, beside whatever page is open.
#[component]
pub fn ComposeDock() -> impl IntoView {
    let sheets = use_state().compose.sheets;
    let veiled = move || sheets.with(|all| all.iter().any(|sheet| sheet.size.get() == Size::Max));
    view! {
        <div class="compose-dock">
            <Show when=veiled>
                <div
                    class="compose-dock__veil"
                    on:click=move |_| {
                        sheets.with_untracked(|all| all.iter().for_each(|sheet| sheet.size.set(Size::Normal)));
                    }
                ></div>
            </Show>
            <For each=move || sheets.get() key=|sheet| sheet.key let:sheet>
                <ComposeSheet sheet=sheet />
            </For>
        </div>
    }
}

/// A small bar says which letter it is; an open sheet shows its subject anyhow.
fn title(sheet: Sheet) -> String {
    let subject = sheet.subject.get();
    if sheet.size.get() == Size::Min && !subject.trim().is_empty() {
        return subject;
    }
    match sheet.kind {
        Kind::New => t::new_message(),
        Kind::Reply => t::reply_title(),
        Kind::Forward => t::forward_title(),
    }
    .to_owned()
}

fn saved_words(saved: &Saved) -> String {
    match saved {
        Saved::Untouched => String::new(),
        Saved::Changed => t::unsaved().into(),
        Saved::Saving => t::saving().into(),
        Saved::At(ms) => i18n::fill(t::saved_at(), &[&browser::time_of_day(*ms)]),
        Saved::Here(_) => t::saved_here().into(),
    }
}

#[component]
fn ComposeSheet(sheet: Sheet) -> impl IntoView {
    let state = use_state();
    let size = sheet.size;
    let keys = move |event: leptos::ev::KeyboardEvent| {
        // What is pressed while writing is meant for the letter, never for the list behind it.
        event.stop_propagation();
        let command = event.ctrl_key() || event.meta_key();
        match event.key().as_str() {
            "Enter" if command => sheet.send(state),
            "s" if command => sheet.save(state),
            "Escape" if !event.default_prevented() => sheet.close(state),
            _ => return,
        }
        event.prevent_default();
    };
    view! {
        <section
            class="compose"
            role="dialog"
            aria-label=move || i18n::fill(t::compose_window(), &[&title(sheet)])
            data-size=move || match size.get() {
                Size::Normal => "",
                Size::Min => "min",
                Size::Max => "max",
            }
            on:keydown=keys
        >
            <Bar sheet=sheet />
            <From sheet=sheet />
            <div class="compose__people">
                <Recipients sheet=sheet which=0 label=t::to() testid="compose-to" shown=Signal::stored(true) />
                <Recipients sheet=sheet which=1 label=t::cc() testid="compose-cc" shown=sheet.shows_cc />
                <Recipients sheet=sheet which=2 label=t::bcc() testid="compose-bcc" shown=sheet.shows_bcc />
            </div>
            <div class="compose__line">
                <input
                    class="compose__subject"
                    type="text"
                    dir="auto"
                    placeholder=t::subject()
                    aria-label=t::subject()
                    autocomplete="off"
                    data-testid="compose-subject"
                    prop:value=move || sheet.subject.get()
                    on:input=move |event| {
                        sheet.subject.set(event_target_value(&event));
                        sheet.touch(state);
                    }
                />
            </div>
            <Text sheet=sheet />
            <Files sheet=sheet />
            <Remarks sheet=sheet />
            <Foot sheet=sheet />
        </section>
    }
}

#[component]
fn Bar(sheet: Sheet) -> impl IntoView {
    let state = use_state();
    let size = sheet.size;
    let narrow = state.place.narrow;
    let min_icon = Signal::derive(move || if size.get() == Size::Min { "chevron-up" } else { "minus" });
    let min_label = Signal::derive(move || {
        if size.get() == Size::Min {
            i18n::fill(t::compose_window(), &[&title(sheet)])
        } else {
            t::minimise().to_owned()
        }
    });
    let max_icon = Signal::derive(move || if size.get() == Size::Max { "minimize-2" } else { "maximize-2" });
    let max_label =
        Signal::derive(move || if size.get() == Size::Max { t::restore_size() } else { t::maximise() }.to_owned());
    let flip = move |other: Size| size.update(|size| *size = if *size == other { Size::Normal } else { other });
    view! {
        <header class="compose__bar">
            <Show when=move || narrow.get() && size.get() != Size::Min>
                <IconButton icon="arrow-left" label=t::close().to_owned() key="Esc" on:click=move |_| sheet.close(state) />
            </Show>
            <h2 dir="auto">{move || title(sheet)}</h2>
            <span
                class="compose__saved"
                role="status"
                data-bad=move || matches!(sheet.saved.get(), Saved::Here(_))
                title=move || match sheet.saved.get() {
                    Saved::Here(words) => words,
                    _ => String::new(),
                }
            >
                {move || sheet.saved.with(saved_words)}
            </span>
            <Show when=move || !narrow.get() || size.get() == Size::Min>
                <IconButton icon=min_icon label=min_label on:click=move |_| flip(Size::Min) />
            </Show>
            <Show when=move || !narrow.get()>
                <IconButton icon=max_icon label=max_label on:click=move |_| flip(Size::Max) />
                <IconButton icon="x" label=t::close().to_owned() key="Esc" on:click=move |_| sheet.close(state) />
            </Show>
        </header>
    }
}

#[component]
fn From(sheet: Sheet) -> impl IntoView {
    let state = use_state();
    // The address says it; a name only where one address has several.
    let options = Signal::derive(move || {
        state.mail.identities.with(|all| {
            let words = |one: &Identity| {
                let twins = all.iter().filter(|other| other.email == one.email).count();
                if twins > 1 { format!("{} <{}>", one.name, one.email) } else { one.email.clone() }
            };
            all.iter().map(|one| (one.id.to_string(), words(one))).collect::<Vec<_>>()
        })
    });
    let value = Signal::derive(move || {
        let chosen = sheet.identity.get().map(|id| id.to_string());
        chosen.or_else(|| options.with(|all| all.first().map(|(id, _)| id.clone()))).unwrap_or_default()
    });
    let hue = move || {
        let source = state.mail.identities.with(|all| {
            let value = value.get();
            all.iter().find(|one| one.id.to_string() == value).and_then(|one| one.source_id)
        });
        state.mail.sources.with(|all| all.iter().find(|one| Some(one.id) == source).map(|one| one.hue.to_string()))
    };
    let words = move || {
        let value = value.get();
        options.with(|all| all.iter().find(|(id, _)| *id == value).map(|(_, words)| words.clone()))
    };
    let choose = Callback::new(move |id: String| {
        if let Ok(id) = id.parse::<IdentityId>() {
            sheet.set_author(state, id);
        }
    });
    view! {
        <Show when=move || options.with(|all| !all.is_empty())>
            <div class="compose__line">
                <span class="compose__label" aria-hidden="true">{t::from()}</span>
                // The words are drawn as text, so that they are as wide as they are; the select lies over them.
                <div class="compose__author">
                    {move || hue().map(|hue| view! { <span class="dot" data-hue=hue></span> })}
                    <span class="clip">{words}</span>
                    <Icon name="chevron-down" size="s" />
                    <Select spoken=t::from() options=options value=value on_change=choose />
                </div>
            </div>
        </Show>
    }
}

#[component]
fn Text(sheet: Sheet) -> impl IntoView {
    let state = use_state();
    let node = NodeRef::<html::Textarea>::new();
    Effect::new(move |_| {
        // An answer begins above the quote; a new letter begins with its recipients.
        if let Some(text) = node.get()
            && sheet.kind == Kind::Reply
        {
            // Only once the text is in the field: putting it there moves the cursor to its end.
            browser::after(0, move || browser::focus_start(&text));
        }
    });
    view! {
        <textarea
            class="compose__text"
            node_ref=node
            dir="auto"
            aria-label=t::message_text()
            data-testid="compose-body"
            prop:value=move || sheet.body.get()
            on:input=move |event| {
                sheet.body.set(event_target_value(&event));
                sheet.touch(state);
            }
        ></textarea>
    }
}

#[component]
fn Remarks(sheet: Sheet) -> impl IntoView {
    let state = use_state();
    view! {
        {move || {
            sheet
                .error
                .get()
                .map(|words| {
                    view! {
                        <div class="note" data-kind="danger" role="alert">
                            <Icon name="circle-alert" />
                            <div>{words}</div>
                        </div>
                    }
                })
        }}
        <Show when=move || sheet.asks_for_file.get()>
            <Note kind="warn">
                <p role="alert">{t::ask_file()}</p>
                <p class="note__acts">
                    <Button size="s" kind="main" on:click=move |_| sheet.send(state)>
                        {t::ask_send()}
                    </Button>
                    <Button size="s" kind="quiet" on:click=move |_| sheet.asks_for_file.set(false)>
                        {t::cancel()}
                    </Button>
                </p>
            </Note>
        </Show>
    }
}

#[component]
fn Foot(sheet: Sheet) -> impl IntoView {
    let state = use_state();
    let picker = NodeRef::<html::Input>::new();
    view! {
        <footer class="compose__foot">
            <Button
                kind="main"
                icon="send"
                busy=sheet.sending
                on:click=move |_| sheet.send(state)
                attr:data-testid="compose-send"
            >
                {move || if sheet.sending.get() { t::sending() } else { t::send() }}
            </Button>
            <IconButton
                icon="paperclip"
                label=t::attach().to_owned()
                on:click=move |_| {
                    if let Some(input) = picker.get_untracked() {
                        input.click();
                    }
                }
            />
            <input
                class="visually-hidden"
                type="file"
                multiple
                tabindex="-1"
                aria-hidden="true"
                data-testid="compose-file"
                node_ref=picker
                on:change=move |event| sheet.upload(state, browser::picked(&event))
            />
            <span class="compose__gap"></span>
            <IconButton icon="trash-2" label=t::discard().to_owned() on:click=move |_| sheet.discard(state) />
        </footer>
    }
}
