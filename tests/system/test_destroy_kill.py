"""Striking and discarding, killed at every point: after the next start, what was promised is so."""

import io
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import soundfile

from interviewkit import checking, drafts, session, session_moves, withdrawal
from interviewkit.audio import SAMPLE_RATE
from interviewkit.capture import control, journal
from interviewkit.capture.messages import Order, Wanted
from interviewkit.consent import Record, Store
from interviewkit.edits import Tick
from interviewkit.errors import ConsentRefused
from interviewkit.models import Check, Ending
from interviewkit.recording import RecordingReader
from interviewkit.study import Study
from tests import small_study
from tests.system.killing import EVERY, killed_at, points
from tests.tui.study import transcript

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="needs fork")]
SECONDS = 6
RECORDING = "0" * 32
STRUCK_S = (1.5, 4.25)
SAID = "a secret that was told"


class Anchors:
    """A recording that began when it was made and has not paused; each second of the test is a frame's."""

    def frame_at(self, monotonic_s: float) -> int:
        return round(STRUCK_S[1] * SAMPLE_RATE)


def sound() -> np.ndarray:
    return np.random.default_rng(7).integers(-20_000, 20_000, (1, SECONDS * SAMPLE_RATE), np.int16)


def unfinished(folder: Path) -> Study:
    """A call that is over and not kept: recording, journal, log and a note, as the room leaves them."""
    study = small_study.new_study(folder)
    interview = small_study.consented_interview(study)
    grant = study.grant(interview.participant, Record)
    with study.recording_writer(
        grant, interview.id, RECORDING, sample_rate=SAMPLE_RATE, channels=1
    ) as writer:
        writer.write(sound())
    order = Order(RECORDING, interview.id, "nowhere", (Wanted("mic", "ALSA", 1),))
    journal.create(study.paths.journal(interview.id, RECORDING), order)
    held = session.hold(study, grant, interview.id)
    held.start(Anchors(), RECORDING, 1)
    held.do(session_moves.note, SAID)
    return study


def kept(folder: Path) -> Study:
    """A call of the study with a transcript."""
    study = unfinished(folder)
    held = session.hold(study, study.grant("P01", Record), "P01-1", Anchors())
    held.do(session_moves.end)
    control.keep(study, study.grant("P01", Record), "P01-1", RECORDING)
    found = transcript(
        (("Interviewer", "So how did it begin?", None), ("P01", f"Well {SAID} and then I left", None))
    )
    work = drafts.Work(finished=True, transcript=found)
    study.save_raw(study.grant("P01", Store), "P01-1", 1, drafts.pack(work))
    now = datetime.now(UTC)
    checked = checking.begun(found, None, "P01-1", "Ada", now).changed(Tick(1, Check(by="Ada", at=now)))
    tables = checking.pack(checked.record(now), found)
    study.save_checked(study.grant("P01", Store), "P01-1", 1, tables)
    return study


def heard(root: Path) -> bytes:
    """All sound that is in any file of a study, whatever the file is called."""
    found = []
    for path in sorted(root.rglob("*")):
        data = path.read_bytes() if path.is_file() else b""
        at = data.find(b"fLaC")
        while at >= 0:
            after = data.find(b"fLaC", at + 4)
            with suppress(soundfile.SoundFileError):
                flac = io.BytesIO(data[at : after if after > 0 else None])
                found.append(soundfile.read(flac, dtype="int16")[0].tobytes())
            at = after
    return b"".join(found)


def pieces(start_s: float, stop_s: float) -> list[bytes]:
    """The sound of a stretch in pieces of a hundredth of a second."""
    step = SAMPLE_RATE // 100
    frames = range(round(start_s * SAMPLE_RATE), round(stop_s * SAMPLE_RATE) - step, 7 * step)
    return [sound()[0, at : at + step].tobytes() for at in frames]


def typed(root: Path) -> bytes:
    return b"".join(path.read_bytes() for path in root.rglob("*.json"))


def check_struck(study: Study) -> None:
    """The stretch is nowhere, everything else is there, and the recording is whole."""
    sounds = heard(study.root)
    assert not [piece for piece in pieces(*STRUCK_S) if piece in sounds]
    assert all(piece in sounds for piece in pieces(0, STRUCK_S[0]) + pieces(STRUCK_S[1], SECONDS))
    call = study.call("P01-1", 1)
    with RecordingReader(study.paths.audio("P01-1", 1), expected_head=call.head) as reader:
        assert reader.problems == []
        assert reader.complete
        assert reader.frames == SECONDS * SAMPLE_RATE == call.frames
    (struck,) = call.struck
    assert (struck.start_frame, struck.stop_frame) == tuple(round(at * SAMPLE_RATE) for at in STRUCK_S)
    assert not struck.altered
    assert not list(study.root.rglob("*.striking.partial"))


def strike_later(root: Path) -> None:
    Study.open(root).strike("P01-1", 1, *STRUCK_S)


