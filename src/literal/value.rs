//! Values without brackets: names, numbers, strings, and the few operators that literals have.

use super::lexer::{Fault, Parsed, Rest, fail, is_name, space};
use super::number::number;
use super::state::{Form, Operator, Parser};
use super::string::string;
use super::tree::Entry;
use super::{Span, Value};

impl<'a> Parser<'a> {
    /// A value without brackets and operators, and the blanks behind it.
    pub(super) fn simple(&mut self, input: &'a [u8]) -> Parsed<'a, Form> {
        let at = self.at(input);
        match input {
            [b'\'' | b'"', ..] => Ok((self.strings(input)?, Form::Whole)),
            [b'0'..=b'9', ..] | [b'.', b'0'..=b'9', ..] => {
                let (rest, value) = number(input)?;
                self.add(at, value);
                Ok((space(rest, self.depth())?, Form::Number))
            }
            [b'.', b'.', b'.', rest @ ..] => {
                self.add(at, Value::Ellipsis);
                Ok((space(rest, self.depth())?, Form::Whole))
            }
            _ => self.name(input),
        }
    }

    /// A word: a constant, the prefix of a string, or `set`.
    fn name(&mut self, input: &'a [u8]) -> Parsed<'a, Form> {
        let len = input.iter().take_while(|&&byte| is_name(byte)).count();
        let (name, rest) = input.split_at_checked(len).unwrap_or((input, &[]));
        let (value, form) = match (name, rest) {
            (b"False", _) => (Value::Bool(false), Form::Whole),
            (b"True", _) => (Value::Bool(true), Form::Whole),
            (b"None", _) => (Value::None, Form::Whole),
            (b"set", _) => (Value::Set(Span { start: 0, end: 0 }), Form::SetName),
            ([_, ..], [b'\'' | b'"', ..]) if is_prefix(name) => {
                return Ok((self.strings(input)?, Form::Whole));
            }
            _ => return fail(input, "a value"),
        };
        let at = self.at(input);
        self.add(at, value);
        self.called(space(rest, self.depth())?, form)
    }

    /// What is left after the empty parentheses that the name `set` may have, and what it is then.
    pub(super) fn called(&mut self, input: &'a [u8], form: Form) -> Parsed<'a, Form> {
        match input {
            [b'(', rest @ ..] if form == Form::SetName => {
                self.check_depth(input)?;
                match space(rest, self.depth() + 1)? {
                    [b')', rest @ ..] => Ok((space(rest, self.depth())?, Form::Whole)),
                    rest => fail(rest, "')'"),
                }
            }
            _ => Ok((input, form)),
        }
    }

    /// A string or bytes, joined with those that follow.
    fn strings(&mut self, mut input: &'a [u8]) -> Rest<'a> {
        let at = self.at(input);
        let mut whole = None;
        // Bytes are joined here, in a vector that grows.
        let mut bytes = Vec::new();
        loop {
            let len = input.iter().take(2).take_while(|byte| byte.is_ascii_alphabetic()).count();
            let (prefix, quoted) = input.split_at_checked(len).unwrap_or((input, &[]));
            if !matches!(quoted, [b'\'' | b'"', ..]) || !is_prefix(prefix) {
                break;
            }
            let (rest, next) = string(self.text, prefix, quoted)?;
            match (&mut whole, next) {
                (None | Some(Value::Bytes(_)), Value::Bytes(next)) => {
                    bytes.extend_from_slice(&next);
                    whole = Some(Value::Bytes(Box::default()));
                }
                (None, next) => whole = Some(next),
                (Some(Value::Str(whole)), Value::Str(next)) => whole.to_mut().push_str(&next),
                _ => return fail(input, "no mix of str and bytes"),
            }
            input = space(rest, self.depth())?;
        }
        match whole {
            Some(Value::Bytes(_)) => self.add(at, Value::Bytes(bytes.into())),
            Some(value) => self.add(at, value),
            None => return fail(input, "a value"),
        }
        Ok(input)
    }

    /// The operator at `input`, which stands before a value, and the blanks behind it.
    pub(super) fn sign(&mut self, input: &'a [u8]) -> Rest<'a> {
        match input {
            [sign @ (b'+' | b'-'), rest @ ..] if self.inner.operator == Operator::None => {
                self.inner.operator = Operator::Sign { minus: *sign == b'-', at: self.at(input) };
                space(rest, self.depth())
            }
            _ => fail(input, "a value"),
        }
    }

    /// The operator at `input`, which stands between a number and its imaginary part, and the blanks
    /// behind it.
    pub(super) fn plus(&mut self, input: &'a [u8]) -> Rest<'a> {
        match self.last().map(|node| node.value) {
            Some(Value::Int(int)) if int.to_float().is_infinite() => {
                return fail(input, "no imaginary part for an integer beyond floats");
            }
            Some(Value::Int(_) | Value::Float(_)) => {}
            _ => return fail(input, "no operator"),
        }
        self.inner.operator = Operator::Sum { minus: input.first() == Some(&b'-') };
        space(input.get(1..).unwrap_or_default(), self.depth())
    }

    /// Lets the operator before the last value work on it; gives what the value is then.
    pub(super) fn operate(&mut self, form: Form) -> Result<Form, nom::Err<Fault>> {
        let operator = std::mem::replace(&mut self.inner.operator, Operator::None);
        // A number has nothing in it, so that as the last value it is the last entry.
        let entries = &mut self.entries;
        match operator {
            Operator::None => Ok(form),
            Operator::Sign { minus, at } => match entries.last_mut() {
                Some(entry) if form == Form::Number => {
                    entry.at = at;
                    if minus {
                        entry.value.negate();
                    }
                    Ok(Form::Signed)
                }
                _ => self.fail_at_last("a number"),
            },
            Operator::Sum { minus } => {
                let [.., real, Entry { value: Value::Complex { re: zero, im }, .. }] = &mut entries[..]
                else {
                    return self.fail_at_last("an imaginary number");
                };
                let re = match &real.value {
                    Value::Int(int) if form == Form::Number => int.to_float(),
                    Value::Float(float) if form == Form::Number => *float,
                    _ => return self.fail_at_last("an imaginary number"),
                };
                // Python adds the parts that are 0 too, which tells in the signs of zeros.
                real.value = if minus {
                    Value::Complex { re: re - *zero, im: 0.0 - *im }
                } else {
                    Value::Complex { re: re + *zero, im: 0.0 + *im }
                };
                entries.pop();
                self.inner.len -= 1;
                self.inner.last = self.entries.len().saturating_sub(1);
                Ok(Form::Whole)
            }
        }
    }
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
