"""Recording into a sealed study: by whom it can be read, in the call, after it, and after a crash."""

from pathlib import Path

import numpy as np
import pytest

from interviewkit import audit_checkpoint, audit_verify, key_people, session, session_moves, withdrawal
from interviewkit.audio import SAMPLE_RATE
from interviewkit.capture import client, control, journal
from interviewkit.capture.messages import Closed, Order, Wanted
from interviewkit.consent import Record, Transcribe
from interviewkit.errors import Locked
from interviewkit.models import Interview, Side
from interviewkit.recording import RecordingWriter
from interviewkit.sealing import Guarded, KeyClass, Preset, Role, Secret, sealer
from interviewkit.session_notes import WrapUp
from interviewkit.study import Study
from interviewkit.study_keys import Founder
from tests import small_study

MIC = Wanted("mic", "ALSA", 1)
SOUND = np.random.default_rng(3).integers(-9000, 9000, (1, 4 * SAMPLE_RATE), np.int16)


@pytest.fixture(name="solo")
def _solo(tmp_path: Path) -> Study:
    study = small_study.sealed_study(tmp_path)
    study.add_participant("patients", "uk")
    small_study.give(study, "P01")
    return study


@pytest.fixture(name="team")
def _team(tmp_path: Path) -> tuple[Study, Secret]:
    """A team's study at the computer of an interviewer, and the key of a transcriber."""
    founder = Founder(small_study.own_key(), Secret.new(), "Ada", Preset.TEAM, (Role.INTERVIEWER,))
    templates = small_study.write_templates(tmp_path / "templates")
    study = Study.create(tmp_path / "study", templates, founder=founder)
    other = Guarded(Secret.new(), b"locked")
    key_people.new(study.keys, "Bob", other)
    key_people.give(study.keys, "bob", [Role.TRANSCRIBER])
    study.add_participant("patients", "uk")
    small_study.give(study, "P01")
    return study, other.secret


def begun(study: Study, monkeypatch: pytest.MonkeyPatch) -> Order:
    """What the recorder is told at its start."""
    orders: list[Order] = []
    monkeypatch.setattr(client, "start", orders.append)
    monkeypatch.setattr(client, "Recorder", lambda address: None)
    control.begin(study, study.grant("P01", Record), [MIC])
    return orders[0]


def recorded(order: Order, *, closed: bool, seconds: float = 3.5) -> None:
    """What a recorder's process makes of it, with nothing but the order; a kill leaves whole records."""
    using = sealer(order.seal)
    assert order.audio is not None
    assert order.journal is not None
    writer = RecordingWriter(
        Path(order.audio), order.recording, SAMPLE_RATE, 1, seal=using.seal, suffix=using.suffix
    )
    writer.write(SOUND[:, : round(seconds * SAMPLE_RATE)])
    if closed:
        writer.close()
        journal.append(Path(order.journal), Closed("stopped", writer.frames, (), writer.head))
    else:
        writer._file.close()


def heard(study: Study, interview: str) -> np.ndarray[tuple[int, ...], np.dtype[np.int16]]:
    with study.recording(study.grant("P01", Transcribe), interview, 1) as reader:
        return (reader.read(0, reader.frames) * 32768).astype(np.int16)


