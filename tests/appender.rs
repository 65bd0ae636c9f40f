//! Files that are appended to in place.
#![cfg(feature = "ndarray")]

mod common;

use std::fs;
use std::io::Write;

use common::{TemporaryFile, temporary_file};
use ndarray::{Array1, Array2, ArrayD, Axis, Ix1, Ix2, IxDyn, ShapeBuilder, array};
use npymap::{AppendOptions, DType, Header, Limits, NpyAppender, NpyFile, Order, load, save, save_as};
use proptest::prelude::*;

/// How headers call the byte order of this machine.
const NATIVE: char = if cfg!(target_endian = "little") { '<' } else { '>' };

fn dtype(text: &str) -> DType {
    text.parse().unwrap()
}

/// A file of version 1.0 with this text, which ends with `blanks` blanks and a newline, and with these data.
fn written(text: &str, blanks: usize, data: &[u8]) -> TemporaryFile {
    let path = temporary_file();
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend(u16::try_from(text.len() + blanks + 1).unwrap().to_le_bytes());
    bytes.extend(format!("{text}{}\n", " ".repeat(blanks)).bytes());
    bytes.extend(data);
    fs::write(&path, bytes).unwrap();
    path
}

/// The message of an error, without the path.
fn message<T: std::fmt::Debug>(path: &TemporaryFile, result: npymap::Result<T>) -> String {
    let text = result.unwrap_err().to_string();
    text.strip_prefix(&format!("{}: ", path.as_ref().display())).expect("it starts with the path").to_string()
}

#[test]
fn what_is_appended_makes_the_file_of_one_save() {
    let (path, saved) = (temporary_file(), temporary_file());
    let all = Array2::from_shape_fn((1100, 3), |(row, column)| (row * 10 + column) as f64);
    save(&path, &all.slice(ndarray::s![..8, ..])).unwrap();
    let mut appender = NpyAppender::open(&path).unwrap();
    for (number, row) in all.outer_iter().enumerate().skip(8) {
        match number % 3 {
            0 => appender.push(&row).unwrap(),
            1 => appender.append(&row.insert_axis(Axis(0))).unwrap(),
            _ => appender.write(row.as_slice().unwrap()).unwrap(),
        }
        if number < 12 || number == 999 || number == 1000 {
            assert_eq!(load::<f64, Ix2>(&path).unwrap(), all.slice(ndarray::s![..=number, ..]));
        }
    }
    appender.sync().unwrap();
    assert_eq!(appender.header().shape, [1100, 3]);
    appender.finish().unwrap();
    save(&saved, &all).unwrap();
    assert_eq!(fs::read(&path).unwrap(), fs::read(&saved).unwrap());
}

#[test]
fn a_file_in_fortran_order_grows_along_its_last_axis() {
    let (path, saved) = (temporary_file(), temporary_file());
    let all = Array2::from_shape_fn((3, 12).f(), |(row, column)| (row * 100 + column) as i16);
    save(&path, &all.slice(ndarray::s![.., ..2])).unwrap();
    let mut appender = NpyAppender::open(&path).unwrap();
    appender.append(&all.slice(ndarray::s![.., 2..5])).unwrap();
    appender.append(&all.slice(ndarray::s![.., 5..9]).as_standard_layout()).unwrap();
    for column in 9..12 {
        appender.push(&all.column(column)).unwrap();
    }
    assert_eq!(
        message(&path, appender.append(&Array2::<i16>::zeros((4, 3)))),
        "shape (4, 3) does not continue shape (3, 12), expected (3, n)"
    );
    drop(appender);
    save(&saved, &all).unwrap();
    assert_eq!(fs::read(&path).unwrap(), fs::read(&saved).unwrap());
}

#[test]
fn elements_become_the_dtype_of_the_file() {
    let path = temporary_file();
    save_as(&path, &[1.5f64], &dtype(">f8")).unwrap();
    let mut appender = NpyAppender::open(&path).unwrap();
    appender.append(&[2.5f64, 3.5]).unwrap();
    appender.write(&[npymap::Be::new(4.5f64)]).unwrap();
    appender.write(&[5.5f64]).unwrap();
    let before = fs::read(&path).unwrap();
    let wrong = "f32 cannot be saved as dtype '>f8', expected '<f4' or '>f4'";
    assert_eq!(message(&path, appender.append(&[1.0f32])), wrong);
    assert_eq!(message(&path, appender.write(&[1.0f32])), wrong);
    assert_eq!(fs::read(&path).unwrap(), before);
    assert!(before.ends_with(&[2.5f64, 3.5, 4.5, 5.5].map(f64::to_be_bytes).concat()));
    assert_eq!(load::<f64, Ix1>(&path).unwrap(), array![1.5, 2.5, 3.5, 4.5, 5.5]);
}

