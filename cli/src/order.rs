//! Bytes in one order.

use npymap::{ByteOrder, DType};

use crate::leaves;

/// Turns elements to little-endian.
pub(crate) struct Little {
    dtype: DType,
    /// Whether there is nothing to turn.
    done: bool,
    bytes: Vec<u8>,
}

impl Little {
    pub(crate) fn new(dtype: &DType) -> Self {
        let mut done = true;
        leaves::for_each_run(dtype, &mut |_, scalar, _, _| done &= scalar.byte_order() != ByteOrder::Big);
        Self { dtype: dtype.clone(), done, bytes: Vec::new() }
    }

    /// The same elements, little-endian.
    pub(crate) fn of<'a>(&'a mut self, elements: &'a [u8]) -> &'a [u8] {
        if self.done {
            return elements;
        }
        self.bytes.clear();
        self.bytes.extend_from_slice(elements);
        turn(&self.dtype, &mut self.bytes, ByteOrder::Little);
        &self.bytes
    }
}

/// Brings every number of some elements into that order, where it is in the other.
pub(crate) fn turn(dtype: &DType, elements: &mut [u8], order: ByteOrder) {
    let size = dtype.itemsize();
    leaves::for_each_run(dtype, &mut |_, scalar, offset, count| {
        if scalar.byte_order() == order || scalar.byte_order() == ByteOrder::NotApplicable {
            return;
        }
        let (width, len) = (scalar.swap_width(), scalar.itemsize() * count);
        if len == size {
            return swap(elements, width);
        }
        for element in elements.chunks_exact_mut(size) {
            swap(&mut element[offset..offset + len], width);
        }
    });
}

fn swap(bytes: &mut [u8], width: usize) {
    fn of<const WIDTH: usize>(bytes: &mut [u8]) {
        bytes.as_chunks_mut::<WIDTH>().0.iter_mut().for_each(|number| number.reverse());
    }
    match width {
        2 => of::<2>(bytes),
        4 => of::<4>(bytes),
        8 => of::<8>(bytes),
        width => bytes.chunks_exact_mut(width.max(1)).for_each(<[u8]>::reverse),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_of_a_record_is_turned() {
        let dtype: DType = ">i2,u1,(2,)>c8,<i2".parse().unwrap();
        let elements: Vec<u8> = (0..21).collect();
        let mut little = Little::new(&dtype);
        let expected = [1, 0, 2, 6, 5, 4, 3, 10, 9, 8, 7, 14, 13, 12, 11, 18, 17, 16, 15, 19, 20];
        assert_eq!(little.of(&elements), expected);
    }
}
