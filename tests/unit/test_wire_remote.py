import io
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interviewkit import busy, errors, processes
from interviewkit.audio import MemoryAudio
from interviewkit.errors import SpeechError, WeightsError
from interviewkit.events import Progress, Waiting
from interviewkit.models import Chunk, Frozen, Heard, Layout, Region, Span, Voices, Word
from interviewkit.processes import GRACE_S, child, kill_children_of
from interviewkit.speech import wire
from interviewkit.speech.holding import Holding
from interviewkit.speech.remote import DEBUG_VARIABLE, Remote, remote
from interviewkit.speech.worker import PipedAudio
from tests.unit.test_processes import stands_still

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
linux = pytest.mark.skipif(sys.platform != "linux", reason="watches processes as Linux lets it")

# ── records on the wire ─────────────────────────────────────────────────────────────────────────

frames = st.integers(0, 2**40)
seconds = st.floats(-1e6, 1e6)
labels = st.text(st.characters(codec="utf-8"), max_size=8)
words = st.builds(Word, text=labels, start_s=seconds, end_s=seconds, probability=seconds)
records: st.SearchStrategy[Progress | Frozen] = st.one_of(
    st.builds(Progress, step=labels, done=seconds, total=seconds),
    st.builds(Region, channel=st.integers(0, 1), start_frame=frames, stop_frame=frames),
    st.builds(Span, speaker=labels, start_s=seconds, end_s=seconds),
    st.builds(
        Voices,
        first_s=seconds,
        step_s=seconds,
        speakers=st.tuples(labels, labels),
        likeness=st.lists(st.tuples(seconds, seconds), max_size=3).map(tuple),
    ),
    st.builds(
        Heard,
        chunk=st.integers(0, 99),
        words=st.lists(words, max_size=3).map(tuple),
        language=labels,
        avg_logprob=seconds,
        no_speech_prob=seconds,
        compression_ratio=seconds,
    ),
)


@settings(max_examples=60)
@given(records)
def test_what_goes_over_the_wire_arrives_as_it_was(record: Progress | Frozen) -> None:
    stream = io.BytesIO()
    wire.send(stream, wire.pack(record))
    assert stream.getvalue().count(b"\n") == 1
    assert wire.unpack(orjson.loads(stream.getvalue())) == record


ERRORS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, errors.InterviewkitError)
]


@pytest.mark.parametrize("kind", ERRORS)
def test_an_error_arrives_as_it_was(kind: type[errors.InterviewkitError]) -> None:
    found = wire.unpack_error(wire.pack_error(kind("What happened.", "What to do."))["error"])
    assert (type(found), found.message, found.hint) == (kind, "What happened.", "What to do.")


def test_arguments_arrive_as_the_engine_takes_them() -> None:
    chunk = Chunk(channel=1, pieces=((0, 5), (9, 12)))
    sent = orjson.loads(orjson.dumps({"layout": Layout.SEPARATE, "chunks": [(4, chunk.model_dump())]}))
    assert wire.arguments("transcribe", sent) == {"layout": Layout.SEPARATE, "chunks": [(4, chunk)]}
    assert wire.arguments("detect", {"layout": "mono"}) == {"layout": Layout.MONO}
    region = Region(channel=1, start_frame=3, stop_frame=9)
    sent = orjson.loads(orjson.dumps({"speakers": None, "regions": [region.model_dump()]}))
    assert wire.arguments("diarise", sent) == {"speakers": None, "regions": [region]}


# ── sound through the pipe ──────────────────────────────────────────────────────────────────────


def test_sound_is_asked_for_by_frame() -> None:
    samples = np.arange(6, dtype=np.float32).reshape(2, 3)
    to_parent = io.BytesIO()
    audio = PipedAudio(2, 100, io.BytesIO(samples.tobytes()), to_parent)
    assert np.array_equal(audio.read(10, 13), samples)
    assert orjson.loads(to_parent.getvalue()) == {"read": [10, 13]}


def test_a_parent_that_hangs_up_within_the_sound_is_noticed() -> None:
    with pytest.raises(EOFError):
        PipedAudio(1, 100, io.BytesIO(b"1234567"), io.BytesIO()).read(0, 2)


# ── a real worker in a real process ─────────────────────────────────────────────────────────────


@contextmanager
def tiny(fault: str = "") -> Iterator[Remote]:
    with child("tests.unit.tiny_engine", environment={"PYTHONPATH": str(ROOT)}) as running:
        yield Remote(running, "tiny", {"fault": fault} if fault else {}, threading.Event())


def noise(channels: int, frames: int) -> MemoryAudio:
    generator = np.random.default_rng(7)
    return MemoryAudio(generator.integers(-9000, 9000, (channels, frames)).astype(np.int16))