def test_the_recorder_gets_public_keys_alone(solo: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    order = begun(solo, monkeypatch)
    assert order.seal == solo.keys.sealer("P01", KeyClass.AUDIO).recipe
    written = Path(str(order.journal)).read_bytes()
    assert b"SECRET" not in written
    recorded(order, closed=True)
    data = Path(str(order.audio)).read_bytes()
    assert b"fLaC" not in data
    assert data.count(b"age-encryption.org/v1") == 4


def test_a_recording_is_kept_and_heard(solo: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    order = begun(solo, monkeypatch)
    recorded(order, closed=True)
    kept = control.keep(solo, solo.grant("P01", Record), order.interview, order.recording)
    assert kept is not None
    assert (kept.complete, kept.call.frames) == (True, 3.5 * SAMPLE_RATE)
    assert np.array_equal(heard(solo, order.interview), SOUND[:, : round(3.5 * SAMPLE_RATE)])
    # Up to here nothing can be changed any more without what was left for the ethics officer showing it.
    left = audit_checkpoint.read(solo.paths.checkpoint.read_text(), "it")
    report = audit_verify.verify(solo.paths, left)
    assert (report.verdict, report.problems) == (audit_verify.Verdict.INTACT, ())


def test_recording_needs_no_passphrase_once_it_has_begun(
    solo: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = begun(solo, monkeypatch)
    grant = solo.grant("P01", Record)
    solo.keys.lock()
    recorded(order, closed=False)
    with pytest.raises(Locked):
        control.keep(solo, grant, order.interview, order.recording)
    solo.keys.use("researcher", small_study.own_key().secret)
    kept = control.keep(solo, grant, order.interview, order.recording)
    assert kept is not None
    assert (kept.complete, kept.call.frames) == (False, 3 * SAMPLE_RATE)


@pytest.mark.parametrize("closed", [True, False])
def test_the_call_in_hand_is_the_interviewers_until_it_is_wrapped_up(
    team: tuple[Study, Secret], monkeypatch: pytest.MonkeyPatch, closed: bool
) -> None:
    study, transcriber = team
    order = begun(study, monkeypatch)
    recorded(order, closed=closed)
    grant = study.grant("P01", Record)
    kept = control.keep(study, grant, order.interview, order.recording)
    assert kept is not None
    study.save_wrap_up(grant, order.interview, 1, WrapUp(note="A canary."))
    length = kept.call.frames
    assert np.array_equal(heard(study, order.interview), SOUND[:, :length])
    assert study.wrap_up(grant, order.interview, 1).note == "A canary."
    study.keys.forget("P01")
    for reading in (lambda: heard(study, order.interview), lambda: study.wrap_up(grant, order.interview, 1)):
        with pytest.raises(Locked, match="role does not open"):
            reading()
    assert read_by(study, transcriber, order.interview) == SOUND[:, :length].tobytes()


@pytest.mark.parametrize("closed", [True, False])
def test_after_a_crash_it_is_kept_without_being_opened(
    team: tuple[Study, Secret], monkeypatch: pytest.MonkeyPatch, closed: bool
) -> None:
    study, transcriber = team
    order = begun(study, monkeypatch)
    recorded(order, closed=closed)
    study.keys.forget("P01")
    kept = control.keep(study, study.grant("P01", Record), order.interview, order.recording)
    assert kept is not None
    assert (kept.complete, kept.call.frames) == (closed, (3.5 if closed else 3) * SAMPLE_RATE)
    assert read_by(study, transcriber, order.interview) == SOUND[:, : kept.call.frames].tobytes()


def read_by(study: Study, own: Secret, interview: str) -> bytes:
    """What the transcriber hears, who opens no consent."""
    study.keys.use("bob", own)
    with pytest.raises(Locked):
        study.consent_events("P01")
    return heard(study, interview).tobytes()


def test_what_is_struck_without_the_key_is_promised(
    team: tuple[Study, Secret], monkeypatch: pytest.MonkeyPatch
) -> None:
    study, _ = team
    order = begun(study, monkeypatch)
    recorded(order, closed=True)
    study.keys.forget("P01")
    control.keep(study, study.grant("P01", Record), order.interview, order.recording)
    with pytest.raises(Locked):
        study.strike(order.interview, 1, 1, 2)
    (promise,) = study.interview(order.interview).left_out
    assert (promise.start_frame, promise.stop_frame) == (SAMPLE_RATE, 2 * SAMPLE_RATE)
    assert study.interview(order.interview).calls[0].struck == ()
    # It is told whenever the study is opened, until somebody whose role opens it has done so.
    told: list[str] = []
    Study.open(study.root, lambda warned: told.append(warned.message))
    assert any("still there" in line for line in told)


def test_a_side_is_known_without_any_key(team: tuple[Study, Secret]) -> None:
    study, _ = team
    made: Interview = study.new_interview(study.grant("P01", Record), Side.LEFT)
    study.keys.lock()
    assert study.interview(made.id).interviewer is Side.LEFT


class Beginning:
    """Every moment is that at which the recording began."""

    def frame_at(self, monotonic_s: float) -> int:
        return 0


def test_whoever_opens_no_consent_still_destroys_what_is_promised(
    team: tuple[Study, Secret], monkeypatch: pytest.MonkeyPatch
) -> None:
    study, transcriber = team
    order = begun(study, monkeypatch)
    recorded(order, closed=True)
    grant = study.grant("P01", Record)
    control.keep(study, grant, order.interview, order.recording)
    held = session.hold(study, grant, order.interview)
    held.start(Beginning(), order.recording, 1)
    held.do(session_moves.withdraw, keep=False, confirm=True)
    study.keys.use("bob", transcriber)
    told: list[str] = []
    opened = Study.open(study.root, lambda warned: told.append(warned.message))
    assert told == []
    assert withdrawal.settle(opened) == []
    assert not study.paths.audio(order.interview, 1).exists()
