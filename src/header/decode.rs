//! From bytes to a [`Header`].

use std::borrow::Cow;
use std::io::Read;

use super::sniff::{TELLING, describe_start, is_undecided};
use super::text;
use super::{Header, MAGIC, Order};
use crate::dtype::from_descr;
use crate::error::{FormatProblem, LimitProblem, Result, UnsupportedProblem};
use crate::limits::Limits;
use crate::literal::{self, Dialect, Int, LiteralError, Node, Value};

/// The first bytes of a file: magic, version and the length of the text that follows.
#[derive(Debug, Clone, Copy)]
struct Prefix {
    version: (u8, u8),
    /// Bytes before the text: 10 in version 1, 12 in 2 and 3.
    len: usize,
    /// Bytes of the text.
    text_len: usize,
}

/// A header as it stands in a file.
#[derive(Debug, Clone)]
pub(crate) struct Decoded {
    pub(crate) header: Header,
    pub(crate) version: (u8, u8),
    /// Bytes from the start of the file to its data.
    pub(crate) data_offset: u64,
}

impl Prefix {
    /// The longest prefix.
    const MAX_LEN: usize = 12;

    /// Reads the prefix at the start of `bytes`, or `None` where they end within it.
    fn parse(bytes: &[u8]) -> Result<Option<Self>> {
        let start = bytes.get(..MAGIC.len()).unwrap_or(bytes);
        if start.is_empty() || !MAGIC.starts_with(start) {
            return Err(FormatProblem::NotNpy(describe_start(bytes, MAGIC)).into());
        }
        let (version, len, text_len) = match *bytes {
            [_, _, _, _, _, _, 1, 0, a, b, ..] => ((1, 0), 10, u16::from_le_bytes([a, b]).into()),
            [_, _, _, _, _, _, major @ (2 | 3), 0, a, b, c, d, ..] => {
                ((major, 0), 12, u32::from_le_bytes([a, b, c, d]))
            }
            [_, _, _, _, _, _, 1..=3, 0, ..] => return Ok(None),
            [_, _, _, _, _, _, major, minor, ..] => {
                return Err(UnsupportedProblem::Version { major, minor }.into());
            }
            _ => return Ok(None),
        };
        let text_len = usize::try_from(text_len).map_err(|_| LimitProblem::Memory(text_len.into()))?;
        Ok(Some(Self { version, len, text_len }))
    }

    fn encoding(&self) -> Encoding {
        if self.version == (3, 0) { Encoding::Utf8 } else { Encoding::Latin1 }
    }

    /// The most bytes that a text of `limits.header_chars` characters can take: a length beyond is refused
    /// before anything is read.
    fn check_len(&self, limits: &Limits) -> Result<()> {
        let bytes_a_char = match self.encoding() {
            Encoding::Latin1 => 1,
            Encoding::Utf8 => 4,
        };
        if self.text_len.div_ceil(bytes_a_char) > limits.header_chars {
            let (found, limit) = (self.text_len.div_ceil(bytes_a_char), limits.header_chars);
            return Err(LimitProblem::HeaderChars { found, limit }.into());
        }
        Ok(())
    }

    fn decode(&self, bytes: &[u8], limits: &Limits) -> Result<Decoded> {
        let text = Text::decode(bytes, self.encoding(), self.len, limits)?;
        let header = match text::header(&text.text, limits) {
            Ok((_, header)) => header,
            Err(_) => text.any_form(limits)?,
        };
        header.check_size()?;
        header.check_limits(limits)?;
        Ok(Decoded { header, version: self.version, data_offset: (self.len + bytes.len()) as u64 })
    }
}

/// How the bytes of the text are characters, and with it which Python may have written it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Format versions 1 and 2.
    Latin1,
    /// Format version 3.
    Utf8,
}

/// The text of a header.
struct Text<'a> {
    text: Cow<'a, str>,
    encoding: Encoding,
    /// Bytes of the file before it.
    start: usize,
}

impl<'a> Text<'a> {
    fn decode(bytes: &'a [u8], encoding: Encoding, start: usize, limits: &Limits) -> Result<Self> {
        let text = match (std::str::from_utf8(bytes), encoding) {
            (Ok(text), Encoding::Utf8) => Cow::Borrowed(text),
            (Ok(text), Encoding::Latin1) if is_ascii(bytes) => Cow::Borrowed(text),
            (_, Encoding::Latin1) => bytes.iter().copied().map(char::from).collect(),
            (Err(error), Encoding::Utf8) => {
                return Err(FormatProblem::HeaderSyntax {
                    at: start + error.valid_up_to(),
                    found: "bytes that are not UTF-8".to_string(),
                    expected: "UTF-8 text in format version 3.0".to_string(),
                }
                .into());
            }
        };
        // Counting is needless where even one byte a character is within the limit.
        let limit = limits.header_chars;
        if bytes.len() > limit {
            let found = text.chars().count();
            if found > limit {
                return Err(LimitProblem::HeaderChars { found, limit }.into());
            }
        }
        Ok(Self { text, encoding, start })
    }

