//! Any bytes as an archive: each of its arrays is read or refused, with memory in proportion to the file.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ndarray::{Ix1, IxDyn};
use npymap::{NpzMap, NpzReader, NpzWriter, PrintOptions, load_sparse};

fuzz_target!(|bytes: &[u8]| {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    let Ok(archive) = NpzReader::open(file.path()) else { return };
    let names: Vec<String> = archive.names().map(str::to_string).collect();
    for entry in archive.entries().iter().take(8) {
        let Ok(start) = archive.data_offset(entry.full_name()) else { continue };
        assert!(start + entry.compressed_size() <= bytes.len() as u64);
    }
    // SAFETY: nobody else knows the file.
    let map = unsafe { NpzMap::open(file.path()) }.unwrap();
    for name in names.iter().take(8) {
        npymap_fuzz::assert_same_data(&archive, &map, name);
        let Ok(header) = archive.header(name) else { continue };
        let shape = match archive.load::<f64, IxDyn>(name) {
            Ok(array) => array.shape().to_vec(),
            Err(_) => header.shape.clone(),
        };
        assert!(shape.starts_with(&header.shape));
        let _ = archive.load::<u8, IxDyn>(name);
        if let Ok(preview) = archive.preview(name, &PrintOptions::default()) {
            let _ = preview.to_string();
        }
    }
    let _ = archive.load_all::<f64, Ix1>();
    let _ = load_sparse::<f64>(file.path());
    assert!(archive.header("no such array\0").is_err());
    if let Ok(writer) = NpzWriter::append(file.path()) {
        let _ = writer.finish();
    }
});
