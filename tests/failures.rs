//! Disks that are full, files that may grow no further, names that are taken: an error, the old data as they were, and
//! no file left behind.
#![cfg(unix)]

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::temporary_file;
use npymap::{AppendOptions, Error, NpyAppender, NpyFile, NpyWriter, SaveOptions, save, save_new};

/// Tells a child what it is.
const CHILD: &str = "NPYMAP_FAILURES_CHILD";

fn elements(path: &Path) -> Vec<u64> {
    NpyFile::open(path).and_then(|file| file.read_vec()).unwrap()
}

/// The names in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[track_caller]
fn assert_io<T: std::fmt::Debug>(result: npymap::Result<T>) {
    assert!(matches!(&result, Err(Error::Io { .. })), "{result:?}");
}

/// Writes all there is room for, by every way to write, in a folder where a file can have no 900,000 bytes.
fn write_until_it_fails(folder: &Path) {
    let old: Vec<u64> = (0..1000).collect();
    let large = vec![7u64; 1 << 19];
    let path = folder.join("a.npy");
    save(&path, &old).unwrap();
    let unchanged = || {
        assert_eq!(elements(&path), old);
        assert_eq!(names(folder), ["a.npy"]);
    };
    assert_io(save(&path, &large));
    unchanged();
    assert_io(SaveOptions::new().sync(true).save(&path, &large));
    unchanged();
    assert_io(save_new(folder.join("new.npy"), &large));
    unchanged();

    // An appender keeps what it had, and goes on with less.
    for header_at_sync in [false, true] {
        let mut expected = old.clone();
        let mut appender = AppendOptions::new().header_at_sync(header_at_sync).open(&path).unwrap();
        assert_io(appender.append(&large));
        assert_eq!(elements(&path), expected);
        loop {
            let more = vec![expected.len() as u64; 1021];
            if appender.append(&more).is_err() {
                break;
            }
            expected.extend(more);
        }
        assert!(expected.len() > 50_000);
        assert_io(appender.write(&vec![1u64; 5000]));
        appender.write(&[1u64]).unwrap();
        expected.push(1);
        appender.sync().unwrap();
        assert_eq!(appender.header().shape, [expected.len()]);
        assert_eq!(elements(&path), expected);
        assert_eq!(fs::metadata(&path).unwrap().len() as usize, 128 + expected.len() * 8);
        appender.finish().unwrap();
        // A full disk has no room for a second file beside it.
        fs::remove_file(&path).unwrap();
        save(&path, &old).unwrap();
    }

    let stream = folder.join("stream.npy");
    let mut writer = NpyWriter::create::<u64>(&stream, &[]).unwrap();
    writer.write(&old).unwrap();
    writer.sync().unwrap();
    assert_io(writer.write(&large));
    let mut taken = old.clone();
    while writer.write(&[taken.len() as u64; 1021]).is_ok() {
        taken.extend([taken.len() as u64; 1021]);
    }
    assert_eq!(elements(&stream), old);
    // What was gathered has no room.
    if let Err(error) = writer.sync() {
        assert!(matches!(error, Error::Io { .. }), "{error}");
        assert_eq!(elements(&stream), old);
        assert_io(writer.finish());
        assert_eq!(elements(&stream), old);
    } else {
        assert_eq!(elements(&stream), taken);
    }
    assert_eq!(names(folder), ["a.npy", "stream.npy"]);
}

/// Runs a test of this program again, as a child that knows it, by a command before it.
fn run_child(name: &str, command: &[&str]) -> std::process::Output {
    let (program, arguments) = command.split_first().unwrap();
    Command::new(program)
        .args(arguments)
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", name, "--include-ignored"])
        .env(CHILD, "1")
        .output()
        .unwrap()
}

/// A shell that lets files have half a megabyte, and hands over to a program.
const LIMITED: &str = "ulimit -f 1024; exec \"$0\" \"$@\"";

#[test]
fn a_file_that_reaches_its_limit_is_an_error() {
    let name = "a_file_that_reaches_its_limit_is_an_error";
    if std::env::var_os(CHILD).is_some() {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        return write_until_it_fails(folder.path());
    }
    // Without the signal that would end the process, a write beyond the limit is an error.
    let child = run_child(name, &["sh", "-c", &format!("trap '' XFSZ; {LIMITED}")]);
    assert!(child.status.success(), "{child:?}");
}

