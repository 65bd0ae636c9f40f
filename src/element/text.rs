//! Text of a fixed width.
#![allow(unsafe_code, reason = "implementations of unsafe traits; there is no unsafe block here")]

use std::fmt;

use super::{Element, scalar_of};
use crate::dtype::{DType, Kind};
use crate::error::{Error, MismatchProblem, Result};

/// NumPy's `S`: at most `N` bytes, padded with NUL, which count as nothing at the end.
///
/// # Examples
/// ```
/// use npymap::Bytes;
///
/// let text: Bytes<5> = "abc".try_into()?;
/// assert_eq!(text.as_bytes(), b"abc");
/// assert_eq!(text, "abc");
/// assert!(Bytes::<2>::new("abc").is_err());
/// # Ok::<(), npymap::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct Bytes<const N: usize>([u8; N]);

/// NumPy's `U`: at most `N` characters, padded with NUL, which count as nothing at the end.
///
/// # Examples
/// ```
/// use npymap::Unicode;
///
/// let text: Unicode<5> = "größe".try_into()?;
/// assert_eq!(text.as_chars().len(), 5);
/// assert_eq!(text, "größe");
/// assert_eq!(text.to_string(), "größe");
/// # Ok::<(), npymap::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct Unicode<const N: usize>([char; N]);

// SAFETY: `N` bytes, any of which are valid.
unsafe impl<const N: usize> Element for Bytes<N> {
    fn dtype() -> DType {
        const { scalar_of(Kind::Bytes, N) }.into()
    }
}

// SAFETY: `N` characters of four bytes, which are Unicode scalar values in the machine's order as the dtype tells.
unsafe impl<const N: usize> Element for Unicode<N> {
    fn dtype() -> DType {
        const { scalar_of(Kind::Unicode, size_of::<Self>()) }.into()
    }
}

// SAFETY: the one field is a `Zeroable`.
unsafe impl<const N: usize> bytemuck::Zeroable for Bytes<N> {}
// SAFETY: the one field is a `Pod`, and the layout is its own.
unsafe impl<const N: usize> bytemuck::Pod for Bytes<N> {}
// SAFETY: zero is a character.
unsafe impl<const N: usize> bytemuck::Zeroable for Unicode<N> {}

/// The items up to the last that is not zero.
fn trimmed<T: PartialEq + Default>(items: &[T]) -> &[T] {
    let len = items.iter().rposition(|item| *item != T::default()).map_or(0, |last| last + 1);
    items.get(..len).unwrap_or_default()
}

fn too_long<T>(found: usize, unit: &'static str) -> Error {
    MismatchProblem::TextLen { found, unit, wanted: super::type_name::<T>() }.into()
}

impl<const N: usize> Bytes<N> {
    /// The text of these bytes.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where they are more than `N`.
    pub fn new(bytes: impl AsRef<[u8]>) -> Result<Self> {
        let bytes = bytes.as_ref();
        let mut text = Self::default();
        text.0
            .get_mut(..bytes.len())
            .ok_or_else(|| too_long::<Self>(bytes.len(), "bytes"))?
            .copy_from_slice(bytes);
        Ok(text)
    }

    /// The bytes without the NULs at the end.
    pub fn as_bytes(&self) -> &[u8] {
        trimmed(&self.0)
    }

    /// The bytes as text, where they are UTF-8.
    ///
    /// # Errors
    /// That of [`std::str::from_utf8`].
    pub fn to_str(&self) -> Result<&str, std::str::Utf8Error> {
        std::str::from_utf8(self.as_bytes())
    }

    /// All `N` bytes.
    pub fn as_array(&self) -> &[u8; N] {
        &self.0
    }
}

impl<const N: usize> Unicode<N> {
    /// The text of these characters.
    ///
    /// # Errors
    /// [`Error::Mismatch`] where they are more than `N`.
    pub fn new(text: impl AsRef<str>) -> Result<Self> {
        let mut chars = text.as_ref().chars();
        let mut fixed = Self::default();
        fixed.0.iter_mut().zip(&mut chars).for_each(|(to, c)| *to = c);
        match chars.count() {
            0 => Ok(fixed),
            more => Err(too_long::<Self>(N + more, "characters")),
        }
    }

    /// The characters without the NULs at the end.
    pub fn as_chars(&self) -> &[char] {
        trimmed(&self.0)
    }

