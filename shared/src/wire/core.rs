//! The shapes common to all methods (RFC 8620 §3 and §5): references, get, set, changes, query, errors, the Session.

use std::{collections::BTreeMap, fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{IgnoredAny, MapAccess, Visitor},
    ser::SerializeMap,
};

use crate::ids::AccountId;

/// A back-reference to an earlier call of the same request (RFC 8620 §3.7).
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResultReference {
    /// Id of the earlier call.
    pub result_of: String,
    /// Its method name.
    pub name: &'static str,
    /// A JSON pointer with `*` into its answer.
    pub path: &'static str,
}

/// Arguments of any `Foo/get` (RFC 8620 §5.1; the last three only of `Email/get`, RFC 8621 §4.2).
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GetArgs<I> {
    /// Whose objects.
    pub account_id: AccountId,
    /// Which ones; `None` (and no reference) asks for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ids: Option<Vec<I>>,
    /// Which ones, from an earlier answer.
    #[serde(rename = "#ids", skip_serializing_if = "Option::is_none")]
    pub ids_ref: Option<ResultReference>,
    /// Which properties; `None` asks for the defaults.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub properties: Option<&'static [&'static str]>,
    /// Bring the values of the plain text parts.
    #[serde(skip_serializing_if = "is_false")]
    pub fetch_text_body_values: bool,
    /// Bring the values of the HTML parts.
    #[serde(rename = "fetchHTMLBodyValues", skip_serializing_if = "is_false")]
    pub fetch_html_body_values: bool,
    /// Octets of one body value at most; 0 = no limit.
    #[serde(skip_serializing_if = "is_zero")]
    pub max_body_value_bytes: u32,
}

impl<I> GetArgs<I> {
    /// All objects of the account, default properties.
    pub fn all(account_id: AccountId) -> Self {
        Self {
            account_id,
            ids: None,
            ids_ref: None,
            properties: None,
            fetch_text_body_values: false,
            fetch_html_body_values: false,
            max_body_value_bytes: 0,
        }
    }

    /// These objects.
    pub fn some(account_id: AccountId, ids: Vec<I>) -> Self {
        Self { ids: Some(ids), ..Self::all(account_id) }
    }

    /// The objects that an earlier call found.
    pub fn found(account_id: AccountId, ids: ResultReference) -> Self {
        Self { ids_ref: Some(ids), ..Self::all(account_id) }
    }

    /// The same with only these properties.
    pub fn with(self, properties: &'static [&'static str]) -> Self {
        Self { properties: Some(properties), ..self }
    }
}

fn is_false(value: &bool) -> bool {
    !value
}

fn is_zero(value: &u32) -> bool {
    *value == 0
}

/// Answer of any `Foo/get`.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GetResponse<T> {
    /// State of the whole type in this account.
    #[serde(default)]
    pub state: String,
    /// What was found, in no promised order.
    pub list: Vec<T>,
}

/// Arguments of any `Foo/set` (RFC 8620 §5.3): creates `C`, updates by patches or by partial objects `U`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SetArgs<C, U = Patch> {
    /// Whose objects.
    pub account_id: AccountId,
    /// New objects by creation id.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub create: BTreeMap<String, C>,
    /// Patches by id.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub update: BTreeMap<String, U>,
    /// Ids to destroy.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub destroy: Vec<String>,
    /// `Mailbox/set`: destroy a mailbox with what is in it (RFC 8621 §2.5).
    #[serde(skip_serializing_if = "is_false")]
    pub on_destroy_remove_emails: bool,
}

impl<C, U> SetArgs<C, U> {
    /// An empty set call.
    pub fn new(account_id: AccountId) -> Self {
        Self {
            account_id,
            create: BTreeMap::new(),
            update: BTreeMap::new(),
            destroy: Vec::new(),
            on_destroy_remove_emails: false,
        }
    }
}

/// The create type of a set call that creates nothing.
#[derive(Debug, Clone, Serialize)]
pub enum Nothing {}

/// One value in a patch.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum PatchValue {
    /// Takes the property or key away.
    Null,
    /// A truth.
    Bool(bool),
    /// A whole number.
    Number(i64),
    /// A text (ids and creation references as well).
    Text(String),
}

impl From<bool> for PatchValue {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<&str> for PatchValue {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for PatchValue {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<i64> for PatchValue {
    fn from(value: i64) -> Self {
        Self::Number(value)
    }
}

/// A PatchObject (RFC 8620 §5.3): path → value, in the order given.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Patch(pub Vec<(String, PatchValue)>);

impl Patch {
    /// Adds one path; `/` and `~` inside a key must already be escaped (RFC 6901).
    pub fn set(mut self, path: impl Into<String>, value: impl Into<PatchValue>) -> Self {
        self.0.push((path.into(), value.into()));
        self
    }
}

impl Serialize for Patch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (path, value) in &self.0 {
            map.serialize_entry(path, value)?;
        }
        map.end()
    }
}

/// What the server says about a created object: its id and what only the server knows.
#[derive(Debug, Clone, Default, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase", default)]
pub struct Created {
    /// The new id.
    pub id: String,
    /// Email: its blob.
    pub blob_id: Option<String>,
    /// Email and submission: the conversation.
    pub thread_id: Option<String>,
    /// App password: the secret, told once.
    pub secret: Option<String>,
    /// Submission: when it will leave (UTCDate).
    pub send_at: Option<String>,
}

/// Why one object was not created, updated or destroyed (RFC 8620 §5.3).
#[derive(Debug, Clone, Default, Deserialize, PartialEq)]
#[serde(default)]
pub struct SetError {
    /// `notFound`, `invalidProperties`, `forbidden` …
    pub r#type: String,
    /// The server's words.
    pub description: Option<String>,
    /// Which properties were wrong.
    pub properties: Option<Vec<String>>,
}

/// Answer of any `Foo/set`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SetResponse {
    /// State before the call.
    pub old_state: Option<String>,
    /// State after the call.
    pub new_state: String,
    /// By creation id.
    pub created: Option<BTreeMap<String, Created>>,
    /// Why not, by creation id.
    pub not_created: Option<BTreeMap<String, SetError>>,
    /// Why not, by id.
    pub not_updated: Option<BTreeMap<String, SetError>>,
    /// Why not, by id.
    pub not_destroyed: Option<BTreeMap<String, SetError>>,
}

