//! How the bytes of an entry are compressed.

/// How the bytes of an entry are compressed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Compression {
    /// As they are: `np.savez`. The array can be mapped.
    #[default]
    Stored,
    /// Deflated, with a level from 0 (none) to 9 (least bytes); a higher one is taken for 9.
    Deflated(u8),
}

impl Compression {
    /// What `np.savez_compressed` does.
    pub const DEFLATED: Self = Self::Deflated(6);

    pub(super) const MAX_LEVEL: u8 = 9;
}
