//! A valid file, however it is spelled: every reader gives its header, its data and a text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use npymap::testing::ValidFile;
use npymap::{Header, NpyFile, NpyMap, NpyReader, PrintOptions};
use npymap_fuzz::Pieces;

fuzz_target!(|file: ValidFile| {
    assert_eq!(Header::parse(&file.bytes).unwrap(), (file.header.clone(), file.data_offset));
    let mut reader = NpyReader::new(Pieces::new(&file.bytes)).unwrap();
    assert_eq!(reader.header(), &file.header);
    let streamed = reader.preview(&PrintOptions::default()).unwrap().to_string();
    let path = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(path.path(), &file.bytes).unwrap();
    let opened = NpyFile::open(path.path()).unwrap();
    assert_eq!(streamed, opened.preview(&PrintOptions::default()).unwrap().to_string());
    // SAFETY: nobody else knows the file.
    let map = unsafe { NpyMap::open(path.path()) }.unwrap();
    assert_eq!(map.as_bytes(), file.data());
});
