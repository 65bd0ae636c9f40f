//! Machines that fail: streams that break off, disks that fill up, files that change under a reader.

use std::fs;
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use npymap::{DType, Error, Header, NpyFile, NpyReader, PrintOptions, Result, Save};

/// A stream that gives a few bytes at a time, is interrupted now and then, and fails where it is told to.
struct Faulty<'a> {
    bytes: &'a [u8],
    /// Bytes after which it fails.
    left: usize,
    kind: ErrorKind,
    calls: usize,
}

impl<'a> Faulty<'a> {
    fn new(bytes: &'a [u8], left: usize, kind: ErrorKind) -> Self {
        Self { bytes, left, kind, calls: 0 }
    }
}

impl Read for Faulty<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.calls += 1;
        if self.calls.is_multiple_of(3) {
            return Err(ErrorKind::Interrupted.into());
        }
        if self.left == 0 {
            return Err(io::Error::new(self.kind, "the stream broke off"));
        }
        let len = buffer.len().min(self.left).min(self.calls % 7 + 1);
        self.left -= len;
        self.bytes.read(&mut buffer[..len])
    }
}

fn testdata(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(name)).unwrap()
}

#[track_caller]
fn assert_broke_off<T>(result: Result<T>, kind: ErrorKind, at: usize) {
    match result {
        Err(Error::Io { error, .. }) => {
            assert_eq!(
                (error.kind(), error.to_string().as_str()),
                (kind, "the stream broke off"),
                "byte {at}"
            );
        }
        Err(error) => panic!("byte {at}: {error}"),
        Ok(_) => panic!("byte {at}: it was read"),
    }
}

#[test]
fn a_stream_that_fails_anywhere_says_what_the_system_said() {
    let file = testdata("iris.npy");
    for kind in [ErrorKind::ConnectionReset, ErrorKind::TimedOut, ErrorKind::Other, ErrorKind::WouldBlock] {
        for at in 0..file.len() {
            let stream = || Faulty::new(&file, at, kind);
            if at < 128 {
                assert_broke_off(Header::read_from(stream()), kind, at);
                assert_broke_off(NpyReader::new(stream()), kind, at);
            } else {
                assert_broke_off(NpyReader::new(stream()).unwrap().read_vec::<f64>(), kind, at);
                if at % 64 == 0 {
                    let options = PrintOptions::default().threshold(usize::MAX);
                    assert_broke_off(NpyReader::new(stream()).unwrap().preview(&options), kind, at);
                }
            }
        }
        // Not a byte is asked for behind the array.
        let whole = NpyReader::new(Faulty::new(&file, file.len(), kind)).unwrap().read_vec::<f64>();
        assert_eq!(whole.unwrap().len(), 600);
    }
}

#[test]
fn interrupted_reads_are_read_again() {
    let file = testdata("iris.npy");
    let read = NpyReader::new(Faulty::new(&file, usize::MAX, ErrorKind::Other)).unwrap().read_vec::<f64>();
    assert_eq!(read.unwrap(), NpyReader::new(file.as_slice()).unwrap().read_vec::<f64>().unwrap());
}

#[test]
fn a_file_that_shrinks_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shrinks.npy");
    let file = testdata("iris.npy");
    for len in [0, 1, 127, 128, 129, 2047, 2048, 2049, file.len() - 1] {
        fs::write(&path, &file).unwrap();
        let opened = NpyFile::open(&path).unwrap();
        fs::File::options().write(true).open(&path).unwrap().set_len(len as u64).unwrap();
        let expected = format!(
            "{}: data is truncated: shape (150, 4) of '<f8' needs 4800 bytes, found {}",
            path.display(),
            len.saturating_sub(128)
        );
        assert_eq!(opened.read_vec::<f64>().unwrap_err().to_string(), expected);
        let options = PrintOptions::default().threshold(usize::MAX);
        assert_eq!(opened.preview(&options).unwrap_err().to_string(), expected);
        #[cfg(feature = "ndarray")]
        assert_eq!(opened.read::<f64, ndarray::Ix2>().unwrap_err().to_string(), expected);
        // A file that is whole again is read again.
        fs::write(&path, &file).unwrap();
        assert_eq!(opened.read_vec::<f64>().unwrap().len(), 600);
    }
}

