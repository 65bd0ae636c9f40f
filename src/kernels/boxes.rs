//! The parts of an array that are read and moved at a time when its memory order changes.

use std::ops::Range;

use super::transpose::Axis;

/// Bytes of elements that are read before they are moved to their places: many lines of the cache side by side in the
/// result, and long runs of the file.
const BOX: usize = 2 * 1024 * 1024;
/// Bytes side by side in the result that a box has at least, where the result has as many.
const WIDTH: usize = 256;
/// Bytes of a line of the cache.
const LINE: usize = 64;
/// Bytes from one run to the next that share a place in the first-level cache, where they are a multiple of it.
const ALIASED: usize = 4096;
/// Bytes of the least run that is worth a call of the system of its own.
const WORTH_A_CALL: usize = 16 * 1024;

/// A cover of an array by boxes. The last axis runs fastest in the file, the first in the result.
#[derive(Debug)]
pub(super) struct Boxes {
    /// Bytes of one element.
    size: usize,
    /// The axes of the array that have more than one index.
    axes: Vec<usize>,
    /// The length of a box along each.
    lens: Vec<usize>,
    /// How much shorter the first box along the first axis is, so that the others start with a line of the cache.
    lead: usize,
    /// The first axis of a run of the file, which has all of those behind it.
    run_axis: usize,
    /// Bytes from one run to the next within the memory that a box is read into.
    pitch: usize,
}

impl Boxes {
    /// A cover of an array of these axes, none of which is 0, for a result at `address`.
    pub(super) fn new(axes: &[usize], size: usize, address: usize) -> Self {
        let axes: Vec<usize> = axes.iter().copied().filter(|&axis| axis != 1).collect();
        let mut lens = vec![1; axes.len()];
        let mut wanted = WIDTH.div_ceil(size);
        for (len, &axis) in lens.iter_mut().zip(&axes) {
            *len = axis.min(wanted);
            wanted = wanted.div_ceil(*len);
        }
        let most = (BOX / size).max(1);
        for index in (0..axes.len()).rev() {
            let others: usize =
                lens.iter().enumerate().filter(|&(other, _)| other != index).map(|(_, len)| len).product();
            if let (Some(len), Some(&axis)) = (lens.get_mut(index), axes.get(index)) {
                *len = axis.min(most / others).max(*len);
                if *len < axis {
                    break;
                }
            }
        }
        let mut lead = 0;
        if let (Some(len), Some(&axis)) = (lens.first_mut(), axes.first()) {
            let per_line = LINE / size;
            if *len < axis && per_line > 0 && *len > per_line {
                *len -= *len % per_line;
                lead = address % LINE / size;
            }
        }
        let partial = axes.iter().zip(&lens).rposition(|(axis, len)| len < axis);
        let row = axes.iter().skip(1).product::<usize>() * size;
        let is_aliased = axes.len() > 1 && row.is_multiple_of(ALIASED) && row >= WORTH_A_CALL;
        let run_axis = partial.unwrap_or(0).max(usize::from(is_aliased));
        let run = lens.iter().skip(run_axis).product::<usize>() * size;
        // An odd number of lines spreads the starts of the runs over the cache.
        let pitch = if run_axis == 0 { run } else { (run.div_ceil(LINE) | 1) * LINE };
        Self { size, axes, lens, lead, run_axis, pitch }
    }

    /// Bytes of memory that a box needs at most.
    pub(super) fn most_bytes(&self) -> usize {
        self.lens.iter().take(self.run_axis).product::<usize>() * self.pitch
    }

    /// Elements of the longest run.
    pub(super) fn most_run(&self) -> usize {
        self.lens.iter().skip(self.run_axis).product()
    }

    /// All boxes, in the order of the file.
    pub(super) fn iter(&self) -> impl Iterator<Item = Part<'_>> {
        let mut next = Some(vec![0; self.axes.len()]);
        std::iter::from_fn(move || {
            let start = next.take()?;
            let part = self.part(start);
            next = part.next_start();
            Some(part)
        })
    }

    /// The end of the box that starts at `start` along an axis.
    fn end(&self, axis: usize, start: usize) -> usize {
        let len = self.lens.get(axis).copied().unwrap_or(1);
        let len = if axis == 0 && start == 0 { len - self.lead } else { len };
        self.axes.get(axis).map_or(1, |&axis| axis.min(start + len))
    }

    fn part(&self, start: Vec<usize>) -> Part<'_> {
        let lens = start.iter().enumerate().map(|(axis, &start)| self.end(axis, start) - start).collect();
        Part { boxes: self, start, lens }
    }
}

/// One box.
#[derive(Debug)]
pub(super) struct Part<'a> {
    boxes: &'a Boxes,
    start: Vec<usize>,
    lens: Vec<usize>,
}