#[test]
fn text_of_any_length_and_arrays_of_any_dtype_are_appended() {
    let path = temporary_file();
    save(&path, &["äöü", "b"]).unwrap();
    let mut appender = NpyAppender::open(&path).unwrap();
    appender.append(&vec!["c".to_string(), String::new()]).unwrap();
    let before = fs::read(&path).unwrap();
    // The first text of the call would fit.
    assert_eq!(
        message(&path, appender.append(&["d", "four"])),
        format!("text of 4 characters does not fit '{NATIVE}U3'")
    );
    assert_eq!(fs::read(&path).unwrap(), before);
    let any = npymap::AnyArray::load(&path).unwrap();
    appender.append(&any).unwrap();
    let texts: Vec<String> = NpyFile::open(&path).unwrap().read_vec().unwrap();
    assert_eq!(texts, ["äöü", "b", "c", "", "äöü", "b", "c", ""]);
    drop(appender);

    // Of an array of unknown layout the order is turned by way of its bytes.
    let any_f = Array2::from_shape_fn((2, 3).f(), |(row, column)| (row * 3 + column) as i16);
    save(&path, &any_f).unwrap();
    let any = npymap::AnyArray::load(&path).unwrap();
    save(&path, &Array2::<i16>::zeros((0, 3))).unwrap();
    NpyAppender::open(&path).unwrap().append(&any).unwrap();
    assert_eq!(load::<i16, Ix2>(&path).unwrap(), any_f);
    assert_eq!(NpyFile::open(&path).unwrap().header().order, Order::C);
}

#[test]
fn old_headers_keep_their_text_and_their_place() {
    // NumPy 1.13 aligned to 16 bytes; Python 2 wrote longs; others have other spaces and keys.
    let texts = [
        ("{'descr': '<i2', 'fortran_order': False, 'shape': (9, 2), }", 10),
        ("{'descr': '<i2', 'fortran_order': False, 'shape': (9L, 2L), }", 3),
        ("{\"shape\":(9,2),\"descr\":\"<i2\",\"fortran_order\":False}", 1),
    ];
    for (text, blanks) in texts {
        let path = written(text, blanks, &[1; 36]);
        let mut appender = NpyAppender::open(&path).unwrap();
        appender.append(&array![[1i16, 2]]).unwrap();
        let expected = text.replace("(9", "(10");
        let bytes = fs::read(&path).unwrap();
        assert_eq!(&bytes[10..10 + expected.len()], expected.as_bytes());
        assert_eq!(bytes.len(), 10 + text.len() + blanks + 1 + 40);
        assert_eq!(load::<i16, Ix2>(&path).unwrap().row(9), array![1, 2]);
    }
}

#[test]
fn a_header_without_room_is_left_alone_or_written_anew() {
    for text in [
        "{'descr': '<i2', 'fortran_order': False, 'shape': (9,), }",
        "{'descr': '<i2', 'fortran_order': False, 'shape': (0x9,), }",
    ] {
        let path = written(text, 0, &[7; 18]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        }
        let before = fs::read(&path).unwrap();
        let mut appender = NpyAppender::open(&path).unwrap();
        assert_eq!(
            message(&path, appender.append(&[1i16])),
            "the header has no room for more digits in shape (9,); AppendOptions::rewrite(true) moves the data to make \
             room"
        );
        drop(appender);
        assert_eq!(fs::read(&path).unwrap(), before);

        let mut appender = AppendOptions::new().rewrite(true).open(&path).unwrap();
        appender.append(&[1i16]).unwrap();
        // The new file is the one that is locked.
        assert!(NpyAppender::open(&path).is_err());
        appender.append(&vec![2i16; 1000]).unwrap();
        appender.finish().unwrap();
        let mut expected = vec![0x0707i16; 9];
        expected.push(1);
        expected.extend([2; 1000]);
        assert_eq!(load::<i16, Ix1>(&path).unwrap().to_vec(), expected);
        let saved = temporary_file();
        save_as(&saved, &expected, &dtype("<i2")).unwrap();
        assert_eq!(fs::read(&path).unwrap(), fs::read(&saved).unwrap());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
        }
    }
}

