//! The data of an opened array on their way into memory: plan the conversion, take the memory, read into it.

use super::gathered::{Gathered, gathered, reverse_axes};
use super::layout::Layout;
use super::load::Load;
use crate::element::Element;
use crate::error::{Error, Location, MismatchProblem, Result};
use crate::header::{Decoded, Header, shape_text};
#[cfg(feature = "ndarray")]
use crate::kernels::RandomAccess;
use crate::kernels::Source;
use crate::slice::{Slice, SlicePlan, SliceRange, Taken};

/// Runs of this length are read alone, and straight to where they go: to copy one costs as much as a call.
const RUN_ALONE: usize = 64 * 1024;

/// The data of an opened array.
///
/// Every call that makes owned elements of a file, of bytes in memory, of a map, an entry of an archive or a stream is
/// one of these, with another source.
pub(crate) struct Data<'a> {
    location: &'a Location,
    header: &'a Header,
    /// Bytes from the start of the file to the data.
    data_offset: u64,
    source: Source<'a>,
}

impl<'a> Data<'a> {
    pub(crate) fn new(location: &'a Location, decoded: &'a Decoded, source: Source<'a>) -> Self {
        Self { location, header: &decoded.header, data_offset: decoded.data_offset, source }
    }

    /// Data in memory, of which nothing else is known.
    #[cfg(feature = "ndarray")]
    pub(crate) fn of_memory(header: &'a Header, data_offset: u64, bytes: &'a [u8]) -> Self {
        const NOWHERE: &Location = &Location::NONE;
        let source = Source::RandomAccess(RandomAccess::Memory(bytes));
        Self { location: NOWHERE, header, data_offset, source }
    }

