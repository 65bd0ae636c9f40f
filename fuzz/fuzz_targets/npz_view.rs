//! Any bytes as an archive in memory: what a view sees is what a reader reads, from any source; the directory is found in
//! the last bytes alone.
#![no_main]

use libfuzzer_sys::fuzz_target;
use npymap::{NpzDirectory, NpzReader, NpzView};
use npymap_fuzz::Odd;

fuzz_target!(|bytes: &[u8]| {
    let (viewed, read) = (NpzView::new(bytes), NpzReader::new(Odd(bytes)));
    let (viewed, read) = match (viewed, read) {
        (Ok(viewed), Ok(read)) => (viewed, read),
        (viewed, read) => {
            let text = |error: Option<npymap::Error>| error.map(|error| error.to_string());
            assert_eq!(text(viewed.err()), text(read.err()));
            return;
        }
    };
    let len = bytes.len() as u64;
    let mut count = 0;
    while let needed = NpzDirectory::needs(&bytes[bytes.len() - count..], len).unwrap() as usize
        && needed > count
    {
        count = needed;
    }
    let directory = NpzDirectory::parse(&bytes[bytes.len() - count..], len).unwrap();
    assert_eq!(directory.names().collect::<Vec<_>>(), read.names().collect::<Vec<_>>());
    for entry in directory.entries().iter().take(8) {
        let name = entry.full_name();
        let range = entry.header_range();
        let local = bytes.get(range.start as usize..).unwrap_or_default();
        let start = entry.data_offset(&local[..local.len().min((range.end - range.start) as usize)]);
        assert_eq!(start.is_ok(), read.data_offset(name).is_ok());
        let Ok(array) = viewed.get(name) else { continue };
        let mut data = vec![0; array.as_bytes().len()];
        read.file(name).unwrap().read_bytes_at(0, &mut data).unwrap();
        assert_eq!(data, array.as_bytes());
    }
});
