//! Dtypes as NumPy's strings: what `numpy.dtype(text)` makes of a text.
//!
//! NumPy 2.4 on 64-bit Linux is the judge, in what it takes and in what it refuses: one-character
//! codes and type numbers, a kind with a size, names, datetimes with their units, comma strings.
//! Source: numpy/_core/src/multiarray/descriptor.c, `_convert_from_str`.
//!
//! Refused here although NumPy takes them, because what NumPy makes of them harms or makes no sense:
//! - A divisor of zero, as in `M8[s/0]`: it kills the Python process.
//! - A divisor that makes the multiple negative, or larger than a C `int` so that it wraps, as in
//!   `M8[Y/-12]`: NumPy cannot read its own result, or holds another unit than was meant.
//! - A divisor of weeks that divides none of the finer units, as in `M8[W/1000000]`: NumPy reads
//!   past the end of its table.
//! - Comma strings whose item size passes a C `int`, as in `i1,V2147483647`: it wraps silently.
//! - Repeats of a subarray without bytes, as in `2<0f4`: NumPy takes them for its size in bytes.
//!
//! Accepted here although NumPy on x86-64 refuses them:
//! - `f12` and `c24`, the long doubles of 32-bit systems, which their NumPy writes.
//! - `f1`, as which NumPy writes the `float8_e5m2` of ml_dtypes and then cannot read it, and that name.

use nom::branch::alt;
use nom::bytes::complete::tag;
use nom::character::complete::anychar;
use nom::combinator::{all_consuming, cut, eof, map, map_opt, opt};
use nom::sequence::{preceded, terminated};
use nom::{Finish, Parser};

use super::DType;
use super::comma::{self, Comma, Item, Repeats};
use super::field::Field;
use super::scalar::{ByteOrder, Kind, Scalar, TimeUnit};
use super::spelling_error::{Parsed, SpellingError};
use super::strtol::strtol;
use super::structured::{Structured, Subarray};
use super::unit::unit;

const NO_NUMBER: u8 = u8::MAX;
const DATETIME: Kind = Kind::DateTime64(TimeUnit::GENERIC);
const TIMEDELTA: Kind = Kind::TimeDelta64(TimeUnit::GENERIC);

/// Type numbers, which as characters are spellings too (`'\x0b'` is float32); the letters; the names, which take no
/// byte order; what all of these are.
///
/// Source: numpy/ndarraytypes.h, `NPY_TYPES` and `NPY_TYPECHAR`; `numpy._core.numerictypes.typeDict` of 64-bit Linux.
const TYPES: [(u8, &str, &str, Kind, usize); 27] = [
    (0, "?", "bool bool_", Kind::Bool, 1),
    (1, "b", "int8 byte", Kind::Int, 1),
    (2, "B", "uint8 ubyte", Kind::Uint, 1),
    (3, "h", "int16 short", Kind::Int, 2),
    (4, "H", "uint16 ushort", Kind::Uint, 2),
    (5, "i", "int32 intc", Kind::Int, 4),
    (6, "I", "uint32 uintc", Kind::Uint, 4),
    (7, "lpn", "int64 int int_ intp long", Kind::Int, 8),
    (8, "LPN", "uint64 uint uintp ulong", Kind::Uint, 8),
    (9, "q", "longlong", Kind::Int, 8),
    (10, "Q", "ulonglong", Kind::Uint, 8),
    (11, "f", "float32 single", Kind::Float, 4),
    (12, "d", "float64 float double", Kind::Float, 8),
    (13, "g", "float128 longdouble", Kind::Float, 16),
    (14, "F", "complex64 csingle", Kind::Complex, 8),
    (15, "D", "complex128 complex cdouble", Kind::Complex, 16),
    (16, "G", "complex256 clongdouble", Kind::Complex, 32),
    (17, "O", "object object_", Kind::Object, 8),
    (18, "S", "bytes bytes_ a", Kind::Bytes, 0),
    (19, "U", "str str_ unicode", Kind::Unicode, 0),
    (20, "V", "void", Kind::Void, 0),
    (21, "M", "", DATETIME, 8),
    (22, "m", "", TIMEDELTA, 8),
    (23, "e", "float16 half", Kind::Float, 2),
    (NO_NUMBER, "c", "", Kind::Bytes, 1),
    (NO_NUMBER, "T", "", Kind::String, 16),
    // Of ml_dtypes.
    (NO_NUMBER, "", "float8_e5m2", Kind::Float, 1),
];

