"""What is heard on a line whose participant is played: who says what when, and the noise between. No clock.

cue ── clips of a folder ─► plan ─► Stage.render ─► blocks of both sides
"""

import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import soundfile
from numpy.typing import NDArray

from interviewkit.audio import SAMPLE_RATE

Sound = NDArray[np.int16]
Clips = Callable[[str], Sound | None]

PAUSED, SOUND_CHECK = "paused", "sound-check"
CONSENT, AGREED, IMPROVISED = "consent.", "consent.recorded", "improvised-"
LEAD_S = 0.25
"""From the key to the interviewer's first word."""
THINKING_S = 0.7
"""From the interviewer's last word to the participant's first."""
FADE_S = 0.3
"""Somebody who is asked something else stops so soon."""
NOISE_S = 10.0
ROOM_DB, LINE_DB = -52.0, -50.0
"""Softer than any speech, loud enough not to be taken for a microphone that is switched off."""
LINE_HZ, LINE_HALF_HZ = 1850.0, 1550.0
"""A telephone line passes so much around this."""
_SPECTRUM_HZ = np.fft.rfftfreq(round(NOISE_S * SAMPLE_RATE), 1 / SAMPLE_RATE)
_NAME = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)?")


class Clip(NamedTuple):
    """Something that is said: on which side, and from which frame on."""

    channel: int
    start: int
    samples: Sound

    @property
    def stop(self) -> int:
        """The frame after the last."""
        return self.start + self.samples.size


def folder_clips(folder: Path) -> Clips:
    """The clips that lie in a folder as Ogg files, by their names; None for one that isn't there."""

    def clip(name: str) -> Sound | None:
        path = folder / f"{name}.ogg"
        if not _NAME.fullmatch(name) or not path.is_file():
            return None
        samples, rate_hz = soundfile.read(path, dtype="int16")
        assert rate_hz == SAMPLE_RATE, path
        return np.asarray(samples, np.int16)

    return clip


def plan(clips: Clips, cue: str, channels: int, before: str = "") -> list[Clip]:
    """What is said to a cue, in frames from it on, the participant's side last.

    A cue is the id of what was put, or one of the names above; `before` is the one before it. With one
    channel that is the participant's, and somebody else asks. Whatever is in no script has an answer too.
    """
    if cue == PAUSED:
        said = clips(f"{before.partition('.')[0]}-{PAUSED}")
        return [] if said is None else [Clip(channels - 1, _frames(THINKING_S), said)]
    asked = clips(f"{cue}-asks") if channels == 2 else None
    start = _frames(LEAD_S)
    found = [] if asked is None else [Clip(0, start, asked)]
    answer = clips(f"{cue}-answers")
    if answer is None:
        answer = _generic(clips, cue)
    if answer is not None:
        after = found[-1].stop if found else start
        found.append(Clip(channels - 1, after + _frames(THINKING_S), answer))
    return found


def _generic(clips: Clips, cue: str) -> Sound | None:
    """The answer to what is in no script: another one for each question of one's own."""
    if cue.startswith(CONSENT):
        return clips(f"{AGREED}-answers")
    count = 0
    while clips(f"{IMPROVISED}{count + 1}-answers") is not None:
        count += 1
    number = re.search(r"\d+$", cue)
    place = (int(number[0]) - 1) % max(count, 1) if number is not None else 0
    return clips(f"{IMPROVISED}{place + 1}-answers")


class Stage:
    """One line, from its first frame to its last. Cues come from any thread, `render` is for one."""

    def __init__(self, clips: Clips, channels: int) -> None:
        """With two channels the first is the interviewer's, with one it is the participant's alone."""
        self._clips = clips
        self._channels = channels
        self._noise = np.stack([_room(), _line()][2 - channels :])
        self._playing: list[Clip] = []
        self._position = 0
        self._lock = threading.Lock()
        self.cued = ""
        """The last cue, but for pauses."""

    def cue(self, cue: str, at: int | None = None) -> None:
        """Say what belongs to a cue of frame `at`, or of now; whoever is talking breaks off.

        Where nothing belongs to it, nobody is interrupted.
        """
        planned = plan(self._clips, cue, self._channels, self.cued)
        with self._lock:
            # What a cue took on its way is made up for before the first word.
            start = self._position if at is None else max(at, self._position - _frames(LEAD_S))
            if planned:
                self._playing = [
                    *(_cut(clip, self._position) for clip in self._playing if clip.start < self._position),
                    *(clip._replace(start=clip.start + start) for clip in planned),
                ]
            if cue != PAUSED:
                self.cued = cue

    @property
    def talking(self) -> bool:
        """Whether something is being said, or is about to be."""
        with self._lock:
            return bool(self._playing)

    def render(self, frames: int) -> Sound:
        """The next frames, shape (channels, frames)."""
        with self._lock:
            start = self._position
            places = np.arange(start, start + frames) % self._noise.shape[1]
            heard = self._noise[:, places]
            for clip in self._playing:
                first, last = max(clip.start, start), min(clip.stop, start + frames)
                if first < last:
                    heard[clip.channel, first - start : last - start] += clip.samples[
                        first - clip.start : last - clip.start
                    ]
            self._position += frames
            self._playing = [clip for clip in self._playing if clip.stop > self._position]
        return np.clip(heard, -32768, 32767).astype(np.int16)


def _frames(length_s: float) -> int:
    return round(length_s * SAMPLE_RATE)


def _cut(clip: Clip, at: int) -> Clip:
    """The clip with what follows faded out."""
    place = at - clip.start
    rest = clip.samples[place : place + _frames(FADE_S)]
    faded = (rest * np.linspace(1, 0, rest.size)).astype(np.int16)
    return clip._replace(samples=np.concatenate([clip.samples[:place], faded]))


def _room() -> NDArray[np.int32]:
    """A quiet room: the lower, the louder."""
    return _noise(1 / np.sqrt(np.maximum(_SPECTRUM_HZ, 50.0)), ROOM_DB, seed=1)


def _line() -> NDArray[np.int32]:
    """A telephone line with nobody talking."""
    return _noise(np.where(np.abs(_SPECTRUM_HZ - LINE_HZ) < LINE_HALF_HZ, 1.0, 0.0), LINE_DB, seed=2)


def _noise(strength: NDArray[Any], level_db: float, seed: int) -> NDArray[np.int32]:
    """Some seconds of noise with the given spectrum, which can be repeated without a seam."""
    phases = np.random.default_rng(seed).random(strength.size)
    sound = np.fft.irfft(strength * np.exp(2j * np.pi * phases), _frames(NOISE_S))
    scaled = sound / float(np.sqrt(np.mean(sound**2))) * 32768 * 10 ** (level_db / 20)
    return np.asarray(np.rint(scaled), np.int32)
