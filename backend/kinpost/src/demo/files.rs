//! Attachments for the practice letters: a one-page PDF and an invitation.

/// A PDF of one page with these lines.
pub fn pdf(title: &str, lines: &[&str]) -> Vec<u8> {
    let mut page = String::from("BT /F1 20 Tf 72 760 Td ");
    page.push_str(&format!("({}) Tj /F1 12 Tf 0 -34 Td ", escaped(title)));
    for line in lines {
        page.push_str(&format!("({}) Tj 0 -18 Td ", escaped(line)));
    }
    page.push_str("ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{page}\nendstream", page.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
    ];
    let mut out = String::from("%PDF-1.4\n");
    let mut places = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        places.push(out.len());
        out.push_str(&format!("{} 0 obj\n{object}\nendobj\n", index + 1));
    }
    let table = out.len();
    out.push_str(&format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1));
    for place in places {
        out.push_str(&format!("{place:010} 00000 n \n"));
    }
    out.push_str(&format!("trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n", objects.len() + 1));
    out.into_bytes()
}

/// Text for a PDF string: plain ASCII, with what PDF reads as syntax escaped.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for letter in text.chars() {
        match letter {
            '(' | ')' | '\\' => out.extend(['\\', letter]),
            ' '..='~' => out.push(letter),
            _ => out.push('?'),
        }
    }
    out
}

/// An iCalendar invitation (RFC 5545, METHOD:REQUEST of RFC 5546), one hour long.
pub fn invite(title: &str, organizer: &str, attendee: &str, start_ms: i64) -> Vec<u8> {
    let stamp = |ms: i64| {
        jiff::Timestamp::from_millisecond(ms).map(|t| t.strftime("%Y%m%dT%H%M00Z").to_string()).unwrap_or_default()
    };
    let lines = [
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//Kinpost//Practice household//EN".to_owned(),
        "METHOD:REQUEST".to_owned(),
        "BEGIN:VEVENT".to_owned(),
        format!("UID:{}-{start_ms}@practice.example", title.to_lowercase().replace(' ', "-")),
        format!("DTSTAMP:{}", stamp(start_ms - 7 * 86_400_000)),
        format!("DTSTART:{}", stamp(start_ms)),
        format!("DTEND:{}", stamp(start_ms + 3_600_000)),
        format!("SUMMARY:{title}"),
        format!("ORGANIZER:mailto:{organizer}"),
        format!("ATTENDEE;RSVP=TRUE:mailto:{attendee}"),
        "END:VEVENT".to_owned(),
        "END:VCALENDAR".to_owned(),
    ];
    lines.map(|line| line + "\r\n").concat().into_bytes()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_pdf_says_where_its_table_is() {
        let pdf = String::from_utf8(pdf("Title (1)", &["a line"])).unwrap();
        let place: usize = pdf.lines().rev().nth(1).unwrap().parse().unwrap();
        assert!(pdf.get(place..).unwrap().starts_with("xref"));
        assert!(pdf.contains("(Title \\(1\\))"));
    }
}
