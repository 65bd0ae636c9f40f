//! Arrays through an archive, in one piece, in pieces, and by an append that replaces some: they come back.
#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use npymap::{Compression, NpzMap, NpzReader, NpzWriter, Result};

/// Name, elements, how they are compressed, and whether they come in pieces.
type Entry = (String, Vec<i16>, Option<u8>, bool);

fn add(mut writer: NpzWriter, entries: &[Entry], all: &mut BTreeMap<String, (Vec<i16>, bool)>) -> Result<()> {
    for (name, elements, level, in_pieces) in entries {
        writer = writer.compression(level.map_or(Compression::Stored, Compression::Deflated));
        if npymap_fuzz::save(&mut writer, name, elements, *in_pieces).is_ok() {
            let name = if name.ends_with(".npy") { name.clone() } else { format!("{name}.npy") };
            all.insert(name, (elements.clone(), level.is_none()));
        }
    }
    writer.finish().map(drop)
}

fuzz_target!(|entries: [Vec<Entry>; 2]| {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.npz");
    let mut all = BTreeMap::new();
    add(NpzWriter::create(&path).unwrap(), &entries[0], &mut all).unwrap();
    add(NpzWriter::append(&path).unwrap(), &entries[1], &mut all).unwrap();
    let archive = NpzReader::open(&path).unwrap();
    // SAFETY: nobody else knows the file.
    let map = unsafe { NpzMap::open(&path) }.unwrap();
    assert_eq!(archive.names().count(), all.len());
    for (name, (elements, is_stored)) in all {
        assert_eq!(archive.load_vec::<i16>(&name).unwrap(), elements);
        assert_eq!(map.get(&name).is_ok_and(|map| map.as_slice::<i16>().unwrap() == elements), is_stored);
    }
});
