//! Who lives here: members, their accounts, their log-in and settings.

use shared::ids::{AccountId, MemberId};

use crate::{
    Reader, Refusal, Result, Store, WriteTx, identities, identities::IdentityData, mailboxes, now_ms, secrets, sessions,
};

/// Accounts there can ever be: the search index keeps the account in 13 bits.
pub(crate) const ACCOUNT_ID_MAX: i64 = (1 << 13) - 1;

const IS_EMPTY: &str = "SELECT NOT EXISTS (SELECT 1 FROM member)";
const MEMBERS: &str = "SELECT id, account_id, name, email, is_admin, created_at, settings FROM member ORDER BY id";
const MEMBER: &str = "SELECT id, account_id, name, email, is_admin, created_at, settings FROM member WHERE id = $1";
const BY_EMAIL: &str =
    "SELECT id, account_id, name, email, is_admin, created_at, settings FROM member WHERE email = $1";
const OF_ACCOUNT: &str =
    "SELECT id, account_id, name, email, is_admin, created_at, settings FROM member WHERE account_id = $1";
const PASSWORD: &str = "SELECT id, password FROM member WHERE email = $1";
const NEW_ACCOUNT: &str = "INSERT INTO account (last_seq) VALUES (0) RETURNING id";
const INSERT: &str = "INSERT INTO member (account_id, name, email, password, is_admin, created_at)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (email) DO NOTHING RETURNING id";
const UPDATE: &str = "UPDATE OR IGNORE member SET name = coalesce($2, name), email = coalesce($3, email),
    is_admin = coalesce($4, is_admin), password = coalesce($5, password), settings = coalesce($6, settings)
    WHERE id = $1";
const ADMINS: &str = "SELECT count(*) FROM member WHERE is_admin = 1";
const REMOVE: &str = "DELETE FROM member WHERE id = $1";
const VALUE: &str = "SELECT value FROM household WHERE key = $1";
const SET_VALUE: &str = "INSERT INTO household (key, value) VALUES ($1, $2)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value";
const DROP_VALUE: &str = "DELETE FROM household WHERE key = $1";

/// Everything of an account, leaves first. `$1` is the account.
const REMOVE_ACCOUNT: &[&str] = &[
    "DELETE FROM search WHERE rowid IN (SELECT search_rowid FROM email WHERE account_id = $1)",
    "DELETE FROM list_entry WHERE list_id IN (SELECT id FROM mailbox WHERE account_id = $1 UNION ALL SELECT -$1)",
    "DELETE FROM list_node WHERE list_id IN (SELECT id FROM mailbox WHERE account_id = $1 UNION ALL SELECT -$1)",
    "DELETE FROM placement WHERE mailbox_id IN (SELECT id FROM mailbox WHERE account_id = $1)",
    "DELETE FROM ghost WHERE mailbox_id IN (SELECT id FROM mailbox WHERE account_id = $1)",
    "DELETE FROM email_row WHERE email_id IN (SELECT id FROM email WHERE account_id = $1)",
    "DELETE FROM email_detail WHERE email_id IN (SELECT id FROM email WHERE account_id = $1)",
    "DELETE FROM email WHERE account_id = $1",
    "DELETE FROM thread WHERE account_id = $1",
    "DELETE FROM mailbox WHERE account_id = $1",
    "DELETE FROM pop3_seen WHERE source_id IN (SELECT id FROM source WHERE account_id = $1)",
    "DELETE FROM source WHERE account_id = $1",
    "DELETE FROM task WHERE account_id = $1",
    "DELETE FROM identity WHERE account_id = $1",
    "DELETE FROM submission WHERE account_id = $1",
    "DELETE FROM upload WHERE account_id = $1",
    "DELETE FROM address_word WHERE account_id = $1",
    "DELETE FROM address WHERE account_id = $1",
    "DELETE FROM change WHERE account_id = $1",
    "DELETE FROM type_state WHERE account_id = $1",
    "DELETE FROM account WHERE id = $1",
];

/// A person of the household.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Id.
    pub id: MemberId,
    /// Their account.
    pub account: AccountId,
    /// Name.
    pub name: String,
    /// The address they log in with, lower-case, unique.
    pub email: String,
    /// Administrator.
    pub is_admin: bool,
    /// Made at, ms.
    pub created_at: i64,
    /// JSON of the member's settings (theme, undo seconds, …).
    pub settings: String,
}

