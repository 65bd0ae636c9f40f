//! Dtypes from Python literals, as a header's `descr` holds them.
//!
//! Two grammars meet here, as in NumPy: `descr_to_dtype` (strings, tuples, any iterable of fields), and
//! `numpy.dtype` itself for the second item of a tuple, which may be a size, a shape, or a dtype whose
//! fields replace those of the first.
//!
//! Source: numpy/lib/_format_impl.py, `descr_to_dtype`; numpy/_core/src/multiarray/descriptor.c,
//! `_convert_from_tuple` and `_try_convert_from_inherit_tuple`.

use std::borrow::Cow;
use std::collections::HashMap;

use super::packed::Packed;
use super::spelling::parse_spelling;
use super::{DType, Field, Kind, Scalar, Structured, Subarray, Title};
use crate::literal::{Int, Items, Literal, Node, Value};

/// Why a literal is no dtype: where it stands in the text, and what is wrong with it.
#[derive(Debug)]
pub(crate) struct LiteralProblem {
    /// Bytes from the start of the text.
    pub(crate) at: usize,
    /// The offending value as Python shows it.
    pub(crate) text: String,
    pub(crate) reason: Cow<'static, str>,
}

impl LiteralProblem {
    #[cold]
    fn new(node: Node<'_>, reason: impl Into<Cow<'static, str>>) -> Box<Self> {
        Box::new(Self { at: node.at(), text: node.repr(), reason: reason.into() })
    }
}

/// The problem is in a box, because a result is moved at each level.
type Result<T, E = Box<LiteralProblem>> = std::result::Result<T, E>;

/// The dtype that NumPy's `descr_to_dtype` makes of a literal.
pub(crate) fn from_descr(node: Node<'_>) -> Result<DType> {
    match node.value() {
        Value::Str(text) => from_text(node, text),
        Value::Tuple(_) => match node.items().first_four() {
            // NumPy ignores what follows the second item.
            [Some(base), Some(second), ..] => with_second(from_descr(base)?, second),
            _ => Err(LiteralProblem::new(node, "a tuple needs a dtype and a shape")),
        },
        Value::List(_) | Value::Set(_) => structured(node, node.items()),
        Value::Dict(_) => structured(node, node.pairs().map(|(key, _)| key)),
        // An empty bytes object is one more iterable without fields.
        Value::Bytes([]) => structured(node, std::iter::empty()),
        _ => Err(LiteralProblem::new(node, "expected a string, a tuple or a list of fields")),
    }
}

fn from_text(node: Node<'_>, text: &str) -> Result<DType> {
    match parse_spelling(text) {
        Ok(dtype) => Ok(dtype),
        Err(error) => Err(LiteralProblem::new(node, error.0)),
    }
}

fn structured<'t>(whole: Node<'t>, members: impl Iterator<Item = Node<'t>> + Clone) -> Result<DType> {
    let mut packed = Packed::with_capacity(members.clone().count());
    for member in members {
        // NumPy takes any iterable of two or three for a field.
        let (name, title, dtype) = match member.value() {
            Value::Str(text) => field_of_chars(member, text)?,
            Value::Dict(_) => {
                let mut keys = member.pairs().map(|(key, _)| key);
                field_of(member, std::array::from_fn(|_| keys.next()))?
            }
            _ => field_of(member, member.items().first_four())?,
        };
        packed
            .push(name, title, dtype)
            .ok_or_else(|| LiteralProblem::new(whole, "a record is larger than 2147483647 bytes"))?;
    }
    packed
        .finish()
        .map(DType::Structured)
        .ok_or_else(|| LiteralProblem::new(whole, "a name or title is used twice"))
}

const FIELD: &str = "a field needs a name, a dtype and perhaps a shape";

