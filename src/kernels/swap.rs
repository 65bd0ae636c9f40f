//! Byte order.

use super::wide::wide;

wide! {
    /// Reverses each run of `width` bytes in place. What is left over at the end stays as it is.
    pub(super) fn swap_in_place(bytes: &mut [u8], width: usize) {
        // The widths of numbers are spelled out, so that the compiler makes vector shuffles of them.
        match width {
            0 | 1 => {}
            2 => runs::<2>(bytes, |run| u16::from_ne_bytes(run).swap_bytes().to_ne_bytes()),
            4 => runs::<4>(bytes, |run| u32::from_ne_bytes(run).swap_bytes().to_ne_bytes()),
            8 => runs::<8>(bytes, |run| u64::from_ne_bytes(run).swap_bytes().to_ne_bytes()),
            16 => runs::<16>(bytes, |run| u128::from_ne_bytes(run).swap_bytes().to_ne_bytes()),
            _ => bytes.chunks_exact_mut(width).for_each(<[u8]>::reverse),
        }
    }
}

/// Bytes of a line of the cache, which holds whole vectors.
const LINE: usize = 64;

#[inline(always)]
fn runs<const N: usize>(bytes: &mut [u8], reverse: impl Fn([u8; N]) -> [u8; N]) {
    // Large arrays start 16 bytes behind a page, where every other vector would be in two lines.
    let head = bytes.as_ptr().align_offset(LINE);
    let head = if head.is_multiple_of(N) { head.min(bytes.len()) } else { 0 };
    let (head, rest) = bytes.split_at_mut(head);
    for part in [head, rest] {
        for run in part.as_chunks_mut().0 {
            *run = reverse(*run);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_width_is_reversed_run_by_run() {
        for width in [1, 2, 4, 8, 12, 16] {
            for runs in [0, 1, 2, 33] {
                let mut bytes: Vec<u8> = (0..width * runs).map(|byte| byte as u8).collect();
                let expected: Vec<u8> =
                    bytes.chunks(width).flat_map(|run| run.iter().rev().copied()).collect();
                swap_in_place(&mut bytes, width);
                assert_eq!(bytes, expected, "{runs} runs of {width} bytes");
            }
        }
    }
}
