//! Any bytes as a header: it is refused or read alike from memory and from a stream, and survives being written.
#![no_main]

use libfuzzer_sys::fuzz_target;
use npymap::Header;
use npymap_fuzz::{Pieces, assert_survives, survives};

fuzz_target!(|bytes: &[u8]| {
    let mut stream = Pieces::new(bytes);
    let streamed = Header::read_from(&mut stream);
    let (header, data_offset) = match (Header::parse(bytes), streamed) {
        (Ok(parsed), Ok(streamed)) => {
            assert_eq!(parsed.0, streamed);
            parsed
        }
        (parsed, streamed) => {
            let (parsed, streamed) = (parsed.unwrap_err(), streamed.unwrap_err());
            // A stream is read only as far as a web page after many blanks takes to tell.
            if bytes.len() <= 64 || bytes.starts_with(b"\x93NUMPY") {
                assert_eq!(parsed.to_string(), streamed.to_string());
            }
            return;
        }
    };
    assert_eq!(bytes.len() - data_offset as usize, stream.rest().len());
    assert_eq!(Header::needs(bytes).unwrap() as u64, data_offset);
    assert!(!header.dtype.to_string().is_empty());
    if survives(&header.dtype) {
        assert_survives(&header);
    }
});
