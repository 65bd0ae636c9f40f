//! `#[derive(Record)]` for the npymap crate.
