//! Archives of NumPy, SciPy, zipfile and zip, read here; and ours, read there.

use std::path::Path;

use ndarray::{Array, IxDyn};
use npymap::{Compression, Error, Load, NpzReader, NpzWriter, load, load_sparse, save_sparse};

use crate::python::script;

fn python(verb: &str, folder: &Path) -> String {
    let output = script("npz.py").arg(verb).arg(folder).output().expect("Python starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn same<T: Load + PartialEq + std::fmt::Debug>(archive: &NpzReader, folder: &Path, name: &str) {
    let expected: Array<T, IxDyn> = load(folder.join(format!("{name}.npy"))).unwrap();
    let found: Array<T, IxDyn> = archive.load(name).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(found, expected);
    assert_eq!(found.strides(), expected.strides());
}

#[test]
#[ignore = "needs Python with NumPy"]
fn archives_are_read_and_written_as_numpy_does() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    python("write", folder);
    let names = ["f4", "f8be", "order", "scalar", "empty", "bools", "text", "größe"];
    for archive in ["savez", "compressed", "zip", "zip0"] {
        let archive = NpzReader::open(folder.join(format!("{archive}.npz"))).unwrap();
        assert_eq!(archive.names().collect::<Vec<_>>(), names);
        same::<f32>(&archive, folder, "f4");
        same::<f64>(&archive, folder, "f8be");
        same::<i64>(&archive, folder, "order");
        same::<f64>(&archive, folder, "scalar");
        same::<i16>(&archive, folder, "empty");
        same::<bool>(&archive, folder, "bools");
        same::<String>(&archive, folder, "text");
        same::<u8>(&archive, folder, "größe");
    }
    for method in ["bzip2", "lzma"] {
        let archive = NpzReader::open(folder.join(format!("{method}.npz"))).unwrap();
        let error = archive.load::<f32, IxDyn>("f4").unwrap_err();
        assert!(matches!(error, Error::Unsupported { .. }));
        let expected = format!("the compression method {method}, only stored and deflated entries are read");
        assert!(error.to_string().ends_with(&expected), "{error}");
    }

    let mut expected = String::new();
    for (name, compression) in [("deflated", Compression::DEFLATED), ("stored", Compression::Stored)] {
        let mut writer =
            NpzWriter::create(folder.join(format!("ours-{name}.npz"))).unwrap().compression(compression);
        let mut add = |name: &str, array: &dyn npymap::Save| writer.save(name, array).unwrap();
        add("f4", &read::<f32>(folder, "f4"));
        add("order", &read::<i64>(folder, "order"));
        add("scalar", &read::<f64>(folder, "scalar"));
        add("empty", &read::<i16>(folder, "empty"));
        add("bools", &read::<bool>(folder, "bools"));
        add("größe", &read::<u8>(folder, "größe"));
        let f8be = read::<f64>(folder, "f8be");
        writer.save_as("f8be", &f8be, &">f8".parse().unwrap()).unwrap();
        writer.save_bytes("notes.txt", b"text").unwrap();
        writer.finish().unwrap();
        // The same to a stream, which goes back nowhere.
        let mut writer = NpzWriter::stream(Vec::new()).unwrap().compression(compression);
        writer.save("f4", &read::<f32>(folder, "f4")).unwrap();
        writer.save("größe", &read::<u8>(folder, "größe")).unwrap();
        writer.save_bytes("notes.txt", b"text").unwrap();
        let streamed = folder.join(format!("ours-{name}-streamed.npz"));
        std::fs::write(streamed, writer.finish().unwrap()).unwrap();
        // Once more, through an append that replaces.
        let path = folder.join(format!("ours-{name}.npz"));
        let mut writer = NpzWriter::append(&path).unwrap().compression(compression);
        writer.save("scalar", &read::<f64>(folder, "scalar")).unwrap();
        writer.finish().unwrap();
        for (entry, shape) in [("f4", "(100, 100)"), ("größe", "(3,)"), ("notes.txt", "b'text'")] {
            expected += &format!("ours-{name}-streamed {entry} {shape}\n");
        }
        for (entry, shape) in [
            ("f4", "(100, 100)"),
            ("order", "(3, 4)"),
            ("empty", "(3, 0)"),
            ("bools", "(9,)"),
            ("größe", "(3,)"),
            ("f8be", "(7,)"),
            ("notes.txt", "b'text'"),
            ("scalar", "()"),
        ] {
            expected += &format!("ours-{name} {entry} {shape}\n");
        }
    }
    let mut sparse: Vec<String> = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let Some(stem) = name.strip_suffix(".npz").filter(|name| name.starts_with("sparse-")) else {
            continue;
        };
        let found = load_sparse::<f64>(folder.join(&name)).unwrap_or_else(|error| panic!("{error}"));
        save_sparse(folder.join(format!("again-{name}")), &found).unwrap();
        sparse.push(format!("{stem}\n"));
    }
    // Those of any number of axes are of SciPy 1.17 and later.
    assert!([21, 23].contains(&sparse.len()), "{}", sparse.len());
    let answer = python("read", folder);
    let mut found: Vec<&str> = answer.lines().collect();
    let expected = expected + &sparse.concat();
    let mut expected: Vec<&str> = expected.lines().collect();
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
}

fn read<T: Load>(folder: &Path, name: &str) -> Array<T, IxDyn> {
    load(folder.join(format!("{name}.npy"))).unwrap()
}
