//! How much is printed.

/// How much of an array is printed, and how; the defaults are NumPy's.
///
/// # Examples
/// ```
/// use npymap::PrintOptions;
///
/// let options = PrintOptions::default().precision(3).linewidth(120);
/// assert_ne!(options, PrintOptions::default());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct PrintOptions {
    pub(crate) threshold: usize,
    pub(crate) edgeitems: usize,
    pub(crate) linewidth: usize,
    pub(crate) precision: usize,
}

impl PrintOptions {
    /// The same options, with another number of items above which an array is summarised (1000 by default).
    #[must_use]
    pub fn threshold(self, threshold: usize) -> Self {
        Self { threshold, ..self }
    }

    /// The same options, with another number of items at either end of each axis of a summary (3 by default).
    #[must_use]
    pub fn edgeitems(self, edgeitems: usize) -> Self {
        Self { edgeitems, ..self }
    }

    /// The same options, with another number of characters at which a line is broken (75 by default).
    #[must_use]
    pub fn linewidth(self, linewidth: usize) -> Self {
        Self { linewidth, ..self }
    }

    /// The same options, with another number of digits after the point of a float (at most 8 by default).
    #[must_use]
    pub fn precision(self, precision: usize) -> Self {
        Self { precision, ..self }
    }

    /// The shape of the elements that are shown of an array: its own or, where NumPy summarises, each long axis cut to
    /// its edges. Of an axis that is cut to `n`, the first `n / 2` and the last `n - n / 2` elements are shown.
    ///
    /// # Examples
    /// ```
    /// use npymap::PrintOptions;
    ///
    /// let options = PrintOptions::default();
    /// assert_eq!(options.shown_shape(&[150, 4]), [150, 4]);
    /// assert_eq!(options.shown_shape(&[1_000_000, 4]), [6, 4]);
    /// ```
    pub fn shown_shape(&self, shape: &[usize]) -> Vec<usize> {
        super::stored_shape(shape, self)
    }

    /// Whether NumPy summarises an array of that shape.
    pub(super) fn summarises(&self, shape: &[usize]) -> bool {
        !shape.contains(&0)
            && shape.iter().try_fold(1usize, |len, &axis| len.checked_mul(axis)).unwrap_or(usize::MAX)
                > self.threshold
    }

    /// Items at the start and at the end of an axis of a summary, or `None` where it is shown whole.
    ///
    /// NumPy shows the last item even where it is asked for none.
    pub(super) fn edges(&self, axis: usize) -> Option<(usize, usize)> {
        (axis > self.edgeitems.saturating_mul(2)).then_some((self.edgeitems, self.edgeitems.max(1)))
    }
}

// Source: numpy/_core/printoptions.py.
impl Default for PrintOptions {
    fn default() -> Self {
        Self { threshold: 1000, edgeitems: 3, linewidth: 75, precision: 8 }
    }
}
