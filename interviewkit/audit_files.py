"""What the audit trail says of files, and what the files are: hashes, recordings, what has an entry.

Reads only, and needs no key: a document is known by the SHA-256 of its file, a recording by how many records
it has and by the hash of the last one.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from interviewkit import audit_entries
from interviewkit.audit_entries import Malformed, Sound, Written
from interviewkit.paths import StudyPaths, storage_errors

SOUND = ".tar"
OWN_NAME = re.compile(
    r"(participant|consent|contact|incidents|rights|tombstone|interview|pseudonyms|known|units)"
    r"\.(json|age)|(codebook|reporting|roster)\.(json|age)|layer-[a-z0-9-]+\.(json|age)|translation(-[a-z0-9]+)+\.(json|age)"
    r"|(audio|notes|wrapup|raw|checked|released|timing|sent|clip|scan|right)-[0-9a-f]+(\.(json|tar|pdf|png|jpeg))?(\.age)?"
)
"""What the program calls its documents and recordings."""


def study_id(paths: StudyPaths) -> str | None:
    """Which study it is: by its keys, else by its log; None where it has neither."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        return str(json.loads((paths.keys / "study.json").read_bytes())["id"])
    for chain in sorted(paths.audit.glob("*.jsonl")):
        with suppress(OSError, Malformed), chain.open("rb") as file:
            found = audit_entries.parse(file.readline().rstrip(b"\n")).entry.study
            if found is not None:
                return found
    return None


def digest(path: Path) -> str | None:
    """The SHA-256 of a file; None where there is none."""
    with storage_errors(path):
        try:
            return sha256(path.read_bytes()).hexdigest()
        except FileNotFoundError:
            return None


def sound(path: Path) -> tuple[int, str]:
    """How many records a recording has, and the SHA-256 of the last one; 0 and zeros where it has none."""
    from interviewkit.recording_format import BLOCK_BYTES, find_members

    with storage_errors(path), path.open("rb") as file:
        members = find_members(file).members
        if not members:
            return 0, audit_entries.NOTHING
        file.seek(members[-1].offset + BLOCK_BYTES)
        return len(members), sha256(file.read(members[-1].size)).hexdigest()


def kept(paths: StudyPaths, participant: str | None = None) -> Iterator[Path]:
    """Every document and recording: of a participant, of all, or with "" what is of nobody alone."""
    whose = participant or "*"
    if not participant:
        for pattern in ("codebook.*", "reporting.*", "roster.*"):
            yield from sorted(path for path in paths.root.glob(pattern) if is_kept(path))
    if participant == "":
        return
    for folder, pattern in (
        (paths.people, f"{whose}/*"),
        (paths.recordings, f"{whose}-*/*" if participant else "*/*"),
        (paths.transcripts, f"{whose}-*/*" if participant else "*/*"),
    ):
        for path in sorted(folder.glob(pattern)):
            if path.is_file() and is_kept(path):
                yield path


def pages(paths: StudyPaths) -> Iterator[Path]:
    """The forms as they were shown, which are fixed when they are first answered."""
    yield from sorted(paths.forms.glob("*.txt"))


def is_kept(path: Path) -> bool:
    """Whether a file is a document or a recording, and not work in progress.

    What somebody else put beside them is neither: its name may be a name, which has no place in the log.
    """
    return OWN_NAME.fullmatch(path.name) is not None


def latest(paths: StudyPaths) -> dict[str, str | None]:
    """What every document was last, by the chains of all computers; the latest entry by its time counts."""
    last: dict[str, tuple[str, str | None]] = {}
    for chain in paths.audit.glob("*.jsonl"):
        for raw in chain.read_bytes().split(b"\n"):
            with suppress(Malformed):
                entry = audit_entries.parse(raw).entry
                at = audit_entries.stamp(entry.at)
                for path, after in _after(entry.documents, entry.recordings):
                    if last.get(path, ("", None))[0] <= at:
                        last[path] = at, after
    return {path: after for path, (_, after) in last.items()}


def _after(documents: Iterable[Written], recordings: Iterable[Sound]) -> Iterator[tuple[str, str | None]]:
    yield from ((one.path, one.after) for one in documents)
    yield from ((one.path, one.head) for one in recordings)


def differing(
    paths: StudyPaths, participant: str | None, known: Mapping[str, str | None]
) -> tuple[tuple[Written, ...], tuple[Sound, ...]]:
    """What there is, or no longer is, of a participant (or of all) that differs from what is `known`."""
    documents, recordings, seen = [], [], set()
    for path in kept(paths, participant):
        name = path.relative_to(paths.root).as_posix()
        seen.add(name)
        if path.suffix == SOUND:
            records, head = sound(path)
            if known.get(name) != head:
                recordings.append(Sound(name, records, head))
        elif (now := digest(path)) != known.get(name):
            documents.append(Written(name, known.get(name), now))
    for name, was in known.items():
        if was is not None and name not in seen and owner(name) == participant:
            documents.append(Written(name, was, None))
    return tuple(documents), tuple(recordings)


def owner(name: str) -> str:
    """The participant to whom a file belongs, by its folder: `P07` or `P07-1`; "" for one of nobody alone."""
    return name.split("/")[1].partition("-")[0] if "/" in name else ""
