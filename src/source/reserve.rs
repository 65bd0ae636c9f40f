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