    /// The position in the file of what stands `at` in the text.
    fn at(&self, at: usize) -> usize {
        let before = self.text.get(..at).unwrap_or_default();
        self.start
            + match self.encoding {
                Encoding::Latin1 => before.chars().count(),
                Encoding::Utf8 => before.len(),
            }
    }

    /// The header in a text of any form that NumPy reads.
    fn any_form(&self, limits: &Limits) -> Result<Header> {
        let dialect = match self.encoding {
            Encoding::Latin1 => Dialect::Python2,
            Encoding::Utf8 => Dialect::Python3,
        };
        let node = literal::parse(&self.text, dialect, limits).map_err(|error| self.literal_error(error))?;
        self.header(&node)
    }

    fn literal_error(&self, error: LiteralError) -> crate::Error {
        match error {
            LiteralError::Syntax { at, found, expected } => {
                FormatProblem::HeaderSyntax { at: self.at(at), found, expected: expected.to_string() }.into()
            }
            LiteralError::Nesting { at, limit } => LimitProblem::Nesting { at: self.at(at), limit }.into(),
        }
    }

    fn header(&self, node: &Node<'_>) -> Result<Header> {
        let Some(entries) = node.as_entries() else {
            return Err(self.unexpected(node, "a dictionary"));
        };
        let (mut descr, mut order, mut shape) = (None, None, None);
        for [key, value] in entries {
            // The last of equal keys counts, as in Python.
            match key.as_str() {
                Some("descr") => descr = Some(value),
                Some("fortran_order") => order = Some(value),
                Some("shape") => shape = Some(value),
                _ => {
                    let text = format!(
                        "the unknown key {} at byte {}, expected 'descr', 'fortran_order' and 'shape'",
                        quoted(&key.repr()),
                        self.at(key.at)
                    );
                    return Err(FormatProblem::HeaderContent(text).into());
                }
            }
        }
        let (Some(descr), Some(order), Some(shape)) = (descr, order, shape) else {
            return Err(missing_key([
                ("descr", descr.is_some()),
                ("fortran_order", order.is_some()),
                ("shape", shape.is_some()),
            ]));
        };
        let shape = self.shape(shape)?;
        let order = match order.value {
            Value::Bool(false) => Order::C,
            Value::Bool(true) => Order::F,
            _ => return Err(self.unexpected(order, "True or False as fortran_order")),
        };
        let dtype = from_descr(descr).map_err(|problem| FormatProblem::DType {
            text: quoted(&problem.text),
            reason: format!("{} (byte {})", problem.reason, self.at(problem.at)),
        })?;
        Ok(Header { dtype, order, shape })
    }

    fn shape(&self, node: &Node<'_>) -> Result<Vec<usize>> {
        let Some(axes) = node.as_tuple() else {
            return Err(self.unexpected(node, "a tuple of integers as shape"));
        };
        let axis = |axis: &Node<'_>| match (axis.as_size(), &axis.value) {
            (Some(size), _) => Ok(size),
            (None, Value::Int(Int::Small(..0) | Int::Large { negative: true, .. })) => {
                Err(invalid_shape(node, "an axis is negative"))
            }
            (None, Value::Int(_)) => Err(invalid_shape(node, "an axis is larger than memory can be")),
            _ => Err(self.unexpected(axis, "an integer in the shape")),
        };
        axes.iter().map(axis).collect()
    }

    fn unexpected(&self, node: &Node<'_>, expected: &str) -> crate::Error {
        FormatProblem::HeaderSyntax {
            at: self.at(node.at),
            found: quoted(&node.repr()),
            expected: expected.to_string(),
        }
        .into()
    }
}

/// As `<[u8]>::is_ascii`, which goes through the last bytes one by one: half of those of most headers.
fn is_ascii(text: &[u8]) -> bool {
    let (words, rest) = text.as_chunks();
    let bits = words.iter().fold(0, |bits, &word| bits | u64::from_ne_bytes(word));
    rest.iter().fold(bits, |bits, &byte| bits | u64::from(byte)) & u64::from_ne_bytes([0x80; 8]) == 0
}

/// [`Text::any_form`], for tests that compare with it.
#[cfg(test)]
pub(super) fn any_form(text: &[u8], encoding: Encoding, limits: &Limits) -> Result<Header> {
    Text::decode(text, encoding, 0, limits)?.any_form(limits)
}

fn invalid_shape(node: &Node<'_>, reason: &str) -> crate::Error {
    FormatProblem::Shape { shape: quoted(&node.repr()), reason: reason.to_string() }.into()
}

fn missing_key(keys: [(&str, bool); 3]) -> crate::Error {
    let list = |wanted: bool| {
        let names: Vec<String> =
            keys.iter().filter(|(_, there)| *there == wanted).map(|(name, _)| format!("'{name}'")).collect();
        if names.is_empty() { "none".to_string() } else { names.join(" and ") }
    };
    FormatProblem::HeaderContent(format!("no key {}, found {}", list(false), list(true))).into()
}

