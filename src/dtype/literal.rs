//! Dtypes from Python literals, as a header's `descr` holds them.
//!
//! Two grammars meet here, as in NumPy: `descr_to_dtype` (strings, tuples, any iterable of fields), and
//! `numpy.dtype` itself for the second item of a tuple, which may be a size, a shape, or a dtype whose
//! fields replace those of the first.
//!
//! Source: numpy/lib/_format_impl.py, `descr_to_dtype`; numpy/_core/src/multiarray/descriptor.c,
//! `_convert_from_tuple` and `_try_convert_from_inherit_tuple`.

use std::borrow::Cow;

use super::packed::Packed;
use super::spelling::parse_spelling;
use super::{ByteOrder, DType, Field, Kind, Scalar, Structured, Subarray, Title};
use crate::literal::{Int, Node, Value};

/// Why a literal is not a dtype: where it stands in the text, and what is wrong with it.
#[derive(Debug)]
pub(crate) struct LiteralProblem {
    /// Bytes from the start of the text.
    pub(crate) at: usize,
    /// The offending value as Python shows it.
    pub(crate) text: String,
    pub(crate) reason: Cow<'static, str>,
}

/// The problem is in a box, because a result is moved at each level.
type Result<T, E = Box<LiteralProblem>> = std::result::Result<T, E>;

#[cold]
fn refuse<T>(node: &Node<'_>, reason: impl Into<Cow<'static, str>>) -> Result<T> {
    Err(Box::new(LiteralProblem { at: node.at, text: node.repr(), reason: reason.into() }))
}

/// The dtype that NumPy's `descr_to_dtype` makes of a literal.
///
/// `descr: string | '(' descr ',' second … ')' | an iterable of fields`
pub(crate) fn from_descr(node: &Node<'_>) -> Result<DType> {
    match &node.value {
        Value::Str(text) => from_text(node, text),
        Value::Tuple(items) => match items.as_slice() {
            // NumPy ignores what follows the second item.
            [base, second, ..] => with_second(from_descr(base)?, second),
            _ => refuse(node, "a tuple needs a dtype and a shape"),
        },
        Value::List(fields) | Value::Set(fields) => structured(node, fields.iter()),
        Value::Dict(items) => structured(node, items.iter().step_by(2)),
        // An empty bytes object is one more iterable without fields.
        Value::Bytes(bytes) if bytes.is_empty() => structured(node, [].iter()),
        _ => refuse(node, "expected a string, a tuple or a list of fields"),
    }
}

fn from_text(node: &Node<'_>, text: &str) -> Result<DType> {
    parse_spelling(text).or_else(|error| refuse(node, error.0))
}

fn structured<'n, 'a: 'n>(whole: &Node<'_>, members: impl Iterator<Item = &'n Node<'a>>) -> Result<DType> {
    let mut packed = Packed::default();
    for member in members {
        let parts = parts(member);
        let (name, dtype) = match &*parts {
            [name, dtype] => (name, from_descr(dtype)?),
            [name, dtype, shape] => (name, with_second(from_descr(dtype)?, shape)?),
            _ => return refuse(member, "a field needs a name, a dtype and perhaps a shape"),
        };
        let (title, name) = title_and_name(name)?;
        if packed.push(name, title, dtype).is_none() {
            return refuse(whole, "a record is larger than 2147483647 bytes");
        }
    }
    let record = packed.finish().map(DType::Structured);
    record.map_or_else(|| refuse(whole, "a name or title is used twice"), Ok)
}

/// The first four parts of a field, for which NumPy takes any iterable: the keys of a dictionary and the characters of a
/// string too.
fn parts<'n, 'a>(field: &'n Node<'a>) -> Cow<'n, [Node<'a>]> {
    match &field.value {
        Value::Tuple(items) | Value::List(items) | Value::Set(items) => items.into(),
        Value::Dict(items) => items.iter().step_by(2).take(4).cloned().collect(),
        Value::Str(text) => {
            let char = |c: char| Node::new(field.at, Value::Str(c.to_string().into()));
            text.chars().take(4).map(char).collect()
        }
        _ => Cow::Borrowed(&[]),
    }
}

/// `name: string | '(' title ',' string ')'`
fn title_and_name<'n>(node: &'n Node<'_>) -> Result<(Option<Title>, &'n str)> {
    match (&node.value, node.as_tuple()) {
        (Value::Str(text), _) => Ok((None, text)),
        (_, Some([title, name])) if name.as_str().is_some() => {
            Ok((title_of(title)?, name.as_str().unwrap_or_default()))
        }
        (_, Some(_)) => refuse(node, "expected a title and a name"),
        _ => refuse(node, "a field's name must be a string"),
    }
}

