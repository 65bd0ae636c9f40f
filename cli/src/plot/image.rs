//! Two axes as points, each the mean of what falls on it.

use npymap::Slice;

use super::data;
use crate::failure::Failure;
use crate::input::Input;

/// Points of some channels each, row by row from the top.
#[derive(Debug, Clone)]
pub(super) struct Image {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) channels: usize,
    /// NaN where no number falls on a point.
    pub(super) points: Vec<f64>,
    /// Elements of each axis that were drawn.
    pub(super) shape: (usize, usize),
}

impl Image {
    /// The least and the greatest value, which differ.
    pub(super) fn range(&self) -> (f64, f64) {
        let finite = self.points.iter().copied().filter(|value| value.is_finite());
        let (low, high) = finite
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
        match () {
            () if low > high => (0.0, 1.0),
            () if low == high => (low - 0.5, high + 0.5),
            () => (low, high),
        }
    }

    /// The point at a share of the width and of the height.
    pub(super) fn at(&self, x: f64, y: f64) -> &[f64] {
        let column = ((x * self.width as f64) as usize).min(self.width - 1);
        let row = ((y * self.height as f64) as usize).min(self.height - 1);
        let start = (row * self.width + column) * self.channels;
        &self.points[start..start + self.channels]
    }
}

/// Reads an image of `channels` bytes a pixel, or else of one number a point; of at most `most` points across and down.
pub(super) fn read(
    input: &mut Input<'_>,
    slice: Option<&Slice>,
    channels: Option<usize>,
    most: (usize, usize),
) -> Result<Image, Failure> {
    let (mut array, view) = input.view(slice)?;
    let (rows, columns) = (view.shape()[0], view.shape()[1]);
    // An image keeps its proportions, the points of a heat map fill what there is.
    let shrink = match channels {
        Some(_) => {
            let shrink = (rows as f64 / most.1 as f64).max(columns as f64 / most.0 as f64).max(1.0);
            (shrink, shrink)
        }
        None => ((rows as f64 / most.1 as f64).max(1.0), (columns as f64 / most.0 as f64).max(1.0)),
    };
    let height = ((rows as f64 / shrink.0) as usize).clamp(1, rows);
    let width = ((columns as f64 / shrink.1) as usize).clamp(1, columns);
    let channels = channels.unwrap_or(1);
    let mut sums = vec![(0.0f64, 0u64); width * height * channels];
    let Some(column) = data::columns(&array.dtype).into_iter().next() else {
        return Err(Failure::refused(array.name.clone(), "there are no numbers to draw"));
    };
    let (size, mut first, mut numbers) = (array.dtype.itemsize(), 0usize, Vec::new());
    array.in_c_order(&view, |elements| {
        numbers.clear();
        column.read(elements, size, &mut numbers);
        for (index, &value) in numbers.iter().enumerate().filter(|(_, value)| value.is_finite()) {
            let at = first + index;
            let (point, channel) = (at / channels, at % channels);
            let (row, column) = (point / columns, point % columns);
            // Pictures have few points: the products are far from overflowing.
            let (row, column) = (row * height / rows, column * width / columns);
            let (sum, count) = &mut sums[(row * width + column) * channels + channel];
            *sum += value;
            *count += 1;
        }
        first += elements.len() / size;
        Ok(())
    })?;
    let points = sums.iter().map(|&(sum, count)| sum / count as f64).collect();
    Ok(Image { width, height, channels, points, shape: (rows, columns) })
}
