"""A call that was paused, struck and broken off, from its recording to every form in which it is read."""

import json

import numpy as np
import openpyxl
import pytest

from interviewkit import session, session_moves
from interviewkit.audio import SAMPLE_RATE
from interviewkit.consent import Record
from interviewkit.models import Ending
from interviewkit.study import Study
from interviewkit.study_documents import Recorded
from tests import fakes
from tests.cli.conftest import Run


class Tape:
    """Anchors that are set by hand, and the clock that goes with them."""

    def __init__(self) -> None:
        self.at_s = self.clock_s = 0.0

    def frame_at(self, monotonic_s: float) -> int:
        return round(self.at_s * SAMPLE_RATE)

    def monotonic(self) -> float:
        return self.clock_s

    def go(self, seconds: float, *, recorded: bool = True) -> None:
        self.clock_s += seconds
        self.at_s += seconds if recorded else 0.0


def recorded(study: Study, interview: str, recording: str) -> None:
    grant = study.grant("P01", Record)
    with study.recording_writer(grant, interview, recording, sample_rate=SAMPLE_RATE, channels=1) as writer:
        writer.write(np.zeros((1, fakes.LENGTH_S * SAMPLE_RATE), np.int16))
    facts = Recorded(recording, "recorded", SAMPLE_RATE, 1, writer.frames, writer.head)
    study.add_call(grant, interview, facts)
    study.keep_promises()


@pytest.fixture(name="interview")
def _interview(study: Study, speech: fakes.Speech, run: Run) -> str:
    """Two calls: the first is paused in the middle of an answer, struck near its end, and breaks off."""
    grant = study.grant("P01", Record)
    interview = study.new_interview(grant).id
    tape = Tape()
    log = session.hold(study, grant, interview).log
    held = session.Session(log, tape, session._Saver(study, grant, interview, log), tape.monotonic)
    held.start(tape, "one", 1)
    tape.go(7)
    held.do(session_moves.pause)
    tape.go(125, recorded=False)
    held.do(session_moves.resume)
    tape.go(10)
    held.do(session_moves.strike, round(16.1 * SAMPLE_RATE), confirm=True)
    held.do(session_moves.end, Ending.DROPPED)
    recorded(study, interview, "one")
    tape.at_s = 0.0
    held.start(tape, "two", 2)
    tape.go(18)
    held.do(session_moves.end)
    recorded(study, interview, "two")
    assert run("process", interview, "-q").code == 0
    return interview


def test_it_is_shown_where_it_is_not_there(run: Run, interview: str) -> None:
    shown = run("transcript", "show", interview).out
    first, second = shown.split("╌╌ call 2 begins ╌╌")
    lines = [line.strip() for line in first.splitlines() if line.strip()]
    paused = lines.index("╌╌ off the record for 2 min 05 s ╌╌")
    # The answer goes on after the pause, in a turn of its own.
    assert lines[paused - 1] == "With a letter from"
    assert lines[paused + 2] == "my doctor."
    assert "╌╌ destroyed: 1 s ╌╌" in lines
    assert "them" not in first
    assert lines.index("╌╌ the line broke off ╌╌") > paused
    assert "them up." in second


def test_it_is_in_every_export(run: Run, study: Study, interview: str) -> None:
    for name, mark in (("txt", "[off the record for 2 min 05 s]"), ("vtt", "[destroyed: 1 s]")):
        assert mark in run("transcript", "show", interview, "--call", 1, f"--{name}").out
    assert "[call 2 begins]" in run("transcript", "show", interview, "--call", 2, "--srt").out
    breaks = json.loads(run("transcript", "show", interview, "--json").out)["breaks"]
    assert [(one["kind"], one["at"]) for one in breaks] == [
        ("off the record", 7.0),
        ("struck", 16.1),
        ("line broke off", 18.0),
    ]
    sheet = openpyxl.load_workbook(run("export", "xlsx").out.strip())["Turns"]
    texts = [row[10] for row in sheet.iter_rows(values_only=True)]
    assert "[off the record for 2 min 05 s]" in texts
    assert texts.index("[the line broke off]") + 1 == texts.index("[call 2 begins]")
    everything = b"".join(path.read_bytes() for path in study.paths.transcripts.rglob("raw-1*"))
    assert b'"them"' not in everything


def test_what_is_struck_afterwards_is_shown_too(run: Run, interview: str) -> None:
    run("strike", interview, "--call", "2", "--from", "5", "--to", "9", "--yes")
    shown = run("transcript", "show", interview, "--call", 2)
    assert "╌╌ destroyed: 4 s ╌╌" in shown.out
    assert "doctor" not in shown.out
    assert f"{interview} has 2 calls; this is call 2." in shown.err


def test_calls_without_a_transcript_are_named(run: Run, study: Study, interview: str) -> None:
    path = study.paths.raw(interview, 1, ".json")
    path.unlink()
    shown = run("transcript", "show", interview)
    assert f"{interview}, call 1, has no transcript yet." in shown.err
    assert "call 2 begins" in shown.out
    study.paths.raw(interview, 2, ".json").unlink()
    assert run("transcript", "show", interview).code == 2
