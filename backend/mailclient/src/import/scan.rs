//! What a path holds: which files, of which kind, into which mailbox.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

use super::ImportError;

/// Folders within folders that are still looked into.
const DEPTH_MAX: usize = 16;

/// How a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Many messages, each after a `From ` line.
    Mbox,
    /// One message of a Maildir; whether it lies in `new/`.
    Maildir { is_new: bool },
    /// One message.
    Eml,
}

/// One file to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Input {
    pub path: PathBuf,
    pub kind: Kind,
    /// Local mailbox, levels separated by `/`.
    pub mailbox: String,
    pub size: u64,
}

/// Everything below `path`, by mailbox and name.
pub(super) fn scan(path: &Path, mailbox: Option<&str>) -> Result<Vec<Input>, ImportError> {
    let failed = |error: io::Error| ImportError::Source { path: path.display().to_string(), why: words(&error) };
    let meta = fs::metadata(path).map_err(failed)?;
    let mut inputs = Vec::new();
    if meta.is_file() {
        let kind = if is_mbox(path).map_err(failed)? { Kind::Mbox } else { Kind::Eml };
        let own = if kind == Kind::Mbox { file_name(path) } else { "Imported".to_owned() };
        let mailbox = mailbox.map_or(own, str::to_owned);
        inputs.push(Input { path: path.to_owned(), kind, mailbox, size: meta.len() });
    } else {
        folder(path, mailbox, "", 0, &mut inputs).map_err(failed)?;
    }
    if inputs.is_empty() {
        let why = "There is no mail here: no mbox file, Maildir or .eml file.".to_owned();
        return Err(ImportError::Source { path: path.display().to_string(), why });
    }
    inputs.sort_by(|a, b| (&a.mailbox, &a.path).cmp(&(&b.mailbox, &b.path)));
    Ok(inputs)
}

fn words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "There is no such file or folder.".to_owned(),
        io::ErrorKind::PermissionDenied => "It may not be read.".to_owned(),
        _ => error.to_string(),
    }
}

fn folder(path: &Path, top: Option<&str>, below: &str, depth: usize, inputs: &mut Vec<Input>) -> io::Result<()> {
    if depth > DEPTH_MAX {
        return Ok(());
    }
    let is_maildir = path.join("cur").is_dir() || path.join("new").is_dir();
    if is_maildir {
        maildir(path, &join(top, if below.is_empty() && top.is_none() { "Inbox" } else { below }), inputs)?;
    }
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let (name, child) = (entry.file_name().to_string_lossy().into_owned(), entry.path());
        // Links are not followed: they may lead anywhere, round in circles too.
        let kind = entry.file_type()?;
        if kind.is_dir() {
            match name.as_str() {
                "cur" | "new" | "tmp" if is_maildir => {}
                _ => folder(&child, top, &below_name(below, &name, is_maildir), depth + 1, inputs)?,
            }
        } else if kind.is_file() && !is_maildir {
            file(&child, &name, top, below, entry.metadata()?.len(), inputs)?;
        }
    }
    Ok(())
}

/// The mailbox of a sub-folder: Maildir++ writes `.A.B`, Thunderbird `A.sbd`, others plain names.
fn below_name(below: &str, name: &str, in_maildir: bool) -> String {
    let decoded = |name: &str| remote::imap::decode_name(name).replace('/', "-");
    let own = match name.strip_prefix('.') {
        Some(rest) if in_maildir => rest.split('.').map(decoded).collect::<Vec<_>>().join("/"),
        _ => decoded(name.strip_suffix(".sbd").unwrap_or(name)),
    };
    if below.is_empty() { own } else { format!("{below}/{own}") }
}

fn join(top: Option<&str>, below: &str) -> String {
    match top {
        Some(top) if below.is_empty() => top.to_owned(),
        Some(top) => format!("{top}/{below}"),
        None => below.to_owned(),
    }
}

