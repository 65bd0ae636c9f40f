//! Values but for those in brackets, and the few operators that literals have.

use std::borrow::Cow;

use super::lexer::{Fault, Parsed, Problem, Rest, end, fail, is_name, space, start};
use super::number::{number, plain_number};
use super::string::string;
use super::{Encoding, Int, Node, Value};

/// The whole text, from which strings are borrowed.
#[derive(Clone, Copy)]
pub(super) struct Text<'a> {
    pub(super) len: usize,
    /// The text, where its bytes are UTF-8 or ASCII; where not, they are Latin-1.
    pub(super) unicode: Option<&'a str>,
}

/// What an operand may still become a part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A number without a sign, which a sign may precede.
    Number,
    /// A number with a sign, which may have an imaginary part.
    Signed,
    /// A value that takes no operator.
    Whole,
    /// The name `set`, which is no value until it is called.
    SetName,
}

/// The parser of values; each of its methods adds its value to a vector of the caller's.
///
/// The methods could give their values to their callers, as parsers do; but then each value is copied at
/// every level that it goes up, and that took three quarters of the time.
#[derive(Clone, Copy)]
pub(super) struct Parser<'a> {
    pub(super) text: Text<'a>,
    /// Brackets that may be open at a time.
    pub(super) limit: usize,
}

/// Where values go.
pub(super) type Nodes<'a> = Vec<Node<'a>>;

/// Items that a bracket starts with room for: a field of a record has two or three.
pub(super) const FEW: usize = 3;

/// The one value that `text` holds.
pub(super) fn literal(text: &[u8], encoding: Encoding, limit: usize) -> Result<Node<'_>, Fault> {
    let unicode = match std::str::from_utf8(text) {
        Ok(unicode) if encoding == Encoding::Utf8 || unicode.is_ascii() => Some(unicode),
        Err(error) if encoding == Encoding::Utf8 => {
            return Err(Fault {
                left: text.len() - error.valid_up_to(),
                problem: Problem::Expected("UTF-8"),
            });
        }
        _ => None,
    };
    let mut out = Vec::with_capacity(FEW);
    match (Parser { text: Text { len: text.len(), unicode }, limit }).whole(text, &mut out) {
        Ok(_) => out.pop().ok_or(Fault { left: 0, problem: Problem::Expected("a value") }),
        Err(nom::Err::Error(fault) | nom::Err::Failure(fault)) => Err(fault),
        Err(nom::Err::Incomplete(_)) => Err(Fault { left: 0, problem: Problem::Expected("a value") }),
    }
}

/// Adds a value to `out` and makes it there: `push` would make it first, to drop it if the vector's growth
/// should panic, and copy it.
#[cfg_attr(not(debug_assertions), inline(always))]
pub(super) fn add<'a>(out: &mut Nodes<'a>, at: usize, value: impl FnOnce() -> Value<'a>) {
    out.extend(std::iter::once_with(|| Node { at, value: value() }));
}

impl<'a> Parser<'a> {
    pub(super) fn at(self, input: &[u8]) -> usize {
        self.text.len - input.len().min(self.text.len)
    }

