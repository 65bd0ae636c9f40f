//! Dtypes made of others: records and subarrays.

use std::hash::{Hash, Hasher};

use super::DType;

/// A record: named fields at byte offsets within an element of `itemsize` bytes.
#[derive(Debug, Clone)]
pub struct Structured {
    fields: Vec<Field>,
    itemsize: usize,
    aligned: bool,
}

/// One field of a record.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Field {
    pub(super) name: String,
    pub(super) title: Option<Title>,
    pub(super) offset: usize,
    pub(super) dtype: DType,
}

/// A field's second name. NumPy takes any Python value for it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Title {
    /// A text, by which the field can be named too.
    Text(String),
    /// Another value, as Python's `repr` shows it.
    Literal(String),
}

/// An array of a fixed shape as one element, in C order.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Subarray {
    base: Box<DType>,
    shape: Vec<usize>,
    itemsize: usize,
}

impl Structured {
    /// The record of these fields in an element of `itemsize` bytes, or `None` where a field does not
    /// lie within it, or two share a name or a text title, or NumPy cannot hold so large an element.
    pub fn new(fields: Vec<Field>, itemsize: usize) -> Option<Self> {
        let within = |field: &Field| {
            field.offset.checked_add(field.dtype.itemsize()).is_some_and(|end| end <= itemsize)
        };
        let mut names = std::collections::HashSet::with_capacity(fields.len());
        let distinct = fields.iter().all(|field| {
            names.insert(field.name())
                && match &field.title {
                    // A title equal to its own field's name is no second name.
                    Some(Title::Text(title)) => names.insert(title),
                    _ => true,
                }
        });
        let fits = itemsize <= super::Scalar::ITEMSIZE_MOST;
        (fits && distinct && fields.iter().all(within)).then_some(Self { fields, itemsize, aligned: false })
    }

    /// The same record as NumPy's `align=True` makes it, where its offsets and item size are aligned.
    #[must_use]
    pub fn aligned(self) -> Self {
        let alignment = self.natural_alignment();
        let aligned = self.itemsize.is_multiple_of(alignment)
            && self.fields.iter().all(|field| field.offset.is_multiple_of(field.dtype.alignment()));
        Self { aligned, ..self }
    }

    /// Whether it was made as NumPy's `align=True` makes it. A file does not tell.
    pub fn is_aligned(&self) -> bool {
        self.aligned
    }

    /// The fields in the order of the header.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The field of that name or text title.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| {
            field.name == name || matches!(&field.title, Some(Title::Text(title)) if title == name)
        })
    }

    /// Bytes of one element, padding included.
    pub fn itemsize(&self) -> usize {
        self.itemsize
    }

    fn natural_alignment(&self) -> usize {
        self.fields.iter().map(|field| field.dtype.alignment()).max().unwrap_or(1)
    }

    pub(super) fn alignment(&self) -> usize {
        if self.aligned { self.natural_alignment() } else { 1 }
    }
}

// NumPy's `==` compares names, titles, formats, offsets and item size, and not the `align` flag.
impl PartialEq for Structured {
    fn eq(&self, other: &Self) -> bool {
        self.itemsize == other.itemsize && self.fields == other.fields
    }
}

impl Eq for Structured {}

impl Hash for Structured {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.fields.hash(state);
        self.itemsize.hash(state);
    }
}

impl Field {
    /// A field of that name and dtype, `offset` bytes from the start of the record.
    pub fn new(name: impl Into<String>, offset: usize, dtype: DType) -> Self {
        Self { name: name.into(), title: None, offset, dtype }
    }

    /// The same field, with a title.
    #[must_use]
    pub fn with_title(self, title: Title) -> Self {
        Self { title: Some(title), ..self }
    }

    /// Its name; may be empty.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its title, if it has one.
    pub fn title(&self) -> Option<&Title> {
        self.title.as_ref()
    }

    /// Bytes from the start of the record.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// What it is.
    pub fn dtype(&self) -> &DType {
        &self.dtype
    }
}

impl Subarray {
    /// The most axes that NumPy lets an array have.
    pub const NDIM_MOST: usize = 64;

    /// The array of that shape of `base`; a subarray of a subarray becomes one, as in NumPy. `None`
    /// where it has no or too many axes, or is larger than NumPy lets an element be.
    pub fn new(base: DType, shape: impl Into<Vec<usize>>) -> Option<Self> {
        let mut shape = shape.into();
        let base = match base {
            DType::Subarray(inner) => {
                shape.extend(&inner.shape);
                inner.base
            }
            base => Box::new(base),
        };
        // Zero axes do not excuse the others: NumPy multiplies from the left, and checks each.
        let len = shape.iter().try_fold(1usize, |len, &axis| {
            (axis <= super::Scalar::ITEMSIZE_MOST).then_some(())?;
            len.checked_mul(axis)
        })?;
        let itemsize = len.checked_mul(base.itemsize())?;
        let fits = itemsize <= super::Scalar::ITEMSIZE_MOST && (1..=Self::NDIM_MOST).contains(&shape.len());
        fits.then_some(Self { base, shape, itemsize })
    }

    /// The dtype of one item of the array; never a subarray itself.
    pub fn base(&self) -> &DType {
        &self.base
    }

    /// Items along each axis.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Bytes of the whole array.
    pub fn itemsize(&self) -> usize {
        self.itemsize
    }
}
