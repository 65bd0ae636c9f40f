//! How large chunks and references become.

/// The most bytes of a chunk: 2 GiB, beyond which codecs and transports count in signed 32-bit numbers.
pub const MAX_CHUNK: u64 = 2 << 30;

/// The most bytes of a chunk that is inlined, where the end of an array fills no whole chunk: 64 KiB.
pub const MAX_INLINED: u64 = 64 << 10;

/// The most chunks of an array: ten million, whose references take about a gigabyte.
pub const MAX_CHUNKS: u64 = 10_000_000;
