"""Looks for what was said in all that lies in some folders: as text in several encodings, and in archives."""

import base64
import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path


def forms(canary: str) -> Iterator[bytes]:
    """How a text can lie in a file."""
    for text in (canary, canary.lower(), json.dumps(canary)[1:-1]):
        yield text.encode()
        yield text.encode("utf-16-le")
        yield text.encode("utf-16-be")
    for ahead in range(3):
        # Base64 of it at each of three places in a group, without the letters that depend on its neighbours.
        yield base64.b64encode(bytes(ahead) + canary.encode())[4:-4]


def found(folders: Iterable[Path], canaries: Iterable[str | bytes]) -> list[str]:
    """`file: canary` for each that is in a file below `folders`; bytes are looked for as they are."""
    wanted = [(c, [c] if isinstance(c, bytes) else sorted(set(forms(c)))) for c in canaries]
    hits = []
    for path in sorted(path for folder in folders for path in folder.rglob("*") if path.is_file()):
        for data in contents(path.read_bytes()):
            for canary, encoded in wanted:
                if any(form in data for form in encoded):
                    hits.append(f"{path}: {canary!r:.40}")
    return sorted(set(hits))


def contents(data: bytes) -> Iterator[bytes]:
    """The bytes of a file and, if it is an archive, of what is packed in it."""
    yield data
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield from contents(archive.read(name))
    elif data[:2] == b"\x1f\x8b":
        try:
            yield gzip.decompress(data)
        except (OSError, EOFError, zlib.error):
            return
