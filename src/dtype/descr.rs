//! Dtypes in a header as NumPy writes it: each rule of the grammar with its reader, in nom, and its writer.
//!
//! The readers take what NumPy writes for nearly all arrays, and nothing that [`from_descr`](super::from_descr) reads
//! otherwise. Strings with escapes, titles that are no texts, and all that only other programs write is left to it.
//!
//! Source: numpy/lib/_format_impl.py, `dtype_to_descr`, and numpy/_core/_internal.py, `_array_descr`.

use std::fmt::{self, Write};

use nom::character::complete::digit1;
use nom::combinator::map_opt;
use nom::multi::separated_list0;
use nom::{IResult, Parser};

use super::DType;
use super::field::{Field, Title};
use super::packed::Packed;
use super::scalar::{ByteOrder, Kind, Scalar, Unit};
use super::spelling::parse_spelling;
use super::structured::{Structured, Subarray};
use crate::error::{Result, UnsupportedProblem};
use crate::literal::{repr_str, write_str};

/// Without a reason: what is not of this grammar is read by the other one, which has reasons.
pub(crate) type Written<'a, T> = IResult<&'a str, T, ()>;

/// nom's `tag`, which compares byte by byte, in one go.
#[inline(always)]
pub(crate) fn word<'a>(input: &'a str, word: &str) -> Written<'a, ()> {
    input.strip_prefix(word).map(|rest| (rest, ())).ok_or(nom::Err::Error(()))
}

/// `descr: typestr | record | '(' subarray ')'`
///
/// `brackets` may be open at a time in it.
#[inline]
pub(crate) fn descr(input: &str, brackets: usize) -> Written<'_, DType> {
    match input.as_bytes().first() {
        Some(b'\'') => typestr(input),
        Some(b'[') => record(input, brackets),
        _ => {
            let (rest, ()) = word(input, "(")?;
            let (rest, subarray) = subarray(rest, brackets.saturating_sub(1))?;
            word(rest, ")").map(|(rest, ())| (rest, subarray))
        }
    }
}

/// [`descr`] of what is no subarray, which a header shows as raw bytes, nor a `StringDType`.
fn write_descr(out: &mut String, dtype: &DType) -> fmt::Result {
    match dtype {
        DType::Scalar(scalar) => write_quoted(out, scalar),
        DType::Structured(structured) => write_record(out, structured),
        DType::Subarray(subarray) => {
            out.push('(');
            write_subarray(out, subarray, write_descr)?;
            out.write_str(")")
        }
    }
}

/// `typestr: "'" ('<' | '>' | '|') kind size "'"`
#[inline]
fn typestr(input: &str) -> Written<'_, DType> {
    let (rest, text) = string(input)?;
    match parse_spelling(text) {
        Ok(dtype) => Ok((rest, dtype)),
        Err(_) => Err(nom::Err::Error(())),
    }
}

fn write_quoted(out: &mut String, scalar: &Scalar) -> fmt::Result {
    out.push('\'');
    write_typestr(out, scalar)?;
    out.write_str("'")
}

/// `record: '[' [field (', ' field)*] ']'`
fn record(input: &str, brackets: usize) -> Written<'_, DType> {
    /// Those of the list, of a field, and of its shape or title.
    const BRACKETS: usize = 3;
    let (rest, ()) = word(input, "[")?;
    let inner = brackets.checked_sub(BRACKETS).ok_or(nom::Err::Error(()))?;
    let mut packed = Packed::default();
    let field = map_opt(|input| field(input, inner), |(title, name, dtype)| packed.push(name, title, dtype));
    let (rest, _) = separated_list0(|input| word(input, ", "), field).parse(rest)?;
    let (rest, ()) = word(rest, "]")?;
    let record = packed.finish().ok_or(nom::Err::Error(()))?;
    Ok((rest, DType::Structured(record)))
}

fn write_record(out: &mut String, structured: &Structured) -> fmt::Result {
    let mut end = 0;
    let mut separator = "[";
    for field in structured.fields() {
        write_padding(out, &mut separator, field.offset().saturating_sub(end))?;
        out.push_str(std::mem::replace(&mut separator, ", "));
        write_field(out, field.title(), field, write_descr)?;
        end = field.end();
    }
    write_padding(out, &mut separator, structured.itemsize().saturating_sub(end))?;
    out.write_str(if separator == "[" { "[]" } else { "]" })
}

/// Bytes of no field are a field without a name.
fn write_padding(out: &mut String, separator: &mut &str, bytes: usize) -> fmt::Result {
    match bytes {
        0 => Ok(()),
        _ => write!(out, "{}('', '|V{bytes}')", std::mem::replace(separator, ", ")),
    }
}

type NamedField<'a> = (Option<Title>, &'a str, DType);

