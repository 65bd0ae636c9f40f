//! The values of a literal, all in one vector: each before those that are in it.
//!
//! A vector for every bracket, as a tree is mostly built, took a third of the time of a header of records.

use std::borrow::Cow;

/// A literal as it was read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Literal<'a> {
    /// The value of the whole text.
    pub(super) root: Entry<'a>,
    /// What is in it.
    pub(super) inside: Vec<Entry<'a>>,
}

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry<'a> {
    /// Bytes from the start of the text to the value, or to the first of the parentheses around it.
    pub(super) at: usize,
    pub(super) value: Value<'a>,
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
    /// In a box, because it keeps [`Entry`] at 32 bytes.
    Bytes(Box<[u8]>),
    Tuple(Span),
    List(Span),
    /// The items as written, duplicates included.
    Set(Span),
    /// Keys and values in turn as written, duplicates included; Python keeps the last value of a key.
    Dict(Span),
}

/// Which of the entries behind a value are in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
}

/// An integer; `i64` and not `i128` because it keeps [`Entry`] at 32 bytes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Int {
    Small(i64),
    Large(Box<Large>),
}

/// An integer beyond `i64`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Large {
    pub(crate) negative: bool,
    /// The decimal digits; for a literal in another base the literal itself.
    pub(crate) digits: String,
    /// The nearest float, infinite where Python says OverflowError.
    pub(crate) magnitude: f64,
}

/// A value of a literal, where it stands, and the way to the values in it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node<'t> {
    /// Bytes from the start of the text to the value, or to the first of the parentheses around it.
    pub(crate) at: usize,
    pub(crate) value: &'t Value<'t>,
    behind: &'t [Entry<'t>],
}

/// The values in another one, keys and values of a dictionary in turn.
#[derive(Debug, Clone)]
pub(crate) struct Items<'t>(&'t [Entry<'t>]);

impl Literal<'_> {
    /// The value of the whole text.
    pub(crate) fn root(&self) -> Node<'_> {
        Node { at: self.root.at, value: &self.root.value, behind: &self.inside }
    }

    /// The same literal without a tie to its text, each position turned by `origin`.
    pub(super) fn into_static(self, origin: impl Fn(usize) -> usize) -> Literal<'static> {
        let entry = |Entry { at, value }| Entry { at: origin(at), value: value.into_static() };
        Literal { root: entry(self.root), inside: self.inside.into_iter().map(entry).collect() }
    }
}

impl<'t> Node<'t> {
    /// A value that holds no others.
    pub(crate) fn leaf(at: usize, value: &'t Value<'t>) -> Self {
        Self { at, value, behind: &[] }
    }

    /// The value at the start of `entries`, behind which those in it are.
    pub(super) fn first(entries: &'t [Entry<'t>]) -> Option<Self> {
        entries.split_first().map(|(entry, behind)| Self { at: entry.at, value: &entry.value, behind })
    }

    /// The values in it; in a dictionary keys and values in turn.
    pub(crate) fn items(self) -> Items<'t> {
        Items(self.value.span().and_then(|span| self.behind.get(span.start..span.end)).unwrap_or_default())
    }

    /// The keys in a dictionary, each with its value.
    pub(crate) fn pairs(self) -> impl Iterator<Item = (Self, Self)> + Clone {
        let mut items = self.items();
        std::iter::from_fn(move || Some((items.next()?, items.next()?)))
    }

    /// Whether Python lets it be in a set, and a key of a dictionary.
    pub(super) fn is_hashable(self) -> bool {
        let is_changeable =
            |value: &Value<'_>| matches!(value, Value::List(_) | Value::Set(_) | Value::Dict(_));
        !is_changeable(self.value) && !self.items().0.iter().any(|entry| is_changeable(&entry.value))
    }
}

impl<'t> Iterator for Items<'t> {
    type Item = Node<'t>;

    #[inline]
    fn next(&mut self) -> Option<Node<'t>> {
        let node = Node::first(self.0)?;
        self.0 = match node.value.span() {
            Some(span) => node.behind.get(span.end..).unwrap_or_default(),
            None => node.behind,
        };
        Some(node)
    }
}

impl<'t> Items<'t> {
    /// The first of them, and whether there are as many and how many more, as far as a pattern needs it.
    pub(crate) fn first_four(mut self) -> [Option<Node<'t>>; 4] {
        std::array::from_fn(|_| self.next())
    }
}

impl Value<'_> {
    pub(super) fn span(&self) -> Option<Span> {
        match self {
            Self::Tuple(span) | Self::List(span) | Self::Set(span) | Self::Dict(span) => Some(*span),
            _ => None,
        }
    }

    /// Takes the value out of its entry, to stand in the entry before it instead.
    pub(super) fn take_forward(&mut self) -> Self {
        let mut value = std::mem::replace(self, Self::None);
        if let Self::Tuple(span) | Self::List(span) | Self::Set(span) | Self::Dict(span) = &mut value {
            *span = Span { start: span.start + 1, end: span.end + 1 };
        }
        value
    }

    fn into_static(self) -> Value<'static> {
        match self {
            Self::None => Value::None,
            Self::Ellipsis => Value::Ellipsis,
            Self::Bool(value) => Value::Bool(value),
            Self::Int(value) => Value::Int(value),
            Self::Float(value) => Value::Float(value),
            Self::Complex { re, im } => Value::Complex { re, im },
            Self::Str(text) => Value::Str(Cow::Owned(text.into_owned())),
            Self::Bytes(bytes) => Value::Bytes(bytes),
            Self::Tuple(span) => Value::Tuple(span),
            Self::List(span) => Value::List(span),
            Self::Set(span) => Value::Set(span),
            Self::Dict(span) => Value::Dict(span),
        }
    }
}
