//! Headers as shards of arrays: refused, or references that are valid JSON and stay within the files; and any bytes as
//! references that are read back.
#![no_main]

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use npymap::Header;
use npymap_refs::{File, Grid, MAX_CHUNK, Options, References, read_files};

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    chunk: u32,
    is_regular: bool,
    shards: Vec<Shard>,
    name: &'a str,
    /// A header as a file has it.
    text: &'a [u8],
    json: &'a [u8],
}

#[derive(Arbitrary, Debug)]
struct Shard {
    header: Header,
    offset: u16,
    cut: Option<u8>,
    is_second: bool,
}

fuzz_target!(|input: Input<'_>| {
    let _ = read_files(input.json);
    let grid = if input.is_regular { Grid::Regular } else { Grid::Auto };
    let mut references = References::new(Options::new().chunk(input.chunk.into()).grid(grid));
    let parsed = Header::parse(input.text).ok().map(|(header, _)| (header, 0, None, true));
    let shards =
        input.shards.into_iter().map(|shard| (shard.header, shard.offset, shard.cut, shard.is_second));
    let mut files = Vec::new();
    for (number, (header, offset, cut, is_second)) in shards.chain(parsed).take(16).enumerate() {
        // As a sparse file would be: any header may claim data of any size.
        let Some(size) = header.nbytes().and_then(|nbytes| u64::from(offset).checked_add(nbytes as u64))
        else {
            continue;
        };
        let size = size.saturating_sub(cut.unwrap_or(0).into());
        let file = File::new(format!("s3://bucket/{number}/{}", input.name), size);
        let id = references.file(file.clone());
        files.push(file);
        let _ = references.shard(if is_second { input.name } else { "x" }, id, &header, offset.into());
    }
    let _ = references.attribute("x", input.name, input.name);
    let Ok(plan) = references.plan() else { return };
    // What takes long to write is no other code.
    if plan.arrays().iter().map(|array| array.chunks()).sum::<u64>() > 10_000 {
        return;
    }
    let mut json = Vec::new();
    plan.write(&mut json, |id, offset, bytes| {
        assert!(offset + bytes.len() as u64 <= files[id.index()].size());
        Ok(())
    })
    .unwrap();
    assert_eq!(read_files(json.as_slice()).unwrap(), files);
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    for (key, value) in json["refs"].as_object().unwrap() {
        if let Some(range) = value.as_array() {
            let file = files.iter().find(|file| file.url() == range[0]).unwrap();
            let (offset, len) = (range[1].as_u64().unwrap(), range[2].as_u64().unwrap());
            assert!(len > 0 && len <= MAX_CHUNK && offset + len <= file.size(), "{key}");
        } else if key.ends_with("zarr.json") {
            let _: serde_json::Value = serde_json::from_str(value.as_str().unwrap()).unwrap();
        }
    }
});
