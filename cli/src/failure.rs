//! Why the command ends early, and how that is told.

use std::fmt;
use std::io::{self, Write};

use npymap::{Error, LimitProblem};

use crate::text;

/// Why the command ends early.
#[derive(Debug)]
pub(crate) enum Failure {
    /// What the library says; it names the file.
    Library(Error),
    /// Standard output cannot be written to.
    Stdout(io::Error),
    /// A file beside those of NumPy, by its name.
    File(String, io::Error),
    /// What was asked for cannot be done: the file's name, and why.
    Refused(String, String),
}

impl Failure {
    /// What was asked for cannot be done with that file.
    pub(crate) fn refused(name: impl Into<String>, why: impl Into<String>) -> Self {
        Self::Refused(name.into(), why.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Library(error) => write_error(f, error),
            Self::Stdout(error) => write!(f, "standard output: {error}"),
            Self::File(name, error) => write!(f, "{name}: {error}"),
            Self::Refused(name, why) => write!(f, "{name}: {why}"),
        }
    }
}

/// The library's message; where its way out is a call, the option that makes it.
fn write_error(f: &mut fmt::Formatter<'_>, error: &Error) -> fmt::Result {
    let Error::Limit { location, problem } = error else { return fmt::Display::fmt(error, f) };
    write!(f, "{location}{}", problem.what())?;
    match &**problem {
        LimitProblem::HeaderChars { found, .. } => write!(f, "; --max-header {found} reads it"),
        LimitProblem::Nesting { .. } => {
            write!(f, "; --max-nesting reads it, up to {}", npymap::Limits::NESTING_MOST)
        }
        LimitProblem::Fields { found, .. } => write!(f, "; --max-fields {found} reads it"),
        _ => Ok(()),
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Library(error)
    }
}

/// One line on standard error. Where that is closed there is nobody left to tell.
pub(crate) fn report(failure: &Failure) {
    let _ = writeln!(io::stderr(), "npymap: {}", text::one_line(&failure.to_string()));
}
