//! Byte order.

/// Reverses each run of `width` bytes in place. What is left over at the end stays as it is.
///
/// The widths of numbers are spelled out, so that the compiler makes vector shuffles of them.
pub(super) fn swap_in_place(bytes: &mut [u8], width: usize) {
    fn runs<const N: usize>(bytes: &mut [u8]) {
        let (runs, _) = bytes.as_chunks_mut::<N>();
        for run in runs {
            run.reverse();
        }
    }
    match width {
        0 | 1 => {}
        2 => runs::<2>(bytes),
        4 => runs::<4>(bytes),
        8 => runs::<8>(bytes),
        16 => runs::<16>(bytes),
        _ => bytes.chunks_exact_mut(width).for_each(<[u8]>::reverse),
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