fn title_of(node: &Node<'_>) -> Result<Option<Title>> {
    match &node.value {
        Value::None => Ok(None),
        Value::Str(text) => Ok(Some(Title::Text(text.to_string()))),
        _ if has_own_repr(node) => Ok(Some(Title::Literal(node.repr()))),
        _ => refuse(node, "a set or dictionary of several items, or a huge number, is not read as title"),
    }
}

/// Whether the text that Python shows of a value follows from the text that it was read from: that of a set
/// depends on the run of Python, and equal items of sets and dictionaries become one.
fn has_own_repr(node: &Node<'_>) -> bool {
    match &node.value {
        Value::Int(Int::Large { digits, .. }) => digits.bytes().all(|digit| digit.is_ascii_digit()),
        Value::Set(items) => items.len() <= 1 && items.iter().all(has_own_repr),
        Value::Dict(items) => items.len() <= 2 && items.iter().all(has_own_repr),
        Value::Tuple(items) | Value::List(items) => items.iter().all(has_own_repr),
        _ => true,
    }
}

/// `numpy.dtype((base, second))`: `second` is a dtype that lends its fields or size, a size for a dtype without
/// bytes, or a shape.
fn with_second(base: DType, second: &Node<'_>) -> Result<DType> {
    // NumPy's StringDType takes neither size nor fields.
    let is_string = matches!(&base, DType::Scalar(scalar) if scalar.kind() == Kind::String);
    if !is_string && let Some(lender) = dtype_call(second) {
        return inherit(base, lender, second);
    }
    if base.is_unsized() {
        return sized(base, second);
    }
    let shape = match &second.value {
        Value::Int(_) => vec![axis(second)?],
        Value::List(axes) if axes.is_empty() => return refuse(second, "expected a shape"),
        Value::Tuple(axes) | Value::List(axes) => axes.iter().map(axis).collect::<Result<_>>()?,
        // To NumPy a sequence of integers like any other.
        Value::Bytes(axes) if !axes.is_empty() => axes.iter().map(|&axis| axis.into()).collect(),
        _ => return refuse(second, "expected a shape"),
    };
    if shape.is_empty() {
        return Ok(base);
    }
    let subarray = Subarray::new(base, shape).map(DType::Subarray);
    const TOO_LARGE: &str = "a subarray has over 64 axes or is larger than 2147483647 bytes";
    subarray.map_or_else(|| refuse(second, TOO_LARGE), Ok)
}

fn axis(node: &Node<'_>) -> Result<usize> {
    match (node.as_size(), &node.value) {
        (Some(axis), _) => Ok(axis),
        (None, Value::Int(Int::Small(_))) => {
            refuse(node, "an axis of a subarray is not from 0 to 2147483647")
        }
        _ => refuse(node, "expected a shape"),
    }
}

/// A dtype without bytes takes a number for its size.
fn sized(base: DType, second: &Node<'_>) -> Result<DType> {
    let size = second.as_size();
    let dtype = match base {
        DType::Scalar(scalar) => {
            let unit = if scalar.kind() == Kind::Unicode { 4 } else { 1 };
            size.and_then(|size| size.checked_mul(unit))
                .and_then(|itemsize| Scalar::new(scalar.kind(), itemsize, scalar.byte_order()))
                .map(DType::Scalar)
        }
        _ if size.is_some_and(|size| size > 0) => return refuse(second, NO_ITEMS),
        base => size.map(|_| base),
    };
    dtype.map_or_else(|| refuse(second, "expected a size in bytes or characters"), Ok)
}

/// NumPy gives it both, and makes a dtype that is not valid.
const NO_ITEMS: &str = "an array without items takes neither size nor fields";

