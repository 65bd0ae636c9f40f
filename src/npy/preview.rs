//! What NumPy would print of a file, without reading the rest.

use std::fmt;
use std::io::{self, Read};

use super::file::NpyFile;
use super::reader::NpyReader;
use crate::dtype::DType;
use crate::error::{LimitProblem, Result};
use crate::header::{Decoded, Order};
use crate::print::{Items, PrintOptions, stored_shape, write_array};

/// Elements that lie closer together than this are read at once: a system call costs more than the bytes between.
const GAP: u64 = 4096;

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
        Preview::new(self.decoded(), options, |offset, bytes| self.read_data_at(offset, bytes))
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
        Preview::new(&decoded, options, |offset, bytes| {
            // Runs come in the order of the stream.
            let skip = offset.saturating_sub(position);
            let skipped = io::copy(&mut (&mut reader).take(skip), &mut io::sink())?;
            if skipped < skip {
                return Err(decoded.header.truncated(position + skipped));
            }
            reader.read_exact(bytes).map_err(|error| match error.kind() {
                io::ErrorKind::UnexpectedEof => decoded.header.truncated(offset),
                _ => error.into(),
            })?;
            position = offset + bytes.len() as u64;
            Ok(())
        })
    }
}

impl Preview {
    /// Reads what is shown by `read`, which is asked for runs of the data in ascending order.
    fn new(
        decoded: &Decoded,
        options: &PrintOptions,
        mut read: impl FnMut(u64, &mut [u8]) -> Result<()>,
    ) -> Result<Self> {
        decoded.header.check_readable()?;
        decoded.header.checked_nbytes()?;
        let header = &decoded.header;
        let (axes, dtype) = header.dtype.flattened();
        let shape = [header.shape.as_slice(), &axes].concat();
        // NumPy prints a number with fields over it as the number.
        let dtype = match dtype {
            DType::Structured(fields) => {
                fields.scalar().map_or_else(|| dtype.clone(), |&scalar| scalar.into())
            }
            dtype => dtype.clone(),
        };
        let size = dtype.itemsize();
        let shown = Shown::new(&shape, &stored_shape(&shape, options), header.order);
        let mut bytes = zeroed(shown.len, size)?;
        if bytes.is_empty() {
            return Ok(Self { dtype, shape, bytes, options: *options });
        }
        // The elements in the order of the file, each with its place in what is shown.
        let mut places: Vec<(u64, usize)> =
            (0..shown.len).map(|index| (shown.position(index), index)).collect();
        places.sort_unstable();
        let mut run = Vec::new();
        let mut places = places.as_slice();
        while let Some(&(start, _)) = places.first() {
            let size = size as u64;
            let near = |pair: &[(u64, usize)]| matches!(pair, [a, b] if (b.0 - a.0 - 1) * size <= GAP);
            let count = 1 + places.windows(2).take_while(|pair| near(pair)).count();
            let (now, later) = places.split_at(count);
            let end = now.last().map_or(start, |&(position, _)| position) + 1;
            run.resize(((end - start) * size) as usize, 0);
            read(start * size, &mut run)?;
            for &(position, index) in now {
                let from = ((position - start) * size) as usize;
                let to = index * size as usize;
                if let (Some(from), Some(to)) =
                    (run.get(from..from + size as usize), bytes.get_mut(to..to + size as usize))
                {
                    to.copy_from_slice(from);
                }
            }
            places = later;
        }
        Ok(Self { dtype, shape, bytes, options: *options })
    }
}

fn zeroed(len: usize, size: usize) -> Result<Vec<u8>> {
    let total = len.checked_mul(size).ok_or(LimitProblem::Memory(u64::MAX))?;
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(total).map_err(|_| LimitProblem::Memory(total as u64))?;
    bytes.resize(total, 0);
    Ok(bytes)
}

/// Which elements of an array are shown: of each axis all, or the first and the last few.
struct Shown {
    axes: Vec<ShownAxis>,
    len: usize,
}

struct ShownAxis {
    axis: usize,
    shown: usize,
    /// Elements of the file from one step of this axis to the next.
    stride: u64,
}

impl Shown {
    fn new(shape: &[usize], shown: &[usize], order: Order) -> Self {
        let mut stride = 1;
        let mut strides = vec![0; shape.len()];
        let mut axis = |index: usize| {
            if let (Some(target), Some(&axis)) = (strides.get_mut(index), shape.get(index)) {
                *target = stride;
                stride *= axis as u64;
            }
        };
        match order {
            Order::C => (0..shape.len()).rev().for_each(&mut axis),
            Order::F => (0..shape.len()).for_each(&mut axis),
        }
        let axes = shape
            .iter()
            .zip(shown)
            .zip(strides)
            .map(|((&axis, &shown), stride)| ShownAxis { axis, shown, stride })
            .collect();
        Self { axes, len: shown.iter().product() }
    }

    /// Where in the file the element stands that is shown as number `index`, in elements.
    fn position(&self, mut index: usize) -> u64 {
        let mut position = 0;
        for axis in self.axes.iter().rev() {
            let shown = axis.shown.max(1);
            let at = index % shown;
            index /= shown;
            // The second half of an axis that is cut counts from its end.
            let at = if at < shown / 2 { at } else { axis.axis - (shown - at) };
            position += at as u64 * axis.stride;
        }
        position
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corners_are_found_in_both_orders() {
        let positions = |order| {
            let shown = Shown::new(&[5, 4], &[2, 4], order);
            (0..shown.len).map(|index| shown.position(index)).collect::<Vec<_>>()
        };
        assert_eq!(positions(Order::C), [0, 1, 2, 3, 16, 17, 18, 19]);
        assert_eq!(positions(Order::F), [0, 5, 10, 15, 4, 9, 14, 19]);
        assert_eq!(Shown::new(&[], &[], Order::C).position(0), 0);
    }
}
