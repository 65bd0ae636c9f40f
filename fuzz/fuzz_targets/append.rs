//! A file to which is appended: it always loads, with what it held and the items that were taken, or is as it was.
#![no_main]

use std::fs;

use libfuzzer_sys::fuzz_target;
use npymap::{AppendOptions, NpyFile, NpyReader};
use tempfile::NamedTempFile;

fuzz_target!(|input: &[u8]| {
    // Options, numbers a call, how many numbers there are, the numbers, and the file.
    let [flags, len, count, rest @ ..] = input else { return };
    let (numbers, bytes) = rest.split_at(rest.len().min(usize::from(*count) * 2));
    let numbers: Vec<u16> = numbers.as_chunks().0.iter().map(|bytes| u16::from_le_bytes(*bytes)).collect();
    let path = NamedTempFile::new().expect("the folder can be written").into_temp_path();
    fs::write(&path, bytes).expect("the folder can be written");
    let at_sync = flags & 1 > 0;
    let open = || AppendOptions::new().header_at_sync(at_sync).rewrite(flags & 2 > 0).open(&path);
    let (Ok(mut model), Ok(mut appender)) =
        (NpyReader::new(bytes).and_then(|mut reader| reader.read_vec::<u16>()), open())
    else {
        return assert_eq!(fs::read(&path).expect("it was written"), bytes);
    };
    let mut counted = model.len();
    for (call, more) in numbers.chunks(usize::from(*len).max(1)).enumerate() {
        if appender.write(more).is_ok() {
            model.extend(more);
        }
        if call % 3 == 2 {
            appender.finish().expect("there is room");
            appender = open().expect("it was open before");
        }
        counted = if at_sync && call % 3 < 2 { counted } else { model.len() };
        let found = NpyFile::open(&path).and_then(|file| file.read_vec::<u16>()).expect("it loads");
        assert!(found.len() >= counted && model.starts_with(&found), "{model:?} {found:?}");
    }
});
