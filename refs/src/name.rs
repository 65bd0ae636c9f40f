//! Names of arrays and groups.
//!
//! Source: Zarr v3 core specification, "Node names".

use crate::error::{Error, Result};

/// Checks the name of an array; with a `/` it stands in a group.
pub(crate) fn check(name: &str) -> Result<()> {
    let invalid = |why| Err(Error::Name { name: name.to_string(), why });
    for part in name.split('/') {
        if part.is_empty() {
            return invalid("a part of it is empty");
        }
        if part.chars().all(|c| c == '.') {
            return invalid("a part of it has periods alone");
        }
        if part.starts_with("__") {
            return invalid("Zarr reserves names that start with two underscores");
        }
        if part == "zarr.json" {
            return invalid("Zarr stores metadata under 'zarr.json'");
        }
        if part.contains('\\') {
            return invalid("zarr-python takes a backslash for a slash");
        }
        if part.contains(['*', '?', '[']) {
            return invalid("fsspec takes '*', '?' and '[' for patterns");
        }
        if part.contains(char::is_control) {
            return invalid("it has a control character");
        }
        if part.contains("://") || part.contains("::") {
            return invalid("fsspec takes '::' for a chain of addresses");
        }
    }
    Ok(())
}

/// The groups that a name stands in, from the outermost on: `a` and `a/b` of `a/b/c`.
pub(crate) fn groups(name: &str) -> impl Iterator<Item = &str> {
    name.match_indices('/').filter_map(|(at, _)| name.get(..at))
}

/// The name within its group.
pub(crate) fn last(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_zarr() {
        for name in ["x", "a/b/c", "_x", "é", "a b", "x.y", "c", "a:b"] {
            assert!(check(name).is_ok(), "{name}");
        }
        for name in ["", "/", "a//b", "a/", "..", "a/.", "__x", "zarr.json", "a\\b", "a*", "a\n", "a::b"] {
            assert!(check(name).is_err(), "{name}");
        }
        assert_eq!(groups("a/b/c").collect::<Vec<_>>(), ["a", "a/b"]);
        assert_eq!(last("a/b/c"), "c");
        let text = check("a/..").unwrap_err().to_string();
        assert_eq!(text, "'a/..' cannot be the name of an array: a part of it has periods alone");
    }
}
