"""The demonstration interview with nothing replaced: recorder, played voices, real transcription."""

import os
import re
import subprocess
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
import yaml
from numpy.typing import NDArray

from interviewkit import demo_interview, schedule, scoring
from interviewkit.audio import SAMPLE_RATE
from interviewkit.capture import control, scripted
from interviewkit.capture.client import Recorder
from interviewkit.capture.messages import Levels, Wanted
from interviewkit.capture.provisional import ProvisionalSpool
from interviewkit.capture.stage import LEAD_S, THINKING_S, folder_clips
from interviewkit.consent import Record
from interviewkit.demo_interview import CALL
from interviewkit.models import Call, Interview, Mark
from interviewkit.recording import RecordingReader
from interviewkit.sealing import ClearOpener, ClearSealer
from interviewkit.study import Study
from tests import small_study
from tests.system import real, taping
from tests.system.virtual_sound import SoundSystem, find, likeness, voice, wait_until

pytestmark = pytest.mark.slow

CLIPS = folder_clips(scripted.VOICES)
GUIDE = schedule.load(CALL / "schedules" / "patient.yaml")
SCRIPT = yaml.safe_load((CALL / "script.yaml").read_text("utf-8"))
CROSSTALK_DB = -40.0


def clip(name: str) -> NDArray[np.int16]:
    found = CLIPS(name)
    assert found is not None
    return found


def sound_of(study: Study, interview: str, call: Call) -> NDArray[np.int16]:
    with taping.reading(study, interview, call.number) as reader:
        assert (reader.problems, reader.head) == ([], call.head)
        return np.asarray(reader.read(0, reader.frames) * 32768, np.int16)


def leak_db(played: NDArray[np.int16], other: NDArray[np.int16], at: int) -> float:
    """How loud what was played at a frame of one channel is on the other."""
    there = other[at : at + played.size].astype(float)
    sound = played[: there.size].astype(float)
    return float(20 * np.log10(max(abs(there @ sound) / (sound @ sound), 1e-9)))


# ── an interview that holds itself ──────────────────────────────────────────────────────────────


@dataclass
class Shown:
    """A short interview by itself, and what it left."""

    study: Study
    interview: Interview
    out: str
    err: str
    turns: list[dict[str, Any]]

    @property
    def marks(self) -> list[Mark]:
        return [mark for mark in self.interview.marks if mark.question != "opening"]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    folder = tmp_path_factory.mktemp("demo") / "study"
    done = real.run("demo", "--interview", "--by-itself", "--short", folder)
    assert done.returncode == 0, done.stderr
    study = Study.open(folder)
    (interview,) = study.interviews()
    found = real.run("transcript", "show", interview.id, "--json", "--study", folder)
    return Shown(study, interview, done.stdout, done.stderr, orjson.loads(found.stdout)["turns"])


@pytest.mark.weights
def test_it_is_over_in_a_minute_and_nothing_was_lost(shown: Shown) -> None:
    (call,) = shown.interview.calls
    assert 30 < call.duration_s < 60
    assert call.gaps == ()
    assert len(shown.marks) == demo_interview.SHORT


@pytest.mark.weights
def test_what_was_recorded_is_what_was_played_each_on_its_side(shown: Shown) -> None:
    left, right = sound_of(shown.study, shown.interview.id, shown.interview.calls[0])
    for mark in shown.marks:
        asked, answer = clip(f"{mark.question}-asks"), clip(f"{mark.question}-answers")
        until = mark.frame + asked.size + answer.size + 2 * SAMPLE_RATE
        began = find(asked, left[mark.frame : until]) + mark.frame
        assert abs(began - mark.frame - LEAD_S * SAMPLE_RATE) < 0.02 * SAMPLE_RATE
        assert likeness(asked, left[mark.frame : until]) > 0.9
        assert leak_db(asked, right, began) < CROSSTALK_DB
        answered = find(answer, right[mark.frame : until]) + mark.frame
        assert abs(answered - began - asked.size - THINKING_S * SAMPLE_RATE) < 3
        assert likeness(answer, right[mark.frame : until]) > 0.9
        assert leak_db(answer, left, answered) < CROSSTALK_DB


@pytest.mark.weights
def test_every_answer_is_under_its_question_with_its_speaker_and_its_words(shown: Shown) -> None:
    wrong = words = 0.0
    texts = schedule.wording(GUIDE)
    for mark in shown.marks:
        for speaker, text in (
            ("Interviewer", texts[mark.question]),
            (shown.interview.participant, SCRIPT["answers"][mark.question]),
        ):
            wanted = re.sub(r"\[[\d.]+\]", "", text)
            heard = " ".join(
                turn["text"]
                for turn in shown.turns
                if (turn["question"], turn["speaker"]) == (mark.question, speaker)
            )
            count = len(scoring.normalised(wanted).split())
            wrong += count * scoring.word_error_rate(wanted, heard)
            words += count
    assert words > 100
    # 0.02 where it was made.
    assert wrong / words <= 0.08


@pytest.mark.weights
def test_it_ends_with_the_transcript_under_its_questions(shown: Shown) -> None:
    lines = shown.out.splitlines()
    headings = [line for line in lines if line.startswith(("══", "──"))]
    assert [re.sub(r"[═─]+", "", line).strip() for line in headings] == [
        "Experience of iCBT implementation › Implementation process",
        "1. How the programme was first offered",
        "2. The first time",
        "Contextual considerations › Wider context",
        "6. The wider world",
        "Not asked",
    ]
    assert [line.strip() for line in lines if line.startswith("  · ")] == [
        "· Contact with the supporter",
        "· What mattered most",
        "· Daily life at the time",
    ]
    assert "--by-question" in shown.err


