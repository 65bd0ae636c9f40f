//! What the reads that return owned arrays can fill: elements, and text of any width.

use super::Element;
use crate::dtype::{ByteOrder, DType, Kind, Scalar};
use crate::error::Result;
use crate::kernels::{self, Claim, Conversion, FillError, ReadAt};

/// A Rust type that [`load`](crate::load) and every other read of an owned array can fill: each [`Element`], and text
/// of any width as `String` and `Vec<u8>`.
///
/// | Rust | NumPy |
/// |---|---|
/// | every [`Element`] | as its table says |
/// | `String` | `U` of any width, without the NULs at the end |
/// | `Vec<u8>` | `S` of any width, without the NULs at the end; all bytes of `V` and of ml_dtypes' `float8_e5m2` |
///
/// It cannot be implemented but by implementing [`Element`].
///
/// # Examples
/// ```
/// use npymap::NpyFile;
///
/// let texts: Vec<String> = NpyFile::open("testdata/numpy-2.4/U5-be-c.npy")?.read_vec()?;
/// assert_eq!(texts[6..8], ["é", "中文"]);
/// # Ok::<(), npymap::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from a NumPy array",
    label = "neither an element nor text",
    note = "what can be read are elements (numbers, `bool`, `Bytes<N>`, `Unicode<N>`, `DateTime64`, `TimeDelta64`, \
            arrays `[T; N]` of elements, structs with `#[derive(Record, Clone, Copy)]`), `String` and `Vec<u8>`"
)]
pub trait Load: sealed::Collect {}

impl<T: Element> Load for T {}
impl Load for String {}
impl Load for Vec<u8> {}

#[expect(
    private_bounds,
    private_interfaces,
    reason = "the trait cannot be named outside, and neither can what it speaks of"
)]
mod sealed {
    use super::*;

    /// How a type is made of the bytes of a file.
    pub trait Collect: Sized {
        /// What the bytes are of which `Self` is made, where the file's elements are `file`. Where they cannot be,
        /// it is a dtype that `file` does not become either.
        fn memory(file: &DType) -> DType;

        /// The dtypes that can be read, for messages.
        fn expected() -> String;

        /// `len` elements, of dtype `file`, whose bytes `read` delivers, exactly as many as it is asked for at a time.
        /// The conversion is that from `file` to [`Collect::memory`].
        fn collect(
            conversion: &Conversion,
            file: &DType,
            len: usize,
            claim: Claim,
            read: impl FnMut(&mut [u8]) -> Result<()>,
        ) -> Result<Vec<Self>, FillError>;

        /// As [`Collect::collect`], of elements whose bytes `read_at` delivers from a position in the file's data, all
        /// of which are known to be there.
        fn collect_at(
            conversion: &Conversion,
            file: &DType,
            len: usize,
            read_at: impl ReadAt,
        ) -> Result<Vec<Self>, FillError> {
            let mut position = 0;
            Self::collect(conversion, file, len, Claim::Checked, |bytes| {
                read_at(position, bytes)?;
                position += bytes.len() as u64;
                Ok(())
            })
        }
    }

    impl<T: Element> Collect for T {
        fn memory(_: &DType) -> DType {
            T::dtype()
        }

        fn expected() -> String {
            T::saved_dtype().expected()
        }

        fn collect(
            conversion: &Conversion,
            _: &DType,
            len: usize,
            claim: Claim,
            read: impl FnMut(&mut [u8]) -> Result<()>,
        ) -> Result<Vec<T>, FillError> {
            kernels::collect(conversion, len, claim, read)
        }

        fn collect_at(
            conversion: &Conversion,
            _: &DType,
            len: usize,
            read_at: impl ReadAt,
        ) -> Result<Vec<T>, FillError> {
            kernels::collect_at(conversion, len, read_at)
        }
    }

    impl Collect for String {
        fn memory(file: &DType) -> DType {
            const NONE: Scalar = super::super::scalar_of(Kind::Unicode, 0);
            text_of(file, &[Kind::Unicode]).unwrap_or(NONE).into()
        }

        fn expected() -> String {
            "'<U' or '>U' of any width".to_string()
        }

        fn collect(
            conversion: &Conversion,
            _: &DType,
            len: usize,
            _: Claim,
            read: impl FnMut(&mut [u8]) -> Result<()>,
        ) -> Result<Vec<String>, FillError> {
            kernels::collect_texts(conversion, len, read, kernels::string_of)
        }
    }

    impl Collect for Vec<u8> {
        fn memory(file: &DType) -> DType {
            const NONE: Scalar = super::super::scalar_of(Kind::Bytes, 0);
            text_of(file, &[Kind::Bytes, Kind::Void]).unwrap_or(NONE).into()
        }

        fn expected() -> String {
            "'|S' or '|V' of any width".to_string()
        }

        fn collect(
            conversion: &Conversion,
            file: &DType,
            len: usize,
            _: Claim,
            read: impl FnMut(&mut [u8]) -> Result<()>,
        ) -> Result<Vec<Vec<u8>>, FillError> {
            let make = match text_of(file, &[Kind::Void]) {
                Some(_) => kernels::bytes_of_raw,
                None => kernels::bytes_of_text,
            };
            kernels::collect_texts(conversion, len, read, make)
        }
    }

    /// The text in the machine's order, if the elements are text of these kinds.
    fn text_of(file: &DType, kinds: &[Kind]) -> Option<Scalar> {
        let scalar = match file {
            DType::Scalar(scalar) => Some(scalar),
            DType::Structured(record) => record.scalar(),
            DType::Subarray(_) => None,
        };
        let scalar = scalar.filter(|scalar| kinds.contains(&scalar.kind()))?;
        Scalar::new(scalar.kind(), scalar.itemsize(), ByteOrder::NATIVE)
    }
}
