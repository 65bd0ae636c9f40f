//! Texts made at random.

use proptest::prelude::*;

use super::*;

const TOKENS: &[&str] = &[
    "'descr'", "'shape'", "'<f4'", "True", "None", "set", "set()", "...", "(", ")", "[", "]", "{", "}", ",",
    ":", "+", "-", "0", "12", "2L", "L", "1.5", "1e5", "1j", "0x1f", "1_0", "0b", "'", "\"", "'''", "\\",
    "\\x4", "\\u00e9", "\\N", "\\ud800", "b'", "rb'", "u'", "\u{e9}", " ", "\t", "\x0c", "\n", "\r\n", "\r",
    "# c", "\\\n", "\0",
];

/// Parses `text`, and checks what holds for any.
fn check(text: &str) -> Result<(), TestCaseError> {
    for dialect in [Dialect::Python2, Dialect::Python3] {
        match parse(text, dialect, &Limits::default()) {
            Ok(node) => {
                prop_assert!(node.at <= text.len());
                // What Python shows gives the same value, but for complex numbers and infinities.
                let repr = node.repr().replace("Ellipsis", "...");
                if !repr.contains("inf") && !repr.contains('j') {
                    let again = parse(&repr, Dialect::Python3, &Limits::default());
                    let again = again.map(|node| node.repr().replace("Ellipsis", "..."));
                    prop_assert_eq!(again, Ok(repr));
                }
            }
            Err(LiteralError::Syntax { at, found, .. }) => {
                prop_assert!(text.is_char_boundary(at));
                prop_assert!(found == "the end" || (found.len() <= 600 && found.starts_with('"')));
            }
            Err(LiteralError::Nesting { at, .. }) => prop_assert!(at < text.len()),
        }
    }
    Ok(())
}

/// Tuples as Python shows them and nearly so, in one another and in lists.
fn brackets() -> impl Strategy<Value = String> {
    let leaves =
        ["'a'", "\"b\"", "''", "'\\x41'", "'\u{e9}'", "'c' 'd'", "3", "12", "2L", "03", "1.5", "-1", "True"];
    let leaf = proptest::sample::select(leaves.to_vec()).prop_map(str::to_string);
    leaf.prop_recursive(4, 24, 4, |inner| {
        let shapes = [
            ("(", ", ", ")"),
            ("(", ", ", ")"),
            ("(", ", ", ",)"),
            ("(", ",", ")"),
            ("( ", ", ", " )"),
            ("[", ", ", "]"),
        ];
        (proptest::sample::select(shapes.to_vec()), proptest::collection::vec(inner, 0..4))
            .prop_map(|((open, comma, close), items)| [open, &items.join(comma), close].concat())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_text(text in any::<String>()) {
        check(&text)?;
    }

    #[test]
    fn any_brackets(text in brackets()) {
        check(&text)?;
    }

    #[test]
    fn any_tokens(tokens in proptest::collection::vec(proptest::sample::select(TOKENS), 0..24)) {
        check(&tokens.concat())?;
    }
}
