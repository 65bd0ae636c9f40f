//! What several targets need.

use std::io::{self, Read};

use ndarray::SliceInfoElem;
use npymap::{DType, Header, Kind, Limits, NpzMap, NpzReader, NpzWriter, ReadAt, Scalar, TimeUnit, Unit};

/// A stream that hands out its bytes in odd pieces, and interrupts now and then.
pub struct Pieces<'a> {
    rest: &'a [u8],
    calls: usize,
}

impl<'a> Pieces<'a> {
    /// A stream of `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes, calls: 0 }
    }

    /// The bytes that nobody has asked for yet.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.calls += 1;
        if self.calls.is_multiple_of(5) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let len = (self.calls * 7 % 61 + 1).min(buffer.len());
        self.rest.read(&mut buffer[..len])
    }
}

/// A source that gives its bytes in odd pieces.
pub struct Odd<'a>(pub &'a [u8]);

impl ReadAt for Odd<'_> {
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let len = buffer.len().min(offset as usize % 61 + 1);
        self.0.read_at(offset, &mut buffer[..len])
    }

    fn size(&self) -> io::Result<u64> {
        self.0.size()
    }
}

/// The first lines of an input, and what follows them; a line that is no text is an empty one.
pub fn lines<const N: usize>(mut input: &[u8]) -> ([&str; N], &[u8]) {
    let lines = [(); N].map(|()| {
        let end = input.iter().position(|&byte| byte == b'\n').unwrap_or(input.len());
        let line = &input[..end];
        input = input.get(end + 1..).unwrap_or_default();
        std::str::from_utf8(line).unwrap_or_default()
    });
    (lines, input)
}

/// Whether a header can hold all that the dtype says. NumPy writes raw bytes in place of a subarray that is no
/// field, objects in place of `StringDType`, takes an unnamed field of raw bytes or a subarray for padding, and
/// forgets the number that fields lie over and how many of no unit a time counts.
pub fn survives(dtype: &DType) -> bool {
    !matches!(dtype, DType::Subarray(_)) && !dtype.has_object() && dtype.descr().is_ok() && is_told(dtype)
}

fn is_told(dtype: &DType) -> bool {
    match dtype {
        DType::Scalar(scalar) => unit_is_told(scalar.kind()),
        DType::Structured(record) if record.scalar().is_some() => false,
        DType::Structured(record) => record.fields().iter().all(|field| {
            let is_void = match field.dtype() {
                DType::Scalar(scalar) => scalar.kind() == Kind::Void,
                dtype => matches!(dtype, DType::Subarray(_)),
            };
            let is_padding = field.name().is_empty() && field.title().is_none() && is_void;
            !is_padding && is_told(field.dtype())
        }),
        DType::Subarray(subarray) => is_told(subarray.base()),
        _ => true,
    }
}

/// Whether NumPy shows all of a time's unit: not of `m8[2generic]`.
pub fn unit_is_told(kind: Kind) -> bool {
    match kind {
        Kind::DateTime64(unit) | Kind::TimeDelta64(unit) => {
            unit.unit() != Unit::Generic || unit == TimeUnit::GENERIC
        }
        _ => true,
    }
}

/// The number that the elements of an array of this dtype are, or the text, if they are one.
pub fn number(dtype: &DType) -> Option<Scalar> {
    match dtype {
        DType::Scalar(scalar) => Some(*scalar),
        DType::Structured(record) => record.scalar().copied(),
        DType::Subarray(subarray) => number(subarray.base()),
        _ => None,
    }
}

/// Checks that the header is the same after it has been written and read.
pub fn assert_survives(header: &Header) {
    let bytes = header.encode();
    let (again, data_offset) =
        Header::parse_with(&bytes, &Limits::highest()).expect("what is written can be read");
    assert_eq!(&again, header);
    assert_eq!(data_offset, bytes.len() as u64);
    assert_eq!(data_offset % 64, 0);
}

/// What a slice takes of an axis of `len`. What ndarray would panic at is left out: `tests/slices.rs` has it.
pub fn part_of_axis(len: usize, kind: u8, start: i8, end: i8, step: i8) -> SliceInfoElem {
    let bound = |bound: i8| isize::from(bound) % (len as isize + 1);
    match kind % 3 {
        0 if len > 0 => SliceInfoElem::Index(isize::from(start) % len as isize),
        kind => SliceInfoElem::Slice {
            start: bound(start),
            end: (kind == 1).then_some(bound(end)),
            step: isize::from(step) | 1,
        },
    }
}

/// Checks that an entry that can be mapped has the same data read whole, in part and mapped.
pub fn assert_same_data(archive: &NpzReader, map: &NpzMap, name: &str) {
    let (Ok(content), Ok(mapped)) = (archive.bytes(name), map.get(name)) else { return };
    let data = mapped.as_bytes();
    assert!(data.is_empty() || content.windows(data.len()).any(|window| window == data));
    let mut read = vec![0; data.len()];
    archive.file(name).unwrap().read_bytes_at(0, &mut read).unwrap();
    assert_eq!(read, data);
}

/// Writes an array of an archive, at once or three elements at a time.
pub fn save(writer: &mut NpzWriter, name: &str, elements: &[i16], in_pieces: bool) -> npymap::Result<()> {
    if !in_pieces {
        return writer.save(name, elements);
    }
    let mut array = writer.array::<i16>(name, &[])?;
    elements.chunks(3).try_for_each(|piece| array.write(piece))?;
    array.finish()
}

/// Calls a macro with every element type.
#[macro_export]
macro_rules! for_each_element {
    ($check:ident, $($argument:expr),*) => {
        $crate::for_each_element!(@ $check, ($($argument),*), bool, i8, i16, i32, i64, u8, u16, u32, u64,
            half::f16, f32, f64, num_complex::Complex<f32>, num_complex::Complex<f64>);
    };
    (@ $check:ident, $arguments:tt, $($type:ty),*) => {$( $crate::for_each_element!(@@ $check, $type, $arguments); )*};
    (@@ $check:ident, $type:ty, ($($argument:expr),*)) => { $check::<$type>($($argument),*); };
}
