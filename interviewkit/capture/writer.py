"""The heart of the recorder: blocks in, records of one second on the disk, messages out.

`Capture.tick` is called some forty times a second and does everything in turn, so that nothing here needs a
lock but what a command touches. Devices and clocks come from outside: `recorder` gives the real ones.
"""

import errno
import shutil
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from interviewkit.audio import SAMPLE_RATE
from interviewkit.capture import alarms, journal
from interviewkit.capture.alarms import Board, Kind, Watch
from interviewkit.capture.judge import judge
from interviewkit.capture.keeper import Finding
from interviewkit.capture.memory import Recent, Spool
from interviewkit.capture.messages import (
    FLOOR_DB,
    Alarm,
    Anchor,
    Closed,
    Failed,
    Gap,
    Judged,
    Levels,
    Marked,
    Message,
    Order,
    Paused,
    Saved,
    seconds,
)
from interviewkit.capture.meters import WINDOW_S, Meter, Reading, Rhythm
from interviewkit.capture.shelf import Shelf
from interviewkit.capture.tape import Tape
from interviewkit.capture.tracks import FROZEN_S, THAW_S, Block, Lost, Mixer, Stretch, Track
from interviewkit.errors import DeviceError, InterviewkitError, StorageError
from interviewkit.paths import storage_errors
from interviewkit.recording import RecordingWriter, recover
from interviewkit.sealing import Sealer, sealer

SYNC_S = 0.5
"""Less than a record, so that every record is forced to the disk as it is written."""
ASLEEP_S = 2.0
SETTLED_S = 0.6
"""What was heard up to a moment is there after so long."""


class Source(Protocol):
    """An open device, see `ears.Ear`."""

    rate_hz: int
    last_s: float
    blocks: int
    dropped_blocks: int
    flagged_blocks: int

    def take(self) -> list[Block]:
        """The blocks since the last time."""


class Keeping(NamedTuple):
    """What is held in memory is to be stored at `path`, once all of it has come."""

    path: Path
    sealer: Sealer
    due_s: float


