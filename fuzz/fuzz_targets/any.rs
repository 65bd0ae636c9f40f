//! A line that names a field, and a file: its array is the same through stream, file and map, and when it is saved again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use npymap::{AnyArray, DType, NpyMap, NpyReader};
use npymap_fuzz::{Pieces, lines, survives};

fuzz_target!(|input: &[u8]| {
    let ([path], bytes) = lines(input);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    let text = |any: npymap::Result<AnyArray>| match any {
        Ok(any) => format!("{} {:?} {any}", any.dtype(), any.shape()),
        Err(error) => error.to_string().replace(&format!("{}: ", file.path().display()), ""),
    };
    let loaded = text(AnyArray::load(file.path()));
    assert_eq!(loaded, text(NpyReader::new(Pieces::new(bytes)).and_then(|mut reader| reader.read_any())));
    // SAFETY: nobody else knows the file.
    if let Ok(map) = unsafe { NpyMap::open(file.path()) } {
        assert_eq!(loaded, text(map.view_any().and_then(|view| view.into_owned())));
    }
    let Ok(any) = AnyArray::load(file.path()) else { return };
    if let AnyArray::Record(records) = &any {
        let _ = text(records.field(path));
        let DType::Structured(dtype) = records.dtype() else { return };
        for field in dtype.fields().iter().take(20) {
            let _ = text(records.field(field.name()));
        }
    }
    if survives(&any.dtype()) && npymap::save(file.path(), &any).is_ok() {
        assert_eq!(loaded, text(AnyArray::load(file.path())));
    }
});
