//! The four modes of `np.memmap`, on the same file.
//!
//! In Python:
//! ```python
//! a = np.lib.format.open_memmap(path, mode="w+", dtype="int64", shape=(4,))
//! a = np.load(path, mmap_mode="r")
//! a = np.load(path, mmap_mode="r+")
//! a = np.load(path, mmap_mode="c")
//! ```
#![allow(
    unsafe_code,
    clippy::undocumented_unsafe_blocks,
    reason = "mapping is an unsafe call; the file is this program's own"
)]

use ndarray::{Ix1, array};
use npymap::{DType, Header, NpyMap, NpyMapMut};

fn main() -> npymap::Result<()> {
    let path = std::env::temp_dir().join(format!("npymap-modes-{}.npy", std::process::id()));

    // w+: a new file of zeros.
    // SAFETY: nobody else changes the file, here and below.
    let mut created = unsafe { NpyMapMut::create(&path, &Header::new(DType::of::<i64>(), [4]))? };
    created.view_mut::<i64, Ix1>()?.assign(&array![1, 2, 3, 4]);
    created.close()?;

    // r: read-only; `map.view_mut()` does not compile.
    let map = unsafe { NpyMap::open(&path)? };
    println!("r:  {}", map.view::<i64, Ix1>()?);
    map.close()?;

    // r+: changes reach the file.
    let mut map = unsafe { NpyMapMut::open(&path)? };
    map.view_mut::<i64, Ix1>()?[0] = 10;
    map.close()?;
    println!("r+: {}", npymap::load::<i64, Ix1>(&path)?);

    // c: changes stay in memory.
    let mut map = unsafe { NpyMapMut::open_copy(&path)? };
    map.view_mut::<i64, Ix1>()?.fill(0);
    println!("c:  {} in memory, {} in the file", map.view::<i64, Ix1>()?, npymap::load::<i64, Ix1>(&path)?);

    assert_eq!(npymap::load::<i64, Ix1>(&path)?, array![10, 2, 3, 4]);
    std::fs::remove_file(&path)?;
    Ok(())
}
