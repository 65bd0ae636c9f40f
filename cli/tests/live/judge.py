"""Runs the command and compares what it says with NumPy: judge.py BINARY TESTDATA SUBJECT."""

import itertools
import json
import pathlib
import subprocess
import sys
import tempfile
import warnings

import numpy as np

BINARY, TESTDATA, SUBJECT = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
FOLDER = pathlib.Path(tempfile.mkdtemp())
RANDOM = np.random.default_rng(20260101)
warnings.simplefilter("ignore")


def run(*args, status=0, binary=False):
    done = subprocess.run([BINARY, *map(str, args)], capture_output=True)
    assert done.returncode == status, (args, done.returncode, done.stderr.decode())
    return done.stdout if binary else done.stdout.decode()


def saved(array, name="a.npy"):
    path = FOLDER / name
    np.save(path, array)
    return path


def files():
    """The files of NumPy with what NumPy reads of them."""
    for path in sorted(TESTDATA.glob("*.npy")) + sorted(TESTDATA.glob("numpy-*/*.npy")):
        try:
            array = np.load(path)
            # It refuses to print some datetimes that it has loaded.
            str(array)
        except Exception:
            continue
        yield path, array


def show():
    count = 0
    for path, array in files():
        if array.dtype.kind == "M" and {"M8-25s", "M8-D", "M8-Y"} & {path.stem[:6], path.stem[:4]}:
            # They have times beyond 64 bits: docs/differences.md.
            continue
        title, text = run("show", path).split("\n", 1)
        assert text == str(array) + "\n", (path, text, str(array))
        count += 1
    assert count > 100, count


def slices():
    arrays = [
        RANDOM.normal(size=(50, 40, 3)),
        np.asfortranarray(RANDOM.integers(-99, 99, size=(31, 7, 9, 2), dtype="i2")),
        np.arange(5000, dtype=">u4"),
        np.array([f"text {i}" for i in range(40)]).reshape(8, 5),
        np.zeros(30, dtype=[("x", "f4"), ("y", "i8", (2,))]),
    ]
    def index(axis):
        kind = RANDOM.integers(4)
        if kind == 0:
            return str(RANDOM.integers(-axis, axis))
        bounds = ["" if RANDOM.integers(3) == 0 else str(RANDOM.integers(-axis - 3, axis + 3)) for _ in "ab"]
        step = RANDOM.choice(["", "1", "2", "-1", "-3", "7"])
        return ":".join([*bounds, step]) if step else ":".join(bounds)
    for array in arrays:
        path = saved(array)
        for _ in range(40):
            given = [index(axis) for axis in array.shape[: RANDOM.integers(1, array.ndim + 1)]]
            if RANDOM.integers(4) == 0:
                given.insert(RANDOM.integers(len(given) + 1), "None")
            if RANDOM.integers(4) == 0 and len(given) <= array.ndim:
                given.insert(RANDOM.integers(len(given) + 1), "...")
            text = ", ".join(given)
            try:
                wanted = eval(f"array[{text}]")
            except IndexError:
                continue
            shown = run("show", path, f"--slice={text}").split("\n", 1)[1]
            assert shown == str(wanted) + "\n", (text, array.shape, shown, str(wanted))
            raw = run("cat", "--format", "raw", path, f"--slice={text}", binary=True)
            little = wanted.astype(wanted.dtype.newbyteorder("<"))
            assert raw == np.asarray(little).tobytes("C"), text
            run("convert", path, FOLDER / "part.npy", f"--slice={text}")
            np.testing.assert_array_equal(np.load(FOLDER / "part.npy"), wanted)


def close(found, wanted, what):
    if isinstance(found, list):
        close(found[0], wanted.real, what)
        close(found[1], wanted.imag, what)
    elif np.isnan(wanted):
        assert found is None, (what, found, wanted)
    else:
        assert np.isclose(float(found), float(wanted), rtol=1e-12, atol=0), (what, found, wanted)


def of(array):
    """What NumPy says, in its widest precision: in double it loses digits of what lies far from zero."""
    double = array.astype("G" if array.dtype.kind == "c" else "g")
    number = double[~np.isnan(double)]
    if not number.size:
        return None
    plain = array[~np.isnan(double)]
    return plain.min(), plain.max(), number.mean(), number.std()


