//! Every dtype of one value against every Rust type: it is read as the table of `Element` says, or refused in one form.
#![cfg(feature = "ndarray")]
#![allow(unsafe_code, reason = "mapping is an unsafe call; the file belongs to the test")]

mod common;

use std::any::type_name;

use common::temporary_file;
use ndarray::IxDyn;
use npymap::half::{bf16, f16};
use npymap::{
    Be, Bytes, DType, DateTime64, Element, Error, Header, Le, Load, LongComplex, LongDouble, MismatchProblem,
    NpyFile, NpyMap, NpyReader, TimeDelta64, Unicode,
};

/// Every kind and width of one value, in both byte orders where it has one; of times and texts several.
const DTYPES: [&str; 59] = [
    "|b1", "|i1", "<i2", ">i2", "<i4", ">i4", "<i8", ">i8", "|u1", "<u2", ">u2", "<u4", ">u4", "<u8", ">u8",
    "<f2", ">f2", "<f4", ">f4", "<f8", ">f8", "<f12", ">f12", "<f16", ">f16", "<c8", ">c8", "<c16", ">c16",
    "<c24", ">c24", "<c32", ">c32", "|S0", "|S1", "|S2", "|S3", "|S8", "<U0", "<U1", "<U2", ">U2", "<U3",
    ">U3", "|V0", "|V1", "|V2", "|V3", "|V8", "|V16", "<M8", ">M8[s]", "<M8[25s]", "<m8", ">m8[s]",
    "<m8[7D]", "<f1", ">f1", "|O",
];

/// A record is no number, whatever its size.
#[cfg(feature = "derive")]
#[derive(npymap::Record, Clone, Copy)]
struct Row {
    x: i32,
}

/// A Rust type, the dtypes that it reads, and how messages call it.
struct Column {
    name: &'static str,
    expected: &'static str,
    reads: &'static [&'static str],
    check: fn(&Self, &str, &[u8]),
}

/// Whether a file of that dtype is read or refused by every door as the table says.
fn check<T: Load>(column: &Column, dtype: &str, bytes: &[u8]) -> npymap::Result<()> {
    let result = NpyReader::new(bytes)?.read_vec::<T>().map(drop);
    let file = temporary_file();
    std::fs::write(&file, bytes)?;
    let others = [
        npymap::load::<T, IxDyn>(&file).map(drop),
        NpyFile::open(&file)?.read_vec::<T>().map(drop),
        // SAFETY: the file belongs to this test. Of objects there is no map.
        unsafe { NpyMap::open(&file) }.and_then(|map| map.to_array::<T, IxDyn>()).map(drop),
    ];
    let is_read = column.reads.contains(&dtype);
    for result in std::iter::once(result).chain(others) {
        let error = match result {
            Ok(()) => {
                assert!(is_read, "'{dtype}' was read as {}", column.name);
                continue;
            }
            Err(error) => error,
        };
        assert!(!is_read, "'{dtype}' was not read as {}: {error}", column.name);
        if dtype == "|O" {
            assert!(matches!(error, Error::Unsupported { .. }), "{error}");
            continue;
        }
        let Error::Mismatch { problem, .. } = &error else { panic!("'{dtype}' as {}: {error}", column.name) };
        if (dtype == "|u1" && column.name.starts_with("[u8; "))
            || (dtype.ends_with("i2") && column.name == "[i16; 2]")
        {
            // An axis of that many bytes would do.
            assert!(matches!(**problem, MismatchProblem::Axes { .. }), "{error}");
            continue;
        }
        assert!(matches!(**problem, MismatchProblem::DType { .. }), "{error}");
        // An array as element is told from the same number of the file's, where NumPy has arrays of them.
        let given = match column.name {
            "[i16; 2]" if !dtype.ends_with('0') => format!("('{dtype}', (2,))"),
            _ => format!("'{dtype}'"),
        };
        let says =
            |expected: &str| format!("dtype {given} cannot be read as {}, expected {expected}", column.name);
        let found = problem.to_string();
        // What is native here is called so first, and is the other of the two on big-endian machines.
        if cfg!(target_endian = "little") || found != says(&swapped(column.expected)) {
            assert_eq!(found, says(column.expected));
        }
    }
    Ok(())
}

/// A text in which each byte order is the other.
fn swapped(text: &str) -> String {
    let swap = |c| match c {
        '<' => '>',
        '>' => '<',
        c => c,
    };
    text.chars().map(swap).collect()
}

