//! Squares of elements, the rows of which become columns.
#![allow(unsafe_code, reason = "a move of elements one by one through checked slices takes twice the time")]

/// A byte that may be padding.
pub(super) type Byte = std::mem::MaybeUninit<u8>;

/// Bytes of a run and of a row of a square.
pub(super) const SIDE: usize = 16;

/// How the elements of a square are read and written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moves {
    /// As elements whose bytes may be uninitialised.
    Any,
    /// As vectors: every byte is initialised.
    Vectors,
    /// As vectors past the cache: every byte is initialised, and rows start at multiples of [`SIDE`].
    Streamed,
}

/// Makes rows of runs, each of [`SIDE`] bytes; there are as many of both as elements of `N` bytes in one.
///
/// # Safety
/// That many runs can be read, each `from_step` bytes after the one before, and as many rows written, which do not
/// overlap the runs. What `moves` says of them holds.
#[inline(always)]
pub(super) unsafe fn turn<const N: usize>(
    from: *const u8,
    from_step: isize,
    to: *mut u8,
    to_step: isize,
    moves: Moves,
) {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    if moves != Moves::Any {
        // SAFETY: the caller's promise is this function's own.
        return unsafe { vectors::turn::<N>(from, from_step, to, to_step, moves == Moves::Streamed) };
    }
    let _ = moves;
    let side = SIDE / N;
    for y in 0..side {
        for x in 0..side {
            let (x, y, near) = (x.cast_signed(), y.cast_signed(), N.cast_signed());
            let from = from.wrapping_offset(x * from_step + y * near).cast::<[Byte; N]>();
            let to = to.wrapping_offset(y * to_step + x * near).cast::<[Byte; N]>();
            // SAFETY: the element is one of run `x`, which can be read, by the caller's promise.
            let element = unsafe { from.read_unaligned() };
            // SAFETY: as above, of row `y`, which can be written.
            unsafe { to.write_unaligned(element) };
        }
    }
}

/// Every processor of this architecture has these instructions.
#[cfg(all(target_arch = "x86_64", not(miri)))]
mod vectors {
    use std::arch::x86_64::*;

    use super::SIDE;

    /// # Safety
    /// As [`super::turn`], of initialised bytes; where it is streamed, rows start at multiples of [`SIDE`].
    #[expect(clippy::indexing_slicing, reason = "by constants, once the loops are unrolled")]
    #[inline(always)]
    pub(super) unsafe fn turn<const N: usize>(
        from: *const u8,
        from_step: isize,
        to: *mut u8,
        to_step: isize,
        streamed: bool,
    ) {
        let side = SIDE / N;
        // SAFETY: zeros are a vector.
        let mut rows = [unsafe { _mm_setzero_si128() }; SIDE];
        for (x, row) in rows.iter_mut().enumerate().take(side) {
            let run = from.wrapping_offset(x.cast_signed() * from_step);
            // SAFETY: the run can be read, by the caller's promise.
            *row = unsafe { _mm_loadu_si128(run.cast()) };
        }
        // Like cards: each time the upper half of the rows comes between the elements of the lower half, the place of
        // an element turns by one bit, until row and column have changed places.
        for _ in 0..side.ilog2() {
            let before = rows;
            for pair in 0..side / 2 {
                let (low, high) = interleaved::<N>(before[pair], before[pair + side / 2]);
                (rows[2 * pair], rows[2 * pair + 1]) = (low, high);
            }
        }
        for (y, &row) in rows.iter().enumerate().take(side) {
            let to = to.wrapping_offset(y.cast_signed() * to_step).cast();
            if streamed {
                // SAFETY: the row can be written and its address is a multiple of 16, by the caller's promise.
                unsafe { _mm_stream_si128(to, row) };
            } else {
                // SAFETY: as above, whatever its address.
                unsafe { _mm_storeu_si128(to, row) };
            }
        }
    }

    /// The elements of `a` and `b` in turn: of their first halves, and of their second halves.
    #[expect(clippy::multiple_unsafe_ops_per_block, reason = "one safety line for all of a kind")]
    #[inline(always)]
    fn interleaved<const N: usize>(a: __m128i, b: __m128i) -> (__m128i, __m128i) {
        // SAFETY: the instructions touch nothing but their operands.
        unsafe {
            match N {
                1 => (_mm_unpacklo_epi8(a, b), _mm_unpackhi_epi8(a, b)),
                2 => (_mm_unpacklo_epi16(a, b), _mm_unpackhi_epi16(a, b)),
                4 => (_mm_unpacklo_epi32(a, b), _mm_unpackhi_epi32(a, b)),
                _ => (_mm_unpacklo_epi64(a, b), _mm_unpackhi_epi64(a, b)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_turns<const N: usize>() {
        let side = SIDE / N;
        let from: Vec<u8> = (0..512).map(|at: usize| (at * 7 + at / 256) as u8).collect();
        for moves in [Moves::Any, Moves::Vectors, Moves::Streamed] {
            let mut to = vec![0u128; 48];
            // SAFETY: there are at most 16 runs, one every 32 bytes, and as many rows, one every 48 bytes.
            unsafe { turn::<N>(from.as_ptr(), 32, to.as_mut_ptr().cast(), 48, moves) };
            crate::kernels::stream::finish();
            let to: &[u8] = bytemuck::cast_slice(&to);
            for (x, y) in (0..side).flat_map(|x| (0..side).map(move |y| (x, y))) {
                let moved = to.get(y * 48 + x * N..).and_then(|to| to.get(..N));
                assert_eq!(
                    moved,
                    from.get(x * 32 + y * N..).and_then(|from| from.get(..N)),
                    "{N} bytes, {moves:?}"
                );
            }
        }
    }

    #[test]
    fn rows_become_columns() {
        assert_turns::<1>();
        assert_turns::<2>();
        assert_turns::<4>();
        assert_turns::<8>();
        assert_turns::<16>();
    }
}
