//! Room on the disk.
#![cfg_attr(target_os = "linux", allow(unsafe_code, reason = "a call of the system that std does not offer"))]

use std::fs::File;
use std::io;

/// Reserves room on the disk for the first `len` bytes of a file that is as long already, so that writing them
/// through a map cannot find the disk full. What is in them stays.
///
/// # Errors
/// `StorageFull` where there is no such room.
#[cfg(target_os = "linux")]
pub(crate) fn reserve(file: &File, len: u64) -> io::Result<()> {
    use std::ffi::c_int;
    use std::os::fd::AsRawFd;

    // The system's C library, which std is linked with; the 64 is in the name where file offsets have 32 bits
    // otherwise.
    unsafe extern "C" {
        #[cfg_attr(target_env = "gnu", link_name = "posix_fallocate64")]
        fn posix_fallocate(fd: c_int, offset: i64, len: i64) -> c_int;
    }

    let len = i64::try_from(len).map_err(|_| io::Error::from(io::ErrorKind::FileTooLarge))?;
    loop {
        // SAFETY: the descriptor is open as long as `file` is borrowed; the call takes no pointers.
        match unsafe { posix_fallocate(file.as_raw_fd(), 0, len) } {
            0 => return Ok(()),
            code => {
                let error = io::Error::from_raw_os_error(code);
                if error.kind() != io::ErrorKind::Interrupted {
                    return Err(error);
                }
            }
        }
    }
}

/// As above: zeros are written where the file is still without blocks, because there is no call that does.
///
/// # Errors
/// `StorageFull` where there is no such room.
#[cfg(not(target_os = "linux"))]
pub(crate) fn reserve(mut file: &File, len: u64) -> io::Result<()> {
    use std::io::{Read, Seek, SeekFrom, Write};

    let mut piece = vec![0; 1024 * 1024];
    let mut position = 0;
    while position < len {
        let count = usize::try_from(len - position).map_or(piece.len(), |left| left.min(piece.len()));
        let Some(piece) = piece.get_mut(..count) else { break };
        // What is in the file stays: it is read and written again.
        file.seek(SeekFrom::Start(position))?;
        file.read_exact(piece)?;
        file.seek(SeekFrom::Start(position))?;
        file.write_all(piece)?;
        position += count as u64;
    }
    file.sync_data()
}

/// Bytes of the least file that is worth it. NumPy's figure too.
const WORTH_RESERVING: u64 = 16 * 1024 * 1024;

/// Tells the file system how much will be written to a new file, so that a disk gives it room in one go: half as fast
/// again. Its length stays. Where the system has no such call, or its files lie in memory and gain nothing by it,
/// nothing happens.
///
/// # Errors
/// `StorageFull` where there is no such room.
#[cfg(target_os = "linux")]
pub(crate) fn announce(file: &File, len: u64) -> io::Result<()> {
    use std::ffi::c_int;
    use std::os::fd::AsRawFd;

    // A word, everywhere but there.
    #[cfg(target_arch = "s390x")]
    type Kind = c_int;
    #[cfg(not(target_arch = "s390x"))]
    type Kind = std::ffi::c_long;

    const FALLOC_FL_KEEP_SIZE: c_int = 1;
    const TMPFS_MAGIC: Kind = 0x0102_1994;

    // The call of the system itself: `posix_fallocate` writes zeros where a file system has none. The 64 is as above.
    unsafe extern "C" {
        #[cfg_attr(target_env = "gnu", link_name = "fallocate64")]
        fn fallocate(fd: c_int, mode: c_int, offset: i64, len: i64) -> c_int;
        fn fstatfs(fd: c_int, buffer: *mut FileSystem) -> c_int;
    }

    /// The system's `struct statfs`, the first member of which tells the kind; it has 120 bytes at most.
    #[repr(C, align(16))]
    struct FileSystem {
        kind: Kind,
        rest: [u8; 248],
    }

    let Ok(signed) = i64::try_from(len) else { return Ok(()) };
    if len < WORTH_RESERVING {
        return Ok(());
    }
    let mut system = FileSystem { kind: 0, rest: [0; 248] };
    // SAFETY: the descriptor is open as long as `file` is borrowed; the buffer is larger than what is written to it.
    if unsafe { fstatfs(file.as_raw_fd(), &raw mut system) } != 0 || system.kind == TMPFS_MAGIC {
        return Ok(());
    }
    loop {
        // SAFETY: as above; the call takes no pointers.
        if unsafe { fallocate(file.as_raw_fd(), FALLOC_FL_KEEP_SIZE, 0, signed) } == 0 {
            return Ok(());
        }
        let error = io::Error::last_os_error();
        match error.kind() {
            io::ErrorKind::Interrupted => {}
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => return Err(error),
            // A pipe, or a file system without the call; the writes tell whether there is room.
            _ => return Ok(()),
        }
    }
}

/// As above.
///
/// # Errors
/// None.
#[cfg(not(target_os = "linux"))]
pub(crate) fn announce(_file: &File, _len: u64) -> io::Result<()> {
    Ok(())
}
