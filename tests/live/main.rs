//! NumPy as the judge, alive: these tests start Python and compare each answer with ours.
//!
//! They are ignored by default; `cargo test --test live -- --include-ignored` runs them, with:
//!
//! | variable | default | |
//! |---|---|---|
//! | `NPYMAP_PYTHON` | `python3` | a Python that can import NumPy |
//! | `NPYMAP_LIVE_CASES` | 20000 | headers to judge |
//! | `NPYMAP_LIVE_SEED` | 20260101 | another seed, other headers |

mod case;
mod differences;
mod headers;
mod python;
