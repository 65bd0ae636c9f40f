//! Dtypes as Python's `str(dtype)` shows them.
//!
//! Source: numpy/_core/_dtype.py.

use std::borrow::Cow;
use std::fmt::{self, Write};

use super::DType;
use super::descr::{write_field, write_kind, write_subarray, write_title, write_typestr};
use super::field::{Field, Title};
use super::scalar::{ByteOrder, Kind, Scalar, Unit};
use super::structured::Structured;
use crate::literal::write_str;

/// What Python's `str(dtype)` gives: `float32`, `>f4`, `datetime64[25s]`, `|S3`, `('<f4', (2,))`,
/// `[('a', '<i4'), ('b', '<f8', (2,))]`.
///
/// The long doubles of 32-bit systems, which NumPy on 64-bit systems does not know, are shown with
/// their byte order: `<f12`, `<c24`.
impl fmt::Display for DType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Scalar(scalar) => write_name(f, scalar),
            Self::Structured(structured) if structured.is_aligned() => write_dict(f, structured, true),
            dtype => write_short(f, dtype),
        }
    }
}

/// `dtype.name` of native scalars that are neither text nor void, else `dtype.str`.
fn write_name(out: &mut impl Write, scalar: &Scalar) -> fmt::Result {
    let bits = scalar.itemsize().saturating_mul(8);
    let foreign = match scalar.byte_order() {
        ByteOrder::NotApplicable => false,
        order => order != ByteOrder::NATIVE,
    };
    match scalar.kind() {
        _ if scalar.is_bfloat16() => out.write_str("bfloat16"),
        _ if scalar.float8_order() == Some(ByteOrder::NATIVE) => out.write_str("float8_e5m2"),
        _ if foreign => write_typestr(out, scalar),
        Kind::Bool => out.write_str("bool"),
        Kind::Int => write!(out, "int{bits}"),
        Kind::Uint => write!(out, "uint{bits}"),
        Kind::Float if scalar.itemsize() != 12 => write!(out, "float{bits}"),
        Kind::Complex if scalar.itemsize() != 24 => write!(out, "complex{bits}"),
        Kind::DateTime64(unit) | Kind::TimeDelta64(unit) => {
            let moment = matches!(scalar.kind(), Kind::DateTime64(_));
            out.write_str(if moment { "datetime64" } else { "timedelta64" })?;
            match unit.unit() {
                Unit::Generic => Ok(()),
                _ => write!(out, "[{unit}]"),
            }
        }
        Kind::Object => out.write_str("object"),
        _ => write_typestr(out, scalar),
    }
}

/// The text of a dtype within another one's: `_construction_repr(dtype, short=True)`.
fn write_short(out: &mut impl Write, dtype: &DType) -> fmt::Result {
    match dtype {
        DType::Scalar(scalar) => write_short_scalar(out, scalar),
        DType::Structured(structured) => match structured.scalar() {
            Some(scalar) => {
                write!(out, "(numpy.{}, ", type_name(scalar))?;
                write_fields(out, structured)?;
                out.write_char(')')
            }
            None => write_fields(out, structured),
        },
        DType::Subarray(subarray) => {
            out.write_char('(')?;
            write_subarray(out, subarray, write_short)?;
            out.write_char(')')
        }
    }
}

fn write_fields(out: &mut impl Write, structured: &Structured) -> fmt::Result {
    if is_packed(structured) { write_list(out, structured) } else { write_dict(out, structured, false) }
}

/// `dtype.type.__name__`
fn type_name(scalar: &Scalar) -> Cow<'static, str> {
    let bits = scalar.itemsize().saturating_mul(8);
    Cow::Borrowed(match scalar.kind() {
        Kind::Bool => "bool",
        Kind::Int => return format!("int{bits}").into(),
        Kind::Uint => return format!("uint{bits}").into(),
        Kind::Float if bits > 64 => "longdouble",
        Kind::Float => return format!("float{bits}").into(),
        Kind::Complex if bits > 128 => "clongdouble",
        Kind::Complex => return format!("complex{bits}").into(),
        Kind::Bytes => "bytes_",
        Kind::Unicode => "str_",
        Kind::Void => "void",
        Kind::DateTime64(_) => "datetime64",
        Kind::TimeDelta64(_) => "timedelta64",
        Kind::Object | Kind::String => "object_",
    })
}

