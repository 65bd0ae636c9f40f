//! How a view lies in its file.

use npymap::{Index, Slice, Strided};

use crate::boxes::Part;

/// Bytes that are read at once at most.
const PIECE: usize = 1 << 20;
/// Bytes that are read at once though nobody wants them, where what is wanted lies around them: a system call costs as
/// much.
const GAP: u64 = 16 << 10;

/// Elements in all.
pub(crate) fn len(view: &Strided) -> usize {
    view.shape().iter().product()
}

/// Whether the elements in C order follow one another in the file.
pub(crate) fn is_run(view: &Strided) -> bool {
    let mut stride = view.itemsize() as isize;
    view.shape().iter().zip(view.strides()).rev().all(|(&axis, &step)| {
        let fits = axis <= 1 || step == stride;
        stride = stride.saturating_mul(axis as isize);
        fits
    })
}

/// The axes, that along which the file runs first.
pub(crate) fn fastest_first(view: &Strided) -> Vec<usize> {
    let mut axes: Vec<usize> = (0..view.shape().len()).collect();
    axes.sort_by_key(|&axis| view.strides()[axis].unsigned_abs());
    axes
}

/// Reads part of a view into `out` in C order, by `read`, which fills bytes from an offset on.
pub(crate) fn read<E: From<npymap::Error>>(
    view: &Strided,
    part: &Part,
    out: &mut Vec<u8>,
    mut read: impl FnMut(u64, &mut [u8]) -> Result<(), E>,
) -> Result<(), E> {
    let ranges = part.starts.iter().zip(&part.lens).map(|(&start, &len)| {
        let bound = |at: usize| isize::try_from(at).ok();
        Index::Range { start: bound(start), stop: bound(start + len), step: 1 }
    });
    let plan = view.slice(Slice::from(ranges.collect::<Vec<_>>()))?.plan().gap(GAP).max_range(PIECE);
    out.clear();
    out.resize(plan.nbytes(), 0);
    let mut fetched = Vec::new();
    for range in plan.ranges() {
        let bytes = range.bytes();
        let len = (bytes.end - bytes.start) as usize;
        let mut parts = range.parts();
        match (parts.next(), parts.next()) {
            // What comes as it is goes where it belongs at once.
            (Some(run), None) if run.count == 1 && run.len == len => {
                read(bytes.start, &mut out[run.to..run.to + len])?;
            }
            _ => {
                fetched.resize(len, 0);
                read(bytes.start, &mut fetched)?;
                range.place(&fetched, out)?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use npymap::{DType, Header, Order};

    use super::*;

    fn view(shape: &[usize], order: Order) -> Strided {
        Strided::new(&Header::new(DType::of::<u32>(), shape).with_order(order), 0).unwrap()
    }

    /// The elements of part of an array of 0, 1, 2, … in the file, in C order.
    fn elements(shape: &[usize], order: Order, slice: &str) -> Vec<u32> {
        let view = view(shape, order).slice(slice).unwrap();
        let part = Part { starts: vec![0; view.shape().len()], lens: view.shape().to_vec() };
        let mut out = Vec::new();
        let fill = |offset: u64, bytes: &mut [u8]| {
            for (number, element) in bytes.chunks_mut(4).enumerate() {
                element.copy_from_slice(&(offset as u32 / 4 + number as u32).to_le_bytes());
            }
            Ok::<(), npymap::Error>(())
        };
        read(&view, &part, &mut out, fill).unwrap();
        out.chunks(4).map(|bytes| u32::from_le_bytes(bytes.try_into().unwrap())).collect()
    }

    /// Elements that are far apart, in pieces and one by one, and runs that are longer than a piece.
    #[test]
    fn large_parts_are_read_in_pieces() {
        let wanted: Vec<u32> = (0..3_000_000).step_by(3).collect();
        assert_eq!(elements(&[3_000_000], Order::C, "::3"), wanted);
        let wanted: Vec<u32> = (0..40).map(|row| row * 100_000).collect();
        assert_eq!(elements(&[40, 100_000], Order::C, ":, 0"), wanted);
        let columns: Vec<u32> =
            (0..300).flat_map(|row| (0..500).map(move |column| row + column * 2000)).collect();
        assert_eq!(elements(&[2000, 500], Order::F, ":300"), columns);
        assert_eq!(elements(&[600_000], Order::C, "1:"), (1..600_000).collect::<Vec<_>>());
        assert_eq!(elements(&[3, 4], Order::C, "..., ::-3"), [3, 0, 7, 4, 11, 8]);
    }

    #[test]
    fn runs_are_known() {
        assert!(is_run(&view(&[3, 4], Order::C)));
        assert!(!is_run(&view(&[3, 4], Order::F)));
        assert!(is_run(&view(&[1, 4], Order::F)));
        assert!(is_run(&view(&[3, 4], Order::F).reversed_axes()));
        assert!(!is_run(&view(&[8], Order::C).slice("::2").unwrap()));
        assert_eq!(fastest_first(&view(&[2, 3, 4], Order::F)), [0, 1, 2]);
    }
}
