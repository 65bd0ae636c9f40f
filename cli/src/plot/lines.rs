//! Columns as lines.

use npymap::Slice;

use super::data;
use crate::failure::Failure;
use crate::input::Input;
use crate::strided;

/// Columns, each cut into as many pieces as there is room for.
#[derive(Debug, Clone)]
pub(super) struct Lines {
    pub(super) names: Vec<String>,
    /// Of each column and piece the least and the greatest finite value, if there is one.
    pub(super) pieces: Vec<Vec<Option<(f64, f64)>>>,
    /// Values of a column.
    pub(super) rows: usize,
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Lines {
    /// The row in the middle of a piece.
    pub(super) fn row(&self, piece: usize) -> f64 {
        let pieces = self.pieces.first().map_or(1, Vec::len) as f64;
        (piece as f64 + 0.5) * self.rows as f64 / pieces - 0.5
    }
}

/// Reads `count` columns in at most `pieces_most` pieces.
pub(super) fn read(
    input: &mut Input<'_>,
    slice: Option<&Slice>,
    count: usize,
    pieces_most: usize,
) -> Result<Lines, Failure> {
    let (mut array, view) = input.view(slice)?;
    let columns = data::columns(&array.dtype);
    let fields = columns.len() > 1;
    // The columns of a plain array are its second axis.
    let width = if fields { 1 } else { view.shape().get(1).copied().unwrap_or(1) };
    let rows = strided::len(&view) / width;
    let pieces = rows.min(pieces_most.max(1));
    let names = (0..count)
        .map(|number| if fields { columns[number].name.clone() } else { number.to_string() })
        .collect();
    let (low, high) = (f64::INFINITY, f64::NEG_INFINITY);
    let mut lines = Lines { names, pieces: vec![vec![None; pieces]; count], rows, low, high };
    let (size, mut first, mut numbers) = (array.dtype.itemsize(), 0usize, Vec::new());
    array.in_c_order(&view, |elements| {
        for (number, column) in columns.iter().take(if fields { count } else { 1 }).enumerate() {
            numbers.clear();
            column.read(elements, size, &mut numbers);
            for (index, &value) in numbers.iter().enumerate().filter(|(_, value)| value.is_finite()) {
                let at = first + index;
                let (row, line) = if fields { (at, number) } else { (at / width, at % width) };
                let piece = row * pieces / rows;
                let piece = &mut lines.pieces[line][piece];
                let (least, greatest) = piece.unwrap_or((value, value));
                *piece = Some((least.min(value), greatest.max(value)));
                (lines.low, lines.high) = (lines.low.min(value), lines.high.max(value));
            }
        }
        first += elements.len() / size;
        Ok(())
    })?;
    if lines.low > lines.high {
        return Err(Failure::refused(array.name.clone(), "all values are NaN or infinite"));
    }
    if lines.low == lines.high {
        let margin = if lines.low == 0.0 { 1.0 } else { lines.low.abs() / 2.0 };
        (lines.low, lines.high) = (lines.low - margin, lines.high + margin);
    }
    Ok(lines)
}
