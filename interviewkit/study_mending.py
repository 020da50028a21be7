"""What kills left between an entry and its recording: put right when a study is opened."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from interviewkit.errors import StorageError
from interviewkit.models import ConsentGiven
from interviewkit.paths import StudyPaths, replace_durably, storage_errors
from interviewkit.store import Lock
from interviewkit.study_documents import consent_rows, interview


def place_committed(paths: StudyPaths, lock: Lock) -> None:
    """Finish commits that were killed between an entry and the renaming of the recording that it names.

    Recordings of calls without an entry stay as they are: one is being written, or a kill left it. What was
    said at a consent that is not on record is removed: nobody agreed to its being kept.
    """
    with suppress(StorageError):
        if any(_unplaced(paths)) or any(_clips(paths)):
            with lock:
                for partial, place in [*_unplaced(paths), *_clips(paths)]:
                    with storage_errors(partial):
                        if place is None:
                            partial.unlink(missing_ok=True)
                        else:
                            replace_durably(partial, place)


def _unplaced(paths: StudyPaths) -> Iterator[tuple[Path, Path]]:
    for partial in paths.recordings.glob("*/audio-*.tar.partial"):
        found = interview(paths, partial.parent.name)
        for call in found.calls if found is not None else ():
            place = paths.audio(partial.parent.name, call.number)
            if (
                partial.name == paths.unfinished_audio(place.parent.name, call.recording).name
                and not place.exists()
            ):
                yield partial, place


def _clips(paths: StudyPaths) -> Iterator[tuple[Path, Path | None]]:
    """What was said at consents, with its place; None where no consent names it."""
    for partial in paths.people.glob("*/clip-*.tar.partial"):
        participant = partial.parent.name
        named = {
            paths.unplaced_clip(participant, row.event.clip.recording): row.event.clip.recording
            for row in consent_rows(paths, participant)
            if isinstance(row.event, ConsentGiven) and row.event.clip is not None
        }
        recording = named.get(partial)
        yield partial, None if recording is None else paths.clip(participant, recording)
