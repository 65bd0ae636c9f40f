//! Bytes of a `.npy` file that are at hand: in memory, or mapped.

use super::opened::OpenedArray;
#[cfg(feature = "ndarray")]
use crate::array::FieldLayout;
use crate::array::{DataView, Layout, Load};
use crate::element::Element;
use crate::error::{Location, Result};
use crate::header::{Decoded, Header};
use crate::limits::Limits;

/// A `.npy` file whose bytes are at hand: its elements are seen where they are, and never copied.
///
/// `B` holds the bytes: a slice, a `Vec`, an `Arc<[u8]>`, the body of a request. Of a mapped file it is an
/// [`NpyMap`](crate::NpyMap) or [`NpyMapMut`](crate::NpyMapMut), which are this type with a map for its bytes. With
/// [`AsMut`] the elements can be changed in place.
///
/// It is safe with any `B`: should its [`AsRef`] give other bytes each time, every call takes them once and checks
/// those.
///
/// # Examples
/// ```
/// # #[cfg(feature = "ndarray")] {
/// use ndarray::ArrayView2;
/// use npymap::{Le, NpyView};
///
/// let bytes = std::fs::read("testdata/iris.npy")?;
/// let view = NpyView::new(bytes.as_slice())?;
/// assert_eq!(view.header().shape, [150, 4]);
/// // A vector starts anywhere, so that the elements may not be aligned: `Le` and `Be` take any address.
/// let iris: ArrayView2<Le<f64>> = view.view()?;
/// assert_eq!(iris[[149, 3]].get(), 1.8);
/// # }
/// # Ok::<(), npymap::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct NpyView<B> {
    array: OpenedArray<B>,
    /// Bytes of the data.
    nbytes: usize,
}

impl<B: AsRef<[u8]>> NpyView<B> {
    /// Reads the header at the start of `bytes`, which may go on after the array.
    ///
    /// # Errors
    /// Those of [`Header::parse`], [`Error::Unsupported`](crate::Error::Unsupported) for object arrays, and
    /// [`Error::Format`](crate::Error::Format) where the data are cut off.
    pub fn new(bytes: B) -> Result<Self> {
        Self::new_with(bytes, &Limits::default())
    }

    /// [`NpyView::new`] within other limits.
    ///
    /// # Errors
    /// As [`NpyView::new`].
    pub fn new_with(bytes: B, limits: &Limits) -> Result<Self> {
        let slice = bytes.as_ref();
        let decoded = Decoded::parse(slice, limits)?;
        decoded.header.check_len(decoded.data_offset, slice.len() as u64)?;
        let start = decoded.data_offset;
        Self::of(OpenedArray { source: bytes, start, location: Location::NONE, decoded })
    }

    /// The view of an array that has been opened.
    pub(crate) fn of(array: OpenedArray<B>) -> Result<Self> {
        let header = &array.decoded.header;
        header.check_readable()?;
        Ok(Self { nbytes: header.checked_nbytes()?, array })
    }

    /// What holds the bytes.
    pub(super) fn source(&self) -> &B {
        &self.array.source
    }

    /// What holds the bytes, to be changed.
    #[cfg(feature = "npz")]
    pub(crate) fn source_mut(&mut self) -> &mut B {
        &mut self.array.source
    }

    /// The same array, whose bytes another type holds.
    #[cfg(feature = "npz")]
    pub(crate) fn map_bytes<C>(self, map: impl FnOnce(B) -> C) -> NpyView<C> {
        let Self { array: OpenedArray { source, start, location, decoded }, nbytes } = self;
        NpyView { array: OpenedArray { source: map(source), start, location, decoded }, nbytes }
    }

    /// Bytes of the data.
    pub(super) fn nbytes(&self) -> usize {
        self.nbytes
    }

    /// The result, whose error says where it happened.
    pub(crate) fn located<R>(&self, result: Result<R>) -> Result<R> {
        self.array.location.locate(result)
    }

    /// What the file says of its array.
    pub fn header(&self) -> &Header {
        &self.array.decoded.header
    }

    /// Bytes from the start of the file to its data; of the archive, where it is an entry of one.
    pub fn data_offset(&self) -> u64 {
        self.array.decoded.data_offset
    }

    /// What holds the bytes: for [`NpyView::new`], all that it was given.
    pub fn into_inner(self) -> B {
        self.array.source
    }

    /// The data, byte by byte as they stand in the file; of bytes that have become fewer, none.
    pub fn as_bytes(&self) -> &[u8] {
        self.array.bytes(self.nbytes).unwrap_or_default()
    }

