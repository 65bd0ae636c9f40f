//! What is known while a literal is read: the text, the open brackets, and what is in them so far.

use super::Value;
use super::lexer::{Fault, Problem};
use super::tree::{Entry, Node};

/// The whole text, from which strings are borrowed.
#[derive(Clone, Copy)]
pub(super) struct Text<'a> {
    pub(super) len: usize,
    /// The text, where its bytes are UTF-8 or ASCII; where not, they are Latin-1.
    pub(super) unicode: Option<&'a str>,
}

pub(super) struct Parser<'a> {
    pub(super) text: Text<'a>,
    /// Brackets that may be open at a time.
    pub(super) limit: usize,
    /// What is in the whole text so far; a bracket that is open has its place already.
    pub(super) entries: Vec<Entry<'a>>,
    /// The innermost open bracket.
    pub(super) inner: Bracket,
    /// The others, from the whole text on.
    pub(super) outer: Vec<Bracket>,
}

/// An open bracket.
pub(super) struct Bracket {
    pub(super) kind: Kind,
    /// The operator before the value that is being read.
    pub(super) operator: Operator,
    /// Which of the entries is the first in the bracket. The bracket's own is before it.
    pub(super) start: usize,
    /// Which of the entries is the last value in the bracket.
    pub(super) last: usize,
    /// How many values are in the bracket; of a dictionary keys and values.
    pub(super) len: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// No bracket, but the whole text.
    Text,
    /// The whole text, after a comma that makes it a tuple.
    TextTuple,
    /// A parenthesis without a comma so far.
    Parenthesis,
    Tuple,
    List,
    /// A brace around nothing or one value so far.
    Brace,
    Dict,
    Set,
}

/// What a value may still become a part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A number without a sign, which a sign may precede.
    Number,
    /// A number with a sign, which may have an imaginary part.
    Signed,
    /// A value that takes no operator.
    Whole,
    /// The name `set`, which is no value until it is called.
    SetName,
}

/// The operator before a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    None,
    /// A sign, and where it stands.
    Sign {
        minus: bool,
        at: usize,
    },
    /// What joins an imaginary part to the number before it.
    Sum {
        minus: bool,
    },
}

impl Bracket {
    /// A bracket without anything in it, whose first value will be the entry `start`.
    pub(super) fn new(kind: Kind, start: usize) -> Self {
        Self { kind, operator: Operator::None, start, last: start, len: 0 }
    }

    /// Whether a dictionary's last key has no value yet.
    pub(super) fn lacks_value(&self) -> bool {
        !self.len.is_multiple_of(2)
    }
}

impl<'a> Parser<'a> {
    /// Adds a value to the innermost bracket.
    #[inline(always)]
    pub(super) fn add(&mut self, at: usize, value: Value<'a>) {
        self.inner.last = self.entries.len();
        self.inner.len += 1;
        self.entries.push(Entry { at, value });
    }

    /// The last value in the innermost bracket.
    pub(super) fn last(&self) -> Option<Node<'_>> {
        self.entries.get(self.inner.last..).and_then(Node::first)
    }

    pub(super) fn at(&self, input: &[u8]) -> usize {
        self.text.len - input.len().min(self.text.len)
    }

    /// How many brackets are open.
    pub(super) fn depth(&self) -> usize {
        self.outer.len()
    }

    pub(super) fn check_depth(&self, input: &[u8]) -> Result<(), nom::Err<Fault>> {
        if self.depth() < self.limit {
            return Ok(());
        }
        Err(nom::Err::Failure(Fault { left: input.len(), problem: Problem::Nesting }))
    }

    #[cold]
    pub(super) fn fail_at_last<T>(&self, expected: &'static str) -> Result<T, nom::Err<Fault>> {
        let at = self.last().map_or(self.text.len, |node| node.at);
        let left = self.text.len.saturating_sub(at);
        Err(nom::Err::Failure(Fault { left, problem: Problem::Expected(expected) }))
    }
}

impl Kind {
    /// The byte that closes the bracket; NUL, which is no token, for none.
    pub(super) fn close(self) -> u8 {
        match self {
            Self::Text | Self::TextTuple => 0,
            Self::Parenthesis | Self::Tuple => b')',
            Self::List => b']',
            Self::Brace | Self::Dict | Self::Set => b'}',
        }
    }
}
