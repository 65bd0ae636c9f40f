//! The header of an array that grows, kept as bytes of which only the count changes.

use std::ops::Range;

use super::{Decoded, Order};
use crate::limits::Limits;

/// The bytes of a header, and where the elements along its growing axis are counted.
///
/// The length never changes: what the count takes, the blanks behind the dictionary lose.
#[derive(Debug, Clone)]
pub(crate) struct Growth {
    bytes: Vec<u8>,
    /// The digits of the count.
    digits: Range<usize>,
    /// Behind the last byte that is no blank.
    end: usize,
}

/// Digits of the largest count.
const DIGITS_MOST: usize = usize::MAX.ilog10() as usize + 1;

impl Growth {
    /// The header that `bytes` are and that has been decoded from them, or `None` where its count is not plain
    /// digits (`0x10`, `1_000`).
    pub(crate) fn new(bytes: Vec<u8>, decoded: &Decoded) -> Option<Self> {
        let shape = &decoded.header.shape;
        let axis = decoded.header.order.growing_axis(shape.len())?;
        let count = *shape.get(axis)?;
        let end = bytes.iter().rposition(|byte| !byte.is_ascii_whitespace())? + 1;
        let mut wanted = decoded.header.clone();
        // Another number of as many digits.
        let probe = if count % 10 == 9 { count - 1 } else { count + 1 };
        *wanted.shape.get_mut(axis)? = probe;
        // Names of fields may have the word in them too, and Python has many ways to write a key: the place is the
        // right one if another number there gives the same header with another count.
        candidates(&bytes, wanted.order).find_map(|digits| {
            let growth = Self { bytes: bytes.clone(), digits, end };
            let mut other = growth.clone();
            other.set(count)?.is_empty().then_some(())?;
            other.set(probe)?;
            let found = Decoded::parse(&other.bytes, &Limits::highest()).ok()?;
            (found.header == wanted && found.data_offset == decoded.data_offset).then_some(growth)
        })
    }

    /// The whole header.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether there is room for the digits of `count`.
    pub(crate) fn fits(&self, count: usize) -> bool {
        let blanks = self.bytes.iter().skip(self.end).take_while(|&&byte| byte == b' ').count();
        decimal(count, &mut [0; DIGITS_MOST]).len() <= self.digits.len() + blanks
    }

    /// Writes another count, and gives the bytes that have changed; `None` where there is no room for it.
    pub(crate) fn set(&mut self, count: usize) -> Option<Range<usize>> {
        let mut buffer = [0; DIGITS_MOST];
        let text = decimal(count, &mut buffer);
        let digits = self.digits.start..self.digits.start + text.len();
        let mut changed = digits.clone();
        if text.len() != self.digits.len() {
            if !self.fits(count) {
                return None;
            }
            let end = digits.end + (self.end - self.digits.end);
            self.bytes.copy_within(self.digits.end..self.end, digits.end);
            self.bytes.get_mut(end..self.end).unwrap_or_default().fill(b' ');
            changed.end = end.max(self.end);
            (self.digits, self.end) = (digits.clone(), end);
        } else {
            let old = self.bytes.get(digits.clone())?;
            changed.start += old.iter().zip(text).take_while(|(old, new)| old == new).count();
        }
        self.bytes.get_mut(digits)?.copy_from_slice(text);
        Some(changed)
    }
}

impl Order {
    /// The axis along which elements can be put behind the last: the one that runs slowest.
    pub(crate) fn growing_axis(self, ndim: usize) -> Option<usize> {
        match self {
            Self::C => (ndim > 0).then_some(0),
            Self::F => ndim.checked_sub(1),
        }
    }
}

/// The first or last number in the brackets behind each `shape` in the text.
fn candidates(bytes: &[u8], order: Order) -> impl Iterator<Item = Range<usize>> + '_ {
    let key = b"shape";
    let keys = bytes.windows(key.len()).enumerate().filter(move |(_, window)| window == key);
    keys.filter_map(move |(at, _)| {
        let open = at + bytes.get(at..)?.iter().position(|&byte| byte == b'(')?;
        let close = open + bytes.get(open..)?.iter().position(|&byte| byte == b')')?;
        let is_digit = |at: &usize| bytes.get(*at).is_some_and(u8::is_ascii_digit);
        let inside = open..close;
        match order {
            Order::C => {
                let start = inside.clone().find(is_digit)?;
                let end = (start..close).find(|at| !is_digit(at)).unwrap_or(close);
                Some(start..end)
            }
            Order::F => {
                let end = inside.clone().rev().find(is_digit)? + 1;
                let start = inside.rev().skip(close - end).take_while(is_digit).last()?;
                Some(start..end)
            }
        }
    })
}

