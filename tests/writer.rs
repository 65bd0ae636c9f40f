//! Arrays that are written piece by piece: the files are those that a single save makes.
#![cfg(feature = "ndarray")]

mod common;

use std::cell::Cell;
use std::fs;
use std::io::{Cursor, Seek, SeekFrom, Write};
use std::rc::Rc;

use common::{native, temporary_file};
use ndarray::{Array2, Array3, ArrayD, Axis, IxDyn, ShapeBuilder, arr0, array, s};
use npymap::{DType, DateTime64, Element, Header, NpyFile, NpyWriter, Order, Unicode, load, save, save_as};
use proptest::prelude::*;

fn dtype(text: &str) -> DType {
    text.parse().unwrap()
}

#[test]
fn a_finished_file_is_what_a_save_makes_at_every_number_of_digits() {
    let (path, saved) = (temporary_file(), temporary_file());
    for count in [0, 1, 9, 10, 11, 99, 100, 999, 1000, 9999, 10_000, 100_000] {
        let rows = Array2::from_shape_fn((count, 2), |(row, column)| (row * 3 + column) as i16);
        let mut writer = NpyWriter::create::<i16>(&path, &[2]).unwrap();
        for (number, row) in rows.outer_iter().enumerate() {
            if number == 9 || number == 100 {
                writer.sync().unwrap();
                assert_eq!(load::<i16, _>(&path).unwrap(), rows.slice(s![..number, ..]));
            }
            match number % 3 {
                0 => writer.push(&row).unwrap(),
                1 => writer.push_all(&row.insert_axis(Axis(0))).unwrap(),
                _ => row.iter().for_each(|element| writer.write(&[*element]).unwrap()),
            }
        }
        assert_eq!(writer.header().shape, [count, 2]);
        writer.finish().unwrap();
        save(&saved, &rows).unwrap();
        assert_eq!(fs::read(&path).unwrap(), fs::read(&saved).unwrap());
    }
}

#[test]
fn a_dropped_writer_leaves_what_was_synced() {
    let path = temporary_file();
    fs::write(&path, "something old").unwrap();
    let mut writer = NpyWriter::create::<f64>(&path, &[]).unwrap();
    assert_eq!(NpyFile::open(&path).unwrap().header().shape, [0]);
    writer.write(&[1.0, 2.0]).unwrap();
    writer.sync().unwrap();
    // More than is gathered, so that some of it is in the file.
    writer.write(&vec![3.0; 100_000]).unwrap();
    drop(writer);
    assert_eq!(NpyFile::open(&path).unwrap().read_vec::<f64>().unwrap(), [1.0, 2.0]);
    assert!(fs::metadata(&path).unwrap().len() > 700_000);
}

#[test]
fn fortran_order_grows_along_the_last_axis() {
    let (path, saved) = (temporary_file(), temporary_file());
    let array = Array3::from_shape_fn((2, 3, 12).f(), |(a, b, c)| (a * 100 + b * 10 + c) as f32);
    let header = Header::new(DType::of::<f32>(), [2, 3, 0]).with_order(Order::F);
    let mut writer = NpyWriter::create_with(&path, header).unwrap();
    // In Fortran order as they are, in C order, turned back, and as elements in the order of the file.
    writer.push_all(&array.slice(s![.., .., ..4])).unwrap();
    writer.push(&array.slice(s![.., .., 4]).as_standard_layout()).unwrap();
    writer.push_all(&array.slice(s![.., .., 5..8]).as_standard_layout()).unwrap();
    writer.push(&array.slice(s![.., .., 8])).unwrap();
    let rest: Vec<f32> = array.slice(s![.., .., 9..]).t().iter().copied().collect();
    writer.write(&rest).unwrap();
    writer.finish().unwrap();
    save(&saved, &array).unwrap();
    assert_eq!(fs::read(&path).unwrap(), fs::read(&saved).unwrap());
}

