import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from interviewkit import align, processing, schedule
from interviewkit.consent import Record, Store, Transcribe
from interviewkit.errors import ConsentRefused, ScheduleError, StorageError, UsageError
from interviewkit.models import Ending, Interview, Mark
from interviewkit.session import Session, hold
from interviewkit.session_log import Log
from interviewkit.session_moves import (
    Tag,
    ask,
    ask_probe,
    end,
    improvise,
    note,
    pause,
    present,
    resume,
    strike,
    tag,
    undo,
    withdraw,
)
from interviewkit.session_notes import Person, Role
from interviewkit.study import Study
from interviewkit.study_documents import Recorded
from interviewkit.study_writing import Writing
from tests.small_study import SCHEDULE_YAML, consented_call, consented_interview, give, new_study
from tests.small_study import withdraw as withdraw_consent

RATE = 16_000
ROOT = Path(__file__).parents[2]


class Running:
    """A recording that began at a time of `time.monotonic` and has not paused."""

    def __init__(self, began_s: float) -> None:
        self.began_s = began_s

    def frame_at(self, monotonic_s: float) -> int:
        return round((monotonic_s - self.began_s) * RATE)


@pytest.fixture(name="study")
def _study(tmp_path: Path) -> Study:
    return new_study(tmp_path)


@pytest.fixture(name="interview")
def _interview(study: Study) -> Interview:
    return consented_interview(study)


def started(study: Study, interview: Interview, recording: str = "one", ago_s: float = 600) -> Session:
    """A call whose recording began some time ago."""
    session = hold(study, study.grant(interview.participant, Record), interview.id)
    number = study.interview(interview.id).number_of(recording)
    session.start(Running(time.monotonic() - ago_s), recording, number)
    return session


def again(study: Study, interview: Interview) -> Session:
    """The same session in a program that knows nothing but the disk."""
    reopened = Study.open(study.root)
    return hold(reopened, reopened.grant(interview.participant, Record), interview.id)


def record(study: Study, interview: Interview, recording: str) -> None:
    """Bring a closed recording of no length in, as the recorder's end would."""
    grant = study.grant(interview.participant, Record)
    with study.recording_writer(grant, interview.id, recording, sample_rate=RATE, channels=1) as writer:
        pass
    study.add_call(
        grant, interview.id, Recorded(recording, "recorded", RATE, 1, writer.frames, writer.head or "")
    )


def test_every_move_is_on_the_disk_when_it_is_accepted(study: Study, interview: Interview) -> None:
    session = started(study, interview)

    def check(accepted: Log) -> None:
        assert again(study, interview).log == accepted

    check(session.do(present, [Person(role=Role.RELATIVE)], "at her sister's"))
    check(session.do(ask))
    check(session.do(ask_probe, "a"))
    check(session.do(note, "Waited six weeks"))
    check(session.do(tag, Tag.DISTRESS))
    check(session.do(improvise, "And your sister?"))
    check(session.do(undo))
    check(session.do(pause))
    check(session.do(resume))
    check(session.do(strike, session.frame_ago(60), confirm=True))
    check(session.do(end, Ending.DROPPED))
    check(session.do(note, "The line was bad"))
    assert study.interview(interview.id).speakers_in(1) == 3


def test_marks_are_where_the_key_was_pressed(study: Study, interview: Interview) -> None:
    session = started(study, interview, ago_s=600)
    pressed_s = time.monotonic() - 100
    session.do_at(pressed_s, ask, "first")
    (opening, put) = study.interview(interview.id).marks
    assert (opening.question, opening.call, opening.frame) == ("opening", 1, 0)
    assert (put.question, put.call) == ("first", 1)
    assert put.frame == pytest.approx(500 * RATE, abs=0.5 * RATE)
    times = align.mark_times(study.interview(interview.id).marks, 1, RATE)
    assert [question for _, question in times] == ["opening", "first"]


def test_only_the_notes_hold_what_was_typed_or_felt(study: Study, interview: Interview) -> None:
    session = started(study, interview)
    session.do(present, [], "CANARY-place")
    session.do(note, "CANARY-note")
    session.do(improvise, "CANARY-question")
    session.do(tag, Tag.DISTRESS)
    files = {p.name: p.read_text() for p in study.root.rglob("*") if p.is_file()}
    holding = {name for name, text in files.items() if "CANARY" in text or '"distress"' in text}
    assert holding == {"notes-1.json"}


def test_two_calls_keep_their_notes_apart_and_their_numbers(study: Study, interview: Interview) -> None:
    session = started(study, interview, "one")
    session.do(note, "In the first")
    session.do(end, Ending.DROPPED)
    first = study.paths.notes(interview.id, 1, ".json").read_bytes()
    second = started(study, interview, "two")
    second.do(note, "In the second")
    second.do(end)
    assert study.paths.notes(interview.id, 1, ".json").read_bytes() == first
    grant = study.grant(interview.participant, Store)
    assert [note.text for note in study.notes(grant, interview.id, 2)] == ["In the second"]
    # The first recording is brought in last, as after a crash.
    record(study, interview, "two")
    record(study, interview, "one")
    assert {call.recording: call.number for call in study.interview(interview.id).calls} == {
        "two": 2,
        "one": 1,
    }


