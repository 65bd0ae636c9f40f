//! Dtypes that a header can hold.

use std::collections::HashSet;

use arbitrary::{Arbitrary, Error, Result, Unstructured};

use crate::dtype::{ByteOrder, DType, Field, Kind, Scalar, Structured, Subarray, TimeUnit, Title, Unit};

/// Records within records.
const DEPTH_MOST: usize = 2;
const FIELDS_MOST: usize = 4;
const NAME_CHARS_MOST: usize = 6;
const PADDING_MOST: usize = 7;

/// Numbers, texts, times and raw bytes of either byte order, records of them with padding, titles and names of any
/// characters, subarrays. No objects; what NumPy writes into a header otherwise than it reads it is left out.
impl<'a> Arbitrary<'a> for DType {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        dtype(u, DEPTH_MOST)
    }
}

fn dtype(u: &mut Unstructured<'_>, depth: usize) -> Result<DType> {
    // The first choice is what exhausted bytes give: the simplest.
    match u.int_in_range(0..=9)? {
        7 | 8 if depth > 0 => record(u, depth - 1),
        9 if depth > 0 => {
            let base = dtype(u, depth - 1)?;
            let shape =
                (0..u.int_in_range(1..=2)?).map(|_| u.int_in_range(1..=3)).collect::<Result<Vec<_>>>()?;
            // A base without bytes can be no item.
            Ok(Subarray::new(base.clone(), shape).map_or(base, DType::from))
        }
        _ => Scalar::arbitrary(u).map(DType::from),
    }
}

fn record(u: &mut Unstructured<'_>, depth: usize) -> Result<DType> {
    let (mut taken, mut fields, mut end) = (HashSet::new(), Vec::new(), 0usize);
    for number in 0..u.int_in_range(1..=FIELDS_MOST)? {
        let name = name(u, number, &mut taken)?;
        let title = if u.ratio(1, 8)? { Some(Title::Text(self::name(u, number, &mut taken)?)) } else { None };
        let offset = end.saturating_add(padding(u)?);
        let dtype = dtype(u, depth)?;
        end = offset.saturating_add(dtype.itemsize());
        fields.push(Field::new(name, offset, dtype).with_title(title));
    }
    let itemsize = end.saturating_add(padding(u)?);
    Structured::new(fields, itemsize).map(DType::from).ok_or(Error::IncorrectFormat)
}

fn padding(u: &mut Unstructured<'_>) -> Result<usize> {
    if u.ratio(1, 4)? { u.int_in_range(1..=PADDING_MOST) } else { Ok(0) }
}

/// A name or title that no other of the record has.
fn name(u: &mut Unstructured<'_>, number: usize, taken: &mut HashSet<String>) -> Result<String> {
    let name = if u.ratio(1, 2)? {
        let name: String = u.arbitrary()?;
        name.chars().take(NAME_CHARS_MOST).collect()
    } else {
        u.choose(&["x", "y", "id", "time"])?.to_string()
    };
    // An empty name is NumPy's sign for padding.
    let name = if name.is_empty() || taken.contains(&name) { format!("{name}{number}") } else { name };
    let name = if taken.contains(&name) { format!("{}.{number}", taken.len()) } else { name };
    taken.insert(name.clone());
    Ok(name)
}

/// Every kind but objects, of every width that NumPy has on 64-bit systems, texts of up to twelve characters.
impl<'a> Arbitrary<'a> for Scalar {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let kind = match u.int_in_range(0..=9)? {
            0 => Kind::Float,
            1 => Kind::Int,
            2 => Kind::Uint,
            3 => Kind::Bool,
            4 => Kind::Complex,
            5 => Kind::Bytes,
            6 => Kind::Unicode,
            7 => Kind::Void,
            8 => Kind::DateTime64(u.arbitrary()?),
            _ => Kind::TimeDelta64(u.arbitrary()?),
        };
        let itemsize = match kind {
            Kind::Bool => 1,
            Kind::Int | Kind::Uint => *u.choose(&[8, 4, 2, 1])?,
            Kind::Float => *u.choose(&[8, 4, 2, 16])?,
            Kind::Complex => *u.choose(&[16, 8, 32])?,
            Kind::Bytes | Kind::Void => u.int_in_range(0..=12)?,
            Kind::Unicode => u.int_in_range(0..=12)? * 4,
            _ => 8,
        };
        Self::new(kind, itemsize, u.arbitrary()?).ok_or(Error::IncorrectFormat)
    }
}

/// Little or big.
impl<'a> Arbitrary<'a> for ByteOrder {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(if u.arbitrary()? { Self::Big } else { Self::Little })
    }
}

/// Any unit, mostly once.
impl<'a> Arbitrary<'a> for TimeUnit {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        const UNITS: [Unit; 14] = [
            Unit::Second,
            Unit::Generic,
            Unit::Year,
            Unit::Month,
            Unit::Week,
            Unit::Day,
            Unit::Hour,
            Unit::Minute,
            Unit::Millisecond,
            Unit::Microsecond,
            Unit::Nanosecond,
            Unit::Picosecond,
            Unit::Femtosecond,
            Unit::Attosecond,
        ];
        let unit = *u.choose(&UNITS)?;
        // A multiple of no unit is not told by a header.
        let many = unit != Unit::Generic && u.ratio(1, 3)?;
        Ok(Self::new(unit, if many { u.int_in_range(1..=1000)? } else { 1 }))
    }
}
