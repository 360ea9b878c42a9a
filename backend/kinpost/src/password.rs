//! Passwords come on standard input, one line; where none is given, one is made up.

use std::io::BufRead;

use anyhow::{Context, Result, bail};
use rand::RngExt;

/// Easy to read out over the phone.
const ALPHABET: &[u8] = b"abcdefghijkmnpqrstuvwxyz23456789";
const LENGTH: usize = 16;
/// A longer line is no password.
const MAX_LINE: u64 = 4_096;

/// The first line of standard input, without its end.
pub fn one_line() -> Result<String> {
    let mut line = String::new();
    let mut input = std::io::Read::take(std::io::stdin().lock(), MAX_LINE);
    input.read_line(&mut line).context("the password on standard input cannot be read")?;
    let password = line.trim_end_matches(['\r', '\n']).to_owned();
    if password.is_empty() {
        bail!("no password came on standard input: give one line");
    }
    Ok(password)
}

/// As asked; true if it was made up and must be told.
pub fn line_or_random(from_stdin: bool) -> Result<(String, bool)> {
    if from_stdin { Ok((one_line()?, false)) } else { Ok((random(), true)) }
}

fn random() -> String {
    let mut rng = rand::rng();
    (0..LENGTH)
        .filter_map(|_| ALPHABET.get(rng.random_range(0..ALPHABET.len())))
        .map(|byte| char::from(*byte))
        .collect()
}
