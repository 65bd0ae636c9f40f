//! Values, their brackets, and the few operators that literals have.

use super::lexer::{Fault, Parsed, Problem, end, fail, is_name, space, start};
use super::number::{negated, number};
use super::string::string;
use super::{Encoding, Node, Value};

/// The whole text, from which strings are borrowed.
#[derive(Clone, Copy)]
pub(super) struct Text<'a> {
    pub(super) len: usize,
    /// The text, where its bytes are UTF-8 or ASCII; where not, they are Latin-1.
    pub(super) unicode: Option<&'a str>,
    /// Brackets that may be open at a time.
    limit: usize,
}

/// What an operand may still become a part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// A number without a sign, which a sign may precede.
    Number,
    /// A number with a sign, which may have an imaginary part.
    Signed,
    /// A value that takes no operator.
    Whole,
    /// The name `set`, which is no value until it is called.
    SetName,
}

struct Operand<'a> {
    node: Node<'a>,
    form: Form,
}

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
    Text { len: text.len(), unicode, limit }.whole(text).map_err(|error| match error {
        nom::Err::Error(fault) | nom::Err::Failure(fault) => fault,
        nom::Err::Incomplete(_) => Fault { left: 0, problem: Problem::Expected("a value") },
    })
}

impl<'a> Text<'a> {
    fn whole(self, text: &'a [u8]) -> Result<Node<'a>, nom::Err<Fault>> {
        let input = start(text)?;
        let at = self.at(input);
        let (mut rest, first) = self.expression(input, 0)?;
        let mut node = first;
        // A comma makes a tuple without parentheses.
        if let [b',', tail @ ..] = rest {
            let mut nodes = vec![node];
            rest = space(tail, 0)?;
            while !matches!(rest, [] | [b'\n' | b'\r' | b'#', ..]) {
                let (tail, next) = self.expression(rest, 0)?;
                nodes.push(next);
                match tail {
                    [b',', tail @ ..] => rest = space(tail, 0)?,
                    _ => {
                        rest = tail;
                        break;
                    }
                }
            }
            node = Node { at, value: Value::Tuple(nodes) };
        }
        end(rest)?;
        Ok(node)
    }

    fn at(self, input: &[u8]) -> usize {
        self.len - input.len().min(self.len)
    }

    /// A value with its operators and the blanks behind it; `depth` is how many brackets are open.
    #[inline]
    fn expression(self, input: &'a [u8], depth: usize) -> Parsed<'a, Node<'a>> {
        let (rest, operand) = self.operand(input, depth)?;
        match operand.form {
            Form::SetName => fail(rest, "'(' after set"),
            _ => Ok((rest, operand.node)),
        }
    }

    #[inline]
    fn operand(self, input: &'a [u8], depth: usize) -> Parsed<'a, Operand<'a>> {
        let (rest, operand) = match input {
            [b'+' | b'-', ..] => self.signed(input, depth)?,
            _ => self.primary(input, depth)?,
        };
        match (operand.form, rest) {
            (Form::Number | Form::Signed, [b'+' | b'-', ..]) => self.sum(operand.node, rest, depth),
            _ => Ok((rest, operand)),
        }
    }

    /// A sign and its number.
    fn signed(self, input: &'a [u8], depth: usize) -> Parsed<'a, Operand<'a>> {
        let [sign, tail @ ..] = input else { return fail(input, "a sign") };
        let input_number = space(tail, depth)?;
        let (rest, Operand { node, form }) = self.primary(input_number, depth)?;
        if form != Form::Number {
            return fail(input_number, "a number");
        }
        let value = if *sign == b'-' { negated(node.value) } else { node.value };
        Ok((rest, Operand { node: Node { at: self.at(input), value }, form: Form::Signed }))
    }

    /// The imaginary part that follows `real`; `input` starts with its sign.
    fn sum(self, real: Node<'a>, input: &'a [u8], depth: usize) -> Parsed<'a, Operand<'a>> {
        let re = match &real.value {
            Value::Int(int) => int.to_float(),
            Value::Float(float) => *float,
            _ => return fail(input, "no operator"),
        };
        if re.is_infinite() && matches!(real.value, Value::Int(_)) {
            return fail(input, "no imaginary part for an integer beyond floats");
        }
        let [sign, tail @ ..] = input else { return fail(input, "a sign") };
        let input_imaginary = space(tail, depth)?;
        let (rest, Operand { node: imaginary, form }) = self.primary(input_imaginary, depth)?;
        // Python adds the parts of 0 too, which tells in the signs of zeros.
        let value = match (imaginary.value, sign) {
            (Value::Complex { re: zero, im }, b'+') => Value::Complex { re: re + zero, im: 0.0 + im },
            (Value::Complex { re: zero, im }, _) => Value::Complex { re: re - zero, im: 0.0 - im },
            _ => return fail(input_imaginary, "an imaginary number"),
        };
        if form != Form::Number {
            return fail(input_imaginary, "an imaginary number");
        }
        Ok((rest, Operand { node: Node { at: real.at, value }, form: Form::Whole }))
    }

    /// A value without operators around it, and the blanks behind it.
    ///
    /// It is on the stack once for each open bracket, so what it calls keeps the large values.
    fn primary(self, input: &'a [u8], depth: usize) -> Parsed<'a, Operand<'a>> {
        match input {
            [b'\'' | b'"', ..] => self.text(input, depth),
            [b'0'..=b'9', ..] | [b'.', b'0'..=b'9', ..] => self.number(input, depth),
            [b'(', ..] => self.parenthesis(input, depth),
            [b'[', ..] => self.list(input, depth),
            [b'{', ..] => self.brace(input, depth),
            [b'.', b'.', b'.', rest @ ..] => {
                self.ended(input, space(rest, depth)?, Value::Ellipsis, Form::Whole)
            }
            _ => self.name(input, depth),
        }
    }

    /// The operand from `input` to `rest`.
    #[inline]
    fn ended(self, input: &'a [u8], rest: &'a [u8], value: Value<'a>, form: Form) -> Parsed<'a, Operand<'a>> {
        Ok((rest, Operand { node: Node { at: self.at(input), value }, form }))
    }

    #[inline]
    fn text(self, input: &'a [u8], depth: usize) -> Parsed<'a, Operand<'a>> {
        let (rest, value) = string(self, b"", input)?;
        let (rest, value) = self.concatenated(rest, value, depth)?;
        self.ended(input, rest, value, Form::Whole)
    }

    #[inline]
    fn number(self, input: &'a [u8], depth: usize) -> Parsed<'a, Operand<'a>> {
        let (rest, value) = number(input)?;
        self.ended(input, space(rest, depth)?, value, Form::Number)
    }

    fn list(self, input: &'a [u8], depth: usize) -> Parsed<'a, Operand<'a>> {
        let rest = self.open(input, depth)?;
        let (rest, nodes) = self.items(rest, depth + 1, Vec::new(), b']')?;
        self.ended(input, space(rest, depth)?, Value::List(nodes), Form::Whole)
    }

    /// A word: a constant, the prefix of a string, or `set`.
    fn name(self, input: &'a [u8], depth: usize) -> Parsed<'a, Operand<'a>> {
        let len = input.iter().take_while(|&&byte| is_name(byte)).count();
        let (name, rest) = input.split_at_checked(len).unwrap_or((input, &[]));
        let (rest, value, form) = match (name, rest) {
            (b"False", _) => (space(rest, depth)?, Value::Bool(false), Form::Whole),
            (b"True", _) => (space(rest, depth)?, Value::Bool(true), Form::Whole),
            (b"None", _) => (space(rest, depth)?, Value::None, Form::Whole),
            (b"set", _) => {
                let operand = Operand {
                    node: Node { at: self.at(input), value: Value::Set(Vec::new()) },
                    form: Form::SetName,
                };
                return self.called(space(rest, depth)?, operand, depth);
            }
            ([_, ..], [b'\'' | b'"', ..]) if is_prefix(name) => {
                let (rest, value) = string(self, name, rest)?;
                let (rest, value) = self.concatenated(rest, value, depth)?;
                (rest, value, Form::Whole)
            }
            _ => return fail(input, "a value"),
        };
        Ok((rest, Operand { node: Node { at: self.at(input), value }, form }))
    }

    /// `operand` after the empty parentheses that the name `set` may have.
    fn called(self, input: &'a [u8], operand: Operand<'a>, depth: usize) -> Parsed<'a, Operand<'a>> {
        if operand.form != Form::SetName || input.first() != Some(&b'(') {
            return Ok((input, operand));
        }
        match self.open(input, depth)? {
            [b')', rest @ ..] => Ok((space(rest, depth)?, Operand { form: Form::Whole, node: operand.node })),
            rest => fail(rest, "')'"),
        }
    }

    /// The first string of several, joined with those after it, and the blanks behind them.
    #[inline]
    fn concatenated(self, input: &'a [u8], first: Value<'a>, depth: usize) -> Parsed<'a, Value<'a>> {
        let rest = space(input, depth)?;
        match rest {
            [b'\'' | b'"' | b'A'..=b'Z' | b'a'..=b'z', ..] => self.joined(rest, first, depth),
            _ => Ok((rest, first)),
        }
    }

    fn joined(self, mut input: &'a [u8], mut whole: Value<'a>, depth: usize) -> Parsed<'a, Value<'a>> {
        loop {
            let len = input.iter().take(2).take_while(|byte| byte.is_ascii_alphabetic()).count();
            let (prefix, quoted) = input.split_at_checked(len).unwrap_or((input, &[]));
            if !matches!(quoted, [b'\'' | b'"', ..]) || !is_prefix(prefix) {
                return Ok((input, whole));
            }
            let (rest, next) = string(self, prefix, quoted)?;
            match (&mut whole, next) {
                (Value::Str(whole), Value::Str(next)) => whole.to_mut().push_str(&next),
                (Value::Bytes(whole), Value::Bytes(next)) => whole.to_mut().extend_from_slice(&next),
                _ => return fail(input, "no mix of str and bytes"),
            }
            input = space(rest, depth)?;
        }
    }

    /// What is left after a bracket and the blanks behind it.
    fn open(self, input: &'a [u8], depth: usize) -> Result<&'a [u8], nom::Err<Fault>> {
        match input {
            [_, rest @ ..] if depth < self.limit => space(rest, depth + 1),
            _ => Err(nom::Err::Failure(Fault { left: input.len(), problem: Problem::Nesting })),
        }
    }

    /// A tuple, or any value in parentheses.
    fn parenthesis(self, input: &'a [u8], depth: usize) -> Parsed<'a, Operand<'a>> {
        let at = self.at(input);
        let rest = self.open(input, depth)?;
        let whole = |nodes| Operand { node: Node { at, value: Value::Tuple(nodes) }, form: Form::Whole };
        if let [b')', rest @ ..] = rest {
            return Ok((space(rest, depth)?, whole(Vec::new())));
        }
        let (rest, first) = self.operand(rest, depth + 1)?;
        match rest {
            [b')', rest @ ..] => {
                let node = Node { at, ..first.node };
                self.called(space(rest, depth)?, Operand { node, ..first }, depth)
            }
            [b',', rest @ ..] if first.form != Form::SetName => {
                let mut nodes = Vec::with_capacity(FEW);
                nodes.push(first.node);
                let (rest, nodes) = self.items(space(rest, depth + 1)?, depth + 1, nodes, b')')?;
                Ok((space(rest, depth)?, whole(nodes)))
            }
            _ => fail(rest, "',' or ')'"),
        }
    }

    /// The items up to the bracket `close`, added to `nodes`; `input` is at the next item or at `close`.
    fn items(
        self,
        mut input: &'a [u8],
        depth: usize,
        mut nodes: Vec<Node<'a>>,
        close: u8,
    ) -> Parsed<'a, Vec<Node<'a>>> {
        loop {
            if let [found, rest @ ..] = input
                && *found == close
            {
                return Ok((rest, nodes));
            }
            let (rest, node) = self.expression(input, depth)?;
            nodes.push(node);
            input = match rest {
                [b',', rest @ ..] => space(rest, depth)?,
                [found, ..] if *found == close => rest,
                _ => {
                    return fail(
                        rest,
                        match close {
                            b')' => "',' or ')'",
                            b']' => "',' or ']'",
                            _ => "',' or '}'",
                        },
                    );
                }
            }
        }
    }

    fn brace(self, input: &'a [u8], depth: usize) -> Parsed<'a, Operand<'a>> {
        let (rest, value) = self.dict_or_set(input, depth)?;
        self.ended(input, space(rest, depth)?, value, Form::Whole)
    }

    /// A dictionary or set, without the blanks behind it.
    fn dict_or_set(self, input: &'a [u8], depth: usize) -> Parsed<'a, Value<'a>> {
        let mut input = self.open(input, depth)?;
        let depth = depth + 1;
        if let [b'}', rest @ ..] = input {
            return Ok((rest, Value::Dict(Vec::new())));
        }
        let mut pairs = Vec::new();
        loop {
            let (rest, key) = self.expression(input, depth)?;
            let rest = match rest {
                [b':', rest @ ..] if is_hashable(&key.value) => rest,
                [b':', ..] => return fail(input, "a hashable key"),
                [b',' | b'}', ..] if pairs.is_empty() => return self.set(input, rest, key, depth),
                _ => return fail(rest, "':'"),
            };
            let (rest, value) = self.expression(space(rest, depth)?, depth)?;
            if pairs.is_empty() {
                pairs.reserve(FEW);
            }
            pairs.push((key, value));
            input = match rest {
                [b',', rest @ ..] => space(rest, depth)?,
                [b'}', ..] => rest,
                _ => return fail(rest, "',' or '}'"),
            };
            if let [b'}', rest @ ..] = input {
                return Ok((rest, Value::Dict(pairs)));
            }
        }
    }

    /// The set whose first item stands at `input`; `rest` is what is left after it.
    fn set(self, input: &'a [u8], rest: &'a [u8], first: Node<'a>, depth: usize) -> Parsed<'a, Value<'a>> {
        let rest = match rest {
            [b',', rest @ ..] => space(rest, depth)?,
            _ => rest,
        };
        let (rest, nodes) = self.items(rest, depth, vec![first], b'}')?;
        if nodes.iter().all(|node| is_hashable(&node.value)) {
            Ok((rest, Value::Set(nodes)))
        } else {
            fail(input, "hashable items in the set")
        }
    }
}

/// Items that a tuple, list or dictionary starts with room for: most have no more, and growing from
/// one item to four costs two more calls of the allocator.
const FEW: usize = 4;

fn is_prefix(name: &[u8]) -> bool {
    let lower = |byte: &u8| byte.to_ascii_lowercase();
    match name {
        [] => true,
        [a] => matches!(lower(a), b'b' | b'r' | b'u'),
        [a, b] => matches!((lower(a), lower(b)), (b'b', b'r') | (b'r', b'b')),
        _ => false,
    }
}

fn is_hashable(value: &Value<'_>) -> bool {
    match value {
        Value::List(_) | Value::Set(_) | Value::Dict(_) => false,
        Value::Tuple(nodes) => nodes.iter().all(|node| is_hashable(&node.value)),
        _ => true,
    }
}