#[test]
fn a_process_that_ends_at_its_limit_leaves_files_that_load() {
    let name = "a_process_that_ends_at_its_limit_leaves_files_that_load";
    let folder = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("limited");
    let path = folder.join("a.npy");
    if std::env::var_os(CHILD).is_some() {
        let mut appender = NpyAppender::open(&path).unwrap();
        loop {
            let count = appender.header().shape[0] as u64;
            appender.append(&vec![count; 100]).unwrap();
        }
    }
    fs::create_dir_all(&folder).unwrap();
    save(&path, &Vec::<u64>::new()).unwrap();
    let child = run_child(name, &["sh", "-c", LIMITED]);
    let signal = std::os::unix::process::ExitStatusExt::signal(&child.status);
    assert!(signal.is_some(), "{child:?}");
    let elements = elements(&path);
    assert!(elements.len() > 50_000 && elements.len().is_multiple_of(100));
    assert!(elements.iter().enumerate().all(|(at, &element)| element == at as u64 / 100 * 100));
    assert_eq!(names(&folder), ["a.npy"]);
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
#[ignore = "needs user namespaces, to mount a small file system in one"]
#[cfg(target_os = "linux")]
fn a_full_disk_is_an_error() {
    let name = "a_full_disk_is_an_error";
    if std::env::var_os(CHILD).is_none() {
        // In a namespace of its own it may mount what it likes, and nobody else sees it.
        let child = run_child(name, &["unshare", "--map-root-user", "--mount"]);
        assert!(child.status.success(), "{child:?}");
        return;
    }
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let mount = |options: &str| {
        let mut command = Command::new("mount");
        let output =
            command.args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(folder.path()).output().unwrap();
        assert!(output.status.success(), "{output:?}");
    };
    mount("size=800k");
    let result = std::panic::catch_unwind(|| write_until_it_fails(folder.path()));
    Command::new("umount").arg(folder.path()).status().unwrap();
    result.unwrap();
}

#[test]
#[cfg(target_os = "linux")]
fn a_device_without_room_is_an_error() {
    let error = save("/dev/full", &[1u8, 2]).unwrap_err();
    assert_eq!(error.to_string(), "/dev/full: No space left on device (os error 28)");
    save("/dev/null", &[1u8, 2]).unwrap();
    SaveOptions::new().sync(true).save("/dev/null", &[1u8, 2]).unwrap();
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let header = npymap::Header::new(npymap::DType::of::<u8>(), [2]);
    let mut writer = NpyWriter::new(full, header).unwrap();
    writer.write(&[1u8, 2]).unwrap();
    assert_io(writer.finish());
}

#[test]
fn a_name_that_is_taken_is_an_error_whoever_was_first() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let path = folder.path().join("a.npy");
    save_new(&path, &[1u64]).unwrap();
    let taken = |path: &Path| match save_new(path, &[2u64]) {
        Err(Error::Io { error, .. }) => assert_eq!(error.kind(), std::io::ErrorKind::AlreadyExists),
        result => panic!("{result:?}"),
    };
    taken(&path);
    assert_eq!(elements(&path), [1]);
    // A link is a name too, even one that leads nowhere.
    let link = folder.path().join("link.npy");
    std::os::unix::fs::symlink(folder.path().join("nowhere.npy"), &link).unwrap();
    taken(&link);
    taken(folder.path());
    assert_eq!(names(folder.path()), ["a.npy", "link.npy"]);
    SaveOptions::new().sync(true).save(&link, &[3u64]).unwrap();
    assert_eq!(names(folder.path()), ["a.npy", "link.npy", "nowhere.npy"]);

    // Of many who save at once, one comes first.
    for round in 0..50 {
        let path = folder.path().join(format!("race-{round}.npy"));
        let winners = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for number in 0..4u64 {
                let (path, winners) = (&path, &winners);
                scope.spawn(move || {
                    if save_new(path, &vec![number; 1000]).is_ok() {
                        winners.fetch_add(1, Ordering::Relaxed);
                        assert_eq!(elements(path), vec![number; 1000]);
                    }
                });
            }
        });
        assert_eq!(winners.load(Ordering::Relaxed), 1);
        fs::remove_file(path).unwrap();
    }
    assert_eq!(names(folder.path()).len(), 3);
}

#[test]
fn a_new_file_has_the_permissions_of_a_plain_one() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let (plain, path) = (temporary_file(), temporary_file());
    fs::File::create(&plain).unwrap();
    save_new(&path, &[1u64]).unwrap();
    assert_eq!(mode(path.as_ref()), mode(plain.as_ref()));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o604)).unwrap();
    SaveOptions::new().sync(true).save(&path, &[1u64]).unwrap();
    assert_eq!(mode(path.as_ref()), 0o604);
    drop(NpyWriter::create::<u64>(&path, &[]).unwrap());
    assert_eq!(mode(path.as_ref()), 0o604);
    // What must not be written stays, as far as the system holds to it: it does not for root.
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
    if fs::OpenOptions::new().write(true).open(&path).is_err() {
        assert_io(save(&path, &[2u64]));
        assert_io(NpyWriter::create::<u64>(&path, &[]));
        assert_io(NpyAppender::open(&path));
    }
}