/// At most 40 bytes of a text.
fn quoted(text: &str) -> String {
    const MAX_BYTES: usize = 40;
    if text.len() <= MAX_BYTES {
        return text.to_string();
    }
    let end = text.char_indices().map(|(at, _)| at).take_while(|&at| at <= MAX_BYTES).last().unwrap_or(0);
    format!("{}...", text.get(..end).unwrap_or_default())
}

impl Decoded {
    /// The header at the start of `bytes`, which may go on with the data.
    pub(crate) fn parse(bytes: &[u8], limits: &Limits) -> Result<Self> {
        let truncated = |needed: usize| FormatProblem::HeaderTruncated {
            needed: needed as u64,
            found: bytes.len() as u64,
        };
        let Some(prefix) = Prefix::parse(bytes)? else {
            return Err(truncated(Self::needs(bytes, limits)?).into());
        };
        prefix.check_len(limits)?;
        let end = prefix.len.saturating_add(prefix.text_len);
        let text = bytes.get(prefix.len..end).ok_or_else(|| truncated(end))?;
        prefix.decode(text, limits)
    }

    /// How many bytes [`Decoded::parse`] needs, as far as `bytes` tell; it is asked again when they have come.
    pub(crate) fn needs(bytes: &[u8], limits: &Limits) -> Result<usize> {
        match Prefix::parse(bytes)? {
            None if bytes.len() < 10 => Ok(10),
            None => Ok(Prefix::MAX_LEN),
            Some(prefix) => {
                prefix.check_len(limits)?;
                Ok(prefix.len.saturating_add(prefix.text_len))
            }
        }
    }

    /// Reads a header and not a byte more.
    pub(crate) fn read_from(mut reader: impl Read, limits: &Limits) -> Result<Self> {
        Self::read_by(limits, |bytes, count| {
            // `take` reserves as the bytes come.
            Ok((&mut reader).take(count as u64).read_to_end(bytes).map(drop)?)
        })
    }

    /// Reads a header by `read`, which appends so many bytes to those that it is given, or fewer at the end.
    pub(crate) fn read_by(
        limits: &Limits,
        mut read: impl FnMut(&mut Vec<u8>, usize) -> Result<()>,
    ) -> Result<Self> {
        let mut bytes = Vec::new();
        // Magic, version and two bytes that every version has.
        let mut needed = 10;
        while bytes.len() < needed {
            let missing = needed - bytes.len();
            // The limit on characters bounds `needed`.
            read(&mut bytes, missing)?;
            if bytes.len() < needed {
                // Bytes that are no header at all say so, rather than that they are too few.
                Prefix::parse(&bytes)?;
                let found = bytes.len() as u64;
                return Err(FormatProblem::HeaderTruncated { needed: needed as u64, found }.into());
            }
            needed = match Self::needs(&bytes, limits) {
                // What it is instead may take a few bytes more to tell. No more is asked of a stream that
                // cannot be one of those: its sender may be waiting for an answer.
                Err(_) if is_undecided(&bytes) => {
                    let more = TELLING.saturating_sub(bytes.len());
                    read(&mut bytes, more)?;
                    return Self::parse(&bytes, limits);
                }
                needed => needed?,
            };
        }
        Self::parse(&bytes, limits)
    }
}

impl Header {
    /// Refuses what no array can be: too many axes, or more bytes than memory can address.
    ///
    /// A zero axis does not excuse the others, as in NumPy.
    pub(crate) fn check_size(&self) -> Result<()> {
        let invalid =
            |reason: &str| FormatProblem::Shape { shape: self.shape_text(), reason: reason.to_string() };
        let (axes, base) = self.dtype.flattened();
        let ndim = self.shape.len() + axes.len();
        if ndim > Self::NDIM_MOST {
            let (shape, reason) = (quoted(&self.shape_text()), "it has more than 64 axes".to_string());
            return Err(FormatProblem::Shape { shape, reason }.into());
        }
        let mut bytes = base.itemsize().max(1);
        for axis in [&self.shape, &axes].into_iter().flatten() {
            bytes = bytes
                .checked_mul((*axis).max(1))
                .filter(|&bytes| isize::try_from(bytes).is_ok())
                .ok_or_else(|| invalid("it has more bytes than memory can address"))?;
        }
        Ok(())
    }

    /// Refuses what is more than the caller wants; the size has been checked.
    pub(crate) fn check_limits(&self, limits: &Limits) -> Result<()> {
        let (axes, _) = self.dtype.flattened();
        let (found, limit) = (self.shape.len() + axes.len(), limits.axes);
        if found > limit {
            return Err(LimitProblem::Axes { found, limit }.into());
        }
        let (found, limit) = (self.dtype.count_fields(), limits.fields);
        if found > limit {
            return Err(LimitProblem::Fields { found, limit }.into());
        }
        match (self.nbytes(), limits.nbytes) {
            (Some(found), limit) if found > limit => Err(LimitProblem::Nbytes { found, limit }.into()),
            _ => Ok(()),
        }
    }
}
