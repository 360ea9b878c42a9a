//! What mail programs wrote beside a message: Maildir file names, `Status` header fields, labels of an export.

use mime::HeaderBlock;
use store::Keywords;

/// Keywords by the letters of a Maildir name (`…:2,FS`); whether the message was thrown away.
pub(super) fn of_maildir_name(name: &str, is_new: bool) -> (Keywords, bool) {
    let letters = name.rsplit_once(":2,").or_else(|| name.rsplit_once("!2,")).map_or("", |(_, letters)| letters);
    let mut keywords = Keywords::new();
    for letter in letters.chars() {
        let keyword = match letter {
            'S' if !is_new => "$seen",
            'F' => "$flagged",
            'R' => "$answered",
            'D' => "$draft",
            'P' => "$forwarded",
            _ => continue,
        };
        keywords.insert(keyword);
    }
    (keywords, letters.contains('T'))
}

/// When a Maildir file was delivered: its name begins with the second (D. J. Bernstein's Maildir), ms.
pub(super) fn maildir_date(name: &str) -> Option<i64> {
    let seconds: i64 = name.split('.').next()?.parse().ok()?;
    // Earlier than the format, or no time at all.
    (seconds > 800_000_000 && seconds < 8_000_000_000).then_some(seconds * 1000)
}

/// Keywords by header fields of mbox files; whether the message counts as deleted. One without any such field was read
/// long ago: nobody wants thousands of old letters as news.
pub(super) fn of_header(header: &HeaderBlock) -> (Keywords, bool) {
    let mut keywords = Keywords::new();
    let (status, x_status) = (header.text("Status"), header.text("X-Status"));
    let mozilla = header.text("X-Mozilla-Status").and_then(|hex| u32::from_str_radix(hex.trim(), 16).ok());
    let labels = header.text("X-Gmail-Labels");
    let mut is_deleted = false;
    if let Some(bits) = mozilla {
        for (bit, keyword) in [(0x1, "$seen"), (0x2, "$answered"), (0x4, "$flagged"), (0x1000, "$forwarded")] {
            if bits & bit != 0 {
                keywords.insert(keyword);
            }
        }
        is_deleted = bits & 0x8 != 0;
    }
    for letter in status.iter().chain(&x_status).flat_map(|s| s.chars()) {
        match letter {
            'R' => keywords.insert("$seen"),
            'A' => keywords.insert("$answered"),
            'F' => keywords.insert("$flagged"),
            'T' => keywords.insert("$draft"),
            _ => false,
        };
    }
    if let Some(labels) = &labels {
        let has = |label: &str| labels.split(',').any(|l| l.trim().eq_ignore_ascii_case(label));
        keywords.set("$seen", !has("Unread"));
        keywords.set("$flagged", has("Starred"));
    }
    if status.is_none() && x_status.is_none() && mozilla.is_none() && labels.is_none() {
        keywords.insert("$seen");
    }
    (keywords, is_deleted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(header: &str) -> (Vec<String>, bool) {
        let (keywords, is_deleted) = of_header(&HeaderBlock::parse(header.as_bytes()));
        (keywords.iter().map(str::to_owned).collect(), is_deleted)
    }

    #[test]
    fn maildir_names() {
        let of = |name, is_new| {
            let (keywords, is_trashed) = of_maildir_name(name, is_new);
            (keywords.iter().collect::<Vec<_>>().join(" "), is_trashed)
        };
        assert_eq!(of("1793700005.M1P2.host,S=10:2,FRS", false), ("$seen $flagged $answered".into(), false));
        assert_eq!(of("1.a:2,T", false), (String::new(), true));
        assert_eq!(of("1.a", true), (String::new(), false));
        assert_eq!(maildir_date("1793700005.M1P2.host:2,S"), Some(1_793_700_005_000));
        assert_eq!(maildir_date("1.a.host"), None);
        assert_eq!(maildir_date("x"), None);
    }

    #[test]
    fn header_fields_of_mail_programs() {
        assert_eq!(
            of("Status: RO\r\nX-Status: AF\r\n\r\n"),
            (vec!["$seen".into(), "$flagged".into(), "$answered".into()], false)
        );
        assert_eq!(of("Status: O\r\n\r\n"), (vec![], false));
        assert_eq!(of("X-Mozilla-Status: 0009\r\n\r\n"), (vec!["$seen".into()], true));
        assert_eq!(of("X-Gmail-Labels: Inbox,Unread,Starred\r\n\r\n"), (vec!["$flagged".into()], false));
        assert_eq!(of("Subject: x\r\n\r\n"), (vec!["$seen".into()], false));
    }
}
