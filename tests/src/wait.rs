//! Waiting for something to become true, with a deadline that names what was waited for.

use std::{
    future::Future,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};

/// Asks again every 20 ms until the answer is there.
pub async fn until<T, F: Future<Output = Result<Option<T>>>>(
    what: &str,
    limit: Duration,
    mut ask: impl FnMut() -> F,
) -> Result<T> {
    let start = Instant::now();
    loop {
        let last = ask().await;
        if let Ok(Some(answer)) = last {
            return Ok(answer);
        }
        if start.elapsed() > limit {
            bail!("waited {limit:?} for {what}{}", last.err().map(|e| format!(": {e:#}")).unwrap_or_default());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The same for code without a runtime.
pub fn blocking(what: &str, limit: Duration, mut ask: impl FnMut() -> bool) -> Result<()> {
    let start = Instant::now();
    while !ask() {
        if start.elapsed() > limit {
            bail!("waited {limit:?} for {what}");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}
