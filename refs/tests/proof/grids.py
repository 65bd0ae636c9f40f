"""Chunk grids of every kind against the arrays joined by NumPy; what is refused; what `--check` finds."""

import json
import os

import numpy as np
import xarray as xr
import zarr

import tools


def run(folder):
    joined(folder)
    several(folder)
    refused(folder)
    checked(folder)


def joined(folder):
    """Shards of equal and of other lengths, in either memory order, with either grid."""
    rng = np.random.default_rng(0)
    cases = {
        "equal": ([(64, 40)] * 3, "C", 0),
        "divided": ([(640, 40), (160, 40), (320, 40)], "C", 0),
        "ragged": ([(641, 40), (160, 40), (33, 40)], "C", 0),
        "prime": ([(10_007, 3)], "C", 0),
        "primes": ([(10_007, 30), (2, 30), (503, 30)], "C", 0),
        "tail": ([(100, 4), (100, 4), (37, 4)], "C", 0),
        "deep": ([(3, 70, 110)], "C", 0),
        "deep-prime": ([(2, 71, 113), (1, 71, 113)], "C", 0),
        "empty": ([(0, 4), (5, 4), (0, 4)], "C", 0),
        "nothing": ([(0, 4)], "C", 0),
        "column": ([(500,), (300,), (7,)], "C", 0),
        "fortran": ([(4, 30, 64), (4, 30, 40), (4, 30, 3)], "F", -1),
        "fortran-deep": ([(113, 71, 2), (113, 71, 1)], "F", -1),
    }
    rectilinear = 0
    for name, (shapes, order, axis) in cases.items():
        arrays = [rng.integers(-1000, 1000, shape).astype(">f8") for shape in shapes]
        paths = [folder / f"{name}-{number}.npy" for number in range(len(arrays))]
        for path, array in zip(paths, arrays):
            np.save(path, np.asarray(array, order=order))
        expected = np.concatenate(arrays, axis=axis)
        for grid in ("auto", "regular"):
            for chunk in ("8KiB", "64KiB", "16MiB"):
                output = folder / f"{name}.json"
                found = tools.refs(output, *paths, "--grid", grid, "--chunk", chunk, "--force")
                tools.check_ranges(found)
                kind = json.loads(found["data/zarr.json"])["chunk_grid"]["name"]
                assert kind == "regular" or grid == "auto"
                rectilinear += kind == "rectilinear"
                with zarr.config.set({"array.rectilinear_chunks": kind == "rectilinear"}):
                    if grid == "regular":
                        tools.compare(output, "data", expected)
                        continue
                    lazy = xr.open_zarr(tools.store(output), chunks={})["data"]
                    assert tools.difference(lazy.to_numpy(), expected) is None, name
    print(f"joined arrays: {6 * len(cases)} equal, {rectilinear} of them on rectilinear grids")


def several(folder):
    """Archives, groups, names of axes and attributes."""
    rng = np.random.default_rng(1)
    first, second = rng.random((20, 5)), rng.random((9, 5))
    np.savez(folder / "run-1.npz", x=first, y=np.arange(7), **{"deep/z": np.float32(2.5)})
    np.savez(folder / "run-2.npz", x=second, y=np.arange(3))
    for number in (1, 2, 10):
        np.save(folder / f"part-{number}.npy", np.full((2, 3), number, "i2"))
    output = folder / "several.json"
    found = tools.refs(
        output, "run-1.npz", "run-2.npz:x", "run-2.npz:y", "--array", "parts=part-*.npy", "--array", "runs/x=run-*.npz:x",
        "--dims", "x:time,channel", "--dims", "parts:row,column", "--attr", "x:units=K", "--attr", 'x:range=[0, 1]',
        "--attr", "title=an \"experiment\"", cwd=folder,
    )
    tools.check_ranges(found)
    both = np.concatenate([first, second])
    tools.compare(output, "x", both)
    tools.compare(output, "runs/x", both)
    tools.compare(output, "y", np.concatenate([np.arange(7), np.arange(3)]))
    tools.compare(output, "deep/z", np.float32(2.5).reshape(()))
    # By the numbers in their names, not by their letters.
    tools.compare(output, "parts", np.repeat(np.array([1, 2, 10], "i2"), 6).reshape(6, 3))
    data = xr.open_zarr(tools.store(output), chunks={})
    assert data.title == 'an "experiment"' and data.x.units == "K" and data.x.range == [0, 1]
    assert data.x.dims == ("time", "channel") and data.parts.dims == ("row", "column")
    assert sorted(data.data_vars) == ["parts", "x", "y"]
    group = zarr.open_group(tools.store(output), mode="r")
    names = sorted(name for name, _ in group.members(max_depth=None))
    assert names == ["deep", "deep/z", "parts", "runs", "runs/x", "x", "y"], names
    print(f"several arrays: {len(names)} nodes, attributes and dimensions as given")


