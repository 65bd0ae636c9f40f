//! The format of one item: a scalar, or a record and the subarrays within it.

use super::options::PrintOptions;
use super::scalar::{self, Context, ScalarFormat};
use crate::{DType, Field, Scalar};

/// How NumPy writes one item of an array, from what it has seen of all.
pub(super) enum ItemFormat<'a> {
    Scalar(ScalarFormat),
    /// The fields between parentheses, each in the format of its own column.
    Record(Vec<FieldFormat<'a>>),
}

impl<'a> ItemFormat<'a> {
    /// The format of items of that dtype, measured on `items`.
    pub(super) fn new(dtype: &'a DType, items: &[&[u8]], context: Context<'a>) -> Self {
        if let Some(scalar) = printed_scalar(dtype) {
            return Self::Scalar(ScalarFormat::new(scalar, items, context));
        }
        // Arrays and fields unpack their subarrays, and those within them: no item is one.
        let fields = match dtype {
            DType::Structured(structured) => structured.fields(),
            _ => &[],
        };
        Self::Record(fields.iter().map(|field| FieldFormat::new(field, items, context)).collect())
    }

    /// Writes one item; fewer bytes than an item has are taken as zeros.
    pub(super) fn write(&self, out: &mut String, item: &[u8]) {
        let fields = match self {
            Self::Scalar(format) => return format.write(out, item),
            Self::Record(fields) => fields,
        };
        out.push('(');
        for (number, format) in fields.iter().enumerate() {
            if number > 0 {
                out.push_str(", ");
            }
            let part = part(item, format.field);
            format.write_axes(out, part, &format.shape, format.options.summarises(&format.shape));
        }
        out.push_str(if fields.len() == 1 { ",)" } else { ")" });
    }
}

/// Writes the one item of a 0-d array; the dtype is no subarray.
pub(super) fn write_lone(out: &mut String, dtype: &DType, item: &[u8], options: &PrintOptions) {
    match printed_scalar(dtype) {
        Some(scalar) => scalar::write_lone(out, scalar, item, options),
        None => ItemFormat::new(dtype, &[item], Context::lone(options)).write(out, item),
    }
}

/// The scalar as which NumPy prints an item: a number with fields over it is the number.
fn printed_scalar(dtype: &DType) -> Option<Scalar> {
    match dtype {
        DType::Scalar(scalar) => Some(*scalar),
        DType::Structured(structured) => structured.scalar().copied(),
        DType::Subarray(_) => None,
    }
}

/// How one field of a record is written.
pub(super) struct FieldFormat<'a> {
    field: &'a Field,
    /// The shape of a subarray, with those of the subarrays within it; empty for one item.
    shape: Vec<usize>,
    /// What one item is.
    base: &'a DType,
    format: ItemFormat<'a>,
    options: &'a PrintOptions,
}

impl<'a> FieldFormat<'a> {
    fn new(field: &'a Field, records: &[&[u8]], context: Context<'a>) -> Self {
        let parts = records.iter().map(|record| part(record, field));
        let (shape, base) = field.dtype().flattened();
        let (items, context) = match field.dtype() {
            DType::Subarray(_) => {
                // Items without bytes are all alike, however many there are.
                let items = match base.itemsize() {
                    0 if shape.contains(&0) => Vec::new(),
                    0 => parts.take(1).collect(),
                    itemsize => parts.flat_map(|part| part.chunks_exact(itemsize)).collect(),
                };
                (items, context.subarray())
            }
            _ => (parts.collect::<Vec<_>>(), context),
        };
        let format = ItemFormat::new(base, &items, context);
        Self { field, shape, base, format, options: context.options }
    }

    /// Writes what lies along `axes`, on one line however long it gets.
    ///
    /// Source: arrayprint.py, `SubArrayFormat`, in which no items at the edges mean all of them at the end.
    fn write_axes(&self, out: &mut String, part: &[u8], axes: &[usize], summarises: bool) {
        let [axis, inner @ ..] = axes else {
            return self.format.write(out, part);
        };
        let stride = inner.iter().fold(self.base.itemsize(), |stride, axis| stride.saturating_mul(*axis));
        let edge = self.options.edgeitems;
        let dots = (summarises && *axis > edge.saturating_mul(2)).then_some(None);
        let first = if dots.is_some() { edge } else { 0 };
        let rest = if first > 0 { axis - first } else { 0 };
        let slots = (0..first).map(Some).chain(dots).chain((rest..*axis).map(Some));
        out.push('[');
        for (number, slot) in slots.enumerate() {
            if number > 0 {
                out.push_str(", ");
            }
            match slot {
                Some(index) => {
                    let start = index.saturating_mul(stride);
                    let part = part.get(start..start.saturating_add(stride)).unwrap_or_default();
                    self.write_axes(out, part, inner, summarises);
                }
                None => out.push_str("..."),
            }
        }
        out.push(']');
    }
}

/// The bytes of one field; empty where there are too few.
fn part<'b>(record: &'b [u8], field: &Field) -> &'b [u8] {
    let end = field.offset().saturating_add(field.dtype().itemsize());
    record.get(field.offset()..end).unwrap_or_default()
}
