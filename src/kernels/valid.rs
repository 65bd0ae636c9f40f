//! Bytes that mean nothing in their dtype.

use super::wide::wide;

/// The first element of a piece that means nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Invalid {
    /// Bytes from the start of the piece to the offending byte or code unit.
    pub(crate) at: usize,
    pub(crate) found: String,
    pub(crate) expected: &'static str,
}

/// What every byte of a place must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// A byte of 0 or 1.
    Bool,
    /// A Unicode scalar value in four bytes of the machine's order.
    CodeUnit,
}

impl Rule {
    /// Checks the `len` bytes from `offset` on of each element of `size` bytes.
    pub(super) fn check_within(
        self,
        bytes: &[u8],
        size: usize,
        offset: usize,
        len: usize,
    ) -> Result<(), Invalid> {
        if len == size {
            return self.check(bytes);
        }
        let places = || bytes.chunks_exact(size).filter_map(|element| element.get(offset..offset + len));
        let or = |bytes: &[u8]| bytes.iter().fold(0, |all, &byte| all | byte);
        if matches!(self, Self::Bool) && places().fold(0, |all, place| all | or(place)) <= 1 {
            return Ok(());
        }
        places().enumerate().try_for_each(|(index, place)| {
            self.check(place).map_err(|invalid| Invalid { at: index * size + offset + invalid.at, ..invalid })
        })
    }

    /// Checks bytes that are nothing but such places.
    fn check(self, bytes: &[u8]) -> Result<(), Invalid> {
        match self {
            Self::Bool => check_bools(bytes),
            Self::CodeUnit => check_code_units(bytes),
        }
    }
}

wide! {
    /// The bits that any of the bytes has.
    fn all_bits(bytes: &[u8]) -> u8 {
        bytes.iter().fold(0, |all, &byte| all | byte)
    }
}

fn check_bools(bytes: &[u8]) -> Result<(), Invalid> {
    // One pass without an early way out, which the compiler can vectorise; the place is looked for only
    // where there is one.
    if all_bits(bytes) <= 1 {
        return Ok(());
    }
    match bytes.iter().enumerate().find(|&(_, &byte)| byte > 1) {
        Some((at, byte)) => Err(Invalid { at, found: format!("0x{byte:02x}"), expected: "0x00 or 0x01" }),
        None => Ok(()),
    }
}

fn check_code_units(bytes: &[u8]) -> Result<(), Invalid> {
    let (units, _) = bytes.as_chunks::<4>();
    for (index, unit) in units.iter().enumerate() {
        let unit = u32::from_ne_bytes(*unit);
        if char::from_u32(unit).is_none() {
            return Err(Invalid {
                at: index * 4,
                found: format!("0x{unit:08x}"),
                expected: "a Unicode scalar value",
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bool_that_is_none_is_found() {
        assert_eq!(check_bools(&[]), Ok(()));
        assert_eq!(check_bools(&[0, 1, 1, 0]), Ok(()));
        let mut bytes = vec![1; 1000];
        bytes[700] = 2;
        bytes[900] = 255;
        let invalid = check_bools(&bytes).unwrap_err();
        assert_eq!((invalid.at, invalid.found.as_str()), (700, "0x02"));
        // Bits that the OR of all bytes hides in none of them.
        assert!(check_bools(&[0x80, 1]).is_err());
    }

    #[test]
    fn the_first_code_unit_that_is_none_is_found() {
        let units: Vec<u8> =
            [0x41, 0x10_ffff, 0xd800].iter().flat_map(|unit: &u32| unit.to_ne_bytes()).collect();
        assert_eq!(check_code_units(&units[..8]), Ok(()));
        let invalid = check_code_units(&units).unwrap_err();
        assert_eq!((invalid.at, invalid.found.as_str()), (8, "0x0000d800"));
    }
}
