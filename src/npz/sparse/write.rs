//! Sparse arrays into archives.

use std::path::Path;

use super::{Sparse, SparseFormat, SparseKind};
use crate::dtype::DType;
use crate::element::{Bytes, Element};
use crate::error::Result;
use crate::header::Header;
use crate::npz::{Compression, NpzWriter};

/// Saves a sparse matrix or array, deflated: `scipy.sparse.save_npz`.
///
/// Indices are saved as `int32` where they fit, as SciPy keeps them.
///
/// # Errors
/// Those of [`NpzWriter::save`]; [`Error::Format`](crate::Error::Format) where the parts do not belong together.
pub fn save_sparse<T: Element>(path: impl AsRef<Path>, sparse: &Sparse<T>) -> Result<()> {
    save_sparse_with(path, sparse, Compression::DEFLATED)
}

/// [`save_sparse`] with another compression.
///
/// # Errors
/// As [`save_sparse`].
pub fn save_sparse_with<T: Element>(
    path: impl AsRef<Path>,
    sparse: &Sparse<T>,
    compression: Compression,
) -> Result<()> {
    let path = path.as_ref();
    sparse.check().map_err(|error| error.at_path(path))?;
    let mut archive = NpzWriter::create(path)?.compression(compression);
    sparse.write(&mut archive)?;
    archive.finish().map(drop)
}

impl<T: Element> Sparse<T> {
    /// The arrays in the order of SciPy.
    fn write(&self, archive: &mut NpzWriter) -> Result<()> {
        let (data, data_shape) = match &self.format {
            SparseFormat::Csr(compressed) | SparseFormat::Csc(compressed) => {
                let wide = is_wide(&self.shape, compressed.indices.len());
                save_indices(archive, "indices", &compressed.indices, &[], wide)?;
                save_indices(archive, "indptr", &compressed.indptr, &[], wide)?;
                (&compressed.data, vec![compressed.data.len()])
            }
            SparseFormat::Bsr(blocks) => {
                let wide = is_wide(&self.shape, blocks.indices.len());
                save_indices(archive, "indices", &blocks.indices, &[], wide)?;
                save_indices(archive, "indptr", &blocks.indptr, &[], wide)?;
                let [rows, columns] = blocks.block;
                (&blocks.data, vec![blocks.indices.len(), rows, columns])
            }
            SparseFormat::Coo(coordinates) => {
                let wide = is_wide(&self.shape, 0);
                if let [row, col] = coordinates.coords.as_slice() {
                    save_indices(archive, "row", row, &[], wide)?;
                    save_indices(archive, "col", col, &[], wide)?;
                } else {
                    let shape = [coordinates.coords.len(), coordinates.data.len()];
                    save_indices(archive, "coords", &coordinates.coords.concat(), &shape, wide)?;
                }
                (&coordinates.data, vec![coordinates.data.len()])
            }
            SparseFormat::Dia(diagonals) => {
                let narrow = |&offset: &i64| i32::try_from(offset).ok();
                match diagonals.offsets.iter().map(narrow).collect::<Option<Vec<i32>>>() {
                    Some(offsets) => archive.save("offsets", &offsets)?,
                    None => archive.save("offsets", &diagonals.offsets)?,
                }
                (&diagonals.data, vec![diagonals.offsets.len(), diagonals.len])
            }
        };
        let name = Bytes::<3>::new(self.format_name())?;
        archive.save_shaped("format", [name].as_slice(), &Header::new(DType::of::<Bytes<3>>(), []))?;
        let shape: Vec<i64> =
            self.shape.iter().map(|&axis| i64::try_from(axis).unwrap_or(i64::MAX)).collect();
        archive.save("shape", &shape)?;
        archive.save_shaped("data", data.as_slice(), &Header::new(T::saved_dtype(), data_shape))?;
        if self.kind == SparseKind::Array {
            archive.save_shaped("_is_array", [true].as_slice(), &Header::new(DType::of::<bool>(), []))?;
        }
        Ok(())
    }
}

/// Whether the indices of that shape, or of that many elements, need 64 bits.
///
/// Source: scipy/sparse/_sputils.py, `get_index_dtype`.
fn is_wide(shape: &[usize], len: usize) -> bool {
    shape.iter().chain([&len]).any(|&number| i32::try_from(number).is_err())
}

fn save_indices(
    archive: &mut NpzWriter,
    name: &str,
    indices: &[usize],
    shape: &[usize],
    wide: bool,
) -> Result<()> {
    let shape = if shape.is_empty() { vec![indices.len()] } else { shape.to_vec() };
    // They are less than an axis or a length, which fits.
    if wide {
        let indices: Vec<i64> = indices.iter().map(|&index| index as i64).collect();
        archive.save_shaped(name, indices.as_slice(), &Header::new(DType::of::<i64>(), shape))
    } else {
        let indices: Vec<i32> = indices.iter().map(|&index| index as i32).collect();
        archive.save_shaped(name, indices.as_slice(), &Header::new(DType::of::<i32>(), shape))
    }
}