/// The name, title and dtype of a field of these parts.
fn field_of<'t>(member: Node<'t>, parts: [Option<Node<'t>>; 4]) -> Result<(&'t str, Option<Title>, DType)> {
    let (name, dtype) = match parts {
        [Some(name), Some(dtype), None, _] => (name, from_descr(dtype)?),
        [Some(name), Some(dtype), Some(shape), None] => (name, with_second(from_descr(dtype)?, shape)?),
        _ => return Err(LiteralProblem::new(member, FIELD)),
    };
    match name.value() {
        Value::Str(text) => Ok((text, None, dtype)),
        Value::Tuple(_) => {
            if let [Some(title), Some(text), None, _] = name.items().first_four()
                && let Value::Str(text) = text.value()
            {
                Ok((text, title_of(title)?, dtype))
            } else {
                Err(LiteralProblem::new(name, "expected a title and a name"))
            }
        }
        _ => Err(LiteralProblem::new(name, "a field's name must be a string")),
    }
}

/// As [`field_of`], of a string: its characters are the parts.
fn field_of_chars<'t>(member: Node<'_>, text: &'t str) -> Result<(&'t str, Option<Title>, DType)> {
    let mut chars = text.char_indices().skip(1);
    let (Some((end, kind)), second, third) = (chars.next(), chars.next(), chars.next()) else {
        return Err(LiteralProblem::new(member, FIELD));
    };
    let base = from_text(member, kind.encode_utf8(&mut [0; 4]))?;
    let dtype = match (second, third) {
        (None, _) => base,
        (Some((_, second)), None) => {
            with_second(base, Literal::text(member.at(), second.encode_utf8(&mut [0; 4])).root())?
        }
        _ => return Err(LiteralProblem::new(member, FIELD)),
    };
    Ok((text.get(..end).unwrap_or_default(), None, dtype))
}

fn title_of(node: Node<'_>) -> Result<Option<Title>> {
    Ok(match node.value() {
        Value::None => None,
        Value::Str(text) => Some(Title::Text(text.to_string())),
        _ if has_own_repr(node) => Some(Title::Literal(node.repr())),
        _ => {
            return Err(LiteralProblem::new(
                node,
                "a set or dictionary of several items, or a huge number, is not read as title",
            ));
        }
    })
}

/// Whether the text that Python shows of a value follows from the text that it was read from: that of a set
/// depends on the run of Python, and equal items of sets and dictionaries become one.
fn has_own_repr(node: Node<'_>) -> bool {
    match node.value() {
        Value::Set(_) if node.items().count() > 1 => false,
        Value::Dict(_) if node.pairs().count() > 1 => false,
        Value::Int(Int::Large(number)) => number.digits.bytes().all(|digit| digit.is_ascii_digit()),
        _ => node.items().all(has_own_repr),
    }
}

/// `numpy.dtype((base, second))`: `second` is a dtype that lends its fields or size, a size for an
/// unsized text, or a shape.
fn with_second(base: DType, second: Node<'_>) -> Result<DType> {
    if let Some(lender) = dtype_call(second) {
        return inherit(base, lender, second);
    }
    match base {
        DType::Scalar(scalar) if is_unsized(&scalar) => sized(scalar, second),
        base => {
            if matches!(second.value(), Value::Tuple(_)) && second.items().next().is_none() {
                return Ok(base);
            }
            subarray(base, second)
        }
    }
}

fn subarray(base: DType, second: Node<'_>) -> Result<DType> {
    let axis = |node: Node<'_>| match node.value() {
        Value::Int(Int::Small(axis)) => usize::try_from(axis)
            .map_err(|_| LiteralProblem::new(node, "an axis of a subarray is not from 0 to 2147483647")),
        _ => Err(LiteralProblem::new(second, "expected a shape")),
    };
    let shape = match second.value() {
        Value::Int(_) => vec![axis(second)?],
        Value::Tuple(_) | Value::List(_) => second.items().map(axis).collect::<Result<_>>()?,
        // To NumPy a sequence of integers like any other.
        Value::Bytes(axes) if !axes.is_empty() => axes.iter().map(|&axis| axis.into()).collect(),
        _ => return Err(LiteralProblem::new(second, "expected a shape")),
    };
    Subarray::new(base, shape).map(DType::Subarray).ok_or_else(|| {
        LiteralProblem::new(second, "a subarray has over 64 axes or is larger than 2147483647 bytes")
    })
}

