use proptest::prelude::*;

use super::super::native;
use super::super::scalar::Unit;
use super::*;

fn scalar(kind: Kind, itemsize: usize, byte_order: ByteOrder) -> DType {
    Scalar::new(kind, itemsize, byte_order).unwrap().into()
}

// Each expectation is what NumPy 2.4.6 makes of the text, but for f12 and c24.
#[test]
fn scalars_as_numpy_reads_them() {
    use ByteOrder::{Big, Little};
    const NATIVE: ByteOrder = ByteOrder::NATIVE;
    let seconds = TimeUnit::new(Unit::Second, 25);
    for (text, kind, itemsize, byte_order) in [
        ("<f4", Kind::Float, 4, Little),
        (">f8", Kind::Float, 8, Big),
        ("=i2", Kind::Int, 2, NATIVE),
        ("|u8", Kind::Uint, 8, NATIVE),
        ("f 8", Kind::Float, 8, NATIVE),
        ("f+8", Kind::Float, 8, NATIVE),
        ("f08", Kind::Float, 8, NATIVE),
        ("i\t4", Kind::Int, 4, NATIVE),
        ("<f12", Kind::Float, 12, Little),
        (">c24", Kind::Complex, 24, Big),
        ("f16", Kind::Float, 16, NATIVE),
        ("c32", Kind::Complex, 32, NATIVE),
        ("|b1", Kind::Bool, 1, NATIVE),
        (">b1", Kind::Bool, 1, NATIVE),
        ("b", Kind::Int, 1, NATIVE),
        ("<?", Kind::Bool, 1, NATIVE),
        ("\0", Kind::Bool, 1, NATIVE),
        ("\t", Kind::Int, 8, NATIVE),
        ("\n", Kind::Uint, 8, NATIVE),
        ("\x0b", Kind::Float, 4, NATIVE),
        ("<\x05", Kind::Int, 4, Little),
        ("\x17", Kind::Float, 2, NATIVE),
        (">e", Kind::Float, 2, Big),
        ("p", Kind::Int, 8, NATIVE),
        ("N", Kind::Uint, 8, NATIVE),
        ("q", Kind::Int, 8, NATIVE),
        ("L", Kind::Uint, 8, NATIVE),
        ("F", Kind::Complex, 8, NATIVE),
        ("G", Kind::Complex, 32, NATIVE),
        ("c", Kind::Bytes, 1, NATIVE),
        ("S", Kind::Bytes, 0, NATIVE),
        (">S5", Kind::Bytes, 5, NATIVE),
        ("S-0", Kind::Bytes, 0, NATIVE),
        ("S2147483647", Kind::Bytes, 2_147_483_647, NATIVE),
        ("a", Kind::Bytes, 0, NATIVE),
        ("a5", Kind::Bytes, 5, NATIVE),
        ("|a5", Kind::Bytes, 5, NATIVE),
        ("a0", Kind::Bytes, 0, NATIVE),
        ("U 10", Kind::Unicode, 40, NATIVE),
        (">U3", Kind::Unicode, 12, Big),
        ("U536870911", Kind::Unicode, 2_147_483_644, NATIVE),
        ("V4", Kind::Void, 4, NATIVE),
        ("O", Kind::Object, 8, NATIVE),
        ("O4", Kind::Object, 8, NATIVE),
        ("|O8", Kind::Object, 8, NATIVE),
        ("T", Kind::String, 16, NATIVE),
        (">T", Kind::String, 16, NATIVE),
        ("M", Kind::DateTime64(TimeUnit::GENERIC), 8, NATIVE),
        (">M8", Kind::DateTime64(TimeUnit::GENERIC), 8, Big),
        ("M 8", Kind::DateTime64(TimeUnit::GENERIC), 8, NATIVE),
        ("m08", Kind::TimeDelta64(TimeUnit::GENERIC), 8, NATIVE),
        ("<datetime64[25s]", Kind::DateTime64(seconds), 8, Little),
        (">timedelta64[25s]", Kind::TimeDelta64(seconds), 8, Big),
        ("datetime64", Kind::DateTime64(TimeUnit::GENERIC), 8, NATIVE),
        ("float", Kind::Float, 8, NATIVE),
        ("int", Kind::Int, 8, NATIVE),
        ("ulong", Kind::Uint, 8, NATIVE),
        ("complex", Kind::Complex, 16, NATIVE),
        ("longdouble", Kind::Float, 16, NATIVE),
        ("bool", Kind::Bool, 1, NATIVE),
        ("object", Kind::Object, 8, NATIVE),
        ("str", Kind::Unicode, 0, NATIVE),
        ("unicode", Kind::Unicode, 0, NATIVE),
        ("bytes_", Kind::Bytes, 0, NATIVE),
        ("void", Kind::Void, 0, NATIVE),
        ("5S", Kind::Bytes, 5, NATIVE),
        ("5U0", Kind::Unicode, 20, NATIVE),
        ("0V", Kind::Void, 0, NATIVE),
        ("2<0S", Kind::Bytes, 2, NATIVE),
        ("()>f4", Kind::Float, 4, Big),
    ] {
        assert_eq!(parse_spelling(text), Ok(scalar(kind, itemsize, byte_order)), "{text:?}");
    }
}

