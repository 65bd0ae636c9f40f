//! What is in an archive: every array by its header alone, and one of them read.
//!
//! In Python, where asking for a shape reads the whole array:
//! ```python
//! with np.load("iris.npz") as archive:
//!     for name in archive.files: print(name, archive[name].dtype, archive[name].shape)
//! ```

use ndarray::{Array2, Axis};
use npymap::{NpzReader, PrintOptions};

fn main() -> npymap::Result<()> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/iris.npz");
    let mut archive = NpzReader::open(path)?;
    let names: Vec<String> = archive.names().map(str::to_string).collect();
    for name in &names {
        let header = archive.header(name)?;
        println!("{name:<14} {:<8} {:?}", header.dtype.to_string(), header.shape);
    }
    let iris: Array2<f64> = archive.load("measurements")?;
    println!("means {:.2}", iris.mean_axis(Axis(0)).expect("it has rows"));
    println!("{}", archive.preview("feature_names", &PrintOptions::default())?);
    Ok(())
}
