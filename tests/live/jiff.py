"""Times of every unit for npymap to turn into those of the jiff crate, and whether they are what NumPy prints.

    python -X utf8 jiff.py write FOLDER
    python -X utf8 jiff.py check FOLDER

`write` saves datetimes as M8-UNIT.npy and timedeltas as m8-UNIT.npy. npymap then leaves, beside each, NAME.txt with a
line for each time, and NAME.ours with the same times as it made them again of jiff's. A line of a datetime is its year,
month, day, hour, minute, second, nanosecond and nanoseconds since 1970, one of a timedelta its nanoseconds; `NaT` stands
for itself and `-` for what jiff cannot hold. `check` prints what differs, and at the end how many files agree.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np

RANDOM = np.random.default_rng(11)
UNITS = "Y M W D h m s ms us ns ps fs as 10Y 3M 7D 25s 1000ns 7ps 12fs".split()
LARGEST = 2**63 - 1
YEAR = 31556952
LENGTHS = {
    "Y": YEAR, "M": YEAR / 12, "W": 604800, "D": 86400, "h": 3600, "m": 60, "s": 1,
    "ms": 1e-3, "us": 1e-6, "ns": 1e-9, "ps": 1e-12, "fs": 1e-15, "as": 1e-18,
}  # fmt: skip
# What jiff holds of years, and of points in time.
YEARS = (-9999, 9999)
SECONDS = (-377705023201, 253402207200)


def counts(unit: str) -> np.ndarray:
    """Counts of every size, more of them within the years of jiff, and NaT."""
    multiple, name = re.fullmatch(r"(\d*)(\D+)", unit).groups()
    length = LENGTHS[name] * int(multiple or 1)
    most = min(int(12000 * YEAR / length), LARGEST // int(multiple or 1))
    spread = RANDOM.integers(-most, most, 400)
    near = RANDOM.integers(-1000, 1000, 100)
    # What is beyond 64 bits of its unit, or of seconds, wraps round in NumPy.
    extreme = np.array([LARGEST, -LARGEST] if length <= 1 and not multiple else [], "i8")
    return np.concatenate([spread, near, extreme, [0, -1, np.iinfo("i8").min]]).astype("i8")


def nanoseconds(digits: str) -> int:
    """The fraction of a second, of which what is finer than a nanosecond is left out."""
    return int(digits[:9].ljust(9, "0"))


def datetime_line(value: np.datetime64) -> str:
    """The line of a datetime, out of what NumPy prints."""
    text = str(value)
    if text == "NaT":
        return text
    found = re.fullmatch(r"(-?\d+)(?:-(\d\d))?(?:-(\d\d))?(?:T(\d\d))?(?::(\d\d))?(?::(\d\d))?(?:\.(\d+))?", text)
    year, month, day, hour, minute, second, digits = found.groups()
    if not YEARS[0] <= int(year) <= YEARS[1]:
        return "-"
    nanos = nanoseconds(digits or "0")
    parts = [int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0), nanos]
    # Of whole seconds NumPy's counts reach far enough.
    since = int(np.datetime64(text.split(".")[0]).astype("M8[s]").astype("i8"))
    within = SECONDS[0] <= since <= SECONDS[1]
    return " ".join(map(str, [*parts, since * 10**9 + nanos if within else "-"]))


def timedelta_line(value: np.timedelta64) -> str:
    """The line of a timedelta, out of what NumPy prints."""
    text = str(value)
    if text == "NaT":
        return text
    count, unit = text.split()
    lengths = {
        "weeks": 604800 * 10**9, "days": 86400 * 10**9, "hours": 3600 * 10**9, "minutes": 60 * 10**9, "seconds": 10**9,
        "milliseconds": 10**6, "microseconds": 10**3, "nanoseconds": 1,
    }  # fmt: skip
    finer = {"picoseconds": 10**3, "femtoseconds": 10**6, "attoseconds": 10**9}
    if unit in finer:
        return str(int(count) // finer[unit])
    if unit not in lengths:
        return "-"
    nanos = int(count) * lengths[unit]
    return str(nanos) if -(2**63) <= nanos // 10**9 < 2**63 else "-"


def difference(path: Path) -> str | None:
    """What differs between the times of a file and what npymap made of them."""
    array, ours = np.load(path), np.load(path.with_suffix(".ours"))
    lines = path.with_suffix(".txt").read_text("utf-8").split("\n")
    line_of = datetime_line if array.dtype.kind == "M" else timedelta_line
    expected = [line_of(value) for value in array]
    for value, line, wanted in zip(array, lines, expected, strict=True):
        if line != wanted:
            return f"{value!r} is {line}, expected {wanted}"
    # What jiff cannot hold is NaT; what is finer than a nanosecond is rounded down to whole counts.
    again = array.view("i8").copy()
    again[[line == "-" for line in lines]] = np.iinfo("i8").min
    unit, multiple = np.datetime_data(array.dtype)
    finer = {"ps": 10**3, "fs": 10**6, "as": 10**9}.get(unit)
    if finer:
        nat = np.iinfo("i8").min
        down = [int(n) * multiple // finer * finer // multiple for n in again]
        again = np.array([nat if n == nat or whole <= nat else whole for n, whole in zip(again, down, strict=True)])
    if ours.dtype != array.dtype or not np.array_equal(ours.view("i8"), again):
        at = int(np.flatnonzero(ours.view("i8") != again)[0])
        return f"{array[at]!r} comes back as {ours[at]!r}"
    return None


def main() -> None:
    """Do what the first argument says."""
    folder = Path(sys.argv[2])
    if sys.argv[1] == "write":
        for unit in UNITS:
            for kind in "Mm":
                np.save(folder / f"{kind}8-{unit}.npy", counts(unit).view(f"{kind}8[{unit}]"))
        return
    agreeing = 0
    for path in sorted(folder.glob("*.npy")):
        differing = difference(path)
        if differing:
            print(f"{path.name}: {differing}")
        agreeing += not differing
    print(f"{agreeing} files agree")


if __name__ == "__main__":
    main()
