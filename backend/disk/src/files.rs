//! Writing files so that they survive a power cut: write, fsync, rename, fsync the folder. A failed fsync is an error for
//! good: the kernel may have dropped the pages, so asking again would prove nothing.

use std::{
    fs::{self, File, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use crate::Error;

/// Makes a folder (and those above) and makes their entries durable.
pub fn make_dir(path: &Path) -> Result<(), Error> {
    if path.is_dir() {
        return Ok(());
    }
    if let Some(above) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
        make_dir(above)?;
    }
    match fs::create_dir(path) {
        Err(e) if e.kind() != std::io::ErrorKind::AlreadyExists => return Err(Error::file(path)(e)),
        _ => {}
    }
    path.parent().map_or(Ok(()), sync_dir)
}

/// Makes the entries of a folder (creations, renames, removals) durable.
pub fn sync_dir(path: &Path) -> Result<(), Error> {
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    File::open(path).and_then(|dir| dir.sync_all()).map_err(Error::file(path))
}

/// Writes a new file and fsyncs its content, not its folder. The name must not exist yet.
pub fn write_new(path: &Path, bytes: &[u8], mode: u32) -> Result<(), Error> {
    let write = || {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(Error::file(path))
}

/// Puts `bytes` at `path` whole or not at all, durable when it returns. The folder must exist.
pub fn replace(path: &Path, bytes: &[u8], mode: u32) -> Result<(), Error> {
    let mut tmp = path.as_os_str().to_owned();
    tmp.push(format!(".tmp{}", std::process::id()));
    let tmp = Path::new(&tmp);
    match fs::remove_file(tmp) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(Error::file(tmp)(e)),
        _ => {}
    }
    let written = write_new(tmp, bytes, mode).and_then(|()| fs::rename(tmp, path).map_err(Error::file(path)));
    if written.is_err() {
        // The half-written file is of no use; the error that matters is the first one.
        let _ = fs::remove_file(tmp);
    }
    written?;
    path.parent().map_or(Ok(()), sync_dir)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn temp() -> std::path::PathBuf {
        let path =
            std::env::temp_dir().join(format!("kinpost-disk-{}-{:?}", std::process::id(), std::thread::current().id()));
        let _ = fs::remove_dir_all(&path);
        make_dir(&path).unwrap();
        path
    }

    #[test]
    fn a_replaced_file_is_whole_and_private_and_leaves_nothing_behind() {
        let dir = temp();
        let path = dir.join("deep/er/secret");
        assert!(replace(&path, b"one", 0o600).is_err());
        make_dir(path.parent().unwrap()).unwrap();
        replace(&path, b"one", 0o600).unwrap();
        replace(&path, b"two", 0o600).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
        fs::remove_dir_all(dir).unwrap();
    }

    #[test]
    fn a_new_file_never_overwrites() {
        let dir = temp();
        write_new(&dir.join("a"), b"1", 0o600).unwrap();
        assert!(write_new(&dir.join("a"), b"2", 0o600).is_err());
        assert_eq!(fs::read(dir.join("a")).unwrap(), b"1");
        fs::remove_dir_all(dir).unwrap();
    }
}
