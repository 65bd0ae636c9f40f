//! Elements moved from one memory order to another, in tiles that fit the first-level cache.
//!
//! Where the axis along which elements lie side by side is not the same on both sides, one of them is touched a line
//! of the cache at a time, far from the one before. A tile uses up every line that it touches. The lines of a large
//! result are written past the cache, because to fetch them only to overwrite them costs as much again.
#![allow(unsafe_code, reason = "a move of elements one by one through checked slices takes twice the time")]

use super::square::{Byte, Moves, SIDE, turn};
use super::stream;

/// An axis of elements that are moved: how many, and the bytes from one to the next on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Axis {
    pub(super) len: usize,
    pub(super) from: isize,
    pub(super) to: isize,
}

/// How the destination is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Store {
    /// As usual: it is small, or read again soon. What is moved may be uninitialised.
    Cached,
    /// As usual, and every byte is initialised.
    Initialised,
    /// Past the cache, and every byte is initialised.
    Streamed,
}

/// Moves the elements of `size` bytes that `axes` reach from `from` to those that they reach from `to`.
///
/// # Safety
/// For every choice of an index within each axis, the `size` bytes at the sum of the offsets can be read from `from`
/// on, and written from `to` on; the two sides do not overlap. What `store` says of their bytes holds.
pub(super) unsafe fn rearrange(size: usize, axes: &[Axis], from: *const u8, to: *mut u8, store: Store) {
    if size == 0 || axes.iter().any(|axis| axis.len == 0) {
        return;
    }
    let mut axes = reduced(axes);
    let element = Axis { len: 1, from: size.cast_signed(), to: size.cast_signed() };
    // The axis along which elements of the destination are nearest to each other, and that of the source.
    let across = if axes.is_empty() { element } else { axes.remove(0) };
    let nearest = axes.iter().enumerate().min_by_key(|(_, axis)| axis.from.unsigned_abs());
    let along = nearest.filter(|(_, axis)| axis.from.unsigned_abs() < across.from.unsigned_abs());
    let plane = Plane { across, along: along.map_or(element, |(_, &axis)| axis), store };
    if let Some(index) = along.map(|(index, _)| index) {
        axes.remove(index);
    }
    for_each_offset(&axes, |from_offset, to_offset| {
        let (from, to) = (from.wrapping_offset(from_offset), to.wrapping_offset(to_offset));
        // SAFETY: the offsets are those of an index within each of the outer axes, and the plane's axes are the other
        // ones, so that the caller's promise holds for them.
        unsafe { plane.copy(size, from, to) };
    });
}

/// The axes without those of one element, from the nearest elements of the destination to the farthest; those that
/// follow each other on both sides are one.
fn reduced(axes: &[Axis]) -> Vec<Axis> {
    let mut axes: Vec<Axis> = axes.iter().copied().filter(|axis| axis.len != 1).collect();
    axes.sort_by_key(|axis| axis.to.unsigned_abs());
    let mut reduced: Vec<Axis> = Vec::with_capacity(axes.len());
    for axis in axes {
        match reduced.last_mut() {
            Some(last)
                if axis.from == last.from * last.len.cast_signed()
                    && axis.to == last.to * last.len.cast_signed() =>
            {
                last.len *= axis.len;
            }
            _ => reduced.push(axis),
        }
    }
    reduced
}

/// Calls `visit` with the offsets of both sides for every index into `axes`, the first one running fastest.
fn for_each_offset(axes: &[Axis], mut visit: impl FnMut(isize, isize)) {
    let mut index = vec![0usize; axes.len()];
    let (mut from, mut to) = (0isize, 0isize);
    loop {
        visit(from, to);
        let mut carried = true;
        for (at, axis) in index.iter_mut().zip(axes) {
            *at += 1;
            if *at < axis.len {
                (from, to) = (from + axis.from, to + axis.to);
                carried = false;
                break;
            }
            // Back to the start of this axis; the next one moves on.
            let steps = (*at - 1).cast_signed();
            (from, to) = (from - steps * axis.from, to - steps * axis.to);
            *at = 0;
        }
        if carried {
            return;
        }
    }
}

