//! Dtypes from text: NumPy's strings, and the literals of Python that it shows dtypes as.

use std::str::FromStr;

use super::DType;
use super::literal::{from_descr, from_dict};
use super::spelling::parse_spelling;
use super::spelling_error::SpellingError;
use crate::error::{Error, FormatProblem};
use crate::limits::Limits;
use crate::literal::{self, Dialect, LiteralError, Value, repr_start};

impl FromStr for DType {
    type Err = Error;

    /// What `numpy.dtype` makes of a string, `<f4`, `float32`, `U10`, `M8[ns]`, `2i4,(3,)f8`, or of the literal
    /// that such a text holds: the list of a header's `descr`, or the dictionary that NumPy shows for a
    /// record with gaps.
    ///
    /// NumPy 2.4 on 64-bit Linux is the judge. Refused nevertheless: divisors of a datetime's unit that
    /// are zero or give no unit that NumPy could read back, records larger than NumPy can count,
    /// and repeats of an element without bytes. Accepted nevertheless: `f12` and `c24`, the long
    /// doubles of 32-bit systems, and `f1`, the `float8_e5m2` of ml_dtypes.
    ///
    /// # Errors
    /// [`Error::Format`] where NumPy has no dtype of that text.
    ///
    /// # Examples
    /// ```
    /// use npymap::DType;
    ///
    /// assert_eq!("<f4".parse::<DType>()?.itemsize(), 4);
    /// assert_eq!("M8[25s]".parse::<DType>()?.to_string(), "datetime64[25s]");
    /// assert_eq!("u1, (2,)>f8".parse::<DType>()?.to_string(), "[('f0', 'u1'), ('f1', '>f8', (2,))]");
    /// assert_eq!("[('x', '<f4'), ('', '|V4'), ('y', '<f8')]".parse::<DType>()?.itemsize(), 16);
    /// assert_eq!(
    ///     "f5".parse::<DType>().unwrap_err().to_string(),
    ///     "dtype 'f5' is invalid: a float has 2, 4, 8 or 16 bytes, or 12 on 32-bit systems",
    /// );
    /// # Ok::<(), npymap::Error>(())
    /// ```
    fn from_str(text: &str) -> Result<Self, Error> {
        let invalid = |reason: String| FormatProblem::DType { text: repr_start(text), reason };
        match parse_spelling(text) {
            Ok(dtype) => Ok(dtype),
            Err(_) if text.starts_with(['[', '{', '(']) => Ok(from_text(text).map_err(invalid)?),
            Err(SpellingError(reason)) => Err(invalid(reason.into_owned()).into()),
        }
    }
}

/// The dtype that a literal tells, or why it tells none.
fn from_text(text: &str) -> Result<DType, String> {
    let node = literal::parse(text, Dialect::Python3, &Limits::default());
    let node = node.map_err(|error| match error {
        LiteralError::Syntax { at, found, expected } => {
            format!("found {found} at byte {at}, expected {expected}")
        }
        LiteralError::Nesting { at, limit } => {
            format!("brackets are nested deeper than {limit} at byte {at}")
        }
    })?;
    if let Value::Dict(_) = node.value {
        return from_dict(&node)
            .ok_or_else(|| "a dictionary needs names, formats, offsets and itemsize".to_string());
    }
    from_descr(&node).map_err(|problem| format!("{} (byte {})", problem.reason, problem.at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_numpy_shows_are_read_back() {
        for text in [
            "[('a', '<i4'), ('b', '>f8', (2,))]",
            "{'names': ['a', 'b'], 'formats': ['i1', '<f8'], 'offsets': [0, 8], 'itemsize': 16}",
            "{'names': ['a', 'b'], 'formats': ['i1', '<f8'], 'offsets': [0, 8], 'itemsize': 16, 'aligned': True}",
            "{'names': ['b', 'a'], 'formats': ['<f8', 'i1'], 'offsets': [8, 0], 'titles': ['t', None], 'itemsize': 16}",
            "('<f4', (2,))",
            "(('<f4', (3,)), (2,))",
            "[('n', [('x', '<f4')], (2, 2))]",
        ] {
            assert_eq!(text.parse::<DType>().unwrap().to_string(), text);
        }
    }

    // As numpy.lib.format.descr_to_dtype of NumPy 2.4.6 reads it; found by the live test.
    #[test]
    fn bytes_are_a_shape_where_they_are_no_dtype() {
        let dtype: DType = "('<i4', b'<54')".parse().unwrap();
        assert_eq!(dtype.to_string(), "('<i4', (60, 53, 52))");
    }

    // As numpy.lib.format.descr_to_dtype of NumPy 2.4.6 reads them, but for the last three, of which it makes dtypes
    // that are not valid.
    #[test]
    fn arrays_without_items_take_a_size_of_none() {
        for (text, shown) in [
            ("(('object', [0, 2]), 0)", Ok("('O', (0, 2))")),
            ("(('<f4', 0), 0)", Ok("('<f4', (0,))")),
            ("('0f4', 'V0')", Ok("('<f4', (0,))")),
            ("('T', b'V0')", Ok("('T', (86, 48))")),
            ("(('<c32', 0), ())", Err("expected a size in bytes or characters (byte 14)")),
            ("('U', {})", Ok("(numpy.str_, [])")),
            ("('T', 'V16')", Err("expected a shape (byte 6)")),
            ("(('<f4', 0), 5)", Err("an array without items takes neither size nor fields (byte 13)")),
            ("('0f4', '<f4')", Err("an array without items takes neither size nor fields (byte 8)")),
            ("('0f4', [('x', 'V0')])", Err("an array without items takes neither size nor fields (byte 8)")),
        ] {
            match (text.parse::<DType>(), shown) {
                (Ok(dtype), Ok(shown)) => assert_eq!(dtype.to_string(), shown, "{text}"),
                (found, expected) => {
                    let error = found.unwrap_err().to_string();
                    assert!(error.ends_with(expected.unwrap_err()), "{text}: {error}");
                }
            }
        }
    }

    #[test]
    fn literals_that_are_no_dtypes_say_why() {
        let message = |text: &str| text.parse::<DType>().unwrap_err().to_string();
        assert_eq!(
            message("[('a', '<i4')"),
            "dtype \"[('a', '<i4')\" is invalid: found the end at byte 13, expected ',' or ']'"
        );
        assert_eq!(
            message("[('a', 'f5')]"),
            "dtype \"[('a', 'f5')]\" is invalid: a float has 2, 4, 8 or 16 bytes, or 12 on 32-bit systems (byte 7)"
        );
        assert_eq!(
            message("{'a': 1}"),
            "dtype \"{'a': 1}\" is invalid: a dictionary needs names, formats, offsets and itemsize"
        );
        let deep = "[".repeat(1000);
        assert!(message(&deep).ends_with("brackets are nested deeper than 200 at byte 200"));
    }
}
