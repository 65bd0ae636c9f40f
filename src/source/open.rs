//! Files to read at positions.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// The system's `O_NONBLOCK`, where its number is known.
#[cfg(unix)]
const NONBLOCK: i32 =
    if cfg!(any(target_vendor = "apple", target_os = "freebsd", target_os = "netbsd", target_os = "openbsd"))
    {
        0x4
    } else if cfg!(all(
        any(target_os = "linux", target_os = "android"),
        any(
            target_arch = "x86",
            target_arch = "x86_64",
            target_arch = "arm",
            target_arch = "aarch64",
            target_arch = "riscv64",
            target_arch = "powerpc64",
            target_arch = "s390x"
        )
    )) {
        0o4000
    } else {
        0
    };

/// Opens a file for reading, and waits for nobody: a pipe that nobody writes to is opened as well, so that it can be
/// refused. What is read of a file is the same.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, NONBLOCK);
    match options.open(path) {
        // A file that another system must give back first.
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => File::open(path),
        result => result,
    }
}
