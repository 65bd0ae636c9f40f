//! The one table of entry points: every way into a `.npy` file and into an archive, by path, by bytes in memory, by odd
//! sources and as a stream.
#![allow(
    unsafe_code,
    clippy::undocumented_unsafe_blocks,
    reason = "mapping is an unsafe call; nobody changes the files of tests while they are mapped"
)]

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use npymap::{Header, Load, NpyFile, NpyMap, NpyMapMut, NpyReader, NpyView, ReadAt, Result, Seekable};

/// A file, on the disk and in memory.
pub struct Sample {
    pub path: PathBuf,
    pub bytes: Vec<u8>,
}

impl Sample {
    pub fn open(path: &Path) -> Self {
        Self { path: path.to_path_buf(), bytes: std::fs::read(path).unwrap() }
    }

    /// What is wrong, without the path, which not every entry point knows.
    pub fn message(&self, error: &npymap::Error) -> String {
        let text = error.to_string();
        let path = self.path.display();
        let rest = text.strip_prefix(&format!("{path}: ")).or_else(|| text.strip_prefix(&format!("{path}:")));
        rest.map_or(text.clone(), str::to_string)
    }
}

/// A source that gives one byte at a time, and is interrupted before each.
pub struct OneByte<S>(pub S, std::sync::atomic::AtomicBool);

impl<S> OneByte<S> {
    pub fn new(source: S) -> Self {
        Self(source, false.into())
    }
}

impl<S: ReadAt> ReadAt for OneByte<S> {
    fn read_at(&self, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        if !self.1.fetch_xor(true, std::sync::atomic::Ordering::Relaxed) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let len = buf.len().min(1);
        self.0.read_at(offset, &mut buf[..len])
    }

    fn size(&self) -> io::Result<u64> {
        self.0.size()
    }
}

/// A stream that gives one byte at a time.
pub struct Trickle<R>(pub R);

impl<R: Read> Read for Trickle<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let len = buf.len().min(1);
        self.0.read(&mut buf[..len])
    }
}

pub type EntryPoint<R> = (&'static str, fn(&Sample) -> Result<R>);

/// The entry points that read a header alone.
pub const HEADERS: [EntryPoint<Header>; 4] = [
    ("Header::parse", |sample| Ok(Header::parse(&sample.bytes)?.0)),
    ("Header::read_from", |sample| Header::read_from(sample.bytes.as_slice())),
    ("NpyReader::new", |sample| Ok(NpyReader::new(sample.bytes.as_slice())?.header().clone())),
    ("NpyReader::new, by bytes", |sample| {
        Ok(NpyReader::new(Trickle(sample.bytes.as_slice()))?.header().clone())
    }),
];

/// The entry points that open a file, and check that its data are there.
pub const OPENED: [EntryPoint<Header>; 9] = [
    ("NpyFile::open", |sample| Ok(NpyFile::open(&sample.path)?.header().clone())),
    ("NpyMap::open", |sample| Ok(unsafe { NpyMap::open(&sample.path) }?.header().clone())),
    ("NpyMapMut::open", |sample| Ok(unsafe { NpyMapMut::open(&sample.path) }?.header().clone())),
    ("NpyMapMut::open_copy", |sample| Ok(unsafe { NpyMapMut::open_copy(&sample.path) }?.header().clone())),
    ("NpyView::new", |sample| Ok(NpyView::new(&sample.bytes)?.header().clone())),
    ("NpyFile::new of bytes", |sample| Ok(NpyFile::new(&sample.bytes)?.header().clone())),
    ("NpyFile::new of a cursor", |sample| Ok(NpyFile::new(Cursor::new(&sample.bytes))?.header().clone())),
    ("NpyFile::new, by bytes", |sample| Ok(NpyFile::new(OneByte::new(&sample.bytes))?.header().clone())),
    ("NpyFile::new of a file that seeks", |sample| {
        Ok(NpyFile::new(Seekable::new(BufReader::new(File::open(&sample.path)?)))?.header().clone())
    }),
];

/// The entry points that read all elements, in the order of the file.
pub fn vectors<T: Load>() -> Vec<EntryPoint<Vec<T>>> {
    vec![
        ("NpyFile::open", |sample| NpyFile::open(&sample.path)?.read_vec()),
        ("NpyMap::to_vec", |sample| unsafe { NpyMap::open(&sample.path) }?.to_vec()),
        ("NpyFile::new of bytes", |sample| NpyFile::new(&sample.bytes)?.read_vec()),
        ("NpyFile::new of shared bytes", |sample| {
            NpyFile::new(Arc::<[u8]>::from(sample.bytes.as_slice()))?.read_vec()
        }),
        ("NpyFile::new of a box", |sample| {
            let source: Box<dyn ReadAt> = Box::new(sample.bytes.clone());
            NpyFile::new(source)?.read_vec()
        }),
        ("NpyFile::new, by bytes", |sample| NpyFile::new(OneByte::new(&sample.bytes))?.read_vec()),
        ("NpyFile::new of a file that seeks", |sample| {
            NpyFile::new(Seekable::new(File::open(&sample.path)?))?.read_vec()
        }),
        ("NpyView::to_vec", |sample| NpyView::new(&sample.bytes)?.to_vec()),
        ("NpyReader", |sample| NpyReader::new(sample.bytes.as_slice())?.read_vec()),
        ("NpyReader, by bytes", |sample| NpyReader::new(Trickle(sample.bytes.as_slice()))?.read_vec()),
    ]
}

/// What opens or reads a sample, whatever that gives.
pub type Attempt = Box<dyn Fn(&Sample) -> Result<()>>;

fn attempts<R: 'static>(
    entry_points: impl IntoIterator<Item = EntryPoint<R>>,
) -> impl Iterator<Item = (&'static str, Attempt)> {
    let attempt =
        |open: fn(&Sample) -> Result<R>| -> Attempt { Box::new(move |sample| open(sample).map(drop)) };
    entry_points.into_iter().map(move |(name, open)| (name, attempt(open)))
}

