//! Elements as arrays of the ndarray crate.

use ndarray::{Array, ArrayView, ArrayViewMut, Dimension, IxDyn, ShapeBuilder, StrideShape};

use super::layout::Layout;
use crate::error::{FormatProblem, MismatchProblem, Result};
use crate::header::{Order, shape_text};

impl Layout<'_> {
    /// Refuses another number of axes than `expected`; `None` takes any.
    pub(crate) fn check_ndim(&self, expected: Option<usize>) -> Result<()> {
        let found = self.shape.len();
        match expected {
            Some(expected) if expected != found => {
                Err(MismatchProblem::Ndim { shape: shape_text(&self.shape), found, expected }.into())
            }
            _ => Ok(()),
        }
    }

    /// The axes of the file's memory, from the slowest to the fastest, where an array in `order` has them the other way
    /// round; `None` where the elements lie the same in both.
    pub(crate) fn axes_to_reverse(&self, order: Order) -> Option<Vec<usize>> {
        let mut axes: Vec<usize> = self.shape.iter().copied().filter(|&axis| axis != 1).collect();
        let is_same = self.order == order || axes.len() < 2 || axes.contains(&0);
        if is_same || self.conversion.file_size() == 0 {
            return None;
        }
        if self.order == Order::F {
            axes.reverse();
        }
        Some(axes)
    }

    /// The same elements once they lie in `order`.
    pub(crate) fn in_order(mut self, order: Order) -> Self {
        self.order = order;
        self
    }

    /// The shape as an ndarray of `D` axes takes it, or why it does not.
    fn stride_shape<D: Dimension>(&self) -> Result<StrideShape<D>> {
        self.check_ndim(D::NDIM)?;
        let shape = D::from_dimension(&IxDyn(&self.shape))
            .ok_or_else(|| self.not_an_array("it does not fit ndarray"))?;
        Ok(match self.order {
            Order::C => shape.into(),
            Order::F => shape.f().into(),
        })
    }

    fn not_an_array(&self, reason: &str) -> FormatProblem {
        FormatProblem::Shape { shape: shape_text(&self.shape), reason: reason.to_string() }
    }

    pub(crate) fn array<T, D: Dimension>(&self, elements: Vec<T>) -> Result<Array<T, D>> {
        let shape = self.stride_shape::<D>()?;
        Ok(Array::from_shape_vec(shape, elements).map_err(|error| self.not_an_array(&error.to_string()))?)
    }

    pub(crate) fn view<'a, T, D: Dimension>(&self, elements: &'a [T]) -> Result<ArrayView<'a, T, D>> {
        let shape = self.stride_shape::<D>()?;
        Ok(ArrayView::from_shape(shape, elements).map_err(|error| self.not_an_array(&error.to_string()))?)
    }

    pub(crate) fn view_mut<'a, T, D: Dimension>(
        &self,
        elements: &'a mut [T],
    ) -> Result<ArrayViewMut<'a, T, D>> {
        let shape = self.stride_shape::<D>()?;
        Ok(ArrayViewMut::from_shape(shape, elements)
            .map_err(|error| self.not_an_array(&error.to_string()))?)
    }
}
