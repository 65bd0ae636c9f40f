"""Whether NumPy loads files.

    python -X utf8 generated.py FOLDER

Answers with one line for each file of the folder, in the order of their names: `ok`, the shape and the bytes of the
data in hexadecimal, or `refused` and why.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import numpy as np


def main() -> None:
    """Answer file by file."""
    warnings.simplefilter("ignore")
    for path in sorted(Path(sys.argv[1]).iterdir()):
        try:
            array = np.load(path)
        except Exception as error:
            print(f"refused\t{type(error).__name__}")
            continue
        shape = " ".join(map(str, array.shape))
        print(f"ok\t{shape}\t{array.tobytes('A').hex()}")


if __name__ == "__main__":
    main()
