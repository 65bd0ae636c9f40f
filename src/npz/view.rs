//! Archives whose bytes are at hand.

use super::directory::NpzDirectory;
use crate::error::{Location, Result};
use crate::limits::Limits;
use crate::npy::NpyView;

/// A `.npz` archive whose bytes are at hand, in memory or mapped by the caller: its stored arrays are seen where they
/// are, and never copied.
///
/// An array can be seen as a slice or an ndarray view where its bytes lie at a multiple of the element's alignment, for
/// which the archive must start at one of 64 in memory, and so must its entries, as in archives of
/// [`NpzWriter`](crate::NpzWriter). [`NpyView::view_cow`], and views as [`Le`](crate::Le) or [`Be`](crate::Be), take any.
/// Checksums are not compared, because that would read everything;
/// [`NpzReader::verify`](crate::NpzReader::verify) does.
///
/// It is safe with any `B`: should its [`AsRef`] give other bytes each time, every call takes them once and checks
/// those.
///
/// # Examples
/// ```
/// # #[cfg(feature = "ndarray")] {
/// use ndarray::Ix2;
/// use npymap::{Le, NpzView};
///
/// let body = std::fs::read("testdata/iris.npz")?;
/// let archive = NpzView::new(body.as_slice())?;
/// assert!(archive.contains("species"));
/// let measurements = archive.get("measurements")?;
/// assert_eq!(measurements.view::<Le<f64>, Ix2>()?[[0, 0]].get(), 5.1);
/// # }
/// # Ok::<(), npymap::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct NpzView<B> {
    bytes: B,
    limits: Limits,
    directory: NpzDirectory,
}

impl<B: AsRef<[u8]>> NpzView<B> {
    /// Reads the directory of an archive that is `bytes`.
    ///
    /// # Errors
    /// [`Error::Format`](crate::Error::Format) where it is no zip archive or a broken one.
    pub fn new(bytes: B) -> Result<Self> {
        Self::new_with(bytes, &Limits::default())
    }

    /// [`NpzView::new`] within other limits.
    ///
    /// # Errors
    /// As [`NpzView::new`].
    pub fn new_with(bytes: B, limits: &Limits) -> Result<Self> {
        let directory = NpzDirectory::read(bytes.as_ref(), limits)?;
        Ok(Self { bytes, limits: *limits, directory })
    }

    /// What holds the bytes.
    pub fn into_inner(self) -> B {
        self.bytes
    }

    /// What is in the archive and where.
    pub fn directory(&self) -> &NpzDirectory {
        &self.directory
    }

    /// The names of the entries, as [`NpzReader::names`](crate::NpzReader::names) gives them.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.directory.names()
    }

    /// Whether there is an entry of that name.
    pub fn contains(&self, name: &str) -> bool {
        self.directory.contains(name)
    }

    /// The array of a stored entry, where it is.
    ///
    /// # Errors
    /// [`Error::Mismatch`](crate::Error::Mismatch) where there is no entry of that name, or it is compressed; those of
    /// [`NpyView::new`] otherwise.
    pub fn get(&self, name: &str) -> Result<NpyView<&[u8]>> {
        let location = Location::NONE.with_entry(name);
        location.locate(self.directory.find(name).and_then(|entry| {
            NpyView::of(entry.stored_array(self.bytes.as_ref(), &self.limits)?.at(location.clone()))
        }))
    }
}
