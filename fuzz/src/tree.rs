//! Dtypes made up by a fuzzer.

use arbitrary::Arbitrary;
use npymap::{ByteOrder, DType, Field, Kind, Scalar, Structured, Subarray, Title};

/// What a dtype is to be made of; not every tree makes one.
#[derive(Arbitrary, Debug)]
pub enum Tree {
    Scalar { kind: u8, width: u16, big: bool },
    Record { fields: Vec<(String, Option<String>, u8, Tree)>, tail: u8 },
    Subarray(Box<Tree>, Vec<u8>),
}

const KINDS: [Kind; 8] =
    [Kind::Bool, Kind::Int, Kind::Uint, Kind::Float, Kind::Complex, Kind::Bytes, Kind::Unicode, Kind::Void];

/// The dtype of a tree, or `None` where NumPy has no such dtype.
pub fn dtype(tree: Tree) -> Option<DType> {
    Some(match tree {
        Tree::Scalar { kind, width, big } => {
            let order = if big { ByteOrder::Big } else { ByteOrder::Little };
            Scalar::new(KINDS[usize::from(kind % 8)], width.into(), order)?.into()
        }
        Tree::Record { fields, tail } => {
            let (mut end, mut list) = (0usize, Vec::new());
            for (name, title, padding, tree) in fields {
                let (offset, dtype) = (end + usize::from(padding), dtype(tree)?);
                end = offset.checked_add(dtype.itemsize())?;
                list.push(Field::new(name, offset, dtype).with_title(title.map(Title::Text)));
            }
            Structured::new(list, end + usize::from(tail))?.into()
        }
        Tree::Subarray(base, shape) => {
            Subarray::new(dtype(*base)?, shape.into_iter().map(usize::from).collect::<Vec<_>>())?.into()
        }
    })
}