#[test]
fn times_text_and_foreign_order_are_encoded_as_the_header_tells() {
    fn check<T: Element>(elements: &[T], text: &str) {
        let (path, saved) = (temporary_file(), temporary_file());
        save_as(&saved, elements, &dtype(text)).unwrap();
        let mut writer = NpyWriter::create_with(&path, Header::new(dtype(text), [7])).unwrap();
        let (first, rest) = elements.split_at(1);
        writer.write(first).unwrap();
        writer.push_all(&rest.to_vec()).unwrap();
        writer.finish().unwrap();
        assert_eq!(fs::read(&path).unwrap(), fs::read(&saved).unwrap(), "{text}");
    }
    check(&[DateTime64::new(1), DateTime64::NAT], "<M8[25s]");
    check(&[1.5f64, 2.5, 3.5], ">f8");
    check(&[Unicode::<3>::new("äöü").unwrap(), Unicode::default()], ">U3");
    check(&[[1u8, 2, 3], [4, 5, 6]], "|V3");
}

#[test]
fn arrays_as_elements_are_the_last_axes() {
    let (path, saved) = (temporary_file(), temporary_file());
    let points = vec![[1.0f64, 2.0, 3.0], [4.0, 5.0, 6.0]];
    let mut writer = NpyWriter::create::<[f64; 3]>(&path, &[]).unwrap();
    assert_eq!(writer.header().shape, [0, 3]);
    writer.write(&points[..1]).unwrap();
    writer.write(&[4.0f64, 5.0, 6.0]).unwrap();
    writer.finish().unwrap();
    save(&saved, &points).unwrap();
    assert_eq!(fs::read(&path).unwrap(), fs::read(&saved).unwrap());

    let mut writer = NpyWriter::new(Vec::new(), Header::new(DType::of::<f64>(), [2, 2])).unwrap();
    assert_eq!(
        writer.write(&points).unwrap_err().to_string(),
        "shape (0, 2) does not end with the axes (3,) of [f64; 3]"
    );
    let header = Header::new(DType::of::<f64>(), [3, 2]).with_order(Order::F);
    let mut writer = NpyWriter::new(Vec::new(), header).unwrap();
    assert!(writer.write(&points).is_err());
}

#[test]
fn items_without_elements_or_bytes_are_counted() {
    let path = temporary_file();
    let mut writer = NpyWriter::create::<f32>(&path, &[0, 2]).unwrap();
    writer.push(&Array2::<f32>::zeros((0, 2))).unwrap();
    writer.push_all(&Array3::<f32>::zeros((11, 0, 2))).unwrap();
    writer.sync().unwrap();
    writer.write::<f32>(&[]).unwrap();
    writer.finish().unwrap();
    assert_eq!(NpyFile::open(&path).unwrap().header().shape, [12, 0, 2]);

    let mut writer = NpyWriter::create_with(&path, Header::new(dtype("|S0"), [0, 2])).unwrap();
    writer.write(&[npymap::Bytes::<0>::default(); 6]).unwrap();
    writer.finish().unwrap();
    assert_eq!(NpyFile::open(&path).unwrap().header().shape, [3, 2]);

    let mut writer = NpyWriter::new(Vec::new(), Header::new(DType::of::<f32>(), [])).unwrap();
    writer.push(&arr0(1.5f32)).unwrap();
    assert!(writer.push(&arr0(2.5f32)).is_err());
    assert_eq!(writer.finish().unwrap().len(), 128 + 4);
}

