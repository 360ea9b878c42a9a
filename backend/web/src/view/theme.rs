//! Light or dark, and whether a mail that brings its own colours needs a light card to stand on.

/// The colours that the reader has chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// Dark ink on light paper.
    #[default]
    Light,
    /// Light ink on dark paper.
    Dark,
}

impl Theme {
    /// From the query; anything unknown is light.
    pub fn named(name: Option<&str>) -> Self {
        if name == Some("dark") { Self::Dark } else { Self::Light }
    }

    /// `light` or `dark`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// How a message is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// The page's colours.
    pub theme: Theme,
    /// The message stands on a light card of its own.
    pub is_card: bool,
}

impl Look {
    /// In the dark, a mail that sets colours was drawn for white paper and gets it.
    pub fn of(theme: Theme, clean_html: &str) -> Self {
        Self { theme, is_card: theme == Theme::Dark && brings_colours(clean_html) }
    }
}

/// Cleaned HTML spells attributes in one way only: lower case, double quotes.
fn brings_colours(html: &str) -> bool {
    html.contains(" bgcolor=\"")
        || html.split(" style=\"").skip(1).filter_map(|rest| rest.split('"').next()).any(|style| {
            style
                .split(';')
                .filter_map(|d| d.split_once(':'))
                .any(|(name, _)| matches!(name.trim(), "background" | "background-color" | "color"))
        })
        || html.contains("<font") && html.contains(" color=\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_brings_colours_gets_a_card_and_only_in_the_dark() {
        for designed in [
            "<table bgcolor=\"#ffffff\">",
            "<p style=\"margin:0;color:#333\">",
            "<td style=\"background-color: white\">",
            "<font color=\"red\">",
        ] {
            assert!(Look::of(Theme::Dark, designed).is_card, "{designed}");
            assert!(!Look::of(Theme::Light, designed).is_card);
        }
        for plain in ["<p>color:red</p>", "<p style=\"margin:0\">hi</p>", "<b>bgcolor</b>"] {
            assert!(!Look::of(Theme::Dark, plain).is_card, "{plain}");
        }
    }
}
