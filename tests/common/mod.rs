//! What several test programs share.
#![allow(dead_code, reason = "not every program needs all of it")]

pub mod entry_points;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use npymap::{DType, NpyFile};

/// A file name in a folder of the build that no other test uses.
pub fn temporary_file() -> TemporaryFile {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let number = COUNTER.fetch_add(1, Ordering::Relaxed);
    let name = format!("npymap-test-{}-{number}.npy", std::process::id());
    TemporaryFile(PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name))
}

/// A file that is removed with the value.
#[derive(Debug)]
pub struct TemporaryFile(PathBuf);

impl AsRef<std::path::Path> for TemporaryFile {
    fn as_ref(&self) -> &std::path::Path {
        &self.0
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// What this machine says where a little-endian one says `text`: in native dtypes `<` and `>` have changed places.
pub fn native(text: &str) -> String {
    let turned = |c| match c {
        '<' => '>',
        '>' => '<',
        _ => c,
    };
    text.chars().map(|c| if cfg!(target_endian = "little") { c } else { turned(c) }).collect()
}

/// A copy of a little-endian file in the byte order of this machine.
pub fn native_copy(path: impl AsRef<Path>) -> TemporaryFile {
    let copy = temporary_file();
    let mut bytes = std::fs::read(&path).unwrap();
    if cfg!(target_endian = "big") {
        let file = NpyFile::open(&path).unwrap();
        let mut data = bytes.split_off(file.data_offset() as usize);
        bytes.iter_mut().filter(|byte| **byte == b'<').for_each(|byte| *byte = b'>');
        let dtype = &file.header().dtype;
        data.chunks_exact_mut(dtype.itemsize().max(1)).for_each(|element| turn(dtype, element));
        bytes.extend(data);
    }
    std::fs::write(&copy, bytes).unwrap();
    copy
}

/// Turns each number of an element over.
fn turn(dtype: &DType, element: &mut [u8]) {
    match dtype {
        DType::Scalar(scalar) => {
            element.chunks_exact_mut(scalar.swap_width().max(1)).for_each(<[u8]>::reverse);
        }
        DType::Structured(structured) => structured.fields().iter().for_each(|field| {
            turn(field.dtype(), &mut element[field.offset()..][..field.dtype().itemsize()]);
        }),
        DType::Subarray(subarray) => {
            let items = element.chunks_exact_mut(subarray.base().itemsize().max(1));
            items.for_each(|item| turn(subarray.base(), item));
        }
        _ => unreachable!("{dtype} is of another kind"),
    }
}
