//! Which bytes of a file hold a slice.

use super::Slice;
use crate::error::{FormatProblem, MismatchProblem, Result};
use crate::header::{Header, Order, shape_text};

/// Which bytes of a file hold a slice of its array, and where each of them goes: without I/O, so that whoever reads
/// files, object stores or HTTP, at once or asynchronously, can fetch the bytes by means of their own.
///
/// The slice is as an array in the file's own memory order, like [`NpyFile::read_slice`](crate::NpyFile::read_slice)
/// gives it, in the dtype of the file. Ranges are made one at a time, so that a plan takes no memory to speak of.
///
/// # Examples
/// ```
/// use npymap::{Header, SlicePlan};
///
/// let object = std::fs::read("testdata/iris.npy")?;
/// let (header, data_offset) = Header::parse(&object)?;
/// let plan = SlicePlan::new(&header, data_offset, "10:20, -1")?;
/// assert_eq!(plan.shape(), [10]);
///
/// let mut part = vec![0; plan.nbytes()];
/// for range in plan.ranges() {
///     let bytes = range.bytes();
///     // Here an object store would be asked for `bytes`.
///     let fetched = &object[bytes.start as usize..bytes.end as usize];
///     range.place(fetched, &mut part)?;
/// }
/// let widths: Vec<f64> = part.chunks_exact(8).map(|bytes| f64::from_le_bytes(bytes.try_into().unwrap())).collect();
/// assert_eq!(widths, [0.2, 0.2, 0.1, 0.1, 0.2, 0.4, 0.4, 0.3, 0.3, 0.3]);
/// # Ok::<(), npymap::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlicePlan {
    shape: Vec<usize>,
    order: Order,
    nbytes: usize,
    pub(super) runs: Runs,
    pub(super) gap: u64,
    pub(super) max_range: u64,
}

/// One axis of what is taken, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Axis {
    pub(crate) len: u64,
    /// From one element to the next in the file, upwards.
    pub(crate) step: u64,
    /// From the same to the same in the result.
    pub(crate) place_step: isize,
}

/// The runs of bytes that are taken, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Runs {
    /// Bytes from the start of the file to the first run.
    pub(super) start: u64,
    /// Bytes from the start of the result to where it goes.
    pub(super) place: usize,
    /// Bytes of a run; zero where there is none.
    pub(super) len: usize,
    /// Bytes of an element.
    pub(super) itemsize: usize,
    /// The axes along which runs follow each other, the slowest first.
    pub(super) outer: Vec<Axis>,
    /// The fastest of them.
    pub(super) inner: Option<Axis>,
}

impl SlicePlan {
    /// Runs that lie closer together than this are fetched at once, in bytes.
    ///
    /// It is what a read of a file costs: in the time of one system call about as many bytes are copied, and a file
    /// system reads whole pages of that size. A store that takes milliseconds to answer wants a larger one.
    pub const GAP: u64 = 4096;

    /// Bytes of a range at most: what is fetched stays in a second-level cache until it is placed.
    pub const MAX_RANGE: usize = 256 * 1024;

    /// The plan for a slice of the array that `header` specifies, whose data start at byte `data_offset`.
    ///
    /// `slice` is NumPy's text, a [`Slice`], or ndarray's `s![..]`. The axes of a dtype that is a subarray are the
    /// array's last, as `np.memmap` has them.
    ///
    /// # Errors
    /// [`Error::Mismatch`](crate::Error::Mismatch) where the array has no such part;
    /// [`Error::Unsupported`](crate::Error::Unsupported) for object arrays; [`Error::Format`](crate::Error::Format)
    /// where the header claims more bytes than a file can have.
    pub fn new(
        header: &Header,
        data_offset: u64,
        slice: impl TryInto<Slice, Error: Into<crate::Error>>,
    ) -> Result<Self> {
        header.check_readable()?;
        let (axes, dtype) = header.dtype.flattened();
        let shape = [header.shape.as_slice(), &axes].concat();
        let slice = slice.try_into().map_err(Into::into)?;
        let taken = Taken::new(&shape, header.order, dtype.itemsize(), data_offset, &slice)?;
        Ok(taken.plan(|axis| axis.backward))
    }

    /// The same plan, with another gap below which runs are fetched at once ([`SlicePlan::GAP`] bytes by default).
    /// With zero, not a byte is fetched that is not asked for.
    #[must_use]
    pub fn gap(self, gap: u64) -> Self {
        Self { gap, ..self }
    }