/// The base with the size of the lender, if it had none itself, and with the lender's fields.
fn inherit(base: DType, lender: DType, second: &Node<'_>) -> Result<DType> {
    let base = match base {
        DType::Scalar(scalar) if base.is_unsized() => {
            // NumPy lets a text have a part of a character here; no array of such elements can be made.
            match (Scalar::new(scalar.kind(), lender.itemsize(), scalar.byte_order()), &lender) {
                (Some(scalar), _) => DType::Scalar(scalar),
                (None, DType::Structured(_)) => return Ok(lender),
                (None, _) => return refuse(second, "a text's size is no multiple of 4 bytes"),
            }
        }
        DType::Subarray(_) if base.is_unsized() => {
            let takes = lender.itemsize() > 0 || matches!(lender, DType::Structured(_));
            return if takes { refuse(second, NO_ITEMS) } else { Ok(base) };
        }
        base if base.itemsize() != lender.itemsize() => {
            return refuse(second, "the two dtypes differ in size");
        }
        base if base.has_object() || lender.has_object() => {
            return refuse(second, "objects cannot be seen as another dtype");
        }
        base => base,
    };
    // A lender without fields leaves the first as it is.
    Ok(match (base, lender) {
        (DType::Scalar(scalar), DType::Structured(fields)) => fields.over(scalar).into(),
        (_, fields @ DType::Structured(_)) => fields,
        (base, _) => base,
    })
}

/// What `numpy.dtype(value)` makes of a literal, or `None` where NumPy refuses it.
fn dtype_call(node: &Node<'_>) -> Option<DType> {
    match &node.value {
        Value::None => Scalar::new(Kind::Float, 8, ByteOrder::NATIVE).map(DType::Scalar),
        Value::Str(text) => parse_spelling(text).ok(),
        Value::Bytes(bytes) if bytes.is_ascii() => parse_spelling(std::str::from_utf8(bytes).ok()?).ok(),
        Value::Tuple(items) => match items.as_slice() {
            [base, second] => with_second(dtype_call(base)?, second).ok(),
            _ => None,
        },
        Value::List(fields) => field_list(fields),
        Value::Dict(_) => from_dict(node),
        _ => None,
    }
}

/// `numpy.dtype([("a", "<i4"), ...])`: packed; an empty name becomes `f` and its number.
fn field_list(items: &[Node<'_>]) -> Option<DType> {
    let mut fields = Vec::with_capacity(items.len());
    let mut offset = 0usize;
    for (number, item) in items.iter().enumerate() {
        let (name, dtype) = match item.as_tuple()? {
            [name, dtype] => (name, dtype_call(dtype)?),
            [name, dtype, shape] => (name, with_second(dtype_call(dtype)?, shape).ok()?),
            _ => return None,
        };
        let (title, name) = title_and_name(name).ok()?;
        let name = if name.is_empty() { format!("f{number}") } else { name.to_string() };
        let itemsize = dtype.itemsize();
        fields.push(Field::new(name, offset, dtype).with_title(title));
        offset = offset.checked_add(itemsize)?;
    }
    Structured::new(fields, offset).map(DType::Structured)
}

/// `numpy.dtype({'names': [...], 'formats': [...]})`, with or without offsets, titles and item size.
pub(super) fn from_dict(node: &Node<'_>) -> Option<DType> {
    let entries = node.as_entries()?;
    if entries.is_empty() {
        return Structured::new(Vec::new(), 0).map(DType::Structured);
    }
    // The last of equal keys counts.
    let get = |key: &str| {
        entries.iter().rev().find(|[found, _]| found.as_str() == Some(key)).map(|[_, value]| value)
    };
    let (names, formats) = (get("names")?.as_sequence()?, get("formats")?.as_sequence()?);
    let list = |key: &str| match get(key) {
        Some(node) => node.as_sequence().filter(|list| list.len() == names.len()).map(Some),
        None => Some(None),
    };
    let (offsets, titles) = (list("offsets")?, list("titles")?);
    let is_aligned = matches!(get("aligned"), Some(Node { value: Value::Bool(true), .. }));
    // The alignment of the fields would place them; no text of NumPy's leaves that to the reader.
    if names.len() != formats.len() || (is_aligned && offsets.is_none()) {
        return None;
    }
    let mut fields = Vec::with_capacity(names.len());
    let mut end = 0;
    for (number, (name, format)) in names.iter().zip(formats).enumerate() {
        let dtype = dtype_call(format)?;
        let offset = match offsets {
            Some(offsets) => offsets.get(number)?.as_size()?,
            None => end,
        };
        let title = match titles {
            Some(titles) => title_of(titles.get(number)?).ok()?,
            None => None,
        };
        end = end.max(offset.checked_add(dtype.itemsize())?);
        fields.push(Field::new(name.as_str()?, offset, dtype).with_title(title));
    }
    let itemsize = match get("itemsize") {
        Some(node) => node.as_size().filter(|&itemsize| itemsize >= end)?,
        None => end,
    };
    let structured = Structured::new(fields, itemsize)?;
    Some(if is_aligned { structured.aligned() } else { structured }.into())
}
