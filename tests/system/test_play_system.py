"""Real playback, by the real PortAudio into a virtual loudspeaker: exact, prompt, over with its parent."""

import os
import pty
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from interviewkit import busy
from interviewkit.capture.listen import listening
from interviewkit.capture.playback import Player
from interviewkit.consent import Record, Transcribe
from interviewkit.errors import AudioError, DeviceError, InterviewkitError, UsageError
from interviewkit.models import Side
from interviewkit.study import Study
from interviewkit.tui.app import InterviewkitApp
from interviewkit.tui.screens.listen import ListenScreen
from tests import small_study
from tests.system import real
from tests.system.virtual_sound import RATE, Monitor, SoundSystem, find, sound_system, voice, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("virtual_cards")]

LENGTH_S = 30
TRIES = 6
PROMPT_S = 0.15
"""From a command to the change that is heard."""


@pytest.fixture(scope="module")
def sound() -> NDArray[np.int16]:
    """Something like a voice, nowhere silent, so that every sample can be found again."""
    return voice(1, LENGTH_S)


@pytest.fixture
def monitor(system: SoundSystem) -> Iterator[Monitor]:
    with system.heard() as recorded:
        yield recorded


def player(samples: NDArray[np.int16], side: Side | None = None) -> Player:
    both = samples if samples.ndim == 2 else samples[None]
    return Player(lambda start, stop: both[:, start:stop], both.shape[1], RATE, side)


def over(playing: Player, timeout_s: float = 30) -> None:
    """Return when it has been heard to the end."""
    wait_until(lambda: playing.heard.ended, f"never ended: {playing.take_problem()}", timeout_s)


def problem(playing: Player) -> InterviewkitError:
    """What went wrong, as soon as it is known."""
    found: list[InterviewkitError] = []

    def told() -> bool:
        error = playing.take_problem()
        found.extend([error] if error is not None else [])
        return bool(found)

    wait_until(told, "no error was told")
    return found[0]


def begun(playing: Player) -> None:
    """Return when sound is heard."""
    wait_until(lambda: playing.heard.order == playing.turn.order and playing.heard.playing, "never began")


def after(monitor: Monitor, frames: int) -> None:
    """Return when so many more frames were heard."""
    until = monitor.frames + frames
    wait_until(lambda: monitor.frames >= until, "the monitor stopped")