#[test]
fn a_torn_tail_is_cut_by_the_first_append() {
    let path = temporary_file();
    save(&path, &array![[1u32, 2], [3, 4]]).unwrap();
    let whole = fs::read(&path).unwrap();
    fs::OpenOptions::new().append(true).open(&path).unwrap().write_all(&[9; 21]).unwrap();
    let torn = fs::read(&path).unwrap();
    // To open the file, and to fail, changes nothing.
    let mut appender = NpyAppender::open(&path).unwrap();
    assert!(appender.append(&array![[1u64, 2]]).is_err());
    assert!(appender.append(&array![[1u32, 2, 3]]).is_err());
    appender.append(&Array2::<u32>::zeros((0, 2))).unwrap();
    assert_eq!(fs::read(&path).unwrap(), torn);
    appender.append(&array![[5u32, 6]]).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().len() as usize, whole.len() + 8);
    assert_eq!(load::<u32, Ix2>(&path).unwrap(), array![[1, 2], [3, 4], [5, 6]]);
}

#[test]
fn a_second_array_is_not_written_over() {
    let path = temporary_file();
    save(&path, &[1u8, 2]).unwrap();
    let one = fs::read(&path).unwrap();
    fs::write(&path, [one.as_slice(), &one].concat()).unwrap();
    assert_eq!(
        message(&path, NpyAppender::open(&path)),
        "another array starts behind the first, at byte 130, which an append would write over; cut the file there, or \
         write both arrays anew"
    );
    assert_eq!(fs::read(&path).unwrap(), [one.as_slice(), &one].concat());
}

#[test]
fn a_file_that_ends_too_early_is_mended_where_that_is_asked_for() {
    let path = temporary_file();
    save(&path, &Array2::<u32>::ones((10, 2))).unwrap();
    let len = fs::metadata(&path).unwrap().len();
    // Two rows and a half are missing.
    fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(len - 20).unwrap();
    assert_eq!(
        message(&path, NpyAppender::open(&path)),
        format!("data is truncated: shape (10, 2) of '{NATIVE}u4' needs 80 bytes, found 60")
    );
    let mut appender = AppendOptions::new().repair(true).open(&path).unwrap();
    assert_eq!(appender.header().shape, [7, 2]);
    assert_eq!(NpyFile::open(&path).unwrap().header().shape, [7, 2]);
    appender.append(&array![[5u32, 6]]).unwrap();
    drop(appender);
    let saved = temporary_file();
    let mut expected = Array2::<u32>::ones((8, 2));
    expected.row_mut(7).assign(&array![5, 6]);
    save(&saved, &expected).unwrap();
    assert_eq!(fs::read(&path).unwrap(), fs::read(&saved).unwrap());
}

#[test]
fn what_cannot_grow_is_refused_with_the_reason() {
    let path = temporary_file();
    save(&path, &ndarray::arr0(1.5f64)).unwrap();
    assert_eq!(
        message(&path, NpyAppender::open(&path)),
        "shape () has no axis that could grow; save it with shape (1,)"
    );
    let path = written("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", 5, b"\x80\x04.");
    assert!(message(&path, NpyAppender::open(&path)).starts_with("dtype '|O' holds pickled Python objects"));
    let path = written("{'descr': '2f4', 'fortran_order': False, 'shape': (1,), }", 5, &[0; 8]);
    assert_eq!(
        message(&path, NpyAppender::open(&path)),
        format!(
            "dtype ('{NATIVE}f4', (2,)) is a subarray, of which NumPy loads no array; nothing can be appended to it"
        )
    );
    let path = temporary_file();
    fs::write(&path, "PK\x03\x04").unwrap();
    assert!(message(&path, NpyAppender::open(&path)).starts_with("not an npy file"));
    assert!(NpyAppender::open("no-such-file.npy").is_err());
    assert!(NpyAppender::open(std::env::temp_dir()).is_err());
    #[cfg(unix)]
    assert_eq!(
        NpyAppender::open("/dev/null").unwrap_err().to_string(),
        "/dev/null: it is not a regular file: nothing can be appended to it in place"
    );
    let path = temporary_file();
    let long = Header::new(dtype("<f4"), [0]).encode();
    let text = String::from_utf8(long[10..].to_vec()).unwrap();
    let path_of_long = written(&text, 11_000, &[]);
    assert!(message(&path_of_long, NpyAppender::open(&path_of_long)).contains("raise Limits::header_chars"));
    let limits = Limits::default().header_chars(20_000);
    AppendOptions::new().limits(limits).open(&path_of_long).unwrap().append(&[1.5f32]).unwrap();
    save(&path, &[[1u16, 2, 3]]).unwrap();
    let mut appender = NpyAppender::open(&path).unwrap();
    assert_eq!(
        message(&path, appender.write(&[1u16, 2, 3, 4])),
        "the last item of shape (3,) is not whole: it has 3 elements, found 1"
    );
}