/// A member to add.
#[derive(Debug, Clone)]
pub struct NewMember {
    /// Name.
    pub name: String,
    /// Address.
    pub email: String,
    /// argon2id of the password ([`crate::secrets::hash_password`]: before the transaction).
    pub password_hash: String,
    /// Administrator; the first member always is.
    pub is_admin: bool,
}

/// What to change; `None` leaves as is.
#[derive(Debug, Clone, Default)]
pub struct Update {
    /// Name.
    pub name: Option<String>,
    /// Address.
    pub email: Option<String>,
    /// Administrator.
    pub is_admin: Option<bool>,
    /// argon2id of a new password; ends all other sessions of the member.
    pub password_hash: Option<String>,
    /// Settings JSON.
    pub settings: Option<String>,
}

type MemberRow = (i64, i64, String, String, bool, i64, String);

fn from_row((id, account, name, email, is_admin, created_at, settings): MemberRow) -> Member {
    Member { id: MemberId(id), account: AccountId(account), name, email, is_admin, created_at, settings }
}

/// Addresses are compared without regard to case and outer blanks.
fn normal(email: &str) -> String {
    email.trim().to_lowercase()
}

/// Whether nobody lives here yet.
pub async fn is_empty(r: &mut Reader) -> Result<bool> {
    Ok(sqlx::query_scalar(IS_EMPTY).fetch_one(r.db()).await?)
}

/// All members, by id.
pub async fn members(r: &mut Reader) -> Result<Vec<Member>> {
    let rows: Vec<MemberRow> = sqlx::query_as(MEMBERS).fetch_all(r.db()).await?;
    Ok(rows.into_iter().map(from_row).collect())
}

async fn one(r: &mut Reader, sql: &'static str, id: i64) -> Result<Option<Member>> {
    let row: Option<MemberRow> = sqlx::query_as(sql).bind(id).fetch_optional(r.db()).await?;
    Ok(row.map(from_row))
}

/// One.
pub async fn member(r: &mut Reader, id: MemberId) -> Result<Option<Member>> {
    one(r, MEMBER, id.0).await
}

/// By address (case does not matter).
pub async fn by_email(r: &mut Reader, email: &str) -> Result<Option<Member>> {
    let row: Option<MemberRow> = sqlx::query_as(BY_EMAIL).bind(normal(email)).fetch_optional(r.db()).await?;
    Ok(row.map(from_row))
}

/// By address or name, as the command line names them; `Refusal::Invalid` when a name fits several.
pub async fn find(r: &mut Reader, name_or_email: &str) -> Result<Option<Member>> {
    if let Some(member) = by_email(r, name_or_email).await? {
        return Ok(Some(member));
    }
    let wanted = name_or_email.trim().to_lowercase();
    let mut fitting = members(r).await?.into_iter().filter(|m| m.name.to_lowercase() == wanted);
    match (fitting.next(), fitting.next()) {
        (Some(_), Some(_)) => Err(Refusal::Invalid.into()),
        (member, _) => Ok(member),
    }
}

/// The member of an account.
pub async fn of_account(r: &mut Reader, account: AccountId) -> Result<Option<Member>> {
    one(r, OF_ACCOUNT, account.0).await
}

/// The member's password hash and id, for log-in. Check it after letting the reader go.
pub async fn password_hash(r: &mut Reader, email: &str) -> Result<Option<(MemberId, String)>> {
    let row: Option<(i64, String)> = sqlx::query_as(PASSWORD).bind(normal(email)).fetch_optional(r.db()).await?;
    Ok(row.map(|(id, hash)| (MemberId(id), hash)))
}

/// Checks address and password; takes the same time for an unknown person.
pub async fn log_in(store: &Store, email: &str, password: &str) -> Result<Option<Member>> {
    let found = password_hash(&mut store.read().await?, email).await?;
    let fits = secrets::check_password(found.as_ref().map(|(_, hash)| hash.as_str()), password).await?;
    match found {
        Some((id, _)) if fits => member(&mut store.read().await?, id).await,
        _ => Ok(None),
    }
}