def check_stats(found, array, what):
    assert found["count"] == array.size, what
    double = array.astype("c16" if array.dtype.kind == "c" else "f8")
    assert found["nan"] == np.isnan(double).sum(), what
    assert found["inf"] == np.isinf(double[~np.isnan(double)]).sum(), what
    assert found["zeros"] == (array == 0).sum(), what
    wanted = of(array)
    if wanted is None:
        assert found["min"] is None and found["mean"] is None, what
        return
    for key, value in zip(["min", "max", "mean", "std"], wanted):
        close(found[key], value, (what, key))


def stats():
    arrays = [
        RANDOM.normal(size=200_003),
        RANDOM.normal(loc=1e9, scale=1e-3, size=(1000, 300)),
        np.asfortranarray(RANDOM.normal(loc=-5, size=(301, 77, 5)).astype("f4")),
        RANDOM.normal(size=5000).astype(">f2"),
        RANDOM.integers(-(2**63), 2**63 - 1, size=10_000, dtype="i8"),
        RANDOM.integers(0, 2**64 - 1, size=10_000, dtype="u8"),
        RANDOM.integers(0, 2, size=10_000).astype("?"),
        RANDOM.integers(-128, 127, size=(40, 50)).astype("i1"),
        (RANDOM.normal(size=7000) + 3j * RANDOM.normal(size=7000)).astype(">c8"),
        RANDOM.normal(size=3000) + 2j,
        np.array([np.nan, 1.0, -np.inf, 0.0, 3.0]),
        np.array([np.nan]),
        np.array([1.5, 2.5], dtype="g"),
        np.array(3.25),
        np.exp(RANDOM.normal(scale=30, size=100_000)),
    ]
    for array in arrays:
        lines = run("stats", "--json", saved(array)).splitlines()
        assert len(lines) == 1
        check_stats(json.loads(lines[0]), array, (array.dtype, array.shape))
        for axis in range(-array.ndim, array.ndim):
            if array.size > 20_000 and array.ndim > 1 and array.shape[axis] < 100:
                continue
            moved = np.moveaxis(array, axis, -1)
            lines = run("stats", "--json", f"--axis={axis}", FOLDER / "a.npy").splitlines()
            assert len(lines) == moved[..., 0].size
            for line, index in zip(lines, np.ndindex(moved.shape[:-1])):
                found = json.loads(line)
                assert found["index"] == list(index)
                check_stats(found, moved[index], (array.dtype, array.shape, axis, index))
    records = np.zeros(1000, dtype=[("x", ">f4"), ("p", [("y", "i2"), ("z", "f8", (3,))]), ("s", "S3")])
    records["x"], records["p"]["y"] = RANDOM.normal(size=1000), RANDOM.integers(-9, 9, size=1000)
    records["p"]["z"] = RANDOM.normal(size=(1000, 3))
    lines = [json.loads(line) for line in run("stats", "--json", saved(records)).splitlines()]
    assert [line["field"] for line in lines] == ["x", "p.y", "p.z", "s"]
    for line, array in zip(lines, [records["x"], records["p"]["y"], records["p"]["z"]]):
        check_stats(line, array, line["field"])
    times = np.array(["2020-01-01", "NaT", "1960-05-05"], dtype="M8[D]")
    found = json.loads(run("stats", "--json", saved(times)))
    assert (found["min"], found["max"], found["nan"]) == ("1960-05-05", "2020-01-01", 1)