#[test]
fn a_header_beyond_the_usual_limits_grows_where_they_are_raised() {
    let path = temporary_file();
    let fields =
        (0..100_001).map(|number| npymap::Field::new(format!("{number}"), number, DType::of::<u8>()));
    let record = npymap::Structured::new(fields.collect(), 100_001).unwrap();
    let header = Header::new(record.into(), [0]);
    npymap::NpyWriter::create_with(&path, header.clone()).unwrap().finish().unwrap();
    assert_eq!(fs::read(&path).unwrap(), header.encode());
    assert!(NpyAppender::open(&path).is_err());
    let mut appender = AppendOptions::new().limits(Limits::highest()).open(&path).unwrap();
    assert_eq!(message(&path, appender.append(&[1u8])).split_once(" cannot").unwrap().0, "u8");
}

#[test]
fn one_appender_at_a_time() {
    let path = temporary_file();
    save(&path, &[1u8]).unwrap();
    let appender = NpyAppender::open(&path).unwrap();
    assert_eq!(message(&path, NpyAppender::open(&path)), "another appender or writer has it open");
    drop(appender);
    NpyAppender::open(&path).unwrap();
    let writer = npymap::NpyWriter::create::<u8>(&path, &[]).unwrap();
    assert_eq!(message(&path, NpyAppender::open(&path)), "another appender or writer has it open");
    writer.finish().unwrap();
    NpyAppender::open(&path).unwrap();
}

#[cfg(unix)]
#[test]
fn a_link_leads_to_the_file() {
    let (path, link) = (temporary_file(), temporary_file());
    save(&path, &[1u8]).unwrap();
    std::os::unix::fs::symlink(&path, &link).unwrap();
    NpyAppender::open(&link).unwrap().append(&[2u8]).unwrap();
    assert_eq!(load::<u8, Ix1>(&path).unwrap(), array![1, 2]);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
}

#[test]
fn items_that_wait_for_a_sync_are_seen_after_it() {
    let path = temporary_file();
    save(&path, &[1u8]).unwrap();
    let mut appender = AppendOptions::new().header_at_sync(true).open(&path).unwrap();
    let count = || NpyFile::open(&path).unwrap().header().shape[0];
    appender.append(&[2u8]).unwrap();
    appender.append(&[3u8]).unwrap();
    assert_eq!((appender.header().shape[0], count()), (3, 1));
    appender.sync().unwrap();
    assert_eq!(count(), 3);
    appender.append(&[4u8]).unwrap();
    drop(appender);
    assert_eq!(count(), 3);
    let mut appender = AppendOptions::new().header_at_sync(true).open(&path).unwrap();
    appender.append(&[5u8, 6]).unwrap();
    appender.finish().unwrap();
    assert_eq!(load::<u8, Ix1>(&path).unwrap(), array![1, 2, 3, 5, 6]);
}

