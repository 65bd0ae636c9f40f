//! Dtypes that headers hold: padding, titles, subarrays, names in any script.

use npymap::{DType, Field, Header, NpyFile, NpyMap, NpzReader, PrintOptions, Structured, Title};

use crate::arrays::{packed, placed, scalar, subarray};
use crate::files::{archive, npy, written};

/// The text that a header must have.
#[track_caller]
fn assert_text(header: &Header, descr: &str, shape: &str) {
    let bytes = header.encode();
    let text = String::from_utf8_lossy(&bytes[if bytes[6] == 1 { 10 } else { 12 }..]).into_owned();
    let expected = format!("{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}");
    assert_eq!(text.trim_end(), expected);
}

/// Three elements, each number of which is 5, 6 or 7.
fn five_to_seven(dtype: &DType) -> Vec<u8> {
    fn fill(dtype: &DType, number: u8, bytes: &mut [u8]) {
        match dtype {
            DType::Structured(structured) => {
                for field in structured.fields() {
                    fill(field.dtype(), number, &mut bytes[field.offset()..]);
                }
            }
            _ => bytes[0] = number,
        }
    }
    let mut data = vec![0; 3 * dtype.itemsize()];
    for (number, element) in (5..).zip(data.chunks_mut(dtype.itemsize())) {
        fill(dtype, number, element);
    }
    data
}

#[test]
fn test_load_padded_dtype() {
    let i4 = || scalar("<i4");
    let gaps = || placed(&[("a", 1, i4()), ("b", 6, i4())], 10);
    let title =
        |name, title: &str, offset| Field::new(name, offset, i4()).with_title(Title::Text(title.to_string()));
    let titled = Structured::new(vec![title("a", "aa", 1), title("b", "bb", 6)], 10).unwrap().into();
    let dtypes: [(DType, &str, &str); 6] = [
        (
            placed(&[("f0", 0, scalar("i1")), ("f1", 4, i4()), ("f2", 8, scalar("i1"))], 12),
            "[('f0', '|i1'), ('', '|V3'), ('f1', '<i4'), ('f2', '|i1'), ('', '|V3')]",
            "[(5, 5, 5) (6, 6, 6) (7, 7, 7)]",
        ),
        (gaps(), "[('', '|V1'), ('a', '<i4'), ('', '|V1'), ('b', '<i4')]", "[(5, 5) (6, 6) (7, 7)]"),
        (
            packed(&[("c", i4()), ("d", gaps())]),
            "[('c', '<i4'), ('d', [('', '|V1'), ('a', '<i4'), ('', '|V1'), ('b', '<i4')])]",
            "[(5, (5, 5)) (6, (6, 6)) (7, (7, 7))]",
        ),
        (
            packed(&[("a", i4()), ("", i4()), ("b", i4())]),
            "[('a', '<i4'), ('', '<i4'), ('b', '<i4')]",
            "[(5, 5, 5) (6, 6, 6) (7, 7, 7)]",
        ),
        (
            titled,
            "[('', '|V1'), (('aa', 'a'), '<i4'), ('', '|V1'), (('bb', 'b'), '<i4')]",
            "[(5, 5) (6, 6) (7, 7)]",
        ),
        (placed(&[], 8), "[('', '|V8')]", "[() () ()]"),
    ];
    for (dtype, descr, printed) in dtypes {
        let header = Header::new(dtype.clone(), [3]);
        assert_text(&header, descr, "(3,)");
        let path = archive(&[("arr.npy", &npy(&header, &five_to_seven(&dtype)))]);
        let npz = NpzReader::open(&path).unwrap();
        // Equal dtypes have equal offsets, titles and item sizes; padding is no field.
        assert_eq!(npz.header("arr").unwrap(), header);
        assert_eq!(npz.preview("arr", &PrintOptions::default()).unwrap().to_string(), printed);
    }
}

