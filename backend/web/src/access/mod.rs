//! Who is asking, and which accounts they may see. Isolation has one home: every route and every JMAP method turns an
//! account id from outside into an [`AccountId`] through [`Who::account`] and in no other way.

pub mod cookie;
pub mod members;
pub mod network;
pub mod origin;
pub mod place;
pub mod proof;
pub mod setup_code;
pub mod throttle;

use shared::ids::{AccountId, MemberId};

/// How a request proved who it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credential {
    /// The browser's cookie; the number is the session's row.
    Cookie {
        /// The session's row.
        session: i64,
    },
    /// An app password by Basic or Bearer; the number is its row.
    AppPassword {
        /// The app password's row.
        id: i64,
    },
    /// The log-in password itself by Basic; only the practice household takes it.
    Password,
}

/// One account that a person sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// The account.
    pub account: AccountId,
    /// What to call it: the member's address.
    pub name: String,
    /// RFC 8620 §2 `isPersonal`.
    pub is_personal: bool,
    /// RFC 8620 §2 `isReadOnly`.
    pub is_read_only: bool,
}

/// An account id that is none, or that this person may not see. The two are answered alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoSuchAccount;

/// The person behind a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// The member.
    pub member: MemberId,
    /// Their own account.
    pub account: AccountId,
    /// Their name.
    pub name: String,
    /// The address they log in with.
    pub email: String,
    /// Whether they may manage the household.
    pub is_admin: bool,
    /// How they proved it.
    pub credential: Credential,
    accounts: Vec<Access>,
}

impl Who {
    /// A member who sees their own account.
    pub fn new(
        member: MemberId,
        account: AccountId,
        name: &str,
        email: &str,
        is_admin: bool,
        credential: Credential,
    ) -> Self {
        let own = Access { account, name: email.to_owned(), is_personal: true, is_read_only: false };
        Self {
            member,
            account,
            name: name.to_owned(),
            email: email.to_owned(),
            is_admin,
            credential,
            accounts: vec![own],
        }
    }

    /// Every account this person sees, their own first.
    pub fn accounts(&self) -> &[Access] {
        &self.accounts
    }

    /// Whether this person sees `account`.
    pub fn may_see(&self, account: AccountId) -> bool {
        self.accounts.iter().any(|access| access.account == account)
    }

    /// The account that a client named, if this person may see it.
    ///
    /// # Errors
    /// [`NoSuchAccount`] both for a malformed or unknown id and for somebody else's account (RFC 8620 §3.6.2 `accountNotFound`).
    pub fn account(&self, id: &str) -> Result<AccountId, NoSuchAccount> {
        id.parse().ok().filter(|account| self.may_see(*account)).ok_or(NoSuchAccount)
    }
}
