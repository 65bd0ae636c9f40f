//! Dtypes as NumPy writes them in nearly every header: a scalar, or a record of scalars and subarrays of them.

use super::packed::Packed;
use super::spelling::parse_spelling;
use super::{DType, Subarray};
use crate::literal::Plain;

/// The dtype that `text` goes on with, as [`from_descr`](super::from_descr) makes it; `None` for any other form, and
/// for what is refused.
#[inline]
pub(crate) fn usual_descr(text: &mut Plain<'_>) -> Option<DType> {
    /// Bytes of text that a field takes in usual headers.
    const BYTES_A_FIELD: usize = 20;
    if text.take("[").is_none() {
        return parse_spelling(text.string()?).ok();
    }
    let mut packed = Packed::with_capacity(text.len() / BYTES_A_FIELD);
    loop {
        text.take("(")?;
        let name = text.string()?;
        text.take(", ")?;
        let dtype = parse_spelling(text.string()?).ok()?;
        let dtype = match text.take(", ") {
            Some(()) => subarray(dtype, text.shape()?)?,
            None => dtype,
        };
        text.take(")")?;
        packed.push(name, None, dtype)?;
        if text.take("]").is_some() {
            return packed.finish().map(DType::Structured);
        }
        text.take(", ")?;
    }
}

/// The array of that shape; `None` where NumPy takes the shape for something else: a size, of a text that has none, or
/// nothing, where it is empty.
fn subarray(base: DType, shape: Vec<usize>) -> Option<DType> {
    if base.is_unsized() || shape.is_empty() {
        return None;
    }
    Subarray::new(base, shape).map(DType::Subarray)
}