/// `field: '(' name ', ' (descr | descr ', ' shape) ')'`
fn field(input: &str, brackets: usize) -> Written<'_, NamedField<'_>> {
    let (rest, ()) = word(input, "(")?;
    let (rest, (title, name)) = name(rest)?;
    let (rest, ()) = word(rest, ", ")?;
    let (rest, base) = descr(rest, brackets)?;
    let (rest, dtype) = if rest.starts_with(',') { with_shape(rest, base)? } else { (rest, base) };
    word(rest, ")").map(|(rest, ())| (rest, (title, name, dtype)))
}

/// [`field`] as a header and Python's `str` show it, which write the dtype in it in their own ways.
pub(super) fn write_field<W: Write>(
    out: &mut W,
    title: Option<&Title>,
    field: &Field,
    write: fn(&mut W, &DType) -> fmt::Result,
) -> fmt::Result {
    out.write_str("(")?;
    match title {
        Some(title) => {
            out.write_str("(")?;
            write_title(out, title)?;
            out.write_str(", ")?;
            write_str(out, field.name())?;
            out.write_str(")")?;
        }
        None => write_str(out, field.name())?,
    }
    out.write_str(", ")?;
    match field.dtype() {
        DType::Subarray(subarray) => write_subarray(out, subarray, write)?,
        dtype => write(out, dtype)?,
    }
    out.write_str(")")
}

/// `name: string | '(' title ', ' string ')'`
#[inline]
fn name(input: &str) -> Written<'_, (Option<Title>, &str)> {
    if input.starts_with('\'') {
        return string(input).map(|(rest, name)| (rest, (None, name)));
    }
    let (rest, ()) = word(input, "(")?;
    let (rest, (title, ())) = (string, |input| word(input, ", ")).parse(rest)?;
    let (rest, name) = string(rest)?;
    word(rest, ")").map(|(rest, ())| (rest, (Some(Title::Text(title.to_string())), name)))
}

pub(super) fn write_title(out: &mut impl Write, title: &Title) -> fmt::Result {
    match title {
        Title::Text(text) => write_str(out, text),
        Title::Literal(literal) => out.write_str(literal),
    }
}

/// `string: "'" character* "'"`
#[inline]
fn string(input: &str) -> Written<'_, &str> {
    let (body, ()) = word(input, "'")?;
    let end = body.bytes().position(|byte| byte == b'\'' || byte == b'\\' || byte < b' ');
    let (text, rest) = body.split_at(end.unwrap_or(body.len()));
    word(rest, "'").map(|(rest, ())| (rest, text))
}

/// `subarray: descr ', ' shape`
fn subarray(input: &str, brackets: usize) -> Written<'_, DType> {
    let inner = brackets.checked_sub(1).ok_or(nom::Err::Error(()))?;
    let (rest, base) = descr(input, inner)?;
    with_shape(rest, base)
}

/// The rest of a subarray after its base: ', ' shape
fn with_shape(input: &str, base: DType) -> Written<'_, DType> {
    let (rest, ()) = word(input, ", ")?;
    let (rest, shape) = shape(rest)?;
    let subarray = Subarray::new(base, shape).ok_or(nom::Err::Error(()))?;
    Ok((rest, DType::Subarray(subarray)))
}

pub(super) fn write_subarray<W: Write>(
    out: &mut W,
    subarray: &Subarray,
    write: fn(&mut W, &DType) -> fmt::Result,
) -> fmt::Result {
    write(out, subarray.base())?;
    out.write_str(", ")?;
    write_shape(out, subarray.shape())
}

/// `shape: '()' | '(' axis ',)' | '(' axis (', ' axis)+ ')'`
#[inline]
pub(crate) fn shape(input: &str) -> Written<'_, Vec<usize>> {
    let (rest, ()) = word(input, "(")?;
    let (rest, shape) = separated_list0(|input| word(input, ", "), axis).parse(rest)?;
    let (rest, ()) = word(rest, if shape.len() == 1 { ",)" } else { ")" })?;
    Ok((rest, shape))
}

/// Writes a shape as Python does.
pub(crate) fn write_shape(out: &mut impl Write, shape: &[usize]) -> fmt::Result {
    out.write_str("(")?;
    for (number, &axis) in shape.iter().enumerate() {
        out.write_str(if number > 0 { ", " } else { "" })?;
        write_decimal(out, axis)?;
    }
    out.write_str(if shape.len() == 1 { ",)" } else { ")" })
}

/// `axis: '0' | digit+ without zeros before it`
#[inline]
fn axis(input: &str) -> Written<'_, usize> {
    let (rest, digits) = digit1(input)?;
    let is_plain = digits == "0" || !digits.starts_with('0');
    // No array has more elements than `i64` counts.
    let axis = digits.parse::<i64>().ok().filter(|_| is_plain).and_then(|axis| usize::try_from(axis).ok());
    axis.map(|axis| (rest, axis)).ok_or(nom::Err::Error(()))
}

