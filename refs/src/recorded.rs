//! What references say of their files, read back.

use std::fmt;
use std::io::Read;

use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use crate::error::{Error, Result};
use crate::file::File;
use crate::metadata::FACTS;

/// The files that references point into, as they were when the references were made.
///
/// `json` is what [`Plan::write`](crate::Plan::write) wrote. The references themselves are passed over, so that memory
/// follows the number of files.
///
/// # Errors
/// [`Error::Recorded`] where it is no such JSON, [`Error::Io`] where it cannot be read.
///
/// # Examples
/// ```
/// # use npymap::{DType, Header};
/// # use npymap_refs::{File, Options, References, read_files};
/// # let mut references = References::new(Options::new());
/// # let file = references.file(File::new("s3://bucket/a.npy", 4928));
/// # references.shard("a", file, &Header::new(DType::of::<f64>(), [150, 4]), 128)?;
/// # let mut json = Vec::new();
/// # references.plan()?.write(&mut json, |_, _, _| Ok(()))?;
/// let files = read_files(json.as_slice())?;
/// assert_eq!(files[0].url(), "s3://bucket/a.npy");
/// assert_eq!(files[0].size(), 4928);
/// # Ok::<(), npymap_refs::Error>(())
/// ```
pub fn read_files(json: impl Read) -> Result<Vec<File>> {
    let mut reader = serde_json::Deserializer::from_reader(std::io::BufReader::new(json));
    let root = reader.deserialize_map(Outer).and_then(|root| reader.end().map(|()| root));
    let root = root.map_err(|error| if error.is_io() { Error::Io(error.into()) } else { invalid(error) })?;
    let root: Value =
        serde_json::from_str(&root.ok_or_else(|| invalid("it has no 'zarr.json'"))?).map_err(invalid)?;
    let facts = root.pointer("/attributes").and_then(|attributes| attributes.get(FACTS));
    let facts = facts.ok_or_else(|| invalid(format!("its attributes have no '{FACTS}'")))?;
    if facts.get("version").and_then(Value::as_u64) != Some(1) {
        return Err(invalid("the facts of its files are of another version than 1"));
    }
    let base = facts.get("base").and_then(Value::as_str);
    let files = facts.get("files").and_then(Value::as_array);
    let (Some(base), Some(files)) = (base, files) else {
        return Err(invalid("the facts of its files are not whole"));
    };
    let files = files.iter().enumerate().map(|(number, row)| {
        file(base, row).ok_or_else(|| invalid(format!("the facts of its file {number} are not whole")))
    });
    files.collect()
}

fn invalid(why: impl fmt::Display) -> Error {
    Error::Recorded(why.to_string())
}

/// A file by its row of name, size, time and entity tag.
fn file(base: &str, row: &Value) -> Option<File> {
    let [name, size, modified, etag] = row.as_array()?.as_slice() else { return None };
    let optional = |value: &Value| !value.is_null();
    let file = File {
        url: format!("{base}{}", name.as_str()?),
        size: size.as_u64()?,
        modified: modified.as_i64(),
        etag: etag.as_str().map(str::to_string),
    };
    (file.modified.is_some() == optional(modified) && file.etag.is_some() == optional(etag)).then_some(file)
}

/// The whole of the JSON, of which the metadata of the root group are taken.
struct Outer;

impl<'de> Visitor<'de> for Outer {
    type Value = Option<String>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with 'refs'")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Self::Value, A::Error> {
        let mut root = None;
        while let Some(key) = map.next_key::<String>()? {
            if key == "refs" {
                root = map.next_value::<Inner>()?.0;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(root)
    }
}

struct Inner(Option<String>);

impl<'de> serde::Deserialize<'de> for Inner {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_map(Refs)
    }
}

/// The references.
struct Refs;

impl<'de> Visitor<'de> for Refs {
    type Value = Inner;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of references")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Self::Value, A::Error> {
        let mut root = None;
        while let Some(key) = map.next_key::<String>()? {
            if key == "zarr.json" {
                root = Some(map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Inner(root))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(json: &str) -> String {
        read_files(json.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn other_json_is_refused() {
        assert_eq!(failed("{}"), "no references of npymap: it has no 'zarr.json'");
        assert_eq!(
            failed(r#"{"refs":{"zarr.json":"{}"}}"#),
            "no references of npymap: its attributes have no 'npymap'"
        );
        let facts = r#"{"attributes":{"npymap":{"version":1,"base":"","files":[["a",-1,null,null]]}}}"#;
        let json = serde_json::json!({ "refs": { "zarr.json": facts } }).to_string();
        assert_eq!(failed(&json), "no references of npymap: the facts of its file 0 are not whole");
        assert!(failed("{\"refs\":").starts_with("no references of npymap: EOF while parsing"));
        assert!(failed("\"").starts_with("no references of npymap: "));
    }
}
