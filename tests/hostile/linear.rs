//! The work grows as the text does, whatever stands in it.
//!
//! A clock would tell the load of the machine. What is counted is the memory that is asked for in all, which grows with
//! the square of the text where anything is copied over and over; and that a text of a megabyte is dealt with at all,
//! which takes hours where each part of it is compared with each.

use npymap::{DType, Header, Limits};

use crate::entry_points::claim;

/// Bytes of the short text; the long one has a hundred times as many.
const SHORT: usize = 10_000;

/// A header whose dtype or shape is made of `count` parts.
fn header(descr: &str, shape: &str) -> String {
    format!("{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}")
}

fn numbered(count: usize, part: impl Fn(usize) -> String) -> String {
    (0..count).map(part).collect()
}

type Make = fn(usize) -> String;

/// What is repeated, to some number of bytes. Some of these are headers, others end as errors, as late as can be.
const TEXTS: &[(&str, Make)] = &[
    ("blanks", |len| format!("{}{}", header("'<f8'", "(2,)"), " ".repeat(len))),
    ("newlines", |len| "\n".repeat(len) + &header("'<f8'", "(2,)")),
    ("comments", |len| "# }\n".repeat(len / 4) + &header("'<f8'", "(2,)")),
    ("one comment", |len| format!("{} # {}", header("'<f8'", "(2,)"), "x".repeat(len))),
    ("broken lines", |len| "\\\n".repeat(len / 2) + &header("'<f8'", "(2,)")),
    ("keys", |len| format!("{{{}}}", "'shape': (), ".repeat(len / 13))),
    ("unknown keys", |len| format!("{{{}}}", numbered(len / 10, |number| format!("'k{number}': 1, ")))),
    ("axes", |len| header("'<f8'", &format!("({})", "1, ".repeat(len / 3)))),
    ("longs", |len| header("'<f8'", &format!("({})", "1L, ".repeat(len / 4)))),
    ("digits", |len| header("'<f8'", &format!("({},)", "9".repeat(len)))),
    ("hexadecimal digits", |len| header("'<f8'", &format!("(0x{},)", "f".repeat(len)))),
    ("a title of digits", |len| header(&format!("[((0x{}, 'a'), '<f8')]", "f".repeat(len)), "()")),
    ("a title of decimals", |len| header(&format!("[((0.{}, 'a'), '<f8')]", "9".repeat(len)), "()")),
    ("one string", |len| header(&format!("'{}'", "x".repeat(len)), "()")),
    ("escapes", |len| header(&format!("'{}'", r"\x41".repeat(len / 4)), "()")),
    ("character names", |len| header(&format!("'{}'", r"\N{SPACE}".repeat(len / 9)), "()")),
    ("strings side by side", |len| header(&"'x' ".repeat(len / 4), "()")),
    ("bytes side by side", |len| header(&"b'x' ".repeat(len / 5), "()")),
    ("a string in three quotes", |len| header(&format!("'''{}'''", "\r\n'".repeat(len / 3)), "()")),
    ("strings that do not end", |len| "'x\n".repeat(len / 3)),
    ("fields", |len| {
        header(&format!("[{}]", numbered(len / 20, |number| format!("('f{number}', '|u1'), "))), "()")
    }),
    ("fields with titles", |len| {
        let fields = numbered(len / 30, |number| format!("(('t{number}', 'f{number}'), '|u1'), "));
        header(&format!("[{fields}]"), "()")
    }),
    ("fields of objects", |len| {
        header(&format!("[{}]", numbered(len / 20, |number| format!("('f{number}', '|O'), "))), "()")
    }),
    ("fields of one name", |len| header(&format!("[{}]", "('f', '|u1'), ".repeat(len / 14)), "()")),
    ("padding", |len| header(&format!("[{}]", "('', '|V1'), ".repeat(len / 13)), "()")),
    ("fields by characters", |len| header(&format!("[{}]", "'xb', ".repeat(len / 6)), "()")),
    ("fields by keys", |len| {
        header(&format!("{{{}}}", numbered(len / 12, |number| format!("'{number}': 0, "))), "()")
    }),
    ("fields in a dictionary", |len| {
        let fields = numbered(len / 24, |number| format!("'f{number}': ('u1', {number}), "));
        header(&format!("('V', {{{fields}}})"), "()")
    }),
    ("fields in lists", |len| {
        let count = len / 16;
        let names = numbered(count, |number| format!("'f{number}', "));
        header(&format!("('V', {{'names': [{names}], 'formats': [{}]}})", "'u1', ".repeat(count)), "()")
    }),
    ("commas", |len| header(&format!("'{}'", "b,".repeat(len / 2)), "()")),
    ("repeats", |len| header(&format!("'{}'", "(1,)b,".repeat(len / 6)), "()")),
    ("axes of a subarray", |len| header(&format!("('<f8', ({}))", "1, ".repeat(len / 3)), "()")),
    ("axes of a repeat", |len| header(&format!("'({})b'", "1,".repeat(len / 2)), "()")),
    ("digits of a size", |len| header(&format!("'S{}'", "0".repeat(len)), "()")),
    ("digits of a unit", |len| header(&format!("'M8[{}s]'", "0".repeat(len)), "()")),
    ("lists", |len| "[],".repeat(len / 3)),
    ("sets", |len| format!("{{{}}}", numbered(len / 7, |number| format!("{number}, ")))),
    ("tuples side by side", |len| format!("[{}]", "(1,2),".repeat(len / 6))),
    ("sums", |len| format!("[{}]", "1+1j,".repeat(len / 5))),
    ("signs", |len| "+".repeat(len)),
    ("brackets that close", |len| format!("[{}]", "[[[[]]]],".repeat(len / 9))),
];

/// Memory that was asked for in all while the text was read, in bytes; and that the header, if it is one, is handled.
fn work(text: &str, version: u8) -> u64 {
    let bytes = claim(version, u32::try_from(text.len()).unwrap(), text.as_bytes());
    let memory = allocation_counter::measure(|| {
        let parsed = Header::parse_with(&bytes, &Limits::highest());
        if let Ok((header, _)) = parsed {
            drop(header.clone());
            drop(header.dtype.to_string());
            drop(header.encode());
        }
    });
    memory.bytes_total
}

#[test]
fn work_grows_as_the_text_does() {
    for (name, make) in TEXTS {
        // Version 2 is read twice where it is Python 2's.
        for (version, times) in [(2, 100), (3, 10)] {
            let (short, long) = (make(SHORT), make(times * SHORT));
            let growth = (long.len() / short.len()) as u64;
            assert!(growth + 1 >= times as u64 * 9 / 10, "{name}");
            let (few, many) = (work(&short, version), work(&long, version));
            // A vector that grows asks for up to twice what it takes; a message is short in both.
            let most = 4 * growth * few.max(SHORT as u64);
            assert!(many < most, "{name}, version {version}: {few} and {many} bytes of memory");
        }
    }
}

#[test]
fn a_dtype_of_a_megabyte_is_dealt_with() {
    for (name, make) in TEXTS {
        let text = make(100 * SHORT);
        // Refused or not: what counts is that it comes back.
        let dtype = text.parse::<DType>();
        assert!(dtype.is_err() || !dtype.unwrap().to_string().is_empty(), "{name}");
    }
}
