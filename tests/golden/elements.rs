//! The calls for each Rust type, chosen by the dtype of the file, through every entry point.
#![allow(
    unsafe_code,
    clippy::undocumented_unsafe_blocks,
    reason = "mapping is an unsafe call; nobody changes the files of testdata"
)]

use std::path::Path;

use ndarray::IxDyn;
use npymap::{NpyMap, Result};

use crate::common::entry_points::{Sample, arrays, views};

/// What the entry points say, by their names.
pub type Named<T> = Vec<(&'static str, Result<T>)>;

/// The calls for one Rust type.
pub struct Calls {
    /// The array, by every entry point that gives an owned one.
    pub arrays: fn(&Sample) -> Named<Loaded>,
    /// By every one that gives a view or a copy, and whether it is a view.
    pub cows: fn(&Sample) -> Named<(Loaded, bool)>,
    /// `NpyMap::view`
    pub view: fn(&Sample) -> Result<Loaded>,
    /// `save` of what `load` gave, to another path; `to_bytes` and `write` of it.
    pub resave: fn(&Sample, &Path) -> Result<[Vec<u8>; 2]>,
}

/// An array as the manifests specify it.
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

macro_rules! calls {
    ($type:ty, $bytes:expr) => {
        Calls {
            arrays: |sample| {
                let bytes: fn(&$type) -> Vec<u8> = $bytes;
                let named = arrays::<$type>().into_iter();
                named
                    .map(|(name, read)| (name, read(sample).map(|array| Loaded::new(&array, bytes))))
                    .collect()
            },
            cows: |sample| {
                let bytes: fn(&$type) -> Vec<u8> = $bytes;
                let loaded =
                    |(array, is_view): (ndarray::ArrayD<$type>, bool)| (Loaded::new(&array, bytes), is_view);
                views::<$type>().into_iter().map(|(name, view)| (name, view(sample).map(loaded))).collect()
            },
            view: |sample| {
                // SAFETY: nobody changes the file.
                let map = unsafe { NpyMap::open(&sample.path)? };
                Ok(Loaded::new(&map.view::<$type, IxDyn>()?, $bytes))
            },
            resave: |from, to| {
                let array = npymap::load::<$type, IxDyn>(&from.path)?;
                npymap::save(to, &array)?;
                let mut written = Vec::new();
                npymap::write(&mut written, &array)?;
                Ok([npymap::to_bytes(&array)?, written])
            },
        }
    };
}

/// The calls for the dtype of that `descr`, such as `'<f8'`; `None` for text, times, records and long doubles.
pub fn calls(descr: &str) -> Option<Calls> {
    Some(match descr.trim_matches('\'').trim_start_matches(['<', '>', '|']) {
        "b1" => calls!(bool, |x| vec![u8::from(*x)]),
        "i1" => calls!(i8, |x| x.to_le_bytes().to_vec()),
        "i2" => calls!(i16, |x| x.to_le_bytes().to_vec()),
        "i4" => calls!(i32, |x| x.to_le_bytes().to_vec()),
        "i8" => calls!(i64, |x| x.to_le_bytes().to_vec()),
        "u1" => calls!(u8, |x| x.to_le_bytes().to_vec()),
        "u2" => calls!(u16, |x| x.to_le_bytes().to_vec()),
        "u4" => calls!(u32, |x| x.to_le_bytes().to_vec()),
        "u8" => calls!(u64, |x| x.to_le_bytes().to_vec()),
        "f2" => calls!(half::f16, |x| x.to_le_bytes().to_vec()),
        "f4" => calls!(f32, |x| x.to_le_bytes().to_vec()),
        "f8" => calls!(f64, |x| x.to_le_bytes().to_vec()),
        #[cfg(feature = "complex")]
        "c8" => calls!(num_complex::Complex<f32>, |x| [x.re.to_le_bytes(), x.im.to_le_bytes()].concat()),
        #[cfg(feature = "complex")]
        "c16" => calls!(num_complex::Complex<f64>, |x| [x.re.to_le_bytes(), x.im.to_le_bytes()].concat()),
        _ => return None,
    })
}
