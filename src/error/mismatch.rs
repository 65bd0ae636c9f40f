//! What was asked for that the file does not have.

/// The caller asked for another type, shape, order or alignment than the file has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MismatchProblem {
    /// The file's dtype is not that of the Rust type.
    #[error("dtype {dtype} cannot be read as {wanted}, expected {expected}")]
    DType {
        /// The dtype as the header shows it.
        dtype: String,
        /// The Rust type.
        wanted: String,
        /// The dtypes that would do.
        expected: String,
    },
    /// A record's field does not fit the Rust type's.
    #[error("records of dtype {dtype} cannot be read as {wanted}: {reason}")]
    Record {
        /// The dtype as the header shows it.
        dtype: String,
        /// The Rust type.
        wanted: String,
        /// Which field, and what is wrong with it.
        reason: String,
    },
    /// The Rust type is an array, and the file's last axes are not its own.
    #[error("shape {shape} does not end with the axes {axes} of {wanted}")]
    Axes {
        /// The shape as Python shows it.
        shape: String,
        /// The axes of the Rust type as Python shows them.
        axes: String,
        /// The Rust type.
        wanted: String,
    },
    /// The Rust type is an array, whose items do not lie side by side in the file.
    #[error(
        "shape {shape} is in Fortran order, in which the items of {wanted} do not lie side by side; read it as \
         an array of the items"
    )]
    Scattered {
        /// The shape as Python shows it.
        shape: String,
        /// The Rust type.
        wanted: String,
    },
    /// A text is longer than the Rust type.
    #[error("text of {found} {unit} does not fit {wanted}")]
    TextLen {
        /// Bytes or characters of the text.
        found: usize,
        /// What is counted.
        unit: &'static str,
        /// The Rust type.
        wanted: String,
    },
    /// A time that has no count of a unit, or a count that is no time.
    #[error("{found} does not fit {wanted}")]
    Time {
        /// The time, or the count and its unit.
        found: String,
        /// The Rust type, or the dtype.
        wanted: String,
    },
    /// The Rust type cannot be saved as the dtype.
    #[error("{wanted} cannot be saved as dtype {dtype}, expected {expected}")]
    SavedAs {
        /// The dtype as the header shows it.
        dtype: String,
        /// The Rust type.
        wanted: String,
        /// The dtypes that would do.
        expected: String,
    },
    /// The file's records have no such field.
    #[error("field {path} is not in dtype {dtype}")]
    Field {
        /// The field that was asked for, as Python shows it.
        path: String,
        /// The dtype as the header shows it.
        dtype: String,
    },
    /// The bytes would have to change to become the Rust type, so there can be no reference to them.
    #[error("dtype {dtype} cannot be viewed as {wanted} without a copy: {reason}; use {way_out}")]
    View {
        /// The dtype as the header shows it.
        dtype: String,
        /// The Rust type.
        wanted: String,
        /// Byte order, layout or alignment.
        reason: String,
        /// The calls that do read it.
        way_out: &'static str,
    },
    /// The file has another number of axes than the Rust type.
    #[error("shape {shape} has {found} axes, expected {expected}")]
    Ndim {
        /// The shape as Python shows it.
        shape: String,
        /// Axes in the file.
        found: usize,
        /// Axes in the Rust type.
        expected: usize,
    },
    /// The caller's buffer or argument has another number of elements.
    #[error("shape {shape} has {found} elements, expected {expected}")]
    Len {
        /// The shape as Python shows it.
        shape: String,
        /// Elements in the file.
        found: usize,
        /// Elements that the caller brought.
        expected: usize,
    },
    /// The text of a slice is not NumPy's.
    #[error("slice {text} is invalid: {reason}")]
    SliceText {
        /// The text as Python shows it, at most 40 bytes.
        text: String,
        /// Which part is wrong, and why.
        reason: String,
    },
    /// The array has no such part.
    #[error("slice [{slice}] is not in shape {shape}: {reason}")]
    Slice {
        /// What stands between the brackets in Python.
        slice: String,
        /// The shape as Python shows it.
        shape: String,
        /// Which axis, and why.
        reason: String,
    },
    /// An array of a stream cannot be read any further like this.
    #[error("the array of shape {shape} cannot be read on: {reason}")]
    Stream {
        /// The shape as Python shows it.
        shape: String,
        /// What is left of it, and the way out.
        reason: String,
    },
    /// The array cannot be read in blocks of rows.
    #[error("shape {shape} cannot be read in rows: {reason}")]
    Blocks {
        /// The shape as Python shows it.
        shape: String,
        /// Why, and the way out.
        reason: String,
    },
    /// The array does not continue that of the file.
    #[error("shape {found} does not continue shape {shape}, expected {expected}")]
    Continuation {
        /// The array's shape as Python shows it.
        found: String,
        /// The file's shape as Python shows it.
        shape: String,
        /// The shape that would do, `n` along the axis that grows.
        expected: String,
    },
    /// The array is no item of the file's array.
    #[error("shape {found} is not that of an item of shape {shape}, expected {expected}")]
    Item {
        /// The array's shape as Python shows it.
        found: String,
        /// The file's shape as Python shows it.
        shape: String,
        /// The shape of an item.
        expected: String,
    },
    /// The last item is not whole.
    #[error("the last item of shape {item} is not whole: it has {needed} elements, found {found}")]
    PartialItem {
        /// The shape of an item as Python shows it.
        item: String,
        /// Elements of an item.
        needed: usize,
        /// Elements of it that were written.
        found: usize,
    },
    /// More or fewer elements than the header that has been written tells.
    #[error("shape {shape} needs {needed} elements, found {found}")]
    Written {
        /// The shape as Python shows it.
        shape: String,
        /// Elements of that shape.
        needed: usize,
        /// Elements that were written, or were to be.
        found: usize,
    },
    /// A new raw file of an unknown size.
    #[error("a new raw file needs a shape: call RawOptions::shape first")]
    NoShape,
    /// The array has no such rows.
    #[error("rows {} to {} are not in shape {shape}", rows.start, rows.end)]
    Rows {
        /// The rows that were asked for.
        rows: std::ops::Range<usize>,
        /// The shape as Python shows it.
        shape: String,
    },
    /// The archive has no array of that name.
    #[error("array {name} is not in the archive, found {found}")]
    Entry {
        /// The name as Python shows it.
        name: String,
        /// Some of the names that are there.
        found: String,
    },
    /// The archive has an array of that name already.
    #[error("array {name} is in the archive already, and no two may have one name")]
    EntryExists {
        /// The name as Python shows it.
        name: String,
    },
    /// The sparse array is in another format.
    #[error("the sparse array is in the format '{found}', expected {expected}")]
    SparseFormat {
        /// The format in Python's name.
        found: &'static str,
        /// The formats that would do.
        expected: &'static str,
    },
    /// An entry is compressed, so that its array is nowhere in the file.
    #[error(
        "the entry is compressed ({method}), so that it can neither be mapped nor read in parts; read it with \
         NpzReader::load, or write the archive anew with 'npymap repack --store'"
    )]
    Compressed {
        /// The compression method.
        method: String,
    },
}