/// Bytes of the destination that are put together in the first-level cache before they are written past it.
const STAGE: usize = 8 * 1024;
/// Bytes of one row of the stage, where a row of the destination has more.
const STAGE_ROW: usize = 1024;
/// Elements of a row that are moved at a time: a line of the source for each stays in the first-level cache until all
/// of its elements are moved.
const COLUMNS: usize = 128;
/// Bytes of a line of the cache.
const LINE: usize = 64;

/// Two axes of elements.
struct Plane {
    /// Along it the elements of the destination are nearest to each other.
    across: Axis,
    /// Along it those of the source are; of one element where that is the same axis.
    along: Axis,
    store: Store,
}

impl Plane {
    /// # Safety
    /// As [`rearrange`], for these two axes.
    unsafe fn copy(&self, size: usize, from: *const u8, to: *mut u8) {
        let near = size.cast_signed();
        let is_dense = self.across.to == near;
        if self.along.len == 1 && is_dense && self.across.from == near {
            let len = self.across.len * size;
            return match self.store {
                // SAFETY: the elements lie side by side on both sides, so that they are one run of bytes.
                Store::Cached | Store::Initialised => unsafe { to.copy_from_nonoverlapping(from, len) },
                // SAFETY: as above.
                Store::Streamed => unsafe { stream::copy(from, to, len) },
            };
        }
        let is_aligned = (to.addr() | self.along.to.unsigned_abs()).is_multiple_of(SIDE);
        let moves = match self.store {
            Store::Cached => Moves::Any,
            // Squares of smaller elements have more rows than the processor gathers lines for.
            Store::Streamed if is_dense && matches!(size, 4 | 8 | 16) && is_aligned => Moves::Streamed,
            // SAFETY: the caller's promise is this function's own.
            Store::Streamed if is_dense => return unsafe { self.move_staged(size, from, to) },
            Store::Streamed | Store::Initialised => Moves::Vectors,
        };
        // SAFETY: as above; rows that are streamed are aligned, by the lines above.
        unsafe { self.move_all(size, from, to, moves) }
    }

    /// Puts rows together in a small memory of its own and writes them from there.
    ///
    /// # Safety
    /// As [`Plane::copy`], and the elements of the destination lie side by side along `across`.
    unsafe fn move_staged(&self, size: usize, from: *const u8, to: *mut u8) {
        let width = self.across.len.min((STAGE_ROW / size).max(1));
        let height = (STAGE / (width * size)).next_multiple_of(16).min(self.along.len).max(1);
        let mut stage = vec![0u8; width * size * height];
        for left in (0..self.across.len).step_by(width) {
            let across = Axis { len: width.min(self.across.len - left), ..self.across };
            let row = across.len * size;
            // Rows that follow each other without a gap are written as one.
            let is_whole = self.along.to == row.cast_signed();
            for top in (0..self.along.len).step_by(height) {
                let along =
                    Axis { len: height.min(self.along.len - top), to: row.cast_signed(), ..self.along };
                let (x, y) = (left.cast_signed(), top.cast_signed());
                // SAFETY: `left` and `top` are indices within the two axes.
                let from = unsafe { from.offset(x * self.across.from + y * self.along.from) };
                // SAFETY: as above.
                let to = unsafe { to.offset(x * self.across.to + y * self.along.to) };
                let part = Plane { across, along, store: Store::Initialised };
                // SAFETY: the part's indices are within the two axes; the stage has room for as many rows.
                unsafe { part.move_all(size, from, stage.as_mut_ptr(), Moves::Vectors) };
                if is_whole {
                    // SAFETY: these rows of the destination have no gap, by the line above.
                    unsafe { stream::copy(stage.as_ptr(), to, row * along.len) };
                    continue;
                }
                for (y, row) in stage.chunks_exact(row).take(along.len).enumerate() {
                    let to = to.wrapping_offset(y.cast_signed() * self.along.to);
                    // SAFETY: the elements of a row of the destination lie side by side, by the caller's promise.
                    unsafe { stream::copy(row.as_ptr(), to, row.len()) };
                }
            }
        }
    }

