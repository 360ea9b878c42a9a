//! The sweep: files that nothing refers to go, and the oldest cached bodies beyond the cache's size.

use std::{collections::BTreeSet, path::PathBuf, time::Duration};

use crate::{
    BlobName, Result, Store,
    blobs::{blocking, present},
    changes::json,
};

/// A younger file may belong to a transaction that is about to commit.
const ORPHAN_AGE: Duration = Duration::from_secs(3600);
/// Names asked about by one statement.
const NAMES_AT_ONCE: usize = 1000;

pub(crate) const REFERRED: &str = "SELECT n.value FROM json_each($1) n
    WHERE EXISTS (SELECT 1 FROM email WHERE blob = n.value AND blob IS NOT NULL)
        OR EXISTS (SELECT 1 FROM upload WHERE blob = n.value)
        OR EXISTS (SELECT 1 FROM submission WHERE blob = n.value)";
const FORGET: &str =
    "UPDATE email SET blob = NULL WHERE blob IS NOT NULL AND blob IN (SELECT value FROM json_each($1))";

/// What a sweep did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Files that nothing refers to, removed.
    pub orphans: u64,
    /// Cached bodies evicted.
    pub evicted: u64,
}

struct File {
    path: PathBuf,
    name: Option<BlobName>,
    size: u64,
    old: bool,
}

fn files(folder: &std::path::Path) -> Result<Vec<File>> {
    let mut found = Vec::new();
    let Some(entries) = present(std::fs::read_dir(folder))? else { return Ok(found) };
    for entry in entries {
        let entry = entry?;
        let Some(meta) = present(entry.metadata())? else { continue };
        if meta.is_file() {
            let age = meta.modified().ok().and_then(|at| at.elapsed().ok());
            found.push(File {
                path: entry.path(),
                name: entry.file_name().to_str().and_then(BlobName::parse),
                size: meta.len(),
                old: age.is_some_and(|age| age > ORPHAN_AGE),
            });
        }
    }
    Ok(found)
}

/// Removes files that nothing refers to and are older than an hour, and evicts the oldest cached bodies beyond
/// `cache_max` octets. Empty folders go too.
pub async fn sweep(store: &Store, cache_max: u64) -> Result<Swept> {
    let root = store.blobs().root.clone();
    let folders = blocking(move || {
        let entries = std::fs::read_dir(&root)?;
        let mut folders: Vec<PathBuf> = entries.map(|e| e.map(|e| e.path())).collect::<Result<_, _>>()?;
        // Newest buckets first: what is beyond the cache's size is then the oldest.
        folders.sort_by(|a, b| b.as_os_str().len().cmp(&a.as_os_str().len()).then_with(|| b.cmp(a)));
        Ok(folders)
    })
    .await?;
    let (mut swept, mut cached) = (Swept::default(), 0_u64);
    for folder in folders {
        let here = folder.clone();
        let files = blocking(move || files(&here)).await?;
        let mut doomed = Vec::new();
        let mut evict = Vec::new();
        for chunk in files.chunks(NAMES_AT_ONCE) {
            let used = referred(store, chunk).await?;
            for file in chunk {
                let name = file.name.as_ref().filter(|n| used.contains(n.as_str()));
                match name {
                    None if file.old => doomed.push(file.path.clone()),
                    Some(name) if name.is_cached() => {
                        cached += file.size;
                        if cached > cache_max {
                            evict.push((name.clone(), file.path.clone()));
                        }
                    }
                    _ => {}
                }
            }
        }
        swept.orphans += doomed.len() as u64;
        swept.evicted += evict.len() as u64;
        forget(store, &evict).await?;
        doomed.extend(evict.into_iter().map(|(_, path)| path));
        blocking(move || {
            for path in doomed {
                present(std::fs::remove_file(path))?;
            }
            // A young folder may be about to get a file. Only an empty one can be removed; a full one stays.
            let age = std::fs::metadata(&folder).and_then(|m| m.modified()).ok().and_then(|at| at.elapsed().ok());
            if age.is_some_and(|age| age > ORPHAN_AGE) {
                let _ = std::fs::remove_dir(&folder);
            }
            Ok(())
        })
        .await?;
    }
    Ok(swept)
}

async fn referred(store: &Store, files: &[File]) -> Result<BTreeSet<String>> {
    let names: Vec<&str> = files.iter().filter_map(|f| f.name.as_ref()).map(BlobName::as_str).collect();
    let mut r = store.read().await?;
    let used: Vec<String> = sqlx::query_scalar(REFERRED).bind(json(&names)).fetch_all(r.db()).await?;
    Ok(used.into_iter().collect())
}

/// Rows forget a file before it goes, never after.
async fn forget(store: &Store, evict: &[(BlobName, PathBuf)]) -> Result<()> {
    if evict.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = evict.iter().map(|(name, _)| name.as_str()).collect();
    let mut tx = store.write().await?;
    sqlx::query(FORGET).bind(json(&names)).execute(tx.db()).await?;
    tx.commit().await
}