/// The entry points that read a header alone.
pub fn header_attempts() -> Vec<(&'static str, Attempt)> {
    attempts(HEADERS).collect()
}

/// The entry points that open a file, and check that its data are there.
pub fn open_attempts() -> Vec<(&'static str, Attempt)> {
    attempts(OPENED).collect()
}

/// The entry points that read the data, or check that they are there.
pub fn data_attempts() -> Vec<(&'static str, Attempt)> {
    open_attempts().into_iter().chain(previews()).chain(read_attempts()).collect()
}

/// The entry points that read a part of the data, whatever they are.
pub fn previews() -> Vec<(&'static str, Attempt)> {
    let previews: [EntryPoint<npymap::Preview>; 2] = [
        ("NpyReader::preview", |sample| {
            NpyReader::new(sample.bytes.as_slice())?.preview(&npymap::PrintOptions::default())
        }),
        ("NpyFile::preview", |sample| NpyFile::new(&sample.bytes)?.preview(&npymap::PrintOptions::default())),
    ];
    attempts(previews).collect()
}

/// The entry points that read all of the data as numbers.
pub fn read_attempts() -> Vec<(&'static str, Attempt)> {
    let all = attempts(vectors::<f64>());
    #[cfg(feature = "ndarray")]
    let all = all.chain(attempts(arrays::<f64>()));
    all.collect()
}

#[cfg(feature = "ndarray")]
pub use arrays::*;

#[cfg(feature = "ndarray")]
mod arrays {
    use ndarray::{ArrayD, IxDyn};
    use npymap::{AnyArray, Element};

    use super::*;

    /// The entry points that read an array of one type.
    pub fn arrays<T: Load>() -> Vec<EntryPoint<ArrayD<T>>> {
        vec![
            ("load", |sample| npymap::load(&sample.path)),
            ("from_bytes", |sample| npymap::from_bytes(&sample.bytes)),
            ("NpyFile::open", |sample| NpyFile::open(&sample.path)?.read()),
            ("NpyFile::new of bytes", |sample| NpyFile::new(sample.bytes.clone())?.read()),
            ("NpyFile::new of a cursor", |sample| NpyFile::new(Cursor::new(&sample.bytes))?.read()),
            ("NpyFile::new, by bytes", |sample| NpyFile::new(OneByte::new(&sample.bytes))?.read()),
            ("NpyFile::new of a file that seeks", |sample| {
                NpyFile::new(Seekable::new(BufReader::new(File::open(&sample.path)?)))?.read()
            }),
            ("NpyFile::read_slice", |sample| NpyFile::new(&sample.bytes)?.read_slice("...")),
            ("NpyMap::to_array", |sample| unsafe { NpyMap::open(&sample.path) }?.to_array()),
            ("NpyView::to_array", |sample| NpyView::new(&sample.bytes)?.to_array()),
            ("NpyReader::read", |sample| NpyReader::new(sample.bytes.as_slice())?.read()),
            ("NpyReader::read, by bytes", |sample| NpyReader::new(Trickle(sample.bytes.as_slice()))?.read()),
        ]
    }

    /// The entry points that give a view of it, or a copy: which of the two is said with it.
    pub fn views<T: Element>() -> Vec<EntryPoint<(ArrayD<T>, bool)>> {
        vec![
            ("NpyMap::view_cow", |sample| {
                let map = unsafe { NpyMap::open(&sample.path) }?;
                let array = map.view_cow::<T, IxDyn>()?;
                Ok((array.to_owned(), array.is_view()))
            }),
            ("NpyView::view_cow", |sample| {
                let bytes = Aligned::new(&sample.bytes);
                let view = NpyView::new(&bytes)?;
                let array = view.view_cow::<T, IxDyn>()?;
                Ok((array.to_owned(), array.is_view()))
            }),
        ]
    }

