"""Three classes of headers: written by NumPy, valid but written by hand, and broken."""

from __future__ import annotations

import io
import pprint
import re
import struct
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

import dtypes
from spelling import Pairs, Speller

try:
    from numpy.lib import _format_impl as npy
except ImportError:  # before NumPy 2.3
    from numpy.lib import format as npy

MOST_CHARACTERS = 10_000


@dataclass
class Case:
    """A file, how it was made, and which class it belongs to."""

    group: str
    name: str
    content: bytes


def case(rng: Random) -> Case:
    """A random case."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        match rng.randrange(10):
            case 0 | 1 | 2:
                return written(rng)
            case 3 | 4 | 5 | 6:
                return by_hand(rng)
            case _:
                return broken(rng)


def payload(rng: Random) -> bytes:
    """Some bytes of data, which the header must not swallow."""
    return rng.choice([b"", b"\0" * 8, b" " * 5, b"\n", b"}", rng.randbytes(rng.randrange(20))])


def shape(rng: Random, itemsize: int) -> tuple[int, ...]:
    """A shape that an array of such items can have."""
    ndim = rng.choice([0, 1, 1, 1, 2, 2, 2, 3, 4, 6]) if rng.random() < 0.98 else rng.choice([31, 32])
    axes, most = [], (2**63 - 1) // max(itemsize, 1)
    for _ in range(ndim):
        axis = rng.choice([0, 1, 1, 2, 3, 7, 10, 100, 12345, rng.randrange(1 << 20), rng.randrange(1 << 40)])
        axis = axis if axis <= most else 1
        most //= max(axis, 1)
        axes.append(axis)
    rng.shuffle(axes)
    return tuple(axes)


# --- written by NumPy --------------------------------------------------------------------------


def written(rng: Random) -> Case:
    """A header as a NumPy of today or of old writes it."""
    while True:
        dtype = dtypes.dtype(rng)
        fortran_order = rng.random() < 0.3
        data = {"shape": shape(rng, dtype.itemsize), "fortran_order": fortran_order}
        data["descr"] = npy.dtype_to_descr(dtype)
        name, write = rng.choice(WRITERS)
        try:
            content = write(data)
        except (UnicodeEncodeError, ValueError):
            continue  # This version cannot hold these names.
        if len(content) <= MOST_CHARACTERS:
            return Case("written", name, content + payload(rng))


def writer(version: tuple[int, int] | None) -> Callable[[dict[str, Any]], bytes]:
    """NumPy's writer of that format version."""

    def write(data: dict[str, Any]) -> bytes:
        stream = io.BytesIO()
        match version:
            case (1, 0):
                npy.write_array_header_1_0(stream, data)
            case (2, 0):
                npy.write_array_header_2_0(stream, data)
            case _:
                npy._write_array_header(stream, data, version)
        return stream.getvalue()

    return write


def framed(text: str, version: int = 1) -> bytes:
    """Magic bytes, length and text."""
    header = text.encode("utf8" if version == 3 else "latin1")
    length = struct.pack("<H" if version == 1 else "<I", len(header))
    return npy.magic(version, 0) + length + header


def old_writer(data: dict[str, Any], text: str | None = None) -> bytes:
    """NumPy up to 1.13: blanks and a newline up to a multiple of 16 bytes."""
    if text is None:
        text = "{" + "".join(f"'{key}': {data[key]!r}, " for key in sorted(data)) + "}"
    return framed(text + " " * (16 - (10 + len(text) + 1) % 16) + "\n")


def first_writer(data: dict[str, Any]) -> bytes:
    """NumPy 1.0, which printed the dictionary with `pprint`."""
    return old_writer(data, pprint.pformat(data))


def python_2_writer(data: dict[str, Any]) -> bytes:
    """NumPy on Python 2 and Windows, where the axes were longs; titles are texts here."""
    axes = "".join(f"{axis}L, " for axis in data["shape"])
    axes = axes if len(data["shape"]) == 1 else axes.removesuffix(", ")
    start = f"{{'descr': {data['descr']!r}, 'fortran_order': {data['fortran_order']}, "
    text = f"{start}'shape': ({axes.strip()}), }}"
    return old_writer(data, text)


