//! Typed ids. In the store they are integers, on the wire a letter and the decimal number (JMAP `Id`, RFC 8620 §1.2),
//! so that an id of one type can never be taken for another's.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A string that is not an id of the asked type. JMAP treats such an id as "not found" (RFC 8620 §5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAnId;

impl fmt::Display for NotAnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an id of this type")
    }
}

impl std::error::Error for NotAnId {}

/// Digits without sign or leading zero, so that one object has exactly one spelling.
fn number(digits: &str) -> Result<i64, NotAnId> {
    let plain = digits.bytes().all(|b| b.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
    if plain { digits.parse().map_err(|_| NotAnId) } else { Err(NotAnId) }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $letter:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($letter, "{}"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                number(text.strip_prefix($letter).ok_or(NotAnId)?).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }
    )*};
}

ids! {
    /// One member's mail, or one shared mailbox (RFC 8620 §1.6.2).
    AccountId = "a";
    /// A folder (RFC 8621 §2).
    MailboxId = "m";
    /// One stored message (RFC 8621 §4).
    EmailId = "e";
    /// A conversation (RFC 8621 §3).
    ThreadId = "t";
    /// An address to write from (RFC 8621 §6).
    IdentityId = "i";
    /// A letter on its way out (RFC 8621 §7).
    SubmissionId = "s";
    /// A connected mail account.
    SourceId = "r";
    /// A person of the household.
    MemberId = "u";
}

/// What a blob id names (RFC 8620 §6). Logical, not a content hash: the bytes may still lie at the provider.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum BlobId {
    /// The whole message as it came: `be12`.
    Email(EmailId),
    /// One decoded body part, by its IMAP section number (RFC 3501 §6.4.5): `be12_1-2` is section `1.2`.
    Part(EmailId, String),
    /// Something a client uploaded: `bu7`.
    Upload(i64),
    /// One decoded body part of an uploaded message (`Email/parse`): `bu7_1-2`.
    UploadPart(i64, String),
}

/// The longest section that is believed: sixteen levels of three digits.
const SECTION_MAX_LEN: usize = 64;

impl fmt::Display for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Email(id) => write!(f, "b{id}"),
            Self::Part(id, section) => write!(f, "b{id}_{}", section.replace('.', "-")),
            Self::Upload(id) => write!(f, "bu{id}"),
            Self::UploadPart(id, section) => write!(f, "bu{id}_{}", section.replace('.', "-")),
        }
    }
}

impl FromStr for BlobId {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let rest = text.strip_prefix('b').ok_or(NotAnId)?;
        let (whole, section) = rest.split_once('_').map_or((rest, None), |(whole, section)| (whole, Some(section)));
        let upload = whole.strip_prefix('u').map(number).transpose()?;
        let Some(section) = section else {
            return upload.map_or_else(|| whole.parse().map(Self::Email), |id| Ok(Self::Upload(id)));
        };
        let section = section.replace('-', ".");
        let sound = section.len() <= SECTION_MAX_LEN && section.split('.').all(|n| number(n).is_ok_and(|n| n > 0));
        match upload {
            _ if !sound => Err(NotAnId),
            Some(id) => Ok(Self::UploadPart(id, section)),
            None => Ok(Self::Part(whole.parse()?, section)),
        }
    }
}

impl Serialize for BlobId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for BlobId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_id_survives_the_wire_and_no_other_type_takes_it() {
        assert_eq!("e12".parse(), Ok(EmailId(12)));
        assert_eq!(EmailId(12).to_string(), "e12");
        for odd in ["", "e", "m12", "12", "e-1", "e012", "e+1", "e1 ", "e99999999999999999999", "é1"] {
            assert_eq!(odd.parse::<EmailId>(), Err(NotAnId), "{odd:?}");
        }
    }

    #[test]
    fn blob_ids_name_message_part_or_upload() {
        for (text, id) in [
            ("be12", BlobId::Email(EmailId(12))),
            ("be12_1-2", BlobId::Part(EmailId(12), "1.2".into())),
            ("bu7", BlobId::Upload(7)),
            ("bu7_2", BlobId::UploadPart(7, "2".into())),
        ] {
            assert_eq!(text.parse::<BlobId>().unwrap(), id);
            assert_eq!(id.to_string(), text);
        }
        for odd in ["b", "be", "be1_", "be1_0", "be1_1--2", "be1_1-a", "bu", "bu_1", "bu1_0", "e1", "be1_../x"] {
            assert!(odd.parse::<BlobId>().is_err(), "{odd:?}");
        }
    }
}
