//! The values of a literal, all in one vector: each before those that are in it.
//!
//! A vector for every bracket, as a tree is mostly built, took a third of the time of a header of records; and
//! values that are more than plain bytes, because they own something, took as much to be moved into their place.

/// A literal as it was read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Literal<'a> {
    /// The value of the whole text, and behind it those in it.
    pub(super) entries: Vec<Entry<'a>>,
    /// What the text does not hold as it is.
    pub(super) kept: Vec<Kept>,
}

/// A value and where it stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Entry<'a> {
    /// Bytes from the start of the text to the value, or to the first of the parentheses around it.
    pub(super) at: usize,
    pub(super) value: Value<'a>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Value<'a> {
    None,
    Ellipsis,
    Bool(bool),
    Int(Int<'a>),
    Float(f64),
    Complex {
        re: f64,
        im: f64,
    },
    Str(&'a str),
    Bytes(&'a [u8]),
    /// In the vector, one of those which [`Literal`] keeps; [`Node::value`] gives what it is.
    Kept(usize),
    Tuple(Span),
    List(Span),
    /// The items as written, duplicates included.
    Set(Span),
    /// Keys and values in turn as written, duplicates included; Python keeps the last value of a key.
    Dict(Span),
}

/// A value that the text does not hold as it is: a string with escapes, bytes, a huge number.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kept {
    Str(String),
    Bytes(Vec<u8>),
    Large(Large),
}

/// Which entries are in a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Int<'a> {
    Small(i64),
    Large(&'a Large),
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

/// A value in a literal.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node<'t> {
    literal: &'t Literal<'t>,
    index: usize,
}

/// The values in another one, keys and values of a dictionary in turn.
#[derive(Debug, Clone)]
pub(crate) struct Items<'t> {
    literal: &'t Literal<'t>,
    span: Span,
}

impl<'a> Literal<'a> {
    /// A text by itself.
    pub(crate) fn text(at: usize, text: &'a str) -> Self {
        Self { entries: vec![Entry { at, value: Value::Str(text) }], kept: Vec::new() }
    }

    /// The value of the whole text.
    pub(crate) fn root(&self) -> Node<'_> {
        self.node(0)
    }

    /// What is in a value without others that is added next.
    pub(super) fn nothing(&self) -> Span {
        let behind = self.entries.len() + 1;
        Span { start: behind, end: behind }
    }

    pub(super) fn node(&self, index: usize) -> Node<'_> {
        Node { literal: self, index }
    }

    /// The same literal without a tie to its text, each position turned by `origin`.
    pub(super) fn into_static(self, origin: impl Fn(usize) -> usize) -> Literal<'static> {
        let mut kept = self.kept;
        let mut keep = |text: &str| {
            kept.push(Kept::Str(text.to_string()));
            Value::Kept(kept.len() - 1)
        };
        let entries = self.entries.into_iter().map(|Entry { at, value }| {
            let value = match value {
                Value::Str(text) => keep(text),
                Value::Int(Int::Small(value)) => Value::Int(Int::Small(value)),
                Value::Bool(value) => Value::Bool(value),
                Value::Float(value) => Value::Float(value),
                Value::Complex { re, im } => Value::Complex { re, im },
                Value::Kept(index) => Value::Kept(index),
                Value::Tuple(span) => Value::Tuple(span),
                Value::List(span) => Value::List(span),
                Value::Set(span) => Value::Set(span),
                Value::Dict(span) => Value::Dict(span),
                Value::Ellipsis => Value::Ellipsis,
                // The last two are among the kept ones.
                Value::None | Value::Bytes(_) | Value::Int(Int::Large(_)) => Value::None,
            };
            Entry { at: origin(at), value }
        });
        let entries = entries.collect();
        Literal { entries, kept }
    }
}

impl<'t> Node<'t> {
    /// Bytes from the start of the text to the value, or to the first of the parentheses around it.
    pub(crate) fn at(self) -> usize {
        self.literal.entries.get(self.index).map_or(0, |entry| entry.at)
    }

    #[inline]
    pub(crate) fn value(self) -> Value<'t> {
        let value = self.literal.entries.get(self.index).map_or(Value::None, |entry| entry.value);
        value.resolved(&self.literal.kept)
    }

    /// The values in it; in a dictionary keys and values in turn.
    #[inline]
    pub(crate) fn items(self) -> Items<'t> {
        let span = self.literal.entries.get(self.index).and_then(|entry| entry.value.span());
        Items { literal: self.literal, span: span.unwrap_or(Span::EMPTY) }
    }

    /// The keys in a dictionary, each with its value.
    pub(crate) fn pairs(self) -> impl Iterator<Item = (Self, Self)> + Clone {
        let mut items = self.items();
        std::iter::from_fn(move || Some((items.next()?, items.next()?)))
    }

    /// Whether Python lets it be in a set, and a key of a dictionary.
    pub(super) fn is_hashable(self) -> bool {
        let is_changeable =
            |value: Value<'_>| matches!(value, Value::List(_) | Value::Set(_) | Value::Dict(_));
        let Span { start, end } = self.items().span;
        let inside = self.literal.entries.get(start..end).unwrap_or_default();
        !is_changeable(self.value()) && !inside.iter().any(|entry| is_changeable(entry.value))
    }
}

impl<'t> Iterator for Items<'t> {
    type Item = Node<'t>;

    #[inline]
    fn next(&mut self) -> Option<Node<'t>> {
        let Span { start, end } = self.span;
        if start >= end {
            return None;
        }
        let inner = self.literal.entries.get(start)?.value.span();
        self.span.start = inner.map_or(start + 1, |inner| inner.end);
        Some(self.literal.node(start))
    }
}

impl<'t> Items<'t> {
    /// The first of them: as many as it takes to tell whether there are two or three.
    #[inline]
    pub(crate) fn first_four(mut self) -> [Option<Node<'t>>; 4] {
        std::array::from_fn(|_| self.next())
    }
}

impl Span {
    pub(super) const EMPTY: Self = Self { start: 0, end: 0 };
}

impl<'t> Value<'t> {
    /// The value itself, where it is one of those that are `kept`.
    #[inline]
    pub(super) fn resolved(self, kept: &'t [Kept]) -> Self {
        if let Self::Kept(index) = self { Self::of_kept(kept.get(index)) } else { self }
    }

    #[cold]
    fn of_kept(kept: Option<&'t Kept>) -> Self {
        match kept {
            Some(Kept::Str(text)) => Self::Str(text),
            Some(Kept::Bytes(bytes)) => Self::Bytes(bytes),
            Some(Kept::Large(large)) => Self::Int(Int::Large(large)),
            None => Self::None,
        }
    }

    #[inline]
    pub(super) fn span(self) -> Option<Span> {
        match self {
            Self::Tuple(span) | Self::List(span) | Self::Set(span) | Self::Dict(span) => Some(span),
            _ => None,
        }
    }
}