def test_an_engine_works_in_a_process_of_its_own() -> None:
    audio = noise(2, 50_000)
    plan = [
        (0, Chunk(channel=0, pieces=((0, 20_000),))),
        (5, Chunk(channel=1, pieces=((7, 9), (30_000, 50_000)))),
    ]
    with tiny() as engine:
        told = engine.provenance()
        assert told["engine"] == "tiny"
        assert int(told["process"]) != os.getpid()
        assert list(engine.detect(audio, Layout.SEPARATE)) == [
            Progress("Finding speech", 0.5, 50_000),
            Region(channel=0, start_frame=0, stop_frame=50_000),
            Region(channel=1, start_frame=0, stop_frame=50_000),
        ]
        heard = [h for h in engine.transcribe(audio, Layout.SEPARATE, plan) if isinstance(h, Heard)]
        assert [h.chunk for h in heard] == [0, 5]
        for found, (_, chunk) in zip(heard, plan, strict=True):
            total = sum(float(audio.read(*piece)[chunk.channel].sum()) for piece in chunk.pieces)
            assert found.words[0].text == f"é{total:.4f}"
        assert list(engine.diarise(audio, [Region(channel=1, start_frame=0, stop_frame=5)], None)) == [
            Span(speaker="of None, 1", start_s=0.0, end_s=1.0),
            Voices(first_s=0.5, step_s=0.25, speakers=("A", "B"), likeness=((0.1, -0.2),)),
        ]
        assert engine.provenance() == told


def test_an_error_over_there_is_the_same_error_here() -> None:
    with tiny("no weights") as engine, pytest.raises(WeightsError) as raised:
        engine.provenance()
    assert raised.value.message == "The weights are not here."
    assert raised.value.hint == "Run: interviewkit weights fetch"


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("library", r"^The speech engine failed \(ValueError\)\."),
        ("memory", r"^There is not enough memory for this model\."),
        ("killed", r"^The speech engine stopped \(exit status -9\)\."),
    ],
)
def test_what_was_found_before_a_failure_is_not_lost(
    fault: str, message: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(DEBUG_VARIABLE, raising=False)
    with tiny(fault) as engine:
        answers = engine.diarise(noise(1, 100), [], 2)
        assert next(answers) == Span(speaker="of 2, 0", start_s=0.0, end_s=1.0)
        with pytest.raises(SpeechError, match=message) as raised:
            next(answers)
    assert raised.value.hint
    assert "somebody said" not in str(raised.value)
    assert capfd.readouterr().err == ""


def test_a_developer_sees_what_the_engine_wrote(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DEBUG_VARIABLE, "1")
    with tiny("library") as engine, pytest.raises(SpeechError):
        list(engine.diarise(noise(1, 100), [], 2))
    assert "Traceback" in capfd.readouterr().err


def test_an_engine_that_is_gone_is_said_at_the_next_call() -> None:
    with tiny() as engine:
        engine.provenance()
        running = engine._child
        running.process.kill()
        running.process.wait()
        with pytest.raises(SpeechError, match=r"exit status -9"):
            engine.provenance()


def test_leaving_in_the_middle_ends_the_engine() -> None:
    with tiny() as engine:
        assert list(islice(engine.detect(noise(1, 100), Layout.MONO), 1))
        running = engine._child
    assert running.process.returncode is not None
    assert running.send.closed
    assert running.receive.closed


def test_the_real_worker_names_the_real_engine_without_loading_it() -> None:
    with remote("whisper", {"weights": "/nowhere/base", "language": "en"}) as engine:
        assert engine.provenance()["model"] == "base"


def test_an_engine_that_cannot_be_made_is_one_line() -> None:
    with (
        remote("whisper", {"weights": "/nowhere", "threads": 1}) as engine,
        pytest.raises(SpeechError, match="engine failed"),
    ):
        list(engine.transcribe(noise(1, 32_000), Layout.MONO, [(0, Chunk(channel=0, pieces=((0, 32_000),)))]))


# ── while a call is being recorded ──────────────────────────────────────────────────────────────


@contextmanager
def held_tiny() -> Iterator[Remote]:
    with (
        child("tests.unit.tiny_engine", environment={"PYTHONPATH": str(ROOT)}) as running,
        Holding(running) as holding,
    ):
        yield Remote(running, "tiny", {}, holding.on)


@linux
def test_an_engine_stands_still_while_a_call_is_recorded_and_says_so() -> None:
    hold = busy.Hold("r")
    with held_tiny() as engine:
        answers = engine.diarise(noise(1, 100), [], 2)
        assert next(answers) == Waiting()
        assert stands_still(engine._child.process.pid)
        hold.release()
        assert next(answers) == Waiting(over=True)
        assert next(answers) == Span(speaker="of 2, 0", start_s=0.0, end_s=1.0)
        assert len(list(answers)) == 1


def test_where_it_can_not_be_stopped_it_waits_for_its_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "CAN_PAUSE", False)
    plan = [(0, Chunk(channel=0, pieces=((0, 10),)))]
    hold = busy.Hold("r")
    with held_tiny() as engine:
        answers = engine.transcribe(noise(1, 100), Layout.MONO, plan)
        assert next(answers) == Waiting()
        hold.release()
        assert next(answers) == Waiting(over=True)
        assert isinstance(next(answers), Heard)


@linux
def test_leaving_while_it_stands_still_ends_it_at_once() -> None:
    hold = busy.Hold("r")
    with held_tiny() as engine:
        next(engine.diarise(noise(1, 100), [], 2))
        running = engine._child
        began_s = time.monotonic()
    assert running.process.returncode == -signal.SIGTERM
    assert time.monotonic() - began_s < GRACE_S
    hold.release()


@linux
def test_work_that_is_stopped_while_it_stands_still_ends() -> None:
    hold = busy.Hold("r")
    with held_tiny() as engine:
        answers = engine.diarise(noise(1, 100), [], 2)
        next(answers)
        kill_children_of(threading.get_ident())
        with pytest.raises(SpeechError, match="exit status -9"):
            list(answers)
    hold.release()
