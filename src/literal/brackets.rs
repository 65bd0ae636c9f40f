//! Values in brackets: tuples, lists, dictionaries, sets, and anything in parentheses.

use super::lexer::{Fault, Parsed, Problem, Rest, fail, space};
use super::value::{FEW, Form, Nodes, Parser, add};
use super::{Node, Pairs, Value};

impl<'a> Parser<'a> {
    /// What is left after a bracket and the blanks behind it.
    #[inline]
    pub(super) fn open(self, input: &'a [u8], depth: usize) -> Rest<'a> {
        match input {
            [_, rest @ ..] if depth < self.limit => space(rest, depth + 1),
            _ => Err(nom::Err::Failure(Fault { left: input.len(), problem: Problem::Nesting })),
        }
    }

    pub(super) fn list(self, input: &'a [u8], depth: usize, out: &mut Nodes<'a>) -> Rest<'a> {
        let rest = self.open(input, depth)?;
        let mut nodes = Vec::with_capacity(if rest.starts_with(b"]") { 0 } else { FEW });
        let rest = self.items(rest, depth + 1, b']', &mut nodes)?;
        add(out, self.at(input), || Value::List(nodes));
        space(rest, depth)
    }

    /// A tuple, or any value in parentheses.
    pub(super) fn parenthesis(self, input: &'a [u8], depth: usize, out: &mut Nodes<'a>) -> Parsed<'a, Form> {
        let at = self.at(input);
        let rest = self.open(input, depth)?;
        if let [b')', rest @ ..] = rest {
            add(out, at, || Value::Tuple(Vec::new()));
            return Ok((space(rest, depth)?, Form::Whole));
        }
        let mut nodes = Vec::with_capacity(FEW);
        match self.operand(rest, depth + 1, &mut nodes)? {
            ([b',', rest @ ..], Form::Number | Form::Signed | Form::Whole) => {
                let rest = self.items(space(rest, depth + 1)?, depth + 1, b')', &mut nodes)?;
                add(out, at, || Value::Tuple(nodes));
                Ok((space(rest, depth)?, Form::Whole))
            }
            ([b')', rest @ ..], form) => {
                out.extend(nodes.pop().map(|node| Node { at, ..node }));
                let rest = space(rest, depth)?;
                if form == Form::SetName { self.called(rest, depth) } else { Ok((rest, form)) }
            }
            (rest, _) => fail(rest, "',' or ')'"),
        }
    }

    /// The items up to the bracket `close`; `input` is at the next item or at `close`.
    fn items(self, mut input: &'a [u8], depth: usize, close: u8, out: &mut Nodes<'a>) -> Rest<'a> {
        loop {
            if let [found, rest @ ..] = input
                && *found == close
            {
                return Ok(rest);
            }
            input = match self.value(input, depth, out)? {
                [b',', rest @ ..] => space(rest, depth)?,
                rest @ [found, ..] if *found == close => rest,
                rest => {
                    return fail(
                        rest,
                        match close {
                            b')' => "',' or ')'",
                            b']' => "',' or ']'",
                            _ => "',' or '}'",
                        },
                    );
                }
            };
        }
    }

    /// A dictionary or set, and the blanks behind it.
    pub(super) fn brace(self, input: &'a [u8], depth: usize, out: &mut Nodes<'a>) -> Rest<'a> {
        let at = self.at(input);
        let mut rest = self.open(input, depth)?;
        let inner = depth + 1;
        let mut nodes = Vec::with_capacity(if rest.starts_with(b"}") { 0 } else { 2 * FEW });
        loop {
            if let [b'}', rest @ ..] = rest {
                add(out, at, || Value::Dict(Pairs(nodes)));
                return space(rest, depth);
            }
            let key = rest;
            rest = self.value(key, inner, &mut nodes)?;
            let [b':', tail @ ..] = rest else {
                return if nodes.len() == 1 {
                    self.set(rest, at, depth, nodes, out)
                } else {
                    fail(rest, "':'")
                };
            };
            if !nodes.last().is_some_and(|key| is_hashable(&key.value)) {
                return fail(key, "a hashable key");
            }
            rest = self.value(space(tail, inner)?, inner, &mut nodes)?;
            rest = match rest {
                [b',', rest @ ..] => space(rest, inner)?,
                [b'}', ..] => rest,
                _ => return fail(rest, "',' or '}'"),
            };
        }
    }

    /// The set that starts at `at` and has its first item in `nodes`.
    fn set(
        self,
        input: &'a [u8],
        at: usize,
        depth: usize,
        mut nodes: Nodes<'a>,
        out: &mut Nodes<'a>,
    ) -> Rest<'a> {
        let rest = match input {
            [b',', rest @ ..] => space(rest, depth + 1)?,
            [b'}', ..] => input,
            _ => return fail(input, "':'"),
        };
        let rest = self.items(rest, depth + 1, b'}', &mut nodes)?;
        if let Some(item) = nodes.iter().find(|item| !is_hashable(&item.value)) {
            let left = self.text.len.saturating_sub(item.at);
            let problem = Problem::Expected("a hashable item");
            return Err(nom::Err::Failure(Fault { left, problem }));
        }
        add(out, at, || Value::Set(nodes));
        space(rest, depth)
    }
}

fn is_hashable(value: &Value<'_>) -> bool {
    match value {
        Value::List(_) | Value::Set(_) | Value::Dict(_) => false,
        Value::Tuple(nodes) => nodes.iter().all(|node| is_hashable(&node.value)),
        _ => true,
    }
}