class Capture:
    """One recording, on the disk or in memory, or one rehearsal, from its first block to its last."""

    def __init__(
        self,
        order: Order,
        sources: Sequence[Source],
        publish: Callable[[Message], None],
        asleep_s: Callable[[], float],
    ) -> None:
        """`publish` tells everybody; `asleep_s` says for how long the computer has slept since it started."""
        now_s = self._now_s = self._patient_s = time.monotonic()
        self.reason: str | None = None
        self.paused_since_s: float | None = None
        self._order = order
        self._sources = tuple(sources)
        self._publish = publish
        self._asleep_s = asleep_s
        self._slept_s = asleep_s()
        self._tape = Tape(now_s)
        self._board = Board(self._tell)
        self._tracks = [
            Track(source.rate_hz, wanted.channels, now_s)
            for source, wanted in zip(sources, order.inputs, strict=True)
        ]
        self._mixer = Mixer(self._tracks)
        self._meters = [Meter(source.rate_hz) for source in sources]
        self._watches = [Watch(label, self._board, now_s) for label in order.labels]
        self._heard: list[list[Reading]] = [[] for _ in order.labels]
        self._troubles = [0] * len(sources)
        self._replaced: list[Finding | None] = [None] * len(sources)
        self._recent = Recent(order.channels)
        self._tested = self._recent.sound()
        self._spool = Spool(order.channels) if order.provisional else None
        self._keeping: Keeping | None = None
        self._head = ""
        self._levels = Rhythm(WINDOW_S, now_s)
        self._seconds = Rhythm(1.0, now_s)
        self._commands = threading.Lock()
        self._failed = False
        self._gaps: list[Gap] = []
        self._clerk = None if order.journal is None else journal.Clerk(Path(order.journal))
        self._writer = self._new_writer()

    def _new_writer(self) -> Shelf | None:
        if self._order.audio is None:
            return None
        using = sealer(self._order.seal)
        return Shelf(
            RecordingWriter(
                Path(self._order.audio),
                self._order.recording,
                SAMPLE_RATE,
                self._order.channels,
                seal=using.seal,
                suffix=using.suffix,
                sync_every_s=SYNC_S,
            )
        )

    # ── what anybody may call, from any thread ──────────────────────────────────────────────────

    def frame_at(self, at_s: float) -> int:
        """The frame that is, or will be, recorded at a moment."""
        return self._tape.frame_at(at_s)

    def mark(self, mark: str, at_s: float) -> None:
        """Answer which frame a moment has, once the answer is in the journal; no answer if it can't be."""
        marked = Marked(mark, self._tape.frame_at(at_s))
        if self._clerk is None:
            self._publish(marked)
        else:
            self._clerk.note(marked, then=lambda: self._publish(marked))

    def pause(self, at_s: float) -> None:
        """Leave out what is heard from now on."""
        with self._commands:
            if self.paused_since_s is None:
                self.paused_since_s = at_s
                frame = self._tape.frame_at(at_s)
                self._tape.switch(at_s, paused=True)
                self._note(Paused(frame, on=True, at_s=at_s))

    def resume(self, at_s: float) -> None:
        """Keep what is heard again."""
        with self._commands:
            if self.paused_since_s is not None:
                frame = self._tape.frame_at(at_s)
                self._tape.switch(at_s, paused=False)
                self._note(Gap(frame, round(at_s - self.paused_since_s, 3), "paused", filled=False))
                self._note(Paused(frame, on=False, at_s=at_s))
                self.paused_since_s = None

    def stop(self, reason: str) -> None:
        """Let the next tick be the last."""
        self.reason = self.reason or reason

    def keep(self, path: str, seal: dict[str, Any], at_s: float) -> None:
        """Let what is held in memory, up to now, be stored: `Closed` answers, or `Failed`, to try again."""
        using = sealer(seal)
        with self._commands:
            if self._spool is not None and self._keeping is None:
                self._tape.switch(at_s, paused=True)
                self._keeping = Keeping(Path(path), using, at_s + SETTLED_S)

    def judged(self) -> Judged:
        """How the last seconds of a rehearsal were."""
        self._tested = self._recent.sound()
        figures, findings = judge(self._tested, self._order.labels)
        return Judged(tuple(figures), tuple(findings))

    @property
    def tested(self) -> NDArray[np.int16]:
        """What was judged last, shape (channels, frames)."""
        return self._tested

    # ── the recorder's own thread ───────────────────────────────────────────────────────────────

    def tick(self, now_s: float) -> None:
        """Take what has come, write what is due, and say what there is to say."""
        if now_s - self._now_s > FROZEN_S:
            self._patient_s = now_s + THAW_S
        self._now_s = now_s
        self._take(now_s)
        if self._levels.due(now_s):
            self._say_levels(now_s)
        try:
            self._write(*self._mixer.advance(now_s), now_s)
            if self._seconds.due(now_s):
                self._each_second(now_s)
        except StorageError as error:
            self._disk_failed(error, now_s)
        if self._keeping is not None and now_s >= self._keeping.due_s:
            self._keep(self._keeping)

    def _keep(self, keeping: Keeping) -> None:
        """Store what is held. Where that fails it stays held, for somebody to make room and ask again."""
        assert self._spool is not None
        self._keeping = None
        try:
            if not self._spool.frames:
                raise DeviceError("Nothing has been heard, so there is nothing to keep.", "Check the device.")
            self._head = self._spool.store(keeping.path, self._order.recording, keeping.sealer)
            self.stop("kept")
        except InterviewkitError as error:
            self._publish(Failed(error.message, error.hint))

    def gone(self, place: int, found: Finding | None, now_s: float) -> None:
        """Say whether a device is gone, or another has taken its place, and note for how long one had."""
        detail = f", and {found.instead} is recorded in its place" if found and found.instead else ""
        self._board.put(Kind.GONE, self._order.inputs[place].name, found is not None, now_s, detail)
        before = self._replaced[place]
        if before is not None and (found is None or found.instead != before.instead):
            self._note_replaced(place, before, now_s)
        self._replaced[place] = found if found and found.instead else None

    def _note_replaced(self, place: int, found: Finding, now_s: float) -> None:
        channel = place if len(self._sources) > 1 else None
        lasted_s = round(now_s - found.since_s, 3)
        self._note(Gap(self._tape.frame_at(found.since_s), lasted_s, "another device", True, channel))

    def finish(self) -> Closed:
        """Write what is left and close the recording; the devices are closed by now."""
        now_s = time.monotonic()
        self._take(now_s)
        for place, found in enumerate(self._replaced):
            if found is not None:
                self._note_replaced(place, found, now_s)
        try:
            self._write(*self._mixer.end(), now_s)
            if self._writer is not None and not self._failed:
                self._writer.close()
        except StorageError as error:
            self._disk_failed(error, now_s)
        reason, gaps = self.reason or "ended by an error", journal.gaps(self._gaps)
        closed = Closed(reason, self._stored_frames(), gaps, self._head)
        if self._spool is not None:
            self._spool.discard()
        if self._clerk is not None:
            # Whoever hears of the end reads the journal.
            self._clerk.note(closed)
            self._clerk.close()
        self._publish(closed)
        return closed

    def _stored_frames(self) -> int:
        """What is on the disk at the end; of a rehearsal, for how long it was listened to."""
        if self._spool is not None:
            return self._spool.frames if self._head else 0
        return self._tape.frames if self._writer is None else self._writer.stored_frames

    def _take(self, now_s: float) -> None:
        for place, source in enumerate(self._sources):
            name = self._order.inputs[place].name
            for block in source.take():
                self._tracks[place].push(block)
                self._meters[place].push(block.samples)
            first = sum(wanted.channels for wanted in self._order.inputs[:place])
            for readings in self._meters[place].readings():
                for channel, reading in enumerate(readings, first):
                    self._heard[channel].append(reading)
                    self._watches[channel].hear(reading, now_s, self._talked_elsewhere_s(channel))
            stalled = now_s - source.last_s > alarms.STALLED_S and now_s >= self._patient_s
            self._board.put(Kind.STALLED, name, stalled, now_s)
            troubles = source.dropped_blocks + source.flagged_blocks
            if troubles > self._troubles[place]:
                self._troubles[place] = troubles
                self._board.happened(Kind.DROPOUT, name, now_s)

    def _talked_elsewhere_s(self, channel: int) -> float | None:
        others = (watch.talked_s for number, watch in enumerate(self._watches) if number != channel)
        return max((talked_s for talked_s in others if talked_s is not None), default=None)

    def _write(self, stretches: list[Stretch], lost: list[tuple[int, Lost]], now_s: float) -> None:
        for place, loss in lost:
            self._lose(place, loss, now_s)
        for stretch in stretches:
            for samples in self._tape.cut(stretch):
                self._put(samples, now_s)

    def _lose(self, place: int, loss: Lost, now_s: float) -> None:
        if self.paused_since_s is None:
            channel = place if len(self._sources) > 1 else None
            frame = self._tape.frame_at(loss.at_s)
            self._note(Gap(frame, round(loss.seconds, 3), "sound lost", loss.filled, channel))
        name = self._order.inputs[place].name
        self._board.happened(Kind.DROPOUT, name, now_s, f" ({loss.seconds:.1f} s)")

    def _put(self, samples: NDArray[np.int16], now_s: float) -> None:
        """Samples go where this recording is: on the disk, into memory until it is kept, or past."""
        if self._spool is not None:
            self._spool.write(samples)
            minutes = f"{seconds(self._spool.frames) / 60:.0f}"
            self._board.put(Kind.MEMORY_FULL, "", self._spool.full, now_s, minutes)
        elif self._writer is None:
            self._recent.write(samples)
        elif not self._failed:
            self._writer.write(samples)

    def _say_levels(self, now_s: float) -> None:
        peaks = [max((reading.peak_db for reading in heard), default=FLOOR_DB) for heard in self._heard]
        means = [max((reading.rms_db for reading in heard), default=FLOOR_DB) for heard in self._heard]
        self._heard = [[] for _ in self._heard]
        self._publish(Levels(self._tape.frame_at(now_s), tuple(peaks), tuple(means)))

    def _each_second(self, now_s: float) -> None:
        self._publish(Anchor(now_s, datetime.now(UTC).isoformat(), self._tape.frame_at(now_s)))
        for kind in (Kind.DROPOUT, Kind.SUSPENDED, Kind.CLIPPING):
            self._board.calm(kind, now_s)
        slept_s = self._asleep_s()
        if slept_s - self._slept_s > ASLEEP_S:
            self._slept(slept_s - self._slept_s, now_s)
        self._slept_s = slept_s
        if self._writer is not None:
            self._check_disk(self._writer, now_s)

    def _slept(self, slept_s: float, now_s: float) -> None:
        self._note(Gap(self._tape.frame_at(now_s), round(slept_s, 1), "computer asleep", filled=False))
        self._board.happened(Kind.SUSPENDED, "", now_s, f"{slept_s / 60:.1f} minutes")

    def _check_disk(self, writer: Shelf, now_s: float) -> None:
        left_s = room_s(Path(str(self._order.audio)).parent, self._order.channels)
        self._publish(Saved(writer.stored_frames, left_s))
        waiting_s = writer.waiting_s
        self._board.put(Kind.DISK_SLOW, "", waiting_s > alarms.DISK_SLOW_S, now_s, f"{waiting_s:.0f}")
        low = left_s < alarms.DISK_LOW_S
        self._board.put(Kind.DISK_LOW, "", low, now_s, f"{max(0.0, left_s) / 60:.0f}")
        if left_s <= 0:
            self._full(now_s)

    def _disk_failed(self, error: StorageError, now_s: float) -> None:
        """Nothing more can be written: make what there is a whole recording, as far as that goes."""
        self._failed = True
        if isinstance(error.__cause__, OSError) and error.__cause__.errno in (errno.ENOSPC, errno.EDQUOT):
            self._full(now_s)
        self.stop("disk failed")
        with suppress(StorageError):
            recover(Path(str(self._order.audio)), unseal=None)

    def _full(self, now_s: float) -> None:
        self._board.put(Kind.DISK_FULL, "", True, now_s)
        self.stop("disk full")

    def _tell(self, kind: Kind, where: str, on: bool, text: str) -> None:
        self._note(Alarm(kind.value, where, on, self._tape.frame_at(self._now_s), text))

    def _note(self, message: Message) -> None:
        """Into the journal, and to everybody."""
        if isinstance(message, Gap):
            self._gaps.append(message)
        if self._clerk is not None:
            self._clerk.note(message)
        self._publish(message)


def room_s(folder: Path, channels: int) -> float:
    """For how many seconds of the loudest noise there is room, with some left for closing; 0 is none.

    Raises StorageError where the disk is gone.
    """
    with storage_errors(folder):
        free = shutil.disk_usage(folder).free - alarms.DISK_RESERVE_BYTES
    return seconds(free // (2 * channels))
