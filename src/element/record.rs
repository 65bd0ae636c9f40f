//! The dtypes of structs with `#[derive(Record)]`, out of what the derive knows of them.
//!
//! The derive writes calls of this module and nothing else, so that all that could go wrong stands here. It is
//! public for that code alone.

use super::Element;
use crate::dtype::{DType, Field, Scalar, Structured, Title};

/// How the fields of a struct lie in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// `repr(C)`: as NumPy's `align=True` lays them out.
    Aligned,
    /// `repr(C, packed)`: one behind the other.
    Packed,
    /// As the compiler chose, in any order.
    Unspecified,
}

/// What becomes of fields of the file that a struct does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Others {
    /// They are an error.
    Refused,
    /// They are left out.
    Skipped,
}

/// One field of a struct.
#[derive(Debug, Clone)]
pub struct RecordField {
    name: &'static str,
    title: Option<&'static str>,
    offset: usize,
    dtype: DType,
    saved: DType,
}

/// The field of type `T` that starts `offset` bytes from the start of its struct.
pub fn field<T: Element>(name: &'static str, title: Option<&'static str>, offset: usize) -> RecordField {
    RecordField { name, title, offset, dtype: T::dtype(), saved: T::saved_dtype() }
}

/// What the memory of the struct `T` is.
pub fn dtype<T, const N: usize>(mut fields: [RecordField; N], layout: Layout, others: Others) -> DType {
    // NumPy's header tells no offsets, so that fields follow each other by them.
    fields.sort_by_key(|field| (field.offset, field.dtype.itemsize()));
    let named = |field: RecordField| named(field.name, field.title, field.offset, field.dtype);
    let fields = fields.into_iter().map(named).collect();
    finish::<T>(fields, size_of::<T>(), layout, others)
}

/// What the struct `T` is saved as: its memory where the source says how that is laid out, and where not, all
/// fields one behind the other in the order of the source.
pub fn saved_dtype<T, const N: usize>(fields: [RecordField; N], layout: Layout, others: Others) -> DType {
    if layout != Layout::Unspecified && fields.iter().all(|field| field.dtype == field.saved) {
        return dtype::<T, N>(fields, layout, others);
    }
    let mut end = 0;
    let fields = fields.into_iter().map(|field| {
        let offset = end;
        end += field.saved.itemsize();
        named(field.name, field.title, offset, field.saved)
    });
    let fields = fields.collect();
    finish::<T>(fields, end, Layout::Packed, others)
}

fn named(name: &str, title: Option<&str>, offset: usize, dtype: DType) -> Field {
    Field::new(name, offset, dtype).with_title(title.map(|title| Title::Text(title.to_string())))
}

#[expect(clippy::panic, reason = "what the derive and the compiler have checked cannot come from input")]
fn finish<T>(fields: Vec<Field>, itemsize: usize, layout: Layout, others: Others) -> DType {
    const { assert!(size_of::<T>() <= Scalar::ITEMSIZE_MOST, "NumPy has no record of more than 2147483647 bytes") };
    let Some(record) = Structured::new(fields, itemsize) else {
        panic!("two fields of {} have one name or title", super::type_name::<T>());
    };
    let record = if layout == Layout::Aligned { record.aligned() } else { record };
    match others {
        Others::Refused => record.into(),
        Others::Skipped => record.subset().into(),
    }
}
