"""A small study in every state that Home can show, and transcripts made by hand."""

from pathlib import Path

import numpy as np

from interviewkit import drafts
from interviewkit.consent import Record, Store
from interviewkit.models import (
    Answer,
    Flag,
    FlagKind,
    Interview,
    Layout,
    Provenance,
    Transcript,
    Turn,
    Word,
)
from interviewkit.study import Study
from tests import small_study

RATE = 8000
SAID: tuple[tuple[str, str, str | None], ...] = (
    ("Interviewer", "So how did it begin?", "first"),
    ("P01", "With a letter from my doctor, and ?then? nothing happened for six weeks.", "first"),
    ("Interviewer", "And then?", "first.a"),
    ("P01", "Then I rang them up, and my doctor rang them up as well.", "first.a"),
)
"""Who says what, to which question; a word between question marks was hardly heard."""


def turn(speaker: str, text: str, start_s: float = 0.0, question: str | None = None) -> Turn:
    """A turn at half a second a word."""
    words = tuple(
        Word(
            text=word.strip("?") if word.startswith("?") else word,
            start_s=start_s + n / 2,
            end_s=start_s + n / 2 + 0.5,
            probability=0.1 if word.startswith("?") else 0.9,
        )
        for n, word in enumerate(text.split())
    )
    return Turn(speaker=speaker, start_s=start_s, end_s=words[-1].end_s, words=words, question=question)


def transcript(
    said: tuple[tuple[str, str, str | None], ...] = SAID, flags: tuple[Flag, ...] | None = None
) -> Transcript:
    """Turns one after the other, and a flag for the second and the last."""
    turns: list[Turn] = []
    for speaker, text, question in said:
        turns.append(turn(speaker, text, turns[-1].end_s if turns else 0.0, question))
    if flags is None:
        flags = tuple(
            Flag(kind=FlagKind.LOW_CONFIDENCE, start_s=t.start_s, end_s=t.end_s, detail="1 word, 10% sure")
            for t in (turns[1], turns[-1])
        )
    return Transcript(
        turns=tuple(turns),
        flags=flags,
        duration_s=turns[-1].end_s,
        coverage=0.96,
        language="en",
        provenance=Provenance(program="tests", transcriber={}, diariser={}, channels=Layout.MONO),
    )


def call(study: Study, participant: str, seconds: float = 90.0, found: Transcript | None = None) -> Interview:
    """An interview with one call of silence, and its transcript where there is one."""
    grant = study.grant(participant, Record)
    interview = study.new_interview(grant)
    with study.importing(grant, interview.id, sample_rate=RATE, channels=1) as writer:
        writer.write(np.zeros((1, int(seconds * RATE)), np.int16))
    if found is not None:
        keep(study, interview.id, found)
    return study.interview(interview.id)


def keep(study: Study, interview: str, found: Transcript, number: int = 1) -> None:
    """Save a transcript as if the machine had made it."""
    grant = study.grant(interview.rpartition("-")[0], Store)
    study.save_raw(grant, interview, number, drafts.pack(drafts.Work(finished=True, transcript=found)))


def filled(folder: Path) -> Study:
    """P01 transcribed, P02 recorded, P03 not asked, P04 said no, P05 withdrawn with a recording."""
    study = small_study.new_study(folder)
    for _ in range(5):
        study.add_participant("patients", "uk")
    study.add_participant("providers", "ireland")
    for participant in ("P01", "P02", "P05"):
        small_study.give(study, participant)
    small_study.give(study, "P04", recorded=Answer.NO)
    call(study, "P01", found=transcript())
    call(study, "P02", 600.0)
    call(study, "P05")
    small_study.withdraw(study, "P05")
    return study
