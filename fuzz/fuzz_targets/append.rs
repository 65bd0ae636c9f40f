//! A file to which is appended: whatever it was, it holds what it held and the new items, or is as it was.
#![no_main]

use std::fs;

use libfuzzer_sys::fuzz_target;
use npymap::{AppendOptions, Limits, NpyFile, NpyReader};

fuzz_target!(|input: (u8, Vec<u16>, &[u8])| {
    let (flags, steps, bytes) = input;
    let path = std::env::temp_dir().join(format!("npymap-fuzz-append-{}.npy", std::process::id()));
    fs::write(&path, bytes).expect("the folder can be written");
    let limits = Limits::default();
    let options = || AppendOptions::new().header_at_sync(flags & 1 > 0).rewrite(flags & 2 > 0).limits(limits);
    let (Ok(mut model), Ok(mut appender)) =
        (NpyReader::new(bytes).and_then(NpyReader::read_vec::<u16>), options().open(&path))
    else {
        assert_eq!(fs::read(&path).expect("it was written"), bytes);
        return;
    };
    let mut counted = model.len();
    for chunk in steps.chunks(5) {
        if appender.write(chunk).is_ok() {
            model.extend(chunk);
        }
        if chunk.len() < 5 || chunk[0] & 1 > 0 {
            appender = if chunk.len() < 5 {
                appender.finish().expect("there is room");
                options().open(&path).expect("it was open before")
            } else {
                appender.sync().expect("there is room");
                appender
            };
            counted = model.len();
        }
        let found = NpyFile::open(&path).and_then(|file| file.read_vec::<u16>()).expect("it loads");
        counted = counted.max(if flags & 1 > 0 { 0 } else { model.len() });
        assert!(found.len() >= counted && model.starts_with(&found));
    }
});
