//! What is counted and summed up of one sort of scalar, and how two parts of it become one.

use npymap::Scalar;

use crate::number::{self, Sort};

/// Numbers that are summed up at once: they stay in the cache, and few enough that plain sums of them are exact to
/// the last digits.
const BLOCK: usize = 2048;

/// Counts, extremes and moments of the scalars that were seen.
#[derive(Debug, Clone, Default)]
pub(crate) struct Summary {
    pub(crate) count: u64,
    /// NaN or NaT.
    pub(crate) nan: u64,
    /// Infinities of either sign.
    pub(crate) inf: u64,
    pub(crate) zeros: u64,
    /// Least and greatest of whole numbers and times.
    wholes: Option<(i128, i128)>,
    /// Least and greatest of reals, and of complex numbers as NumPy orders them.
    reals: Option<([f64; 2], [f64; 2])>,
    /// Of the real and of the imaginary parts.
    moments: [Moments; 2],
}

/// The least or the greatest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Extreme {
    Whole(i128),
    Real(f64),
    Complex(f64, f64),
}

/// Room that is used again and again.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    reals: Vec<f64>,
    wholes: Vec<i128>,
}

impl Summary {
    /// Adds the scalars of `bytes`.
    pub(crate) fn add(&mut self, scalar: &Scalar, bytes: &[u8], scratch: &mut Scratch) {
        let size = scalar.itemsize();
        for bytes in bytes.chunks(BLOCK * size) {
            scratch.reals.clear();
            scratch.wholes.clear();
            match Sort::of(scalar) {
                Sort::Bytes => {
                    self.count += (bytes.len() / size) as u64;
                    self.zeros +=
                        bytes.chunks_exact(size).filter(|item| item.iter().all(|&byte| byte == 0)).count()
                            as u64;
                }
                Sort::Whole | Sort::Time => {
                    number::wholes(scalar, bytes, &mut scratch.wholes);
                    self.add_wholes(&mut scratch.wholes, Sort::of(scalar), &mut scratch.reals);
                }
                Sort::Real => {
                    number::reals(scalar, bytes, &mut scratch.reals);
                    self.add_reals(&mut scratch.reals);
                }
                Sort::Complex => {
                    number::reals(scalar, bytes, &mut scratch.reals);
                    self.add_complex(&scratch.reals);
                }
            }
        }
    }

    fn add_wholes(&mut self, wholes: &mut Vec<i128>, sort: Sort, reals: &mut Vec<f64>) {
        self.count += wholes.len() as u64;
        if sort == Sort::Time {
            let before = wholes.len();
            wholes.retain(|&whole| whole != i128::from(i64::MIN));
            self.nan += (before - wholes.len()) as u64;
        }
        let (Some(&min), Some(&max)) = (wholes.iter().min(), wholes.iter().max()) else { return };
        let (least, greatest) = self.wholes.unwrap_or((min, max));
        self.wholes = Some((least.min(min), greatest.max(max)));
        self.zeros += wholes.iter().filter(|&&whole| whole == 0).count() as u64;
        reals.extend(wholes.iter().map(|&whole| whole as f64));
        self.moments[0].add(reals);
    }

    fn add_reals(&mut self, reals: &mut Vec<f64>) {
        self.count += reals.len() as u64;
        if reals.iter().any(|real| real.is_nan()) {
            let before = reals.len();
            reals.retain(|real| !real.is_nan());
            self.nan += (before - reals.len()) as u64;
        }
        let Some(&first) = reals.first() else { return };
        let (mut least, mut greatest) =
            self.reals.map_or((first, first), |(least, greatest)| (least[0], greatest[0]));
        for &real in reals.iter() {
            least = if real < least { real } else { least };
            greatest = if real > greatest { real } else { greatest };
            self.zeros += u64::from(real == 0.0);
            self.inf += u64::from(real.is_infinite());
        }
        self.reals = Some(([least, 0.0], [greatest, 0.0]));
        self.moments[0].add(reals);
    }