/// Letters that a size follows, the sizes that there are, and why there are no others.
///
/// Source: numpy/_core/src/multiarray/descriptor.c, `_convert_from_str`; numpy/npy_common.h.
const SIZED: [(char, Kind, &[usize], &str); 9] = [
    ('b', Kind::Bool, &[1], "a bool has 1 byte"),
    ('i', Kind::Int, &[1, 2, 4, 8], "an integer has 1, 2, 4 or 8 bytes"),
    ('u', Kind::Uint, &[1, 2, 4, 8], "an integer has 1, 2, 4 or 8 bytes"),
    ('f', Kind::Float, &[1, 2, 4, 8, 12, 16], "a float has 2, 4, 8 or 16 bytes, or 12 on 32-bit systems"),
    ('c', Kind::Complex, &[8, 16, 24, 32], "a complex number has 8, 16 or 32 bytes, or 24 on 32-bit systems"),
    ('O', Kind::Object, &[4, 8], "an object has 4 or 8 bytes"),
    ('M', DATETIME, &[8], "a datetime has 8 bytes"),
    ('m', TIMEDELTA, &[8], "a datetime has 8 bytes"),
    // ml_dtypes writes what it cannot read; NumPy refuses it with it too.
    ('W', Kind::Void, &[], "ml_dtypes saves complex32 so, which NumPy cannot load; save its .view('u2')"),
];

const TOO_LARGE: &str = "an element has at most 2147483647 bytes";

/// What `numpy.dtype(text)` makes of a string, but for the differences that the module lists.
pub(crate) fn parse_spelling(text: &str) -> Result<DType, SpellingError> {
    let dtype = if comma::is_comma(text.as_bytes()) { comma_string(text) } else { scalar(text) };
    match dtype.finish() {
        Ok((_, dtype)) => Ok(dtype),
        Err(error) => Err(error),
    }
}

/// `scalar: [order] (sized | datetime | letter | type_number) | name`
#[inline]
fn scalar(text: &str) -> Parsed<'_, DType> {
    let (rest, order) = opt(byte_order).parse(text)?;
    let form = alt((sized, all_consuming(datetime), all_consuming(code)));
    let (rest, (kind, itemsize)) = match { form }.parse(rest) {
        Err(nom::Err::Error(_)) => ("", named(text).ok_or_else(|| nom::Err::Failure(unknown(text, rest)))?),
        found => found?,
    };
    let order = order.unwrap_or(ByteOrder::NATIVE);
    let scalar = match (kind, itemsize) {
        (Kind::Float, 1) => Some(Scalar::float8_e5m2(order)),
        _ => Scalar::new(kind, itemsize, order),
    };
    match scalar {
        Some(scalar) => Ok((rest, DType::Scalar(scalar))),
        None => Err(nom::Err::Failure(TOO_LARGE.into())),
    }
}

/// `order: '<' | '>' | '=' | '|'`
#[inline]
fn byte_order(input: &str) -> Parsed<'_, ByteOrder> {
    map_opt(anychar, |order| match order {
        '<' => Some(ByteOrder::Little),
        '>' => Some(ByteOrder::Big),
        '=' | '|' => Some(ByteOrder::NATIVE),
        _ => None,
    })
    .parse(input)
}

/// letter | type_number
fn code(input: &str) -> Parsed<'_, (Kind, usize)> {
    map_opt(anychar, |code| {
        let row = TYPES.iter().find(|(number, letters, ..)| {
            letters.contains(code) || (char::from(*number) == code && *number != NO_NUMBER)
        });
        row.map(|&(.., kind, itemsize)| (kind, itemsize))
    })
    .parse(input)
}

/// `datetime: ('M8' | 'm8' | 'datetime64' | 'timedelta64') unit`
///
/// These prefixes alone take a unit.
fn datetime(input: &str) -> Parsed<'_, (Kind, usize)> {
    let moment = alt((tag("M8"), tag("datetime64")));
    let span = alt((tag("m8"), tag("timedelta64")));
    alt((
        map(preceded(moment, cut(unit)), |unit| (Kind::DateTime64(unit), 8)),
        map(preceded(span, cut(unit)), |unit| (Kind::TimeDelta64(unit), 8)),
    ))
    .parse(input)
}

