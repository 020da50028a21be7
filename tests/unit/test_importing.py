import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from interviewkit import schedule
from interviewkit.consent import Record
from interviewkit.errors import AudioError, ConsentRefused, UsageError
from interviewkit.events import Event, Progress
from interviewkit.importing import COPY, decoded, import_call, read_marks
from interviewkit.models import Schedule
from interviewkit.processing import process, saved
from interviewkit.recording import RecordingReader
from interviewkit.settings import Settings
from tests import fakes
from tests.small_study import (
    SCHEDULE_YAML,
    consented_call,
    consented_interview,
    new_study,
    snapshot,
    withdraw,
)


@pytest.fixture(name="asked")
def _asked(tmp_path: Path) -> Schedule:
    (tmp_path / "patient.yaml").write_text(SCHEDULE_YAML)
    return schedule.load(tmp_path / "patient.yaml")


@pytest.mark.parametrize(
    ("time", "seconds"),
    [
        ("0", 0),
        ("12.5", 12.5),
        ("95", 95),
        ("1:35", 95),
        ("01:35.250", 95.25),
        ("1:02:03", 3723),
        ("12:00:00.5", 43_200.5),
    ],
)
def test_a_time_is_read(tmp_path: Path, asked: Schedule, time: str, seconds: float) -> None:
    (tmp_path / "marks.csv").write_text(f"question,time\nfirst,{time}\n")
    ((line, mark),) = read_marks(tmp_path / "marks.csv", asked)
    assert (line, mark.frame) == (2, seconds * 16_000)


@pytest.mark.parametrize("time", ["", "-1", "1:75:00", "1:02:03:04", "1e3", "inf", "5 s", "1:-2"])
def test_what_is_no_time_is_refused(tmp_path: Path, asked: Schedule, time: str) -> None:
    (tmp_path / "marks.csv").write_text(f"question,time\nfirst,{time}\n")
    with pytest.raises(UsageError, match=r"line 2: .* is not a time"):
        read_marks(tmp_path / "marks.csv", asked)


@pytest.mark.parametrize("data", [b"question,time\nfirst,\xff\n", b'question,time\n"first,1\n', b"\x00\x01"])
def test_what_is_no_table_is_refused(tmp_path: Path, asked: Schedule, data: bytes) -> None:
    (tmp_path / "marks.csv").write_bytes(data)
    with pytest.raises(UsageError, match=r"marks\.csv"):
        read_marks(tmp_path / "marks.csv", asked)


def test_a_file_is_decoded_into_a_sealed_copy(tmp_path: Path) -> None:
    sound = []

    def kept() -> Iterator[Event]:
        sound.append((yield from decoded(fakes.write_sound(tmp_path / "call.wav", 7), tmp_path / "copy")))

    assert list(kept()) == [Progress("reading", 5.0, 7.0), Progress("reading", 7.0, 7.0)]
    assert (sound[0].channels, sound[0].frames) == (1, 7 * 16_000)
    assert sound[0].complete
    assert sound[0].read(0, 16_000).any()
    with pytest.raises(AudioError):
        RecordingReader(tmp_path / "copy" / COPY)
    sound[0].close()


def test_ctrl_c_at_a_bad_moment_leaves_no_thread_that_the_program_waits_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = threading.Timer.start

    def interrupted(timer: threading.Timer) -> None:
        start(timer)
        raise KeyboardInterrupt

    path = fakes.write_sound(tmp_path / "call.wav", 1)
    monkeypatch.setattr(threading.Timer, "start", interrupted)
    with pytest.raises(KeyboardInterrupt):
        list(decoded(path, tmp_path / "copy"))
    waited_for = [thread for thread in threading.enumerate() if not thread.daemon]
    assert waited_for == [threading.main_thread()]


def test_a_job_that_is_closed_half_way_leaves_nothing(tmp_path: Path) -> None:
    study = new_study(tmp_path)
    consented_interview(study)
    grant = study.grant("P01", Record)
    before = snapshot(study.paths.recordings)
    job = import_call(study, grant, fakes.write_sound(tmp_path / "call.wav", 20))
    next(job)
    assert [path.name for path in study.paths.recordings.glob("P01-2/*")] != []
    job.close()
    assert snapshot(study.paths.recordings) == before
    assert [interview.id for interview in study.interviews()] == ["P01-1"]


def test_an_interview_with_a_call_is_not_dropped(tmp_path: Path) -> None:
    study = new_study(tmp_path)
    interview = consented_call(study)
    study.drop_interview(study.grant("P01", Record), interview.id)
    assert study.interviews() == [interview]


def test_an_interview_of_somebody_else_is_not_dropped(tmp_path: Path) -> None:
    study = new_study(tmp_path)
    theirs = consented_interview(study)
    consented_interview(study)
    with pytest.raises(ConsentRefused):
        study.drop_interview(study.grant("P02", Record), theirs.id)
    assert theirs in study.interviews()


def test_a_recording_at_another_rate_is_refused_not_misheard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    speech = fakes.Speech().install(monkeypatch)
    study = new_study(tmp_path)
    interview = consented_call(study)
    with pytest.raises(AudioError, match="P01-1, call 1 has 8000 samples a second"):
        list(process(study, interview.id, 1, Settings()))
    assert speech.asked == []
    assert saved(study, interview, 1).draft is None


def test_a_further_call_has_its_own_marks(tmp_path: Path) -> None:
    study = new_study(tmp_path)
    interview = consented_call(study)
    (tmp_path / "marks.csv").write_text("question,time\nfirst,1\nfirst.a,2\n")
    sound = fakes.write_sound(tmp_path / "call.wav", 3)
    grant = study.grant("P01", Record)
    for _ in range(2):
        list(import_call(study, grant, sound, interview=interview.id, marks=tmp_path / "marks.csv"))
    found = study.interview(interview.id)
    assert [call.number for call in found.calls] == [1, 2, 3]
    assert [(mark.question, mark.call, mark.frame) for mark in found.marks] == [
        ("first", 2, 16_000),
        ("first.a", 2, 32_000),
        ("first", 3, 16_000),
        ("first.a", 3, 32_000),
    ]


def test_a_call_of_somebody_else_is_not_added_to(tmp_path: Path) -> None:
    study = new_study(tmp_path)
    theirs = consented_call(study)
    consented_interview(study)
    before = snapshot(study.paths.recordings)
    sound = fakes.write_sound(tmp_path / "call.wav", 1)
    with pytest.raises(ConsentRefused, match="needs a consent of P01"):
        list(import_call(study, study.grant("P02", Record), sound, interview=theirs.id))
    assert snapshot(study.paths.recordings) == before


def test_a_consent_withdrawn_meanwhile_leaves_nothing(tmp_path: Path) -> None:
    study = new_study(tmp_path)
    consented_interview(study)
    before = snapshot(study.paths.recordings)
    job = import_call(study, study.grant("P01", Record), fakes.write_sound(tmp_path / "call.wav", 20))
    next(job)
    withdraw(study, "P01")
    with pytest.raises(ConsentRefused):
        list(job)
    assert snapshot(study.paths.recordings) == before
    assert [path.name for path in study.paths.recordings.iterdir()] == ["P01-1"]
