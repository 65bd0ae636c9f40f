//! Each call of the system that a reader or writer makes fails in turn: the error is told, what was there is still
//! there, and nothing is left behind.
//!
//! strace makes them fail, so that no code of ours knows of it. A scenario runs in a process of its own: once to see
//! which calls it makes, and then once for each of them and each error. There is no harness around it, whose threads
//! and files would be calls too.
//!
//! `cargo test --test faults -- --include-ignored` runs it. A new reader or writer becomes a scenario.
#![allow(unsafe_code, reason = "to map a file is unsafe; nobody else knows the files of these tests")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use ndarray::IxDyn;
use npymap::{
    CreateOptions, DType, Header, NpyFile, NpyMap, NpyMapMut, NpyReader, NpzReader, RawOptions, Result, load,
    save,
};

/// What is tried in a folder that holds `old.npy`, `old.npz` and nothing else.
struct Scenario {
    name: &'static str,
    run: fn(&Path) -> Result<()>,
    /// What an error leaves of `old.npy`.
    after_error: Left,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Left {
    /// All of it.
    Old,
    /// Its own part of what was being written through a map, which is not undone.
    Anything,
}

const OLD: [f64; 3] = [1.5, 2.5, 3.5];

fn new() -> Vec<f64> {
    (0..5000u16).map(f64::from).collect()
}

const SCENARIOS: &[Scenario] = &[
    Scenario {
        name: "load",
        after_error: Left::Old,
        run: |folder| {
            let array = load::<f64, IxDyn>(folder.join("old.npy"))?;
            assert_eq!(array.as_slice(), Some(OLD.as_slice()));
            Ok(())
        },
    },
    Scenario {
        name: "positioned reads",
        after_error: Left::Old,
        run: |folder| {
            assert_eq!(NpyFile::open(folder.join("old.npy"))?.read_vec::<f64>()?, OLD);
            Ok(())
        },
    },
    Scenario {
        name: "stream",
        after_error: Left::Old,
        run: |folder| {
            let file = fs::File::open(folder.join("old.npy"))?;
            assert_eq!(NpyReader::new(file)?.read_vec::<f64>()?, OLD);
            Ok(())
        },
    },
    Scenario {
        name: "map",
        after_error: Left::Old,
        run: |folder| {
            // SAFETY: nobody changes the file, here and below.
            let map = unsafe { NpyMap::open(folder.join("old.npy")) }?;
            assert_eq!(map.as_slice::<f64>()?, OLD);
            map.close()
        },
    },
    Scenario {
        name: "map to write",
        after_error: Left::Anything,
        run: |folder| {
            // SAFETY: as above.
            let mut map = unsafe { NpyMapMut::open(folder.join("old.npy")) }?;
            map.as_mut_slice::<f64>()?[0] = 9.0;
            map.flush()?;
            map.close()
        },
    },
    Scenario {
        name: "map of a raw file",
        after_error: Left::Old,
        run: |folder| {
            // SAFETY: as above.
            let map = unsafe { RawOptions::new::<f64>().offset(128).map(folder.join("old.npy")) }?;
            assert_eq!(map.as_slice::<f64>()?, OLD);
            Ok(())
        },
    },
    Scenario {
        name: "archive",
        after_error: Left::Old,
        run: |folder| {
            let array = NpzReader::open(folder.join("old.npz"))?.load::<f64, IxDyn>("x")?;
            assert_eq!(array.as_slice(), Some(OLD.as_slice()));
            Ok(())
        },
    },
    Scenario {
        name: "save over a file",
        after_error: Left::Old,
        run: |folder| save(folder.join("old.npy"), &new()),
    },
    Scenario {
        name: "save a new file",
        after_error: Left::Old,
        run: |folder| save(folder.join("new.npy"), &new()),
    },
    Scenario {
        name: "create a new file",
        after_error: Left::Old,
        run: |folder| {
            let header = Header::new(DType::of::<f64>(), [5000]);
            // SAFETY: as above.
            let map = unsafe { CreateOptions::new().reserve(true).create(folder.join("new.npy"), &header) }?;
            drop(map);
            Ok(())
        },
    },
    Scenario {
        name: "create a raw file",
        after_error: Left::Old,
        run: |folder| {
            // SAFETY: as above.
            let map = unsafe { RawOptions::new::<f64>().shape([5000]).create(folder.join("new.npy")) }?;
            drop(map);
            Ok(())
        },
    },
];

/// Calls that can fail. Memory is no matter of files, and `close` has nothing to tell that is not told before.
const CALLS: [&str; 24] = [
    "openat",
    "read",
    "pread64",
    "readv",
    "write",
    "pwrite64",
    "writev",
    "lseek",
    "fstat",
    "newfstatat",
    "statx",
    "ftruncate",
    "fallocate",
    "rename",
    "renameat2",
    "linkat",
    "fchmod",
    "fsync",
    "fdatasync",
    "msync",
    "mmap",
    "readlink",
    "flock",
    "fcntl",
];
const ERRORS: [&str; 3] = ["ENOSPC", "EIO", "EINTR"];

const SCENARIO: &str = "NPYMAP_TEST_SCENARIO";
const FOLDER: &str = "NPYMAP_TEST_FOLDER";

fn main() {
    if let (Some(name), Some(folder)) = (std::env::var_os(SCENARIO), std::env::var_os(FOLDER)) {
        let scenario =
            SCENARIOS.iter().find(|scenario| name == scenario.name).expect("the parent knows its name");
        return run_here(scenario, Path::new(&folder));
    }
    let name = "each_call_of_the_system_fails_in_turn";
    if std::env::args().any(|argument| argument == "--include-ignored" || argument == "--ignored") {
        each_call_of_the_system_fails_in_turn();
        println!("test {name} ... ok");
    } else {
        println!("test {name} ... ignored, needs strace");
    }
}

/// The scenario, whose end is told beside the folder.
fn run_here(scenario: &Scenario, folder: &Path) {
    // What lies between these two questions is the scenario's own.
    let _ = fs::exists(folder.join("begin"));
    let result = (scenario.run)(folder);
    let _ = fs::exists(folder.join("end"));
    let told = result.map_or_else(|error| error.to_string(), |()| "done".to_string());
    fs::write(folder.with_extension("txt"), told).expect("the end can be told");
}

/// A fresh folder, and the scenario run in it under strace; gives what it told.
fn run(scenario: &Scenario, folder: &Path, strace: &[&str]) -> String {
    let _ = fs::remove_dir_all(folder);
    fs::create_dir(folder).unwrap();
    save(folder.join("old.npy"), &OLD).unwrap();
    fs::write(folder.join("old.npz"), archive()).unwrap();
    let told = folder.with_extension("txt");
    let _ = fs::remove_file(&told);
    let output = Command::new("strace")
        .args(["-qq", "-s", "4096", "-o"])
        .arg(folder.with_extension("log"))
        .args(strace)
        .arg(std::env::current_exe().unwrap())
        .env(SCENARIO, scenario.name)
        .env(FOLDER, folder)
        .output()
        .expect("strace starts; it is in the package of that name");
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{} with {strace:?}: {text}", scenario.name);
    fs::read_to_string(told).unwrap()
}

fn archive() -> Vec<u8> {
    use std::io::Write;
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file("x.npy", zip::write::SimpleFileOptions::default()).unwrap();
    let header = Header::new(DType::of::<f64>(), [3]).encode();
    archive.write_all(&header).unwrap();
    archive.write_all(&OLD.map(f64::to_le_bytes).concat()).unwrap();
    archive.finish().unwrap().into_inner()
}

/// Each call of the scenario: its name, and which of that name it is in the process.
fn calls(scenario: &Scenario, folder: &Path) -> Vec<(&'static str, usize)> {
    assert_eq!(run(scenario, folder, &[]), "done");
    let log = fs::read_to_string(folder.with_extension("log")).unwrap();
    let (mut counts, mut calls, mut inside) = (BTreeMap::new(), Vec::new(), false);
    for line in log.lines() {
        let Some((name, arguments)) = line.split_once('(') else { continue };
        let Some(name) = CALLS.into_iter().find(|call| *call == name) else { continue };
        let count = counts.entry(name).and_modify(|count| *count += 1).or_insert(1usize);
        let asks = |what: &str| arguments.contains(&format!("{}/{what}\"", folder.display()));
        if asks("end") {
            break;
        }
        let is_memory = name == "mmap" && arguments.contains("MAP_ANONYMOUS");
        if inside && !is_memory {
            calls.push((name, *count));
        }
        inside |= asks("begin");
    }
    assert!(calls.len() >= 2, "{}: {calls:?}", scenario.name);
    calls
}

fn each_call_of_the_system_fails_in_turn() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("files");
    let old = || fs::read(folder.join("old.npy")).unwrap();
    let names = || {
        let names =
            fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.collect::<std::collections::BTreeSet<_>>()
    };
    let mut failed = 0;
    for scenario in SCENARIOS {
        for (call, count) in calls(scenario, &folder) {
            for error in ERRORS {
                let inject = format!("inject={call}:error={error}:when={count}");
                let told = run(scenario, &folder, &["-e", &inject]);
                let place = format!("{}, {inject}: {told}", scenario.name);
                if told == "done" {
                    // It was asked again, or was no more than a question.
                    continue;
                }
                failed += 1;
                assert!(told.contains(folder.to_str().unwrap()) || scenario.name == "stream", "{place}");
                assert_eq!(names().into_iter().collect::<Vec<_>>(), ["old.npy", "old.npz"], "{place}");
                if scenario.after_error == Left::Old {
                    assert_eq!(old().len(), 128 + 24, "{place}");
                    assert_eq!(
                        load::<f64, IxDyn>(folder.join("old.npy")).unwrap().as_slice(),
                        Some(OLD.as_slice())
                    );
                }
            }
        }
    }
    assert!(failed > 50, "{failed} errors only");
}
