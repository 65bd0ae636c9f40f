//! Each call of the system that a reader or writer makes fails in turn: the error is told, what was there is still
//! there, and nothing is left behind. Calls that read or write less than they were asked for change nothing.
//!
//! strace makes them fail, so that no code of ours knows of it; that they give less, the functions in [`short`] do, which
//! stand before the C library's. A scenario runs in a process of its own: once to see which calls it makes, and then
//! once for each of them and each error. There is no harness around it, whose threads and files would be calls too.
//!
//! `cargo test --test faults -- --include-ignored` runs it. A new reader or writer becomes a scenario.
#![allow(unsafe_code, reason = "to map a file is unsafe; nobody else knows the files of these tests")]

mod scenarios;
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod short;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use npymap::NpyFile;

use scenarios::{Left, OLD, SCENARIOS, Scenario, archive, new, old_file};

/// Calls that can fail. Memory is no matter of files, and `close` has nothing to tell that is not told before.
const CALLS: [&str; 28] = [
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
    "fstatfs",
    "copy_file_range",
    "sendfile",
    "link",
];
const ERRORS: [&str; 3] = ["ENOSPC", "EIO", "EINTR"];

const SCENARIO: &str = "NPYMAP_TEST_SCENARIO";
const FOLDER: &str = "NPYMAP_TEST_FOLDER";

/// Bytes that a call reads or writes at most.
const SHORT: &str = "NPYMAP_TEST_SHORT";

fn main() {
    if let (Some(name), Some(folder)) = (std::env::var_os(SCENARIO), std::env::var_os(FOLDER)) {
        let scenario =
            SCENARIOS.iter().find(|scenario| name == scenario.name).expect("the parent knows its name");
        return run_here(scenario, Path::new(&folder));
    }
    let all = std::env::args().any(|argument| argument == "--include-ignored" || argument == "--ignored");
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    test("short_reads_and_writes_change_nothing", short_reads_and_writes_change_nothing);
    if all {
        test("each_call_of_the_system_fails_in_turn", each_call_of_the_system_fails_in_turn);
    } else {
        println!("test each_call_of_the_system_fails_in_turn ... ignored, needs strace");
    }
}

fn test(name: &str, run: fn()) {
    run();
    println!("test {name} ... ok");
}

/// The scenario, whose end is told beside the folder.
fn run_here(scenario: &Scenario, folder: &Path) {
    // What lies between these two questions is the scenario's own.
    let _ = fs::exists(folder.join("begin"));
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    short::begin(std::env::var(SHORT).ok());
    let result = (scenario.run)(folder);
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    let cut = short::end();
    #[cfg(not(all(target_os = "linux", target_env = "gnu")))]
    let cut = 0;
    let _ = fs::exists(folder.join("end"));
    let told = result.map_or_else(|error| error.to_string(), |()| "done".to_string());
    fs::write(folder.with_extension("txt"), told).expect("the end can be told");
    fs::write(folder.with_extension("cut"), cut.to_string()).expect("the end can be told");
}

/// A fresh folder, and the scenario run in it by a command before it; gives what it told.
fn run(scenario: &Scenario, folder: &Path, command: &mut Command) -> String {
    let _ = fs::remove_dir_all(folder);
    fs::create_dir(folder).unwrap();
    fs::write(folder.join("old.npy"), old_file(scenario.name)).unwrap();
    fs::write(folder.join("old.npz"), archive()).unwrap();
    let told = folder.with_extension("txt");
    let _ = fs::remove_file(&told);
    let output = command
        .env(SCENARIO, scenario.name)
        .env(FOLDER, folder)
        .output()
        .expect("it starts; strace is in the package of that name");
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}, {command:?}: {text}", scenario.name);
    fs::read_to_string(told).unwrap()
}

/// strace with these arguments, which runs this program.
fn strace(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("strace");
    command.args(["-qq", "-s", "4096", "-o"]).arg(folder.with_extension("log")).args(arguments);
    command.arg(std::env::current_exe().unwrap());
    command
}

