//! `header` conditions (RFC 8621 §4.4.1): headers are stored as they came, so these are looked up first, decoded, and
//! become a set of Emails. A Message-ID has an index of its own.

use futures::TryStreamExt;
use shared::ids::{AccountId, EmailId};
use sqlx::Row;

use crate::{Reader, Result, emails, query::Filter};

/// Headers with a field of that name, whatever it says.
pub(super) const CANDIDATES: &str = "SELECT e.id, d.header FROM email e INDEXED BY email_newest
    CROSS JOIN email_detail d ON d.email_id = e.id
    WHERE e.account_id = $1 AND instr(char(10) || lower(CAST(d.header AS TEXT)), char(10) || $2 || ':') > 0";

/// The filter with each `header` condition replaced by the Emails that satisfy it.
pub(super) async fn resolve(r: &mut Reader, account: AccountId, filter: &Filter) -> Result<Filter> {
    let mut wanted = Vec::new();
    collect(filter, &mut wanted);
    let mut found = Vec::new();
    for (name, text) in wanted {
        found.push(find(r, account, &name, text.as_deref()).await?);
    }
    let mut found = found.into_iter();
    Ok(replace(filter, &mut found))
}

fn collect(filter: &Filter, wanted: &mut Vec<(String, Option<String>)>) {
    match filter {
        Filter::And(some) | Filter::Or(some) | Filter::Not(some) => some.iter().for_each(|f| collect(f, wanted)),
        Filter::Header(name, text) => wanted.push((name.to_ascii_lowercase(), text.clone())),
        _ => {}
    }
}

fn replace(filter: &Filter, found: &mut dyn Iterator<Item = Vec<EmailId>>) -> Filter {
    match filter {
        Filter::Header(..) => Filter::Emails(found.next().unwrap_or_default()),
        Filter::And(some) => Filter::And(some.iter().map(|f| replace(f, found)).collect()),
        Filter::Or(some) => Filter::Or(some.iter().map(|f| replace(f, found)).collect()),
        Filter::Not(some) => Filter::Not(some.iter().map(|f| replace(f, found)).collect()),
        other => other.clone(),
    }
}

async fn find(r: &mut Reader, account: AccountId, name: &str, text: Option<&str>) -> Result<Vec<EmailId>> {
    if let ("message-id", Some(text)) = (name, text) {
        let id = text.trim().trim_start_matches('<').trim_end_matches('>');
        let found = emails::by_message_id(r, account, id).await?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    let wanted = text.map(mime::tokens::fold).map(|text| unquoted(&text).to_owned());
    let mut found = Vec::new();
    let mut rows = sqlx::query(CANDIDATES).bind(account.0).bind(name).fetch(r.db());
    while let Some(row) = rows.try_next().await? {
        let header: Vec<u8> = row.try_get(1)?;
        if fits(&header, name, wanted.as_deref()) {
            found.push(EmailId(row.try_get(0)?));
        }
    }
    Ok(found)
}

/// A phrase may come in quotes.
fn unquoted(text: &str) -> &str {
    let text = text.trim();
    ['"', '\''].iter().find_map(|q| text.strip_prefix(*q)?.strip_suffix(*q)).unwrap_or(text)
}

fn fits(header: &[u8], name: &str, wanted: Option<&str>) -> bool {
    let block = mime::HeaderBlock::parse(header);
    let mut fields = block.all(name).peekable();
    match wanted {
        None => fields.peek().is_some(),
        Some(wanted) => fields.any(|field| match field.get(mime::Form::Text) {
            mime::header::Value::Text(text) => mime::tokens::fold(&text).contains(wanted),
            _ => false,
        }),
    }
}
