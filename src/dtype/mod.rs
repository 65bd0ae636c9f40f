//! Layer 1: what one element is in the file.
//!
//! [`DType`] is NumPy's dtype: a scalar, a record of named fields, or a subarray of either. Its text
//! forms live beside it: `spelling` reads NumPy's dtype strings, with `comma` and `unit` for their
//! parts; `display` writes them and `descr` the literal of a header.

mod comma;
mod descr;
mod display;
mod field;
mod from_str;
mod literal;
mod name;
mod packed;
mod scalar;
mod spelling;
mod spelling_error;
mod strtol;
mod structured;
mod unit;

pub(crate) use descr::{Written, descr, shape, word, write_shape};
pub use field::{Field, Title};
pub(crate) use literal::from_descr;
pub use scalar::{ByteOrder, Kind, Scalar, TimeUnit, Unit};
pub use structured::{Structured, Subarray};

/// NumPy's dtype: what one element of an array is in the file.
///
/// Two dtypes are equal where NumPy's `==` says so.
///
/// # Examples
/// ```
/// use npymap::DType;
///
/// let dtype: DType = ">f4".parse()?;
/// assert_eq!(dtype.itemsize(), 4);
/// assert_eq!(dtype.to_string(), ">f4");
/// assert_eq!(DType::of::<f64>().to_string(), "float64");
/// # Ok::<(), npymap::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DType {
    /// One number, text, time, raw bytes or object.
    Scalar(Scalar),
    /// A record of named fields.
    Structured(Structured),
    /// An array of a fixed shape as one element.
    Subarray(Subarray),
}

impl DType {
    /// Bytes of one element.
    pub fn itemsize(&self) -> usize {
        match self {
            Self::Scalar(scalar) => scalar.itemsize(),
            Self::Structured(structured) => structured.itemsize(),
            Self::Subarray(subarray) => subarray.itemsize(),
        }
    }

    /// Whether NumPy takes a number after the dtype for its size, because it has no bytes and no fields.
    ///
    /// Source: numpy/ndarraytypes.h, `PyDataType_ISUNSIZED`.
    pub(crate) fn is_unsized(&self) -> bool {
        !matches!(self, Self::Structured(_)) && self.itemsize() == 0
    }

    /// The alignment in bytes that NumPy gives the dtype; 1 for packed records, text and raw bytes.
    ///
    /// Source: `numpy.dtype.alignment` on 64-bit platforms.
    pub fn alignment(&self) -> usize {
        match self {
            Self::Scalar(scalar) => scalar.alignment(),
            Self::Structured(structured) => structured.alignment(),
            Self::Subarray(subarray) => subarray.base().alignment(),
        }
    }

    /// The axes that a subarray adds to those of its array, and the dtype below them, which is no subarray.
    pub(crate) fn flattened(&self) -> (Vec<usize>, &Self) {
        match self {
            Self::Subarray(subarray) => subarray.flattened(),
            dtype => (Vec::new(), dtype),
        }
    }

    /// Fields in all, those of fields included.
    pub(crate) fn count_fields(&self) -> usize {
        match self {
            Self::Scalar(_) => 0,
            Self::Structured(structured) => structured.fields().iter().fold(0, |count: usize, field| {
                count.saturating_add(1).saturating_add(field.dtype().count_fields())
            }),
            Self::Subarray(subarray) => subarray.base().count_fields(),
        }
    }

    /// Whether an element has bytes that belong to no field.
    pub(crate) fn has_padding(&self) -> bool {
        let mut used = 0;
        self.for_each_run(0, &mut |_, len| used = len.saturating_add(used));
        used != self.itemsize()
    }

    /// Calls `run` with the offset and length of each run of bytes that belongs to a field, or to an element
    /// that is no record. Fields of a Rust type do not overlap.
    pub(crate) fn for_each_run(&self, offset: usize, run: &mut dyn FnMut(usize, usize)) {
        match self {
            Self::Scalar(scalar) => run(offset, scalar.itemsize()),
            Self::Structured(structured) => {
                for field in structured.fields() {
                    field.dtype().for_each_run(offset.saturating_add(field.offset()), run);
                }
            }
            Self::Subarray(subarray) => match subarray.base() {
                Self::Scalar(_) => run(offset, subarray.itemsize()),
                base => {
                    let count: usize = subarray.shape().iter().product();
                    for item in 0..count {
                        base.for_each_run(offset.saturating_add(item.saturating_mul(base.itemsize())), run);
                    }
                }
            },
        }
    }

    /// Whether an element is, or holds, a Python object, so that the data cannot be read.
    pub fn has_object(&self) -> bool {
        match self {
            Self::Scalar(scalar) => matches!(scalar.kind(), Kind::Object | Kind::String),
            Self::Structured(structured) => {
                structured.fields().iter().any(|field| field.dtype().has_object())
            }
            Self::Subarray(subarray) => subarray.base().has_object(),
        }
    }
}

impl From<Scalar> for DType {
    fn from(scalar: Scalar) -> Self {
        Self::Scalar(scalar)
    }
}

impl From<Structured> for DType {
    fn from(structured: Structured) -> Self {
        Self::Structured(structured)
    }
}

impl From<Subarray> for DType {
    fn from(subarray: Subarray) -> Self {
        Self::Subarray(subarray)
    }
}

/// What this machine says where a little-endian one says `text`: `<` and `>` have changed places.
#[cfg(test)]
fn native(text: &str) -> String {
    let swapped = |c| match c {
        '<' => '>',
        '>' => '<',
        _ => c,
    };
    text.chars().map(|c| if cfg!(target_endian = "little") { c } else { swapped(c) }).collect()
}