    /// `parts` has real and imaginary parts in turn.
    fn add_complex(&mut self, parts: &[f64]) {
        let (pairs, _) = parts.as_chunks::<2>();
        self.count += pairs.len() as u64;
        let (mut reals, mut imaginaries) = (Vec::with_capacity(pairs.len()), Vec::with_capacity(pairs.len()));
        for &[real, imaginary] in pairs {
            if real.is_nan() || imaginary.is_nan() {
                self.nan += 1;
                continue;
            }
            self.inf += u64::from(real.is_infinite() || imaginary.is_infinite());
            self.zeros += u64::from(real == 0.0 && imaginary == 0.0);
            let number = [real, imaginary];
            let (least, greatest) = self.reals.unwrap_or((number, number));
            // By the real part, and then by the imaginary one.
            self.reals = Some((
                if number < least { number } else { least },
                if number > greatest { number } else { greatest },
            ));
            reals.push(real);
            imaginaries.push(imaginary);
        }
        self.moments[0].add(&reals);
        self.moments[1].add(&imaginaries);
    }

    pub(crate) fn min(&self) -> Option<Extreme> {
        self.extreme(|wholes| wholes.0, |reals| reals.0)
    }

    pub(crate) fn max(&self) -> Option<Extreme> {
        self.extreme(|wholes| wholes.1, |reals| reals.1)
    }

    fn extreme(
        &self,
        whole: impl Fn((i128, i128)) -> i128,
        real: impl Fn(([f64; 2], [f64; 2])) -> [f64; 2],
    ) -> Option<Extreme> {
        let wholes = self.wholes.map(|wholes| Extreme::Whole(whole(wholes)));
        wholes.or(self.reals.map(|reals| match (real(reals), self.moments[1].count) {
            ([real, _], 0) => Extreme::Real(real),
            ([real, imaginary], _) => Extreme::Complex(real, imaginary),
        }))
    }

    /// The mean of the real and, of complex numbers, that of the imaginary parts.
    pub(crate) fn mean(&self) -> Option<Extreme> {
        let [real, imaginary] = &self.moments;
        match (real.count, imaginary.count) {
            (0, _) => None,
            (_, 0) => Some(Extreme::Real(real.mean())),
            _ => Some(Extreme::Complex(real.mean(), imaginary.mean())),
        }
    }

    /// The standard deviation of the population, as `np.std` gives it.
    pub(crate) fn std(&self) -> Option<f64> {
        let [real, imaginary] = &self.moments;
        (real.count > 0).then(|| ((real.squares + imaginary.squares) / real.count as f64).sqrt())
    }
}

/// The sum of numbers, and that of the squares of their distances from the mean.
///
/// Blocks are joined as by Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm for computing sample
/// variances" (1979); the sum itself carries what each addition loses (Neumaier).
#[derive(Debug, Clone, Copy, Default)]
struct Moments {
    count: u64,
    sum: f64,
    lost: f64,
    squares: f64,
}

impl Moments {
    fn add(&mut self, numbers: &[f64]) {
        if numbers.is_empty() {
            return;
        }
        let len = numbers.len() as f64;
        let sum = sum(numbers, |number| number);
        let mean = sum / len;
        // The second sum would be zero if the mean were exact, and with what the division lost it is what the first
        // sum lost.
        let off = self::sum(numbers, |number| number - mean);
        let squares = self::sum(numbers, |number| (number - mean) * (number - mean)) - off * off / len;
        let lost = off + mean.mul_add(len, -sum);
        if self.count == 0 {
            (self.count, self.sum, self.squares) = (numbers.len() as u64, sum, squares);
            self.lost = if sum.is_finite() { lost } else { 0.0 };
            return;
        }
        let before = self.count as f64;
        let (high, low) = self.mean_parts();
        let distance = (mean - high) + (off / len - low);
        self.squares += squares + distance * distance * (before * len / (before + len));
        let total = self.sum + sum;
        if total.is_finite() {
            self.lost += lost
                + if self.sum.abs() >= sum.abs() {
                    (self.sum - total) + sum
                } else {
                    (sum - total) + self.sum
                };
        }
        self.sum = total;
        self.count += numbers.len() as u64;
    }

