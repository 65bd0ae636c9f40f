//! All cores on one mapped file: each sums rows of its own, and the file is read once.
//!
//! In Python, where each process maps the file for itself:
//! ```python
//! def part(bounds):
//!     return np.load(path, mmap_mode="r")[slice(*bounds)].sum()
//! with multiprocessing.Pool() as pool:
//!     total = sum(pool.map(part, parts))
//! ```
#![allow(unsafe_code, reason = "mapping is an unsafe call")]

use std::thread;

use ndarray::{Array2, ArrayView2, Axis};
use npymap::NpyMap;

fn main() -> npymap::Result<()> {
    let path = std::env::temp_dir().join(format!("npymap-parallel-sum-{}.npy", std::process::id()));
    npymap::save(&path, &Array2::from_shape_fn((20_000, 64), |(row, column)| (row + column) as f64))?;

    // SAFETY: the file is this program's own, and nobody changes it meanwhile.
    let map = unsafe { NpyMap::open(&path)? };
    let view: ArrayView2<f64> = map.view()?;
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let rows = view.nrows().div_ceil(cores);
    let total: f64 = thread::scope(|scope| {
        let parts: Vec<_> =
            view.axis_chunks_iter(Axis(0), rows).map(|part| scope.spawn(move || part.sum())).collect();
        parts.into_iter().map(|part| part.join().expect("a sum does not panic")).sum()
    });
    println!("{total}");
    assert_eq!(total, view.sum());
    drop(map);
    Ok(std::fs::remove_file(&path)?)
}
