//! Where the bytes of an array's data come from.

use crate::error::Result;

/// Reads the data of an array from any position, also from several threads at once.
pub(crate) trait ReadData: Sync {
    /// Fills `bytes` with those from `position` on, which counts from the first byte of the data.
    fn read_data(&self, position: u64, bytes: &mut [u8]) -> Result<()>;
}

/// Data that can be read from any position; all of them are known to be there.
#[derive(Clone, Copy)]
pub(crate) enum RandomAccess<'a> {
    Memory(&'a [u8]),
    Reader(&'a dyn ReadData),
}

/// How far the claimed length of the data can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trust {
    /// The bytes are known to be there.
    Checked,
    /// Memory must follow the bytes that come.
    Unchecked,
}

/// Reads the bytes from a position on, in bytes from the first byte of the data.
pub(crate) type ReadNext<'a> = dyn FnMut(u64, &mut [u8]) -> Result<()> + 'a;

/// The data of an array.
pub(crate) enum Source<'a> {
    RandomAccess(RandomAccess<'a>),
    /// It is asked for ascending positions, by one thread.
    Stream(Trust, &'a mut ReadNext<'a>),
}

impl RandomAccess<'_> {
    pub(crate) fn read(self, position: u64, bytes: &mut [u8]) -> Result<()> {
        match self {
            Self::Memory(memory) => {
                let from =
                    usize::try_from(position).ok().and_then(|start| memory.get(start..)?.get(..bytes.len()));
                // Its length was checked when the array was opened.
                bytes.copy_from_slice(
                    from.ok_or_else(|| std::io::Error::from(std::io::ErrorKind::UnexpectedEof))?,
                );
                Ok(())
            }
            Self::Reader(reader) => reader.read_data(position, bytes),
        }
    }
}

impl Source<'_> {
    pub(crate) fn read(&mut self, position: u64, bytes: &mut [u8]) -> Result<()> {
        match self {
            Self::RandomAccess(data) => data.read(position, bytes),
            Self::Stream(_, read) => read(position, bytes),
        }
    }

    pub(crate) fn trust(&self) -> Trust {
        match self {
            Self::RandomAccess(_) => Trust::Checked,
            Self::Stream(trust, _) => *trust,
        }
    }
}