WRITERS = [
    *[("np.save", writer(None))] * 8,
    ("version 1.0", writer((1, 0))),
    ("version 2.0", writer((2, 0))),
    ("version 3.0", writer((3, 0))),
    ("padded to 16", old_writer),
    ("pprint", first_writer),
    ("python 2", python_2_writer),
]


# --- valid, by hand ----------------------------------------------------------------------------


def by_hand(rng: Random) -> Case:
    """A header that NumPy's reader takes, in spellings that its writer does not use."""
    version = rng.choice([1, 1, 2, 3])
    speller = Speller(rng, "utf8" if version == 3 else "latin1")
    odd = rng.random() < 0.4
    if odd:
        descr, itemsize = dtypes.odd_descr(rng), 1 << 31
    else:
        dtype = dtypes.dtype(rng, 2)
        descr, itemsize = npy.dtype_to_descr(dtype), dtype.itemsize
    text = spelled(rng, speller, descr, shape(rng, itemsize), rng.random() < 0.3)
    if len(text) > MOST_CHARACTERS:
        return by_hand(rng)
    return Case("by-hand", "odd dtype" if odd else "odd spelling", padded(rng, text, version) + payload(rng))


def spelled(rng: Random, speller: Speller, descr: Any, axes: tuple[int, ...], fortran_order: bool) -> str:
    """The header's dictionary in the speller's manner, without padding."""
    items: list[tuple[str, Any]] = [("descr", descr), ("fortran_order", fortran_order), ("shape", axes)]
    if rng.random() < 0.3:
        rng.shuffle(items)
    if rng.random() < 0.05:
        # The last of equal keys wins, and what the first said need not make sense.
        key = rng.choice(items)[0]
        items.insert(0, (key, rng.choice([None, 7, "nonsense", (), {}, [1, {2: 3}], True, 1.5, b"x"])))
    text = speller.value(Pairs(tuple(items)))
    if speller.chance(speller.gaps):
        # A newline starts a line, whose indentation then counts: no blanks after it.
        text = rng.choice(["", "\n", "# first\n", "\n\n", "\\\n", "\f"]) + text
    if speller.chance(0.1):
        text = rng.choice([" ", "\t", "  \t "]) + text.lstrip("\n\f\\") if text[0] in "{(" else text
    if speller.chance(speller.gaps):
        text += rng.choice([" ", "\t", "\f", " # the end", "\n# the end"])
    return text


def padded(rng: Random, text: str, version: int) -> bytes:
    """The header with padding, of none to too much."""
    match rng.randrange(4):
        case 0:
            return framed(text, version)
        case 1:
            return framed(text + "\n", version)
        case _:
            align = rng.choice([16, 64, 64, 4096])
            length = len(framed(text, version)) + 1
            spaces = -length % align
            if len(text) + spaces > MOST_CHARACTERS - 1 or text.endswith("\n"):
                return framed(text + "\n", version)
            return framed(text + " " * spaces + "\n", version)


# --- broken ------------------------------------------------------------------------------------