    fn mean(&self) -> f64 {
        let (high, low) = self.mean_parts();
        if high.is_finite() { high + low } else { high }
    }

    /// The mean in two parts, of which the second has the digits that the first has no room for: the means of two blocks
    /// may agree in all but the last digits of one.
    fn mean_parts(&self) -> (f64, f64) {
        let count = self.count as f64;
        let high = self.sum / count;
        (high, ((-high).mul_add(count, self.sum) + self.lost) / count)
    }
}

/// In eight lanes, which the processor adds side by side.
fn sum(numbers: &[f64], each: impl Fn(f64) -> f64) -> f64 {
    let (chunks, rest) = numbers.as_chunks::<8>();
    let mut lanes = [0.0; 8];
    for chunk in chunks {
        for (lane, &number) in lanes.iter_mut().zip(chunk) {
            *lane += each(number);
        }
    }
    let [a, b, c, d, e, f, g, h] = lanes;
    let rest: f64 = rest.iter().map(|&number| each(number)).sum();
    (((a + b) + (c + d)) + ((e + f) + (g + h))) + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn summary(dtype: &str, bytes: &[u8], pieces: usize) -> Summary {
        let npymap::DType::Scalar(scalar) = dtype.parse().unwrap() else { panic!("{dtype}") };
        let mut summary = Summary::default();
        let mut scratch = Scratch::default();
        let piece = (bytes.len() / scalar.itemsize()).div_ceil(pieces).max(1) * scalar.itemsize();
        for bytes in bytes.chunks(piece) {
            summary.add(&scalar, bytes, &mut scratch);
        }
        summary
    }

    /// Numbers whose squares cancel: a naive sum of squares gives nothing like it.
    #[test]
    fn a_large_offset_costs_no_digits() {
        let numbers: Vec<f64> = (0..100_000).map(|number| 1e9 + f64::from(number % 7)).collect();
        let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        for pieces in [1, 3, 1000] {
            let summary = summary("<f8", &bytes, pieces);
            let small: f64 = (0..100_000).map(|number| f64::from(number % 7)).sum::<f64>() / 1e5;
            let squares: f64 = (0..100_000).map(|number| (f64::from(number % 7) - small).powi(2)).sum();
            assert_eq!(summary.mean(), Some(Extreme::Real(1e9 + small)));
            let std = (squares / 1e5).sqrt();
            assert!((summary.std().unwrap() / std - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn wholes_are_exact() {
        let bytes: Vec<u8> = [i64::MAX, i64::MAX - 1].iter().flat_map(|whole| whole.to_be_bytes()).collect();
        let summary = summary(">i8", &bytes, 1);
        assert_eq!(summary.min(), Some(Extreme::Whole(i128::from(i64::MAX) - 1)));
        assert_eq!(summary.max(), Some(Extreme::Whole(i128::from(i64::MAX))));
    }

    #[test]
    fn what_is_no_number_is_counted() {
        let numbers = [f64::NAN, 1.0, f64::INFINITY, -0.0, f64::NAN];
        let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        let summary = summary("<f8", &bytes, 2);
        assert_eq!((summary.count, summary.nan, summary.inf, summary.zeros), (5, 2, 1, 1));
        assert_eq!(summary.max(), Some(Extreme::Real(f64::INFINITY)));
        assert_eq!(summary.mean(), Some(Extreme::Real(f64::INFINITY)));
        assert!(summary.std().unwrap().is_nan());
        let none = self::summary("<f8", &f64::NAN.to_le_bytes(), 1);
        assert_eq!((none.min(), none.mean(), none.std()), (None, None, None));
    }

    #[test]
    fn complex_numbers_are_ordered_as_numpys() {
        let numbers = [1.0f32, 5.0, 1.0, -2.0, 0.0, 9.0];
        let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        let summary = summary("<c8", &bytes, 1);
        assert_eq!(summary.min(), Some(Extreme::Complex(0.0, 9.0)));
        assert_eq!(summary.max(), Some(Extreme::Complex(1.0, 5.0)));
        assert_eq!(summary.mean(), Some(Extreme::Complex(2.0 / 3.0, 4.0)));
    }
}
