"""Dask on two worker processes over local files, nginx and SeaweedFS: sums, requests, bytes, a worker that is killed."""

import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import time

import dask
import numpy as np
import xarray as xr
from dask.distributed import Client, LocalCluster

import tools

BUCKET = "npy"
# Debian has it where only root looks.
NGINX_PATH = os.environ["PATH"] + ":/usr/sbin"
KEY, SECRET = "proof", "proofproof"


def run(folder):
    # Workers read it, which start anew.
    os.environ["ZARR_ARRAY__RECTILINEAR_CHUNKS"] = "True"
    import zarr

    zarr.config.set({"array.rectilinear_chunks": True})
    data = folder / "data"
    data.mkdir()
    expected, arguments = arrays(data)
    dask.config.set({"distributed.worker.daemon": False})
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster, Client(cluster) as client:
        refs = tools.refs(folder / "local.json", *arguments, cwd=data)
        tools.check_ranges(refs)
        sums(folder / "local.json", expected, "local files")
        if shutil.which("nginx", path=NGINX_PATH):
            nginx(folder, data, expected, arguments, client)
        else:
            print("left out: there is no nginx, nor a worker that is killed")
        seaweedfs(folder, data, expected, arguments)


def arrays(data):
    """Files of whole numbers, whose sums are the same in whatever order they are added."""
    rng = np.random.default_rng(7)
    expected = {}

    def save(name, shapes, dtype, order="C", axis=0):
        parts = [rng.integers(0, 1000, shape).astype(dtype, order=order) for shape in shapes]
        for number, part in enumerate(parts):
            np.save(data / f"{name}-{number:03}.npy", part)
        expected[name] = np.concatenate(parts, axis=axis)

    save("ragged", [(20_000, 128), (20_000, 128), (7_001, 128)], "<f8")
    save("regular", [(8192, 128)] * 4, "<f4")
    save("fortran", [(128, 64, 256), (128, 64, 100)], "<f8", "F", -1)
    save("big", [(20_000, 128), (20_000, 128)], ">f8")
    save("tail", [(100, 16), (100, 16), (37, 16)], "<i8")
    entries = [rng.integers(0, 1000, (5_000, 200)).astype("<f8") for _ in range(2)]
    for number, entry in enumerate(entries):
        np.savez(data / f"archive-{number}.npz", weights=entry, other=np.arange(number))
    expected["archive"] = np.concatenate(entries)
    arguments = [word for name in expected if name != "archive" for word in ("--array", f"{name}={name}-*.npy")]
    return expected, [*arguments, "--array", "archive=archive-*.npz:weights", "--chunk", "1MiB"]


def sums(refs, expected, title, each=lambda name: None, **options):
    """The sum of every array by Dask."""
    group = xr.open_zarr(tools.store(refs, **options), chunks={})
    start = time.monotonic()
    for name, array in expected.items():
        assert float(group[name].sum().compute()) == float(array.sum()), (title, name)
        each(name)
    # A part, too: chunks at the border of two shards.
    part = group["ragged"][19_990:20_010, 5:7].compute().to_numpy()
    assert (part == expected["ragged"][19_990:20_010, 5:7]).all(), title
    print(f"{title}: the sums of {len(expected)} arrays are NumPy's, {time.monotonic() - start:.1f} s", flush=True)


def port(reserved=0):
    """A port that is free, and the one `reserved` above it."""
    while True:
        number = random.randint(20_000, 50_000)
        try:
            for used in {number, number + reserved}:
                with socket.socket() as tried:
                    tried.bind(("127.0.0.1", used))
            return number
        except OSError:
            continue


