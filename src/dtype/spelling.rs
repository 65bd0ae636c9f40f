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

use std::borrow::Cow;

use super::DType;
use super::comma::{self, Comma, Item, Repeats};
use super::field::Field;
use super::scalar::{ByteOrder, Kind, Scalar, TimeUnit};
use super::strtol::strtol;
use super::structured::{Structured, Subarray};
use super::unit::parse_unit;

/// Why a text is no dtype.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SpellingError(pub(crate) Cow<'static, str>);

impl From<&'static str> for SpellingError {
    fn from(reason: &'static str) -> Self {
        Self(Cow::Borrowed(reason))
    }
}

const TOO_LARGE: &str = "an element has at most 2147483647 bytes";

/// What `numpy.dtype(text)` makes of a string, but for the differences that the module lists.
pub(crate) fn parse_spelling(text: &str) -> Result<DType, SpellingError> {
    if comma::is_comma(text.as_bytes()) {
        return parse_comma(text);
    }
    let (byte_order, rest) = match text.as_bytes().first() {
        None => return Err("the text is empty".into()),
        Some(b'<') => (ByteOrder::Little, text.get(1..)),
        Some(b'>') => (ByteOrder::Big, text.get(1..)),
        Some(b'=' | b'|') => (ByteOrder::NATIVE, text.get(1..)),
        Some(_) => (ByteOrder::NATIVE, Some(text)),
    };
    let rest = rest.unwrap_or_default();
    let (kind, itemsize) = match rest.as_bytes() {
        [] => return Err("a byte order is followed by a type".into()),
        &[code] => match by_code(code) {
            Some(found) => found,
            None => by_name(text).ok_or_else(|| unknown(text, rest))?,
        },
        _ => match parse_datetime(rest)? {
            Some(kind) => (kind, 8),
            None => match parse_sized(rest)? {
                Some(found) => found,
                None => by_name(text).ok_or_else(|| unknown(text, rest))?,
            },
        },
    };
    match (kind, itemsize) {
        (Kind::Float, 1) => Ok(DType::Scalar(Scalar::float8_e5m2(byte_order))),
        _ => Scalar::new(kind, itemsize, byte_order).map(DType::Scalar).ok_or_else(|| TOO_LARGE.into()),
    }
}

/// A datetime by its own prefixes, which alone take a unit.
fn parse_datetime(text: &str) -> Result<Option<Kind>, SpellingError> {
    let moment = text.strip_prefix("M8").or_else(|| text.strip_prefix("datetime64"));
    let (make, unit): (fn(TimeUnit) -> Kind, _) = match moment {
        Some(unit) => (Kind::DateTime64, unit),
        None => match text.strip_prefix("m8").or_else(|| text.strip_prefix("timedelta64")) {
            Some(unit) => (Kind::TimeDelta64, unit),
            None => return Ok(None),
        },
    };
    Ok(Some(make(parse_unit(unit)?)))
}

/// NumPy's character codes, and its type numbers as characters: `'\x0b'` is float32.
const fn by_code(code: u8) -> Option<(Kind, usize)> {
    Some(match code {
        0 | b'?' => (Kind::Bool, 1),
        1 | b'b' => (Kind::Int, 1),
        2 | b'B' => (Kind::Uint, 1),
        3 | b'h' => (Kind::Int, 2),
        4 | b'H' => (Kind::Uint, 2),
        5 | b'i' => (Kind::Int, 4),
        6 | b'I' => (Kind::Uint, 4),
        7 | b'l' | 9 | b'q' | b'p' | b'n' => (Kind::Int, 8),
        8 | b'L' | 10 | b'Q' | b'P' | b'N' => (Kind::Uint, 8),
        11 | b'f' => (Kind::Float, 4),
        12 | b'd' => (Kind::Float, 8),
        13 | b'g' => (Kind::Float, 16),
        14 | b'F' => (Kind::Complex, 8),
        15 | b'D' => (Kind::Complex, 16),
        16 | b'G' => (Kind::Complex, 32),
        17 | b'O' => (Kind::Object, 8),
        18 | b'S' => (Kind::Bytes, 0),
        b'c' => (Kind::Bytes, 1),
        19 | b'U' => (Kind::Unicode, 0),
        20 | b'V' => (Kind::Void, 0),
        21 | b'M' => (Kind::DateTime64(TimeUnit::GENERIC), 8),
        22 | b'm' => (Kind::TimeDelta64(TimeUnit::GENERIC), 8),
        23 | b'e' => (Kind::Float, 2),
        b'T' => (Kind::String, 16),
        _ => return None,
    })
}

