//! Where a reader finds a file.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use crate::Failure;

/// How the paths of files become addresses, and back.
pub(super) struct Addresses {
    /// The address of a folder, with a slash at its end, and the folder.
    prefix: Option<(String, PathBuf)>,
}

impl Addresses {
    /// The addresses of these files. Without a prefix they are those of local files.
    pub(super) fn new(prefix: Option<&str>, base: Option<&Path>, files: &[PathBuf]) -> Result<Self, Failure> {
        let Some(prefix) = prefix else { return Ok(Self { prefix: None }) };
        let base = match base {
            Some(base) => {
                fs::canonicalize(base).map_err(|error| Failure::File(base.display().to_string(), error))?
            }
            None => {
                let current =
                    std::env::current_dir().map_err(|error| Failure::File(".".to_string(), error))?;
                let files = files.iter().map(|path| absolute(path)).collect::<Result<Vec<_>, _>>()?;
                if files.iter().all(|path| path.starts_with(&current)) { current } else { common(&files) }
            }
        };
        let slash = if prefix.ends_with('/') { "" } else { "/" };
        Ok(Self { prefix: Some((format!("{prefix}{slash}"), base)) })
    }

    /// The address of a file.
    pub(super) fn of(&self, path: &Path) -> Result<String, Failure> {
        let refused = |why: String| Failure::refused(path.display().to_string(), why);
        let absolute = absolute(path)?;
        let (start, below) = match &self.prefix {
            None => ("file://", absolute),
            Some((prefix, base)) => {
                // The folder may have been named by another way to it.
                let below = below(&absolute, base).or_else(|| below(&fs::canonicalize(path).ok()?, base));
                let why = || {
                    format!("it is not below {}: --base names the folder that the prefix is", base.display())
                };
                (prefix.as_str(), below.ok_or_else(|| refused(why()))?)
            }
        };
        let text =
            below.to_str().ok_or_else(|| refused("its name is not UTF-8, as addresses are".to_string()))?;
        let text = if cfg!(windows) { text.replace('\\', "/") } else { text.to_string() };
        Ok(match start {
            // Stores and fsspec's local files take a key as it is.
            _ if !is_web(start) => format!("{start}{text}"),
            _ => format!("{start}{}", encoded(&text)),
        })
    }

    /// The file that has an address, where it is a local one.
    pub(super) fn path(&self, url: &str) -> Option<PathBuf> {
        if let Some((prefix, base)) = &self.prefix
            && let Some(below) = url.strip_prefix(prefix.as_str())
        {
            return Some(base.join(if is_web(prefix) { decoded(below)? } else { below.to_string() }));
        }
        match url.strip_prefix("file://") {
            Some(path) => Some(path.into()),
            None => (!url.contains("://")).then(|| url.into()),
        }
    }
}

/// The path from a folder on, where it is in that.
fn below(path: &Path, folder: &Path) -> Option<PathBuf> {
    path.strip_prefix(folder).ok().map(Path::to_path_buf)
}

/// The path from the root on, without `..`.
fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    let absolute = || {
        // Symbolic links decide what is above.
        let up = path.components().any(|part| part == Component::ParentDir);
        match (up, path.parent(), path.file_name()) {
            (true, Some(parent), Some(name)) => Ok(fs::canonicalize(parent)?.join(name)),
            _ => std::path::absolute(path),
        }
    };
    absolute().map_err(|error: io::Error| Failure::File(path.display().to_string(), error))
}

/// The deepest folder that holds all files.
fn common(files: &[PathBuf]) -> PathBuf {
    let mut folder = files.first().and_then(|path| path.parent()).unwrap_or(Path::new("/")).to_path_buf();
    for path in files {
        while !path.starts_with(&folder) && folder.pop() {}
    }
    folder
}

fn is_web(url: &str) -> bool {
    url.starts_with("http://") || url.starts_with("https://")
}

/// A path in an address of the web: what is not certain to be itself there is written as `%` and two digits.
fn encoded(text: &str) -> String {
    let mut url = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                url.push(byte.into())
            }
            _ => url.push_str(&format!("%{byte:02X}")),
        }
    }
    url
}

/// [`encoded`], back.
fn decoded(url: &str) -> Option<String> {
    let (mut bytes, mut rest) = (Vec::new(), url.bytes());
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
                let (high, low) = (digit(rest.next())?, digit(rest.next())?);
                u8::try_from(high << 4 | low).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_are_below_the_prefix() {
        let current = std::env::current_dir().unwrap();
        let files = [current.join("a b/1#.npy"), current.join("c.npy")];
        let urls = |prefix| {
            let addresses = Addresses::new(prefix, None, &files).unwrap();
            let urls: Vec<_> = files.iter().map(|path| addresses.of(path).unwrap()).collect();
            for (path, url) in files.iter().zip(&urls) {
                assert_eq!(addresses.path(url).as_ref(), Some(path));
            }
            urls
        };
        assert_eq!(urls(Some("s3://bucket/x")), ["s3://bucket/x/a b/1#.npy", "s3://bucket/x/c.npy"]);
        assert_eq!(urls(Some("https://host/")), ["https://host/a%20b/1%23.npy", "https://host/c.npy"]);
        assert!(urls(None)[1].starts_with("file:///"));
        let addresses = Addresses::new(None, None, &files).unwrap();
        assert_eq!(addresses.path("s3://bucket/a.npy"), None);
    }

    #[test]
    fn files_elsewhere_have_their_folder_for_a_base() {
        let files = ["/data/x/1.npy".into(), "/data/y/2.npy".into()];
        let addresses = Addresses::new(Some("s3://b"), None, &files).unwrap();
        assert_eq!(addresses.of(&files[0]).unwrap(), "s3://b/x/1.npy");
        let outside = addresses.of(Path::new("/elsewhere/1.npy")).unwrap_err().to_string();
        assert_eq!(
            outside,
            "/elsewhere/1.npy: it is not below /data: --base names the folder that the prefix is"
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn what_is_encoded_is_decoded(text in ".*") {
            let url = encoded(&text);
            prop_assert!(url.is_ascii());
            prop_assert_eq!(decoded(&url), Some(text));
        }

        #[test]
        fn any_text_is_decoded_or_refused(text in "[%a-f0-9é]*") {
            let _ = decoded(&text);
        }
    }
}
