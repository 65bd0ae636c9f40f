//! NumPy as the judge, alive: these tests start Python and compare each answer with ours.
//!
//! They are ignored by default; `cargo test --test live -- --include-ignored` runs them, with:
//!
//! | variable | default | |
//! |---|---|---|
//! | `NPYMAP_PYTHON` | `python3` | a Python that can import NumPy (2.4, or 1.26), ml_dtypes, SciPy, npy-append-array |
//! | `NPYMAP_LIVE_CASES` | 20000 | headers to judge |
//! | `NPYMAP_LIVE_SEED` | 20260101 | another seed, other headers |
//! | `NPYMAP_KILLS` | 25 | processes of each kind to kill while they write |

#[cfg(feature = "ndarray")]
mod any;
#[cfg(feature = "ndarray")]
mod append;
#[cfg(feature = "ndarray")]
mod arrays;
mod case;
#[path = "../common/mod.rs"]
mod common;
mod differences;
#[cfg(all(feature = "complex", feature = "derive", feature = "ndarray"))]
mod elements;
#[cfg(all(feature = "ndarray", feature = "npz"))]
mod ends;
#[cfg(any(feature = "jiff", feature = "ndarray"))]
mod exchange;
#[cfg(feature = "ndarray")]
mod float8;
#[cfg(feature = "proptest")]
mod generated;
#[cfg(feature = "ndarray")]
#[expect(dead_code, reason = "the golden tests use the rest")]
#[path = "../golden/elements.rs"]
mod golden;
mod headers;
#[cfg(feature = "jiff")]
mod jiff;
#[cfg(all(feature = "ndarray", unix))]
#[path = "../kills/harness.rs"]
mod kills;
#[cfg(feature = "ndarray")]
#[expect(dead_code, reason = "the golden tests use the rest")]
#[path = "../golden/manifest.rs"]
mod manifest;
#[cfg(feature = "ndarray")]
mod maps;
#[cfg(all(feature = "ndarray", feature = "npz"))]
mod npz;
#[cfg(feature = "ndarray")]
mod partner;
mod python;
mod slices;
