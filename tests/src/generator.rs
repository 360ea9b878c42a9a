//! Realistic mailboxes of any size, the same for the same seed: threads, several languages, HTML, attachments, years of dates.

use std::fmt::Write as _;

use rand::{RngExt, SeedableRng, rngs::StdRng};

/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

const NAMES: &[(&str, &str)] = &[
    ("Ingrid Lind", "ingrid.lind"),
    ("Håkan Larsson", "hakan"),
    ("Amara Okafor", "amara.okafor"),
    ("Tomasz Wiśniewski", "tomasz"),
    ("田中 由美", "tanaka"),
    ("שרה לוי", "sara.levi"),
    ("Renate Vogel", "renate"),
    ("Petra Holm", "petra.holm"),
    ("Stadsbiblioteket", "lan"),
    ("Bank Norden", "no-reply"),
    ("Fjällresor weekly", "brev"),
    ("Garn & Nål", "brev2"),
    ("Jonas Ek", "jonas.ek"),
    ("Malin Sand", "malin"),
    ("Gunilla Ström", "gunilla"),
    ("Simklubben", "info"),
];

/// A common word stands in about every third message, a selective one in one of five thousand.
pub const COMMON_WORD: &str = "weather";
/// See [`COMMON_WORD`].
pub const SELECTIVE_WORD: &str = "quokka";

const WORDS: &[&str] = &[
    "summer",
    "boat",
    "letter",
    "garden",
    "winter",
    "train",
    "coffee",
    "school",
    "library",
    "piano",
    "kitchen",
    "window",
    "mountain",
    "river",
    "bicycle",
    "concert",
    "dentist",
    "invoice",
    "parcel",
    "meeting",
    "birthday",
    "Straße",
    "Grüße",
    "över",
    "smörgås",
    "niño",
    "façade",
    "пример",
    "会議",
    "天気",
    "שלום",
    "holiday",
    "ticket",
    "recipe",
    "forest",
];

/// A generated message with when it came.
pub struct Generated {
    pub raw: Vec<u8>,
    pub received_ms: i64,
}

/// Makes messages one after the other, oldest first.
pub struct Generator {
    rng: StdRng,
    seed: u64,
    count: u32,
    made: u32,
    end_ms: i64,
    /// Message-ID, References and subject of messages that may still be answered.
    open: Vec<(String, String, String)>,
}

impl Generator {
    /// `count` messages that end now and go back ten years for 100,000, less for fewer.
    pub fn new(seed: u64, count: u32, end_ms: i64) -> Self {
        Self { rng: StdRng::seed_from_u64(seed), seed, count, made: 0, end_ms, open: Vec::new() }
    }

    fn text(&mut self, words: usize) -> String {
        let mut text = String::new();
        for index in 0..words {
            text.push_str(WORDS[self.rng.random_range(0..WORDS.len())]);
            text.push(if index % 12 == 11 { '\n' } else { ' ' });
        }
        if self.made.is_multiple_of(3) {
            text.push_str(COMMON_WORD);
        }
        if self.made.is_multiple_of(5_000) {
            text.push_str(" a ");
            text.push_str(SELECTIVE_WORD);
        }
        text
    }
}

impl Iterator for Generator {
    type Item = Generated;

    fn next(&mut self) -> Option<Generated> {
        if self.made >= self.count {
            return None;
        }
        let span = DAY_MS * 3650 * i64::from(self.count.clamp(1_000, 100_000)) / 100_000;
        let received_ms = self.end_ms - span + span * i64::from(self.made) / i64::from(self.count);
        let (name, local) = NAMES[self.rng.random_range(0..NAMES.len())];
        let id = format!("{}.{}@generated.test", self.made, self.seed);
        let answers = !self.open.is_empty() && self.rng.random_bool(0.35);
        let (subject, references) = if answers {
            let at = self.rng.random_range(0..self.open.len());
            let (parent, chain, subject) = self.open[at].clone();
            self.open[at].1 = format!("{chain} <{id}>");
            (format!("Re: {subject}"), format!("In-Reply-To: <{parent}>\r\nReferences: {chain}\r\n"))
        } else {
            let subject = self.text(4).replace('\n', " ");
            if self.open.len() > 40 {
                self.open.remove(0);
            }
            self.open.push((id.clone(), format!("<{id}>"), subject.clone()));
            (subject, String::new())
        };
        let words =
            if self.rng.random_bool(0.9) { self.rng.random_range(20..200) } else { self.rng.random_range(200..3_000) };
        let text = self.text(words);
        let mut raw = String::new();
        let _ = write!(
            raw,
            "From: {} <{local}@people.test>\r\nTo: Anna <anna@kin.test>\r\nSubject: {}\r\nDate: {}\r\nMessage-ID: <{id}>\r\n{references}MIME-Version: 1.0\r\n",
            word(name),
            word(&subject),
            date(received_ms),
        );
        raw.push_str(&body(&text, self.rng.random_range(0..10)));
        self.made += 1;
        Some(Generated { raw: raw.into_bytes(), received_ms })
    }
}

