//! Every way to read a file, and `save`, for each Rust type, chosen by the dtype of the file.
#![allow(
    unsafe_code,
    clippy::undocumented_unsafe_blocks,
    reason = "mapping is an unsafe call; nobody changes the files of testdata"
)]

use std::fs::File;
use std::path::Path;

use ndarray::{ArrayD, IxDyn};
use npymap::{NpyFile, NpyMap, NpyReader, Result};

/// The calls for one Rust type.
pub struct Door {
    /// `load`
    pub load: fn(&Path) -> Result<Loaded>,
    /// `NpyFile::read`
    pub read: fn(&Path) -> Result<Loaded>,
    /// `NpyReader::read`
    pub stream: fn(&Path) -> Result<Loaded>,
    /// `NpyMap::to_array`
    pub copy: fn(&Path) -> Result<Loaded>,
    /// `NpyMap::view_cow`, and whether it is a view.
    pub cow: fn(&Path) -> Result<(Loaded, bool)>,
    /// `NpyMap::view`
    pub view: fn(&Path) -> Result<Loaded>,
    /// `save` of what `load` gave, to another path.
    pub resave: fn(&Path, &Path) -> Result<()>,
}

/// An array as the manifests tell it.
#[derive(Debug, PartialEq, Eq)]
pub struct Loaded {
    pub shape: Vec<usize>,
    /// The elements in C order, numbers little-endian.
    pub data: Vec<u8>,
}

impl Loaded {
    fn new<S: ndarray::Data>(
        array: &ndarray::ArrayBase<S, IxDyn>,
        bytes: impl Fn(&S::Elem) -> Vec<u8>,
    ) -> Self {
        Self { shape: array.shape().to_vec(), data: array.iter().flat_map(bytes).collect() }
    }
}

macro_rules! door {
    ($type:ty, $bytes:expr) => {
        Door {
            load: |path| Ok(Loaded::new(&npymap::load::<$type, IxDyn>(path)?, $bytes)),
            read: |path| Ok(Loaded::new(&NpyFile::open(path)?.read::<$type, IxDyn>()?, $bytes)),
            stream: |path| {
                let array: ArrayD<$type> = NpyReader::new(File::open(path)?)?.read()?;
                Ok(Loaded::new(&array, $bytes))
            },
            copy: |path| {
                // SAFETY: nobody changes the file, here and below.
                let map = unsafe { NpyMap::open(path)? };
                Ok(Loaded::new(&map.to_array::<$type, IxDyn>()?, $bytes))
            },
            cow: |path| {
                let map = unsafe { NpyMap::open(path)? };
                let array = map.view_cow::<$type, IxDyn>()?;
                Ok((Loaded::new(&array, $bytes), array.is_view()))
            },
            view: |path| {
                let map = unsafe { NpyMap::open(path)? };
                Ok(Loaded::new(&map.view::<$type, IxDyn>()?, $bytes))
            },
            resave: |from, to| npymap::save(to, &npymap::load::<$type, IxDyn>(from)?),
        }
    };
}

/// The calls for the dtype of that `descr`, such as `'<f8'`; `None` for text, times, records and long doubles.
pub fn door(descr: &str) -> Option<Door> {
    Some(match descr.trim_matches('\'').trim_start_matches(['<', '>', '|']) {
        "b1" => door!(bool, |x| vec![u8::from(*x)]),
        "i1" => door!(i8, |x| x.to_le_bytes().to_vec()),
        "i2" => door!(i16, |x| x.to_le_bytes().to_vec()),
        "i4" => door!(i32, |x| x.to_le_bytes().to_vec()),
        "i8" => door!(i64, |x| x.to_le_bytes().to_vec()),
        "u1" => door!(u8, |x| x.to_le_bytes().to_vec()),
        "u2" => door!(u16, |x| x.to_le_bytes().to_vec()),
        "u4" => door!(u32, |x| x.to_le_bytes().to_vec()),
        "u8" => door!(u64, |x| x.to_le_bytes().to_vec()),
        "f2" => door!(half::f16, |x| x.to_le_bytes().to_vec()),
        "f4" => door!(f32, |x| x.to_le_bytes().to_vec()),
        "f8" => door!(f64, |x| x.to_le_bytes().to_vec()),
        #[cfg(feature = "complex")]
        "c8" => door!(num_complex::Complex<f32>, |x| [x.re.to_le_bytes(), x.im.to_le_bytes()].concat()),
        #[cfg(feature = "complex")]
        "c16" => door!(num_complex::Complex<f64>, |x| [x.re.to_le_bytes(), x.im.to_le_bytes()].concat()),
        _ => return None,
    })
}
