"""A transcript in another language: a sheet for whoever translates it, and what comes back.

sheet ─► a workbook, a row a turn ── somebody translates ─► bring_in ─► transcripts/P07-1/translation-fr-1
"""

import re
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from interviewkit import processing, table_files, translations
from interviewkit.consent import Store
from interviewkit.errors import StorageError, UsageError
from interviewkit.exports.translation import workbook
from interviewkit.models import Interview, Transcript, Translation
from interviewkit.store import Tables
from interviewkit.study import Study
from interviewkit.study_beside import translation
from interviewkit.translations import Parallel, Taken

LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")


def sheet(study: Study, interview_id: str, call: int, place: Path, language: str | None = None) -> None:
    """Write the workbook of a call, with what there is in `language`; it is on record as an export."""
    interview = study.interview(interview_id)
    if place.suffix.lower() != ".xlsx":
        raise UsageError(f"{place.name} is not called like a workbook.", "Have its name end in .xlsx.")
    found = _transcript(study, interview, call)
    there = [one for one in of(study, interview, call) if one.language == language]
    data = workbook(found.turns, Parallel(there))
    study.hand_on(place, data, "xlsx", [interview.id])


def bring_in(study: Study, interview_id: str, call: int, data: bytes, language: str, by: str) -> Taken:
    """Keep what came back. Raises ConsentRefused, and UsageError for a file that is no such sheet."""
    interview = study.interview(interview_id)
    grant = study.grant(interview.participant, Store)
    name = code(language)
    found = _transcript(study, interview, call)
    rows = table_files.records(data, (translations.ID, translations.TRANSLATION))
    known = next((one for one in of(study, interview, call) if one.language == name), None)
    taken = translations.taken(rows, found.turns, name, by, datetime.now(UTC), known)
    if not taken.translation.turns:
        raise UsageError(
            "No turn of this call has a translation in the file.",
            "Fill in the column “Translation” of the sheet that was written for this call.",
        )
    reason = "translation brought in"
    study.save_beside(grant, interview.id, call, translation(name), _tables(taken.translation), reason)
    return taken


def of(study: Study, interview: Interview, call: int) -> tuple[Translation, ...]:
    """Every translation of a call, by language; raises ConsentRefused."""
    grant = study.grant(interview.participant, Store)
    found = []
    for name in study.paths.names_beside(interview.id, call):
        if name.startswith("translation-"):
            tables = study.beside(grant, interview.id, call, name)
            found += [] if tables is None else [_of(tables, interview)]
    return tuple(found)


def code(language: str) -> str:
    """A language's code as documents are named by it; UsageError for what is none."""
    name = language.strip().lower().replace("_", "-")
    if LANGUAGE.fullmatch(name) is None:
        raise UsageError("That is no code of a language.", "Such as fr, or pt-br.")
    return name


def _transcript(study: Study, interview: Interview, call: int) -> Transcript:
    study.call(interview.id, call)
    found = processing.transcript(study, interview, call)
    if found is None or not found.turns:
        raise UsageError(
            f"{interview.id}, call {call}, has no transcript yet.",
            f"Run: interviewkit process {interview.id}",
        )
    return found


def _tables(new: Translation) -> Tables:
    row = new.model_dump(mode="json")
    return {"translated": row.pop("turns"), "translation": [row]}


def _of(tables: Tables, interview: Interview) -> Translation:
    try:
        return Translation.model_validate({**tables["translation"][0], "turns": tables.get("translated", [])})
    except (ValidationError, KeyError, IndexError):
        raise StorageError(
            f"A translation of {interview.id} is damaged, or from a newer interviewkit.",
            "Update interviewkit, or put the study's transcripts folder back from your backup.",
        ) from None