#[test]
fn another_shape_type_or_number_of_elements_is_an_error() {
    let path = temporary_file();
    let mut writer = NpyWriter::create::<f32>(&path, &[3]).unwrap();
    writer.write(&[1.0f32, 2.0, 3.0]).unwrap();
    let message = |result: npymap::Result<()>| {
        let text = result.unwrap_err().to_string();
        text.strip_prefix(&format!("{}: ", path.as_ref().display())).unwrap_or(&text).to_string()
    };
    assert_eq!(
        message(writer.push(&array![1.0f32, 2.0])),
        "shape (2,) is not that of an item of shape (1, 3), expected (3,)"
    );
    assert_eq!(
        message(writer.push_all(&array![1.0f32, 2.0, 3.0])),
        "shape (3,) does not continue shape (1, 3), expected (n, 3)"
    );
    assert_eq!(
        message(writer.write(&[1.0f64])),
        format!("f64 cannot be saved as dtype '{}', expected '<f8' or '>f8'", native("<f4"))
    );
    writer.write(&[4.0f32]).unwrap();
    let partial = "the last item of shape (3,) is not whole: it has 3 elements, found 1";
    assert_eq!(message(writer.push(&array![1.0f32, 2.0, 3.0])), partial);
    assert_eq!(message(writer.finish().map(drop)), partial);
    assert_eq!(load::<f32, _>(&path).unwrap(), array![[1.0, 2.0, 3.0]]);
    assert_eq!(fs::metadata(&path).unwrap().len(), 128 + 12);

    let mut known = NpyWriter::new(Vec::new(), Header::new(dtype("u1"), [2, 2])).unwrap();
    assert_eq!(message(known.write(&[0u8; 5])), "shape (2, 2) needs 4 elements, found 5");
    known.write(&[0u8; 3]).unwrap();
    assert_eq!(message(known.write(&[0u8; 3])), "shape (2, 2) needs 4 elements, found 6");
    assert_eq!(message(known.finish().map(drop)), "shape (2, 2) needs 4 elements, found 3");

    let folder = std::env::temp_dir();
    assert!(NpyWriter::create::<f32>(&folder, &[]).is_err());
    let zero_d = NpyWriter::create_with(&path, Header::new(dtype("u1"), [])).unwrap_err();
    assert_eq!(message(Err(zero_d)), "shape () has no axis that could grow; save it with shape (1,)");
    assert_eq!(load::<f32, _>(&path).unwrap(), array![[1.0, 2.0, 3.0]]);
    #[cfg(unix)]
    assert_eq!(
        NpyWriter::create::<f32>("/dev/null", &[]).unwrap_err().to_string(),
        "/dev/null: it is not a regular file: write to it with NpyWriter::new and a known shape"
    );
}