fn write_short_scalar(out: &mut impl Write, scalar: &Scalar) -> fmt::Result {
    if scalar.is_bfloat16() {
        return out.write_str("bfloat16");
    }
    if scalar.float8_order().is_some() {
        return out.write_str("float8_e5m2");
    }
    out.write_char('\'')?;
    match (scalar.kind(), scalar.itemsize()) {
        (Kind::Bool, _) => out.write_char('?')?,
        (kind @ (Kind::Object | Kind::String), _) => out.write_char(kind.as_char())?,
        (kind, itemsize) => {
            if scalar.byte_order() != ByteOrder::NotApplicable {
                out.write_char(scalar.byte_order().as_char())?;
            }
            match itemsize {
                0 => out.write_char(kind.as_char())?,
                _ => write_kind(out, scalar)?,
            }
        }
    }
    out.write_char('\'')
}

/// Whether names and formats alone tell the offsets and the item size.
fn is_packed(structured: &Structured) -> bool {
    let align = |offset: usize, alignment: usize| match structured.is_aligned() {
        true => offset.checked_next_multiple_of(alignment),
        false => Some(offset),
    };
    let mut end = 0;
    for field in structured.fields() {
        if align(end, field.dtype().alignment()) != Some(field.offset()) {
            return false;
        }
        end = field.end();
    }
    let alignment = if structured.is_aligned() { structured.alignment() } else { 1 };
    align(end, alignment) == Some(structured.itemsize())
}

fn write_list(out: &mut impl Write, structured: &Structured) -> fmt::Result {
    out.write_char('[')?;
    write_joined(out, structured.fields(), |out, field| {
        write_field(out, shown_title(field), field, write_short)
    })?;
    out.write_char(']')
}

fn write_dict(out: &mut impl Write, structured: &Structured, show_aligned: bool) -> fmt::Result {
    let fields = structured.fields();
    out.write_str("{'names': [")?;
    write_joined(out, fields, |out, field| write_str(out, field.name()))?;
    out.write_str("], 'formats': [")?;
    write_joined(out, fields, |out, field| write_short(out, field.dtype()))?;
    out.write_str("], 'offsets': [")?;
    write_joined(out, fields, |out, field| write!(out, "{}", field.offset()))?;
    if fields.iter().any(|field| shown_title(field).is_some()) {
        out.write_str("], 'titles': [")?;
        write_joined(out, fields, |out, field| match shown_title(field) {
            Some(title) => write_title(out, title),
            None => out.write_str("None"),
        })?;
    }
    write!(out, "], 'itemsize': {}", structured.itemsize())?;
    out.write_str(if show_aligned { ", 'aligned': True}" } else { "}" })
}

fn write_joined<W: Write>(
    out: &mut W,
    fields: &[Field],
    write_one: impl Fn(&mut W, &Field) -> fmt::Result,
) -> fmt::Result {
    for (number, field) in fields.iter().enumerate() {
        if number > 0 {
            out.write_str(", ")?;
        }
        write_one(out, field)?;
    }
    Ok(())
}

/// The title, but for Python's `None`, which `str` takes for no title.
fn shown_title(field: &Field) -> Option<&Title> {
    field.title().filter(|title| !matches!(title, Title::Literal(literal) if literal == "None"))
}

#[cfg(test)]
mod tests {
    use super::super::{Subarray, native};
    use super::*;

    fn parse(text: &str) -> DType {
        text.parse().unwrap()
    }

    fn structured(fields: &[(&str, usize, &str)], itemsize: usize) -> Structured {
        let fields = fields.iter().map(|(name, offset, text)| Field::new(*name, *offset, parse(text)));
        Structured::new(fields.collect(), itemsize).unwrap()
    }

