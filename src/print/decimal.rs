//! Exact decimal digits of floats.
//!
//! NumPy's digits are those of Steele and White's Dragon4: as few as tell a float from its neighbours, or
//! those of the exact value rounded half to even. Rust's own shortest digits will not do, since they
//! differ where the neighbours are not equally far (2⁻⁴⁴), and there are none for the widths of 2 and 16 bytes.
//!
//! Source: numpy/_core/src/multiarray/dragon4.c, whose rules these are; Steele and White, "How to Print
//! Floating-Point Numbers Accurately", 1990; Burger and Dybvig, "Printing Floating-Point Numbers Quickly
//! and Accurately", 1996.

use std::cmp::Ordering;

use super::real::Finite;

/// Where the digits of a number end.
#[derive(Debug, Clone, Copy)]
pub(super) enum Cut {
    /// Where they tell the number from its neighbours.
    Unique,
    /// There, or after so many digits behind the point.
    Fraction(usize),
    /// There, or after so many digits in all.
    Most(usize),
    /// After so many digits in all.
    Exactly(usize),
}

/// The digits of a number without its sign: the first counts 10 to the `exponent`.
#[derive(Debug)]
pub(super) struct Decimal {
    digits: Vec<u8>,
    exponent: i64,
}

impl Decimal {
    pub(super) fn new(value: &Finite, cut: Cut) -> Self {
        if value.mantissa == 0 {
            return Self { digits: vec![0], exponent: 0 };
        }
        let count = |digits: usize| i64::try_from(digits).unwrap_or(i64::MAX / 4).min(i64::MAX / 4);
        // The value is value_left / scale, half the way to the next smaller float margin / scale; halves of
        // the last place, or quarters below a power of two, keep all three whole.
        let mut value_left = Big::from(value.mantissa);
        let mut margin = Big::from(1);
        let mut scale = Big::from(1);
        let parts = if value.lopsided { 2 } else { 1 };
        value_left.shift_left(parts + value.exponent.max(0).unsigned_abs());
        margin.shift_left(value.exponent.max(0).unsigned_abs());
        scale.shift_left(parts + value.exponent.min(0).unsigned_abs());

        // The power of ten above the value, at most one too low: log2 is floored, which costs less than
        // 0.31 of a power, so that 0.69 may go before rounding up.
        let log2 = f64::from(63 - value.mantissa.leading_zeros().cast_signed() + value.exponent);
        let mut position = (log2 * std::f64::consts::LOG10_2 - 0.69).ceil() as i64;
        if let Cut::Fraction(digits) = cut {
            // A number too small for a single digit is rounded to 0 or 1 in the last place.
            position = position.max(1 - count(digits));
        }
        let tens = u32::try_from(position.unsigned_abs()).unwrap_or(u32::MAX);
        if position > 0 {
            scale.multiply_power_of_ten(tens);
        } else {
            value_left.multiply_power_of_ten(tens);
            margin.multiply_power_of_ten(tens);
        }
        if value_left.compare(&scale) == Ordering::Less {
            value_left.multiply(10);
            margin.multiply(10);
        } else {
            position += 1;
        }

        let (least_end, most_end) = match cut {
            Cut::Unique => (position, i64::MIN),
            Cut::Fraction(digits) => (position, -count(digits)),
            Cut::Most(digits) => (position, position - count(digits)),
            Cut::Exactly(digits) => (position - count(digits), position - count(digits)),
        };
        let even = value.mantissa.is_multiple_of(2);
        let mut decimal = Self { digits: Vec::new(), exponent: position - 1 };
        loop {
            position -= 1;
            let digit = value_left.divide(&scale);
            decimal.digits.push(digit);
            // Whether the number ending here, or one higher here, reads back as the float.
            let down = reaches(value_left.compare(&margin), Ordering::Less, even);
            let mut above = value_left.clone();
            above.add(&margin);
            if value.lopsided {
                above.add(&margin);
            }
            let up = reaches(above.compare(&scale), Ordering::Greater, even);
            if ((down || up) && position <= least_end) || position <= most_end {
                value_left.shift_left(1);
                let round_up = match (down, up, value_left.compare(&scale)) {
                    (true, false, _) => false,
                    (false, true, _) => true,
                    (_, _, Ordering::Equal) => digit % 2 == 1,
                    (_, _, half) => half == Ordering::Greater,
                };
                if round_up {
                    decimal.round_up();
                }
                return decimal;
            }
            value_left.multiply(10);
            margin.multiply(10);
        }
    }

    fn round_up(&mut self) {
        while let Some(digit) = self.digits.pop() {
            if digit < 9 {
                self.digits.push(digit + 1);
                return;
            }
        }
        self.digits.push(1);
        self.exponent += 1;
    }

    /// The power of ten of the first digit.
    pub(super) fn exponent(&self) -> i64 {
        self.exponent
    }

