//! The limits that only archives have.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;

use npymap::{Limits, NpzMap, NpzOptions, NpzReader, PrintOptions, load_sparse_with};
use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

use super::{EntryPoint, file, hold_at};
use crate::entry_points::Hostile;

fn write(file: &Hostile, names: &[&str], method: CompressionMethod) -> PathBuf {
    let path = file.path.with_extension("npz");
    let mut archive = zip::ZipWriter::new(File::create(&path).unwrap());
    for name in names {
        let options = SimpleFileOptions::default().compression_method(method);
        archive.start_file(format!("{name}.npy"), options).unwrap();
        archive.write_all(&file.bytes).unwrap();
    }
    archive.finish().unwrap();
    path
}

/// An archive that has the file under each of these names.
pub fn of(file: &Hostile, names: &[&str]) -> PathBuf {
    write(file, names, CompressionMethod::Stored)
}

fn deflated(file: &Hostile) -> PathBuf {
    write(file, &["x"], CompressionMethod::Deflated)
}

#[test]
fn entries() {
    const ENTRY_POINTS: &[EntryPoint] = &[
        ("NpzReader::open_with", |file, limits| {
            NpzReader::open_with(of(file, &["x", "y", "z"]), limits).map(drop)
        }),
        ("NpzOptions::limits", |file, limits| {
            NpzOptions::new().limits(*limits).open(of(file, &["x", "y", "z"])).map(drop)
        }),
        ("NpzReader::new_with", |file, limits| {
            NpzReader::new_with(std::fs::read(of(file, &["x", "y", "z"])).unwrap(), limits).map(drop)
        }),
        ("NpzView::new_with", |file, limits| {
            npymap::NpzView::new_with(std::fs::read(of(file, &["x", "y", "z"])).unwrap(), limits).map(drop)
        }),
        ("NpzMap::open_with", |file, limits| {
            // SAFETY: nobody changes the file meanwhile.
            unsafe { NpzMap::open_with(of(file, &["x", "y", "z"]), limits) }.map(drop)
        }),
        ("load_sparse_with", |file, limits| {
            match load_sparse_with::<f64>(of(file, &["x", "y", "z"]), limits) {
                // It is no sparse matrix.
                Err(npymap::Error::Mismatch { .. }) => Ok(()),
                result => result.map(drop),
            }
        }),
    ];
    hold_at(
        ENTRY_POINTS,
        &file("'|u1'", "(1,)", &[0]),
        Limits::default().entries(3),
        Limits::default().entries(2),
        "archive has 3 entries, the limit is 2; raise Limits::entries to read it",
    );
    assert_eq!(Limits::default().entries(Limits::ENTRIES), Limits::default());
}

#[test]
fn decompressed() {
    fn open(file: &Hostile, limits: &Limits) -> npymap::Result<NpzReader> {
        NpzReader::open_with(deflated(file), limits)
    }
    const ENTRY_POINTS: &[EntryPoint] = &[
        ("NpzReader::header", |file, limits| open(file, limits)?.header("x").map(drop)),
        ("NpzReader::load_vec", |file, limits| open(file, limits)?.load_vec::<u8>("x").map(drop)),
        ("NpzReader::bytes", |file, limits| open(file, limits)?.bytes("x").map(drop)),
        ("NpzReader::verify", |file, limits| open(file, limits)?.verify("x")),
        ("NpzReader::reader", |file, limits| open(file, limits)?.reader("x").map(drop)),
        ("NpzReader::preview", |file, limits| {
            open(file, limits)?.preview("x", &PrintOptions::default()).map(drop)
        }),
        #[cfg(feature = "ndarray")]
        ("NpzReader::load", |file, limits| open(file, limits)?.load::<u8, ndarray::IxDyn>("x").map(drop)),
        #[cfg(feature = "ndarray")]
        ("NpzReader::load_any", |file, limits| open(file, limits)?.load_any("x").map(drop)),
        #[cfg(feature = "ndarray")]
        ("NpzReader::load_all", |file, limits| {
            open(file, limits)?.load_all::<u8, ndarray::IxDyn>().map(drop)
        }),
        ("NpzOptions::limits", |file, limits| {
            NpzOptions::new().limits(*limits).verify(false).open(deflated(file))?.header("x").map(drop)
        }),
        ("load_sparse_with", |file, limits| {
            // The first entry that it asks for.
            match load_sparse_with::<u8>(write(file, &["shape"], CompressionMethod::Deflated), limits) {
                // It holds no shape.
                Err(npymap::Error::Mismatch { .. }) => Ok(()),
                result => result.map(drop),
            }
        }),
    ];
    let file = file("'|u1'", "(5000,)", &[0; 5000]);
    let len = file.bytes.len() as u64;
    hold_at(
        ENTRY_POINTS,
        &file,
        Limits::default().decompressed(len),
        Limits::default().decompressed(len - 1),
        &format!(
            "the entry is {len} bytes when it is decompressed, the limit is {}; raise Limits::decompressed to \
             read it",
            len - 1
        ),
    );
    assert_eq!(Limits::default().decompressed(Limits::DECOMPRESSED), Limits::default());
}
