//! Files that are made piece by piece, and then take the place of another.

use std::fs::File;
use std::path::Path;

use super::replace::{Prepared, prepare};
use crate::error::Result;

/// A new file that takes the place of an old one when it is whole, as with [`replace`](super::replace); dropped
/// before, it leaves nothing behind.
#[derive(Debug)]
pub(crate) struct NewFile(Prepared);

impl NewFile {
    /// Makes an empty file beside `path`.
    pub(crate) fn begin(path: &Path) -> Result<Self> {
        prepare(path).map(Self)
    }

    pub(crate) fn file(&self) -> &File {
        &self.0.file
    }

    /// Puts the file in its place.
    pub(crate) fn finish(self) -> Result<()> {
        let Prepared { temporary, target, .. } = self.0;
        Ok(temporary.rename(&target)?)
    }
}
