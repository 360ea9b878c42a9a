//! Avatar: initials on a soft hue that follows from the address; never a remote picture.

use leptos::prelude::*;

/// One of the twelve hues (1 to 12) for an address, always the same one.
pub fn hue_of(address: &str) -> u8 {
    // FNV-1a: small, and spreads short strings well.
    let mut hash = 0x811c_9dc5_u32;
    for byte in address.trim().bytes() {
        hash = (hash ^ u32::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0193);
    }
    // FNV leaves neighbours near each other; this finish (murmur3's) spreads them.
    hash = (hash ^ (hash >> 16)).wrapping_mul(0x85eb_ca6b);
    hash = (hash ^ (hash >> 13)).wrapping_mul(0xc2b2_ae35);
    u8::try_from((hash ^ (hash >> 16)) % 12).unwrap_or(0) + 1
}

/// Up to two initials of a name, else of the address; one character for scripts that write a name in few.
pub fn initials(name: &str, address: &str) -> String {
    let text = if name.trim().is_empty() { address.split('@').next().unwrap_or_default() } else { name };
    let mut words = text
        .split(|c: char| c.is_whitespace() || matches!(c, '.' | '_' | '-' | '+' | ',' | '·' | '@'))
        .filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let Some(first) = words.next() else { return "?".into() };
    let mut out: String = first.to_uppercase().collect();
    // Wide scripts (from U+2E80: Han, kana, Hangul) fill the circle with one.
    if u32::from(first) < 0x2e80
        && let Some(last) = words.next_back().filter(|last| u32::from(*last) < 0x2e80)
    {
        out.extend(last.to_uppercase());
    }
    out
}

/// The circle. It says nothing to a screen reader: the name stands beside it.
#[component]
pub fn Avatar(
    /// The person's name; may be empty.
    #[prop(into)]
    name: String,
    /// The person's address.
    #[prop(into)]
    address: String,
    /// `xs`, `s`, `l`; else 34 px (40 on a phone).
    #[prop(optional)]
    size: &'static str,
) -> impl IntoView {
    view! {
        <span
            class="avatar"
            aria-hidden="true"
            data-hue=hue_of(&address).to_string()
            data-size=(!size.is_empty()).then_some(size)
        >
            {initials(&name, &address)}
        </span>
    }
}

#[cfg(test)]
mod tests {
    use super::{hue_of, initials};

    #[test]
    fn initials_come_from_the_name_then_from_the_address() {
        assert_eq!(initials("Anna Berglund", "x@y"), "AB");
        assert_eq!(initials("anna", "x@y"), "A");
        assert_eq!(initials("", "anna.berglund@posten.example"), "AB");
        assert_eq!(initials("Dr. Amara N. Okafor", ""), "DO");
        assert_eq!(initials("日本語教室 · 田中", ""), "日");
        assert_eq!(initials("שרה לוי", ""), "של");
        assert_eq!(initials("“…”", "!@"), "?");
        assert_eq!(initials("", ""), "?");
    }

    #[test]
    fn hues_are_steady_ignore_case_and_use_the_whole_circle() {
        assert_eq!(hue_of("Anna@Posten.example "), hue_of("anna@posten.example"));
        let mut seen = [false; 13];
        for number in 0..400 {
            if let Some(slot) = seen.get_mut(usize::from(hue_of(&format!("person{number}@posten.example")))) {
                *slot = true;
            }
        }
        assert_eq!(seen.iter().filter(|seen| **seen).count(), 12);
        assert!(!seen.first().copied().unwrap_or(true), "hues begin at 1");
    }
}
