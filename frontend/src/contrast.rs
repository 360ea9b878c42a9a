//! Test: every colour pair of the tokens that people must tell apart has the contrast that WCAG 2.2 AA asks for, light and dark.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;

/// Relative luminance of an opaque oklch colour (WCAG 2.2, and Ottosson's OKLab matrices).
fn luminance(lightness: f64, chroma: f64, hue: f64) -> f64 {
    let (a, b) = (chroma * hue.to_radians().cos(), chroma * hue.to_radians().sin());
    let l = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
    let m = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
    let s = (lightness - 0.089_484_177_5 * a - 1.291_485_548 * b).powi(3);
    let red = 4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s;
    let green = -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s;
    let blue = -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701 * s;
    // Outside sRGB the browser maps the gamut; clipping is close enough at these chromas.
    0.2126 * red.clamp(0.0, 1.0) + 0.7152 * green.clamp(0.0, 1.0) + 0.0722 * blue.clamp(0.0, 1.0)
}

fn contrast(one: f64, other: f64) -> f64 {
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// `oklch(97.6% 0.006 80)` with `var(--hue)` for the hue where it varies.
fn read(colour: &str, hue: f64) -> f64 {
    let inner = colour.trim().strip_prefix("oklch(").and_then(|rest| rest.strip_suffix(')')).expect(colour);
    let mut parts = inner.split_whitespace();
    let lightness: f64 = parts.next().unwrap().trim_end_matches('%').parse().unwrap();
    let chroma: f64 = parts.next().unwrap().parse().unwrap();
    let third = parts.next().unwrap();
    luminance(lightness / 100.0, chroma, third.parse().unwrap_or(hue))
}

/// Name → (light, dark), from the lines `--name: light-dark(…, …);` of the main block.
fn tokens() -> BTreeMap<String, (String, String)> {
    let sheet = include_str!("../../style/tokens.css");
    let main = sheet.split("@media").next().unwrap();
    let mut found = BTreeMap::new();
    for line in main.lines() {
        let Some((name, value)) = line.trim().strip_prefix("--").and_then(|line| line.split_once(": light-dark("))
        else {
            continue;
        };
        let value = value.strip_suffix(");").expect(line);
        let split = value.find("), ").map(|at| at + 1);
        if let Some(at) = split {
            let (light, dark) = value.split_at(at);
            found.insert(name.to_owned(), (light.to_owned(), dark.trim_start_matches([',', ' ']).to_owned()));
        }
    }
    found
}

fn check(ink: &str, ground: &str, least: f64) {
    let tokens = tokens();
    let get = |name: &str| tokens.get(name).unwrap_or_else(|| panic!("no token --{name}")).clone();
    let (ink_pair, ground_pair) = (get(ink), get(ground));
    for hue in [25.0, 50.0, 80.0, 115.0, 150.0, 180.0, 210.0, 240.0, 265.0, 290.0, 325.0, 355.0] {
        for (theme, front, back) in [("light", &ink_pair.0, &ground_pair.0), ("dark", &ink_pair.1, &ground_pair.1)] {
            let ratio = contrast(read(front, hue), read(back, hue));
            assert!(ratio >= least, "--{ink} on --{ground} in {theme}, hue {hue}: {ratio:.2} < {least}");
        }
    }
}

#[test]
fn text_has_four_and_a_half() {
    for ground in ["paper", "surface", "raised", "sunk", "accent-soft"] {
        for ink in ["ink", "ink-2", "muted", "accent", "danger"] {
            check(ink, ground, 4.5);
        }
    }
    for ground in ["good-soft", "warn-soft", "danger-soft"] {
        check("ink", ground, 4.5);
    }
    for (ink, ground) in [
        ("accent-ink", "accent"),
        ("accent-ink", "accent-strong"),
        ("danger-ink", "danger"),
        ("surface", "ink"),
        ("surface", "ink-2"),
        ("good", "good-soft"),
        ("good", "surface"),
        ("warn", "warn-soft"),
        ("warn", "paper"),
        ("warn", "surface"),
        ("danger", "danger-soft"),
        ("accent", "warn-soft"),
        ("toast-ink", "toast"),
        ("toast-act", "toast"),
        ("tint-ink", "tint"),
    ] {
        check(ink, ground, 4.5);
    }
}

#[test]
fn lines_that_carry_meaning_have_three() {
    for ground in ["paper", "surface", "raised"] {
        for line in ["edge", "accent", "danger", "star", "tint-dot", "good", "warn"] {
            check(line, ground, 3.0);
        }
    }
    check("accent", "accent-soft", 3.0);
    check("star", "accent-soft", 3.0);
    check("tint-dot", "accent-soft", 3.0);
}

#[test]
fn the_formula_knows_black_and_white() {
    let ratio = contrast(read("oklch(100% 0 0)", 0.0), read("oklch(0% 0 0)", 0.0));
    assert!((ratio - 21.0).abs() < 0.01, "{ratio}");
}
