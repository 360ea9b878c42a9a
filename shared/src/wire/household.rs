//! Vendor capability `urn:kinpost:household`: members, settings, passwords, sessions, completion.

use serde::{Deserialize, Serialize};

use crate::ids::{AccountId, MemberId};

/// A person of the household.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// Its id.
    pub id: MemberId,
    /// Name.
    pub name: String,
    /// Address to log in with.
    pub email: String,
    /// May look after the house?
    #[serde(default)]
    pub is_admin: bool,
}

/// A person to be made.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewMember {
    /// Name.
    pub name: String,
    /// Address to log in with.
    pub email: String,
    /// First password.
    pub password: String,
    /// May look after the house?
    pub is_admin: bool,
}

/// How a member likes it; one object, id `singleton`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Settings {
    /// `auto`, `light`, `dark`.
    pub theme: String,
    /// 0, 5, 10, 20 or 30.
    pub undo_seconds: u32,
    /// `comfortable` or `compact`.
    pub density: String,
    /// Do single keys act (WCAG 2.1.4)?
    pub single_keys: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { theme: "auto".into(), undo_seconds: 10, density: "comfortable".into(), single_keys: true }
    }
}

/// Arguments of `Password/set`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PasswordArgs {
    /// Whose.
    pub account_id: AccountId,
    /// The present one.
    pub old: String,
    /// The next one.
    pub new: String,
}

/// A browser that is logged in.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BrowserSession {
    /// Its id.
    pub id: String,
    /// What it called itself.
    #[serde(default)]
    pub user_agent: String,
    /// UTCDate.
    #[serde(default)]
    pub created_at: String,
    /// UTCDate.
    #[serde(default)]
    pub last_used_at: Option<String>,
    /// Is it this one?
    #[serde(default)]
    pub is_current: bool,
}

/// A password of another mail program.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AppPassword {
    /// Its id.
    pub id: String,
    /// Its name.
    pub label: String,
    /// UTCDate.
    #[serde(default)]
    pub created_at: String,
    /// UTCDate.
    #[serde(default)]
    pub last_used_at: Option<String>,
}

/// An app password to be made.
#[derive(Debug, Clone, Serialize)]
pub struct NewAppPassword {
    /// Its name.
    pub label: String,
}

/// Arguments of `Contact/query`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ContactArgs {
    /// Whose.
    pub account_id: AccountId,
    /// What was typed.
    pub text: String,
    /// At most so many.
    pub limit: u32,
}

/// Answer of `Contact/query`: addresses of past mail, best first.
#[derive(Debug, Clone, Deserialize)]
pub struct Contacts {
    /// Best first.
    pub list: Vec<super::Address>,
}
