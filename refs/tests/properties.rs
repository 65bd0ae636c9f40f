//! References of any arrays: valid JSON, whose byte ranges are all of the arrays, once and in their order.

use std::fs;
use std::path::Path;

use npymap::{DType, Field, Header, Order, Structured};
use npymap_refs::{File, Grid, MAX_CHUNK, MAX_INLINED, Options, References};
use proptest::prelude::*;
use serde_json::Value;

/// Where the data of a shard stand in its file.
const START: u64 = 128;

/// The references of files of these headers as JSON, an array `x` of one shard a file.
fn references(headers: &[Header], options: Options) -> npymap_refs::Result<Value> {
    let mut references = References::new(options);
    for (number, header) in headers.iter().enumerate() {
        let size = START + header.nbytes().unwrap() as u64;
        let file = references.file(File::new(format!("s3://bucket/{number}.npy"), size));
        references.shard("x", file, header, START)?;
    }
    let mut json = Vec::new();
    references.plan()?.write(&mut json, |_, _, _| Ok(()))?;
    Ok(serde_json::from_slice(&json).unwrap())
}

/// The metadata that a key has.
fn metadata(json: &Value, key: &str) -> Value {
    serde_json::from_str(json["refs"][key].as_str().unwrap()).unwrap()
}

/// The lengths of the chunks along each axis.
fn edges(array: &Value) -> Vec<Vec<u64>> {
    let configuration = &array["chunk_grid"]["configuration"];
    let shape: Vec<u64> =
        array["shape"].as_array().unwrap().iter().map(|len| len.as_u64().unwrap()).collect();
    if array["chunk_grid"]["name"] == "regular" {
        let chunk = configuration["chunk_shape"].as_array().unwrap().iter().map(|len| len.as_u64().unwrap());
        return shape
            .iter()
            .zip(chunk)
            .map(|(&len, chunk)| vec![chunk; len.div_ceil(chunk) as usize])
            .collect();
    }
    let axes = configuration["chunk_shapes"].as_array().unwrap().iter().map(|axis| {
        let runs = axis.as_array().unwrap().iter().flat_map(|run| match run.as_array() {
            Some(run) => vec![run[0].as_u64().unwrap(); run[1].as_u64().unwrap() as usize],
            None => vec![run.as_u64().unwrap()],
        });
        runs.collect::<Vec<u64>>()
    });
    let axes: Vec<Vec<u64>> = axes.collect();
    for (axis, len) in axes.iter().zip(shape) {
        assert_eq!(axis.iter().sum::<u64>(), len);
    }
    axes
}

/// Checks that the chunks are the data of the shards: each has the bytes that its place in the grid says, and all of
/// them, in the order of the files, are every byte once.
fn check(json: &Value, headers: &[Header]) {
    let array = metadata(json, "x/zarr.json");
    let root = metadata(json, "zarr.json");
    assert_eq!(root["consolidated_metadata"]["metadata"]["x"], array);
    assert_eq!(root["attributes"]["npymap"]["files"].as_array().unwrap().len(), headers.len());
    let itemsize = headers[0].dtype.itemsize() as u64;
    let is_fortran = array["codecs"][0]["name"] == "transpose";
    let edges = edges(&array);
    let mut chunks: Vec<(Vec<usize>, &Value)> = Vec::new();
    for (key, value) in json["refs"].as_object().unwrap() {
        let Some(place) = key.strip_prefix("x/c") else { continue };
        let mut place: Vec<usize> = place.split('/').skip(1).map(|index| index.parse().unwrap()).collect();
        assert_eq!(place.len(), edges.len());
        let bytes = place.iter().zip(&edges).map(|(&index, axis)| axis[index]).product::<u64>() * itemsize;
        match value.as_array() {
            Some(range) => assert_eq!(range[2].as_u64(), Some(bytes), "{key}"),
            None => {
                let inlined = value.as_str().unwrap().strip_prefix("base64:").unwrap();
                assert_eq!(inlined.len() as u64, bytes.div_ceil(3) * 4);
                assert!(bytes <= MAX_INLINED);
            }
        }
        assert!(bytes <= MAX_CHUNK);
        if is_fortran {
            place.reverse();
        }
        chunks.push((place, value));
    }
    chunks.sort_by(|(a, _), (b, _)| a.cmp(b));
    let expected: usize = edges.iter().map(Vec::len).product();
    assert_eq!(chunks.len(), expected);
    let shards = headers.iter().enumerate().map(|(number, header)| {
        (format!("s3://bucket/{number}.npy"), START + header.nbytes().unwrap() as u64)
    });
    let mut shards = shards.filter(|(_, end)| *end > START);
    let mut shard = (String::new(), 0);
    let mut at = 0;
    for (number, (_, value)) in chunks.iter().enumerate() {
        if at == shard.1 {
            shard = shards.next().unwrap();
            at = START;
        }
        match value.as_array() {
            Some(range) => {
                assert_eq!((range[0].as_str(), range[1].as_u64()), (Some(shard.0.as_str()), Some(at)));
                at += range[2].as_u64().unwrap();
                assert!(at <= shard.1);
            }
            // It is the end of all.
            None => {
                assert_eq!(number + 1, chunks.len());
                at = shard.1;
            }
        }
    }
    assert_eq!(at, shard.1);
    assert!(shards.next().is_none());
}

