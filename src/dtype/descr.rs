//! Dtypes as the literal of a header: what `np.save` writes behind `'descr'`.
//!
//! Source: numpy/lib/_format_impl.py, `dtype_to_descr`, and numpy/_core/_internal.py, `_array_descr`.

use std::fmt::{self, Write};

use super::DType;
use super::field::Title;
use super::scalar::{ByteOrder, Kind, Scalar, Unit};
use super::structured::{Structured, Subarray};
use crate::error::{Result, UnsupportedProblem};
use crate::literal::repr_str;

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
        let mut out = String::new();
        self.write_descr(&mut out)?;
        Ok(out)
    }

    /// Appends [`DType::descr`] to `out`; after an error, `out` holds a part of it.
    pub(crate) fn write_descr(&self, out: &mut String) -> Result<()> {
        match self {
            Self::Scalar(scalar) if matches!(scalar.kind(), Kind::String) => out.push_str("'|O'"),
            Self::Subarray(subarray) => push_void(out, subarray.itemsize()),
            dtype => push_nested(out, dtype)?,
        }
        Ok(())
    }
}

impl DType {
    /// The dtype as a header shows that of a field, for messages; of records that no header can hold what Python's
    /// `str` shows.
    pub(crate) fn field_descr(&self) -> String {
        let mut out = String::new();
        push_nested(&mut out, self).map_or_else(|_| self.to_string(), |()| out)
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

fn push_nested(out: &mut String, dtype: &DType) -> Result<()> {
    match dtype {
        DType::Scalar(scalar) => {
            out.push('\'');
            // Writing to a String cannot go wrong.
            _ = write_typestr(out, scalar);
            out.push('\'');
        }
        DType::Subarray(subarray) => {
            out.push('(');
            push_subarray(out, subarray)?;
            out.push(')');
        }
        DType::Structured(structured) => push_fields(out, structured)?,
    }
    Ok(())
}

fn push_subarray(out: &mut String, subarray: &Subarray) -> Result<()> {
    push_nested(out, subarray.base())?;
    out.push_str(", ");
    _ = write_shape(out, subarray.shape());
    Ok(())
}

fn push_fields(out: &mut String, structured: &Structured) -> Result<()> {
    let mut end = 0;
    let mut separator = "";
    out.push('[');
    for field in structured.fields() {
        if field.offset() < end {
            let (name, offset) = (repr_str(field.name()), field.offset());
            return Err(UnsupportedProblem::FieldOrder { name, offset, end }.into());
        }
        if field.offset() > end {
            out.push_str(separator);
            separator = ", ";
            push_padding(out, field.offset().saturating_sub(end));
        }
        out.push_str(separator);
        separator = ", ";
        out.push('(');
        match field.title() {
            Some(title) => {
                out.push('(');
                _ = write_title(out, title);
                out.push_str(", ");
                _ = write_repr(out, field.name());
                out.push(')');
            }
            None => _ = write_repr(out, field.name()),
        }
        out.push_str(", ");
        match field.dtype() {
            DType::Subarray(subarray) => push_subarray(out, subarray)?,
            dtype => push_nested(out, dtype)?,
        }
        out.push(')');
        end = field.end();
    }
    if structured.itemsize() > end {
        out.push_str(separator);
        push_padding(out, structured.itemsize().saturating_sub(end));
    }
    out.push(']');
    Ok(())
}

fn push_padding(out: &mut String, bytes: usize) {
    out.push_str("('', ");
    push_void(out, bytes);
    out.push(')');
}

fn push_void(out: &mut String, bytes: usize) {
    out.push_str("'|V");
    _ = write_decimal(out, bytes);
    out.push('\'');
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
            out.write_char('8')?;
            match unit.unit() {
                Unit::Generic => Ok(()),
                _ => write!(out, "[{unit}]"),
            }
        }
        _ => write_decimal(out, scalar.itemsize()),
    }
}

/// A shape as Python's tuple.
pub(super) fn write_shape(out: &mut impl Write, shape: &[usize]) -> fmt::Result {
    out.write_char('(')?;
    for (number, &axis) in shape.iter().enumerate() {
        if number > 0 {
            out.write_str(", ")?;
        }
        write_decimal(out, axis)?;
    }
    out.write_str(if shape.len() == 1 { ",)" } else { ")" })
}

pub(super) fn write_title(out: &mut impl Write, title: &Title) -> fmt::Result {
    match title {
        Title::Text(text) => write_repr(out, text),
        Title::Literal(literal) => out.write_str(literal),
    }
}

/// A text as Python's `repr` writes it. Most names need no escapes, so they take no second string.
pub(super) fn write_repr(out: &mut impl Write, text: &str) -> fmt::Result {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'\'' && byte != b'\\') {
        out.write_char('\'')?;
        out.write_str(text)?;
        out.write_char('\'')
    } else {
        out.write_str(&repr_str(text))
    }
}

/// A number, without the detour through the formatting machinery that a header of many fields feels.
fn write_decimal(out: &mut impl Write, number: usize) -> fmt::Result {
    match u8::try_from(number) {
        Ok(digit) if digit < 10 => out.write_char(char::from(b'0'.saturating_add(digit))),
        _ => write!(out, "{number}"),
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
