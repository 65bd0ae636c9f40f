//! One writer at a time.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// Opens a file for reading and writing that nobody else has opened by this call, here or in another process.
///
/// The lock is advisory: it holds off others that ask for it. Where the file system has no locks, the file is opened
/// without.
///
/// # Errors
/// `ResourceBusy` where somebody else has it.
pub(crate) fn open_alone(path: &Path) -> io::Result<File> {
    loop {
        let mut options = OpenOptions::new();
        options.read(true).write(true);
        // Its locks keep readers out too; what a file is shared for does not: reading and renaming, not writing.
        #[cfg(windows)]
        std::os::windows::fs::OpenOptionsExt::share_mode(&mut options, 0x1 | 0x4);
        let file = options.open(path)?;
        lock(&file)?;
        // Whoever had the lock may have put another file in its place since.
        if is_at(&file, path)? {
            return Ok(file);
        }
    }
}

/// Takes the lock of [`open_alone`].
///
/// # Errors
/// `ResourceBusy` where somebody else has it.
#[cfg(not(windows))]
pub(crate) fn lock(file: &File) -> io::Result<()> {
    match file.try_lock() {
        Err(std::fs::TryLockError::WouldBlock) => {
            Err(io::Error::new(io::ErrorKind::ResourceBusy, "another appender or writer has it open"))
        }
        // Not every file system has locks.
        _ => Ok(()),
    }
}

#[cfg(windows)]
pub(crate) fn lock(_file: &File) -> io::Result<()> {
    Ok(())
}

/// Whether `path` still names this file.
#[cfg(unix)]
pub(crate) fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let (ours, there) = (file.metadata()?, std::fs::metadata(path)?);
    Ok((ours.dev(), ours.ino()) == (there.dev(), there.ino()))
}

#[cfg(not(unix))]
pub(crate) fn is_at(_file: &File, _path: &Path) -> io::Result<bool> {
    Ok(true)
}
