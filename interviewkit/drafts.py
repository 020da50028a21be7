"""A call's work in progress and its transcript ↔ the tables of its document.

`processing` saves a `Work` after each step and reads it back; exports and screens read the transcript.
While a call is transcribed anew, the transcript that was there stays beside the draft until the new one
takes its place.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from interviewkit.errors import StorageError
from interviewkit.models import Draft, Frozen, Transcript

Row = dict[str, Any]
Tables = dict[str, list[Row]]

FOR_WORDS = ("model", "language", "device", "compute_type", "effort")
"""Settings that decide which words are heard."""
EARLIER = {"effort": "balanced"}
FOR_SPEAKERS = ("diarisation", "speakers")
"""Settings that decide only who says them."""


@dataclass(frozen=True)
class Work:
    """What is known of one call: a draft with the settings that it was made with, and a transcript.

    `finished` is whether the transcript is the draft's; else it is an earlier one, or None.
    """

    draft: Draft | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    finished: bool = False
    transcript: Transcript | None = None


def pack(work: Work) -> Tables:
    """The tables of the document: job, regions, chunks, heard, spans; transcript, turns, flags."""
    tables: Tables = {}
    if work.draft is not None:
        job = _row(work.draft)
        # None is “not yet looked for”, which no number of rows can say.
        found = {name: job[name] is not None for name in ("regions", "spans")}
        tables = {name: job.pop(name) or [] for name in ("regions", "chunks", "heard", "spans")}
        tables["job"] = [{**job, "found": found, "settings": dict(work.settings), "finished": work.finished}]
    if work.transcript is not None:
        # What people made of it is a document of its own.
        row = work.transcript.model_dump(mode="json", exclude={"checked"})
        tables |= {"turns": row.pop("turns"), "flags": row.pop("flags"), "transcript": [row]}
    return tables


def unpack(tables: Mapping[str, list[Row]] | None, where: str) -> Work:
    """The work again; `where` names the call in the StorageError for tables that make no sense."""
    tables = tables or {}
    job = next(iter(tables.get("job", ())), None)
    try:
        return Work(
            draft=None if job is None else _draft(job, tables),
            settings={} if job is None else job["settings"],
            finished=job is not None and bool(job["finished"]),
            transcript=_transcript(tables),
        )
    except (ValidationError, KeyError, TypeError):
        raise StorageError(
            f"What was saved of {where} is damaged, or from a newer interviewkit.",
            "Update interviewkit, or put the study's transcripts folder back from your backup.",
        ) from None


def without(tables: Tables, stretches_s: Sequence[tuple[float, float]]) -> Tables:
    """The tables without any word that a stretch touches; what no stretch touches stays as it is.

    They are rows of plain JSON here, whatever else is in them: this is the last thing that happens to them
    before they are written.
    """
    left = dict(tables)
    if stretches_s and "heard" in tables:
        left["heard"] = [{**row, "words": _outside(row["words"], stretches_s)} for row in tables["heard"]]
    if stretches_s and "turns" in tables:
        left["turns"] = [turn for row in tables["turns"] for turn in _turns_outside(row, stretches_s)]
    if stretches_s and "rules" in tables:
        left["rules"] = [_rules_outside(row, stretches_s) for row in tables["rules"]]
    for name in ("wishes", "translated"):
        if stretches_s and name in tables:
            left[name] = [row for row in tables[name] if not _spans(row, stretches_s)]
    return left


def _spans(row: Row, stretches_s: Sequence[tuple[float, float]]) -> bool:
    """Whether a stretch touches what a row is about: a turn that is translated, or words to be changed."""
    ends = row.get("before", [row])
    start_s, end_s = ends[0]["start_s"], max(word["end_s"] for word in ends)
    return any(start_s <= stop_s and end_s >= begin_s for begin_s, stop_s in stretches_s)


def _rules_outside(ruled: Row, stretches_s: Sequence[tuple[float, float]]) -> Row:
    """What a rule changed, without the places of which a word was struck: nothing brings them back."""

    def whole(words: Sequence[Row]) -> bool:
        return len(_outside(words, stretches_s)) == len(words)

    left = [one for one in ruled["altered"] if whole(one["before"]) and whole(one["after"])]
    return {**ruled, "altered": left}


def _outside(words: Sequence[Row], stretches_s: Sequence[tuple[float, float]]) -> list[Row]:
    return [
        word for word in words if not any(_touches(word, start_s, stop_s) for start_s, stop_s in stretches_s)
    ]


def _touches(word: Row, start_s: float, stop_s: float) -> bool:
    """Whether a word lies in a stretch; one without length, which somebody typed, also at its edges."""
    if word["start_s"] == word["end_s"]:
        return bool(start_s <= word["start_s"] <= stop_s)
    return bool(word["start_s"] < stop_s and word["end_s"] > start_s)


def _turns_outside(turn: Row, stretches_s: Sequence[tuple[float, float]]) -> Iterator[Row]:
    """A turn before, between and after the stretches; nothing where nothing is left of it."""
    edges = [start_s for start_s, _ in sorted(stretches_s)]
    parts: dict[int, list[Row]] = {}
    for word in _outside(turn["words"], stretches_s):
        parts.setdefault(bisect_right(edges, word["start_s"]), []).append(word)
    if len(parts) == 1 and len(next(iter(parts.values()))) == len(turn["words"]):
        yield turn
        return
    for words in parts.values():
        end_s = max(word["end_s"] for word in words)
        yield {**turn, "words": words, "start_s": words[0]["start_s"], "end_s": end_s}


def unfinished(work: Work, settings: Mapping[str, str]) -> tuple[Draft | None, str]:
    """What may be gone on with under these settings, and what to tell the user where that is not all."""
    draft = work.draft
    if draft is None or work.finished:
        return None, ""
    # A draft that is older than a setting was made as its default is now.
    before = {**EARLIER, **work.settings}
    changed = [name for name, value in settings.items() if before.get(name) != value]
    if any(name in FOR_WORDS for name in changed):
        return None, f"The unfinished transcription had another {changed[0]}: it begins anew."
    if draft.spans is not None and changed:
        words_only = draft.model_copy(update={"spans": None, "voices": None})
        return words_only, "The speakers are told apart anew; the words are kept."
    return draft, ""


def _draft(job: Row, tables: Mapping[str, list[Row]]) -> Draft:
    known = {key: value for key, value in job.items() if key not in ("found", "settings", "finished")}
    rows: dict[str, list[Row] | None] = {name: tables.get(name, []) for name in ("chunks", "heard")}
    rows |= {name: tables.get(name, []) if job["found"][name] else None for name in ("regions", "spans")}
    return Draft.model_validate(known | rows)


def _transcript(tables: Mapping[str, list[Row]]) -> Transcript | None:
    if not tables.get("transcript"):
        return None
    rows = {name: tables.get(name, []) for name in ("turns", "flags")}
    return Transcript.model_validate(tables["transcript"][0] | rows)


def _row(record: Frozen) -> Row:
    return record.model_dump(mode="json")
