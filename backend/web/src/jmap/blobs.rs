//! Blobs within a method call: [`crate::blob`] with JMAP's errors.

use std::sync::Arc;

use shared::ids::{AccountId, BlobId};

use super::{context::Call, error::MethodError};
use crate::blob::{BlobError, read};

/// The bytes of a blob of this account, `None` if there is none of this id. What lies at the provider is awaited.
pub async fn bytes(call: &Call<'_>, account: AccountId, id: &BlobId) -> Result<Option<Arc<[u8]>>, MethodError> {
    match read(call.store, call.blobs, call.mail, account, id).await {
        Ok(bytes) => Ok(Some(bytes)),
        Err(BlobError::NotFound) => Ok(None),
        Err(BlobError::Unavailable(words)) => Err(MethodError::with("serverUnavailable", words)),
        Err(BlobError::Store(error)) => Err(error.into()),
    }
}