#[test]
fn scalars_that_numpy_refuses() {
    for text in [
        "",
        "<",
        "f8 ",
        " f8",
        "f-8",
        "f8\0",
        "f\0",
        "\x18",
        "#",
        "X",
        "é",
        "f3",
        "f10",
        "f32",
        "c4",
        "c20",
        "i3",
        "i16",
        "i0",
        "u-1",
        "b2",
        "b8",
        "O2",
        "O0",
        "O16",
        "T16",
        "?1",
        "p8",
        "M9",
        "M 8[s]",
        "M8 [s]",
        "M8[]",
        "<a",
        "|a",
        "<float32",
        ">bool",
        "=str",
        "float96",
        "int0",
        "bool8",
        "string",
        "Float64",
        "Int8",
        "S2147483648",
        "U536870912",
        "S99999999999999999999",
        "V-1",
        "<<f4",
        "(3)f4",
        "[f4]",
        "datetime64s",
    ] {
        assert!(parse_spelling(text).is_err(), "{text:?}");
    }
}

// Each expectation is str(numpy.dtype(text)) of NumPy 2.4.6.
#[test]
fn comma_strings_as_numpy_reads_them() {
    for (text, shown) in [
        ("f4,", "[('f0', '<f4')]"),
        ("f4,i4 ", "[('f0', '<f4'), ('f1', '<i4')]"),
        ("f4,<", "[('f0', '<f4')]"),
        ("3f4", "('<f4', (3,))"),
        ("1f4", "('<f4', (1,))"),
        ("0f4", "('<f4', (0,))"),
        ("2,f4", "('<f4', (2,))"),
        ("<(2,)<f4", "('<f4', (2,))"),
        ("2>3f4", "(('>f4', (3,)), (2,))"),
        ("5S,2U,0V", "[('f0', 'S5'), ('f1', '<U2'), ('f2', 'V')]"),
        ("(5)S,i4", "[('f0', 'S5'), ('f1', '<i4')]"),
        ("3a5", "('S5', (3,))"),
        ("float64,2?,>M8[s]", "[('f0', '<f8'), ('f1', '?', (2,)), ('f2', '>M8[s]')]"),
        ("V2147483643,i4", "[('f0', 'V2147483643'), ('f1', '<i4')]"),
        ("(0,2)S3", "('S3', (0, 2))"),
        ("(0,2147483647,2147483647,3)u1", "('u1', (0, 2147483647, 2147483647, 3))"),
        ("(2147483647,2147483647,2,0)u1", "('u1', (2147483647, 2147483647, 2, 0))"),
        ("0<0f4", "('<f4', (0,))"),
    ] {
        assert_eq!(parse_spelling(&native(text)).unwrap().to_string(), native(shown), "{text:?}");
    }
}

