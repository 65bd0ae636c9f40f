//! Values: brackets, names, and the few operators that literals have.

use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while1};
use nom::character::complete::{char, one_of};
use nom::combinator::{cond, cut, map_opt, opt, value as constant};
use nom::error::context;
use nom::multi::{many0_count, separated_list0};
use nom::sequence::preceded;

use super::error::{Parsed, SyntaxError, fail, fail_before, is_name};
use super::node::Form;
use super::number::number;
use super::space::{State, space, token};
use super::string::strings;
use super::{Int, Node, Value};

/// `value: operand [('+' | '-') imaginary]`
///
/// This is where the parser calls itself, as often as brackets are open. Values are put after those in `out` and not
/// given to the caller: each level would copy them, which takes time and kilobytes of stack.
pub(super) fn value<'a>(input: &'a str, state: State, out: &mut Vec<Node<'a>>) -> Parsed<'a, ()> {
    let (rest, ()) = operand(input, state, out)?;
    match rest.as_bytes().first() {
        Some(b'+' | b'-') => sum(rest, state, out),
        _ => call(rest, state, out),
    }
}

/// `operand: tuple | list | brace | signed | leaf`
///
/// The first character decides, so that nothing is read twice.
fn operand<'a>(input: &'a str, state: State, out: &mut Vec<Node<'a>>) -> Parsed<'a, ()> {
    match input.as_bytes().first() {
        Some(b'(') => tuple(input, state, out),
        Some(b'[') => list(input, state, out),
        Some(b'{') => brace(input, state, out),
        Some(b'+' | b'-') => signed(input, state, out),
        _ => leaf(input, state, out),
    }
}

/// `signed: ('+' | '-') number, which may stand in parentheses`
fn signed<'a>(input: &'a str, state: State, out: &mut Vec<Node<'a>>) -> Parsed<'a, ()> {
    let (rest, sign) = token(state, one_of("+-")).parse(input)?;
    if rest.starts_with(['+', '-']) {
        return fail(rest, "a value");
    }
    let (rest, ()) = cut(|input| operand(input, state, out)).parse(rest)?;
    let Some(node) = out.last_mut() else { return Ok((rest, ())) };
    match &mut node.value {
        _ if node.form == Form::Signed => return fail_before(state.left(node.at), "a number"),
        Value::Int(_) | Value::Float(_) | Value::Complex { .. } if sign == '+' => {}
        // No literal is i64::MIN without its sign.
        Value::Int(Int::Small(int)) => *int = int.wrapping_neg(),
        Value::Int(Int::Large { negative, .. }) => *negative = true,
        Value::Float(float) => *float = -*float,
        Value::Complex { re, im } => (*re, *im) = (-*re, -*im),
        _ => return fail_before(state.left(node.at), "a number"),
    }
    (node.at, node.form) = (state.at(input), Form::Signed);
    Ok((rest, ()))
}

/// The rest of a value after its first operand, the last in `out`: ('+' | '-') imaginary, if that is a number.
fn sum<'a>(input: &'a str, state: State, out: &mut Vec<Node<'a>>) -> Parsed<'a, ()> {
    let Some(left) = out.last().and_then(|left| left.value.to_float()) else { return Ok((input, ())) };
    let (rest, sign) = token(state, one_of("+-")).parse(input)?;
    let (rest, right) = cut(|input| atom(input, state)).parse(rest)?;
    let Value::Complex { re: zero, im } = right.value else {
        return fail_before(state.left(right.at), "an imaginary number");
    };
    // Python adds the parts that are 0 too, which shows in the signs of zeros.
    let (re, im) = if sign == '-' { (left - zero, 0.0 - im) } else { (left + zero, 0.0 + im) };
    if let Some(node) = out.last_mut() {
        (node.value, node.form) = (Value::Complex { re, im }, Form::Signed);
    }
    Ok((rest, ()))
}

/// An operand by itself.
fn atom<'a>(input: &'a str, state: State) -> Parsed<'a, Node<'a>> {
    let mut out = Vec::new();
    let (rest, ()) = operand(input, state, &mut out)?;
    match out.pop() {
        Some(node) if node.form == Form::Plain => Ok((rest, node)),
        _ => fail(input, "an imaginary number"),
    }
}

