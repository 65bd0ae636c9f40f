//! Archives that are damaged, joined or lengthened: what NumPy finds in them is found here.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::Stdio;

use npymap::{Error, NpzReader, NpzWriter};

use crate::python::{number, script};

/// Texts of the errors that Python does not have; docs/differences.md has the reasons.
const MEANT: [&str; 4] = [
    "but what comes next starts at byte",
    "the entry is stored, but",
    "of its directory is cut off",
    "cannot become",
];

/// A member and its numbers, or why it has none.
type Member = (String, Result<String, Error>);

/// Names and numbers, each name once.
fn found(bytes: &[u8]) -> Result<Vec<Member>, Error> {
    let archive = NpzReader::new(bytes)?;
    let mut members: Vec<Member> = Vec::new();
    for name in archive.names() {
        let numbers = archive.load_vec::<i64>(name).map(|numbers| {
            let numbers: Vec<String> = numbers.iter().map(i64::to_string).collect();
            numbers.join(",")
        });
        if !members.iter().any(|(other, _)| other == name) {
            members.push((name.to_string(), numbers));
        }
    }
    Ok(members)
}

/// What differs from NumPy's answer and is not meant to.
fn difference(bytes: &[u8], numpy: &str) -> Option<String> {
    let is_meant = |error: &Error| {
        let text = error.to_string();
        matches!(error, Error::Limit { .. }) || MEANT.iter().any(|meant| text.contains(meant))
    };
    let members = match found(bytes) {
        Err(error) if numpy == "refused" || is_meant(&error) => return None,
        Err(error) => return Some(error.to_string()),
        Ok(members) => members,
    };
    let mut theirs = numpy;
    for (name, numbers) in &members {
        // Of names in several encodings Python compares the text, and shows another one.
        if !name.is_ascii() {
            return None;
        }
        let name = name.replace('\n', "\\n").replace('\r', "\\r");
        let Some(rest) = theirs.strip_prefix(&format!("{name}:")) else { return Some(name) };
        let (found, rest) = rest.split_once(' ').unwrap_or((rest, ""));
        theirs = rest;
        if !numbers.as_ref().is_err_and(is_meant) && numbers.as_deref().unwrap_or_default() != found {
            return Some(format!("{name}: {numbers:?}"));
        }
    }
    (!theirs.is_empty()).then(|| "no more".to_string())
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
        // Sizes of 64 bits in a field that is as long as it must be, longer, and cut off.
        for (len, given) in [(16u16, 16), (24, 24), (28, 28), (8, 8), (16, 8), (4, 4)] {
            let mut changed = bytes[..directory].to_vec();
            let mut record = bytes[directory..].to_vec();
            let sizes = [&record[24..28], &[0; 4], &record[20..24], &[0; 4], &[9; 12]].concat();
            let extra = [&[1, 0], len.to_le_bytes().as_slice(), &sizes[..given]].concat();
            record[20..28].fill(0xff);
            record[30..32].copy_from_slice(&(extra.len() as u16).to_le_bytes());
            let name_end = 46 + usize::from(record[28]);
            record.splice(name_end..name_end, extra.iter().copied());
            // The end of it all says how long the directory is.
            let end = record.windows(4).rposition(|window| window == b"PK\x05\x06").unwrap();
            record[end + 12..end + 16].copy_from_slice(&(end as u32).to_le_bytes());
            changed.extend(record);
            add(&format!("{name} with a field of {len} and {given}"), changed);
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
    let mut python = script("ends.py");
    let python = python.arg(folder.path());
    let mut python = python.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("Python starts");
    let mut stdin = python.stdin.take().expect("stdin is piped");
    let feed = std::thread::spawn(move || stdin.write_all(lines.as_bytes()));
    let output = python.wait_with_output().expect("Python ends");
    feed.join().unwrap().expect("Python reads");
    let answers = String::from_utf8(output.stdout).unwrap();
    assert_eq!(answers.trim_end().split('\n').count(), cases.len());
    let mut different = String::new();
    for ((name, bytes), numpy) in cases.iter().zip(answers.split('\n')) {
        if let Some(found) = difference(bytes, numpy) {
            writeln!(different, "{name}: NumPy finds {numpy:?}, here {found:?}").unwrap();
        }
    }
    assert!(different.is_empty(), "of {} cases, seed {seed}, differ:\n{different}", cases.len());
}