def diff():
    pairs = []
    base = RANDOM.normal(size=(30, 40))
    for dtype, noise in itertools.product(["f2", "f4", "f8", "c8", "c16", "i4", "u8", "i1"], [0, 1e-9, 1e-6, 1e-4, 1e-3, 1e-1]):
        a = (base * 50).astype(dtype)
        b = ((base * 50) * (1 + noise * RANDOM.normal(size=base.shape))).astype(dtype)
        pairs += [(a, b), (np.asfortranarray(a), b), (a, b.astype(b.dtype.newbyteorder(">")))]
    few = np.array([0.0, -0.0, 1.0, np.nan, np.inf, -np.inf, 1e-9, 1 + 1e-6])
    for a, b in itertools.product(few, few):
        pairs.append((np.array([a]), np.array([b])))
        pairs.append((np.array([a], "f4"), np.array([b])))
    for a, b in itertools.product(["f2", "f4", "f8", "i2", "i8", "u8", "?", "c8"], repeat=2):
        values = RANDOM.integers(0, 4, size=50)
        pairs.append((values.astype(a), values.astype(b)))
        pairs.append((values.astype(a), (values + (RANDOM.integers(0, 20, size=50) == 0)).astype(b)))
    pairs += [
        (np.array([2**53 + 1]), np.array([2.0**53])),
        (np.array([2**63 - 1]), np.array([2**63], dtype="u8")),
        (np.array(["a", "bc"]), np.array(["a", "bc"], dtype=">U7")),
        (np.array([b"a", b"bc"]), np.array([b"a", b"bd"])),
        (np.zeros((2, 0)), np.zeros((2, 0), "i4")),
        (np.zeros(3), np.zeros(4)),
        (np.array(5), np.array(5.0)),
    ]
    for a, b in pairs:
        first, second = saved(a, "a.npy"), saved(b, "b.npy")
        status = lambda *args: subprocess.run([BINARY, "diff", "-q", *args, first, second]).returncode
        what = (a.dtype, b.dtype, a.shape, a.ravel()[:4], b.ravel()[:4])
        assert (status() == 0) == np.array_equal(a, b), what
        if a.dtype.kind in "SU":
            continue
        if a.dtype.kind in "fc" and b.dtype.kind in "fc":
            assert (status("--equal-nan") == 0) == np.array_equal(a, b, equal_nan=True), what
        if a.shape == b.shape:
            for rtol, atol in [(1e-5, 1e-8), (1e-3, 0), (0, 1e-2), (1e-7, 1e-7)]:
                wanted = np.allclose(a, b, rtol=rtol, atol=atol)
                assert (status(f"--rtol={rtol}", f"--atol={atol}") == 0) == wanted, (what, rtol, atol)
                wanted = np.allclose(a, b, rtol=rtol, atol=atol, equal_nan=True)
                assert (status(f"--rtol={rtol}", f"--atol={atol}", "--equal-nan") == 0) == wanted, (what, rtol, atol)


def convert():
    out = FOLDER / "out.npy"
    arrays = [RANDOM.integers(-100, 100, size=(37, 5, 11)), RANDOM.integers(0, 100, size=(300, 200))]
    for array, orders, endian, (before, after) in itertools.product(
        arrays,
        itertools.product("CF", "CF"),
        ["little", "big"],
        [("i8", "f4"), ("f8", "i2"), ("f4", "f8"), ("i4", "c8"), ("c16", "f2"), ("f8", "g"), ("g", "f8"), ("i2", "i8"), ("f2", "f4"), ("f8", "f8")],
    ):
        path = saved(np.asarray(array.astype(before), order=orders[0]))
        run("convert", path, out, "--order", orders[1], "--byte-order", endian, "--dtype", after)
        found = np.load(out)
        wanted = np.dtype(after).newbyteorder({"little": "<", "big": ">"}[endian])
        assert found.dtype == wanted, (found.dtype, wanted)
        assert found.flags.f_contiguous if orders[1] == "F" else found.flags.c_contiguous
        np.testing.assert_array_equal(found, array.astype(after))
    for before, after in itertools.product("?bBhHiIlLefdgFD", repeat=2):
        for values in [[0, 1], [0, 1, 100], [0, -1], [0, 70000], [0, 2**40 + 1], [0, 0.5], [0, 0.1], [0, 1e300], [0, 1j]]:
            array = np.array(values)
            if array.dtype.kind == "c" and before not in "FD":
                continue
            array = array.astype(before)
            if not np.all(np.isfinite(array)):
                continue
            cast = array.astype(after)
            keeps = bool(np.all(cast.astype("G") == array.astype("G")))
            out.unlink(missing_ok=True)
            done = subprocess.run([BINARY, "convert", saved(array), out, "--dtype", np.dtype(after).str], capture_output=True)
            assert (done.returncode == 0) == keeps, (before, after, values, done.stderr)
            assert out.exists() == keeps
            if keeps:
                np.testing.assert_array_equal(np.load(out), cast)
                assert np.load(out).dtype == cast.dtype
    for before, after, value in [("f8", "f4", 0.1), ("f8", "f2", 0.1), ("f8", "i4", -2.7), ("i8", "u1", 300), ("i8", "i2", 70000), ("c16", "f8", 1 + 2j)]:
        array = np.array([value], before)
        run("convert", saved(array), out, "--dtype", after, "--lossy")
        np.testing.assert_array_equal(np.load(out), array.astype(after))
    for array in [np.array([b"a", b"bcd"]), np.array(["é", "xyz"]), np.array(["2020-01-01T12", "NaT"], "M8[h]"), np.array([5, -7], "m8[D]")]:
        for after in {"S": ["S7", "U3"], "U": ["U5", ">U3"], "M": ["M8[ms]", "M8[2h]"], "m": ["m8[s]", ">m8[ns]"]}[array.dtype.kind]:
            run("convert", saved(array), out, "--dtype", after)
            np.testing.assert_array_equal(np.load(out), array.astype(after))
    records = np.zeros((4, 3), dtype=np.dtype([("a", "u1"), ("b", ">f8"), ("c", "<i4", (2,))], align=True))
    records["b"], records["c"] = RANDOM.normal(size=(4, 3)), 7
    for order, endian in itertools.product("CF", ["little", "big"]):
        run("convert", saved(records), out, "--order", order, "--byte-order", endian)
        found = np.load(out)
        for name in records.dtype.names:
            np.testing.assert_array_equal(found[name], records[name])


