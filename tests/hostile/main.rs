//! Files that lie, are cut off, or are no arrays, and machines that fail: each gives an error that says so, before memory
//! is taken, and nothing is lost.
#![allow(unsafe_code, reason = "to map a file is unsafe; nobody else knows the files of these tests")]

mod claims;
#[path = "../common/mod.rs"]
mod common;
mod entry_points;
mod files;
mod frame;
mod limits;
mod linear;
mod machine;
mod nesting;
mod sources;
mod special;
mod text;
