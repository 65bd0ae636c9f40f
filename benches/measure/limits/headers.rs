//! Headers.

use std::hint::black_box;

use npymap::{DType, Field, Header, Structured};

use crate::Bench;
use crate::measure::{Contender, Effort, Row, Unit};

const RUNS: usize = 1000;
/// The part of them that peers do, which take a hundred times as long.
const PEERS: usize = 10;

pub fn add(bench: &mut Bench) {
    row(bench, "header, plain", &Header::new(DType::of::<f32>(), [3, 4]));
    for fields in [10, 200, 400] {
        row(bench, &format!("header of {fields} fields"), &record(fields));
    }
}

fn record(fields: usize) -> Header {
    let field = |number: usize| Field::new(format!("field_{number}"), number * 8, DType::of::<f64>());
    let structured = Structured::new((0..fields).map(field).collect(), fields * 8);
    Header::new(structured.expect("the fields lie side by side").into(), [1000])
}

fn row(bench: &mut Bench, name: &str, header: &Header) {
    if !bench.wants(name) {
        return;
    }
    let bytes = header.encode();
    let path = bench.folder.file("header.npy");
    std::fs::write(&path, &bytes).expect("the folder can be written");
    let ours = || {
        for _ in 0..RUNS {
            black_box(Header::parse(black_box(&bytes)).expect("it was encoded here"));
        }
    };
    let limit = || {
        for _ in 0..RUNS {
            black_box(scan(black_box(&bytes)));
        }
    };
    let npyz = || {
        for _ in 0..PEERS {
            let header = npyz::NpyHeader::from_reader(black_box(bytes.as_slice()));
            black_box(header.expect("it was encoded here"));
        }
    };
    let mut contenders = vec![
        Contender::new("npymap", ours, |()| 0),
        Contender::new("limit", limit, |()| 0),
        Contender::new("npyz", npyz, |()| 0).of_parts(RUNS / PEERS),
    ];
    contenders
        .extend(bench.numpy.as_ref().map(|numpy| numpy.contender("header", &path).of_parts(RUNS / PEERS)));
    // A round takes less than a millisecond, and the processor is not at its speed in the first ones.
    let effort = Effort { rounds: bench.effort.rounds * 20, ..bench.effort };
    let row = Row::measure(name, Unit::Nanoseconds(RUNS), None, 0, effort, contenders);
    bench.add(row);
}

/// Name, kind and size of each field, whether the order is Fortran's, and the shape.
type Scanned = (Vec<(Vec<u8>, u8, usize)>, bool, Vec<usize>);

/// What a reader by hand does for exactly these headers: finds each key and the numbers and names behind it.
fn scan(bytes: &[u8]) -> Option<Scanned> {
    let len = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    let text = bytes.get(10..10 + len).filter(|text| text.is_ascii())?;
    let mut rest = text.strip_prefix(b"{'descr': ")?;
    let quoted = |rest: &mut &[u8]| -> Option<Vec<u8>> {
        let inner = rest.strip_prefix(b"'")?;
        let end = inner.iter().position(|&byte| byte == b'\'')?;
        *rest = &inner[end + 1..];
        Some(inner[..end].to_vec())
    };
    let scalar = |text: &[u8]| -> Option<(u8, usize)> {
        let size = text.get(2..)?.iter().try_fold(0usize, |size, digit| {
            digit.is_ascii_digit().then(|| size * 10 + usize::from(digit - b'0'))
        })?;
        Some((*text.get(1)?, size))
    };
    let mut fields = Vec::new();
    if let Some(list) = rest.strip_prefix(b"[") {
        rest = list;
        while let Some(field) = rest.strip_prefix(b"(") {
            rest = field;
            let name = quoted(&mut rest)?;
            rest = rest.strip_prefix(b", ")?;
            let (kind, size) = scalar(&quoted(&mut rest)?)?;
            fields.push((name, kind, size));
            rest = rest.strip_prefix(b")")?;
            rest = rest.strip_prefix(b", ").unwrap_or(rest);
        }
        rest = rest.strip_prefix(b"]")?;
    } else {
        let (kind, size) = scalar(&quoted(&mut rest)?)?;
        fields.push((Vec::new(), kind, size));
    }
    rest = rest.strip_prefix(b", 'fortran_order': ")?;
    let is_fortran = rest.starts_with(b"True");
    rest = rest.strip_prefix(b"False").or_else(|| rest.strip_prefix(b"True"))?;
    rest = rest.strip_prefix(b", 'shape': (")?;
    let mut shape = Vec::new();
    while let Some(end) = rest.iter().position(|byte| !byte.is_ascii_digit()).filter(|&end| end > 0) {
        shape.push(rest[..end].iter().fold(0, |axis, digit| axis * 10 + usize::from(digit - b'0')));
        rest = &rest[end..];
        rest = rest.strip_prefix(b",").unwrap_or(rest);
        rest = rest.strip_prefix(b" ").unwrap_or(rest);
    }
    rest.starts_with(b")").then_some((fields, is_fortran, shape))
}
