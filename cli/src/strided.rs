//! Which elements of a file make an array: steps along the file, and reading boxes of it.

use npymap::{Index, Order, Slice};

use crate::boxes::Part;

/// Bytes that are read at once at most.
const PIECE: u64 = 1 << 20;
/// Bytes that are read at once though few of them are wanted: a system call costs as much.
const GAP: u64 = 16 << 10;

/// An array within a file: the shape, and the way from one element to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Strided {
    /// Elements from the start of the data.
    offset: i64,
    pub(crate) shape: Vec<usize>,
    /// Elements of the file from one index of each axis to the next.
    strides: Vec<i64>,
}

impl Strided {
    /// All of a file.
    pub(crate) fn new(shape: &[usize], order: Order) -> Self {
        let mut strides = vec![0; shape.len()];
        let mut stride = 1i64;
        let mut next = |(to, &axis): (&mut i64, &usize)| {
            *to = stride;
            // A header whose sizes overflow was refused when it was read.
            stride = stride.saturating_mul(axis.max(1) as i64);
        };
        match order {
            Order::C => strides.iter_mut().zip(shape).rev().for_each(&mut next),
            Order::F => strides.iter_mut().zip(shape).for_each(&mut next),
        }
        Self { offset: 0, shape: shape.to_vec(), strides }
    }

    /// Part of it, as NumPy's brackets take it.
    pub(crate) fn slice(&self, slice: &Slice) -> Result<Self, npymap::Error> {
        // It checks indices, too.
        slice.shape(&self.shape)?;
        let given = slice.indices();
        let taken = given.iter().filter(|index| matches!(index, Index::At(_) | Index::Range { .. })).count();
        let missing = self.shape.len().saturating_sub(taken);
        let mut axes = self.shape.iter().copied().zip(self.strides.iter().copied());
        let mut part = Self { offset: self.offset, shape: Vec::new(), strides: Vec::new() };
        let mut ellipsis = false;
        for index in given {
            match *index {
                Index::NewAxis => push_axis(&mut part, 1, 0),
                Index::Ellipsis => {
                    ellipsis = true;
                    axes.by_ref().take(missing).for_each(|(len, stride)| push_axis(&mut part, len, stride));
                }
                Index::At(at) => {
                    let Some((axis, stride)) = axes.next() else { continue };
                    let at = if at < 0 { at + axis as isize } else { at };
                    part.offset += at as i64 * stride;
                }
                Index::Range { start, stop, step } => {
                    let Some((axis, stride)) = axes.next() else { continue };
                    let (start, len) = range(axis as i128, start, stop, step as i128);
                    part.offset += start * stride;
                    push_axis(&mut part, len, stride.saturating_mul(step as i64));
                }
            }
        }
        if !ellipsis {
            axes.for_each(|(len, stride)| push_axis(&mut part, len, stride));
        }
        Ok(part)
    }

    /// The same elements with the axes in the opposite order.
    pub(crate) fn transposed(mut self) -> Self {
        self.shape.reverse();
        self.strides.reverse();
        self
    }

    pub(crate) fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Elements of the file before the one with these indices.
    pub(crate) fn position(&self, index: impl Iterator<Item = usize>) -> u64 {
        let steps = index.zip(&self.strides).map(|(at, stride)| at as i64 * stride);
        (self.offset + steps.sum::<i64>()) as u64
    }

    /// Whether the elements in C order are those of the file from `offset` on, one after the other.
    pub(crate) fn is_run(&self) -> bool {
        let mut stride = 1;
        self.shape.iter().zip(&self.strides).rev().all(|(&axis, &step)| {
            let fits = axis <= 1 || step == stride;
            stride *= axis as i64;
            fits
        })
    }

    /// The axes, that along which the file runs first.
    pub(crate) fn fastest_first(&self) -> Vec<usize> {
        let mut axes: Vec<usize> = (0..self.shape.len()).collect();
        axes.sort_by_key(|&axis| self.strides[axis].unsigned_abs());
        axes
    }

