//! To and from the matrices of the sprs crate.

use sprs::{CsMat, TriMat};

use super::{Sparse, SparseCompressed, SparseCoordinates, SparseFormat};
use crate::error::{Error, FormatProblem, MismatchProblem};

/// A matrix of compressed rows or columns; those are put in order.
///
/// # Errors
/// [`Error::Mismatch`] for another format or another number of axes; [`Error::Format`] where parts do not belong
/// together, or an element stands twice.
impl<T: Clone> TryFrom<Sparse<T>> for CsMat<T> {
    type Error = Error;

    fn try_from(sparse: Sparse<T>) -> Result<Self, Error> {
        sparse.check()?;
        let name = sparse.format_name();
        let shape = axes(&sparse.shape)?;
        let (is_rows, compressed) = match sparse.format {
            SparseFormat::Csr(rows) => (true, rows),
            SparseFormat::Csc(columns) => (false, columns),
            _ => return Err(mismatch(name, "'csr' or 'csc'")),
        };
        let SparseCompressed { indptr, mut indices, mut data } = compressed;
        // SciPy may keep room for more.
        let len = indptr.last().copied().unwrap_or(0);
        indices.truncate(len);
        data.truncate(len);
        let matrix = match is_rows {
            true => CsMat::new_from_unsorted(shape, indptr, indices, data),
            false => CsMat::new_from_unsorted_csc(shape, indptr, indices, data),
        };
        matrix.map_err(|(.., error)| FormatProblem::Sparse(error.to_string()).into())
    }
}

/// A matrix of triplets.
///
/// # Errors
/// [`Error::Mismatch`] for another format or another number of axes; [`Error::Format`] where parts do not belong
/// together.
impl<T> TryFrom<Sparse<T>> for TriMat<T> {
    type Error = Error;

    fn try_from(sparse: Sparse<T>) -> Result<Self, Error> {
        sparse.check()?;
        let name = sparse.format_name();
        let shape = axes(&sparse.shape)?;
        let SparseFormat::Coo(SparseCoordinates { coords, data }) = sparse.format else {
            return Err(mismatch(name, "'coo'"));
        };
        let mut coords = coords.into_iter();
        let (rows, columns) = (coords.next().unwrap_or_default(), coords.next().unwrap_or_default());
        Ok(TriMat::from_triplets(shape, rows, columns, data))
    }
}

impl<T> From<CsMat<T>> for Sparse<T> {
    fn from(matrix: CsMat<T>) -> Self {
        let (rows, columns) = matrix.shape();
        let is_rows = matrix.is_csr();
        let (indptr, indices, data) = matrix.into_raw_storage();
        // A slice of a larger matrix starts behind its first element.
        let start = indptr.first().copied().unwrap_or(0);
        let indptr = indptr.into_iter().map(|at| at - start).collect();
        let compressed = SparseCompressed { indptr, indices, data };
        let format = if is_rows { SparseFormat::Csr(compressed) } else { SparseFormat::Csc(compressed) };
        Self { shape: vec![rows, columns], kind: Default::default(), format }
    }
}

impl<T: Clone> From<TriMat<T>> for Sparse<T> {
    fn from(matrix: TriMat<T>) -> Self {
        let coords = vec![matrix.row_inds().to_vec(), matrix.col_inds().to_vec()];
        let format = SparseFormat::Coo(SparseCoordinates { coords, data: matrix.data().to_vec() });
        Self { shape: vec![matrix.rows(), matrix.cols()], kind: Default::default(), format }
    }
}

fn axes(shape: &[usize]) -> Result<(usize, usize), Error> {
    match shape {
        &[rows, columns] => Ok((rows, columns)),
        shape => {
            let found = shape.len();
            let shape = crate::header::shape_text(shape);
            Err(MismatchProblem::Ndim { shape, found, expected: 2 }.into())
        }
    }
}

fn mismatch(found: &'static str, expected: &'static str) -> Error {
    MismatchProblem::SparseFormat { found, expected }.into()
}
