//! The one-time code that an empty house asks for when it can be reached from beyond this machine: only who reads the
//! server's own output can claim it.

use std::sync::{Mutex, PoisonError};

use rand::RngExt;
use subtle::ConstantTimeEq;

/// Without the letters and digits that are mistaken for one another; 32 of them, so five bits each.
const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const LENGTH: usize = 12;

/// The code, until it was used.
#[derive(Debug)]
pub struct SetupCode(Mutex<Option<String>>);

impl SetupCode {
    /// A fresh code; sixty random bits.
    pub fn random() -> Self {
        let mut rng = rand::rng();
        let code = (0..LENGTH)
            .filter_map(|_| ALPHABET.get(rng.random_range(0..ALPHABET.len())))
            .map(|b| char::from(*b))
            .collect();
        Self(Mutex::new(Some(code)))
    }

    /// For printing, in groups of four; none once used.
    pub fn shown(&self) -> Option<String> {
        let code = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        let chars: Vec<char> = code.chars().collect();
        Some(chars.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-"))
    }

    /// Whether `typed` is the code; spaces, dashes and case do not matter.
    pub fn is(&self, typed: &str) -> bool {
        let typed: String = typed.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
        let code = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        code.as_ref().is_some_and(|code| code.as_bytes().ct_eq(typed.as_bytes()).into())
    }

    /// The house is claimed.
    pub fn spend(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_code_is_forgiving_about_spelling_and_works_once() {
        let code = SetupCode::random();
        let shown = code.shown().unwrap();
        assert_eq!(shown.len(), LENGTH + 2);
        assert!(code.is(&shown) && code.is(&shown.to_lowercase().replace('-', " ")));
        assert!(!code.is("") && !code.is(shown.get(1..).unwrap()));
        code.spend();
        assert!(!code.is(&shown) && code.shown().is_none());
    }
}