TOKEN = re.compile(r"""'[^'\n]*'|"[^"\n]*"|[A-Za-z_0-9]+|\s+|.""", re.DOTALL)
# fmt: off
STRAY_DESCRS = [
    "'<f5'", "'f4 '", "'<M8[s/0]'", "'m8[Y/-0]'", "'<M8[-1s]'", "'<M8[W/1000000]'", "'<M8[Y/-12]'",
    "'<M8[5 s]'", "'M8[]'", "'M8[2147483648s]'", "'M8 [s]'", "'M8[B]'", "'M8[as/2]'", "'M8[D/7]'",
    "'M8[s/4294967306]'", "'datetime64[s'", "'|O'", "'T'", "'f12'", "'<c24'", "'f10'", "'i3'", "'<U-1'",
    "'<f1'", "[('x', '>f1')]",
    "'O2'", "'f8\\0'", "'<f4' '<f4'", "'V2147483648'", "'U536870912'", "'S99999999999'", "'i1,V2147483647'",
    "'V2147483647,V2147483647,i4'", "'2147483647f8'", "'f4,,i4'", "',f4'", "' f4,i4'", "'(3)f4'",
    "'|(2,)<f4'", "'<(2,)>f4'", "'01f4'", "'( 2 3)f4'", "'i4,M8[s/2]'", "'<float32'", "'Float64'",
    "'float96'", "'bool8'", "'string'", "b'<f4'", "''", "'\\x18'", "'é'", "[('x', '<f4'), ('x', '<f4')]",
    "[('x',)]", "[('x', '<f4', -1)]", "[('x', '<f4', 2.0)]", "[(1, '<f4')]", "[(b'x', '<f4')]",
    "[('x', '<f4', (2, -1))]", "[('x', '<f4', True)]", "['abc']", "[['x']]", "('<f4',)", "()",
    "('<f4', -1)", "('<f4', True)", "('<i4', [('a', '<i2')])", "('V8', {'names': ['a']})", "('M8', 3)",
    "('S', -1)", "{'names': ['a'], 'formats': ['<f4']}", "{'xd', 'yf', 'zi'}",
    "('<f4', " + repr((1,) * 65) + ")", "{1: 2}",
    "('V4', {'names': ['a', 'b'], 'formats': ['<i4', '<i4'], 'offsets': [0, 0]})",
    "[('x', '<f4', (1,), 2)]", "[(('x', 'y', 'z'), '<f4')]", "[(('x', 'x'), '<f4')]",
    "[(('t', 'x'), '<f4'), ('t', '<f4')]", "[('', '<f4'), ('', '<f4')]", "[('x', None)]",
    "[('x', 'V2147483647'), ('y', 'i1')]", "[('x', ('<f4', None))]", "[('\\ud800', '<f4')]",
    "[(('\\ud83d\\ude00', 'x'), '<f4')]", "[('\\N{BULLET}', '<f4')]", "[('x', 'T')]",
    "[(([], 'x'), '<f4'), (({}, 'y'), '<f4')]", "[(('x',), '<f4')]", "[((), '<f4')]", "[('x', [])]", "[[]]",
    "[()]",
]
STRAY_SHAPES = [
    "(True, 3)", "(False,)", "(-1,)", "(0, -5)", "(2, -9223372036854775808)", "[3]", "3", "(3)", "(3.0,)",
    "('3',)", "(None,)", "((3,),)", "(3, [4])", repr((1,) * 64), repr((1,) * 65),
    "(0, 9223372036854775807)", "{3}", "{}", "(4611686018427387904, 4)", "(18446744073709551615,)",
    "(0x" + "f" * 4000 + ",)", "(3j,)", "(--3,)", "(+3,)", "(3 4)", "(3,,)", "(,)", "(03,)", "(1_000,)",
    "(1__0,)", "(0x,)", "(3l,)", "(3LL,)", "(3L L,)", "(3\nL,)", "(" + "9" * 4301 + ",)", "(1e3,)", "(~3,)",
    "(1+1,)", "(*(3,),)", "tuple([3])", "(-True,)", "(9223372036854775808,)",
]
STRAY_TOKENS = [
    "{", "}", "[", "]", "(", ")", ",", ":", "'", '"', "''", "'''", "\\", "#", "\n", "\t", " ", "\f", "\0",
    "\v", "True", "False", "None", "true", "descr", "'descr'", "'shape'", "'fortran_order'", "0", "1", "-1",
    "3L", "2l", "03", "1__0", "1_", "0x", "0b2", "1.5", "1e5", "2j", "..", "...", "+", "-", "--", "~", "*",
    "**", "1+1", "==", "b'<f4'", "f'<f4'", "u'<f4'", "ur''", "bu''", "lambda", "print()", "set()", "dict()",
    "{}", "[]", "()", "(,)", "'<f4'", "'\\ud800'", "'\\x'", "'\\N{NO SUCH NAME}'", "'\\N{BULLET}'",
    "'\\u12'", "'\\U00110000'", "'\\400'", "'a\0b'", "9" * 25, "9" * 4301, "-9223372036854775808", "1_0",
    "1 2", "('x', '<f4')", "é", "\xa0", "\u3000", "\ufeff", "中", "'中'", "\x85", "\x1c", ";", "$", "`", "@",
    "!", "?", "&", "<", "=", ":=",
]
STRAY_CHARACTERS = "<>=|fiucbSUVMmOadeghlqpT?0123456789[],()/ +-_\tYMWDhmsunaé\x00"
# fmt: on
Mutation = Callable[[Random, bytes], bytes]