/// A third plain, most HTML with a plain alternative, a tenth with a file.
fn body(text: &str, kind: u32) -> String {
    let plain = format!(
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{}\r\n",
        text.replace('\n', "\r\n")
    );
    if kind < 3 {
        return plain;
    }
    let html = format!("<html><body><p>{}</p></body></html>", text.replace('\n', "</p>\r\n<p>"));
    let both = format!(
        "Content-Type: multipart/alternative; boundary=alt\r\n\r\n--alt\r\n{plain}\r\n--alt\r\nContent-Type: text/html; charset=utf-8\r\n\
         Content-Transfer-Encoding: 8bit\r\n\r\n{html}\r\n--alt--\r\n"
    );
    if kind < 9 {
        return both;
    }
    let file = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5\r\n".repeat(120);
    format!(
        "Content-Type: multipart/mixed; boundary=mix\r\n\r\n--mix\r\n{both}\r\n--mix\r\nContent-Type: application/pdf; name=\"file.pdf\"\r\n\
         Content-Disposition: attachment; filename=\"file.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{file}\r\n--mix--\r\n"
    )
}

fn word(text: &str) -> String {
    use base64::{Engine, engine::general_purpose::STANDARD};
    if text.is_ascii() { text.to_owned() } else { format!("=?utf-8?B?{}?=", STANDARD.encode(text)) }
}

/// RFC 5322 date in UTC, from the civil calendar.
fn date(ms: i64) -> String {
    let (days, seconds) = (ms.div_euclid(DAY_MS), ms.rem_euclid(DAY_MS) / 1000);
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let (day, month) = (doy - (153 * mp + 2) / 5 + 1, if mp < 10 { mp + 3 } else { mp - 9 });
    let year = yoe + era * 400 + i64::from(month <= 2);
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    format!(
        "{}, {day} {} {year} {:02}:{:02}:{:02} +0000",
        weekdays[days.rem_euclid(7) as usize],
        months[(month - 1) as usize],
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60,
    )
}

/// The same messages as an mbox file (mboxrd quoting).
pub fn mbox(generator: Generator, out: &mut impl std::io::Write) -> std::io::Result<()> {
    for message in generator {
        writeln!(out, "From generated@people.test {}", asctime(message.received_ms))?;
        for line in String::from_utf8_lossy(&message.raw).replace("\r\n", "\n").lines() {
            let quoted = line.trim_start_matches('>').starts_with("From ");
            writeln!(out, "{}{line}", if quoted { ">" } else { "" })?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn asctime(ms: i64) -> String {
    let date = date(ms);
    let parts: Vec<&str> = date.split([' ', ',']).filter(|part| !part.is_empty()).collect();
    format!("{} {} {:>2} {} {}", parts[0], parts[2], parts[1], parts[4], parts[3])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_of_the_calendar() {
        assert_eq!(date(0), "Thu, 1 Jan 1970 00:00:00 +0000");
        assert_eq!(date(1_793_000_000_000), "Mon, 26 Oct 2026 07:33:20 +0000");
    }

    #[test]
    fn the_same_seed_gives_the_same_mailbox_with_threads_and_rare_words() {
        let one: Vec<_> = Generator::new(7, 6_000, 1_793_000_000_000).map(|m| m.raw).collect();
        let two: Vec<_> = Generator::new(7, 6_000, 1_793_000_000_000).map(|m| m.raw).collect();
        assert_eq!(one, two);
        let texts: Vec<_> = one.iter().map(|raw| String::from_utf8_lossy(raw)).collect();
        // Answers carry it on in their subjects.
        assert!((2..20).contains(&texts.iter().filter(|text| text.contains(SELECTIVE_WORD)).count()));
        assert!(texts.iter().filter(|text| text.contains("References:")).count() > 1_500);
    }
}
