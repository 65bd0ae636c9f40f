//! The way through the brackets of a literal.
//!
//! The open brackets are a vector and not the calls of a recursive parser, so that a hostile text cannot
//! exhaust the stack, and each value is made in its bracket: a recursive parser that gave values to its
//! callers copied each at every level, which took three quarters of its time.

use std::borrow::Cow;

use super::lexer::{Fault, Parsed, Problem, end, fail, space, start};
use super::number::plain_number;
use super::state::{Bracket, Form, Kind, Operator, Parser, Text, add};
use super::{Encoding, Int, Node, Pairs, Value};

/// The one value that `text` holds.
pub(super) fn literal(text: &[u8], encoding: Encoding, limit: usize) -> Result<Node<'_>, Fault> {
    let unicode = match std::str::from_utf8(text) {
        Ok(unicode) if encoding == Encoding::Utf8 || unicode.is_ascii() => Some(unicode),
        Err(error) if encoding == Encoding::Utf8 => {
            let left = text.len() - error.valid_up_to();
            return Err(Fault { left, problem: Problem::Expected("UTF-8") });
        }
        _ => None,
    };
    let inner = Bracket { kind: Kind::Text, at: 0, nodes: Vec::with_capacity(1), operator: Operator::None };
    let mut parser = Parser { text: Text { len: text.len(), unicode }, limit, inner, outer: Vec::new() };
    match parser.whole(text) {
        Ok(node) => Ok(node),
        Err(nom::Err::Error(fault) | nom::Err::Failure(fault)) => Err(fault),
        Err(nom::Err::Incomplete(_)) => Err(Fault { left: 0, problem: Problem::Expected("a value") }),
    }
}

impl<'a> Parser<'a> {
    fn whole(&mut self, text: &'a [u8]) -> Result<Node<'a>, nom::Err<Fault>> {
        let first = start(text)?;
        let mut input = first;
        while let Some(next) = self.step(input)? {
            input = next;
        }
        if self.inner.kind == Kind::TextTuple {
            let nodes = std::mem::take(&mut self.inner.nodes);
            return Ok(Node { at: self.at(first), value: Value::Tuple(nodes) });
        }
        self.inner.nodes.pop().map_or_else(|| fail(input, "a value"), Ok)
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
                    add(&mut self.inner.nodes, at, || Value::Str(Cow::Borrowed(text)));
                    (rest, Form::Whole)
                }
            }
            [b'0'..=b'9', ..] if let Some((int, rest)) = plain_number(input) => {
                add(&mut self.inner.nodes, at, || Value::Int(Int::Small(int)));
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
        let inner = Bracket {
            kind,
            at: self.at(input),
            nodes: Vec::with_capacity(match kind {
                _ if is_empty => 0,
                // The three keys of a header and their values.
                Kind::Brace => 6,
                // A field of a record has two or three items.
                _ => 3,
            }),
            operator: Operator::None,
        };
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
            Kind::Dict if !inner.nodes.len().is_multiple_of(2) => return false,
            kind => kind,
        };
        true
    }

    /// Whether a colon may stand here; it tells what the bracket is.
    fn colon(&mut self) -> Result<bool, nom::Err<Fault>> {
        let inner = &mut self.inner;
        if !matches!(inner.kind, Kind::Brace | Kind::Dict) || inner.nodes.len().is_multiple_of(2) {
            return Ok(false);
        }
        inner.kind = Kind::Dict;
        if !inner.nodes.last().is_some_and(|key| is_hashable(&key.value)) {
            return self.fail_at_last("a hashable key");
        }
        Ok(true)
    }

    /// Closes the innermost bracket, whose value goes into the next one; gives what is left after the
    /// blanks, and what the value is.
    fn close(&mut self, input: &'a [u8], form: Form) -> Parsed<'a, Form> {
        let kind = self.inner.kind;
        let lacks_value = kind == Kind::Dict && !self.inner.nodes.len().is_multiple_of(2);
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
        let Bracket { mut nodes, at, .. } = std::mem::replace(&mut self.inner, outer);
        let out = &mut self.inner.nodes;
        let mut whole = Form::Whole;
        match kind {
            Kind::Parenthesis if let Some(node) = nodes.pop() => {
                add(out, at, || node.value);
                whole = form;
            }
            Kind::List => add(out, at, || Value::List(nodes)),
            Kind::Dict => add(out, at, || Value::Dict(Pairs(nodes))),
            Kind::Brace if nodes.is_empty() => add(out, at, || Value::Dict(Pairs(nodes))),
            Kind::Brace | Kind::Set => {
                if let Some(item) = nodes.iter().find(|item| !is_hashable(&item.value)) {
                    let left = self.text.len.saturating_sub(item.at);
                    let problem = Problem::Expected("a hashable item");
                    return Err(nom::Err::Failure(Fault { left, problem }));
                }
                add(out, at, || Value::Set(nodes));
            }
            _ => add(out, at, || Value::Tuple(nodes)),
        }
        let rest = space(input.get(1..).unwrap_or_default(), self.depth())?;
        if whole == Form::SetName { self.called(rest, whole) } else { Ok((rest, whole)) }
    }
}

fn is_hashable(value: &Value<'_>) -> bool {
    match value {
        Value::List(_) | Value::Set(_) | Value::Dict(_) => false,
        Value::Tuple(nodes) => nodes.iter().all(|node| is_hashable(&node.value)),
        _ => true,
    }
}
