//! How a map will be used.

use super::memory::Memory;
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

impl Advice {
    #[cfg(unix)]
    pub(super) fn give(self, memory: &Memory) -> Result<()> {
        Ok(memory.advise(self.of_system()?)?)
    }

    #[cfg(not(unix))]
    pub(super) fn give(self, _memory: &Memory) -> Result<()> {
        Err(self.unsupported())
    }

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
