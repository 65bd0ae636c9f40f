//! Files that appear whole or not at all, and leave nothing behind on Ctrl-C.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, Once, PoisonError};

use tempfile::{NamedTempFile, TempDir};

use crate::failure::Failure;

/// Files that are not whole yet, and folders of such.
static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// A new file beside its target, which it replaces at the end.
pub(crate) struct Output {
    name: String,
    sink: Sink,
}

enum Sink {
    /// Written beside the target, whose permissions it gets.
    Beside { temporary: NamedTempFile, target: PathBuf },
    /// A device or pipe is written to at the end, in one go.
    Through { whole: File, target: File },
}

impl Output {
    /// Starts a file that is to be at `path`.
    pub(crate) fn create(path: &Path) -> Result<Self, Failure> {
        let name = path.display().to_string();
        match Self::sink(path) {
            Ok(sink) => Ok(Self { name, sink }),
            Err(error) => Err(Failure::File(name, error)),
        }
    }

    fn sink(path: &Path) -> io::Result<Sink> {
        let (target, permissions) = match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            Ok(metadata) if !metadata.is_file() => {
                let target = OpenOptions::new().write(true).open(path)?;
                return Ok(Sink::Through { whole: tempfile::tempfile()?, target });
            }
            Ok(metadata) => (fs::canonicalize(path)?, Some(metadata.permissions())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => (path.to_path_buf(), None),
            Err(error) => return Err(error),
        };
        if permissions.as_ref().is_some_and(fs::Permissions::readonly) {
            // A rename would go round the protection that a plain write meets.
            OpenOptions::new().write(true).open(&target)?;
        }
        let (folder, prefix) = beside(&target)?;
        let temporary = tempfile::Builder::new().prefix(&prefix).suffix(".tmp").make_in(&folder, |path| {
            // Before it exists, so that there is no moment in which a signal would miss it.
            unfinished().push(path.to_path_buf());
            OpenOptions::new().read(true).write(true).create_new(true).open(path)
        })?;
        if let Some(permissions) = permissions {
            temporary.as_file().set_permissions(permissions)?;
        }
        Ok(Sink::Beside { temporary, target })
    }

    /// What to call it in messages.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The file so far, readable and writable everywhere.
    pub(crate) fn file(&mut self) -> &mut File {
        match &mut self.sink {
            Sink::Beside { temporary, .. } => temporary.as_file_mut(),
            Sink::Through { whole, .. } => whole,
        }
    }

    /// Adds bytes at the end of what was written last.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.file().write_all(bytes).map_err(|error| self.failed(error))
    }

    /// Writes bytes from a position on, from the start of the file.
    pub(crate) fn write_at(&mut self, position: u64, bytes: &[u8]) -> Result<(), Failure> {
        let file = self.file();
        file.seek(SeekFrom::Start(position))
            .and_then(|_| file.write_all(bytes))
            .map_err(|error| self.failed(error))
    }

    /// What a failed write says.
    pub(crate) fn failed(&self, error: io::Error) -> Failure {
        Failure::File(self.name.clone(), error)
    }

    /// Gives the file its name.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        let Self { name, sink } = self;
        let done = match sink {
            Sink::Beside { temporary, target } => {
                temporary.persist(&target).map(drop).map_err(|error| error.error)
            }
            Sink::Through { mut whole, mut target } => whole
                .seek(SeekFrom::Start(0))
                .and_then(|_| io::copy(&mut whole, &mut target))
                .and_then(|_| target.flush()),
        };
        done.map_err(|error| Failure::File(name, error))
    }
}

/// An archive in the making. The library writes it beside its name and gives it that name; both happen in a folder that
/// goes with everything in it where the work is not finished.
pub(crate) struct Archive {
    name: String,
    folder: TempDir,
    target: PathBuf,
    permissions: Option<fs::Permissions>,
}

impl Archive {
    /// Starts an archive that is to be at `path`, and tells where it is written.
    pub(crate) fn create(path: &Path) -> Result<Self, Failure> {
        let name = path.display().to_string();
        let create = || {
            let (target, permissions) = match fs::metadata(path) {
                Ok(metadata) if metadata.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
                Ok(metadata) if !metadata.is_file() => {
                    return Err(io::Error::other("an archive cannot be written to a pipe or device"));
                }
                Ok(metadata) => (fs::canonicalize(path)?, Some(metadata.permissions())),
                Err(error) if error.kind() == io::ErrorKind::NotFound => (path.to_path_buf(), None),
                Err(error) => return Err(error),
            };
            if permissions.as_ref().is_some_and(fs::Permissions::readonly) {
                OpenOptions::new().write(true).open(&target)?;
            }
            let (beside, prefix) = beside(&target)?;
            // A signal waits for the lock, and finds the folder then.
            let mut files = unfinished();
            let folder = tempfile::Builder::new().prefix(&prefix).suffix(".tmp").tempdir_in(beside)?;
            files.push(folder.path().to_path_buf());
            Ok((folder, target, permissions))
        };
        match create() {
            Ok((folder, target, permissions)) => Ok(Self { name, folder, target, permissions }),
            Err(error) => Err(Failure::File(name, error)),
        }
    }

    /// Where to write it.
    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("archive.npz")
    }

    /// What a failed write says: the name that was asked for, and not the one that it has meanwhile.
    pub(crate) fn failed(&self, error: npymap::Error) -> Failure {
        Failure::Library(error.at_path(&self.name))
    }

    /// What a failed write of bytes says.
    pub(crate) fn failed_io(&self, error: io::Error) -> Failure {
        Failure::File(self.name.clone(), error)
    }

    /// Gives the archive its name.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        let path = self.path();
        let done = match self.permissions.clone() {
            Some(permissions) => fs::set_permissions(&path, permissions),
            None => Ok(()),
        };
        done.and_then(|()| fs::rename(&path, &self.target)).map_err(|error| self.failed_io(error))
    }
}

/// The folder of a file, and how names of what becomes that file begin.
fn beside(target: &Path) -> io::Result<(PathBuf, std::ffi::OsString)> {
    let Some(file_name) = target.file_name() else { return Err(io::ErrorKind::InvalidInput.into()) };
    let folder = match target.parent() {
        Some(folder) if folder.as_os_str().is_empty() => Path::new("."),
        Some(folder) => folder,
        None => return Err(io::ErrorKind::InvalidInput.into()),
    };
    // Its error is plainer than that of a name that nobody gave.
    fs::metadata(folder)?;
    clean_up_on_signals();
    let mut prefix = std::ffi::OsString::from(".");
    // Names have a limit of 255 bytes in most file systems.
    if file_name.len() <= 200 {
        prefix.push(file_name);
    }
    prefix.push(".");
    Ok((folder.to_path_buf(), prefix))
}

/// Does what no signal shall end in the middle: it ends the process afterwards.
pub(crate) fn uninterrupted<R>(work: impl FnOnce() -> R) -> R {
    clean_up_on_signals();
    let _files = unfinished();
    work()
}

fn unfinished() -> std::sync::MutexGuard<'static, Vec<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes what is not whole where the process is asked to end.
fn clean_up_on_signals() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // Without the handler the file stays behind: no reason not to write it.
        let _ = ctrlc::set_handler(|| {
            // It is held to the end, so that no file is begun meanwhile.
            let files = unfinished();
            for path in &*files {
                let _ = fs::remove_file(path).or_else(|_| fs::remove_dir_all(path));
            }
            let _ = writeln!(io::stderr(), "npymap: interrupted");
            // What a shell gives a command that Ctrl-C ended.
            std::process::exit(130);
        });
    });
}
