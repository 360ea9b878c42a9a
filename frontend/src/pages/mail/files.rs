//! The files of a message: what they are, how large, and a press to have them.

use leptos::prelude::*;
use shared::{ids::EmailId, wire::BodyPart};

use crate::{
    browser,
    components::{Icon, hue_of},
    i18n::mail as t,
    route,
    state::use_state,
};

/// Two to four letters for a kind of file: its ending, else its media type.
fn kind(file: &BodyPart) -> String {
    let ending = file.name.as_deref().and_then(|name| name.rsplit_once('.')).map(|(_, ending)| ending);
    let ending =
        ending.filter(|ending| (1..=4).contains(&ending.len()) && ending.bytes().all(|b| b.is_ascii_alphanumeric()));
    let media = || {
        file.r#type.rsplit('/').next().unwrap_or_default().chars().filter(char::is_ascii_alphanumeric).take(4).collect()
    };
    ending.map_or_else(media, str::to_owned).to_uppercase()
}

/// A hue that kinds of files share: pictures, papers, tables, packed things, sound and film.
fn hue(file: &BodyPart) -> u8 {
    let media = file.r#type.as_str();
    match kind(file).as_str() {
        "PDF" => 8,
        "XLS" | "XLSX" | "ODS" | "CSV" => 5,
        "DOC" | "DOCX" | "ODT" | "RTF" | "TXT" | "PAGE" => 9,
        "ZIP" | "GZ" | "TAR" | "7Z" | "RAR" => 3,
        _ if media.starts_with("image/") => 1,
        _ if media.starts_with("audio/") || media.starts_with("video/") => 11,
        other => hue_of(other),
    }
}

/// The cards.
#[component]
pub fn Files(
    /// Whose files.
    id: EmailId,
    /// The files.
    files: Vec<BodyPart>,
) -> impl IntoView {
    let account = use_state().account();
    let cards = files
        .into_iter()
        .filter_map(move |file| {
            let name = file.name.clone().filter(|name| !name.trim().is_empty()).unwrap_or_else(|| t::untitled().to_owned());
            let url = format!("/jmap/download/{account}/{}/{}?type={}", file.blob_id.as_deref()?, route::encoded(&name), route::encoded(&file.r#type));
            Some(view! {
                <div class="message__file" role="listitem"><a class="file-card" href=url download=name.clone() title=name.clone()>
                    <span class="file-card__kind" data-hue=hue(&file).to_string() aria-hidden="true">{kind(&file)}</span>
                    <span class="file-card__words">
                        <span class="file-card__name" dir="auto">{name.clone()}</span>
                        <span class="file-card__size num">{browser::size(file.size)}</span>
                    </span>
                    <Icon name="download" />
                </a></div>
            })
        })
        .collect_view();
    view! { <div class="message__files" role="list" aria-label=t::attachments() id=format!("files-{id}")>{cards}</div> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_short_and_never_strange() {
        let of = |name: &str, media: &str| {
            kind(&BodyPart { name: Some(name.into()), r#type: media.into(), ..BodyPart::default() })
        };
        assert_eq!(of("Dad on the pier.jpg", "image/jpeg"), "JPG");
        assert_eq!(of("archive.tar.gz", "application/gzip"), "GZ");
        assert_eq!(of("no ending", "application/pdf"), "PDF");
        assert_eq!(of("x.<b>", "text/html"), "HTML");
        assert_eq!(of("letter.", "application/vnd.oasis"), "VNDO");
    }
}