/// A number, without the detour through the formatting machinery that a header of many fields feels.
fn write_decimal(out: &mut impl Write, number: usize) -> fmt::Result {
    match u8::try_from(number) {
        Ok(digit) if digit < 10 => out.write_char(char::from(b'0'.saturating_add(digit))),
        _ => write!(out, "{number}"),
    }
}

/// `dtype.str`: the byte order, the kind and the size or unit.
pub(super) fn write_typestr(out: &mut impl Write, scalar: &Scalar) -> fmt::Result {
    match scalar.kind() {
        Kind::Object => return out.write_str("|O"),
        Kind::String => return out.write_str("StringDType()"),
        _ => {}
    }
    if let Some(order) = scalar.float8_order() {
        out.write_char(order.as_char())?;
        return out.write_str("f1");
    }
    let order = if scalar.is_bfloat16() { ByteOrder::NATIVE } else { scalar.byte_order() };
    out.write_char(order.as_char())?;
    write_kind(out, scalar)
}

/// The kind and the size or unit, without the byte order.
pub(super) fn write_kind(out: &mut impl Write, scalar: &Scalar) -> fmt::Result {
    let kind = scalar.kind();
    out.write_char(kind.as_char())?;
    match kind {
        Kind::Unicode => write_decimal(out, scalar.itemsize() / 4),
        Kind::DateTime64(unit) | Kind::TimeDelta64(unit) => {
            out.write_str("8")?;
            match unit.unit() {
                Unit::Generic => Ok(()),
                _ => write!(out, "[{unit}]"),
            }
        }
        _ => write_decimal(out, scalar.itemsize()),
    }
}

/// Refuses records whose fields overlap or are out of order, for which the grammar has no rule.
fn check_order(dtype: &DType) -> Result<()> {
    match dtype {
        DType::Scalar(_) => Ok(()),
        DType::Subarray(subarray) => check_order(subarray.base()),
        DType::Structured(structured) => {
            let mut end = 0;
            for field in structured.fields() {
                if field.offset() < end {
                    let (name, offset) = (repr_str(field.name()), field.offset());
                    return Err(UnsupportedProblem::FieldOrder { name, offset, end }.into());
                }
                check_order(field.dtype())?;
                end = field.end();
            }
            Ok(())
        }
    }
}

impl DType {
    /// The Python literal that `np.save` writes into a header for this dtype.
    ///
    /// A subarray that is no field is written as raw bytes (`'|V8'`), and `StringDType` as objects, as
    /// NumPy does.
    ///
    /// # Errors
    /// [`Error::Unsupported`](crate::Error::Unsupported) for records whose fields overlap or do not
    /// follow each other by their offsets, because a header tells no offsets.
    ///
    /// # Examples
    /// ```
    /// use npymap::{DType, Field, Structured};
    ///
    /// assert_eq!("float32".parse::<DType>()?.descr()?, "'<f4'");
    /// let fields = vec![Field::new("id", 0, "u1".parse()?), Field::new("x", 4, "(2,)f4".parse()?)];
    /// let record = DType::from(Structured::new(fields, 12).unwrap());
    /// assert_eq!(record.descr()?, "[('id', '|u1'), ('', '|V3'), ('x', '<f4', (2,))]");
    /// # Ok::<(), npymap::Error>(())
    /// ```
    pub fn descr(&self) -> Result<String> {
        match self {
            Self::Scalar(scalar) if matches!(scalar.kind(), Kind::String) => Ok("'|O'".to_string()),
            Self::Subarray(subarray) => Ok(format!("'|V{}'", subarray.itemsize())),
            dtype => {
                check_order(dtype)?;
                Ok(dtype.nested_descr())
            }
        }
    }

    /// The dtype as a header shows that of a field.
    fn nested_descr(&self) -> String {
        let mut out = String::new();
        // Writing to a String cannot fail.
        _ = write_descr(&mut out, self);
        out
    }

    /// The dtype as a header shows that of a field, for messages; of records that no header can hold what Python's
    /// `str` shows.
    pub(crate) fn field_descr(&self) -> String {
        check_order(self).map_or_else(|_| self.to_string(), |()| self.nested_descr())
    }

