//! What NumPy would print of a file, without reading the rest.

use std::fmt;

use super::data::Data;
use super::gathered::Gathered;
use crate::dtype::DType;
use crate::error::{Error, LimitProblem, MismatchProblem, Result};
use crate::header::{Header, shape_text};
use crate::print::{Items, PrintOptions, stored_shape, write_array};
use crate::slice::{Axis, Slice, SlicePlan, SliceRange, Taken};

/// Bytes that are read at once at most, so that memory follows the bytes that come and not the claims of a header.
const MAX_RANGE: usize = 32 * 1024;

/// Values without bytes that are printed at most: nothing in the file justifies more.
const MAX_PRINTED: usize = 1_000_000;

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

impl Preview {
    /// What NumPy would print of an array of that shape whose shown elements are at hand: `bytes` has those of
    /// [`PrintOptions::shown_shape`] in C order, each in the byte order of `dtype`.
    ///
    /// # Errors
    /// [`Error::Unsupported`](crate::Error::Unsupported) for objects; [`Error::Mismatch`](crate::Error::Mismatch) for
    /// another number of bytes, and for a dtype that is a subarray, whose axes belong to `shape`.
    ///
    /// # Examples
    /// ```
    /// use npymap::{DType, Preview, PrintOptions};
    ///
    /// let preview = Preview::of_elements(DType::of::<u8>(), [2, 2], vec![1, 2, 3, 40], &PrintOptions::default())?;
    /// assert_eq!(preview.to_string(), "[[ 1  2]\n [ 3 40]]");
    /// # Ok::<(), npymap::Error>(())
    /// ```
    pub fn of_elements(
        dtype: DType,
        shape: impl Into<Vec<usize>>,
        bytes: Vec<u8>,
        options: &PrintOptions,
    ) -> Result<Self> {
        let shape = shape.into();
        let header = Header::new(dtype, stored_shape(&shape, options));
        header.check_readable()?;
        let len = header.len().unwrap_or(usize::MAX);
        check_printed(len, &header.dtype)?;
        let itemsize = header.dtype.itemsize();
        let needed = len.checked_mul(itemsize);
        if needed != Some(bytes.len()) || matches!(header.dtype, DType::Subarray(_)) {
            let (shape, found) = (shape_text(&header.shape), len);
            let expected = bytes.len().checked_div(itemsize).unwrap_or(0);
            return Err(MismatchProblem::Len { shape, found, expected }.into());
        }
        Ok(Self { dtype: header.dtype, shape, bytes, options: *options })
    }

    /// Reads what is shown of a part of `data`.
    pub(crate) fn read(
        data: &mut Data<'_>,
        slice: impl TryInto<Slice, Error: Into<Error>>,
        options: &PrintOptions,
    ) -> Result<Self> {
        data.located(|data| {
            let slice = slice.try_into().map_err(Into::into)?;
            let header = data.header();
            header.check_readable()?;
            header.checked_nbytes()?;
            let (axes, dtype) = header.dtype.flattened();
            let shape = [header.shape.as_slice(), &axes].concat();
            let size = dtype.itemsize();
            let taken = Taken::new(&shape, header.order, size, data.data_offset(), &slice)?;
            let stored = stored_shape(&taken.shape, options);
            let len = stored.iter().fold(1usize, |len, &axis| len.saturating_mul(axis));
            check_printed(len, dtype)?;
            let plan = shown(&taken, &stored, size).max_range(MAX_RANGE);
            let bytes = collect(&plan, data.gathered(&plan))?;
            let shape = taken.shape;
            Ok(Self { dtype: dtype.clone(), shape, bytes, options: *options })
        })
    }
}

/// Elements without bytes are as many as the header claims, and no file has to hold them.
fn check_printed(len: usize, dtype: &DType) -> Result<()> {
    let printed = len.saturating_mul(printed_items(dtype));
    let limit = MAX_PRINTED.saturating_add(len.saturating_mul(dtype.itemsize()));
    if printed > limit {
        return Err(LimitProblem::Printed { found: printed, limit }.into());
    }
    Ok(())
}