def test_calls_from_elsewhere_keep_their_marks_and_numbers(study: Study) -> None:
    interview = consented_call(study)
    grant = study.grant(interview.participant, Record)
    imported = Mark(question="first", call=1, frame=5)
    study.change_interview(
        grant, interview.id, lambda known: known.model_copy(update={"marks": (imported,)}), "marks imported"
    )
    started(study, interview)
    assert [(mark.call, mark.question) for mark in study.interview(interview.id).marks] == [
        (1, "first"),
        (2, "opening"),
    ]


def test_speakers_are_those_of_the_call(study: Study, interview: Interview) -> None:
    session = started(study, interview, "one")
    session.do(present, [Person(role=Role.INTERPRETER)])
    session.do(end)
    known = study.interview(interview.id)
    assert processing.settings_for(study, known, 1, {}).speaker_count == 3
    assert processing.settings_for(study, known, 2, {}).speaker_count == 2


def test_a_withdrawal_is_saved_before_nothing_can_be(study: Study, interview: Interview) -> None:
    session = started(study, interview)
    session.do(withdraw, keep=False, confirm=True)
    withdraw_consent(study, interview.participant)
    assert study.interview(interview.id).actions[-1].ending is Ending.WITHDRAWN_DISCARD
    before = session.log
    with pytest.raises(ConsentRefused):
        session.do(note, "Too late")
    assert session.log is before


def test_what_cannot_be_saved_is_not_accepted(
    study: Study, interview: Interview, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = started(study, interview)
    before = session.log

    def full(writing: Writing, interview: Interview) -> None:
        raise StorageError("The disk is full.")

    with monkeypatch.context() as patched:
        patched.setattr(Writing, "interview", full)
        with pytest.raises(StorageError):
            session.do(note, "Lost")
    assert session.log is before
    # The words were written and their action was not: they belong to no other action.
    found = again(study, interview)
    assert found.log == before
    found.do(ask, "first")
    assert again(study, interview).log.notes == ()


def test_somebody_elses_grant_opens_nothing(study: Study, interview: Interview) -> None:
    other = study.add_participant("patients", "uk").id
    give(study, other)
    with pytest.raises(ConsentRefused):
        study.notes(study.grant(other, Record), interview.id, 1)
    with pytest.raises(ConsentRefused):
        hold(study, study.grant(other, Record), interview.id).start(Running(0), "one", 1)
    listening = study.grant(interview.participant, Transcribe)
    with pytest.raises(ConsentRefused, match="does not cover raw documents"):
        study.notes(listening, interview.id, 1)  # type: ignore[arg-type]


def test_a_refused_start_keeps_the_anchors(study: Study, interview: Interview) -> None:
    session = started(study, interview, ago_s=600)
    with pytest.raises(UsageError, match="still being held"):
        session.start(Running(time.monotonic()), "two", 2)
    assert session.do(ask).actions[-1].frame > 500 * RATE


def test_an_interview_of_an_older_program_is_held_from_its_beginning(study: Study) -> None:
    interview = consented_call(study)
    path = study.paths.interview(interview.id)
    tables = json.loads(path.read_text())
    path.write_text(json.dumps({name: tables[name] for name in ("meta", "interview", "calls")}))
    session = again(study, interview)
    assert session.log.actions == ()
    session.start(Running(0), "two", study.interview(interview.id).number_of("two"))
    assert again(study, interview).log.state.call == 2


@pytest.mark.parametrize("name", ["opening", "closing", "improvised-1"])
def test_a_schedule_cannot_use_the_ids_of_the_scripts(tmp_path: Path, name: str) -> None:
    path = tmp_path / "patient.yaml"
    path.write_text(SCHEDULE_YAML.replace("id: first", f"id: {name}"))
    with pytest.raises(ScheduleError, match="program's own"):
        schedule.load(path)


CHILD = """
import sys, time
from pathlib import Path
from interviewkit.consent import Record
from interviewkit.session import hold
from interviewkit.session_moves import ask, note
from interviewkit.study import Study

study = Study.open(Path(sys.argv[1]))
session = hold(study, study.grant("P01", Record), "P01-1")
while True:
    session.do(ask)
    session.do(note, f"note {len(session.log.actions)}")
    print(len(session.log.actions), flush=True)
"""


def test_a_kill_at_any_moment_loses_nothing_that_was_accepted(study: Study, interview: Interview) -> None:
    started(study, interview)
    accepted = 1
    for lines in (1, 4):
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(study.root)], stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        assert child.stdout is not None
        with child, child.stdout:
            for _ in range(lines):
                accepted = int(child.stdout.readline())
            child.send_signal(signal.SIGKILL)
        log = again(study, interview).log
        assert len(log.actions) >= accepted
        noted = [number for number, action in enumerate(log.actions, 1) if action.kind == "noted"]
        assert [(n, note.text) for n, note in log.note_of.items()] == [(n, f"note {n - 1}") for n in noted]
