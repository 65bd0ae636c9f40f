//! Characters by their names in Unicode, for `\N{...}`: those of ASCII.
//!
//! Headers are written in ASCII; the names of all other characters would take a table of a megabyte.

/// The names of the ASCII characters that are neither letters nor digits.
const SIGNS: [(&str, char); 33] = [
    ("SPACE", ' '),
    ("EXCLAMATION MARK", '!'),
    ("QUOTATION MARK", '"'),
    ("NUMBER SIGN", '#'),
    ("DOLLAR SIGN", '$'),
    ("PERCENT SIGN", '%'),
    ("AMPERSAND", '&'),
    ("APOSTROPHE", '\''),
    ("LEFT PARENTHESIS", '('),
    ("RIGHT PARENTHESIS", ')'),
    ("ASTERISK", '*'),
    ("PLUS SIGN", '+'),
    ("COMMA", ','),
    ("HYPHEN-MINUS", '-'),
    ("FULL STOP", '.'),
    ("SOLIDUS", '/'),
    ("COLON", ':'),
    ("SEMICOLON", ';'),
    ("LESS-THAN SIGN", '<'),
    ("EQUALS SIGN", '='),
    ("GREATER-THAN SIGN", '>'),
    ("QUESTION MARK", '?'),
    ("COMMERCIAL AT", '@'),
    ("LEFT SQUARE BRACKET", '['),
    ("REVERSE SOLIDUS", '\\'),
    ("RIGHT SQUARE BRACKET", ']'),
    ("CIRCUMFLEX ACCENT", '^'),
    ("LOW LINE", '_'),
    ("GRAVE ACCENT", '`'),
    ("LEFT CURLY BRACKET", '{'),
    ("VERTICAL LINE", '|'),
    ("RIGHT CURLY BRACKET", '}'),
    ("TILDE", '~'),
];

const DIGITS: [&str; 10] = ["ZERO", "ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE"];

/// The ASCII character of that name, in any case.
pub(super) fn named(name: &[u8]) -> Option<char> {
    let name = std::str::from_utf8(name).ok()?.to_ascii_uppercase();
    let letter = |prefix: &str| match name.strip_prefix(prefix)?.as_bytes() {
        [letter @ b'A'..=b'Z'] => Some(char::from(*letter)),
        _ => None,
    };
    let digit = |name: &str| {
        let value = DIGITS.iter().position(|digit| *digit == name)?;
        char::from_digit(u32::try_from(value).ok()?, 10)
    };
    letter("LATIN CAPITAL LETTER ")
        .or_else(|| letter("LATIN SMALL LETTER ").map(|letter| letter.to_ascii_lowercase()))
        .or_else(|| name.strip_prefix("DIGIT ").and_then(digit))
        .or_else(|| SIGNS.iter().find(|(sign, _)| *sign == name).map(|(_, sign)| *sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    // Each is what unicodedata.lookup of Python 3.11 gives.
    #[test]
    fn ascii_has_names() {
        for (name, c) in [
            ("LESS-THAN SIGN", '<'),
            ("less-than sign", '<'),
            ("Latin Small Letter F", 'f'),
            ("LATIN CAPITAL LETTER Z", 'Z'),
            ("DIGIT ZERO", '0'),
            ("DIGIT NINE", '9'),
            ("TILDE", '~'),
        ] {
            assert_eq!(named(name.as_bytes()), Some(c), "{name}");
        }
        for name in ["", "LATIN SMALL LETTER", "LATIN SMALL LETTER AE", "DIGIT TEN", " SPACE", "SPACE "] {
            assert_eq!(named(name.as_bytes()), None, "{name}");
        }
        // Each printable character of ASCII has one name here.
        assert_eq!(SIGNS.len() + 26 * 2 + DIGITS.len(), (' '..='~').count());
    }
}
