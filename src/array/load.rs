//! What the reads that return owned arrays can fill: elements, and text of any width.

use crate::dtype::{ByteOrder, DType, Kind, Scalar};
use crate::element::Element;
use crate::error::Result;
use crate::kernels::{self, Buffer, Conversion, FillError, RandomAccess, Source};

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

#[expect(private_interfaces, reason = "the trait cannot be named outside, and neither can what it speaks of")]
mod sealed {
    use super::*;
    use crate::element::scalar_of;

    /// How a type is made of the bytes of a file.
    pub trait Collect: Sized {
        /// What the bytes are of which `Self` is made, where the file's elements are `file`. Where they cannot be,
        /// it is a dtype that `file` does not become either.
        fn memory(file: &DType) -> DType;

        /// The dtypes that can be read, for messages.
        fn expected() -> String;

        /// The first `len` elements of `source`, of dtype `file`. The conversion is that from `file` to
        /// [`Collect::memory`].
        fn collect(
            conversion: &Conversion,
            file: &DType,
            len: usize,
            source: &mut Source<'_>,
        ) -> Result<Vec<Self>, FillError>;

        /// Memory that the bytes of elements are put into by somebody else.
        type Memory: std::fmt::Debug;

        /// Memory for `len` elements.
        fn memory_for(conversion: &Conversion, len: usize) -> Result<Self::Memory>;

        /// The bytes of the file's elements in it.
        fn bytes_mut(memory: &mut Self::Memory) -> &mut [u8];

        /// [`Collect::collect`] of what was put into it.
        fn from_memory(
            conversion: &Conversion,
            file: &DType,
            len: usize,
            memory: Self::Memory,
        ) -> Result<Vec<Self>, FillError>;
    }

    /// Elements where they stay, if they are converted in place, or else the file's bytes.
    pub enum Elements<T> {
        InPlace(Buffer<T>),
        OfFile(Vec<u8>),
    }

    impl<T> std::fmt::Debug for Elements<T> {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("Elements")
        }
    }

    /// The elements whose bytes are in memory.
    fn collected<T: Collect>(
        conversion: &Conversion,
        file: &DType,
        len: usize,
        bytes: &[u8],
    ) -> Result<Vec<T>, FillError> {
        T::collect(conversion, file, len, &mut Source::RandomAccess(RandomAccess::Memory(bytes)))
    }

    /// Texts are made of the file's bytes.
    macro_rules! memory_of_texts {
        () => {
            type Memory = Vec<u8>;

            fn memory_for(conversion: &Conversion, len: usize) -> Result<Vec<u8>> {
                kernels::zeroed_bytes(conversion.file_size().saturating_mul(len))
            }

            fn bytes_mut(memory: &mut Vec<u8>) -> &mut [u8] {
                memory
            }

            fn from_memory(
                conversion: &Conversion,
                file: &DType,
                len: usize,
                memory: Vec<u8>,
            ) -> Result<Vec<Self>, FillError> {
                collected(conversion, file, len, &memory)
            }
        };
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
            source: &mut Source<'_>,
        ) -> Result<Vec<T>, FillError> {
            kernels::collect(conversion, len, source)
        }

        type Memory = Elements<T>;

        fn memory_for(conversion: &Conversion, len: usize) -> Result<Elements<T>> {
            Ok(if conversion.is_in_place() {
                Elements::InPlace(Buffer::zeroed(len)?)
            } else {
                Elements::OfFile(kernels::zeroed_bytes(conversion.file_size().saturating_mul(len))?)
            })
        }

        fn bytes_mut(memory: &mut Elements<T>) -> &mut [u8] {
            match memory {
                Elements::InPlace(elements) => elements.as_bytes_mut(),
                Elements::OfFile(bytes) => bytes,
            }
        }

        fn from_memory(
            conversion: &Conversion,
            file: &DType,
            len: usize,
            memory: Elements<T>,
        ) -> Result<Vec<T>, FillError> {
            match memory {
                Elements::InPlace(elements) => kernels::convert_buffer(conversion, elements),
                Elements::OfFile(bytes) => collected(conversion, file, len, &bytes),
            }
        }
    }

    impl Collect for String {
        fn memory(file: &DType) -> DType {
            const NONE: Scalar = scalar_of(Kind::Unicode, 0);
            text_of(file, &[Kind::Unicode]).unwrap_or(NONE).into()
        }

        fn expected() -> String {
            "'<U' or '>U' of any width".to_string()
        }

        fn collect(
            conversion: &Conversion,
            _: &DType,
            len: usize,
            source: &mut Source<'_>,
        ) -> Result<Vec<String>, FillError> {
            kernels::collect_texts(conversion, len, source, kernels::string_of)
        }

        memory_of_texts!();
    }

    impl Collect for Vec<u8> {
        fn memory(file: &DType) -> DType {
            const NONE: Scalar = scalar_of(Kind::Bytes, 0);
            text_of(file, &[Kind::Bytes, Kind::Void]).unwrap_or(NONE).into()
        }

        fn expected() -> String {
            "'|S' or '|V' of any width".to_string()
        }

        fn collect(
            conversion: &Conversion,
            file: &DType,
            len: usize,
            source: &mut Source<'_>,
        ) -> Result<Vec<Vec<u8>>, FillError> {
            let make = match text_of(file, &[Kind::Void]) {
                Some(_) => kernels::bytes_of_raw,
                None => kernels::bytes_of_text,
            };
            kernels::collect_texts(conversion, len, source, make)
        }

        memory_of_texts!();
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