/// A number in decimal digits, without taking memory.
fn decimal(mut number: usize, buffer: &mut [u8; DIGITS_MOST]) -> &[u8] {
    let mut start = buffer.len();
    for digit in buffer.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
        start -= 1;
        if number == 0 {
            break;
        }
    }
    buffer.get(start..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::header::Header;

    fn growth(bytes: Vec<u8>) -> Option<Growth> {
        let limits = Limits::default().header_chars(usize::MAX);
        let decoded = Decoded::parse(&bytes, &limits).unwrap();
        Growth::new(bytes, &decoded)
    }

    /// A file's first bytes with this text, which ends with `blanks` blanks and a newline.
    fn file(text: &str, blanks: usize) -> Vec<u8> {
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend(u16::try_from(text.len() + blanks + 1).unwrap().to_le_bytes());
        bytes.extend(format!("{text}{}\n", " ".repeat(blanks)).bytes());
        bytes
    }

    #[test]
    fn every_count_gives_the_very_header_of_that_shape() {
        let headers = |count: usize| {
            let record = "f8,(2,)i2".parse().unwrap();
            [
                Header::new("<f4".parse().unwrap(), [count]),
                Header::new("<f4".parse().unwrap(), [count, 10, 1]),
                Header::new("|S0".parse().unwrap(), [0, 3, count]).with_order(Order::F),
                Header::new(record, [count, 0]),
            ]
        };
        let boundaries =
            (0..DIGITS_MOST as u32 - 1).flat_map(|digits| [10usize.pow(digits) - 1, 10usize.pow(digits)]);
        let counts: Vec<usize> = boundaries.chain([7, 8, 123, usize::MAX / 3]).collect();
        for (number, header) in headers(0).into_iter().enumerate() {
            let mut growth = growth(header.encode()).unwrap();
            let mut on_disk = growth.bytes().to_vec();
            for &count in counts.iter().chain(counts.iter().rev()) {
                let changed = growth.set(count).unwrap();
                on_disk[changed.clone()].copy_from_slice(&growth.bytes()[changed]);
                assert_eq!(on_disk, headers(count)[number].encode(), "{count}");
            }
        }
    }

    #[test]
    fn only_what_changes_is_written() {
        let mut growth = growth(Header::new("<f4".parse().unwrap(), [1299, 4]).encode()).unwrap();
        let at = growth.digits.start;
        assert_eq!(growth.set(1299), Some(at + 4..at + 4));
        assert_eq!(growth.set(1300), Some(at + 1..at + 4));
        assert_eq!(growth.set(1301), Some(at + 3..at + 4));
        // `1301, 4), }` and one of the blanks behind it.
        assert_eq!(growth.set(10_000), Some(at..at + 12));
    }

    #[test]
    fn the_count_is_found_however_the_text_is_written() {
        let place = |text: &str| {
            let growth = growth(file(text, 3))?;
            Some((growth.digits.start - 10, growth.digits.len()))
        };
        assert_eq!(place("{'shape': (3, 4), 'fortran_order': False, 'descr': '<f4'}"), Some((11, 1)));
        assert_eq!(place("{'shape':(34,5),'fortran_order':True,'descr':'<f4'}"), Some((13, 1)));
        assert_eq!(place("{'shape':(3 ,25 , ),'fortran_order':True,'descr':'<f4'}"), Some((13, 2)));
        assert_eq!(place("{\"shape\": (12L,), 'fortran_order': False, 'descr': '<f4'}"), Some((11, 2)));
        let field = "{'descr': [('shape(7)', '<f4')], 'fortran_order': False, 'shape': (7,)}";
        assert_eq!(place(field), Some((field.rfind('7').unwrap(), 1)));
        let field = "{'fortran_order': False, 'shape': (7,), 'descr': [('shape(7)', '<f4')]}";
        assert_eq!(place(field), Some((field.find('7').unwrap(), 1)));
        assert_eq!(place("{'shape': (0x10,), 'fortran_order': False, 'descr': '<f4'}"), None);
        assert_eq!(place("{'shape': (1_0,), 'fortran_order': False, 'descr': '<f4'}"), None);
        assert_eq!(place("{'shape': (), 'fortran_order': False, 'descr': '<f4'}"), None);
        assert_eq!(place("{'sha' 'pe': (1,), 'fortran_order': False, 'descr': '<f4'}"), None);
    }

    #[test]
    fn room_ends_with_the_blanks() {
        let mut growth =
            growth(file("{'descr': '<f4', 'fortran_order': False, 'shape': (98,), }", 1)).unwrap();
        assert!(growth.fits(999) && !growth.fits(1000));
        assert!(growth.set(999).is_some());
        let before = growth.bytes().to_vec();
        assert_eq!(growth.set(1000), None);
        assert_eq!(growth.bytes(), before);
        assert!(growth.bytes().ends_with(b"(999,), }\n"));
    }
}
