"""Answers each request on a line of tabs: appends, as others do, or reads, and tells what NumPy sees."""
import sys

import numpy as np


def main():
    for line in sys.stdin:
        verb, path, *words = line.rstrip("\n").split("\t")
        if verb == "load":
            array = np.load(path)
            answer = f"{array.dtype.str} {array.shape} {array.flags.fnc} {array.ravel(order='K').tolist()}"
        elif verb == "rows":
            # Rows of 128 numbers that start at multiples of 1000 and count on: the first and how many there are.
            array = np.load(path).reshape(-1, 128)
            first = int(array[0, 0]) // 1000 if len(array) else 0
            rows = np.arange(first, first + len(array), dtype="u8")
            expected = rows[:, None] * np.uint64(1000) + np.arange(128, dtype="u8")
            answer = f"{first} {len(array)}" if np.array_equal(array, expected) else "torn"
        elif verb == "save":
            shape = tuple(map(int, words[1].split(",")))
            order = words[2]
            np.save(path, np.arange(np.prod(shape)).reshape(shape, order=order).astype(words[0], order=order))
            answer = "saved"
        elif verb == "append":
            from npy_append_array import NpyAppendArray

            with NpyAppendArray(path) as file:
                shape = tuple(map(int, words[1].split(",")))
                order = words[2]
                file.append(np.arange(np.prod(shape)).reshape(shape, order=order).astype(words[0], order=order))
            answer = "appended"
        print(answer, flush=True)


main()
