"""The player's process: it opens the loudspeaker, asks its parent for sound by frame, and says what is heard.

Lines of JSON in both directions; after a line with `sound` come so many bytes of 16-bit samples. Keys and
files stay with the parent (`playback`), what is decoded is in memory only. The process ends with its parent.
The only module that opens an output device; what PortAudio prints goes to a pipe that nobody shows.
"""

import json
import queue
import sys
import threading
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from interviewkit.capture import tempo
from interviewkit.capture.deck import Deck
from interviewkit.capture.feed import Feed, Turn
from interviewkit.capture.messages import line
from interviewkit.errors import DeviceError, InterviewkitError
from interviewkit.processes import become_child

LATENCY_S = 0.08
TICK_S = 0.04
IDLE_S = 30.0
"""A device is kept open through a pause so long, so that sound comes at once; then others may have it."""
SILENT_S = 4.0
"""A device that asks for no sound for so long is gone."""


class Speaker:
    """The system's output device, open and asking the deck for blocks."""

    def __init__(self, deck: Deck, rate_hz: int) -> None:
        """Open it at `rate_hz`; raises DeviceError."""
        import sounddevice

        self._deck = deck
        self.asked_s = time.monotonic()
        try:
            number = default_output()
            self._stream = sounddevice.RawOutputStream(
                device=number,
                samplerate=rate_hz,
                channels=_channels(number),
                dtype="int16",
                blocksize=0,
                latency=LATENCY_S,
                callback=self._called,
            )
            self._stream.start()
        except sounddevice.PortAudioError as error:
            raise DeviceError(
                "The loudspeaker can't be used.",
                "Close other programs that use it, or choose another in the system's sound settings.",
            ) from error

    def _called(self, data: Any, frames: int, times: Any, status: Any) -> None:
        """PortAudio's callback: the next block, the same for every ear."""
        now_s = time.monotonic()
        block = np.zeros(frames, np.int16)
        lead_s = times.outputBufferDacTime - times.currentTime
        # Some hosts don't say when a block will be heard; then it is a buffer's length away.
        self._deck.fill(block, now_s + (lead_s if 0 < lead_s < 2 else self._stream.latency))
        ears: NDArray[np.int16] = np.frombuffer(data, np.int16).reshape(frames, -1)
        ears[:] = block[:, None]
        self.asked_s = now_s

    @property
    def gone(self) -> bool:
        """Whether the device has stopped asking."""
        return not self._stream.active or time.monotonic() - self.asked_s > SILENT_S

    def close(self) -> None:
        """Let the device go, at once."""
        import sounddevice

        with suppress(sounddevice.PortAudioError):
            self._stream.abort(ignore_errors=True)
            self._stream.close(ignore_errors=True)


@dataclass(frozen=True)
class Sound:
    """What the parent answers to a request: the frames asked for, of one order."""

    order: int
    samples: NDArray[np.int16]


