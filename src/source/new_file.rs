//! Files that are made piece by piece, and then take the place of another.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::replace::{Temporary, prepare};
use crate::error::Result;

/// A new file that takes the place of an old one when it is whole, as with [`replace`](super::replace); dropped
/// before, it leaves nothing behind.
#[derive(Debug)]
pub(crate) struct NewFile {
    temporary: Temporary,
    target: PathBuf,
}

impl NewFile {
    /// Makes an empty file beside `path`.
    pub(crate) fn begin(path: &Path) -> Result<Self> {
        let (temporary, target) = prepare(path)?;
        Ok(Self { temporary, target })
    }

    pub(crate) fn file(&self) -> &File {
        &self.temporary.file
    }

    /// Puts the file in its place.
    pub(crate) fn finish(self) -> Result<()> {
        self.temporary.rename(&self.target)
    }
}
