//! The sync loop of an IMAP Source: all folders once, then IDLE on the Inbox and a poll of the others.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use remote::{ImapSession, imap::IdleEnd};
use store::mailboxes::{Mailbox, Role};

use super::{
    folders, index,
    visit::{self, visit},
};
use crate::link::{Context, Trouble};

/// During a long back-fill the Inbox is looked at so often.
const INBOX_EVERY: Duration = Duration::from_secs(15);
/// The longest IDLE: servers drop a silent client after 30 minutes (RFC 2177).
const IDLE_MAX: Duration = Duration::from_secs(25 * 60);
/// So long messages are indexed before the Inbox is looked at again.
const INDEX_SLICE: Duration = Duration::from_secs(3);
/// How often the Inbox is looked at again because something came meanwhile, before IDLE is tried all the same.
const AGAIN_MAX: usize = 8;

/// One connection's life: returns only with the reason why it ended.
pub(crate) async fn run(ctx: &Context) -> Result<(), Trouble> {
    ctx.report("checking", None, None).await;
    let mut session = ctx.imap().await?;
    let mut round = Round { ctx, session: &mut session, inbox_at: Instant::now() };
    let ended = round.go().await;
    ctx.set_progress(None);
    if matches!(ended, Err(Trouble::Stopped)) {
        session.logout().await;
    }
    ended
}

struct Round<'a> {
    ctx: &'a Context,
    session: &'a mut ImapSession,
    inbox_at: Instant,
}

impl Round<'_> {
    async fn go(&mut self) -> Result<(), Trouble> {
        loop {
            let folders = folders::refresh(self.ctx, self.session).await?;
            self.all(&folders).await?;
            self.ctx.failures.store(0, Ordering::SeqCst);
            self.ctx.report("fresh", None, None).await;
            let inbox = folders.into_iter().find(|m| m.source_role == Some(Role::Inbox));
            let until = Instant::now() + self.ctx.config.poll;
            self.index(inbox.as_ref(), until).await?;
            self.wait(inbox.as_ref(), until).await?;
            self.ctx.alive()?;
        }
    }

    /// Every folder once, those that are filled for the first time in full.
    async fn all(&mut self, folders: &[Mailbox]) -> Result<(), Trouble> {
        let Some((inbox, others)) = folders.split_first() else { return Ok(()) };
        if folders.iter().any(|m| !visit::Cursor::of(&m.remote).complete) {
            self.ctx.report("syncing", None, None).await;
        }
        self.whole(inbox, inbox).await?;
        for folder in others {
            self.ctx.alive()?;
            let wire = folder.remote_name.clone().unwrap_or_default();
            let status = match self.session.status(&wire).await {
                Ok(status) => status,
                // Gone since LIST, or not for us: the next LIST tells.
                Err(error) if error.class == remote::Class::Permanent => continue,
                Err(error) => return Err(error.into()),
            };
            if !visit::needs_visit(folder, &status, store::now_ms()) {
                continue;
            }
            match self.whole(folder, inbox).await {
                Err(Trouble::Remote(error)) if error.class == remote::Class::Permanent => {
                    tracing::info!(mailbox = %folder.id, code = ?error.code, "a folder cannot be read");
                }
                other => other?,
            }
            visit::remember_status(self.ctx, folder.id, &status).await?;
        }
        // IDLE tells of the selected folder.
        if !others.is_empty() {
            self.inbox(inbox).await?;
        }
        Ok(())
    }

    /// One folder to its end; the Inbox gets a look in between.
    async fn whole(&mut self, folder: &Mailbox, inbox: &Mailbox) -> Result<(), Trouble> {
        loop {
            let cut = AtomicBool::new(false);
            let (stop, inbox_at) = (&self.ctx.stop, self.inbox_at);
            let between = || {
                let is_time = stop.is_cancelled() || inbox_at.elapsed() > INBOX_EVERY;
                cut.store(is_time, Ordering::SeqCst);
                is_time
            };
            visit(self.ctx, self.session, folder, &between).await?;
            self.ctx.alive()?;
            if !cut.load(Ordering::SeqCst) {
                return Ok(());
            }
            if folder.id == inbox.id {
                self.inbox_at = Instant::now();
            } else {
                self.inbox(inbox).await?;
            }
        }
    }

    async fn inbox(&mut self, inbox: &Mailbox) -> Result<(), Trouble> {
        for _ in 0..AGAIN_MAX {
            visit(self.ctx, self.session, inbox, &|| self.ctx.stop.is_cancelled()).await?;
            self.ctx.alive()?;
            if self.session.take_unsolicited().is_empty() {
                break;
            }
        }
        self.inbox_at = Instant::now();
        Ok(())
    }

    /// Text of large messages, slice by slice: new mail does not wait for it.
    async fn index(&mut self, inbox: Option<&Mailbox>, until: Instant) -> Result<(), Trouble> {
        while Instant::now() < until {
            let began = Instant::now();
            let stop = &self.ctx.stop;
            let enough = || stop.is_cancelled() || began.elapsed() > INDEX_SLICE;
            let is_whole = index::work(self.ctx, self.session, &enough).await?;
            self.ctx.alive()?;
            if is_whole {
                break;
            }
            if let Some(inbox) = inbox {
                self.inbox(inbox).await?;
            }
        }
        Ok(())
    }

    /// Waits on the Inbox until it is time for all folders again.
    async fn wait(&mut self, inbox: Option<&Mailbox>, until: Instant) -> Result<(), Trouble> {
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            let wake = wake(self.ctx);
            let (Some(inbox), true) = (inbox, self.session.has("IDLE")) else {
                tokio::select! {
                    () = wake => {}
                    () = tokio::time::sleep(left) => {}
                }
                return Ok(());
            };
            match self.session.idle(wake, left.min(IDLE_MAX)).await? {
                IdleEnd::Woken => return Ok(()),
                IdleEnd::TimedOut => {}
                IdleEnd::Changed => self.inbox(inbox).await?,
            }
        }
    }
}

/// Somebody wants a look now, or the end.
async fn wake(ctx: &Context) {
    tokio::select! {
        () = ctx.check.notified() => {}
        () = ctx.stop.cancelled() => {}
    }
}