impl Part<'_> {
    /// The runs of the file that make up the box: the index of the first element in the file, and the bytes in the
    /// memory that the box is read into.
    pub(super) fn runs(&self) -> impl Iterator<Item = (usize, Range<usize>)> {
        let outer = self.boxes.run_axis.min(self.lens.len());
        let count: usize = self.lens.iter().take(outer).product();
        let run = self.lens.iter().skip(outer).product::<usize>() * self.boxes.size;
        (0..count).map(move |number| {
            // The number's digits are the indices within the outer axes, the last one running fastest.
            let (mut rest, mut stride, mut index) = (number, 1, 0);
            for (axis, ((&start, &len), &whole)) in
                self.start.iter().zip(&self.lens).zip(&self.boxes.axes).enumerate().rev()
            {
                let within = if axis < outer { rest % len } else { 0 };
                rest = if axis < outer { rest / len } else { rest };
                index += (start + within) * stride;
                stride *= whole;
            }
            let at = number * self.boxes.pitch;
            (index, at..at + run)
        })
    }

    /// Bytes from the start of the result to the first element of the box.
    pub(super) fn to(&self) -> usize {
        let mut stride = self.boxes.size;
        let mut at = 0;
        for (start, axis) in self.start.iter().zip(&self.boxes.axes) {
            at += start * stride;
            stride *= axis;
        }
        at
    }

    /// How the elements lie in the memory that the box is read into, and in the result.
    pub(super) fn moves(&self) -> Vec<Axis> {
        let outer = self.boxes.run_axis;
        let mut axes: Vec<Axis> = Vec::with_capacity(self.lens.len());
        let mut to = self.boxes.size;
        for (&len, whole) in self.lens.iter().zip(&self.boxes.axes) {
            axes.push(Axis { len, from: 0, to: to.cast_signed() });
            to *= whole;
        }
        let mut from = self.boxes.size;
        for (index, axis) in axes.iter_mut().enumerate().rev() {
            if index + 1 == outer {
                from = self.boxes.pitch;
            }
            axis.from = from.cast_signed();
            from *= axis.len;
        }
        axes
    }

    fn next_start(&self) -> Option<Vec<usize>> {
        let mut start = self.start.clone();
        for (axis, (start, &len)) in start.iter_mut().zip(&self.lens).enumerate().rev() {
            *start += len;
            if self.boxes.axes.get(axis).is_some_and(|&whole| *start < whole) {
                break;
            }
            *start = 0;
        }
        start.iter().any(|&start| start > 0).then_some(start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every element of the file is read once, lies within the box's memory, and goes to its own place.
    #[track_caller]
    fn assert_covers(axes: &[usize], size: usize, address: usize) {
        let boxes = Boxes::new(axes, size, address);
        let len: usize = axes.iter().product();
        let mut places = vec![0u32; len];
        let mut read = vec![0u32; len];
        for part in boxes.iter() {
            for (index, bytes) in part.runs() {
                assert!(bytes.end <= boxes.most_bytes(), "{boxes:?} {part:?}");
                assert!(bytes.len() <= boxes.most_run() * size);
                read[index..index + bytes.len() / size].iter_mut().for_each(|times| *times += 1);
            }
            let mut targets = vec![part.to()];
            for axis in part.moves() {
                targets = (0..axis.len)
                    .flat_map(|index| targets.iter().map(move |to| to + index * axis.to.unsigned_abs()))
                    .collect();
            }
            targets.iter().for_each(|to| places[to / size] += 1);
        }
        assert!(read.iter().chain(&places).all(|&times| times == 1), "{boxes:?}");
        assert!(boxes.most_bytes() <= BOX + WIDTH * 2 * LINE + size);
    }

    #[test]
    fn boxes_cover_every_element_once() {
        for (axes, size) in [
            (&[][..], 8),
            (&[1, 1], 8),
            (&[7], 8),
            (&[5600, 600], 8),
            (&[600, 5600], 1),
            (&[32, 50_000], 8),
            (&[50_000, 32], 8),
            (&[33, 9000], 16),
            (&[3, 300, 200], 1),
            (&[200, 1, 300, 3], 2),
            (&[17, 19, 23, 29], 12),
            (&[512, 4096], 8),
            (&[3, 2], 3_000_000),
        ] {
            for address in [0, 16, 24] {
                assert_covers(axes, size, address);
            }
        }
    }

    #[test]
    fn runs_of_the_file_are_long() {
        for (axes, size) in
            [(&[5600, 6000][..], 8), (&[32, 1 << 20], 8), (&[1 << 20, 32], 8), (&[4096, 4096], 8)]
        {
            let boxes = Boxes::new(axes, size, 0);
            assert!(boxes.most_run() * size >= 32 * 1024, "{boxes:?}");
        }
    }
}
