//! Every limit, at every entry point.

#[cfg(feature = "npz")]
mod archives;

use npymap::{
    AppendOptions, DType, Error, Header, LimitProblem, Limits, NpyFile, NpyMap, NpyMapMut, NpyReader,
    NpyView, RawOptions, Result,
};
#[cfg(feature = "npz")]
use npymap::{NpzMap, NpzOptions, NpzReader};

use crate::entry_points::{Hostile, version_1};

pub type EntryPoint = (&'static str, fn(&Hostile, &Limits) -> Result<()>);

const ENTRY_POINTS: &[EntryPoint] = &[
    ("Header::parse_with", |file, limits| Header::parse_with(&file.bytes, limits).map(drop)),
    ("Header::read_from_with", |file, limits| {
        Header::read_from_with(file.bytes.as_slice(), limits).map(drop)
    }),
    ("NpyReader::new_with", |file, limits| NpyReader::new_with(file.bytes.as_slice(), limits).map(drop)),
    ("NpyFile::open_with", |file, limits| NpyFile::open_with(&file.path, limits).map(drop)),
    #[cfg(feature = "ndarray")]
    ("load_with", |file, limits| {
        match npymap::load_with::<u8, ndarray::IxDyn>(&file.path, limits) {
            // What the file holds is not the question here.
            Err(Error::Mismatch { .. }) | Ok(_) => Ok(()),
            Err(error) => Err(error),
        }
    }),
    ("NpyFile::new_with", |file, limits| NpyFile::new_with(&file.bytes, limits).map(drop)),
    ("NpyView::new_with", |file, limits| NpyView::new_with(&file.bytes, limits).map(drop)),
    #[cfg(feature = "ndarray")]
    ("from_bytes_with", |file, limits| {
        match npymap::from_bytes_with::<u8, ndarray::IxDyn>(&file.bytes, limits) {
            Err(Error::Mismatch { .. }) | Ok(_) => Ok(()),
            Err(error) => Err(error),
        }
    }),
    #[cfg(feature = "ndarray")]
    ("AnyArray::from_bytes_with", |file, limits| {
        npymap::AnyArray::from_bytes_with(&file.bytes, limits).map(drop)
    }),
    #[cfg(feature = "ndarray")]
    ("AnyArray::load_with", |file, limits| npymap::AnyArray::load_with(&file.path, limits).map(drop)),
    // SAFETY: nobody changes the file meanwhile, here and below.
    ("NpyMap::open_with", |file, limits| unsafe { NpyMap::open_with(&file.path, limits) }.map(drop)),
    // SAFETY: as above.
    ("NpyMapMut::open_with", |file, limits| unsafe { NpyMapMut::open_with(&file.path, limits) }.map(drop)),
    ("NpyMapMut::open_copy_with", |file, limits| {
        // SAFETY: as above.
        unsafe { NpyMapMut::open_copy_with(&file.path, limits) }.map(drop)
    }),
    ("AppendOptions::limits", |file, limits| {
        match AppendOptions::new().limits(*limits).open(&file.path) {
            // Whether it can grow is not the question here.
            Err(Error::Unsupported { .. }) | Ok(_) => Ok(()),
            Err(error) => Err(error),
        }
    }),
    #[cfg(feature = "npz")]
    ("NpzReader::header", |file, limits| {
        NpzReader::open_with(archives::of(file, &["x"]), limits)?.header("x").map(drop)
    }),
    #[cfg(feature = "npz")]
    ("NpzReader::reader", |file, limits| {
        NpzOptions::new().limits(*limits).open(archives::of(file, &["x"]))?.reader("x").map(drop)
    }),
    #[cfg(feature = "npz")]
    ("NpzReader::preview", |file, limits| {
        let archive = NpzReader::open_with(archives::of(file, &["x"]), limits)?;
        match archive.preview("x", &npymap::PrintOptions::default()) {
            // A field for each character is more than anyone would print.
            Err(Error::Limit { problem, .. }) if matches!(*problem, LimitProblem::Printed { .. }) => Ok(()),
            result => result.map(drop),
        }
    }),
    #[cfg(all(feature = "npz", feature = "ndarray"))]
    ("NpzReader::load_any", |file, limits| {
        NpzReader::open_with(archives::of(file, &["x"]), limits)?.load_any("x").map(drop)
    }),
    #[cfg(feature = "npz")]
    ("NpzReader::new_with", |file, limits| {
        let bytes = std::fs::read(archives::of(file, &["x"])).unwrap();
        NpzReader::new_with(bytes, limits)?.header("x").map(drop)
    }),
    #[cfg(feature = "npz")]
    ("NpzView::get", |file, limits| {
        let bytes = std::fs::read(archives::of(file, &["x"])).unwrap();
        npymap::NpzView::new_with(bytes, limits)?.get("x").map(drop)
    }),
    #[cfg(feature = "npz")]
    ("NpzMap::get", |file, limits| {
        // SAFETY: as above.
        unsafe { NpzMap::open_with(archives::of(file, &["x"]), limits) }?.get("x").map(drop)
    }),
];

fn file(descr: &str, shape: &str, data: &[u8]) -> Hostile {
    Hostile::new(&version_1(
        &format!("{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}"),
        data,
    ))
}

/// A limit, and what is said of it behind the place.
fn said(error: &Error) -> (LimitProblem, String) {
    let Error::Limit { problem, location } = error else { panic!("{error} is about no limit") };
    let text = error.to_string();
    ((**problem).clone(), text.strip_prefix(&location.to_string()).unwrap().to_string())
}

#[track_caller]
fn hold(file: &Hostile, above: Limits, below: Limits, expected: &str) {
    hold_at(ENTRY_POINTS, file, above, below, expected);
}

#[track_caller]
fn hold_at(entry_points: &[EntryPoint], file: &Hostile, above: Limits, below: Limits, expected: &str) {
    for (name, open) in entry_points {
        open(file, &above).unwrap_or_else(|error| panic!("{name}: {error}"));
        let (problem, text) = said(&open(file, &below).expect_err(name));
        assert_eq!(text, expected, "{name}");
        // A program with other words for the way out has the rest of the message.
        assert_eq!(problem.what(), expected.split(';').next().unwrap(), "{name}");
    }
}

#[test]
fn header_chars() {
    let file = file("'|u1'", "(1,)", &[0]);
    let chars = file.bytes.len() - 11;
    hold(
        &file,
        Limits::default().header_chars(chars),
        Limits::default().header_chars(chars - 1),
        "header has 57 characters, the limit is 56; raise Limits::header_chars to read it",
    );
}

#[test]
fn nesting() {
    hold(
        &file("[('a', '|u1')]", "(1,)", &[0]),
        Limits::default().nesting(3),
        Limits::default().nesting(2),
        "brackets are nested deeper than 2 at byte 21; raise Limits::nesting to read it",
    );
}

#[test]
fn fields() {
    // Those of fields count, those of a subarray once.
    hold(
        &file("[('a', [('b', '|u1'), ('c', '|u1')], (2,)), ('d', '|u1')]", "(1,)", &[0; 5]),
        Limits::default().fields(4),
        Limits::default().fields(3),
        "dtype has 4 fields, the limit is 3; raise Limits::fields to read it",
    );
    let scalar = file("'|u1'", "(1,)", &[0]);
    for (name, open) in ENTRY_POINTS {
        assert!(open(&scalar, &Limits::default().fields(0)).is_ok(), "{name}");
    }
}

#[test]
fn axes() {
    // Those of a subarray on top of the dtype are axes of the array.
    hold(
        &file("('|u1', (2, 3))", "(1, 1)", &[0; 6]),
        Limits::default().axes(4),
        Limits::default().axes(3),
        "array has 4 axes, the limit is 3; raise Limits::axes to read it",
    );
    assert_eq!(Limits::AXES, Header::NDIM_MOST);
    assert_eq!(Limits::default().axes(1000), Limits::default());
}

#[test]
fn nbytes() {
    let limits = Limits::default();
    hold(
        &file("'<f8'", "(2, 3)", &[0; 48]),
        limits.nbytes(48),
        limits.nbytes(47),
        "array has 48 bytes, the limit is 47; raise Limits::nbytes to read it",
    );
    // Whatever is claimed is refused before the file is asked for it.
    let claim = file("'<f8'", "(250000000,)", &[]);
    for (name, open) in ENTRY_POINTS {
        let (_, text) = said(&open(&claim, &limits.nbytes(1 << 30)).expect_err(name));
        let expected = "array has 2000000000 bytes, the limit is 1073741824; raise Limits::nbytes to read it";
        assert_eq!(text, expected, "{name}");
    }
}

#[test]
fn defaults_take_what_numpy_takes() {
    let limits = Limits::default();
    for (limit, same) in [
        ("header_chars", limits.header_chars(Limits::HEADER_CHARS)),
        ("nesting", limits.nesting(Limits::NESTING)),
        ("fields", limits.fields(Limits::FIELDS)),
        ("axes", limits.axes(Limits::AXES)),
        ("nbytes", limits.nbytes(Limits::NBYTES)),
    ] {
        assert_eq!(same, limits, "{limit}");
    }
    // As many fields as the characters of a header can name.
    let file = file(&format!("'{}b'", "b,".repeat(4950)), "()", &[0; 4951]);
    for (name, open) in ENTRY_POINTS {
        open(&file, &limits).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

#[test]
fn highest_limits_take_more() {
    let names: Vec<String> = (0..100_001).map(|number| format!("('f{number}', '|u1')")).collect();
    let text = format!("{{'descr': [{}], 'fortran_order': False, 'shape': (0,), }}", names.join(", "));
    let bytes = crate::entry_points::claim(2, u32::try_from(text.len()).unwrap(), text.as_bytes());
    let file = Hostile::new(&bytes);
    for (name, open) in ENTRY_POINTS {
        open(&file, &Limits::highest()).unwrap_or_else(|error| panic!("{name}: {error}"));
        let limits = Limits::default().header_chars(usize::MAX);
        let (_, text) = said(&open(&file, &limits).expect_err(name));
        let expected = "dtype has 100001 fields, the limit is 100000; raise Limits::fields to read it";
        assert_eq!(text, expected, "{name}");
    }
}

#[expect(clippy::multiple_unsafe_ops_per_block, reason = "one promise for all of them")]
#[test]
fn raw_files_have_limits_too() {
    let file = Hostile::new(&[0; 48]);
    let dtype: DType = "u1, u1".parse().unwrap();
    let options = || RawOptions::with_dtype(dtype.clone()).shape([2, 3, 4]);
    for (limits, expected) in [
        (
            Limits::default().nbytes(47),
            "array has 48 bytes, the limit is 47; raise Limits::nbytes to read it",
        ),
        (Limits::default().axes(2), "array has 3 axes, the limit is 2; raise Limits::axes to read it"),
        (Limits::default().fields(1), "dtype has 2 fields, the limit is 1; raise Limits::fields to read it"),
    ] {
        let options = || options().limits(&limits);
        let new = file.path.with_extension("new");
        // SAFETY: nobody changes the files meanwhile.
        let refusals = unsafe {
            [
                options().map(&file.path).map(drop),
                options().map_mut(&file.path).map(drop),
                options().extend(true).map_mut(&file.path).map(drop),
                options().map_copy(&file.path).map(drop),
                options().create(&new).map(drop),
            ]
        };
        for refusal in refusals {
            assert_eq!(said(&refusal.unwrap_err()).1, expected);
        }
        assert!(!new.exists());
        assert_eq!(std::fs::metadata(&file.path).unwrap().len(), 48);
    }
    // SAFETY: nobody changes the file meanwhile.
    let map = unsafe { options().limits(&Limits::default().nbytes(48).axes(3).fields(2)).map(&file.path) };
    assert_eq!(map.unwrap().as_bytes().len(), 48);
}