def cat():
    for path, array in files():
        little = array.astype(array.dtype.newbyteorder("<")) if array.dtype.kind not in "SUMmV" else None
        if little is not None:
            assert run("cat", "--format", "raw", path, binary=True) == little.tobytes("C"), path
        if array.dtype.kind in "?biu":
            assert json.loads(run("cat", "--format", "json", path)) == array.tolist(), path
        if array.dtype.kind == "f" and array.dtype.itemsize == 8 and array.size:
            text = run("cat", path)
            rows = [[float(cell) for cell in line.split(",")] for line in text.splitlines()]
            np.testing.assert_array_equal(np.array(rows).ravel(), array.ravel())
        if array.dtype.kind == "f" and array.dtype.itemsize == 4 and array.size:
            text = run("cat", path).replace("\n", ",")[:-1]
            np.testing.assert_array_equal(np.array(text.split(",")).astype("f4"), array.ravel())


def archives():
    arrays = {"x": RANDOM.normal(size=(50, 3)), "y": np.asfortranarray(RANDOM.integers(0, 9, size=(20, 30))), "text": np.array(["é", "b"])}
    np.savez_compressed(FOLDER / "in.npz", **arrays)
    for options in [[], ["--store"], ["--deflate"], ["--deflate", "--level", "9"]]:
        run("repack", *options, FOLDER / "in.npz", FOLDER / "out.npz")
        paths = [saved(array, f"{name}.npy") for name, array in arrays.items()]
        run("pack", *options, FOLDER / "packed.npz", *paths)
        for path in [FOLDER / "out.npz", FOLDER / "packed.npz"]:
            with np.load(path) as found:
                assert sorted(found) == sorted(arrays)
                for name, array in arrays.items():
                    np.testing.assert_array_equal(found[name], array)
                    assert found[name].flags.f_contiguous == array.flags.f_contiguous
            run("verify", path)
        run("unpack", FOLDER / "out.npz", "-d", FOLDER / "unpacked", "--force")
        for name, array in arrays.items():
            np.testing.assert_array_equal(np.load(FOLDER / "unpacked" / f"{name}.npy"), array)
    lines = [json.loads(line) for line in run("ls", "--json", FOLDER / "in.npz").splitlines()]
    assert [line["method"] for line in lines] == ["deflated"] * 3


def append():
    a, b = RANDOM.normal(size=(5, 3)), RANDOM.normal(size=(70, 3))
    path, more = saved(a), [saved(b, "b.npy"), saved(np.asfortranarray(b).astype(">f8"), "c.npy")]
    run("append", path, *more)
    np.testing.assert_array_equal(np.load(path), np.concatenate([a, b, b]))
    a, b = np.asfortranarray(RANDOM.integers(0, 9, size=(3, 5))), RANDOM.integers(0, 9, size=(3, 8))
    path = saved(a)
    run("append", path, saved(b, "b.npy"))
    np.testing.assert_array_equal(np.load(path), np.concatenate([a, b], axis=1))
    run("append", path, saved(b.T, "b.npy"), status=1)
    run("append", path, saved(b.astype("f8"), "b.npy"), status=1)
    np.testing.assert_array_equal(np.load(path), np.concatenate([a, np.load(path)[:, 5:]], axis=1))


globals()[SUBJECT]()
