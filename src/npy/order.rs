//! Arrays in the memory order that is asked for.

use super::file::NpyFile;
use crate::element::Element;
use crate::error::Result;
use crate::header::Order;
use crate::kernels::collect_reversed;

impl NpyFile {
    /// The whole array in the memory order that is asked for, whatever the file's: [`Order::C`] makes row-major arrays of
    /// Fortran-order files, [`Order::F`] column-major ones of C-order files. The elements go from the file to their
    /// places by blocks, so that no second array is held meanwhile.
    ///
    /// # Errors
    /// As [`NpyFile::read`]. Of several elements that mean nothing, any is named.
    ///
    /// # Examples
    /// ```
    /// use ndarray::Array2;
    /// use npymap::{NpyFile, Order};
    ///
    /// let columns: Array2<f64> = NpyFile::open("testdata/iris.npy")?.read_in(Order::F)?;
    /// assert_eq!(columns.shape(), [150, 4]);
    /// assert_eq!(columns.strides(), [1, 150]);
    /// # Ok::<(), npymap::Error>(())
    /// ```
    pub fn read_in<T: Element, D: ndarray::Dimension>(&self, order: Order) -> Result<ndarray::Array<T, D>> {
        let read = || {
            let layout = self.layout::<T>()?;
            layout.check_ndim(D::NDIM)?;
            let start = self.data_offset() as u64;
            let elements = match layout.axes_to_reverse(order) {
                Some(axes) => {
                    let read_at = |offset, bytes: &mut [u8]| self.read_at(start + offset, bytes);
                    collect_reversed(&layout.conversion, &axes, read_at)
                        .map_err(|error| layout.fill_error(error, |index| index))?
                }
                None => self.elements(&layout, &[])?,
            };
            layout.in_order(order).array(elements)
        };
        self.located(read())
    }
}
