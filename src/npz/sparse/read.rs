//! Sparse arrays out of archives.

use std::path::Path;

use super::{
    Sparse, SparseBlocks, SparseCompressed, SparseCoordinates, SparseDiagonals, SparseFormat, SparseKind,
};
use crate::array::Load;
use crate::error::{FormatProblem, MismatchProblem, Result};
use crate::header::{Order, shape_text};
use crate::limits::Limits;
use crate::literal::repr_str;
use crate::npz::NpzReader;

/// The sparse matrix or array of a file of `scipy.sparse.save_npz`.
///
/// Elements are converted as [`load`](crate::load) does. That all parts belong together is checked.
///
/// # Errors
/// Those of [`NpzReader::load`]; [`Error::Format`](crate::Error::Format) where the file is no sparse array, or its
/// parts do not belong together.
pub fn load_sparse<T: Load>(path: impl AsRef<Path>) -> Result<Sparse<T>> {
    load_sparse_with(path, &Limits::default())
}

/// [`load_sparse`] within other limits, which hold for each array of the file.
///
/// # Errors
/// As [`load_sparse`].
pub fn load_sparse_with<T: Load>(path: impl AsRef<Path>, limits: &Limits) -> Result<Sparse<T>> {
    let path = path.as_ref();
    let archive = NpzReader::open_with(path, limits)?;
    Sparse::read(&archive)
        .map_err(|error| if error.location().path().is_some() { error } else { error.at_path(path) })
}

impl<T: Load> Sparse<T> {
    fn read(archive: &NpzReader) -> Result<Self> {
        let shape = indices(archive, "shape")?;
        let kind = match has(archive, "_is_array") && archive.load_vec::<bool>("_is_array")? == [true] {
            true => SparseKind::Array,
            false => SparseKind::Matrix,
        };
        let compressed = || {
            Ok::<_, crate::Error>(SparseCompressed {
                indptr: indices(archive, "indptr")?,
                indices: indices(archive, "indices")?,
                data: archive.load_vec("data")?,
            })
        };
        let format = match format_name(archive)?.as_str() {
            "csr" => SparseFormat::Csr(compressed()?),
            "csc" => SparseFormat::Csc(compressed()?),
            "bsr" => {
                let ([_, rows, columns], data) = array(archive, "data")?;
                let [indptr, indices] = [indices(archive, "indptr")?, indices(archive, "indices")?];
                SparseFormat::Bsr(SparseBlocks { block: [rows, columns], indptr, indices, data })
            }
            "coo" => {
                let coords = if has(archive, "coords") {
                    let found = archive.header("coords")?.shape;
                    if found.first() != Some(&shape.len()) {
                        let (found, shape) = (shape_text(&found), shape_text(&shape));
                        return Err(invalid(format!("'coords' has the shape {found} for the shape {shape}")));
                    }
                    let all = array::<i64, 2>(archive, "coords").map(|(_, all)| all);
                    let all = widened(all, || array::<i32, 2>(archive, "coords").map(|(_, all)| all))?;
                    let len = all.len() / shape.len().max(1);
                    match len {
                        0 => vec![Vec::new(); shape.len()],
                        len => {
                            all.chunks(len).map(|axis| to_indices("coords", axis)).collect::<Result<_>>()?
                        }
                    }
                } else {
                    vec![indices(archive, "row")?, indices(archive, "col")?]
                };
                SparseFormat::Coo(SparseCoordinates { coords, data: archive.load_vec("data")? })
            }
            "dia" => {
                let ([_, len], data) = array(archive, "data")?;
                SparseFormat::Dia(SparseDiagonals { offsets: integers(archive, "offsets")?, len, data })
            }
            name => {
                let expected = "'csr', 'csc', 'bsr', 'coo' or 'dia'";
                return Err(invalid(format!("format {} is not known, expected {expected}", repr_str(name))));
            }
        };
        let sparse = Self { shape, kind, format };
        sparse.check()?;
        Ok(sparse)
    }
}

fn invalid(text: String) -> crate::Error {
    FormatProblem::Sparse(text).into()
}

fn has(archive: &NpzReader, name: &str) -> bool {
    archive.contains(name)
}

/// The name of the format, which SciPy before 1.0 saved as text.
fn format_name(archive: &NpzReader) -> Result<String> {
    if !has(archive, "format") {
        return Err(invalid(
            "the archive has no array 'format', so that it is none of scipy.sparse".to_string(),
        ));
    }
    let names = match archive.load_vec::<Vec<u8>>("format") {
        Err(crate::Error::Mismatch { .. }) => archive.load_vec::<String>("format")?,
        bytes => bytes?.iter().map(|name| String::from_utf8_lossy(name).into_owned()).collect(),
    };
    Ok(names.into_iter().next().unwrap_or_default())
}

/// The elements of an array with `N` axes in C order.
fn array<T: Load, const N: usize>(archive: &NpzReader, name: &str) -> Result<([usize; N], Vec<T>)> {
    let header = archive.header(name)?;
    let Ok(shape) = <[usize; N]>::try_from(header.shape.as_slice()) else {
        let shape = shape_text(&header.shape);
        return Err(invalid(format!("'{name}' has the shape {shape}, expected {N} axes")));
    };
    let elements = archive.load_vec(name)?;
    if header.order == Order::C || elements.is_empty() {
        return Ok((shape, elements));
    }
    let mut elements: Vec<Option<T>> = elements.into_iter().map(Some).collect();
    let turned = (0..elements.len()).filter_map(|at| {
        // Where the element that is number `at` in C order stands in Fortran order.
        let (mut at, mut stride, mut position) = (at, elements.len(), 0);
        for axis in shape.iter().rev() {
            stride /= axis;
            position += at % axis * stride;
            at /= axis;
        }
        elements.get_mut(position)?.take()
    });
    Ok((shape, turned.collect()))
}

fn integers(archive: &NpzReader, name: &str) -> Result<Vec<i64>> {
    widened(archive.load_vec(name), || archive.load_vec::<i32>(name))
}

/// The numbers, which SciPy keeps with 64 or 32 bits.
fn widened(wide: Result<Vec<i64>>, narrow: impl FnOnce() -> Result<Vec<i32>>) -> Result<Vec<i64>> {
    match wide {
        Err(crate::Error::Mismatch { problem, .. }) if matches!(*problem, MismatchProblem::DType { .. }) => {
            Ok(narrow()?.into_iter().map(i64::from).collect())
        }
        numbers => numbers,
    }
}

fn indices(archive: &NpzReader, name: &str) -> Result<Vec<usize>> {
    to_indices(name, &integers(archive, name)?)
}

fn to_indices(name: &str, numbers: &[i64]) -> Result<Vec<usize>> {
    let index = |(at, &number): (usize, &i64)| {
        usize::try_from(number)
            .map_err(|_| invalid(format!("element {at} of '{name}' is {number}, expected an index")))
    };
    numbers.iter().enumerate().map(index).collect()
}