    /// The data where they are; the bytes are asked for once.
    pub(super) fn data_view(&self) -> Result<DataView<'_>> {
        let OpenedArray { location, decoded, .. } = &self.array;
        let bytes = location.locate(self.array.bytes(self.nbytes))?;
        Ok(DataView::new(location, decoded, bytes))
    }

    /// The elements in the order of the file, without a copy.
    ///
    /// # Errors
    /// [`Error::Mismatch`](crate::Error::Mismatch) where the file holds another dtype, another byte order, or its
    /// data are not aligned for `T`; [`Error::Format`](crate::Error::Format) for bytes that are no value of the dtype,
    /// for which every `bool` is looked at.
    ///
    /// # Examples
    /// ```
    /// // SAFETY: nobody changes the file meanwhile.
    /// let map = unsafe { npymap::NpyMap::open("testdata/iris.npy")? };
    /// assert_eq!(map.as_slice::<f64>()?[..4], [5.1, 3.5, 1.4, 0.2]);
    /// # Ok::<(), npymap::Error>(())
    /// ```
    pub fn as_slice<T: Element>(&self) -> Result<&[T]> {
        self.data_view()?.elements()
    }

    /// The array, without a copy; of a Fortran-order file with column-major strides.
    ///
    /// # Errors
    /// As [`NpyView::as_slice`], and [`Error::Mismatch`](crate::Error::Mismatch) for another number of axes.
    #[cfg(feature = "ndarray")]
    pub fn view<T: Element, D: ndarray::Dimension>(&self) -> Result<ndarray::ArrayView<'_, T, D>> {
        self.data_view()?.view()
    }

    /// The array, without a copy where the file's bytes are the elements' own, and converted where byte order or
    /// alignment stand in the way.
    ///
    /// # Errors
    /// As [`NpyFile::read`](crate::NpyFile::read).
    ///
    /// # Examples
    /// ```
    /// use ndarray::Ix2;
    ///
    /// // SAFETY: nobody changes the file meanwhile.
    /// let map = unsafe { npymap::NpyMap::open("testdata/iris.npy")? };
    /// assert!(map.view_cow::<f64, Ix2>()?.is_view());
    /// # Ok::<(), npymap::Error>(())
    /// ```
    #[cfg(feature = "ndarray")]
    pub fn view_cow<T: Element, D: ndarray::Dimension>(&self) -> Result<ndarray::CowArray<'_, T, D>> {
        self.data_view()?.view_cow()
    }

    /// A copy of the array, converted where byte order or alignment stand in the way.
    ///
    /// # Errors
    /// As [`NpyFile::read`](crate::NpyFile::read).
    #[cfg(feature = "ndarray")]
    pub fn to_array<T: Load, D: ndarray::Dimension>(&self) -> Result<ndarray::Array<T, D>> {
        self.data_view()?.data().read()
    }

    /// A copy of all elements in the order of the file, converted where byte order or alignment stand in the way.
    ///
    /// # Errors
    /// As [`NpyFile::read_vec`](crate::NpyFile::read_vec).
    ///
    /// # Examples
    /// ```
    /// let bytes = std::fs::read("testdata/iris.npy")?;
    /// assert_eq!(npymap::NpyView::new(&bytes)?.to_vec::<f64>()?.len(), 600);
    /// # Ok::<(), npymap::Error>(())
    /// ```
    pub fn to_vec<T: Load>(&self) -> Result<Vec<T>> {
        self.data_view()?.data().read_vec()
    }

    /// The array, whatever its elements are: without a copy where the file's bytes are the elements' own.
    ///
    /// # Errors
    /// [`Error::Format`](crate::Error::Format) for bytes that are no value of the dtype, and [`Error::Limit`](crate::Error::Limit) where a copy is needed for which
    /// there is no memory.
    #[cfg(feature = "ndarray")]
    pub fn view_any(&self) -> Result<crate::AnyView<'_>> {
        crate::AnyView::of(self.data_view()?)
    }

    /// One field of an array of records, without a copy: NumPy's `m['name']`.
    ///
    /// `path` is the field's name or title; that of a field of a field follows after a dot, as in `"at.x"`, and a name
    /// that has a dot itself is looked for first. The axes of subarrays on the way are appended to the shape.
    ///
    /// # Errors
    /// [`Error::Mismatch`](crate::Error::Mismatch) where there is no such field, or it has another dtype, byte order or number of axes; and where
    /// no view of `T` can have its elements that far apart: the size of the records is no multiple of that of `T`, or the
    /// field is not aligned for it. [`load`](crate::load) of a struct with `#[npy(subset)]` reads it then.
    /// [`Error::Format`](crate::Error::Format) for bytes that are no value of the dtype.
    ///
    /// # Examples
    /// ```
    /// use ndarray::{Ix1, Ix2};
    /// use npymap::NpyMap;
    ///
    /// // SAFETY: nobody changes the files meanwhile.
    /// let map = unsafe { NpyMap::open("testdata/numpy-2.4/record-aligned.npy")? };
    /// assert_eq!(map.field::<f64, Ix1>("b")?.to_vec(), [1.0, 1.25, 1.5]);
    ///
    /// let map = unsafe { NpyMap::open("testdata/numpy-2.4/record-nested-aligned.npy")? };
    /// assert_eq!(map.field::<f64, Ix1>("at.y")?.to_vec(), [1.75, 2.0, 2.25]);
    /// # Ok::<(), npymap::Error>(())
    /// ```
    #[cfg(feature = "ndarray")]
    pub fn field<T: Element, D: ndarray::Dimension>(
        &self,
        path: &str,
    ) -> Result<ndarray::ArrayView<'_, T, D>> {
        self.data_view()?.field(path)
    }
}

