use super::*;

/// Counts up to 999 and from 0 again.
fn shorts(len: usize) -> Vec<u8> {
    (0..1000i16).cycle().take(len).flat_map(i16::to_le_bytes).collect()
}

/// The items that a caller would hand in: those at either end of each axis that is cut.
fn cut(shape: &[usize], options: &PrintOptions, bytes: &[u8]) -> Vec<u8> {
    let stored = stored_shape(shape, options);
    let mut parts = vec![bytes];
    for (&axis, &stored) in shape.iter().zip(&stored) {
        let first = stored / 2;
        parts = parts
            .iter()
            .filter(|part| !part.is_empty())
            .flat_map(|part| {
                let chunks = part.chunks(part.len() / axis).enumerate();
                chunks.filter(|(index, _)| *index < first || *index >= axis - (stored - first))
            })
            .map(|(_, chunk)| chunk)
            .collect();
    }
    parts.concat()
}

#[test]
fn shapes() {
    let dtype = scalar(Kind::Int, 2).into();
    let options = PrintOptions::default();
    let table: &[(&[usize], &str)] = &[
        (&[], "0"),
        (&[3], "[0 1 2]"),
        (&[0], "[]"),
        (&[2, 0, 3], "[]"),
        (&[2, 3], "[[0 1 2]\n [3 4 5]]"),
        (&[2, 2, 2], "[[[0 1]\n  [2 3]]\n\n [[4 5]\n  [6 7]]]"),
        (&[2, 1, 1, 2], "[[[[0 1]]]\n\n\n [[[2 3]]]]"),
        (
            &[30],
            "[ 0  1  2  3  4  5  6  7  8  9 10 11 12 13 14 15 16 17 18 19 20 21 22 23\n 24 25 26 27 28 29]",
        ),
        (
            &[2, 30],
            "[[ 0  1  2  3  4  5  6  7  8  9 10 11 12 13 14 15 16 17 18 19 20 21 22 23\n  24 25 26 27 28 29]\
             \n [30 31 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53\n  54 55 56 57 58 59]]",
        ),
        (&[1001], "[  0   1   2 ... 998 999   0]"),
        (
            &[4, 400],
            "[[  0   1   2 ... 397 398 399]\n [400 401 402 ... 797 798 799]\
             \n [800 801 802 ... 197 198 199]\n [200 201 202 ... 597 598 599]]",
        ),
        (
            &[2, 2, 300],
            "[[[  0   1   2 ... 297 298 299]\n  [300 301 302 ... 597 598 599]]\
             \n\n [[600 601 602 ... 897 898 899]\n  [900 901 902 ... 197 198 199]]]",
        ),
        (
            &[7, 1, 200],
            "[[[  0   1   2 ... 197 198 199]]\n\n [[200 201 202 ... 397 398 399]]\
             \n\n [[400 401 402 ... 597 598 599]]\n\n ...\n\n [[800 801 802 ... 997 998 999]]\
             \n\n [[  0   1   2 ... 197 198 199]]\n\n [[200 201 202 ... 397 398 399]]]",
        ),
    ];
    for (shape, text) in table {
        let bytes = cut(shape, &options, &shorts(shape.iter().product()));
        assert_eq!(show(&dtype, shape, &bytes), *text);
        // Inner axes may stand in the dtype.
        for outer in 0..shape.len() {
            let (outer, inner) = shape.split_at(outer);
            let whole = shorts(shape.iter().product());
            let subarray = Subarray::new(dtype.clone(), inner).unwrap().into();
            assert_eq!(show(&subarray, outer, &cut(outer, &options, &whole)), *text);
        }
    }
}

