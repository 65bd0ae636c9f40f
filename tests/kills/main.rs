//! Processes that are killed while they write: the file loads, with all that they had reported.
//!
//! `NPYMAP_KILLS=1000 cargo test --test kills` kills a thousand of each; the default is 25. The live tests have NumPy
//! read the files.
#![cfg(unix)]

mod harness;

use std::path::Path;

use harness::{Writing, kill_many};
use npymap::NpyFile;

/// The numbers of a file, as npymap reads them.
fn numbers(path: &Path) -> Vec<u64> {
    NpyFile::open(path).and_then(|file| file.read_vec()).expect("it loads")
}

#[test]
fn an_appender_is_killed() {
    kill_many(Writing::Append, numbers);
}

#[test]
fn an_appender_that_counts_at_sync_is_killed() {
    kill_many(Writing::AppendAtSync, numbers);
}

#[test]
fn a_stream_is_killed() {
    kill_many(Writing::Stream, numbers);
}

#[test]
fn a_save_over_an_old_file_is_killed() {
    kill_many(Writing::Save, numbers);
}
