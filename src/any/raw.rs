//! Arrays as the bytes that stand in the file: records, text and raw bytes of any dtype.

use std::borrow::Cow;
use std::io::Write;

use ndarray::{Array, Dimension};

use super::AnyArray;
use crate::array::{Data, DataView, FieldPath, Load, Save, record_strides, with_strides};
use crate::dtype::DType;
use crate::element::descr;
use crate::error::{Error, FormatProblem, Location, MismatchProblem, Result};
use crate::header::{Decoded, Header, Order};
use crate::kernels::{Conversion, Source, Trust};
use crate::literal::repr_str;

/// An array whose elements are bytes and a dtype: records whose fields are asked for by name, text, raw bytes.
///
/// # Examples
/// ```
/// use npymap::AnyArray;
///
/// let AnyArray::Record(records) = AnyArray::load("testdata/numpy-2.4/record-nested-aligned.npy")? else {
///     panic!("no records");
/// };
/// match records.field("at.y")? {
///     AnyArray::F64(y) => assert_eq!(y.as_slice(), Some(&[1.75, 2.0, 2.25][..])),
///     other => panic!("{} is no float64", other.dtype()),
/// }
/// # Ok::<(), npymap::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct RawArray<'a> {
    /// Its dtype is no subarray.
    header: Header,
    /// Bytes from the start of the file to the data.
    data_offset: u64,
    /// In the order of the file.
    bytes: Cow<'a, [u8]>,
}

impl RawArray<'static> {
    pub(super) fn read(data: &mut Data<'_>) -> Result<Self> {
        let (header, data_offset) = (plain(data.header()), data.data_offset());
        Ok(Self { header, data_offset, bytes: data.read_bytes()?.into() })
    }
}

/// The same header with the axes of a subarray among its own.
fn plain(header: &Header) -> Header {
    Header::new(header.dtype.clone(), header.shape.as_slice()).with_order(header.order)
}

impl<'a> RawArray<'a> {
    pub(super) fn view(file: DataView<'a>) -> Self {
        Self { header: plain(file.header()), data_offset: file.data_offset(), bytes: file.bytes().into() }
    }

    fn data(&self) -> Data<'_> {
        Data::of_memory(&self.header, self.data_offset, &self.bytes)
    }

    /// Its dtype, memory order and shape.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// What one element is, byte order included.
    pub fn dtype(&self) -> &DType {
        &self.header.dtype
    }

    /// Elements along each axis; empty for a 0-d array.
    pub fn shape(&self) -> &[usize] {
        &self.header.shape
    }

    /// The elements, byte by byte, in the order that the header tells.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The same array with bytes of its own, where they were borrowed.
    ///
    /// # Errors
    /// [`Error::Limit`] where there is no memory for them.
    pub fn into_owned(self) -> Result<RawArray<'static>> {
        if let Cow::Borrowed(_) = self.bytes {
            return RawArray::read(&mut self.data());
        }
        let Self { header, data_offset, bytes } = self;
        Ok(RawArray { header, data_offset, bytes: bytes.into_owned().into() })
    }

    /// The array as elements of a Rust type: a struct with `#[derive(Record)]`, `String`, `Vec<u8>`, `[u8; N]`.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where it has another dtype or number of axes, [`Error::Format`] for bytes that are no
    /// value of the dtype.
    pub fn to_array<T: Load, D: Dimension>(&self) -> Result<Array<T, D>> {
        self.data().read()
    }

    /// One field of all records, as NumPy's `a['name']`.
    ///
    /// `path` is the field's name or title; that of a field of a field follows after a dot, as in `"at.x"`, and a name
    /// that has a dot itself is looked for first. The axes of subarrays on the way are appended to the shape.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where there is no such field, [`Error::Format`] for bytes that are no value of its dtype.
    pub fn field(&self, path: &str) -> Result<AnyArray> {
        let no_field = || MismatchProblem::Field { path: repr_str(path), dtype: descr(&self.header.dtype) };
        let FieldPath { offset, mut axes, dtype } =
            FieldPath::find(&self.header.dtype, path).ok_or_else(no_field)?;
        let (own, base) = dtype.flattened();
        axes.extend(with_strides(&own, base.itemsize()));
        let outer = &self.header.shape;
        // Without further axes the records can be gone through as they stand.
        let order = if axes.is_empty() { self.header.order } else { Order::C };
        let shape: Vec<usize> = outer.iter().copied().chain(axes.iter().map(|&(len, _)| len)).collect();
        let header = Header { dtype: base.clone(), order, shape };
        let strides = match order {
            Order::F => {
                with_strides(outer, self.header.dtype.itemsize()).into_iter().map(|(_, far)| far).collect()
            }
            Order::C => record_strides(&self.header),
        };
        let mut all: Vec<_> = outer.iter().copied().zip(strides).chain(axes).collect();
        // What lies side by side is one run.
        let mut len = base.itemsize();
        while let Some(&(count, _)) = all.last().filter(|&&(count, stride)| stride == len || count == 1) {
            len *= count;
            all.pop();
        }
        let runs = Runs { offset, axes: all, len };
        let (mut number, mut within) = (0, 0);
        let mut next = |_, mut piece: &mut [u8]| {
            while !piece.is_empty() {
                let now = piece.len().min(runs.len - within);
                let start = runs.start(number) + within;
                let (to, rest) = piece.split_at_mut(now);
                let from = self.bytes.get(start..start + now);
                to.copy_from_slice(from.ok_or_else(|| self.header.truncated(self.bytes.len() as u64))?);
                within += now;
                if within == runs.len {
                    (number, within) = (number + 1, 0);
                }
                piece = rest;
            }
            Ok(())
        };
        let decoded = Decoded { header, version: (0, 0), data_offset: self.data_offset };
        let source = Source::Stream(Trust::Checked, &mut next);
        AnyArray::read(&mut Data::new(&Location::NONE, &decoded, source))
            .map_err(|error| self.in_file(error, &runs))
    }

    /// The error of an element of a field, with the byte of the file where it stands.
    fn in_file(&self, error: Error, runs: &Runs) -> Error {
        match error {
            Error::Format { location, mut problem } => {
                if let FormatProblem::Element { at, .. } = problem.as_mut()
                    && let Ok(gathered) = usize::try_from(*at - self.data_offset)
                {
                    *at = self.data_offset + (runs.start(gathered / runs.len) + gathered % runs.len) as u64;
                }
                Error::Format { location, problem }
            }
            error => error,
        }
    }
}

/// Bytes that lie apart, in runs of the same length.
struct Runs {
    offset: usize,
    /// Lengths, and strides in bytes.
    axes: Vec<(usize, usize)>,
    len: usize,
}

impl Runs {
    /// Where a run starts.
    fn start(&self, mut number: usize) -> usize {
        let mut start = self.offset;
        for &(len, stride) in self.axes.iter().rev() {
            let len = len.max(1);
            start += number % len * stride;
            number /= len;
        }
        start
    }
}

impl Save for RawArray<'_> {
    fn header(&self) -> Header {
        self.header.clone()
    }

    /// Bytes can only be saved as what they are.
    fn write_elements_as(&self, dtype: &DType, writer: &mut dyn Write) -> Result<()> {
        if *dtype != self.header.dtype || Conversion::new(dtype, &self.header.dtype).is_err() {
            let wanted = "RawArray".to_string();
            let expected = descr(&self.header.dtype);
            return Err(MismatchProblem::SavedAs { dtype: descr(dtype), wanted, expected }.into());
        }
        Ok(writer.write_all(&self.bytes)?)
    }
}
