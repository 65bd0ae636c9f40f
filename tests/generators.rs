//! The generators for other people's tests: what they call valid is read everywhere, what they call broken nowhere.
#![cfg(all(feature = "ndarray", feature = "proptest"))]
#![allow(unsafe_code, reason = "to map a file is unsafe; nobody else knows the files of these tests")]

use std::collections::BTreeSet;
use std::fs;

use ndarray::{Array, ArrayD, Dimension, Ix0, Ix3, IxDyn};
use npymap::testing::{self, BrokenFile, DATA_MOST, Fault, ValidFile, arrays};
use npymap::{DType, Element, Error, Header, Kind, NpyFile, NpyMap, NpyReader, Order, PrintOptions, Unicode};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};

const CASES: u32 = 1024;

fn config() -> Config {
    Config { cases: CASES, failure_persistence: None, ..Config::default() }
}

/// Many values, the same in each run.
fn values<T: Arbitrary>(count: usize) -> Vec<T> {
    let mut runner = TestRunner::deterministic();
    let strategy = any::<T>();
    (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

#[test]
fn headers_survive_being_written() {
    proptest!(config(), |(header: Header)| {
        let bytes = header.encode();
        prop_assert_eq!(Header::parse(&bytes).unwrap(), (header.clone(), bytes.len() as u64));
        prop_assert!(header.nbytes().is_some());
    });
}

#[test]
fn dtypes_can_be_told_by_a_header() {
    proptest!(config(), |(dtype: DType)| {
        prop_assert!(dtype.descr().is_ok() && !dtype.has_object());
        let header = Header::new(dtype, [2]);
        prop_assert_eq!(Header::parse(&header.encode()).unwrap().0, header);
    });
}

#[test]
fn valid_files_are_read_through_every_entry_point() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("valid.npy");
    proptest!(config(), |(file: ValidFile)| {
        let parsed = Header::parse(&file.bytes).unwrap();
        prop_assert_eq!(&parsed, &(file.header.clone(), file.data_offset));
        prop_assert_eq!(Some(file.data().len()), file.header.nbytes());
        prop_assert!(file.data().len() <= DATA_MOST);
        prop_assert_eq!(Header::read_from(file.bytes.as_slice()).unwrap(), file.header.clone());
        fs::write(&path, &file.bytes).unwrap();
        let opened = NpyFile::open(&path).unwrap();
        prop_assert_eq!(opened.header(), &file.header);
        // SAFETY: nobody changes the file while it is mapped.
        let map = unsafe { NpyMap::open(&path) }.unwrap();
        prop_assert_eq!(map.as_bytes(), file.data());
        // It prints: every element means something.
        let preview = NpyReader::new(file.bytes.as_slice()).unwrap().preview(&PrintOptions::default());
        prop_assert!(preview.is_ok(), "{}", preview.unwrap_err());
    });
}

/// Reads a file with all of its data, whatever its dtype.
fn read(path: &std::path::Path) -> Result<(), Error> {
    let file = NpyFile::open(path)?;
    match &file.header().dtype {
        DType::Scalar(scalar) if scalar.kind() == Kind::Bool => file.read_vec::<bool>().map(drop),
        DType::Scalar(scalar) if scalar.kind() == Kind::Unicode => file.read_vec::<Unicode<12>>().map(drop),
        _ => file.preview(&PrintOptions::default().threshold(usize::MAX)).map(drop),
    }
}

#[test]
fn broken_files_are_refused_everywhere() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("broken.npy");
    proptest!(config(), |(file: BrokenFile)| {
        fs::write(&path, &file.bytes).unwrap();
        prop_assert!(read(&path).is_err(), "{}", file.fault);
        let parsed = Header::parse(&file.bytes);
        prop_assert_eq!(parsed.is_err(), file.fault.is_in_header(), "{}", file.fault);
        let streamed = Header::read_from(file.bytes.as_slice());
        prop_assert_eq!(streamed.is_err(), file.fault.is_in_header(), "{}", file.fault);
        let in_elements = matches!(file.fault, Fault::Bool { .. } | Fault::CodePoint { .. });
        // SAFETY: nobody changes the file while it is mapped.
        prop_assert_eq!(unsafe { NpyMap::open(&path) }.is_err(), !in_elements, "{}", file.fault);
    });
}

