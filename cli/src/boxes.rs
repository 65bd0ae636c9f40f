//! Arrays in boxes that fit memory.

/// A part of an array: of each axis where it starts, and how long it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) starts: Vec<usize>,
    pub(crate) lens: Vec<usize>,
}

/// The boxes of a grid over an array, in C order.
pub(crate) struct Boxes {
    shape: Vec<usize>,
    /// What a box has of each axis at most.
    extents: Vec<usize>,
    next: Option<Vec<usize>>,
}

impl Boxes {
    /// Boxes of at most `extents`; an array without elements has none.
    pub(crate) fn new(shape: &[usize], extents: &[usize]) -> Self {
        let next = (!shape.contains(&0)).then(|| vec![0; shape.len()]);
        let extents = extents.iter().map(|&extent| extent.max(1)).collect();
        Self { shape: shape.to_vec(), extents, next }
    }
}

impl Iterator for Boxes {
    type Item = Part;

    fn next(&mut self) -> Option<Part> {
        let starts = self.next.take()?;
        let lens = self
            .shape
            .iter()
            .zip(&self.extents)
            .zip(&starts)
            .map(|((&axis, &most), &start)| most.min(axis - start));
        let lens = lens.collect();
        let mut next = starts.clone();
        for axis in (0..next.len()).rev() {
            next[axis] += self.extents[axis];
            if next[axis] < self.shape[axis] {
                self.next = Some(next);
                break;
            }
            next[axis] = 0;
        }
        Some(Part { starts, lens })
    }
}

/// Boxes of at most `most` elements that, one after the other, are the array in C order.
pub(crate) fn in_c_order(shape: &[usize], most: usize) -> Vec<usize> {
    let mut extents = vec![1; shape.len()];
    let mut left = most.max(1);
    for (extent, &axis) in extents.iter_mut().zip(shape).rev() {
        *extent = axis.min(left).max(1);
        if *extent < axis {
            break;
        }
        left /= axis.max(1);
    }
    extents
}

/// Boxes of about `most` elements at most, of which each has long runs both in C order and in the order in which the
/// axes of `fastest_first` run.
pub(crate) fn in_both_orders(shape: &[usize], fastest_first: &[usize], most: usize) -> Vec<usize> {
    let run = (most.max(1) as f64).sqrt() as usize;
    let mut extents = vec![1; shape.len()];
    let mut grow = |axes: &mut dyn Iterator<Item = usize>| {
        let mut left = run.max(1);
        for axis in axes {
            let extent = shape[axis].min(left).max(1);
            extents[axis] = extents[axis].max(extent);
            left /= extent;
            if extent < shape[axis] || left <= 1 {
                break;
            }
        }
    };
    grow(&mut fastest_first.iter().copied());
    grow(&mut (0..shape.len()).rev());
    extents
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_cover_everything_once() {
        for shape in [vec![], vec![7], vec![3, 4, 5], vec![2, 0, 3], vec![1, 9, 1, 2]] {
            for most in [1, 2, 3, 7, 20, 1000] {
                let reversed: Vec<usize> = (0..shape.len()).collect();
                for extents in [in_c_order(&shape, most), in_both_orders(&shape, &reversed, most)] {
                    assert!(extents.iter().product::<usize>() <= most.max(1), "{shape:?} {extents:?}");
                    let len: usize =
                        Boxes::new(&shape, &extents).map(|part| part.lens.iter().product::<usize>()).sum();
                    assert_eq!(len, shape.iter().product::<usize>());
                }
            }
        }
    }

    #[test]
    fn rows_follow_each_other() {
        assert_eq!(in_c_order(&[10, 4, 5], 45), [2, 4, 5]);
        assert_eq!(in_c_order(&[10, 4, 5], 13), [1, 2, 5]);
        assert_eq!(in_c_order(&[10], 3), [3]);
        assert_eq!(in_both_orders(&[1000, 1000], &[0, 1], 10_000), [100, 100]);
        assert_eq!(in_both_orders(&[3, 1000, 1000], &[0, 1, 2], 10_000), [3, 33, 100]);
    }
}