fn is_unsized(scalar: &Scalar) -> bool {
    matches!(scalar.kind(), Kind::Bytes | Kind::Unicode | Kind::Void) && scalar.itemsize() == 0
}

fn sized(scalar: Scalar, second: Node<'_>) -> Result<DType> {
    let unit = if scalar.kind() == Kind::Unicode { 4 } else { 1 };
    small(second)
        .and_then(|size| size.checked_mul(unit))
        .and_then(|itemsize| Scalar::new(scalar.kind(), itemsize, scalar.byte_order()))
        .map(DType::Scalar)
        .ok_or_else(|| LiteralProblem::new(second, "expected a size in bytes or characters"))
}

fn inherit(base: DType, lender: DType, second: Node<'_>) -> Result<DType> {
    let fields = matches!(lender, DType::Structured(_));
    match base {
        DType::Scalar(scalar) if is_unsized(&scalar) && !fields => {
            // NumPy lets a text have a part of a character here; no array of such elements can be made.
            Scalar::new(scalar.kind(), lender.itemsize(), scalar.byte_order())
                .map(DType::Scalar)
                .ok_or_else(|| LiteralProblem::new(second, "a text's size is no multiple of 4 bytes"))
        }
        DType::Scalar(scalar) if is_unsized(&scalar) => {
            let sized = Scalar::new(scalar.kind(), lender.itemsize(), scalar.byte_order());
            Ok(match (sized, lender) {
                (Some(scalar), DType::Structured(fields)) => fields.over(scalar).into(),
                (_, lender) => lender,
            })
        }
        base if base.itemsize() != lender.itemsize() => {
            Err(LiteralProblem::new(second, "the two dtypes differ in size"))
        }
        base if base.has_object() || lender.has_object() => {
            Err(LiteralProblem::new(second, "objects cannot be seen as another dtype"))
        }
        // A lender without fields leaves the first as it is.
        base => Ok(match (base, lender) {
            (DType::Scalar(scalar), DType::Structured(fields)) => fields.over(scalar).into(),
            (_, fields @ DType::Structured(_)) => fields,
            (base, _) => base,
        }),
    }
}

/// What `numpy.dtype(value)` makes of a literal, or `None` where NumPy refuses it.
fn dtype_call(node: Node<'_>) -> Option<DType> {
    match node.value() {
        Value::None => Scalar::new(Kind::Float, 8, super::ByteOrder::NATIVE).map(DType::Scalar),
        Value::Str(text) => dtype_text(text),
        Value::Bytes(bytes) => dtype_text(std::str::from_utf8(bytes).ok().filter(|text| text.is_ascii())?),
        Value::Tuple(_) => match node.items().first_four() {
            [Some(base), Some(second), None, _] => with_second(dtype_call(base)?, second).ok(),
            _ => None,
        },
        Value::List(_) => field_list(node.items()),
        Value::Dict(_) => from_dict(node),
        _ => None,
    }
}

fn dtype_text(text: &str) -> Option<DType> {
    parse_spelling(text).ok()
}

/// `numpy.dtype([("a", "<i4"), ...])`: packed; an empty name becomes `f` and its number.
fn field_list(items: Items<'_>) -> Option<DType> {
    let mut fields = Vec::with_capacity(items.clone().count());
    let mut offset = 0usize;
    for (number, item) in items.enumerate() {
        let Value::Tuple(_) = item.value() else { return None };
        let (name, dtype) = match item.items().first_four() {
            [Some(name), Some(dtype), None, _] => (name, dtype_call(dtype)?),
            [Some(name), Some(dtype), Some(shape), None] => {
                (name, with_second(dtype_call(dtype)?, shape).ok()?)
            }
            _ => return None,
        };
        let (title, name) = match name.value() {
            Value::Str(text) => (None, text),
            Value::Tuple(_) => {
                if let [Some(title), Some(text), None, _] = name.items().first_four()
                    && let Value::Str(text) = text.value()
                {
                    (title_of(title).ok()?, text)
                } else {
                    return None;
                }
            }
            _ => return None,
        };
        let name = if name.is_empty() { format!("f{number}") } else { name.to_string() };
        let itemsize = dtype.itemsize();
        fields.push(Field::new(name, offset, dtype).with_title(title));
        offset = offset.checked_add(itemsize)?;
    }
    Structured::new(fields, offset).map(DType::Structured)
}

