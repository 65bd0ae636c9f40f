//! The chunks of an array, one after the other.

use crate::array::{Array, Shard};
use crate::error::Result;
use crate::grid::{Cut, Pieces};

/// A chunk, and the bytes that hold it.
pub(crate) struct Chunk<'a> {
    /// Its place in the grid, in the order of the file.
    pub(crate) place: &'a [u64],
    pub(crate) file: usize,
    pub(crate) offset: u64,
    pub(crate) len: u64,
    /// Bytes of the chunk as a reader expects it, where the shard ends before.
    pub(crate) whole: Option<u64>,
}

/// Calls `visit` with each chunk, in the order of the files.
pub(crate) fn for_each(
    array: &Array,
    cut: Option<Cut>,
    visit: &mut dyn FnMut(Chunk<'_>) -> Result<()>,
) -> Result<()> {
    let Some(cut) = cut else {
        // An array without axes is one element, an empty one has none.
        return match array.shards.first() {
            Some(&Shard { file, offset, .. }) if array.ndim == 0 => {
                visit(Chunk { place: &[], file, offset, len: array.data_type.itemsize, whole: None })
            }
            _ => Ok(()),
        };
    };
    let step = array.rest.iter().skip(cut.axis).product::<u64>() * array.data_type.itemsize;
    let mut place = vec![0; array.ndim];
    for shard in &array.shards {
        let mut walk = Walk { cut, step, rest: &array.rest, file: shard.file, offset: shard.offset, visit };
        walk.axis(0, shard.rows, &mut place)?;
        // The slowest axis goes on with the next shard; the others begin anew.
    }
    Ok(())
}

struct Walk<'a> {
    cut: Cut,
    /// Bytes of one step along the axis that is cut.
    step: u64,
    rest: &'a [u64],
    file: usize,
    offset: u64,
    visit: &'a mut dyn FnMut(Chunk<'_>) -> Result<()>,
}

impl Walk<'_> {
    /// Goes along an axis of `len` steps, from where `place` has it.
    fn axis(&mut self, axis: usize, len: u64, place: &mut [u64]) -> Result<()> {
        if axis == self.cut.axis {
            for piece in self.cut.pieces.of(len) {
                self.chunk(piece, place)?;
                advance(place, axis);
            }
            return Ok(());
        }
        let next = self.rest.get(axis).copied().unwrap_or(1);
        for _ in 0..len {
            self.axis(axis + 1, next, place)?;
            if let Some(index) = place.get_mut(axis + 1) {
                *index = 0;
            }
            advance(place, axis);
        }
        Ok(())
    }

    fn chunk(&mut self, piece: u64, place: &[u64]) -> Result<()> {
        let whole = match self.cut.pieces {
            Pieces::Regular(whole) if piece < whole => Some(whole * self.step),
            _ => None,
        };
        let len = piece * self.step;
        (self.visit)(Chunk { place, file: self.file, offset: self.offset, len, whole })?;
        self.offset += len;
        Ok(())
    }
}

fn advance(place: &mut [u64], axis: usize) {
    if let Some(index) = place.get_mut(axis) {
        *index += 1;
    }
}