/// What the model test does to a file.
#[derive(Debug, Clone)]
enum Step {
    Append(usize),
    /// Elements of items, one of which may not be whole.
    Write(usize),
    /// An array that does not fit.
    Mismatch,
    Sync,
    Reopen {
        header_at_sync: bool,
    },
    /// The process ends, and so many bytes are left behind the array.
    Crash(usize),
    /// The file loses so many bytes.
    Cut(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0usize..5).prop_map(Step::Append),
        1 => Just(Step::Append(90)),
        2 => (0usize..7).prop_map(Step::Write),
        1 => Just(Step::Mismatch),
        2 => Just(Step::Sync),
        2 => any::<bool>().prop_map(|header_at_sync| Step::Reopen { header_at_sync }),
        1 => (0usize..50).prop_map(Step::Crash),
        1 => (0usize..50).prop_map(Step::Cut),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// The file always holds what a vector of the same elements does.
    #[test]
    fn a_file_is_what_a_vector_would_be(
        item in prop::collection::vec(1usize..4, 0..3),
        is_f in any::<bool>(),
        big in any::<bool>(),
        blanks in 0usize..8,
        steps in prop::collection::vec(step(), 0..24),
    ) {
        let item_len: usize = item.iter().product();
        let shape = |count: usize| match is_f {
            true => [item.as_slice(), &[count]].concat(),
            false => [&[count], item.as_slice()].concat(),
        };
        let shape_text = |count: usize| shape(count).iter().map(|axis| format!("{axis}, ")).collect::<String>();
        let (order, fortran) = (if big { '>' } else { '<' }, if is_f { "True" } else { "False" });
        let text = format!("{{'descr': '{order}i4', 'fortran_order': {fortran}, 'shape': ({})}}", shape_text(0));
        let path = written(&text, blanks, &[]);
        let options = |header_at_sync| AppendOptions::new().rewrite(true).repair(true).header_at_sync(header_at_sync);
        let array = |elements: &[i32]| {
            let shape = shape(elements.len() / item_len);
            let shape = if is_f { IxDyn(&shape).f() } else { IxDyn(&shape).into_shape_with_order() };
            ArrayD::from_shape_vec(shape, elements.to_vec()).unwrap()
        };

        let mut at_sync = false;
        let mut appender = Some(options(at_sync).open(&path).unwrap());
        // What the appender holds, and how much of it the file counts.
        let (mut model, mut counted) = (Vec::<i32>::new(), 0);
        for step in steps {
            let open = appender.as_mut().unwrap();
            match step {
                Step::Append(count) => {
                    let more: Vec<i32> = (0..(count * item_len) as i32).map(|n| n * 7 + model.len() as i32).collect();
                    let array = array(&more);
                    match count {
                        1 => open.push(&array.index_axis(Axis(if is_f { item.len() } else { 0 }), 0)).unwrap(),
                        2 => open.append(&array.as_standard_layout()).unwrap(),
                        _ => open.append(&array).unwrap(),
                    }
                    model.extend(more);
                }
                Step::Write(len) => {
                    let more: Vec<i32> = (0..len as i32).collect();
                    let is_whole = len % item_len == 0;
                    prop_assert_eq!(open.write(&more).is_ok(), is_whole);
                    if is_whole {
                        model.extend(more);
                    }
                }
                Step::Mismatch => {
                    let wrong_shape = shape(2).iter().map(|axis| axis + 1).chain([1]).collect::<Vec<_>>();
                    prop_assert!(open.append(&ArrayD::<i32>::zeros(wrong_shape)).is_err());
                    prop_assert!(open.append(&ArrayD::<f32>::zeros(shape(2))).is_err());
                }
                Step::Sync => {
                    open.sync().unwrap();
                    counted = model.len();
                }
                Step::Reopen { header_at_sync } => {
                    appender.take().unwrap().finish().unwrap();
                    counted = model.len();
                    at_sync = header_at_sync;
                    appender = Some(options(at_sync).open(&path).unwrap());
                }
                Step::Crash(tail) => {
                    drop(appender.take());
                    model.truncate(counted);
                    let mut file = fs::OpenOptions::new().append(true).open(&path).unwrap();
                    file.write_all(&vec![0x93; tail]).unwrap();
                    appender = Some(options(at_sync).open(&path).unwrap());
                }
                Step::Cut(len) => {
                    drop(appender.take());
                    model.truncate(counted);
                    let data_offset = NpyFile::open(&path).unwrap().data_offset();
                    let kept = (model.len() * 4).saturating_sub(len);
                    let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
                    file.set_len(data_offset + kept as u64).unwrap();
                    model.truncate(kept / 4 / item_len * item_len);
                    counted = model.len();
                    appender = Some(options(at_sync).open(&path).unwrap());
                }
            }
            if !at_sync {
                counted = model.len();
            }
            let open = appender.as_ref().unwrap();
            prop_assert_eq!(&open.header().shape, &shape(model.len() / item_len));
            let found = NpyFile::open(&path).unwrap();
            // A header that was written anew counts more than the last sync.
            prop_assert!(found.header().shape == shape(counted / item_len) || at_sync);
            let found: Vec<i32> = found.read_vec().unwrap();
            prop_assert!(found.len() >= counted && model.starts_with(&found));
            counted = found.len();
        }
        drop(appender);
        let found: ArrayD<i32> = load(&path).unwrap();
        prop_assert_eq!(found, array(&model[..counted]));
    }
}

#[test]
fn an_append_takes_two_writes() {
    // The bytes that change are those of the row, and of the count.
    let path = temporary_file();
    save(&path, &Array2::<u8>::zeros((41, 16))).unwrap();
    let before = fs::read(&path).unwrap();
    let mut appender = NpyAppender::open(&path).unwrap();
    let row = Array1::from_elem(16, 3u8);
    let memory = allocation_counter::measure(|| {
        for _ in 0..3 {
            appender.write(row.as_slice().unwrap()).unwrap();
        }
    });
    assert_eq!(memory.count_total, 0, "{memory:?}");
    let after = fs::read(&path).unwrap();
    let changed: Vec<usize> = (0..before.len()).filter(|&at| before[at] != after[at]).collect();
    assert_eq!(changed.len(), 1);
    assert_eq!(Header::parse(&after).unwrap().0, Header::new(dtype("|u1"), [44, 16]).with_order(Order::C));
}
