//! A whole file through every entry point: map, positioned file, `load` and stream give the same.
#![no_main]

use bytemuck::NoUninit;
use libfuzzer_sys::fuzz_target;
use ndarray::{ArrayD, IxDyn};
use npymap::{Element, Header, NpyFile, NpyMap, NpyReader, Result};
use npymap_fuzz::{Pieces, for_each_element};

fn check<T: Element + NoUninit>(path: &std::path::Path, map: &NpyMap, bytes: &[u8]) {
    let text = |array: Result<ArrayD<T>>| match array {
        Ok(array) => Ok((array.strides().to_vec(), array.shape().to_vec(), raw(&array))),
        Err(error) => Err(error.to_string().replace(&format!("{}: ", path.display()), "")),
    };
    let loaded = text(npymap::load(path));
    assert_eq!(loaded, text(NpyFile::open(path).and_then(|file| file.read())));
    assert_eq!(loaded, text(NpyReader::new(Pieces::new(bytes)).and_then(|mut reader| reader.read())));
    assert_eq!(loaded, text(map.to_array()));
    assert_eq!(loaded, text(map.view_cow::<T, IxDyn>().map(|array| array.into_owned())));
    if let Ok(view) = map.view::<T, IxDyn>() {
        assert_eq!(loaded, text(Ok(view.to_owned())));
    }
}

fn raw<T: Element + NoUninit>(array: &ArrayD<T>) -> Vec<u8> {
    array.iter().flat_map(|element| bytemuck::bytes_of(element).to_vec()).collect()
}

fuzz_target!(|bytes: &[u8]| {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    // SAFETY: nobody else knows the file.
    let Ok(map) = (unsafe { NpyMap::open(file.path()) }) else { return };
    let (header, data_offset) = Header::parse(bytes).unwrap();
    assert_eq!(map.as_bytes(), &bytes[data_offset as usize..][..header.nbytes().unwrap()]);
    for_each_element!(check, file.path(), &map, bytes);
});
