//! The practice household: four people of one family and the mail of their year, made fresh at each start so that its
//! newest letters are of today.

use std::collections::HashMap;

use anyhow::{Context, Result};
use mime::{
    Address, Date,
    build::{Attachment, Outgoing, build},
};

use super::{
    files,
    letter::{self, File, Letter, Style},
    pictures, serials,
};

const DAY_MS: i64 = 86_400_000;
const SERIALS: &str = include_str!("letters/serials.txt");

/// A person of the practice household with their mail.
pub struct Person {
    pub name: &'static str,
    pub email: String,
    pub is_admin: bool,
    pub letters: Vec<Filed>,
}

/// A message and where it lies.
pub struct Filed {
    /// `Inbox`, `Archive`, `Sent`, `Drafts`, `Trash`, `Junk`, or a name of the person's own.
    pub mailbox: String,
    /// JMAP keywords.
    pub keywords: Vec<String>,
    /// Milliseconds since the epoch.
    pub received_at: i64,
    pub raw: Vec<u8>,
}

/// The four people, oldest letter first.
pub fn household(now_ms: i64) -> Result<Vec<Person>> {
    [
        ("anna", "Anna Berglund", true, include_str!("letters/anna.txt")),
        ("erik", "Erik Berglund", false, include_str!("letters/erik.txt")),
        ("linnea", "Linnea Berglund", false, include_str!("letters/linnea.txt")),
        ("nils", "Nils Berglund", false, include_str!("letters/nils.txt")),
    ]
    .into_iter()
    .map(|(short, name, is_admin, own)| {
        let mut letters = letter::read(own)?;
        letters.extend(serials::read(SERIALS, short)?);
        let letters = filed(short, &letters, now_ms)?;
        Ok(Person { name, email: format!("{short}@berglund.example"), is_admin, letters })
    })
    .collect()
}

fn filed(person: &str, letters: &[Letter], now_ms: i64) -> Result<Vec<Filed>> {
    let mut order: Vec<(i64, &Letter)> = letters.iter().map(|letter| (time(letter, now_ms), letter)).collect();
    order.sort_by_key(|(at, _)| *at);
    // Answers name what they answer, and the whole chain before it.
    let mut chains: HashMap<&str, Vec<String>> = HashMap::new();
    let mut out = Vec::new();
    for (number, (at, letter)) in order.into_iter().enumerate() {
        let id = format!("{}.{number}.{person}@practice.example", at / 60_000);
        let before = letter.re.as_deref().and_then(|key| chains.get(key)).cloned().unwrap_or_default();
        let raw = written(letter, at, &id, &before, number)
            .with_context(|| format!("the practice letter “{}” of {person}", letter.subject))?;
        if let Some(key) = letter.key.as_deref() {
            chains.insert(key, before.into_iter().chain([id]).collect());
        }
        let mut keywords = letter.flags.clone();
        if letter.mailbox == "Drafts" {
            keywords.push("$draft".to_owned());
        }
        out.push(Filed { mailbox: letter.mailbox.clone(), keywords, received_at: at, raw });
    }
    Ok(out)
}

/// A letter "of today at 14:05" that lies ahead of now becomes one of the last hour, in the same order.
fn time(letter: &Letter, now_ms: i64) -> i64 {
    let midnight = now_ms - now_ms.rem_euclid(DAY_MS);
    let at = midnight - letter.days_ago * DAY_MS + letter.minute * 60_000;
    if at < now_ms { at } else { now_ms - 60_000 * (1 + (24 * 60 - letter.minute) / 20) }
}