#[test]
fn options_change_the_text() {
    let values: Vec<u8> = (0..12).flat_map(|n| (f64::from(n) / 7.0).to_le_bytes()).collect();
    let default = PrintOptions::default();
    for (options, text) in [
        (default.precision(3), "[0.    0.143 0.286 0.429 0.571 0.714 0.857 1.    1.143 1.286 1.429 1.571]"),
        (default.precision(0), "[0. 0. 0. 0. 1. 1. 1. 1. 1. 1. 1. 2.]"),
        (
            default.precision(20),
            "[0.                  0.14285714285714285 0.2857142857142857\
             \n 0.42857142857142855 0.5714285714285714  0.7142857142857143\
             \n 0.8571428571428571  1.                  1.1428571428571428\
             \n 1.2857142857142858  1.4285714285714286  1.5714285714285714 ]",
        ),
        (
            default.linewidth(20),
            "[0.\n 0.14285714\n 0.28571429\n 0.42857143\n 0.57142857\n 0.71428571\
             \n 0.85714286\n 1.\n 1.14285714\n 1.28571429\n 1.42857143\n 1.57142857]",
        ),
        (default.threshold(5).edgeitems(1), "[0.         ... 1.57142857]"),
        (default.threshold(5).edgeitems(0), "[... 1.57142857]"),
    ] {
        let bytes = cut(&[12], &options, &values);
        let dtype = scalar(Kind::Float, 8).into();
        assert_eq!(text_of(&dtype, &[12], &bytes, &options).as_deref(), Some(text));
    }
}

#[test]
fn records() {
    let int = || scalar(Kind::Int, 4).into();
    let dtype =
        record([(0, int()), (4, scalar(Kind::Float, 8).into()), (12, scalar(Kind::Bytes, 3).into())], 15);
    let item = |a: i32, b: f64, c: &[u8; 3]| [&a.to_le_bytes()[..], &b.to_le_bytes(), c].concat();
    let items = [item(1, 2.5, b"x\0\0"), item(-10, 1e-3, b"\0\0\0")];
    assert_eq!(show(&dtype, &[2], &items.concat()), "[(  1, 2.5e+00, b'x') (-10, 1.0e-03, b'')]");
    assert_eq!(show(&dtype, &[], &items[0]), "(1, 2.5, b'x')");
    assert_eq!(show(&dtype, &[], &items[1]), "(-10, 0.001, b'')");

    assert_eq!(show(&record([], 0), &[2], b""), "[() ()]");
    assert_eq!(show(&record([], 0), &[], b""), "()");
    assert_eq!(show(&record([(2, int())], 6), &[2], &[0; 12]), "[(0,) (0,)]");
}

#[test]
fn records_of_records_and_subarrays() {
    let bool = || scalar(Kind::Bool, 1).into();
    let float = || scalar(Kind::Float, 4).into();
    let day = scalar(Kind::DateTime64(TimeUnit::new(Unit::Day, 1)), 8).into();
    let subarray = |base, shape: &[usize]| Subarray::new(base, shape).unwrap().into();
    let nested = record([(0, float()), (4, day)], 12);
    let dtype = record(
        [(0, bool()), (1, nested), (13, subarray(float(), &[2, 2])), (29, subarray(bool(), &[2]))],
        31,
    );
    let item = |a: u8, x: f32, t: i64, s: [f32; 4], o: [u8; 2]| {
        let s = s.map(f32::to_le_bytes).concat();
        [&[a][..], &x.to_le_bytes(), &t.to_le_bytes(), &s, &o].concat()
    };
    let first = item(1, 0.5, 10_957, [1.0, 2.0, 3.0, 4.0], [1, 0]);
    let second = item(0, -3.0, i64::MIN, [0.5, 0.0, 0.0, 1.0], [0, 1]);
    assert_eq!(
        show(&dtype, &[2], &[&first[..], &second].concat()),
        "[( True, ( 0.5, '2000-01-01'), [[1. , 2. ], [3. , 4. ]], [ True, False])\
         \n (False, (-3. ,        'NaT'), [[0.5, 0. ], [0. , 1. ]], [False,  True])]"
    );
    assert_eq!(
        show(&dtype, &[], &first),
        "(True, (0.5, '2000-01-01'), [[1.0, 2.0], [3.0, 4.0]], [ True, False])"
    );

    let byte = || scalar(Kind::Int, 1).into();
    let long = record([(0, subarray(byte(), &[1200]))], 1200);
    assert_eq!(show(&long, &[1], &[0; 1200]), "[([0, 0, 0, ..., 0, 0, 0],)]");
    let empty = record([(0, subarray(byte(), &[0])), (0, subarray(byte(), &[2, 0]))], 0);
    assert_eq!(show(&empty, &[1], b""), "[([], [[], []])]");
}

