//! A slice whose bytes the caller fetches.

use super::layout::Layout;
use super::load::Load;
use crate::dtype::DType;
use crate::error::{MismatchProblem, Result};
use crate::header::{Header, shape_text};
use crate::kernels::Conversion;
use crate::slice::SlicePlan;

/// Memory for the elements of a slice, into which the ranges of its [`SlicePlan`] are put as they arrive: from an object
/// store, over HTTP, at once or in pieces. Nothing here does I/O.
///
/// Where the bytes of the file become elements in place, as numbers of either byte order do, they go straight to where
/// the result has them, and are converted and checked there at the end.
///
/// # Examples
/// ```
/// # #[cfg(feature = "ndarray")] {
/// use ndarray::Array2;
/// use npymap::{Header, SliceBuffer, SlicePlan};
///
/// let object = std::fs::read("testdata/iris.npy")?;
/// let (header, data_offset) = Header::parse(&object)?;
/// let plan = SlicePlan::new(&header, data_offset, "10:20, ::3")?;
/// let mut buffer = SliceBuffer::<f64>::new(&header, data_offset, &plan)?;
/// for range in plan.ranges() {
///     let bytes = range.bytes();
///     // Here an object store would be asked for `bytes`; its answer comes in pieces.
///     let body = &object[bytes.start as usize..bytes.end as usize];
///     for (number, piece) in body.chunks(100).enumerate() {
///         range.place_at(number * 100, piece, buffer.as_bytes_mut())?;
///     }
/// }
/// let part: Array2<f64> = buffer.into_array()?;
/// assert_eq!(part.row(0).to_vec(), [5.4, 0.2]);
/// # }
/// # Ok::<(), npymap::Error>(())
/// ```
#[derive(Debug)]
pub struct SliceBuffer<T: Load> {
    /// That of the slice.
    header: Header,
    data_offset: u64,
    plan: SlicePlan,
    conversion: Conversion,
    memory: T::Memory,
}

impl<T: Load> SliceBuffer<T> {
    /// Memory for the slice that `plan` takes of the array that `header` specifies, whose data start at byte
    /// `data_offset`: those that the plan was made with. Memory is taken for as many elements as the header claims, so
    /// that its length is to be compared with that of the file before.
    ///
    /// # Errors
    /// [`Error::Mismatch`](crate::Error::Mismatch) where the elements are no `T`, or the plan has another number of bytes
    /// than such elements; [`Error::Limit`](crate::Error::Limit) where there is no such memory.
    pub fn new(header: &Header, data_offset: u64, plan: &SlicePlan) -> Result<Self> {
        let (_, dtype) = header.dtype.flattened();
        let header = Header::new(dtype.clone(), plan.shape()).with_order(plan.order());
        let Layout { conversion, len, .. } = Layout::new::<T>(&header, data_offset)?;
        if header.nbytes() != Some(plan.nbytes()) {
            let (shape, expected) = (shape_text(plan.shape()), header.len().unwrap_or(usize::MAX));
            let found = plan.nbytes().checked_div(dtype.itemsize()).unwrap_or(0);
            return Err(MismatchProblem::Len { shape, found, expected }.into());
        }
        let memory = T::memory_for(&conversion, len)?;
        Ok(Self { header, data_offset, plan: plan.clone(), conversion, memory })
    }

    /// The bytes of the slice, [`SlicePlan::nbytes`] of them, for [`SliceRange::place`](crate::SliceRange::place) and
    /// [`SliceRange::place_at`](crate::SliceRange::place_at). Before, they are zero.
    pub fn as_bytes_mut(&mut self) -> &mut [u8] {
        T::bytes_mut(&mut self.memory)
    }

    /// The elements, in the memory order of the file.
    ///
    /// # Errors
    /// [`Error::Format`](crate::Error::Format) for bytes that are no value of the dtype.
    pub fn into_vec(self) -> Result<Vec<T>> {
        let Self { header, data_offset, plan, conversion, memory } = self;
        let layout = Layout::new::<T>(&header, data_offset)?;
        let dtype: &DType = &header.dtype;
        let index = |index| {
            let position = plan.position_of(index);
            layout.index_of(position)
        };
        T::from_memory(&conversion, dtype, layout.len, memory)
            .map_err(|error| layout.fill_error(error, index))
    }

    /// The slice as an array, in the memory order of the file.
    ///
    /// # Errors
    /// As [`SliceBuffer::into_vec`], and [`Error::Mismatch`](crate::Error::Mismatch) for another number of axes.
    #[cfg(feature = "ndarray")]
    pub fn into_array<D: ndarray::Dimension>(self) -> Result<ndarray::Array<T, D>> {
        let (header, data_offset) = (self.header.clone(), self.data_offset);
        let layout = Layout::new::<T>(&header, data_offset)?;
        layout.check_ndim(D::NDIM)?;
        layout.array(self.into_vec()?)
    }
}
