use super::*;

#[test]
fn integers() {
    for (kind, itemsize, values, text) in [
        (Kind::Int, 1, [i8::MIN.into(), 7, i8::MAX.into()], "[-128    7  127]"),
        (Kind::Uint, 1, [0, 7, u8::MAX.into()], "[  0   7 255]"),
        (Kind::Int, 2, [i16::MIN.into(), 7, i16::MAX.into()], "[-32768      7  32767]"),
        (Kind::Uint, 2, [0, 7, u16::MAX.into()], "[    0     7 65535]"),
        (Kind::Int, 4, [i32::MIN.into(), 7, i32::MAX.into()], "[-2147483648           7  2147483647]"),
        (Kind::Uint, 4, [0, 7, u32::MAX.into()], "[         0          7 4294967295]"),
        (
            Kind::Int,
            8,
            [i64::MIN.into(), 7, i64::MAX.into()],
            "[-9223372036854775808                    7  9223372036854775807]",
        ),
        (
            Kind::Uint,
            8,
            [0, 7, u64::MAX.into()],
            "[                   0                    7 18446744073709551615]",
        ),
    ] {
        let bytes: Vec<u8> =
            values.iter().flat_map(|value: &i128| value.to_le_bytes().into_iter().take(itemsize)).collect();
        assert_eq!(show_scalars(kind, itemsize, &[3], &bytes), text);
        assert_eq!(show_scalars(kind, itemsize, &[], &bytes[itemsize..2 * itemsize]), "7");
    }
}

#[test]
fn bools() {
    assert_eq!(show_scalars(Kind::Bool, 1, &[3], &[0, 1, 7]), "[False  True  True]");
    assert_eq!(show_scalars(Kind::Bool, 1, &[], &[1]), "True");
}

#[test]
fn times() {
    const NAT: i64 = i64::MIN;
    use Unit::*;
    let date = |unit, multiple| Kind::DateTime64(TimeUnit::new(unit, multiple));
    let delta = |unit, multiple| Kind::TimeDelta64(TimeUnit::new(unit, multiple));
    // In columns, and the first alone.
    let table: &[(Kind, &[i64], &str, &str)] = &[
        (date(Year, 1), &[-1971, -1969, 8030], "[ '-001'  '0001' '10000']", "-001"),
        (date(Month, 1), &[-1, NAT], "['1969-12'     'NaT']", "1969-12"),
        (date(Week, 1), &[2], "['1970-01-15']", "1970-01-15"),
        (date(Day, 1), &[-1, 11016, 59], "['1969-12-31' '2000-02-29' '1970-03-01']", "1969-12-31"),
        (
            date(Day, 1),
            &[-800_000, 9_223_370_937_343_148_031],
            "[             '-221-09-04' '25252731917407934-08-14']",
            "-221-09-04",
        ),
        (date(Hour, 1), &[-1], "['1969-12-31T23']", "1969-12-31T23"),
        (date(Minute, 1), &[1], "['1970-01-01T00:01']", "1970-01-01T00:01"),
        (date(Second, 25), &[1, NAT], "['1970-01-01T00:00:25'                 'NaT']", "1970-01-01T00:00:25"),
        (date(Millisecond, 1), &[-1], "['1969-12-31T23:59:59.999']", "1969-12-31T23:59:59.999"),
        (
            date(Microsecond, 1),
            &[1_000_000_000_000_000],
            "['2001-09-09T01:46:40.000000']",
            "2001-09-09T01:46:40.000000",
        ),
        (
            date(Nanosecond, 1),
            &[i64::MAX, -i64::MAX],
            "['2262-04-11T23:47:16.854775807' '1677-09-21T00:12:43.145224193']",
            "2262-04-11T23:47:16.854775807",
        ),
        (
            date(Picosecond, 1),
            &[1],
            "['1970-01-01T00:00:00.000000000001']",
            "1970-01-01T00:00:00.000000000001",
        ),
        (
            date(Femtosecond, 1),
            &[1],
            "['1970-01-01T00:00:00.000000000000001']",
            "1970-01-01T00:00:00.000000000000001",
        ),
        (
            date(Attosecond, 1),
            &[-i64::MAX],
            "['1969-12-31T23:59:50.776627963145224193']",
            "1969-12-31T23:59:50.776627963145224193",
        ),
        (date(Generic, 1), &[NAT], "['NaT']", "NaT"),
        (delta(Second, 25), &[5, -1, NAT], "[    5    -1 'NaT']", "125 seconds"),
        (delta(Generic, 1), &[5, 1000], "[   5 1000]", "5 generic time units"),
        (delta(Week, 2), &[NAT], "['NaT']", "NaT"),
        (delta(Attosecond, 1), &[1], "[1]", "1 attoseconds"),
        // Beyond 64 bits, where NumPy's own arithmetic wraps around, and what it has no text for.
        (date(Week, 1), &[i64::MAX], "['176769144494367851-12-25']", "176769144494367851-12-25"),
        (date(Year, 1), &[i64::MAX], "['9223372036854777777']", "9223372036854777777"),
        (delta(Day, 7), &[i64::MAX], "[9223372036854775807]", "64563604257983430649 days"),
        (date(Generic, 1), &[5], "['5']", "5"),
    ];
    for (kind, counts, column, alone) in table {
        let bytes: Vec<u8> = counts.iter().flat_map(|count| count.to_le_bytes()).collect();
        assert_eq!(show_scalars(*kind, 8, &[counts.len()], &bytes), *column);
        assert_eq!(show_scalars(*kind, 8, &[], &bytes[..8]), *alone);
    }
}

