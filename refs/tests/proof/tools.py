"""What all parts of the proof need."""

import json
import pathlib
import subprocess
import warnings

import numpy as np
import zarr
from zarr.storage import FsspecStore

# Data types of Zarr whose specification is in the making are named so each time.
warnings.filterwarnings("ignore", category=zarr.errors.ZarrUserWarning)
warnings.filterwarnings("ignore", category=zarr.errors.UnstableSpecificationWarning)

ROOT = pathlib.Path(__file__).resolve().parents[3]
COMMAND = ""


def npymap(*args, cwd=None, stdin=None):
    """Runs the command: exit status, standard output, standard error."""
    done = subprocess.run(
        [COMMAND, *map(str, args)], cwd=cwd, input=stdin, capture_output=True, text=True, errors="replace"
    )
    return done.returncode, done.stdout, done.stderr.strip()


def refs(output, *args, cwd=None):
    """Makes references, and gives them as Python has them."""
    status, _, message = npymap("refs", *args, "-o", output, cwd=cwd)
    assert status == 0, message
    return json.loads(pathlib.Path(output).read_text())["refs"]


def store(refs, protocol="file", **options):
    """The store of references: a path, or what stands in the JSON."""
    # fsspec takes a file system by that path from its cache, whatever the file has become meanwhile.
    storage = {"fo": str(refs), "remote_protocol": protocol, "asynchronous": True, "skip_instance_cache": True}
    if protocol != "file":
        storage["remote_options"] = {"asynchronous": True, **options}
    return FsspecStore.from_url("reference://", read_only=True, storage_options=storage)


def chunks(refs, name):
    """The byte ranges of an array, and how many of its chunks are inlined."""
    found = [value for key, value in refs.items() if key.startswith(f"{name}/c")]
    ranges = [value for value in found if isinstance(value, list)]
    return ranges, len(found) - len(ranges)


def check_ranges(refs):
    """No range is larger than 2 GiB or reaches beyond its file."""
    facts = json.loads(refs["zarr.json"])["attributes"]["npymap"]
    sizes = {facts["base"] + name: size for name, size, _, _ in facts["files"]}
    for value in refs.values():
        if isinstance(value, list):
            url, offset, length = value
            assert 0 < length <= 2 << 30 and offset + length <= sizes[url], value


def native(dtype):
    """The dtype in the machine's byte order, without padding."""
    if dtype.names is None:
        return dtype.newbyteorder("=")
    named = [name for name in dtype.names if not name.startswith("_pad")]
    return np.dtype([(name, native(dtype.fields[name][0])) for name in named])


def difference(found, expected):
    """What differs between an array and NumPy's, but for byte order and padding; or nothing."""
    if found.shape != expected.shape:
        return f"shape {found.shape}, expected {expected.shape}"
    if native(found.dtype) != native(expected.dtype):
        return f"dtype {found.dtype}, expected {expected.dtype}"
    if expected.dtype.names is not None:
        for name in native(expected.dtype).names:
            if problem := difference(found[name], expected[name]):
                return f"field {name!r}: {problem}"
        return None
    # Bit by bit, so that NaN and NaT count too, in the machine's order.
    bits = [
        (array if array.dtype.isnative else array.byteswap().view(array.dtype.newbyteorder("="))).tobytes()
        for array in (np.asarray(found), np.asarray(expected))
    ]
    return None if bits[0] == bits[1] else "other values"


def compare(refs, name, expected, **options):
    """Fails where an array of references differs from NumPy's."""
    array = zarr.open_array(store(refs, **options), path=name, mode="r")
    # Without axes it is a scalar, and a text as one forgets its width.
    problem = difference(np.asarray(array[...], array.dtype), expected)
    assert problem is None, f"{name}: {problem}"
