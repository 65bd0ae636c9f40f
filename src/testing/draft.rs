//! The bytes of a header before they are written: what a fault can be put into.

use arbitrary::{Result, Unstructured};

use crate::header::{Header, MAGIC, Order, shape_text};

/// A header as some writer spells it.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    /// 1, 2 or 3.
    pub(super) major: u8,
    /// Keys and values, as text.
    pub(super) entries: Vec<(String, String)>,
    /// Before the dictionary.
    pub(super) before: String,
    /// Behind the last value.
    pub(super) behind: String,
    /// The data start at a multiple of this, or where the text ends.
    align: Option<usize>,
}

impl Draft {
    /// A valid spelling of a header, of which NumPy writes but one.
    pub(super) fn new(u: &mut Unstructured<'_>, header: &Header) -> Result<Self> {
        let quote = *u.choose(&['\'', '"'])?;
        let descr = header.dtype.descr().unwrap_or_default();
        let order = match header.order {
            Order::C => "False",
            Order::F => "True",
        };
        let mut entries: Vec<_> =
            [("descr", descr), ("fortran_order", order.to_string()), ("shape", shape_text(&header.shape))]
                .into_iter()
                .map(|(key, value)| (format!("{quote}{key}{quote}"), value))
                .collect();
        let turn = u.int_in_range(0..=2)?;
        entries.rotate_left(turn);
        if u.arbitrary()? {
            entries.reverse();
        }
        let before = u.choose(&["", " ", "\t", "# made up\n", "\n"])?.to_string();
        let behind = u.choose(&[", ", "", ",", " # the end\n"])?.to_string();
        let align = *u.choose(&[Some(64), Some(16), None])?;
        let mut draft = Self { major: 1, entries, before, behind, align };
        let text = draft.text();
        let is_latin1 = text.chars().all(|c| u8::try_from(u32::from(c)).is_ok());
        draft.major = if is_latin1 { u.int_in_range(1..=3)? } else { 3 };
        if draft.major < 3 && u.ratio(1, 8)? {
            // Python 2 on Windows counted with longs.
            let axes: Vec<String> = header.shape.iter().map(|axis| format!("{axis}L,")).collect();
            draft.value_of("shape", |_| format!("({})", axes.join(" ")));
        }
        Ok(draft)
    }

    /// Changes the value of a key.
    pub(super) fn value_of(&mut self, key: &str, change: impl FnOnce(&str) -> String) {
        if let Some((_, value)) = self.entries.iter_mut().find(|(name, _)| name.contains(key)) {
            *value = change(value);
        }
    }

    fn text(&self) -> String {
        let entries: Vec<String> =
            self.entries.iter().map(|(key, value)| format!("{key}: {value}")).collect();
        format!("{}{{{}{}}}", self.before, entries.join(", "), self.behind)
    }

    /// The first bytes of the file, up to the data.
    pub(super) fn encode(&self) -> Vec<u8> {
        let text = self.text();
        let mut text: Vec<u8> = if self.major == 3 {
            text.into_bytes()
        } else {
            text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect()
        };
        let prefix = if self.major == 1 { 10 } else { 12 };
        if let Some(align) = self.align {
            let len = (prefix + text.len() + 1).next_multiple_of(align) - prefix;
            text.resize(len - 1, b' ');
            text.push(b'\n');
        }
        let mut bytes = MAGIC.to_vec();
        bytes.extend([self.major, 0]);
        bytes.extend(text.len().to_le_bytes().into_iter().take(prefix - 8));
        bytes.extend(text);
        bytes
    }
}