    /// The same plan, with another length of ranges at most ([`SlicePlan::MAX_RANGE`] bytes by default; at least
    /// one).
    #[must_use]
    pub fn max_range(self, max_range: usize) -> Self {
        Self { max_range: max_range.max(1) as u64, ..self }
    }

    /// The shape of the result.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The memory order of the result: the file's.
    pub fn order(&self) -> Order {
        self.order
    }

    /// Bytes of the result.
    pub fn nbytes(&self) -> usize {
        self.nbytes
    }

    /// A plan for runs along `axes`, the slowest in the file first, of elements whose first stands at byte `start`
    /// and goes to byte `place`. The axes lie within each other in the file.
    pub(crate) fn of_axes(axes: &[Axis], start: u64, place: usize, itemsize: usize) -> Self {
        let nbytes = axes.iter().fold(itemsize, |nbytes, axis| nbytes.saturating_mul(axis.len as usize));
        let mut runs = Runs { start, place, len: itemsize, itemsize, ..Runs::default() };
        let mut kept: Vec<Axis> = Vec::with_capacity(axes.len());
        // Where there is no byte there is no run, and axes whose lengths no product holds.
        let axes = if nbytes == 0 { &[] } else { axes };
        for &axis in axes.iter().rev().filter(|axis| axis.len != 1) {
            match kept.last_mut() {
                // Neighbours in both are one run.
                None if axis.step == runs.len as u64 && axis.place_step == runs.len as isize => {
                    runs.len *= axis.len as usize;
                }
                Some(inner)
                    if axis.step == inner.step * inner.len
                        && axis.place_step == inner.place_step * inner.len as isize =>
                {
                    inner.len *= axis.len;
                }
                _ => kept.push(axis),
            }
        }
        if nbytes == 0 {
            runs.len = 0;
        }
        kept.reverse();
        runs.inner = kept.pop();
        runs.outer = kept;
        Self {
            shape: Vec::new(),
            order: Order::C,
            nbytes,
            runs,
            gap: Self::GAP,
            max_range: Self::MAX_RANGE as u64,
        }
    }

    /// The same plan for a result of `shape` in C order.
    pub(super) fn with_shape(self, shape: Vec<usize>) -> Self {
        Self { shape, ..self }
    }

    /// Where the element stands in the file that comes as number `index` in its order, in bytes from its start.
    pub(crate) fn position(&self, index: usize) -> u64 {
        let runs = &self.runs;
        let byte = index as u64 * runs.itemsize as u64;
        let (mut number, within) = match runs.len as u64 {
            0 => return runs.start,
            len => (byte / len, byte % len),
        };
        let mut position = runs.start + within;
        for axis in runs.inner.iter().chain(runs.outer.iter().rev()) {
            position += number % axis.len.max(1) * axis.step;
            number /= axis.len.max(1);
        }
        position
    }

    /// Where element number `index` of the result stands in the file, in bytes from its start.
    pub(crate) fn position_of(&self, index: usize) -> u64 {
        let runs = &self.runs;
        let mut axes: Vec<&Axis> = runs.outer.iter().chain(&runs.inner).collect();
        // The slowest axis of the result first.
        axes.sort_by_key(|axis| std::cmp::Reverse(axis.place_step.unsigned_abs()));
        let mut left = index.saturating_mul(runs.itemsize);
        let mut position = runs.start;
        for axis in axes {
            let far = axis.place_step.unsigned_abs().max(1);
            let forward = (left / far) as u64;
            left %= far;
            let at = if axis.place_step < 0 { axis.len.saturating_sub(forward + 1) } else { forward };
            position += at * axis.step;
        }
        position + left as u64
    }

    /// Whether the bytes that are wanted stand in the result as they follow each other in the file.
    pub(crate) fn is_in_file_order(&self) -> bool {
        let mut place_step = self.runs.len as isize;
        self.runs.inner.iter().chain(self.runs.outer.iter().rev()).all(|axis| {
            let is_next = axis.place_step == place_step;
            place_step = place_step.saturating_mul(axis.len as isize);
            is_next
        })
    }

    /// Bytes of the runs that the slice is made of.
    pub(crate) fn run_len(&self) -> usize {
        self.runs.len
    }
}

