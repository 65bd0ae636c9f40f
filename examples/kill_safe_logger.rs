//! An instrument that logs for days and may be killed: what was logged loads, at any instant.
//!
//! In Python, meanwhile or afterwards:
//! ```python
//! log = np.load(path)          # or mmap_mode="r"
//! ```

use npymap::{NpyAppender, NpyFile, NpyWriter};

/// What is measured at a time: seconds, and three axes.
fn measure(number: usize) -> [f64; 4] {
    let time = number as f64 / 100.0;
    [time, time.sin(), time.cos(), 9.81]
}

fn main() -> npymap::Result<()> {
    let path = std::env::temp_dir().join(format!("npymap-logger-{}.npy", std::process::id()));
    if !path.exists() {
        NpyWriter::create::<f64>(&path, &[4])?.finish()?;
    }

    // A row that a crash has cut off is no part of the array, and gone with the first append.
    let mut log = NpyAppender::open(&path)?;
    let start = log.header().shape[0];
    for number in start..start + 1000 {
        // From here on a kill cannot undo it,
        log.write(&measure(number))?;
        if number % 100 == 99 {
            // and from here on no power cut.
            log.sync()?;
        }
    }
    // As if it were killed: nothing has to be finished.
    std::mem::forget(log);

    let file = NpyFile::open(&path)?;
    println!("{:?} {:?}", file.header().shape, file.read_vec::<f64>()?.get(4..8));
    assert_eq!(file.header().shape, [1000, 4]);
    std::fs::remove_file(&path)?;
    Ok(())
}
