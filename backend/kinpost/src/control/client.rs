//! The command line's end of the control socket.

use std::path::Path;

use anyhow::{Context, Result, bail};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::UnixStream,
};

use crate::act::{Act, Line, Say};

/// A line to the running server; `None` if none listens.
pub async fn connect(data: &Path) -> Option<UnixStream> {
    UnixStream::connect(super::path(data)).await.ok()
}

/// Has the server do it and passes on what it says.
pub async fn ask(stream: UnixStream, act: &Act, say: Say<'_>) -> Result<()> {
    let (read, mut write) = stream.into_split();
    let mut text = serde_json::to_vec(act)?;
    text.push(b'\n');
    let lost = "the running server went away before it was done; see its log, then try again";
    write.write_all(&text).await.context(lost)?;
    let mut lines = BufReader::new(read).lines();
    while let Some(line) = lines.next_line().await.context(lost)? {
        match serde_json::from_str(&line).context("the running server is of another version; restart it")? {
            Line::Done => return Ok(()),
            Line::Failed(words) => bail!(words),
            line => say(line),
        }
    }
    bail!(lost)
}
