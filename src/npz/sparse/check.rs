//! Whether the arrays of a sparse array belong together.

use super::{
    Sparse, SparseBlocks, SparseCompressed, SparseCoordinates, SparseDiagonals, SparseFormat, SparseKind,
};
use crate::error::{FormatProblem, Result};
use crate::header::shape_text;

type Checked = Result<(), String>;

impl<T> Sparse<T> {
    /// Sees to it that all indices are within the shape, index pointers never fall, and all arrays have the lengths
    /// that the others ask for.
    ///
    /// # Errors
    /// [`Error::Format`](crate::Error::Format) where they do not.
    pub fn check(&self) -> Result<()> {
        let shape = self.shape.as_slice();
        let axes = match self.format {
            _ if self.kind == SparseKind::Matrix => 2..=2,
            SparseFormat::Coo(_) => 1..=64,
            SparseFormat::Csr(_) => 1..=2,
            _ => 2..=2,
        };
        let check = || {
            if !axes.contains(&shape.len()) {
                return Err(format!("'{}' cannot have the shape {}", self.format_name(), shape_text(shape)));
            }
            match (&self.format, shape) {
                (SparseFormat::Csr(rows), &[columns]) => rows.check(1, columns),
                (SparseFormat::Csr(compressed), &[rows, columns]) => compressed.check(rows, columns),
                (SparseFormat::Csc(compressed), &[rows, columns]) => compressed.check(columns, rows),
                (SparseFormat::Bsr(blocks), &[rows, columns]) => blocks.check(rows, columns),
                (SparseFormat::Dia(diagonals), _) => diagonals.check(),
                (SparseFormat::Coo(coordinates), shape) => coordinates.check(shape),
                _ => Ok(()),
            }
        };
        check().map_err(|text| FormatProblem::Sparse(text).into())
    }
}

impl<T> SparseCompressed<T> {
    fn check(&self, major: usize, minor: usize) -> Checked {
        same("indices", self.indices.len(), "data", self.data.len())?;
        check_pointers(&self.indptr, major, self.indices.len())?;
        check_indices("indices", &self.indices, minor)
    }
}

impl<T> SparseBlocks<T> {
    fn check(&self, rows: usize, columns: usize) -> Checked {
        let [block_rows, block_columns] = self.block;
        let divides = |block: usize, axis: usize| block > 0 && axis.is_multiple_of(block);
        if !divides(block_rows, rows) || !divides(block_columns, columns) {
            let (block, shape) = (shape_text(&self.block), shape_text(&[rows, columns]));
            return Err(format!("blocks of shape {block} do not fill the shape {shape}"));
        }
        let expected =
            block_rows.checked_mul(block_columns).and_then(|len| len.checked_mul(self.indices.len()));
        if expected != Some(self.data.len()) {
            let (found, count) = (self.data.len(), self.indices.len());
            return Err(format!(
                "'data' has {found} elements, which are not {count} blocks of shape {}",
                shape_text(&self.block)
            ));
        }
        check_pointers(&self.indptr, rows / block_rows, self.indices.len())?;
        check_indices("indices", &self.indices, columns / block_columns)
    }
}

impl<T> SparseCoordinates<T> {
    fn check(&self, shape: &[usize]) -> Checked {
        if self.coords.len() != shape.len() {
            return Err(format!(
                "there are coordinates for {} axes, but the shape is {}",
                self.coords.len(),
                shape_text(shape)
            ));
        }
        self.coords.iter().zip(shape).try_for_each(|(indices, &axis)| {
            same("coords", indices.len(), "data", self.data.len())?;
            check_indices("coords", indices, axis)
        })
    }
}

impl<T> SparseDiagonals<T> {
    fn check(&self) -> Checked {
        if self.offsets.len().checked_mul(self.len) != Some(self.data.len()) {
            let (found, count, len) = (self.data.len(), self.offsets.len(), self.len);
            return Err(format!("'data' has {found} elements, expected {count} diagonals of {len}"));
        }
        let mut offsets = self.offsets.clone();
        offsets.sort_unstable();
        match offsets.windows(2).find(|pair| pair.first() == pair.last()).and_then(<[i64]>::first) {
            Some(offset) => Err(format!("'offsets' has {offset} twice")),
            None => Ok(()),
        }
    }
}

fn same(name: &str, len: usize, other: &str, other_len: usize) -> Checked {
    if len == other_len {
        return Ok(());
    }
    Err(format!("'{name}' has {len} elements and '{other}' has {other_len}, expected as many"))
}

/// SciPy takes more elements than the last pointer tells, and so do we.
fn check_pointers(indptr: &[usize], rows: usize, len: usize) -> Checked {
    if indptr.len().checked_sub(1) != Some(rows) {
        return Err(format!(
            "'indptr' has {} elements for {rows} rows, expected one more than rows",
            indptr.len()
        ));
    }
    if let Some(first) = indptr.first().filter(|&&first| first != 0) {
        return Err(format!("'indptr' starts with {first}, expected 0"));
    }
    if let Some((at, pair)) = indptr.windows(2).enumerate().find(|(_, pair)| !pair.is_sorted()) {
        let (from, to) = (pair.first().copied().unwrap_or(0), pair.last().copied().unwrap_or(0));
        return Err(format!("'indptr' falls from {from} to {to} at element {}", at + 1));
    }
    match indptr.last() {
        Some(&last) if last > len => Err(format!("'indptr' ends with {last}, but there are {len} elements")),
        _ => Ok(()),
    }
}

fn check_indices(name: &str, indices: &[usize], axis: usize) -> Checked {
    match indices.iter().enumerate().find(|&(_, &index)| index >= axis) {
        Some((at, index)) => Err(format!("element {at} of '{name}' is {index}, expected less than {axis}")),
        None => Ok(()),
    }
}
