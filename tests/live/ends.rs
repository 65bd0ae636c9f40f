//! Archives that are damaged, joined or lengthened: what NumPy finds in them is found here.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::Stdio;

use npymap::{Error, NpzReader, NpzWriter};

use crate::python::{number, script};

/// What is meant to differ; docs/differences.md has the reasons.
fn is_meant(found: &str, error: Option<&Error>, numpy: &str) -> bool {
    match (numpy, error) {
        // Members that share bytes, in Python 3.12 alone; names of several encodings; what is no array.
        (_, Some(Error::Unsupported { .. } | Error::Limit { .. })) => true,
        _ => found == numpy,
    }
}

/// Names and numbers as the script prints them, and the first error.
fn found(bytes: &[u8]) -> (String, Option<Error>) {
    let archive = match NpzReader::new(bytes) {
        Ok(archive) => archive,
        Err(error) => return ("refused".to_string(), Some(error)),
    };
    let (mut members, mut first) = (Vec::new(), None);
    for name in archive.names() {
        let member = match archive.load_vec::<i64>(name) {
            Ok(values) => {
                let values: Vec<String> = values.iter().map(i64::to_string).collect();
                format!("{name}:{}", values.join(","))
            }
            Err(error) => {
                first.get_or_insert(error);
                format!("{name}:")
            }
        };
        if !members.contains(&member) {
            members.push(member);
        }
    }
    (members.join(" "), first)
}

fn archive(arrays: &[(&str, &[i64])]) -> Vec<u8> {
    let mut writer = NpzWriter::new(std::io::Cursor::new(Vec::new())).unwrap();
    arrays.iter().for_each(|(name, array)| writer.save(name, *array).unwrap());
    writer.finish().unwrap().into_inner()
}

/// As Python writes it: without room for 64 bits in headers, and with nothing between entries.
fn plain(arrays: &[(&str, &[i64])], comment: &str) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, array) in arrays {
        let options =
            zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        writer.start_file(format!("{name}.npy"), options).unwrap();
        writer.write_all(&npymap::to_bytes(*array).unwrap()).unwrap();
    }
    writer.set_comment(comment).unwrap();
    writer.finish().unwrap().into_inner()
}

#[test]
#[ignore = "needs Python with NumPy"]
fn damaged_archives_are_found_as_numpy_finds_them() {
    let seed = number("NPYMAP_LIVE_SEED", 1);
    let mut state = seed;
    // Knuth's generator of 64 bits.
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let ours = archive(&[("a", &[1, 2]), ("b", &[3])]);
    let theirs = plain(&[("x", &[7]), ("y", &[8, 9])], "");
    let commented = plain(&[("c", &[5])], "a comment");
    let mut cases: Vec<(String, Vec<u8>)> = Vec::new();
    let mut add = |name: &str, bytes: Vec<u8>| cases.push((name.to_string(), bytes));
    for (name, bytes) in [("ours", &ours), ("theirs", &theirs), ("commented", &commented)] {
        add(name, bytes.clone());
        for (other, more) in [("ours", &ours), ("theirs", &theirs), ("commented", &commented)] {
            add(&format!("{name} and {other}"), [bytes.as_slice(), more].concat());
        }
        add(&format!("{name} and zeros"), [bytes.as_slice(), &[0; 100]].concat());
        add(&format!("{name} and much"), [bytes.as_slice(), &vec![7; 70_000]].concat());
        // Bytes that were lost, or came to it, before the directory and anywhere.
        let directory = bytes.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
        for lost in 1..6 {
            add(
                &format!("{name} without {lost}"),
                [&bytes[..directory - lost], &bytes[directory..]].concat(),
            );
            let more = [&bytes[..directory], &vec![0; lost], &bytes[directory..]].concat();
            add(&format!("{name} with {lost}"), more);
        }
        for at in directory..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] = changed[at].wrapping_add(1 + random(255) as u8);
            add(&format!("{name} changed at {at}"), changed);
            add(&format!("{name} cut at {at}"), bytes[..at].to_vec());
        }
        for _ in 0..300 {
            let at = 4 + random(bytes.len() - 4);
            let until = (at + random(40)).min(bytes.len());
            add(&format!("{name} without {at}..{until}"), [&bytes[..at], &bytes[until..]].concat());
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let mut lines = String::new();
    for (number, (_, bytes)) in cases.iter().enumerate() {
        std::fs::write(folder.path().join(format!("{number}.npz")), bytes).unwrap();
        writeln!(lines, "{number}.npz").unwrap();
    }
    let mut python = script("ends.py").arg(folder.path());
    let mut python = python.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("Python starts");
    let mut stdin = python.stdin.take().expect("stdin is piped");
    let feed = std::thread::spawn(move || stdin.write_all(lines.as_bytes()));
    let output = python.wait_with_output().expect("Python ends");
    feed.join().unwrap().expect("Python reads");
    let answers = String::from_utf8(output.stdout).unwrap();
    assert_eq!(answers.lines().count(), cases.len());
    let mut different = String::new();
    let mut same = 0;
    for ((name, bytes), numpy) in cases.iter().zip(answers.lines()) {
        let (found, error) = found(bytes);
        if is_meant(&found, error.as_ref(), numpy) {
            same += 1;
        } else {
            writeln!(different, "{name}: NumPy finds {numpy:?}, here {found:?} ({error:?})").unwrap();
        }
    }
    assert!(different.is_empty(), "{same} alike, seed {seed}; different:\n{different}");
}