/// A sink with room for some bytes, that takes a few at a time and is interrupted now and then.
struct Full<'a> {
    sink: &'a mut dyn Write,
    room: usize,
    kind: ErrorKind,
    calls: usize,
}

impl Write for Full<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.calls += 1;
        if self.calls.is_multiple_of(3) {
            return Err(ErrorKind::Interrupted.into());
        }
        if self.room == 0 {
            return Err(io::Error::new(self.kind, "there is no room"));
        }
        let len = bytes.len().min(self.room).min(self.calls % 97 + 1);
        let written = self.sink.write(&bytes[..len])?;
        self.room -= written;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sink.flush()
    }
}

/// An array whose elements meet a full disk.
struct OnFullDisk {
    elements: Vec<u16>,
    room: usize,
    kind: ErrorKind,
}

impl Save for OnFullDisk {
    fn header(&self) -> Header {
        self.elements.header()
    }

    fn write_elements_as(&self, dtype: &DType, writer: &mut dyn Write) -> Result<()> {
        let mut full = Full { sink: writer, room: self.room, kind: self.kind, calls: 0 };
        self.elements.write_elements_as(dtype, &mut full)
    }
}

/// Names of what is in a folder.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_save_that_fails_anywhere_leaves_the_old_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.npy");
    npymap::save(&path, &[1.5f64, 2.5]).unwrap();
    let old = fs::read(&path).unwrap();
    let elements: Vec<u16> = (0..300).collect();
    for kind in [ErrorKind::StorageFull, ErrorKind::Other, ErrorKind::BrokenPipe] {
        for room in 0..2 * elements.len() {
            let array = OnFullDisk { elements: elements.clone(), room, kind };
            for target in [path.clone(), folder.path().join("new.npy")] {
                let Err(Error::Io { location, error }) = npymap::save(&target, &array) else {
                    panic!("{room} bytes are not all of them");
                };
                assert_eq!(location.path(), Some(target.as_path()));
                assert_eq!((error.kind(), error.to_string().as_str()), (kind, "there is no room"));
            }
            assert_eq!(names(folder.path()), ["old.npy"], "after {room} bytes");
        }
        assert_eq!(fs::read(&path).unwrap(), old);
    }
    // Short and interrupted writes are no failures.
    let array = OnFullDisk { elements: elements.clone(), room: usize::MAX, kind: ErrorKind::Other };
    npymap::save(&path, &array).unwrap();
    assert_eq!(NpyFile::open(&path).unwrap().read_vec::<u16>().unwrap(), elements);
}

/// The disk that is always full: what the system says, at the call and not later.
#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_an_error() {
    for len in [0usize, 1, 100_000] {
        let error = npymap::save("/dev/full", &vec![0u8; len]).unwrap_err();
        assert_eq!(error.to_string(), "/dev/full: No space left on device (os error 28)");
    }
}

/// Where the system itself cuts files off, after any number of blocks, each call of the system meets the limit: the
/// header's write, that of a piece, the last.
#[cfg(unix)]
#[test]
fn files_that_may_not_grow_leave_the_old_one() {
    const VARIABLE: &str = "NPYMAP_TEST_FOLDER";
    let elements = vec![7u64; 1000];
    if let Some(folder) = std::env::var_os(VARIABLE).map(PathBuf::from) {
        // The child, whose files may not grow.
        let error = npymap::save(folder.join("old.npy"), &elements).expect_err("it does not fit");
        assert!(
            matches!(&error, Error::Io { error, .. } if error.kind() == ErrorKind::FileTooLarge),
            "{error}"
        );
        npymap::save(folder.join("new.npy"), &elements).expect_err("it does not fit");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.npy");
    npymap::save(&path, &[1.5f64, 2.5]).unwrap();
    let old = fs::read(&path).unwrap();
    for blocks in [0, 1, 2, 7] {
        // A signal that nobody ignores would end the process before it could say anything.
        let script = format!(
            "trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" --exact machine::files_that_may_not_grow_leave_the_old_one >/dev/null 2>&1"
        );
        let status = std::process::Command::new("sh")
            .args(["-c", &script])
            .arg(std::env::current_exe().unwrap())
            .env(VARIABLE, folder.path())
            .status()
            .unwrap();
        assert!(status.success(), "{blocks} blocks");
        assert_eq!(names(folder.path()), ["old.npy"], "{blocks} blocks");
        assert_eq!(fs::read(&path).unwrap(), old);
    }
}