    /// Reads a box into `out` in C order, by `read`, which fills bytes from an offset on in the data.
    pub(crate) fn read<E>(
        &self,
        part: &Part,
        size: usize,
        out: &mut Vec<u8>,
        read: impl FnMut(u64, &mut [u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        let len: usize = part.lens.iter().product();
        out.clear();
        out.resize(len * size, 0);
        if out.is_empty() {
            return Ok(());
        }
        let mut base = self.offset;
        let mut target = 0;
        let mut axes = Vec::with_capacity(part.lens.len());
        let mut step = 1i64;
        for axis in (0..part.lens.len()).rev() {
            let (len, stride) = (part.lens[axis], self.strides[axis]);
            base += part.starts[axis] as i64 * stride;
            let mut new = Axis { len, from: stride, to: step };
            step *= len as i64;
            if stride < 0 {
                // The file is read forwards.
                base += (len as i64 - 1) * stride;
                target += (len as i64 - 1) * new.to;
                new = Axis { len, from: -stride, to: -new.to };
            }
            if len > 1 {
                axes.push(new);
            }
        }
        axes.sort_by_key(|axis| std::cmp::Reverse(axis.from));
        let mut gather = Gather { size, out, staging: Vec::new(), read };
        gather.fill(&axes, base, target)
    }
}

fn push_axis(part: &mut Strided, len: usize, stride: i64) {
    part.shape.push(len);
    part.strides.push(stride);
}

/// Where a range of an axis starts, and how many elements it has; Python's `slice.indices`.
fn range(axis: i128, start: Option<isize>, stop: Option<isize>, step: i128) -> (i64, usize) {
    let (low, high) = if step < 0 { (-1, axis - 1) } else { (0, axis) };
    let bound = |at: isize| {
        let at = at as i128;
        if at < 0 { at + axis } else { at }.clamp(low, high)
    };
    let start = start.map_or(if step < 0 { high } else { low }, bound);
    let stop = stop.map_or(if step < 0 { low } else { high }, bound);
    let len = match step {
        0 => 0,
        step if step > 0 => (stop - start + step - 1).div_euclid(step),
        step => (start - stop - step - 1).div_euclid(-step),
    };
    (if len > 0 { start as i64 } else { 0 }, len.max(0) as usize)
}

/// One axis of a box: elements from one index to the next in the file, and in memory.
#[derive(Debug, Clone, Copy)]
struct Axis {
    len: usize,
    from: i64,
    to: i64,
}

struct Gather<'a, R> {
    size: usize,
    out: &'a mut [u8],
    staging: Vec<u8>,
    read: R,
}

impl<E, R: FnMut(u64, &mut [u8]) -> Result<(), E>> Gather<'_, R> {
    /// Fills a box whose first element is `base` in the file and `target` in memory; the slowest axis comes first.
    fn fill(&mut self, axes: &[Axis], base: i64, target: i64) -> Result<(), E> {
        let size = self.size as u64;
        let (extent, wanted) = (extent(axes), axes.iter().map(|axis| axis.len as u64).product::<u64>());
        let offset = base as u64 * size;
        // Runs that are the same in both are read in place, however long.
        if wanted == extent && axes.iter().all(|axis| axis.from == axis.to) {
            let start = target as usize * self.size;
            return (self.read)(offset, &mut self.out[start..start + (wanted * size) as usize]);
        }
        let most = if wanted * 8 >= extent { PIECE } else { GAP } / size;
        let Some((first, rest)) = axes.split_first() else { return Ok(()) };
        if extent <= most {
            self.staging.resize((extent * size) as usize, 0);
            (self.read)(offset, &mut self.staging)?;
            copy(axes, &self.staging, 0, self.out, target, self.size);
            return Ok(());
        }
        let within = self::extent(rest);
        let steps = if within <= most { ((most - within) / first.from as u64 + 1) as usize } else { 1 };
        if steps == 1 {
            for index in 0..first.len as i64 {
                self.fill(rest, base + index * first.from, target + index * first.to)?;
            }
            return Ok(());
        }
        let mut axes = axes.to_vec();
        for start in (0..first.len).step_by(steps) {
            axes[0].len = steps.min(first.len - start);
            self.fill(&axes, base + start as i64 * first.from, target + start as i64 * first.to)?;
        }
        Ok(())
    }
}

/// Elements of the file from the first of a box to its last.
fn extent(axes: &[Axis]) -> u64 {
    axes.iter().map(|axis| (axis.len as u64 - 1) * axis.from as u64).sum::<u64>() + 1
}

/// Moves a box from the bytes of the file to its place.
fn copy(axes: &[Axis], from: &[u8], at: i64, to: &mut [u8], target: i64, size: usize) {
    match axes {
        [] => copy_axis(Axis { len: 1, from: 0, to: 0 }, from, at, to, target, size),
        [axis] => copy_axis(*axis, from, at, to, target, size),
        [axis, rest @ ..] => {
            for index in 0..axis.len as i64 {
                copy(rest, from, at + index * axis.from, to, target + index * axis.to, size);
            }
        }
    }
}

