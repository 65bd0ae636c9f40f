//! Files that are replaced whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::{Result, UnsupportedProblem};

/// Writes a file beside `path` and gives it that name once it is whole; where anything fails, the old file
/// stays as it is and nothing new is left behind.
///
/// A symbolic link stays one: the file that it names is replaced. The file's permissions are those that it
/// had, or those of a new file. What is there and no regular file (a device, a pipe) is written to directly.
pub(crate) fn replace(path: &Path, write: impl FnOnce(&mut File) -> Result<()>) -> Result<()> {
    if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir()) {
        return write(&mut OpenOptions::new().write(true).open(path)?);
    }
    let (mut temporary, target) = prepare(path)?;
    write(&mut temporary.file)?;
    temporary.rename(&target)
}

/// A file beside the one that `path` names, with its permissions, and where that one is.
pub(super) fn prepare(path: &Path) -> Result<(Temporary, PathBuf)> {
    let (target, permissions) = match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => return Err(io::Error::from(io::ErrorKind::IsADirectory).into()),
        Ok(metadata) if !metadata.is_file() => {
            let problem = "it is not a regular file: it cannot be replaced".to_string();
            return Err(UnsupportedProblem::System(problem).into());
        }
        Ok(metadata) => (fs::canonicalize(path)?, Some(metadata.permissions())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => (target_of_link(path), None),
        Err(error) => return Err(error.into()),
    };
    if permissions.as_ref().is_some_and(fs::Permissions::readonly) {
        // A rename would go round the protection that a plain write meets.
        OpenOptions::new().write(true).open(&target)?;
    }
    let temporary = Temporary::beside(&target)?;
    // Before anything is in it: what was private stays so meanwhile.
    if let Some(permissions) = permissions {
        temporary.file.set_permissions(permissions)?;
    }
    Ok((temporary, target))
}

/// Where links that name no file yet lead, or `path` itself.
fn target_of_link(path: &Path) -> PathBuf {
    /// Links that Linux follows.
    const LINKS_MOST: usize = 40;
    let mut target = path.to_path_buf();
    for _ in 0..LINKS_MOST {
        match fs::read_link(&target) {
            Ok(link) => target = target.parent().unwrap_or(Path::new("")).join(link),
            Err(_) => break,
        }
    }
    target
}

/// A file that is removed unless it is renamed.
#[derive(Debug)]
pub(super) struct Temporary {
    path: PathBuf,
    pub(super) file: File,
    renamed: bool,
}

impl Temporary {
    fn beside(target: &Path) -> Result<Self> {
        static COUNTER: AtomicU64 = AtomicU64::new(0);
        let Some(name) = target.file_name() else {
            let problem = format!("path {} does not name a file", target.display());
            return Err(UnsupportedProblem::System(problem).into());
        };
        loop {
            let number = COUNTER.fetch_add(1, Ordering::Relaxed);
            let mut temporary = std::ffi::OsString::from(".");
            // Names have a limit of 255 bytes in most file systems; the number makes this one unique.
            if name.len() <= 200 {
                temporary.push(name);
            }
            temporary.push(format!(".{}-{number}.tmp", std::process::id()));
            let path = target.with_file_name(temporary);
            match OpenOptions::new().read(true).write(true).create_new(true).open(&path) {
                Ok(file) => return Ok(Self { path, file, renamed: false }),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                    let text = format!("no file can be made beside it, as a save does first: {error}");
                    return Err(io::Error::new(error.kind(), text).into());
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    pub(super) fn rename(mut self, target: &Path) -> Result<()> {
        fs::rename(&self.path, target)?;
        self.renamed = true;
        Ok(())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.renamed {
            // It is an error path already; a file that cannot be removed is the lesser evil.
            let _ = fs::remove_file(&self.path);
        }
    }
}
