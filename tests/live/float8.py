"""Arrays of every dtype of ml_dtypes of one byte, and of its bfloat16, for npymap to read and to give back.

    python -X utf8 float8.py write FOLDER
    python -X utf8 float8.py check FOLDER

`write` saves all 256 bytes as each dtype (all 65536 pairs as bfloat16), in an array NAME.npy, in Fortran order, and as
the field of a record; and their bytes as NAME.bytes. npymap then leaves the same array as NAME.ours. `check` prints what
differs, and at the end how many arrays agree.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

import ml_dtypes
import numpy as np


def dtypes() -> dict[str, np.dtype]:
    """Every dtype of one byte."""
    types = {name: value for name, value in vars(ml_dtypes).items() if isinstance(value, type)}
    found = {name: np.dtype(value) for name, value in types.items()}
    return {name: dtype for name, dtype in found.items() if dtype.itemsize == 1 and dtype.kind in "Vf"}


def arrays() -> dict[str, np.ndarray]:
    """An array for each file."""
    result = {}
    for name, dtype in dtypes().items():
        values = np.arange(256, dtype="u1").view(dtype)
        records = np.zeros(256, [("id", "<u2"), ("x", dtype), ("row", dtype, (2,))])
        records["id"], records["x"], records["row"] = range(256), values, np.stack([values, values[::-1]], 1)
        result |= {name: values, f"{name}-f": values.reshape((4, 64), order="F")}
        result |= {f"{name}-0d": values[77:78].reshape(()), f"{name}-record": records}
        result[f"{name}-be"] = values.view(dtype.newbyteorder(">"))
    # Two bytes: npymap's half::bf16.
    every = np.arange(1 << 16, dtype="u2").view(ml_dtypes.bfloat16)
    result |= {"bfloat16": every, "bfloat16-f": every.reshape((256, 256), order="F")}
    return result


def saved(array: np.ndarray) -> bytes:
    """What `np.save` writes."""
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def forgotten(array: np.ndarray) -> np.ndarray:
    """The array as raw bytes, as which NumPy loads all but `float8_e5m2`."""
    return np.load(io.BytesIO(saved(array)))


def difference(path: Path, array: np.ndarray) -> str | None:
    """What differs between an array and what npymap made of its file."""
    ours = path.with_suffix(".ours").read_bytes()
    if path.stem.startswith("bfloat16"):
        expected = path.read_bytes()
    elif path.stem.split("-")[0] == "float8_e5m2":
        try:
            np.load(path)
            return "NumPy loads it now: the list of differences says that it does not"
        except ValueError:
            expected = path.read_bytes()
    else:
        expected = saved(forgotten(array))
    return f"saved as {ours!r}, expected {expected!r}" if ours != expected else None


def main() -> None:
    """Do what the first argument says."""
    folder = Path(sys.argv[2])
    agreeing = 0
    for name, array in arrays().items():
        path = folder / f"{name}.npy"
        if sys.argv[1] == "write":
            path.write_bytes(saved(array))
            # In C order, as npymap gives them.
            path.with_suffix(".bytes").write_bytes(array.tobytes())
            continue
        differing = difference(path, array)
        if differing:
            print(f"{name}: {differing}")
        agreeing += not differing
    print(f"{agreeing} arrays agree")


if __name__ == "__main__":
    main()
