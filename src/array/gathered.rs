//! The bytes of a slice, one after the other, from whatever reads ranges of a file.

use std::iter::Peekable;
use std::ops::Range;

use crate::error::Result;
use crate::slice::{SlicePlan, SliceRange};

/// Bytes of neighbouring ranges that are read by one call at most: more would not be quicker.
const MAX_DIRECT: u64 = 64 * 1024 * 1024;

/// Hands out the wanted bytes of a plan in the order of the file.
///
/// What lies side by side is read straight to where it is wanted; what lies scattered is read with the gaps between
/// it, range by range, and put together from there.
pub(super) struct Gathered<I: Iterator, F> {
    ranges: Peekable<I>,
    /// Reads exactly the bytes from an offset on.
    read: F,
    /// Bytes of the file that are wanted as they are.
    direct: Range<u64>,
    fetched: Vec<u8>,
    /// Wanted bytes, of which the first `taken` have been handed out.
    ready: Vec<u8>,
    taken: usize,
}

/// What reads `plan` by `read`, which is asked for bytes from an offset of the file on, in ascending order.
pub(super) fn gathered<'p, F: FnMut(u64, &mut [u8]) -> Result<()>>(
    plan: &'p SlicePlan,
    read: F,
) -> Gathered<impl Iterator<Item = SliceRange<'p>>, F> {
    let ranges = plan.ranges().peekable();
    Gathered { ranges, read, direct: 0..0, fetched: Vec::new(), ready: Vec::new(), taken: 0 }
}

impl<'p, I, F> Gathered<I, F>
where
    I: Iterator<Item = SliceRange<'p>>,
    F: FnMut(u64, &mut [u8]) -> Result<()>,
{
    /// The next bytes, as many as `piece` has.
    pub(super) fn read_exact(&mut self, mut piece: &mut [u8]) -> Result<()> {
        while !piece.is_empty() {
            let now;
            if let Some(ready) = self.ready.get(self.taken..).filter(|ready| !ready.is_empty()) {
                let len = ready.len().min(piece.len());
                (now, piece) = piece.split_at_mut(len);
                now.copy_from_slice(ready.get(..len).unwrap_or_default());
                self.taken += len;
                continue;
            }
            if !self.direct.is_empty() {
                let left = usize::try_from(self.direct.end - self.direct.start).unwrap_or(usize::MAX);
                (now, piece) = piece.split_at_mut(left.min(piece.len()));
                (self.read)(self.direct.start, now)?;
                self.direct.start += now.len() as u64;
                continue;
            }
            let Some(range) = self.ranges.next() else {
                return Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof).into());
            };
            if is_whole(&range) {
                self.direct = range.bytes();
                while let Some(next) = self.ranges.next_if(|next| {
                    is_whole(next)
                        && next.bytes().start == self.direct.end
                        && next.bytes().end - self.direct.start <= MAX_DIRECT
                }) {
                    self.direct.end = next.bytes().end;
                }
                continue;
            }
            let bytes = range.bytes();
            // A range is as long as the plan's limit at most.
            self.fetched.resize((bytes.end - bytes.start) as usize, 0);
            (self.read)(bytes.start, &mut self.fetched)?;
            if range.nbytes() <= piece.len() {
                (now, piece) = piece.split_at_mut(range.nbytes());
                range.gather(&self.fetched, now);
            } else {
                self.ready.resize(range.nbytes(), 0);
                range.gather(&self.fetched, &mut self.ready);
                self.taken = 0;
            }
        }
        Ok(())
    }
}

/// Whether all of its bytes are wanted.
fn is_whole(range: &SliceRange<'_>) -> bool {
    let bytes = range.bytes();
    bytes.end - bytes.start == range.nbytes() as u64
}

