//! The header's text.

use npymap::{ByteOrder, DType, Error, FormatProblem, Header, Limits, NpyReader, Order};

use crate::arrays::{BYTE_ORDERS, nested_dtype, packed, plain_dtype, scalar};
use crate::files::{format_problem, version_1};

/// The headers in the docstring of NumPy's module: what an old writer made of `basic_arrays` and `record_arrays`.
#[test]
fn module_docstring() {
    let arrays = [
        ("(0,)", vec![0], Order::C),
        ("()", vec![], Order::C),
        ("(15,)", vec![15], Order::C),
        ("(3, 5)", vec![3, 5], Order::C),
        ("(5, 3)", vec![5, 3], Order::F),
        ("(3, 3)", vec![3, 3], Order::C),
    ];
    let dtypes =
        "|u1 |i1 <u2 >u2 <i2 >i2 <u4 >u4 <i4 >i4 <u8 >u8 <i8 >i8 <f4 >f4 <f8 >f8 <c8 >c8 <c16 >c16 O";
    for descr in dtypes.split(' ') {
        for (shape_text, shape, order) in &arrays {
            let fortran_order = if *order == Order::F { "True" } else { "False" };
            let text =
                format!("{{'descr': '{descr}', 'fortran_order': {fortran_order}, 'shape': {shape_text}}}");
            // The data start at a multiple of 16.
            let bytes = version_1(format!("{text:69}\n").as_bytes());
            assert!(bytes.starts_with(b"\x93NUMPY\x01\x00F\x00"), "{text}");
            let expected = Header::new(scalar(descr), shape.as_slice()).with_order(*order);
            assert_eq!(Header::parse(&bytes).unwrap(), (expected, 80));
        }
    }
    for order in BYTE_ORDERS {
        let text = "{'descr': [('x', '<i4', (2,)), ('y', '<f8', (2, 2)), ('z', '|u1')],\n 'fortran_order': False,\n \
                    'shape': (2,)}         \n";
        assert_record(text, order, plain_dtype(order), 128);
        let text = "{'descr': [('x', '<i4', (2,)),\n           ('Info',\n            [('value', '<c16'),\n             \
                    ('y2', '<f8'),\n             ('Info2',\n              [('name', '|S2'),\n               \
                    ('value', '<c16', (2,)),\n               ('y3', '<f8', (2,)),\n               \
                    ('z3', '<u4', (2,))]),\n             ('name', '|S2'),\n             ('z2', '|b1')]),\n           \
                    ('color', '|S2'),\n           ('info', [('Name', '<U8'), ('Value', '<c16')]),\n           \
                    ('y', '<f8', (2, 2)),\n           ('z', '|u1')],\n 'fortran_order': False,\n \
                    'shape': (2,)}      \n";
        assert_record(text, order, nested_dtype(order), 544);
    }
}

#[track_caller]
fn assert_record(text: &str, order: ByteOrder, dtype: DType, data_offset: u64) {
    let text = text.replace('<', &order.as_char().to_string());
    let bytes = version_1(text.as_bytes());
    assert_eq!(Header::parse(&bytes).unwrap(), (Header::new(dtype, [2]), data_offset));
}

#[test]
fn test_large_header() {
    // NumPy's `int` stands for a short header, which must be of version 1.
    let short = Header::new(scalar("<i8"), []).encode();
    assert_eq!((short[6], short.len()), (1, 128));
    // Version 1 cannot be asked for: a name that it cannot hold takes version 2.
    let header = Header::new(packed(&[("x".repeat(256 * 256), scalar("<i8"))]), []);
    let bytes = header.encode();
    assert_eq!((bytes[6], bytes.len() % 64), (2, 0));
    let limits = Limits::default().header_chars(70_000);
    assert_eq!(Header::parse_with(&bytes, &limits).unwrap(), (header, bytes.len() as u64));
    assert!(matches!(Header::parse(&bytes), Err(Error::Limit { .. })));
}

#[track_caller]
fn assert_3_by_6(bytes: &[u8], version: (u8, u8)) {
    let mut stream = bytes;
    let reader = NpyReader::new(&mut stream).unwrap();
    assert_eq!(reader.version(), version);
    assert_eq!(reader.header(), &Header::new(DType::of::<f64>(), [3, 6]));
    assert_eq!(reader.data_offset() % 64, 0);
    // The stream stands where the data start.
    assert_eq!(reader.data_offset(), (bytes.len() - stream.len()) as u64);
}

/// What the old writer's header says, in format version 2.
fn version_2(bytes: &[u8]) -> Vec<u8> {
    let text = &bytes[10..bytes.len() - 3];
    let len = u32::try_from(text.len() + 1).unwrap();
    [b"\x93NUMPY\x02\x00", len.to_le_bytes().as_slice(), text, b"\n"].concat()
}

#[test]
fn test_read_array_header_1_0() {
    let header = Header::new(DType::of::<f64>(), [3, 6]).encode();
    assert_3_by_6(&[header.as_slice(), &[0; 144]].concat(), (1, 0));
}

// Version 2 cannot be asked for: this one is put together.
#[test]
fn test_read_array_header_2_0() {
    let header = version_2(&Header::new(DType::of::<f64>(), [3, 6]).encode());
    assert_3_by_6(&[header.as_slice(), &[0; 144]].concat(), (2, 0));
}

#[test]
fn test_bad_header() {
    // A length of less than two bytes, and a text that is shorter than told.
    for (rest, needed) in [(b"".as_slice(), 10), (b"1", 10), (b"\x01\x00", 11)] {
        let bytes = [b"\x93NUMPY\x01\x00", rest].concat();
        let expected = FormatProblem::HeaderTruncated { needed, found: bytes.len() as u64 };
        assert_eq!(format_problem(Header::parse(&bytes)), expected);
        assert_eq!(format_problem(Header::read_from(bytes.as_slice())), expected);
    }
    // A key too few.
    let bytes = b"\x93NUMPY\x01\x006\x00{'descr': 'x', 'shape': (1, 2), }                    \n";
    assert_eq!(
        Header::parse(bytes).unwrap_err().to_string(),
        "header has no key 'fortran_order', found 'descr' and 'shape'"
    );
    // A key too many.
    let text = "{'descr': 'x', 'extrakey': -1, 'fortran_order': False, 'shape': (1, 2), }";
    assert_eq!(
        Header::parse(&version_1(format!("{text:117}\n").as_bytes())).unwrap_err().to_string(),
        "header has the unknown key 'extrakey' at byte 25, expected 'descr', 'fortran_order' and 'shape'"
    );
}

// NumPy's test puts a whole `dtype([..])` into the text, so that its names are seven blanks shorter.
#[test]
fn test_header_growth_axis() {
    // NumPy goes on to 10 ** 20, which no axis is here.
    let powers = (0..=19).map_while(|power| 10usize.checked_pow(power));
    assert_eq!(powers.clone().count(), if usize::BITS == 64 { 20 } else { 10 });
    for (order, blanks, len) in
        [(Order::C, 29, 128), (Order::C, 30, 192), (Order::F, 30, 128), (Order::F, 31, 192)]
    {
        for axis in powers.clone() {
            let shape = if order == Order::F { [2, axis] } else { [axis, 2] };
            let header = Header::new(packed(&[(" ".repeat(blanks), scalar("<i8"))]), shape).with_order(order);
            assert_eq!(header.encode().len(), len, "{order:?}, {blanks} blanks, axis {axis}");
        }
    }
}