    pub(crate) fn header(&self) -> &'a Header {
        self.header
    }

    pub(crate) fn data_offset(&self) -> u64 {
        self.data_offset
    }

    /// The data as elements of `T`.
    pub(crate) fn layout<T: Load>(&self) -> Result<Layout<'a>> {
        Layout::new::<T>(self.header, self.data_offset)
    }

    /// What `read` gives, or its error with its location.
    pub(crate) fn located<R>(&mut self, read: impl FnOnce(&mut Self) -> Result<R>) -> Result<R> {
        let location = self.location;
        location.locate(read(self))
    }

    /// The whole array, in the file's memory order.
    #[cfg(feature = "ndarray")]
    pub(crate) fn read<T: Load, D: ndarray::Dimension>(&mut self) -> Result<ndarray::Array<T, D>> {
        self.located(|data| {
            let layout = data.layout::<T>()?;
            layout.check_ndim(D::NDIM)?;
            layout.array(layout.collect(layout.len, |index| index, &mut data.source)?)
        })
    }

    /// All elements, in the order of the file.
    pub(crate) fn read_vec<T: Load>(&mut self) -> Result<Vec<T>> {
        self.located(|data| {
            let layout = data.layout::<T>()?;
            layout.collect(layout.len, |index| index, &mut data.source)
        })
    }

    /// All elements into memory of the caller's, in the order of the file.
    pub(crate) fn read_into<T: Element>(&mut self, elements: &mut [T]) -> Result<()> {
        self.located(|data| {
            let layout = data.layout::<T>()?;
            if elements.len() != layout.len {
                let shape = shape_text(&layout.shape);
                let (found, expected) = (layout.len, elements.len());
                return Err(MismatchProblem::Len { shape, found, expected }.into());
            }
            layout.fill(elements, |index| index, &mut data.source)
        })
    }

    /// The next `len` elements of a stream, of which `first` came before.
    pub(crate) fn read_part<T: Load>(
        &mut self,
        layout: &Layout<'_>,
        first: usize,
        len: usize,
    ) -> Result<Vec<T>> {
        layout.collect(len, |index| first + index, &mut self.source)
    }

    /// [`Data::read_part`] into memory of the caller's.
    pub(crate) fn read_part_into<T: Element>(
        &mut self,
        layout: &Layout<'_>,
        first: usize,
        elements: &mut [T],
    ) -> Result<()> {
        layout.fill(elements, |index| first + index, &mut self.source)
    }

    /// The whole array in that memory order, moved by blocks on the way from the file.
    #[cfg(feature = "ndarray")]
    pub(crate) fn read_in<T: Element, D: ndarray::Dimension>(
        &mut self,
        order: crate::header::Order,
    ) -> Result<ndarray::Array<T, D>> {
        self.located(|data| {
            let layout = data.layout::<T>()?;
            layout.check_ndim(D::NDIM)?;
            let elements = match (layout.axes_to_reverse(order), &data.source) {
                (Some(axes), &Source::RandomAccess(bytes)) => {
                    crate::kernels::collect_reversed(&layout.conversion, &axes, bytes)
                        .map_err(|error| layout.fill_error(error, |index| index))?
                }
                _ => layout.collect(layout.len, |index| index, &mut data.source)?,
            };
            layout.in_order(order).array(elements)
        })
    }

    /// All bytes as they stand in the file.
    #[cfg(feature = "ndarray")]
    pub(crate) fn read_bytes(&mut self) -> Result<Vec<u8>> {
        let flat = Header::new(crate::dtype::DType::of::<u8>(), [self.header.checked_nbytes()?]);
        let layout = Layout::new::<u8>(&flat, self.data_offset)?;
        layout.collect(layout.len, |index| index, &mut self.source)
    }

    /// Part of the array, in the file's memory order.
    #[cfg(feature = "ndarray")]
    pub(crate) fn read_slice<T: Load, D: ndarray::Dimension>(
        &mut self,
        slice: impl TryInto<Slice, Error: Into<Error>>,
    ) -> Result<ndarray::Array<T, D>> {
        self.located(|data| {
            let layout = data.layout::<T>()?;
            let taken = taken(&layout, &slice.try_into().map_err(Into::into)?)?;
            let result = layout.with_shape(taken.shape.clone());
            result.check_ndim(D::NDIM)?;
            result.array(data.slice_elements(&layout, taken)?)
        })
    }

    /// The elements of part of the array, in the order of the file.
    pub(crate) fn read_slice_vec<T: Load>(
        &mut self,
        slice: impl TryInto<Slice, Error: Into<Error>>,
    ) -> Result<Vec<T>> {
        self.located(|data| {
            let layout = data.layout::<T>()?;
            let taken = taken(&layout, &slice.try_into().map_err(Into::into)?)?;
            data.slice_elements(&layout, taken)
        })
    }

    /// The elements that are taken, as an array of them stands in the file's memory order.
    fn slice_elements<T: Load>(&mut self, layout: &Layout<'_>, taken: Taken) -> Result<Vec<T>> {
        let axes: Vec<_> = taken.axes.iter().map(|axis| (axis.len, axis.backward)).collect();
        // An axis that an index takes has one element, so that these are the result's elements. Those of a part are
        // no more than those of the whole, which were counted, but for those of an array that has none.
        let len = axes.iter().try_fold(1usize, |len, &(axis, _)| len.checked_mul(axis)).unwrap_or(0);
        let plan = taken.upward_plan();
        let gap = if plan.run_len() < RUN_ALONE { SlicePlan::GAP } else { 0 };
        let plan = plan.gap(gap);
        let trust = self.source.trust();
        let mut gathered = self.gathered(&plan);
        let index = |index| layout.index_of(plan.position(index));
        let mut next = |_: u64, piece: &mut [u8]| gathered.read_exact(piece);
        let mut elements = layout.collect(len, index, &mut Source::Stream(trust, &mut next))?;
        reverse_axes(&mut elements, &axes);
        Ok(elements)
    }

    /// The bytes that a plan wants, one after the other in the order of the file.
    pub(super) fn gathered<'p>(
        &mut self,
        plan: &'p SlicePlan,
    ) -> Gathered<impl Iterator<Item = SliceRange<'p>>, impl FnMut(u64, &mut [u8]) -> Result<()>> {
        let data_offset = self.data_offset;
        gathered(plan, move |offset, bytes: &mut [u8]| self.source.read(offset - data_offset, bytes))
    }

    /// Fills `bytes` with those of the data from `offset` on.
    pub(crate) fn read_bytes_at(&mut self, offset: u64, bytes: &mut [u8]) -> Result<()> {
        self.located(|data| data.source.read(offset, bytes))
    }
}

/// What `slice` takes of the elements of `layout`.
fn taken(layout: &Layout<'_>, slice: &Slice) -> Result<Taken> {
    Taken::new(&layout.shape, layout.order, layout.conversion.file_size(), layout.data_offset(), slice)
}
