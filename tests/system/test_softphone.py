"""A call between two real softphones: what docs/guide/recording.md tells users of one to do, done."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from interviewkit.capture import control
from interviewkit.capture.messages import Wanted
from interviewkit.consent import Grant, Record
from interviewkit.study import Study
from tests.soak.faithful import Trace
from tests.system.taping import finish, until
from tests.system.virtual_sound import OUTPUT, RATE, SoundSystem, likeness, voice, wait_until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.usefixtures("virtual_cards"),
    pytest.mark.skipif(shutil.which("baresip") is None, reason="needs baresip: apt-get install baresip-core"),
]
INPUTS = (Wanted("interviewer", "ALSA", 1), Wanted("phone", "ALSA", 1))
MODULES = ("stdio", "g711", "aufile", "alsa")
APPLICATIONS = ("account", "menu")
CALLER, CALLED = 5062, 5064
TELEPHONE_RATE = 8_000
LONGEST_S = 60


def test_a_call_with_a_softphone_is_recorded_on_two_channels(
    system: SoundSystem, study: Study, grant: Grant[Record], tmp_path: Path
) -> None:
    mine, theirs = voice(4, 14), voice(3, 8)
    headphones = _headphones(system)
    with (
        _phone(tmp_path / "called", CALLED, f"aufile,{_spoken(tmp_path, theirs)}", f"alsa,{OUTPUT}"),
        control.begin(study, grant, INPUTS) as recorder,
        system.playing("interviewer_mic", mine[None]) as talking,
        _phone(tmp_path / "caller", CALLER, "alsa,interviewer", f"alsa,{headphones}", CALLED),
    ):
        until(recorder, lambda message: talking.poll() is not None, LONGEST_S)
        kept, samples = finish(study, grant, recorder)
    assert kept.call.gaps == ()
    assert likeness(mine, samples[0]) > 0.99
    # It went through a telephone's codec, a logarithmic byte at 8 kHz, and what came late was left out by it.
    assert np.nanmedian(Trace(theirs, samples[1]).likeness) > 0.9


def _headphones(system: SoundSystem) -> str:
    """What the softphone plays to; its monitor is the device `phone`."""
    with (system.folder / "asound.conf").open("a") as file:
        server = f'server "unix:{system.folder / "native"}"'
        file.write(f'pcm.headphones {{ type pulse {server} device "phone_line" }}\n')
    return "headphones"


def _spoken(folder: Path, samples: NDArray[np.int16]) -> Path:
    """What the participant says, and then nothing for as long as the call may last."""
    path, step = folder / "said.wav", RATE // TELEPHONE_RATE
    # Two samples in the place of one: nothing of a voice like this is above what a telephone carries.
    halved = samples[: samples.size // step * step].reshape(-1, step).mean(axis=1)
    quiet = np.zeros(TELEPHONE_RATE * LONGEST_S)
    soundfile.write(path, np.concatenate([halved, quiet]).astype(np.int16), TELEPHONE_RATE)
    return path


@contextmanager
def _phone(folder: Path, port: int, source: str, player: str, dials: int | None = None) -> Iterator[None]:
    """A softphone that takes a call, or makes one."""
    folder.mkdir()
    lines = [f"module {name}.so" for name in MODULES] + [f"module_app {name}.so" for name in APPLICATIONS]
    lines += [f"sip_listen 127.0.0.1:{port}", f"audio_source {source}", f"audio_player {player}"]
    (folder / "config").write_text("\n".join([f"module_path {_modules()}", *lines, ""]))
    options = "regint=0;answermode=auto;audio_codecs=PCMA"
    (folder / "accounts").write_text(f"<sip:phone@127.0.0.1:{port}>;{options}\n")
    (folder / "contacts").write_text("")
    dial = [] if dials is None else ["-e", f"/dial sip:phone@127.0.0.1:{dials}"]
    process = subprocess.Popen(
        ["baresip", "-f", str(folder), *dial],
        env={**os.environ, "HOME": str(folder)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: _taken(port), "the softphone did not start")
        yield
    finally:
        process.kill()
        process.wait()


def _taken(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as tried, suppress(OSError):
        tried.bind(("127.0.0.1", port))
        return False
    return True


def _modules() -> Path:
    found = [*Path("/usr/lib").glob("baresip/modules"), *Path("/usr/lib").glob("*/baresip/modules")]
    if not found:
        pytest.skip("baresip has its modules somewhere else")
    return found[0]