#[test]
fn bytes() {
    let table: &[(&[u8; 6], &str)] = &[
        (b"abc\0\0\0", "b'abc'"),
        (b"it's\0x", r#"b"it's\x00x""#),
        (b"'\"\\\0\0\0", r#"b'\'"\\'"#),
        (b"\n\r\t\0\x7f\xff", r"b'\n\r\t\x00\x7f\xff'"),
        (b"\0\0\0\0\0\0", "b''"),
    ];
    for (bytes, text) in table {
        assert_eq!(show_scalars(Kind::Bytes, 6, &[1], *bytes), format!("[{text}]"));
        assert_eq!(show_scalars(Kind::Bytes, 6, &[], *bytes), format!("np.bytes_({text})"));
    }
    assert_eq!(show_scalars(Kind::Void, 2, &[2], b"a\xff\0\n"), r"[b'\x61\xFF' b'\x00\x0A']");
    assert_eq!(show_scalars(Kind::Void, 0, &[2], b""), "[b'' b'']");
}

#[test]
fn unicode() {
    let units = |text: &str| -> Vec<u8> {
        let units = text.chars().map(u32::from).chain(std::iter::repeat(0));
        units.take(4).flat_map(u32::to_le_bytes).collect()
    };
    for (text, repr) in [
        ("abc", "'abc'"),
        ("it's", r#""it's""#),
        ("'\"\\", r#"'\'"\\'"#),
        ("\n\u{200b}é", r"'\n\u200bé'"),
        ("漢😀\0x", r"'漢😀\x00x'"),
        ("", "''"),
    ] {
        assert_eq!(show_scalars(Kind::Unicode, 16, &[1], &units(text)), format!("[{repr}]"));
        assert_eq!(show_scalars(Kind::Unicode, 16, &[], &units(text)), text);
    }
    let surrogate = [0x61, 0xd800, 0x27, 0x5c].map(u32::to_le_bytes).concat();
    assert_eq!(show_scalars(Kind::Unicode, 16, &[1], &surrogate), r#"["a\ud800'\\"]"#);
    // Of this NumPy makes no text at all.
    let too_large = [0x61, 0x11_0000, 0x27, 0x22].map(u32::to_le_bytes).concat();
    assert_eq!(show_scalars(Kind::Unicode, 16, &[1], &too_large), r#"['a\U00110000\'"']"#);
    assert_eq!(show_scalars(Kind::Unicode, 16, &[], &too_large), r#"a\U00110000'""#);
}

// NumPy would show what unpickling gives, which is never done here.
#[test]
fn objects() {
    assert_eq!(show_scalars(Kind::Object, 8, &[2], &[0; 16]), "[<object> <object>]");
    assert_eq!(show_scalars(Kind::String, 16, &[], &[0; 16]), "<object>");
}
