//! Addresses that were seen in mail, for completion: who was written to comes first.

use std::collections::{BTreeMap, BTreeSet};

use shared::ids::AccountId;

use crate::{Reader, Result, WriteTx, changes::json};

/// Correspondents taken from one message: a letter to thousands must not fill the book.
const PEOPLE_MAX: usize = 50;
/// Words kept of one address.
const WORDS_MAX: usize = 10;
const WORD_MAX_CHARS: usize = 40;
/// Candidates looked at for one answer.
const CANDIDATES_MAX: u32 = 500;

const NOTE: &str = "INSERT INTO address (account_id, email, name, written, seen, last_at)
    SELECT $1, value->>0, value->>1, value->>2, value->>3, value->>4 FROM jsonb_each($2) WHERE true
    ON CONFLICT (account_id, email) DO UPDATE SET
        name = CASE WHEN excluded.last_at >= last_at OR name IS NULL THEN coalesce(excluded.name, name) ELSE name END,
        written = written + excluded.written, seen = seen + excluded.seen, last_at = max(last_at, excluded.last_at)
    RETURNING id, email, name";
const NOTE_WORDS: &str = "INSERT INTO address_word (account_id, word, address_id)
    SELECT $1, value->>0, value->>1 FROM jsonb_each($2) WHERE true ON CONFLICT DO NOTHING";
pub(crate) const BY_WORD: &str = "SELECT a.id, a.name, a.email, a.written, a.seen, a.last_at FROM address_word w
    CROSS JOIN address a ON a.id = w.address_id
    WHERE w.account_id = $1 AND w.word >= $2 AND w.word < $3 LIMIT $4";
pub(crate) const MOST_USED: &str = "SELECT id, name, email, written, seen, last_at FROM address
    WHERE account_id = $1 ORDER BY written DESC, seen DESC, last_at DESC LIMIT $2";

/// Somebody who was seen in a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Display name.
    pub name: Option<String>,
    /// Address.
    pub email: String,
    /// The account's owner wrote to them (ranks higher than merely having been seen).
    pub written_to: bool,
}

/// A suggestion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Display name.
    pub name: Option<String>,
    /// Address.
    pub email: String,
}

type AddressRow = (i64, Option<String>, String, i64, i64, i64);

/// Contacts one of whose words begins with each word of `text`; empty text = the most used. Those who were written to most
/// come first.
pub async fn complete(r: &mut Reader, account: AccountId, text: &str, limit: u32) -> Result<Vec<Contact>> {
    let words = words(text);
    let Some(longest) = words.iter().max_by_key(|word| word.len()) else {
        let rows: Vec<AddressRow> = sqlx::query_as(MOST_USED).bind(account.0).bind(limit).fetch_all(r.db()).await?;
        return Ok(rows.into_iter().map(contact).collect());
    };
    let rows: Vec<AddressRow> = sqlx::query_as(BY_WORD)
        .bind(account.0)
        .bind(longest)
        .bind(format!("{longest}\u{10ffff}"))
        .bind(CANDIDATES_MAX)
        .fetch_all(r.db())
        .await?;
    let mut found: BTreeMap<i64, AddressRow> = BTreeMap::new();
    for row in rows {
        let own = self::words(&format!("{} {}", row.1.as_deref().unwrap_or_default(), row.2));
        let fits = words.iter().all(|word| own.iter().any(|o| o.starts_with(word.as_str())));
        if fits {
            found.insert(row.0, row);
        }
    }
    let mut best: Vec<AddressRow> = found.into_values().collect();
    best.sort_by_key(|(_, _, _, written, seen, at)| std::cmp::Reverse((*written, *seen, *at)));
    best.truncate(limit as usize);
    Ok(best.into_iter().map(contact).collect())
}

fn contact((_, name, email, ..): AddressRow) -> Contact {
    Contact { name, email }
}

/// Words of a name and an address, lower-case; the address itself is one, too.
fn words(text: &str) -> BTreeSet<String> {
    let lower = text.to_lowercase();
    let whole = lower.split_whitespace();
    let parts = lower.split(|c: char| !c.is_alphanumeric());
    let cut = |word: &str| word.chars().take(WORD_MAX_CHARS).collect::<String>();
    let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    whole
        .map(bare)
        .chain(parts.map(str::to_owned))
        .filter(|w| !w.is_empty())
        .map(|w| cut(&w))
        .take(WORDS_MAX * 2)
        .collect()
}

/// Remembers the correspondents of new Emails, each with the time it was received.
pub(crate) async fn note(
    tx: &mut WriteTx,
    account: AccountId,
    batch: impl Iterator<Item = (i64, &[Person])>,
) -> Result<()> {
    // Address → name, times written to, times seen, last time.
    let mut people: BTreeMap<String, (Option<&str>, i64, i64, i64)> = BTreeMap::new();
    for (received_at, some) in batch {
        for person in some.iter().take(PEOPLE_MAX) {
            let address = person.email.trim().to_lowercase();
            if address.is_empty() || !address.contains('@') {
                continue;
            }
            let entry = people.entry(address).or_default();
            let name = person.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
            if entry.0.is_none() || (name.is_some() && received_at >= entry.3) {
                entry.0 = name;
            }
            entry.1 += i64::from(person.written_to);
            entry.2 += 1;
            entry.3 = entry.3.max(received_at);
        }
    }
    if people.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> =
        people.into_iter().map(|(email, (name, written, seen, at))| (email, name, written, seen, at)).collect();
    let noted: Vec<(i64, String, Option<String>)> =
        sqlx::query_as(NOTE).bind(account.0).bind(json(&rows)).fetch_all(tx.db()).await?;
    let mut index = Vec::new();
    for (id, email, name) in noted {
        let text = format!("{} {email}", name.unwrap_or_default());
        index.extend(words(&text).into_iter().map(|word| (word, id)));
    }
    sqlx::query(NOTE_WORDS).bind(account.0).bind(json(&index)).execute(tx.db()).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn names_and_addresses_are_found_by_any_word() {
        let found = words("Ada O'Hara-Lovelace <ada.l@example.org>");
        for word in ["ada", "o", "hara", "lovelace", "l", "example", "org", "ada.l@example.org"] {
            assert!(found.contains(word), "{word} in {found:?}");
        }
    }
}
