//! What can be saved: elements, and text as the narrowest dtype that holds all of it.

mod text;

use crate::element::Element;

/// A Rust type whose arrays can be saved: each [`Element`], and text of any length, which is saved as the narrowest
/// `U` (`String`, `&str`) and `S` (`Vec<u8>`, `&[u8]`) that holds all of the array, as NumPy does.
///
/// The width counts all characters, as in NumPy; NULs at the end of a text are lost when it is read again.
///
/// It cannot be implemented but by implementing [`Element`].
///
/// # Examples
/// ```
/// # let path = std::env::temp_dir().join(format!("npymap-doc-store-{}.npy", std::process::id()));
/// npymap::save(&path, &["Größe", "kg", ""])?;
/// let file = npymap::NpyFile::open(&path)?;
/// assert_eq!(file.header().dtype, "<U5".parse()?);
/// assert_eq!(file.read_vec::<String>()?, ["Größe", "kg", ""]);
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), npymap::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "arrays of `{Self}` cannot be saved",
    label = "neither an element nor text",
    note = "what can be saved are elements (numbers, `bool`, `Bytes<N>`, `Unicode<N>`, `DateTime64`, `TimeDelta64`, \
            arrays `[T; N]` of elements, structs with `#[derive(Record, Clone, Copy)]`), `String`, `&str`, `Vec<u8>` \
            and `&[u8]`"
)]
pub trait Store: sealed::Items {}

impl<T: Element> Store for T {}
impl Store for String {}
impl Store for &str {}
impl Store for Vec<u8> {}
impl Store for &[u8] {}

pub(crate) use sealed::Items;

mod sealed {
    use std::io::Write;

    use super::super::convert::encoding;
    use crate::dtype::{DType, Subarray};
    use crate::element::Element;
    use crate::error::Result;
    use crate::kernels::Encoding;

    /// How arrays of a type become the bytes of a file.
    pub trait Items: Sized {
        /// How an item becomes one of the file.
        type Encoding;

        /// The dtype that holds all of these items.
        fn dtype_of<'a>(items: impl Iterator<Item = &'a Self>) -> DType
        where
            Self: 'a;

        /// Whether an item has axes of its own, which are appended to those of its array.
        fn has_axes() -> bool;

        /// How items become those of an array of `dtype`.
        fn encoding(dtype: &DType) -> Result<Self::Encoding>;

        /// Writes items that lie side by side.
        fn write_slice(encoding: &Self::Encoding, items: &[Self], writer: &mut dyn Write) -> Result<()>;

        /// Writes items that lie anywhere, in C order.
        #[cfg(feature = "ndarray")]
        fn write_view(
            encoding: &Self::Encoding,
            items: &ndarray::ArrayViewD<'_, Self>,
            writer: &mut dyn Write,
        ) -> Result<()>;
    }

    impl<T: Element> Items for T {
        type Encoding = Encoding;

        fn dtype_of<'a>(_: impl Iterator<Item = &'a Self>) -> DType {
            T::saved_dtype()
        }

        fn has_axes() -> bool {
            matches!(T::saved_dtype(), DType::Subarray(_))
        }

        /// For an array `T`, `dtype` is that of its items.
        fn encoding(dtype: &DType) -> Result<Encoding> {
            let own = T::saved_dtype();
            let item = match own.flattened() {
                (axes, _) if axes.is_empty() => None,
                (axes, _) => Subarray::new(dtype.clone(), axes),
            };
            encoding::<T>(item.map(DType::from).as_ref().unwrap_or(dtype))
        }

        fn write_slice(encoding: &Encoding, items: &[T], writer: &mut dyn Write) -> Result<()> {
            encoding.encode(items, |bytes| Ok(writer.write_all(bytes)?))
        }

        #[cfg(feature = "ndarray")]
        fn write_view(
            encoding: &Encoding,
            items: &ndarray::ArrayViewD<'_, T>,
            writer: &mut dyn Write,
        ) -> Result<()> {
            crate::kernels::for_each_block(items, |block| Self::write_slice(encoding, block, writer))
        }
    }
}
