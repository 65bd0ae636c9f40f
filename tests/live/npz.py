"""Writes archives for the other side to read, or reads those that it wrote.

    npz.py write FOLDER    archives of NumPy, SciPy and zipfile
    npz.py read FOLDER     those of the other side: prints what is in them
"""

import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np

ARRAYS = {
    "f4": np.arange(10_000, dtype="<f4").reshape(100, 100) / 8,
    "f8be": np.linspace(0, 1, 7).astype(">f8"),
    "order": np.asfortranarray(np.arange(12, dtype="i8").reshape(3, 4)),
    "scalar": np.array(2.5),
    "empty": np.zeros((3, 0), "<i2"),
    "bools": np.arange(9) % 2 == 0,
    "text": np.array(["a", "größe", ""]),
    "größe": np.arange(3, dtype="u1"),
}


def write(folder: Path) -> None:
    np.savez(folder / "savez.npz", **ARRAYS)
    np.savez_compressed(folder / "compressed.npz", **ARRAYS)
    for name, array in ARRAYS.items():
        np.save(folder / f"{name}.npy", array)
    subprocess.run(["zip", "-q", "zip.npz", *(f"{name}.npy" for name in ARRAYS)], cwd=folder, check=True)
    subprocess.run(["zip", "-q0", "zip0.npz", *(f"{name}.npy" for name in ARRAYS)], cwd=folder, check=True)
    for name, method in [("bzip2", zipfile.ZIP_BZIP2), ("lzma", zipfile.ZIP_LZMA)]:
        with zipfile.ZipFile(folder / f"{name}.npz", "w", method) as archive:
            archive.write(folder / "f4.npy", "f4.npy")
    import scipy
    from scipy import sparse

    dense = np.array([[0, 1.5, 0, 0, 2, 0], [0, 0, 0, 0, 0, 0], [3, 0, 0, 4, 0, 0], [0, 0, 5, 0, 0, 6]])
    for form in ["csr", "csc", "coo", "bsr", "dia"]:
        for kind in ["array", "matrix"]:
            options = {"blocksize": (2, 3)} if form == "bsr" else {}
            made = getattr(sparse, f"{form}_{kind}")(dense, **options)
            for compressed in [False, True]:
                sparse.save_npz(folder / f"sparse-{form}-{kind}-{compressed}.npz", made, compressed=compressed)
    # Before SciPy 1.17 other numbers of axes were saved as two of them.
    if tuple(map(int, scipy.__version__.split(".")[:2])) >= (1, 17):
        coords = ([0, 1], [2, 0], [3, 3])
        sparse.save_npz(folder / "sparse-nd.npz", sparse.coo_array((np.array([1.0, 2.0]), coords), (2, 3, 4)))
        sparse.save_npz(folder / "sparse-1d.npz", sparse.coo_array(np.array([0, 1.0, 0, 2])))
    sparse.save_npz(folder / "sparse-1d-csr.npz", sparse.csr_array(np.array([0, 1.0, 0, 2])))


def read(folder: Path) -> None:
    for path in sorted(folder.glob("ours-*.npz")):
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None, path
        subprocess.run(["unzip", "-tq", str(path)], check=True, stdout=subprocess.DEVNULL)
        with np.load(path) as archive:
            for name in archive.files:
                value = archive[name]
                if isinstance(value, bytes):
                    print(path.stem, name, value)
                    continue
                expected = ARRAYS[name]
                assert value.dtype == expected.dtype.newbyteorder("=") or value.dtype == expected.dtype, name
                assert np.array_equal(value, expected), name
                assert value.flags.f_contiguous == expected.flags.f_contiguous, name
                print(path.stem, name, value.shape)
    from scipy import sparse

    for path in sorted(folder.glob("sparse-*.npz")):
        again = sparse.load_npz(folder / f"again-{path.name}")
        first = sparse.load_npz(path)
        assert type(again) is type(first), path
        assert again.dtype == first.dtype and again.shape == first.shape, path
        assert np.array_equal(again.toarray(), first.toarray()), path
        for part in ["indices", "indptr", "offsets", "row"]:
            if hasattr(first, part):
                assert getattr(again, part).dtype == getattr(first, part).dtype, (path, part)
        print(path.stem)


{"write": write, "read": read}[sys.argv[1]](Path(sys.argv[2]))