    /// Writes the digits before the point, at least one.
    pub(super) fn write_whole(&self, out: &mut String) {
        match usize::try_from(self.exponent) {
            Ok(exponent) => (0..=exponent).for_each(|index| self.write_digit(out, index)),
            Err(_) => out.push('0'),
        }
    }

    /// Writes the digits behind the point but for zeros at the end, and says how many.
    pub(super) fn write_fraction(&self, out: &mut String) -> usize {
        let zeros = usize::try_from(-1 - self.exponent).unwrap_or(0);
        let first = usize::try_from(self.exponent + 1).unwrap_or(0);
        let end = self.significant();
        if end <= first {
            return 0;
        }
        (0..zeros).for_each(|_| out.push('0'));
        (first..end).for_each(|index| self.write_digit(out, index));
        zeros + end - first
    }

    /// Writes the digits from the second on but for zeros at the end, or `digits` of them where there
    /// are fewer, and says how many.
    pub(super) fn write_rest(&self, out: &mut String, digits: usize) -> usize {
        let end = self.significant().max(1).max(digits.saturating_add(1));
        (1..end).for_each(|index| self.write_digit(out, index));
        end - 1
    }

    pub(super) fn write_digit(&self, out: &mut String, index: usize) {
        out.push(char::from(b'0' + self.digits.get(index).copied().unwrap_or(0)));
    }

    /// Digits without zeros at the end.
    fn significant(&self) -> usize {
        self.digits.iter().rposition(|&digit| digit != 0).map_or(0, |last| last + 1)
    }
}

/// The middle between two floats belongs to the one whose mantissa is even.
fn reaches(found: Ordering, wanted: Ordering, even: bool) -> bool {
    found == wanted || (even && found == Ordering::Equal)
}

/// Whether `large / small`, rounded to floats of `mantissa_bits`, is more than 1000.
pub(super) fn exceeds_thousandfold(large: &Finite, small: &Finite, mantissa_bits: u32) -> bool {
    // 1000 has an even mantissa at every width, so all up to the middle of the step above it is rounded to
    // it; that half step is 2 to the 9 - mantissa_bits.
    let steps = mantissa_bits - 9;
    let mut limit = Big::from(1000);
    limit.shift_left(steps);
    limit.add(&Big::from(1));
    limit.multiply(small.mantissa);
    let mut found = Big::from(large.mantissa);
    found.shift_left(steps);
    found.shift_left((large.exponent - small.exponent).max(0).unsigned_abs());
    limit.shift_left((small.exponent - large.exponent).max(0).unsigned_abs());
    found.compare(&limit) == Ordering::Greater
}

/// A natural number, the lowest limb first, without zeros on top.
#[derive(Debug, Clone)]
struct Big(Vec<u64>);

impl From<u64> for Big {
    fn from(value: u64) -> Self {
        let mut big = Self(vec![value]);
        big.trim();
        big
    }
}

impl Big {
    fn trim(&mut self) {
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
    }

    fn compare(&self, other: &Self) -> Ordering {
        let lengths = self.0.len().cmp(&other.0.len());
        lengths.then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }

    fn multiply(&mut self, factor: u64) {
        let mut carry = 0;
        for limb in &mut self.0 {
            let product = u128::from(*limb) * u128::from(factor) + u128::from(carry);
            (*limb, carry) = (product as u64, (product >> 64) as u64);
        }
        self.0.push(carry);
        self.trim();
    }

    fn multiply_power_of_ten(&mut self, exponent: u32) {
        // The highest power of ten in a limb.
        const STEP: u32 = 19;
        for _ in 0..exponent / STEP {
            self.multiply(10u64.pow(STEP));
        }
        self.multiply(10u64.pow(exponent % STEP));
    }

    fn shift_left(&mut self, bits: u32) {
        self.multiply(1 << (bits % 64));
        if !self.0.is_empty() {
            self.0.splice(0..0, (0..bits / 64).map(|_| 0));
        }
    }

    fn add(&mut self, other: &Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        let mut carry = false;
        let others = other.0.iter().chain(std::iter::repeat(&0));
        for (limb, other) in self.0.iter_mut().zip(others) {
            let sum = u128::from(*limb) + u128::from(*other) + u128::from(carry);
            (*limb, carry) = (sum as u64, sum >> 64 != 0);
        }
        self.0.push(u64::from(carry));
        self.trim();
    }

    /// Divides by a number of which this is less than ten times, leaves the remainder here, and gives the
    /// quotient.
    fn divide(&mut self, divisor: &Self) -> u8 {
        let mut quotient = 0;
        while self.compare(divisor) != Ordering::Less {
            let mut borrow = false;
            let divisors = divisor.0.iter().chain(std::iter::repeat(&0));
            for (limb, divisor) in self.0.iter_mut().zip(divisors) {
                let (difference, below) = limb.overflowing_sub(*divisor);
                let (difference, below_by_borrow) = difference.overflowing_sub(u64::from(borrow));
                (*limb, borrow) = (difference, below || below_by_borrow);
            }
            self.trim();
            quotient += 1;
        }
        quotient
    }
}
