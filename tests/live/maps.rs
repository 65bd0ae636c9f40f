//! `np.memmap` and our maps of the same file, at the same time.
#![allow(
    unsafe_code,
    clippy::undocumented_unsafe_blocks,
    reason = "mapping is an unsafe call; both processes take turns"
)]

use std::path::{Path, PathBuf};

use ndarray::{Ix1, Ix2, array};
use npymap::{Be, DType, Field, Header, Le, NpyMap, NpyMapMut, Order, RawOptions, Structured};

use crate::partner::Partner;

/// A Python that has files mapped, and answers each request with the array that it sees.
struct Other(Partner);

impl Other {
    fn start() -> Self {
        Self(Partner::start("maps.py"))
    }

    fn ask(&mut self, verb: &str, path: &Path, words: &str) -> String {
        self.0.ask(&format!("{verb}\t{}{words}", path.display()))
    }

    fn end(self) {
        self.0.end();
    }
}

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("live-map-{name}"))
}

#[test]
#[ignore = "needs Python with NumPy"]
fn numpy_sees_a_field_that_is_changed() {
    let mut numpy = Other::start();
    let (file, copy) = (path("records.npy"), path("records-numpys.npy"));
    // SAFETY: this process and NumPy take turns, here and below.
    let mut map = unsafe {
        let at = Structured::new(
            vec![Field::new("x", 0, "i1".parse().unwrap()), Field::new("y", 8, "(2,)<f8".parse().unwrap())],
            24,
        );
        let at = Field::new("at", 8, at.unwrap().aligned().into());
        let fields = vec![Field::new("id", 0, ">u2".parse().unwrap()), at];
        let dtype = Structured::new(fields, 32).unwrap().aligned();
        NpyMapMut::create(&file, &Header::new(dtype.into(), [2])).unwrap()
    };
    map.field_mut::<Be<u16>, Ix1>("id").unwrap().fill(Be::new(258));
    map.field_mut::<Le<f64>, Ix2>("at.y").unwrap().assign(&array![[1.0, 2.0], [3.0, 4.5]].mapv(Le::new));
    assert_eq!(numpy.ask("open", &file, ""), "[(258, (0, [1.0, 2.0])), (258, (0, [3.0, 4.5]))]");
    map.field_mut::<i8, Ix1>("at.x").unwrap()[1] = -3;
    // Through the map that NumPy has had open all the while.
    assert_eq!(numpy.ask("look", &file, ""), "[(258, (0, [1.0, 2.0])), (258, (-3, [3.0, 4.5]))]");
    map.close().unwrap();

    assert_eq!(numpy.ask("records", &copy, ""), "[(1, 0.5), (2, 1.5)]");
    let mut map = unsafe { NpyMapMut::open(&copy).unwrap() };
    map.field_mut::<Le<f64>, Ix1>("x").unwrap()[0].set(-7.0);
    assert_eq!(numpy.ask("look", &copy, ""), "[(1, -7.0), (2, 1.5)]");
    drop(map);
    numpy.end();
    for file in [file, copy] {
        std::fs::remove_file(file).unwrap();
    }
}

#[test]
#[ignore = "needs Python with NumPy"]
fn numpy_and_a_map_share_a_file() {
    let mut numpy = Other::start();

    let file = path("shared.npy");
    // SAFETY: this process and NumPy take turns, here and below.
    let mut map = unsafe { NpyMapMut::create(&file, &Header::new(DType::of::<f32>(), [2, 3])).unwrap() };
    map.view_mut::<f32, Ix2>().unwrap().assign(&array![[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]);
    assert_eq!(numpy.ask("open", &file, ""), "[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]");
    map.view_mut::<f32, Ix2>().unwrap()[[1, 2]] = 5.5;
    assert_eq!(numpy.ask("write", &file, ""), "[[0.0, 10.0, 20.0], [30.0, 40.0, 55.0]]");
    assert_eq!(map.view::<f32, Ix2>().unwrap(), array![[0.0, 10.0, 20.0], [30.0, 40.0, 55.0]]);
    map.close().unwrap();

    let raw = path("shared.bin");
    let options = || RawOptions::new::<i16>().offset(5).shape([2, 3]).order(Order::F);
    let map = unsafe { options().create(&raw).unwrap() };
    assert_eq!(numpy.ask("raw", &raw, "\ti2\t5\tF"), "[[0, 0, 0], [0, 0, 0]]");
    drop(map);
    let map = unsafe { options().map(&raw).unwrap() };
    assert_eq!(map.to_array::<i16, Ix2>().unwrap(), array![[0, 0, 0], [0, 0, 0]]);

    let theirs = path("theirs.npy");
    assert_eq!(numpy.ask("create", &theirs, ""), "[[0, 1, 2], [3, 4, 5]]");
    let map = unsafe { NpyMap::open(&theirs).unwrap() };
    assert_eq!(map.header().order, Order::F);
    assert_eq!(map.to_array::<i32, Ix2>().unwrap(), array![[0, 1, 2], [3, 4, 5]]);
    numpy.ask("write", &theirs, "");
    assert_eq!(map.to_array::<i32, Ix2>().unwrap(), array![[0, 10, 20], [30, 40, 50]]);

    numpy.end();
    for file in [file, raw, theirs] {
        std::fs::remove_file(file).unwrap();
    }
}
