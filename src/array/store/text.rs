//! Text of any length, saved as `U` and `S`.

use std::io::Write;

use super::sealed::Items;
use crate::dtype::{ByteOrder, DType, Kind, Scalar};
use crate::element::{descr, type_name};
use crate::error::{MismatchProblem, Result};
use crate::kernels::PIECE;

/// What is written of a text of any length.
trait Text {
    /// The dtypes that can hold it; the narrowest is of the first kind.
    const KINDS: &'static [Kind];
    /// Bytes of a unit in the file.
    const UNIT: usize;
    /// What a unit is called.
    const UNITS: &'static str;
    /// The dtypes that can hold it, for messages.
    const EXPECTED: &'static str;

    /// How many units it has.
    fn units(&self) -> usize;

    /// Writes its units in the byte order of `dtype`.
    fn write(&self, dtype: &Scalar, out: &mut Pieces<'_>) -> Result<()>;
}

impl Text for str {
    const KINDS: &'static [Kind] = &[Kind::Unicode];
    const UNIT: usize = 4;
    const UNITS: &'static str = "characters";
    const EXPECTED: &'static str = "'<U' or '>U' of any width";

    fn units(&self) -> usize {
        self.chars().count()
    }

    fn write(&self, dtype: &Scalar, out: &mut Pieces<'_>) -> Result<()> {
        self.chars().map(u32::from).try_for_each(|unit| match dtype.byte_order() {
            ByteOrder::Big => out.write(&unit.to_be_bytes()),
            _ => out.write(&unit.to_le_bytes()),
        })
    }
}

impl Text for [u8] {
    const KINDS: &'static [Kind] = &[Kind::Bytes, Kind::Void];
    const UNIT: usize = 1;
    const UNITS: &'static str = "bytes";
    const EXPECTED: &'static str = "'|S' or '|V' of any width";

    fn units(&self) -> usize {
        self.len()
    }

    fn write(&self, _: &Scalar, out: &mut Pieces<'_>) -> Result<()> {
        out.write(self)
    }
}

macro_rules! texts {
    ($($type:ty: $text:ty;)+) => {$(
        impl Items for $type {
            type Encoding = Scalar;

            fn dtype_of<'a>(items: impl Iterator<Item = &'a Self>) -> DType
            where
                Self: 'a,
            {
                narrowest::<$text>(items.map(AsRef::as_ref))
            }

            fn has_axes() -> bool {
                false
            }

            fn encoding(dtype: &DType) -> Result<Scalar> {
                encoding::<Self, $text>(dtype)
            }

            fn write_slice(encoding: &Scalar, items: &[Self], writer: &mut dyn Write) -> Result<()> {
                write::<$text>(encoding, items.iter().map(AsRef::as_ref), writer)
            }

            #[cfg(feature = "ndarray")]
            fn write_view(
                encoding: &Scalar,
                items: &ndarray::ArrayViewD<'_, Self>,
                writer: &mut dyn Write,
            ) -> Result<()> {
                write::<$text>(encoding, items.iter().map(AsRef::as_ref), writer)
            }
        }
    )+};
}

texts! {
    String: str;
    &str: str;
    Vec<u8>: [u8];
    &[u8]: [u8];
}

/// The dtype as wide as the longest text, and one unit at least, as NumPy makes it of Python's strings. Where NumPy has
/// none that wide, it is the widest, which no such text is written as.
fn narrowest<'a, T: Text + ?Sized + 'a>(texts: impl Iterator<Item = &'a T>) -> DType {
    let most = Scalar::ITEMSIZE_MOST / T::UNIT;
    let units = texts.map(Text::units).max().unwrap_or(0).clamp(1, most);
    const NONE: Scalar = crate::element::scalar_of(Kind::Void, 0);
    let kind = T::KINDS.first().copied().unwrap_or(Kind::Void);
    Scalar::new(kind, units * T::UNIT, ByteOrder::NATIVE).unwrap_or(NONE).into()
}

/// The dtype as which texts are written, where they can be.
fn encoding<S, T: Text + ?Sized>(dtype: &DType) -> Result<Scalar> {
    match dtype {
        DType::Scalar(scalar) if T::KINDS.contains(&scalar.kind()) => Ok(*scalar),
        _ => {
            let expected = T::EXPECTED.to_string();
            Err(MismatchProblem::SavedAs { dtype: descr(dtype), wanted: type_name::<S>(), expected }.into())
        }
    }
}

fn write<'a, T: Text + ?Sized + 'a>(
    dtype: &Scalar,
    texts: impl Iterator<Item = &'a T>,
    writer: &mut dyn Write,
) -> Result<()> {
    let mut out = Pieces { bytes: Vec::new(), writer };
    for text in texts {
        let found = text.units();
        let Some(room) = dtype.itemsize().checked_sub(found * T::UNIT) else {
            let wanted = descr(&DType::Scalar(*dtype));
            return Err(MismatchProblem::TextLen { found, unit: T::UNITS, wanted }.into());
        };
        text.write(dtype, &mut out)?;
        out.write_zeros(room)?;
    }
    out.finish()
}

/// Bytes that are written piece by piece.
struct Pieces<'a> {
    bytes: Vec<u8>,
    writer: &'a mut dyn Write,
}

impl Pieces<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        if self.bytes.len() + bytes.len() > PIECE {
            self.flush()?;
            if bytes.len() > PIECE {
                return Ok(self.writer.write_all(bytes)?);
            }
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn write_zeros(&mut self, mut len: usize) -> Result<()> {
        while len > 0 {
            if self.bytes.len() >= PIECE {
                self.flush()?;
            }
            let now = len.min(PIECE - self.bytes.len());
            self.bytes.resize(self.bytes.len() + now, 0);
            len -= now;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<()> {
        self.writer.write_all(&self.bytes)?;
        self.bytes.clear();
        Ok(())
    }

    fn finish(mut self) -> Result<()> {
        self.flush()
    }
}