def broken(rng: Random) -> Case:
    """A header with one to three things wrong, or nothing that a header could be."""
    if rng.random() < 0.1:
        name, make = rng.choice(MADE)
        return Case("broken", name, make(rng))
    base = (written if rng.random() < 0.7 else by_hand)(rng)
    content, names = base.content, []
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        name, mutate = rng.choice(MUTATIONS)
        content = mutate(rng, content)
        names.append(name)
    return Case("broken", names[0] if len(names) == 1 else "several", content)


def split(content: bytes) -> tuple[bytes, bytes, bytes]:
    """Magic and version, header, and the rest of a file that is whole."""
    size = 2 if content[6:7] == b"\x01" else 4
    start = 8 + size
    end = start + int.from_bytes(content[8:start], "little")
    return content[:8], content[start:end], content[end:]


def joined(magic: bytes, header: bytes, rest: bytes) -> bytes:
    """The file of these parts, with the header's length between them."""
    size = 2 if magic[6:7] == b"\x01" else 4
    length = min(len(header), 256**size - 1)
    return magic + length.to_bytes(size, "little") + header + rest


def on_text(mutate: Callable[[Random, str], str]) -> Mutation:
    """A mutation of the header's text that keeps its length right."""

    def on_file(rng: Random, content: bytes) -> bytes:
        magic, header, rest = split(content)
        encoding = "utf8" if magic[6:7] == b"\x03" else "latin1"
        text = mutate(rng, header.decode(encoding, "replace"))
        return joined(magic, text.encode(encoding, "backslashreplace"), rest)

    return on_file


def on_tokens(mutate: Callable[[Random, list[str], int], None]) -> Mutation:
    """A mutation of the header's tokens, at one that is no white space."""

    def on_header(rng: Random, text: str) -> str:
        tokens = TOKEN.findall(text)
        places = [at for at, token in enumerate(tokens) if not token.isspace()]
        if places:
            mutate(rng, tokens, rng.choice(places))
        return "".join(tokens)

    return on_text(on_header)


def flip_bit(rng: Random, content: bytes) -> bytes:
    """Flip one bit, in the frame or in the header."""
    if not content:
        return content
    at = rng.randrange(len(content))
    return content[:at] + bytes([content[at] ^ (1 << rng.randrange(8))]) + content[at + 1 :]


def change_character(rng: Random, text: str) -> str:
    """Replace, remove, insert or double a character."""
    at = rng.randrange(len(text) + 1)
    new = rng.choice(
        [chr(rng.randrange(128)), rng.choice("{}[]()',:\\\"# \n\tL_0"), "", text[at : at + 1] * 2]
    )
    return text[:at] + new + text[at + rng.randrange(2) :]


def change_within(rng: Random, text: str) -> str:
    """The same where it matters most: not in the padding."""
    body = text.rstrip()
    return change_character(rng, body) + text[len(body) :]


def remove_run(rng: Random, text: str) -> str:
    """Remove a run of characters."""
    at = rng.randrange(len(text) + 1)
    return text[:at] + text[at + rng.randrange(1, 20) :]


def replace_token(rng: Random, tokens: list[str], at: int) -> None:
    """Put a stray token in place of one."""
    tokens[at] = rng.choice(STRAY_TOKENS)


