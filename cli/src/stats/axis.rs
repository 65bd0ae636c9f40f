//! Statistics along one axis.

use npymap::Order;

use crate::array::Array;
use crate::boxes::{Boxes, Part};
use crate::failure::Failure;
use crate::leaves::{self, Leaf};

use super::summary::{Scratch, Summary};

/// Summaries that are held at a time.
const LANES_MOST: usize = 1 << 14;
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
    let lanes_most = (LANES_MOST / leaves.len().max(1)).max(1);
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

/// The elements of a box in C order, with `axis` moved to the end.
fn by_lane(bytes: &[u8], lens: &[usize], axis: usize, size: usize) -> Vec<u8> {
    let mut shape = lens.to_vec();
    let axis_len = shape.remove(axis);
    let inner: usize = shape[axis..].iter().product();
    let outer: usize = shape[..axis].iter().product();
    if inner == 1 {
        return bytes.to_vec();
    }
    let mut moved = Vec::with_capacity(bytes.len());
    for outer in 0..outer {
        for inner_index in 0..inner {
            for index in 0..axis_len {
                let start = ((outer * axis_len + index) * inner + inner_index) * size;
                moved.extend_from_slice(&bytes[start..start + size]);
            }
        }
    }
    moved
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
