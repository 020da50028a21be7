"""What is said while consent is given, with the real PortAudio: kept with the consent, or nowhere at all."""

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from interviewkit import busy
from interviewkit.capture import client, control
from interviewkit.capture.memory import LONGEST_S, Spool
from interviewkit.capture.messages import Wanted
from interviewkit.capture.provisional import STORING_S, ProvisionalSpool
from interviewkit.consent import Record
from interviewkit.errors import DeviceError
from interviewkit.models import Answer, Clip, ConsentGiven, ConsentMethod
from interviewkit.paths import runtime_dir
from interviewkit.sealing import ClearSealer
from interviewkit.study import Study
from tests import small_study
from tests.system import real
from tests.system.virtual_sound import RATE, SoundSystem, likeness, voice, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("virtual_cards")]

MIC = Wanted("interviewer", "ALSA", 1)
LINE = Wanted("phone", "ALSA", 1)
ROOT = Path(__file__).parents[2]


@pytest.fixture
def study(tmp_path: Path) -> Study:
    study = small_study.new_study(tmp_path)
    study.add_participant("patients", "uk")
    return study


def given(**answers: Answer) -> ConsentGiven:
    return ConsentGiven(
        form=small_study.FORM,
        answers={**small_study.YES, **answers},
        method=ConsentMethod.ORAL,
        taken_by="Ada",
        at=datetime.now(UTC),
    )


def clip(study: Study) -> Clip:
    event = study.consent_events("P01")[-1]
    assert isinstance(event, ConsentGiven)
    assert event.clip is not None
    return event.clip


def sound(study: Study) -> NDArray[np.int16]:
    with study.clip("P01", clip(study)) as reader:
        assert reader.problems == []
        return (reader.read(0, reader.frames) * 32768).astype(np.int16)


def pid_of(spool: ProvisionalSpool) -> int:
    return spool._recorder.state.pid


def holds(spool: ProvisionalSpool, length_s: float) -> None:
    wait_until(lambda: spool.held_s >= length_s, "nothing is held")


def files(*folders: Path) -> dict[Path, bytes]:
    """Every file with its bytes; a socket has none."""
    return {
        path: path.read_bytes() if path.is_file() else b""
        for folder in folders
        for path in folder.rglob("*")
        if not path.is_dir()
    }


# ── kept ────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_said_is_kept_faithfully_and_apart_from_the_interview(
    system: SoundSystem, study: Study
) -> None:
    said = voice(21, 6)
    spool = ProvisionalSpool((MIC, LINE))
    with system.playing("interviewer_mic", said[None]) as player:
        player.wait(30)
    assert busy.recording()
    study.give_consent("P01", given(), spool)
    wait_until(lambda: not busy.recording(), "it is never over")
    with control.begin(study, study.grant("P01", Record), (MIC,)) as recorder:
        recorder.stop()
        recorder.wait_closed(10)
    control.keep(study, study.grant("P01", Record), "P01-1", recorder.state.recording)
    shutil.rmtree(study.paths.recordings)
    kept = sound(study)
    assert kept.shape[0] == 2
    assert likeness(said, kept[0]) > 0.99
    assert not kept[1].any()
    assert clip(study).gaps == ()


def test_a_pause_is_not_in_it_and_is_noted(system: SoundSystem, study: Study) -> None:
    spool = ProvisionalSpool((MIC,))
    holds(spool, 0.5)
    spool.pause()
    with system.playing("interviewer_mic", voice(22, 1)[None]) as player:
        player.wait(30)
    paused_s = spool.held_s
    spool.resume()
    holds(spool, paused_s + 0.5)
    study.give_consent("P01", given(), spool)
    (gap,) = clip(study).gaps
    assert (gap.reason.value, gap.filled) == ("paused", False)
    assert not sound(study)[0, : gap.frame].any()


