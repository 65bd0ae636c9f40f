"""Icechunk: references as virtual chunks, each with a checksum that is compared when it is read."""

import asyncio
import base64
import datetime
import json
import os

import icechunk
import numpy as np
import zarr
from zarr.buffer.cpu import Buffer

import tools


def run(folder):
    data = folder / "data"
    data.mkdir()
    parts = [np.full((rows, 16), number, ">f8") for number, rows in enumerate([200, 200, 37])]
    for number, part in enumerate(parts):
        path = data / f"x-{number}.npy"
        np.save(path, part)
        # Long enough ago: an object of this very second may have been written twice in it.
        os.utime(path, (1_700_000_000, 1_700_000_000))
    refs = tools.refs(folder / "refs.json", "--array", "x=x-*.npy", "--chunk", "12800", cwd=data)
    session = commit(refs, folder / "repository", f"file://{data}/")
    array = zarr.open_array(session.store, path="x", mode="r")
    assert tools.difference(array[...], np.concatenate(parts)) is None
    np.save(data / "x-1.npy", parts[1] + 1)
    assert (array[:200] == 0).all()
    try:
        array[200:400]
    except Exception as error:
        print(f"Icechunk: {len(tools.chunks(refs, 'x')[0])} virtual chunks equal, a rewritten file is an error: {type(error).__name__}")
    else:
        raise AssertionError("a rewritten file was read")


def commit(refs, path, container):
    """A repository with the references, and a session that reads it."""
    facts = json.loads(refs["zarr.json"])["attributes"]["npymap"]
    modified = {facts["base"] + name: time for name, _, time, _ in facts["files"]}
    config = icechunk.RepositoryConfig.default()
    files = icechunk.local_filesystem_store(container.removeprefix("file://"))
    config.set_virtual_chunk_container(icechunk.VirtualChunkContainer(container, files))
    access = {container: icechunk.Credentials.LocalFileSystemAccess()}
    repository = icechunk.Repository.create(
        icechunk.local_filesystem_storage(str(path)), config=config, authorize_virtual_chunk_access=access
    )
    session = repository.writable_session("main")
    chunks = {}
    for key, value in refs.items():
        if isinstance(value, list):
            name, place = key.split("/c/")
            url, offset, length = value
            time = datetime.datetime.fromtimestamp(modified[url] // 10**9 + 1, datetime.UTC)
            index = [int(number) for number in place.split("/")]
            chunk = icechunk.VirtualChunkSpec(index, url, offset, length, last_updated_at_checksum=time)
            chunks.setdefault(name, []).append(chunk)
        else:
            # Metadata, and the ends of arrays.
            content = base64.b64decode(value[7:]) if value.startswith("base64:") else value.encode()
            asyncio.run(session.store.set(key, Buffer.from_bytes(content)))
    for name, specs in chunks.items():
        session.store.set_virtual_refs(f"/{name}", specs)
    session.commit("references")
    return repository.readonly_session("main")
