//! The outbox: letters that are held, being sent, refused, or of which nobody knows.

use leptos::prelude::*;
use shared::wire::Submission;

use crate::{
    browser,
    components::{Button, Empty, Icon, Note},
    i18n::{self, mail as t},
    state::{self, LetterStage, State, use_state},
};

/// The letters on their way.
#[component]
pub fn OutboxRows() -> impl IntoView {
    let state = use_state();
    let letters = state.outbox.open;
    view! {
        <div class="outbox" role="list" aria-label=t::outbox()>
            <For each=move || letters.get() key=|letter| (letter.id, letter.undo_status as u8, letter.failure.clone(), letter.uncertain) let:letter>
                <LetterCard letter />
            </For>
            <Show when=move || letters.with(Vec::is_empty)>
                <Empty icon="send" title=t::empty_outbox() text=t::empty_outbox_text() />
            </Show>
        </div>
    }
}

/// A number that counts down once a second.
fn countdown(until: f64) -> ReadSignal<u64> {
    let left = move || ((until - browser::now_ms()) / 1_000.0).ceil().max(0.0) as u64;
    let (seconds, set) = signal(left());
    fn tick(left: impl Fn() -> u64 + Copy + 'static, set: WriteSignal<u64>) {
        browser::after(1_000, move || {
            // `None`: the card is gone, and so is the need to count.
            if set.try_set(left()).is_none() && left() > 0 {
                tick(left, set);
            }
        });
    }
    tick(left, set);
    seconds
}

#[component]
fn LetterCard(letter: Submission) -> impl IntoView {
    let state = use_state();
    let email = state.mail.email(state.account(), letter.email_id);
    let subject = email.as_ref().and_then(|email| email.subject.clone()).filter(|subject| !subject.trim().is_empty());
    let people: Vec<String> =
        letter.envelope.iter().flat_map(|envelope| &envelope.rcpt_to).map(|to| to.email.clone()).collect();
    let stage = state::letter_stage(&letter, State::leaves_at(&letter));
    view! {
        <div class="outbox__letter" role="listitem">
            <h2 class="outbox__subject clip" dir="auto">{subject.unwrap_or_else(|| t::no_subject().to_owned())}</h2>
            <p class="outbox__to clip">{i18n::fill(t::to_line(), &[&people.join(", ")])}</p>
            {stage_view(state, &letter, stage)}
        </div>
    }
}

/// What is so, and what can be done.
pub fn stage_view(state: State, letter: &Submission, stage: LetterStage) -> AnyView {
    let (id, email) = (letter.id, letter.email_id);
    let edit = move || state.compose_draft(email);
    let stop = move || state.stop_and_edit(id, email);
    match stage {
        LetterStage::Held(until) => {
            let left = countdown(until);
            let soon = until - browser::now_ms() < 120_000.0;
            let words = move || {
                if soon { i18n::fill(t::letter_leaves_in(), &[&left.get().to_string()]) } else { i18n::fill(t::letter_leaves_on(), &[&browser::date_long(until)]) }
            };
            view! {
                <div class="outbox__state">
                    <Icon name="clock" size="s" />
                    <span class="num">{words}</span>
                    <Button size="s" icon="undo-2" on:click=move |_| stop()>{t::outbox_cancel()}</Button>
                </div>
            }
            .into_any()
        }
        LetterStage::Sending => view! {
            <div class="outbox__state"><Icon name="send" size="s" /><span>{t::outbox_sending()}</span></div>
        }
        .into_any(),
        LetterStage::Refused(words) => view! {
            <Note kind="danger">
                <b>{t::outbox_refused()}". "</b>
                <bdi>{words}</bdi>
                <div class="note__acts">
                    <Button kind="main" size="s" on:click=move |_| edit()>{t::edit_answer()}</Button>
                    <Button kind="quiet" size="s" on:click=move |_| state.decide(id, "retry")>{t::outbox_retry()}</Button>
                    <Button kind="quiet" size="s" on:click=move |_| state.forget_letter(id)>{t::outbox_dismiss()}</Button>
                </div>
            </Note>
        }
        .into_any(),
        LetterStage::Uncertain => view! {
            <Note kind="warn">
                <b>{t::outbox_uncertain()}" "</b>
                {t::outbox_uncertain_text()}
                <div class="note__acts">
                    <Button kind="main" size="s" on:click=move |_| state.decide(id, "assumeSent")>{t::outbox_yes()}</Button>
                    <Button size="s" on:click=move |_| state.decide(id, "resend")>{t::outbox_again()}</Button>
                </div>
            </Note>
        }
        .into_any(),
        LetterStage::Sent | LetterStage::Canceled => ().into_any(),
    }
}