def test_it_is_kept_in_a_study_that_was_opened_from_within(
    system: SoundSystem, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(study.root)
    here = Study.open(Path())
    spool = ProvisionalSpool((MIC,))
    holds(spool, 1)
    here.give_consent("P01", given(), spool)
    assert sound(study).shape[1] > RATE // 2


def test_an_unplugged_device_is_said_and_consent_goes_on(system: SoundSystem, study: Study) -> None:
    spool = ProvisionalSpool((LINE,))
    holds(spool, 1)
    system.unload("phone_line")
    try:
        wait_until(lambda: ("gone", "phone") in spool.alarms, "it was never said", 4)
    finally:
        system.load("phone_line")
    wait_until(lambda: ("gone", "phone") not in spool.alarms, "it never came back", 20)
    study.give_consent("P01", given(), spool)
    assert clip(study).frames > RATE


# ── nowhere ─────────────────────────────────────────────────────────────────────────────────────


def test_while_it_is_held_no_file_is_open_and_no_core_is_written(system: SoundSystem, study: Study) -> None:
    before = files(study.root, system.folder)
    spool = ProvisionalSpool((MIC,))
    with system.playing("interviewer_mic", voice(23, 3)[None]):
        holds(spool, 2)
        pid = pid_of(spool)
        opened = {str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()}
        # Sockets and pipes have no path, and a memfd is memory that is shared with the sound system.
        named = {
            name for name in opened if name.startswith("/") and not name.startswith(("/dev/", "/memfd:"))
        }
        assert named == {str(runtime_dir() / f"{spool.recording}.busy")}
        assert resource.prlimit(pid, resource.RLIMIT_CORE) == (0, 0)
    spool.discard()
    wait_until(lambda: not real.is_running(pid), "it goes on")
    after = files(study.root, system.folder)
    assert {path for path in after if path not in before and path.suffix != ".raw"} == set()


def test_a_killed_recorder_leaves_nothing_and_the_answers_can_be_kept(
    system: SoundSystem, study: Study
) -> None:
    said = voice(24, 5)
    before = files(study.root, system.folder)
    spool = ProvisionalSpool((MIC,))
    with system.playing("interviewer_mic", said[None]):
        holds(spool, 3)
        os.kill(pid_of(spool), signal.SIGKILL)
        wait_until(lambda: spool.lost, "nobody noticed")
    with pytest.raises(DeviceError, match="What was said is lost"):
        study.give_consent("P01", given(), spool)
    after = files(study.root, system.folder)
    # The form's page is fixed when it is put to somebody; nothing of them is in it.
    left = {path: data for path, data in after.items() if path not in before and path.suffix != ".txt"}
    assert {path.suffix for path in left} <= {".sock", ".busy", ".raw", ".lock"}
    assert all(data == b"" for path, data in left.items() if path.suffix != ".raw")
    assert study.consent_events("P01") == ()
    study.give_consent("P01", given())
    assert clip_of(study) is None


def clip_of(study: Study) -> Clip | None:
    event = study.consent_events("P01")[-1]
    assert isinstance(event, ConsentGiven)
    return event.clip


HOLDER = """
import sys, time
from interviewkit.capture.messages import Wanted
from interviewkit.capture.provisional import ProvisionalSpool
spool = ProvisionalSpool((Wanted("interviewer", "ALSA", 1),))
while spool.held_s < 1:
    time.sleep(0.02)
print(spool._recorder.state.pid, flush=True)
sys.stdin.read()
"""


def test_a_killed_program_takes_what_was_held_with_it(system: SoundSystem, study: Study) -> None:
    before = files(study.root, system.folder)
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        recorder = int(holder.stdout.readline())
        assert busy.recording()
        holder.kill()
        wait_until(lambda: not real.is_running(recorder), "the recorder holds on to it", 6)
    assert not busy.recording()
    assert files(study.root, system.folder) == before


def test_a_rehearsal_keeps_nobody_waiting(system: SoundSystem) -> None:
    with client.rehearsal((MIC,)):
        assert not busy.recording()


def test_half_an_hour_is_stored_before_anybody_gives_up(study: Study) -> None:
    spool, speech = Spool(2), np.stack([voice(25, 60), voice(26, 60)])
    for _ in range(LONGEST_S // 60):
        spool.write(speech)
    assert spool.full
    began_s = time.monotonic()
    spool.store(study.root / "clip.tar", "r", ClearSealer())
    assert time.monotonic() - began_s < STORING_S / 2
