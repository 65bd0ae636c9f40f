//! Tests of the whole parser; the tables were checked with Python 3.11.

mod accepted;
mod refused;
mod soups;

use std::borrow::Cow;

use super::*;

/// `text` as Python's repr of its value, or as the error in words.
fn show(text: &str, dialect: Dialect) -> String {
    match parse(text, dialect, &Limits::default()) {
        Ok(node) => node.repr(),
        Err(LiteralError::Syntax { at, found, expected }) => {
            format!("byte {at}: found {found}, expected {expected}")
        }
        Err(LiteralError::Nesting { at, limit }) => format!("byte {at}: deeper than {limit}"),
    }
}

#[test]
fn positions() {
    for (text, dialect) in [
        (" {'a': (12, -2), b'b': [ ('c') , set()]}", Dialect::Python3),
        ("\t{'a': (1L, -2), b'b': [ ('c') , set()]}", Dialect::Python2),
    ] {
        let node = parse(text, dialect, &Limits::default()).unwrap();
        let entries = node.as_entries().unwrap();
        let ats: Vec<_> = entries.iter().map(|[key, value]| (key.at, value.at)).collect();
        assert_eq!((node.at, &ats[..]), (1, &[(2, 7), (17, 23)][..]));
        let items = entries.iter().flat_map(|[_, value]| value.as_sequence().unwrap());
        assert_eq!(items.map(|item| item.at).collect::<Vec<_>>(), [8, 12, 25, 33]);
    }
}

#[test]
fn plain_strings_are_borrowed() {
    let node = parse("['a', 'b\u{e9}', '', 'c' '', 'd\\x41']", Dialect::Python3, &Limits::default()).unwrap();
    let is_borrowed = |item: &Node<'_>| matches!(item.value, Value::Str(Cow::Borrowed(_)));
    let borrowed: Vec<_> = node.as_sequence().unwrap().iter().map(is_borrowed).collect();
    assert_eq!(borrowed, [true, true, true, false, false]);
}

#[test]
fn nesting() {
    let nested = |open: &str, inner: &str, close: &str, depth: usize| {
        [&open.repeat(depth), inner, &close.repeat(depth)].concat()
    };
    for (open, close) in [("(", ")"), ("[", "]"), ("{1: ", "}"), ("(1, ", ")"), ("[-1, ", "]")] {
        for limit in [Limits::NESTING, Limits::NESTING_MOST] {
            let limits = Limits::default().nesting(limit);
            let text = nested(open, "1", close, limit);
            let repr = parse(&text, Dialect::Python3, &limits).map(|node| node.repr());
            assert!(repr.is_ok(), "{open} {limit}");
            assert_eq!(
                parse(&nested(open, "[]", close, limit), Dialect::Python3, &limits),
                Err(LiteralError::Nesting { at: open.len() * limit, limit })
            );
        }
    }
    let limits = Limits::default().nesting(2);
    assert!(parse("((set ( )))", Dialect::Python3, &limits.nesting(3)).is_ok());
    assert_eq!(parse("((set()))", Dialect::Python3, &limits), Err(LiteralError::Nesting { at: 5, limit: 2 }));
    assert!(parse("1", Dialect::Python3, &limits.nesting(0)).is_ok());
    // Keys must be hashable at any depth.
    let text = nested("(1,", "[]", ")", Limits::NESTING_MOST - 2);
    let text = format!("{{{text}: 1}}");
    let error = parse(&text, Dialect::Python3, &limits.nesting(Limits::NESTING_MOST)).unwrap_err();
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
            for dialect in [Dialect::Python2, Dialect::Python3] {
                _ = parse(&text, dialect, &Limits::default().nesting(Limits::NESTING_MOST));
            }
        }
    }
    let seconds = start.elapsed().as_secs();
    assert!(seconds < 60, "{seconds} s");
}

/// The stack that the deepest brackets within the default limits may take: what frames take without optimization is
/// some four times as much.
const STACK: usize = if cfg!(debug_assertions) { 1024 * 1024 } else { 256 * 1024 };

#[test]
fn the_stack_is_bounded() {
    let depth = Limits::NESTING;
    let texts = [("(", ")"), ("[", "]"), ("{1: ", "}"), ("(1, ", ")"), ("[-1, ", "]"), ("[{2: (", ")}]")];
    for (open, close) in texts {
        let levels = depth / open.matches(['(', '[', '{']).count();
        let whole = [&open.repeat(levels), "1", &close.repeat(levels)].concat();
        for text in [whole, open.repeat(10 * depth)] {
            let is_whole = text.ends_with(close);
            let parse =
                move || parse(&text, Dialect::Python3, &Limits::default()).map(|node| node.repr()).is_ok();
            let thread = std::thread::Builder::new().stack_size(STACK).spawn(parse).unwrap();
            assert_eq!(thread.join().unwrap(), is_whole, "{open}");
        }
    }
}
