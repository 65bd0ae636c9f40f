//! Work in place on a file larger than the memory that this process may have: some rows at a time.
//!
//! In Python:
//! ```python
//! a = np.lib.format.open_memmap(path, mode="w+", dtype="float64", shape=(rows, 1024))
//! for start in range(0, rows, chunk):
//!     a[start:start + chunk] = np.arange(start, start + chunk)[:, None]
//!     a.flush()
//! ```
//!
//! A map is no memory of the process's own: the system keeps its pages in the cache as long as there is room, and
//! writes them to the file when there is not. Here the rows are 32 MiB in all by default; `out_of_core 100` takes
//! 100 GiB, a file that no memory holds.
#![allow(unsafe_code, reason = "mapping is an unsafe call")]

use ndarray::{Axis, Ix2, s};
use npymap::{Advice, DType, Header, NpyMapMut};

const COLUMNS: usize = 1024;
const CHUNK: usize = 512;

fn main() -> npymap::Result<()> {
    let gib: Option<usize> = std::env::args().nth(1).and_then(|argument| argument.parse().ok());
    let rows = gib.map_or(4096, |gib| (gib << 30) / (COLUMNS * size_of::<f64>()));
    let path = std::env::temp_dir().join(format!("npymap-out-of-core-{}.npy", std::process::id()));
    // SAFETY: the file is new and this program's own.
    let mut map = unsafe { NpyMapMut::create(&path, &Header::new(DType::of::<f64>(), [rows, COLUMNS]))? };
    #[cfg(unix)]
    map.advise(Advice::Sequential)?;

    let mut total = 0.0;
    for start in (0..rows).step_by(CHUNK) {
        let end = (start + CHUNK).min(rows);
        let mut view = map.view_mut::<f64, Ix2>()?;
        let mut chunk = view.slice_mut(s![start..end, ..]);
        for (row, mut elements) in (start..end).zip(chunk.axis_iter_mut(Axis(0))) {
            elements.fill(row as f64);
        }
        total += chunk.sum();
        map.flush_rows(start..end)?;
    }
    map.close()?;
    let mean = total / (rows * COLUMNS) as f64;
    println!("{rows} rows, mean {mean}");
    assert_eq!(mean, (rows - 1) as f64 / 2.0);
    std::fs::remove_file(&path)?;
    Ok(())
}
