"""How long it takes and how large it becomes: 1,000 shards, and 40,000 of 250 MB, which have no data."""

import json
import os
import subprocess
import time

import numpy as np
import zarr

import tools


def run(folder):
    for count, rows in ((1_000, 61_035), (40_000, 61_035)):
        shards = folder / str(count)
        shards.mkdir()
        np.save(shards / "first.npy", np.zeros((0, 1024), "<f4"))
        start = (shards / "first.npy").read_bytes().replace(b"(0, 1024)", f"({rows}, 1024)".encode())
        # The blanks after the shape give way to its digits.
        head = start[:118].rstrip(b" \n").ljust(127) + b"\n"
        for number in range(count):
            with open(shards / f"shard-{number:05}.npy", "wb") as file:
                file.write(head)
                file.truncate(128 + rows * 4096)
        measured(folder, shards, count)


def measured(folder, shards, count):
    output = folder / f"{count}.json"
    command = [tools.COMMAND, "refs", "--array", "x=shard-*.npy", "--url-prefix", "s3://bucket/experiment/run-17", "-o", output]
    start = time.monotonic()
    process = subprocess.Popen(command, cwd=shards, stderr=subprocess.DEVNULL)
    memory = 0
    while process.poll() is None:
        # What the kernel tells of a child that has ended counts the memory of its parent, too.
        memory = status(process.pid).get("VmHWM", memory)
        time.sleep(0.002)
    seconds = time.monotonic() - start
    assert process.returncode == 0
    size = output.stat().st_size
    before, start = status("self")["VmRSS"], time.monotonic()
    with zarr.config.set({"array.rectilinear_chunks": True}):
        array = zarr.open_array(tools.store(output, "memory"), path="x", mode="r")
    opened, reader = time.monotonic() - start, status("self")["VmRSS"] - before
    shape = array.shape
    del array
    refs = json.loads(output.read_text())["refs"]
    chunks, _ = tools.chunks(refs, "x")
    tools.check_ranges(refs)
    print(
        f"{count} shards, {np.prod(shape) * 4 / 1e12:.2f} TB: {seconds:.2f} s, {memory} MiB of memory, "
        f"{len(chunks)} references, {size / 1e6:.2f} MB, {size / len(chunks):.0f} bytes each; "
        f"zarr.open_array {opened:.1f} s and {reader} MiB",
        flush=True,
    )
    assert size / len(chunks) <= 200 and (count > 1000 or seconds < 2)


def status(process):
    """Sizes of a process in MiB, by the names that the kernel gives them."""
    try:
        with open(f"/proc/{process}/status") as file:
            rows = [line.split() for line in file]
    except FileNotFoundError:
        return {}
    return {row[0].rstrip(":"): int(row[1]) // 1024 for row in rows if row[-1] == "kB"}
