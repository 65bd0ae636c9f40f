//! What Python 3.11 refuses, and what this parser refuses beyond that.

use super::*;

/// Text, position, what is found, what is expected; Python 3.11 refuses each.
type Refusal = (&'static [u8], usize, &'static str, &'static str);

const REFUSED: &[Refusal] = &[
    (b"", 0, "the end", "a value"),
    (b" ", 1, "the end", "a value"),
    (b"\n", 1, "the end", "a value"),
    (b"#c", 2, "the end", "a value"),
    (b"a", 0, "\"a\"", "a value"),
    (b"True1", 0, "\"True1\"", "a value"),
    (b"Nonex", 0, "\"Nonex\"", "a value"),
    (b"true", 0, "\"true\"", "a value"),
    (b"set", 3, "the end", "'(' after set"),
    (b"(set)", 5, "the end", "'(' after set"),
    (b"(1, set)", 8, "the end", "'(' after set"),
    (b"[set]", 4, "\"]\"", "'(' after set"),
    (b"[(set)]", 6, "\"]\"", "'(' after set"),
    (b"set(1)", 4, "\"1\"", "')'"),
    (b"set()()", 5, "\"(\"", "the end"),
    (b"set\n()", 3, "\"\\n\"", "'(' after set"),
    (b"1if", 1, "\"if\"", "the end of the number"),
    (b"1 if 1 else 2", 2, "\"if\"", "the end"),
    (b"2l", 1, "\"l\"", "the end of the number"),
    (b"2LL", 1, "\"LL\"", "the end of the number"),
    (b"2\nL", 2, "\"L\"", "the end"),
    (b"(2\nL)", 3, "\"L\"", "',' or ')'"),
    (b"03L", 0, "\"03L\"", "no zeros before a decimal number"),
    (b"2L3", 1, "\"L3\"", "the end of the number"),
    (b"03", 0, "\"03\"", "no zeros before a decimal number"),
    (b"1__0", 1, "\"__0\"", "the end of the number"),
    (b"1_", 1, "\"_\"", "the end of the number"),
    (b"_1", 0, "\"_1\"", "a value"),
    (b"0x", 2, "the end", "a digit"),
    (b"0xg", 2, "\"g\"", "a digit"),
    (b"0x_", 2, "\"_\"", "a digit"),
    (b"0b2", 2, "\"2\"", "a digit"),
    (b"0o8", 2, "\"8\"", "a digit"),
    (b"0b1_", 3, "\"_\"", "the end of the number"),
    (b"1e", 1, "\"e\"", "the end of the number"),
    (b"1e+", 1, "\"e\"", "the end of the number"),
    (b"1._5", 2, "\"_5\"", "the end of the number"),
    (b"1.5.5", 3, "\".\"", "the end"),
    (b"1j_", 2, "\"_\"", "the end of the number"),
    (b"1..", 2, "\".\"", "the end"),
    (b"....5", 3, "\".\"", "the end"),
    (b"..", 0, "\".\"", "a value"),
    (b"--3", 1, "\"-\"", "a value"),
    (b"+-3", 1, "\"-\"", "a value"),
    (b"~3", 0, "\"~\"", "a value"),
    (b"-True", 1, "\"True\"", "a number"),
    (b"-'a'", 1, "\"'\"", "a number"),
    (b"-(-3)", 1, "\"(\"", "a number"),
    (b"-(1+1j)", 1, "\"(\"", "a number"),
    (b"-[]", 1, "\"[\"", "a number"),
    (b"1+1", 2, "\"1\"", "an imaginary number"),
    (b"1j+1j", 2, "\"+\"", "the end"),
    (b"1+1j+1j", 4, "\"+\"", "the end"),
    (b"1+-1j", 2, "\"-\"", "an imaginary number"),
    (b"True+1j", 4, "\"+\"", "the end"),
    (b"'a'+1j", 3, "\"+\"", "the end"),
    (b"1+'a'", 2, "\"'\"", "an imaginary number"),
    (b"not 1", 0, "\"not\"", "a value"),
    (b"1*2", 1, "\"*\"", "the end"),
    (b"2**3", 1, "\"*\"", "the end"),
    (b"'a", 2, "the end", "a closing quote"),
    (b"'a\n'", 2, "\"\\n\"", "a closing quote"),
    (b"'a\r'", 2, "\"\\r\"", "a closing quote"),
    (b"'''a''", 6, "the end", "a closing quote"),
    (b"'''a", 4, "the end", "a closing quote"),
    (b"'a\\", 3, "the end", "a closing quote"),
    (b"r'\\'", 4, "the end", "a closing quote"),
    (b"'a' b'b'", 4, "\"b\"", "no mix of str and bytes"),
    (b"f'a'", 0, "\"f\"", "a value"),
    (b"ur''", 0, "\"ur\"", "a value"),
    (b"bu''", 0, "\"bu\"", "a value"),
    (b"x''", 0, "\"x\"", "a value"),
    (b"'\\x4'", 2, "\"x4\"", "two hexadecimal digits after \\x"),
    (b"'\\u00e'", 2, "\"u00e\"", "four hexadecimal digits after \\u"),
    (b"'\\U0001F60'", 2, "\"U0001F60\"", "eight hexadecimal digits after \\U"),
    (b"'\\U00110000'", 2, "\"U00110000\"", "a character up to \\U0010ffff"),
    (b"b'\\x4'", 3, "\"x4\"", "two hexadecimal digits after \\x"),
    (b"b'\xc3\xa9'", 2, "\"é\"", "an ASCII character"),
    (b"'a\x00b'", 2, "\"\\0\"", "a closing quote"),
    (b"'\\\x00'", 2, "\"\\0\"", "a closing quote"),
    (b"'\\", 2, "the end", "a closing quote"),
    (b"(", 1, "the end", "a value"),
    (b"[1", 2, "the end", "',' or ']'"),
    (b"{1:", 3, "the end", "a value"),
    (b"(,)", 1, "\",\"", "a value"),
    (b"[,]", 1, "\",\"", "a value"),
    (b"{,}", 1, "\",\"", "a value"),
    (b"[1 2]", 3, "\"2\"", "',' or ']'"),
    (b"[1,,2]", 3, "\",\"", "a value"),
    (b"(1]", 2, "\"]\"", "',' or ')'"),
    (b"[1)", 2, "\")\"", "',' or ']'"),
    (b")", 0, "\")\"", "a value"),
    (b"{1: 2 3: 4}", 6, "\"3\"", "',' or '}'"),
    (b"{1: 2, 3}", 8, "\"}\"", "':'"),
    (b"{1, 2: 3}", 5, "\":\"", "',' or '}'"),
    (b"{1 2}", 3, "\"2\"", "':'"),
    (b"{**{}}", 1, "\"*\"", "a value"),
    (b"[*[1]]", 1, "\"*\"", "a value"),
    (b"{[]: 1}", 1, "\"[\"", "a hashable value"),
    (b"{(1, []): 1}", 1, "\"(\"", "a hashable value"),
    (b"{{}: 1}", 1, "\"{\"", "a hashable value"),
    (b"{1, []}", 4, "\"[\"", "a hashable value"),
    (b"{set()}", 1, "\"set\"", "a hashable value"),
    (b"{}[0]", 2, "\"[\"", "the end"),
    (b"{}.a", 2, "\".\"", "the end"),
    (b"{};", 2, "\";\"", "the end"),
    (b"{} {}", 3, "\"{\"", "the end"),
    (b"{}\n{}", 3, "\"{\"", "the end"),
    (b"1,,", 1, "\",\"", "the end"),
    (b"'a'\n'b'", 4, "\"'\"", "the end"),
    (b"1 +\n1j", 3, "\"\\n\"", "a value"),
    (b"\n {}", 2, "\"{\"", "no indentation"),
    (b"\n\t{}", 2, "\"{\"", "no indentation"),
    (b"\\\n {}", 3, "\"{\"", "no indentation"),
    (b"{}\\\n", 4, "the end", "another line"),
    (b"{}\\", 3, "the end", "a line end after '\\'"),
    (b"{}\\ \n", 3, "\" \"", "a line end after '\\'"),
    (b"\x0b{}", 0, "\"\\u{b}\"", "a value"),
    (b"\xc2\xa0{}", 0, "\"\\u{a0}\"", "a value"),
    (b"\xef\xbb\xbf{}", 0, "\"\\u{feff}\"", "a value"),
    (b"{}\x1a", 2, "\"\\u{1a}\"", "the end"),
    (b"{}\x00", 2, "\"\\0\"", "the end"),
    (b"{} #\x00", 4, "\"\\0\"", "the end"),
    (b"{'a': 1, 'shape' (2,)}", 17, "\"(\"", "':'"),
    (b"{'shap': 1 shap}", 11, "\"shap\"", "',' or '}'"),
];

// Python 2's longs, in Python 3.
const REFUSED_LONGS: &[Refusal] = &[
    (b"2L", 1, "\"L\"", "the end of the number"),
    (b"(2 L,)", 3, "\"L\"", "',' or ')'"),
    (b"[0x1fL]", 5, "\"L\"", "the end of the number"),
];

#[test]
fn refused() {
    let check = |refusals: &[Refusal], dialect| {
        for &(text, at, found, expected) in refusals {
            let text = std::str::from_utf8(text).unwrap();
            let found = found.to_string();
            let expected = LiteralError::Syntax { at, found, expected };
            assert_eq!(parse(text, dialect, &Limits::default()), Err(expected), "{text:?}");
        }
    };
    check(REFUSED, Dialect::Python2);
    check(REFUSED_LONGS, Dialect::Python3);
    for (text, ..) in REFUSED {
        let text = std::str::from_utf8(text).unwrap();
        assert!(parse(text, Dialect::Python3, &Limits::default()).is_err(), "{text:?}");
    }
}

// docs/differences.md lists these.
#[test]
fn refused_unlike_python() {
    for (text, error) in [
        (
            r"'\N{LESS-THAN SIGN}'",
            "byte 2: found \"N\", expected no character by its name: write it as \\u or \\U",
        ),
        (r"'\ud800'", "byte 2: found \"ud800\", expected a character that is no surrogate"),
        (r"'a\ud83d\ude00'", "byte 3: found \"ud83d\", expected a character that is no surrogate"),
        ("\u{17f}et()", "byte 0: found \"\u{17f}et\", expected a value"),
        ("1, 2", "byte 1: found \",\", expected the end"),
        ("\x0c {}", "byte 2: found \"{\", expected no indentation"),
        ("\n  \\\n{}", "byte 3: found \"\\\\\", expected no indentation"),
        ("0xffffffffffffffffffff+1j", "byte 22: found \"+\", expected the end"),
    ] {
        assert_eq!(show(text, Dialect::Python3), error);
        assert_eq!(show(text, Dialect::Python2), error);
    }
}

#[test]
fn decimal_digits() {
    let most = "1".repeat(4300);
    let (zeros, hex) = ("0".repeat(5000), format!("0x{}", "f".repeat(5000)));
    let error = format!("byte 0: found \"{}\", expected at most 4300 digits", "1".repeat(40));
    // Python 3.11.
    for (text, repr) in [
        (most.clone(), most.as_str()),
        (zeros, "0"),
        (hex.clone(), hex.as_str()),
        (format!("{most}1.0"), "inf"),
        (format!("{most}1"), error.as_str()),
        (format!("{most}+1j"), "byte 4300: found \"+\", expected the end"),
    ] {
        assert_eq!(show(&text, Dialect::Python3), repr);
    }
}

#[test]
fn errors_behind_longs() {
    for (text, error) in [
        ("  {'a': 2L, 'b': 3 L 4}", "byte 21: found \"4\", expected ',' or '}'"),
        ("(2L,\n'\\x4')", "byte 7: found \"x4\", expected two hexadecimal digits after \\x"),
        ("[2L", "byte 3: found the end, expected ',' or ']'"),
    ] {
        assert_eq!(show(text, Dialect::Python2), error);
    }
}