/// [`check`], and that there is no view of a dtype that is not the type's own.
fn check_view<T: Element>(column: &Column, dtype: &str, bytes: &[u8]) {
    check::<T>(column, dtype, bytes).unwrap();
    let file = temporary_file();
    std::fs::write(&file, bytes).unwrap();
    // SAFETY: the file belongs to this test. Of objects there is no map.
    let Ok(map) = (unsafe { NpyMap::open(&file) }) else { return assert_eq!(dtype, "|O") };
    let is_own = column.reads.contains(&dtype) && {
        let own = T::dtype();
        let file: DType = dtype.parse().unwrap();
        let is_time = file.time_unit().is_some();
        let (file, own) = (file.to_string(), own.to_string());
        // The unit is no matter, nor is what ml_dtypes calls its raw bytes.
        file == own
            || dtype.ends_with("f1")
            || (is_time && dtype.starts_with('<') == cfg!(target_endian = "little"))
            || own == "bfloat16"
    };
    // Elements of no bytes in the file have none to be changed.
    let view = map.view::<T, IxDyn>();
    assert_eq!(view.is_ok(), is_own, "a view of '{dtype}' as {}: {:?}", type_name::<T>(), view.err());
}

macro_rules! columns {
    ($($(#[$cfg:meta])? $type:ty, $name:literal, $expected:literal, [$($reads:literal),*];)+) => {
        vec![$($(#[$cfg])? Column {
            name: $name,
            expected: $expected,
            reads: &[$($reads),*],
            check: |column, dtype, bytes| check_view::<$type>(column, dtype, bytes),
        }),+]
    };
}

#[test]
fn no_wrong_type_gives_data() {
    let mut columns = columns! {
        bool, "bool", "'|b1'", ["|b1"];
        i8, "i8", "'|i1'", ["|i1"];
        i16, "i16", "'<i2' or '>i2'", ["<i2", ">i2"];
        i32, "i32", "'<i4' or '>i4'", ["<i4", ">i4"];
        i64, "i64", "'<i8' or '>i8'", ["<i8", ">i8"];
        u8, "u8", "'|u1'", ["|u1"];
        u16, "u16", "'<u2' or '>u2'", ["<u2", ">u2"];
        u32, "u32", "'<u4' or '>u4'", ["<u4", ">u4"];
        u64, "u64", "'<u8' or '>u8'", ["<u8", ">u8"];
        f16, "f16", "'<f2' or '>f2'", ["<f2", ">f2"];
        bf16, "bf16", "'<V2'", ["|V2"];
        f32, "f32", "'<f4' or '>f4'", ["<f4", ">f4"];
        f64, "f64", "'<f8' or '>f8'", ["<f8", ">f8"];
        LongDouble, "LongDouble", "'<f16' or '>f16'", ["<f12", ">f12", "<f16", ">f16"];
        LongComplex, "LongComplex", "'<c32' or '>c32'", ["<c24", ">c24", "<c32", ">c32"];
        #[cfg(feature = "complex")]
        npymap::num_complex::Complex<f32>, "Complex<f32>", "'<c8' or '>c8'", ["<c8", ">c8"];
        #[cfg(feature = "complex")]
        npymap::num_complex::Complex<f64>, "Complex<f64>", "'<c16' or '>c16'", ["<c16", ">c16"];
        Bytes<2>, "Bytes<2>", "'|S2' or narrower", ["|S0", "|S1", "|S2"];
        Unicode<2>, "Unicode<2>", "'<U2' or narrower", ["<U0", "<U1", "<U2", ">U2"];
        DateTime64, "DateTime64", "'<M8' of any unit", ["<M8", ">M8[s]", "<M8[25s]"];
        TimeDelta64, "TimeDelta64", "'<m8' of any unit", ["<m8", ">m8[s]", "<m8[7D]"];
        [u8; 1], "[u8; 1]", "'|V1' or '<f1'", ["|V1", "<f1", ">f1"];
        [u8; 2], "[u8; 2]", "'|V2'", ["|V2"];
        [u8; 16], "[u8; 16]", "'|V16'", ["|V16"];
        Be<i32>, "Be<i32>", "'<i4' or '>i4'", ["<i4", ">i4"];
        Le<f64>, "Le<f64>", "'<f8' or '>f8'", ["<f8", ">f8"];
        [i16; 2], "[i16; 2]", "('<i2', (2,)) or ('>i2', (2,))", [];
        #[cfg(feature = "derive")]
        Row, "Row", "[('x', '<i4')]", [];
    };
    columns.push(Column {
        name: "String",
        expected: "'<U' or '>U' of any width",
        reads: &["<U0", "<U1", "<U2", ">U2", "<U3", ">U3"],
        check: |column, dtype, bytes| check::<String>(column, dtype, bytes).unwrap(),
    });
    columns.push(Column {
        name: "Vec<u8>",
        expected: "'|S' or '|V' of any width",
        reads: &["|S0", "|S1", "|S2", "|S3", "|S8", "|V0", "|V1", "|V2", "|V3", "|V8", "|V16", "<f1", ">f1"],
        check: |column, dtype, bytes| check::<Vec<u8>>(column, dtype, bytes).unwrap(),
    });
    for dtype in DTYPES {
        let header = Header::new(dtype.parse().unwrap(), [3]);
        // Bytes of zero are valid in every dtype; those of the data are checked after the dtype.
        let bytes = [header.encode(), vec![0; header.nbytes().unwrap()]].concat();
        for column in &columns {
            (column.check)(column, dtype, &bytes);
        }
    }
}
