//! Layer 2: the header of a `.npy` file.

use crate::DType;

/// The order in which the elements of an array stand in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Order {
    /// Row-major: the last axis runs fastest. NumPy's default.
    #[default]
    C,
    /// Column-major: the first axis runs fastest (`fortran_order: True`).
    F,
}

/// What a `.npy` file says of its array.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Header {
    /// What one element is.
    pub dtype: DType,
    /// The order of the elements.
    pub order: Order,
    /// Elements along each axis; empty for a 0-d array.
    pub shape: Vec<usize>,
}
