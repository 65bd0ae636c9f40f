//! Rows, columns and windows of a mapped file, without a copy.
//!
//! In Python:
//! ```python
//! iris = np.load("testdata/iris.npy", mmap_mode="r")
//! iris[0], iris[:, 2], iris[10:20, ::3], iris[-1, -1]
//! ```
#![allow(unsafe_code, reason = "mapping is an unsafe call")]

use ndarray::{ArrayView2, Axis, s};
use npymap::NpyMap;

fn main() -> npymap::Result<()> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/iris.npy");
    // SAFETY: nobody changes the files of testdata.
    let map = unsafe { NpyMap::open(path)? };
    let iris: ArrayView2<f64> = map.view()?;
    println!("first row       {}", iris.row(0));
    println!("petal lengths   {}", iris.column(2).slice(s![..6]));
    println!("a window\n{}", iris.slice(s![10..14, ..;3]));
    println!("last element    {}", iris[[149, 3]]);
    for (number, block) in iris.axis_chunks_iter(Axis(0), 50).enumerate() {
        println!("mean of block {number} {:.3}", block.mean_axis(Axis(0)).expect("a block has rows"));
    }
    assert_eq!(iris.slice(s![10..20, ..;3]).dim(), (10, 2));
    Ok(())
}
