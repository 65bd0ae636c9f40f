//! The differences from NumPy that are meant, and the rules that know them.
//!
//! Everything here also stands in the crate's documentation. A new one is a new entry of [`RULES`].

use crate::case::{Accepted, Case, Group, Verdict};

/// How our answer differs from NumPy's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    /// We read what NumPy refuses.
    FalseAccept,
    /// We refuse what NumPy reads.
    FalseReject,
    /// Both read it, but not the same.
    WrongValue,
    /// We panicked.
    Panic,
    /// We took longer than any header may take.
    Slow,
}

/// One answer of ours that is not NumPy's.
pub struct Difference {
    pub sort: Sort,
    /// What differs: `shape`, `descr`...
    pub what: &'static str,
    pub numpys: String,
    pub ours: String,
}

impl Difference {
    pub fn new(sort: Sort, what: &'static str, numpys: &str, ours: &str) -> Self {
        Self { sort, what, numpys: numpys.into(), ours: ours.into() }
    }
}

/// A difference that is meant.
pub struct Rule {
    pub name: &'static str,
    pub reason: &'static str,
    pub applies: fn(&Case, &Difference) -> bool,
}

/// The rule by which a difference is meant. None applies to a header that NumPy wrote.
pub fn rule(case: &Case, difference: &Difference) -> Option<&'static Rule> {
    let may_differ = case.group != Group::Written && !matches!(difference.sort, Sort::Panic | Sort::Slow);
    RULES.iter().find(|rule| may_differ && (rule.applies)(case, difference))
}

/// The list of deliberate differences.
pub const RULES: &[Rule] = &[
    Rule {
        name: "kills NumPy",
        reason: "a unit with a divisor of zero ends the Python process (SIGFPE); we refuse it",
        applies: |case, difference| {
            matches!(case.verdict, Verdict::Crashed) && difference.sort == Sort::FalseReject
        },
    },
    Rule {
        name: "impossible shape",
        reason: "NumPy's header reader takes axes that no array has: negative, bool, too many, too large",
        applies: |case, difference| refused_by_us(case, difference).is_some_and(|numpy| !is_possible(numpy)),
    },
    Rule {
        name: "wrapped item size",
        reason: "the sum of the fields overflows a C int in NumPy and wraps round",
        applies: |case, difference| refused_by_us(case, difference).is_some_and(|numpy| numpy.wrapped),
    },
    Rule {
        name: "negative divisor",
        reason: "NumPy makes a unit of a negative multiple of it, which it cannot read itself",
        applies: |case, difference| {
            refused_by_us(case, difference).is_some_and(|numpy| shown(&numpy.dtype).contains("[-"))
        },
    },
    Rule {
        name: "divisor of weeks",
        reason: "NumPy reads beyond the end of its table of units, with a result by chance",
        applies: |case, difference| difference.sort != Sort::FalseAccept && case.text().contains("W/"),
    },
    Rule {
        name: "long double of 12 bytes",
        reason: "32-bit systems write f12 and c24; NumPy on 64-bit systems refuses them, we read them as raw bytes",
        applies: |_, difference| {
            let types = ["f12", "c24"];
            difference.sort == Sort::FalseAccept && types.iter().any(|of| difference.ours.contains(of))
        },
    },
    Rule {
        name: "float of one byte",
        reason: "NumPy writes ml_dtypes.float8_e5m2 as f1 and then refuses it; we read it as raw bytes",
        applies: |_, difference| {
            let names = ["float8_e5m2", "<f1", ">f1"];
            difference.sort == Sort::FalseAccept && names.iter().any(|name| difference.ours.contains(name))
        },
    },
    Rule {
        name: "lone surrogate",
        reason: "Python's strings can hold half of a UTF-16 pair, Rust's cannot",
        applies: |case, difference| difference.sort == Sort::FalseReject && has_surrogate(&case.text()),
    },
    Rule {
        name: "character by name",
        reason: r"\N{...} needs the table of all names in Unicode, which differs between Pythons",
        applies: |case, difference| difference.sort == Sort::FalseReject && case.text().contains(r"\N{"),
    },
    Rule {
        name: "set of fields",
        reason: "the order of a set of strings changes from run to run, and the order of the fields with it",
        applies: |case, difference| difference.sort != Sort::FalseAccept && has_set_as_descr(&case.text()),
    },
    Rule {
        name: "indented last line",
        reason: "a newline, blanks and no newline at the end: Pythons differ, and so do NumPy's format versions",
        applies: |case, _| is_tail_indented(&case.text()),
    },
    Rule {
        name: "indented dictionary",
        reason: "what stands before the dictionary counts as its indentation in some Pythons and format versions",
        applies: |_, difference| {
            difference.sort == Sort::FalseReject && difference.ours.contains("expected no indentation")
        },
    },
    Rule {
        name: "array without items in a tuple",
        reason: "NumPy gives it a size or fields of something else, and makes a dtype that is not valid",
        applies: |case, difference| {
            let is_named = difference.ours.contains("an array without items takes neither");
            is_named && refused_by_us(case, difference).is_some()
        },
    },
    Rule {
        name: "empty sequence as shape",
        reason: "an empty list or bytes object gives the element a shape without axes, which no NumPy writes",
        applies: |case, difference| {
            let empty = ["dtype b'' is invalid: expected a shape", "dtype [] is invalid: expected a shape"];
            empty.iter().any(|empty| difference.ours.contains(empty))
                && refused_by_us(case, difference).is_some()
        },
    },
    Rule {
        name: "title of a set or a dictionary",
        reason: "the text of a set depends on the run of Python, and equal items become one",
        applies: |case, difference| {
            // The descr that NumPy would write does not show the fields of a subarray, nor those out of order.
            let is_named = difference.ours.contains('{') && difference.ours.contains("is not read as title");
            refused_by_us(case, difference)
                .is_some_and(|numpy| is_named || shown(&numpy.descr).contains(['{', '}']))
        },
    },
    Rule {
        name: "title of a huge integer",
        reason: "an integer beyond 64 bits in another base than ten; Python itself cannot show the largest",
        applies: |case, difference| {
            let unprintable = "Exceeds the limit (4300 digits)";
            let is_huge = |cell: &str| longest_number(cell) > 18 || cell.contains(unprintable);
            difference.sort == Sort::FalseReject
                && case.accepted().is_some_and(|numpy| is_huge(shown(&numpy.descr)))
        },
    },
];

