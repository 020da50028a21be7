"""The demonstration: a study of its own with one real telephone conversation, made step by step.

The conversation and its reference come with pyannote.audio: 30 s of two women who speak American English
on a telephone line. What an earlier run finished is found and kept, so that a second one is fast.
"""

import secrets
from collections.abc import Generator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

from interviewkit import importing, scoring
from interviewkit.consent import Record
from interviewkit.drafts import Work
from interviewkit.errors import SpeechError, UsageError
from interviewkit.events import Event, Finished
from interviewkit.models import Answer, ConsentGiven, ConsentMethod, EligibilityChecked, Interview, Side
from interviewkit.paths import StudyPaths
from interviewkit.sealing import Guarded, Secret
from interviewkit.study import Study
from interviewkit.study_create import TEMPLATES
from interviewkit.study_keys import Founder

TITLE = "A demonstration of interviewkit"
PARTICIPANT = "P01"
GROUP = "patients"
JURISDICTION = "uk"
PASSPHRASE_BYTES = 12


@dataclass(frozen=True)
class Sample:
    """A recording with what is said in it (STM) and who talks when (RTTM)."""

    audio: Path
    words: Path
    speakers: Path


@dataclass(frozen=True)
class Score:
    """Word and diarisation error rates, 0 for perfect."""

    wer: float
    der: float


def sample() -> Sample:
    """The conversation that pyannote.audio ships, found without importing it (which takes seconds)."""
    spec = find_spec("pyannote")
    for root in (spec.submodule_search_locations or ()) if spec is not None else ():
        folder = Path(root) / "audio" / "sample"
        if (folder / "sample.wav").is_file():
            return Sample(folder / "sample.wav", folder / "sample.stm", folder / "sample.rttm")
    raise SpeechError(
        "The conversation for the demonstration is missing: it comes with pyannote.audio.",
        "Install interviewkit again.",
    )


def open_study(folder: Path, title: str = TITLE, template_folder: Path = TEMPLATES) -> Study:
    """A demonstration's study in `folder`, made if it is not there; UsageError for somebody's own study."""
    if not StudyPaths(folder).config.is_file():
        return Study.create(folder, template_folder, title, founder())
    study = Study.open(folder)
    if study.config.title != title:
        raise UsageError(f"{folder} is another study.", "Choose another folder: interviewkit demo DIR")
    return study


def founder() -> Founder:
    """Who makes a demonstration: its passphrase is made up and kept beside its keys, so it asks for none.

    Everything is sealed as in a study of one's own, and nothing is guarded: who has the account has the keys.
    """
    passphrase = secrets.token_urlsafe(PASSPHRASE_BYTES)
    return Founder(Guarded.new(passphrase), Secret.new(), "Demonstration", kept_passphrase=passphrase)


def consented(study: Study) -> Generator[Event, None, None]:
    """The one participant, with a yes to every statement, as nobody can be asked here."""
    if not any(known.id == PARTICIPANT for known in study.participants()):
        study.add_participant(GROUP, JURISDICTION, 1)
    consent(study, PARTICIPANT)
    yield Finished(
        f"{PARTICIPANT} has consented to every statement. A real study asks each: interviewkit consent give."
    )


def consent(study: Study, participant: str) -> None:
    """Have a participant say yes to every statement, if they have said nothing yet."""
    if not any(isinstance(event, ConsentGiven) for event in study.consent_events(participant)):
        _eligible(study, participant)
        form = max(
            (f for f in study.forms().values() if (f.group, f.jurisdiction) == (GROUP, JURISDICTION)),
            key=lambda form: form.version,
        )
        given = ConsentGiven(
            form=form.id,
            answers={statement.id: Answer.YES for statement in form.statements},
            method=ConsentMethod.ORAL,
            taken_by="The demonstration",
            at=datetime.now(UTC),
        )
        study.give_consent(participant, given)


def _eligible(study: Study, participant: str) -> None:
    """Every criterion of the group is met: the participant is made up."""
    for criterion in study.group(GROUP).eligibility:
        study.note(
            participant,
            EligibilityChecked(
                criterion=criterion.id,
                met=True,
                number=criterion.at_least,
                evidence="made up for the demonstration",
                by="The demonstration",
                at=datetime.now(UTC),
            ),
        )


def imported(study: Study) -> Generator[Event, None, Interview]:
    """The conversation as an interview: nobody in it is an interviewer, so whoever speaks first is."""
    known = [interview for interview in study.interviews() if interview.calls]
    if known:
        yield Finished(f"{known[0].id} is in the study already.")
        return known[0]
    grant = study.grant(PARTICIPANT, Record)
    return (yield from importing.import_call(study, grant, sample().audio, interviewer=Side.FIRST))


def score(work: Work) -> Score:
    """How right the transcript is, against the reference that comes with the conversation."""
    assert work.transcript is not None
    assert work.draft is not None
    reference = sample()
    return Score(
        wer=scoring.word_error_rate(
            scoring.read_stm(reference.words), " ".join(turn.text for turn in work.transcript.turns)
        ),
        der=scoring.diarisation_error_rate(
            scoring.read_rttm(reference.speakers), work.draft.spans or (), work.transcript.duration_s
        ),
    )
