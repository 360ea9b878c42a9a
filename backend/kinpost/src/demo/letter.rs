//! The practice letters' own small format: a subject line, fields, a blank line, the text.

use anyhow::{Context, Result};

/// A practice letter before it becomes a message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Letter {
    pub subject: String,
    /// By which name answers call it.
    pub key: Option<String>,
    /// Which letter it answers.
    pub re: Option<String>,
    /// Field values as written: `Name <address>, …`
    pub from: String,
    pub to: String,
    pub cc: String,
    pub days_ago: i64,
    /// Minutes since midnight, UTC.
    pub minute: i64,
    /// The mailbox, `Inbox` where nothing is said.
    pub mailbox: String,
    pub flags: Vec<String>,
    pub style: Style,
    /// A mailing list's id.
    pub list: Option<String>,
    pub files: Vec<File>,
    pub text: String,
}

/// How the text is set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Style {
    /// Plain text only.
    #[default]
    Text,
    /// A simple HTML letter.
    Plain,
    /// A boxed notice.
    Card,
    /// A newsletter with a picture at its head.
    News,
}

/// An attachment to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum File {
    Picture(String),
    Pdf(String),
    Invite(String),
}

/// Reads a file of letters.
pub fn read(text: &str) -> Result<Vec<Letter>> {
    text.split("\n== ").skip(1).map(one).collect()
}

fn one(block: &str) -> Result<Letter> {
    let (head, text) = block.split_once("\n\n").context("a letter has no text")?;
    let mut lines = head.lines();
    let subject = lines.next().unwrap_or_default().trim().to_owned();
    let mut letter = Letter { mailbox: "Inbox".to_owned(), text: text.trim().to_owned(), subject, ..Letter::default() };
    for line in lines {
        let (field, value) = line.split_once(": ").with_context(|| format!("not a field: {line}"))?;
        letter.take(field, value.trim()).with_context(|| format!("in the letter “{}”", letter.subject))?;
    }
    Ok(letter)
}

impl Letter {
    fn take(&mut self, field: &str, value: &str) -> Result<()> {
        match field {
            "key" => self.key = Some(value.to_owned()),
            "re" => self.re = Some(value.to_owned()),
            "from" => self.from = value.to_owned(),
            "to" => self.to = value.to_owned(),
            "cc" => self.cc = value.to_owned(),
            "at" => {
                let (days, time) = value.split_once(' ').context("at: DAYS HH:MM")?;
                self.days_ago = days.parse()?;
                self.minute = minute(time)?;
            }
            "box" => self.mailbox = value.to_owned(),
            "flags" => self.flags = value.split_whitespace().map(|flag| format!("${flag}")).collect(),
            "list" => self.list = Some(value.to_owned()),
            "html" => self.style = style(value)?,
            "picture" => self.files.push(File::Picture(value.to_owned())),
            "pdf" => self.files.push(File::Pdf(value.to_owned())),
            "invite" => self.files.push(File::Invite(value.to_owned())),
            other => anyhow::bail!("there is no field “{other}”"),
        }
        Ok(())
    }
}

/// `8:05` → 485
pub fn minute(time: &str) -> Result<i64> {
    let (hours, minutes) = time.split_once(':').context("a time is HH:MM")?;
    Ok(hours.trim().parse::<i64>()? * 60 + minutes.trim().parse::<i64>()?)
}

/// The word of a style.
pub fn style(word: &str) -> Result<Style> {
    match word {
        "plain" => Ok(Style::Plain),
        "card" => Ok(Style::Card),
        "news" => Ok(Style::News),
        other => anyhow::bail!("there is no style “{other}”"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn a_letter_is_read_with_its_fields() {
        let letters = read("# note\n\n== A subject: with colon\nkey: k\nfrom: A <a@b.example>\nat: 2 8:05\nflags: seen\npicture: P.png\n\nText\n\nmore\n\n== Next\nat: 0 0:00\n\nx\n").unwrap();
        assert_eq!(letters.len(), 2);
        let first = &letters[0];
        assert_eq!((first.subject.as_str(), first.days_ago, first.minute), ("A subject: with colon", 2, 485));
        assert_eq!(first.flags, ["$seen"]);
        assert_eq!(first.files, [File::Picture("P.png".into())]);
        assert_eq!(first.text, "Text\n\nmore");
    }

    #[test]
    fn an_unknown_field_is_named() {
        let error = read("\n== S\nform: x\n\nt").unwrap_err();
        assert!(format!("{error:#}").contains("form"));
    }
}
