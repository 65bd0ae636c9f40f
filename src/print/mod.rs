//! Layer 2: arrays as NumPy prints them.
//!
//! The text is that of Python's `str(a)`. `layout` sets the brackets and breaks the lines, `item` takes
//! records apart, `scalar` picks the format of a kind; below them `float` (on `decimal` and `real`), `time`,
//! `text` and `integer` know one kind each. Nothing here reads a file: the caller hands in the bytes of
//! the items that NumPy would show.
//!
//! Source: numpy/_core/arrayprint.py of NumPy 2.4, `array2string` and what it calls.

mod decimal;
mod float;
mod integer;
mod item;
mod layout;
mod options;
mod real;
mod scalar;
#[cfg(test)]
mod tests;
mod text;
mod time;

use std::fmt;

use crate::{ByteOrder, DType, TimeUnit};
use item::ItemFormat;
use layout::Layout;
pub use options::PrintOptions;
use scalar::Context;

/// An array of which the items that NumPy would print are at hand.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Items<'a> {
    /// What one item is.
    pub dtype: &'a DType,
    /// The shape of the whole array.
    pub shape: &'a [usize],
    /// The items of [`stored_shape`] in C order, each in the bytes and byte order of `dtype`.
    pub bytes: &'a [u8],
}

/// The shape of the items to hand in with an array of that shape: `shape` itself or, where NumPy
/// summarises, each long axis cut to its first and last items.
///
/// Where an axis is cut to `n`, the first `n / 2` and the last `n - n / 2` of its items are wanted.
pub(crate) fn stored_shape(shape: &[usize], options: &PrintOptions) -> Vec<usize> {
    let summarises = options.summarises(shape);
    let cut = |&axis: &usize| match options.edges(axis) {
        Some((first, last)) if summarises => first + last,
        _ => axis,
    };
    shape.iter().map(cut).collect()
}

/// Writes what Python's `str(a)` gives for the array.
///
/// The text of a 0-d `U` array is the string itself, control characters and all, as NumPy's is.
///
/// # Errors
/// `f`'s own, and where there are fewer bytes than the items need; then nothing is written.
pub(crate) fn write_array(f: &mut impl fmt::Write, items: &Items<'_>, options: &PrintOptions) -> fmt::Result {
    let stored = stored_shape(items.shape, options);
    let layout = Layout::new(items.dtype, items.shape, &stored, options).ok_or(fmt::Error)?;
    let bytes = items.bytes.get(..layout.nbytes()).ok_or(fmt::Error)?;
    if layout.is_empty() {
        return f.write_str("[]");
    }
    if layout.ndim() == 0 {
        let mut text = String::new();
        item::write_lone(&mut text, items.dtype, bytes, options);
        return f.write_str(&text);
    }
    let format = ItemFormat::new(layout.dtype(), &layout.shown(bytes), Context::array(options));
    layout.write(f, bytes, &format, options.linewidth)
}

/// What Python's `str` gives for a datetime: a count of that unit, [`i64::MIN`] for NaT.
pub(crate) fn date_text(unit: TimeUnit, count: i64) -> String {
    let mut text = String::new();
    time::write_lone_date(&mut text, unit, &count.to_le_bytes(), ByteOrder::Little);
    text
}

/// What Python's `str` gives for a long double in 16 bytes, low first, or a complex number of two.
pub(crate) fn long_text(bytes: &[u8]) -> String {
    let mut text = String::new();
    match bytes.len() {
        ..=16 => float::write_lone_float(&mut text, real::read(bytes, ByteOrder::Little), bytes.len()),
        _ => float::write_lone_complex(&mut text, bytes, ByteOrder::Little),
    }
    text
}

/// [`date_text`] for a timedelta.
pub(crate) fn delta_text(unit: TimeUnit, count: i64) -> String {
    let mut text = String::new();
    time::write_lone_delta(&mut text, unit, &count.to_le_bytes(), ByteOrder::Little);
    text
}