/// The names in a folder, and what is in the files.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries.map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())).collect()
}

/// What the folder has before a scenario.
fn before(scenario: &Scenario) -> BTreeMap<String, Vec<u8>> {
    [("old.npy".to_string(), old_file(scenario.name)), ("old.npz".to_string(), archive())].into()
}

/// Each call of the scenario: its name, and which of that name it is in the process.
fn calls(scenario: &Scenario, folder: &Path) -> Vec<(&'static str, usize)> {
    assert_eq!(run(scenario, folder, &mut strace(folder, &[])), "done", "{}", scenario.name);
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
    let (mut failed, mut wrong) = (0, 0);
    for scenario in SCENARIOS {
        let mut failed_here = 0;
        for (call, count) in calls(scenario, &folder) {
            for error in ERRORS {
                let inject = format!("inject={call}:error={error}:when={count}");
                let told = run(scenario, &folder, &mut strace(&folder, &["-e", &inject]));
                let place = format!("{}, {inject}: {told}", scenario.name);
                if told == "done" {
                    // It was asked again, or was no more than a question.
                    continue;
                }
                failed_here += 1;
                assert!(
                    told.contains(folder.to_str().unwrap()) || scenario.name.starts_with("stream"),
                    "{place}"
                );
                // All that is wrong is told.
                let check = || assert_left(scenario, &folder, &place);
                wrong += usize::from(std::panic::catch_unwind(check).is_err());
            }
        }
        assert!(failed_here > 0, "{} never failed", scenario.name);
        failed += failed_here;
    }
    assert_eq!(wrong, 0, "of {failed} errors");
    assert!(failed > 300, "{failed} errors only");
}

/// What an error may leave.
fn assert_left(scenario: &Scenario, folder: &Path, place: &str) {
    let (before, mut after) = (before(scenario), contents(folder));
    match scenario.after_error {
        Left::Old => assert!(after == before, "{place}: {:?}", after.keys()),
        Left::Lengths => {
            let lengths = |files: &BTreeMap<String, Vec<u8>>| -> Vec<_> {
                files.iter().map(|(name, file)| (name.clone(), file.len())).collect()
            };
            assert_eq!(lengths(&after), lengths(&before), "{place}");
        }
        Left::Items => {
            if scenario.name.starts_with("stream") && after.get("new.npy").is_some_and(Vec::is_empty) {
                // The caller's own file.
                after.remove("new.npy");
            }
            for (name, file) in &after {
                if before.get(name) == Some(file) {
                    continue;
                }
                assert!(["old.npy", "new.npy"].contains(&name.as_str()), "{place}: {name}");
                let items = NpyFile::open(folder.join(name)).and_then(|file| file.read_vec::<f64>());
                let items = items.unwrap_or_else(|error| panic!("{place}: {error}"));
                let kept = items.iter().zip(OLD).take_while(|(item, old)| **item == *old).count();
                assert!(new().starts_with(&items[kept..]), "{place}: {items:?}");
            }
            assert!(before.keys().all(|name| after.contains_key(name)), "{place}");
        }
    }
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn short_reads_and_writes_change_nothing() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("files");
    let mut cut = 0;
    for scenario in SCENARIOS {
        let mut plain = Command::new(std::env::current_exe().unwrap());
        assert_eq!(run(scenario, &folder, &mut plain), "done", "{}", scenario.name);
        let whole = contents(&folder);
        for most in [1usize, 7, 100] {
            let mut short = Command::new(std::env::current_exe().unwrap());
            short.env(SHORT, most.to_string());
            assert_eq!(run(scenario, &folder, &mut short), "done", "{}, {most}", scenario.name);
            assert!(contents(&folder) == whole, "{}, {most}", scenario.name);
            cut += fs::read_to_string(folder.with_extension("cut")).unwrap().parse::<usize>().unwrap();
        }
    }
    assert!(cut > 100_000, "{cut} calls only");
}
