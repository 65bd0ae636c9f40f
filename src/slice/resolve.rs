//! A slice against the shape of an array.

use super::{Bounds, Index, Slice};
use crate::error::{MismatchProblem, Result};
use crate::header::shape_text;

/// What a slice is of one array.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Resolved {
    /// The shape of the result.
    pub(super) shape: Vec<usize>,
    /// What is taken of each axis of the array.
    pub(super) taken: Vec<Taken>,
}

/// The elements of an axis that are taken: `start`, `start + step` and so on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Taken {
    pub(super) start: usize,
    pub(super) step: isize,
    pub(super) len: usize,
    /// The axis of the result; an index leaves none.
    pub(super) axis: Option<usize>,
}

impl Slice {
    /// What it is of an array of `shape`.
    pub(super) fn resolve(&self, shape: &[usize]) -> Result<Resolved> {
        self.try_resolve(shape).map_err(|reason| {
            let (slice, shape) = (self.to_string(), shape_text(shape));
            MismatchProblem::Slice { slice, shape, reason }.into()
        })
    }

    fn try_resolve(&self, shape: &[usize]) -> Result<Resolved, String> {
        let mentioned =
            self.indices.iter().filter(|index| matches!(index, Index::At(_) | Index::Range { .. }));
        let mentioned = mentioned.count();
        let ellipses = self.indices.iter().filter(|index| matches!(index, Index::Ellipsis)).count();
        if ellipses > 1 {
            return Err(format!("it has {ellipses} of '...', expected at most one"));
        }
        if mentioned > shape.len() || (mentioned < shape.len() && self.bounds == Bounds::Refused) {
            return Err(format!("it has {mentioned} indices for {} axes", shape.len()));
        }
        let mut missing = shape.len() - mentioned;
        let mut resolved = Resolved { shape: Vec::with_capacity(shape.len()), taken: Vec::new() };
        for index in self.indices.iter().chain((ellipses == 0).then_some(&Index::Ellipsis)) {
            let mut add = |index: &Index| -> Result<(), String> {
                let axis = resolved.taken.len();
                let len = shape.get(axis).copied().unwrap_or_default();
                let taken = match *index {
                    Index::At(at) => at_index(at, axis, len)?,
                    Index::Range { start, stop, step } => self.range((start, stop, step), axis, len)?,
                    Index::NewAxis | Index::Ellipsis => return Ok(()),
                };
                let is_axis = !matches!(index, Index::At(_));
                resolved.taken.push(Taken { axis: is_axis.then_some(resolved.shape.len()), ..taken });
                if is_axis {
                    resolved.shape.push(taken.len);
                }
                Ok(())
            };
            match index {
                Index::NewAxis => resolved.shape.push(1),
                Index::Ellipsis => {
                    (0..missing).try_for_each(|_| add(&Index::ALL))?;
                    missing = 0;
                }
                index => add(index)?,
            }
        }
        Ok(resolved)
    }

    /// Source: CPython's Objects/sliceobject.c, `PySlice_AdjustIndices`.
    fn range(
        &self,
        (start, stop, step): (Option<isize>, Option<isize>, isize),
        axis: usize,
        len: usize,
    ) -> Result<Taken, String> {
        let step_by = step.unsigned_abs();
        if step_by == 0 {
            return Err(format!("the step of axis {axis} is zero"));
        }
        // In i128 no sum of these overflows.
        let (len, backward) = (len as i128, step < 0);
        // The places between the elements, of which there is one more, are those that bounds name; a backward range
        // names the element before its place.
        let shift = i128::from(backward);
        if self.bounds == Bounds::Refused {
            for bound in [start, stop].into_iter().flatten() {
                let bound = bound as i128 + shift;
                if bound < -len || bound > len {
                    return Err(format!("{bound} is beyond axis {axis} with size {len}"));
                }
            }
        }
        let cut = |bound: isize| {
            let bound = bound as i128;
            let bound = if bound < 0 { bound + len } else { bound };
            bound.clamp(-shift, len - shift)
        };
        let (first, last) = if backward { (len - 1, -1) } else { (0, len) };
        let (start, stop) = (start.map_or(first, cut), stop.map_or(last, cut));
        let distance = if backward { start - stop } else { stop - start };
        let taken = if distance <= 0 { 0 } else { (distance - 1) / step_by as i128 + 1 };
        // Both lie within the axis, or nothing is taken.
        let (start, taken) = (usize::try_from(start).unwrap_or(0), usize::try_from(taken).unwrap_or(0));
        Ok(Taken { start, step, len: taken, axis: None })
    }
}

