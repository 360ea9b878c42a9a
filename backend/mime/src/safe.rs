//! Names and types that are safe to hand to a browser or a disk.

/// Characters of a file name.
const MAX_NAME: usize = 150;

/// Names that Windows keeps for devices.
const RESERVED: &[&str] = &[
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "lpt1", "lpt2",
    "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// Usual endings by type.
const ENDINGS: &[(&str, &str)] = &[
    ("text/plain", "txt"),
    ("text/html", "html"),
    ("text/calendar", "ics"),
    ("text/vcard", "vcf"),
    ("text/csv", "csv"),
    ("message/rfc822", "eml"),
    ("image/jpeg", "jpg"),
    ("image/png", "png"),
    ("image/gif", "gif"),
    ("image/webp", "webp"),
    ("image/svg+xml", "svg"),
    ("image/heic", "heic"),
    ("audio/mpeg", "mp3"),
    ("video/mp4", "mp4"),
    ("application/pdf", "pdf"),
    ("application/zip", "zip"),
    ("application/json", "json"),
    ("application/msword", "doc"),
    ("application/pgp-signature", "asc"),
    ("application/pkcs7-signature", "p7s"),
    ("application/ms-tnef", "dat"),
];

/// A file name for a download: no path, no control or bidi characters, no reserved names, at most 150 characters; made
/// up from the type where there is none.
pub fn file_name(name: Option<&str>, r#type: &str) -> String {
    // Both kinds of slash: some mailers send whole paths.
    let last = name.unwrap_or_default().rsplit(['/', '\\']).find(|piece| !piece.trim().is_empty()).unwrap_or_default();
    let clean: String = last
        .chars()
        .filter(|c| !c.is_control() && !invisible(*c))
        .map(|c| if "<>:\"|?*".contains(c) { '_' } else { c })
        .collect();
    let clean = clean.split_whitespace().collect::<Vec<_>>().join(" ");
    let clean = clean.trim_matches(['.', ' ']).trim_start_matches('~');
    let stem = clean.split('.').next().unwrap_or_default();
    if clean.is_empty() {
        let ending = ENDINGS.iter().find(|(known, _)| *known == r#type).map_or("bin", |(_, ending)| ending);
        return format!("attachment.{ending}");
    }
    let reserved = RESERVED.contains(&stem.to_ascii_lowercase().as_str());
    shorten(&if reserved { format!("_{clean}") } else { clean.to_owned() })
}

/// Cuts in the middle, so that the ending stays.
fn shorten(name: &str) -> String {
    let length = name.chars().count();
    if length <= MAX_NAME {
        return name.to_owned();
    }
    let ending: String = match name.rsplit_once('.') {
        Some((_, ending)) if ending.chars().count() <= 10 => format!(".{ending}"),
        _ => String::new(),
    };
    name.chars().take(MAX_NAME - ending.chars().count()).chain(ending.chars()).collect()
}

/// Characters that turn or hide what follows: "exe.gnp" must not look like "png".
fn invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// A Content-Type that a browser cannot be tricked with: well-formed and not active, else `application/octet-stream`.
pub fn content_type(r#type: &str) -> String {
    let lower = r#type.trim().to_ascii_lowercase();
    let token = |s: &str| {
        !s.is_empty() && s.len() <= 100 && s.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&b))
    };
    let well_formed = lower.split_once('/').is_some_and(|(kind, subtype)| token(kind) && token(subtype));
    let active = lower.ends_with("+xml")
        || lower.contains("script")
        || matches!(
            lower.as_str(),
            "text/html"
                | "text/xml"
                | "application/xml"
                | "text/xsl"
                | "application/xhtml"
                | "text/cache-manifest"
                | "text/css"
                | "application/wasm"
                | "application/x-shockwave-flash"
                | "multipart/x-mixed-replace"
                | "message/rfc822"
                | "application/mbox"
        )
        || lower.starts_with("multipart/");
    if !well_formed || active {
        return "application/octet-stream".to_owned();
    }
    // Text without a charset would be guessed by the browser.
    if lower == "text/plain" { "text/plain; charset=utf-8".to_owned() } else { lower }
}

/// May this type be shown inside the page (pictures, plain text, sound, film; never SVG or HTML)?
pub fn shows_inline(r#type: &str) -> bool {
    matches!(
        r#type.to_ascii_lowercase().as_str(),
        "image/png"
            | "image/jpeg"
            | "image/jpg"
            | "image/pjpeg"
            | "image/gif"
            | "image/webp"
            | "image/avif"
            | "image/bmp"
            | "image/x-icon"
            | "image/vnd.microsoft.icon"
            | "text/plain"
            | "audio/mpeg"
            | "audio/ogg"
            | "audio/wav"
            | "audio/mp4"
            | "audio/aac"
            | "video/mp4"
            | "video/webm"
            | "video/ogg"
    )
}

/// `attachment; filename="…"; filename*=UTF-8''…` (RFC 6266).
pub fn content_disposition(name: &str) -> String {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_graphic() && !"\"\\%;".contains(c) || c == ' ' { c } else { '_' }).collect();
    let mut encoded = String::new();
    for byte in name.bytes().filter(|b| !b.is_ascii_control()) {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_names_and_nothing_else() {
        let cases = [
            (Some("../../etc/passwd"), "passwd"),
            (Some("C:\\Users\\x\\bill.pdf"), "bill.pdf"),
            (Some("a\r\nSet-Cookie: x.txt"), "aSet-Cookie_ x.txt"),
            (Some("invoice\u{202e}fdp.exe"), "invoicefdp.exe"),
            (Some("con.txt"), "_con.txt"),
            (Some(".htaccess"), "htaccess"),
            (Some("  "), "attachment.pdf"),
            (Some("/"), "attachment.pdf"),
            (None, "attachment.pdf"),
            (Some("日本語.txt"), "日本語.txt"),
        ];
        for (name, expected) in cases {
            assert_eq!(file_name(name, "application/pdf"), expected);
        }
        let long = file_name(Some(&format!("{}.docx", "é".repeat(300))), "x/y");
        assert!(long.chars().count() == 150 && long.ends_with(".docx"));
    }

    #[test]
    fn types_cannot_run() {
        for bad in [
            "text/html",
            "image/svg+xml",
            "application/xhtml+xml",
            "text/javascript",
            "a b/c",
            "x",
            "text/html; x",
            "multipart/mixed",
            "text/html\r\nX: y",
        ] {
            assert_eq!(content_type(bad), "application/octet-stream", "{bad}");
        }
        assert_eq!(content_type("Image/PNG"), "image/png");
        assert_eq!(content_type("text/plain"), "text/plain; charset=utf-8");
        assert!(!shows_inline("image/svg+xml") && shows_inline("image/png"));
    }

    #[test]
    fn dispositions_are_one_line_of_ascii() {
        assert_eq!(
            content_disposition("a\"b é.txt"),
            "attachment; filename=\"a_b _.txt\"; filename*=UTF-8''a%22b%20%C3%A9.txt"
        );
        assert!(content_disposition("x\r\ny").chars().all(|c| !c.is_control()));
    }
}
