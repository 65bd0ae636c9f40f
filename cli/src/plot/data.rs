//! Numbers to draw, out of elements.

use npymap::{DType, Kind, Scalar};

use crate::leaves;
use crate::number::{self, Sort};

/// A column of numbers: its name, its scalar, and where it starts in an element.
#[derive(Debug, Clone)]
pub(super) struct Column {
    pub(super) name: String,
    scalar: Scalar,
    offset: usize,
}

/// The numbers of an element: itself, or the fields of a record that are single numbers.
pub(super) fn columns(dtype: &DType) -> Vec<Column> {
    let leaves = leaves::leaves(dtype);
    let mut columns = Vec::new();
    leaves::for_each_run(dtype, &mut |leaf, scalar, offset, count| {
        if count == 1 && Sort::of(scalar) != Sort::Bytes {
            columns.push(Column { name: leaves[leaf].path.clone(), scalar: *scalar, offset });
        }
    });
    columns
}

impl Column {
    /// Adds the numbers of some elements of `size` bytes to `numbers`: complex ones by their absolute value, NaT as NaN.
    pub(super) fn read(&self, elements: &[u8], size: usize, numbers: &mut Vec<f64>) {
        let width = self.scalar.itemsize();
        if width == size {
            return read(&self.scalar, elements, numbers);
        }
        let column: Vec<u8> = elements
            .chunks_exact(size)
            .flat_map(|element| &element[self.offset..self.offset + width])
            .copied()
            .collect();
        read(&self.scalar, &column, numbers);
    }

    /// Whether there are only whole numbers.
    pub(super) fn is_whole(&self) -> bool {
        Sort::of(&self.scalar) == Sort::Whole
    }
}

fn read(scalar: &Scalar, bytes: &[u8], numbers: &mut Vec<f64>) {
    match scalar.kind() {
        Kind::Complex => {
            let mut parts = Vec::new();
            number::reals(scalar, bytes, &mut parts);
            numbers.extend(parts.as_chunks::<2>().0.iter().map(|[real, imaginary]| real.hypot(*imaginary)));
        }
        Kind::DateTime64(_) | Kind::TimeDelta64(_) => {
            let start = numbers.len();
            number::reals(scalar, bytes, numbers);
            for number in &mut numbers[start..] {
                if *number == i64::MIN as f64 {
                    *number = f64::NAN;
                }
            }
        }
        _ => number::reals(scalar, bytes, numbers),
    }
}
