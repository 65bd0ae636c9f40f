"""The proof that references read as the files do: zarr-python, xarray and Dask against NumPy.

    python refs/tests/proof NPYMAP             # the command, built
    python refs/tests/proof NPYMAP dtypes      # one of: dtypes grids transports scale

Needs Python 3.12 or newer with the packages of requirements.txt, and nginx. Everything is written below a folder that is
gone afterwards.
"""

import pathlib
import sys
import tempfile
import time

import dtypes
import grids
import scale
import tools
import transports
import virtual

PARTS = {"dtypes": dtypes.run, "grids": grids.run, "transports": transports.run, "virtual": virtual.run, "scale": scale.run}


def main():
    tools.COMMAND = str(pathlib.Path(sys.argv[1]).resolve())
    for name in sys.argv[2:] or PARTS:
        start = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="npymap-refs-") as folder:
            PARTS[name](pathlib.Path(folder))
        print(f"{name}: {time.monotonic() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
