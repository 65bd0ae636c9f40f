//! A file without a header: a preamble of 16 bytes, then numbers.
//!
//! In Python:
//! ```python
//! a = np.memmap("sensor.bin", dtype=">i2", mode="r", offset=16, shape=(2, 3))
//! b = np.memmap("sensor.bin", dtype="uint8", mode="r")
//! ```
#![allow(unsafe_code, clippy::undocumented_unsafe_blocks, reason = "mapping is an unsafe call")]

use ndarray::{Ix1, Ix2, array};
use npymap::{DType, RawOptions};

fn main() -> npymap::Result<()> {
    let path = std::env::temp_dir().join(format!("npymap-raw-{}.bin", std::process::id()));
    let mut bytes = b"SENSOR v1\0\0\0\0\0\0\0".to_vec();
    bytes.extend([1i16, -2, 3, -4, 5, -6].iter().flat_map(|number| number.to_be_bytes()));
    std::fs::write(&path, bytes)?;

    // SAFETY: the file is this program's own.
    let big_endian: DType = ">i2".parse()?;
    let map = unsafe { RawOptions::with_dtype(big_endian).offset(16).shape([2, 3]).map(&path)? };
    // The bytes are in the other order, so that this is a converted copy; `view` would be an error that says so.
    let numbers = map.to_array::<i16, Ix2>()?;
    println!("{numbers}");
    assert_eq!(numbers, array![[1, -2, 3], [-4, 5, -6]]);

    // Without a shape, it is as many elements as the file has.
    let map = unsafe { RawOptions::new::<u8>().map(&path)? };
    assert_eq!(map.view::<u8, Ix1>()?.len(), 28);
    drop(map);
    std::fs::remove_file(&path)?;
    Ok(())
}
