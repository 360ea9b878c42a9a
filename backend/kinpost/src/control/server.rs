//! The server's end of the control socket.

use std::{fs::Permissions, os::unix::fs::PermissionsExt, path::Path};

use anyhow::{Context, Result};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{UnixListener, UnixStream},
    sync::mpsc,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::MAX_LINE;
use crate::{act::Line, acts::perform, house::House};

/// Opens the socket. What an earlier server left behind is replaced: the lock says that it is gone.
pub fn open(data: &Path) -> Result<UnixListener> {
    let path = super::path(data);
    match std::fs::remove_file(&path) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(error).with_context(|| format!("cannot replace {}", path.display())),
    }
    let listener =
        UnixListener::bind(&path).with_context(|| format!("cannot open the control socket {}", path.display()))?;
    std::fs::set_permissions(&path, Permissions::from_mode(0o600))
        .with_context(|| format!("cannot protect {}", path.display()))?;
    Ok(listener)
}

/// Answers until `stop`.
pub async fn run(listener: UnixListener, house: House, stop: CancellationToken) {
    let acts = TaskTracker::new();
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stop.cancelled() => break,
        };
        match stream {
            Ok((stream, _)) => {
                let (house, stop) = (house.clone(), stop.clone());
                acts.spawn(async move {
                    tokio::select! {
                        answered = answer(stream, &house) => if let Err(error) = answered {
                            tracing::debug!(%error, "a command line went away");
                        },
                        () = stop.cancelled() => {}
                    }
                });
            }
            Err(error) => {
                tracing::warn!(%error, "the control socket does not accept");
                tokio::time::sleep(std::time::Duration::from_millis(200)).await;
            }
        }
    }
    acts.close();
    acts.wait().await;
}

/// One act. It ends when the command line goes away: everything it does can be repeated.
async fn answer(stream: UnixStream, house: &House) -> Result<()> {
    let (read, mut write) = stream.into_split();
    let mut read = BufReader::new(read.take(MAX_LINE));
    let mut asked = String::new();
    read.read_line(&mut asked).await?;
    let (tell, mut said) = mpsc::unbounded_channel();
    let act = async {
        let outcome = match serde_json::from_str(&asked) {
            Ok(act) => perform(house, act, &mut |line| drop(tell.send(line))).await,
            Err(_) => Err(anyhow::anyhow!(
                "the running server is of another version and does not know this command; restart it"
            )),
        };
        let last = match outcome {
            Ok(()) => Line::Done,
            Err(error) => Line::Failed(format!("{error:#}")),
        };
        let _ = tell.send(last);
    };
    let speak = async {
        while let Some(line) = said.recv().await {
            let is_last = matches!(line, Line::Done | Line::Failed(_));
            let mut text = serde_json::to_vec(&line)?;
            text.push(b'\n');
            write.write_all(&text).await?;
            if is_last {
                break;
            }
        }
        anyhow::Ok(write.shutdown().await?)
    };
    let gone = async {
        let mut byte = [0];
        // The command line says one line and then only listens: an end of its stream means that it is gone.
        while matches!(read.read(&mut byte).await, Ok(1..)) {}
    };
    tokio::select! {
        ((), spoken) = async { tokio::join!(act, speak) } => spoken,
        () = gone => Ok(()),
    }
}