class Player:
    """Obeys the parent: one deck, one feed, and a loudspeaker while there is something to be heard."""

    def __init__(self, rate_hz: int, to_parent: BinaryIO) -> None:
        self._rate_hz = rate_hz
        self._to_parent = to_parent
        self._speaker: Speaker | None = None
        self._device_hz = rate_hz
        self._deck = Deck(rate_hz)
        self._feed: Feed | None = None
        self._busy_s = time.monotonic()
        self._opened = False

    def run(self, inbox: "queue.SimpleQueue[dict[str, Any] | Sound | None]") -> None:
        """Work until the parent hangs up (None in the inbox)."""
        while True:
            with suppress(queue.Empty):
                message = inbox.get(timeout=TICK_S if self._speaker is not None else None)
                if message is None:
                    break
                self._take(message)
            self._tick()
        if self._speaker is not None:
            self._speaker.close()

    def _take(self, message: dict[str, Any] | Sound) -> None:
        if isinstance(message, Sound):
            if self._feed is not None and message.order == self._feed.reel.order:
                self._feed.take(message.samples)
            return
        try:
            self._obey(message)
        except InterviewkitError as error:
            self._fail(error)

    def _obey(self, command: dict[str, Any]) -> None:
        """Every command says all: what is to be heard from where, and whether now or when it is resumed."""
        turn, paused = Turn(**command["turn"]), bool(command["paused"])
        begun = self._feed is not None and turn.order == self._feed.reel.order
        if begun or turn.follows:
            turn = replace(turn, frame=int(self._deck.frame))
        if not paused and self._speaker is None:
            self._open()
        self._deck.paused = paused
        if self._feed is None or turn.order != self._feed.reel.order:
            self._feed = Feed(turn, self._rate_hz, self._device_hz)
            self._deck.coming = self._feed.reel

    def _open(self) -> None:
        import sounddevice

        if self._opened:
            # PortAudio looks for devices once: what was plugged in since is known only after a new start.
            sounddevice._terminate()
            sounddevice._initialize()
        self._opened = True
        device_hz = best_rate(self._rate_hz)
        if device_hz != self._device_hz:
            self._device_hz, self._feed = device_hz, None
            self._deck = Deck(device_hz)
        self._speaker = Speaker(self._deck, device_hz)

    def _tick(self) -> None:
        while self._deck.said:
            self._send(event="heard", **asdict(self._deck.said.popleft()))
        if self._speaker is None:
            return
        if self._speaker.gone:
            self._fail(DeviceError("The loudspeaker is gone.", "Plug it in again, then play on."))
        elif self._feed is not None and (wanted := self._feed.wanted()) is not None:
            self._send(event="read", order=self._feed.reel.order, start=wanted[0], stop=wanted[1])
        self._rest()

    def _rest(self) -> None:
        """Let the device go after a long pause; the silence before has pushed the last of the sound out."""
        now_s = time.monotonic()
        if not self._deck.idle:
            self._busy_s = now_s
        elif now_s - self._busy_s > IDLE_S:
            self._close()

    def _close(self) -> None:
        if self._speaker is not None:
            self._speaker.close()
            self._speaker = None

    def _fail(self, error: InterviewkitError) -> None:
        """Say it, and wait for the next command with everything as it is."""
        self._deck.paused = True
        self._close()
        self._send(event="failed", message=error.message, hint=error.hint)

    def _send(self, **message: object) -> None:
        self._to_parent.write(line(message))
        self._to_parent.flush()


def default_output() -> int:
    """The number of the system's output device; raises DeviceError where there is none."""
    import sounddevice

    number = int(sounddevice.default.device[1])
    if number < 0:
        raise DeviceError(
            "There is no loudspeaker on this computer.",
            "Plug in headphones or a loudspeaker, then try again.",
        )
    return number


def best_rate(rate_hz: int) -> int:
    """The recording's own rate where the device takes it, else the device's."""
    import sounddevice

    number = default_output()
    try:
        sounddevice.check_output_settings(number, _channels(number), "int16", samplerate=rate_hz)
    except sounddevice.PortAudioError:
        return int(sounddevice.query_devices(number)["default_samplerate"])
    return rate_hz


def _channels(number: int) -> int:
    import sounddevice

    return min(2, int(sounddevice.query_devices(number)["max_output_channels"]))


def _listen(from_parent: BinaryIO, inbox: "queue.SimpleQueue[dict[str, Any] | Sound | None]") -> None:
    """Put what the parent says into the inbox, to the end."""
    while text := from_parent.readline():
        message = json.loads(text)
        if "sound" in message:
            samples = np.frombuffer(from_parent.read(message["sound"]), np.int16)
            inbox.put(Sound(message["order"], samples))
        else:
            inbox.put(message)
    inbox.put(None)


def main() -> None:
    """Play what the parent says until it hangs up."""
    from_parent, to_parent = become_child(niceness=0)
    inbox: queue.SimpleQueue[dict[str, Any] | Sound | None] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(from_parent, inbox), daemon=True).start()
    order = inbox.get()
    if not isinstance(order, dict):
        return
    try:
        import sounddevice  # noqa: F401  before anybody waits for it

        tempo.load()
        Player(int(order["rate_hz"]), to_parent).run(inbox)
    except BrokenPipeError:
        sys.exit(1)
    except OSError:
        missing = DeviceError("PortAudio is missing, which playing needs.", "Install it: see the guide.")
        to_parent.write(line({"event": "failed", "message": missing.message, "hint": missing.hint}))
        to_parent.flush()


if __name__ == "__main__":
    main()