    /// The entry points that leave the type to the file.
    pub const ANY: [EntryPoint<AnyArray>; 6] = [
        ("AnyArray::load", |sample| AnyArray::load(&sample.path)),
        ("AnyArray::from_bytes", |sample| AnyArray::from_bytes(&sample.bytes)),
        ("NpyFile::read_any", |sample| NpyFile::new(OneByte::new(&sample.bytes))?.read_any()),
        ("NpyMap::view_any", |sample| unsafe { NpyMap::open(&sample.path) }?.view_any()?.into_owned()),
        ("NpyView::view_any", |sample| NpyView::new(&sample.bytes)?.view_any()?.into_owned()),
        ("NpyReader::read_any", |sample| NpyReader::new(sample.bytes.as_slice())?.read_any()),
    ];
}

/// Bytes that start at a multiple of 16, as a map does.
pub struct Aligned(Vec<u128>, usize);

impl Aligned {
    pub fn new(bytes: &[u8]) -> Self {
        let words = bytes.chunks(16).map(|chunk| {
            let mut word = [0; 16];
            word[..chunk.len()].copy_from_slice(chunk);
            u128::from_ne_bytes(word)
        });
        Self(words.collect(), bytes.len())
    }
}

impl AsRef<[u8]> for Aligned {
    fn as_ref(&self) -> &[u8] {
        &bytemuck::cast_slice(&self.0)[..self.1]
    }
}

#[cfg(feature = "npz")]
pub use archives::*;

#[cfg(feature = "npz")]
mod archives {
    use npymap::{NpzMap, NpzReader, NpzView};

    use super::*;

    /// What can be asked of an archive, however it was opened.
    pub trait Archive {
        fn names(&self) -> Vec<String>;
        fn contains(&self, name: &str) -> bool;
        fn header(&self, name: &str) -> Result<Header>;
        fn numbers(&self, name: &str) -> Result<Vec<f64>>;
    }

    impl<S: ReadAt> Archive for NpzReader<S> {
        fn names(&self) -> Vec<String> {
            self.names().map(str::to_string).collect()
        }

        fn contains(&self, name: &str) -> bool {
            self.contains(name)
        }

        fn header(&self, name: &str) -> Result<Header> {
            self.header(name)
        }

        fn numbers(&self, name: &str) -> Result<Vec<f64>> {
            self.load_vec(name)
        }
    }

    macro_rules! views {
        ($([$($generics:tt)*] $type:ty),+) => {$(
            impl<$($generics)*> Archive for $type {
                fn names(&self) -> Vec<String> {
                    self.names().map(str::to_string).collect()
                }

                fn contains(&self, name: &str) -> bool {
                    self.contains(name)
                }

                fn header(&self, name: &str) -> Result<Header> {
                    Ok(self.get(name)?.header().clone())
                }

                fn numbers(&self, name: &str) -> Result<Vec<f64>> {
                    self.get(name)?.to_vec()
                }
            }
        )+};
    }

    views!([B: AsRef<[u8]>] NpzView<B>, [] NpzMap);

    /// The entry points that read entries, stored and deflated.
    pub const READERS: [EntryPoint<Box<dyn Archive>>; 6] = [
        ("NpzReader::open", |sample| Ok(Box::new(NpzReader::open(&sample.path)?))),
        ("NpzReader::new of bytes", |sample| Ok(Box::new(NpzReader::new(sample.bytes.clone())?))),
        ("NpzReader::new of shared bytes", |sample| {
            Ok(Box::new(NpzReader::new(Arc::<[u8]>::from(sample.bytes.as_slice()))?))
        }),
        ("NpzReader::new of a cursor", |sample| {
            Ok(Box::new(NpzReader::new(Cursor::new(sample.bytes.clone()))?))
        }),
        ("NpzReader::new, by bytes", |sample| {
            Ok(Box::new(NpzReader::new(OneByte::new(sample.bytes.clone()))?))
        }),
        ("NpzReader::new of a file that seeks", |sample| {
            Ok(Box::new(NpzReader::new(Seekable::new(File::open(&sample.path)?))?))
        }),
    ];

    /// The entry points that view stored entries alone.
    pub const VIEWERS: [EntryPoint<Box<dyn Archive>>; 2] = [
        ("NpzMap::open", |sample| Ok(Box::new(unsafe { NpzMap::open(&sample.path) }?))),
        ("NpzView::new", |sample| Ok(Box::new(NpzView::new(sample.bytes.clone())?))),
    ];
}
