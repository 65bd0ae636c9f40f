//! The names of fields: a record may have hundreds, and nearly all are short.

use std::fmt;

/// A text that takes memory of its own only where it is long: taking and freeing that was a quarter of the time of
/// a header of records.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) enum Name {
    /// How many of the bytes are the text's; the others are 0.
    Short(u8, [u8; MAX_SHORT]),
    Long(Box<str>),
}

/// Bytes of the longest short name, which makes a [`Name`] as large as a `String` of 64 bits.
const MAX_SHORT: usize = 22;

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
        let mut bytes = [0; MAX_SHORT];
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

/// Whether no two of some `expected` names are the same.
///
/// Names of different hashes differ, and numbers are sorted quickly. Names that someone chose for their hashes cost
/// another sort and not more.
pub(super) fn all_differ<'a, I: Iterator<Item = &'a [u8]>>(expected: usize, names: impl Fn() -> I) -> bool {
    all_sorted_differ(expected, names().map(hash)) || all_sorted_differ(expected, names())
}

fn all_sorted_differ<T: Ord>(expected: usize, items: impl Iterator<Item = T>) -> bool {
    let mut sorted = Vec::with_capacity(expected);
    sorted.extend(items);
    sorted.sort_unstable();
    sorted.is_sorted_by(|one, next| one < next)
}

fn hash(name: &[u8]) -> u64 {
    /// An odd number without a pattern: the golden ratio's fraction.
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let (words, rest) = name.as_chunks();
    let rest = rest.iter().fold(name.len() as u64, |word, &byte| word << 8 | u64::from(byte));
    words
        .iter()
        .map(|&word| u64::from_le_bytes(word))
        .fold(rest.wrapping_mul(FACTOR), |hash, word| (hash.rotate_left(32) ^ word).wrapping_mul(FACTOR))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_one_hash_differ() {
        // The second half of a name is chosen to undo what the first half did to the hash, where it stays ASCII.
        let half = |number: u64| format!("{number:08}").into_bytes();
        let state = |name: &[u8]| hash(&[name, &[0; 8]].concat());
        let inverse = (0..6).fold(1u64, |inverse: u64, _| {
            let factor = 0x9e37_79b9_7f4a_7c15u64;
            inverse.wrapping_mul(2u64.wrapping_sub(factor.wrapping_mul(inverse)))
        });
        let before = |first: &[u8]| state(first).wrapping_mul(inverse);
        let first = half(0);
        let pair = (1..100_000).find_map(|number| {
            let other = half(number);
            let change = (before(&first) ^ before(&other)).to_le_bytes();
            let second: Vec<u8> = half(0).iter().zip(change).map(|(byte, change)| byte ^ change).collect();
            second.is_ascii().then(|| [[&first[..], &half(0)].concat(), [&other[..], &second].concat()])
        });
        let [one, other] = pair.expect("one in 256 is ASCII");
        assert_eq!(hash(&one), hash(&other));
        assert!(all_differ(2, || [&one[..], &other].into_iter()));
        assert!(!all_differ(3, || [&one[..], &other, &one].into_iter()));
    }

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
        assert_eq!(size_of::<Name>(), 24);
    }
}
