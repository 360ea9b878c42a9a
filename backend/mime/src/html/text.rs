//! HTML as readable plain text, by tokens alone: no tree, so no depth to fear.

use std::cell::RefCell;

use html5ever::{
    tendril::StrTendril,
    tokenizer::{
        BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts, states::RawKind,
    },
};

use super::guard;

/// HTML as readable plain text: paragraphs, lists, links' words, alt texts; quotes begin with "> "; no markup, styles
/// or scripts.
pub fn to_text(html: &str) -> String {
    let tokenizer = Tokenizer::new(Reader::default(), TokenizerOpts::default());
    let queue = BufferQueue::default();
    queue.push_back(StrTendril::from_slice(&guard::bounded(html)));
    // A script ends a turn of the tokenizer; the rest still waits in the queue.
    while !queue.is_empty() {
        let before = queue_length(&queue);
        let _ = tokenizer.feed(&queue);
        if queue_length(&queue) == before {
            break;
        }
    }
    tokenizer.end();
    tokenizer.sink.0.into_inner().finish()
}

fn queue_length(queue: &BufferQueue) -> usize {
    // The queue tells no length; whether it is empty is enough to see progress.
    usize::from(!queue.is_empty())
}

/// Elements whose content is no text.
const HIDDEN: &[&str] = &["head", "template", "svg", "math", "object", "select", "audio", "video", "canvas"];
/// Elements that stand on lines of their own.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "center",
    "dd",
    "details",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "header",
    "li",
    "main",
    "menu",
    "nav",
    "section",
    "summary",
    "table",
    "tr",
    "body",
    "html",
    "caption",
    "legend",
];
/// Elements with an empty line before and after.
const PARAGRAPHS: &[&str] = &["p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "pre", "blockquote"];

#[derive(Default)]
struct Reader(RefCell<Writer>);

impl TokenSink for Reader {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut writer = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(text) => writer.text(&text),
            Token::TagToken(tag) => return writer.tag(&tag),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// The text as it grows.
#[derive(Default)]
struct Writer {
    out: String,
    /// Line breaks that are due before the next word.
    breaks: usize,
    space: bool,
    /// The raw-text element whose content is being passed over.
    raw: Option<String>,
    hidden: Vec<String>,
    pre: usize,
    quotes: usize,
}

impl Writer {
    fn tag(&mut self, tag: &Tag) -> TokenSinkResult<()> {
        let name: &str = &tag.name;
        if tag.kind == TagKind::EndTag {
            self.end(name);
            return TokenSinkResult::Continue;
        }
        match name {
            "script" => return self.skip(name, RawKind::ScriptData),
            "style" | "xmp" | "iframe" | "noembed" | "noframes" => return self.skip(name, RawKind::Rawtext),
            "title" | "textarea" => return self.skip(name, RawKind::Rcdata),
            _ => {}
        }
        // A missing </head> must not hide the letter.
        if name == "body" {
            self.hidden.retain(|open| open != "head");
        }
        if !self.hidden.is_empty() || HIDDEN.contains(&name) {
            let room = self.hidden.len() < 64;
            if HIDDEN.contains(&name) && !tag.self_closing && room {
                self.hidden.push(name.to_owned());
            }
            return TokenSinkResult::Continue;
        }
        match name {
            "br" => self.breaks += 1,
            "hr" => {
                self.line(1);
                self.word("________________________________");
                self.line(1);
            }
            "li" => {
                self.line(1);
                self.word("• ");
            }
            "td" | "th" => self.space = true,
            "img" => self.attribute(tag, "alt"),
            "area" | "input" => {}
            "blockquote" => {
                self.line(2);
                self.quotes += 1;
            }
            "pre" => {
                self.line(2);
                self.pre += 1;
            }
            name if PARAGRAPHS.contains(&name) => self.line(2),
            name if BLOCKS.contains(&name) => self.line(1),
            _ => {}
        }
        TokenSinkResult::Continue
    }

    fn end(&mut self, name: &str) {
        if self.raw.take_if(|open| open == name).is_some() {
            return;
        }
        if let Some(at) = self.hidden.iter().rposition(|open| open == name) {
            self.hidden.truncate(at);
            return;
        }
        if !self.hidden.is_empty() {
            return;
        }
        match name {
            "blockquote" => {
                self.line(2);
                self.quotes = self.quotes.saturating_sub(1);
            }
            "pre" => {
                self.line(2);
                self.pre = self.pre.saturating_sub(1);
            }
            name if PARAGRAPHS.contains(&name) => self.line(2),
            name if BLOCKS.contains(&name) => self.line(1),
            _ => {}
        }
    }

    fn skip(&mut self, name: &str, kind: RawKind) -> TokenSinkResult<()> {
        self.raw = Some(name.to_owned());
        TokenSinkResult::RawData(kind)
    }

    fn attribute(&mut self, tag: &Tag, name: &str) {
        let value = tag.attrs.iter().find(|attr| &*attr.name.local == name).map(|attr| attr.value.to_string());
        if let Some(value) = value {
            self.text(&value);
        }
    }

    fn line(&mut self, breaks: usize) {
        self.breaks = self.breaks.max(breaks);
        self.space = false;
    }

    fn text(&mut self, text: &str) {
        if self.raw.is_some() || !self.hidden.is_empty() {
            return;
        }
        if self.pre > 0 {
            for (i, line) in text.split('\n').enumerate() {
                self.breaks += usize::from(i > 0);
                if !line.is_empty() {
                    self.word(line.trim_end_matches('\r'));
                }
            }
            return;
        }
        let collapses = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}');
        self.space |= text.starts_with(collapses);
        for word in text.split(collapses).filter(|word| !word.is_empty()) {
            self.word(word);
            self.space = true;
        }
        self.space = text.ends_with(collapses) && !text.is_empty() || self.space && text.chars().all(collapses);
    }

    /// One word, with the line breaks or the space that are due before it.
    fn word(&mut self, word: &str) {
        if self.out.is_empty() {
            self.breaks = 0;
            self.out.push_str(&"> ".repeat(self.quotes.min(20)));
        } else if self.breaks > 0 {
            for _ in 0..self.breaks.min(3) {
                self.out.push('\n');
            }
            self.out.push_str(&"> ".repeat(self.quotes.min(20)));
        } else if self.space && !self.out.ends_with(' ') {
            self.out.push(' ');
        }
        self.breaks = 0;
        self.space = false;
        self.out.push_str(word);
    }

    fn finish(mut self) -> String {
        self.out.truncate(self.out.trim_end().len());
        self.out
    }
}
