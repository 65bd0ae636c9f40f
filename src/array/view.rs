//! The data of an opened array, seen where they are.

use super::data::Data;
use super::layout::Layout;
use crate::element::Element;
use crate::error::{Location, Result};
use crate::header::Decoded;
#[cfg(feature = "ndarray")]
use crate::header::Header;
use crate::kernels::{RandomAccess, Source};

/// The bytes of an opened array's data.
#[derive(Clone, Copy)]
pub(crate) struct DataView<'a> {
    location: &'a Location,
    decoded: &'a Decoded,
    bytes: &'a [u8],
}

impl<'a> DataView<'a> {
    /// `bytes` are all of the data.
    pub(crate) fn new(location: &'a Location, decoded: &'a Decoded, bytes: &'a [u8]) -> Self {
        Self { location, decoded, bytes }
    }

    #[cfg(feature = "ndarray")]
    pub(crate) fn header(&self) -> &'a Header {
        &self.decoded.header
    }

    #[cfg(feature = "ndarray")]
    pub(crate) fn data_offset(&self) -> u64 {
        self.decoded.data_offset
    }

    #[cfg(feature = "ndarray")]
    pub(crate) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The data, to be read.
    pub(crate) fn data(&self) -> Data<'a> {
        Data::new(self.location, self.decoded, Source::RandomAccess(RandomAccess::Memory(self.bytes)))
    }

    /// The elements in the order of the file.
    pub(crate) fn elements<T: Element>(&self) -> Result<&'a [T]> {
        let elements = Layout::of::<T>(self.decoded).and_then(|layout| layout.elements(self.bytes));
        self.location.locate(elements)
    }

    /// The array.
    #[cfg(feature = "ndarray")]
    pub(crate) fn view<T: Element, D: ndarray::Dimension>(&self) -> Result<ndarray::ArrayView<'a, T, D>> {
        let view = Layout::of::<T>(self.decoded).and_then(|layout| layout.view(layout.elements(self.bytes)?));
        self.location.locate(view)
    }

    /// The array, converted where byte order or alignment stand in the way.
    #[cfg(feature = "ndarray")]
    pub(crate) fn view_cow<T: Element, D: ndarray::Dimension>(&self) -> Result<ndarray::CowArray<'a, T, D>> {
        use crate::error::{Error, MismatchProblem};
        match self.view() {
            Err(Error::Mismatch { problem, .. }) if matches!(*problem, MismatchProblem::View { .. }) => {
                Ok(self.data().read()?.into())
            }
            view => Ok(view?.into()),
        }
    }

    /// One field of all records.
    #[cfg(feature = "ndarray")]
    pub(crate) fn field<T: Element, D: ndarray::Dimension>(
        &self,
        path: &str,
    ) -> Result<ndarray::ArrayView<'a, T, D>> {
        let field = super::field::FieldLayout::new::<T>(&self.decoded.header, self.decoded.data_offset, path);
        self.location.locate(field.and_then(|field| field.view(self.bytes)))
    }
}
