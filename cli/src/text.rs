//! Text that is safe to print.

/// `text` on one line, with control characters escaped, so that a name in a file cannot command a terminal.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() { line.extend(c.escape_default()) } else { line.push(c) }
    }
    line
}

/// [`one_line`] for a text of several lines.
pub(crate) fn lines(text: &str) -> String {
    text.split('\n').map(one_line).collect::<Vec<_>>().join("\n")
}

/// A shape as Python shows it.
pub(crate) fn shape(shape: &[usize]) -> String {
    match shape {
        [axis] => format!("({axis},)"),
        axes => format!("({})", axes.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")),
    }
}

/// A number as Python's `repr` writes it: the fewest digits that give it back.
pub(crate) fn real(value: f64) -> String {
    if value.is_nan() {
        return "nan".to_string();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf" } else { "-inf" }.to_string();
    }
    if value != 0.0 && !(1e-4..1e16).contains(&value.abs()) {
        return exponential(&format!("{value:e}"));
    }
    format!("{value:?}")
}

/// [`real`] for the fewest digits that give an `f32` back.
pub(crate) fn single(value: f32) -> String {
    if !value.is_finite() {
        return real(value.into());
    }
    if value != 0.0 && !(1e-4..1e16).contains(&value.abs()) {
        return exponential(&format!("{value:e}"));
    }
    let text = format!("{value}");
    if text.contains('.') { text } else { text + ".0" }
}

/// Rust writes `1e-7` and `1.5e20`, Python `1e-07` and `1.5e+20`.
fn exponential(text: &str) -> String {
    match text.split_once('e') {
        Some((digits, exponent)) => match exponent.strip_prefix('-') {
            Some(exponent) => format!("{digits}e-{exponent:0>2}"),
            None => format!("{digits}e+{exponent:0>2}"),
        },
        None => text.to_string(),
    }
}

/// A complex number as Python's `repr` writes it, without its parentheses.
pub(crate) fn complex(real_part: f64, imaginary: f64) -> String {
    let imaginary = real(imaginary);
    let sign = if imaginary.starts_with('-') { "" } else { "+" };
    format!("{}{sign}{imaginary}j", real(real_part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(one_line("a\u{1b}[31m\n\u{9b}é"), "a\\u{1b}[31m\\n\\u{9b}é");
    }

    #[test]
    fn numbers_are_pythons() {
        for (value, text) in [
            (0.1, "0.1"),
            (5.0, "5.0"),
            (-0.0, "-0.0"),
            (1e16, "1e+16"),
            (123456789012345.6, "123456789012345.6"),
            (0.00001, "1e-05"),
            (1.5e300, "1.5e+300"),
            (f64::NAN, "nan"),
            (-f64::INFINITY, "-inf"),
        ] {
            assert_eq!(real(value), text);
        }
        assert_eq!(single(0.1), "0.1");
        assert_eq!(single(3.0), "3.0");
        assert_eq!(single(1e-7), "1e-07");
        assert_eq!(complex(1.0, -0.5), "1.0-0.5j");
        assert_eq!(complex(0.0, f64::NAN), "0.0+nanj");
    }

    #[test]
    fn shapes_are_pythons() {
        assert_eq!(shape(&[]), "()");
        assert_eq!(shape(&[3]), "(3,)");
        assert_eq!(shape(&[3, 4]), "(3, 4)");
    }
}