/// Reverses the elements along each axis that is backward; `axes` are lengths, the slowest first.
pub(super) fn reverse_axes<T>(elements: &mut [T], axes: &[(usize, bool)]) {
    if elements.is_empty() {
        return;
    }
    let mut inner = 1;
    for &(len, backward) in axes.iter().rev() {
        let block = inner * len;
        if backward {
            for block in elements.chunks_exact_mut(block) {
                if inner == 1 {
                    block.reverse();
                    continue;
                }
                let (first, last) = block.split_at_mut(len / 2 * inner);
                let last = last.rchunks_exact_mut(inner);
                first.chunks_exact_mut(inner).zip(last).for_each(|(first, last)| first.swap_with_slice(last));
            }
        }
        inner = block;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dtype::DType;
    use crate::header::{Header, Order};

    /// The calls that read a slice of an array of bytes: offsets from the data on, and lengths.
    fn calls(header: &Header, slice: &str, gap: u64) -> Vec<(u64, usize)> {
        let plan = SlicePlan::new(header, 128, slice).unwrap().gap(gap);
        let mut calls = Vec::new();
        let mut result = vec![0; plan.nbytes()];
        let read = |offset, bytes: &mut [u8]| {
            calls.push((offset - 128, bytes.len()));
            Ok(())
        };
        gathered(&plan, read).read_exact(&mut result).unwrap();
        calls
    }

    #[test]
    fn no_byte_outside_the_covering_runs_is_read() {
        let header = |shape: &[usize]| Header::new(DType::of::<f64>(), shape);
        // A column of rows that are longer than the gap: each element alone.
        let wide = header(&[5, 1000]);
        let column: Vec<_> = (0..5).map(|row| (row * 8000 + 56, 8)).collect();
        assert_eq!(calls(&wide, ":, 7", SlicePlan::GAP), column);
        // Of short rows: one read from its first byte to its last.
        assert_eq!(calls(&header(&[100, 10]), ":, 7", SlicePlan::GAP), [(56, 99 * 80 + 8)]);
        assert_eq!(calls(&header(&[3, 10]), ":, 7", 0), [(56, 8), (136, 8), (216, 8)]);
        // A gap counts from the limit on.
        assert_eq!(calls(&header(&[2, 10]), ":, 7", 72).len(), 2);
        assert_eq!(calls(&header(&[2, 10]), ":, 7", 73), [(56, 88)]);
        // Long columns come in ranges that fit the cache, and each begins and ends with what is wanted.
        let long = calls(&header(&[100_000, 10]), ":, 7", SlicePlan::GAP);
        assert_eq!(long.len(), 31);
        assert!(long.iter().all(|&(at, len)| at % 80 == 56 && len % 80 == 8 && len <= 256 * 1024));
        assert_eq!(long.iter().map(|&(_, len)| len / 80 + 1).sum::<usize>(), 100_000);
        // Whole rows are one read, whatever their number, and so are whole columns in Fortran order.
        assert_eq!(
            calls(&header(&[1_000_000, 10]), "10:-10", SlicePlan::GAP),
            [(800, 79_998_400)].map(cut).concat()
        );
        let f = header(&[1000, 50]).with_order(Order::F);
        assert_eq!(calls(&f, ":, 3:5", SlicePlan::GAP), [(24_000, 16_000)]);
        // Nothing is nothing.
        assert_eq!(calls(&wide, ":0", SlicePlan::GAP), []);
        assert_eq!(calls(&header(&[0, 10]), ":, 7", SlicePlan::GAP), []);
    }

    /// One long read as the calls that it takes.
    fn cut((start, len): (u64, usize)) -> Vec<(u64, usize)> {
        let most = MAX_DIRECT as usize;
        (0..len).step_by(most).map(|at| (start + at as u64, most.min(len - at))).collect()
    }

    #[test]
    fn axes_are_reversed() {
        let mut elements: Vec<i32> = (0..12).collect();
        reverse_axes(&mut elements, &[(2, true), (3, false), (2, true)]);
        assert_eq!(elements, [7, 6, 9, 8, 11, 10, 1, 0, 3, 2, 5, 4]);
        let mut elements: Vec<i32> = (0..6).collect();
        reverse_axes(&mut elements, &[(3, true), (2, false)]);
        assert_eq!(elements, [4, 5, 2, 3, 0, 1]);
        reverse_axes::<i32>(&mut [], &[(0, true), (2, true)]);
        reverse_axes(&mut elements, &[]);
    }
}
