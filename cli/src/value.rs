//! One scalar as text.

use npymap::{ByteOrder, Kind, Preview, PrintOptions, Scalar};

use crate::number;
use crate::text;

/// The text of a scalar: numbers with the fewest digits that give them back, times as NumPy writes them, text as it is,
/// bytes beyond ASCII as `\xff`, and raw bytes as hexadecimal digits.
pub(crate) fn write(out: &mut String, scalar: &Scalar, bytes: &[u8], scratch: &mut Scratch) {
    use std::fmt::Write;
    match (scalar.kind(), scalar.itemsize()) {
        (Kind::Bool, _) => out.push_str(if bytes == [0] { "False" } else { "True" }),
        (Kind::Int | Kind::Uint, _) => {
            scratch.wholes.clear();
            number::wholes(scalar, bytes, &mut scratch.wholes);
            for whole in &scratch.wholes {
                // A text takes whatever is written.
                let _ = match i64::try_from(*whole) {
                    Ok(whole) => write!(out, "{whole}"),
                    Err(_) => write!(out, "{whole}"),
                };
            }
        }
        (Kind::Float, 4) => {
            scratch.reals(scalar, bytes, |reals| out.push_str(&text::single(reals[0] as f32)))
        }
        (Kind::Float, 8) => scratch.reals(scalar, bytes, |reals| out.push_str(&text::real(reals[0]))),
        (Kind::Complex, 16) => {
            scratch.reals(scalar, bytes, |parts| out.push_str(&text::complex(parts[0], parts[1])));
        }
        (Kind::Complex, 8) => scratch.reals(scalar, bytes, |parts| {
            let imaginary = text::single(parts[1] as f32);
            let sign = if imaginary.starts_with('-') { "" } else { "+" };
            let _ = write!(out, "{}{sign}{imaginary}j", text::single(parts[0] as f32));
        }),
        (Kind::Bytes, _) => {
            let len = bytes.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
            for &byte in &bytes[..len] {
                match byte {
                    0..0x80 => out.push(byte.into()),
                    _ => {
                        let _ = write!(out, "\\x{byte:02x}");
                    }
                }
            }
        }
        (Kind::Unicode, _) => out.extend(characters(scalar, bytes)),
        (Kind::Void, _) => {
            for byte in bytes {
                let _ = write!(out, "{byte:02x}");
            }
        }
        // Halves, long doubles and times: the library prints them as NumPy does.
        _ => match Preview::of_elements((*scalar).into(), [], bytes.to_vec(), &PrintOptions::default()) {
            Ok(preview) => {
                let _ = write!(out, "{preview}");
            }
            Err(error) => {
                let _ = write!(out, "{error}");
            }
        },
    }
}

/// The characters of a `U`; code units that are none become U+FFFD.
fn characters(scalar: &Scalar, bytes: &[u8]) -> impl Iterator<Item = char> {
    let (units, _) = bytes.as_chunks::<4>();
    let len = units.iter().rposition(|unit| *unit != [0; 4]).map_or(0, |last| last + 1);
    let order = scalar.byte_order();
    units[..len].iter().map(move |unit| {
        let code = match order {
            ByteOrder::Big => u32::from_be_bytes(*unit),
            _ => u32::from_le_bytes(*unit),
        };
        char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
    })
}

/// Room that is used again and again.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    reals: Vec<f64>,
    wholes: Vec<i128>,
}

impl Scratch {
    /// Calls `each` with the reals of one scalar.
    pub(crate) fn reals(&mut self, scalar: &Scalar, bytes: &[u8], each: impl FnOnce(&[f64])) {
        self.reals.clear();
        number::reals(scalar, bytes, &mut self.reals);
        each(&self.reals);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_text() {
        let text = |dtype: &str, bytes: &[u8]| {
            let npymap::DType::Scalar(scalar) = dtype.parse().unwrap() else { panic!("{dtype}") };
            let mut text = String::new();
            write(&mut text, &scalar, bytes, &mut Scratch::default());
            text
        };
        assert_eq!(text("?", &[1]), "True");
        assert_eq!(text("u8", &[255; 8]), "18446744073709551615");
        assert_eq!(text("<f4", &0.1f32.to_le_bytes()), "0.1");
        assert_eq!(text("<f2", &[0x66, 0x2e]), "0.1");
        assert_eq!(text("<f2", &[0, 0x7e]), "nan");
        assert_eq!(text("<c8", &[0, 0, 128, 63, 0, 0, 0, 191]), "1.0-0.5j");
        assert_eq!(text("S3", b"a\xff\0"), "a\\xff");
        assert_eq!(text(">U2", &[0, 0, 0, 233, 0, 0, 0, 0]), "é");
        assert_eq!(text("<U1", &[0, 0xd8, 0, 0]), "\u{fffd}");
        assert_eq!(text("V2", &[1, 171]), "01ab");
        assert_eq!(text("<M8[D]", &[1, 0, 0, 0, 0, 0, 0, 0]), "1970-01-02");
        assert_eq!(text("<m8[s]", &i64::MIN.to_le_bytes()), "NaT");
        assert_eq!(text("<m8[s]", &[5, 0, 0, 0, 0, 0, 0, 0]), "5 seconds");
    }
}
