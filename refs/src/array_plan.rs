//! An array that is cut into chunks.

use crate::array::Array;
use crate::error::Result;
use crate::grid::{Cut, Grid, Pieces, Shape};

/// An array and its chunks.
#[derive(Debug)]
pub struct ArrayPlan {
    pub(crate) array: Array,
    /// `None` where there is nothing to cut: no axes, or an axis without a length.
    pub(crate) cut: Option<Cut>,
    shape: Vec<u64>,
    chunks: u64,
}

impl ArrayPlan {
    pub(crate) fn new(array: Array, chunk: u64, grid: Grid) -> Result<Self> {
        let shape = array.shape();
        let (cut, chunks) = if array.ndim == 0 || shape.contains(&0) {
            (None, u64::from(array.ndim == 0))
        } else {
            let rows: Vec<u64> =
                array.shards.iter().map(|shard| shard.rows).filter(|&rows| rows > 0).collect();
            let whole = Shape { itemsize: array.data_type.itemsize, rows: &rows, rest: &array.rest };
            let cut = whole.cut(&array.name, chunk, grid)?;
            // More are refused.
            (Some(cut), u64::try_from(whole.chunks(cut)).unwrap_or(u64::MAX))
        };
        Ok(Self { array, cut, shape, chunks })
    }

    /// Its name, the groups that it is in before it.
    pub fn name(&self) -> &str {
        &self.array.name
    }

    /// Elements along each axis.
    pub fn shape(&self) -> &[u64] {
        &self.shape
    }

    /// How many chunks it has: as many requests as a reader of all of it makes.
    pub fn chunks(&self) -> u64 {
        self.chunks
    }

    /// Whether its chunks have different lengths: readers must know the rectilinear chunk grid, as zarr-python 3.2 does
    /// where `array.rectilinear_chunks` is set.
    pub fn is_rectilinear(&self) -> bool {
        matches!(self.cut, Some(Cut { pieces: Pieces::Even(_), .. }))
    }
}
