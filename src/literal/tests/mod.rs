//! Tests of the whole parser; the tables were checked with Python 3.11.

mod accepted;
mod refused;
mod soups;

use super::*;

/// `text` as Python's repr of its value, or as the error in words.
fn show(text: &[u8], encoding: Encoding) -> String {
    match parse(text, encoding, &Limits::default()) {
        Ok(literal) => literal.root().repr(),
        Err(LiteralError::Syntax { at, found, expected }) => {
            format!("byte {at}: found {found}, expected {expected}")
        }
        Err(LiteralError::Nesting { at, limit }) => format!("byte {at}: deeper than {limit}"),
    }
}

#[test]
fn positions() {
    for (text, encoding) in [
        (&b" {'a': (12, -2), b'b': [ ('c') , set()]}"[..], Encoding::Utf8),
        (b"\t{'a': (1L, -2), b'b': [ ('c') , set()]}", Encoding::Latin1),
    ] {
        let literal = parse(text, encoding, &Limits::default()).unwrap();
        let node = literal.root();
        let ats: Vec<_> = node.pairs().map(|(key, value)| (key.at, value.at)).collect();
        assert_eq!((node.at, &ats[..]), (1, &[(2, 7), (17, 23)][..]));
        let items: Vec<_> = node.pairs().flat_map(|(_, value)| value.items()).map(|item| item.at).collect();
        assert_eq!(items, [8, 12, 25, 33]);
    }
}

#[test]
fn plain_strings_are_borrowed() {
    for (text, encoding) in
        [("['a', 'b\u{e9}']".as_bytes(), Encoding::Utf8), (b"['a', 'bc'] # \xe9", Encoding::Latin1)]
    {
        let literal = parse(text, encoding, &Limits::default()).unwrap();
        let is_borrowed = |item: Node<'_>| matches!(item.value, Value::Str(Cow::Borrowed(_)));
        assert_eq!(literal.root().items().filter(|&item| is_borrowed(item)).count(), 2, "{literal:?}");
    }
}

#[test]
fn nesting() {
    let nested = |open: &str, inner: &str, close: &str, depth: usize| {
        [&open.repeat(depth), inner, &close.repeat(depth)].concat().into_bytes()
    };
    for (open, close) in [("(", ")"), ("[", "]"), ("{1: ", "}"), ("(1, ", ")"), ("[-1, ", "]")] {
        for limit in [Limits::NESTING, Limits::NESTING_MOST] {
            let limits = Limits::default().nesting(limit);
            for encoding in [Encoding::Latin1, Encoding::Utf8] {
                let text = nested(open, "1", close, limit);
                let repr = parse(&text, encoding, &limits).map(|literal| literal.root().repr());
                assert!(repr.is_ok(), "{open} {limit}");
                assert_eq!(
                    parse(&nested(open, "[]", close, limit), encoding, &limits),
                    Err(LiteralError::Nesting { at: open.len() * limit, limit })
                );
            }
        }
    }
    let limits = Limits::default().nesting(2);
    assert!(parse(b"((set)())", Encoding::Utf8, &limits).is_ok());
    assert_eq!(parse(b"((set()))", Encoding::Utf8, &limits), Err(LiteralError::Nesting { at: 5, limit: 2 }));
    assert!(parse(b"1", Encoding::Utf8, &limits.nesting(0)).is_ok());
    // A text with longs is read again, and its values made independent of it, at any depth.
    let text = nested("(1L,", "2L", ")", Limits::NESTING_MOST);
    assert!(parse(&text, Encoding::Latin1, &limits.nesting(Limits::NESTING_MOST)).is_ok());
    // So are keys and items that must be hashable.
    let text = nested("(1,", "[]", ")", Limits::NESTING_MOST - 2);
    let text = [&b"{"[..], &text, b": 1}"].concat();
    let error = parse(&text, Encoding::Utf8, &limits.nesting(Limits::NESTING_MOST)).unwrap_err();
    assert!(matches!(error, LiteralError::Syntax { at: 1, .. }), "{error:?}");
}

/// Texts that would take minutes if any part of the parser went over them again and again.
#[test]
fn time_is_linear() {
    let start = std::time::Instant::now();
    let pieces = [
        "'a' ",
        "1,",
        "(",
        "[",
        "{",
        "{1:",
        "-",
        "1+",
        "1j+",
        "\\\n",
        "#\n",
        "# ",
        " ",
        "\t",
        "\r",
        "\n",
        "2L ",
        "2L,",
        "'\\n",
        "'\\'",
        "'''",
        "''",
        "'",
        "\"'",
        "1_",
        "1",
        "f",
        "set",
        "set(",
        "(set)",
        ".",
        "\\",
        "\t\\\r",
        " \\\n",
        "\\x41",
        "L",
        "()",
        "(1),",
        "\u{e9}",
        "'\u{e9}',",
        "\0",
    ];
    for piece in pieces {
        for (before, after) in
            [("", ""), ("[2L,", "]"), ("'", "'"), ("'''", "'''"), ("0x", ""), ("{1: 2}", "")]
        {
            let text = [before, &piece.repeat(20_000), after].concat();
            for encoding in [Encoding::Latin1, Encoding::Utf8] {
                _ = parse(text.as_bytes(), encoding, &Limits::default().nesting(Limits::NESTING_MOST));
            }
        }
    }
    let seconds = start.elapsed().as_secs();
    assert!(seconds < 60, "{seconds} s");
}