/// `sized: letter strtol`
#[inline]
fn sized(input: &str) -> Parsed<'_, (Kind, usize)> {
    let (rest, (letter, size)) = (anychar, terminated(strtol, eof)).parse(input)?;
    let refuse = |reason: &'static str| Err(nom::Err::Failure(reason.into()));
    let Ok(size) = usize::try_from(size) else {
        return refuse("the size is negative");
    };
    let found = match letter {
        'S' | 'a' => (Kind::Bytes, size),
        'V' => (Kind::Void, size),
        'U' => (Kind::Unicode, size.saturating_mul(4)),
        _ => match SIZED.iter().find(|(code, ..)| *code == letter) {
            // NumPy on 32-bit systems wrote 'O4'.
            Some((_, Kind::Object, [4, 8], _)) if size == 4 => (Kind::Object, 8),
            Some((_, kind, sizes, _)) if sizes.contains(&size) => (*kind, size),
            Some((.., reason)) => return refuse(reason),
            None => return Err(nom::Err::Error("NumPy has no such type".into())),
        },
    };
    Ok((rest, found))
}

fn named(name: &str) -> Option<(Kind, usize)> {
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        return None;
    }
    let row = TYPES.iter().find(|(_, _, names, ..)| names.split_whitespace().any(|of| of == name));
    row.map(|&(.., kind, itemsize)| (kind, itemsize))
}

/// The reason why a text that is of no known form is none.
fn unknown(text: &str, rest: &str) -> SpellingError {
    let removed = ["int0", "uint0", "void0", "object0", "str0", "bytes0", "bool8"];
    let reason = if text.is_empty() {
        "the text is empty"
    } else if rest.is_empty() {
        "a byte order is followed by a type"
    } else if removed.contains(&rest) {
        "NumPy 2.0 removed this alias; use a name without a digit at the end"
    } else if text.len() != rest.len() && named(rest).is_some() {
        "a name takes no byte order"
    } else {
        "NumPy has no such type"
    };
    reason.into()
}

/// `comma_string: repeats dtype | dtype (',' dtype)*`
fn comma_string(text: &str) -> Parsed<'_, DType> {
    let (rest, list) = comma::list(text)?;
    let dtype = match list {
        Comma::One(item) => repeated(item),
        Comma::List(items) => record(items),
    };
    dtype.map(|dtype| (rest, dtype)).map_err(nom::Err::Failure)
}

fn record(items: Vec<Item<'_>>) -> Result<DType, SpellingError> {
    let mut fields = Vec::with_capacity(items.len());
    let mut itemsize = 0usize;
    for (number, item) in items.into_iter().enumerate() {
        let name = format!("f{number}");
        let dtype = repeated(item)
            .map_err(|SpellingError(reason)| SpellingError(format!("field '{name}': {reason}").into()))?;
        let offset = itemsize;
        itemsize = itemsize.checked_add(dtype.itemsize()).ok_or(TOO_LARGE)?;
        fields.push(Field::new(name, offset, dtype));
    }
    // The names differ and the fields follow each other, so only the size can be wrong.
    Structured::new(fields, itemsize).map(DType::Structured).ok_or_else(|| TOO_LARGE.into())
}

/// One dtype of a comma string. It may be a comma string again (`2<3f4`), but that one's cannot,
/// because none of its digits stand before the last name: there is no deeper recursion.
fn repeated(item: Item<'_>) -> Result<DType, SpellingError> {
    let dtype = parse_spelling(&item.text)?;
    let repeated = match (item.repeats, dtype) {
        (None, dtype) => Some(dtype),
        (Some(Repeats::Shape(shape)), dtype) if shape.is_empty() => match dtype.is_unsized() {
            true => return Err("a text or void without a size takes a number, not a tuple".into()),
            false => Some(dtype),
        },
        (Some(Repeats::Count(size)), DType::Scalar(scalar)) if scalar.itemsize() == 0 => {
            let width = if scalar.kind() == Kind::Unicode { 4 } else { 1 };
            let itemsize = size.checked_mul(width).ok_or(TOO_LARGE)?;
            Scalar::new(scalar.kind(), itemsize, scalar.byte_order()).map(DType::Scalar)
        }
        (Some(Repeats::Count(0)), dtype) if dtype.is_unsized() => Some(dtype),
        (Some(_), dtype) if dtype.is_unsized() => {
            return Err("an element without bytes cannot be repeated".into());
        }
        (Some(Repeats::Count(axis)), dtype) => Subarray::new(dtype, [axis]).map(DType::Subarray),
        (Some(Repeats::Shape(shape)), dtype) => Subarray::new(dtype, shape).map(DType::Subarray),
    };
    repeated.ok_or_else(|| "a subarray has at most 64 axes and 2147483647 bytes".into())
}

#[cfg(test)]
mod tests;
