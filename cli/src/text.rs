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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_escaped() {
        assert_eq!(one_line("a\u{1b}[31m\n\u{9b}é"), "a\\u{1b}[31m\\n\\u{9b}é");
    }

    #[test]
    fn shapes_are_pythons() {
        assert_eq!(shape(&[]), "()");
        assert_eq!(shape(&[3]), "(3,)");
        assert_eq!(shape(&[3, 4]), "(3, 4)");
    }
}
