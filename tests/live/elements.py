"""Whether arrays that npymap made are what NumPy makes of the same values.

    python -X utf8 elements.py FOLDER

FOLDER has a file for each name of `arrays()`, saved by npymap. Prints what differs, and at the end how many agree.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

import numpy as np


def arrays() -> dict[str, np.ndarray]:
    """The arrays as NumPy makes them, in the order of the test."""
    aligned = np.dtype([("a", "u1"), ("b", "f8"), ("c", "i2")], align=True)
    inner = np.dtype([("x", "i1"), ("y", "f8")], align=True)
    nested = np.dtype([("id", "u1"), ("at", inner, (2,)), ("flag", "?")], align=True)
    mixed = np.dtype(
        [
            ("text", "S3"), (("The name", "name"), "U4"), ("when", "M8"), ("raw", "V3"),
            ("be", ">f4"), ("m", "<i2", (2, 3)), ("h", "f2"), ("c", "c8"),
        ]
    )  # fmt: skip
    packed = np.dtype([("c", "i2"), ("b", "f8"), ("a", "u1")])
    foreign = np.dtype([("c", ">i2"), ("b", "<f8"), ("a", "u1")])
    values = [(n, n / 4, -n) for n in range(5)]
    backwards = [value[::-1] for value in values]
    mixed_values = [
        (b"ab\0c"[:n], "gr\u00f6\U0001f600"[:n], np.int64(n if n else -(2**63)).view("M8"), bytes([n] * 3), n / 2,
         [[n, n + 1, n + 2], [n + 3, n + 4, n + 5]], n / 8, complex(n, -n))
        for n in range(4)
    ]  # fmt: skip
    counts = [0, 1, -1, "NaT", 10**9]
    result = {
        "aligned": padded(values, aligned),
        "packed": np.array(values, np.dtype([("a", "u1"), ("b", "f8"), ("c", "i2")])),
        "plain": np.array(backwards, packed),
        "plain-as-foreign": np.array(backwards, foreign),
        "nested": padded([(n, [(n, n / 2), (-n, n)], n % 2 == 1) for n in range(3)], nested),
        "mixed": np.array(mixed_values, mixed),
        "aligned-2d": padded(values[:4], aligned, (2, 2)),
        "text": np.array([["", "ab"], ["gr\u00f6\u00dfe", "\U0001f600"]], "U5"),
        "bytes": np.array([b"", b"abc", b"a\0b"], "S4"),
        "rows": np.arange(6, dtype="f4").reshape(3, 2),
        "raw": np.array([b"\x01\x02\x00", b"\x00\x00\x03"], "V3"),
        "be": np.array([1, -2, 3], ">i4"),
        "le": np.array([1.5, -2.5], "<f8"),
        "strings": np.array(["", "gr\u00f6\u00dfe", "a\0b"]),
        "strs-2d": np.array([["a", "\U0001f600", "def"], ["bc", "", "g"]], order="F"),
        "byte-strings": np.array([b"ab", b"", b"\xff\0c"]),
        "no-strings": np.array([], str),
        "empty-bytes": np.array([b""]),
        "strings-be": np.array(["gr\u00f6\u00dfe", ""], ">U7"),
        "long-doubles": cleared(np.array([0.5, -2.5, np.inf], "<f16")),
        "long-complexes": cleared(np.array([0.5 - 2.5j, -np.inf], "<c32")),
        "bools": np.array([True, False]),
        "c8": np.array([1 - 2j, 0.5j], "c8"),
        "c16": np.array([1 - 2j, 0.5j], "c16"),
        "pairs": np.arange(12, dtype="u2").reshape(2, 3, 2),
    }
    for kind in "i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8".split():
        ends = np.finfo(kind) if kind[0] == "f" else np.iinfo(kind)
        result[kind] = np.array([ends.min, 0, 1, ends.max], kind)
    for unit in ["Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns", "ps", "fs", "as", "25s", "7D"]:
        result[f"M8-{unit}"] = np.array(counts, f"M8[{unit}]")
        result[f"m8-{unit}"] = np.array(counts, f"m8[{unit}]")
    return result


def cleared(array: np.ndarray) -> np.ndarray:
    """Long doubles whose last six bytes, in which NumPy leaves what it found in memory, are zero."""
    array.view("<f16").view("u1").reshape(-1, 16)[:, 10:] = 0
    return array


def padded(values: list, dtype: np.dtype, shape: tuple[int, ...] = ()) -> np.ndarray:
    """An array whose padding is zero, which `np.array` does not promise."""
    array = np.zeros(shape or len(values), dtype, order="F")
    for index, value in zip(np.ndindex(array.shape), values, strict=True):
        array[index] = value
    return array


def plain(value: object) -> object:
    """The values without their dtypes, which tell the `align` flag that no file does."""
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    return [plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def difference(ours: Path, numpys: np.ndarray) -> str | None:
    """What differs between a file and what NumPy would have written."""
    array = np.load(ours)
    if array.dtype != numpys.dtype or array.shape != numpys.shape:
        return f"dtype {array.dtype} and shape {array.shape}, expected {numpys.dtype} and {numpys.shape}"
    if repr(plain(array)) != repr(plain(numpys)):
        return f"{plain(array)}, expected {plain(numpys)}"
    file = io.BytesIO()
    np.save(file, numpys)
    if ours.read_bytes() != file.getvalue():
        return f"{ours.read_bytes()!r}, expected {file.getvalue()!r}"
    texts = ours.with_suffix(".txt")
    if texts.exists() and texts.read_text("utf-8").split("\n") != [str(item) for item in numpys]:
        return f"{texts.read_text('utf-8')!r}, expected {[str(item) for item in numpys]}"
    return None


def main() -> None:
    """Compare each file."""
    folder = Path(sys.argv[1])
    agreeing = 0
    for name, numpys in arrays().items():
        differing = difference(folder / f"{name}.npy", numpys)
        if differing:
            print(f"{name}: {differing}")
        agreeing += not differing
    extra = {path.stem for path in folder.glob("*.npy")} - set(arrays())
    print(f"not known here: {sorted(extra)}" if extra else f"{agreeing} arrays agree")


if __name__ == "__main__":
    main()
