//! Files that no reader may take.

use std::fmt;

use arbitrary::{Arbitrary, Result, Unstructured};

use super::data::data;
use super::draft::Draft;
use super::fault::Fault;
use super::header;
use super::valid::ValidFile;
use crate::dtype::{DType, Kind};
use crate::header::Header;

/// A `.npy` file with one fault, otherwise as valid as a [`ValidFile`].
///
/// A reader of the data must refuse it without a panic, and without memory for what is not there. One that does not look
/// at `bool`s and characters takes [`Fault::Bool`] and [`Fault::CodePoint`], as NumPy does; one of headers alone takes
/// whatever is no fault [of the header](Fault::is_in_header).
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BrokenFile {
    /// The whole file.
    pub bytes: Vec<u8>,
    /// What is wrong with it.
    pub fault: Fault,
}

/// The bytes as text.
impl fmt::Debug for BrokenFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BrokenFile")
            .field("fault", &self.fault)
            .field("bytes", &format_args!("b\"{}\"", self.bytes.escape_ascii()))
            .finish()
    }
}

/// A valid file, and its header's text before it was written.
struct Sound {
    draft: Draft,
    header: Header,
    data: Vec<u8>,
}

/// A way to break a file; `None` where it has nothing that can be broken so.
type Break = fn(&mut Unstructured<'_>, Sound) -> Result<Option<BrokenFile>>;

const BREAKS: [Break; 9] =
    [not_npy, first_bytes, cut_header, cut_data, claims, shape, keys_and_values, text, elements];

impl<'a> Arbitrary<'a> for BrokenFile {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let dtype = u.arbitrary()?;
        let header = header::small(u, dtype, None)?;
        let (draft, data) = (Draft::new(u, &header)?, data(u, &header)?);
        let how = *u.choose(&BREAKS)?;
        if let Some(broken) =
            how(u, Sound { draft: draft.clone(), header: header.clone(), data: data.clone() })?
        {
            return Ok(broken);
        }
        let len = draft.encode().len();
        Ok(Sound { draft, header, data }.cut(len - 1))
    }
}

impl Sound {
    fn file(&self) -> ValidFile {
        ValidFile::from_parts(self.header.clone(), self.draft.encode(), &self.data)
    }

    fn broken(&self, fault: Fault) -> BrokenFile {
        BrokenFile { bytes: self.file().bytes, fault }
    }

    fn cut(&self, len: usize) -> BrokenFile {
        let mut bytes = self.file().bytes;
        bytes.truncate(len);
        BrokenFile { bytes, fault: Fault::HeaderCut { len } }
    }
}

fn not_npy(u: &mut Unstructured<'_>, _: Sound) -> Result<Option<BrokenFile>> {
    const STARTS: [(&str, &[u8]); 7] = [
        ("empty", b""),
        ("a zip archive", b"PK\x03\x04\x14\0\0\0\0\0"),
        ("a pickle", b"\x80\x04\x95\x05\0\0\0\0\0\0\0]\x94."),
        ("a web page", b"<!DOCTYPE html>\n<html><title>404</title></html>\n"),
        ("a Git LFS pointer", b"version https://git-lfs.github.com/spec/v1\noid sha256:01\nsize 152\n"),
        ("gzip", b"\x1f\x8b\x08\0\0\0\0\0\0\x03"),
        ("text", b"0.5 0.25\n1 2\n"),
    ];
    let (what, start) = *u.choose(&STARTS)?;
    Ok(Some(BrokenFile { bytes: start.to_vec(), fault: Fault::NotNpy(what) }))
}

fn first_bytes(u: &mut Unstructured<'_>, sound: Sound) -> Result<Option<BrokenFile>> {
    let mut bytes = sound.file().bytes;
    let at = u.int_in_range(0..=7)?;
    let Some(byte) = bytes.get_mut(at) else { return Ok(None) };
    // The versions 1, 2 and 3 differ in the bits that this leaves alone.
    *byte ^= u.int_in_range(1..=63)? << 2;
    let fault = match bytes.get(6..8) {
        Some([major, minor]) if at > 5 => Fault::Version(*major, *minor),
        _ => Fault::Magic { at },
    };
    Ok(Some(BrokenFile { bytes, fault }))
}

fn cut_header(u: &mut Unstructured<'_>, sound: Sound) -> Result<Option<BrokenFile>> {
    let len = u.int_in_range(1..=sound.draft.encode().len() - 1)?;
    Ok(Some(sound.cut(len)))
}

fn cut_data(u: &mut Unstructured<'_>, sound: Sound) -> Result<Option<BrokenFile>> {
    if sound.data.is_empty() {
        return Ok(None);
    }
    let missing = u.int_in_range(1..=sound.data.len())?;
    let mut broken = sound.broken(Fault::DataCut { missing });
    broken.bytes.truncate(broken.bytes.len() - missing);
    Ok(Some(broken))
}

