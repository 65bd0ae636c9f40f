//! NumPy's filter for the headers that Python 2 wrote, where integers may end in `L`.
//!
//! The filter takes the text apart into tokens and puts it together again without each `L` after
//! a number. What it does on the way to blanks is what makes NumPy take an indented first line and blanks
//! without a line end after the last, so it is followed to the letter.
//!
//! Sources: numpy/lib/_format_impl.py, `_filter_header`; CPython 3.11's Lib/tokenize.py, `_tokenize` and
//! `Untokenizer`.

use super::lexer::is_name;
use super::number::number_len;

/// A text after the filter.
pub(super) struct Filtered {
    pub(super) text: Vec<u8>,
    /// Whether an `L` is gone.
    pub(super) has_long: bool,
    /// Where a copied piece starts, in the filtered text and in the original; only where the distance
    /// between the two changes.
    origins: Vec<(usize, usize)>,
}

impl Filtered {
    /// The place in the original text of what stands `at` in the filtered one.
    pub(super) fn origin(&self, at: usize) -> usize {
        let after = self.origins.partition_point(|&(copy, _)| copy <= at);
        match after.checked_sub(1).and_then(|before| self.origins.get(before)) {
            Some((copy, original)) => original + (at - copy),
            None => at,
        }
    }
}

/// `text` as NumPy's filter leaves it; `None` where the filter fails, and also at tokens that Python
/// refuses anyway.
pub(super) fn filter(text: &[u8]) -> Option<Filtered> {
    let mut filter = Filter {
        text,
        at: 0,
        line: 0,
        row: 1,
        brackets: 0,
        after_number: false,
        indents: Vec::new(),
        at_line_start: false,
        previous: (1, 0),
        out: Filtered { text: Vec::with_capacity(text.len()), has_long: false, origins: Vec::new() },
    };
    let mut continued = false;
    while filter.at < text.len() {
        if filter.brackets == 0 && !continued {
            match filter.indentation()? {
                Line::Statement => {}
                Line::Empty => continue,
                Line::Last => return Some(filter.out),
            }
        }
        continued = filter.rest_of_line()?;
    }
    if filter.brackets > 0 || continued {
        return None;
    }
    filter.last_line_end()?;
    Some(filter.out)
}

/// What stands on a line that starts a statement.
enum Line {
    Statement,
    Empty,
    /// Nothing but blanks, without a line end; the tokens end before it.
    Last,
}

struct Filter<'a> {
    text: &'a [u8],
    at: usize,
    /// Where the line starts; lines end at `\n` alone here.
    line: usize,
    /// The line's number, from 1.
    row: usize,
    brackets: usize,
    after_number: bool,
    /// The blanks and widths of the indentations that are open.
    indents: Vec<(&'a [u8], usize)>,
    /// Whether the next token is the first of its line.
    at_line_start: bool,
    /// Row and column where the copy ends.
    previous: (usize, usize),
    out: Filtered,
}

