"""Write the files of `hostile/` and the README that says what each of them is.

    python testdata/hostile.py

It needs no NumPy: these are files that no NumPy writes. The same files come of it each time.
"""

from __future__ import annotations

import shutil
import struct
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "hostile"
README = """# Hostile files

Written by `../hostile.py`; nothing here is edited by hand. `tests/hostile/files.rs` opens each through every door and
knows what must be said of it. A file that a fuzzer or a user finds is added to the script.

Refused:

{refused}

Sound, and not to be trusted all the same:

{sound}
"""


def framed(text: str | bytes, data: bytes = b"", version: int = 1, length: int | None = None) -> bytes:
    """A file with this text as header, however long it claims to be."""
    text = text.encode("utf-8" if version == 3 else "latin1") if isinstance(text, str) else text
    claimed = struct.pack("<H" if version == 1 else "<I", len(text) if length is None else length)
    return b"\x93NUMPY" + bytes([version, 0]) + claimed + text + data


def header(descr: str = "'<f8'", shape: str = "(2,)", order: str = "False") -> str:
    """The text of a header."""
    return f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}\n"


def sixteen(descr: str = "'<f8'", shape: str = "(2,)", version: int = 1) -> bytes:
    """A file of sixteen zero bytes."""
    return framed(header(descr, shape), bytes(16), version)


def nested(before: str, inner: str, behind: str, times: int) -> str:
    """Brackets within brackets."""
    return before * times + inner + behind * times


