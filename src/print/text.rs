//! Text and raw bytes as Python writes them.

use std::fmt::Write;

use super::integer::low_first;
use crate::ByteOrder;
use crate::literal::{self, repr_str};

/// `S`: as Python's `repr` writes bytes, without the NULs at the end.
pub(super) fn write_bytes(out: &mut String, item: &[u8]) {
    let end = item.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
    literal::write_bytes(item.get(..end).unwrap_or_default(), out);
}

/// `V`: every byte in hexadecimal digits, in capitals unlike Python's.
pub(super) fn write_void(out: &mut String, item: &[u8]) {
    out.push_str("b'");
    // Writing to a String cannot go wrong.
    item.iter().for_each(|byte| _ = write!(out, "\\x{byte:02X}"));
    out.push('\'');
}

/// `U`: as Python's `repr` writes a string, without the NULs at the end.
pub(super) fn write_unicode(out: &mut String, item: &[u8], order: ByteOrder) {
    let units = units(item, order);
    if let Some(text) = units.iter().map(|&unit| char::from_u32(unit)).collect::<Option<String>>() {
        out.push_str(&repr_str(&text));
        return;
    }
    // Each character goes through `repr_str` alone; the choice of the quote is the whole text's.
    let has = |quote: char| units.contains(&u32::from(quote));
    let quote = if has('\'') && !has('"') { '"' } else { '\'' };
    out.push(quote);
    for unit in units {
        match char::from_u32(unit) {
            None => write_invalid(out, unit),
            Some(c) if c == quote => {
                out.push('\\');
                out.push(c);
            }
            Some(c @ ('\'' | '"')) => out.push(c),
            Some(c) => out.push_str(repr_str(c.encode_utf8(&mut [0; 4])).trim_matches('\'')),
        }
    }
    out.push(quote);
}

/// `U` in a 0-d array: the text itself, without the NULs at the end; what is no text is escaped.
pub(super) fn write_lone_unicode(out: &mut String, item: &[u8], order: ByteOrder) {
    for unit in units(item, order) {
        match char::from_u32(unit) {
            Some(c) => out.push(c),
            None => write_invalid(out, unit),
        }
    }
}

/// A surrogate as Python's `repr` writes it, and in the same manner what Python has no string for.
fn write_invalid(out: &mut String, unit: u32) {
    _ = if unit <= 0xffff { write!(out, "\\u{unit:04x}") } else { write!(out, "\\U{unit:08x}") };
}

fn units(item: &[u8], order: ByteOrder) -> Vec<u32> {
    let unit = |bytes: &[u8]| u32::from_le_bytes(low_first(bytes, order));
    let mut units: Vec<u32> = item.chunks(4).map(unit).collect();
    let end = units.iter().rposition(|&unit| unit != 0).map_or(0, |last| last + 1);
    units.truncate(end);
    units
}
