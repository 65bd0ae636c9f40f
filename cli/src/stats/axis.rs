//! Statistics along one axis.

use npymap::{Order, Strided};

use crate::array::Array;
use crate::boxes::{Boxes, Part};
use crate::failure::Failure;
use crate::leaves::{self, Leaf};
use crate::strided::fastest_first;

use super::summary::{Scratch, Summary};

/// Summaries that are held at a time, some 200 bytes each.
const LANES_MOST: usize = 1 << 16;
/// Bytes of the array that are held at a time: along the axis across which a file runs, more of them make for longer runs.
const BOX: usize = 8 << 20;

/// Calls `each` for every element of the array without `axis`, in C order, with its indices, the field, and what is
/// found along the axis.
pub(super) fn run(
    array: &mut Array<'_>,
    axis: usize,
    leaves: &[Leaf],
    mut each: impl FnMut(&[usize], usize, &Summary) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut rest = array.shape.clone();
    let axis_len = rest.remove(axis);
    let view = array.view();
    let (size, mut bytes, mut scratch) = (array.dtype.itemsize(), Vec::new(), Scratch::default());
    let lanes_most = (LANES_MOST / leaves.len().max(1)).min(lanes_at_once(&view, axis, size)).max(1);
    for lanes in Boxes::new(&rest, &crate::boxes::in_c_order(&rest, lanes_most)) {
        let lanes_len: usize = lanes.lens.iter().product();
        let mut summaries = vec![Summary::default(); lanes_len * leaves.len()];
        let steps = (BOX / size.max(1) / lanes_len).max(1);
        for start in (0..axis_len).step_by(steps) {
            let mut part = Part { starts: lanes.starts.clone(), lens: lanes.lens.clone() };
            let len = steps.min(axis_len - start);
            part.starts.insert(axis, start);
            part.lens.insert(axis, len);
            array.read(&view, &part, &mut bytes)?;
            if size > 0 {
                // Each lane on its own, its elements side by side.
                let by_lane = by_lane(&bytes, &part.lens, axis, size);
                add(array, &by_lane, lanes_len, leaves.len(), &mut summaries, &mut scratch);
            }
        }
        for lane in 0..lanes_len {
            let index = index_of(lane, &lanes);
            for leaf in 0..leaves.len() {
                each(&index, leaf, &summaries[lane * leaves.len() + leaf])?;
            }
        }
    }
    Ok(())
}

/// How many lanes are read side by side, so that each byte is read once: those that run across the file between one
/// element of a lane and its next, and as many more as fit a box from their start to their end.
fn lanes_at_once(view: &Strided, axis: usize, size: usize) -> usize {
    let faster = fastest_first(view).into_iter().take_while(|&other| other != axis);
    let between: usize = faster.map(|other| view.shape()[other]).product();
    between.max(BOX / size.max(1) / view.shape()[axis].max(1))
}

/// The elements of a box in C order, with `axis` moved to the end.
fn by_lane(bytes: &[u8], lens: &[usize], axis: usize, size: usize) -> Vec<u8> {
    let mut shape = lens.to_vec();
    let axis_len = shape.remove(axis);
    let inner: usize = shape[axis..].iter().product();
    if inner == 1 {
        return bytes.to_vec();
    }
    let mut moved = vec![0; bytes.len()];
    for (block, moved) in
        bytes.chunks_exact(axis_len * inner * size).zip(moved.chunks_exact_mut(axis_len * inner * size))
    {
        match size {
            1 => turn::<1>(block, moved, inner),
            2 => turn::<2>(block, moved, inner),
            4 => turn::<4>(block, moved, inner),
            8 => turn::<8>(block, moved, inner),
            16 => turn::<16>(block, moved, inner),
            size => {
                for (number, item) in block.chunks_exact(size).enumerate() {
                    let start = (number % inner * axis_len + number / inner) * size;
                    moved[start..start + size].copy_from_slice(item);
                }
            }
        }
    }
    moved
}