def insert_token(rng: Random, tokens: list[str], at: int) -> None:
    """Insert a stray token."""
    tokens.insert(at, rng.choice(STRAY_TOKENS))


def remove_token(rng: Random, tokens: list[str], at: int) -> None:
    """Remove a token."""
    del tokens[at]


def double_token(rng: Random, tokens: list[str], at: int) -> None:
    """Write a token twice."""
    tokens.insert(at, tokens[at])


def swap_tokens(rng: Random, tokens: list[str], at: int) -> None:
    """Exchange two tokens."""
    other = rng.randrange(len(tokens))
    tokens[at], tokens[other] = tokens[other], tokens[at]


def change_dtype(rng: Random, text: str) -> str:
    """Replace, remove or insert a character in the text of a dtype."""
    places = [match.span() for match in re.finditer(r"(?<=')[<>|=][A-Za-z?]?[^']*(?=')", text)]
    if not places:
        return change_character(rng, text)
    start, end = rng.choice(places)
    at = rng.randint(start, end)
    new = rng.choice(["", *[rng.choice(STRAY_CHARACTERS)] * 3])
    return text[:at] + new + text[min(at + rng.randrange(2), end) :]


def replace_value(rng: Random, text: str) -> str:
    """Put a stray value behind one of the keys."""
    key = rng.choice(["descr", "descr", "fortran_order", "shape"])
    values = {"descr": STRAY_DESCRS, "shape": STRAY_SHAPES}.get(key, STRAY_TOKENS)
    value = rng.choice(values if rng.random() < 0.8 else STRAY_TOKENS)
    patterns = {
        "descr": r"'descr': .*?(?=, 'fortran)",
        "fortran_order": r"'fortran_order': \w+",
        "shape": r"'shape': \([^)]*\)",
    }
    return re.sub(patterns[key], lambda _: f"'{key}': {value}", text, count=1, flags=re.DOTALL)


def change_magic(rng: Random, content: bytes) -> bytes:
    """Other magic bytes or another version."""
    at = rng.randrange(8)
    return (
        content[:at] + bytes([rng.choice([0, 1, 2, 3, 4, 0x93, 255, rng.randrange(256)])]) + content[at + 1 :]
    )


def change_length(rng: Random, content: bytes) -> bytes:
    """A length that is somewhat or very wrong."""
    magic, header, rest = split(content)
    size = 2 if magic[6:7] == b"\x01" else 4
    wrong = len(header) + rng.choice([-64, -16, -10, -2, -1, 1, 2, 5, 16, 64])
    length = rng.choice([0, 1, 2, 256**size - 1, 1 << (8 * size - 1), *[max(wrong, 0)] * 5])
    return magic + length.to_bytes(size, "little") + header + rest


def cut(rng: Random, content: bytes) -> bytes:
    """Only the beginning."""
    return content[: rng.choice([rng.randrange(len(content) + 1), rng.randrange(13)])]


def pad_over_limit(rng: Random, text: str) -> str:
    """So much padding that the length is at or about the limit."""
    missing = MOST_CHARACTERS - len(text) + rng.randrange(-2, 4)
    body = text.rstrip("\n")
    return body + rng.choice([" " * missing, "#" + "x" * (missing - 1)]) + text[len(body) :]


def indent_tail(rng: Random, text: str) -> str:
    """Blanks at the end or at the start of a line, where Python counts them."""
    if rng.random() < 0.5:
        return text.rstrip() + rng.choice(["\n ", "\n\t", "\n  \n", "\r  ", "\n\f", "\n #", "\n # c\n"])
    return rng.choice(["\n ", "\n\t", " \n", "\f ", "\\\n ", "# c\n ", "\r ", "\f\f "]) + text


