"""Slices of mapped files, as NumPy answers them.

Writes arrays of random shapes, orders and dtypes into a folder, and prints for each slice one line: the file, the text
between the brackets, and the shape and bytes of the result in the file's order, or the exception.

    python slices.py FOLDER FILES SLICES SEED
"""

import random
import sys
import warnings
from pathlib import Path

import numpy as np

DTYPES = ["<i4", ">f8", "|u1", "|V7", "<c16", "|S3", ">U2", "<M8[ns]", [("a", "|u1"), ("b", ">f4", (2,)), ("c", "<i2")]]


def array(rng: random.Random) -> np.ndarray:
    shape = tuple(rng.choice([0, 1, 2, 3, 4, 5, 7]) for _ in range(rng.randrange(5)))
    if rng.random() < 0.2:
        shape = (rng.randrange(1, 60), rng.randrange(1, 60))
    dtype = np.dtype(rng.choice(DTYPES))
    count = int(np.prod(shape))
    data = bytes(rng.randrange(1, 256) for _ in range(count * dtype.itemsize))
    if dtype.kind == "U":
        data = b"".join(bytes([0, 0, 0, byte % 127]) for byte in data[::4])
    elements = np.frombuffer(data, dtype) if data else np.zeros(count, dtype)
    return np.array(elements.reshape(shape), order=rng.choice("CF"))


def bound(rng: random.Random, size: int) -> str:
    choice = rng.random()
    if choice < 0.35:
        return rng.choice(["", "", " ", "None"])
    if choice < 0.4:
        return rng.choice(["9223372036854775807", "-9223372036854775808", "99999999999999999999", "-1_000", "0x10", "+2"])
    return str(rng.randint(-size - 2, size + 2))


def index(rng: random.Random, size: int) -> str:
    choice = rng.random()
    if choice < 0.25:
        return str(rng.randint(-size, max(size - 1, 0))) if rng.random() < 0.9 else bound(rng, size)
    if choice < 0.35:
        return rng.choice(["...", "None", "np.newaxis", ":", "::-1", "Ellipsis"])
    text = f"{bound(rng, size)}:{bound(rng, size)}"
    if rng.random() < 0.6:
        text += ":" + rng.choice(["", "1", "2", "3", "-1", "-2", "-3", "None", "100", "-100", "0", "9223372036854775807"])
    return text


def text(rng: random.Random, shape: tuple[int, ...]) -> str:
    count = len(shape) if rng.random() < 0.6 else rng.randrange(len(shape) + 2)
    if count == 0:
        return rng.choice(["()", "...", ""])
    parts = [index(rng, shape[axis] if axis < len(shape) else 3) for axis in range(count)]
    if rng.random() < 0.3:
        parts.insert(rng.randrange(len(parts) + 1), rng.choice(["...", "None"]))
    return rng.choice([",", ", ", " , "]).join(parts) + (rng.choice([",", ""]) if rng.random() < 0.1 else "")


def main() -> None:
    warnings.simplefilter("ignore")
    folder, files, slices, seed = Path(sys.argv[1]), *map(int, sys.argv[2:])
    rng = random.Random(seed)
    for number in range(files):
        path = folder / f"{number}.npy"
        np.save(path, array(rng))
        mapped = np.load(path, mmap_mode="r")
        order = "F" if np.isfortran(mapped) else "C"
        for _ in range(slices):
            brackets = text(rng, mapped.shape)
            try:
                part = np.asarray(eval(f"mapped[{brackets}]", {"mapped": mapped, "np": np}), mapped.dtype)
                answer = f"{','.join(map(str, part.shape))}\t{part.tobytes(order).hex()}"
            except (IndexError, ValueError, SyntaxError) as error:
                answer = f"refused\t{type(error).__name__}"
            print(f"{path}\t{brackets}\t{answer}")


main()
