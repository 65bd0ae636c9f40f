//! Views of an array in a file: NumPy's offset, shape and strides.

use super::plan::Axis;
use super::{Slice, SlicePlan};
use crate::error::{Error, FormatProblem, Result};
use crate::header::{Header, Order, shape_text};

/// A view of an array in a file, as NumPy's views are of one in memory: where it starts, its shape, and its strides.
///
/// It is sliced and transposed without I/O; [`Strided::plan`] says which bytes it is. Other than [`SlicePlan::new`],
/// whose result is in the order of the file, that gives the view's elements in C order, whatever the file's.
///
/// # Examples
/// ```
/// use npymap::{Header, Strided};
///
/// let file = std::fs::read("testdata/iris.npy")?;
/// let (header, data_offset) = Header::parse(&file)?;
/// let view = Strided::new(&header, data_offset)?.slice("::50, 1:")?.reversed_axes();
/// assert_eq!((view.shape(), view.strides()), ([3, 3].as_slice(), [8, 1600].as_slice()));
///
/// let plan = view.plan();
/// let mut bytes = vec![0; plan.nbytes()];
/// for range in plan.ranges() {
///     range.place(&file[range.bytes().start as usize..range.bytes().end as usize], &mut bytes)?;
/// }
/// let elements = bytes.chunks_exact(8).map(|bytes| f64::from_le_bytes(bytes.try_into().unwrap()));
/// assert_eq!(elements.collect::<Vec<_>>(), [3.5, 3.2, 3.3, 1.4, 4.7, 6.0, 0.2, 1.4, 2.5]);
/// # Ok::<(), npymap::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strided {
    offset: u64,
    itemsize: usize,
    shape: Vec<usize>,
    strides: Vec<isize>,
}

impl Strided {
    /// The whole array that `header` tells of, whose data start at byte `data_offset`.
    ///
    /// The axes of a dtype that is a subarray are the array's last, as `np.memmap` has them.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for object arrays; [`Error::Format`] where the header claims more bytes than a file can
    /// have.
    pub fn new(header: &Header, data_offset: u64) -> Result<Self> {
        header.check_readable()?;
        let (axes, dtype) = header.dtype.flattened();
        let shape = [header.shape.as_slice(), &axes].concat();
        let itemsize = dtype.itemsize();
        let nbytes = shape.iter().try_fold(itemsize, |nbytes, &axis| nbytes.checked_mul(axis));
        let end = nbytes.and_then(|nbytes| data_offset.checked_add(isize::try_from(nbytes).ok()? as u64));
        if end.is_none() && !shape.contains(&0) {
            let reason = "it has more elements than a file can hold".to_string();
            return Err(FormatProblem::Shape { shape: shape_text(&shape), reason }.into());
        }
        let mut strides = vec![0; shape.len()];
        let mut stride = itemsize as isize;
        let mut next = |(to, &axis): (&mut isize, &usize)| {
            *to = stride;
            // Only where there is no element can it be too large.
            stride = stride.saturating_mul(isize::try_from(axis).unwrap_or(isize::MAX));
        };
        match header.order {
            Order::C => strides.iter_mut().zip(&shape).rev().for_each(&mut next),
            Order::F => strides.iter_mut().zip(&shape).for_each(&mut next),
        }
        Ok(Self { offset: data_offset, itemsize, shape, strides })
    }

    /// Part of it, as NumPy's brackets take it; `slice` is NumPy's text, a [`Slice`], or ndarray's `s![..]`.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where the view has no such part.
    pub fn slice(&self, slice: impl TryInto<Slice, Error: Into<Error>>) -> Result<Self> {
        let resolved = slice.try_into().map_err(Into::into)?.resolve(&self.shape)?;
        // A new axis has one element, from which no stride leads anywhere.
        let mut part = Self { strides: vec![0; resolved.shape.len()], shape: resolved.shape, ..*self };
        let is_empty = part.shape.contains(&0);
        for (taken, &stride) in resolved.taken.iter().zip(&self.strides) {
            if !is_empty {
                let start = (taken.start as isize).wrapping_mul(stride);
                part.offset = part.offset.wrapping_add_signed(start as i64);
            }
            if let Some(to) = taken.axis.and_then(|axis| part.strides.get_mut(axis)) {
                *to = stride.saturating_mul(taken.step);
            }
        }
        Ok(part)
    }

    /// The same elements with the axes in the opposite order: NumPy's `a.T`.
    #[must_use]
    pub fn reversed_axes(mut self) -> Self {
        self.shape.reverse();
        self.strides.reverse();
        self
    }

    /// Bytes from the start of the file to the element whose indices are all zero.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Bytes of an element.
    pub fn itemsize(&self) -> usize {
        self.itemsize
    }

    /// Elements of each axis.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Bytes of the file from one element of each axis to the next; negative where the view goes backwards.
    pub fn strides(&self) -> &[isize] {
        &self.strides
    }