    fn whole(self, text: &'a [u8], out: &mut Nodes<'a>) -> Rest<'a> {
        let input = start(text)?;
        let mut rest = self.value(input, 0, out)?;
        // A comma makes a tuple without parentheses.
        if let [b',', ..] = rest {
            while let [b',', tail @ ..] = rest {
                rest = space(tail, 0)?;
                if matches!(rest, [] | [b'\n' | b'\r' | b'#', ..]) {
                    break;
                }
                rest = self.value(rest, 0, out)?;
            }
            let nodes = std::mem::take(out);
            add(out, self.at(input), || Value::Tuple(nodes));
        }
        end(rest)
    }

    /// A value with its operators and the blanks behind it; `depth` is how many brackets are open.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn value(self, input: &'a [u8], depth: usize, out: &mut Nodes<'a>) -> Rest<'a> {
        match self.operand(input, depth, out)? {
            (rest, Form::SetName) => fail(rest, "'(' after set"),
            (rest, _) => Ok(rest),
        }
    }

    /// A value or the name `set`; the usual values come first and are inlined.
    #[cfg_attr(not(debug_assertions), inline(always))]
    pub(super) fn operand(self, input: &'a [u8], depth: usize, out: &mut Nodes<'a>) -> Parsed<'a, Form> {
        match input {
            [b'\'' | b'"', ..] if let Some((text, rest)) = self.text.plain_string(input) => {
                let rest = space(rest, depth)?;
                if !may_be_string(rest) {
                    add(out, self.at(input), || Value::Str(Cow::Borrowed(text)));
                    return Ok((rest, Form::Whole));
                }
            }
            [b'0'..=b'9', ..] if let Some((int, rest)) = plain_number(input) => {
                let rest = space(rest, depth)?;
                if !matches!(rest, [b'+' | b'-', ..]) {
                    add(out, self.at(input), || Value::Int(Int::Small(int)));
                    return Ok((rest, Form::Number));
                }
            }
            [b'(', ..] => {
                return match self.parenthesis(input, depth, out)? {
                    (rest, form @ (Form::Whole | Form::SetName)) => Ok((rest, form)),
                    (rest, form) => self.operators(rest, form, depth, out),
                };
            }
            [b'[', ..] => return Ok((self.list(input, depth, out)?, Form::Whole)),
            _ => {}
        }
        self.any_operand(input, depth, out)
    }

    fn any_operand(self, input: &'a [u8], depth: usize, out: &mut Nodes<'a>) -> Parsed<'a, Form> {
        let (rest, form) = match input {
            [b'+' | b'-', ..] => self.signed(input, depth, out)?,
            _ => self.primary(input, depth, out)?,
        };
        self.operators(rest, form, depth, out)
    }

    /// The imaginary part that may follow a number.
    fn operators(self, rest: &'a [u8], form: Form, depth: usize, out: &mut Nodes<'a>) -> Parsed<'a, Form> {
        match (form, rest) {
            (Form::Number | Form::Signed, [b'+' | b'-', ..]) => {
                Ok((self.sum(rest, depth, out)?, Form::Whole))
            }
            _ => Ok((rest, form)),
        }
    }

    /// A sign and its number.
    fn signed(self, input: &'a [u8], depth: usize, out: &mut Nodes<'a>) -> Parsed<'a, Form> {
        let [sign, tail @ ..] = input else { return fail(input, "a sign") };
        let unsigned = space(tail, depth)?;
        let (rest, Form::Number) = self.primary(unsigned, depth, out)? else {
            return fail(unsigned, "a number");
        };
        let at = self.at(input);
        if let Some(node) = out.last_mut() {
            node.at = at;
            if *sign == b'-' {
                node.value.negate();
            }
        }
        Ok((rest, Form::Signed))
    }

    /// The imaginary part of the number on the pile; `input` starts with its sign.
    fn sum(self, input: &'a [u8], depth: usize, out: &mut Nodes<'a>) -> Rest<'a> {
        let re = match out.last().map(|node| &node.value) {
            Some(Value::Int(int)) if int.to_float().is_finite() => int.to_float(),
            Some(Value::Int(_)) => return fail(input, "no imaginary part for an integer beyond floats"),
            Some(Value::Float(float)) => *float,
            _ => return fail(input, "no operator"),
        };
        let [sign, tail @ ..] = input else { return fail(input, "a sign") };
        let tail = space(tail, depth)?;
        let (rest, form) = self.primary(tail, depth, out)?;
        let imaginary = out.pop().map(|node| node.value);
        let (Some(Value::Complex { re: zero, im }), Form::Number) = (imaginary, form) else {
            return fail(tail, "an imaginary number");
        };
        if let Some(node) = out.last_mut() {
            // Python adds the parts that are 0 too, which tells in the signs of zeros.
            node.value = match sign {
                b'+' => Value::Complex { re: re + zero, im: 0.0 + im },
                _ => Value::Complex { re: re - zero, im: 0.0 - im },
            };
        }
        Ok(rest)
    }

    /// A value without operators around it, and the blanks behind it.
    fn primary(self, input: &'a [u8], depth: usize, out: &mut Nodes<'a>) -> Parsed<'a, Form> {
        let at = self.at(input);
        match input {
            [b'\'' | b'"', ..] => Ok((self.strings(input, at, depth, out)?, Form::Whole)),
            [b'0'..=b'9', ..] | [b'.', b'0'..=b'9', ..] => {
                let (rest, value) = number(input)?;
                add(out, at, || value);
                Ok((space(rest, depth)?, Form::Number))
            }
            [b'(', ..] => self.parenthesis(input, depth, out),
            [b'[', ..] => Ok((self.list(input, depth, out)?, Form::Whole)),
            [b'{', ..] => Ok((self.brace(input, depth, out)?, Form::Whole)),
            [b'.', b'.', b'.', rest @ ..] => {
                add(out, at, || Value::Ellipsis);
                Ok((space(rest, depth)?, Form::Whole))
            }
            _ => self.name(input, depth, out),
        }
    }

    /// A word: a constant, the prefix of a string, or `set`.
    fn name(self, input: &'a [u8], depth: usize, out: &mut Nodes<'a>) -> Parsed<'a, Form> {
        let at = self.at(input);
        let len = input.iter().take_while(|&&byte| is_name(byte)).count();
        let (name, rest) = input.split_at_checked(len).unwrap_or((input, &[]));
        let value = match (name, rest) {
            (b"False", _) => Value::Bool(false),
            (b"True", _) => Value::Bool(true),
            (b"None", _) => Value::None,
            (b"set", _) => {
                add(out, at, || Value::Set(Vec::new()));
                return self.called(space(rest, depth)?, depth);
            }
            ([_, ..], [b'\'' | b'"', ..]) if is_prefix(name) => {
                return Ok((self.strings(input, at, depth, out)?, Form::Whole));
            }
            _ => return fail(input, "a value"),
        };
        add(out, at, || value);
        Ok((space(rest, depth)?, Form::Whole))
    }

    /// What is left after the empty parentheses that the name `set` may have, and what it is then.
    pub(super) fn called(self, input: &'a [u8], depth: usize) -> Parsed<'a, Form> {
        if input.first() != Some(&b'(') {
            return Ok((input, Form::SetName));
        }
        match self.open(input, depth)? {
            [b')', rest @ ..] => Ok((space(rest, depth)?, Form::Whole)),
            rest => fail(rest, "')'"),
        }
    }

    /// A string or bytes, joined with those that follow.
    fn strings(self, mut input: &'a [u8], at: usize, depth: usize, out: &mut Nodes<'a>) -> Rest<'a> {
        let mut whole = None;
        loop {
            let len = input.iter().take(2).take_while(|byte| byte.is_ascii_alphabetic()).count();
            let (prefix, quoted) = input.split_at_checked(len).unwrap_or((input, &[]));
            if !matches!(quoted, [b'\'' | b'"', ..]) || !is_prefix(prefix) {
                break;
            }
            let (rest, next) = string(self.text, prefix, quoted)?;
            match (&mut whole, next) {
                (None, next) => whole = Some(next),
                (Some(Value::Str(whole)), Value::Str(next)) => whole.to_mut().push_str(&next),
                (Some(Value::Bytes(whole)), Value::Bytes(next)) => whole.to_mut().extend_from_slice(&next),
                _ => return fail(input, "no mix of str and bytes"),
            }
            input = space(rest, depth)?;
        }
        match whole {
            Some(value) => add(out, at, || value),
            None => return fail(input, "a value"),
        }
        Ok(input)
    }
}

/// Whether a string may stand here, with its prefix.
fn may_be_string(input: &[u8]) -> bool {
    matches!(input, [b'\'' | b'"' | b'A'..=b'Z' | b'a'..=b'z', ..])
}

fn is_prefix(name: &[u8]) -> bool {
    let lower = |byte: &u8| byte.to_ascii_lowercase();
    match name {
        [] => true,
        [a] => matches!(lower(a), b'b' | b'r' | b'u'),
        [a, b] => matches!((lower(a), lower(b)), (b'b', b'r') | (b'r', b'b')),
        _ => false,
    }
}