/// What NumPy read, where we refused.
fn refused_by_us<'a>(case: &'a Case, difference: &Difference) -> Option<&'a Accepted> {
    case.accepted().filter(|_| difference.sort == Sort::FalseReject)
}

fn shown(cell: &Result<String, String>) -> &str {
    match cell {
        Ok(text) | Err(text) => text,
    }
}

/// Whether an array of that shape can be: at most 64 axes, and a size that a signed word counts, where
/// axes of length 0 do not excuse the others.
fn is_possible(numpy: &Accepted) -> bool {
    let Some(shape) = numpy.plain_shape() else { return false };
    let itemsize = usize::try_from(numpy.itemsize).unwrap_or(0).max(1);
    let nbytes = shape.iter().try_fold(itemsize, |nbytes, &axis| nbytes.checked_mul(axis.max(1)));
    shape.len() <= 64 && nbytes.is_some_and(|nbytes| isize::try_from(nbytes).is_ok())
}

/// Whether the text has an escape of a code point from U+D800 to U+DFFF.
fn has_surrogate(text: &str) -> bool {
    let starts = text.match_indices(r"\u").map(|(at, _)| &text[at + 2..]);
    let long_starts = text.match_indices(r"\U0000").map(|(at, _)| &text[at + 6..]);
    starts.chain(long_starts).any(|digits| {
        let digits = digits.as_bytes();
        matches!(digits, [b'd' | b'D', b'8' | b'9' | b'a'..=b'f' | b'A'..=b'F', ..])
    })
}

/// Whether the value of `descr` starts as a set or a dictionary.
fn has_set_as_descr(text: &str) -> bool {
    text.match_indices("descr").any(|(at, key)| {
        let value = text[at + key.len()..].trim_start_matches(['\'', '"', ')', ' ', '\t', '\n']);
        value
            .strip_prefix(':')
            .is_some_and(|value| value.trim_start_matches([' ', '(', '\n', '\t']).starts_with('{'))
    })
}

/// Whether the last line is blank but not empty.
fn is_tail_indented(text: &str) -> bool {
    let kept = text.trim_end_matches([' ', '\t', '\x0c']);
    kept.len() < text.len() && kept.ends_with(['\n', '\r'])
}

fn longest_number(text: &str) -> usize {
    text.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or(0)
}
