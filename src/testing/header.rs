//! Headers.

use arbitrary::{Arbitrary, Result, Unstructured};

use super::DATA_MOST;
use crate::dtype::DType;
use crate::header::{Header, Order};

const AXES_MOST: usize = 4;

/// Of any dtype that `DType::arbitrary` makes, in either order; some shapes have axes of thousands or millions.
impl<'a> Arbitrary<'a> for Header {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let axis = |u: &mut Unstructured<'_>| match u.int_in_range(0..=7)? {
            6 => u.arbitrary::<u16>().map(usize::from),
            7 => Ok(u.arbitrary::<u32>()?.try_into().unwrap_or(usize::MAX)),
            axis => Ok(axis),
        };
        let header = Self::new(u.arbitrary()?, shape(u, axis)?).with_order(u.arbitrary()?);
        if header.check_size().is_ok() { Ok(header) } else { Ok(Self { shape: vec![1], ..header }) }
    }
}

/// C or Fortran.
impl<'a> Arbitrary<'a> for Order {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(if u.arbitrary()? { Self::F } else { Self::C })
    }
}

fn shape(
    u: &mut Unstructured<'_>,
    mut axis: impl FnMut(&mut Unstructured<'_>) -> Result<usize>,
) -> Result<Vec<usize>> {
    (0..u.int_in_range(0..=AXES_MOST)?).map(|_| axis(u)).collect()
}

/// A header whose data are few, with `ndim` axes or any number of them.
pub(super) fn small(u: &mut Unstructured<'_>, dtype: DType, ndim: Option<usize>) -> Result<Header> {
    let axis = |u: &mut Unstructured<'_>| u.int_in_range(0..=5);
    let shape = match ndim {
        Some(ndim) => (0..ndim).map(|_| axis(u)).collect::<Result<_>>()?,
        None => shape(u, axis)?,
    };
    let mut header = Header::new(dtype, shape).with_order(u.arbitrary()?);
    while header.nbytes().is_none_or(|nbytes| nbytes > DATA_MOST) {
        match header.shape.iter_mut().find(|axis| **axis > 1) {
            Some(axis) => *axis = 1,
            // One element is too large.
            None => header.shape.iter_mut().for_each(|axis| *axis = 0),
        }
        if header.shape.is_empty() {
            break;
        }
    }
    Ok(header)
}
