//! Sources that fail at any call, that shrink, and that say what is not so.

use std::io::{self, ErrorKind};
use std::sync::atomic::{AtomicUsize, Ordering};

use npymap::{Error, NpyFile, ReadAt};

/// Fails at the call of that number, `size` among them.
#[derive(Debug)]
struct Failing<'a> {
    bytes: &'a [u8],
    left: AtomicUsize,
}

impl<'a> Failing<'a> {
    fn new(bytes: &'a [u8], calls: usize) -> Self {
        Self { bytes, left: calls.into() }
    }

    fn call(&self) -> io::Result<()> {
        let left = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        left.map(drop).map_err(|_| io::Error::new(ErrorKind::TimedOut, "the store does not answer"))
    }
}

impl ReadAt for Failing<'_> {
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        self.call()?;
        // In pieces, so that there are more calls.
        let len = buf.len().min(700);
        self.bytes.read_at(offset, &mut buf[..len])
    }

    fn size(&self) -> io::Result<u64> {
        self.call()?;
        self.bytes.size()
    }
}

fn testdata(name: &str) -> Vec<u8> {
    std::fs::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(name)).unwrap()
}

/// What `read` gives once no call fails, and how many calls it took.
fn calls<R>(bytes: &[u8], read: impl Fn(Failing<'_>) -> npymap::Result<R>) -> (R, usize) {
    for calls in 0.. {
        match read(Failing::new(bytes, calls)) {
            Ok(read) => return (read, calls),
            Err(Error::Io { error, .. }) => assert_eq!(error.kind(), ErrorKind::TimedOut, "call {calls}"),
            Err(error) => panic!("call {calls}: {error}"),
        }
    }
    unreachable!("no file takes so many calls")
}

#[test]
fn a_source_that_fails_at_any_call_is_an_error_of_the_system() {
    let bytes = testdata("iris.npy");
    let (elements, count) = calls(&bytes, |source| NpyFile::new(source)?.read_vec::<f64>());
    assert_eq!((elements.len(), elements[0]), (600, 5.1));
    // The size, the header, and the data in pieces.
    assert!(count > 8, "{count}");
    let (part, fewer) = calls(&bytes, |source| NpyFile::new(source)?.read_slice_vec::<f64>("-1, :2"));
    assert_eq!(part, [5.9, 3.0]);
    assert!(fewer < count);
}

#[cfg(feature = "npz")]
#[test]
fn an_archive_whose_source_fails_is_an_error_of_the_system() {
    let bytes = testdata("iris.npz");
    let (codes, count) =
        calls(&bytes, |source| npymap::NpzReader::new(source)?.load_vec::<u8>("species_code"));
    assert_eq!((codes.len(), codes[149]), (150, 2));
    assert!(count > 10, "{count}");
}

/// Says that it has more bytes, or has read more, than there are.
#[derive(Debug)]
struct Boaster<'a>(&'a [u8], usize);

impl ReadAt for Boaster<'_> {
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        Ok(self.0.read_at(offset, buf)? + self.1)
    }

    fn size(&self) -> io::Result<u64> {
        Ok(u64::MAX)
    }
}

#[test]
fn a_source_that_says_what_is_not_so_is_refused() {
    let bytes = testdata("iris.npy");
    let error = NpyFile::new(Boaster(&bytes, 5000)).unwrap_err().to_string();
    assert_eq!(error, "read_at says that it has read 7048 bytes, asked for 2048");
    // More bytes than there are, of which the data are a part.
    assert_eq!(NpyFile::new(Boaster(&bytes, 0)).unwrap().read_vec::<f64>().unwrap().len(), 600);
    let error = NpyFile::new(Boaster(&bytes[..1000], 0)).unwrap().read_vec::<f64>().unwrap_err();
    assert!(matches!(error, Error::Format { .. }), "{error}");
    #[cfg(feature = "npz")]
    {
        let bytes = testdata("iris.npz");
        assert!(npymap::NpzReader::new(Boaster(&bytes, 0)).is_err());
        assert!(npymap::NpzReader::new(Boaster(&bytes, 1 << 40)).is_err());
    }
}