def refused(folder):
    """What cannot be referenced says why, and leaves nothing."""
    np.savez_compressed(folder / "deflated.npz", x=np.arange(100))
    np.save(folder / "objects.npy", np.array([None]), allow_pickle=True)
    np.save(folder / "other.npy", np.zeros((2, 4), "<i4"))
    np.save(folder / "little.npy", np.zeros((2, 3), "<i4"))
    np.save(folder / "big.npy", np.zeros((2, 3), ">i4"))
    np.save(folder / "fortran.npy", np.zeros((2, 3), "<i4", order="F"))
    cases = {
        ("deflated.npz",): "deflated",
        ("objects.npy",): "Python objects",
        ("little.npy", "other.npy"): "all axes but the slowest must agree",
        ("little.npy", "big.npy"): "one dtype and byte order",
        ("little.npy", "fortran.npy"): "Fortran order",
        ("--array", "x=none-*.npy"): "no file matches",
        ("--array", "__x=little.npy"): "two underscores",
        ("little.npy", "--dims", "a"): "2 axes, found 1 dimension names",
        ("little.npy", "--dims", "a,a"): "two axes called 'a'",
        ("-",): "it is no file",
    }
    output = folder / "refused.json"
    for args, expected in cases.items():
        status, _, message = tools.npymap("refs", *args, "-o", output, cwd=folder, stdin="")
        assert status == 1 and expected in message, (args, message)
        assert not output.exists()
    assert tools.npymap("refs", "little.npy", "--chunk", "3GiB", cwd=folder)[0] == 2
    tools.refs(output, folder / "little.npy")
    before = output.read_bytes()
    status, _, message = tools.npymap("refs", "big.npy", "-o", output, cwd=folder)
    assert status == 1 and "--force replaces it" in message and output.read_bytes() == before
    status, _, message = tools.npymap("refs", "big.npy", "-o", "big.npy", "--force", cwd=folder)
    assert status == 1 and "one of the files" in message
    print(f"refused: {len(cases) + 3} with the reason")


def checked(folder):
    """A rewritten, a shortened and a missing file are found."""
    paths = [folder / f"checked-{number}.npy" for number in range(4)]
    for path in paths:
        np.save(path, np.zeros((10, 3)))
    local, remote = folder / "local.json", folder / "remote.json"
    tools.refs(local, *paths)
    tools.refs(remote, *paths, "--url-prefix", "https://host/a b", "--base", folder)
    for args in ([local], [remote, "--url-prefix", "https://host/a b", "--base", folder], [local, *paths]):
        status, text, message = tools.npymap("refs", "--check", *args)
        assert (status, message) == (0, ""), message
        assert text.endswith("4 files, none changed\n"), text
    status, text, _ = tools.npymap("refs", "--check", "-", stdin=local.read_text())
    assert status == 0 and text == "-: 4 files, none changed\n", text
    old = paths[0].stat()
    np.save(paths[0], np.ones((10, 3)))
    os.utime(paths[0], ns=(old.st_atime_ns, old.st_mtime_ns + 1))
    os.truncate(paths[1], 200)
    paths[2].unlink()
    for args in ([local], [remote, "--url-prefix", "https://host/a b", "--base", folder]):
        status, text, message = tools.npymap("refs", "--check", *args)
        assert status == 1 and text.endswith("4 files, 3 changed\n"), text
        lines = message.splitlines()
        assert len(lines) == 3, lines
        for line, expected in zip(lines, ["it was rewritten", "it is shorter: 200 bytes", "it is missing"]):
            assert expected in line, line
    print("checked: a file rewritten, one shortened and one missing are found")
