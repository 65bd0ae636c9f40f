//! The bytes of a slice in pieces to fetch.

use std::io;
use std::ops::Range;

use super::plan::{Axis, SlicePlan};
use crate::error::Result;
use crate::kernels::copy_strided;

impl SlicePlan {
    /// The ranges of the file that hold the slice, in ascending order and without overlaps.
    pub fn ranges(&self) -> impl Iterator<Item = SliceRange<'_>> {
        Ranges::new(self)
    }

    /// Moves bytes that stand one after the other in the order of the file to their places in the result.
    pub(crate) fn reorder(&self, bytes: &[u8], result: &mut [u8]) {
        let mut from = 0;
        for part in self.ranges().flat_map(|range| range.parts()) {
            SlicePart { from, from_step: part.len, ..part }.copy(bytes, result);
            from += part.len * part.count;
        }
    }
}

/// A row of runs: those along the innermost axis.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    /// Where it is along each of the outer axes.
    indices: Vec<u64>,
    /// Bytes from the start of the file to its first run.
    at: u64,
    /// Bytes from the start of the result to where that goes.
    place: usize,
    is_past: bool,
}

impl Row {
    fn advance(&mut self, axes: &[Axis]) {
        for (axis, index) in axes.iter().zip(&mut self.indices).rev() {
            if *index + 1 < axis.len {
                *index += 1;
                self.at += axis.step;
                self.place = self.place.wrapping_add_signed(axis.place_step);
                return;
            }
            self.at -= axis.step * *index;
            self.place = self.place.wrapping_add_signed(-(axis.place_step * *index as isize));
            *index = 0;
        }
        self.is_past = true;
    }
}

/// A place among the runs.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Cursor {
    row: Row,
    /// Runs of the row that lie behind it.
    column: u64,
    /// Bytes of the run that lie behind it.
    skip: u64,
}

impl Cursor {
    fn new(plan: &SlicePlan) -> Self {
        let runs = &plan.runs;
        let row = Row {
            indices: vec![0; runs.outer.len()],
            at: runs.start,
            place: runs.place,
            is_past: runs.len == 0,
        };
        Self { row, column: 0, skip: 0 }
    }

    /// The first bytes that are wanted from a position of the file on, which is not before the first run.
    fn seek(plan: &SlicePlan, inner: &Axis, position: u64) -> Self {
        let mut cursor = Self::new(plan);
        let mut left = position - plan.runs.start;
        // Axes lie within each other, so that each index is a quotient.
        let mut index = |axis: &Axis| {
            let index = left.checked_div(axis.step).unwrap_or(0).min(axis.len - 1);
            left -= index * axis.step;
            index
        };
        for (axis, to) in plan.runs.outer.iter().zip(&mut cursor.row.indices) {
            *to = index(axis);
            cursor.row.at += axis.step * *to;
            cursor.row.place = cursor.row.place.wrapping_add_signed(axis.place_step * *to as isize);
        }
        cursor.column = index(inner);
        if left < plan.runs.len as u64 {
            cursor.skip = left;
        } else {
            cursor.advance(plan, inner, 1);
        }
        cursor
    }

    fn at(&self, inner: &Axis) -> u64 {
        self.row.at + self.column * inner.step + self.skip
    }

    fn advance(&mut self, plan: &SlicePlan, inner: &Axis, runs: u64) {
        self.column += runs;
        self.skip = 0;
        if self.column >= inner.len {
            self.column = 0;
            self.row.advance(&plan.runs.outer);
        }
    }
}

/// The innermost axis, of one run where there is none.
fn inner(plan: &SlicePlan) -> Axis {
    plan.runs.inner.unwrap_or(Axis { len: 1, step: 0, place_step: 0 })
}

/// The ranges of a plan, made one at a time.
#[derive(Debug, Clone)]
struct Ranges<'a> {
    plan: &'a SlicePlan,
    inner: Axis,
    cursor: Cursor,
}

impl<'a> Ranges<'a> {
    fn new(plan: &'a SlicePlan) -> Self {
        Self { plan, inner: inner(plan), cursor: Cursor::new(plan) }
    }
}

impl<'a> Iterator for Ranges<'a> {
    type Item = SliceRange<'a>;

    fn next(&mut self) -> Option<SliceRange<'a>> {
        if self.cursor.row.is_past {
            return None;
        }
        let Self { plan, inner, cursor } = self;
        let (run, most) = (plan.runs.len as u64, plan.max_range);
        let first = cursor.clone();
        let start = cursor.at(inner);
        let (mut end, mut nbytes) = (start, 0);
        while !cursor.row.is_past {
            let at = cursor.at(inner);
            let rest = run - cursor.skip;
            let is_first = nbytes == 0;
            if !is_first && (at - end >= plan.gap.max(1) || at - start + rest > most) {
                break;
            }
            if rest > most {
                // A run longer than a range is cut, between elements where they are not longer, too.
                let itemsize = plan.runs.itemsize as u64;
                let len = if itemsize <= most { most - most % itemsize } else { most };
                cursor.skip += len;
                (end, nbytes) = (at + len, nbytes + len);
                break;
            }
            let mut runs = 1;
            if cursor.skip == 0 && inner.len > 1 && inner.step - run < plan.gap {
                let room = (most - (at + run - start)) / inner.step;
                runs += room.min(inner.len - cursor.column - 1);
            }
            end = at + rest + (runs - 1) * inner.step;
            nbytes += rest + (runs - 1) * run;
            cursor.advance(plan, inner, runs);
        }
        Some(SliceRange { plan, inner: self.inner, first, bytes: start..end, nbytes: nbytes as usize })
    }
}

