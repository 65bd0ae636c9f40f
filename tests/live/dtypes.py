"""Random dtypes, as NumPy makes them and as only its reader takes them."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np

from spelling import Raw

NUMBERS = ["b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "f16", "c8", "c16", "c32"]
UNITS = ["Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns", "ps", "fs", "as"]
# fmt: off
NAMES = [
    "x", "y", "id", "value", "f0", "f1", "a b", " ", "a.b", "it's", 'say "it\'s"', '"', "\\", "a\nb", "\t",
    "größe", "µ", "ÿ", "\xa0", "\xad", "\x7f", "\0", "\x1b[0m", "質量", "名前", "😀", "é", "e\u0301",
    "\u200b", "\u2028", "\ufeff", "\ue000", "\U0010ffff", "\U000e0001", "ﷺ", "Ω", "fortran_order", "descr",
    "2L", "#", "{", "}", "(", "',", "# no", "None", "f4", "<f4", "x" * 60,
]
# Titles that are not text: NumPy takes anything that a literal can be.
ODD_TITLES: list[Any] = [
    0, 5, -7, 1 << 40, -(1 << 70), True, False, None, 1.5, -0.0, 1e300, 1e16, 1e-5, 123456789.125, 0.1, 2j,
    1 + 2j, -1j, b"", b"ab", b"'\"\\\n\xff", (), (1,), (1, "two"), [], [1], [[1], (2,)], {}, {"a": 1},
    {1: [2]}, {3}, "", "title", "ti'tle", "\u8cea", ("a", "b"),
    *map(Raw, ["...", "set()", "1e999", "-1e999", "1.", ".5", "1_0.0_1", "0e0", "1E5", "1e+22", "1e22"]),
    *map(Raw, ["3.0e-7", "5e-324", "1+1j", "1-1j", "-1.5-0j", "0x1f", "+3", "-(3)", "- 3", "1e1000j"]),
    *map(Raw, ["B'x'", "Rb'\\n'", "bR'x'", "br'''x'''", "b'a' b'c'", "b'\\x41\\101\\q'", "{1,}"]),
    *map(Raw, ["{1: 2, 1: 3}", "{1, 1}", "{'a': {'b': ()}}", "9" * 30, "9" * 38, "{1.0, True}"]),
]
# fmt: on


def name(rng: Random) -> str:
    """A field's name."""
    if rng.random() < 0.6:
        return rng.choice(["a", "b", "col", "field_", "t"]) + str(rng.randrange(100))
    return rng.choice(NAMES)


def distinct(rng: Random, count: int) -> list[str]:
    """Distinct names."""
    names: list[str] = []
    while len(names) < count:
        if (new := name(rng)) not in names:
            names.append(new)
    return names


def scalar_text(rng: Random) -> str:
    """The text of a scalar dtype, as NumPy writes it but for the order of what has none."""
    order = rng.choice("<<<>>=|") if rng.random() < 0.9 else ""
    match rng.randrange(10):
        case 0 | 1 | 2 | 3 | 4 | 5:
            return order + rng.choice(NUMBERS)
        case 6:
            size = rng.choice([0, 1, 2, 3, 5, 10, 255, 1000, rng.randrange(1, 70000)])
            return order + rng.choice("SUV") + str(size)
        case 7 | 8:
            unit = rng.choice(UNITS)
            multiple = rng.choice(["", "", "", "2", "7", "25", "1000", "2147483647"])
            bracketed = f"[{multiple}{unit}]"
            return order + rng.choice("Mm") + "8" + rng.choice(["", bracketed, bracketed])
        case _:
            return rng.choice(["O", "?", "|S3", "<f8", "<i8", "<f4"])


def dtype(rng: Random, depth: int = 3) -> np.dtype:
    """A dtype that an array can have."""
    while True:
        try:
            return element(rng, depth, True)
        except ValueError:
            continue  # It grew beyond what a C int can count.


def element(rng: Random, depth: int, top: bool = False) -> np.dtype:
    """A scalar or a record."""
    if depth == 0 or rng.random() < (0.4 if top else 0.7):
        return np.dtype(scalar_text(rng))
    return structured(rng, depth)


