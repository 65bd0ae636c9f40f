//! The values of a literal, as a tree.

use std::borrow::Cow;

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node<'a> {
    /// Bytes from the start of the text to the value, or to the first of the parentheses around it.
    pub(crate) at: usize,
    pub(crate) value: Value<'a>,
    pub(super) form: Form,
}

/// What a value may still become a part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Plain,
    /// A number that takes no further sign, as `-3` and `(1+2j)`.
    Signed,
    /// The name `set`, which is a value when it is called.
    SetName,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value<'a> {
    None,
    Ellipsis,
    Bool(bool),
    Int(Int),
    Float(f64),
    Complex {
        re: f64,
        im: f64,
    },
    Str(Cow<'a, str>),
    Bytes(Vec<u8>),
    Tuple(Vec<Node<'a>>),
    List(Vec<Node<'a>>),
    /// The items as written, duplicates included.
    Set(Vec<Node<'a>>),
    /// Keys and values in turn as written, duplicates included; Python keeps the last value of a key.
    Dict(Vec<Node<'a>>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Int {
    Small(i64),
    /// An integer beyond `i64`.
    Large {
        negative: bool,
        /// The decimal digits; for a literal in another base the literal itself.
        digits: String,
    },
}

impl Value<'_> {
    /// The float next to a real number, unless there is none or it is a huge integer in another base than ten.
    pub(super) fn to_float(&self) -> Option<f64> {
        match self {
            Self::Int(Int::Small(int)) => Some(*int as f64),
            Self::Int(Int::Large { negative, digits }) => {
                let float = digits.parse().ok().filter(|float: &f64| float.is_finite())?;
                Some(if *negative { -float } else { float })
            }
            Self::Float(float) => Some(*float),
            _ => None,
        }
    }
}

impl<'a> Node<'a> {
    pub(crate) fn new(at: usize, value: Value<'a>) -> Self {
        Self { at, value, form: Form::Plain }
    }

    /// The text, if it is one.
    pub(crate) fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The items of a tuple.
    pub(crate) fn as_tuple(&self) -> Option<&[Self]> {
        match &self.value {
            Value::Tuple(items) => Some(items),
            _ => None,
        }
    }

    /// The items of a tuple or list.
    pub(crate) fn as_sequence(&self) -> Option<&[Self]> {
        match &self.value {
            Value::Tuple(items) | Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// The entries of a dictionary, each a key and its value.
    pub(crate) fn as_entries(&self) -> Option<&[[Self; 2]]> {
        match &self.value {
            Value::Dict(items) => Some(items.as_chunks().0),
            _ => None,
        }
    }

    /// The number, if it is a whole one that is not negative.
    pub(crate) fn as_size(&self) -> Option<usize> {
        match self.value {
            Value::Int(Int::Small(number)) => usize::try_from(number).ok(),
            _ => None,
        }
    }

    /// Whether Python lets it be in a set, and a key of a dictionary.
    pub(super) fn is_hashable(&self) -> bool {
        match &self.value {
            Value::List(_) | Value::Set(_) | Value::Dict(_) => false,
            Value::Tuple(items) => items.iter().all(Self::is_hashable),
            _ => true,
        }
    }
}