/// A kind and its size, by C's `strtol`; `None` where the text is not of that form, or of no kind.
fn parse_sized(text: &str) -> Result<Option<(Kind, usize)>, SpellingError> {
    let (Some(&code), Some(digits)) = (text.as_bytes().first(), text.as_bytes().get(1..)) else {
        return Ok(None);
    };
    let number = strtol(digits);
    if number.len == 0 || number.len != digits.len() {
        return Ok(None);
    }
    let Ok(size) = usize::try_from(number.value) else {
        return Err("the size is negative".into());
    };
    let found = match (code, size) {
        (b'S' | b'a', _) => (Kind::Bytes, size),
        (b'V', _) => (Kind::Void, size),
        (b'U', _) => (Kind::Unicode, size.checked_mul(4).ok_or(TOO_LARGE)?),
        (b'b', 1) => (Kind::Bool, 1),
        (b'i', 1 | 2 | 4 | 8) => (Kind::Int, size),
        (b'u', 1 | 2 | 4 | 8) => (Kind::Uint, size),
        (b'f', 1 | 2 | 4 | 8 | 12 | 16) => (Kind::Float, size),
        (b'c', 8 | 16 | 24 | 32) => (Kind::Complex, size),
        (b'O', 4 | 8) => (Kind::Object, 8),
        (b'M', 8) => (Kind::DateTime64(TimeUnit::GENERIC), 8),
        (b'm', 8) => (Kind::TimeDelta64(TimeUnit::GENERIC), 8),
        (b'b', _) => return Err("a bool has 1 byte".into()),
        (b'i' | b'u', _) => return Err("an integer has 1, 2, 4 or 8 bytes".into()),
        // It writes what it cannot read; NumPy refuses it with it too.
        (b'W', 4) => {
            return Err("ml_dtypes saves complex32 so, which NumPy cannot load; save its .view('u2')".into());
        }
        (b'f', _) => return Err("a float has 2, 4, 8 or 16 bytes, or 12 on 32-bit systems".into()),
        (b'c', _) => return Err("a complex number has 8, 16 or 32 bytes, or 24 on 32-bit systems".into()),
        (b'O', _) => return Err("an object has 4 or 8 bytes".into()),
        (b'M' | b'm', _) => return Err("a datetime has 8 bytes".into()),
        _ => return Ok(None),
    };
    Ok(Some(found))
}

/// NumPy's names for types, which take no byte order.
///
/// Source: `numpy._core.numerictypes.typeDict` of 64-bit Linux, and ml_dtypes.
fn by_name(name: &str) -> Option<(Kind, usize)> {
    Some(match name {
        "bool" | "bool_" => (Kind::Bool, 1),
        "int8" | "byte" => (Kind::Int, 1),
        "int16" | "short" => (Kind::Int, 2),
        "int32" | "intc" => (Kind::Int, 4),
        "int64" | "int" | "int_" | "intp" | "long" | "longlong" => (Kind::Int, 8),
        "uint8" | "ubyte" => (Kind::Uint, 1),
        "uint16" | "ushort" => (Kind::Uint, 2),
        "uint32" | "uintc" => (Kind::Uint, 4),
        "uint64" | "uint" | "uintp" | "ulong" | "ulonglong" => (Kind::Uint, 8),
        "float8_e5m2" => (Kind::Float, 1),
        "float16" | "half" => (Kind::Float, 2),
        "float32" | "single" => (Kind::Float, 4),
        "float64" | "float" | "double" => (Kind::Float, 8),
        "float128" | "longdouble" => (Kind::Float, 16),
        "complex64" | "csingle" => (Kind::Complex, 8),
        "complex128" | "complex" | "cdouble" => (Kind::Complex, 16),
        "complex256" | "clongdouble" => (Kind::Complex, 32),
        "object" | "object_" => (Kind::Object, 8),
        "bytes" | "bytes_" | "a" => (Kind::Bytes, 0),
        "str" | "str_" | "unicode" => (Kind::Unicode, 0),
        "void" => (Kind::Void, 0),
        _ => return None,
    })
}

/// The reason why a text that is of no known form is none.
fn unknown(text: &str, rest: &str) -> SpellingError {
    let removed = ["int0", "uint0", "void0", "object0", "str0", "bytes0", "bool8"];
    if removed.contains(&rest) {
        "NumPy 2.0 removed this alias; use a name without a digit at the end".into()
    } else if text.len() != rest.len() && by_name(rest).is_some() {
        "a name takes no byte order".into()
    } else {
        "NumPy has no such type".into()
    }
}

fn parse_comma(text: &str) -> Result<DType, SpellingError> {
    let items = match comma::split(text)? {
        Comma::One(item) => return parse_item(item),
        Comma::List(items) => items,
    };
    if items.is_empty() {
        return Err("the list holds no dtype".into());
    }
    let mut fields = Vec::with_capacity(items.len());
    let mut itemsize = 0usize;
    for (number, item) in items.into_iter().enumerate() {
        let name = format!("f{number}");
        let dtype = parse_item(item).map_err(|SpellingError(reason)| {
            SpellingError(Cow::Owned(format!("field '{name}': {reason}")))
        })?;
        let offset = itemsize;
        itemsize = itemsize.checked_add(dtype.itemsize()).ok_or(TOO_LARGE)?;
        fields.push(Field::new(name, offset, dtype));
    }
    // The names differ and the fields follow each other, so nothing but the size can be amiss.
    Structured::new(fields, itemsize).map(DType::Structured).ok_or_else(|| TOO_LARGE.into())
}

/// One dtype of a comma string. It may be a comma string again (`2<3f4`), but that one's cannot,
/// because none of its digits stand before the last name: there is no deeper recursion.
fn parse_item(item: Item<'_>) -> Result<DType, SpellingError> {
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