def structured(rng: Random, depth: int) -> np.dtype:
    """A record, packed, aligned or with gaps."""
    count = rng.choice([0, 1, 1, 2, 2, 3, 3, 4, 5, 8]) if rng.random() < 0.98 else rng.randrange(10, 60)
    names = distinct(rng, 2 * count)
    titles = [title if rng.random() < 0.1 else None for title in names[count:]]
    names = names[:count]
    if count and rng.random() < 0.03:
        names[rng.randrange(count)] = ""
    formats = [field(rng, depth - 1) for _ in names]
    spec: dict[str, Any] = {"names": names, "formats": formats, "titles": titles}
    match rng.randrange(4):
        case 0:
            return np.dtype(spec, align=True)
        case 1:
            offsets, offset = [], 0
            for part in formats:
                offset += rng.choice([0, 0, 0, 1, 3, 8, 100])
                offsets.append(offset)
                offset += part.itemsize
            return np.dtype({**spec, "offsets": offsets, "itemsize": offset + rng.choice([0, 0, 1, 5, 64])})
        case _:
            return np.dtype(spec)


def field(rng: Random, depth: int) -> np.dtype:
    """The dtype of a field, which may be a subarray."""
    base = element(rng, depth)
    if rng.random() < 0.85 or base.itemsize == 0:
        return base
    shape = tuple(rng.choice([0, 1, 1, 2, 3, 4, 10]) for _ in range(rng.choice([1, 1, 2, 2, 3, 6])))
    return np.dtype((base, shape))


# --- what only the reader takes ----------------------------------------------------------------

CHARACTERS = "?bBhHiIlLqQefdgFDGSUVOMmpPnNc"
# fmt: off
TYPE_NAMES = [
    "float32", "float64", "float16", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32",
    "uint64", "bool", "bool_", "int", "float", "complex", "complex64", "complex128", "object", "object_",
    "str", "str_", "bytes", "bytes_", "void", "long", "ulong", "longlong", "ulonglong", "short", "ushort",
    "byte", "ubyte", "intc", "uintc", "intp", "uintp", "single", "double", "longdouble", "clongdouble",
    "csingle", "cdouble", "half", "datetime64", "timedelta64", "unicode", "float128", "complex256", "int_",
    "uint", "datetime64[s]", "timedelta64[25us]", "<datetime64[s]", ">timedelta64[D]",
]
COMMA_STRINGS = [
    "f4,", "f4,i4", "f4, i4", "f4 ,i4", "f4,\xa0i4", "f4,\x1ci4", "f4,\u2003i4", "f4,i4 ", "3f4,i4",
    "2 f4,i4", "3f4", "(2,3)f4", "2 f4", "()f4", "<(2,)<f4", "2,f4", "=(2,)<f4", "(3)f4,i4", "( 2,3)f4",
    "(2, 3) f4, i4", ">i4,<f8,S3,U2,?", "i4,(2,)i4,O", "f8,M8[s],m8[25us]", "2i2", "1f4", "(1,)f4",
    "2S3,V4", "(2,)U3", "(2,3)>i4,>f8", ">3f4", "10i1,i1", "0f4,i4", "i1,b,B,h",
]
UNIT_TEXTS = [
    "[0s]", "[-0s]", "[+5s]", "[ 5s]", "[\n3M]", "[007us]", "[5generic]", "[generic]", "[μs]", "[1D]",
    "[1000ms]", "[Y/12]", "[7Y/12]", "[s/1000]", "[5D/24]", "[D/1]", "[h/60]", "[D/4294967297]", "[ms/10]",
    "[s/2]", "[D/86400]", "[us/1000000]", "[Y/4]", "[M/2]", "[W/7]", "[h/3600]", "[10s/5]",
]
# fmt: on


def odd_scalar_text(rng: Random, top: bool) -> str:
    """The text of a dtype in a spelling that NumPy does not write."""
    order = rng.choice(["", "<", ">", "=", "|"])
    match rng.randrange(9 if top else 8):
        case 0:
            kind_and_size = rng.choice(NUMBERS)
            blank = rng.choice(["0", "+", " ", "\t", "00", " 0", " +", "\n", "\v"])
            return order + kind_and_size[0] + blank + kind_and_size[1:]
        case 1:
            return order + rng.choice("SUV") + rng.choice(["-0", " 10", "+3", "007", "00"])
        case 2:
            return order + rng.choice(CHARACTERS)
        case 3:
            return order + chr(rng.randrange(24))
        case 4:
            return rng.choice(TYPE_NAMES)
        case 5:
            return rng.choice(
                ["a5", "a", "O4", "O8", "|O8", ">O", "S", "<U", "V", ">S5", ">b1", "=O", "<a7", "b1"]
            )
        case 6:
            return rng.choice(COMMA_STRINGS)
        case 7:
            return order + rng.choice("Mm") + "8" + rng.choice(UNIT_TEXTS)
        case _:
            sizes = ["V2147483647", "S2147483647", "U536870911", "V2147483646", "U536870910"]
            return order + rng.choice(sizes)


