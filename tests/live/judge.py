"""NumPy's verdict on the header of one file.

    python -X utf8 judge.py

Reads files as hexadecimal lines from stdin and answers each with one line, of tab-separated cells:

    refused   error
    accepted  order  shape  data_offset  itemsize  flags  dtype  descr  canonical

`shape` is the axes with blanks between (`True` for a bool, `huge` for what has more than 30 digits),
or `()`. `canonical` is the header, in hexadecimal, that `np.save` writes for that dtype, order and
shape. A cell that starts with `!` tells why NumPy could not give its value. `flags` is a list of
facts that the answer cannot show otherwise, or `-`:

    wrapped    the item size, or that of a field, overflowed a C int

A header can kill NumPy, so this runs as a child of `headers.py`, which starts it again.
"""

from __future__ import annotations

import io
import re
import sys
import warnings
from collections.abc import Callable

import numpy as np

try:
    from numpy.lib import _format_impl as npy
except ImportError:  # before NumPy 2.3
    from numpy.lib import format as npy


def judge(content: bytes) -> list[str]:
    """The cells of the answer."""
    stream = io.BytesIO(content)
    try:
        version = npy.read_magic(stream)
        npy._check_version(version)
        shape, fortran_order, dtype = npy._read_array_header(stream, version)
    except Exception as error:
        return ["refused", told(error)]
    return [
        "accepted",
        "F" if fortran_order else "C",
        " ".join(map(axis_text, shape)) or "()",
        str(stream.tell()),
        str(dtype.itemsize),
        "wrapped" if is_wrapped(dtype) else "-",
        attempt(lambda: str(dtype)),
        attempt(lambda: repr(npy.dtype_to_descr(dtype))),
        attempt(lambda: header_of(shape, fortran_order, dtype).hex()),
    ]


def header_of(shape: tuple[int, ...], fortran_order: bool, dtype: np.dtype) -> bytes:
    """The header that `np.save` writes."""
    stream = io.BytesIO()
    data = {"shape": shape, "fortran_order": fortran_order, "descr": npy.dtype_to_descr(dtype)}
    npy._write_array_header(stream, data)
    return stream.getvalue()


def axis_text(axis: int) -> str:
    """An axis as text; Python does not print integers of more than 4300 digits."""
    return repr(axis) if abs(axis) < 10**30 else "huge"


def is_wrapped(dtype: np.dtype) -> bool:
    """Whether the dtype has a size that an element of it cannot have."""
    if dtype.itemsize < 0:
        return True
    if dtype.subdtype is not None:
        return is_wrapped(dtype.base)
    fields = [dtype.fields[name] for name in dtype.names or ()]
    return any(
        is_wrapped(field[0]) or field[1] < 0 or field[1] + field[0].itemsize > dtype.itemsize
        for field in fields
    )


def attempt(value: Callable[[], str]) -> str:
    """The value as one cell, or why there is none."""
    try:
        return one_cell(value())
    except Exception as error:
        return "!" + told(error)


def told(error: Exception) -> str:
    """The error as one cell."""
    # Addresses differ from run to run.
    text = re.sub(r" at 0x[0-9a-f]+", "", f"{type(error).__name__}: {error}")
    return one_cell(text)[:300]


def one_cell(text: str) -> str:
    """The text without the characters that part cells and lines."""
    return text.replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def main() -> None:
    """Answer line by line."""
    warnings.simplefilter("ignore")
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
    for line in sys.stdin:
        print("\t".join(judge(bytes.fromhex(line))), flush=True)


if __name__ == "__main__":
    main()
