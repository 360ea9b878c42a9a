//! A provider's folders as they lie on its disk, read and changed behind every client's back.

use std::{collections::BTreeMap, fs, path::PathBuf};

use anyhow::{Context, Result};

use crate::dovecot::Dovecot;

/// Message-ID → how often it lies there, and its flag letters (`F` flagged, `R` answered, `S` seen), sorted.
pub type Folder = BTreeMap<String, (usize, String)>;

/// A file of a Maildir.
struct Entry {
    path: PathBuf,
    id: String,
    flags: String,
}

/// One person's Maildir at the provider.
pub struct Maildir<'a> {
    server: &'a Dovecot,
    address: String,
}

impl<'a> Maildir<'a> {
    /// Of a person of this server.
    pub fn of(server: &'a Dovecot, address: &str) -> Self {
        Self { server, address: address.to_owned() }
    }

    fn path(&self, folder: &str) -> PathBuf {
        let top = self.server.maildir(&self.address);
        if folder == "INBOX" { top } else { top.join(format!(".{folder}")) }
    }

    fn entries(&self, folder: &str) -> Result<Vec<Entry>> {
        let mut found = Vec::new();
        for sub in ["new", "cur"] {
            let Ok(list) = fs::read_dir(self.path(folder).join(sub)) else { continue };
            for file in list.flatten() {
                let name = file.file_name().to_string_lossy().into_owned();
                let flags = name.split_once(":2,").map(|(_, flags)| flags.to_owned()).unwrap_or_default();
                // The server may rename it between the listing and the reading.
                let Ok(text) = fs::read(file.path()) else { continue };
                let text = String::from_utf8_lossy(&text).into_owned();
                let id =
                    text.lines().find_map(|line| line.strip_prefix("Message-ID: ")).context("a letter without id")?;
                found.push(Entry { path: file.path(), id: id.trim().to_owned(), flags });
            }
        }
        Ok(found)
    }

    /// What lies in a folder.
    pub fn read(&self, folder: &str) -> Result<Folder> {
        let mut out = Folder::new();
        for entry in self.entries(folder)? {
            let flags: String = entry.flags.chars().filter(|c| "FRS".contains(*c)).collect();
            let slot = out.entry(entry.id).or_insert((0, flags));
            slot.0 += 1;
        }
        Ok(out)
    }

    /// Sets the flag letters of a message; false where it is not there (any more).
    pub fn set_flags(&self, folder: &str, id: &str, flags: &str) -> Result<bool> {
        self.with(folder, id, |entry| {
            let name = entry.path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            let base = name.split(":2,").next().unwrap_or_default().to_owned();
            fs::rename(&entry.path, self.path(folder).join("cur").join(format!("{base}:2,{flags}"))).is_ok()
        })
    }

    /// Deletes a message; false where it is not there.
    pub fn delete(&self, folder: &str, id: &str) -> Result<bool> {
        self.with(folder, id, |entry| fs::remove_file(&entry.path).is_ok())
    }

    fn with(&self, folder: &str, id: &str, act: impl FnOnce(&Entry) -> bool) -> Result<bool> {
        let entries = self.entries(folder)?;
        Ok(entries.iter().find(|entry| entry.id == id).is_some_and(act))
    }
}
