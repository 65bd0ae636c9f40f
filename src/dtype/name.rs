//! The names of fields: a record may have hundreds, and nearly all are short.

use std::fmt;

/// A text that takes memory of its own only where it is long: taking and freeing that was a quarter of the time of
/// a header of records.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) enum Name {
    /// How many of the bytes are the text's; the others are 0.
    Short(u8, [u8; SHORT_MOST]),
    Long(Box<str>),
}

/// Bytes of the longest short name, which makes a [`Name`] as large as a `String`.
const SHORT_MOST: usize = 22;

impl Name {
    pub(super) fn as_str(&self) -> &str {
        match self {
            // The bytes are those of a whole text.
            Self::Short(..) => std::str::from_utf8(self.as_bytes()).unwrap_or_default(),
            Self::Long(text) => text,
        }
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Short(len, bytes) => bytes.get(..usize::from(*len)).unwrap_or_default(),
            Self::Long(text) => text.as_bytes(),
        }
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        let mut bytes = [0; SHORT_MOST];
        match (u8::try_from(text.len()), bytes.get_mut(..text.len())) {
            (Ok(len), Some(start)) => {
                start.copy_from_slice(text.as_bytes());
                Self::Short(len, bytes)
            }
            _ => Self::Long(text.into()),
        }
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_any_length() {
        let long = "é".repeat(20);
        for end in (0..=long.len()).step_by(2) {
            for text in [long.get(..end).unwrap(), &format!("_{}", long.get(..end).unwrap())] {
                let name = Name::from(text);
                assert_eq!((name.as_str(), name.as_bytes()), (text, text.as_bytes()));
                assert_eq!(format!("{name:?}"), format!("{text:?}"));
                assert_eq!(name, Name::from(text));
                assert_ne!(name, Name::from(format!("{text}\0").as_str()));
            }
        }
        assert_eq!(size_of::<Name>(), size_of::<String>());
    }
}