/// The plan for what is shown of what is taken: of each axis all, or the first and the last few. It has `stored` as its
/// shape, and places them in C order.
fn shown(taken: &Taken, stored: &[usize], size: usize) -> SlicePlan {
    // Bytes of the result from one step of each of its axes to the next.
    let mut place_steps = vec![size as isize; stored.len()];
    for axis in (1..stored.len()).rev() {
        if let [.., before, after] = place_steps.get_mut(..=axis).unwrap_or_default() {
            *before = after.saturating_mul(stored.get(axis).map_or(1, |&len| len as isize));
        }
    }
    let (mut start, mut place) = (taken.start, 0);
    let mut axes = Vec::with_capacity(taken.axes.len());
    for axis in &taken.axes {
        let Some(result) = axis.axis else { continue };
        let shown = stored.get(result).map_or(0, |&shown| shown as u64);
        let mut place_step = place_steps.get(result).copied().unwrap_or_default();
        let (len, step) = (axis.len as u64, axis.step);
        if axis.backward {
            place += shown.saturating_sub(1) as isize * place_step;
            place_step = -place_step;
        }
        if shown == len {
            axes.push(Axis { len, step, place_step });
            continue;
        }
        // Where an axis is cut, as many are shown of its end as of its start, or the last alone.
        let edge = shown / 2;
        if edge == 0 {
            start += if axis.backward { 0 } else { (len - 1) * step };
        } else {
            axes.push(Axis { len: 2, step: (len - edge) * step, place_step: place_step * edge as isize });
            axes.push(Axis { len: edge, step, place_step });
        }
    }
    SlicePlan::of_axes(&axes, start, place.unsigned_abs(), size)
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

/// The bytes of a plan at their places. Memory follows the bytes that come.
fn collect<'p>(
    plan: &'p SlicePlan,
    mut source: Gathered<impl Iterator<Item = SliceRange<'p>>, impl FnMut(u64, &mut [u8]) -> Result<()>>,
) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    while bytes.len() < plan.nbytes() {
        let len = MAX_RANGE.min(plan.nbytes() - bytes.len());
        source.read_exact(append(&mut bytes, len)?)?;
    }
    if plan.is_in_file_order() {
        return Ok(bytes);
    }
    let mut placed = Vec::new();
    plan.reorder(&bytes, append(&mut placed, bytes.len())?);
    Ok(placed)
}

/// `len` more bytes at the end of `bytes`.
fn append(bytes: &mut Vec<u8>, len: usize) -> Result<&mut [u8]> {
    let start = bytes.len();
    bytes.try_reserve(len).map_err(|_| LimitProblem::Memory((start as u64).saturating_add(len as u64)))?;
    bytes.resize(start + len, 0);
    Ok(bytes.get_mut(start..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::header::Order;

    /// Where the elements that are shown stand in the file and go in the result, in the order of the file.
    fn positions(shape: &[usize], slice: &str, stored: &[usize], order: Order) -> Vec<(u64, usize)> {
        let taken = Taken::new(shape, order, 1, 0, &slice.parse().unwrap()).unwrap();
        let plan = shown(&taken, stored, 1).gap(0).max_range(1);
        plan.ranges()
            .flat_map(|range| range.parts().map(move |part| (range.bytes().start, part.to)))
            .collect()
    }

    #[test]
    fn elements_at_hand_are_counted() {
        let preview = |dtype: &str, shape: &[usize], len: usize| {
            let dtype = dtype.parse().unwrap();
            Preview::of_elements(dtype, shape, vec![0; len], &PrintOptions::default())
                .map(|preview| preview.to_string())
                .map_err(|error| error.to_string())
        };
        assert_eq!(preview("<i2", &[2000], 12), Ok("[0 0 0 ... 0 0 0]".to_string()));
        assert_eq!(preview("<i2", &[3], 4), Err("shape (3,) has 3 elements, expected 2".to_string()));
        assert_eq!(preview("V0", &[3], 1), Err("shape (3,) has 3 elements, expected 0".to_string()));
        assert_eq!(preview("<i2", &[], 2), Ok("0".to_string()));
        assert!(preview("O", &[], 8).is_err());
    }

    #[test]
    fn corners_are_found_in_both_orders() {
        let c = [(0, 0), (1, 1), (2, 2), (3, 3), (16, 4), (17, 5), (18, 6), (19, 7)];
        assert_eq!(positions(&[5, 4], "...", &[2, 4], Order::C), c);
        let f = [(0, 0), (4, 4), (5, 1), (9, 5), (10, 2), (14, 6), (15, 3), (19, 7)];
        assert_eq!(positions(&[5, 4], "...", &[2, 4], Order::F), f);
        assert_eq!(positions(&[], "...", &[], Order::C), [(0, 0)]);
    }

    #[test]
    fn corners_of_slices_are_found() {
        // Of 1, 3, 5, 7, 9 the first and the last, and of these turned round.
        assert_eq!(positions(&[11], "1::2", &[2], Order::C), [(1, 0), (9, 1)]);
        assert_eq!(positions(&[11], "9::-2", &[2], Order::C), [(1, 1), (9, 0)]);
        // The last alone.
        assert_eq!(positions(&[11], "1::2", &[1], Order::C), [(9, 0)]);
        assert_eq!(positions(&[11], "9::-2", &[1], Order::C), [(1, 0)]);
        assert_eq!(
            positions(&[3, 9], "None, 1, ::-1", &[1, 4], Order::C),
            [(9, 3), (10, 2), (16, 1), (17, 0)]
        );
    }
}