# ── the line itself ─────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """A small study with a consented participant, P01, in a demonstration."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    monkeypatch.setenv(scripted.SCRIPT_VARIABLE, scripted.MUTE)
    made = small_study.new_study(tmp_path)
    made.add_participant("patients", "uk")
    small_study.give(made, "P01")
    return made


def recorded_until(recorder: Recorder, frame: int) -> None:
    """Wait until so much is recorded."""
    until_s = time.monotonic() + 60
    while time.monotonic() < until_s:
        message = recorder.receive(1.0)
        if isinstance(message, Levels) and message.frame >= frame:
            return
    raise AssertionError("it was never recorded")


def kept(study: Study, recorder: Recorder) -> tuple[Call, NDArray[np.int16]]:
    recorder.stop()
    recorder.wait_closed(10)
    state = recorder.state
    found = control.keep(study, study.grant("P01", Record), state.interview, state.recording)
    assert found is not None
    return found.call, sound_of(study, found.interview, found.call)


def test_what_is_said_off_the_record_is_not_recorded(study: Study) -> None:
    aside = clip("supporter-paused")
    with control.begin(study, study.grant("P01", Record), (scripted.wanted(2),)) as recorder:
        recorder.cue("supporter")
        recorded_until(recorder, SAMPLE_RATE)
        recorder.cue("paused")
        recorder.pause()
        paused_s = time.monotonic()
        time.sleep(THINKING_S + aside.size / SAMPLE_RATE + 0.5)
        recorder.resume()
        off_s = time.monotonic() - paused_s
        recorded_until(recorder, 2 * SAMPLE_RATE)
        call, sound = kept(study, recorder)
    (gap,) = call.gaps
    assert gap.reason == "paused"
    assert abs(gap.seconds - off_s) < 0.1
    assert call.duration_s < 5
    # Nothing but the noise of the line is on the participant's side.
    assert np.abs(sound[1]).max() < 700
    assert np.abs(sound[0]).max() > 3000


def test_beside_a_real_microphone_the_participant_takes_the_other_side(
    system: SoundSystem, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in system.environment.items():
        monkeypatch.setenv(name, value)
    spoken, answer = voice(1, 3), clip("opening.a-answers")
    inputs = (Wanted("interviewer", "ALSA", 1), scripted.wanted(1))
    with control.begin(study, study.grant("P01", Record), inputs) as recorder:
        recorded_until(recorder, SAMPLE_RATE)
        with system.playing("interviewer_mic", spoken[None]) as player:
            wait_until(lambda: player.poll() is not None, "the question was never over")
        recorder.cue("opening.a")
        recorded_until(recorder, 11 * SAMPLE_RATE)
        call, sound = kept(study, recorder)
    assert call.gaps == ()
    assert likeness(spoken, sound[0]) > 0.9
    assert likeness(answer, sound[1]) > 0.9
    began = find(answer, sound[1])
    assert leak_db(answer, sound[0], began) < CROSSTALK_DB


def test_a_consent_can_be_practised(study: Study, tmp_path: Path) -> None:
    spool = ProvisionalSpool((scripted.wanted(2),))
    for statement in ("recorded", "quoted"):
        begun_s = spool.held_s
        spool.cue(statement)
        length_s = demo_interview.length_s(f"consent.{statement}")
        wait_until(partial(held_for, spool, begun_s + length_s + 0.5), "it was never answered", 30)
    path = tmp_path / "clip.tar"
    spool.keep(study.grant("P01", Record), path, ClearSealer(), ClearOpener())
    with RecordingReader(path) as reader:
        left, right = np.asarray(reader.read(0, reader.frames) * 32768, np.int16)
    for name in ("consent.recorded", "consent.quoted"):
        assert likeness(clip(f"{name}-asks"), left) > 0.9
    assert likeness(clip("consent.quoted-answers"), right) > 0.9


def held_for(spool: ProvisionalSpool, length_s: float) -> bool:
    return spool.held_s >= length_s


def test_the_call_is_heard_while_it_is_recorded_and_also_off_the_record(
    system: SoundSystem, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in system.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv(scripted.SCRIPT_VARIABLE, scripted.ALOUD)
    asked, answer, aside = clip("supporter.a-asks"), clip("supporter.a-answers"), clip("supporter-paused")
    with (
        system.heard() as monitor,
        control.begin(study, study.grant("P01", Record), (scripted.wanted(2),)) as recorder,
    ):
        recorder.cue("supporter.a")
        recorded_until(recorder, asked.size + answer.size + 3 * SAMPLE_RATE)
        recorder.cue("paused")
        recorder.pause()
        enough = monitor.frames + aside.size + 3 * SAMPLE_RATE
        wait_until(lambda: monitor.frames > enough, "nothing more was heard", 60)
        heard = monitor.samples
        _, sound = kept(study, recorder)
    for said in (asked, answer, aside):
        assert likeness(said, heard) > 0.9
    assert likeness(answer, sound[1]) > 0.9


def test_outside_a_demonstration_nothing_is_recorded_from_a_script(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(scripted.SCRIPT_VARIABLE)
    done = subprocess.run(
        [*real.PROGRAM, "record", "P01", "--device", scripted.NAME, "--study", str(study.root)],
        capture_output=True,
        text=True,
        check=False,
        env=dict(os.environ),
    )
    assert done.returncode != 0
    assert study.interviews() == []
