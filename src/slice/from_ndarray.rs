//! A slice from ndarray's `s![..]`.

use ndarray::{Dimension, SliceInfo, SliceInfoElem};

use super::{Bounds, Index, Slice};

/// `s![10..20, ..;3]`, by ndarray's rules.
impl<T, Din, Dout> From<SliceInfo<T, Din, Dout>> for Slice
where
    T: AsRef<[SliceInfoElem]>,
    Din: Dimension,
    Dout: Dimension,
{
    fn from(slice: SliceInfo<T, Din, Dout>) -> Self {
        Self::from(slice.as_ref())
    }
}

/// A slice by ndarray's rules, of any number of axes.
impl From<&[SliceInfoElem]> for Slice {
    fn from(elements: &[SliceInfoElem]) -> Self {
        let indices = elements.iter().map(|element| match *element {
            SliceInfoElem::Index(index) => Index::At(index),
            SliceInfoElem::NewAxis => Index::NewAxis,
            SliceInfoElem::Slice { start, end, step } => range(start, end, step),
        });
        Self { indices: indices.collect(), bounds: Bounds::Refused }
    }
}

/// ndarray's range in NumPy's terms: with a negative step, ndarray names the ends of the range, and NumPy the first
/// element to take and the first that is left out behind it.
fn range(start: isize, end: Option<isize>, step: isize) -> Index {
    if step > 0 {
        return Index::Range { start: Some(start), stop: end, step };
    }
    match end {
        // Nothing lies before the first element, which in NumPy's terms no number says.
        Some(0) => {
            Index::Range { start: Some(start), stop: Some(start), step: if step == 0 { 0 } else { 1 } }
        }
        end => Index::Range {
            start: end.map(|end| end.saturating_sub(1)),
            stop: (start != 0).then(|| start.saturating_sub(1)),
            step,
        },
    }
}
