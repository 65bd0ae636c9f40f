//! From bytes to a [`Header`].

use std::io::Read;

use super::sniff::{TELLING, describe_start, is_undecided};
use super::usual::usual;
use super::{Header, MAGIC, Order};
use crate::dtype::from_descr;
use crate::error::{FormatProblem, LimitProblem, Result, UnsupportedProblem};
use crate::limits::Limits;
use crate::literal::{self, Encoding, Int, LiteralError, Node, Value};

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
    const LEN_MOST: usize = 12;

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

    fn decode(&self, text: &[u8], limits: &Limits) -> Result<Decoded> {
        let header = match usual(text, self.encoding(), limits) {
            Some(header) => header,
            None => self.any_form(text, limits)?,
        };
        header.check_size()?;
        header.check_limits(limits)?;
        Ok(Decoded { header, version: self.version, data_offset: (self.len + text.len()) as u64 })
    }

    /// The header in a text of any form that NumPy reads.
    fn any_form(&self, text: &[u8], limits: &Limits) -> Result<Header> {
        let encoding = self.encoding();
        if let Encoding::Utf8 = encoding {
            let text = std::str::from_utf8(text).map_err(|error| FormatProblem::HeaderSyntax {
                at: self.len + error.valid_up_to(),
                found: "bytes that are not UTF-8".to_string(),
                expected: "UTF-8 text in format version 3.0".to_string(),
            })?;
            // Counting is needless where even one byte a character is within the limit.
            let limit = limits.header_chars;
            if text.len() > limit {
                let found = text.chars().count();
                if found > limit {
                    return Err(LimitProblem::HeaderChars { found, limit }.into());
                }
            }
        }
        match literal::parse(text, encoding, limits) {
            Ok(literal) => self.header(literal.root()),
            Err(error) => Err(self.literal_error(error)),
        }
    }

    fn literal_error(&self, error: LiteralError) -> crate::Error {
        match error {
            LiteralError::Syntax { at, found, expected } => {
                FormatProblem::HeaderSyntax { at: self.len + at, found, expected: expected.into_owned() }
                    .into()
            }
            LiteralError::Nesting { at, limit } => LimitProblem::Nesting { at: self.len + at, limit }.into(),
        }
    }

    #[inline]
    fn header(&self, node: Node<'_>) -> Result<Header> {
        let Value::Dict(_) = node.value() else {
            return Err(self.unexpected(node, "a dictionary"));
        };
        let (mut descr, mut order, mut shape) = (None, None, None);
        for (key, value) in node.pairs() {
            // The last of equal keys counts, as in Python.
            match key.value() {
                Value::Str("descr") => descr = Some(value),
                Value::Str("fortran_order") => order = Some(value),
                Value::Str("shape") => shape = Some(value),
                _ => {
                    let text = format!(
                        "the unknown key {} at byte {}, expected 'descr', 'fortran_order' and 'shape'",
                        quoted(&key.repr()),
                        self.len + key.at()
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
        let order = match order.value() {
            Value::Bool(false) => Order::C,
            Value::Bool(true) => Order::F,
            _ => return Err(self.unexpected(order, "True or False as fortran_order")),
        };
        let dtype = match from_descr(descr) {
            Ok(dtype) => dtype,
            Err(problem) => {
                let reason = format!("{} (byte {})", problem.reason, self.len + problem.at);
                return Err(FormatProblem::DType { text: quoted(&problem.text), reason }.into());
            }
        };
        Ok(Header { dtype, order, shape })
    }

    fn shape(&self, node: Node<'_>) -> Result<Vec<usize>> {
        let Value::Tuple(_) = node.value() else {
            return Err(self.unexpected(node, "a tuple of integers as shape"));
        };
        let mut shape = Vec::with_capacity(node.items().count());
        for axis in node.items() {
            shape.push(match axis.value() {
                Value::Int(Int::Small(axis)) if axis >= 0 => usize::try_from(axis)
                    .map_err(|_| invalid_shape(node, "an axis is larger than memory can be"))?,
                Value::Int(Int::Large(axis)) if !axis.negative => {
                    return Err(invalid_shape(node, "an axis is larger than memory can be"));
                }
                Value::Int(_) => return Err(invalid_shape(node, "an axis is negative")),
                _ => return Err(self.unexpected(axis, "an integer in the shape")),
            });
        }
        Ok(shape)
    }

    fn unexpected(&self, node: Node<'_>, expected: &str) -> crate::Error {
        FormatProblem::HeaderSyntax {
            at: self.len + node.at(),
            found: quoted(&node.repr()),
            expected: expected.to_string(),
        }
        .into()
    }
}

/// [`Prefix::any_form`], for tests that compare with it.
#[cfg(test)]
pub(super) fn any_form(text: &[u8], encoding: Encoding, limits: &Limits) -> Result<Header> {
    let version = if encoding == Encoding::Utf8 { (3, 0) } else { (1, 0) };
    Prefix { version, len: 0, text_len: text.len() }.any_form(text, limits)
}

fn invalid_shape(node: Node<'_>, reason: &str) -> crate::Error {
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
    const MOST: usize = 40;
    if text.len() <= MOST {
        return text.to_string();
    }
    let end = text.char_indices().map(|(at, _)| at).take_while(|&at| at <= MOST).last().unwrap_or(0);
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
            None => Ok(Prefix::LEN_MOST),
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
