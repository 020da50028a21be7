"""The documents of an analysis: where each is and how it is read; `study_writing` writes most of them.

The codebook is about all participants, and so is what is decided for reports: they are sealed so that whoever
opens what was released of one opens them.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from interviewkit import releases, store
from interviewkit.errors import Locked, StorageError
from interviewkit.models import Codebook, Coded, Frozen, Known, Pseudonyms, Released, ReportDecisions, Roster
from interviewkit.paths import StudyPaths
from interviewkit.sealing import KeyClass, document_suffix
from interviewkit.store import Lock, Replaced, Tables
from interviewkit.study_documents import owner
from interviewkit.study_keys import Keys

R = TypeVar("R", bound=Frozen)


def released_path(paths: StudyPaths, keys: Keys, interview: str, call: int) -> Path:
    """Where the text of a released call is."""
    return paths.released(interview, call, document_suffix(keys.suffix))


def timing_path(paths: StudyPaths, keys: Keys, interview: str, call: int) -> Path:
    """Where it is when each of its words is heard."""
    return paths.timing(interview, call, document_suffix(keys.suffix))


def released(
    paths: StudyPaths, keys: Keys, interview: str, call: int, *, timed: bool = True
) -> Released | None:
    """A call as analysts read it, or None; without times it is read faster."""
    opener = keys.opener(owner(interview), KeyClass.RELEASED)
    text = store.read_document(released_path(paths, keys, interview, call), "released", opener.open)
    if text is None:
        return None
    times = None
    if timed:
        times = store.read_document(timing_path(paths, keys, interview, call), "timing", opener.open)
    return releases.unpack(call, text, times, f"{interview}, call {call}")


def units_path(paths: StudyPaths, keys: Keys, interview: str, layer: str) -> Path:
    """Where the meaning units of an interview are."""
    return paths.units(interview, document_suffix(keys.suffix), layer)


def coded(paths: StudyPaths, keys: Keys, interview: str, layer: str) -> Coded:
    """The meaning units of an interview; none where there is no document."""
    path = units_path(paths, keys, interview, layer)
    opener = keys.opener(owner(interview), KeyClass.RELEASED)
    return _of(path, Coded, store.read_document(path, "units", opener.open))


def layers(paths: StudyPaths, interview: str) -> list[str]:
    """Who has coded an interview for themselves."""
    found = sorted((paths.transcripts / interview).glob("layer-*"))
    return [path.name.removeprefix("layer-").partition(".")[0] for path in found]


def pseudonyms(paths: StudyPaths, keys: Keys, participant: str) -> Pseudonyms:
    """What stands for whom in a participant's released transcripts."""
    path = paths.pseudonyms(participant, document_suffix(keys.suffix))
    opener = keys.opener(participant, KeyClass.PSEUDONYMS)
    return _of(path, Pseudonyms, store.read_document(path, "pseudonyms", opener.open))


def known(paths: StudyPaths, keys: Keys, participant: str) -> tuple[Known, ...]:
    """Names and numbers of a participant that are known beforehand; none where that can't be opened."""
    path = paths.known(participant, document_suffix(keys.suffix))
    with suppress(Locked):
        opener = keys.opener(participant, KeyClass.PSEUDONYMS)
        tables = store.read_document(path, "known", opener.open) or {}
        return tuple(_parsed(path, Known, row) for row in tables.get("known", []))
    return ()


# ── of all participants ─────────────────────────────────────────────────────────────────────────

Told = Callable[[Path, str | None, str | None, bytes | None], None]
"""Hears what was written: where, the hashes of the file before and after, the content."""


def codebook_path(paths: StudyPaths, keys: Keys) -> Path:
    """Where domains and categories are."""
    return paths.codebook(document_suffix(keys.suffix))


def codebook(paths: StudyPaths, keys: Keys, readers: Iterable[str]) -> Codebook:
    """Domains and categories, opened with the key of one of `readers` (participants); raises Locked."""
    path = codebook_path(paths, keys)
    return _of(path, Codebook, store.read_document(path, "codebook", _opened_by_any(keys, readers)))


def write_codebook(
    paths: StudyPaths,
    keys: Keys,
    lock: Lock,
    readers: Iterable[str],
    new: Codebook,
    told: Told,
    staying: Iterable[str] | None = None,
) -> None:
    """Put a codebook in the place of what was there, sealed to `staying`, or to all."""
    path = codebook_path(paths, keys)
    readers = list(readers)
    to = readers if staying is None else list(staying)
    _write_shared(path, "codebook", "codebook changed", keys, lock, readers, to, new, told)


