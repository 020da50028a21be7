"""A small study for tests: one group, two jurisdictions, one form, a schedule of two questions."""

import functools
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from interviewkit import sealing
from interviewkit.consent import Record
from interviewkit.models import (
    Answer,
    ConsentGiven,
    ConsentMethod,
    ConsentWithdrawn,
    EligibilityChecked,
    Interview,
)
from interviewkit.recording import RecordingReader
from interviewkit.sealing import Guarded, KeyClass, Secret
from interviewkit.study import Study
from interviewkit.study_documents import owner
from interviewkit.study_keys import Founder

PASSPHRASE = "four words to remember"
SEALED = os.environ.get("SEALED") == "1"
FORM = "patients-uk-v1"
YES = dict.fromkeys(("recorded", "transcribed", "kept", "quoted"), Answer.YES)

STUDY_YAML = """\
schema: 1
title: A small study
approvals:
  - {id: uk, body: A board, reference: "1", jurisdiction: uk, approved_on: 2020-03-01}
  - {id: ireland, body: A school, reference: "2", jurisdiction: ireland, approved_on: 2020-03-02}
groups:
  - {id: patients, name: Patients, prefix: P, schedule: patient, target: 7}
  - {id: providers, name: Providers, prefix: S, schedule: patient, target: 6}
"""
FORM_YAML = """\
schema: 1
group: patients
jurisdiction: uk
version: 1
approval: uk
title: Consent
sheet_date: 2020-03-01
sheet: What the study is about.
statements:
  - {id: recorded, section: taking part, text: My call may be recorded., required: true, purposes: [record]}
  - {id: transcribed, section: use of what I say, text: It may be written down., required: true,
     purposes: [transcribe]}
  - {id: kept, section: use of what I say, text: My words may be kept., required: true, purposes: [store]}
  - {id: quoted, section: keeping and sharing, text: My words may be quoted., required: false,
     purposes: [quote]}
"""
SCHEDULE_YAML = """\
schema: 1
id: patient
title: Patients
group: patients
minutes: 30
opening: {script: Hello.}
domains:
  - id: experience
    name: Experience
    questions:
      - {id: first, short: First, text: "How did it begin?", minutes: 5, probes: ["And then?"]}
closing: {script: Thank you.}
"""


def write_templates(folder: Path) -> Path:
    """What `Study.create` copies from."""
    for name, text in {
        "study.yaml": STUDY_YAML,
        f"forms/{FORM}.yaml": FORM_YAML,
        "schedules/patient.yaml": SCHEDULE_YAML,
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def new_study(folder: Path) -> Study:
    """An empty study: one that stays readable, or a sealed one where `SEALED=1` has everything tried so."""
    return sealed_study(folder) if SEALED else clear_study(folder)


def clear_study(folder: Path) -> Study:
    """An empty study that is not sealed, so that tests can look into its files."""
    return Study.create(folder / "study", write_templates(folder / "templates"))


@functools.cache
def own_key() -> Guarded:
    """One key under `PASSPHRASE` for all tests: to lock one takes a second, on purpose."""
    secret = Secret.new()
    return Guarded(secret, sealing.lock(secret, PASSPHRASE, tries=1))


def sealed_study(folder: Path, own: Guarded | None = None) -> Study:
    """An empty study that is sealed, unlocked in this program."""
    founder = Founder(own or own_key(), Secret.new())
    return Study.create(folder / "study", write_templates(folder / "templates"), founder=founder)


def with_shipped_forms(folder: Path, *, sealed: bool = False) -> Study:
    """An empty study with the groups, forms and schedules that come with interviewkit."""
    founder = Founder(own_key(), Secret.new()) if sealed else None
    return Study.create(folder / "study", founder=founder)


def eligible(study: Study, participant: str) -> None:
    """Every criterion of the participant's group is met."""
    for criterion in study.group(study.participant(participant).group).eligibility:
        study.note(
            participant,
            EligibilityChecked(
                criterion=criterion.id,
                met=True,
                number=criterion.at_least,
                evidence="a log",
                by="An interviewer",
                at=datetime.now(UTC),
            ),
        )


def recording(study: Study, interview: str, call: int, head: str | None = None) -> RecordingReader:
    """The recording of a call, whatever has been consented to."""
    opener = study.keys.opener(owner(interview), KeyClass.AUDIO)
    return RecordingReader(study.paths.audio(interview, call), unseal=opener.open, expected_head=head)


MAKERS = (pytest.param(clear_study, id="clear"), pytest.param(sealed_study, id="sealed"))
"""For tests that hold in both."""


def give(study: Study, participant: str, **answers: Answer) -> None:
    """Consent to everything but for `answers`, a moment ago."""
    given = ConsentGiven(
        form=FORM,
        answers={**YES, **answers},
        method=ConsentMethod.ORAL,
        taken_by="An interviewer",
        at=datetime.now(UTC),
    )
    study.give_consent(participant, given)


def withdraw(study: Study, participant: str) -> None:
    """Take the consent back, a moment from now."""
    at = datetime.now(UTC) + timedelta(microseconds=1)
    study.withdraw(participant, ConsentWithdrawn(recorded_by="An interviewer", at=at))


def consented_interview(study: Study) -> Interview:
    """A new participant with consent, and their first interview."""
    participant = study.add_participant("patients", "uk").id
    give(study, participant)
    return study.new_interview(study.grant(participant, Record))


def call_of(study: Study, participant: str) -> Interview:
    """A participant's next interview, with one call of silence."""
    grant = study.grant(participant, Record)
    interview = study.new_interview(grant)
    with study.importing(grant, interview.id, sample_rate=8000, channels=1) as writer:
        writer.write(np.zeros((1, 800), np.int16))
    return study.interview(interview.id)


def consented_call(study: Study) -> Interview:
    """A new participant with consent, and their first interview with one call of silence."""
    interview = consented_interview(study)
    grant = study.grant(interview.participant, Record)
    with study.importing(grant, interview.id, sample_rate=8000, channels=1) as writer:
        writer.write(np.zeros((1, 8000), np.int16))
    return study.interview(interview.id)


def snapshot(root: Path) -> dict[str, bytes]:
    """Every file below `root` with its bytes, but for the audit trail: it grows when something is refused."""
    found = {str(path.relative_to(root)): path for path in root.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in found.items() if not name.startswith("audit/")}
