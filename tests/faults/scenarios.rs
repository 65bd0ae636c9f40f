//! What is tried: every reader and every writer, in a folder that holds `old.npy`, `old.npz` and nothing else.

use std::fs;
use std::io::Write;
use std::path::Path;

use ndarray::{Array1, IxDyn, s};
use npymap::{
    AnyArray, AppendOptions, Compression, CreateOptions, DType, Header, NpyAppender, NpyFile, NpyMap,
    NpyMapMut, NpyReader, NpyWriter, NpzMap, NpzReader, NpzWriter, Order, PrintOptions, RawOptions, Result,
    SaveOptions, Sparse, SparseCoordinates, SparseFormat, load, save, save_new, save_sparse,
};

pub struct Scenario {
    pub name: &'static str,
    pub run: fn(&Path) -> Result<()>,
    /// What an error leaves.
    pub after_error: Left,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// The folder as it was.
    Old,
    /// Arrays that load, with items that were there and items that were written, in their order.
    Items,
    /// Files as long as they were: what was being written through a map is not undone.
    Lengths,
}

pub const OLD: [f64; 3] = [1.5, 2.5, 3.5];

pub fn new() -> Vec<f64> {
    (0..5000u16).map(f64::from).collect()
}

/// `old.npz`, whose `x` is stored and whose `y` is deflated.
pub fn archive() -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, method) in
        [("x.npy", zip::CompressionMethod::Stored), ("y.npy", zip::CompressionMethod::Deflated)]
    {
        let options = zip::write::SimpleFileOptions::default().compression_method(method).with_alignment(64);
        archive.start_file(name, options).unwrap();
        archive.write_all(&Header::new(DType::of::<f64>(), [3]).encode()).unwrap();
        archive.write_all(&OLD.map(f64::to_ne_bytes).concat()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

const fn reads(name: &'static str, run: fn(&Path) -> Result<()>) -> Scenario {
    Scenario { name, run, after_error: Left::Old }
}

/// A writer that leaves the old file where it fails.
const fn replaces(name: &'static str, run: fn(&Path) -> Result<()>) -> Scenario {
    Scenario { name, run, after_error: Left::Old }
}

const fn adds(name: &'static str, run: fn(&Path) -> Result<()>) -> Scenario {
    Scenario { name, run, after_error: Left::Items }
}

const fn maps(name: &'static str, run: fn(&Path) -> Result<()>) -> Scenario {
    Scenario { name, run, after_error: Left::Lengths }
}

pub const SCENARIOS: &[Scenario] = &[
    reads("load", |folder| {
        assert_eq!(load::<f64, IxDyn>(folder.join("old.npy"))?.as_slice(), Some(OLD.as_slice()));
        Ok(())
    }),
    reads("load of any dtype", |folder| {
        assert!(matches!(AnyArray::load(folder.join("old.npy"))?, AnyArray::F64(array) if array.len() == 3));
        Ok(())
    }),
    reads("positioned reads", |folder| {
        let file = NpyFile::open(folder.join("old.npy"))?;
        assert_eq!(file.read_vec::<f64>()?, OLD);
        let mut into = [0.0; 3];
        file.read_into(&mut into)?;
        assert_eq!(into, OLD);
        Ok(())
    }),
    reads("slices", |folder| {
        let file = NpyFile::open(folder.join("old.npy"))?;
        assert_eq!(file.read_slice::<f64, ndarray::Ix1>(s![..;-2])?, Array1::from(vec![3.5, 1.5]));
        Ok(())
    }),
    reads("rows", |folder| {
        let file = NpyFile::open(folder.join("old.npy"))?;
        let blocks = file.rows::<f64>(2).collect::<Result<Vec<_>>>()?;
        assert_eq!(blocks.iter().map(|block| block.len()).collect::<Vec<_>>(), [2, 1]);
        Ok(())
    }),
    reads("preview", |folder| {
        let preview = NpyFile::open(folder.join("old.npy"))?.preview(&PrintOptions::default())?;
        assert_eq!(preview.to_string(), "[1.5 2.5 3.5]");
        Ok(())
    }),
    reads("stream", |folder| {
        let file = fs::File::open(folder.join("old.npy"))?;
        assert_eq!(NpyReader::new(file)?.read_vec::<f64>()?, OLD);
        Ok(())
    }),
    reads("map", |folder| {
        // SAFETY: nobody changes the file, here and below.
        let map = unsafe { NpyMap::open(folder.join("old.npy")) }?;
        assert_eq!(map.as_slice::<f64>()?, OLD);
        map.close()
    }),
    reads("map to change a copy", |folder| {
        // SAFETY: as above.
        let mut map = unsafe { NpyMapMut::open_copy(folder.join("old.npy")) }?;
        map.as_mut_slice::<f64>()?[0] = 9.0;
        map.close()
    }),
    maps("map to write", |folder| {
        // SAFETY: as above.
        let mut map = unsafe { NpyMapMut::open(folder.join("old.npy")) }?;
        map.as_mut_slice::<f64>()?[0] = 9.0;
        map.flush()?;
        map.flush_rows(0..1)?;
        map.close()
    }),
    reads("map of a raw file", |folder| {
        // SAFETY: as above.
        let map = unsafe { RawOptions::new::<f64>().offset(128).map(folder.join("old.npy")) }?;
        assert_eq!(map.as_slice::<f64>()?, OLD);
        Ok(())
    }),
    reads("map of a raw file to change a copy", |folder| {
        // SAFETY: as above.
        unsafe { RawOptions::new::<f64>().offset(128).map_copy(folder.join("old.npy")) }.map(drop)
    }),
    maps("map of a raw file to write", |folder| {
        // SAFETY: as above.
        let mut map = unsafe { RawOptions::new::<f64>().offset(128).map_mut(folder.join("old.npy")) }?;
        map.as_mut_slice::<f64>()?[1] = 9.0;
        map.close()
    }),
    reads("archive", |folder| {
        let archive = NpzReader::open(folder.join("old.npz"))?;
        for name in ["x", "y"] {
            assert_eq!(archive.header(name)?.shape, [3]);
            assert_eq!(archive.load::<f64, IxDyn>(name)?.as_slice(), Some(OLD.as_slice()));
            assert_eq!(archive.reader(name)?.read_vec::<f64>()?, OLD);
            archive.verify(name)?;
        }
        Ok(())
    }),
    reads("map of an archive", |folder| {
        // SAFETY: as above.
        let archive = unsafe { NpzMap::open(folder.join("old.npz")) }?;
        assert_eq!(archive.get("x")?.as_slice::<f64>()?, OLD);
        Ok(())
    }),
    maps("map of an archive to write", |folder| {
        // SAFETY: as above.
        let mut map = unsafe { NpzMap::map_mut(folder.join("old.npz"), "x") }?;
        map.as_mut_slice::<f64>()?[0] = 9.0;
        map.close()
    }),
    replaces("save over a file", |folder| save(folder.join("old.npy"), &new())),
    replaces("save a new file", |folder| save(folder.join("new.npy"), &new())),
    replaces("save where nothing is yet", |folder| save_new(folder.join("new.npy"), &new())),
    replaces("save an array in the other order", |folder| {
        save(folder.join("new.npy"), &ndarray::Array2::<f64>::eye(40).slice(s![..;2, ..]).reversed_axes())
    }),
    replaces("create a new file", |folder| {
        let header = Header::new(DType::of::<f64>(), [5000]);
        // SAFETY: as above.
        unsafe { CreateOptions::new().reserve(true).create(folder.join("new.npy"), &header) }.map(drop)
    }),
    replaces("create over a file", |folder| {
        let header = Header::new(DType::of::<f64>(), [5000]);
        // SAFETY: as above.
        unsafe { NpyMapMut::create(folder.join("old.npy"), &header) }.map(drop)
    }),
    replaces("create a raw file over a file", |folder| {
        // SAFETY: as above.
        unsafe { RawOptions::new::<f64>().shape([5000]).create(folder.join("old.npy")) }.map(drop)
    }),
    replaces("create a raw file", |folder| {
        // SAFETY: as above.
        unsafe { RawOptions::new::<f64>().shape([5000]).create(folder.join("new.npy")) }.map(drop)
    }),
    adds("write in pieces to a new file", |folder| {
        let mut writer = NpyWriter::create::<f64>(folder.join("new.npy"), &[])?;
        writer.write(&new()[..2000])?;
        writer.push_all(&new()[2000..2001].to_vec())?;
        writer.sync()?;
        writer.write(&new()[2001..])?;
        writer.finish().map(drop)
    }),
    adds("write in pieces over a file", |folder| {
        let mut writer = NpyWriter::create::<f64>(folder.join("old.npy"), &[])?;
        new().chunks(3000).try_for_each(|piece| writer.write(piece))?;
        writer.finish().map(drop)
    }),
    adds("stream to write to", |folder| {
        let file = fs::File::create(folder.join("new.npy"))?;
        let mut writer = NpyWriter::growing(file, Header::new(DType::of::<f64>(), [0]))?;
        writer.write(&new())?;
        writer.finish().map(drop)
    }),
    adds("append", |folder| {
        let mut appender = NpyAppender::open(folder.join("old.npy"))?;
        appender.append(&new()[..10].to_vec())?;
        appender.write(&new()[10..3000])?;
        appender.push(&ndarray::arr0(3000.0))?;
        appender.sync()?;
        appender.finish()
    }),
    adds("append and count at the end", |folder| {
        let mut appender = AppendOptions::new().header_at_sync(true).open(folder.join("old.npy"))?;
        appender.write(&new()[..10])?;
        appender.sync()?;
        appender.write(&new()[10..])?;
        appender.finish()
    }),
    adds("append to a file that is cut off", |folder| {
        let mut appender = AppendOptions::new().repair(true).open(folder.join("old.npy"))?;
        appender.write(&new())?;
        appender.finish()
    }),
    adds("append where the header has no room", |folder| {
        let mut appender = AppendOptions::new().rewrite(true).open(folder.join("old.npy"))?;
        appender.write(&new())?;
        appender.finish()
    }),
    replaces("new archive", |folder| {
        let mut archive = NpzWriter::create(folder.join("new.npz"))?;
        archive.save("a", &new())?;
        archive.save_bytes("notes.txt", b"measured in spring")?;
        archive.finish().map(drop)
    }),
    replaces("archive over another", |folder| {
        let mut archive = NpzWriter::create(folder.join("old.npz"))?.compression(Compression::DEFLATED);
        archive.save("a", &new())?;
        let mut pieces = archive.array::<f64>("b", &[])?;
        new().chunks(1999).try_for_each(|piece| pieces.write(piece))?;
        pieces.finish()?;
        archive.finish().map(drop)
    }),
    replaces("array added to an archive", |folder| {
        let mut archive = NpzWriter::append(folder.join("old.npz"))?;
        archive.save("a", &new())?;
        let mut notes = archive.entry("notes.txt")?;
        writeln!(notes, "measured in spring")?;
        notes.finish()?;
        archive.finish().map(drop)
    }),
    replaces("sparse matrix", |folder| {
        let coordinates = SparseCoordinates { coords: vec![vec![0, 2], vec![3, 1]], data: vec![1.0, 2.0] };
        let sparse = Sparse::new([3, 4], SparseFormat::Coo(coordinates))?;
        save_sparse(folder.join("old.npz"), &sparse)
    }),
    adds("save with its name on the disk", |folder| {
        SaveOptions::new().sync(true).save(folder.join("new.npy"), &new())
    }),
];

/// A file that the scenario wants to be other than plain.
pub fn old_file(name: &str) -> Vec<u8> {
    let header = Header::new(DType::of::<f64>(), [3]).with_order(Order::C);
    let data = OLD.map(f64::to_ne_bytes).concat();
    let mut file = [header.encode(), data].concat();
    match name {
        "append to a file that is cut off" => {
            file.pop();
        }
        "append where the header has no room" => {
            let text = file[10..128].trim_ascii_end().to_vec();
            let len = u16::try_from(text.len() + 1).unwrap().to_le_bytes();
            file = [&file[..8], &len, &text, b"\n", &file[128..]].concat();
        }
        _ => {}
    }
    file
}
