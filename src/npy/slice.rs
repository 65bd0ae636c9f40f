//! Parts of a `.npy` file, without a map and without the rest.

use super::elements::Layout;
use super::file::NpyFile;
use super::gathered::{gathered, turn_round};
use crate::element::Load;
use crate::error::{Error, Result};
use crate::kernels::Claim;
use crate::slice::{Slice, Taken};

/// Runs of this length are read alone, and straight to where they go: to copy one costs as much as a call.
const RUN_ALONE: usize = 64 * 1024;

impl NpyFile {
    /// Part of the array: NumPy's `np.load(p, mmap_mode='r')[slice]`, of which no more is read than it needs.
    ///
    /// `slice` is ndarray's `s![..]`, NumPy's text, or a [`Slice`]. Elements that lie closer together than
    /// [`SlicePlan::GAP`](crate::SlicePlan::GAP) are read at once. The memory order is the file's, as with
    /// [`NpyFile::read`].
    ///
    /// # Errors
    /// As [`NpyFile::read`], and [`Error::Mismatch`](crate::Error::Mismatch) where the array has no such part. The
    /// number of axes that counts is the result's.
    ///
    /// # Examples
    /// ```
    /// use ndarray::{Array1, Array2, s};
    /// use npymap::NpyFile;
    ///
    /// let file = NpyFile::open("testdata/iris.npy")?;
    /// let part: Array2<f64> = file.read_slice(s![10..20, ..;3])?;
    /// assert_eq!(part.shape(), [10, 2]);
    /// let widths: Array1<f64> = file.read_slice("::-50, -1")?;
    /// assert_eq!(widths.to_vec(), [1.8, 1.3, 0.2]);
    /// # Ok::<(), npymap::Error>(())
    /// ```
    #[cfg(feature = "ndarray")]
    pub fn read_slice<T: Load, D: ndarray::Dimension>(
        &self,
        slice: impl TryInto<Slice, Error: Into<Error>>,
    ) -> Result<ndarray::Array<T, D>> {
        let read = |slice: Slice| {
            let layout = self.layout::<T>()?;
            let taken = taken(&layout, &slice)?;
            let result = layout.with_shape(taken.shape.clone());
            result.check_ndim(D::NDIM)?;
            result.array(self.slice_elements::<T>(&layout, taken)?)
        };
        self.located(slice.try_into().map_err(Into::into).and_then(read))
    }

    /// The elements of part of the array, in the order of the file; [`Slice::shape`] tells their number.
    ///
    /// # Errors
    /// As [`NpyFile::read_vec`], and [`Error::Mismatch`](crate::Error::Mismatch) where the array has no such part.
    ///
    /// # Examples
    /// ```
    /// use npymap::NpyFile;
    ///
    /// let row: Vec<f64> = NpyFile::open("testdata/iris.npy")?.read_slice_vec("0")?;
    /// assert_eq!(row, [5.1, 3.5, 1.4, 0.2]);
    /// # Ok::<(), npymap::Error>(())
    /// ```
    pub fn read_slice_vec<T: Load>(&self, slice: impl TryInto<Slice, Error: Into<Error>>) -> Result<Vec<T>> {
        let read = |slice: Slice| {
            let layout = self.layout::<T>()?;
            let taken = taken(&layout, &slice)?;
            self.slice_elements::<T>(&layout, taken)
        };
        self.located(slice.try_into().map_err(Into::into).and_then(read))
    }

    /// The elements that are taken, as an array of them stands in the file's memory order.
    pub(super) fn slice_elements<T: Load>(&self, layout: &Layout<'_>, taken: Taken) -> Result<Vec<T>> {
        let axes: Vec<_> = taken.axes.iter().map(|axis| (axis.len, axis.backward)).collect();
        // An axis that an index takes has one element, so that these are the result's elements. Those of a part are
        // no more than those of the whole, which were counted, but for those of an array that has none.
        let len = axes.iter().try_fold(1usize, |len, &(axis, _)| len.checked_mul(axis)).unwrap_or(0);
        let plan = taken.upward_plan();
        let gap = if plan.run_len() < RUN_ALONE { crate::SlicePlan::GAP } else { 0 };
        let plan = plan.gap(gap);
        let mut bytes = gathered(&plan, |offset, bytes: &mut [u8]| self.read_at(offset, bytes));
        let index = |index| layout.index_of(plan.position(index));
        let mut elements = layout.collect_of(len, Claim::Checked, index, |piece| bytes.read_exact(piece))?;
        turn_round(&mut elements, &axes);
        Ok(elements)
    }
}

/// What `slice` takes of the elements of `layout`.
pub(super) fn taken(layout: &Layout<'_>, slice: &Slice) -> Result<Taken> {
    Taken::new(&layout.shape, layout.order, layout.conversion.file_size(), layout.data_offset(), slice)
}
