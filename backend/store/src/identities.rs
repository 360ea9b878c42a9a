//! Identities (RFC 8621 §6): addresses to write from, each with the Source whose way out it takes.

use shared::ids::{AccountId, IdentityId, SourceId};

use sqlx::{Row, sqlite::SqliteRow};

use crate::{DataType, Reader, Refusal, Result, WriteTx, event::Op};

/// The most an account may have.
const IDENTITIES_MAX: i64 = 1000;

const ALL: &str = "SELECT * FROM identity WHERE account_id = $1 ORDER BY id";
const GET: &str = "SELECT * FROM identity WHERE id = $2 AND account_id = $1";
const COUNT: &str = "SELECT count(*) FROM identity WHERE account_id = $1";
const INSERT: &str = "INSERT INTO identity
    (account_id, source_id, name, email, reply_to, bcc, text_signature, html_signature, may_delete)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id";
const UPDATE: &str = "UPDATE identity SET name = $3, email = $4, reply_to = $5, bcc = $6, text_signature = $7,
    html_signature = $8, may_delete = $9 WHERE id = $2 AND account_id = $1";
const OF_SOURCE: &str = "SELECT id FROM identity WHERE account_id = $1 AND source_id = $2";
const DESTROY: &str = "DELETE FROM identity WHERE id = $2 AND account_id = $1";

/// An address to write from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Id.
    pub id: IdentityId,
    /// The Source it leaves through; `None` = local only.
    pub source: Option<SourceId>,
    /// Everything else.
    pub data: IdentityData,
}

/// RFC 8621 §6's settable properties.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IdentityData {
    /// Name.
    pub name: String,
    /// Address.
    pub email: String,
    /// JSON array of EmailAddress, or nothing.
    pub reply_to: Option<String>,
    /// JSON array of EmailAddress, or nothing.
    pub bcc: Option<String>,
    /// Plain signature.
    pub text_signature: String,
    /// HTML signature.
    pub html_signature: String,
    /// A client may destroy it.
    pub may_delete: bool,
}

fn from_row(row: &SqliteRow) -> Result<Identity, sqlx::Error> {
    Ok(Identity {
        id: IdentityId(row.try_get("id")?),
        source: row.try_get::<Option<i64>, _>("source_id")?.map(SourceId),
        data: IdentityData {
            name: row.try_get("name")?,
            email: row.try_get("email")?,
            reply_to: row.try_get("reply_to")?,
            bcc: row.try_get("bcc")?,
            text_signature: row.try_get("text_signature")?,
            html_signature: row.try_get("html_signature")?,
            may_delete: row.try_get("may_delete")?,
        },
    })
}

/// All of an account, by id.
pub async fn all(r: &mut Reader, account: AccountId) -> Result<Vec<Identity>> {
    let rows = sqlx::query(ALL).bind(account.0).fetch_all(r.db()).await?;
    let mut identities: Vec<Identity> = rows.iter().map(from_row).collect::<Result<_, _>>()?;
    // Those that can send come first: a client without an opinion takes the first one.
    identities.sort_by_key(|identity| (identity.source.is_none(), identity.id));
    Ok(identities)
}

/// One.
pub async fn get(r: &mut Reader, account: AccountId, id: IdentityId) -> Result<Option<Identity>> {
    let row = sqlx::query(GET).bind(account.0).bind(id.0).fetch_optional(r.db()).await?;
    Ok(row.as_ref().map(from_row).transpose()?)
}

/// Makes one.
pub async fn create(
    tx: &mut WriteTx,
    account: AccountId,
    source: Option<SourceId>,
    data: &IdentityData,
) -> Result<IdentityId> {
    let have: i64 = sqlx::query_scalar(COUNT).bind(account.0).fetch_one(tx.db()).await?;
    if have >= IDENTITIES_MAX {
        return Err(Refusal::OverLimit.into());
    }
    let id: i64 = sqlx::query_scalar(INSERT)
        .bind(account.0)
        .bind(source.map(|s| s.0))
        .bind(&data.name)
        .bind(&data.email)
        .bind(data.reply_to.as_deref())
        .bind(data.bcc.as_deref())
        .bind(&data.text_signature)
        .bind(&data.html_signature)
        .bind(data.may_delete)
        .fetch_one(tx.db())
        .await?;
    tx.changed(account, DataType::Identity, id, Op::Created);
    Ok(IdentityId(id))
}

/// Replaces its data.
pub async fn update(tx: &mut WriteTx, account: AccountId, id: IdentityId, data: &IdentityData) -> Result<()> {
    let done = sqlx::query(UPDATE)
        .bind(account.0)
        .bind(id.0)
        .bind(&data.name)
        .bind(&data.email)
        .bind(data.reply_to.as_deref())
        .bind(data.bcc.as_deref())
        .bind(&data.text_signature)
        .bind(&data.html_signature)
        .bind(data.may_delete)
        .execute(tx.db())
        .await?;
    if done.rows_affected() == 0 {
        return Err(Refusal::NotFound.into());
    }
    tx.changed(account, DataType::Identity, id.0, Op::Updated);
    Ok(())
}

/// Destroys it; `Refusal::Invalid` unless it may be deleted.
pub async fn destroy(tx: &mut WriteTx, account: AccountId, id: IdentityId) -> Result<()> {
    let Some(identity) = get(tx, account, id).await? else { return Err(Refusal::NotFound.into()) };
    if !identity.data.may_delete {
        return Err(Refusal::Invalid.into());
    }
    drop_one(tx, account, id.0).await
}

/// Identities of a Source go with it.
pub(crate) async fn drop_of_source(tx: &mut WriteTx, account: AccountId, source: SourceId) -> Result<()> {
    let ids: Vec<i64> = sqlx::query_scalar(OF_SOURCE).bind(account.0).bind(source.0).fetch_all(tx.db()).await?;
    for id in ids {
        drop_one(tx, account, id).await?;
    }
    Ok(())
}

async fn drop_one(tx: &mut WriteTx, account: AccountId, id: i64) -> Result<()> {
    sqlx::query(DESTROY).bind(account.0).bind(id).execute(tx.db()).await?;
    tx.changed(account, DataType::Identity, id, Op::Destroyed);
    Ok(())
}
