//! The files of a letter, with the progress of those that are on their way.

use leptos::prelude::*;

use crate::{
    browser,
    components::{IconButton, hue_of},
    i18n::{self, house as t},
    state::{
        compose::{File, FileState, Sheet},
        use_state,
    },
};

#[component]
pub fn Files(sheet: Sheet) -> impl IntoView {
    view! {
        <Show when=move || sheet.files.with(|files| !files.is_empty())>
            <ul class="compose__files">
                <For each=move || sheet.files.get() key=|file| file.key let:file>
                    <FileCard sheet=sheet file=file />
                </For>
            </ul>
        </Show>
    }
}

/// `PDF`, `JPG`: up to four characters of what stands behind the last dot.
fn kind_of(name: &str) -> String {
    let end = name.rsplit_once('.').map(|(_, end)| end).unwrap_or_default();
    if end.is_empty() || end.chars().count() > 4 || !end.chars().all(char::is_alphanumeric) {
        return "···".into();
    }
    end.to_uppercase()
}

#[component]
fn FileCard(sheet: Sheet, file: File) -> impl IntoView {
    let state = use_state();
    let name = file.name.get_value();
    let kind = kind_of(&name);
    let size = browser::size(file.size);
    let is_sending = move || file.state.with(|state| matches!(state, FileState::Sending(_)));
    let words = move || match file.state.get() {
        FileState::Sending(_) => i18n::fill(t::of_size(), &[&browser::size(file.sent.get()), &size]),
        FileState::There(_) => size.clone(),
        FileState::Failed(words) => words,
    };
    let label = i18n::fill(t::remove_file(), &[&name]);
    let spoken = name.clone();
    view! {
        <li class="file-card" data-bad=move || file.state.with(|state| matches!(state, FileState::Failed(_)))>
            <span class="file-card__kind" data-hue=hue_of(&kind).to_string() aria-hidden="true">{kind.clone()}</span>
            <span class="clip" title=name.clone()>
                <span class="file-card__name" dir="auto">{name.clone()}</span>
                <span class="file-card__size num">{words}</span>
                <Show when=is_sending>
                    <progress
                        class="progress__bar"
                        aria-label=spoken.clone()
                        max=file.size.max(1).to_string()
                        value=move || file.sent.get().to_string()
                    ></progress>
                </Show>
            </span>
            <IconButton icon="x" size="s" label=label on:click=move |_| sheet.remove_file(state, file.key) />
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::kind_of;

    #[test]
    fn a_kind_is_short_or_not_said() {
        assert_eq!(kind_of("Scan 2.jpg"), "JPG");
        assert_eq!(kind_of("archive.tar.gz"), "GZ");
        assert_eq!(kind_of("no-end"), "···");
        assert_eq!(kind_of("x.longer"), "···");
        assert_eq!(kind_of("x.<b>"), "···");
    }
}
