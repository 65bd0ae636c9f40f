"""Does what each line of its input asks for, and prints the seconds and the bytes of memory that it took."""
import os
import sys
import time

import numpy as np


def status(key):
    with open("/proc/self/status") as file:
        for line in file:
            if line.startswith(key + ":"):
                return int(line.split()[1]) * 1024


def header(path):
    with open(path, "rb") as file:
        for _ in range(10):
            file.seek(0)
            version = np.lib.format.read_magic(file)
            np.lib.format._read_array_header(file, version, 10**6) if hasattr(
                np.lib.format, "_read_array_header"
            ) else np.lib.format.read_array_header_1_0(file, 10**6)


def small(path):
    for number in range(len(os.listdir(path))):
        np.load(f"{path}/{number}.npy")


def touch(path):
    for _ in range(100):
        array = np.load(path, mmap_mode="r")
        array[array.shape[0] // 2]


def swapped(path):
    array = np.load(path)
    array.byteswap(inplace=True)
    return array.view(array.dtype.newbyteorder())


def checked(path):
    array = np.load(path)
    assert array.view(np.uint8).max(initial=0) <= 1


ARRAYS = {}


def save(path):
    size = int(os.path.basename(path).split("-")[1])
    if size not in ARRAYS:
        ARRAYS.clear()
        ARRAYS[size] = (np.arange(size // 4) % 1021).astype("f4")
    start = time.perf_counter()
    np.save(path, ARRAYS[size])
    seconds = time.perf_counter() - start
    os.remove(path)
    return seconds


def npz_all(path):
    with np.load(path) as archive:
        return [archive[name] for name in archive]


def npz_one(path):
    with np.load(path) as archive:
        return archive["3"]


def npz_open(path):
    with np.load(path) as archive:
        return len(archive)


def deflate(path):
    if path not in ARRAYS:
        ARRAYS.clear()
        ARRAYS[path] = np.load(path)
    start = time.perf_counter()
    np.savez_compressed(path + ".npz", x=ARRAYS[path])
    seconds = time.perf_counter() - start
    os.remove(path + ".npz")
    return seconds


# These time themselves.
TIMED = {"save": save, "deflate": deflate}
WORK = {
    "header": header,
    "small": small,
    "touch": touch,
    "load": np.load,
    "swapped": swapped,
    "checked": checked,
    "reordered": lambda path: np.ascontiguousarray(np.load(path)),
    "sum": lambda path: np.load(path, mmap_mode="r").sum(),
    "column": lambda path: np.load(path, mmap_mode="r")[:, 7].copy(),
    "npz_all": npz_all,
    "npz_one": npz_one,
    "npz_open": npz_open,
    **TIMED,
}

print("ready", np.__version__, flush=True)
for line in sys.stdin:
    name, path = line.rstrip("\n").split(" ", 1)
    work = WORK[name]
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
        before = status("VmRSS")
    except OSError:
        before = None
    start = time.perf_counter()
    result = work(path)
    seconds = time.perf_counter() - start
    if name in TIMED:
        seconds = result
    peak = status("VmHWM") - before if before is not None else -1
    del result
    print(seconds, peak, flush=True)
