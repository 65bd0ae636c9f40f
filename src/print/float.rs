//! Floats and complex numbers in columns, and alone.

use std::fmt::Write;

use super::decimal::{Cut, Decimal, exceeds_thousandfold};
use super::real::{Finite, Real, double, read, single};
use crate::{ByteOrder, Scalar};

/// Floats with their points below each other, or all with an exponent.
pub(super) struct FloatFormat {
    order: ByteOrder,
    style: Style,
    /// Whether positive numbers have a sign, too.
    plus: bool,
    /// Columns before the point.
    left: usize,
    /// Columns behind the point.
    right: usize,
}

#[derive(Clone, Copy)]
enum Style {
    /// At most so many digits behind the point.
    Positional { digits: usize },
    /// So many digits behind the point, and at least so many in the exponent.
    Exponential { digits: usize, exponent_digits: usize },
}

impl FloatFormat {
    pub(super) fn new(scalar: Scalar, items: &[&[u8]], precision: usize) -> Self {
        Self::measure(scalar.itemsize(), scalar.byte_order(), false, precision, || items.iter().copied())
    }

    /// Source: arrayprint.py, `FloatingFormat`.
    fn measure<'i, I: Iterator<Item = &'i [u8]>>(
        itemsize: usize,
        order: ByteOrder,
        plus: bool,
        precision: usize,
        items: impl Fn() -> I,
    ) -> Self {
        let values = || items().map(|item| read(item, order));
        let finite = || {
            values().filter_map(|value| match value {
                Real::Finite(finite) => Some(finite),
                _ => None,
            })
        };
        let mut format =
            Self { order, plus, style: Style::Positional { digits: precision }, left: 0, right: 0 };
        let exponential = needs_exponent(finite, itemsize);
        let mut scratch = String::new();
        let mut exponent_digits = 0;
        for value in finite() {
            let signs = usize::from(plus || value.negative);
            scratch.clear();
            let (whole, fraction) = if exponential {
                let decimal = Decimal::new(&value, Cut::Most(precision.saturating_add(1)));
                exponent_digits = exponent_digits.max(write_exponent(&mut scratch, decimal.exponent(), 2));
                (1, decimal.write_rest(&mut scratch, 0))
            } else {
                let decimal = Decimal::new(&value, Cut::Fraction(precision));
                decimal.write_whole(&mut scratch);
                (scratch.len(), decimal.write_fraction(&mut scratch))
            };
            format.left = format.left.max(signs + whole);
            format.right = format.right.max(fraction);
        }
        if exponential {
            format.style = Style::Exponential { digits: format.right, exponent_digits };
            // The letter and the sign of the exponent.
            format.right += exponent_digits + 2;
        }
        let special = |value: &Real| !matches!(value, Real::Finite(_));
        if values().any(|value| special(&value)) {
            let negative = values().any(|value| matches!(value, Real::Infinite { negative: true }));
            // "inf" and its sign are set across the point; NumPy makes room for them even where there is only NaN.
            let widest = 3 + usize::from(plus || negative);
            format.left = format.left.max(widest.saturating_sub(format.right + 1));
        }
        format
    }

    pub(super) fn write(&self, out: &mut String, item: &[u8]) {
        let value = match read(item, self.order) {
            Real::Finite(value) => value,
            special => {
                let mut text = String::new();
                write_special(&mut text, special, self.plus);
                // Writing to a String cannot go wrong.
                _ = write!(out, "{text:>width$}", width = self.left + self.right + 1);
                return;
            }
        };
        match self.style {
            Style::Positional { digits } => {
                let decimal = Decimal::new(&value, Cut::Fraction(digits));
                let mut whole = sign(&value, self.plus).to_string();
                decimal.write_whole(&mut whole);
                _ = write!(out, "{whole:>width$}.", width = self.left);
                let fraction = decimal.write_fraction(out);
                (fraction..self.right).for_each(|_| out.push(' '));
            }
            Style::Exponential { digits, exponent_digits } => {
                let decimal = Decimal::new(&value, Cut::Exactly(digits + 1));
                let sign = sign(&value, self.plus);
                _ = write!(out, "{sign:>width$}", width = self.left.saturating_sub(1));
                decimal.write_digit(out, 0);
                out.push('.');
                decimal.write_rest(out, digits);
                write_exponent(out, decimal.exponent(), exponent_digits);
            }
        }
    }
}

/// Whether a column of these numbers is written with exponents.
fn needs_exponent<I: Iterator<Item = Finite>>(values: impl Fn() -> I, itemsize: usize) -> bool {
    let nonzero = || values().filter(|value| value.mantissa != 0);
    let small = nonzero().min_by_key(Finite::magnitude);
    let large = nonzero().max_by_key(Finite::magnitude);
    let (Some(small), Some(large)) = (small, large) else { return false };
    // NumPy compares in the dtype's own precision, so that a single next to 0.0001 is no less than it.
    let (least, most, mantissa_bits) = match itemsize {
        2 => (double(0.0001), double(1e3), 11),
        4 => (single(0.0001), double(1e6), 24),
        8 => (double(0.0001), double(1e8), 53),
        _ => (double(0.0001), double(1e8), 64),
    };
    large.magnitude() >= magnitude(most)
        || small.magnitude() < magnitude(least)
        || exceeds_thousandfold(&large, &small, mantissa_bits)
}