    /// The bytes of the file that hold it, and where each goes for the elements to follow each other in C order.
    pub fn plan(&self) -> SlicePlan {
        let (mut start, mut place, mut place_step) = (self.offset, 0, self.itemsize);
        let mut axes = Vec::with_capacity(self.shape.len());
        for (&len, &stride) in self.shape.iter().zip(&self.strides).rev() {
            let mut axis =
                Axis { len: len as u64, step: stride.unsigned_abs() as u64, place_step: place_step as isize };
            if stride < 0 && len > 1 && !self.shape.contains(&0) {
                // The file is read forwards.
                start -= (axis.len - 1) * axis.step;
                place += (len - 1) * place_step;
                axis.place_step = -axis.place_step;
            }
            axes.push(axis);
            place_step = place_step.saturating_mul(len);
        }
        // The slowest in the file comes first.
        axes.sort_by_key(|axis| std::cmp::Reverse(axis.step));
        SlicePlan::of_axes(&axes, start, place, self.itemsize).with_shape(self.shape.clone())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dtype::DType;

    /// The elements of a view of an array of 0, 1, 2, … in the order of the file.
    fn elements(view: &Strided) -> Vec<u16> {
        let plan = view.plan();
        assert_eq!((plan.shape(), plan.order()), (view.shape(), Order::C));
        let file: Vec<u8> = (0..u16::MAX).flat_map(u16::to_le_bytes).collect();
        let mut bytes = vec![0; plan.nbytes()];
        for range in plan.ranges() {
            let at = range.bytes();
            range.place(&file[at.start as usize..at.end as usize], &mut bytes).unwrap();
        }
        bytes.chunks_exact(2).map(|bytes| u16::from_le_bytes([bytes[0], bytes[1]])).collect()
    }

    fn view(shape: &[usize], order: Order) -> Strided {
        Strided::new(&Header::new(DType::of::<u16>(), shape).with_order(order), 0).unwrap()
    }

    #[test]
    fn views_are_numpys() {
        let cube = view(&[2, 3, 4], Order::C);
        assert_eq!(cube.strides(), [24, 8, 2]);
        let part = cube.slice("1, ::-2, None, 1::2").unwrap();
        assert_eq!((part.offset(), part.shape(), part.strides()), (42, &[2, 1, 2][..], &[-16, 0, 4][..]));
        assert_eq!(elements(&part), [21, 23, 13, 15]);
        assert_eq!(elements(&part.slice("-1").unwrap()), [13, 15]);
        assert_eq!(elements(&part.reversed_axes()), [21, 13, 23, 15]);
        assert_eq!(elements(&view(&[2, 3], Order::F)), [0, 2, 4, 1, 3, 5]);
        assert_eq!(elements(&view(&[2, 3], Order::F).reversed_axes()), [0, 1, 2, 3, 4, 5]);
        assert_eq!(elements(&view(&[4, 0, 3], Order::C).slice("::-1").unwrap()), []);
        assert_eq!(elements(&view(&[], Order::C)), [0]);
    }

    #[test]
    fn what_no_file_holds_is_refused() {
        let new = |shape: &[usize], offset| Strided::new(&Header::new(DType::of::<u16>(), shape), offset);
        assert_eq!(
            new(&[usize::MAX, 2], 0).unwrap_err().to_string(),
            format!("shape ({}, 2) is invalid: it has more elements than a file can hold", usize::MAX)
        );
        assert!(new(&[3], u64::MAX).is_err());
        let empty = new(&[usize::MAX, 0, usize::MAX], 128).unwrap().slice("::-1, :, 5:").unwrap();
        assert_eq!(empty.plan().ranges().count(), 0);
        assert_eq!(
            new(&[3], 0).unwrap().slice("3").unwrap_err().to_string(),
            "slice [3] is not in shape (3,): index 3 is out of bounds for axis 0 with size 3"
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        /// A part of a part, its axes turned round or not, against ndarray's.
        #[cfg(feature = "ndarray")]
        #[test]
        fn views_of_views_are_ndarrays(
            shape in prop::collection::vec(0usize..6, 0..4),
            is_f: bool,
            turns in prop::collection::vec(any::<bool>(), 3),
            cuts in prop::collection::vec((0usize..6, 0usize..6, prop::sample::select(vec![-3isize, -2, -1, 1, 2])), 12),
        ) {
            use ndarray::{ArrayD, Axis, IxDyn, ShapeBuilder, Slice as Cut};
            let order = if is_f { Order::F } else { Order::C };
            let len: usize = shape.iter().product();
            let whole = ArrayD::from_shape_vec(IxDyn(&shape).set_f(is_f), (0..len as u16).collect()).unwrap();
            let (mut ours, mut theirs) = (view(&shape, order), whole.view());
            for (turn, cuts) in turns.into_iter().zip(cuts.chunks(4)) {
                let mut indices = Vec::new();
                for (axis, &(start, stop, step)) in cuts.iter().take(shape.len()).enumerate() {
                    let axis_len = theirs.len_of(Axis(axis));
                    let (start, stop) = (start.min(axis_len), stop.clamp(start.min(axis_len), axis_len));
                    theirs.slice_axis_inplace(Axis(axis), Cut::new(start as isize, Some(stop as isize), step));
                    // NumPy's range goes from its start downwards, ndarray's from its end.
                    let (first, end) = if step > 0 {
                        (Some(start as isize), Some(stop as isize))
                    } else if stop > start {
                        (Some(stop as isize - 1), (start > 0).then(|| start as isize - 1))
                    } else {
                        (Some(0), Some(0))
                    };
                    indices.push(crate::Index::Range { start: first, stop: end, step });
                }
                ours = ours.slice(indices).unwrap();
                if turn {
                    ours = ours.reversed_axes();
                    theirs = theirs.reversed_axes();
                }
            }
            prop_assert_eq!(ours.shape(), theirs.shape());
            prop_assert_eq!(elements(&ours), theirs.iter().copied().collect::<Vec<_>>());
        }
    }
}
