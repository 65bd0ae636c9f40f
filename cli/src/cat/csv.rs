//! Comma-separated values.

use std::io::Write;

use npymap::{DType, Scalar};

use crate::failure::Failure;
use crate::leaves;
use crate::value::{self, Scratch};

/// Columns that a record has at most.
const COLUMNS_MOST: usize = 100_000;

/// Writes elements in C order.
pub(super) struct Writer<'a, W: Write> {
    out: &'a mut W,
    /// What an element is made of: where each scalar starts.
    columns: Vec<(Scalar, usize)>,
    size: usize,
    /// Elements a line.
    width: usize,
    /// Elements of the line that is being written.
    written: usize,
    line: String,
    field: String,
    scratch: Scratch,
}

impl<'a, W: Write> Writer<'a, W> {
    pub(super) fn new(dtype: &DType, shape: &[usize], out: &'a mut W) -> Result<Self, Failure> {
        let leaves = leaves::leaves(dtype);
        let (mut columns, mut names) = (Vec::new(), Vec::new());
        leaves::for_each_run(dtype, &mut |leaf, scalar, offset, count| {
            for item in 0..count.min((COLUMNS_MOST + 1).saturating_sub(columns.len())) {
                columns.push((*scalar, offset + item * scalar.itemsize()));
                let path = &leaves[leaf].path;
                names.push(if count > 1 { format!("{path}[{item}]") } else { path.clone() });
            }
        });
        if columns.len() > COLUMNS_MOST {
            let why = format!("records of more than {COLUMNS_MOST} columns are not written as CSV");
            return Err(Failure::refused(dtype.to_string(), why));
        }
        let is_record = matches!(dtype, DType::Structured(structured) if structured.scalar().is_none());
        let mut line = String::new();
        if is_record {
            for (number, name) in names.iter().enumerate() {
                line.push_str(if number > 0 { "," } else { "" });
                push_quoted(&mut line, name);
            }
            line.push('\n');
        }
        // A record takes a line.
        let width = if is_record {
            1
        } else {
            shape.split_last().map_or(1, |(&last, rest)| if rest.is_empty() { 1 } else { last })
        };
        let size = dtype.itemsize();
        let (field, scratch) = Default::default();
        Ok(Self { out, columns, size, width, written: 0, line, field, scratch })
    }

    pub(super) fn add(&mut self, elements: &[u8]) -> Result<(), Failure> {
        /// Characters that are written at once.
        const PIECE: usize = 64 << 10;
        for element in elements.chunks_exact(self.size) {
            if self.written > 0 {
                self.line.push(',');
            }
            for (number, (scalar, offset)) in self.columns.iter().enumerate() {
                if number > 0 {
                    self.line.push(',');
                }
                self.field.clear();
                let bytes = &element[*offset..offset + scalar.itemsize()];
                value::write(&mut self.field, scalar, bytes, &mut self.scratch);
                push_quoted(&mut self.line, &self.field);
            }
            self.written += 1;
            if self.written == self.width {
                self.line.push('\n');
                self.written = 0;
            }
            if self.line.len() > PIECE {
                self.out.write_all(self.line.as_bytes()).map_err(Failure::Stdout)?;
                self.line.clear();
            }
        }
        Ok(())
    }

    /// Elements without bytes were not handed in: their lines are empty.
    pub(super) fn finish(mut self, len: usize) -> Result<(), Failure> {
        self.out.write_all(self.line.as_bytes()).map_err(Failure::Stdout)?;
        self.line.clear();
        if self.size == 0 {
            for number in 1..=len {
                let end = if number % self.width == 0 { "\n" } else { "," };
                self.out.write_all(end.as_bytes()).map_err(Failure::Stdout)?;
            }
        }
        Ok(())
    }
}

/// As RFC 4180 has it: in quotes where it holds what would end it, and then every quote twice.
fn push_quoted(line: &mut String, field: &str) {
    if field.contains([',', '"', '\n', '\r']) {
        line.push('"');
        line.push_str(&field.replace('"', "\"\""));
        line.push('"');
    } else {
        line.push_str(field);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn csv(dtype: &str, shape: &[usize], bytes: &[u8]) -> String {
        let mut out = Vec::new();
        let mut writer = Writer::new(&dtype.parse().unwrap(), shape, &mut out).unwrap();
        writer.add(bytes).unwrap();
        writer.finish(shape.iter().product()).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn rows_are_lines() {
        assert_eq!(csv("u1", &[4], &[1, 2, 3, 4]), "1\n2\n3\n4\n");
        assert_eq!(csv("u1", &[2, 2], &[1, 2, 3, 4]), "1,2\n3,4\n");
        assert_eq!(csv("u1", &[1, 2, 2], &[1, 2, 3, 4]), "1,2\n3,4\n");
        assert_eq!(csv("u1", &[], &[7]), "7\n");
        assert_eq!(csv("u1", &[2, 0], &[]), "");
    }

    #[test]
    fn texts_are_quoted() {
        assert_eq!(csv("S4", &[3], b"a,b\0c\"d\0ef\0\0"), "\"a,b\"\n\"c\"\"d\"\nef\n");
    }

    #[test]
    fn records_have_names() {
        assert_eq!(csv("u1,(2,)u1", &[2], &[1, 2, 3, 4, 5, 6]), "f0,f1[0],f1[1]\n1,2,3\n4,5,6\n");
    }
}
