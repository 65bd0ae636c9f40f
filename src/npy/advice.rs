//! How a map will be used.

use super::map::Mapped;
use super::view::NpyView;
use crate::error::{Result, UnsupportedProblem};

/// How a map will be used, so that the system can read ahead or leave it alone: `madvise`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Advice {
    /// As the system sees fit.
    Normal,
    /// Here and there: nothing is read ahead.
    Random,
    /// From the start to the end: much is read ahead, and dropped soon.
    Sequential,
    /// Soon: reading begins now.
    WillNeed,
    /// In large pages, where the system has them for files. Linux only.
    HugePages,
}

impl<M: Mapped> NpyView<M> {
    /// Tells the system how the array will be read.
    ///
    /// # Errors
    /// [`Error::Unsupported`](crate::Error::Unsupported) where the system takes no such advice.
    ///
    /// # Examples
    /// ```
    /// use npymap::{Advice, NpyMap};
    ///
    /// // SAFETY: nobody changes the file meanwhile.
    /// let map = unsafe { NpyMap::open("testdata/iris.npy")? };
    /// # #[cfg(unix)]
    /// map.advise(Advice::Random)?;
    /// # Ok::<(), npymap::Error>(())
    /// ```
    pub fn advise(&self, advice: Advice) -> Result<()> {
        #[cfg(unix)]
        let given = advice.of_system().and_then(|advice| Ok(self.source().give_advice(advice)?));
        #[cfg(not(unix))]
        let given = Err(advice.unsupported());
        self.located(given)
    }
}

impl Advice {
    #[cfg(unix)]
    fn of_system(self) -> Result<memmap2::Advice> {
        Ok(match self {
            Self::Normal => memmap2::Advice::Normal,
            Self::Random => memmap2::Advice::Random,
            Self::Sequential => memmap2::Advice::Sequential,
            Self::WillNeed => memmap2::Advice::WillNeed,
            #[cfg(target_os = "linux")]
            Self::HugePages => memmap2::Advice::HugePage,
            #[cfg(not(target_os = "linux"))]
            Self::HugePages => return Err(self.unsupported()),
        })
    }

    #[cfg_attr(target_os = "linux", expect(dead_code, reason = "Linux takes all of them"))]
    fn unsupported(self) -> crate::Error {
        UnsupportedProblem::System(format!("this system takes no advice {self:?} for maps")).into()
    }
}
