"""Every golden file and 500 dtypes that are made up: equal to NumPy, or refused by name."""

import collections
import random

import numpy as np

import tools

CASES = 500
SEED = 20260101


def run(folder):
    golden(folder)
    generated(folder)


def outcome(path, output):
    """How references to a file compare with what NumPy loads: `equal`, or why it is refused."""
    status, _, message = tools.npymap("refs", path, "-o", output, "--force")
    if status != 0:
        assert status == 1 and "\n" not in message and "panicked" not in message, (path, message)
        return "refused", message
    expected = np.load(path, allow_pickle=False, max_header_size=10**6)
    tools.compare(output, "data", expected)
    return "equal", ""


def golden(folder):
    counts, reasons = collections.Counter(), collections.Counter()
    paths = sorted(path for part in ("numpy-1.26", "numpy-2.4", "crafted") for path in (tools.ROOT / "testdata" / part).glob("*.npy"))
    paths += sorted((tools.ROOT / "testdata").glob("*.npy"))
    # An archive is one, whatever its name.
    paths = [path for path in paths if path.name != "x-zip.npy"]
    for path in paths:
        try:
            result, message = outcome(path, folder / "refs.json")
        except Exception as error:
            raise AssertionError(path) from error
        assert not path.name.startswith("x-") or result == "refused", path
        counts[result] += 1
        if result == "refused" and not path.name.startswith("x-"):
            reasons[message.split(": ", 1)[1].split("Zarr readers cannot read ")[-1].split(";")[0]] += 1
    print(f"golden files: {dict(counts)} of {len(paths)}")
    for reason, count in reasons.most_common():
        print(f"  refused {count}: {reason}")


KINDS = ["subarray", "title", "long double", "endian numbers among"]
UNITS = "Y M W D h m s ms us ns ps fs as".split()


def scalar(random, order):
    kind = random.choice("?iufcSUVMmg")
    match kind:
        case "?":
            return "?"
        case "i" | "u":
            return f"{order}{kind}{random.choice([1, 2, 4, 8])}"
        case "f":
            return f"{order}f{random.choice([2, 4, 8])}"
        case "c":
            return f"{order}c{random.choice([8, 16])}"
        case "S" | "U":
            return f"{order}{kind}{random.randint(1, 9)}"
        case "V":
            return f"V{random.randint(1, 9)}"
        case "g":
            return random.choice([f"{order}f16", f"{order}c32"]) if random.random() < 0.3 else f"{order}f8"
    count = random.choice(["", "", random.randint(2, 1000)])
    unit = random.choice(UNITS)
    return f"{order}{kind}8" + (f"[{count}{unit}]" if random.random() < 0.9 else "")


def dtype(random, order, depth=2):
    """A dtype of one byte order mostly: a scalar, or a record with padding and, now and then, what is refused."""
    if depth == 0 or random.random() < 0.45:
        return np.dtype(scalar(random, order))
    names = random.sample(["x", "y", "é", "a b", "id", "_pad0", "time", 'q"', "T"], random.randint(1, 4))
    fields, offsets, formats, end = [], [], [], 0
    for name in names:
        field = dtype(random, random.choice("<>") if random.random() < 0.04 else order, depth - 1)
        if random.random() < 0.05:
            field = np.dtype((field, (random.randint(1, 3),)))
        end += random.choice([0, 0, 0, 1, 3, 8])
        fields.append((f"title {name}", name) if random.random() < 0.03 else name)
        offsets.append(end)
        formats.append(field)
        end += field.itemsize
    titles = [field[0] if isinstance(field, tuple) else None for field in fields]
    form = {"names": names, "formats": formats, "offsets": offsets, "itemsize": end + random.choice([0, 0, 2])}
    if any(titles):
        form["titles"] = titles
    return np.dtype(form)


def fill(random, dtype, shape):
    """Values of any bits, but for characters and bools, which have few."""
    if dtype.names is not None:
        array = np.zeros(shape, dtype)
        for name in dtype.names:
            array[name] = fill(random, dtype.fields[name][0].base, array[name].shape)
        return array
    count = int(np.prod(shape))
    if dtype.kind == "U":
        texts = ["".join(random.choice("aé\U0001f40d\x00 z") for _ in range(dtype.itemsize // 4)) for _ in range(count)]
        return np.array(texts, dtype).reshape(shape)
    bits = np.frombuffer(random.randbytes(count * dtype.itemsize), "u1")
    if dtype.kind == "b":
        bits = bits & 1
    return bits.view(dtype).reshape(shape)


def generated(folder):
    rng = random.Random(SEED)
    counts, reasons = collections.Counter(), collections.Counter()
    for number in range(CASES):
        made = dtype(rng, rng.choice("<<>"))
        shape = rng.choice([(5,), (3, 4), (2, 3, 2), ()])
        array = fill(rng, made, shape)
        path = folder / "generated.npy"
        np.save(path, np.asfortranarray(array) if rng.random() < 0.3 else array, allow_pickle=False)
        try:
            result, message = outcome(path, folder / "refs.json")
        except Exception as error:
            raise AssertionError(f"case {number}: {made!r}, shape {shape}") from error
        counts[result] += 1
        if result == "refused":
            reason = message.split("cannot read ")[1].split(";")[0]
            reasons[next((kind for kind in KINDS if kind in reason), reason)] += 1
    print(f"generated dtypes: {dict(counts)} of {CASES}")
    for reason, count in reasons.most_common():
        print(f"  refused {count}: {reason}")
    assert counts["equal"] > CASES // 2
