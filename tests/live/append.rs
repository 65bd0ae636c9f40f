//! Files that NumPy or npy-append-array made, and we append to, and the reverse; and NumPy as the judge of files whose
//! writers were killed.

use std::path::{Path, PathBuf};

use ndarray::{Array3, ArrayD, Axis, IxDyn, ShapeBuilder, array};
use npymap::{NpyAppender, NpyWriter, load};

#[cfg(unix)]
use crate::kills::{Writing, kill_many};
use crate::partner::Partner;

/// A Python that appends to files and reads them.
struct Other(Partner);

impl Other {
    fn start() -> Self {
        Self(Partner::start("append.py"))
    }

    fn ask(&mut self, verb: &str, path: &Path, words: &str) -> String {
        self.0.ask(&format!("{verb}\t{}\t{words}", path.display()))
    }
}

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("live-append-{name}.npy"))
}

/// What Python's `np.arange(...).reshape(shape, order=order)` is.
fn numbers(shape: &[usize], is_f: bool) -> ArrayD<i32> {
    let elements = (0..shape.iter().product::<usize>() as i32).collect();
    let shape = IxDyn(shape).set_f(is_f);
    ArrayD::from_shape_vec(shape, elements).unwrap()
}

#[test]
#[ignore = "needs Python with NumPy"]
fn numpys_files_are_appended_to() {
    let mut numpy = Other::start();
    for (name, dtype, is_f) in
        [("c", "<i4", false), ("f", "<i4", true), ("big-c", ">i4", false), ("big-f", ">i4", true)]
    {
        let path = path(name);
        let shape = |count: usize| if is_f { [2, 3, count] } else { [count, 2, 3] };
        let axis = Axis(if is_f { 2 } else { 0 });
        let text = |count: usize| shape(count).map(|axis| axis.to_string()).join(",");
        let order = if is_f { "F" } else { "C" };
        assert_eq!(numpy.ask("save", &path, &format!("{dtype}\t{}\t{order}", text(8))), "saved");
        let all = numbers(&shape(1003), is_f);
        let mut appender = NpyAppender::open(&path).unwrap();
        // One by one, many at once, and in the other order.
        for number in 8..12 {
            appender.push(&all.index_axis(axis, number)).unwrap();
        }
        appender.append(&all.slice_axis(axis, (12..998).into())).unwrap();
        let rest = all.slice_axis(axis, (998..1003).into());
        let mut turned =
            Array3::<i32>::zeros(if is_f { (2, 3, 5).set_f(false) } else { (5, 2, 3).f() }).into_dyn();
        turned.assign(&rest);
        appender.append(&turned).unwrap();
        appender.finish().unwrap();
        let elements: Vec<i32> = (0..1003 * 6).collect();
        let shape = shape(1003);
        let expected = format!(
            "{dtype} ({}, {}, {}) {} {elements:?}",
            shape[0],
            shape[1],
            shape[2],
            if is_f { "True" } else { "False" }
        );
        assert_eq!(numpy.ask("load", &path, ""), expected);
        std::fs::remove_file(path).unwrap();
    }
}

#[test]
#[ignore = "needs Python with NumPy and npy-append-array"]
fn npy_append_array_and_an_appender_share_files() {
    let mut python = Other::start();
    for is_f in [false, true] {
        let order = if is_f { "F" } else { "C" };
        let (first, second) = if is_f { ("2,5", "2,96") } else { ("5,2", "96,2") };
        let theirs = path(&format!("theirs-{order}"));
        let _ = std::fs::remove_file(&theirs);
        let pieces = if is_f { [[2, 5], [2, 96]] } else { [[5, 2], [96, 2]] };
        let axis = Axis(usize::from(is_f));
        let expected =
            ndarray::concatenate(axis, &[numbers(&pieces[0], is_f).view(), numbers(&pieces[1], is_f).view()])
                .unwrap();

        // Theirs, to which we append.
        assert_eq!(python.ask("append", &theirs, &format!("<i4\t{first}\t{order}")), "appended");
        assert_eq!(load::<i32, IxDyn>(&theirs).unwrap(), numbers(&pieces[0], is_f));
        let mut appender = NpyAppender::open(&theirs).unwrap();
        appender.append(&numbers(&pieces[1], is_f)).unwrap();
        appender.finish().unwrap();
        // They append to it again, and so do we.
        assert_eq!(python.ask("append", &theirs, &format!("<i4\t{first}\t{order}")), "appended");
        let expected =
            ndarray::concatenate(axis, &[expected.view(), numbers(&pieces[0], is_f).view()]).unwrap();
        assert_eq!(load::<i32, IxDyn>(&theirs).unwrap(), expected);
        NpyAppender::open(&theirs).unwrap().append(&numbers(&pieces[0], is_f)).unwrap();
        let shape = if is_f { "(2, 111)" } else { "(111, 2)" };
        assert!(python.ask("load", &theirs, "").starts_with(&format!("<i4 {shape} ")));
        std::fs::remove_file(theirs).unwrap();

        // Ours, to which they append.
        let ours = path(&format!("ours-{order}"));
        let header = npymap::Header::new(npymap::DType::of::<i32>(), if is_f { [2, 0] } else { [0, 2] });
        let header = if is_f { header.with_order(npymap::Order::F) } else { header };
        let mut writer = NpyWriter::create_with(&ours, header).unwrap();
        writer.push_all(&numbers(&pieces[0], is_f)).unwrap();
        writer.finish().unwrap();
        assert_eq!(python.ask("append", &ours, &format!("<i4\t{second}\t{order}")), "appended");
        let expected =
            ndarray::concatenate(axis, &[numbers(&pieces[0], is_f).view(), numbers(&pieces[1], is_f).view()])
                .unwrap();
        assert_eq!(load::<i32, IxDyn>(&ours).unwrap(), expected);
        std::fs::remove_file(ours).unwrap();
    }
}

/// NumPy reads what stands before the items that no header counts yet.
#[test]
#[ignore = "needs Python with NumPy"]
fn numpy_reads_a_file_that_grows() {
    let mut numpy = Other::start();
    let path = path("grows");
    let mut writer = NpyWriter::create::<u8>(&path, &[2]).unwrap();
    assert_eq!(numpy.ask("load", &path, ""), "|u1 (0, 2) False []");
    writer.push(&array![1u8, 2]).unwrap();
    writer.sync().unwrap();
    writer.write(&vec![9u8; 100_000]).unwrap();
    // Whole blocks are in the file, and not counted.
    assert!(std::fs::metadata(&path).unwrap().len() > 60_000);
    assert_eq!(numpy.ask("load", &path, ""), "|u1 (1, 2) False [1, 2]");
    drop(writer);
    assert_eq!(numpy.ask("load", &path, ""), "|u1 (1, 2) False [1, 2]");
    std::fs::remove_file(path).unwrap();
}

#[cfg(unix)]
#[test]
#[ignore = "needs Python with NumPy"]
fn numpy_reads_what_killed_writers_leave() {
    let mut numpy = Other::start();
    for writing in Writing::ALL {
        kill_many(writing, |path| {
            let answer = numpy.ask("rows", path, "");
            let (first, count) = answer.split_once(' ').unwrap_or_else(|| panic!("{answer}"));
            let (first, count) = (first.parse::<usize>().unwrap(), count.parse::<usize>().unwrap());
            (first..first + count)
                .flat_map(|row| (0..128).map(move |column| (row * 1000 + column) as u64))
                .collect()
        });
    }
}
