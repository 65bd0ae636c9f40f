//! A new file of zeros, mapped and filled in place.
//!
//! In Python:
//! ```python
//! a = np.lib.format.open_memmap("field.npy", mode="w+", dtype="float32", shape=(3, 3))
//! a[:] = np.arange(9).reshape(3, 3)
//! a[0, :] = 5
//! a.flush()
//! ```
#![allow(unsafe_code, reason = "mapping is an unsafe call")]

use ndarray::{Array1, Ix2};
use npymap::{DType, Header, NpyMapMut};

fn main() -> npymap::Result<()> {
    let path = std::env::temp_dir().join(format!("npymap-create-{}.npy", std::process::id()));
    let header = Header::new(DType::of::<f32>(), [3, 3]);
    // SAFETY: the file is new and this program's own.
    let mut map = unsafe { NpyMapMut::create(&path, &header)? };
    let numbers = Array1::from_iter((0u8..9).map(f32::from));
    map.as_mut_slice::<f32>()?.copy_from_slice(numbers.as_slice().expect("a new array is contiguous"));
    map.view_mut::<f32, Ix2>()?.row_mut(0).fill(5.0);
    map.close()?;

    let array = npymap::load::<f32, Ix2>(&path)?;
    println!("{array}");
    assert_eq!(array[[1, 2]], 5.0);
    assert_eq!(array.row(0).sum(), 15.0);
    std::fs::remove_file(&path)?;
    Ok(())
}