fn dtypes() -> impl Strategy<Value = DType> {
    const SCALARS: &[&str] = &[
        "|b1", "|i1", "<u2", ">i4", "<f8", ">f8", "<c16", "|S3", "<U2", "|V5", "<M8[25s]", ">m8", "<f2",
        "<f16", "|O",
    ];
    let scalar = prop::sample::select(SCALARS).prop_map(|text| text.parse::<DType>().unwrap());
    scalar.prop_recursive(2, 8, 3, |inner| {
        prop::collection::vec(("[a-c\"\\\\é]{1,3}", inner, 0usize..4), 1..4).prop_map(|fields| {
            let mut end = 0;
            let fields = fields.into_iter().enumerate().map(|(number, (name, dtype, padding))| {
                let offset = end + padding;
                end = offset + dtype.itemsize();
                Field::new(format!("{name}{number}"), offset, dtype)
            });
            let fields: Vec<Field> = fields.collect();
            Structured::new(fields, end).unwrap().into()
        })
    })
}

fn options() -> impl Strategy<Value = Options> {
    let chunk = prop_oneof![1u64..100, 100u64..10_000, 10_000u64..1 << 24];
    (chunk, any::<bool>()).prop_map(|(chunk, is_regular)| {
        Options::new().chunk(chunk).grid(if is_regular { Grid::Regular } else { Grid::Auto })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn ranges_are_the_data(
        dtype in dtypes(),
        rows in prop::collection::vec(0usize..40, 1..5),
        rest in prop::collection::vec(prop_oneof![1 => 0usize..2, 9 => 1usize..12], 0..4),
        is_fortran: bool,
        options in options(),
    ) {
        let headers: Vec<Header> = rows.iter().map(|&rows| {
            let mut shape: Vec<usize> = [rows].into_iter().chain(rest.iter().copied()).collect();
            if is_fortran {
                shape.reverse();
            }
            Header::new(dtype.clone(), shape).with_order(if is_fortran { Order::F } else { Order::C })
        }).collect();
        match references(&headers, options) {
            Ok(json) => check(&json, &headers),
            Err(error) => {
                let text = error.to_string();
                let is_meant = ["Python objects", "long double", "-endian numbers among"];
                prop_assert!(is_meant.iter().any(|why| text.contains(why)), "{}", text);
            }
        }
    }
}

#[test]
fn one_element_is_one_chunk() {
    let headers = [Header::new(DType::of::<f32>(), [])];
    let json = references(&headers, Options::new()).unwrap();
    assert_eq!(json["refs"]["x/c"], serde_json::json!(["s3://bucket/0.npy", 128, 4]));
    let twice = [headers[0].clone(), headers[0].clone()];
    let text = references(&twice, Options::new()).unwrap_err().to_string();
    assert_eq!(
        text,
        "shape () does not continue shape () of array 'x'; an array without axes has nothing to be joined along; give it a \
         name of its own"
    );
}

#[test]
fn shards_must_agree() {
    let header = |dtype: &str, shape: &[usize]| Header::new(dtype.parse().unwrap(), shape);
    let failed =
        |first: Header, second: Header| references(&[first, second], Options::new()).unwrap_err().to_string();
    assert_eq!(
        failed(header("<f8", &[2, 3]), header("<f8", &[2, 4])),
        "shape (2, 4) does not continue shape (2, 3) of array 'x'; all axes but the slowest must agree, or the arrays have \
         names of their own"
    );
    assert_eq!(
        failed(header("<f8", &[2]), header(">f8", &[2])),
        "dtype '>f8' does not continue dtype '<f8' of array 'x'; all shards must have one dtype and byte order"
    );
    assert_eq!(
        failed(header("<f8", &[2, 2]), header("<f8", &[2, 2]).with_order(Order::F)),
        "Fortran order does not continue C order of array 'x'; convert it to the other order"
    );
    // With one axis both orders are the same.
    assert!(
        references(&[header("<f8", &[2]), header("<f8", &[2]).with_order(Order::F)], Options::new()).is_ok()
    );
}

#[test]
fn a_file_that_is_too_short_is_refused() {
    let mut references = References::new(Options::new());
    let file = references.file(File::new("a.npy", 200));
    let error = references.shard("x", file, &Header::new(DType::of::<f64>(), [10]), 128).unwrap_err();
    assert_eq!(error.to_string(), "data is truncated: bytes 128 to 208 are the array, found 200 bytes");
    let huge = Header::new(DType::of::<f64>(), [usize::MAX, usize::MAX, usize::MAX]);
    assert!(references.shard("x", file, &huge, u64::MAX).is_err());
    assert_eq!(references.arrays().count(), 0);
}

#[test]
fn a_name_is_an_array_or_a_group() {
    let mut references = References::new(Options::new());
    let file = references.file(File::new("a.npy", 1000));
    let header = Header::new(DType::of::<u8>(), [10]);
    references.shard("a/b", file, &header, 128).unwrap();
    let failed = |references: &mut References, name: &str| {
        references.shard(name, file, &header, 128).unwrap_err().to_string()
    };
    assert_eq!(failed(&mut references, "a"), "'a' cannot be the name of an array: a group has that name");
    let text = failed(&mut references, "a/b/c");
    assert_eq!(text, "'a/b/c' cannot be the name of an array: the group that it names is an array");
    assert!(references.dimension_names("a/b", ["x", "y"]).is_err());
    assert!(references.attribute("a/b", "units", "K").is_err());
    assert!(references.attribute("", "npymap", "1").is_err());
    assert!(references.attribute("none", "units", "1").is_err());
    assert_eq!(
        References::new(Options::new().chunk(0)).plan().unwrap_err().to_string(),
        "0 bytes cannot be the size of a chunk, expected 1 to 2147483648"
    );
}

#[test]
fn the_facts_of_files_are_read_back() {
    let files = [
        File::new("https://host/a%20b.npy", 138).with_etag("\"5f-\\\"x\""),
        File::new("https://host/d/é.npy", 138)
            .with_modified(std::time::UNIX_EPOCH + std::time::Duration::from_nanos(7)),
    ];
    let mut references = References::new(Options::new());
    for file in &files {
        let id = references.file(file.clone());
        references.shard("x", id, &Header::new(DType::of::<u8>(), [10]), 128).unwrap();
    }
    references.attribute("", "title", "\"a \\\"b\\\"\"").unwrap();
    let mut json = Vec::new();
    references.plan().unwrap().write(&mut json, |_, _, _| Ok(())).unwrap();
    assert_eq!(npymap_refs::read_files(json.as_slice()).unwrap(), files);
}

/// Every file of testdata is referenced or refused.
#[test]
fn golden_files_are_referenced_or_refused() {
    let testdata = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("testdata");
    let (mut referenced, mut refused) = (0, 0);
    for folder in ["numpy-1.26", "numpy-2.4", "crafted", "hostile"] {
        for entry in fs::read_dir(testdata.join(folder)).unwrap() {
            let bytes = fs::read(entry.unwrap().path()).unwrap();
            let Ok((header, data_offset)) = Header::parse(&bytes) else { continue };
            let mut references = References::new(Options::new().chunk(16));
            let file = references.file(File::new("a.npy", bytes.len() as u64));
            if references.shard("x", file, &header, data_offset).is_err() {
                refused += 1;
                continue;
            }
            let mut json = Vec::new();
            references.plan().unwrap().write(&mut json, |_, _, _| Ok(())).unwrap();
            let json: Value = serde_json::from_slice(&json).unwrap();
            for range in json["refs"].as_object().unwrap().values().filter_map(Value::as_array) {
                let end = range[1].as_u64().unwrap() + range[2].as_u64().unwrap();
                assert!(end <= bytes.len() as u64);
            }
            referenced += 1;
        }
    }
    assert!(referenced > 250 && refused > 50, "{referenced} {refused}");
}