/// Bytes of a file to fetch at once, and what of them goes where in the result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SliceRange<'a> {
    plan: &'a SlicePlan,
    inner: Axis,
    first: Cursor,
    bytes: Range<u64>,
    nbytes: usize,
}

/// Runs of equal length and distance: of [`SliceRange::bytes`], the `len` bytes at `from`, at `from + from_step` and so
/// on go to the bytes of the result at `to`, at `to + to_step` and so on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct SlicePart {
    /// Bytes from the start of the range to the first run.
    pub from: usize,
    /// Bytes from one run to the next in the range.
    pub from_step: usize,
    /// Bytes from the start of the result to where the first run goes.
    pub to: usize,
    /// Bytes from there to where the next one goes; negative where the slice goes backwards.
    pub to_step: isize,
    /// Bytes of a run.
    pub len: usize,
    /// How many runs there are.
    pub count: usize,
}

impl<'a> SliceRange<'a> {
    /// The bytes to fetch, from the start of the file.
    pub fn bytes(&self) -> Range<u64> {
        self.bytes.clone()
    }

    /// Bytes of it that are wanted; the others lie in gaps.
    pub fn nbytes(&self) -> usize {
        self.nbytes
    }

    /// What goes where.
    pub fn parts(&self) -> impl Iterator<Item = SlicePart> + use<'a> {
        let (plan, inner, bytes) = (self.plan, self.inner, self.bytes.clone());
        let mut cursor = self.first.clone();
        std::iter::from_fn(move || {
            let at = cursor.at(&inner);
            if cursor.row.is_past || at >= bytes.end {
                return None;
            }
            let run = plan.runs.len as u64;
            let len = (run - cursor.skip).min(bytes.end - at);
            let place = cursor.row.place.wrapping_add_signed(inner.place_step * cursor.column as isize);
            let count = if len < run || inner.step == 0 {
                1
            } else {
                ((bytes.end - at - run) / inner.step + 1).min(inner.len - cursor.column)
            };
            let part = SlicePart {
                from: (at - bytes.start) as usize,
                from_step: inner.step as usize,
                to: place + cursor.skip as usize,
                to_step: inner.place_step,
                len: len as usize,
                count: count as usize,
            };
            cursor.advance(plan, &inner, count);
            Some(part)
        })
    }

    /// Copies what is wanted of `fetched`, which is [`SliceRange::bytes`] of the file, to its places in `result`, which
    /// has [`SlicePlan::nbytes`] bytes.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) of the kind `UnexpectedEof` where fewer or more bytes were fetched, and
    /// `InvalidInput` where the result has another length.
    pub fn place(&self, fetched: &[u8], result: &mut [u8]) -> Result<()> {
        let Range { start, end } = self.bytes;
        if fetched.len() as u64 != end - start {
            let text = format!("bytes {start} to {end} were asked for, found {} bytes", fetched.len());
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, text).into());
        }
        self.check_result(result)?;
        self.parts().for_each(|part| part.copy(fetched, result));
        Ok(())
    }

    /// [`SliceRange::place`] of a part of the range: `piece` are its bytes from `offset` on, which counts from the start of
    /// the range. So a body is placed as it arrives, in any pieces and any order.
    ///
    /// # Errors
    /// As [`SliceRange::place`]; `InvalidInput` where the piece ends after the range.
    pub fn place_at(&self, offset: usize, piece: &[u8], result: &mut [u8]) -> Result<()> {
        let start = self.bytes.start.saturating_add(offset as u64);
        let end = start.saturating_add(piece.len() as u64);
        if end > self.bytes.end {
            let len = self.bytes.end - self.bytes.start;
            let text =
                format!("a piece of {} bytes at byte {offset} ends after the range of {len}", piece.len());
            return Err(io::Error::new(io::ErrorKind::InvalidInput, text).into());
        }
        self.check_result(result)?;
        if !piece.is_empty() {
            let first = Cursor::seek(self.plan, &self.inner, start);
            let part = SliceRange { plan: self.plan, inner: self.inner, first, bytes: start..end, nbytes: 0 };
            part.parts().for_each(|part| part.copy(piece, result));
        }
        Ok(())
    }

    fn check_result(&self, result: &[u8]) -> Result<()> {
        if result.len() != self.plan.nbytes() {
            let text = format!("the slice has {} bytes, and the result {}", self.plan.nbytes(), result.len());
            return Err(io::Error::new(io::ErrorKind::InvalidInput, text).into());
        }
        Ok(())
    }

    /// Copies what is wanted of `fetched` to `result`, one run after the other as they stand in the file.
    pub(crate) fn gather(&self, fetched: &[u8], result: &mut [u8]) {
        let mut to = 0;
        for part in self.parts() {
            SlicePart { to, to_step: part.len as isize, ..part }.copy(fetched, result);
            to += part.len * part.count;
        }
    }
}

impl SlicePart {
    /// Copies the runs of `fetched` to their places in `result`.
    fn copy(&self, fetched: &[u8], result: &mut [u8]) {
        let fetched = fetched.get(self.from..).unwrap_or_default();
        if let Ok(to_step) = usize::try_from(self.to_step) {
            let result = result.get_mut(self.to..).unwrap_or_default();
            copy_strided(fetched, self.from_step, result, to_step, self.len, self.count);
            return;
        }
        for number in 0..self.count {
            let from = fetched.get(number * self.from_step..).and_then(|from| from.get(..self.len));
            let to = self.to.wrapping_add_signed(self.to_step * number as isize);
            let to = result.get_mut(to..).and_then(|to| to.get_mut(..self.len));
            if let (Some(from), Some(to)) = (from, to) {
                to.copy_from_slice(from);
            }
        }
    }
}
