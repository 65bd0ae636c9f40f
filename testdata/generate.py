"""Write the files of this folder with the NumPy that runs, and a manifest beside them.

    python testdata/generate.py

Under NumPy 1.x it writes `numpy-1.y/`; under NumPy 2.x `numpy-2.y/`, `crafted/` and the iris files.
The same NumPy writes the same bytes each time. README.md explains the manifest.
"""

from __future__ import annotations

import gzip
import io
import pickle
import shutil
import struct
import sys
import warnings
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

try:
    from numpy.lib import _format_impl as npy
except ImportError:  # before NumPy 2.3
    from numpy.lib import format as npy

try:
    import ml_dtypes
except ImportError:
    ml_dtypes = None

HERE = Path(__file__).resolve().parent
NUMPY_2 = int(np.__version__.split(".")[0]) >= 2
COLUMNS = "file start version order shape data_offset itemsize canonical dtype descr data".split()

# Fisher's iris table (1936), as scikit-learn ships it: 50 rows each of setosa, versicolor and
# virginica; sepal length, sepal width, petal length and petal width in tenths of a centimetre,
# two digits each.
IRIS = """
51351402 49301402 47321302 46311502 50361402 54391704 46341403 50341502 44291402 49311501
54371502 48341602 48301401 43301101 58401202 57441504 54391304 51351403 57381703 51381503
54341702 51371504 46361002 51331705 48341902 50301602 50341604 52351502 52341402 47321602
48311602 54341504 52411501 55421402 49311502 50321202 55351302 49361401 44301302 51341502
50351303 45231303 44321302 50351606 51381904 48301403 51381602 46321402 53371502 50331402
70324714 64324515 69314915 55234013 65284615 57284513 63334716 49243310 66294613 52273914
50203510 59304215 60224010 61294714 56293613 67314414 56304515 58274110 62224515 56253911
59324818 61284013 63254915 61284712 64294313 66304414 68284814 67305017 60294515 57263510
55243811 55243710 58273912 60275116 54304515 60344516 67314715 63234413 56304113 55254013
55264412 61304614 58264012 50233310 56274213 57304212 57294213 62294313 51253011 57284113
63336025 58275119 71305921 63295618 65305822 76306621 49254517 73296318 67255818 72366125
65325120 64275319 68305521 57255020 58285124 64325323 65305518 77386722 77266923 60225015
69325723 56284920 77286720 63274918 67335721 72326018 62284818 61304918 64285621 72305816
74286119 79386420 64285622 63285115 61265614 77306123 63345624 64315518 60304818 69315421
67315624 69315123 58275119 68325923 67335725 67305223 63255019 65305220 62345423 59305118
"""
SPECIES = ("setosa", "versicolor", "virginica")
FEATURES = ("sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)")


# --- the values: twelve of each type, the awkward ones first -----------------------------------


def integers(dtype: np.dtype) -> np.ndarray:
    """Ends of the range, zero and its neighbours, and patterns in which each byte differs."""
    info = np.iinfo(dtype)
    pattern = int.from_bytes(range(1, dtype.itemsize + 1), "big")
    values = [info.min, info.max, 0, 1, info.max - 1, info.min + 1]
    values += [pattern, info.max - pattern, 2, 10, 100, 127]
    return np.array(values, dtype)


def floats(dtype: np.dtype) -> np.ndarray:
    """NaN, infinities, both zeros, the ends of the range, subnormals, and a fraction."""
    info = np.finfo(dtype)
    one = dtype.type(1)
    least = np.nextafter(dtype.type(0), one)
    values = [dtype.type(x) for x in ("nan", "inf", "-inf", "-0.0")]
    values += [one, info.max, info.min, info.tiny, least, -least, one / dtype.type(3), dtype.type(0)]
    array = np.zeros(12, dtype)
    array[:] = values
    return clear_long_double_padding(array)


