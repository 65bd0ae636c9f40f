//! Files of `scipy.sparse`: archives of the arrays that a sparse matrix consists of.
//!
//! ```text
//! all           format ('csr', …), shape, data, and _is_array for those that are no matrices
//! csr csc bsr   indices, indptr; the data of bsr have axes (blocks, rows of one, columns of one)
//! coo           row, col; or coords, one row an axis
//! dia           offsets; the data have axes (diagonals, columns)
//! ```
//! Source: scipy/sparse/_matrix_io.py.

mod check;
mod read;
#[cfg(feature = "sprs")]
mod sprs;
mod write;

pub use read::{load_sparse, load_sparse_with};
pub use write::{save_sparse, save_sparse_with};

/// A sparse matrix or array, as `scipy.sparse` saves it.
///
/// Its fields can be changed; what they must be to belong together is checked by [`Sparse::new`], [`load_sparse`],
/// [`save_sparse`] and [`Sparse::check`].
///
/// # Examples
/// ```
/// # let path = std::env::temp_dir().join(format!("npymap-doc-sparse-{}.npz", std::process::id()));
/// use npymap::{Sparse, SparseCompressed, SparseFormat, load_sparse, save_sparse};
///
/// // [[0, 0, 3], [4, 0, 0]]
/// let rows = SparseCompressed { indptr: vec![0, 1, 2], indices: vec![2, 0], data: vec![3i64, 4] };
/// let matrix = Sparse::new([2, 3], SparseFormat::Csr(rows))?;
/// save_sparse(&path, &matrix)?;
/// assert_eq!(load_sparse::<i64>(&path)?, matrix);
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), npymap::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Sparse<T> {
    /// Elements along each axis.
    pub shape: Vec<usize>,
    /// Whether Python sees a matrix or an array.
    pub kind: SparseKind,
    /// The elements that are there, and where.
    pub format: SparseFormat<T>,
}

/// Which of the two families of classes a sparse file belongs to in Python.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum SparseKind {
    /// `csr_array` and its kin, which multiply element by element.
    #[default]
    Array,
    /// `csr_matrix` and its kin, which have two axes always.
    Matrix,
}

/// The elements of a sparse array, and where they are.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum SparseFormat<T> {
    /// Row by row; of one axis, it is one row.
    Csr(SparseCompressed<T>),
    /// Column by column.
    Csc(SparseCompressed<T>),
    /// Row by row of dense blocks.
    Bsr(SparseBlocks<T>),
    /// One by one, with any number of axes.
    Coo(SparseCoordinates<T>),
    /// Diagonal by diagonal.
    Dia(SparseDiagonals<T>),
}

/// Elements row by row or column by column.
#[derive(Debug, Clone, PartialEq)]
pub struct SparseCompressed<T> {
    /// Where each row starts in the other two, and where the last ends.
    pub indptr: Vec<usize>,
    /// The column of each element, in any order within a row.
    pub indices: Vec<usize>,
    /// The elements.
    pub data: Vec<T>,
}

/// Blocks of elements, row of blocks by row of blocks.
#[derive(Debug, Clone, PartialEq)]
pub struct SparseBlocks<T> {
    /// Rows and columns of a block.
    pub block: [usize; 2],
    /// Where each row of blocks starts, in blocks, and where the last ends.
    pub indptr: Vec<usize>,
    /// The column of each block, in blocks.
    pub indices: Vec<usize>,
    /// The elements, block by block, each in C order.
    pub data: Vec<T>,
}

/// Elements and their coordinates. Those of the same coordinates are added.
#[derive(Debug, Clone, PartialEq)]
pub struct SparseCoordinates<T> {
    /// For each axis, the index of each element.
    pub coords: Vec<Vec<usize>>,
    /// The elements.
    pub data: Vec<T>,
}

/// Diagonals.
#[derive(Debug, Clone, PartialEq)]
pub struct SparseDiagonals<T> {
    /// Which diagonals: 0 is the main one, those above are positive. None stands twice.
    pub offsets: Vec<i64>,
    /// Elements that are kept of each diagonal; the first belongs to column 0, whether it is on the diagonal or not.
    pub len: usize,
    /// The elements, diagonal by diagonal.
    pub data: Vec<T>,
}

impl<T> Sparse<T> {
    /// A sparse array, whose parts belong together.
    ///
    /// # Errors
    /// As [`Sparse::check`].
    pub fn new(shape: impl Into<Vec<usize>>, format: SparseFormat<T>) -> crate::Result<Self> {
        let sparse = Self { shape: shape.into(), kind: SparseKind::Array, format };
        sparse.check()?;
        Ok(sparse)
    }

    /// The same, as a matrix or an array.
    #[must_use]
    pub fn with_kind(self, kind: SparseKind) -> Self {
        Self { kind, ..self }
    }

    /// The name of the format in Python.
    pub fn format_name(&self) -> &'static str {
        match self.format {
            SparseFormat::Csr(_) => "csr",
            SparseFormat::Csc(_) => "csc",
            SparseFormat::Bsr(_) => "bsr",
            SparseFormat::Coo(_) => "coo",
            SparseFormat::Dia(_) => "dia",
        }
    }
}