fn claims(u: &mut Unstructured<'_>, sound: Sound) -> Result<Option<BrokenFile>> {
    let mut bytes = sound.file().bytes;
    let width = if sound.draft.major == 1 { 2 } else { 4 };
    let least = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    let most = if width == 2 { u16::MAX.into() } else { u32::MAX };
    if least > most {
        return Ok(None);
    }
    let claimed = u.int_in_range(least..=most)?;
    for (byte, new) in bytes.iter_mut().skip(8).zip(claimed.to_le_bytes()).take(width) {
        *byte = new;
    }
    Ok(Some(BrokenFile { bytes, fault: Fault::HeaderLength { claimed } }))
}

fn shape(u: &mut Unstructured<'_>, mut sound: Sound) -> Result<Option<BrokenFile>> {
    let itemsize = sound.header.dtype.itemsize() as u64;
    let needs_bytes = itemsize > 0;
    // As many as memory can address.
    let claimed = (isize::MAX as u64 / itemsize.max(1)).min(1_000_000_000_000);
    let (shape, fault) = match u.int_in_range(0..=4)? {
        // Elements without bytes can be any number.
        0 if needs_bytes => (format!("({claimed},)"), Fault::ClaimedShape),
        1 if needs_bytes => ("(4294967296, 4294967296, 3)".to_string(), Fault::OverflowingShape),
        2 => ("(-1,)".to_string(), Fault::NegativeAxis),
        3 => (format!("({})", "1, ".repeat(65)), Fault::TooManyAxes),
        _ => {
            let text =
                *u.choose(&["[3]", "3", "(3)", "'3'", "(3.0,)", "('3',)", "(None,)", "None", "{3}"])?;
            (text.to_string(), Fault::ShapeType(text))
        }
    };
    sound.draft.value_of("shape", |_| shape);
    Ok(Some(sound.broken(fault)))
}

fn keys_and_values(u: &mut Unstructured<'_>, mut sound: Sound) -> Result<Option<BrokenFile>> {
    let fault = match u.int_in_range(0..=4)? {
        0 => {
            let key = *u.choose(&["descr", "fortran_order", "shape"])?;
            sound.draft.entries.retain(|(name, _)| !name.contains(key));
            Fault::MissingKey(key)
        }
        1 => {
            sound.draft.entries.push(("'version'".to_string(), "1".to_string()));
            Fault::UnknownKey
        }
        2 => {
            let text = *u.choose(&["0", "1", "None", "'False'", "'C'", "()"])?;
            sound.draft.value_of("fortran_order", |_| text.to_string());
            Fault::OrderType(text)
        }
        3 => {
            let text = *u.choose(&[
                "'<f5'",
                "'<q9'",
                "''",
                "None",
                "4",
                "[('x',)]",
                "[('x', '<f4'), ('x', '<f4')]",
            ])?;
            sound.draft.value_of("descr", |_| text.to_string());
            Fault::DType(text)
        }
        _ => {
            sound.draft.value_of("descr", |_| "'|O'".to_string());
            sound.data = b"\x80\x04N.".to_vec();
            Fault::Objects
        }
    };
    Ok(Some(sound.broken(fault)))
}

fn text(u: &mut Unstructured<'_>, mut sound: Sound) -> Result<Option<BrokenFile>> {
    let fault = match u.int_in_range(0..=2)? {
        0 => {
            let text = *u.choose(&["]", "(", " 'x'", ": ", ",,", "**{}", " if 1 else {}"])?;
            sound.draft.behind = text.to_string();
            Fault::Syntax(text)
        }
        1 => {
            sound.draft.before = "[".repeat(5000);
            Fault::Brackets
        }
        _ => {
            // As UTF-8 it is two bytes, of which the first is cut out again; in latin-1 it is no character of a literal.
            let byte = *u.choose(&[0, 1, 0x7f, 0xff])?;
            sound.draft.behind = "~".to_string();
            let mut broken = sound.broken(Fault::Byte(byte));
            let start = broken.bytes.len() - sound.data.len();
            let place = broken.bytes.iter().take(start).rposition(|byte| *byte == b'~');
            if let Some(place) = place.and_then(|place| broken.bytes.get_mut(place)) {
                *place = byte;
            }
            return Ok(Some(broken));
        }
    };
    Ok(Some(sound.broken(fault)))
}

fn elements(u: &mut Unstructured<'_>, mut sound: Sound) -> Result<Option<BrokenFile>> {
    let DType::Scalar(scalar) = &sound.header.dtype else { return Ok(None) };
    let start = sound.draft.encode().len();
    let Some(last) = sound.data.len().checked_sub(1) else { return Ok(None) };
    let fault = match scalar.kind() {
        Kind::Bool => {
            let at = u.int_in_range(0..=last)?;
            if let Some(byte) = sound.data.get_mut(at) {
                *byte = u.int_in_range(2..=255)?;
            }
            Fault::Bool { at: start + at }
        }
        Kind::Unicode => {
            let at = u.int_in_range(0..=last / 4)? * 4;
            // Beyond Unicode in either byte order.
            sound.data.iter_mut().skip(at).take(4).for_each(|byte| *byte = 0x7f);
            Fault::CodePoint { at: start + at }
        }
        _ => return Ok(None),
    };
    Ok(Some(sound.broken(fault)))
}
