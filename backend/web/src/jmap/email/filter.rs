//! FilterConditions of Emails (RFC 8621 §4.4.1).

use serde_json::Value;
use shared::ids::MailboxId;
use store::query::{Field, Filter};

use crate::jmap::{args::Args, capability::Capability, context::Cx, error::MethodError, query, time};

/// The text conditions and where they look.
const TEXTS: [(&str, Field); 7] = [
    ("text", Field::Any),
    ("from", Field::From),
    ("to", Field::To),
    ("cc", Field::Cc),
    ("bcc", Field::Bcc),
    ("subject", Field::Subject),
    ("body", Field::Body),
];

/// Makes a condition of a keyword.
type OfKeyword = fn(String) -> Filter;

/// The keyword conditions.
const KEYWORDS: [(&str, OfKeyword); 5] = [
    ("allInThreadHaveKeyword", Filter::AllInThreadHaveKeyword),
    ("someInThreadHaveKeyword", Filter::SomeInThreadHaveKeyword),
    ("noneInThreadHaveKeyword", Filter::NoneInThreadHaveKeyword),
    ("hasKeyword", Filter::HasKeyword),
    ("notKeyword", Filter::NotKeyword),
];

/// Longest text of one condition, in octets.
const MAX_TEXT: usize = 4096;

/// Reads a filter; none is everything.
pub fn read(cx: &Cx<'_>, value: Option<Value>) -> Result<Filter, MethodError> {
    let filter = query::filter(value, &mut |args| condition(cx, args))?;
    Ok(filter.map_or_else(|| Filter::And(Vec::new()), build))
}

fn build(filter: query::Filter<Filter>) -> Filter {
    match filter {
        query::Filter::And(list) => Filter::And(list.into_iter().map(build).collect()),
        query::Filter::Or(list) => Filter::Or(list.into_iter().map(build).collect()),
        query::Filter::Not(list) => Filter::Not(list.into_iter().map(build).collect()),
        query::Filter::Is(condition) => condition,
    }
}

/// One FilterCondition: all its properties must hold; none holds always.
fn condition(cx: &Cx<'_>, mut args: Args) -> Result<Filter, MethodError> {
    let mut all = Vec::new();
    if let Some(id) = args.string("inMailbox")? {
        // No Email is in a Mailbox that cannot exist.
        all.push(cx.created.id::<MailboxId>(&id).map_or_else(|| Filter::Or(Vec::new()), Filter::InMailbox));
    }
    if let Some(ids) = args.strings("inMailboxOtherThan")? {
        all.push(Filter::InMailboxOtherThan(ids.iter().filter_map(|id| cx.created.id(id)).collect()));
    }
    all.extend(date(&mut args, "before")?.map(Filter::Before));
    all.extend(date(&mut args, "after")?.map(Filter::After));
    all.extend(args.uint("minSize")?.map(Filter::MinSize));
    all.extend(args.uint("maxSize")?.map(Filter::MaxSize));
    for (name, filter) in KEYWORDS {
        all.extend(args.string(name)?.map(|keyword| filter(keyword.to_ascii_lowercase())));
    }
    all.extend(args.optional_boolean("hasAttachment")?.map(Filter::HasAttachment));
    for (name, field) in TEXTS {
        all.extend(text(&mut args, name, field)?);
    }
    if cx.has(Capability::Sources) {
        all.extend(text(&mut args, "filename", Field::Filename)?);
    }
    if let Some(header) = args.strings("header")? {
        let mut parts = header.into_iter();
        match (parts.next(), parts.next(), parts.next()) {
            (Some(name), text, None) if !name.is_empty() => all.push(Filter::Header(name, text)),
            _ => return Err(MethodError::invalid_arguments("header is a name and perhaps a text")),
        }
    }
    args.end()?;
    match <[Filter; 1]>::try_from(all) {
        Ok([only]) => Ok(only),
        Err(all) => Ok(Filter::And(all)),
    }
}

fn text(args: &mut Args, name: &str, field: Field) -> Result<Option<Filter>, MethodError> {
    match args.string(name)? {
        Some(text) if text.len() > MAX_TEXT => Err(MethodError::with("unsupportedFilter", "the text is too long")),
        Some(text) if text.trim().is_empty() => Ok(None),
        text => Ok(text.map(|text| Filter::Text(field, text))),
    }
}

fn date(args: &mut Args, name: &str) -> Result<Option<i64>, MethodError> {
    let Some(text) = args.string(name)? else { return Ok(None) };
    time::parse(&text).map(Some).ok_or_else(|| MethodError::invalid_arguments(format!("{name} is not a UTCDate")))
}

/// The texts that a filter looks for in the subject and in the body (for SearchSnippet). What stands under a NOT is not
/// looked for.
pub fn texts(filter: &Filter) -> (Vec<&str>, Vec<&str>) {
    let (mut subject, mut body) = (Vec::new(), Vec::new());
    collect(filter, &mut subject, &mut body);
    (subject, body)
}

fn collect<'a>(filter: &'a Filter, subject: &mut Vec<&'a str>, body: &mut Vec<&'a str>) {
    match filter {
        Filter::And(list) | Filter::Or(list) => list.iter().for_each(|inner| collect(inner, subject, body)),
        Filter::Text(Field::Any, text) => {
            subject.push(text);
            body.push(text);
        }
        Filter::Text(Field::Subject, text) => subject.push(text),
        Filter::Text(Field::Body, text) => body.push(text),
        _ => {}
    }
}