#[test]
fn comma_strings_that_numpy_refuses() {
    for text in [
        "f4,>",
        "f4,x",
        ",",
        "<\t,",
        "<\t,<",
        "(2,)S",
        "()S",
        "()<0f4",
        "2147483648S",
        "536870912U",
        "2147483648u1",
        "(0,2147483648)f4",
        "(2147483647,2147483647,3,0)u1",
        "536870912f4",
        "99999999999999999999u1",
    ] {
        assert!(parse_spelling(&native(text)).is_err(), "{text:?}");
    }
    let axes = |count: usize| format!("({})f4", "1,".repeat(count));
    assert!(parse_spelling(&axes(64)).is_ok());
    assert!(parse_spelling(&axes(65)).is_err());
}

// As ml_dtypes 0.6.0 shows them: str(dtype), and its str within a record.
#[test]
fn a_float_of_one_byte_is_that_of_ml_dtypes() {
    let native = if cfg!(target_endian = "little") { "<f1" } else { ">f1" };
    let foreign = if cfg!(target_endian = "little") { ">f1" } else { "<f1" };
    for (text, descr, shown) in [
        (native, native, "float8_e5m2"),
        ("f1", native, "float8_e5m2"),
        ("|f1", native, "float8_e5m2"),
        ("float8_e5m2", native, "float8_e5m2"),
        (foreign, foreign, foreign),
    ] {
        let dtype = text.parse::<DType>().unwrap();
        assert_eq!((dtype.descr().unwrap(), dtype.to_string()), (format!("'{descr}'"), shown.to_string()));
        assert_eq!(shown.parse::<DType>().unwrap(), dtype);
        let DType::Scalar(scalar) = dtype else { panic!("{text}") };
        // What it is to everything that asks: a raw byte.
        assert_eq!((scalar.kind(), scalar.itemsize()), (Kind::Void, 1));
        assert_eq!((scalar.byte_order(), scalar.swapped()), (ByteOrder::NotApplicable, scalar));
    }
    assert_ne!("<f1".parse::<DType>().unwrap(), "V1".parse().unwrap());
    let record = "<f1,(2,)>f1,V1".parse::<DType>().unwrap();
    assert_eq!(record.descr().unwrap(), "[('f0', '<f1'), ('f1', '>f1', (2,)), ('f2', '|V1')]");
    assert_eq!(record.to_string(), "[('f0', float8_e5m2), ('f1', float8_e5m2, (2,)), ('f2', 'V1')]");
    // Without a name it is no padding, as raw bytes are.
    let unnamed = "[('', '<f1'), ('x', '<i4')]".parse::<DType>().unwrap();
    assert_eq!(unnamed.descr().unwrap(), "[('', '<f1'), ('x', '<i4')]");
}

// The differences that the module's documentation lists.
#[test]
fn texts_that_only_numpy_accepts() {
    for text in ["M8[s/0]", "M8[Y/-12]", "M8[W/1000000]", "i1,V2147483647", "V2147483644,i4", "2<0f4"] {
        assert!(parse_spelling(text).is_err(), "{text:?}");
    }
}

