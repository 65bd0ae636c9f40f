//! Literals of one form: as NumPy writes them in nearly every header.
//!
//! One blank behind each comma and no other, strings in single quotes without escapes, decimal integers. Whatever
//! else a text holds, the reader of all literals takes or refuses; it reads these as well, to the same values, in
//! twice as long.

use super::number::plain_number;
use super::string::plain_len;

/// What is left of a text.
#[derive(Clone, Copy)]
pub(crate) struct Plain<'a>(&'a str);

impl<'a> Plain<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self(text)
    }

    /// Goes on behind `token`, if the text goes on with it.
    #[inline(always)]
    pub(crate) fn take(&mut self, token: &str) -> Option<()> {
        self.0 = self.0.strip_prefix(token)?;
        Some(())
    }

    /// A string.
    #[inline]
    pub(crate) fn string(&mut self) -> Option<&'a str> {
        let body = self.0.strip_prefix('\'')?;
        let (text, rest) = body.split_at_checked(plain_len(body.as_bytes(), b'\'')?)?;
        self.0 = rest.strip_prefix('\'')?;
        Some(text)
    }

    /// A tuple of integers.
    pub(crate) fn shape(&mut self) -> Option<Vec<usize>> {
        self.take("(")?;
        let mut shape = Vec::new();
        while self.take(")").is_none() {
            let (axis, rest) = plain_number(self.0.as_bytes())?;
            shape.push(usize::try_from(axis).ok()?);
            self.0 = self.0.get(self.0.len().checked_sub(rest.len())?..)?;
            if self.take(", ").is_none() {
                // The comma behind a single axis makes it a tuple.
                if shape.len() == 1 {
                    self.take(",")?;
                }
                return self.take(")").map(|()| shape);
            }
        }
        Some(shape)
    }

    /// Whether nothing is left but the blanks and the line end behind a header.
    pub(crate) fn is_padding(self) -> bool {
        let Some(blanks) = self.0.as_bytes().strip_suffix(b"\n") else { return false };
        let (words, rest) = blanks.as_chunks();
        let word = words
            .iter()
            .fold(0, |bits, &word| bits | u64::from_ne_bytes(word) ^ u64::from_ne_bytes([b' '; 8]));
        rest.iter().fold(word, |bits, &byte| bits | u64::from(byte ^ b' ')) == 0
    }

    /// Bytes that are left.
    pub(crate) fn len(self) -> usize {
        self.0.len()
    }
}