fn written(letter: &Letter, at: i64, id: &str, before: &[String], number: usize) -> Result<Vec<u8>> {
    let seed =
        letter.subject.bytes().fold(number as u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
    let from = addresses(&letter.from);
    let mut attachments = Vec::new();
    for file in &letter.files {
        attachments.push(attached(file, letter, at, seed)?);
    }
    let html = match letter.style {
        Style::Text => None,
        Style::Plain => Some(plain(&letter.text)),
        Style::Card => Some(card(&letter.subject, &letter.text)),
        Style::News => {
            attachments.push(Attachment {
                bytes: pictures::landscape(600, 240, seed)?,
                r#type: "image/png".to_owned(),
                name: Some("head.png".to_owned()),
                cid: Some(format!("head.{id}")),
                inline: true,
            });
            let sender = from.first().and_then(|a| a.name.clone()).unwrap_or_default();
            Some(news(&sender, &letter.subject, &letter.text, id))
        }
    };
    let mut extra = Vec::new();
    if let Some(list) = &letter.list {
        extra.push(("List-Id".to_owned(), format!("<{list}>")));
    }
    Ok(build(&Outgoing {
        from,
        sender: None,
        to: addresses(&letter.to),
        cc: addresses(&letter.cc),
        bcc: Vec::new(),
        reply_to: Vec::new(),
        subject: letter.subject.clone(),
        message_id: id.to_owned(),
        in_reply_to: before.last().cloned().into_iter().collect(),
        references: before.to_vec(),
        date: Date::from_ms(at),
        text: letter.text.clone(),
        html,
        attachments,
        extra,
    })?)
}

fn attached(file: &File, letter: &Letter, at: i64, seed: u32) -> Result<Attachment> {
    let (bytes, r#type, name) = match file {
        File::Picture(name) => (pictures::landscape(960, 640, seed)?, "image/png", name.clone()),
        File::Pdf(name) => {
            let lines: Vec<&str> = letter.text.lines().filter(|line| !line.is_empty()).collect();
            (files::pdf(name.trim_end_matches(".pdf"), &lines), "application/pdf", name.clone())
        }
        File::Invite(title) => {
            let mailbox = |text: &str| addresses(text).first().map(|a| a.email.clone()).unwrap_or_default();
            let bytes = files::invite(title, &mailbox(&letter.from), &mailbox(&letter.to), at + 9 * DAY_MS);
            (bytes, "text/calendar", "invitation.ics".to_owned())
        }
    };
    Ok(Attachment { bytes, r#type: r#type.to_owned(), name: Some(name), cid: None, inline: false })
}

/// `Name <address>, address` → addresses. The practice letters hold no commas in names.
fn addresses(text: &str) -> Vec<Address> {
    let one = |part: &str| match part.split_once('<') {
        Some((name, email)) => {
            Address { name: Some(name.trim().to_owned()), email: email.trim_end_matches('>').trim().to_owned() }
        }
        None => Address { name: None, email: part.to_owned() },
    };
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(one).collect()
}

fn paragraphs(text: &str, style: &str) -> String {
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.split("\n\n").map(|p| format!("<p style=\"{style}\">{}</p>", escape(p).replace('\n', "<br>"))).collect()
}

fn plain(text: &str) -> String {
    format!("<html><body>{}</body></html>", paragraphs(text, "margin:0 0 1em"))
}

fn card(title: &str, text: &str) -> String {
    format!(
        "<html><body style=\"background:#f2f4f7;margin:0;padding:24px\"><table align=\"center\" width=\"520\" cellpadding=\"0\" \
         cellspacing=\"0\" style=\"background:#ffffff;border:1px solid #dde2e8;border-radius:8px\"><tr><td \
         style=\"padding:24px 28px;font-family:Helvetica,Arial,sans-serif;color:#1f2a37\"><h2 style=\"margin:0 0 12px;font-size:20px\">\
         {title}</h2>{}</td></tr></table></body></html>",
        paragraphs(text, "margin:0 0 12px;font-size:15px;line-height:22px"),
    )
}

fn news(sender: &str, title: &str, text: &str, id: &str) -> String {
    format!(
        "<html><body style=\"background:#f6f3ee;margin:0;padding:0\"><table align=\"center\" width=\"600\" cellpadding=\"0\" \
         cellspacing=\"0\" style=\"background:#ffffff\"><tr><td style=\"padding:18px 32px;font-family:Georgia,serif;font-size:18px;\
         color:#5a4a36\">{sender}</td></tr><tr><td><img src=\"cid:head.{id}\" width=\"600\" height=\"240\" alt=\"A landscape\" \
         style=\"display:block\"></td></tr><tr><td style=\"padding:28px 32px 8px;font-family:Georgia,serif;color:#2b2620\"><h1 \
         style=\"margin:0 0 14px;font-size:27px;line-height:34px\">{title}</h1>{}</td></tr><tr><td style=\"padding:8px 32px 28px\"><a \
         href=\"https://newsletter.example/read\" style=\"background:#2f5d50;color:#ffffff;padding:11px 20px;text-decoration:none;\
         font-family:Helvetica,Arial,sans-serif;font-size:15px;border-radius:6px\">Read on</a></td></tr><tr><td \
         style=\"padding:16px 32px;font-family:Helvetica,Arial,sans-serif;font-size:12px;color:#8a8175\">You get this letter because you \
         asked for it. <a href=\"https://newsletter.example/stop\" style=\"color:#8a8175\">Stop it</a><img \
         src=\"https://pixel.newsletter.example/open.gif\" width=\"1\" height=\"1\" alt=\"\"></td></tr></table></body></html>",
        paragraphs(text, "margin:0 0 16px;font-size:17px;line-height:26px"),
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    const NOW: i64 = 1_793_000_000_000;

    #[test]
    fn four_people_with_a_few_hundred_letters_none_from_the_future() {
        let people = household(NOW).unwrap();
        assert_eq!(people.len(), 4);
        assert_eq!(people.iter().filter(|person| person.is_admin).count(), 1);
        let letters: usize = people.iter().map(|person| person.letters.len()).sum();
        assert!((200..600).contains(&letters), "{letters}");
        for letter in people.iter().flat_map(|person| &person.letters) {
            assert!(letter.received_at < NOW);
            let parsed = mime::parse(&letter.raw);
            assert!(
                parsed.envelope.from.is_some_and(|from| !from.is_empty()),
                "{}",
                String::from_utf8_lossy(&letter.raw)
            );
        }
    }

    #[test]
    fn an_answer_refers_to_the_whole_chain() {
        let people = household(NOW).unwrap();
        let parsed: Vec<_> = people[0].letters.iter().map(|letter| mime::parse(&letter.raw)).collect();
        let keys: Vec<_> = parsed
            .iter()
            .filter(|p| {
                p.envelope
                    .subject
                    .as_deref()
                    .is_some_and(|s| s.ends_with("Dad’s 70th birthday") || s.ends_with("Dad's 70th birthday"))
            })
            .map(|p| {
                let e = &p.envelope;
                let (r, i, m) = (e.references.as_deref(), e.in_reply_to.as_deref(), e.message_id.as_deref());
                mime::thread_key(r, i, m, e.subject.as_deref())
            })
            .collect();
        assert_eq!(keys.len(), 3);
        assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
    }
}
