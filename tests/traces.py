"""Marks that are planted wherever something of somebody can be, and a search for them in any dress."""

import base64
import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

Marks = Mapping[str, str | bytes]
"""By what they stand for: text, which is looked for in every dress, or bytes as they are."""
DEEPEST = 4


def dresses(text: str) -> set[bytes]:
    """How a text can stand in a file: encodings, JSON's escapes, base64 from any byte."""
    plain = text.encode()
    escaped = json.dumps(text)[1:-1].encode()
    in_base64 = {base64.b64encode(b"x" * shift + plain)[-(-8 * shift // 6) : -4] for shift in range(3)}
    return {plain, text.encode("utf-16-le"), text.encode("utf-16-be"), escaped, *in_base64}


def found(roots: Iterator[Path] | tuple[Path, ...], marks: Marks) -> dict[str, list[str]]:
    """Where each mark is: in names, in files, and in what is packed in them; nothing where it is nowhere."""
    looked_for = {name: dresses(mark) if isinstance(mark, str) else {mark} for name, mark in marks.items()}
    places: dict[str, list[str]] = {}
    for root in roots:
        for path in sorted(root.rglob("*")):
            contents = [str(path).encode()]
            if path.is_file() and not path.is_symlink():
                contents += unpacked(path.read_bytes())
            for name, forms in looked_for.items():
                if any(form in data for data in contents for form in forms):
                    places.setdefault(name, []).append(str(path))
    return places


def in_image(image: Path, marks: Marks, block_bytes: int = 1 << 20) -> dict[str, int]:
    """How often each mark stands in the bytes of a disk, whatever file they belonged to."""
    looked_for = {name: dresses(mark) if isinstance(mark, str) else {mark} for name, mark in marks.items()}
    longest = max(len(form) for forms in looked_for.values() for form in forms)
    seen = dict.fromkeys(marks, 0)
    with image.open("rb") as file:
        before = b""
        while data := file.read(block_bytes):
            if data.count(0) == len(data):
                # Most of a small disk was never written.
                before = b""
                continue
            window = before + data
            for name, forms in looked_for.items():
                seen[name] += sum(window.count(form) - before.count(form) for form in forms)
            before = window[-longest + 1 :]
    return seen


def unpacked(data: bytes, depth: int = 0) -> Iterator[bytes]:
    """The bytes, and what is in them as zip or gzip, wherever in the file that begins."""
    yield data
    if depth == DEEPEST:
        return
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            for member in packed.infolist():
                yield member.filename.encode()
                yield from unpacked(packed.read(member), depth + 1)
    at = data.find(b"\x1f\x8b\x08")
    while at >= 0:
        try:
            inside = zlib.decompressobj(31).decompress(data[at:])
        except zlib.error:
            inside = b""
        if inside:
            yield from unpacked(inside, depth + 1)
        at = data.find(b"\x1f\x8b\x08", at + 1)


def zipped(name: str, text: str) -> bytes:
    """A zip with one packed file."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, text)
    return made.getvalue()


def foreign(folder: Path, marks: Mapping[str, str]) -> None:
    """Files that somebody, or another program, put into an interview's folder; each mark in another dress."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{marks['file name']}.txt").write_bytes(b"")
    (folder / "memo.txt").write_bytes(marks["memo in UTF-16"].encode("utf-16"))
    (folder / "export.json").write_text(json.dumps({"excerpt": marks["coded excerpt in JSON"]}))
    (folder / "units-1.json").write_text(json.dumps({"label": marks["code label"]}, ensure_ascii=False))
    (folder / "waveform.gz").write_bytes(gzip.compress(marks["waveform cache in gzip"].encode()))
    (folder / "backup.zip").write_bytes(zipped("a.txt", marks["backup in zip"]))
    nested = gzip.compress(zipped("b.txt", marks["backup in zip in gzip"]))
    (folder / "old.bin").write_bytes(b"header" + nested)
    (folder / "mail.eml").write_bytes(base64.b64encode(b"From: " + marks["mail in base64"].encode()))
