//! Joining the household: what a name, an address and a password must be, for the set-up screen, the command line and
//! the administration alike; and the first member.

use store::{
    Refusal, Store,
    household::{self, Member, NewMember},
    secrets,
};

/// Characters of a name.
const MAX_NAME: usize = 100;
/// Octets of an address (RFC 5321 §4.5.3.1.3).
const MAX_EMAIL: usize = 254;
/// Characters of a log-in password.
const MIN_PASSWORD: usize = 8;
/// Octets of a log-in password; longer ones only cost hashing time.
const MAX_PASSWORD: usize = 1_024;

/// A person to be.
#[derive(Debug, Clone)]
pub struct Joining<'a> {
    /// Their name.
    pub name: &'a str,
    /// The address they log in with.
    pub email: &'a str,
    /// Their log-in password.
    pub password: &'a str,
    /// Administrator; the first member always is.
    pub is_admin: bool,
}

/// Why somebody cannot join.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// A field is not usable: its name and what to do.
    #[error("{1}")]
    Field(&'static str, &'static str),
    /// Somebody has this address already.
    #[error("Somebody in this household has this address already.")]
    Taken,
    /// The first member exists already.
    #[error("This household has been set up already. Log in instead.")]
    SetUpAlready,
    /// The store failed.
    #[error(transparent)]
    Store(store::Error),
}

impl From<store::Error> for JoinError {
    fn from(error: store::Error) -> Self {
        match error.refusal() {
            Some(Refusal::NameTaken) => Self::Taken,
            _ => Self::Store(error),
        }
    }
}

/// A name that can be shown: some visible characters, not too many, no control characters.
///
/// # Errors
/// What to do about it.
pub fn check_name(name: &str) -> Result<(), &'static str> {
    let length = name.trim().chars().count();
    if length == 0 || length > MAX_NAME || name.chars().any(char::is_control) {
        return Err("Give a name of at most 100 characters.");
    }
    Ok(())
}

/// An address that a person can log in with: one `@`, something on both sides, no blanks.
///
/// # Errors
/// What to do about it.
pub fn check_email(email: &str) -> Result<(), &'static str> {
    let email = email.trim();
    let sound = email.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && !domain.is_empty()
            && !domain.contains('@')
            && !domain.starts_with('.')
            && !domain.ends_with('.')
    });
    let plain =
        !email.chars().any(|c| c.is_control() || c.is_whitespace() || matches!(c, '<' | '>' | ',' | ';' | '"' | ':'));
    if sound && plain && email.len() <= MAX_EMAIL {
        Ok(())
    } else {
        Err("Give an e-mail address such as ana@example.org.")
    }
}

/// A password worth the name.
///
/// # Errors
/// What to do about it.
pub fn check_password(password: &str) -> Result<(), &'static str> {
    if password.chars().count() < MIN_PASSWORD {
        return Err("Choose a password of at least 8 characters.");
    }
    if password.len() > MAX_PASSWORD { Err("Choose a password of at most 1024 characters.") } else { Ok(()) }
}

/// Adds a member.
///
/// # Errors
/// [`JoinError`]; nothing was written.
pub async fn join(store: &Store, person: &Joining<'_>) -> Result<Member, JoinError> {
    let new = prepare(person).await?;
    let mut tx = store.write().await?;
    let member = household::create(&mut tx, &new).await?;
    tx.commit().await?;
    Ok(member)
}

/// Adds the first member, who administers the household.
///
/// # Errors
/// [`JoinError`]; of two at the same time one wins and the other hears [`JoinError::SetUpAlready`].
pub async fn join_first(store: &Store, person: &Joining<'_>) -> Result<Member, JoinError> {
    let new = prepare(person).await?;
    let mut tx = store.write().await?;
    let member = match household::create_first(&mut tx, &new).await {
        Err(error) if error.refusal() == Some(Refusal::Invalid) => return Err(JoinError::SetUpAlready),
        other => other?,
    };
    tx.commit().await?;
    Ok(member)
}

async fn prepare(person: &Joining<'_>) -> Result<NewMember, JoinError> {
    check_name(person.name).map_err(|words| JoinError::Field("name", words))?;
    check_email(person.email).map_err(|words| JoinError::Field("email", words))?;
    check_password(person.password).map_err(|words| JoinError::Field("password", words))?;
    Ok(NewMember {
        name: person.name.trim().to_owned(),
        email: person.email.trim().to_owned(),
        password_hash: secrets::hash_password(person.password).await?,
        is_admin: person.is_admin,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_checked() {
        assert!(check_name("Ana").is_ok() && check_name(" ").is_err() && check_name("a\nb").is_err());
        for fine in ["ana@example.org", "ana+mail@example.org", "ana@localhost", "änne@bücher.example"] {
            assert!(check_email(fine).is_ok(), "{fine}");
        }
        for odd in ["", "ana", "@x", "ana@", "a b@x.org", "ana@x@y", "<ana@x.org>", "ana@.org"] {
            assert!(check_email(odd).is_err(), "{odd:?}");
        }
        assert!(
            check_password("1234567").is_err()
                && check_password("12345678").is_ok()
                && check_password(&"x".repeat(2000)).is_err()
        );
    }
}