/// The rest of a value after its operand, the last in `out`, if that is the name `set`: '(' ')'
///
/// It is the only call that a literal may have. The name may stand in parentheses; the call then comes after them.
fn call<'a>(input: &'a str, state: State, out: &mut [Node<'a>]) -> Parsed<'a, ()> {
    match out.last_mut() {
        Some(name) if name.form == Form::SetName && !input.starts_with(')') => {
            let (rest, _) = cut(context("'(' after set", |input| open(input, '(', state))).parse(input)?;
            let (rest, _) = cut(context("')'", token(state, char(')')))).parse(rest)?;
            name.form = Form::Plain;
            Ok((rest, ()))
        }
        _ => Ok((input, ())),
    }
}

/// `leaf: strings | number | constant | '...' | 'set'`
// Its frame is large, and would be that of each level.
#[inline(never)]
fn leaf<'a>(input: &'a str, state: State, out: &mut Vec<Node<'a>>) -> Parsed<'a, ()> {
    let word = alt((map_opt(take_while1(is_name), named), constant(Value::Ellipsis, tag("..."))));
    let leaf =
        alt((|input| strings(input, state), token(state, |input| number(input, state)), token(state, word)));
    let (rest, value) = context("a value", leaf).parse(input)?;
    let form = if let Value::Set(_) = value { Form::SetName } else { Form::Plain };
    out.push(Node { at: state.at(input), value, form });
    Ok((rest, ()))
}

fn named<'a>(name: &str) -> Option<Value<'a>> {
    match name {
        "False" => Some(Value::Bool(false)),
        "True" => Some(Value::Bool(true)),
        "None" => Some(Value::None),
        "set" => Some(Value::Set(Vec::new())),
        _ => None,
    }
}

/// `tuple: '(' [items] ')', which is the value in it where it has no comma`
fn tuple<'a>(input: &'a str, state: State, out: &mut Vec<Node<'a>>) -> Parsed<'a, ()> {
    let (rest, inner) = open(input, '(', state)?;
    let mut items = Vec::new();
    let (rest, ()) = values(rest, inner, &mut items)?;
    let (rest, comma) = end(rest, ')', items.len(), state, inner)?;
    let at = state.at(input);
    match items.pop() {
        Some(item) if items.is_empty() && !comma => out.push(Node { at, ..item }),
        Some(Node { form: Form::SetName, .. }) if !comma => return fail(rest, "'(' after set"),
        last => {
            items.extend(last);
            out.push(Node::new(at, Value::Tuple(items)));
        }
    }
    Ok((rest, ()))
}

/// `list: '[' [items] ']'`
fn list<'a>(input: &'a str, state: State, out: &mut Vec<Node<'a>>) -> Parsed<'a, ()> {
    let (rest, inner) = open(input, '[', state)?;
    let mut items = Vec::new();
    let (rest, ()) = values(rest, inner, &mut items)?;
    let (rest, _) = end(rest, ']', items.len(), state, inner)?;
    out.push(Node::new(state.at(input), Value::List(items)));
    Ok((rest, ()))
}

/// The items of a bracket, of which [`end`] reads the last comma.
///
/// `items: value (',' value)* [',']`
fn values<'a>(input: &'a str, state: State, out: &mut Vec<Node<'a>>) -> Parsed<'a, ()> {
    let value = |input| value(input, state, out);
    constant((), separated_list0(comma(state), value)).parse(input)
}

/// `brace: '{' '}' | '{' key ':' value (',' key ':' value)* [','] '}' | '{' key (',' key)* [','] '}'`
///
/// Which one it is shows after the first key, so that nothing is read twice.
fn brace<'a>(input: &'a str, state: State, out: &mut Vec<Node<'a>>) -> Parsed<'a, ()> {
    let (rest, inner) = open(input, '{', state)?;
    let mut items = Vec::new();
    let (rest, first) = opt(|input| key(input, inner, &mut items)).parse(rest)?;
    let is_set = first.is_some() && rest.starts_with([',', '}']);
    let (rest, ()) =
        if first.is_none() || is_set { (rest, ()) } else { entry_value(rest, inner, &mut items)? };
    let next = |input| {
        let (rest, ()) = key(input, inner, &mut items)?;
        if is_set { Ok((rest, ())) } else { entry_value(rest, inner, &mut items) }
    };
    let (rest, _) = cond(first.is_some(), many0_count(preceded(comma(inner), next))).parse(rest)?;
    let (rest, _) = end(rest, '}', items.len(), state, inner)?;
    let value = if is_set { Value::Set(items) } else { Value::Dict(items) };
    out.push(Node::new(state.at(input), value));
    Ok((rest, ()))
}

/// A value that can be hashed.
fn key<'a>(input: &'a str, state: State, out: &mut Vec<Node<'a>>) -> Parsed<'a, ()> {
    let (rest, ()) = value(input, state, out)?;
    match out.last() {
        Some(key) if !key.is_hashable() => fail_before(state.left(key.at), "a hashable value"),
        _ => Ok((rest, ())),
    }
}

/// `entry_value: ':' value`
fn entry_value<'a>(input: &'a str, state: State, out: &mut Vec<Node<'a>>) -> Parsed<'a, ()> {
    let (rest, _) = cut(context("':'", token(state, char(':')))).parse(input)?;
    cut(|input| value(input, state, out)).parse(rest)
}

/// An opening bracket, and the state within it.
fn open<'a>(input: &'a str, bracket: char, state: State) -> Parsed<'a, State> {
    let (rest, _) = char(bracket).parse(input)?;
    let inner = state.within(input)?;
    space(rest, inner).map(|(rest, ())| (rest, inner))
}

/// `end: [','] bracket`, after `len` items; gives whether there is a comma
fn end(input: &str, bracket: char, len: usize, outer: State, inner: State) -> Parsed<'_, bool> {
    let (rest, comma) = if len > 0 { opt(comma(inner)).parse(input)? } else { (input, None) };
    let expected = match bracket {
        _ if len == 0 || comma.is_some() => "a value",
        ')' => "',' or ')'",
        ']' => "',' or ']'",
        _ => "',' or '}'",
    };
    let (rest, _) = cut(context(expected, token(outer, char(bracket)))).parse(rest)?;
    Ok((rest, comma.is_some()))
}

fn comma<'a>(state: State) -> impl Parser<&'a str, Output = char, Error = SyntaxError> {
    token(state, char(','))
}
