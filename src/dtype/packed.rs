//! The fields of a header's `descr`, which lie one after the other.

use super::name::Name;
use super::{DType, Field, Kind, Scalar, Structured, Title};

/// A record as far as it has been read.
#[derive(Default)]
pub(super) struct Packed {
    fields: Vec<Field>,
    end: usize,
}

impl Packed {
    /// Adds a field, or the padding that stands as one without a name; `None` where the record gets larger than NumPy
    /// lets an element be.
    #[inline]
    pub(super) fn push(&mut self, name: &str, title: Option<Title>, dtype: DType) -> Option<()> {
        let offset = self.end;
        self.end = offset.checked_add(dtype.itemsize()).filter(|&end| end <= Scalar::ITEMSIZE_MOST)?;
        if !(name.is_empty() && title.is_none() && is_void(&dtype)) {
            self.fields.push(Field { name: Name::from(name), title: title.map(Box::new), offset, dtype });
        }
        Some(())
    }

    /// The record, or `None` where a name or text title is used twice.
    pub(super) fn finish(self) -> Option<Structured> {
        Structured::new(self.fields, self.end)
    }
}

/// Whether NumPy takes an unnamed field of that dtype for padding: raw bytes, and subarrays of anything,
/// whose `dtype.type` is void too.
fn is_void(dtype: &DType) -> bool {
    match dtype {
        DType::Scalar(scalar) => scalar.kind() == Kind::Void && scalar.float8_order().is_none(),
        DType::Subarray(_) => true,
        DType::Structured(_) => false,
    }
}
