//! Paths that lead to something else than a file of one's own.
#![cfg(unix)]

use std::fs;
use std::path::Path;

use npymap::{AppendOptions, Error, NpyAppender, NpyFile, NpyMap, NpyMapMut, NpyWriter, RawOptions, Result};

type Door = (&'static str, fn(&Path) -> Result<()>);

/// Those that want a file, to read it at positions or to change it.
const DOORS: &[Door] = &[
    ("NpyFile::open", |path| NpyFile::open(path).map(drop)),
    // SAFETY: nobody changes the files, here and below.
    ("NpyMap::open", |path| unsafe { NpyMap::open(path) }.map(drop)),
    // SAFETY: as above.
    ("NpyMapMut::open", |path| unsafe { NpyMapMut::open(path) }.map(drop)),
    // SAFETY: as above.
    ("NpyMapMut::open_copy", |path| unsafe { NpyMapMut::open_copy(path) }.map(drop)),
    // SAFETY: as above.
    ("RawOptions::map", |path| unsafe { RawOptions::new::<u8>().map(path) }.map(drop)),
    // SAFETY: as above.
    ("RawOptions::map_mut", |path| unsafe { RawOptions::new::<u8>().map_mut(path) }.map(drop)),
    // SAFETY: as above.
    ("RawOptions::map_copy", |path| unsafe { RawOptions::new::<u8>().map_copy(path) }.map(drop)),
    ("NpyAppender::open", |path| NpyAppender::open(path).map(drop)),
    ("AppendOptions::open", |path| AppendOptions::new().repair(true).rewrite(true).open(path).map(drop)),
    #[cfg(feature = "npz")]
    ("NpzReader::open", |path| npymap::NpzReader::open(path).map(drop)),
    #[cfg(feature = "npz")]
    // SAFETY: as above.
    ("NpzMap::open", |path| unsafe { npymap::NpzMap::open(path) }.map(drop)),
    #[cfg(feature = "npz")]
    // SAFETY: as above.
    ("NpzMap::map_mut", |path| unsafe { npymap::NpzMap::map_mut(path, "x") }.map(drop)),
    #[cfg(feature = "npz")]
    ("NpzWriter::append", |path| npymap::NpzWriter::append(path).map(drop)),
    #[cfg(feature = "npz")]
    ("load_sparse", |path| npymap::load_sparse::<f64>(path).map(drop)),
];

/// What is in a folder, and how long.
fn contents(folder: &Path) -> Vec<(String, u64)> {
    let entries = fs::read_dir(folder).unwrap().map(Result::<_, std::io::Error>::unwrap);
    let mut contents: Vec<_> = entries
        .map(|entry| {
            (entry.file_name().into_string().unwrap(), fs::symlink_metadata(entry.path()).unwrap().len())
        })
        .collect();
    contents.sort();
    contents
}

// A pipe that nobody writes to must not be waited for.
#[test]
fn what_is_no_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    assert!(std::process::Command::new("mkfifo").arg(path("pipe")).status().unwrap().success());
    let _socket = std::os::unix::net::UnixListener::bind(path("socket")).unwrap();
    std::os::unix::fs::symlink("loop", path("loop")).unwrap();
    fs::create_dir(path("folder")).unwrap();
    let before = contents(folder.path());
    for name in ["pipe", "socket", "loop", "folder", "missing/a.npy"] {
        let path = path(name);
        for (door, open) in DOORS {
            if name == "missing/a.npy" && *door == "NpzWriter::append" {
                continue;
            }
            let error = open(&path).expect_err(door);
            assert!(matches!(error, Error::Io { .. } | Error::Unsupported { .. }), "{door}: {error}");
            assert!(error.to_string().starts_with(&format!("{}:", path.display())), "{door}: {error}");
            assert_eq!(contents(folder.path()), before, "{door}");
        }
    }
    let error = NpyFile::open(path("pipe")).unwrap_err().to_string();
    assert!(
        error.ends_with("it is not a regular file: read it as a stream with load or NpyReader"),
        "{error}"
    );
}

#[test]
fn links_that_lead_nowhere_are_no_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("link");
    std::os::unix::fs::symlink("nowhere", &path).unwrap();
    for (door, open) in DOORS.iter().filter(|(door, _)| *door != "NpzWriter::append") {
        let error = open(&path).expect_err(door).to_string();
        let says_so =
            ["No such file or directory", "the file does not exist"].iter().any(|text| error.contains(text));
        assert!(says_so, "{door}: {error}");
    }
    assert_eq!(contents(folder.path()).len(), 1);
}

/// Files that the system makes up as they are read: their length is given as 0. An emulator has `/proc/self/maps` itself.
#[cfg(target_os = "linux")]
#[test]
fn files_of_the_system_are_no_arrays() {
    for path in ["/proc/self/limits", "/proc/self/status", "/proc/self/environ"] {
        let path = Path::new(path);
        for (door, open) in DOORS.iter().filter(|(door, _)| !door.starts_with("RawOptions::map")) {
            let error = open(path).expect_err(door);
            assert!(!matches!(error, Error::Mismatch { .. } | Error::Limit { .. }), "{door}: {error}");
        }
        for write in [
            (|path| npymap::save(path, &[1u8])) as fn(&Path) -> Result<()>,
            |path| npymap::save_new(path, &[1u8]),
            |path| NpyWriter::create::<u8>(path, &[]).map(drop),
        ] {
            let error = write(path).unwrap_err();
            assert!(matches!(error, Error::Io { .. }), "{error}");
        }
    }
}

#[cfg(feature = "npz")]
#[test]
fn items_beyond_memory_are_an_error_before_anything_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.npz");
    let half = 1usize << (usize::BITS / 2);
    let mut archive = npymap::NpzWriter::create(&path).unwrap();
    let error = archive.array::<u8>("x", &[half, half]).unwrap_err().to_string();
    let expected = format!(
        "{}:x: shape (0, {half}, {half}) is invalid: it has more bytes than memory can address",
        path.display()
    );
    assert_eq!(error, expected);
    archive.save("x", &[1u8]).unwrap();
    archive.finish().unwrap();
    let error = NpyWriter::create::<u8>(folder.path().join("a.npy"), &[half, half]).unwrap_err().to_string();
    assert!(error.ends_with(&expected[path.display().to_string().len() + 3..]), "{error}");
}