#[test]
fn errors_say_what_is_wrong() {
    let long = "é".repeat(21);
    let cut = format!("dtype '{}'... is invalid: NumPy has no such type", "é".repeat(20));
    for (text, message) in [
        ("", "dtype '' is invalid: the text is empty"),
        (">", "dtype '>' is invalid: a byte order is followed by a type"),
        (
            "<W4",
            "dtype '<W4' is invalid: ml_dtypes saves complex32 so, which NumPy cannot load; save its .view('u2')",
        ),
        ("f3", "dtype 'f3' is invalid: a float has 2, 4, 8 or 16 bytes, or 12 on 32-bit systems"),
        ("f8\0", "dtype 'f8\\x00' is invalid: NumPy has no such type"),
        ("<float32", "dtype '<float32' is invalid: a name takes no byte order"),
        (
            "bool8",
            "dtype 'bool8' is invalid: NumPy 2.0 removed this alias; use a name without a digit at the end",
        ),
        ("V-1", "dtype 'V-1' is invalid: the size is negative"),
        ("U536870912", "dtype 'U536870912' is invalid: an element has at most 2147483647 bytes"),
        (
            "M8[B]",
            "dtype 'M8[B]' is invalid: the units are Y, M, W, D, h, m, s, ms, us, ns, ps, fs, as and generic",
        ),
        ("M8[s/0]", "dtype 'M8[s/0]' is invalid: the divisor of a unit is zero"),
        ("f4,i3", "dtype 'f4,i3' is invalid: field 'f1': an integer has 1, 2, 4 or 8 bytes"),
        ("<(2,)>f4", "dtype '<(2,)>f4' is invalid: the byte orders before and after the repeats differ"),
        (&long, &cut),
    ] {
        assert_eq!(text.parse::<DType>().unwrap_err().to_string(), message);
    }
}

fn units() -> impl Strategy<Value = TimeUnit> {
    const NAMES: &[&str] = &["Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns", "ps", "fs", "as"];
    let with_unit = (proptest::sample::select(NAMES), 0..=i32::MAX)
        .prop_map(|(name, multiple)| unit(&format!("[{multiple}{name}]")).unwrap().1);
    prop_oneof![Just(TimeUnit::GENERIC), with_unit]
}

fn scalars() -> impl Strategy<Value = Scalar> {
    let kinds = prop_oneof![
        Just((Kind::Bool, 1)),
        (0..4u32).prop_map(|power| (Kind::Int, 1 << power)),
        (0..4u32).prop_map(|power| (Kind::Uint, 1 << power)),
        proptest::sample::select(&[2, 4, 8, 12, 16][..]).prop_map(|size| (Kind::Float, size)),
        proptest::sample::select(&[8, 16, 24, 32][..]).prop_map(|size| (Kind::Complex, size)),
        (0..=Scalar::ITEMSIZE_MOST).prop_map(|size| (Kind::Bytes, size)),
        (0..=Scalar::ITEMSIZE_MOST / 4).prop_map(|size| (Kind::Unicode, size * 4)),
        (0..=Scalar::ITEMSIZE_MOST).prop_map(|size| (Kind::Void, size)),
        units().prop_map(|unit| (Kind::DateTime64(unit), 8)),
        units().prop_map(|unit| (Kind::TimeDelta64(unit), 8)),
        Just((Kind::Object, 8)),
    ];
    let order = prop_oneof![Just(ByteOrder::Little), Just(ByteOrder::Big)];
    (kinds, order).prop_map(|((kind, size), order)| Scalar::new(kind, size, order).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn any_text_is_a_dtype_or_an_error(text in any::<String>()) {
        _ = text.parse::<DType>();
    }

    #[test]
    fn texts_of_the_grammar_are_dtypes_or_errors(
        text in r"[<>|=()\[\],/ \t0-9fiuSUVMmbcOaTsYD+-]{0,24}"
    ) {
        if let Ok(dtype) = text.parse::<DType>() {
            _ = dtype.to_string();
            dtype.descr().unwrap();
        }
    }

    #[test]
    fn scalars_read_back(scalar in scalars()) {
        let dtype = DType::from(scalar);
        prop_assert_eq!(dtype.to_string().parse::<DType>().unwrap(), dtype.clone());
        let descr = dtype.descr().unwrap();
        prop_assert_eq!(descr.trim_matches('\'').parse::<DType>().unwrap(), dtype);
    }
}