def nest(rng: Random, text: str) -> str:
    """Many brackets, about the limit of Python or far beyond."""
    depth = rng.choice([2, 98, 99, 100, 197, 198, 199, 200, 201, 1000, 4000])
    body = text.rstrip()
    match rng.randrange(3):
        case 0:
            return "(" * depth + body + ")" * depth + "\n"
        case 1:
            return re.sub(r"'shape': ", "'shape': " + "(" * depth, body, count=1) + ")" * depth
        case _:
            depth = min(depth, 800)
            inner = "[('a', " * depth + "'<f4'" + ")]" * depth
            return re.sub(
                r"'descr': .*?(?=, 'fortran)", lambda _: f"'descr': {inner}", body, count=1, flags=re.DOTALL
            )


def change_keys(rng: Random, text: str) -> str:
    """A key that is missing, misspelt, or one too many."""
    key = rng.choice(["descr", "fortran_order", "shape"])
    new = rng.choice(["Descr", "dtype", "", "shape ", "sh\\x61pe", "fortran_order", "descr", "2"])
    match rng.randrange(3):
        case 0:
            return text.replace(f"'{key}'", rng.choice([f"'{new}'", f"b'{key}'", key, "1", "[]"]), 1)
        case 1:
            return text.replace(
                "{", "{" + rng.choice([f"'{new}': 1, ", "1: 2, ", "**{}, ", "*[], ", "'a', ", "[]: 1, "]), 1
            )
        case _:
            return re.sub(r"'shape': \([^)]*\), ?", "", text, count=1)


MUTATIONS: list[tuple[str, Mutation]] = [
    *[("bit", flip_bit)] * 3,
    *[("character", on_text(change_character))] * 2,
    *[("character within", on_text(change_within))] * 6,
    *[("run", on_text(remove_run))] * 2,
    *[("stray token", on_tokens(replace_token))] * 4,
    *[("extra token", on_tokens(insert_token))] * 4,
    *[("missing token", on_tokens(remove_token))] * 3,
    *[("double token", on_tokens(double_token))] * 2,
    *[("swapped tokens", on_tokens(swap_tokens))] * 2,
    *[("stray value", on_text(replace_value))] * 10,
    *[("dtype", on_text(change_dtype))] * 6,
    *[("magic", change_magic)] * 2,
    *[("length", change_length)] * 2,
    *[("cut", cut)] * 2,
    ("over the limit", on_text(pad_over_limit)),
    ("indentation", on_text(indent_tail)),
    ("nesting", on_text(nest)),
    *[("keys", on_text(change_keys))] * 2,
]


def soup(rng: Random) -> bytes:
    """Tokens without order."""
    text = "".join(rng.choice(STRAY_TOKENS) for _ in range(rng.randrange(1, 12)))
    return framed("{" + text + "}", 3)


def noise(rng: Random) -> bytes:
    """Random bytes, with or without the magic bytes before them."""
    start = rng.choice([b"", npy.MAGIC_PREFIX, npy.magic(1, 0), npy.magic(1, 0) + b"\x20\0", npy.magic(3, 0)])
    return start + rng.randbytes(rng.randrange(100))


def brackets(rng: Random) -> bytes:
    """Brackets and signs without end, which a careless parser is slow at or recurses into."""
    unit = rng.choice(
        ["(", "[", "{", "{'a':", "((),", "-", "+-", "'' ", "[[],", "1,", "'\\", "#\n", "\\\n", "((", "- "]
    )
    return framed((unit * MOST_CHARACTERS)[: rng.choice([300, 3000, 9990])], rng.choice([1, 2, 3]))


def odd_bytes(rng: Random) -> bytes:
    """Version 3.0 with bytes that are no UTF-8, or a byte order mark."""
    name = rng.choice(
        [b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe4\xb8", b"\xe4\xb8\xad", b"\x80"]
    )
    text = b"{'descr': [('" + name + b"', '<f4')], 'fortran_order': False, 'shape': (3,)}"
    text = rng.choice([b"", b"", b"\xef\xbb\xbf"]) + text
    return joined(npy.magic(rng.choice([1, 2, 3, 3, 3]), 0), text, b"")


MADE: list[tuple[str, Callable[[Random], bytes]]] = [
    *[("soup", soup), ("noise", noise), ("brackets", brackets), ("encoding", odd_bytes)],
]
