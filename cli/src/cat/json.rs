//! JSON.

use std::io::Write;

use npymap::{DType, Kind, Scalar};

use crate::failure::Failure;
use crate::value::{self, Scratch};

/// Writes elements in C order as lists within lists.
pub(super) struct Writer<'a, W: Write> {
    out: &'a mut W,
    dtype: DType,
    /// Elements of each axis and all within it: the first is those of all.
    lens: Vec<usize>,
    next: usize,
    text: String,
    scratch: Scratch,
}

impl<'a, W: Write> Writer<'a, W> {
    pub(super) fn new(dtype: &DType, shape: &[usize], out: &'a mut W) -> Result<Self, Failure> {
        let mut lens: Vec<usize> = shape
            .iter()
            .rev()
            .scan(1usize, |len, &axis| {
                *len *= axis;
                Some(*len)
            })
            .collect();
        lens.reverse();
        let mut writer = Self {
            out,
            dtype: dtype.clone(),
            lens,
            next: 0,
            text: String::new(),
            scratch: Scratch::default(),
        };
        if shape.contains(&0) {
            writer.empty(shape)?;
        } else if dtype.itemsize() == 0 {
            let len = writer.lens.first().copied().unwrap_or(1);
            (0..len).try_for_each(|_| writer.element(&[]))?;
        }
        Ok(writer)
    }

    /// Lists down to the axis that has none.
    fn empty(&mut self, shape: &[usize]) -> Result<(), Failure> {
        self.text.push('[');
        if let [axis, rest @ ..] = shape {
            for index in 0..*axis {
                if index > 0 {
                    self.text.push(',');
                }
                self.empty(rest)?;
            }
        }
        self.text.push(']');
        self.flush(64 << 10)
    }

    pub(super) fn add(&mut self, elements: &[u8]) -> Result<(), Failure> {
        elements.chunks_exact(self.dtype.itemsize().max(1)).try_for_each(|element| self.element(element))
    }

    fn element(&mut self, element: &[u8]) -> Result<(), Failure> {
        if self.next > 0 {
            self.text.push(',');
            // A line for each item of the first axis.
            if self.lens.get(1).is_some_and(|len| self.next.is_multiple_of(*len)) {
                self.text.push('\n');
            }
        }
        self.text.extend(self.lens.iter().filter(|len| self.next.is_multiple_of(**len)).map(|_| '['));
        push(&mut self.text, &self.dtype, element, &mut self.scratch);
        self.next += 1;
        self.text.extend(self.lens.iter().filter(|len| self.next.is_multiple_of(**len)).map(|_| ']'));
        self.flush(64 << 10)
    }

