//! An array and the shards that it is joined of.

use npymap::{DType, Header, Order};

use crate::data_type::{self, DataType};
use crate::error::{Error, Result};

/// One run of bytes that holds rows of an array.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shard {
    /// The file, by its number.
    pub(crate) file: usize,
    /// Bytes from the start of the file.
    pub(crate) offset: u64,
    /// Steps along the slowest axis; 1 of an array without axes.
    pub(crate) rows: u64,
}

/// An array in the making.
#[derive(Debug)]
pub(crate) struct Array {
    pub(crate) name: String,
    dtype: DType,
    pub(crate) data_type: DataType,
    /// Whether the first axis is the fastest, of two or more.
    pub(crate) is_fortran: bool,
    pub(crate) ndim: usize,
    /// The axes after the slowest, in the order of the file.
    pub(crate) rest: Vec<u64>,
    pub(crate) rows: u64,
    pub(crate) shards: Vec<Shard>,
    pub(crate) dimension_names: Option<Vec<String>>,
    pub(crate) attributes: Vec<(String, String)>,
}

impl Array {
    /// The array of which a header shows the first shard.
    pub(crate) fn new(name: &str, header: &Header) -> Result<Self> {
        let (is_fortran, dims) = dims(header);
        Ok(Self {
            name: name.to_string(),
            dtype: header.dtype.clone(),
            data_type: data_type::of(&header.dtype)?,
            is_fortran,
            ndim: dims.len(),
            rest: dims.into_iter().skip(1).collect(),
            rows: 0,
            shards: Vec::new(),
            dimension_names: None,
            attributes: Vec::new(),
        })
    }

    /// Adds a shard: all of an array whose data start at `offset` in a file of `size` bytes.
    pub(crate) fn push(&mut self, file: usize, size: u64, header: &Header, offset: u64) -> Result<()> {
        let (is_fortran, dims) = dims(header);
        self.check_dtype(&header.dtype)?;
        // With one axis both orders are the same.
        if is_fortran != self.is_fortran && dims.len() == self.ndim {
            let text = |is_fortran| if is_fortran { "Fortran order" } else { "C order" }.to_string();
            let way_out = "convert it to the other order";
            return self.refused(text(is_fortran), text(self.is_fortran), way_out);
        }
        let rest = dims.get(1..).unwrap_or_default();
        if dims.len() != self.ndim || rest != self.rest {
            return self.refused(
                shape_text(&header.shape),
                shape_text(&self.shape_with(self.shards.first().map_or(0, |shard| shard.rows))),
                "all axes but the slowest must agree, or the arrays have names of their own",
            );
        }
        if self.ndim == 0 && !self.shards.is_empty() {
            let way_out = "an array without axes has nothing to be joined along; give it a name of its own";
            return self.refused("shape ()".to_string(), "shape ()".to_string(), way_out);
        }
        let nbytes = dims
            .iter()
            .fold(u128::from(self.data_type.itemsize), |bytes, &len| bytes.saturating_mul(len.into()));
        let end = nbytes.saturating_add(offset.into());
        if end > size.into() {
            return Err(Error::Truncated { start: offset, end, size });
        }
        let rows = dims.first().copied().unwrap_or(1);
        self.rows = self.rows.checked_add(rows).ok_or_else(|| Error::Rows(self.name.clone()))?;
        self.shards.push(Shard { file, offset, rows });
        Ok(())
    }

    fn check_dtype(&self, dtype: &DType) -> Result<()> {
        if *dtype == self.dtype || data_type::of(dtype)? == self.data_type {
            return Ok(());
        }
        let text = |dtype: &DType| format!("dtype {}", dtype.descr().unwrap_or_else(|_| dtype.to_string()));
        self.refused(text(dtype), text(&self.dtype), "all shards must have one dtype and byte order")
    }

    fn refused<T>(&self, found: String, expected: String, way_out: &'static str) -> Result<T> {
        Err(Error::Shard { array: self.name.clone(), found, expected, way_out })
    }

    /// The shape of the whole.
    pub(crate) fn shape(&self) -> Vec<u64> {
        self.shape_with(self.rows)
    }

    fn shape_with(&self, rows: u64) -> Vec<u64> {
        let mut dims: Vec<u64> =
            (self.ndim > 0).then_some(rows).into_iter().chain(self.rest.iter().copied()).collect();
        self.to_array_order(&mut dims);
        dims
    }

    /// Turns axes from the order of the file to that of the array.
    pub(crate) fn to_array_order<T>(&self, axes: &mut [T]) {
        if self.is_fortran {
            axes.reverse();
        }
    }
}

/// Whether the first axis is the fastest, and the axes in the order of the file.
fn dims(header: &Header) -> (bool, Vec<u64>) {
    let mut dims: Vec<u64> = header.shape.iter().map(|&len| len as u64).collect();
    let is_fortran = header.order == Order::F && dims.len() > 1;
    if is_fortran {
        dims.reverse();
    }
    (is_fortran, dims)
}

/// A shape as Python shows it.
fn shape_text<T: ToString>(shape: &[T]) -> String {
    match shape {
        [axis] => format!("shape ({},)", axis.to_string()),
        axes => format!("shape ({})", axes.iter().map(T::to_string).collect::<Vec<_>>().join(", ")),
    }
}