fn copy_axis(axis: Axis, from: &[u8], at: i64, to: &mut [u8], target: i64, size: usize) {
    /// With a size that the compiler knows.
    fn each<const SIZE: usize>(axis: Axis, from: &[u8], at: i64, to: &mut [u8], target: i64) {
        let ((from, _), (to, _)) = (from.as_chunks::<SIZE>(), to.as_chunks_mut::<SIZE>());
        for index in 0..axis.len as i64 {
            to[(target + index * axis.to) as usize] = from[(at + index * axis.from) as usize];
        }
    }
    match size {
        1 => each::<1>(axis, from, at, to, target),
        2 => each::<2>(axis, from, at, to, target),
        4 => each::<4>(axis, from, at, to, target),
        8 => each::<8>(axis, from, at, to, target),
        16 => each::<16>(axis, from, at, to, target),
        size => {
            for index in 0..axis.len as i64 {
                let start = (at + index * axis.from) as usize * size;
                let end = (target + index * axis.to) as usize * size;
                to[end..end + size].copy_from_slice(&from[start..start + size]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The elements of part of an array of 0, 1, 2, … in the file, in C order.
    fn elements(shape: &[usize], order: Order, slice: &str, size: usize) -> Vec<usize> {
        let view = Strided::new(shape, order).slice(&slice.parse().unwrap()).unwrap();
        let part = Part { starts: vec![0; view.shape.len()], lens: view.shape.clone() };
        let mut out = Vec::new();
        let mut calls = 0;
        let read = |offset: u64, bytes: &mut [u8]| {
            calls += 1;
            for (number, element) in bytes.chunks_mut(size).enumerate() {
                let number = offset as usize / size + number;
                element[..4].copy_from_slice(&(number as u32).to_le_bytes());
            }
            Ok::<(), ()>(())
        };
        view.read(&part, size, &mut out, read).unwrap();
        out.chunks(size).map(|bytes| u32::from_le_bytes(bytes[..4].try_into().unwrap()) as usize).collect()
    }

    #[test]
    fn slices_are_pythons() {
        assert_eq!(elements(&[10], Order::C, "7:2:-2", 4), [7, 5, 3]);
        assert_eq!(elements(&[10], Order::C, "::-4", 4), [9, 5, 1]);
        assert_eq!(elements(&[10], Order::C, "20:", 4), Vec::<usize>::new());
        assert_eq!(elements(&[3, 4], Order::C, "1", 4), [4, 5, 6, 7]);
        assert_eq!(elements(&[3, 4], Order::C, ":, -1", 4), [3, 7, 11]);
        assert_eq!(elements(&[3, 4], Order::C, "..., ::-3", 4), [3, 0, 7, 4, 11, 8]);
        assert_eq!(elements(&[3, 4], Order::F, "0:2, 1:3", 4), [3, 6, 4, 7]);
        assert_eq!(elements(&[2, 3], Order::F, "None, ::-1", 12), [1, 3, 5, 0, 2, 4]);
    }

    /// Elements that are far apart, in pieces and one by one.
    #[test]
    fn large_parts_are_read_in_pieces() {
        let wanted: Vec<usize> = (0..3_000_000).step_by(3).collect();
        assert_eq!(elements(&[3_000_000], Order::C, "::3", 4), wanted);
        let wanted: Vec<usize> = (0..40).map(|row| row * 100_000).collect();
        assert_eq!(elements(&[40, 100_000], Order::C, ":, 0", 4), wanted);
        let columns: Vec<usize> =
            (0..300).flat_map(|row| (0..500).map(move |column| row + column * 2000)).collect();
        assert_eq!(elements(&[2000, 500], Order::F, ":300", 16), columns);
    }

    #[test]
    fn runs_are_known() {
        assert!(Strided::new(&[3, 4], Order::C).is_run());
        assert!(!Strided::new(&[3, 4], Order::F).is_run());
        assert!(Strided::new(&[1, 4], Order::F).is_run());
        assert!(Strided::new(&[3, 4], Order::F).transposed().is_run());
        assert_eq!(Strided::new(&[2, 3, 4], Order::F).fastest_first(), [0, 1, 2]);
    }
}