    fn flush(&mut self, most: usize) -> Result<(), Failure> {
        if self.text.len() > most {
            self.out.write_all(self.text.as_bytes()).map_err(Failure::Stdout)?;
            self.text.clear();
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<(), Failure> {
        self.text.push('\n');
        self.flush(0)
    }
}

fn push(text: &mut String, dtype: &DType, bytes: &[u8], scratch: &mut Scratch) {
    match dtype {
        DType::Scalar(scalar) => push_scalar(text, scalar, bytes, scratch),
        DType::Structured(structured) => match structured.scalar() {
            Some(scalar) => push_scalar(text, scalar, bytes, scratch),
            None => {
                text.push('{');
                for (number, field) in structured.fields().iter().enumerate() {
                    if number > 0 {
                        text.push(',');
                    }
                    text.push_str(&serde_json::Value::from(field.name()).to_string());
                    text.push(':');
                    let end = field.offset() + field.dtype().itemsize();
                    push(text, field.dtype(), &bytes[field.offset()..end], scratch);
                }
                text.push('}');
            }
        },
        DType::Subarray(subarray) => {
            let (axes, base) = subarray.flattened();
            push_axes(text, &axes, base, bytes, scratch);
        }
        _ => text.push_str("null"),
    }
}

fn push_axes(text: &mut String, axes: &[usize], base: &DType, bytes: &[u8], scratch: &mut Scratch) {
    let [axis, rest @ ..] = axes else { return push(text, base, bytes, scratch) };
    text.push('[');
    let size = bytes.len().checked_div(*axis).unwrap_or(0);
    // Items without bytes are all alike, and there may be billions.
    let items = if size == 0 { 0 } else { *axis };
    for item in 0..items {
        if item > 0 {
            text.push(',');
        }
        push_axes(text, rest, base, &bytes[item * size..(item + 1) * size], scratch);
    }
    text.push(']');
}

fn push_scalar(text: &mut String, scalar: &Scalar, bytes: &[u8], scratch: &mut Scratch) {
    match scalar.kind() {
        Kind::Bool => text.push_str(if bytes == [0] { "false" } else { "true" }),
        Kind::Int | Kind::Uint => value::write(text, scalar, bytes, scratch),
        Kind::Float => {
            let mut number = String::new();
            value::write(&mut number, scalar, bytes, scratch);
            push_number(text, &number);
        }
        Kind::Complex => {
            text.push('[');
            // Each part is a float of half the size.
            let half = bytes.len() / 2;
            let Some(part) = Scalar::new(Kind::Float, half, scalar.byte_order()) else { return };
            push_scalar(text, &part, &bytes[..half], scratch);
            text.push(',');
            push_scalar(text, &part, &bytes[half..], scratch);
            text.push(']');
        }
        _ => {
            let mut content = String::new();
            value::write(&mut content, scalar, bytes, scratch);
            let is_time = matches!(scalar.kind(), Kind::DateTime64(_) | Kind::TimeDelta64(_));
            if is_time && content == "NaT" {
                text.push_str("null");
            } else {
                text.push_str(&serde_json::Value::from(content).to_string());
            }
        }
    }
}

/// JSON knows neither NaN nor infinities.
fn push_number(text: &mut String, number: &str) {
    match number {
        "nan" | "-nan" => text.push_str("null"),
        "inf" | "-inf" => {
            text.push('"');
            text.push_str(number);
            text.push('"');
        }
        number => text.push_str(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(dtype: &str, shape: &[usize], bytes: &[u8]) -> String {
        let mut out = Vec::new();
        let mut writer = Writer::new(&dtype.parse().unwrap(), shape, &mut out).unwrap();
        writer.add(bytes).unwrap();
        writer.finish().unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn axes_are_lists() {
        assert_eq!(json("u1", &[], &[7]), "7\n");
        assert_eq!(json("u1", &[2], &[7, 8]), "[7,8]\n");
        assert_eq!(json("u1", &[2, 1, 2], &[1, 2, 3, 4]), "[[[1,2]],\n[[3,4]]]\n");
        assert_eq!(json("u1", &[2, 0], &[]), "[[],[]]\n");
        assert_eq!(json("u1", &[0], &[]), "[]\n");
        assert_eq!(json("V0", &[2], &[]), "[\"\",\"\"]\n");
    }

    #[test]
    fn every_value_is_valid() {
        let numbers: Vec<u8> =
            [f32::NAN, f32::INFINITY, -1.5, 1e20].iter().flat_map(|number| number.to_le_bytes()).collect();
        assert_eq!(json("<f4", &[4], &numbers), "[null,\"inf\",-1.5,1e+20]\n");
        assert_eq!(json("<c8", &[1], &numbers[8..]), "[[-1.5,1e+20]]\n");
        assert_eq!(json("S3", &[1], b"a\"\n"), "[\"a\\\"\\n\"]\n");
        assert_eq!(json("?,(2,)u1", &[1], &[1, 2, 3]), "[{\"f0\":true,\"f1\":[2,3]}]\n");
        assert_eq!(json("<M8[D]", &[1], &i64::MIN.to_le_bytes()), "[null]\n");
    }
}
