//! The way through the brackets of a literal.
//!
//! The open brackets are a vector and not the calls of a recursive parser, so that a hostile text cannot
//! exhaust the stack, and each value is made in its place: a recursive parser that gave values to its
//! callers copied each at every level, which took three quarters of its time.

use std::borrow::Cow;

use super::lexer::{Fault, Parsed, Problem, end, fail, space, start};
use super::number::plain_number;
use super::state::{Bracket, Form, Kind, Operator, Parser, Text};
use super::tree::Entry;
use super::{Encoding, Int, Literal, Node, Span, Value};

/// The one value that `text` holds.
pub(super) fn literal(text: &[u8], encoding: Encoding, limit: usize) -> Result<Literal<'_>, Fault> {
    let unicode = match std::str::from_utf8(text) {
        Ok(unicode) if encoding == Encoding::Utf8 || unicode.is_ascii() => Some(unicode),
        Err(error) if encoding == Encoding::Utf8 => {
            let left = text.len() - error.valid_up_to();
            return Err(Fault { left, problem: Problem::Expected("UTF-8") });
        }
        _ => None,
    };
    /// Bytes of text that a value takes in usual headers.
    const BYTES_A_VALUE: usize = 7;
    let mut parser = Parser {
        text: Text { len: text.len(), unicode },
        limit,
        entries: Vec::with_capacity(text.len() / BYTES_A_VALUE),
        inner: Bracket::new(Kind::Text, 0),
        outer: Vec::new(),
    };
    match parser.whole(text) {
        Ok(root) => Ok(Literal { root, inside: parser.entries }),
        Err(nom::Err::Error(fault) | nom::Err::Failure(fault)) => Err(fault),
        Err(nom::Err::Incomplete(_)) => Err(Fault { left: 0, problem: Problem::Expected("a value") }),
    }
}

