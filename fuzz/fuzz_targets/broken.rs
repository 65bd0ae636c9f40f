//! A file with one fault: no reader takes it, and the message is the same wherever the fault is found.
#![no_main]

use libfuzzer_sys::fuzz_target;
use npymap::testing::{BrokenFile, Fault};
use npymap::{Header, NpyFile, NpyMap, NpyReader, Unicode};
use npymap_fuzz::Pieces;

fuzz_target!(|file: BrokenFile| {
    let path = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(path.path(), &file.bytes).unwrap();
    // SAFETY: nobody else knows the file.
    let mapped = unsafe { NpyMap::open(path.path()) };
    match file.fault {
        Fault::Bool { .. } => assert!(NpyFile::open(path.path()).unwrap().read_vec::<bool>().is_err()),
        Fault::CodePoint { .. } => {
            assert!(NpyFile::open(path.path()).unwrap().read_vec::<Unicode<12>>().is_err());
        }
        _ => {
            let mapped = mapped.unwrap_err().to_string();
            if !matches!(file.fault, Fault::Objects) {
                assert_eq!(NpyFile::open(path.path()).unwrap_err().to_string(), mapped);
            }
            match Header::parse(&file.bytes) {
                Ok(_) => assert!(!file.fault.is_in_header(), "{}", file.fault),
                Err(error) => assert_eq!(error.at_path(path.path()).to_string(), mapped),
            }
        }
    }
    assert_eq!(NpyReader::new(Pieces::new(&file.bytes)).is_err(), file.fault.is_in_header());
});