/// Adds a member with an account, its local role Mailboxes and a local Identity. The first is an administrator.
pub async fn create(tx: &mut WriteTx, new: &NewMember) -> Result<Member> {
    let is_admin = new.is_admin || is_empty(tx).await?;
    let account: i64 = sqlx::query_scalar(NEW_ACCOUNT).fetch_one(tx.db()).await?;
    if account > ACCOUNT_ID_MAX {
        return Err(Refusal::OverLimit.into());
    }
    let (email, created_at) = (normal(&new.email), now_ms());
    let id: Option<i64> = sqlx::query_scalar(INSERT)
        .bind(account)
        .bind(&new.name)
        .bind(&email)
        .bind(&new.password_hash)
        .bind(is_admin)
        .bind(created_at)
        .fetch_optional(tx.db())
        .await?;
    let Some(id) = id else {
        sqlx::query("DELETE FROM account WHERE id = $1").bind(account).execute(tx.db()).await?;
        return Err(Refusal::NameTaken.into());
    };
    let account = AccountId(account);
    mailboxes::ensure_local_roles(tx, account).await?;
    let identity = IdentityData { name: new.name.clone(), email: email.clone(), ..IdentityData::default() };
    identities::create(tx, account, None, &identity).await?;
    tx.access_changed();
    Ok(Member {
        id: MemberId(id),
        account,
        name: new.name.clone(),
        email,
        is_admin,
        created_at,
        settings: "{}".to_owned(),
    })
}

/// Adds the first member, only if nobody lives here yet (`Refusal::Invalid` otherwise).
pub async fn create_first(tx: &mut WriteTx, new: &NewMember) -> Result<Member> {
    if !is_empty(tx).await? {
        return Err(Refusal::Invalid.into());
    }
    create(tx, new).await
}

/// Changes a member. `keep_session`: of a password change, the one session that stays.
pub async fn update(tx: &mut WriteTx, id: MemberId, update: &Update, keep_session: Option<i64>) -> Result<()> {
    let Some(now) = member(tx, id).await? else { return Err(Refusal::NotFound.into()) };
    if now.is_admin && update.is_admin == Some(false) {
        refuse_last_admin(tx).await?;
    }
    let done = sqlx::query(UPDATE)
        .bind(id.0)
        .bind(update.name.as_deref())
        .bind(update.email.as_deref().map(normal))
        .bind(update.is_admin)
        .bind(update.password_hash.as_deref())
        .bind(update.settings.as_deref())
        .execute(tx.db())
        .await?;
    if done.rows_affected() == 0 {
        return Err(Refusal::NameTaken.into());
    }
    if update.password_hash.is_some() {
        sessions::end_others(tx, id, keep_session).await?;
    }
    tx.access_changed();
    Ok(())
}

async fn refuse_last_admin(tx: &mut WriteTx) -> Result<()> {
    let admins: i64 = sqlx::query_scalar(ADMINS).fetch_one(tx.db()).await?;
    if admins <= 1 { Err(Refusal::LastAdmin.into()) } else { Ok(()) }
}

/// Removes a member with the account and all that is in it. The last administrator stays.
pub async fn remove(tx: &mut WriteTx, id: MemberId) -> Result<()> {
    let Some(member) = member(tx, id).await? else { return Err(Refusal::NotFound.into()) };
    if member.is_admin {
        refuse_last_admin(tx).await?;
    }
    tx.forget_account(member.account);
    sqlx::query(REMOVE).bind(id.0).execute(tx.db()).await?;
    for sql in REMOVE_ACCOUNT {
        sqlx::query(*sql).bind(member.account.0).execute(tx.db()).await?;
    }
    tx.access_changed();
    Ok(())
}

/// A household-wide value kept under a key (set-up code, import progress, …).
pub async fn value(r: &mut Reader, key: &str) -> Result<Option<String>> {
    Ok(sqlx::query_scalar(VALUE).bind(key).fetch_optional(r.db()).await?)
}

/// Keeps a household-wide value.
pub async fn set_value(tx: &mut WriteTx, key: &str, value: &str) -> Result<()> {
    sqlx::query(SET_VALUE).bind(key).bind(value).execute(tx.db()).await?;
    Ok(())
}

/// Forgets one.
pub async fn drop_value(tx: &mut WriteTx, key: &str) -> Result<()> {
    sqlx::query(DROP_VALUE).bind(key).execute(tx.db()).await?;
    Ok(())
}
