//! `manifest.txt`, whose columns testdata/README.md explains.

use std::path::{Path, PathBuf};

/// One array and what NumPy says of it.
pub struct Entry {
    pub path: PathBuf,
    /// Where the array starts in the file.
    pub start: usize,
    /// `C` or `F`.
    pub order: String,
    /// As Python shows a tuple.
    pub shape: String,
    /// Bytes from the start of the file.
    pub data_offset: usize,
    pub itemsize: usize,
    /// Whether `np.save` writes this very header.
    pub canonical: bool,
    /// `str(dtype)`
    pub dtype: String,
    /// `repr(dtype_to_descr(dtype))`
    pub descr: String,
    /// The elements in C order, numbers little-endian; `None` for pickled objects.
    pub data: Option<Vec<u8>>,
}

/// The folder of the test files.
pub fn testdata() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata")
}

/// Every array of a folder of the test files.
pub fn entries(folder: &str) -> Vec<Entry> {
    let folder = testdata().join(folder);
    let text = std::fs::read_to_string(folder.join("manifest.txt")).expect("the manifest can be read");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    // An array that memory cannot address where sizes have 32 bits.
    let lines = lines.filter(|line| usize::BITS >= 64 || !line.starts_with("shape-0x1234567890.npy"));
    // What is native was so to the machine that wrote the manifest.
    let is_native = |line: &str| {
        ["native-order.npy", "dtype-by-", "dtype-with-commas.npy"].iter().any(|name| line.starts_with(name))
    };
    let lines = lines.filter(|line| cfg!(target_endian = "little") || !is_native(line));
    lines
        .map(|line| entry(&folder, line).unwrap_or_else(|| panic!("the manifest has the line {line:?}")))
        .collect()
}

/// A shape as Python shows it.
pub fn tuple(shape: &[usize]) -> String {
    match shape {
        [one] => format!("({one},)"),
        _ => format!("({})", shape.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")),
    }
}

fn entry(folder: &Path, line: &str) -> Option<Entry> {
    let cells: Vec<&str> = line.split('\t').collect();
    let [file, start, _version, order, shape, data_offset, itemsize, canonical, dtype, descr, data] =
        cells.try_into().ok()?;
    Some(Entry {
        path: folder.join(file),
        start: start.parse().ok()?,
        order: order.to_string(),
        shape: shape.to_string(),
        data_offset: data_offset.parse().ok()?,
        itemsize: itemsize.parse().ok()?,
        canonical: canonical == "yes",
        dtype: dtype.to_string(),
        descr: descr.to_string(),
        data: match data {
            "objects" => None,
            "-" => Some(Vec::new()),
            hex => Some(from_hex(hex)?),
        },
    })
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let byte = |pair: &[u8; 2]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    if rest.is_empty() { pairs.iter().map(byte).collect() } else { None }
}
