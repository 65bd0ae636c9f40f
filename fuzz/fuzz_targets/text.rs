//! Any file as text, times, long doubles and raw bytes: the same through stream, file and map, or the same message.
#![no_main]

use std::fmt::Debug;
use std::path::Path;

use libfuzzer_sys::fuzz_target;
use ndarray::{ArrayD, IxDyn};
use npymap::{
    Bytes, DateTime64, Load, LongComplex, LongDouble, NpyFile, NpyMap, NpyReader, Result, TimeDelta64,
    Unicode,
};
use npymap_fuzz::Pieces;

fn check<T: Load + Debug>(path: &Path, bytes: &[u8]) {
    let text = |array: Result<ArrayD<T>>| match array {
        Ok(array) => {
            format!("{:?} {:?} {:?}", array.shape(), array.strides(), array.iter().collect::<Vec<_>>())
        }
        Err(error) => error.to_string().replace(&format!("{}: ", path.display()), ""),
    };
    let loaded = text(npymap::load(path));
    assert_eq!(loaded, text(NpyFile::open(path).and_then(|file| file.read())));
    let stream = text(NpyReader::new(Pieces::new(bytes)).and_then(|mut reader| reader.read()));
    // SAFETY: nobody else knows the file. A stream that is cut off may tell something else first.
    let Ok(map) = (unsafe { NpyMap::open(path) }) else { return };
    assert_eq!(loaded, stream);
    assert_eq!(loaded, text(map.to_array::<T, IxDyn>()));
}

fuzz_target!(|bytes: &[u8]| {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    let texts = [check::<String>, check::<Vec<u8>>, check::<Unicode<3>>, check::<Bytes<5>>, check::<[u8; 1]>];
    let numbers = [check::<DateTime64>, check::<TimeDelta64>, check::<LongDouble>, check::<LongComplex>];
    texts.into_iter().chain(numbers).for_each(|check| check(file.path(), bytes));
});
