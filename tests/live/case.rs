//! One header and NumPy's verdict on it, as `headers.py` prints them.

use std::fmt;

/// A header, how it was made, and what NumPy says of it.
pub struct Case {
    pub group: Group,
    pub name: String,
    pub content: Vec<u8>,
    pub verdict: Verdict,
}

/// The three classes of headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    Written,
    ByHand,
    Broken,
}

pub enum Verdict {
    /// The header killed NumPy.
    Crashed,
    /// NumPy's error.
    Refused(String),
    Accepted(Box<Accepted>),
}

pub struct Accepted {
    /// `C` or `F`.
    pub order: String,
    /// The axes as Python shows them: `3`, `-1`, `True`, or `huge`.
    pub shape: Vec<String>,
    pub data_offset: usize,
    pub itemsize: i64,
    /// The item size, or that of a field, overflowed a C int.
    pub wrapped: bool,
    /// `str(dtype)`, or why there is none.
    pub dtype: Result<String, String>,
    /// `repr(dtype_to_descr(dtype))`, or why there is none.
    pub descr: Result<String, String>,
    /// What `np.save` writes for such an array, or why it cannot.
    pub canonical: Result<Vec<u8>, String>,
}

impl Case {
    /// The case in one line of the script's output.
    pub fn parse(line: &str) -> Option<Self> {
        let mut cells = line.split('\t');
        let group = match cells.next()? {
            "written" => Group::Written,
            "by-hand" => Group::ByHand,
            "broken" => Group::Broken,
            _ => return None,
        };
        let name = cells.next()?.to_string();
        let content = from_hex(cells.next()?)?;
        let verdict = match cells.next()? {
            "crashed" => Verdict::Crashed,
            "refused" => Verdict::Refused(cells.next()?.to_string()),
            "accepted" => Verdict::Accepted(Box::new(Accepted {
                order: cells.next()?.to_string(),
                shape: match cells.next()? {
                    "()" => Vec::new(),
                    axes => axes.split(' ').map(str::to_string).collect(),
                },
                data_offset: cells.next()?.parse().ok()?,
                itemsize: cells.next()?.parse().ok()?,
                wrapped: cells.next()? == "wrapped",
                dtype: value_or_reason(cells.next()?),
                descr: value_or_reason(cells.next()?),
                canonical: match value_or_reason(cells.next()?) {
                    Ok(hex) => Ok(from_hex(&hex)?),
                    Err(reason) => Err(reason),
                },
            })),
            _ => return None,
        };
        Some(Self { group, name, content, verdict })
    }

    /// The header's text from behind its length on, as far as it is text.
    pub fn text(&self) -> String {
        let start = if self.content.get(6) == Some(&1) { 10 } else { 12 };
        let size = self.content.get(8..start).unwrap_or_default();
        let len = size.iter().rev().fold(0usize, |len, &byte| len << 8 | usize::from(byte));
        let rest = self.content.get(start..).unwrap_or_default();
        let bytes = &rest[..len.min(rest.len())];
        match self.content.get(6) {
            Some(3) => String::from_utf8_lossy(bytes).into_owned(),
            _ => bytes.iter().copied().map(char::from).collect(),
        }
    }

    /// What NumPy read, if it did.
    pub fn accepted(&self) -> Option<&Accepted> {
        match &self.verdict {
            Verdict::Accepted(accepted) => Some(accepted),
            _ => None,
        }
    }
}

impl Accepted {
    /// The axes, unless one of them is none that an array can have.
    pub fn plain_shape(&self) -> Option<Vec<usize>> {
        self.shape.iter().map(|axis| axis.parse().ok()).collect()
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Written => "written",
            Self::ByHand => "by hand",
            Self::Broken => "broken",
        })
    }
}

fn value_or_reason(cell: &str) -> Result<String, String> {
    match cell.strip_prefix('!') {
        Some(reason) => Err(reason.to_string()),
        None => Ok(cell.to_string()),
    }
}

pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    rest.is_empty()
        .then(|| pairs.iter().map(|&[high, low]| Some(digit(high)? << 4 | digit(low)?)).collect())?
}