impl SetResponse {
    /// The id that a creation id got.
    pub fn created_id(&self, creation: &str) -> Option<&Created> {
        self.created.as_ref()?.get(creation)
    }

    /// The first refusal of any kind.
    pub fn first_error(&self) -> Option<&SetError> {
        [&self.not_created, &self.not_updated, &self.not_destroyed]
            .into_iter()
            .flatten()
            .find_map(|errors| errors.values().next())
    }
}

/// Arguments of any `Foo/changes` (RFC 8620 §5.2).
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChangesArgs {
    /// Whose objects.
    pub account_id: AccountId,
    /// The state that the client has.
    pub since_state: String,
    /// At most so many ids.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_changes: Option<u32>,
}

/// Answer of any `Foo/changes`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "I: Deserialize<'de>"))]
pub struct ChangesResponse<I> {
    /// Where the client is after applying this.
    pub new_state: String,
    /// Ask again from `new_state`.
    #[serde(default)]
    pub has_more_changes: bool,
    /// New ids.
    #[serde(default = "Vec::new")]
    pub created: Vec<I>,
    /// Changed ids.
    #[serde(default = "Vec::new")]
    pub updated: Vec<I>,
    /// Gone ids.
    #[serde(default = "Vec::new")]
    pub destroyed: Vec<I>,
}

/// A JMAP map of id → `true` (RFC 8621 `mailboxIds`, `keywords`), kept as a sorted list.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TrueSet<T>(pub Vec<T>);

impl<T> Default for TrueSet<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Ord> TrueSet<T> {
    /// Is it there?
    pub fn has(&self, item: &T) -> bool {
        self.0.contains(item)
    }

    /// Puts it in, once.
    pub fn insert(&mut self, item: T) {
        if !self.0.contains(&item) {
            self.0.push(item);
            self.0.sort();
        }
    }

    /// Takes it out; tells whether it was there.
    pub fn remove(&mut self, item: &T) -> bool {
        let before = self.0.len();
        self.0.retain(|other| other != item);
        before != self.0.len()
    }
}

impl<T: Ord> FromIterator<T> for TrueSet<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut all: Vec<T> = items.into_iter().collect();
        all.sort();
        all.dedup();
        Self(all)
    }
}

impl TrueSet<String> {
    /// Is the keyword there? Keywords compare without case (RFC 8621 §4.1.1).
    pub fn says(&self, keyword: &str) -> bool {
        self.0.iter().any(|one| one.eq_ignore_ascii_case(keyword))
    }
}

impl<T: Serialize> Serialize for TrueSet<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for item in &self.0 {
            map.serialize_entry(item, &true)?;
        }
        map.end()
    }
}

impl<'de, T: Deserialize<'de> + Ord> Deserialize<'de> for TrueSet<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Keys<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de> + Ord> Visitor<'de> for Keys<T> {
            type Value = TrueSet<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map of id to true")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<TrueSet<T>, A::Error> {
                let mut all = Vec::new();
                while let Some((key, IgnoredAny)) = map.next_entry::<T, IgnoredAny>()? {
                    all.push(key);
                }
                all.sort();
                Ok(TrueSet(all))
            }
        }
        deserializer.deserialize_map(Keys(PhantomData))
    }
}

/// One accessible account (RFC 8620 §2).
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// What to call it.
    pub name: String,
    /// The person's own?
    #[serde(default)]
    pub is_personal: bool,
    /// May nothing be changed in it?
    #[serde(default)]
    pub is_read_only: bool,
}

/// The part of the Session object (RFC 8620 §2) that the browser uses; its URLs are known (same origin).
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    /// Accounts by id.
    pub accounts: BTreeMap<AccountId, Account>,
    /// Default account of a capability.
    #[serde(default)]
    pub primary_accounts: BTreeMap<String, AccountId>,
    /// Changes when anything in this object does.
    #[serde(default)]
    pub state: String,
}

impl Session {
    /// The account that mail is read in: the primary one, else any.
    pub fn mail_account(&self) -> Option<AccountId> {
        self.primary_accounts.get(super::MAIL).or_else(|| self.accounts.keys().next()).copied()
    }
}

/// A method-level error (RFC 8620 §3.6.2) or a problem document (§3.6.1).
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Problem {
    /// `cannotCalculateChanges`, `requestTooLarge` … or an URN.
    pub r#type: String,
    /// A method's words.
    pub description: Option<String>,
    /// A request's words.
    pub detail: Option<String>,
    /// Seconds until another try makes sense (429).
    #[serde(rename = "retryAfter")]
    pub retry_after: Option<u32>,
}