def nginx(folder, data, expected, arguments, client):
    number = port()
    log = folder / "access.log"
    config = folder / "nginx.conf"
    config.write_text(
        f"""
        daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;
        events {{ worker_connections 256; }}
        http {{
            log_format ranges '$request_method $status $body_bytes_sent $uri';
            client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
            uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
            server {{
                listen 127.0.0.1:{number};
                access_log {log} ranges;
                location /files/ {{ alias {data}/; }}
                location /slow/ {{ alias {data}/; limit_rate 4m; }}
            }}
        }}"""
    )
    server = subprocess.Popen([shutil.which("nginx", path=NGINX_PATH), "-c", config, "-p", folder], stderr=subprocess.DEVNULL)
    try:
        wait(number, server)
        address = f"http://127.0.0.1:{number}"
        output = folder / "nginx.json"
        refs = tools.refs(output, *arguments, "--url-prefix", f"{address}/files", cwd=data)
        log.write_text("")

        def counted(name):
            lines = [line.split() for line in log.read_text().splitlines()]
            ranges, inlined = tools.chunks(refs, name)
            assert all(line[:2] == ["GET", "206"] for line in lines), lines
            sent = sum(int(line[2]) for line in lines)
            bytes_of = sum(length for _, _, length in ranges)
            assert len(lines) == len(ranges) and sent == bytes_of, (name, len(lines), len(ranges), sent, bytes_of)
            print(
                f"  {name}: {len(ranges)} chunks and {inlined} inlined, {len(lines)} requests, "
                f"{sent / (bytes_of or 1):.2f} x {bytes_of} bytes"
            )
            log.write_text("")

        sums(output, expected, "nginx", counted, protocol="http")
        killed(folder, data, expected, arguments, client, f"{address}/slow", log)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()


def killed(folder, data, expected, arguments, client, address, log):
    """A worker that is killed while it works: others do its part again."""
    output = folder / "slow.json"
    refs = tools.refs(output, *arguments, "--url-prefix", address, cwd=data)
    total = len(tools.chunks(refs, "big")[0])
    log.write_text("")
    array = xr.open_zarr(tools.store(output, "http"), chunks={})["big"]
    pids = client.run(os.getpid)
    future = client.compute(array.sum())
    while len(log.read_text().splitlines()) < total // 3:
        assert not future.done()
        time.sleep(0.02)
    done = len(log.read_text().splitlines())
    os.kill(next(iter(pids.values())), signal.SIGKILL)
    assert float(future.result(timeout=120)) == float(expected["big"].sum())
    assert set(client.run(os.getpid).values()) != set(pids.values())
    again = len(log.read_text().splitlines()) - total
    print(f"a worker killed after {done} of {total} chunks: the sum is NumPy's, {again} chunks were fetched again", flush=True)


def seaweedfs(folder, data, expected, arguments):
    import s3fs

    home = folder / "weed"
    home.mkdir()
    config = folder / "s3.json"
    config.write_text(
        '{"identities": [{"name": "proof", "actions": ["Admin", "Read", "Write", "List"], '
        f'"credentials": [{{"accessKey": "{KEY}", "secretKey": "{SECRET}"}}]}}]}}'
    )
    ports = {name: port(10_000 if name != "s3" else 0) for name in ("s3", "master", "filer", "volume", "admin")}
    weed = pathlib.Path(sys.executable).parent / "weed"
    command = [
        weed, "mini", f"-dir={home}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-s3.config={config}", f"-bucket={BUCKET}",
        "-webdav=false", "-admin.ui=false", "-master.telemetry=false",
        *(f"-{name}.port={number}" for name, number in ports.items()),
    ]
    with open(folder / "weed.log", "w") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, cwd=home)
    try:
        wait(ports["s3"], server)
        client = {"endpoint_url": f"http://127.0.0.1:{ports['s3']}", "region_name": "us-east-1"}
        options = {"key": KEY, "secret": SECRET, "client_kwargs": client}
        files = s3fs.S3FileSystem(**options)
        for _ in range(100):
            try:
                if files.exists(BUCKET):
                    break
            except Exception:
                pass
            files.invalidate_cache()
            time.sleep(0.2)
        files.put(sorted(map(str, data.iterdir())), f"{BUCKET}/run/")
        output = folder / "s3.json.refs.json"
        tools.refs(output, *arguments, "--url-prefix", f"s3://{BUCKET}/run", cwd=data)
        sums(output, expected, "SeaweedFS", protocol="s3", **options)
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def wait(number, server):
    for _ in range(300):
        assert server.poll() is None, "the server has ended"
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", number)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(f"nothing listens on port {number}")
