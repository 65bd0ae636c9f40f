//! Magic bytes, format versions, and headers that are too long for the first.

use npymap::{
    DType, Error, FormatProblem, Header, LimitProblem, Limits, NpyFile, NpyMap, NpyMapMut, NpyReader,
    NpzReader, RawOptions, Result, UnsupportedProblem,
};

use crate::arrays::{long_names_dtype, scalar};
use crate::common::temporary_file;
use crate::files::{archive, format_problem, npy, written};

const BAD_VERSIONS: [(u8, u8); 5] = [(1, 1), (0, 0), (0, 1), (2, 2), (255, 255)];

const MALFORMED_MAGIC: [(&[u8], &str); 7] = [
    (b"\x92NUMPY\x01\x00", r#"not an npy file: it starts with "\x92NUMPY", expected "\x93NUMPY""#),
    (b"\x00NUMPY\x01\x00", r#"not an npy file: it starts with "\x00NUMPY", expected "\x93NUMPY""#),
    (b"\x93numpy\x01\x00", r#"not an npy file: it starts with "\x93numpy", expected "\x93NUMPY""#),
    (b"\x93MATLB\x01\x00", r#"not an npy file: it starts with "\x93MATLB", expected "\x93NUMPY""#),
    (b"\x93NUMPY\x01", "header is truncated: it needs 10 bytes, found 7"),
    (b"\x93NUMPY", "header is truncated: it needs 10 bytes, found 6"),
    (b"", "not an npy file: it is empty"),
];

fn ones() -> Vec<u8> {
    1f64.to_le_bytes().repeat(500 * 1000)
}

// Version 1 cannot be asked for where it is too small: that version 2 is taken is what there is to check.
#[test]
fn test_version_2_0() {
    let header = Header::new(long_names_dtype(), [1000]);
    let bytes = npy(&header, &ones());
    let limits = Limits::default().header_chars(200_000);
    let mut stream = bytes.as_slice();
    let reader = NpyReader::new_with(&mut stream, &limits).unwrap();
    assert_eq!(reader.version(), (2, 0));
    assert_eq!(reader.header(), &header);
    // The data are aligned, and start behind the first line.
    let line = bytes.iter().position(|&byte| byte == b'\n').unwrap() + 1;
    assert!(line > 65_535);
    assert_eq!((line % 64, reader.data_offset()), (0, line as u64));
    assert!(stream == ones());
}

#[test]
fn test_version_2_0_memmap() {
    let header = Header::new(long_names_dtype(), [1000]);
    let limits = Limits::default().header_chars(200_000);
    let path = temporary_file();
    let map = unsafe { NpyMapMut::create(&path, &header).unwrap() };
    let data_offset = map.data_offset();
    map.close().unwrap();
    // No Rust type has these 500 fields, but their bytes are all floats.
    let mut map = unsafe { RawOptions::new::<u8>().offset(data_offset).map_mut(&path).unwrap() };
    map.as_mut_slice::<u8>().unwrap().copy_from_slice(&ones());
    map.close().unwrap();
    assert_eq!(NpyFile::open_with(&path, &limits).unwrap().version(), (2, 0));
    let map = unsafe { NpyMap::open_with(&path, &limits).unwrap() };
    assert_eq!(map.header(), &header);
    assert!(map.as_bytes() == ones());
    let map = unsafe { NpyMapMut::open_copy_with(&path, &limits).unwrap() };
    assert!(map.as_bytes() == ones());
}

/// One record of 10,001 fields, `np.array(1, dtype="i," * 10000 + "i")`, and its data.
fn huge_header() -> (Header, Vec<u8>) {
    let dtype: DType = scalar(&("<i4,".repeat(10_000) + "<i4"));
    (Header::new(dtype, []), 1i32.to_le_bytes().repeat(10_001))
}

#[track_caller]
fn assert_too_long<T>(result: Result<T>, limit: usize) {
    let Err(Error::Limit { problem, .. }) = result else { panic!("it is within the limit") };
    // As many as NumPy's header has.
    assert_eq!(*problem, LimitProblem::HeaderChars { found: 178_996, limit });
}

// NumPy's `allow_pickle=True`, which trusts any header, is a limit that is high enough.
#[test]
fn test_huge_header() {
    let (header, data) = huge_header();
    let path = written(&npy(&header, &data));
    let limits = |header_chars| Limits::default().header_chars(header_chars);
    assert_too_long(NpyFile::open(&path), 10_000);
    assert_too_long(NpyFile::open_with(&path, &limits(20_000)), 20_000);
    assert_too_long(unsafe { NpyMap::open(&path) }, 10_000);
    assert_too_long(unsafe { NpyMap::open_with(&path, &limits(20_000)) }, 20_000);
    for enough in [180_000, usize::MAX] {
        let file = NpyFile::open_with(&path, &limits(enough)).unwrap();
        assert_eq!((file.header(), file.data_offset()), (&header, 179_008));
        let map = unsafe { NpyMap::open_with(&path, &limits(enough)).unwrap() };
        assert_eq!(map.header(), &header);
        assert!(map.as_bytes() == data);
    }
}

#[test]
fn test_huge_header_npz() {
    let (header, data) = huge_header();
    let path = archive(&[("arr.npy", &npy(&header, &data))]);
    // Only the access reads the header.
    assert_too_long(NpzReader::open(&path).unwrap().header("arr"), 10_000);
    let limits = Limits::default().header_chars(20_000);
    assert_too_long(NpzReader::open_with(&path, &limits).unwrap().header("arr"), 20_000);
    let limits = Limits::default().header_chars(180_000);
    assert_eq!(NpzReader::open_with(&path, &limits).unwrap().header("arr").unwrap(), header);
}

// The version is no argument here: the writer takes the first that fits, and the reader refuses the bad ones.
#[test]
fn test_write_version() {
    for version in 1..=3 {
        let file = NpyFile::open(format!("testdata/numpy-2.4/version-{version}.npy")).unwrap();
        assert_eq!(file.version(), (version, 0));
        assert_eq!(file.header(), &Header::new(scalar("<i4"), [2, 3]));
        assert_eq!(file.header().encode()[6..8], [1, 0]);
    }
    let content = std::fs::read("testdata/numpy-2.4/version-1.npy").unwrap();
    for (major, minor) in BAD_VERSIONS {
        let mut content = content.clone();
        content[6..8].copy_from_slice(&[major, minor]);
        let path = written(&content);
        let expected = format!(
            "{}: npy format version {major}.{minor} is not known, expected 1.0, 2.0 or 3.0",
            path.as_ref().display()
        );
        assert_eq!(NpyFile::open(&path).unwrap_err().to_string(), expected);
    }
}

// Magic bytes alone are read by no call: the version tells that they were.
#[test]
fn test_read_magic() {
    for version in [1, 2] {
        let content = std::fs::read(format!("testdata/numpy-2.4/version-{version}.npy")).unwrap();
        let mut stream = content.as_slice();
        let mut reader = NpyReader::new(&mut stream).unwrap();
        assert_eq!(reader.version(), (version, 0));
        assert_eq!(reader.read_vec::<i32>().unwrap().len(), 6);
        assert_eq!(stream, b"");
    }
}

#[test]
fn test_read_magic_bad_magic() {
    for (magic, message) in MALFORMED_MAGIC {
        assert_eq!(Header::parse(magic).unwrap_err().to_string(), message);
        assert_eq!(NpyReader::new(magic).unwrap_err().to_string(), message);
        let path = written(magic);
        let message = format!("{}: {message}", path.as_ref().display());
        assert_eq!(NpyFile::open(&path).unwrap_err().to_string(), message);
    }
}

// With test_read_magic_bad_magic, which has the malformed ones.
#[test]
fn test_read_version_1_0_bad_magic() {
    for (major, minor) in BAD_VERSIONS {
        let magic = [b"\x93NUMPY".as_slice(), &[major, minor]].concat();
        let Err(Error::Unsupported { problem, .. }) = NpyReader::new(magic.as_slice()) else {
            panic!("version {major}.{minor} is read")
        };
        assert_eq!(*problem, UnsupportedProblem::Version { major, minor });
    }
    let nothing_behind = FormatProblem::HeaderTruncated { needed: 10, found: 8 };
    assert_eq!(format_problem(NpyReader::new(b"\x93NUMPY\x02\x00".as_slice())), nothing_behind);
}

// A version beyond 255 cannot be asked for: of all that a file can have, three are read.
#[test]
fn test_bad_magic_args() {
    let is_known = |&(major, minor): &(u8, u8)| {
        let bytes = [b"\x93NUMPY".as_slice(), &[major, minor], &[0; 8]].concat();
        // The text is empty, which is another matter.
        !matches!(Header::parse(&bytes), Err(Error::Unsupported { .. }))
    };
    let all = (0..=255).flat_map(|major| (0..=255).map(move |minor| (major, minor)));
    assert_eq!(all.filter(is_known).collect::<Vec<_>>(), [(1, 0), (2, 0), (3, 0)]);
}
