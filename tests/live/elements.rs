//! Elements of every kind, made here and saved, against NumPy's own arrays of the same values.

use std::path::{Path, PathBuf};

use ndarray::{Array2, ShapeBuilder, array};
use npymap::half::f16;
use npymap::num_complex::Complex;
use npymap::{
    Be, Bytes, DType, DateTime64, Field, Le, LongComplex, LongDouble, Record, Save, Structured, TimeDelta64,
    Unicode,
};

use crate::python::script;

#[derive(Record, Clone, Copy)]
#[repr(C)]
struct Aligned {
    a: u8,
    b: f64,
    c: i16,
}

#[derive(Record, Clone, Copy)]
#[repr(C, packed)]
struct Packed {
    a: u8,
    b: f64,
    c: i16,
}

#[derive(Record, Clone, Copy)]
struct Plain {
    c: i16,
    b: f64,
    a: u8,
}

#[derive(Record, Clone, Copy)]
#[repr(C)]
struct Inner {
    x: i8,
    y: f64,
}

#[derive(Record, Clone, Copy)]
#[repr(C)]
struct Nested {
    id: u8,
    at: [Inner; 2],
    flag: bool,
}

#[derive(Record, Clone, Copy)]
struct Mixed {
    text: Bytes<3>,
    #[npy(title = "The name")]
    name: Unicode<4>,
    when: DateTime64,
    raw: [u8; 3],
    be: Be<f32>,
    m: [[i16; 3]; 2],
    #[npy(rename = "h")]
    half: f16,
    c: Complex<f32>,
}

/// A folder that the script looks through.
struct Folder(PathBuf);

impl Folder {
    fn path(&self, name: &str, extension: &str) -> PathBuf {
        self.0.join(format!("{name}.{extension}"))
    }

    fn save(&self, name: &str, array: &impl Save) {
        npymap::save(self.path(name, "npy"), array).unwrap();
    }

    fn save_as(&self, name: &str, array: &impl Save, dtype: &DType) {
        npymap::save_as(self.path(name, "npy"), array, dtype).unwrap();
    }

    /// The least and the greatest number of each type.
    fn save_ends(&self) {
        macro_rules! ends {
            ($($name:literal: $type:ty, $zero:expr, $one:expr;)+) => {
                $(self.save($name, &[<$type>::MIN, $zero, $one, <$type>::MAX]);)+
            };
        }
        ends! {
            "i1": i8, 0, 1; "i2": i16, 0, 1; "i4": i32, 0, 1; "i8": i64, 0, 1;
            "u1": u8, 0, 1; "u2": u16, 0, 1; "u4": u32, 0, 1; "u8": u64, 0, 1;
            "f2": f16, f16::ZERO, f16::ONE; "f4": f32, 0.0, 1.0; "f8": f64, 0.0, 1.0;
        }
    }

    fn save_times(&self) {
        let counts = [0, 1, -1, i64::MIN, 1_000_000_000];
        for unit in ["Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns", "ps", "fs", "as", "25s", "7D"] {
            let dtype = |kind: &str| format!("{kind}[{unit}]").parse::<DType>().unwrap();
            let unit_of = |dtype: &DType| dtype.time_unit().unwrap();
            let (name, dates) = (format!("M8-{unit}"), counts.map(DateTime64::new));
            self.save_as(&name, &dates, &dtype("M8"));
            let texts = dates.map(|date| date.display(unit_of(&dtype("M8"))).to_string());
            std::fs::write(self.path(&name, "txt"), texts.join("\n")).unwrap();
            let (name, deltas) = (format!("m8-{unit}"), counts.map(TimeDelta64::new));
            self.save_as(&name, &deltas, &dtype("m8"));
            let texts = deltas.map(|delta| delta.display(unit_of(&dtype("m8"))).to_string());
            std::fs::write(self.path(&name, "txt"), texts.join("\n")).unwrap();
        }
    }
}

fn mixed(n: i16) -> Mixed {
    let text: String = "grö😀".chars().take(n as usize).collect();
    Mixed {
        text: Bytes::new(&b"ab\0c"[..n as usize]).unwrap(),
        name: Unicode::new(text).unwrap(),
        when: if n == 0 { DateTime64::NAT } else { DateTime64::new(n.into()) },
        raw: [n as u8; 3],
        be: Be::new(f32::from(n) / 2.0),
        m: [[n, n + 1, n + 2], [n + 3, n + 4, n + 5]],
        half: f16::from_f32(f32::from(n) / 8.0),
        c: Complex::new(n.into(), (-n).into()),
    }
}

