//! NumPy's files from Rust.

mod dtype;
mod error;
mod header;
mod limits;
mod literal;
mod print;

pub use dtype::{ByteOrder, DType, Field, Kind, Scalar, Structured, Subarray, TimeUnit, Title, Unit};
pub use error::{Error, FormatProblem, LimitProblem, MismatchProblem, Place, Result, UnsupportedProblem};
pub use header::{Header, Order};
pub use limits::Limits;
pub use print::PrintOptions;