fn at_index(at: isize, axis: usize, len: usize) -> Result<Taken, String> {
    let start = if at < 0 { len.checked_sub(at.unsigned_abs()) } else { Some(at.unsigned_abs()) };
    match start.filter(|&start| start < len) {
        Some(start) => Ok(Taken { start, step: 1, len: 1, axis: None }),
        None => Err(format!("index {at} is out of bounds for axis {axis} with size {len}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_follow_python() {
        // range(len)[slice] of every small slice, counted by hand: stop as soon as a bound is passed.
        let bounds: Vec<Option<isize>> = (-7..=7).map(Some).chain([None]).collect();
        for len in 0..6usize {
            for &start in &bounds {
                for &stop in &bounds {
                    for step in [-7, -3, -2, -1, 1, 2, 3, 7] {
                        let slice = Slice::from([Index::Range { start, stop, step }]);
                        let taken = slice.resolve(&[len]).unwrap().taken[0];
                        let place = |bound: isize| if bound < 0 { bound + len as isize } else { bound };
                        let mut expected = Vec::new();
                        let first = if step > 0 { 0 } else { len as isize - 1 };
                        let mut at = start.map_or(first, place);
                        // A start beyond the end that the range comes from is moved to it.
                        at = if step > 0 { at.max(0) } else { at.min(len as isize - 1) };
                        while at >= 0 && at < len as isize {
                            if stop.is_some_and(
                                |stop| if step > 0 { at >= place(stop) } else { at <= place(stop) },
                            ) {
                                break;
                            }
                            expected.push(at);
                            at += step;
                        }
                        let got: Vec<isize> =
                            (0..taken.len as isize).map(|n| taken.start as isize + n * step).collect();
                        assert_eq!(got, expected, "{len} {start:?} {stop:?} {step}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_not_there_is_named() {
        let error = |text: &str, shape: &[usize]| {
            text.parse::<Slice>().unwrap().shape(shape).unwrap_err().to_string()
        };
        assert_eq!(
            error(":, 4", &[3, 4]),
            "slice [:, 4] is not in shape (3, 4): index 4 is out of bounds for axis 1 with size 4"
        );
        assert_eq!(
            error("-4", &[3, 4]),
            "slice [-4] is not in shape (3, 4): index -4 is out of bounds for axis 0 with size 3"
        );
        assert_eq!(error("0, 0", &[3]), "slice [0, 0] is not in shape (3,): it has 2 indices for 1 axes");
        assert_eq!(
            error("..., ...", &[3]),
            "slice [..., ...] is not in shape (3,): it has 2 of '...', expected at most one"
        );
        let zero = Slice::from([Index::Range { start: None, stop: None, step: 0 }]);
        assert_eq!(
            zero.shape(&[3]).unwrap_err().to_string(),
            "slice [::0] is not in shape (3,): the step of axis 0 is zero"
        );
        let far =
            Slice::from([Index::Range { start: Some(isize::MIN), stop: Some(isize::MAX), step: isize::MAX }]);
        assert_eq!(far.shape(&[isize::MAX as usize]).unwrap(), [1]);
        assert_eq!(Slice::from([Index::At(isize::MIN)]).shape(&[2]).ok(), None);
    }

    #[test]
    fn new_and_missing_axes_take_their_places() {
        let shape = |text: &str, shape: &[usize]| text.parse::<Slice>().unwrap().shape(shape).unwrap();
        assert_eq!(shape("None, 0, ..., None, 1:", &[2, 3, 4, 5]), [1, 3, 4, 1, 4]);
        assert_eq!(shape("()", &[2, 3]), [2, 3]);
        assert_eq!(shape("...", &[]), []);
        assert_eq!(shape("..., None", &[]), [1]);
        assert_eq!(shape("0, ..., 1", &[2, 3]), []);
    }
}
