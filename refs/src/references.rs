//! Files and shards, as they are collected.

use std::collections::HashMap;

use npymap::Header;

use crate::array::Array;
use crate::array_plan::ArrayPlan;
use crate::error::{Error, Result};
use crate::file::{File, FileId};
use crate::grid::Grid;
use crate::limits::MAX_CHUNK;
use crate::metadata::FACTS;
use crate::name;
use crate::plan::Plan;

/// How references are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    chunk: u64,
    grid: Grid,
}

impl Default for Options {
    fn default() -> Self {
        Self { chunk: 16 << 20, grid: Grid::Auto }
    }
}

impl Options {
    /// Chunks near 16 MiB, in a regular grid where they fit.
    pub fn new() -> Self {
        Self::default()
    }

    /// The size that chunks should have, in bytes; a chunk is never larger than four times that, unless a single element
    /// is. A smaller file is one chunk.
    #[must_use]
    pub fn chunk(self, bytes: u64) -> Self {
        Self { chunk: bytes, ..self }
    }

    /// Which chunk grids are made.
    #[must_use]
    pub fn grid(self, grid: Grid) -> Self {
        Self { grid, ..self }
    }
}

/// Files and their arrays, of which references are to be made.
///
/// # Examples
/// ```
/// use npymap::{DType, Header};
/// use npymap_refs::{File, Options, References};
///
/// let mut references = References::new(Options::new().chunk(1 << 20));
/// for number in 0..2 {
///     let header = Header::new(DType::of::<i16>(), [500, 20]);
///     let file = references.file(File::new(format!("s3://bucket/{number}.npy"), 128 + 20_000));
///     references.shard("counts", file, &header, 128)?;
/// }
/// references.dimension_names("counts", ["time", "channel"])?;
/// references.attribute("counts", "long_name", "\"detector counts\"")?;
/// let plan = references.plan()?;
/// assert_eq!(plan.arrays()[0].shape(), [1000, 20]);
/// assert_eq!(plan.arrays()[0].chunks(), 2);
/// # Ok::<(), npymap_refs::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct References {
    options: Options,
    files: Vec<File>,
    arrays: Vec<Array>,
    by_name: HashMap<String, usize>,
    attributes: Vec<(String, String)>,
}

impl References {
    /// No files yet.
    pub fn new(options: Options) -> Self {
        Self { options, ..Self::default() }
    }

    /// Adds a file that arrays are in.
    pub fn file(&mut self, file: File) -> FileId {
        self.files.push(file);
        FileId(self.files.len() - 1)
    }

    /// Adds an array of a file to the array called `name`, after those that were added before: along the first axis, or
    /// the last one in Fortran order. A name with a `/` is in a group.
    ///
    /// `data_offset`: bytes from the start of the file to the elements, which stand there as they are, neither compressed
    /// nor encrypted. `file` is one of [`References::file`] of this very value.
    ///
    /// # Errors
    /// [`Error::DType`] where Zarr readers would read the elements differently from NumPy or not at all, [`Error::Shard`]
    /// where the array does not continue the others of that name, [`Error::Truncated`] where the file is too short,
    /// [`Error::Name`]. Nothing is added then.
    pub fn shard(&mut self, name: &str, file: FileId, header: &Header, data_offset: u64) -> Result<()> {
        let size = self.files.get(file.0).map_or(0, |file| file.size);
        if let Some(array) = self.by_name.get(name).and_then(|&at| self.arrays.get_mut(at)) {
            return array.push(file.0, size, header, data_offset);
        }
        name::check(name)?;
        let is_group = self.arrays.iter().any(|array| name::groups(&array.name).any(|group| group == name));
        if is_group {
            return Err(Error::Name { name: name.to_string(), why: "a group has that name" });
        }
        if name::groups(name).any(|group| self.by_name.contains_key(group)) {
            return Err(Error::Name { name: name.to_string(), why: "the group that it names is an array" });
        }
        let mut array = Array::new(name, header)?;
        array.push(file.0, size, header, data_offset)?;
        self.by_name.insert(name.to_string(), self.arrays.len());
        self.arrays.push(array);
        Ok(())
    }

    /// Names the axes of an array, which xarray needs; `NAME_dim_0` and so on where nobody does.
    ///
    /// # Errors
    /// [`Error::NoArray`], [`Error::DimensionNames`] where there are not as many as axes, [`Error::DimensionTwice`].
    pub fn dimension_names<T: Into<String>>(
        &mut self,
        name: &str,
        names: impl IntoIterator<Item = T>,
    ) -> Result<()> {
        let array = self.array(name)?;
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        if names.len() != array.ndim {
            return Err(Error::DimensionNames {
                array: name.to_string(),
                ndim: array.ndim,
                found: names.len(),
            });
        }
        let mut seen = std::collections::HashSet::new();
        if let Some(twice) = names.iter().find(|axis| !seen.insert(axis.as_str())) {
            return Err(Error::DimensionTwice { array: name.to_string(), name: twice.clone() });
        }
        array.dimension_names = Some(names);
        Ok(())
    }

    /// Gives an array an attribute, or the root group where `name` is empty. `json` is the value as JSON; a later value of
    /// the same key replaces it.
    ///
    /// # Errors
    /// [`Error::NoArray`], [`Error::Attribute`] where the value is no JSON, [`Error::ReservedAttribute`].
    pub fn attribute(&mut self, name: &str, key: &str, json: &str) -> Result<()> {
        let value: serde_json::Value = serde_json::from_str(json)
            .map_err(|error| Error::Attribute { key: key.to_string(), error: error.to_string() })?;
        if name.is_empty() && key == FACTS {
            return Err(Error::ReservedAttribute(FACTS));
        }
        let attributes =
            if name.is_empty() { &mut self.attributes } else { &mut self.array(name)?.attributes };
        attributes.retain(|(other, _)| other != key);
        attributes.push((key.to_string(), value.to_string()));
        Ok(())
    }

    /// The names of the arrays and their numbers of axes, in the order in which they were added.
    pub fn arrays(&self) -> impl Iterator<Item = (&str, usize)> {
        self.arrays.iter().map(|array| (array.name.as_str(), array.ndim))
    }

    fn array(&mut self, name: &str) -> Result<&mut Array> {
        let at = self.by_name.get(name).copied();
        at.and_then(|at| self.arrays.get_mut(at)).ok_or_else(|| Error::NoArray(name.to_string()))
    }

    /// Cuts the arrays into chunks.
    ///
    /// # Errors
    /// [`Error::ChunkSize`] where [`Options::chunk`] is 0 or more than [`MAX_CHUNK`], [`Error::Chunks`] where there would
    /// be more than [`MAX_CHUNKS`](crate::MAX_CHUNKS) of an array.
    pub fn plan(self) -> Result<Plan> {
        let Options { chunk, grid } = self.options;
        if !(1..=MAX_CHUNK).contains(&chunk) {
            return Err(Error::ChunkSize(chunk));
        }
        let arrays = self.arrays.into_iter().map(|array| ArrayPlan::new(array, chunk, grid));
        Ok(Plan::new(self.files, self.attributes, arrays.collect::<Result<_>>()?))
    }
}
