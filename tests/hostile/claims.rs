//! Shapes and sizes that lie.

use npymap::{Error, Header, NpyReader};

use crate::common::entry_points::{data_attempts, header_attempts, open_attempts, previews};
use crate::entry_points::{Hostile, claim, fits, version_1};

fn shaped(descr: &str, shape: &str) -> Vec<u8> {
    version_1(&format!("{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}\n"), &[])
}

#[test]
fn claimed_data_must_be_there() {
    // 140 bytes that claim 8 TB: as elements, as their size, and as both.
    let claims = [
        (
            "'<f8'",
            "(1000000000000,)",
            "data is truncated: shape (1000000000000,) of '<f8' needs 8000000000000 bytes, found 12",
        ),
        (
            "'<f8'",
            "(200000000,)",
            "data is truncated: shape (200000000,) of '<f8' needs 1600000000 bytes, found 12",
        ),
        ("'<f8'", "(2, 6)", "data is truncated: shape (2, 6) of '<f8' needs 96 bytes, found 12"),
        (
            "'<f8'",
            "(6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6)",
            "data is truncated: shape (6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6) of '<f8' needs 17414258688 bytes, found 12",
        ),
    ];
    for (descr, shape, expected) in claims.into_iter().filter(|(_, _, expected)| fits(expected)) {
        let text = format!("{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}");
        let file = Hostile::new(&version_1(&format!("{text:117}\n"), &[0; 12]));
        assert_eq!(file.bytes.len(), 140);
        file.assert_refused(&data_attempts(), expected);
    }
    // One element of 2 GB, which only the entry points that take any dtype can be asked for.
    let text = "{'descr': '|V2147483647', 'fortran_order': False, 'shape': (), }";
    let file = Hostile::new(&version_1(&format!("{text:117}\n"), &[0; 12]));
    let expected = "data is truncated: shape () of '|V2147483647' needs 2147483647 bytes, found 12";
    file.assert_refused(&open_attempts(), expected);
    file.assert_refused(&previews(), expected);
}

#[test]
fn shapes_beyond_memory_are_refused() {
    let many = |axis: &str, count: usize| format!("({})", vec![axis; count].join(", "));
    for (descr, shape, reason) in [
        ("'|u1'", "(9223372036854775808,)".to_string(), "an axis is larger than memory can be"),
        ("'|u1'", "(18446744073709551616,)".to_string(), "an axis is larger than memory can be"),
        ("'|u1'", "(-1,)".to_string(), "an axis is negative"),
        // Products that wrap: to 0, and to 8.
        ("'|u1'", many("4294967296", 2), "it has more bytes than memory can address"),
        ("'<f8'", "(2305843009213693953,)".to_string(), "it has more bytes than memory can address"),
        // A zero axis does not excuse the others, wherever it stands.
        ("'|u1'", "(0, 4294967296, 4294967296)".to_string(), "it has more bytes than memory can address"),
        ("'|u1'", "(4294967296, 4294967296, 0)".to_string(), "it has more bytes than memory can address"),
        ("'|V0'", many("4294967296", 2), "it has more bytes than memory can address"),
        ("'|u1'", many("1", 65), "it has more than 64 axes"),
        ("('|u1', (1,))", many("1", 64), "it has more than 64 axes"),
    ] {
        if reason.ends_with("address") && !fits(&shape) {
            continue;
        }
        let file = Hostile::new(&shaped(descr, &shape));
        let expected = format!("shape {} is invalid: {reason}", cut(&shape, reason));
        file.assert_refused(&header_attempts(), &expected);
        file.assert_refused(&data_attempts(), &expected);
    }
    for shape in [many("1", 64), many("0", 64)] {
        Header::parse(&shaped("'|u1'", &shape)).unwrap();
    }
}

/// Products that wrap where sizes have 32 bits.
#[cfg(target_pointer_width = "32")]
#[test]
fn shapes_beyond_a_small_memory_are_refused() {
    for (descr, shape) in [
        ("'|u1'", "(65536, 65536)"),
        ("'|u1'", "(2147483648,)"),
        ("'<f8'", "(536870913,)"),
        ("'<f8'", "(268435456,)"),
        ("'|u1'", "(0, 65536, 65536)"),
        ("('|u1', (65536,))", "(65536,)"),
    ] {
        let file = Hostile::new(&shaped(descr, shape));
        let expected = format!("shape {shape} is invalid: it has more bytes than memory can address");
        file.assert_refused(&header_attempts(), &expected);
        file.assert_refused(&data_attempts(), &expected);
    }
}

/// A shape of too many axes, or one that cannot be told, is shown by its first 40 bytes.
fn cut(shape: &str, reason: &str) -> String {
    if shape.len() <= 40 || reason.ends_with("address") {
        return shape.to_string();
    }
    format!("{}...", &shape[..40])
}

/// Elements without bytes are as many as a header claims; printing them is refused before it begins.
#[test]
fn a_preview_of_nothing_ends() {
    let options = npymap::PrintOptions::default();
    for (descr, shape) in [
        ("'|V0'", format!("({})", "2, ".repeat(40))),
        ("'<U0'", format!("({})", "3, ".repeat(30))),
        ("[]", format!("({})", "2, ".repeat(50))),
        ("[('a', '<f4', (1000000000, 0))]", "(1,)".to_string()),
        ("[('a', '<f4', (1000000000, 0)), ('b', 'i1')]", "(1,)".to_string()),
        ("[('a', [], (2147483647,))]", "(3,)".to_string()),
    ] {
        let text = format!("{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}}}\n");
        let mut bytes = claim(1, text.len() as u32, text.as_bytes());
        bytes.push(0);
        if usize::BITS < 64 && Header::parse(&bytes).is_err() {
            continue;
        }
        let error = NpyReader::new(bytes.as_slice()).unwrap().preview(&options).unwrap_err();
        assert!(matches!(error, Error::Limit { .. }), "{descr}: {error}");
    }
    // A thousand of them are printed.
    let bytes = Header::new("V0".parse().unwrap(), [1000]).encode();
    assert!(NpyReader::new(bytes.as_slice()).unwrap().preview(&options).is_ok());
}