impl Filter<'_> {
    fn rest(&self) -> &[u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// How many bytes from `skip` bytes further on are `wanted`.
    fn run(&self, skip: usize, wanted: impl Fn(u8) -> bool) -> usize {
        self.rest().iter().skip(skip).take_while(|&&byte| wanted(byte)).count()
    }

    fn next_row(&mut self) {
        self.row += 1;
        self.line = self.at;
    }

    /// Steps over the indentation of a line, and over the whole line where it has no statement.
    fn indentation(&mut self) -> Option<Line> {
        let blanks = self.run(0, |byte| matches!(byte, b' ' | b'\t' | 0x0c));
        let indent = self.text.get(self.at..self.at + blanks).unwrap_or_default();
        let column = indent.iter().fold(0, |column, blank| match blank {
            b' ' => column + 1,
            b'\t' => (column / 8 + 1) * 8,
            _ => 0,
        });
        self.at += blanks;
        match self.rest() {
            [] => return Some(Line::Last),
            // The line is copied up to its `\n`: a `\r` does not end a comment here, as it does in Python.
            [b'#' | b'\r' | b'\n', ..] => {
                let len = self.run(0, |byte| byte != b'\n');
                let has_end = self.rest().get(len).is_some();
                self.line_end(len + usize::from(has_end))?;
                return Some(Line::Empty);
            }
            _ => {}
        }
        let open = self.indents.last().map_or(0, |&(_, column)| column);
        if column > open {
            self.indents.push((indent, column));
        }
        while let Some(&(_, open)) = self.indents.last()
            && column < open
        {
            self.indents.pop();
            // An indentation must be one of those before.
            if self.indents.last().map_or(0, |&(_, column)| column) < column {
                return None;
            }
            self.previous = (self.row, self.at - self.line);
        }
        Some(Line::Statement)
    }

    /// Copies the tokens up to the end of the line, and says whether a backslash hides that end.
    fn rest_of_line(&mut self) -> Option<bool> {
        loop {
            let blanks = self.run(0, |byte| matches!(byte, b' ' | b'\t' | 0x0c));
            let token = self.text.get(self.at + blanks..).unwrap_or_default();
            if let [b'\r' | b'\\', after @ ..] = token
                && !matches!(token, [b'\r', b'\n', ..] | [b'\\', b'\n', ..] | [b'\\', b'\r', b'\n', ..])
            {
                // No token of tokenize's, so that the blanks before it are none either: all are copied.
                if token.first() == Some(&b'\\') && after.first() != Some(&b'\r') {
                    return None;
                }
                self.token(blanks + 1)?;
                continue;
            }
            self.at += blanks;
            match token {
                [] => return Some(false),
                [b'\\', end @ ..] => {
                    self.at += if end.first() == Some(&b'\r') { 3 } else { 2 };
                    self.next_row();
                    return Some(true);
                }
                [b'\n', ..] => return self.line_end(1).map(|()| false),
                [b'\r', ..] => return self.line_end(2).map(|()| false),
                [b'#', ..] => self.token(self.run(0, |byte| byte != b'\r' && byte != b'\n'))?,
                [quote @ (b'\'' | b'"'), ..] => self.string(*quote)?,
                [b'0'..=b'9', ..] | [b'.', b'0'..=b'9', ..] => {
                    self.token(number_len(self.rest()))?;
                    self.after_number = true;
                }
                [first, ..] if is_name(*first) => {
                    let len = self.run(0, is_name);
                    if self.after_number && len == 1 && *first == b'L' {
                        self.at += 1;
                        self.out.has_long = true;
                    } else {
                        self.token(len)?;
                    }
                }
                [first, ..] => {
                    match first {
                        b'(' | b'[' | b'{' => self.brackets += 1,
                        b')' | b']' | b'}' => self.brackets = self.brackets.checked_sub(1)?,
                        b'+' | b'-' | b',' | b':' | b'.' => {}
                        _ => return None,
                    }
                    self.token(1)?;
                }
            }
        }
    }

    /// Copies a string, which may span lines; its prefix is a token of its own here.
    fn string(&mut self, quote: u8) -> Option<()> {
        let rest = self.rest();
        let triple = rest.starts_with(&[quote; 3]);
        let mut len = if triple { 3 } else { 1 };
        loop {
            len += match rest.get(len..)? {
                [b'\\', b'\r', b'\n', ..] => 3,
                [b'\\', _, ..] => 2,
                [a, b, c, ..] if triple && [*a, *b, *c] == [quote; 3] => break len += 3,
                [found, ..] if !triple && *found == quote => break len += 1,
                [b'\n', ..] if !triple => return None,
                [_, ..] => 1,
                [] => return None,
            };
        }
        self.token(len)
    }

    /// Copies a token that ends its line.
    fn line_end(&mut self, len: usize) -> Option<()> {
        self.token_in_line(len, true)?;
        self.at_line_start = true;
        self.previous = (self.row + 1, 0);
        // The text may end first, which `last_line_end` wants to know.
        if self.text.get(..self.at).is_some_and(|copied| copied.ends_with(b"\n")) {
            self.next_row();
        }
        Some(())
    }

    fn token(&mut self, len: usize) -> Option<()> {
        self.token_in_line(len, false)
    }

    /// Copies the next `len` bytes, and puts blanks before them where they stood apart from the copy's end.
    fn token_in_line(&mut self, len: usize, ends_line: bool) -> Option<()> {
        self.after_number = false;
        let token = self.text.get(self.at..self.at + len)?;
        let start = (self.row, self.at - self.line);
        // A comment on a line of its own is a token before its line end.
        if !ends_line || token.first() == Some(&b'#') {
            self.reindent(start.1);
        }
        self.blanks_to(start)?;
        let copy = self.out.text.len();
        if self.out.origin(copy) != self.at {
            self.out.origins.push((copy, self.at));
        }
        self.out.text.extend_from_slice(token);
        self.at += len;
        if !ends_line && let Some(last) = token.iter().rposition(|&byte| byte == b'\n') {
            self.row += token.iter().filter(|&&byte| byte == b'\n').count();
            self.line = self.at - (len - last - 1);
        }
        self.previous = (self.row, self.at - self.line);
        Some(())
    }

    /// Writes the indentation of a line whose first token stands at `column`.
    fn reindent(&mut self, column: usize) {
        if self.at_line_start
            && let Some(&(indent, _)) = self.indents.last()
        {
            if column >= indent.len() {
                self.out.text.extend_from_slice(indent);
                self.previous.1 = indent.len();
            }
            self.at_line_start = false;
        }
    }

    fn blanks_to(&mut self, (row, column): (usize, usize)) -> Option<()> {
        let rows = row.checked_sub(self.previous.0)?;
        if rows > 0 {
            self.out.text.extend(b"\\\n".iter().cycle().take(2 * rows));
            self.previous.1 = 0;
        }
        let blanks = column.checked_sub(self.previous.1)?;
        self.out.text.extend(std::iter::repeat_n(b' ', blanks));
        Some(())
    }

    /// The line end that a last line without one gets, with the blanks before it.
    fn last_line_end(&mut self) -> Option<()> {
        let mut last = self.text.get(self.line..).unwrap_or_default();
        let column = last.len();
        if matches!(self.text.last(), None | Some(b'\r' | b'\n')) {
            return Some(());
        }
        // As str.strip does, which takes more characters for blanks than Python's syntax.
        while let [b' ' | b'\t'..=b'\r' | 0x1c..=0x1f | 0x85 | 0xa0, rest @ ..] = last {
            last = rest;
        }
        if last.first() == Some(&b'#') { Some(()) } else { self.blanks_to((self.row, column)) }
    }
}