def complexes(dtype: np.dtype) -> np.ndarray:
    """Each special real part beside another special imaginary part."""
    part = np.zeros(1, dtype).real.dtype
    parts = floats(part)
    array = np.zeros(12, dtype)
    array.real = parts
    array.imag = parts[::-1]
    return clear_long_double_padding(array)


def clear_long_double_padding(array: np.ndarray) -> np.ndarray:
    """Set to zero the six bytes of an 80-bit long double that hold no value but any rubbish."""
    if array.dtype in (np.dtype("longdouble"), np.dtype("clongdouble")):
        array.view("u1").reshape(-1, 16)[:, 10:] = 0
    return array


def texts(dtype: np.dtype) -> np.ndarray:
    """Empty, full width, NULs within and at the end, and for `U` characters of every width."""
    if dtype.kind == "S":
        values: list[Any] = [b"", b"abc", b"a", b"a\0\0", b"a\0c", b"\0\0c", b"\xff\xfe\xfd"]
        values += [b"\0", b" a ", b"'\"\\", b"\n\t", b"xyz"]
    else:
        values = ["", "abcde", "a", "a\0\0", "a\0c", "\0\0c", "é", "中文", "😀", "\U0010ffff", " a ", "'\"\\"]
    return np.array(values, dtype)


def times(dtype: np.dtype) -> np.ndarray:
    """NaT, the epoch, and counts before and after it."""
    nat, most = np.iinfo("i8").min, np.iinfo("i8").max
    return np.array([nat, 0, 1, -1, most, nat + 1, 86400, -86400, 365, 1 << 40, 12345, nat]).view(dtype)