def test_a_strike_of_a_kept_call(tmp_path: Path) -> None:
    promised = 0
    for point in points():
        root = kept(tmp_path / str(point)).root
        done = killed_at(point, lambda root=root: strike_later(root))  # type: ignore[misc]
        study = Study.open(root)
        if study.interview("P01-1").left_out:
            promised += 1
            check_struck(study)
            assert b"secret" not in typed(root)
            assert b"how" in typed(root)
        else:
            assert all(piece in heard(root) for piece in pieces(0, SECONDS))
            assert b"secret" in typed(root)
        if done:
            break
    assert promised > 8 // EVERY


def strike_and_keep(root: Path) -> None:
    study = Study.open(root)
    grant = study.grant("P01", Record)
    held = session.hold(study, grant, "P01-1", Anchors())
    held.do(session_moves.strike, round(STRUCK_S[0] * SAMPLE_RATE), confirm=True)
    held.do(session_moves.end)
    control.keep(study, grant, "P01-1", RECORDING)


def test_a_strike_in_the_course_of_a_call(tmp_path: Path) -> None:
    promised = 0
    for point in points():
        root = unfinished(tmp_path / str(point)).root
        done = killed_at(point, lambda root=root: strike_and_keep(root))  # type: ignore[misc]
        study = Study.open(root)
        assert withdrawal.settle(study) == []
        if study.interview("P01-1").left_out:
            promised += 1
            sounds = heard(root)
            assert not [piece for piece in pieces(*STRUCK_S) if piece in sounds]
            for left in control.unfinished(study):
                control.keep(study, study.grant("P01", Record), left.interview, left.recording)
            check_struck(study)
        if done:
            break
    assert promised > 8 // EVERY


def withdraw(root: Path, keep: bool) -> None:
    study = Study.open(root)
    grant = study.grant("P01", Record)
    held = session.hold(study, grant, "P01-1", Anchors())
    held.do(session_moves.withdraw, keep=keep, confirm=True)
    withdrawal.stop(study, "P01-1", by="Ada")


def withdrawn(study: Study) -> bool:
    try:
        study.grant("P01", Record)
    except ConsentRefused:
        return True
    return False


@pytest.mark.parametrize("calls", [1, 2])
def test_a_withdrawal_that_leaves_nothing(tmp_path: Path, calls: int) -> None:
    promised = 0
    for point in points():
        root = (unfinished if calls == 1 else with_two_calls)(tmp_path / str(point)).root
        done = killed_at(point, lambda root=root: withdraw(root, keep=False))  # type: ignore[misc]
        study = Study.open(root)
        assert withdrawal.settle(study) == []
        known = study.interview("P01-1")
        if known.withdrawal is not None:
            promised += 1
            assert withdrawn(study)
            assert heard(root) == b""
            assert b"secret" not in typed(root)
            assert [path.name for path in study.paths.interview("P01-1").parent.iterdir()] == [
                "interview.json"
            ]
            assert not list(study.paths.transcripts.rglob("*.json"))
            assert known.calls == ()
            assert known.discarded_at is not None
            assert [action.kind for action in known.actions][-1] == known.withdrawal.kind
            events = [event.kind for event in study.consent_events("P01")]
            assert events == ["given", "withdrawn"]
        else:
            assert not withdrawn(study)
            assert all(piece in heard(root) for piece in pieces(0, SECONDS))
        if done:
            break
    assert promised > 6 // EVERY


def with_two_calls(folder: Path) -> Study:
    """A kept call with a transcript, and another one of the same interview that is over and not kept."""
    study = kept(folder)
    grant = study.grant("P01", Record)
    with study.recording_writer(grant, "P01-1", "1" * 32, sample_rate=SAMPLE_RATE, channels=1) as writer:
        writer.write(sound())
    order = Order("1" * 32, "P01-1", "nowhere", (Wanted("mic", "ALSA", 1),))
    journal.create(study.paths.journal("P01-1", "1" * 32), order)
    held = session.hold(study, grant, "P01-1")
    held.start(Anchors(), "1" * 32, 2)
    held.do(session_moves.note, SAID)
    return study


def test_a_withdrawal_that_keeps_what_was_agreed_to(tmp_path: Path) -> None:
    promised = 0
    for point in points():
        root = unfinished(tmp_path / str(point)).root
        done = killed_at(point, lambda root=root: withdraw(root, keep=True))  # type: ignore[misc]
        study = Study.open(root)
        assert withdrawal.settle(study) == []
        known = study.interview("P01-1")
        if known.withdrawal is not None:
            promised += 1
            assert withdrawn(study)
            assert known.withdrawal.ending is Ending.WITHDRAWN_KEEP
            (call,) = known.calls
            with RecordingReader(study.paths.audio("P01-1", 1), expected_head=call.head) as reader:
                assert reader.problems == []
                assert reader.frames == SECONDS * SAMPLE_RATE
            assert b"secret" in typed(root)
            assert control.unfinished(study) == []
            assert len(study.consent_events("P01")) == 2
        if done:
            break
    assert promised > 6 // EVERY


def test_what_is_settled_stays_settled(tmp_path: Path) -> None:
    root = unfinished(tmp_path).root
    withdraw(root, keep=False)
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    for _ in range(2):
        assert withdrawal.settle(Study.open(root)) == []
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before
