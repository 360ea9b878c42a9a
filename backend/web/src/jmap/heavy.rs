//! Work on whole messages, off the threads that answer everybody.

use super::error::MethodError;

/// Runs it on a thread for work that takes its time. A panic in it is the call's fault alone.
pub async fn heavy<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, MethodError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| MethodError::fault(&error))
}
