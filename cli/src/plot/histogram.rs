//! How many values fall into each of some ranges.

use npymap::Slice;

use super::data;
use crate::failure::Failure;
use crate::input::Input;

/// Counts of values in ranges of the same width.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Histogram {
    pub(super) counts: Vec<u64>,
    pub(super) low: f64,
    pub(super) high: f64,
    /// Values that fall nowhere: NaN and infinities.
    pub(super) left_out: u64,
}

impl Histogram {
    /// Where a range starts; the last one's end follows it.
    pub(super) fn edge(&self, index: usize) -> f64 {
        let share = index as f64 / self.counts.len() as f64;
        // Not by way of the width, which may be infinite.
        self.low * (1.0 - share) + self.high * share
    }

    pub(super) fn most(&self) -> u64 {
        self.counts.iter().copied().max().unwrap_or(0)
    }

    fn add(&mut self, number: f64) {
        let bins = self.counts.len();
        let share = (number / 2.0 - self.low / 2.0) / (self.high / 2.0 - self.low / 2.0);
        let index = ((share * bins as f64) as usize).min(bins - 1);
        self.counts[index] += 1;
    }
}

/// Counts all numbers of the array, in at most `bins_most` ranges unless `bins` says otherwise.
pub(super) fn count(
    input: &mut Input<'_>,
    slice: Option<&Slice>,
    bins: Option<u16>,
    bins_most: usize,
) -> Result<Histogram, Failure> {
    let (mut low, mut high, mut len, mut left_out) = (f64::INFINITY, f64::NEG_INFINITY, 0u64, 0);
    let mut whole = true;
    each(input, slice, |number, is_whole| {
        whole &= is_whole;
        if number.is_finite() {
            (low, high, len) = (low.min(number), high.max(number), len + 1);
        } else {
            left_out += 1;
        }
    })?;
    if len == 0 {
        return Err(Failure::refused(input.name.clone(), "all values are NaN or infinite"));
    }
    let span = high - low;
    let bins_most = bins_most.max(1);
    let automatic = ((len as f64).sqrt().ceil() as usize).clamp(1, bins_most);
    let mut counts = bins.map_or(automatic, usize::from);
    if whole && bins.is_none() && span < bins_most as f64 {
        // A range for each value.
        (low, high) = (low - 0.5, high + 0.5);
        counts = (span as usize + 1).max(1);
    } else if span == 0.0 {
        let margin = if low == 0.0 { 0.5 } else { low.abs() / 2.0 };
        (low, high) = (low - margin, high + margin);
        counts = bins.map_or(1, usize::from);
    }
    let mut histogram = Histogram { counts: vec![0; counts], low, high, left_out };
    each(input, slice, |number, _| {
        if number.is_finite() {
            histogram.add(number);
        }
    })?;
    Ok(histogram)
}

/// Calls `each` with every number, and whether its dtype has only whole ones.
fn each(
    input: &mut Input<'_>,
    slice: Option<&Slice>,
    mut each: impl FnMut(f64, bool),
) -> Result<(), Failure> {
    let (mut array, view) = input.view(slice)?;
    let (columns, size) = (data::columns(&array.dtype), array.dtype.itemsize());
    let mut numbers = Vec::new();
    array.in_c_order(&view, |elements| {
        for column in &columns {
            numbers.clear();
            column.read(elements, size, &mut numbers);
            numbers.iter().for_each(|&number| each(number, column.is_whole()));
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_falls_somewhere() {
        let mut histogram = Histogram { counts: vec![0; 4], low: -f64::MAX, high: f64::MAX, left_out: 0 };
        for number in [-f64::MAX, -f64::MAX / 4.0, 0.0, f64::MAX] {
            histogram.add(number);
        }
        assert_eq!(histogram.counts, [1, 1, 1, 1]);
        assert_eq!([histogram.edge(0), histogram.edge(2), histogram.edge(4)], [-f64::MAX, 0.0, f64::MAX]);
    }
}
