"""What kills left between an entry and its recording: put right when a study is opened."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from interviewkit.errors import Locked, StorageError
from interviewkit.models import ConsentConfirmed, ConsentEvent, ConsentGiven, ScanAttached
from interviewkit.paths import StudyPaths, replace_durably, storage_errors
from interviewkit.recording_format import hold
from interviewkit.store import Lock
from interviewkit.study_documents import consent_rows, interview, scan_path
from interviewkit.study_keys import Keys


def place_committed(paths: StudyPaths, keys: Keys, lock: Lock) -> list[Path]:
    """Finish commits that were killed between an entry and the renaming of the recording that it names.

    Hands back what has its place now.

    Recordings of calls without an entry stay as they are: one is being written, or a kill left it. What was
    said at a consent that is not on record is removed: nobody agreed to its being kept. So is what is left of
    a sound file that was being brought in: the file itself is where it was.
    """
    placed: list[Path] = []
    with suppress(StorageError, Locked):
        if any(_unplaced(paths)) or any(_evidence(paths, keys)) or any(_left(paths)):
            with lock:
                for partial, place in [*_unplaced(paths), *_evidence(paths, keys)]:
                    with storage_errors(partial):
                        if place is None:
                            partial.unlink(missing_ok=True)
                        else:
                            replace_durably(partial, place)
                            placed.append(place)
                for partial in list(_left(paths)):
                    discard(partial)
    return placed


def discard(incoming: Path) -> None:
    """Remove what was brought in so far, and its interview's folder if nothing else is in it."""
    with storage_errors(incoming):
        incoming.unlink(missing_ok=True)
        with suppress(OSError):
            incoming.parent.rmdir()


def _left(paths: StudyPaths) -> Iterator[Path]:
    """What kills left of imports: named by no call, and written by nobody."""
    for partial in paths.recordings.glob("*/incoming-*.tar.partial"):
        found = interview(paths, partial.parent.name)
        named = [paths.incoming_audio(found.id, call.recording) for call in found.calls] if found else []
        if partial not in named:
            with suppress(FileNotFoundError), partial.open("r+b") as file:
                if hold(file):
                    yield partial


def _unplaced(paths: StudyPaths) -> Iterator[tuple[Path, Path]]:
    for partial in paths.recordings.glob("*/*.tar.partial"):
        found = interview(paths, partial.parent.name)
        for call in found.calls if found is not None else ():
            name = partial.parent.name
            place = paths.audio(name, call.number)
            own = (paths.unfinished_audio(name, call.recording), paths.incoming_audio(name, call.recording))
            if partial in own and not place.exists():
                yield partial, place


def _evidence(paths: StudyPaths, keys: Keys) -> Iterator[tuple[Path, Path | None]]:
    """What was said at consents, and scans, with their places; None where no entry names them."""
    for partial in (*paths.people.glob("*/clip-*.partial"), *paths.people.glob("*/scan-*.partial")):
        participant = partial.parent.name
        named = (
            _named(paths, keys, participant, row.event) for row in consent_rows(paths, keys, participant)
        )
        yield partial, dict(filter(None, named)).get(partial)


def _named(paths: StudyPaths, keys: Keys, participant: str, event: ConsentEvent) -> tuple[Path, Path] | None:
    """The file that a consent event names, before it has its place and there."""
    if isinstance(event, ConsentGiven | ConsentConfirmed) and event.clip is not None:
        recording = event.clip.recording
        return paths.unplaced_clip(participant, recording), paths.clip(participant, recording)
    if isinstance(event, ScanAttached):
        place = scan_path(paths, keys, participant, event)
        return paths.unplaced_scan(place), place
    return None
