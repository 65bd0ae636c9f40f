//! Why a text is not a dtype: a reason, which the texts are too short to need a position for.

use std::borrow::Cow;

use nom::IResult;
use nom::error::{ContextError, ErrorKind, ParseError};

pub(super) type Parsed<'a, T> = IResult<&'a str, T, SpellingError>;

/// Why a text is not a dtype.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SpellingError(pub(crate) Cow<'static, str>);

impl From<&'static str> for SpellingError {
    fn from(reason: &'static str) -> Self {
        Self(Cow::Borrowed(reason))
    }
}

impl ParseError<&str> for SpellingError {
    fn from_error_kind(_: &str, _: ErrorKind) -> Self {
        Self(Cow::Borrowed(""))
    }

    fn append(_: &str, _: ErrorKind, inner: Self) -> Self {
        inner
    }
}

impl ContextError<&str> for SpellingError {
    /// The innermost reason counts.
    fn add_context(_: &str, reason: &'static str, inner: Self) -> Self {
        if inner.0.is_empty() { reason.into() } else { inner }
    }
}
