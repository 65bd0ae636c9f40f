//! One field of a record.

use super::DType;
use super::name::Name;

/// One field of a record.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Field {
    pub(super) name: Name,
    /// In a box, because few have one.
    pub(super) title: Option<Box<Title>>,
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

impl Field {
    /// A field of that name and dtype, `offset` bytes from the start of the record.
    pub fn new(name: impl Into<String>, offset: usize, dtype: DType) -> Self {
        Self { name: name.into().as_str().into(), title: None, offset, dtype }
    }

    /// The same field, with that title or none.
    #[must_use]
    pub fn with_title(self, title: impl Into<Option<Title>>) -> Self {
        Self { title: title.into().map(Box::new), ..self }
    }

    /// Its name; may be empty.
    pub fn name(&self) -> &str {
        self.name.as_str()
    }

    /// Its title, if it has one.
    pub fn title(&self) -> Option<&Title> {
        self.title.as_deref()
    }

    /// Bytes from the start of the record.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Bytes from the start of the record to what follows the field.
    pub(super) fn end(&self) -> usize {
        self.offset.saturating_add(self.dtype.itemsize())
    }

    /// What it is.
    pub fn dtype(&self) -> &DType {
        &self.dtype
    }
}
