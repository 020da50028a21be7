"""What durable writing costs: a document of one participant in a study of many, and a long transcript."""

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from interviewkit import drafts
from interviewkit.consent import Grant, Store
from interviewkit.models import Chunk, Details, Draft, Heard, Layout
from interviewkit.study import Study
from interviewkit.study_documents import MAX_NUMBER
from tests import small_study
from tests.trust import FULL
from tests.trust.conftest import Figures
from tests.tui import study as studies

pytestmark = pytest.mark.slow
SIZES = (100, 1_000, MAX_NUMBER) if FULL else (100,)
LIMITS = {MAX_NUMBER: "< 500"}
WRITES = 50 if FULL else 10


def grown(folder: Path, participants: int) -> Study:
    """A study of so many participants, all of whom gave consent; the first has a recorded call."""
    study = small_study.clear_study(folder)
    small_study.consented_call(study)
    first = study.paths.participant("P01").parent
    for number in range(2, participants + 1):
        name = f"P{number:02d}"
        (study.paths.people / name).mkdir(mode=0o700)
        for path in first.iterdir():
            (study.paths.people / name / path.name).write_text(path.read_text().replace("P01", name))
    assert len(study.index()["participants"]) == participants
    return study


def median_ms(write: Callable[[int], None], times: int) -> float:
    """How long a write takes, the first one left out."""
    took_ms = []
    for number in range(times + 1):
        started_s = time.perf_counter()
        write(number)
        took_ms.append(1000 * (time.perf_counter() - started_s))
    return statistics.median(took_ms[1:])


def test_a_write(tmp_path: Path, figures: Figures) -> None:
    for participants in SIZES:
        study = grown(tmp_path / str(participants), participants)
        for what, write in writes(study).items():
            name = f"{what}, {participants:,} participants: median write"
            figures.add(
                name, median_ms(write, WRITES), LIMITS.get(participants, "< 50") if FULL else "< 1000", "ms"
            )


def writes(study: Study) -> dict[str, Callable[[int], None]]:
    """Two documents, one that needs no consent and one that does."""
    grant = study.grant("P01", Store)

    def contact(number: int) -> None:
        details = Details(number=f"000 {number:03d}")
        study.write("P02", lambda writing: writing.contact(details), "contact details changed")

    def words(number: int) -> None:
        study.save_raw(grant, "P01-1", 1, {"turns": [{"n": number}]})

    return {"how somebody is reached": contact, "a short transcript": words}


def two_hours() -> drafts.Work:
    """A transcript of two hours at 150 words a minute, with the draft that it was made from."""
    lines = [
        ("Interviewer" if n % 2 else "P01", " ".join(["a", "word", "or", "twenty,"] * 5), "first")
        for n in range(900)
    ]
    found = studies.transcript(tuple(lines), ())
    heard = [
        Heard(
            chunk=n,
            words=turn.words,
            language="en",
            avg_logprob=-0.2,
            no_speech_prob=0.01,
            compression_ratio=1.5,
        )
        for n, turn in enumerate(found.turns)
    ]
    chunks = tuple(Chunk(channel=0, pieces=((n, n + 1),)) for n in range(len(heard)))
    draft = Draft(layout=Layout.MONO, chunks=chunks, heard=tuple(heard), transcriber={}, diariser={})
    return drafts.Work(draft=draft, finished=True, transcript=found)


def test_two_hours_of_transcript(tmp_path: Path, figures: Figures) -> None:
    work, limit = two_hours(), "< 150" if FULL else "< 6000"
    for kind, make in (("clear", small_study.clear_study), ("sealed", small_study.sealed_study)):
        study = make(tmp_path / kind)
        small_study.consented_call(study)
        grant = study.grant("P01", Store)
        took_ms = median_ms(saving(study, grant, work), WRITES if FULL else 2)
        what = f"18,000 words and the draft that they come from, in a {kind} study: median save"
        figures.add(what, took_ms, limit, "ms")
        assert drafts.unpack(study.raw(grant, "P01-1", 1), "P01-1") == work


def saving(study: Study, grant: Grant[Store], work: drafts.Work) -> Callable[[int], None]:
    """What saves it as the program does."""
    return lambda number: study.save_raw(grant, "P01-1", 1, drafts.pack(work))