impl<B: AsRef<[u8]> + AsMut<[u8]>> NpyView<B> {
    /// What `view` makes of the bytes of the data, which it may change.
    fn with_bytes_mut<'a, R>(
        &'a mut self,
        view: impl FnOnce(&'a Decoded, &'a mut [u8]) -> Result<R>,
    ) -> Result<R> {
        let OpenedArray { source, start, location, decoded } = &mut self.array;
        let (decoded, location) = (&*decoded, &*location);
        let bytes = usize::try_from(*start).ok().and_then(|start| source.as_mut().get_mut(start..));
        let found = bytes.as_ref().map_or(0, |bytes| bytes.len());
        let bytes = bytes.and_then(|bytes| bytes.get_mut(..self.nbytes));
        let bytes = bytes.ok_or_else(|| decoded.header.truncated(found as u64));
        location.locate(bytes.and_then(|bytes| view(decoded, bytes)))
    }

    /// The elements in the order of the file, to be changed in place.
    ///
    /// # Errors
    /// As [`NpyView::as_slice`].
    pub fn as_mut_slice<T: Element>(&mut self) -> Result<&mut [T]> {
        self.with_bytes_mut(|decoded, bytes| Layout::of::<T>(decoded)?.elements_mut(bytes))
    }

    /// The array, to be changed in place.
    ///
    /// # Errors
    /// As [`NpyView::view`], and [`Error::Mismatch`](crate::Error::Mismatch) for records with padding between their fields, where a write would
    /// leave whatever is in memory.
    #[cfg(feature = "ndarray")]
    pub fn view_mut<T: Element, D: ndarray::Dimension>(&mut self) -> Result<ndarray::ArrayViewMut<'_, T, D>> {
        self.with_bytes_mut(|decoded, bytes| {
            let layout = Layout::of::<T>(decoded)?;
            layout.view_mut(layout.elements_mut(bytes)?)
        })
    }

    /// One field of an array of records, to be changed in place: NumPy's `m['name'][...] = value`.
    ///
    /// `path` and the shape are those of [`NpyView::field`]; the bytes of other fields and of padding stay as they are.
    ///
    /// # Errors
    /// As [`NpyView::field`]; for a field that is unaligned or in the other byte order,
    /// [`Le<T>`](crate::Le) and [`Be<T>`](crate::Be) are the way. [`Error::Mismatch`](crate::Error::Mismatch) as well for a field that is a
    /// record itself and has padding in `T`, or other fields.
    ///
    /// # Examples
    /// ```
    /// use ndarray::Ix1;
    /// use npymap::NpyMapMut;
    ///
    /// # let path = std::env::temp_dir().join(format!("npymap-doc-field-mut-{}.npy", std::process::id()));
    /// std::fs::copy("testdata/numpy-2.4/record-nested-aligned.npy", &path)?;
    /// // SAFETY: nobody else changes the file meanwhile.
    /// let mut map = unsafe { NpyMapMut::open(&path)? };
    /// map.field_mut::<f64, Ix1>("at.y")?.mapv_inplace(|y| y * 2.0);
    /// assert_eq!(map.field::<f64, Ix1>("at.y")?.to_vec(), [3.5, 4.0, 4.5]);
    /// map.close()?;
    /// # std::fs::remove_file(&path)?;
    /// # Ok::<(), npymap::Error>(())
    /// ```
    ///
    /// Fields may lie over each other, so there is one view at a time; this does not compile:
    ///
    /// ```compile_fail,E0499
    /// # use npymap::NpyMapMut;
    /// # use ndarray::Ix1;
    /// # let mut map = unsafe { NpyMapMut::open_copy("testdata/numpy-2.4/record-aligned.npy") }.unwrap();
    /// let mut a = map.field_mut::<i8, Ix1>("a").unwrap();
    /// let mut b = map.field_mut::<f64, Ix1>("b").unwrap();
    /// a[0] = b[0] as i8;
    /// ```
    #[cfg(feature = "ndarray")]
    pub fn field_mut<T: Element, D: ndarray::Dimension>(
        &mut self,
        path: &str,
    ) -> Result<ndarray::ArrayViewMut<'_, T, D>> {
        self.with_bytes_mut(|decoded, bytes| {
            FieldLayout::new::<T>(&decoded.header, decoded.data_offset, path)?.view_mut(bytes)
        })
    }
}
