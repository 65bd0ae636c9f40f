//! Values: loaded as NumPy saved them, and saved as NumPy saves them.

use std::path::Path;

use ndarray::IxDyn;

use crate::doors::door;
use crate::manifest::{entries, testdata, tuple};

#[test]
fn values_are_what_numpy_saved() {
    let mut loaded = 0;
    // The second array of a file is for readers of streams.
    let entries = ["numpy-1.26", "numpy-2.4", "crafted"].into_iter().flat_map(entries);
    for entry in entries.filter(|entry| entry.start == 0) {
        let Some(door) = door(&entry.descr) else { continue };
        let path = entry.path.display();
        let array = (door.load)(&entry.path).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(tuple(&array.shape), entry.shape, "{path}");
        assert_eq!(Some(&array.data), entry.data.as_ref(), "{path}");
        let read = (door.read)(&entry.path).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(read, array, "{path}");
        loaded += 1;
    }
    assert!(loaded > 150, "{loaded} arrays only");
}

#[test]
fn saving_gives_back_the_very_bytes() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("golden");
    std::fs::create_dir_all(&folder).unwrap();
    let mut same = 0;
    for entry in entries("numpy-2.4").into_iter().filter(|entry| entry.canonical) {
        let content = std::fs::read(&entry.path).unwrap();
        let data = entry.data.as_ref().map_or(0, Vec::len);
        let is_whole = entry.start == 0 && content.len() == entry.data_offset + data;
        let Some(door) = door(&entry.descr).filter(|_| is_whole && !entry.descr.starts_with("'>")) else {
            continue;
        };
        let copy = folder.join(entry.path.file_name().unwrap());
        (door.resave)(&entry.path, &copy).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(
            std::fs::read(&copy).unwrap().escape_ascii().to_string(),
            content.escape_ascii().to_string(),
            "{}",
            entry.path.display()
        );
        same += 1;
    }
    assert!(same > 50, "{same} files only");
}

#[test]
fn broken_files_and_objects_are_refused() {
    let mut refused = 0;
    for file in std::fs::read_dir(testdata().join("crafted")).unwrap() {
        let path = file.unwrap().path();
        if path.file_name().unwrap().to_string_lossy().starts_with("x-") {
            assert!(npymap::load::<f32, IxDyn>(&path).is_err(), "{} loads", path.display());
            refused += 1;
        }
    }
    for entry in ["numpy-2.4", "crafted"].into_iter().flat_map(entries).filter(|entry| entry.data.is_none()) {
        assert!(npymap::load::<u64, IxDyn>(&entry.path).is_err(), "{} loads", entry.path.display());
        refused += 1;
    }
    assert!(refused > 20, "{refused} files only");
}
