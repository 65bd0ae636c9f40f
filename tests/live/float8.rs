//! The floats and integers of ml_dtypes that have one byte, and its bfloat16, as the ml_dtypes of today saves them.
#![allow(unsafe_code, reason = "mapping is an unsafe call; the files belong to the test")]

use std::fs::File;
use std::path::Path;

use ndarray::{ArrayD, IxDyn};
use npymap::half::bf16;
use npymap::{AnyArray, NpyFile, NpyMap, NpyReader, RawArray};

use crate::exchange::Exchange;

fn bytes(array: ArrayD<[u8; 1]>) -> Vec<u8> {
    array.iter().flatten().copied().collect()
}

/// The raw bytes through every door, in C order.
fn read(path: &Path) -> Vec<u8> {
    let read = || -> npymap::Result<_> {
        let loaded: ArrayD<[u8; 1]> = npymap::load(path)?;
        assert_eq!(NpyFile::open(path)?.read::<[u8; 1], IxDyn>()?, loaded);
        assert_eq!(NpyReader::new(File::open(path)?)?.read::<[u8; 1], IxDyn>()?, loaded);
        // SAFETY: nobody changes the file meanwhile.
        let map = unsafe { NpyMap::open(path)? };
        assert_eq!(map.view::<[u8; 1], IxDyn>()?, loaded);
        let AnyArray::Void(raw) = AnyArray::load(path)? else { panic!("{} is not raw", path.display()) };
        assert_eq!(raw.to_array::<[u8; 1], IxDyn>()?, loaded);
        // A wrong type is refused, whatever its size.
        assert!(npymap::load::<u8, IxDyn>(path).is_err() && npymap::load::<i8, IxDyn>(path).is_err());
        Ok(bytes(loaded))
    };
    read().unwrap_or_else(|error| panic!("{error}"))
}

/// The fields of a record through a map and by name.
fn check_fields(path: &Path, records: &RawArray<'_>) {
    // SAFETY: nobody changes the file meanwhile.
    let map = unsafe { NpyMap::open(path) }.unwrap();
    let x: Vec<u8> = bytes(map.field("x").unwrap().to_owned());
    assert_eq!(x, (0..=255).collect::<Vec<_>>());
    let AnyArray::Void(raw) = records.field("x").unwrap() else { panic!("{}", path.display()) };
    assert_eq!(raw.as_bytes(), x);
    let AnyArray::Void(raw) = records.field("row").unwrap() else { panic!("{}", path.display()) };
    assert_eq!((raw.shape(), &raw.as_bytes()[..4]), (&[256, 2][..], &[0, 255, 1, 254][..]));
}

#[test]
#[ignore = "needs Python with NumPy and ml_dtypes"]
fn elements_of_one_byte_are_read_as_ml_dtypes_saves_them() {
    let exchange = Exchange::begin("float8.py", "live-float8");
    let mut count = 0;
    for path in exchange.arrays() {
        let any = AnyArray::load(&path).unwrap_or_else(|error| panic!("{error}"));
        let expected = std::fs::read(path.with_extension("bytes")).unwrap();
        count += 1;
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("bfloat16")) {
            let array: ArrayD<bf16> = npymap::load(&path).unwrap();
            assert_eq!(array.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<_>>(), expected);
            // Saved as what it is, and not as the raw bytes that it was read from.
            npymap::save(path.with_extension("ours"), &array).unwrap();
            continue;
        }
        if let AnyArray::Record(records) = &any {
            assert_eq!(records.as_bytes(), expected);
            check_fields(&path, records);
        } else {
            assert_eq!(read(&path), expected, "{}", path.display());
        }
        npymap::save(path.with_extension("ours"), &any).unwrap_or_else(|error| panic!("{error}"));
    }
    // Five files of each of nine floats and two integers at least.
    assert!(count >= 57, "{count} arrays");
    assert_eq!(exchange.check(), format!("{count} arrays agree"));
}
