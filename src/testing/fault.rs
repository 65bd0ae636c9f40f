//! What can be wrong with a file.

use std::fmt;

/// What is wrong with a [`BrokenFile`](super::BrokenFile). `Display` says it in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The file is something else: empty, a zip archive, a web page, a pickle.
    NotNpy(&'static str),
    /// One of the six magic bytes is another.
    Magic {
        /// Which of them.
        at: usize,
    },
    /// A format version that no NumPy has written.
    Version(u8, u8),
    /// The file ends within its header.
    HeaderCut {
        /// Bytes that are left.
        len: usize,
    },
    /// The header claims to be longer than the file.
    HeaderLength {
        /// Bytes that it claims.
        claimed: u32,
    },
    /// The file ends before its array does.
    DataCut {
        /// Bytes of data that are missing.
        missing: usize,
    },
    /// The shape claims 10¹² elements.
    ClaimedShape,
    /// The shape has more elements than a 64-bit number counts.
    OverflowingShape,
    /// The shape has a negative axis.
    NegativeAxis,
    /// The shape has 65 axes.
    TooManyAxes,
    /// The shape is a list, an integer or a tuple of something else.
    ShapeType(&'static str),
    /// `fortran_order` is no bool.
    OrderType(&'static str),
    /// The dtype is none of NumPy's.
    DType(&'static str),
    /// The dtype is of Python objects, whose pickle would run code.
    Objects,
    /// A key is not there.
    MissingKey(&'static str),
    /// There is a fourth key.
    UnknownKey,
    /// The text is no Python literal: a bracket is missing, or there is something that would have to be run.
    Syntax(&'static str),
    /// Thousands of open brackets.
    Brackets,
    /// The text holds a byte that is no character of it.
    Byte(u8),
    /// A `bool` that is neither 0 nor 1.
    Bool {
        /// Bytes from the start of the file.
        at: usize,
    },
    /// A character beyond Unicode.
    CodePoint {
        /// Bytes from the start of the file.
        at: usize,
    },
}

impl Fault {
    /// Whether the header alone shows it, without a look at the length of the file or at the data.
    pub fn is_in_header(&self) -> bool {
        !matches!(
            self,
            Self::DataCut { .. }
                | Self::ClaimedShape
                | Self::Objects
                | Self::Bool { .. }
                | Self::CodePoint { .. }
        )
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotNpy(what) => write!(f, "the file is {what}"),
            Self::Magic { at } => write!(f, "byte {at} is not that of the magic bytes"),
            Self::Version(major, minor) => write!(f, "the format version is {major}.{minor}"),
            Self::HeaderCut { len } => write!(f, "the file ends within its header, after {len} bytes"),
            Self::HeaderLength { claimed } => write!(f, "the header claims {claimed} bytes of text"),
            Self::DataCut { missing } => write!(f, "the last {missing} bytes of the data are missing"),
            Self::ClaimedShape => f.write_str("the shape claims data that are not there"),
            Self::OverflowingShape => f.write_str("the shape has more elements than can be counted"),
            Self::NegativeAxis => f.write_str("the shape has a negative axis"),
            Self::TooManyAxes => f.write_str("the shape has 65 axes"),
            Self::ShapeType(text) => write!(f, "the shape is {text}"),
            Self::OrderType(text) => write!(f, "fortran_order is {text}"),
            Self::DType(text) => write!(f, "the dtype is {text}"),
            Self::Objects => f.write_str("the elements are pickled objects"),
            Self::MissingKey(key) => write!(f, "the header has no key {key}"),
            Self::UnknownKey => f.write_str("the header has a key that is not known"),
            Self::Syntax(text) => write!(f, "the header ends with {text:?}"),
            Self::Brackets => f.write_str("the header opens thousands of brackets"),
            Self::Byte(byte) => write!(f, "the header holds the byte {byte:#04x}"),
            Self::Bool { at } => write!(f, "the bool at byte {at} is neither 0 nor 1"),
            Self::CodePoint { at } => write!(f, "the character at byte {at} is beyond Unicode"),
        }
    }
}
