//! Values: loaded as NumPy saved them, and saved as NumPy saves them.

use std::path::Path;

use ndarray::Array2;
use npymap::NpyFile;

use crate::common::entry_points::{OPENED, Sample, arrays};
use crate::elements::calls;
use crate::manifest::{entries, testdata, tuple};

#[test]
fn values_are_what_numpy_saved() {
    let mut loaded = 0;
    // The second array of a file is for readers of streams.
    let entries = ["numpy-1.26", "numpy-2.4", "crafted"].into_iter().flat_map(entries);
    for entry in entries.filter(|entry| entry.start == 0) {
        let Some(calls) = calls(&entry.descr) else { continue };
        let path = entry.path.display();
        let sample = Sample::open(&entry.path);
        for (name, array) in (calls.arrays)(&sample) {
            let array = array.unwrap_or_else(|error| panic!("{path}: {name}: {error}"));
            assert_eq!(tuple(&array.shape), entry.shape, "{path}: {name}");
            assert_eq!(Some(&array.data), entry.data.as_ref(), "{path}: {name}");
        }
        // A view is refused where the bytes would have to change, or are not aligned; only then is there a copy.
        let foreign = if cfg!(target_endian = "little") { '>' } else { '<' };
        let is_empty = entry.data.as_ref().is_some_and(Vec::is_empty);
        let aligned = entry.data_offset % 16 == 0 || entry.itemsize == 1 || is_empty;
        let viewable = !entry.descr.contains(foreign) && aligned;
        for (name, cow) in (calls.cows)(&sample) {
            let (array, is_view) = cow.unwrap_or_else(|error| panic!("{path}: {name}: {error}"));
            assert_eq!((Some(&array.data), is_view), (entry.data.as_ref(), viewable), "{path}: {name}");
        }
        match (calls.view)(&sample) {
            Ok(view) => assert_eq!((Some(&view.data), true), (entry.data.as_ref(), viewable), "{path}"),
            Err(error) => {
                let error = error.to_string();
                assert!(!viewable && error.contains("cannot be viewed as"), "{error}");
                assert!(error.ends_with("use view_cow, to_array or load"), "{error}");
            }
        }
        loaded += 1;
    }
    assert!(loaded > 150, "{loaded} arrays only");
}

#[test]
fn saving_gives_back_the_very_bytes() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("golden");
    std::fs::create_dir_all(&folder).unwrap();
    // What is loaded is saved in the order of this machine, and few files have bytes of the larger order.
    let (foreign, least) = if cfg!(target_endian = "little") { ('>', 50) } else { ('<', 10) };
    let mut same = 0;
    for entry in entries("numpy-2.4").into_iter().filter(|entry| entry.canonical) {
        let content = std::fs::read(&entry.path).unwrap();
        let data = entry.data.as_ref().map_or(0, Vec::len);
        let is_whole = entry.start == 0 && content.len() == entry.data_offset + data;
        let Some(calls) = calls(&entry.descr).filter(|_| is_whole && !entry.descr.contains(foreign)) else {
            continue;
        };
        let copy = folder.join(entry.path.file_name().unwrap());
        let resaved = (calls.resave)(&Sample::open(&entry.path), &copy);
        let [in_memory, written] = resaved.unwrap_or_else(|error| panic!("{error}"));
        for bytes in [std::fs::read(&copy).unwrap(), in_memory, written] {
            let (found, expected) = (bytes.escape_ascii().to_string(), content.escape_ascii().to_string());
            assert_eq!(found, expected, "{}", entry.path.display());
        }
        same += 1;
    }
    assert!(same > least, "{same} files only");
}

#[test]
fn broken_files_and_objects_are_refused() {
    let mut refused = 0;
    for file in std::fs::read_dir(testdata().join("crafted")).unwrap() {
        let path = file.unwrap().path();
        if path.file_name().unwrap().to_string_lossy().starts_with("x-") {
            let sample = Sample::open(&path);
            for (name, read) in arrays::<f32>() {
                assert!(read(&sample).is_err(), "{}: {name} reads it", path.display());
            }
            refused += 1;
        }
    }
    assert!(refused > 20, "{refused} files only");
}

#[test]
fn objects_are_named_and_refused() {
    let mut refused = 0;
    for entry in ["numpy-2.4", "crafted"].into_iter().flat_map(entries).filter(|entry| entry.data.is_none()) {
        let sample = Sample::open(&entry.path);
        assert!(NpyFile::open(&entry.path).unwrap().header().dtype.has_object());
        let expected = "holds pickled Python objects, which are never read because unpickling runs code; save the \
                        array with a numeric or text dtype in Python";
        let expected = format!("dtype {} {expected}", entry.descr);
        for (name, read) in arrays::<u64>() {
            assert_eq!(sample.message(&read(&sample).unwrap_err()), expected, "{name}");
        }
        for (name, open) in OPENED.iter().filter(|(name, _)| name.contains("Map") || name.contains("View")) {
            assert_eq!(sample.message(&open(&sample).unwrap_err()), expected, "{name}");
        }
        refused += 1;
    }
    assert!(refused >= 4, "{refused} files only");
}

/// A dtype that is a subarray on top of a file gives its axes to the array, as `np.memmap` has it.
#[test]
fn a_subarray_on_top_adds_its_axes() {
    let array: Array2<f32> = npymap::load(testdata().join("crafted/subarray-on-top.npy")).unwrap();
    assert_eq!(array, ndarray::array![[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]);
}

#[test]
fn a_fortran_file_keeps_its_memory_order() {
    let array: Array2<f64> = npymap::load(testdata().join("numpy-2.4/f8-le-f.npy")).unwrap();
    assert_eq!(array.strides(), [1, 3]);
}
