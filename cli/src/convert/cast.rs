//! Elements of one dtype as those of another.

use npymap::{ByteOrder, DType, Field, Structured, Subarray};

use super::scalar::ScalarCast;

/// Elements that are cast at once, so that what they become on the way stays small.
const PIECE: usize = 1 << 14;

/// How elements become others.
#[derive(Debug)]
pub(crate) enum Cast {
    Scalars(Box<ScalarCast>, usize),
    /// Records and other bytes, which change their byte order at most.
    Turned(DType, ByteOrder),
    Same,
}

impl Cast {
    /// From `from` to `to`; `None` where there is no such cast.
    pub(crate) fn new(from: &DType, to: &DType) -> Option<Self> {
        if from == to {
            return Some(Self::Same);
        }
        if let (DType::Scalar(from), DType::Scalar(to)) = (from, to) {
            return ScalarCast::new(from, to).map(|cast| Self::Scalars(Box::new(cast), from.itemsize()));
        }
        [ByteOrder::Little, ByteOrder::Big]
            .into_iter()
            .find(|&order| in_order(from, order).as_ref() == Some(to))
            .map(|order| Self::Turned(from.clone(), order))
    }

    /// Whether only the order of bytes changes.
    pub(crate) fn keeps(&self) -> bool {
        match self {
            Self::Same | Self::Turned(..) => true,
            Self::Scalars(cast, _) => cast.keeps(),
        }
    }

    /// Puts the elements into `out`, and gives the number of the first that lost something.
    pub(crate) fn run(&mut self, elements: &[u8], out: &mut Vec<u8>) -> Option<usize> {
        out.clear();
        match self {
            Self::Same => out.extend_from_slice(elements),
            Self::Turned(dtype, order) => {
                out.extend_from_slice(elements);
                crate::order::turn(dtype, out, *order);
            }
            Self::Scalars(cast, size) => {
                let mut first = None;
                for (number, piece) in elements.chunks(PIECE * (*size).max(1)).enumerate() {
                    let lost = cast.run(piece, out);
                    first = first.or(lost.map(|index| number * PIECE + index));
                }
                return first;
            }
        }
        None
    }
}

/// The same dtype with every number in that byte order; `None` where there is none.
pub(super) fn in_order(dtype: &DType, order: ByteOrder) -> Option<DType> {
    Some(match dtype {
        DType::Scalar(scalar) => {
            let turned = if scalar.byte_order() == order { *scalar } else { scalar.swapped() };
            turned.into()
        }
        DType::Subarray(subarray) => {
            Subarray::new(in_order(subarray.base(), order)?, subarray.shape())?.into()
        }
        DType::Structured(structured) => {
            let fields = structured.fields().iter().map(|field| {
                let turned = in_order(field.dtype(), order)?;
                Some(Field::new(field.name(), field.offset(), turned).with_title(field.title().cloned()))
            });
            let turned = Structured::new(fields.collect::<Option<_>>()?, structured.itemsize())?;
            if structured.is_aligned() { turned.aligned().into() } else { turned.into() }
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_change_their_byte_order() {
        let from: DType = ">i2,(2,)<f4,S3".parse().unwrap();
        let to: DType = "<i2,(2,)<f4,S3".parse().unwrap();
        assert_eq!(in_order(&from, ByteOrder::Little), Some(to.clone()));
        let mut out = Vec::new();
        let mut cast = Cast::new(&from, &to).unwrap();
        assert_eq!(cast.run(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13], &mut out), None);
        assert_eq!(out, [2, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
        assert!(Cast::new(&from, &"<i2,<f4,S3".parse().unwrap()).is_none());
        assert!(Cast::new(&from, &"<f4".parse().unwrap()).is_none());
    }

    /// The number of an element that loses something counts from the first, and not from that of a piece.
    #[test]
    fn losses_are_found_in_every_piece() {
        let mut wholes = vec![0u8; (PIECE * 2 + 10) * 2];
        wholes[(PIECE + 5) * 2 + 1] = 1;
        let mut cast = Cast::new(&"<u2".parse().unwrap(), &"u1".parse().unwrap()).unwrap();
        assert_eq!(cast.run(&wholes, &mut Vec::new()), Some(PIECE + 5));
    }
}