/// What a slice takes of an array in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Taken {
    /// The shape of the result.
    pub(crate) shape: Vec<usize>,
    order: Order,
    itemsize: usize,
    /// Bytes from the start of the file to the lowest element.
    pub(crate) start: u64,
    /// Each axis of the array, the slowest first.
    pub(crate) axes: Vec<TakenAxis>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TakenAxis {
    pub(crate) len: usize,
    /// Bytes from one element to the next in the file, upwards.
    pub(crate) step: u64,
    /// Whether they are taken downwards.
    pub(crate) backward: bool,
    /// The axis of the result; an index leaves none.
    pub(crate) axis: Option<usize>,
}

impl Taken {
    /// `itemsize`: bytes of an element of an array of `shape`.
    pub(crate) fn new(
        shape: &[usize],
        order: Order,
        itemsize: usize,
        data_offset: u64,
        slice: &Slice,
    ) -> Result<Self> {
        let resolved = slice.resolve(shape)?;
        let too_large = || {
            let reason = "it has more elements than a file can hold".to_string();
            FormatProblem::Shape { shape: shape_text(shape), reason }
        };
        let product = |mut axes: std::slice::Iter<'_, usize>| {
            axes.try_fold(1u64, |len, &axis| len.checked_mul(u64::try_from(axis).ok()?))
        };
        let is_empty = resolved.shape.contains(&0) || shape.contains(&0) || itemsize == 0;
        if !is_empty {
            let nbytes = product(shape.iter()).and_then(|len| len.checked_mul(itemsize as u64));
            nbytes.and_then(|nbytes| nbytes.checked_add(data_offset)).ok_or_else(too_large)?;
        }
        // What an offset in the result must be able to say.
        let nbytes = product(resolved.shape.iter()).and_then(|len| len.checked_mul(itemsize as u64));
        if !resolved.shape.contains(&0) && nbytes.and_then(|nbytes| isize::try_from(nbytes).ok()).is_none() {
            return Err(MismatchProblem::Slice {
                slice: slice.to_string(),
                shape: shape_text(shape),
                reason: "it has more bytes than memory can address".to_string(),
            }
            .into());
        }
        let mut taken = Self { shape: resolved.shape, order, itemsize, start: data_offset, axes: Vec::new() };
        let mut stride = itemsize as u64;
        let mut add = |(&axis, part): (&usize, &super::resolve::Taken)| {
            let step = part.step.unsigned_abs() as u64;
            let mut all = TakenAxis {
                len: part.len,
                step: 0,
                backward: part.step < 0 && part.len > 1,
                axis: part.axis,
            };
            // Where nothing is taken there is nothing to count, and nothing that cannot be counted.
            if !is_empty {
                let last = (part.len as u64 - 1) * if part.len > 1 { step } else { 0 };
                let lowest = part.start as u64 - if all.backward { last } else { 0 };
                taken.start += lowest * stride;
                all.step = if part.len > 1 { step * stride } else { stride };
                stride *= axis as u64;
            }
            taken.axes.push(all);
        };
        match order {
            Order::C => {
                shape.iter().zip(&resolved.taken).rev().for_each(&mut add);
                taken.axes.reverse();
            }
            Order::F => {
                shape.iter().zip(&resolved.taken).for_each(&mut add);
                taken.axes.reverse();
            }
        }
        Ok(taken)
    }

    /// The plan in which the axes that `backward` names are placed downwards.
    fn plan(self, backward: impl Fn(&TakenAxis) -> bool) -> SlicePlan {
        let mut place_step = self.itemsize;
        let mut place = 0;
        let mut axes = Vec::with_capacity(self.axes.len());
        for axis in self.axes.iter().rev() {
            let mut signed = place_step as isize;
            if backward(axis) {
                place += (axis.len - 1) * place_step;
                signed = -signed;
            }
            axes.push(Axis { len: axis.len as u64, step: axis.step, place_step: signed });
            place_step = place_step.saturating_mul(axis.len);
        }
        axes.reverse();
        let plan = SlicePlan::of_axes(&axes, self.start, place, self.itemsize);
        SlicePlan { shape: self.shape, order: self.order, ..plan }
    }

    /// The plan in which every axis is placed upwards, as it stands in the file.
    pub(crate) fn upward_plan(self) -> SlicePlan {
        self.plan(|_| false)
    }
}
