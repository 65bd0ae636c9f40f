//! What NumPy would print of a file, without reading the rest.

use std::fmt;
use std::io::{self, Read};

use super::file::NpyFile;
use super::reader::{NpyReader, read_counted};
use crate::dtype::DType;
use crate::error::{LimitProblem, Result};
use crate::header::{Header, Order};
use crate::print::{Items, PrintOptions, stored_shape, write_array};

/// Elements that lie closer together than this are read at once: a system call costs more than the bytes between.
const GAP: u64 = 4096;

/// Bytes that are read at once at most, so that memory follows the bytes that come and not the claims of a header.
const RUN_MOST: usize = 32 * 1024;

/// Values without bytes that are printed at most: nothing in the file justifies more.
const PRINTED_MOST: usize = 1_000_000;

/// The text that Python's `print` shows of an array; of a large one only the corners are read.
///
/// # Examples
/// ```
/// use npymap::{NpyFile, PrintOptions};
///
/// let preview = NpyFile::open("testdata/iris.npy")?.preview(&PrintOptions::default())?;
/// assert!(preview.to_string().starts_with("[[5.1 3.5 1.4 0.2]\n [4.9 3.  1.4 0.2]\n"));
/// # Ok::<(), npymap::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Preview {
    dtype: DType,
    /// The shape of the array, with the axes of a dtype that is a subarray.
    shape: Vec<usize>,
    /// The elements that are shown, in C order.
    bytes: Vec<u8>,
    options: PrintOptions,
}

impl fmt::Display for Preview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_array(f, &Items { dtype: &self.dtype, shape: &self.shape, bytes: &self.bytes }, &self.options)
    }
}

impl NpyFile {
    /// What NumPy would print of the array, reading only the elements that it shows.
    ///
    /// # Errors
    /// [`Error::Unsupported`](crate::Error::Unsupported) for object arrays, [`Error::Io`](crate::Error::Io) where
    /// the file cannot be read, and [`Error::Format`](crate::Error::Format) where it has shrunk.
    pub fn preview(&self, options: &PrintOptions) -> Result<Preview> {
        Preview::new(self.header(), options, |offset, bytes| self.read_data_at(offset, bytes))
            .map_err(|error| error.at_path(self.path()))
    }
}

impl<R: Read> NpyReader<R> {
    /// What NumPy would print of the array, keeping only the elements that it shows.
    ///
    /// # Errors
    /// As [`NpyFile::preview`].
    pub fn preview(self, options: &PrintOptions) -> Result<Preview> {
        let (mut reader, decoded) = self.into_parts();
        let mut position = 0;
        Preview::new(&decoded.header, options, |offset, bytes| {
            // Runs come in the order of the stream.
            let skip = offset.saturating_sub(position);
            let skipped = io::copy(&mut (&mut reader).take(skip), &mut io::sink())?;
            if skipped < skip {
                return Err(decoded.header.truncated(position + skipped));
            }
            position = offset;
            read_counted(&mut reader, bytes, &mut position).map_err(|error| match error.kind() {
                io::ErrorKind::UnexpectedEof => decoded.header.truncated(position),
                _ => error.into(),
            })
        })
    }
}

impl Preview {
    /// Reads what is shown by `read`, which is asked for runs of the data in ascending order.
    pub(super) fn new(
        header: &Header,
        options: &PrintOptions,
        mut read: impl FnMut(u64, &mut [u8]) -> Result<()>,
    ) -> Result<Self> {
        header.check_readable()?;
        header.checked_nbytes()?;
        let (axes, dtype) = header.dtype.flattened();
        let shape = [header.shape.as_slice(), &axes].concat();
        let size = dtype.itemsize();
        let shown = Shown::new(&shape, &stored_shape(&shape, options), header.order);
        // Elements without bytes are as many as the header claims, and no file has to hold them.
        let printed = shown.len.saturating_mul(printed_items(dtype));
        let limit = PRINTED_MOST.saturating_add(shown.len.saturating_mul(size));
        if printed > limit {
            return Err(LimitProblem::Printed { found: printed, limit }.into());
        }
        let elements = gather(&shown, size, &mut read)?;
        let bytes = match header.order {
            Order::C => elements,
            Order::F => shown.in_c_order(&elements, size)?,
        };
        Ok(Self { dtype: dtype.clone(), shape, bytes, options: *options })
    }
}

/// How many values are printed of one element.
fn printed_items(dtype: &DType) -> usize {
    match dtype {
        DType::Structured(structured) => structured
            .fields()
            .iter()
            .fold(1usize, |items, field| items.saturating_add(printed_items(field.dtype()))),
        DType::Subarray(subarray) => subarray
            .shape()
            .iter()
            .fold(printed_items(subarray.base()), |items, &axis| items.saturating_mul(axis.max(1))),
        DType::Scalar(_) => 1,
    }
}