impl<'a> Parser<'a> {
    /// Reads the whole text, and gives its value without those in it.
    fn whole(&mut self, text: &'a [u8]) -> Result<Entry<'a>, nom::Err<Fault>> {
        let first = start(text)?;
        let mut input = first;
        while let Some(next) = self.step(input)? {
            input = next;
        }
        if self.inner.kind == Kind::TextTuple {
            let span = Span { start: 0, end: self.entries.len() };
            return Ok(Entry { at: self.at(first), value: Value::Tuple(span) });
        }
        let Some(entry) = self.entries.first_mut() else { return fail(input, "a value") };
        Ok(Entry { at: entry.at, value: entry.value.take_forward() })
    }

    /// Reads the value at `input`, and on to where the next value starts, if there is one.
    ///
    /// The usual values come first.
    fn step(&mut self, input: &'a [u8]) -> Result<Option<&'a [u8]>, nom::Err<Fault>> {
        let at = self.at(input);
        let (rest, form) = match input {
            [b'\'' | b'"', ..] if let Some((text, rest)) = self.text.plain_string(input) => {
                let rest = space(rest, self.depth())?;
                // A string that others may follow is read again with them.
                if matches!(rest, [b'\'' | b'"' | b'A'..=b'Z' | b'a'..=b'z', ..]) {
                    self.simple(input)?
                } else {
                    self.add(at, Value::Str(Cow::Borrowed(text)));
                    (rest, Form::Whole)
                }
            }
            [b'0'..=b'9', ..] if let Some((int, rest)) = plain_number(input) => {
                self.add(at, Value::Int(Int::Small(int)));
                (space(rest, self.depth())?, Form::Number)
            }
            [b'(', ..] => return self.open(input, Kind::Parenthesis),
            [b'[', ..] => return self.open(input, Kind::List),
            [b'{', ..] => return self.open(input, Kind::Brace),
            [b'+' | b'-', ..] => return self.sign(input).map(Some),
            _ => self.simple(input)?,
        };
        self.after(rest, form)
    }

    fn open(&mut self, input: &'a [u8], kind: Kind) -> Result<Option<&'a [u8]>, nom::Err<Fault>> {
        self.check_depth(input)?;
        let rest = space(input.get(1..).unwrap_or_default(), self.depth() + 1)?;
        let is_empty = rest.first() == Some(&kind.close());
        // The value that the bracket holds is known at its end.
        self.add(self.at(input), Value::None);
        let inner = Bracket::new(kind, self.entries.len());
        self.outer.push(std::mem::replace(&mut self.inner, inner));
        if is_empty { self.after(rest, Form::Whole) } else { Ok(Some(rest)) }
    }

    /// Goes on after a value, and closes the brackets that end there.
    #[inline(always)]
    fn after(&mut self, mut rest: &'a [u8], mut form: Form) -> Result<Option<&'a [u8]>, nom::Err<Fault>> {
        loop {
            if self.inner.operator != Operator::None {
                form = self.operate(form)?;
            }
            let kind = self.inner.kind;
            let next = match rest {
                [b'+' | b'-', ..] if matches!(form, Form::Number | Form::Signed) => {
                    return self.plus(rest).map(Some);
                }
                [next, ..] => *next,
                [] => 0,
            };
            if next == b')' && kind == Kind::Parenthesis {
                (rest, form) = self.close(rest, form)?;
                continue;
            }
            if form == Form::SetName {
                return fail(rest, "'(' after set");
            }
            if next == b',' && self.comma() {
                rest = space(rest.get(1..).unwrap_or_default(), self.depth())?;
                match (self.inner.kind, rest) {
                    (Kind::TextTuple, [] | [b'\n' | b'\r' | b'#', ..]) => {}
                    (kind, [next, ..]) if *next == kind.close() => {}
                    _ => return Ok(Some(rest)),
                }
            } else if next == b':' && self.colon()? {
                return space(rest.get(1..).unwrap_or_default(), self.depth()).map(Some);
            }
            if matches!(self.inner.kind, Kind::Text | Kind::TextTuple) {
                end(rest)?;
                return Ok(None);
            }
            (rest, form) = self.close(rest, form)?;
        }
    }

    /// Whether a comma may stand here; it tells what the bracket is.
    fn comma(&mut self) -> bool {
        let inner = &mut self.inner;
        inner.kind = match inner.kind {
            Kind::Text => Kind::TextTuple,
            Kind::Parenthesis => Kind::Tuple,
            Kind::Brace => Kind::Set,
            Kind::Dict if inner.lacks_value() => return false,
            kind => kind,
        };
        true
    }

    /// Whether a colon may stand here; it tells what the bracket is.
    fn colon(&mut self) -> Result<bool, nom::Err<Fault>> {
        if !matches!(self.inner.kind, Kind::Brace | Kind::Dict) || !self.inner.lacks_value() {
            return Ok(false);
        }
        self.inner.kind = Kind::Dict;
        if !self.last().is_some_and(Node::is_hashable) {
            return self.fail_at_last("a hashable key");
        }
        Ok(true)
    }

    /// Closes the innermost bracket, whose value goes into the next one; gives what is left after the
    /// blanks, and what the value is.
    fn close(&mut self, input: &'a [u8], form: Form) -> Parsed<'a, Form> {
        let kind = self.inner.kind;
        let lacks_value = kind == Kind::Dict && self.inner.lacks_value();
        if input.first() != Some(&kind.close()) || lacks_value {
            return fail(
                input,
                match kind {
                    Kind::Text | Kind::TextTuple => "the end",
                    Kind::Parenthesis | Kind::Tuple => "',' or ')'",
                    Kind::List => "',' or ']'",
                    Kind::Brace => "':'",
                    Kind::Dict if lacks_value => "':'",
                    Kind::Dict | Kind::Set => "',' or '}'",
                },
            );
        }
        let Some(outer) = self.outer.pop() else { return fail(input, "the end") };
        let Bracket { start, len, .. } = std::mem::replace(&mut self.inner, outer);
        let span = Span { start: 0, end: self.entries.len() - start };
        let mut whole = Form::Whole;
        let value = match kind {
            Kind::Parenthesis if let Some(inner) = self.entries.get_mut(start) => {
                // The value takes the place of the parenthesis; of one that holds others the entry stays.
                let value = inner.value.take_forward();
                if value.span().is_none() {
                    self.entries.pop();
                }
                whole = form;
                value
            }
            Kind::List => Value::List(span),
            Kind::Dict => Value::Dict(span),
            Kind::Brace if len == 0 => Value::Dict(span),
            Kind::Brace | Kind::Set => Value::Set(span),
            _ => Value::Tuple(span),
        };
        if let Some(own) = self.entries.get_mut(self.inner.last) {
            own.value = value;
        }
        if let Some(own) = self.last()
            && let Value::Set(_) = own.value
            && let Some(item) = own.items().find(|item| !item.is_hashable())
        {
            let left = self.text.len.saturating_sub(item.at);
            let problem = Problem::Expected("a hashable item");
            return Err(nom::Err::Failure(Fault { left, problem }));
        }
        let rest = space(input.get(1..).unwrap_or_default(), self.depth())?;
        if whole == Form::SetName { self.called(rest, whole) } else { Ok((rest, whole)) }
    }
}