#[test]
#[ignore = "needs Python with NumPy"]
fn elements_are_saved_as_numpy_does() {
    let folder = Folder(Path::new(env!("CARGO_TARGET_TMPDIR")).join("live-elements"));
    // What an older version of the test has left there.
    let _ = std::fs::remove_dir_all(&folder.0);
    std::fs::create_dir_all(&folder.0).unwrap();

    let numbers = || (0..5i16).map(|n| (n as u8, f64::from(n) / 4.0, -n));
    let aligned: Vec<_> = numbers().map(|(a, b, c)| Aligned { a, b, c }).collect();
    let plain: Vec<_> = numbers().map(|(a, b, c)| Plain { c, b, a }).collect();
    folder.save("aligned", &aligned);
    folder.save("packed", &numbers().map(|(a, b, c)| Packed { a, b, c }).collect::<Vec<_>>());
    folder.save("plain", &plain);
    let field = |(name, offset, text): (&str, usize, &str)| Field::new(name, offset, text.parse().unwrap());
    let fields = [("c", 0, ">i2"), ("b", 2, "<f8"), ("a", 10, "u1")].map(field);
    folder.save_as("plain-as-foreign", &plain, &Structured::new(fields.to_vec(), 11).unwrap().into());
    let nested = |n: i8| Nested {
        id: n as u8,
        at: [Inner { x: n, y: f64::from(n) / 2.0 }, Inner { x: -n, y: n.into() }],
        flag: n % 2 == 1,
    };
    folder.save("nested", &(0..3).map(nested).collect::<Vec<_>>());
    folder.save("mixed", &(0..4).map(mixed).collect::<Vec<_>>());
    let square = |(row, column): (usize, usize)| aligned[row * 2 + column];
    folder.save("aligned-2d", &Array2::from_shape_fn((2, 2).f(), square));
    folder.save("text", &array![["", "ab"], ["größe", "😀"]].map(|text| Unicode::<5>::new(text).unwrap()));
    folder.save("bytes", &["", "abc", "a\0b"].map(|text| Bytes::<4>::new(text).unwrap()));
    folder.save("rows", &[[0f32, 1.0], [2.0, 3.0], [4.0, 5.0]]);
    folder.save("raw", &[[1u8, 2, 0], [0, 0, 3]]);
    folder.save("be", &[1, -2, 3].map(Be::<i32>::new));
    folder.save("le", &[1.5, -2.5].map(Le::<f64>::new));
    folder.save("strings", &vec!["".to_string(), "größe".to_string(), "a\0b".to_string()]);
    let columns = Array2::from_shape_vec((2, 3).f(), vec!["a", "bc", "😀", "", "def", "g"]).unwrap();
    folder.save("strs-2d", &columns);
    folder.save("byte-strings", &[b"ab".to_vec(), Vec::new(), b"\xff\0c".to_vec()]);
    folder.save("no-strings", &Vec::<String>::new());
    folder.save("empty-bytes", &[b"".as_slice()]);
    folder.save_as("strings-be", &["größe", ""], &">U7".parse().unwrap());
    folder.save("long-doubles", &[0.5, -2.5, f64::INFINITY].map(LongDouble::from));
    let complex =
        [(0.5, -2.5), (f64::NEG_INFINITY, 0.0)].map(|(re, im)| LongComplex::new(re.into(), im.into()));
    folder.save("long-complexes", &complex);
    folder.save("bools", &[true, false]);
    folder.save("c8", &[Complex::new(1f32, -2.0), Complex::new(0.0, 0.5)]);
    folder.save("c16", &[Complex::new(1f64, -2.0), Complex::new(0.0, 0.5)]);
    folder.save("pairs", &[[[0u16, 1], [2, 3], [4, 5]], [[6, 7], [8, 9], [10, 11]]]);
    folder.save_ends();
    folder.save_times();

    let output = script("elements.py").arg(&folder.0).output().expect("Python starts");
    let answer = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "elements.py failed: {}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(answer.trim(), "66 arrays agree");
}
