"""A player without sound: its clock stands still until a test moves it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from interviewkit.capture.feed import Turn
from interviewkit.capture.heard import Heard
from interviewkit.consent import Grant, Transcribe
from interviewkit.errors import InterviewkitError
from interviewkit.models import Side
from interviewkit.study import Study


class FakePlayer:
    """Does what a player does, at once; `listen(seconds)` lets time pass."""

    def __init__(self, frames: int, sample_rate: int) -> None:
        self.frames, self.sample_rate = frames, sample_rate
        self.turn = Turn(0, 0, 0, frames)
        self.problem: InterviewkitError | None = None
        self.closed = False
        self._frame = 0.0
        self._playing = False

    def listen(self, seconds: float) -> None:
        """Let time pass."""
        if self._playing:
            self._frame += seconds * self.sample_rate * self.turn.speed
            while self._frame >= self.turn.stop and self.turn.loop:
                self._frame -= self.turn.stop - self.turn.start
            if self._frame >= self.turn.stop:
                self._frame, self._playing = self.turn.stop, False

    @property
    def heard(self) -> Heard:
        over = self._frame >= self.turn.stop
        return Heard(round(self._frame), self._playing, ended=over)

    def heard_at(self, moment_s: float) -> int:
        return round(self._frame)

    @property
    def position_s(self) -> float:
        return self._frame / self.sample_rate

    @property
    def duration_s(self) -> float:
        return self.frames / self.sample_rate

    def play(self, start_s: float = 0.0, stop_s: float | None = None, *, loop: bool = False) -> None:
        start = round(start_s * self.sample_rate)
        stop = self.frames if stop_s is None else round(stop_s * self.sample_rate)
        self.turn = replace(self.turn, start=start, stop=stop, loop=loop)
        self._frame, self._playing = start, True

    def pause(self) -> None:
        self._playing = False

    def resume(self) -> None:
        self._frame = self.turn.start if self._frame >= self.turn.stop else self._frame
        self._playing = True

    def seek(self, position_s: float) -> None:
        self._frame = min(max(position_s * self.sample_rate, 0), self.frames)
        if not self.turn.start <= self._frame < self.turn.stop:
            self.turn = replace(self.turn, start=0, stop=self.frames, loop=False)

    def skip(self, by_s: float) -> None:
        self.seek(self.position_s + by_s)

    def speed(self, factor: float) -> None:
        self.turn = replace(self.turn, speed=factor)

    def play_on(self) -> None:
        self.turn = replace(self.turn, start=0, stop=self.frames, loop=False)

    def take_problem(self) -> InterviewkitError | None:
        problem, self.problem = self.problem, None
        return problem


class Players:
    """The players that were opened, in their order; the grant is real and so is the recording's length."""

    def __init__(self) -> None:
        self.opened: list[FakePlayer] = []

    @property
    def last(self) -> FakePlayer:
        return self.opened[-1]

    @contextmanager
    def listening(
        self, study: Study, grant: Grant[Transcribe], interview: str, call: int, side: Side | None = None
    ) -> Iterator[Any]:
        with study.recording(grant, interview, call) as recording:
            self.opened.append(FakePlayer(recording.frames, recording.sample_rate))
        player = self.last
        yield player
        player.closed = True