def alone(monitor: Monitor) -> NDArray[np.int16]:
    """What was heard, without the silence before and after."""
    after(monitor, RATE // 4)
    heard = np.flatnonzero(monitor.samples)
    return monitor.samples[heard[0] : heard[-1] + 1]


def begins_like(heard: NDArray[np.int16], wanted: NDArray[np.int16]) -> bool:
    """Whether what is heard first is what is wanted first, to the sample."""
    size = RATE // 20
    return np.array_equal(np.trim_zeros(heard, "f")[:size], np.trim_zeros(wanted, "f")[:size])


def sooner_or_later(system: SoundSystem, attempt: Callable[[Monitor], bool], complaint: str) -> None:
    """An attempt succeeds, with what is heard meanwhile.

    On a computer that is too busy for its sound system some silence comes in between; then it is tried again.
    """
    for _ in range(TRIES):
        with system.heard() as monitor:
            if attempt(monitor):
                return
    raise AssertionError(complaint)


def exactly(
    system: SoundSystem, playing: Player, act: Callable[[], object], wanted: NDArray[np.int16]
) -> None:
    """What is heard of `act` is `wanted`, to the sample, in both ears."""

    def attempt(monitor: Monitor) -> bool:
        act()
        over(playing)
        heard = alone(monitor)
        assert np.array_equal(*monitor.both)
        return np.array_equal(heard, np.trim_zeros(wanted))

    sooner_or_later(system, attempt, "something else was heard")


def test_a_stretch_is_heard_to_the_sample_in_both_ears(system: SoundSystem, sound: NDArray[np.int16]) -> None:
    with player(sound) as playing:
        exactly(system, playing, lambda: playing.play(2.0, 4.0), sound[2 * RATE : 4 * RATE])
        assert playing.heard.frame == 4 * RATE
        assert playing.take_problem() is None


def test_a_loop_goes_round_without_a_seam(system: SoundSystem, sound: NDArray[np.int16]) -> None:
    wanted = np.trim_zeros(np.tile(sound[3 * RATE : 7 * RATE // 2], 4), "f")
    with player(sound) as playing:

        def attempt(monitor: Monitor) -> bool:
            playing.play(3.0, 3.5, loop=True)
            begun(playing)
            after(monitor, 3 * RATE)
            assert 3 * RATE <= playing.heard.frame < 7 * RATE // 2
            playing.pause()
            return np.array_equal(np.trim_zeros(monitor.samples, "f")[: wanted.size], wanted)

        sooner_or_later(system, attempt, "there is a seam")
        playing.resume()
        begun(playing)
        playing.play_on()
        wait_until(lambda: playing.heard.frame > 4 * RATE, "it did not go on")


@pytest.fixture(scope="module")
def tone() -> NDArray[np.int16]:
    """440 Hz."""
    return (8000 * np.sin(2 * np.pi * 440 * np.arange(LENGTH_S * RATE) / RATE)).astype(np.int16)


@pytest.mark.parametrize("speed", [1.5, 0.5, 2.0])
def test_another_speed_takes_its_time_and_keeps_the_pitch(
    system: SoundSystem, tone: NDArray[np.int16], speed: float
) -> None:
    with player(tone) as playing:
        playing.speed(speed)

        def attempt(monitor: Monitor) -> bool:
            playing.play(1.0, 4.0)
            over(playing)
            after(monitor, RATE // 4)
            heard = monitor.samples[monitor.samples != 0]
            pitch_hz = np.argmax(np.abs(np.fft.rfft(heard.astype(float)))) * RATE / heard.size
            took_s = heard.size / RATE
            return bool(abs(pitch_hz / 440 - 1) < 0.02 and abs(took_s * speed / 3 - 1) < 0.02)

        sooner_or_later(system, attempt, "it takes another time, or has another pitch")


def test_the_speed_changes_without_a_gap(system: SoundSystem, tone: NDArray[np.int16]) -> None:
    with player(tone) as playing:

        def attempt(monitor: Monitor) -> bool:
            playing.play()
            begun(playing)
            for speed in (1.25, 2.0, 0.75, 1.0):
                playing.speed(speed)
                wait_until(lambda: playing.heard.order == playing.turn.order, "never heard")
                after(monitor, RATE // 2)
            heard = np.trim_zeros(np.abs(monitor.samples.astype(int)))
            playing.pause()
            return bool(min(heard[at : at + 80].max() for at in range(0, heard.size - 80, 80)) > 2000)

        sooner_or_later(system, attempt, "there is a gap")


def test_a_jump_a_pause_and_going_on_are_heard_at_once(monitor: Monitor, sound: NDArray[np.int16]) -> None:
    took_s: dict[str, list[float]] = {"jump": [], "pause": [], "go on": []}
    with player(sound) as playing:
        playing.play()
        begun(playing)
        for place_s in (20.0, 5.0, 13.0, 25.0, 9.0):
            pressed_s = time.monotonic()
            playing.seek(place_s)
            assert playing.position_s == place_s
            begun(playing)
            after(monitor, RATE // 2)
            start = find(sound[round(place_s * RATE) :][: RATE // 10], monitor.samples)
            took_s["jump"].append(monitor.at(start) - pressed_s)
            pressed_s = time.monotonic()
            playing.pause()
            after(monitor, RATE // 2)
            last = int(np.flatnonzero(monitor.samples)[-1])
            took_s["pause"].append(monitor.at(last) - pressed_s)
            stopped = playing.heard.frame
            pressed_s = time.monotonic()
            playing.resume()
            after(monitor, RATE // 2)
            first = last + 1 + int(np.flatnonzero(monitor.samples[last + 1 :])[0])
            took_s["go on"].append(monitor.at(first) - pressed_s)
            # Not a sample was lost or heard twice.
            assert begins_like(monitor.samples[first:], sound[stopped:])
    for what, found in took_s.items():
        assert 0 < np.median(found) < PROMPT_S, (what, found)


def test_jumps_in_a_row_add_up(sound: NDArray[np.int16]) -> None:
    with player(sound) as playing:
        playing.play(20.0)
        for _ in range(3):
            playing.skip(-5)
        assert playing.position_s == pytest.approx(5.0, abs=0.05)
        begun(playing)
        assert playing.position_s == pytest.approx(5.0, abs=0.5)


@pytest.mark.parametrize("speed", [1.0, 1.5])
def test_what_is_said_to_be_heard_is_heard(monitor: Monitor, speed: float) -> None:
    """A mark is set at what was heard at the key: clicks stand at known frames, in a room's soft noise."""
    random = np.random.default_rng(4)
    clicks = random.normal(0, 200, LENGTH_S * RATE).astype(np.int16)
    places = np.arange(1, LENGTH_S - 1) * RATE + random.integers(0, RATE // 3, LENGTH_S - 2)
    for place in places:
        clicks[place : place + 8] = [24_000, -24_000] * 4
    with player(clicks) as playing:
        playing.speed(speed)
        playing.play()
        begun(playing)
        wait_until(lambda: heard_clicks(monitor).size > 5, "too few clicks were heard", 30)
        after(monitor, RATE // 10)
        for start in heard_clicks(monitor):
            marked = playing.heard_at(monitor.at(int(start)))
            assert np.min(np.abs(places - marked)) < 0.05 * RATE


def test_one_side_is_heard_alone_and_both_together(system: SoundSystem) -> None:
    sides = np.stack([voice(2, 6), voice(3, 6)])
    mean = np.rint(sides[:, :RATE].mean(axis=0)).astype(np.int16)
    with player(sides, Side.RIGHT) as playing:
        exactly(system, playing, lambda: playing.play(0.0, 1.0), sides[1, :RATE])
        playing.listen_to(None)
        exactly(system, playing, lambda: playing.play(0.0, 1.0), mean)


def test_a_damaged_stretch_is_silence_and_is_said(sound: NDArray[np.int16]) -> None:
    def read(start: int, stop: int) -> NDArray[np.int16]:
        if start >= RATE:
            raise AudioError("Record 1 is damaged.")
        return sound[None, start:stop]

    with Player(read, 2 * RATE, RATE) as playing:
        playing.play()
        over(playing)
        problem = playing.take_problem()
        assert isinstance(problem, AudioError)
        assert playing.take_problem() is None


@pytest.mark.parametrize(
    "configuration",
    [
        pytest.param("ctl.!default { type null }\n", id="a broken sound system, at which PortAudio aborts"),
        pytest.param("pcm.!default { type file file /nowhere/x slave.pcm null }\n", id="unusable"),
        pytest.param(None, id="no sound card at all"),
    ],
)
def test_without_a_loudspeaker_there_is_one_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sound: NDArray[np.int16], configuration: str | None
) -> None:
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path / 'nobody'}")
    monkeypatch.delenv("ALSA_CONFIG_PATH")
    if configuration is not None:
        (tmp_path / "asound.conf").write_text(configuration)
        monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "asound.conf"))
    with player(sound) as playing:
        playing.play()
        error = problem(playing)
        assert isinstance(error, DeviceError)
        assert error.hint
        assert not playing.heard.playing
        assert playing.position_s == 0
        playing.play(1.0)
        assert isinstance(problem(playing), DeviceError)


def test_a_lost_loudspeaker_is_told_and_playing_goes_on_when_it_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sound: NDArray[np.int16]
) -> None:
    with sound_system(tmp_path) as own:
        for name, value in own.environment.items():
            monkeypatch.setenv(name, value)
        with player(sound) as playing:
            playing.play(1.0)
            begun(playing)
            own.stop()
            assert "loudspeaker" in str(problem(playing))
            stopped = playing.heard
            assert not stopped.playing
            own.start()
            playing.resume()
            begun(playing)
            assert abs(playing.heard.frame - stopped.frame) < RATE


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_no_player_outlives_its_parent(how: signal.Signals) -> None:
    program = (
        "import time, numpy as np\n"
        "from interviewkit.capture.playback import Player\n"
        "sound = np.ones((1, 16000 * 60), np.int16)\n"
        "player = Player(lambda a, b: sound[:, a:b], sound.shape[1], 16000)\n"
        "player.play()\n"
        "while not (player.heard.playing and player.heard.order == 1): time.sleep(0.01)\n"
        "print(player._child.process.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    assert real.is_running(pid)
    os.kill(parent.pid, how)
    parent.wait()
    parent.stdout.close()
    wait_until(lambda: not real.is_running(pid), "the player lives on", 5)


def test_what_the_sound_system_prints_reaches_no_terminal(
    system: SoundSystem, sound: NDArray[np.int16], capfd: pytest.CaptureFixture[str]
) -> None:
    with player(sound) as playing:
        playing.play(0.0, 0.5)
        over(playing)
    assert capfd.readouterr() == ("", "")


# ── a call of a study ───────────────────────────────────────────────────────────────────────────


@pytest.fixture
def study(tmp_path: Path, sound: NDArray[np.int16]) -> Study:
    """P01-1 with one call: the sound."""
    made = small_study.new_study(tmp_path)
    interview = small_study.consented_interview(made)
    grant = made.grant("P01", Record)
    with made.importing(grant, interview.id, sample_rate=RATE, channels=1) as recording:
        recording.write(sound[None])
    return made


@contextmanager
def a_call() -> Iterator[None]:
    """A call is recorded on this computer, for the length of the block."""
    hold = busy.Hold("a-call")
    try:
        yield
    finally:
        hold.release()


def test_nothing_is_heard_while_a_call_is_recorded_here(monitor: Monitor, study: Study) -> None:
    with listening(study, study.grant("P01", Transcribe), "P01-1", 1) as playing:
        playing.play()
        begun(playing)
        with a_call():
            assert "on the line would hear" in problem(playing).message
            assert not playing.heard.playing
            after(monitor, RATE // 2)
            quiet = monitor.frames
            for act in (playing.resume, partial(playing.play, 3.0), playing.resume):
                act()
                assert "on the line would hear" in problem(playing).message
                assert not playing.heard.playing
            with (
                pytest.raises(UsageError, match="being recorded"),
                listening(study, study.grant("P01", Transcribe), "P01-1", 1),
            ):
                pass
            after(monitor, RATE // 2)
            assert not np.any(monitor.samples[quiet:])
        playing.resume()
        begun(playing)


def test_a_call_that_begins_pauses_what_is_heard_and_not_a_sample_is_lost(
    monitor: Monitor, study: Study, sound: NDArray[np.int16]
) -> None:
    with listening(study, study.grant("P01", Transcribe), "P01-1", 1) as playing:
        playing.play()
        begun(playing)
        with a_call():
            problem(playing)
            after(monitor, RATE // 2)
            stopped, quiet = playing.heard.frame, monitor.frames
        playing.resume()
        after(monitor, RATE)
        assert begins_like(monitor.samples[quiet:], sound[stopped:])


def test_a_stretch_is_played_from_the_command_line(
    system: SoundSystem, study: Study, sound: NDArray[np.int16]
) -> None:
    def attempt(monitor: Monitor) -> bool:
        done = real.run("play", "P01-1", "--from", "0:03", "--to", "0:05.5", "--study", study.root)
        assert (done.returncode, done.stdout) == (0, ""), done.stderr
        assert done.stderr == "Playing P01-1, call 1, from 0:00:03.\n"
        return np.array_equal(alone(monitor), np.trim_zeros(sound[3 * RATE : 11 * RATE // 2]))

    sooner_or_later(system, attempt, "what is heard is not what is recorded")


def test_keys_move_about_and_nothing_of_the_sound_system_is_seen(
    monitor: Monitor, study: Study, sound: NDArray[np.int16]
) -> None:
    with terminal("play", "P01-1", "--study", str(study.root)) as (write, screen):
        wait_until(lambda: "playing  0:00:01" in screen(), "it never played")
        write(b"\x1b[C\x1b[C")
        wait_until(lambda: "playing  0:00:11" in screen(), "it did not skip")
        write(b" ")
        wait_until(lambda: "paused " in screen(), "it did not pause")
        after(monitor, RATE // 4)
        write(b"q")
        wait_until(lambda: screen().endswith("\r\n"), "it did not end")
    assert "ALSA" not in screen()
    assert "PortAudio" not in screen()
    assert find(sound[11 * RATE : 11 * RATE + RATE // 4], monitor.samples) > RATE


async def test_a_mark_stands_where_its_key_was_pressed(
    monitor: Monitor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """recording, player, ear (the monitor), key, screen, study: ⏎ at each click that is heard."""
    monkeypatch.setenv("INTERVIEWKIT_CACHE", str(tmp_path / "cache"))
    random = np.random.default_rng(5)
    clicks = random.normal(0, 200, (1, LENGTH_S * RATE)).astype(np.int16)
    places = [2 * RATE + 711, 4 * RATE + 12_345, 7 * RATE + 3, 9 * RATE + 8000]
    for place in places:
        clicks[0, place : place + 8] = [24_000, -24_000] * 4
    study = small_study.new_study(tmp_path)
    interview = small_study.consented_interview(study)
    with study.importing(study.grant("P01", Record), interview.id, sample_rate=RATE, channels=1) as recording:
        recording.write(clicks)
    app = InterviewkitApp(study.root)
    pressed: list[float] = []
    async with app.run_test() as pilot:
        screen = ListenScreen("P01-1")
        await app.push_screen(screen)
        while screen.player is None:
            await pilot.pause(0.02)
        await pilot.press("space")
        for count in range(1, len(places) + 1):
            while heard_clicks(monitor).size < count:
                await pilot.pause(0.005)
            await pilot.press("enter")
            pressed.append(app.pressed_s)
        while len(study.interview("P01-1").marks) < len(places):
            await pilot.pause(0.02)
    marks = sorted(mark.frame for mark in study.interview("P01-1").marks)
    heard = [monitor.at(int(start)) for start in heard_clicks(monitor)]
    for mark, place, at_s, pressed_s in zip(marks, places, heard, pressed, strict=True):
        assert abs(mark - (place + (pressed_s - at_s) * RATE)) < 0.05 * RATE


def heard_clicks(monitor: Monitor) -> NDArray[np.intp]:
    """Where clicks were heard, in frames of the monitor."""
    loud = np.flatnonzero(np.abs(monitor.samples.astype(int)) > 8000)
    return loud[np.insert(np.diff(loud) > RATE // 10, 0, True)] if loud.size else loud


@contextmanager
def terminal(*arguments: str) -> Iterator[tuple[Callable[[bytes], object], Callable[[], str]]]:
    """A command in a terminal: what types into it, and what it has shown so far."""
    ours, theirs = pty.openpty()
    shown = bytearray()
    process = subprocess.Popen(
        [*real.PROGRAM, *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "120"},
        start_new_session=True,
    )
    os.close(theirs)

    def read() -> None:
        with suppress(OSError):
            while data := os.read(ours, 4096):
                shown.extend(data)

    reading = threading.Thread(target=read, daemon=True)
    reading.start()
    try:
        yield partial(os.write, ours), lambda: shown.decode(errors="replace")
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.wait()
        reading.join()
        os.close(ours)