/// A generator that never makes some sort of file would be no test of it.
#[test]
fn every_sort_is_made() {
    let faults = values::<BrokenFile>(20_000);
    let name = |fault: &Fault| format!("{fault:?}").split(['(', ' ']).next().unwrap().to_string();
    let seen: BTreeSet<String> = faults.iter().map(|file| name(&file.fault)).collect();
    let all = [
        "Bool",
        "Brackets",
        "Byte",
        "ClaimedShape",
        "CodePoint",
        "DType",
        "DataCut",
        "HeaderCut",
        "HeaderLength",
        "Magic",
        "MissingKey",
        "NegativeAxis",
        "NotNpy",
        "Objects",
        "OrderType",
        "OverflowingShape",
        "ShapeType",
        "Syntax",
        "TooManyAxes",
        "UnknownKey",
        "Version",
    ];
    assert_eq!(seen.iter().map(String::as_str).collect::<Vec<_>>(), all);
    assert!(faults.iter().all(|file| !file.fault.to_string().is_empty()));

    let files = values::<ValidFile>(4000);
    let kinds: BTreeSet<String> = files
        .iter()
        .filter_map(|file| match &file.header.dtype {
            DType::Scalar(scalar) => Some(scalar.kind().as_char().to_string()),
            _ => None,
        })
        .collect();
    assert_eq!(kinds.iter().map(String::as_str).collect::<String>(), "MSUVbcfimu");
    for version in 1..=3 {
        assert!(files.iter().any(|file| file.bytes[6] == version), "version {version}");
    }
    let count = |wanted: fn(&ValidFile) -> bool| files.iter().filter(|file| wanted(file)).count();
    assert!(count(|file| matches!(file.header.dtype, DType::Structured(_))) > 100);
    assert!(count(|file| file.header.order == Order::F && file.header.shape.len() > 1) > 100);
    assert!(count(|file| file.header.encode() == file.bytes[..file.data_offset as usize]) > 100);
    assert!(count(|file| file.header.encode() != file.bytes[..file.data_offset as usize]) > 100);
    assert!(count(|file| file.bytes.len() > file.data_offset as usize + file.data().len()) > 100);
    assert!(count(|file| file.header.is_empty()) > 100);
    assert!(count(|file| file.header.shape.is_empty()) > 100);
    assert!(count(|file| file.bytes.windows(2).any(|pair| pair == b"L,")) > 10);
}

#[test]
fn arrays_are_saved_and_loaded() {
    fn hold<T: Element + std::fmt::Debug, D: Dimension>(is_same: fn(&T, &T) -> bool) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("array.npy");
        let mut config = config();
        config.cases = 256;
        proptest!(config, |(array in arrays::<T, D>())| {
            npymap::save(&path, &array).unwrap();
            let loaded: Array<T, D> = npymap::load(&path).unwrap();
            prop_assert_eq!(loaded.shape(), array.shape());
            prop_assert!(loaded.iter().zip(&array).all(|(loaded, made)| is_same(loaded, made)));
        });
    }
    hold::<f64, IxDyn>(|a, b| a.to_bits() == b.to_bits());
    hold::<bool, Ix3>(|a, b| a == b);
    hold::<Unicode<5>, Ix0>(|a, b| a == b);
    hold::<npymap::DateTime64, IxDyn>(|a, b| a == b);
    hold::<[u16; 3], IxDyn>(|a, b| a == b);
    hold::<npymap::Be<i32>, Ix3>(|a, b| a.get() == b.get());
}

#[test]
fn no_bytes_give_the_simplest() {
    let mut nothing = npymap::arbitrary::Unstructured::new(b"");
    let array: ArrayD<f64> = testing::array(&mut nothing).unwrap();
    assert_eq!(array, ndarray::arr0(0.0).into_dyn());
    let file: ValidFile = nothing.arbitrary().unwrap();
    assert_eq!(file.header, Header::new("<f8".parse().unwrap(), []));
    assert_eq!(file.bytes[..file.data_offset as usize], file.header.encode());
    let file: BrokenFile = nothing.arbitrary().unwrap();
    assert_eq!(file.fault.to_string(), "the file is empty");
    assert_eq!(format!("{file:?}"), r#"BrokenFile { fault: NotNpy("empty"), bytes: b"" }"#);
}
