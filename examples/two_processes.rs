//! Two processes that share one array: the parent writes, the child reads and writes back.
//!
//! In Python:
//! ```python
//! a = np.lib.format.open_memmap(path, mode="w+", dtype="int64", shape=(4,))
//! a[:] = [1, 2, 3, 4]
//! multiprocessing.Process(target=child, args=(path,)).start()   # a = np.load(path, mmap_mode="r+"); a *= 10
//! ```
#![allow(unsafe_code, reason = "mapping is an unsafe call")]

use ndarray::{Ix1, array};
use npymap::{DType, Header, NpyMapMut};

fn main() -> npymap::Result<()> {
    match std::env::args_os().nth(1) {
        Some(path) => child(path.as_ref()),
        None => parent(),
    }
}

fn parent() -> npymap::Result<()> {
    let path = std::env::temp_dir().join(format!("npymap-two-processes-{}.npy", std::process::id()));
    // SAFETY: the child changes the file only while the parent waits and holds no view of it.
    let mut map = unsafe { NpyMapMut::create(&path, &Header::new(DType::of::<i64>(), [4]))? };
    map.view_mut::<i64, Ix1>()?.assign(&array![1, 2, 3, 4]);

    let status = std::process::Command::new(std::env::current_exe()?).arg(&path).status()?;
    assert!(status.success());
    println!("parent sees {}", map.view::<i64, Ix1>()?);
    assert_eq!(map.view::<i64, Ix1>()?, array![10, 20, 30, 40]);
    map.close()?;
    std::fs::remove_file(&path)?;
    Ok(())
}

fn child(path: &std::path::Path) -> npymap::Result<()> {
    // SAFETY: the parent waits for this process and changes nothing meanwhile.
    let mut map = unsafe { NpyMapMut::open(path)? };
    println!("child sees  {}", map.view::<i64, Ix1>()?);
    let mut view = map.view_mut::<i64, Ix1>()?;
    view *= 10;
    // Both have the same pages, so that no flush is needed for the parent to see it.
    Ok(())
}
