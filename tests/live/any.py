"""Arrays of every kind for npymap to read without knowing their dtype, and whether it did.

    python -X utf8 any.py write FOLDER
    python -X utf8 any.py check FOLDER

`write` saves the arrays. npymap then leaves, for each NAME.npy, the same array as NAME.ours, what it prints of it as
NAME.txt, for each field NAME.FIELD.txt, and of long doubles the nearest doubles as NAME.doubles. `check` prints what
differs, and at the end how many arrays agree.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

import numpy as np

try:
    import ml_dtypes
except ImportError:
    ml_dtypes = None

RANDOM = np.random.default_rng(7)
LETTERS = np.array(list("ab \0'\"\\é中😀\U0010ffff"))
NUMBERS = "b1 i1 u1 i2 i4 i8 u2 u4 u8 f2 f4 f8 c8 c16 f16 c32".split()
UNITS = ["", "[Y]", "[M]", "[W]", "[D]", "[h]", "[m]", "[s]", "[25s]", "[ms]", "[us]", "[ns]", "[ps]", "[fs]", "[as]"]


def long_doubles(count: int) -> np.ndarray:
    """Long doubles of any bits, many of them where doubles end."""
    exponents = np.concatenate([RANDOM.integers(15290, 15370, count // 4), RANDOM.integers(17400, 17410, count // 4),
                                RANDOM.integers(0, 0x8000, count // 4), RANDOM.integers(16380, 16390, count - count // 4 * 3)])
    mantissas = RANDOM.integers(0, 2**64, count, np.uint64)
    # Most are numbers, and many lie halfway between two doubles.
    mantissas[RANDOM.random(count) < 0.9] |= np.uint64(1 << 63)
    halfway = RANDOM.random(count) < 0.3
    mantissas[halfway] = mantissas[halfway] & np.uint64(2**64 - 2**11) | np.uint64(1 << 10)
    raw = np.zeros(count, [("mantissa", "<u8"), ("head", "<u2"), ("rest", "V6")])
    raw["mantissa"], raw["head"] = mantissas, exponents | RANDOM.integers(0, 2, count) << 15
    return raw.view("<f16")


def twelve(dtype: np.dtype) -> np.ndarray:
    """Twelve values of a number, text or time."""
    if dtype.kind == "b":
        return RANDOM.integers(0, 2, 12).astype(bool)
    if dtype.kind == "U":
        return np.array(["".join(RANDOM.choice(LETTERS, RANDOM.integers(0, 6))) for _ in range(12)]).astype(dtype)
    if dtype.char in "gG":
        values = long_doubles(24)[: 24 if dtype.kind == "c" else 12]
        return values.view("<c32" if dtype.kind == "c" else "<f16").astype(dtype)
    native = np.frombuffer(RANDOM.bytes(12 * dtype.itemsize), dtype.newbyteorder("=")).copy()
    if dtype.kind in "mM":
        # Of a few bytes, so that the years can be printed.
        native = (native.view("i8") >> 50).view(native.dtype)
        native[3] = "NaT"
    return native.astype(dtype)


def arrays() -> dict[str, np.ndarray]:
    """An array for each file."""
    dtypes = [np.dtype(order + text) for text in NUMBERS for order in "<>"]
    dtypes += [np.dtype(order + kind + "8" + unit) for kind in "Mm" for unit in UNITS for order in "<>"]
    dtypes += [np.dtype(text) for text in ("<U5", ">U5", "S4", "V3", "V1")]
    result = {}
    for dtype in dict.fromkeys(dtypes):
        # Of no unit only NaT can be printed.
        values = np.full(12, "NaT", dtype) if dtype.str[1:] == "M8" else twelve(dtype)
        name = dtype.str.replace("<", "le-").replace(">", "be-").replace("|", "")
        for suffix, array in {
            "c": values.reshape(3, 4), "f": values.reshape((3, 4), order="F"), "0d": values[:1].reshape(()),
            "empty": values[:0].reshape(0, 3), "large": np.resize(values, (40, 30)),
        }.items():  # fmt: skip
            result[f"{name}-{suffix}"] = array
    inner = np.dtype([("x", "i1"), ("y", ">f8"), ("t", "U2")], align=True)
    record = np.dtype([("id", "<u2"), ("at", inner, (2,)), ("m", ">i2", (2, 3)), ("s", "S3"), ("when", "M8[D]")])
    values = np.zeros((3, 4), record)
    values["id"], values["m"] = RANDOM.integers(0, 999, (3, 4)), RANDOM.integers(-999, 999, (3, 4, 2, 3))
    values["at"]["x"], values["at"]["y"] = RANDOM.integers(0, 99, (3, 4, 2)), RANDOM.random((3, 4, 2))
    values["at"]["t"], values["s"] = "é", b"ab"
    values["when"] = np.arange(12).reshape(3, 4).astype("M8[D]")
    result |= {"record-c": values, "record-f": np.asfortranarray(values), "record-0d": values[0, 0].reshape(())}
    result["long-doubles"] = long_doubles(20_000)
    if ml_dtypes:
        for name in ("bfloat16", "float8_e4m3fn", "float8_e4m3b11fnuz", "float8_e8m0fnu", "int4"):
            result[f"ml-{name}"] = np.array([0, 1, 2, 4], getattr(ml_dtypes, name))
    return result


def same_values(ours: np.ndarray, numpys: np.ndarray) -> bool:
    """Whether all values are the same, bit for bit."""
    if numpys.dtype.kind in "gG" or numpys.dtype.char in "gG":
        # What lies behind the ten bytes of a long double means nothing.
        bits = [array.astype(array.dtype.newbyteorder("<")).tobytes() for array in (ours, numpys)]
        bits = [np.frombuffer(data, "V16").copy().view("u1").reshape(-1, 16)[:, :10] for data in bits]
        return bool(np.array_equal(*bits))
    if numpys.dtype.kind in "mM":
        # NumPy 1.26 does not swap times without a unit.
        return bool(np.array_equal(ours.view("i8"), numpys.view(numpys.dtype.str[0] + "i8")))
    return ours.astype(numpys.dtype).tobytes() == numpys.tobytes()


def difference(path: Path) -> str | None:
    """What differs between a file and what npymap made of it."""
    numpys, ours = np.load(path), np.load(path.with_suffix(".ours"))
    text = path.with_suffix(".txt").read_text("utf-8")
    # NumPy 1 prints what stands alone in other ways.
    if text != str(numpys) and (numpys.ndim or np.__version__ >= "2"):
        return f"printed as {text}, expected {numpys}"
    expected = numpys.dtype.newbyteorder("=") if numpys.dtype.names is None else numpys.dtype
    if numpys.dtype.kind in "SU":
        # The narrowest; NULs at the end are nothing.
        expected = np.array(numpys.tolist() or [""], numpys.dtype.char).dtype
    if ours.dtype != expected or ours.shape != numpys.shape:
        return f"saved as {ours.dtype} {ours.shape}, expected {expected} {numpys.shape}"
    if ours.flags.c_contiguous != numpys.flags.c_contiguous or not same_values(ours, numpys):
        return f"saved as {ours!r}, expected {numpys!r}"
    if ours.dtype == numpys.dtype and numpys.dtype.char not in "gG":
        file = io.BytesIO()
        np.save(file, numpys)
        if file.getvalue() != path.with_suffix(".ours").read_bytes():
            return "saved as other bytes"
    for name in numpys.dtype.names or ():
        text = path.with_suffix(f".{name}.txt").read_text("utf-8")
        if text != str(numpys[name]) and (numpys.ndim or np.__version__ >= "2"):
            return f"field {name} is {text}, expected {numpys[name]}"
    if numpys.dtype.char == "g":
        with np.errstate(all="ignore"):
            doubles = numpys.astype("<f8")
        found = np.load(path.with_suffix(".doubles"))
        if found.tobytes() != doubles.tobytes():
            return f"doubles {found}, expected {doubles}"
    return None


def main() -> None:
    """Do what the first argument says."""
    folder = Path(sys.argv[2])
    if sys.argv[1] == "write":
        for name, array in arrays().items():
            np.save(folder / f"{name}.npy", array)
        return
    agreeing = 0
    for path in sorted(folder.glob("*.npy")):
        differing = difference(path)
        if differing:
            print(f"{path.name}: {differing}")
        agreeing += not differing
    print(f"{agreeing} arrays agree")


if __name__ == "__main__":
    main()