/// A sink with room for so many bytes, as a disk has.
#[derive(Debug, Default)]
struct Full {
    sink: Cursor<Vec<u8>>,
    room: usize,
    /// Room that changes.
    growing_room: Option<Rc<Cell<usize>>>,
    /// Whether what has been written cannot be written over.
    is_write_once: bool,
}

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let at = self.sink.position() as usize;
        if self.is_write_once && at < self.sink.get_ref().len() {
            return Err(std::io::ErrorKind::ReadOnlyFilesystem.into());
        }
        let room = self.growing_room.as_ref().map_or(self.room, |room| room.get());
        let len = bytes.len().min(room.saturating_sub(at));
        match self.sink.write(&bytes[..len])? {
            0 if !bytes.is_empty() => Err(std::io::ErrorKind::StorageFull.into()),
            len => Ok(len),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Seek for Full {
    fn seek(&mut self, position: SeekFrom) -> std::io::Result<u64> {
        self.sink.seek(position)
    }
}

#[test]
fn a_sink_that_fails_after_any_number_of_bytes_is_an_error() {
    let header = || Header::new(DType::of::<u32>(), [8, 4]);
    let whole = 128 + 8 * 16;
    for room in 0..=whole {
        let run = || {
            let full = Full { room, ..Full::default() };
            let mut writer = NpyWriter::new(full, header())?;
            for row in 0..8u32 {
                writer.write(&[row; 4])?;
                writer.sync()?;
            }
            writer.finish()
        };
        match run() {
            Ok(full) => assert_eq!((room, full.sink.into_inner().len()), (whole, whole)),
            Err(error) => {
                assert!(room < whole && matches!(error, npymap::Error::Io { .. }), "{room}: {error}")
            }
        }
    }
}

/// The rows that a sink holds.
fn rows_in(sink: &Full) -> Option<Vec<u32>> {
    let bytes = sink.sink.get_ref().as_slice();
    npymap::NpyReader::new(bytes).and_then(|mut reader| reader.read_vec()).ok()
}

fn rows(count: usize) -> Vec<u32> {
    (0..count as u32).flat_map(|row| [row; 4]).collect()
}

#[test]
fn a_sink_that_seeks_has_the_items_of_the_last_sync() {
    let whole = 128 + 8 * 16;
    for room in 0..=whole {
        let mut sink = Full { room, ..Full::default() };
        let mut writer = NpyWriter::growing(&mut sink, Header::new(DType::of::<u32>(), [0, 4])).unwrap();
        let mut synced = 0;
        for row in 0..8u32 {
            writer.write(&[row; 4]).unwrap();
            if writer.sync().is_ok() {
                synced = row as usize + 1;
            }
        }
        assert_eq!(synced, room.saturating_sub(128) / 16);
        assert_eq!(writer.finish().is_ok(), room == whole, "{room}");
        assert_eq!(rows_in(&sink), (room >= 128).then(|| rows(synced)), "{room}");
    }
}

#[test]
fn what_a_full_sink_did_not_take_is_written_when_there_is_room() {
    let room = Rc::new(Cell::new(150));
    let sink = Full { growing_room: Some(room.clone()), ..Full::default() };
    let mut writer = NpyWriter::growing(sink, Header::new(DType::of::<u32>(), [0, 4])).unwrap();
    writer.write(&rows(1)).unwrap();
    writer.sync().unwrap();
    writer.write(&rows(3)[4..]).unwrap();
    assert!(writer.sync().is_err());
    // A call that fails writes nothing: its elements would not have been gathered, but written at once.
    assert!(writer.write(&vec![7u32; 40_000]).is_err());
    assert_eq!(writer.header().shape, [3, 4]);
    room.set(1_000_000);
    writer.sync().unwrap();
    writer.write(&rows(5)[12..]).unwrap();
    room.set(200);
    // Some of it is written, and taken back.
    assert!(writer.write(&vec![7u32; 40_000]).is_err());
    room.set(1_000_000);
    assert_eq!(rows_in(&writer.finish().unwrap()), Some(rows(5)));
}

#[test]
fn a_header_that_cannot_be_written_leaves_the_items_before() {
    let mut sink = Full { room: 10_000, ..Full::default() };
    let mut writer = NpyWriter::growing(&mut sink, Header::new(DType::of::<u32>(), [0, 4])).unwrap();
    writer.write(&rows(1)).unwrap();
    writer.sync().unwrap();
    let sink = writer.finish().unwrap();
    assert_eq!(rows_in(sink), Some(rows(1)));

    let mut sink = Full { room: 10_000, is_write_once: true, ..Full::default() };
    let mut writer = NpyWriter::growing(&mut sink, Header::new(DType::of::<u32>(), [0, 4])).unwrap();
    writer.write(&rows(1)).unwrap();
    assert!(writer.sync().is_err());
    // Nobody knows what the header says, so that nothing more is taken.
    let later = writer.write(&rows(1)).unwrap_err();
    assert_eq!(later.to_string(), "an earlier write failed and could not be undone");
    assert_eq!(rows_in(&sink), Some(vec![]));
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_is_an_error() {
    let (reader, writer) = std::io::pipe().unwrap();
    let mut out = NpyWriter::new(writer, Header::new(DType::of::<f64>(), [100_000])).unwrap();
    drop(reader);
    let error = out.write(&vec![1.0; 100_000]).unwrap_err();
    assert!(
        matches!(&error, npymap::Error::Io { error, .. } if error.kind() == std::io::ErrorKind::BrokenPipe)
    );
    let later = out.write(&[1.0]).and_then(|()| out.finish().map(drop)).unwrap_err();
    assert_eq!(later.to_string(), "an earlier write failed and could not be undone");
}

#[test]
fn a_file_between_others_starts_where_the_sink_stands() {
    let mut sink = Cursor::new(b"before".to_vec());
    sink.set_position(6);
    let mut writer = NpyWriter::growing(sink, Header::new(DType::of::<u8>(), [0])).unwrap();
    writer.write(&[1u8, 2]).unwrap();
    writer.sync().unwrap();
    writer.write(&[3u8]).unwrap();
    let mut sink = writer.finish().unwrap();
    sink.write_all(b"behind").unwrap();
    let bytes = sink.into_inner();
    let (header, data_offset) = Header::parse(&bytes[6..]).unwrap();
    assert_eq!((header.shape, &bytes[..6]), (vec![3], b"before".as_slice()));
    assert_eq!(&bytes[6 + data_offset as usize..], b"\x01\x02\x03behind");
}

/// What a property test does with a writer.
#[derive(Debug, Clone)]
enum Step {
    Push(usize),
    Elements(usize),
    Sync,
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// However an array is cut into pieces, the file is that of one save, and each sync gives what came before it.
    #[test]
    fn pieces_of_any_size_make_the_same_file(
        item in prop::collection::vec(0usize..4, 0..3),
        is_f in any::<bool>(),
        big in any::<bool>(),
        steps in prop::collection::vec(
            prop_oneof![
                (0usize..6).prop_map(Step::Push), (0usize..3).prop_map(Step::Elements), Just(Step::Sync)
            ],
            0..20,
        ),
    ) {
        let item_len: usize = item.iter().product();
        let count = |step: &Step| match step {
            Step::Push(count) => *count,
            Step::Elements(count) if item_len > 0 => *count,
            _ => 0,
        };
        let total: usize = steps.iter().map(count).sum();
        let shape = |count: usize| match is_f {
            true => [item.as_slice(), &[count]].concat(),
            false => [&[count], item.as_slice()].concat(),
        };
        let elements: Vec<i32> = (0..(total * item_len) as i32).collect();
        let array = match is_f {
            true => ArrayD::from_shape_vec(IxDyn(&shape(total)).f(), elements.clone()).unwrap(),
            false => ArrayD::from_shape_vec(IxDyn(&shape(total)), elements.clone()).unwrap(),
        };
        let order = if is_f { Order::F } else { Order::C };
        let header = Header::new(dtype(if big { ">i4" } else { "<i4" }), shape(5)).with_order(order);
        let path = temporary_file();
        let mut writer = NpyWriter::create_with(&path, header.clone()).unwrap();
        let axis = Axis(if is_f { item.len() } else { 0 });
        let mut done = 0;
        for step in &steps {
            let next = done + count(step);
            match step {
                Step::Push(1) => writer.push(&array.index_axis(axis, done)).unwrap(),
                Step::Push(_) => {
                    writer.push_all(&array.slice_axis(axis, (done..next).into())).unwrap();
                }
                Step::Elements(_) => {
                    let (start, end) = (done * item_len, next * item_len);
                    let middle = start.midpoint(end);
                    writer.write(&elements[start..middle]).unwrap();
                    writer.write(&elements[middle..end]).unwrap();
                }
                Step::Sync => {
                    writer.sync().unwrap();
                    let found: ArrayD<i32> = load(&path).unwrap();
                    prop_assert_eq!(&found, &array.slice_axis(axis, (..done).into()));
                }
            }
            done = next;
        }
        writer.finish().unwrap();
        let bytes = fs::read(&path).unwrap();
        let final_header = Header::new(header.dtype, shape(total)).with_order(order);
        prop_assert_eq!(&bytes[..bytes.len() - elements.len() * 4], final_header.encode());
        let found: ArrayD<i32> = load(&path).unwrap();
        prop_assert_eq!(found, array);
    }
}
