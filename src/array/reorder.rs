//! Arrays in the other memory order than they have.

use std::io::{self, Write};

use crate::dtype::DType;
use crate::error::Result;
use crate::header::{Header, Order};

/// Whether the elements of such an array stand in that order: with one axis that is longer than 1, both are the same.
pub(crate) fn is_in(header: &Header, order: Order) -> bool {
    let is_flat = || header.shape.contains(&0) || header.shape.iter().filter(|&&axis| axis > 1).count() < 2;
    header.order == order || is_flat()
}

/// Writes the elements of an array in an order that may not be its own, by way of its bytes in memory. `write` writes
/// them as those of `dtype` in the order of the header.
pub(crate) fn write_turned(
    header: &Header,
    order: Order,
    dtype: &DType,
    write: impl Fn(&mut dyn Write) -> Result<()>,
    writer: &mut dyn Write,
) -> Result<()> {
    if is_in(header, order) {
        return write(writer);
    }
    let mut bytes = Vec::new();
    write(&mut bytes)?;
    Ok(write_reordered(header, dtype.itemsize(), &bytes, writer)?)
}

/// Writes items of `itemsize` bytes, which stand in the order of the header, in the other one.
fn write_reordered(header: &Header, itemsize: usize, bytes: &[u8], writer: &mut dyn Write) -> io::Result<()> {
    // The axis that runs fastest comes first, in what is read.
    let mut axes: Vec<(usize, usize)> = Vec::with_capacity(header.shape.len());
    let mut stride = itemsize;
    let mut add = |axis: &usize| {
        axes.push((*axis, stride));
        stride = stride.saturating_mul(*axis);
    };
    match header.order {
        Order::C => header.shape.iter().rev().for_each(&mut add),
        Order::F => header.shape.iter().for_each(&mut add),
    }
    // In what is written it comes last.
    let mut writer = io::BufWriter::new(writer);
    write_axes(&axes, itemsize, bytes, 0, &mut writer)?;
    writer.flush()
}

fn write_axes(
    axes: &[(usize, usize)],
    itemsize: usize,
    bytes: &[u8],
    at: usize,
    writer: &mut impl Write,
) -> io::Result<()> {
    let Some((&(count, stride), slower)) = axes.split_first() else {
        return writer.write_all(bytes.get(at..at + itemsize).unwrap_or_default());
    };
    (0..count).try_for_each(|index| write_axes(slower, itemsize, bytes, at + index * stride, writer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_orders_are_told_apart_and_turned() {
        let reordered = |order: Order, shape: &[usize], bytes: &[u8]| {
            let header = Header::new("u1".parse().unwrap(), shape).with_order(order);
            let mut written = Vec::new();
            write_reordered(&header, 1, bytes, &mut written).unwrap();
            written
        };
        assert_eq!(reordered(Order::C, &[2, 3], &[0, 1, 2, 3, 4, 5]), [0, 3, 1, 4, 2, 5]);
        assert_eq!(reordered(Order::F, &[2, 3], &[0, 3, 1, 4, 2, 5]), [0, 1, 2, 3, 4, 5]);
        assert_eq!(reordered(Order::C, &[2, 1, 2], &[0, 1, 2, 3]), [0, 2, 1, 3]);
        assert_eq!(reordered(Order::C, &[2, 0], &[]), []);
        let is_in_f = |shape: &[usize]| is_in(&Header::new("u1".parse().unwrap(), shape), Order::F);
        assert!(is_in_f(&[]) && is_in_f(&[7]) && is_in_f(&[1, 5, 1]) && is_in_f(&[0, 3, 3]));
        assert!(!is_in_f(&[2, 2]));
    }
}