fn maildir(path: &Path, mailbox: &str, inputs: &mut Vec<Input>) -> io::Result<()> {
    for (sub, is_new) in [("cur", false), ("new", true)] {
        let Ok(entries) = fs::read_dir(path.join(sub)) else { continue };
        for entry in entries {
            let entry = entry?;
            if entry.file_type()?.is_file() && !entry.file_name().to_string_lossy().starts_with('.') {
                inputs.push(Input {
                    path: entry.path(),
                    kind: Kind::Maildir { is_new },
                    mailbox: mailbox.to_owned(),
                    size: entry.metadata()?.len(),
                });
            }
        }
    }
    Ok(())
}

fn file(path: &Path, name: &str, top: Option<&str>, below: &str, size: u64, inputs: &mut Vec<Input>) -> io::Result<()> {
    if name.to_ascii_lowercase().ends_with(".eml") {
        let mailbox = join(top, if below.is_empty() && top.is_none() { "Imported" } else { below });
        inputs.push(Input { path: path.to_owned(), kind: Kind::Eml, mailbox, size });
    } else if is_mbox(path)? {
        let own = file_name(path);
        let below = if below.is_empty() { own } else { format!("{below}/{own}") };
        inputs.push(Input { path: path.to_owned(), kind: Kind::Mbox, mailbox: join(top, &below), size });
    }
    Ok(())
}

fn file_name(path: &Path) -> String {
    let name = path.file_name().map_or_else(|| "Imported".into(), |n| n.to_string_lossy().into_owned());
    let stem = name.strip_suffix(".mbox").or_else(|| name.strip_suffix(".mbx")).unwrap_or(&name);
    if stem.eq_ignore_ascii_case("inbox") { "Inbox".to_owned() } else { stem.to_owned() }
}

fn is_mbox(path: &Path) -> io::Result<bool> {
    let mut start = [0; 5];
    match File::open(path)?.read_exact(&mut start) {
        Ok(()) => Ok(&start == b"From "),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn put(top: &Path, name: &str, content: &str) {
        let path = top.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn found(top: &Path, mailbox: Option<&str>) -> Vec<(String, Kind)> {
        scan(top, mailbox).unwrap().into_iter().map(|i| (i.mailbox, i.kind)).collect()
    }

    #[test]
    fn a_maildir_with_folders() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["cur/1.a:2,S", "new/2.b", "tmp/3.c", ".Sch&APw-ler.2026/cur/4.d", "dovecot.index"] {
            put(dir.path(), name, "x");
        }
        let (cur, new) = (Kind::Maildir { is_new: false }, Kind::Maildir { is_new: true });
        let inbox = |kind| ("Inbox".to_owned(), kind);
        assert_eq!(found(dir.path(), None), [inbox(cur), inbox(new), ("Schüler/2026".into(), cur)]);
        assert_eq!(found(dir.path(), Some("Old")).first().unwrap().0, "Old");
        assert_eq!(found(dir.path(), Some("Old")).last().unwrap().0, "Old/Schüler/2026");
    }

    #[test]
    fn mbox_files_and_single_letters() {
        let dir = tempfile::tempdir().unwrap();
        put(dir.path(), "Family", "From a Tue Nov  3 10:00:05 2026\n");
        put(dir.path(), "Family.sbd/Trips.mbox", "From a Tue Nov  3 10:00:05 2026\n");
        put(dir.path(), "Family.msf", "index");
        put(dir.path(), "one.EML", "Subject: x");
        assert_eq!(
            found(dir.path(), None),
            [
                ("Family".to_owned(), Kind::Mbox),
                ("Family/Trips".to_owned(), Kind::Mbox),
                ("Imported".to_owned(), Kind::Eml),
            ]
        );
        assert_eq!(found(&dir.path().join("one.EML"), None), [("Imported".to_owned(), Kind::Eml)]);
        assert_eq!(found(&dir.path().join("Family"), Some("X")), [("X".to_owned(), Kind::Mbox)]);
    }

    #[test]
    fn nothing_there_is_an_error_that_names_the_path() {
        let dir = tempfile::tempdir().unwrap();
        assert!(scan(dir.path(), None).unwrap_err().to_string().contains("no mail here"));
        let missing = dir.path().join("missing");
        assert!(scan(&missing, None).unwrap_err().to_string().contains("missing"));
    }
}