#[test]
fn test_descr_to_dtype() {
    let i1 = || scalar("i1");
    let gap = || placed(&[("a", 0, i1()), ("b", 4, i1())], 8);
    let threes = || subarray(gap(), &[3]);
    let innermost = packed(&[("a", scalar("<i8")), ("b", gap())]);
    let gap_descr = "[('a', '|i1'), ('', '|V3'), ('b', '|i1'), ('', '|V3')]";
    let dtypes = [
        (
            placed(&[("a", 0, i1()), ("b", 2, scalar("<i2")), ("c", 4, scalar("<i4"))], 8),
            8,
            "[('a', '|i1'), ('', '|V1'), ('b', '<i2'), ('c', '<i4')]".to_string(),
        ),
        (packed(&[("x", subarray(threes(), &[4]))]), 96, format!("[('x', ({gap_descr}, (3,)), (4,))]")),
        (
            packed(&[("x", subarray(subarray(scalar("<f8"), &[5]), &[2]))]),
            80,
            "[('x', ('<f8', (5,)), (2,))]".to_string(),
        ),
        // NumPy's fourth is its second in other words.
        (
            packed(&[("x", subarray(subarray(gap(), &[3]), &[4]))]),
            96,
            format!("[('x', ({gap_descr}, (3,)), (4,))]"),
        ),
        (
            packed(&[("a", subarray(subarray(subarray(innermost, &[3]), &[4]), &[5]))]),
            960,
            format!("[('a', (([('a', '<i8'), ('b', {gap_descr})], (3,)), (4,)), (5,))]"),
        ),
    ];
    for (dtype, itemsize, descr) in dtypes {
        assert_eq!(dtype.itemsize(), itemsize);
        let header = Header::new(dtype, [3]);
        assert_text(&header, &descr, "(3,)");
        // NumPy's are zeros, in which nothing could move.
        let data: Vec<u8> = (0..=250).cycle().take(3 * itemsize).collect();
        let path = written(&npy(&header, &data));
        let map = unsafe { NpyMap::open(&path).unwrap() };
        assert_eq!((map.header(), map.as_bytes()), (&header, data.as_slice()));
    }
}

#[test]
fn test_unicode_field_names() {
    let dtype = packed(&[("int", scalar("<i8")), ("\u{6574}\u{5f62}", scalar("<i8"))]);
    let header = Header::new(dtype, [4]);
    let data = [1i64, 3, 1, 2, 1, 3, 1, 2].map(i64::to_le_bytes).concat();
    let path = written(&npy(&header, &data));
    let file = NpyFile::open(&path).unwrap();
    assert_eq!(file.version(), (3, 0));
    assert_eq!(file.header(), &header);
    let preview = file.preview(&PrintOptions::default()).unwrap();
    assert_eq!(preview.to_string(), "[(1, 3) (1, 2) (1, 3) (1, 2)]");

    // As NumPy writes it.
    let file = NpyFile::open("testdata/numpy-2.4/record-cjk-name.npy").unwrap();
    assert_eq!(file.version(), (3, 0));
    let DType::Structured(structured) = &file.header().dtype else { panic!("no record") };
    let names: Vec<&str> = structured.fields().iter().map(Field::name).collect();
    assert_eq!(names, ["質量", "😀"]);
}

// No dtype has metadata here: what NumPy leaves of each of these is read.
#[test]
fn test_metadata_dtype() {
    let int = || scalar("<i8");
    let ones = |rest: &[u8]| [&1f64.to_le_bytes(), rest].concat().repeat(10);
    let dtypes: [(DType, &str, Vec<u8>, &str); 4] = [
        (
            packed(&[("a", scalar("<f8")), ("b", scalar("S3"))]),
            "[('a', '<f8'), ('b', '|S3')]",
            ones(b"1\0\0"),
            "[(1., b'1') (1., b'1') (1., b'1') (1., b'1') (1., b'1') (1., b'1')\n (1., b'1') (1., b'1') (1., b'1') \
             (1., b'1')]",
        ),
        (int(), "'<i8'", 1i64.to_le_bytes().repeat(10), "[1 1 1 1 1 1 1 1 1 1]"),
        (
            packed(&[("subarray", subarray(int(), &[2]))]),
            "[('subarray', '<i8', (2,))]",
            1i64.to_le_bytes().repeat(20),
            "[([1, 1],) ([1, 1],) ([1, 1],) ([1, 1],) ([1, 1],) ([1, 1],) ([1, 1],)\n ([1, 1],) ([1, 1],) ([1, 1],)]",
        ),
        (
            packed(&[("a", scalar("<f8")), ("b", packed(&[("c", int())]))]),
            "[('a', '<f8'), ('b', [('c', '<i8')])]",
            ones(&1i64.to_le_bytes()),
            "[(1., (1,)) (1., (1,)) (1., (1,)) (1., (1,)) (1., (1,)) (1., (1,))\n (1., (1,)) (1., (1,)) (1., (1,)) \
             (1., (1,))]",
        ),
    ];
    for (dtype, descr, data, printed) in dtypes {
        let header = Header::new(dtype, [10]);
        assert_text(&header, descr, "(10,)");
        let path = written(&npy(&header, &data));
        let file = NpyFile::open(&path).unwrap();
        assert_eq!(file.header(), &header);
        assert_eq!(file.preview(&PrintOptions::default()).unwrap().to_string(), printed);
    }
}