def reporting_path(paths: StudyPaths, keys: Keys) -> Path:
    """Where it is what was decided for reports."""
    return paths.reporting(document_suffix(keys.suffix))


def reporting(paths: StudyPaths, keys: Keys, readers: Iterable[str]) -> ReportDecisions:
    """What was decided for reports, opened with the key of one of `readers`; raises Locked."""
    path = reporting_path(paths, keys)
    opened = _opened_by_any(keys, readers)
    return _of(path, ReportDecisions, store.read_document(path, "reporting", opened))


def write_reporting(
    paths: StudyPaths,
    keys: Keys,
    lock: Lock,
    readers: Iterable[str],
    staying: Iterable[str],
    new: ReportDecisions,
    told: Told,
) -> None:
    """Put it in the place of what was there, opened with the key of one of `readers`, sealed to `staying`."""
    path = reporting_path(paths, keys)
    _write_shared(path, "reporting", "reports prepared", keys, lock, list(readers), list(staying), new, told)


def roster(paths: StudyPaths, keys: Keys, readers: Iterable[str]) -> Roster:
    """Names of staff, sites and places that are known to all who replace names; raises Locked."""
    path = paths.roster(document_suffix(keys.suffix))
    opened = _opened_by_any(keys, readers, KeyClass.PSEUDONYMS)
    return _of(path, Roster, store.read_document(path, "roster", opened))


def write_roster(
    paths: StudyPaths,
    keys: Keys,
    lock: Lock,
    readers: Iterable[str],
    new: Roster,
    told: Told,
    staying: Iterable[str] | None = None,
) -> None:
    """Put them in the place of what was there, sealed to `staying`, or to all."""
    path, readers = paths.roster(document_suffix(keys.suffix)), list(readers)
    reason, to = "known names changed", readers if staying is None else list(staying)
    _write_shared(path, "roster", reason, keys, lock, readers, to, new, told, KeyClass.PSEUDONYMS)


def _write_shared(
    path: Path,
    kind: str,
    reason: str,
    keys: Keys,
    lock: Lock,
    readers: list[str],
    staying: list[str],
    new: Codebook | ReportDecisions | Roster,
    told: Told,
    key_class: KeyClass = KeyClass.RELEASED,
) -> None:
    if keys.sealed and not staying:
        raise StorageError(
            "The study has no participants: there is nobody whose key could seal what is about all of them.",
            "Add a participant first: interviewkit participant add",
        )

    def wrote(done: Replaced) -> None:
        told(done.path, done.before, done.after, done.content)

    seal, decode = keys.sealer_to_any(staying, key_class).seal, _opened_by_any(keys, readers, key_class)
    with store.transaction(path, kind, lock, reason, seal, decode, wrote) as document:
        document.replace(tables_of(new))


def _opened_by_any(
    keys: Keys, readers: Iterable[str], key_class: KeyClass = KeyClass.RELEASED
) -> Callable[[bytes], bytes]:
    readers = list(readers)

    def opened(data: bytes) -> bytes:
        refused: Exception = Locked(
            f"What is {key_class.value} of all participants can't be opened here.",
            "See: interviewkit key list",
        )
        for participant in readers:
            try:
                return keys.opener(participant, key_class).open(data)
            except (Locked, StorageError) as error:
                # Somebody who came after it was written has a key that it doesn't know.
                refused = error
        raise refused

    return opened if keys.sealed else store.same


# ── records ─────────────────────────────────────────────────────────────────────────────────────


def tables_of(record: Coded | Codebook | Pseudonyms | ReportDecisions | Roster) -> Tables:
    """A table for each of its lists."""
    return record.model_dump(mode="json")


def _of(path: Path, model: type[R], tables: Mapping[str, Any] | None) -> R:
    names = model.model_fields
    return _parsed(path, model, {name: rows for name, rows in (tables or {}).items() if name in names})


def _parsed(path: Path, model: type[R], row: Any) -> R:
    try:
        return model.model_validate(row)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise StorageError(
            f"{path} is damaged, or from a newer interviewkit: {where or 'a row'} is not as it should be.",
            "Update interviewkit, or put the file back from your backup.",
        ) from None
