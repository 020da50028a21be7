"""A call held line by line, with a recorder that is none: what is typed, and what is said to it."""

import pytest

from interviewkit import contacts
from interviewkit.capture import control
from interviewkit.cli import hold
from interviewkit.consent import Record
from interviewkit.errors import ConsentRefused, DeviceError
from interviewkit.models import ActionKind, ContactKind, Ending
from interviewkit.session_notes import Person, Role
from interviewkit.study import Study
from tests.cli.conftest import Run
from tests.room_world import MIC, Recorders


@pytest.fixture(autouse=True)
def recorders(monkeypatch: pytest.MonkeyPatch) -> Recorders:
    made = Recorders()
    monkeypatch.setattr(control, "begin", made.begin)
    monkeypatch.setattr(hold, "wanted", lambda *_: (MIC,))
    return made


def lines(*typed: str) -> str:
    return "".join(f"{line}\n" for line in typed)


def kinds(study: Study) -> list[ActionKind]:
    return [action.kind for action in study.interview("P01-1").actions]


def test_a_call_is_held_line_by_line(run: Run, study: Study) -> None:
    said = run(
        "hold",
        "P01",
        "--plain",
        typed=lines(
            "",
            "1",
            "note He laughed.",
            "tag imp",
            "here interpreter, relative (silent) at home",
            "end finished",
        ),
    )
    assert said.code == 0
    told = said.out.splitlines()
    assert told[0] == "Recording P01-1 from mic."
    assert "Next is question 1: How did it begin?" in told
    assert "Put: First. Probes: 1 And then?\nNext is Closing: Thank you." in said.out
    assert "Put: First. Probes: 1 And then? (put)" in told
    assert told[-3:-1] == ["P01-1, call 1: 0.0 minutes are in the study.", "Next: interviewkit process P01-1"]
    assert "audit/checkpoint.txt" in told[-1]
    known = study.interview("P01-1")
    assert [mark.question for mark in known.marks] == ["opening", "first", "first.a"]
    assert known.actions[-1].ending is Ending.FINISHED
    assert known.speakers_in(1) == 3
    note, tag, present = study.notes(study.grant("P01", Record), "P01-1", 1)
    assert (note.text, tag.text, present.text) == ("He laughed.", "important", "home")
    assert present.people == (Person(role=Role.INTERPRETER), Person(role=Role.RELATIVE, talks=False))


def test_what_is_wrong_is_said_and_changes_nothing(run: Run, study: Study) -> None:
    wrong = (
        "hello there",
        "9",
        "tag x",
        "here nobody",
        "strike 2",
        "strike many yes",
        "end",
        "on",
        "ask 7",
        "note",
    )
    said = run("hold", "P01", "--plain", typed=lines(*wrong, "end dropped"))
    complaints = [line for line in said.out.splitlines() if line.startswith("! ")]
    assert len(complaints) == len(wrong)
    assert "“hello” is not one of the words" in complaints[0]
    assert [action.kind for action in study.interview("P01-1").actions] == [
        ActionKind.STARTED,
        ActionKind.ENDED,
    ]


def test_everything_else_that_can_be_typed(run: Run, study: Study, recorders: Recorders) -> None:
    typed = ("help", "ask 1", "own And your dog?", "undo", "redo", "back", "off", "where", "on", "outline")
    said = run("hold", "P01", "--plain", typed=lines(*typed, "earlier", "end later"))
    assert "Off the record: nothing is recorded.\nPut: " in said.out
    assert "1 First: current" in said.out
    assert "! “Closing” can't be left out." in said.out
    assert kinds(study)[1:-1] == [
        ActionKind.PUT,
        ActionKind.PUT,
        ActionKind.UNDONE,
        ActionKind.REDONE,
        ActionKind.WENT_BACK,
        ActionKind.PAUSED,
        ActionKind.RESUMED,
    ]
    assert recorders.last.told[:2] == ["pause", "resume"]


def test_the_end_of_input_leaves_the_recording_running(run: Run, study: Study, recorders: Recorders) -> None:
    said = run("hold", "P01", "--plain", typed=lines(""))
    assert said.code == 0
    assert "The recording goes on for a minute." in said.out
    assert recorders.last.told == ["close"]
    assert [action.kind for action in study.interview("P01-1").actions] == [
        ActionKind.STARTED,
        ActionKind.PUT,
    ]


def test_a_finished_interview_is_in_the_contact_log(run: Run, study: Study) -> None:
    run("hold", "P01", "--plain", typed=lines("end dropped"))
    assert contacts.of(study, "P01").log == ()
    run("hold", "P01", "--plain", typed=lines("end finished"))
    assert [entry.kind for entry in contacts.of(study, "P01").log] == [ContactKind.HELD]


def test_distress_pauses_and_both_protocols_are_read_out(
    run: Run, study: Study, recorders: Recorders
) -> None:
    said = run("hold", "P01", "--plain", typed=lines("distress", "safeguarding", "end finished"))
    assert recorders.last.told[0] == "pause"
    assert "Off the record: nothing is recorded." in said.out
    assert said.out.count("1. ") == 2
    assert kinds(study).count(ActionKind.PAUSED) == 1


@pytest.mark.parametrize(
    ("wish", "calls", "queued"), [("keep", 1, False), ("destroy", 0, False), ("everything", 0, True)]
)
def test_a_participant_who_withdraws_is_asked_what_of_it_may_be_kept(
    run: Run, study: Study, wish: str, calls: int, queued: bool
) -> None:
    said = run("hold", "P01", "--plain", typed=lines("withdraw", f"withdraw {wish}", f"withdraw {wish} yes"))
    assert said.out.count("! What do they want of it?") == 2
    assert "The withdrawal is on record" in said.out
    assert len(study.interview("P01-1").calls) == calls
    assert study.standing("P01").queued is queued
    assert ("They are to be erased" in said.out) is queued
    with pytest.raises(ConsentRefused):
        study.grant("P01", Record)


def test_a_device_that_fails_is_one_line(run: Run, study: Study, recorders: Recorders) -> None:
    recorders.refusal = DeviceError("mic can't be recorded from.", "Choose another.")
    said = run("hold", "P01", "--plain")
    assert (said.code, said.err) == (3, "Error: mic can't be recorded from. Choose another.\n")


def test_without_consent_or_screen_it_is_refused(run: Run, study: Study) -> None:
    study.add_participant("patients", "uk")
    assert run("hold", "P02", "--plain").code == 4
    assert run("hold", "P01").code == 2
    assert run("hold", "P09", "--plain").code == 2
