"""np.memmap on the files of a Rust process that has them mapped at the same time.

Answers each line of standard input with one line; the other process waits for it.
"""

import sys

import numpy as np


def plain(value: object) -> object:
    """The values without the arrays in which NumPy leaves subarrays."""
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    return type(value)(map(plain, value)) if isinstance(value, (list, tuple)) else value


def main() -> None:
    mapped: dict[str, np.memmap] = {}
    for line in sys.stdin:
        verb, path, *words = line.rstrip("\n").split("\t")
        if verb == "open":
            mapped[path] = np.load(path, mmap_mode="r+")
        elif verb == "raw":
            dtype, offset, order = words
            mapped[path] = np.memmap(path, dtype=dtype, mode="r+", offset=int(offset), shape=(2, 3), order=order)
        elif verb == "create":
            mapped[path] = np.lib.format.open_memmap(path, mode="w+", dtype=">i4", shape=(2, 3), fortran_order=True)
            mapped[path][:] = np.arange(6).reshape(2, 3)
            mapped[path].flush()
        elif verb == "records":
            dtype = np.dtype([("n", "u1"), ("x", "<f8")], align=True)
            mapped[path] = np.lib.format.open_memmap(path, mode="w+", dtype=dtype, shape=(2,))
            mapped[path][:] = [(1, 0.5), (2, 1.5)]
            mapped[path].flush()
        elif verb == "write":
            mapped[path] *= 10
        print(plain(mapped[path].tolist()), flush=True)


main()
