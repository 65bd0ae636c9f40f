//! Each expected text is what NumPy 2.4.6 prints, but where a comment says otherwise.

mod arrays;
mod floats;
mod scalars;

use proptest::prelude::*;

use super::*;
use crate::{ByteOrder, Field, Kind, Scalar, Structured, Subarray, TimeUnit, Unit};

/// The text of an array of these bytes, or `None` where they do not suffice.
fn text_of(dtype: &DType, shape: &[usize], bytes: &[u8], options: &PrintOptions) -> Option<String> {
    let mut text = String::new();
    let written = write_array(&mut text, &Items { dtype, shape, bytes }, options);
    if written.is_err() {
        assert_eq!(text, "");
    }
    written.is_ok().then_some(text)
}

fn show(dtype: &DType, shape: &[usize], bytes: &[u8]) -> String {
    text_of(dtype, shape, bytes, &PrintOptions::default()).unwrap()
}

fn scalar(kind: Kind, itemsize: usize) -> Scalar {
    Scalar::new(kind, itemsize, ByteOrder::Little).unwrap()
}

/// The text of little-endian scalars, which must be that of big-endian ones, too.
fn show_scalars(kind: Kind, itemsize: usize, shape: &[usize], little: &[u8]) -> String {
    let dtype = scalar(kind, itemsize);
    let text = show(&dtype.into(), shape, little);
    let mut big = little.to_vec();
    big.chunks_mut(dtype.swap_width()).for_each(<[u8]>::reverse);
    assert_eq!(show(&dtype.swapped().into(), shape, &big), text);
    text
}

fn record(fields: impl IntoIterator<Item = (usize, DType)>, itemsize: usize) -> DType {
    any_record(fields, itemsize).unwrap()
}

/// `None` where Python objects share bytes with another field.
fn any_record(fields: impl IntoIterator<Item = (usize, DType)>, itemsize: usize) -> Option<DType> {
    let fields = fields.into_iter().enumerate();
    let fields = fields.map(|(number, (offset, dtype))| Field::new(format!("f{number}"), offset, dtype));
    Structured::new(fields.collect(), itemsize).map(DType::from)
}

fn any_scalar() -> impl Strategy<Value = DType> {
    let units = [
        Unit::Year,
        Unit::Month,
        Unit::Week,
        Unit::Day,
        Unit::Hour,
        Unit::Minute,
        Unit::Second,
        Unit::Millisecond,
        Unit::Microsecond,
        Unit::Nanosecond,
        Unit::Picosecond,
        Unit::Femtosecond,
        Unit::Attosecond,
        Unit::Generic,
    ];
    let unit = (prop::sample::select(units.to_vec()), any::<i32>());
    let kind = unit.prop_flat_map(|(unit, multiple)| {
        let unit = TimeUnit::new(unit, multiple);
        prop::sample::select(vec![
            Kind::Bool,
            Kind::Int,
            Kind::Uint,
            Kind::Float,
            Kind::Complex,
            Kind::Bytes,
            Kind::Unicode,
            Kind::Void,
            Kind::DateTime64(unit),
            Kind::TimeDelta64(unit),
            Kind::Object,
            Kind::String,
        ])
    });
    let itemsize = prop::sample::select(vec![0, 1, 2, 3, 4, 8, 12, 16, 24, 32]);
    let order = prop_oneof![Just(ByteOrder::Little), Just(ByteOrder::Big)];
    (kind, itemsize, order).prop_filter_map("no such dtype", |(kind, itemsize, order)| {
        Scalar::new(kind, itemsize, order).map(DType::from)
    })
}

fn any_dtype() -> impl Strategy<Value = DType> {
    any_scalar().prop_recursive(3, 12, 4, |inner| {
        let fields = prop::collection::vec((0..8usize, inner.clone()), 0..4);
        let fields = fields.prop_filter_map("objects that overlap", |fields| {
            // Other fields may, as NumPy allows.
            let end = fields.iter().map(|(offset, dtype)| offset + dtype.itemsize()).max();
            any_record(fields, end.unwrap_or(0))
        });
        let subarray = (inner, prop::collection::vec(0..4usize, 1..3))
            .prop_filter_map("a base without bytes", |(base, shape)| {
                Subarray::new(base, shape).map(DType::from)
            });
        prop_oneof![fields, subarray]
    })
}

/// Random bytes seldom hold what formats treat apart, so some patterns come more often.
fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    let pattern = prop_oneof![
        any::<[u8; 8]>(),
        Just([0; 8]),
        Just([0xff; 8]),
        Just([0, 0, 0, 0, 0, 0, 0, 0x80]),
        Just([0, 0, 0, 0, 0, 0, 0xf0, 0x7f]),
        Just([0x80, 0x7f, 0, 0, 0, 0, 0, 0]),
    ];
    prop::collection::vec(pattern, 0..160).prop_map(|patterns| patterns.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_bytes_are_too_strange(
        dtype in any_dtype(),
        shape in prop::collection::vec(0..7usize, 0..4),
        bytes in any_bytes(),
        threshold in prop_oneof![Just(1000usize), 0..20usize],
        edgeitems in 0..4usize,
        linewidth in 0..90usize,
        precision in prop_oneof![Just(8usize), 0..30usize, Just(usize::MAX)],
    ) {
        let options = PrintOptions { threshold, edgeitems, linewidth, precision };
        let stored: usize = stored_shape(&shape, &options).iter().product();
        let text = text_of(&dtype, &shape, &bytes, &options);
        prop_assert_eq!(text.is_some(), bytes.len() >= stored * dtype.itemsize());
    }

    #[test]
    fn doubles_shown_alone_read_back_the_same(bits in any::<u64>()) {
        let value = f64::from_bits(bits);
        let text = show_scalars(Kind::Float, 8, &[], &value.to_le_bytes());
        let read: f64 = text.parse().unwrap();
        prop_assert!(read.to_bits() == bits || value.is_nan());
    }
}