def odd_descr(rng: Random, depth: int = 2, top: bool = True) -> Any:
    """A `descr` that NumPy's reader takes but its writer does not write."""
    base = scalar_text(rng)
    while base.strip("<>=|") in ("S0", "U0", "V0"):
        base = scalar_text(rng)  # Where a shape follows, such a base is refused.
    inner = odd_descr(rng, depth - 1, False) if depth else base
    one, two, three = distinct(rng, 3)
    match rng.randrange(27):
        case 0 | 1 | 2 | 3 | 4 | 5 | 6:
            return odd_scalar_text(rng, top)
        case 7:
            return [[one, base], (two, inner)]
        case 8:
            return rng.sample(["xd", "yf", "zi", "ab", "?B", "é?", "oO"], rng.randrange(1, 4))
        case 9:
            return {rng.choice(["xd", "yf", "zi"]): 0}
        case 10:
            return rng.choice([[], {}, Raw("set()"), Raw("(set)()"), Raw("set( )")])
        case 11:
            return [{one: 1, "d": 2}]
        case 12:
            return ("<f8", None)
        case 13:
            return rng.choice([("S", None), ("U", None), ("<i4", b"<f4"), ("<i4", "2i2"), ("<i4", "<f4")])
        case 14:
            return ("<i4", [(one, "<i2"), (two, ">i2")])
        case 15:
            return (
                base,
                rng.choice([(2,), (2, 3), (1,), 3, [3], (), [2, 2], 1, 0, (0,)]),
                *rng.choice([(), (3,)]),
            )
        case 16:
            return rng.choice([("S", 5), ("U", 5), ("c", 3), ("V", 4), ("S", 0), ("U", 0), ("V", 1)])
        case 17:
            sizes = {"names": [one, two], "formats": ["<i4", ">f4"]}
            offsets, size = rng.choice([([0, 4], 8), ([4, 0], 8), ([1, 9], 13), ([0, 0], 4), (None, 8)])
            spec = {**sizes, "offsets": offsets} if offsets else sizes
            return (f"V{size}", {**spec, **rng.choice([{}, {"itemsize": size}, {"titles": [three, None]}])})
        case 18:
            return [(one, base, rng.choice([(2,), 3, [3], (), (2, 2), [1, 2], 1])), (two, inner)]
        case 19 | 20:
            title = rng.choice(ODD_TITLES)
            return [((title, one), base), *rng.choice([[], [(two, inner)]])]
        case 21:
            return [("", "<f4"), (two, inner)]
        case 22:
            return [
                ("", "|V3"),
                (one, base),
                ("", ("<f4", (2,))),
                ("", "<i2", (2,)),
                (two, inner),
                ("", "|V1"),
            ]
        case 23:
            return [("", [(one, "<f4")]), (two, base)]
        case 24:
            return ([(one, base), (two, inner)], rng.choice([(2,), 3, (2, 1), ()]))
        case 25:
            return without_bytes(rng, base)
        case _:
            return ((base, (2,)), (3,))


def without_bytes(rng: Random, base: str) -> Any:
    """A tuple of an element without bytes, which NumPy lets have a size, and something else."""
    first = rng.choice([base, "object", "<c32", "S", "U", "V", "V0", "S0", [], "<i4,", "0f4", "T"])
    shape = rng.choice([0, (0,), [0, 2], (2, 0), 0, (0, 3)])
    second = rng.choice(
        [0, 0, (), (), [], (0,), (2,), 1, 5, None, "V0", "<f4", "S", b"", b"V0", [("x", "V0")], {}, True, -1]
    )
    match rng.randrange(3):
        case 0:
            return (first, second)
        case 1:
            return ((first, shape), second)
        case _:
            return [("x", (first, shape), second), ("y", base)]
