//! Any bytes as an archive: each of its arrays is read or refused, with memory in proportion to the file.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ndarray::IxDyn;
use npymap::{NpzReader, PrintOptions};

fuzz_target!(|bytes: &[u8]| {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    let Ok(archive) = NpzReader::open(file.path()) else { return };
    let names: Vec<String> = archive.names().map(str::to_string).collect();
    for name in names.iter().take(8) {
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
    assert!(archive.header("no such array\0").is_err());
});