    // Each expectation is str(numpy.dtype(text)) of NumPy 2.4.6, but for f12 and c24.
    #[test]
    fn texts_as_numpy_shows_them() {
        for (text, shown) in [
            ("?", "bool"),
            ("i1", "int8"),
            ("<u8", "uint64"),
            (">u8", ">u8"),
            ("<f2", "float16"),
            ("<f4", "float32"),
            (">f4", ">f4"),
            ("g", "float128"),
            ("<c8", "complex64"),
            ("G", "complex256"),
            (">c32", ">c32"),
            ("<f12", "<f12"),
            (">c24", ">c24"),
            ("S", "|S0"),
            ("S3", "|S3"),
            ("<U0", "<U0"),
            ("<U5", "<U5"),
            (">U5", ">U5"),
            ("V", "|V0"),
            ("V4", "|V4"),
            ("<M8", "datetime64"),
            ("<M8[25s]", "datetime64[25s]"),
            ("<m8[ns]", "timedelta64[ns]"),
            ("<m8[0D]", "timedelta64[0D]"),
            (">M8[s]", ">M8[s]"),
            ("<M8[5generic]", "datetime64"),
            ("O", "object"),
            ("T", "StringDType()"),
            ("2T", "('T', (2,))"),
            ("(2,3)<f4", "('<f4', (2, 3))"),
            ("2<3f4", "(('<f4', (3,)), (2,))"),
            (
                "(2,3)<f4,O,V3,S,U,V,<M8[25s],m8,>m8[0s],e,?,i1",
                "[('f0', '<f4', (2, 3)), ('f1', 'O'), ('f2', 'V3'), ('f3', 'S'), ('f4', '<U'), ('f5', 'V'), \
                 ('f6', '<M8[25s]'), ('f7', '<m8'), ('f8', '>m8[0s]'), ('f9', '<f2'), ('f10', '?'), \
                 ('f11', 'i1')]",
            ),
        ] {
            assert_eq!(parse(&native(text)).to_string(), native(shown), "{text}");
        }
    }

    // As above, of dtypes of the same names, formats, offsets, titles, item size and alignment.
    #[test]
    fn records_as_numpy_shows_them() {
        let gapped = || structured(&[("a", 0, "i1"), ("b", 8, "<f8")], 16);
        let titled = |first: Title, itemsize| {
            let fields =
                vec![Field::new("x", 0, parse("<i4")).with_title(first), Field::new("y", 4, parse("i1"))];
            DType::from(Structured::new(fields, itemsize).unwrap())
        };
        let within = |inner: Structured| {
            let fields = vec![Field::new("n", 0, inner.into()), Field::new("m", 16, parse("i1"))];
            Structured::new(fields, 24).unwrap()
        };
        for (dtype, shown) in [
            (structured(&[], 0).into(), "[]"),
            (structured(&[], 8).into(), "{'names': [], 'formats': [], 'offsets': [], 'itemsize': 8}"),
            (
                gapped().into(),
                "{'names': ['a', 'b'], 'formats': ['i1', '<f8'], 'offsets': [0, 8], 'itemsize': 16}",
            ),
            (
                gapped().aligned().into(),
                "{'names': ['a', 'b'], 'formats': ['i1', '<f8'], 'offsets': [0, 8], 'itemsize': 16, 'aligned': True}",
            ),
            (
                Subarray::new(gapped().aligned().into(), [2]).unwrap().into(),
                "([('a', 'i1'), ('b', '<f8')], (2,))",
            ),
            (
                within(gapped().aligned()).into(),
                "{'names': ['n', 'm'], 'formats': [[('a', 'i1'), ('b', '<f8')], 'i1'], 'offsets': [0, 16], \
                 'itemsize': 24}",
            ),
            (
                structured(&[("x", 4, "<i4"), ("y", 0, "(1,)u1")], 8).into(),
                "{'names': ['x', 'y'], 'formats': ['<i4', ('u1', (1,))], 'offsets': [4, 0], 'itemsize': 8}",
            ),
            (titled(Title::Text("t".to_string()), 5), "[(('t', 'x'), '<i4'), ('y', 'i1')]"),
            (
                titled(Title::Literal("5".to_string()), 8),
                "{'names': ['x', 'y'], 'formats': ['<i4', 'i1'], 'offsets': [0, 4], 'titles': [5, None], \
                 'itemsize': 8}",
            ),
            (titled(Title::Literal("None".to_string()), 5), "[('x', '<i4'), ('y', 'i1')]"),
            (structured(&[("a'b", 0, "u1"), ("é", 1, "u1")], 2).into(), "[(\"a'b\", 'u1'), ('é', 'u1')]"),
        ] {
            let dtype: DType = dtype;
            assert_eq!(dtype.to_string(), shown);
        }
    }
}
