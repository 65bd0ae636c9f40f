"""Whether arrays that npymap loaded and saved are what NumPy loads.

    python -X utf8 arrays.py

Reads lines from stdin: the path of a file, the path of the same array as npymap saved it, and its
elements as npymap loaded them, in C order and little-endian, in hexadecimal. Prints what differs, and
at the end how many arrays agree.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import numpy as np


def elements(array: np.ndarray) -> bytes:
    """The elements in C order, little-endian."""
    return (array.byteswap() if array.dtype.str[0] == ">" else array).tobytes("C")


def differences(original: str, copy: str, loaded: bytes) -> list[str]:
    """What differs between NumPy's array and ours."""
    try:
        numpys, ours = np.load(original), np.load(copy)
    except ValueError as error:
        # NumPy 1 has no arrays of that many axes, of which the file is all that can be compared.
        same = Path(original).read_bytes() == Path(copy).read_bytes()
        return [] if same and "maximum supported dimension" in str(error) else [f"{original}: {error}"]
    facts = {
        "loaded elements": (elements(numpys), loaded),
        "saved elements": (elements(numpys), elements(ours)),
        "dtype": (numpys.dtype.newbyteorder("="), ours.dtype),
        "shape": (numpys.shape, ours.shape),
        "Fortran order": (numpys.flags.f_contiguous, ours.flags.f_contiguous),
        "C order": (numpys.flags.c_contiguous, ours.flags.c_contiguous),
    }
    return [f"{original}: {what}: {a!r} in NumPy, {b!r} here" for what, (a, b) in facts.items() if a != b]


def main() -> None:
    """Answer for each line."""
    warnings.simplefilter("ignore")
    agreeing = 0
    for line in sys.stdin:
        original, copy, loaded = line.rstrip("\n").split("\t")
        differing = differences(original, copy, bytes.fromhex(loaded))
        print("\n".join(differing), end="\n" if differing else "")
        agreeing += not differing
    print(f"{agreeing} arrays agree")


if __name__ == "__main__":
    main()
