//! Layer 2: parts of an array, and the bytes of a file that hold them. Nothing here does I/O.
//!
//! [`Slice`] says which elements; `from_str` reads it as NumPy's text and `from_ndarray` takes `s![..]`. `resolve`
//! holds it against a shape, `plan` says which bytes it is, and `ranges` in which pieces to fetch them; `strided` has views of views.

#[cfg(feature = "ndarray")]
mod from_ndarray;
mod from_str;
mod plan;
mod ranges;
mod resolve;
mod strided;

use std::fmt;

pub use plan::SlicePlan;
pub(crate) use plan::{Axis, Taken};
pub use ranges::{SlicePart, SliceRange};
pub use strided::Strided;

/// One item between the brackets of `a[0, 2:9:3, np.newaxis, ...]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Index {
    /// One element of an axis, which the result does not have. A negative one counts from the end.
    At(isize),
    /// Every `step`-th element of an axis; `start:stop:step` in Python, with its rules: negative bounds count
    /// from the end, those beyond the axis are cut to it, and a negative step goes backwards from `start`.
    Range {
        /// The first element; `None` is the first in the direction of `step`.
        start: Option<isize>,
        /// The first element that is left out; `None` is none.
        stop: Option<isize>,
        /// From one element to the next; not zero.
        step: isize,
    },
    /// A new axis of one element: `np.newaxis`, `None`.
    NewAxis,
    /// As many whole axes as are missing: `...`.
    Ellipsis,
}

impl Index {
    /// A whole axis: `:`.
    pub const ALL: Self = Self::Range { start: None, stop: None, step: 1 };
}

/// As NumPy's users write it: `2:9:3`.
impl fmt::Display for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(index) => write!(f, "{index}"),
            Self::Range { start, stop, step } => {
                if let Some(start) = start {
                    write!(f, "{start}")?;
                }
                f.write_str(":")?;
                if let Some(stop) = stop {
                    write!(f, "{stop}")?;
                }
                if *step == 1 { Ok(()) } else { write!(f, ":{step}") }
            }
            Self::NewAxis => f.write_str("None"),
            Self::Ellipsis => f.write_str("..."),
        }
    }
}

/// Which part of an array: what stands between the brackets of `a[0:5, ::2, -1]`.
///
/// It is made of NumPy's text, of [`Index`]es, or of ndarray's `s![..]`. The first two follow NumPy: axes that are
/// not mentioned are taken whole, and bounds beyond an axis are cut to it. `s![..]` follows ndarray: it mentions each
/// axis, bounds beyond an axis are an error, and a negative step takes the elements of the range from its end.
///
/// # Examples
/// ```
/// use npymap::{Index, Slice};
///
/// let slice: Slice = "0:5, ::-2, -1".parse()?;
/// let by_hand = Slice::from([
///     Index::Range { start: Some(0), stop: Some(5), step: 1 },
///     Index::Range { start: None, stop: None, step: -2 },
///     Index::At(-1),
/// ]);
/// assert_eq!(slice, by_hand);
/// assert_eq!(slice.to_string(), "0:5, ::-2, -1");
/// assert_eq!(slice.shape(&[100, 7, 3])?, [5, 4]);
/// # Ok::<(), npymap::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Slice {
    indices: Vec<Index>,
    bounds: Bounds,
}

/// What bounds beyond an axis are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Bounds {
    /// Cut to the axis, and missing axes are taken whole: NumPy's rules.
    Cut,
    /// An error, as are axes that are not mentioned: ndarray's rules.
    Refused,
}

impl Slice {
    /// The whole array: `...`.
    pub fn all() -> Self {
        Self::from([Index::Ellipsis])
    }

    /// What it is made of.
    pub fn indices(&self) -> &[Index] {
        &self.indices
    }

    /// The shape of this part of an array of `shape`.
    ///
    /// # Errors
    /// [`Error::Mismatch`](crate::Error::Mismatch) where there are more indices than axes, an index beyond its
    /// axis, a step of zero or a second `...`.
    pub fn shape(&self, shape: &[usize]) -> crate::Result<Vec<usize>> {
        Ok(self.resolve(shape)?.shape)
    }
}

impl From<Vec<Index>> for Slice {
    fn from(indices: Vec<Index>) -> Self {
        Self { indices, bounds: Bounds::Cut }
    }
}

impl<const N: usize> From<[Index; N]> for Slice {
    fn from(indices: [Index; N]) -> Self {
        Vec::from(indices).into()
    }
}

impl From<&Self> for Slice {
    fn from(slice: &Self) -> Self {
        slice.clone()
    }
}

/// As NumPy's users write it: `0:5, ::2, -1`.
impl fmt::Display for Slice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.indices.is_empty() {
            return f.write_str("()");
        }
        for (number, index) in self.indices.iter().enumerate() {
            if number > 0 {
                f.write_str(", ")?;
            }
            index.fmt(f)?;
        }
        Ok(())
    }
}