/// Complex numbers: two columns of floats, the second with signs and a `j`.
pub(super) struct ComplexFormat {
    real: FloatFormat,
    imaginary: FloatFormat,
}

impl ComplexFormat {
    pub(super) fn new(scalar: Scalar, items: &[&[u8]], precision: usize) -> Self {
        let (order, itemsize) = (scalar.byte_order(), scalar.itemsize() / 2);
        let real = || items.iter().map(|item| halves(item).0);
        let imaginary = || items.iter().map(|item| halves(item).1);
        Self {
            real: FloatFormat::measure(itemsize, order, false, precision, real),
            imaginary: FloatFormat::measure(itemsize, order, true, precision, imaginary),
        }
    }

    pub(super) fn write(&self, out: &mut String, item: &[u8]) {
        let (real, imaginary) = halves(item);
        self.real.write(out, real);
        self.imaginary.write(out, imaginary);
        // The letter goes before the padding.
        let end = out.trim_end_matches(' ').len();
        out.insert(end, 'j');
    }
}

fn halves(item: &[u8]) -> (&[u8], &[u8]) {
    item.split_at(item.len() / 2)
}

/// Writes a float as NumPy does outside arrays: all the digits that it takes to tell it from others.
pub(super) fn write_lone_float(out: &mut String, value: Real, itemsize: usize) {
    write_alone(out, value, itemsize, false, ".0");
}

/// Writes a complex number as NumPy does outside arrays.
pub(super) fn write_lone_complex(out: &mut String, item: &[u8], order: ByteOrder) {
    let (real, imaginary) = halves(item);
    let itemsize = real.len();
    let (real, imaginary) = (read(real, order), read(imaginary, order));
    let bare = matches!(real, Real::Finite(Finite { negative: false, mantissa: 0, .. }));
    if !bare {
        out.push('(');
        write_alone(out, real, itemsize, false, "");
    }
    write_alone(out, imaginary, itemsize, !bare, "");
    out.push_str(if bare { "j" } else { "j)" });
}

/// `end` follows whole numbers that have no exponent.
fn write_alone(out: &mut String, value: Real, itemsize: usize, plus: bool, end: &str) {
    let Real::Finite(value) = value else {
        return write_special(out, value, plus);
    };
    // Source: numpy/_core/src/multiarray/scalartypes.c.src. A single is compared with the double, and a long
    // double with its own nearest value, unlike in arrays.
    let (least, most) = match itemsize {
        2 => (double(1e-4), double(1e3)),
        4 => (double(1e-4), double(1e6)),
        8 => (double(1e-4), double(1e16)),
        _ => (TEN_THOUSANDTH, double(1e16)),
    };
    let size = value.magnitude();
    let decimal = Decimal::new(&value, Cut::Unique);
    out.push_str(sign(&value, plus));
    if value.mantissa == 0 || (magnitude(least)..magnitude(most)).contains(&size) {
        decimal.write_whole(out);
        let point = out.len();
        if decimal.write_fraction(out) == 0 {
            out.push_str(end);
        } else {
            out.insert(point, '.');
        }
    } else {
        decimal.write_digit(out, 0);
        let point = out.len();
        if decimal.write_rest(out, 0) > 0 {
            out.insert(point, '.');
        }
        write_exponent(out, decimal.exponent(), 2);
    }
}

/// The long double nearest to 0.0001.
const TEN_THOUSANDTH: Real =
    Real::Finite(Finite { negative: false, mantissa: 0xd1b7_1758_e219_652c, exponent: -77, lopsided: false });

/// The size of a finite constant.
fn magnitude(value: Real) -> (i32, u64) {
    match value {
        Real::Finite(value) => value.magnitude(),
        _ => (i32::MAX, u64::MAX),
    }
}

fn sign(value: &Finite, plus: bool) -> &'static str {
    match (value.negative, plus) {
        (true, _) => "-",
        (false, true) => "+",
        (false, false) => "",
    }
}

/// NaN never shows its sign.
fn write_special(out: &mut String, value: Real, plus: bool) {
    out.push_str(match (value, plus) {
        (Real::Infinite { negative: true }, _) => "-inf",
        (Real::Infinite { .. }, true) => "+inf",
        (Real::Infinite { .. }, false) => "inf",
        (_, true) => "+nan",
        (_, false) => "nan",
    });
}

/// Writes `e`, the sign and at least `digits` digits, and says how many digits.
fn write_exponent(out: &mut String, exponent: i64, digits: usize) -> usize {
    let sign = if exponent < 0 { '-' } else { '+' };
    let start = out.len();
    _ = write!(out, "e{sign}{:0digits$}", exponent.unsigned_abs());
    out.len() - start - 2
}
