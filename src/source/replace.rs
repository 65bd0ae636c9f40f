//! Files that are replaced whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::{Result, UnsupportedProblem};

/// What is asked of a new file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Replacement {
    /// Whether an existing file is an error.
    pub(crate) new_file: bool,
    /// Whether the file and its name are on the disk before the call returns.
    pub(crate) sync: bool,
}

/// Writes a file beside `path` and gives it that name once it is whole; where anything fails, the old file
/// stays as it is and nothing new is left behind. The file stays open.
///
/// What is there and no regular file (a device, a pipe) is written to directly.
pub(crate) fn replace(
    path: &Path,
    how: Replacement,
    write: impl FnOnce(&mut File) -> Result<()>,
) -> Result<File> {
    let is_special = || fs::metadata(path).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir());
    if !how.new_file && is_special() {
        let mut file = OpenOptions::new().write(true).open(path)?;
        write(&mut file)?;
        return Ok(file);
    }
    let mut new = NewFile::begin(path, how)?;
    write(&mut new.file)?;
    new.finish()
}

/// A new file that takes the place of an old one when it is whole; dropped before, it leaves nothing behind.
///
/// A symbolic link stays one: the file that it names is replaced. The file's permissions are those that it
/// had, or those of a new file.
#[derive(Debug)]
pub(crate) struct NewFile {
    file: File,
    pending: PendingFile,
}

/// The name that a [`NewFile`] gets; dropped before, it takes the file with it.
#[derive(Debug)]
pub(crate) struct PendingFile {
    temporary: Temporary,
    /// Where the old one is.
    target: PathBuf,
    how: Replacement,
}

impl NewFile {
    /// Makes an empty file beside the one that `path` names, with its permissions.
    pub(crate) fn begin(path: &Path, how: Replacement) -> Result<Self> {
        if how.new_file && fs::symlink_metadata(path).is_ok() {
            // It is asked again when the file gets its name; this only saves the work.
            return Err(io::Error::from(io::ErrorKind::AlreadyExists).into());
        }
        let (target, permissions) = match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => {
                return Err(io::Error::from(io::ErrorKind::IsADirectory).into());
            }
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
        let (temporary, file) = Temporary::beside(&target)?;
        // Before anything is in it: what was private stays so meanwhile.
        if let Some(permissions) = permissions {
            file.set_permissions(permissions)?;
        }
        Ok(Self { file, pending: PendingFile { temporary, target, how } })
    }

    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    /// The file, and the name that it gets.
    #[cfg(feature = "npz")]
    pub(crate) fn into_parts(self) -> (File, PendingFile) {
        (self.file, self.pending)
    }

    /// Puts the file in its place.
    pub(crate) fn finish(self) -> Result<File> {
        let Self { file, pending } = self;
        pending.finish(&file)?;
        Ok(file)
    }
}

impl PendingFile {
    /// Whether [`PendingFile::finish`] waits until the file and its name are on the disk.
    #[cfg(feature = "npz")]
    pub(crate) fn set_sync(&mut self, sync: bool) {
        self.how.sync = sync;
    }

    /// Gives the file its name.
    pub(crate) fn finish(self, file: &File) -> Result<()> {
        let Self { temporary, target, how } = self;
        if how.sync {
            file.sync_all()?;
        }
        if how.new_file {
            temporary.link(&target)?;
        } else {
            temporary.rename(&target)?;
        }
        if how.sync {
            sync_folder(&target)?;
        }
        Ok(())
    }
}

/// Waits until the names in the folder of `path` are on the disk.
#[cfg(unix)]
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match File::open(folder)?.sync_all() {
        // Some file systems over a network have no such call for folders.
        Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => {
            Ok(())
        }
        result => result,
    }
}

/// As above: elsewhere folders cannot be opened, and names are written with the files.
#[cfg(not(unix))]
pub(crate) fn sync_folder(_path: &Path) -> io::Result<()> {
    Ok(())
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

/// A name of a file that is removed unless the file gets another.
#[derive(Debug)]
struct Temporary {
    path: PathBuf,
    renamed: bool,
}

impl Temporary {
    fn beside(target: &Path) -> Result<(Self, File)> {
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
                Ok(file) => return Ok((Self { path, renamed: false }, file)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                    let text = format!(
                        "no file can be made beside it, which would get its name when it is whole: {error}"
                    );
                    return Err(io::Error::new(error.kind(), text).into());
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn rename(mut self, target: &Path) -> io::Result<()> {
        fs::rename(&self.path, target)?;
        self.renamed = true;
        Ok(())
    }

    /// Gives the file the name `target`, unless there is anything of that name: between a look and a rename
    /// somebody else could have made it, so that the system must do both at once.
    fn link(self, target: &Path) -> io::Result<()> {
        match fs::hard_link(&self.path, target) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                // A file system without hard links: an empty file takes the name first.
                OpenOptions::new().write(true).create_new(true).open(target)?;
                self.rename(target).inspect_err(|_| {
                    let _ = fs::remove_file(target);
                })
            }
            result => result,
        }
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.renamed {
            // It is an error path, or the file has another name already; that the name stays is the lesser evil.
            let _ = fs::remove_file(&self.path);
        }
    }
}