/// The elements of `size` bytes that are shown, in the order of the file. Memory follows the bytes that come.
fn gather(
    shown: &Shown,
    size: usize,
    read: &mut impl FnMut(u64, &mut [u8]) -> Result<()>,
) -> Result<Vec<u8>> {
    let mut elements = Vec::new();
    if size == 0 {
        return Ok(elements);
    }
    let file_size = size as u64;
    let mut run = Vec::new();
    let mut index = 0;
    while index < shown.len {
        let (start, _) = shown.at(index);
        if size > RUN_MOST {
            for done in (0..size).step_by(RUN_MOST) {
                let piece = append(&mut elements, RUN_MOST.min(size - done))?;
                read(start * file_size + done as u64, piece)?;
            }
            index += 1;
            continue;
        }
        // Elements that lie near each other are read together.
        let first = index;
        let mut end = start + 1;
        index += 1;
        while index < shown.len {
            let (next, _) = shown.at(index);
            let run_len = (next + 1 - start).saturating_mul(file_size);
            if (next - end).saturating_mul(file_size) > GAP || run_len > RUN_MOST as u64 {
                break;
            }
            end = next + 1;
            index += 1;
        }
        run.resize((end - start) as usize * size, 0);
        read(start * file_size, &mut run)?;
        for index in first..index {
            let position = (shown.at(index).0 - start) as usize;
            let element = run.get(position * size..(position + 1) * size).unwrap_or_default();
            append(&mut elements, size)?.copy_from_slice(element);
        }
    }
    Ok(elements)
}

/// `len` more bytes at the end of `bytes`.
fn append(bytes: &mut Vec<u8>, len: usize) -> Result<&mut [u8]> {
    let start = bytes.len();
    bytes.try_reserve(len).map_err(|_| LimitProblem::Memory((start as u64).saturating_add(len as u64)))?;
    bytes.resize(start + len, 0);
    Ok(bytes.get_mut(start..).unwrap_or_default())
}

/// Which elements of an array are shown: of each axis all, or the first and the last few.
struct Shown {
    /// In the order of the file: the last one runs fastest.
    axes: Vec<ShownAxis>,
    len: usize,
}

struct ShownAxis {
    axis: usize,
    shown: usize,
    /// Elements of the file from one step of this axis to the next.
    stride: u64,
    /// Elements that are shown, in C order, from one step of this axis to the next.
    shown_stride: usize,
}

impl Shown {
    fn new(shape: &[usize], shown: &[usize], order: Order) -> Self {
        let mut shown_stride = 1;
        let mut axes = Vec::with_capacity(shape.len());
        for (&axis, &shown) in shape.iter().zip(shown).rev() {
            axes.push(ShownAxis { axis, shown, stride: 0, shown_stride });
            shown_stride *= shown;
        }
        if order == Order::C {
            axes.reverse();
        }
        let mut stride = 1;
        for axis in axes.iter_mut().rev() {
            axis.stride = stride;
            stride *= axis.axis as u64;
        }
        Self { axes, len: shown_stride }
    }

    /// Where the element stands that is shown and comes as number `index` in the file: among the elements of the
    /// file, and among those that are shown, in C order.
    fn at(&self, mut index: usize) -> (u64, usize) {
        let (mut position, mut place) = (0, 0);
        for axis in self.axes.iter().rev() {
            let shown = axis.shown.max(1);
            let at = index % shown;
            index /= shown;
            place += at * axis.shown_stride;
            // The second half of an axis that is cut counts from its end.
            let at = if at < shown / 2 { at } else { axis.axis - (shown - at) };
            position += at as u64 * axis.stride;
        }
        (position, place)
    }

    /// `elements`, which are in the order of the file.
    fn in_c_order(&self, elements: &[u8], size: usize) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        append(&mut bytes, elements.len())?;
        for (index, element) in elements.chunks_exact(size.max(1)).enumerate() {
            let (_, place) = self.at(index);
            if let Some(target) = bytes.get_mut(place * size..(place + 1) * size) {
                target.copy_from_slice(element);
            }
        }
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corners_are_found_in_both_orders() {
        let positions = |order| {
            let shown = Shown::new(&[5, 4], &[2, 4], order);
            (0..shown.len).map(|index| shown.at(index)).collect::<Vec<_>>()
        };
        let c = [(0, 0), (1, 1), (2, 2), (3, 3), (16, 4), (17, 5), (18, 6), (19, 7)];
        assert_eq!(positions(Order::C), c);
        let f = [(0, 0), (4, 4), (5, 1), (9, 5), (10, 2), (14, 6), (15, 3), (19, 7)];
        assert_eq!(positions(Order::F), f);
        assert_eq!(Shown::new(&[], &[], Order::C).at(0), (0, 0));
    }
}
