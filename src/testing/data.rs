//! Data that mean something in their dtype.

use arbitrary::{Result, Unstructured};

use crate::dtype::{ByteOrder, DType, Kind};
use crate::header::Header;

/// The data of an array with that header.
pub(super) fn data(u: &mut Unstructured<'_>, header: &Header) -> Result<Vec<u8>> {
    let mut data = noise(u.arbitrary()?, header.nbytes().unwrap_or_default());
    if let Some(elements) = chunks(&mut data, header.dtype.itemsize()) {
        elements.for_each(|element| make_valid(&header.dtype, element));
    }
    Ok(data)
}

/// Bytes by Marsaglia's xorshift, zeros for the seed 0: a fuzzer that brought each byte would be busy with nothing else.
fn noise(seed: u64, len: usize) -> Vec<u8> {
    let mut state = seed;
    let words = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    });
    words.flatten().take(len).collect()
}

fn chunks(bytes: &mut [u8], size: usize) -> Option<std::slice::ChunksExactMut<'_, u8>> {
    (size > 0).then(|| bytes.chunks_exact_mut(size))
}

fn make_valid(dtype: &DType, bytes: &mut [u8]) {
    match dtype {
        DType::Scalar(scalar) => match scalar.kind() {
            Kind::Bool => bytes.iter_mut().for_each(|byte| *byte &= 1),
            Kind::Unicode => {
                for unit in bytes.as_chunks_mut::<4>().0 {
                    *unit = code_point(*unit, scalar.byte_order());
                }
            }
            _ => {}
        },
        DType::Structured(record) => {
            for field in record.fields() {
                let end = field.offset().saturating_add(field.dtype().itemsize());
                if let Some(bytes) = bytes.get_mut(field.offset()..end) {
                    make_valid(field.dtype(), bytes);
                }
            }
        }
        DType::Subarray(subarray) => {
            let base = subarray.base();
            if let Some(items) = chunks(bytes, base.itemsize()) {
                items.for_each(|item| make_valid(base, item));
            }
        }
    }
}

/// Four bytes as a character of Unicode.
fn code_point(bytes: [u8; 4], order: ByteOrder) -> [u8; 4] {
    let is_big = order == ByteOrder::Big;
    let number = if is_big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) };
    let number = u32::from(char::from_u32(number % 0x11_0000).unwrap_or('?'));
    if is_big { number.to_be_bytes() } else { number.to_le_bytes() }
}