BOMB = b"cposix\nsystem\n(S'touch unpickled'\ntR."
REFUSED = {
    # Sizes.
    "claims-8-tb": ("claims 8 TB of data and has 16 bytes", sixteen(shape="(1000000000000,)")),
    "claims-an-element-of-2-gb": ("one element of 2 GB, of which 16 bytes are there", sixteen("'|V2147483647'", "()")),
    "claims-by-many-axes": ("twelve axes of six: 17 GB", sixteen(shape="(6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6)")),
    "claims-one-byte-more": ("the last byte of the data is missing", sixteen()[:-1]),
    "product-wraps-to-zero": ("a product of axes that is 0 modulo 2⁶⁴", sixteen("'|u1'", "(4294967296, 4294967296)")),
    "product-wraps-to-eight": ("a number of bytes that is 8 modulo 2⁶⁴", sixteen(shape="(2305843009213693953,)")),
    "product-behind-zero": ("too large, but for an axis of 0", sixteen("'|u1'", "(0, 4294967296, 4294967296)")),
    "product-of-nothing": ("elements without bytes, more than can be counted", sixteen("'|V0'", "(4294967296, 4294967296)")),
    "axis-negative": ("NumPy reads it as an array of shape (2, 0)", sixteen(shape="(2, -9223372036854775808)")),
    "axis-minus-one": ("NumPy reads all there is", sixteen(shape="(-1,)")),
    "axis-of-64-bits": ("an axis of 2⁶³", sixteen("'|u1'", "(9223372036854775808,)")),
    "axis-of-4000-digits": ("an axis of 4,000 digits", sixteen(shape=f"({'9' * 4000},)")),
    "axes-65": ("an axis more than NumPy has", sixteen(shape=f"({'1, ' * 65})")),
    "axes-3000": ("3,000 axes, which a recursive type would overflow the stack with", sixteen(shape=f"({'1, ' * 3000})")),
    "axes-by-subarray": ("64 axes and one of the dtype", sixteen("('<f8', (1,))", f"({'1, ' * 64})")),
    "record-larger-than-an-int": ("fields whose sizes add up beyond a C int", sixteen("[('a', '|V2147483647'), ('b', '|V2147483647')]")),
    "comma-string-wraps": ("an item size that NumPy lets wrap to a negative one", sixteen("'i1,V2147483647'")),
    "subarray-wraps": ("a subarray of 2³² items", sixteen("[('a', '|u1', (65536, 65536))]")),
    "divided-by-zero": ("a unit that ends NumPy's process with SIGFPE", sixteen("'<M8[s/0]'")),
    "unit-wraps": ("a multiple that wraps around", sixteen("'<M8[4294967297s]'")),
    # Lengths.
    "header-of-4-gb": ("a header that claims 4 GB", framed(header(), version=2, length=0xFFFFFFFF)),
    "header-of-4-gb-in-utf-8": ("the same in format version 3", framed(header(), version=3, length=0xFFFFFFFF)),
    "header-of-65535": ("a header that claims what version 1 can", framed(header(), length=0xFFFF)),
    "header-one-byte-more": ("a header that goes on after the end of the file", framed(header(), length=len(header()) + 1)),
    "header-one-byte-less": ("a header that ends before its last bracket", framed(header(), length=len(header()) - 2)),
    "header-of-nothing": ("a header without text", framed("")),
    "header-of-blanks": ("9,000 blanks", framed(" " * 9000)),
    "header-of-10001": ("one character more than NumPy takes", framed(header() + " " * (10_001 - len(header())))),
    # Brackets.
    "parentheses": ("5,000 open parentheses", framed("(" * 5000)),
    "brackets": ("5,000 open brackets, in Python 2's way", framed("[" * 5000 + "1L")),
    "braces": ("5,000 open braces", framed("{" * 5000, version=3)),
    "dictionaries": ("2,000 dictionaries within each other", framed(nested("{1:", "1", "}", 2000))),
    "parentheses-closed": ("24 pairs, for which a parser that tries twice takes its time", framed(nested("(", "", ")", 24) + "x")),
    "records-within-records": ("150 records within each other", framed(header(nested("[('a', ", "'<f8'", ")]", 150)))),
    "signs": ("9,000 signs", framed("-" * 9000 + "1")),
    # Text.
    "nul-behind": ("a NUL behind the dictionary", framed(header().replace("\n", "\0"), bytes(16))),
    "nul-in-dtype": ("a dtype that C would take for '<f8'", sixteen(r"'<f8\0'")),
    "surrogate": ("half a character as name, which no UTF-8 can tell", sixteen(r"[('\ud800', '<f8')]")),
    "beyond-unicode": ("a character that there is not", sixteen(r"[('\U00110000', '<f8')]")),
    "utf-8-too-long": ("a slash in two bytes", framed(header("[('\x00', '<f8')]").encode().replace(b"\0", b"\xc0\xaf"), bytes(16), 3)),
    "utf-8-surrogate": ("half a character in UTF-8", framed(header("[('\x00', '<f8')]").encode().replace(b"\0", b"\xed\xa0\x80"), bytes(16), 3)),
    "utf-8-cut": ("a character that ends with the header", framed(header().encode() + b"\xe2\x82", b"\xac" + bytes(16), 3)),
    "byte-order-mark": ("a byte order mark before the dictionary", framed("\ufeff" + header(), bytes(16), 3)),
    "utf-16": ("a header in UTF-16", framed(header().encode("utf-16-le"), bytes(16))),
    "same-name-twice": ("two fields of one name", sixteen("[('a', '<f4'), ('a', '<f4')]", "(2,)")),
    "title-is-a-name": ("a title that is another field's name", sixteen("[(('b', 'a'), '<f4'), ('b', '<f4')]", "(2,)")),
    "same-name-in-300": ("300 fields of one name", sixteen("[" + "('a', '|u1'), " * 300 + "]", "()")),
    "string-not-closed": ("a string that does not end", framed("{'descr': '<f8" + "x" * 500)),
    "unknown-key-of-9000": ("a key of 9,000 characters, which no message need repeat", framed("{'" + "k" * 9000 + "': 1}")),
    # Code.
    "call": ("a call, for readers that use eval", sixteen("__import__('os').system('touch evaluated')")),
    "lambda": ("a function, for readers that use eval", sixteen("(lambda: '<f8')()")),
    "power": ("a number that would take all memory to be told", sixteen(shape="(9**9**9**9,)")),
    "repeated-string": ("a string that would take all memory", sixteen("'<f8' * 99999999999")),
    "f-string": ("a string that runs code", sixteen("f'{exit()}'")),
    "comprehension": ("a loop without end", sixteen(shape="tuple(1 for _ in iter(int, 1))")),
    "pickle": ("objects whose pickle would run a command", framed(header("'|O'", "()"), BOMB)),
    "pickle-alone": ("the same without a header", b"\x80\x02" + BOMB),
    "objects-in-a-record": ("a record with a pickled field", framed(header("[('a', '<f8'), ('b', '|O')]", "(1,)"), BOMB)),
    # Values.
    "bool-2": ("a bool that is 2", framed(header("'|b1'", "(16,)"), bytes(15) + b"\2")),
    "beyond-unicode-in-data": ("a character that there is not, as element", framed(header("'<U1'", "(4,)"), bytes(12) + b"\0\0\x11\0")),
    "surrogate-in-data": ("half a character as element", framed(header("'>U1'", "(4,)"), bytes(12) + b"\0\0\xd8\0")),
}  # fmt: skip
SOUND = {
    "control-characters": ("a field's name that clears a terminal and names its window", sixteen(r"[('\x1b[2J\x1b]0;x\x07', '<f8')]")),
    "right-to-left": ("a field's name that turns what follows it around", sixteen("[('\u202egnp.exe', '<f8')]", version=3)),
    "name-with-dots": ("a field's name that looks like a path", sixteen("[('../../etc/passwd', '<f8')]")),
    "keys-300-times": ("each key a hundred times; the last counts", framed("{" + "'descr': 1, 'fortran_order': 2, 'shape': 3, " * 100 + header()[1:], bytes(16))),
    "fields-2000": ("as many fields as a header has room for", framed(header(f"'{','.join(['b'] * 2000)}'", "(0,)"))),
    "fields-without-bytes": ("a billion times nothing in each element", sixteen("[('a', '<f8', (0, 1000000000)), ('b', '<f8')]")),
    "elements-without-bytes": ("a trillion elements of no bytes", framed(header("'|V0'", "(1000000000000,)"))),
    "comments": ("more comments than text", framed("# " + "}" * 4000 + "\n" + header(), bytes(16))),
}  # fmt: skip


def main() -> None:
    """Write all of them anew."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    lines = {}
    for title, files in ("refused", REFUSED), ("sound", SOUND):
        for name, (_, content) in files.items():
            (FOLDER / f"{name}.npy").write_bytes(content)
        table = [f"| `{name}.npy` | {what} |" for name, (what, _) in files.items()]
        lines[title] = "\n".join(["| file | what |", "|---|---|", *table])
    (FOLDER / "README.md").write_text(README.format(**lines), encoding="utf-8")


if __name__ == "__main__":
    main()
