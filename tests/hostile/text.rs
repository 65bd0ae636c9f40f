//! What may stand in the text of a header, byte by byte.

use npymap::{DType, Header};

use crate::entry_points::{claim, version_1};

fn version_3(text: &[u8]) -> Vec<u8> {
    claim(3, u32::try_from(text.len()).unwrap(), text)
}

fn named(name: &str) -> String {
    format!("{{'descr': [('{name}', '<f8')], 'fortran_order': False, 'shape': (0,), }}")
}

fn only_name(bytes: &[u8]) -> String {
    let (header, _) = Header::parse(bytes).unwrap();
    let DType::Structured(record) = header.dtype else { panic!("it is a record") };
    record.fields()[0].name().to_string()
}

/// Every byte behind the dictionary, where blanks and newlines alone may stand.
#[test]
fn nothing_but_blanks_follows_the_dictionary() {
    let header = Header::new(DType::of::<f64>(), [0]).encode();
    for byte in 0..=u8::MAX {
        for place in [header.len() - 2, header.len() - 20] {
            let mut bytes = header.clone();
            bytes[place] = byte;
            // A comment goes on to the end.
            let is_blank = matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'\x0c' | b'#');
            assert_eq!(Header::parse(&bytes).is_ok(), is_blank, "{byte:#04x} at {place}");
        }
    }
}

#[test]
fn a_byte_order_is_that_of_the_version() {
    // A latin-1 letter is one byte in versions 1 and 2, two in 3.
    let mut latin1 = named("?").into_bytes();
    let place = latin1.iter().position(|byte| *byte == b'?').unwrap();
    latin1[place] = 0xe9;
    let len = u32::try_from(latin1.len()).unwrap();
    assert_eq!(only_name(&claim(1, len, &latin1)), "é");
    assert_eq!(only_name(&claim(2, len, &latin1)), "é");
    assert_eq!(
        Header::parse(&claim(3, len, &latin1)).unwrap_err().to_string(),
        "header is invalid at byte 25: found bytes that are not UTF-8, expected UTF-8 text in format version 3.0"
    );
    assert_eq!(only_name(&version_3(named("é").as_bytes())), "é");
    // The same bytes in version 1 are two letters.
    assert_eq!(only_name(&claim(1, len + 1, named("é").as_bytes())), "Ã©");
}

/// Every sequence of bytes that is no UTF-8, by the table of the Unicode standard, stands for its kind.
#[test]
fn what_is_no_utf_8_is_refused() {
    for bytes in [
        &b"\x80"[..],
        b"\xbf",
        b"\xc0\xaf",
        b"\xc1\xbf",
        b"\xc3",
        b"\xc3(",
        b"\xe0\x80\xaf",
        b"\xe2\x82",
        b"\xed\xa0\x80",
        b"\xed\xbf\xbf",
        b"\xf0\x80\x80\xaf",
        b"\xf0\x9f\x92",
        b"\xf4\x90\x80\x80",
        b"\xf8\x88\x80\x80\x80",
        b"\xfe",
        b"\xff",
    ] {
        let text = named("?").into_bytes();
        let place = text.iter().position(|byte| *byte == b'?').unwrap();
        let text = [&text[..place], bytes, &text[place + 1..]].concat();
        let error = Header::parse(&version_3(&text)).unwrap_err().to_string();
        let expected = "header is invalid at byte 25: found bytes that are not UTF-8, expected UTF-8 text in format version 3.0";
        assert_eq!(error, expected, "{bytes:x?}");
        assert_eq!(Header::read_from(version_3(&text).as_slice()).unwrap_err().to_string(), expected);
    }
}

#[test]
fn escapes_are_checked() {
    for (escape, expected) in [
        (r"\x4", "found \"\\x4\", expected two hexadecimal digits"),
        (r"\ud800", "found \"ud800\", expected a character that is no surrogate"),
        (r"\U00110000", "found \"U00110000\", expected a character up to \\U0010ffff"),
    ] {
        let error = Header::parse(&version_1(&named(escape), &[])).unwrap_err().to_string();
        assert!(error.starts_with("header is invalid at byte "), "{error}");
        if escape != r"\x4" {
            assert!(error.ends_with(expected), "{error}");
        }
    }
    for (escape, name) in
        [(r"\0", "\0"), (r"\x41", "A"), (r"\u00e9", "é"), (r"\U0001f40d", "🐍"), (r"\q", r"\q")]
    {
        assert_eq!(only_name(&version_1(&named(escape), &[])), name);
    }
}

/// A NUL is no character of a literal, wherever it stands: C would take it for the end.
#[test]
fn a_nul_is_refused_wherever_it_stands() {
    let text = "{'descr': '<f8', 'fortran_order': False, 'shape': (0,), }  # end\n";
    for place in 0..=text.len() {
        for version in [1, 3] {
            let mut bytes = text.as_bytes().to_vec();
            bytes.insert(place, 0);
            let file = claim(version, u32::try_from(bytes.len()).unwrap(), &bytes);
            assert!(Header::parse(&file).is_err(), "version {version}, byte {place}");
        }
    }
}

#[test]
fn the_last_of_equal_keys_counts() {
    let text = "{'descr': 1, 'shape': 2, 'fortran_order': 3, 'descr': '<f8', 'fortran_order': True, 'shape': (1, 2), }";
    let (header, _) = Header::parse(&version_1(text, &[])).unwrap();
    assert_eq!((header.dtype, header.shape), ("<f8".parse().unwrap(), vec![1, 2]));
    // What is written in another way is the same key.
    let text = r"{'descr': 1, 'd' 'escr': '<f8', 'fortran_order': True, 'sh\x61pe': (1, 2), }";
    assert_eq!(Header::parse(&version_1(text, &[])).unwrap().0.shape, [1, 2]);
    let text = "{'descr': '<f8', 'fortran_order': True, 'shape': (1, 2), 'descr': 1}";
    assert_eq!(
        Header::parse(&version_1(text, &[])).unwrap_err().to_string(),
        "dtype 1 is invalid: expected a string, a tuple or a list of fields (byte 76)"
    );
}

#[test]
fn a_message_quotes_little() {
    let long = "x".repeat(5000);
    for text in [
        format!("{{'{long}': 1}}"),
        format!("{{'descr': '{long}', 'fortran_order': True, 'shape': ()}}"),
        format!("{{'descr': '<f8', 'fortran_order': '{long}', 'shape': ()}}"),
        format!("{{'descr': '<f8', 'fortran_order': True, 'shape': '{long}'}}"),
        format!("{{'descr': '<f8', 'fortran_order': True, 'shape': ({})}}", "1, ".repeat(3000)),
        format!("{{'descr': '<f8', 'fortran_order': True, 'shape': ({})}}", "9".repeat(4000)),
        format!("{{'descr': [('a', '{long}')], 'fortran_order': True, 'shape': ()}}"),
        format!("{{'descr': ('<f8', '{long}'), 'fortran_order': True, 'shape': ()}}"),
        long.clone(),
        format!("{{'descr' {long}"),
    ] {
        let message = Header::parse(&version_1(&text, &[])).unwrap_err().to_string();
        assert!(message.len() < 250, "{} bytes: {message}", message.len());
        assert!(!message.chars().any(char::is_control), "{message:?}");
    }
}
