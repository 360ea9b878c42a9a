//! Every text that people read. One file a part of the app; a second language becomes a second column of the macro.

pub mod house;
pub mod mail;

/// Declares texts as functions: `texts! { archive = "Archive"; }` gives `archive() -> &'static str`.
macro_rules! texts {
    ($($name:ident = $text:literal;)*) => {$(
        pub fn $name() -> &'static str {
            $text
        }
    )*};
}
pub(crate) use texts;

/// Puts values into a text: each `{}` takes the next one.
pub fn fill(text: &str, values: &[&str]) -> String {
    let mut values = values.iter();
    let mut out = String::with_capacity(text.len() + 16);
    let mut pieces = text.split("{}");
    out.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        out.push_str(values.next().copied().unwrap_or_default());
        out.push_str(piece);
    }
    out
}

/// The form for one or for many, with the number in its `{}`.
pub fn count(value: u64, one: &str, many: &str) -> String {
    let form = if crate::browser::plural_one(value) { one } else { many };
    fill(form, &[&crate::browser::number(value)])
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn values_go_in_order_and_a_missing_one_is_empty() {
        assert_eq!(fill("{} of {}", &["3", "12"]), "3 of 12");
        assert_eq!(fill("a {} b {}", &["{}"]), "a {} b ");
        assert_eq!(fill("plain", &["x"]), "plain");
    }
}