    /// The dtypes that are read as this one, for messages.
    pub(crate) fn expected(&self) -> String {
        let (axes, item) = self.flattened();
        let DType::Scalar(scalar) = item else {
            return self.field_descr();
        };
        let with_axes = |scalar: Scalar| match axes.as_slice() {
            [] => DType::Scalar(scalar).field_descr(),
            axes => Subarray::new(scalar.into(), axes)
                .map_or_else(|| self.field_descr(), |array| DType::from(array).field_descr()),
        };
        match scalar.kind() {
            // Without a unit they stand for any, and texts in the other order follow from those in one.
            Kind::DateTime64(_) | Kind::TimeDelta64(_) => format!("{} of any unit", with_axes(*scalar)),
            Kind::Bytes | Kind::Unicode => format!("{} or narrower", with_axes(*scalar)),
            Kind::Void if scalar.is_raw() && scalar.itemsize() == 1 => {
                let float8 = Scalar::float8_e5m2(ByteOrder::Little);
                format!("{} or {}", with_axes(*scalar), with_axes(float8))
            }
            _ if scalar.swapped() == *scalar => with_axes(*scalar),
            _ => {
                let is_little = scalar.byte_order() == ByteOrder::Little;
                let (little, big) =
                    if is_little { (*scalar, scalar.swapped()) } else { (scalar.swapped(), *scalar) };
                format!("{} or {}", with_axes(little), with_axes(big))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Field;
    use super::*;

    fn parse(text: &str) -> DType {
        text.parse().unwrap()
    }

    fn record(fields: Vec<Field>, itemsize: usize) -> DType {
        Structured::new(fields, itemsize).unwrap().into()
    }

    // Each expectation is repr(numpy.lib.format.dtype_to_descr(numpy.dtype(text))) of NumPy 2.4.6.
    #[test]
    fn scalars_as_numpy_saves_them() {
        for (text, descr) in [
            ("?", "'|b1'"),
            ("i1", "'|i1'"),
            ("<f4", "'<f4'"),
            (">f8", "'>f8'"),
            ("<f2", "'<f2'"),
            ("<c16", "'<c16'"),
            (">c32", "'>c32'"),
            ("S", "'|S0'"),
            ("S12", "'|S12'"),
            (">U3", "'>U3'"),
            ("<U0", "'<U0'"),
            ("V2147483647", "'|V2147483647'"),
            ("<M8", "'<M8'"),
            ("<m8[25s]", "'<m8[25s]'"),
            (">M8[0ns]", "'>M8[0ns]'"),
            ("<M8[5generic]", "'<M8'"),
            ("O", "'|O'"),
            ("T", "'|O'"),
            ("(2,3)<f4", "'|V24'"),
            ("()<f4", "'<f4'"),
            ("T,<i4,(2,)>U3", "[('f0', 'StringDType()'), ('f1', '<i4'), ('f2', '>U3', (2,))]"),
            ("2<3f4,", "[('f0', ('<f4', (3,)), (2,))]"),
        ] {
            assert_eq!(parse(text).descr().unwrap(), descr, "{text}");
        }
    }

    // As above, of dtypes of the same names, formats, offsets, titles and item size.
    #[test]
    fn records_as_numpy_saves_them() {
        let i4 = || parse("<i4");
        let text = |title: &str| Title::Text(title.to_string());
        let literal = |title: &str| Title::Literal(title.to_string());
        for (dtype, descr) in [
            (record(vec![], 0), "[]"),
            (record(vec![], 8), "[('', '|V8')]"),
            (record(vec![Field::new("a'b\n", 0, i4())], 4), "[(\"a'b\\n\", '<i4')]"),
            (
                record(vec![Field::new("x", 3, i4()).with_title(text("t")), Field::new("y", 7, i4())], 12),
                "[('', '|V3'), (('t', 'x'), '<i4'), ('y', '<i4'), ('', '|V1')]",
            ),
            (record(vec![Field::new("x", 0, i4()).with_title(literal("None"))], 4), "[((None, 'x'), '<i4')]"),
            (
                record(vec![Field::new("x", 0, record(vec![Field::new("é", 1, i4())], 6))], 6),
                "[('x', [('', '|V1'), ('é', '<i4'), ('', '|V1')])]",
            ),
        ] {
            assert_eq!(dtype.descr().unwrap(), descr);
        }
    }

    // NumPy raises "dtype.descr is not defined for types with overlapping or out-of-order fields".
    #[test]
    fn records_that_numpy_cannot_save() {
        let i4 = || parse("<i4");
        for (offsets, name) in [([4, 0], "x"), ([0, 3], "it's")] {
            let [first, second] = offsets;
            let dtype = record(vec![Field::new("a", first, i4()), Field::new(name, second, i4())], 8);
            let outer = record(vec![Field::new("o", 0, dtype.clone())], 8);
            let expected = format!(
                "field {} starts at byte {second}, before the end of the field before it (byte {}), which a \
                 header cannot tell; order the fields by their offsets, without overlaps",
                repr_str(name),
                first + 4,
            );
            assert_eq!(dtype.descr().unwrap_err().to_string(), expected);
            assert_eq!(outer.descr().unwrap_err().to_string(), expected);
            let array = DType::from(Subarray::new(dtype, [2]).unwrap());
            assert_eq!(array.descr().unwrap(), "'|V16'");
        }
    }
}
