//! What comes again and again: newsletters, statements, the school's week; one line an issue.

use anyhow::{Context, Result};

use super::letter::{Letter, minute, style};

/// Reads the table and gives each person's share of it, oldest days last.
pub fn read(table: &str, person: &str) -> Result<Vec<Letter>> {
    let mut letters = Vec::new();
    for (index, block) in table.split("\n@ ").skip(1).enumerate() {
        let mut lines = block.lines().filter(|line| !line.trim().is_empty());
        let head = lines.next().context("a series has no head")?;
        let parts: Vec<&str> = head.split(" | ").map(str::trim).collect();
        let [from, subject, every, time, look, people] = parts.as_slice() else {
            anyhow::bail!("a series' head has six parts: {head}");
        };
        if !people.split(',').any(|name| name == person) {
            continue;
        }
        let every: i64 = every.parse()?;
        // Series begin on different days, so that no day brings them all.
        let first = (index as i64 * 3) % every.max(1);
        for (issue, line) in lines.enumerate() {
            let (what, text) =
                line.trim_start_matches("- ").split_once(" | ").with_context(|| format!("no text: {line}"))?;
            let days_ago = first + issue as i64 * every;
            let flags = if issue == 0 { Vec::new() } else { vec!["$seen".to_owned()] };
            letters.push(Letter {
                subject: subject.replace("{}", what),
                from: (*from).to_owned(),
                to: format!("{person}@berglund.example"),
                days_ago,
                minute: minute(time)?,
                mailbox: if days_ago > 60 { "Archive" } else { "Inbox" }.to_owned(),
                flags,
                style: style(look)?,
                text: text.to_owned(),
                ..Letter::default()
            });
        }
    }
    Ok(letters)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    const TABLE: &str =
        "# x\n\n@ A <a@b.example> | Week {} | 7 | 8:05 | plain | anna,nils\n- one | Text one\n- two | Text two\n";

    #[test]
    fn an_issue_a_line_for_those_who_get_it() {
        let letters = read(TABLE, "nils").unwrap();
        assert_eq!(letters.len(), 2);
        assert_eq!((letters[1].subject.as_str(), letters[1].days_ago), ("Week two", 7));
        assert!(read(TABLE, "erik").unwrap().is_empty());
    }
}