    /// # Safety
    /// As [`Plane::copy`]; what `moves` says of the elements and the rows holds.
    unsafe fn move_all(&self, size: usize, from: *const u8, to: *mut u8, moves: Moves) {
        match size {
            // SAFETY: the caller's promise is this function's own, here and below.
            1 => unsafe { self.squares::<1>(from, to, moves) },
            // SAFETY: as above.
            2 => unsafe { self.squares::<2>(from, to, moves) },
            // SAFETY: as above.
            4 => unsafe { self.squares::<4>(from, to, moves) },
            // SAFETY: as above.
            8 => unsafe { self.squares::<8>(from, to, moves) },
            // SAFETY: as above.
            16 => unsafe { self.squares::<16>(from, to, moves) },
            // SAFETY: as above.
            _ => unsafe { self.blocks(size, from, to) },
        }
    }

    /// Elements of `N` bytes in squares.
    ///
    /// # Safety
    /// As [`Plane::move_all`], for elements of `N` bytes.
    unsafe fn squares<const N: usize>(&self, from: *const u8, to: *mut u8, moves: Moves) {
        let near = N.cast_signed();
        let has_runs = self.across.to == near && self.along.from == near;
        let (across, along) = (self.across.len, self.along.len);
        let side = SIDE / N;
        let whole = |len: usize| if has_runs { len - len % side } else { 0 };
        // So that a part of a row ends with a line, where the rows are alike.
        let lead = to.addr().wrapping_neg() % LINE / N;
        let mut left = 0;
        while left < whole(across) {
            let right = (left + if left == 0 { lead } else { 0 } + COLUMNS).min(whole(across));
            let right = right - right % side;
            for y in (0..whole(along)).step_by(side) {
                let (from, to) = self.at(left, y, from, to);
                for x in (0..right - left).step_by(side) {
                    let (from, to) = self.at(x, 0, from, to);
                    // SAFETY: as many elements of both axes as a square has are left from here on, and they lie side
                    // by side along `across` in the destination and along `along` in the source; `x` elements are
                    // whole vectors.
                    unsafe { turn::<N>(from, self.across.from, to, self.along.to, moves) };
                }
            }
            left = right;
        }
        // What is left over at both ends, or all of it.
        for y in 0..along {
            let start = if y < whole(along) { whole(across) } else { 0 };
            for x in start..across {
                let (from, to) = self.at(x, y, from, to);
                // SAFETY: the indices are within the axes.
                let element = unsafe { from.cast::<[Byte; N]>().read_unaligned() };
                // SAFETY: as above.
                unsafe { to.cast::<[Byte; N]>().write_unaligned(element) };
            }
        }
    }

    /// Elements of any size, a few of the source's runs at a time.
    ///
    /// # Safety
    /// As [`Plane::copy`].
    unsafe fn blocks(&self, size: usize, from: *const u8, to: *mut u8) {
        const RUNS: usize = 16;
        for left in (0..self.across.len).step_by(RUNS) {
            for y in 0..self.along.len {
                for x in left..self.across.len.min(left + RUNS) {
                    let (from, to) = self.at(x, y, from, to);
                    // SAFETY: the indices are within the axes.
                    unsafe { to.copy_from_nonoverlapping(from, size) };
                }
            }
        }
    }

    /// Where the element of these indices stands on both sides.
    #[inline(always)]
    fn at(&self, x: usize, y: usize, from: *const u8, to: *mut u8) -> (*const u8, *mut u8) {
        let (x, y) = (x.cast_signed(), y.cast_signed());
        (
            from.wrapping_offset(x * self.across.from + y * self.along.from),
            to.wrapping_offset(x * self.across.to + y * self.along.to),
        )
    }
}