/// Turns rows of `width` items into columns, in squares that stay in the cache.
fn turn<const SIZE: usize>(rows: &[u8], columns: &mut [u8], width: usize) {
    const SQUARE: usize = 32;
    let ((rows, _), (columns, _)) = (rows.as_chunks::<SIZE>(), columns.as_chunks_mut::<SIZE>());
    let height = rows.len() / width;
    for top in (0..height).step_by(SQUARE) {
        for left in (0..width).step_by(SQUARE) {
            for column in left..width.min(left + SQUARE) {
                for row in top..height.min(top + SQUARE) {
                    columns[column * height + row] = rows[row * width + column];
                }
            }
        }
    }
}

fn add(
    array: &Array<'_>,
    bytes: &[u8],
    lanes: usize,
    leaves: usize,
    summaries: &mut [Summary],
    scratch: &mut Scratch,
) {
    let mut column = Vec::new();
    for (lane, elements) in bytes.chunks_exact(bytes.len() / lanes).enumerate() {
        leaves::for_each_column(&array.dtype, elements, &mut column, |leaf, scalar, part| {
            summaries[lane * leaves + leaf].add(scalar, part.bytes, scratch);
        });
    }
}

/// The indices of an element of a box.
fn index_of(mut number: usize, part: &Part) -> Vec<usize> {
    let mut index = part.starts.clone();
    for (at, &len) in index.iter_mut().zip(&part.lens).rev() {
        *at += number % len;
        number /= len;
    }
    index
}

/// Where an element stands, by its number in the order of the file.
pub(crate) fn unravel(mut number: usize, shape: &[usize], order: Order) -> Vec<usize> {
    let mut index = vec![0; shape.len()];
    let axes: Vec<usize> = match order {
        Order::C => (0..shape.len()).rev().collect(),
        Order::F => (0..shape.len()).collect(),
    };
    for axis in axes {
        index[axis] = number % shape[axis].max(1);
        number /= shape[axis].max(1);
    }
    index
}

#[cfg(test)]
mod tests {
    use npymap::{DType, Header};

    use super::*;

    #[test]
    fn lanes_stand_one_after_the_other() {
        for lens in [vec![7], vec![1, 5], vec![40, 70], vec![2, 33, 3], vec![3, 2, 2, 65]] {
            let len: usize = lens.iter().product();
            for (axis, size) in (0..lens.len()).flat_map(|axis| [1, 2, 3, 4, 8, 16].map(|size| (axis, size)))
            {
                let bytes: Vec<u8> = (0..len).flat_map(|number| vec![(number % 251) as u8; size]).collect();
                let inner: usize = lens[axis + 1..].iter().product();
                let numbers = (0..len / lens[axis]).flat_map(|lane| {
                    let start = lane / inner * inner * lens[axis] + lane % inner;
                    (0..lens[axis]).map(move |index| start + index * inner)
                });
                let expected: Vec<u8> = numbers.flat_map(|number| vec![(number % 251) as u8; size]).collect();
                assert!(
                    by_lane(&bytes, &lens, axis, size) == expected,
                    "{lens:?}, axis {axis}, {size} bytes"
                );
            }
        }
    }

    /// Otherwise a row would be read again for each piece of it.
    #[test]
    #[cfg_attr(target_pointer_width = "32", ignore = "the arrays are larger than memory can address")]
    fn a_lane_is_read_to_its_end_or_beside_its_neighbours() {
        let most = |shape: &[usize], order, axis| {
            let header = Header::new(DType::of::<f64>(), shape).with_order(order);
            lanes_at_once(&Strided::new(&header, 0).unwrap(), axis, 8)
        };
        // Rows of 8 KB: as many of them as fit, whole.
        assert_eq!(most(&[100_000, 1000], Order::C, 1), BOX / 8000);
        // All columns at once, some rows at a time.
        assert_eq!(most(&[100_000, 20_000], Order::C, 0), 20_000);
        assert_eq!(most(&[100_000, 20_000], Order::F, 1), 100_000);
        // One row is larger than a box.
        assert_eq!(most(&[4, 100_000_000], Order::C, 1), 1);
        assert_eq!(most(&[0, 3], Order::C, 0), BOX / 8);
    }
}