def values_of(dtype: np.dtype) -> np.ndarray:
    """Twelve little-endian values of the dtype."""
    match dtype.kind:
        case "b":
            return np.array([True, False, False, True, True, True, False, True, False, False, True, False])
        case "i" | "u":
            return integers(dtype)
        case "f":
            return floats(dtype)
        case "c":
            return complexes(dtype)
        case "S" | "U":
            return texts(dtype)
        case "M" | "m":
            return times(dtype)
        case _:
            size = 12 * dtype.itemsize
            return np.arange(256 - size // 2, 256 + size - size // 2).astype("u1").view(dtype)


def in_order(array: np.ndarray, byte_order: str) -> np.ndarray:
    """The same values in that byte order (`astype` would change S0, U0 and generic times)."""
    if byte_order == "<":
        return array
    return array.byteswap().view(array.dtype.newbyteorder(byte_order))


# --- the manifest ------------------------------------------------------------------------------


class Folder:
    """A folder of files and the lines of its manifest."""

    def __init__(self, name: str) -> None:
        self.path = HERE / name
        shutil.rmtree(self.path, ignore_errors=True)
        self.path.mkdir()
        self.lines: list[str] = []

    def write(self, name: str, *arrays: bytes, trailing: bytes = b"") -> None:
        """Write a file of one or more `.npy` streams and describe each stream."""
        content = b"".join(arrays) + trailing
        (self.path / name).write_bytes(content)
        start = 0
        for array in arrays:
            row = [name, str(start), *describe(array, start)]
            assert len(row) == len(COLUMNS) and not any("\t" in cell or "\n" in cell for cell in row)
            self.lines.append("\t".join(row))
            start += len(array)

    def save(self, name: str, array: np.ndarray, version: tuple[int, int] | None = None) -> None:
        """Write the array as `np.save` does, or in the given format version."""
        self.write(name, saved(array, version))

    def finish(self) -> None:
        """Write the manifest."""
        heading = [f"# NumPy {np.__version__}", "# " + "\t".join(COLUMNS)]
        text = "\n".join(heading + self.lines) + "\n"
        (self.path / "manifest.txt").write_text(text, encoding="utf-8", newline="\n")


def saved(array: np.ndarray, version: tuple[int, int] | None = None) -> bytes:
    """The bytes that `np.save` writes, or `write_array` in the given format version."""
    stream = io.BytesIO()
    npy.write_array(stream, array, version=version, pickle_kwargs={"fix_imports": False})
    return stream.getvalue()


def describe(content: bytes, start: int) -> list[str]:
    """The manifest's cells of one `.npy` stream, from `version` on."""
    stream = io.BytesIO(content)
    version = npy.read_magic(stream)
    readers = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
    read = readers.get(version) or (lambda stream: npy._read_array_header(stream, version))
    shape, fortran_order, dtype = read(stream)
    offset = stream.tell()

    canonical = io.BytesIO()
    descr = npy.dtype_to_descr(dtype)
    npy._write_array_header(canonical, {"shape": shape, "fortran_order": fortran_order, "descr": descr})
    data = "objects" if dtype.hasobject else little_endian(content[offset:], shape, fortran_order, dtype)
    return [
        f"{version[0]}.{version[1]}",
        "F" if fortran_order else "C",
        repr(shape),
        str(start + offset),
        str(dtype.itemsize),
        "yes" if content[:offset] == canonical.getvalue() else "no",
        str(dtype),
        repr(descr),
        data,
    ]


def little_endian(data: bytes, shape: tuple[int, ...], fortran_order: bool, dtype: np.dtype) -> str:
    """The data in C order with every number little-endian, in hexadecimal; `-` for no bytes.

    Padding stays where it is.
    """
    elements = np.zeros(shape, f"V{dtype.itemsize}") if dtype.itemsize else np.zeros(0, "V1")
    order = "F" if fortran_order else "C"
    elements = np.frombuffer(data, elements.dtype, elements.size).reshape(elements.shape, order=order)
    raw = np.frombuffer(elements.tobytes("C"), "u1").reshape(elements.size, -1 if elements.size else 0).copy()
    if elements.size:
        swap(raw, dtype)
    return raw.tobytes().hex() or "-"


def swap(raw: np.ndarray, dtype: np.dtype) -> None:
    """Turn round the big-endian numbers in `raw`, whose rows are elements of the dtype."""
    if dtype.fields is not None:
        for name in dtype.names:
            field, offset = dtype.fields[name][:2]
            swap(raw[:, offset : offset + field.itemsize], field)
    elif dtype.subdtype is not None:
        size = dtype.base.itemsize
        for at in range(0, dtype.itemsize if size else 0, size or 1):
            swap(raw[:, at : at + size], dtype.base)
    elif dtype.byteorder == ">":
        width = {"c": dtype.itemsize // 2, "U": 4}.get(dtype.kind, dtype.itemsize)
        for at in range(0, dtype.itemsize, width):
            raw[:, at : at + width] = raw[:, at : at + width][:, ::-1].copy()


# --- what NumPy writes -------------------------------------------------------------------------

ORDERED = ["i2", "i4", "i8", "u2", "u4", "u8", "f2", "f4", "f8", "f16", "c8", "c16", "c32", "U5"]
UNORDERED = ["b1", "i1", "u1", "S3", "V3"]
TIMES = ["M8[Y]", "M8[D]", "M8[25s]", "M8[ns]", "M8", "m8[W]", "m8[7ms]", "m8"]


def write_scalars(folder: Folder) -> None:
    """Every scalar type in both byte orders and both memory orders, with and without elements."""
    for code in ORDERED + UNORDERED:
        twelve = values_of(np.dtype("<" + code))
        for byte_order, suffix in [("<", "le"), (">", "be")] if code in ORDERED else [("<", "")]:
            array = in_order(twelve, byte_order)
            stem = "-".join(filter(None, [code, suffix]))
            folder.save(f"{stem}-c.npy", array.reshape(3, 4))
            folder.save(f"{stem}-f.npy", array.reshape(3, 4, order="F"))
            if suffix != "be":
                folder.save(f"{stem}-0d.npy", array[7:8].reshape(()))
                folder.save(f"{stem}-empty.npy", array[:0].reshape(0, 3))
    for code in TIMES:
        stem = code.replace("[", "-").replace("]", "")
        folder.save(f"{stem}-le.npy", values_of(np.dtype("<" + code)))
        folder.save(f"{stem}-be.npy", in_order(values_of(np.dtype("<" + code)), ">"))
    if ml_dtypes is not None:
        array = np.zeros(12, ml_dtypes.bfloat16)
        array[:] = floats(np.dtype("<f4"))
        folder.save("bfloat16-c.npy", array.reshape(3, 4))
        folder.save("bfloat16-f.npy", array.reshape(3, 4, order="F"))
        # Not in the manifest, as NumPy cannot read it.
        float8 = np.arange(256, dtype="u1").view(ml_dtypes.float8_e5m2).reshape(16, 16)
        (folder.path / "float8_e5m2.npy").write_bytes(saved(float8))


def write_shapes(folder: Folder) -> None:
    """Every sort of shape, as float64."""
    ndim_most = 64 if NUMPY_2 else 32
    for shape in [(), (0,), (1,), (7,), (3, 4), (2, 3, 4), (2, 0, 3), (1,) * ndim_most]:
        array = np.arange(np.prod(shape, dtype=int)).reshape(shape) / 4
        stem = "x".join(map(str, shape)) if len(shape) < 32 else f"{len(shape)}d"
        folder.save(f"shape-{stem or '0d'}.npy", array)
    folder.save("shape-2x3x4-f.npy", np.asfortranarray(np.arange(24).reshape(2, 3, 4) / 4))
    folder.save("shape-2x0x3-f.npy", np.zeros((2, 0, 3), order="F"))
    folder.save("shape-strided.npy", np.arange(40.0).reshape(8, 5)[::-1, ::2])
    # A length of ten digits, in a file without data.
    folder.save("shape-0x1234567890.npy", np.zeros((0, 1234567890)))


def write_versions(folder: Folder) -> None:
    """Each format version by order, whatever the header needs."""
    array = np.arange(6, dtype="<i4").reshape(2, 3)
    for version in (1, 0), (2, 0), (3, 0):
        folder.save(f"version-{version[0]}.npy", array, version)
    latin = np.zeros(2, [("größe", "<f4"), ("µ", "<i2")])
    latin["größe"] = 0.5, -0.5
    for version in (1, 0), (2, 0), (3, 0):
        folder.save(f"version-{version[0]}-latin1-names.npy", latin, version)


def write_records(folder: Folder) -> None:
    """Records of every make."""
    cjk = "\u8cea\u91cf"
    point = np.dtype([("x", "<f8"), ("y", ">f4")])
    dtypes: dict[str, np.dtype] = {
        "packed": np.dtype([("flag", "?"), ("id", "<u4"), ("value", "<f8"), ("name", "<U3"), ("tag", "S2")]),
        "big": np.dtype([("id", ">u4"), ("value", ">c8"), ("name", ">U3"), ("when", ">M8[s]")]),
        "mixed": np.dtype([("a", "<i2"), ("b", ">i2"), ("c", "<f2"), ("d", ">f8"), ("e", "|V3")]),
        "aligned": np.dtype([("a", "i1"), ("b", "<f8"), ("c", "<i2")], align=True),
        "padded-tail": np.dtype({"names": ["a"], "formats": ["<i4"], "itemsize": 7}),
        "padded-head": np.dtype(
            {"names": ["a", "b"], "formats": ["i1", "<i2"], "offsets": [1, 6], "itemsize": 9}
        ),
        "nested": np.dtype([("id", "u1"), ("at", point), ("deep", [("p", point), ("q", [("r", "<i2")])])]),
        "nested-aligned": np.dtype(
            [("id", "u1"), ("at", np.dtype([("x", "i1"), ("y", "<f8")], align=True))], align=True
        ),
        "subarrays": np.dtype(
            [("m", "<f4", (2, 3)), ("v", ">i2", 2), ("one", "<i2", (1,)), ("none", "<i8", (0,))]
        ),
        "subarray-of-records": np.dtype([("p", point, (2,)), ("k", "u1")]),
        "titles": np.dtype([(("The first", "a"), "<i4"), (("", "b"), "<f4"), (("µ 中", "c"), "i1")]),
        "latin1-names": np.dtype([("größe", "<f4"), ("µ", "<i2"), ("it's", "i1"), ('say "it\'s"', "i1")]),
        "cjk-name": np.dtype([(cjk, "<f4"), ("😀", "<i2")]),
        "odd-names": np.dtype([(" ", "i1"), ("a\tb\nc\\", "i1"), ("\x7f\xa0\u200b", "i1"), ("a.b", "<i2")]),
        "empty-name": np.dtype({"names": ["", "b"], "formats": ["<i4", "<i2"]}),
        "no-fields": np.dtype([]),
        "no-fields-8-bytes": np.dtype({"names": [], "formats": [], "itemsize": 8}),
        "zero-size": np.dtype([("s", "S0"), ("u", "<U0"), ("v", "V0")]),
        "zero-size-field": np.dtype([("s", "S0"), ("n", "<i4"), ("u", ">U0")]),
        "of-one-field": np.dtype([("x", "<f8")]),
        "of-50-fields": np.dtype([(f"field_{i:02}", ("<f4", ">i2", "u1")[i % 3]) for i in range(50)]),
    }
    for name, dtype in dtypes.items():
        folder.save(f"record-{name}.npy", records(dtype, 3))
    folder.save("record-packed-0d.npy", records(dtypes["packed"], 1).reshape(()))
    folder.save("record-packed-empty.npy", records(dtypes["packed"], 0))
    folder.save("record-nested-2x3-c.npy", records(dtypes["nested"], 6).reshape(2, 3))
    folder.save("record-nested-2x3-f.npy", records(dtypes["nested"], 6).reshape(2, 3, order="F"))
    for code in "SUV":
        folder.save(f"{code}0.npy", records(np.dtype([("z", f"<{code}0"), ("n", "i1")]), 3)["z"])


def records(dtype: np.dtype, count: int) -> np.ndarray:
    """That many records of the dtype, of small numbers and short texts, padding zero."""
    array = np.zeros(count, dtype)
    fill(array, [0])
    return array


def fill(array: np.ndarray, counter: list[int]) -> None:
    """Fill the leaves of an array of records with running numbers."""
    if array.dtype.names is not None:
        for name in array.dtype.names:
            fill(array[name], counter)
        return
    for index in np.ndindex(array.shape):
        counter[0] += 1
        number = counter[0] % 128
        match array.dtype.kind:
            case "S" | "U":
                array[index] = str(number)[: array.dtype.itemsize]
            case "V":
                array[index] = bytes([number]) * array.dtype.itemsize
            case "f":
                array[index] = number / 4
            case "c":
                array[index] = complex(number / 4, -number)
            case _:
                array[index] = number


def write_others(folder: Folder) -> None:
    """Object arrays, which no reader but Python reads, and streams with more than one array."""
    folder.save("object.npy", np.array([1, "two", None], dtype=object))
    folder.save("object-in-record.npy", np.array([(1, "two")], dtype=[("n", "<i4"), ("o", "O")]))
    first, second = np.arange(3, dtype="<i2"), np.arange(4, dtype=">f4").reshape(2, 2)
    folder.write("two-arrays.npy", saved(first), saved(second))
    folder.write("trailing-bytes.npy", saved(first), trailing=b"not part of the array\n")


# --- what this NumPy does not write ------------------------------------------------------------


def framed(text: str, version: int = 1, encoding: str = "latin1") -> bytes:
    """Magic bytes, length and text, without any padding."""
    header = text.encode(encoding)
    return npy.magic(version, 0) + struct.pack("<H" if version == 1 else "<I", len(header)) + header


def padded_to_16(text: str) -> bytes:
    """The header of NumPy up to 1.13: blanks and a newline up to a multiple of 16 bytes.

    Source: `write_array_header_1_0` of those versions.
    """
    blanks = 16 - (npy.MAGIC_LEN + 2 + len(text) + 1) % 16
    return framed(text + " " * blanks + "\n")


def write_crafted(folder: Folder) -> None:
    """Files that old NumPys or other programs wrote, or that show how much a header may vary."""
    six = np.arange(6, dtype="<f4").tobytes()
    three = np.array([1.5, -2.5, 3.5], "<f8").tobytes()
    plain = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"
    names = "'descr': '<f8', 'fortran_order': False, 'shape': "

    # Old writers.
    folder.write("padded-to-16.npy", padded_to_16(plain) + six)
    folder.write("python-2-long.npy", padded_to_16("{" + names + "(3L,), }") + three)
    folder.write("python-2-longs-2d.npy", padded_to_16(plain.replace("(2, 3)", "(2L, 3L)")) + six)
    pprinted = (
        "{'descr': [('x', '<i4', (2,)), ('y', '<f8', (2, 2)), ('z', '|u1')],\n"
        " 'fortran_order': False,\n 'shape': (2,)}"
    )
    folder.write("pprint.npy", padded_to_16(pprinted) + bytes(range(82)))
    folder.write("pprint-empty.npy", padded_to_16("{'descr': '|u1', 'fortran_order': False, 'shape': (0,)}"))
    objects = pickle.dumps(np.array([None], object), 2)
    folder.write(
        "object-without-bar.npy",
        padded_to_16("{'descr': 'O', 'fortran_order': False, 'shape': (1,)}") + objects,
    )
    folder.write(
        "object-o8.npy", padded_to_16("{'descr': '|O8', 'fortran_order': False, 'shape': (1,)}") + objects
    )

    # Other spellings.
    folder.write("no-padding.npy", framed(plain) + six)
    folder.write("no-padding-version-2.npy", framed(plain, 2) + six)
    folder.write("no-padding-version-3.npy", framed(plain, 3) + six)
    folder.write("key-order.npy", framed("{'shape': (3,), 'fortran_order': False, 'descr': '<f8'}\n") + three)
    folder.write("double-quotes.npy", framed(plain.replace("'", '"')) + six)
    comments = "# a comment\n{'descr': '<f8', # another\n\t'fortran_order': (False), 'shape': (0x3,)}\n"
    folder.write("comments.npy", framed(comments) + three)
    folder.write("duplicate-key.npy", framed("{'descr': 7, " + names + "(3,)}") + three)
    folder.write("native-order.npy", framed(plain.replace("<f4", "=f4")) + six)
    folder.write("dtype-by-name.npy", framed(plain.replace("<f4", "float32")) + six)
    folder.write("dtype-with-commas.npy", framed(plain.replace("<f4", "i2,>i2")) + six)
    folder.write(
        "dtype-by-characters.npy",
        framed("{'descr': ['xd', 'yf'], 'fortran_order': False, 'shape': (2,)}") + six,
    )
    folder.write("fortran-1d.npy", framed("{'descr': '<f8', 'fortran_order': True, 'shape': (3,)}") + three)
    overlay = plain.replace("'<f4'", "('<i4', [('low', '<i2'), ('high', '<i2')])")
    folder.write("dtype-with-fields-over-it.npy", framed(overlay) + six)
    # np.load refuses it, np.memmap gives the shape (3, 2): see README.md.
    subarray = "{'descr': ('<f4', (2,)), 'fortran_order': False, 'shape': (3,), }"
    folder.write("subarray-on-top.npy", framed(subarray) + six)
    folder.write("data-offset-unaligned.npy", framed(plain + " ") + six)


def write_refused(folder: Folder) -> None:
    """Files that must not load; their names start with `x-`."""
    whole = saved(np.arange(6, dtype="<f4").reshape(2, 3))
    text = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"
    page = b"<!DOCTYPE html>\n<html><head><title>404 Not Found</title></head><body></body></html>\n"
    pointer = (
        b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0123456789abcdef" * 4 + b"\nsize 152\n"
    )
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as members:
        members.writestr(zipfile.ZipInfo("arr_0.npy", (1980, 1, 1, 0, 0, 0)), whole)
    files = {
        "empty": b"",
        "magic-cut": whole[:5],
        "length-cut": whole[:9],
        "header-cut": whole[:100],
        "data-cut": whole[:-1],
        "data-missing": whole[:128],
        "magic-lower-case": b"\x93numpy" + whole[6:],
        "version-4": whole[:6] + b"\x04" + whole[7:],
        "version-1-1": whole[:7] + b"\x01" + whole[8:],
        "no-shape": framed(text.replace("'shape': (2, 3), ", "")),
        "extra-key": framed(text.replace("}", "'x': 1}")),
        "shape-list": framed(text.replace("(2, 3)", "[2, 3]")),
        "order-number": framed(text.replace("False", "0")),
        "dtype-unknown": framed(text.replace("<f4", "<f5")),
        "python-2-long-version-3": framed(text.replace("(2, 3)", "(2L, 3L)"), 3),
        "shape-huge": framed(text.replace("(2, 3)", "(1 << 40,)").replace("1 << 40", str(1 << 62))),
        "divisor-zero": framed(text.replace("<f4", "<M8[s/0]")),
        "brackets": framed("(" * 5000),
        "git-lfs-pointer": pointer,
        "html": page,
        "gzip": gzip.compress(whole, mtime=0),
        "pickle": pickle.dumps([1, 2, 3], 2),
        "zip": archive.getvalue(),
    }
    for name, content in files.items():
        (folder.path / f"x-{name}.npy").write_bytes(content)


# --- the iris table ----------------------------------------------------------------------------


def write_iris() -> None:
    """The iris table as an array, an archive and records."""
    digits = "".join(IRIS.split())
    tenths = np.array([int(digits[at : at + 2]) for at in range(0, len(digits), 2)])
    measurements = tenths.reshape(150, 4) / 10
    codes = np.repeat(np.arange(3, dtype="u1"), 50)
    species = np.array(SPECIES)[codes]
    np.save(HERE / "iris.npy", measurements)
    np.savez(
        HERE / "iris.npz",
        measurements=measurements,
        species=species,
        species_code=codes,
        feature_names=np.array(FEATURES),
    )
    fields = [(name.removesuffix(" (cm)").replace(" ", "_"), "<f8") for name in FEATURES]
    table = np.zeros(150, [*fields, ("species", "<U10"), ("code", "u1")])
    for column, (name, _) in enumerate(fields):
        table[name] = measurements[:, column]
    table["species"] = species
    table["code"] = codes
    np.save(HERE / "iris-records.npy", table)
    (HERE / "iris.txt").write_text(f"# NumPy {np.__version__} wrote the iris files\n", encoding="utf-8")


def main() -> None:
    """Write everything that the running NumPy is to write."""
    if sys.byteorder != "little" or np.dtype("longdouble").itemsize != 16:
        sys.exit("generate.py needs a little-endian machine with 16-byte long doubles (x86-64)")
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    folder = Folder("numpy-" + ".".join(np.__version__.split(".")[:2]))
    write_scalars(folder)
    write_shapes(folder)
    write_versions(folder)
    write_records(folder)
    write_others(folder)
    folder.finish()
    if NUMPY_2:
        crafted = Folder("crafted")
        write_crafted(crafted)
        write_refused(crafted)
        crafted.finish()
        write_iris()


if __name__ == "__main__":
    main()