    /// The characters one by one, without the NULs at the end.
    pub fn chars(&self) -> impl DoubleEndedIterator<Item = char> + ExactSizeIterator + '_ {
        self.as_chars().iter().copied()
    }

    /// All `N` characters.
    pub fn as_array(&self) -> &[char; N] {
        &self.0
    }
}

impl<const N: usize> Default for Bytes<N> {
    fn default() -> Self {
        Self([0; N])
    }
}

impl<const N: usize> Default for Unicode<N> {
    fn default() -> Self {
        Self(['\0'; N])
    }
}

/// The text; what is not UTF-8 is replaced by U+FFFD.
impl<const N: usize> fmt::Display for Bytes<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&String::from_utf8_lossy(self.as_bytes()))
    }
}

impl<const N: usize> fmt::Debug for Bytes<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b\"{}\"", self.as_bytes().escape_ascii())
    }
}

impl<const N: usize> fmt::Display for Unicode<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.chars().collect::<String>())
    }
}

impl<const N: usize> fmt::Debug for Unicode<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.chars().collect::<String>(), f)
    }
}

impl<const N: usize> TryFrom<&str> for Bytes<N> {
    type Error = Error;

    fn try_from(text: &str) -> Result<Self> {
        Self::new(text)
    }
}

impl<const N: usize> TryFrom<&[u8]> for Bytes<N> {
    type Error = Error;

    fn try_from(bytes: &[u8]) -> Result<Self> {
        Self::new(bytes)
    }
}

impl<const N: usize> From<[u8; N]> for Bytes<N> {
    fn from(bytes: [u8; N]) -> Self {
        Self(bytes)
    }
}

impl<const N: usize> TryFrom<&str> for Unicode<N> {
    type Error = Error;

    fn try_from(text: &str) -> Result<Self> {
        Self::new(text)
    }
}

impl<const N: usize> From<[char; N]> for Unicode<N> {
    fn from(chars: [char; N]) -> Self {
        Self(chars)
    }
}

impl<const N: usize> PartialEq<str> for Bytes<N> {
    fn eq(&self, other: &str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl<const N: usize> PartialEq<&str> for Bytes<N> {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

impl<const N: usize> PartialEq<[u8]> for Bytes<N> {
    fn eq(&self, other: &[u8]) -> bool {
        self.as_bytes() == other
    }
}

impl<const N: usize> PartialEq<str> for Unicode<N> {
    fn eq(&self, other: &str) -> bool {
        self.chars().eq(other.chars())
    }
}

impl<const N: usize> PartialEq<&str> for Unicode<N> {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nuls_at_the_end_are_cut_and_others_kept() {
        let text = Bytes::from(*b"a\0b\0\0");
        assert_eq!(text.as_bytes(), b"a\0b");
        assert_eq!((format!("{text:?}"), text.to_str()), (r#"b"a\x00b""#.to_string(), Ok("a\0b")));
        let text = Unicode::from(['ß', '\0', '😀', '\0']);
        assert_eq!(text.as_chars(), ['ß', '\0', '😀']);
        assert_eq!(text.to_string(), "ß\0😀");
        assert_eq!(Bytes::<0>::default().as_bytes(), b"");
        assert_eq!(format!("[{:>4}]", Unicode::<4>::new("ab").unwrap()), "[  ab]");
    }

    #[test]
    fn a_text_that_is_too_long_is_an_error() {
        assert_eq!(
            Bytes::<3>::new("größe").unwrap_err().to_string(),
            "text of 7 bytes does not fit Bytes<3>"
        );
        assert_eq!(
            Unicode::<3>::try_from("größe").unwrap_err().to_string(),
            "text of 5 characters does not fit Unicode<3>"
        );
        assert_eq!(Unicode::<5>::new("größe").unwrap(), "größe");
        assert!(Unicode::<0>::new("").is_ok());
    }

    #[test]
    fn texts_are_ordered_as_strings() {
        let text = |text: &str| Unicode::<3>::new(text).unwrap();
        assert!(text("a") < text("ab") && text("ab") < text("b") && text("") < text("a"));
        assert!(Bytes::<2>::new("a").unwrap() < Bytes::new("a\x01").unwrap());
        assert_ne!(text("a"), "a\0");
    }
}