#[test]
fn subarrays_of_subarrays() {
    let subarray = |base, shape: &[usize]| DType::from(Subarray::new(base, shape).unwrap());
    let byte = || scalar(Kind::Int, 1).into();
    let field = |dtype: DType| {
        let itemsize = dtype.itemsize();
        record([(0, dtype)], itemsize)
    };
    let pairs = subarray(subarray(byte(), &[2]), &[3]);
    let bytes: Vec<u8> = (0..12).collect();
    assert_eq!(show(&field(pairs.clone()), &[1], &bytes), "[([[0, 1], [2, 3], [4, 5]],)]");
    assert_eq!(show(&pairs, &[1], &bytes), "[[[0 1]\n  [2 3]\n  [4 5]]]");
    assert_eq!(
        show(&field(subarray(pairs.clone(), &[2])), &[1], &bytes),
        "[([[[ 0,  1], [ 2,  3], [ 4,  5]], [[ 6,  7], [ 8,  9], [10, 11]]],)]"
    );
    assert_eq!(show(&field(subarray(pairs, &[0])), &[2], b""), "[([],) ([],)]");
    let point = record([(0, byte()), (1, subarray(byte(), &[2]))], 3);
    assert_eq!(
        show(&field(subarray(subarray(point, &[2]), &[2])), &[1], &bytes),
        "[([[(0, [ 1,  2]), (3, [ 4,  5])], [(6, [ 7,  8]), (9, [10, 11])]],)]"
    );
    let long = subarray(subarray(byte(), &[40]), &[30]);
    let [row, rows] = ["[0, 0, 0, ..., 0, 0, 0]", "ROW, ROW, ROW"];
    let expected = format!("[([{rows}, ..., {rows}],)]").replace("ROW", row);
    assert_eq!(show(&field(long), &[1], &[0; 1200]), expected);
}

#[test]
fn numbers_with_fields_over_them_are_numbers() {
    let show_descr = |descr: &str, shape: &[usize], bytes: &[u8]| {
        let text = format!("{{'descr': {descr}, 'fortran_order': False, 'shape': (1,)}}\n");
        let len = u16::try_from(text.len()).unwrap().to_le_bytes();
        let file = [b"\x93NUMPY\x01\x00", len.as_slice(), text.as_bytes()].concat();
        show(&crate::Header::parse(&file).unwrap().0.dtype, shape, bytes)
    };
    let number = "('<i4', [('lo', '<i2'), ('hi', '<i2')])";
    let bytes: Vec<u8> = (0..12).collect();
    assert_eq!(show_descr(number, &[3], &bytes), "[ 50462976 117835012 185207048]");
    assert_eq!(show_descr(number, &[], &bytes), "50462976");
    let fields = format!("[('f', {number}), ('g', {number}, (2,))]");
    assert_eq!(show_descr(&fields, &[1], &bytes), "[(50462976, [117835012, 185207048])]");
    assert_eq!(show_descr(&fields, &[], &bytes), "(50462976, [117835012, 185207048])");
}

#[test]
fn too_few_bytes_write_nothing() {
    let dtype = scalar(Kind::Int, 2).into();
    let options = PrintOptions::default();
    assert_eq!(text_of(&dtype, &[3], &[0; 5], &options), None);
    assert_eq!(text_of(&dtype, &[], &[0], &options), None);
    assert_eq!(text_of(&dtype, &[usize::MAX, 2, usize::MAX], &[0; 64], &options), None);
    assert_eq!(text_of(&dtype, &[usize::MAX, 0], &[], &options).as_deref(), Some("[]"));
}