/// `numpy.dtype({...})`: lists under `names` and `formats`, or a dtype and an offset under each name.
pub(super) fn from_dict(node: Node<'_>) -> Option<DType> {
    // The last of equal keys counts, at the place of the first.
    let mut entries: Vec<(&str, Node<'_>)> = Vec::new();
    // To look each key up among those before it would take the square of their number.
    let mut places = HashMap::new();
    for (key, value) in node.pairs() {
        let Value::Str(key) = key.value() else { return None };
        let place = *places.entry(key).or_insert(entries.len());
        match entries.get_mut(place) {
            Some(entry) => entry.1 = value,
            None => entries.push((key, value)),
        }
    }
    let get = |wanted: &str| entries.iter().find(|(key, _)| *key == wanted).map(|(_, value)| *value);
    if let (Some(names), Some(formats)) = (get("names"), get("formats")) {
        return field_lists(names, formats, &get);
    }
    let mut fields = Vec::with_capacity(entries.len());
    let mut itemsize = 0;
    for (name, value) in entries {
        let Value::Tuple(_) = value.value() else { return None };
        let (dtype, offset, title) = match value.items().first_four() {
            [Some(dtype), Some(offset), None, _] => (dtype, offset, None),
            [Some(dtype), Some(offset), Some(title), None] => (dtype, offset, title_of(title).ok()?),
            _ => return None,
        };
        let dtype = dtype_call(dtype)?;
        let offset = small(offset)?;
        itemsize = itemsize.max(offset.checked_add(dtype.itemsize())?);
        fields.push(Field::new(name, offset, dtype).with_title(title));
    }
    // NumPy sorts them by offset.
    fields.sort_by_key(Field::offset);
    Structured::new(fields, itemsize).map(DType::Structured)
}

fn field_lists<'t>(
    names: Node<'t>,
    formats: Node<'t>,
    get: &dyn Fn(&str) -> Option<Node<'t>>,
) -> Option<DType> {
    let (names, mut formats) = (items(names)?, items(formats)?);
    let optional = |key: &str| get(key).map_or(Some(None), |node| items(node).map(Some));
    let (mut offsets, mut titles) = (optional("offsets")?, optional("titles")?);
    let aligned = matches!(get("aligned").map(Node::value), Some(Value::Bool(true)));
    if aligned && offsets.is_none() {
        // The alignment of the fields would place them; no text of NumPy's leaves that to the reader.
        return None;
    }
    let len = names.clone().count();
    let length_differs = |list: &Items<'_>| list.clone().count() != len;
    if [Some(&formats), offsets.as_ref(), titles.as_ref()].into_iter().flatten().any(length_differs) {
        return None;
    }
    let mut fields = Vec::with_capacity(len);
    let mut end = 0;
    for name in names {
        let Value::Str(name) = name.value() else { return None };
        let title = match &mut titles {
            Some(titles) => title_of(titles.next()?).ok()?,
            None => None,
        };
        let dtype = dtype_call(formats.next()?)?;
        let offset = match &mut offsets {
            Some(offsets) => small(offsets.next()?)?,
            None => end,
        };
        end = end.max(offset.checked_add(dtype.itemsize())?);
        fields.push(Field::new(name, offset, dtype).with_title(title));
    }
    let itemsize = match get("itemsize") {
        Some(node) => small(node).filter(|&itemsize| itemsize >= end)?,
        None => end,
    };
    let structured = Structured::new(fields, itemsize)?;
    Some(if aligned { structured.aligned() } else { structured }.into())
}

fn items(node: Node<'_>) -> Option<Items<'_>> {
    matches!(node.value(), Value::List(_) | Value::Tuple(_)).then(|| node.items())
}

fn small(node: Node<'_>) -> Option<usize> {
    match node.value() {
        Value::Int(Int::Small(number)) => usize::try_from(number).ok(),
        _ => None,
    }
}
