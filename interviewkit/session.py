"""One interview in progress, without a screen: every move is saved as it is made.

    key press ── clock, anchors ─► Moment ── a rule of session_moves ─► Log ── study.commit ─► disk

    session = hold(study, grant, "P07-1")
    session.start(anchors, recording, number)
    session.do(ask)
    session.do(ask_probe, "a")
    session.do_at(pressed_s, tag, Tag.IMPORTANT)

The log's actions, marks and omissions go to `interview.json`, which says nothing; what was typed goes to the
notes of its call first, so that a kill between the two leaves no action without its words. A screen that
comes back opens the same session again and finds it as it was; the recorder is a process of its own. A
shell whose keys must not wait for the disk has a `session_keeper` save beside it.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Concatenate, ParamSpec, Protocol

from interviewkit import schedule, session_log, session_moves
from interviewkit.consent import Grant, Record
from interviewkit.session_log import Log, Moment
from interviewkit.session_notes import Note
from interviewkit.study import Study
from interviewkit.study_writing import Writing

P = ParamSpec("P")
Save = Callable[[Log], None]
Rule = Callable[Concatenate[Log, Moment, P], Log]


class Anchors(Protocol):
    """Where a recording was at a time: what the recorder's (monotonic time, frame) pairs say."""

    def frame_at(self, monotonic_s: float) -> int:
        """The frame that was recorded at a time of `time.monotonic`; while paused, the last one."""


class Noting(Protocol):
    """What moves can be made in: a session, or a room around one."""

    @property
    def log(self) -> Log:
        """What was done so far."""

    def do(self, rule: Rule[P], *args: P.args, **kwargs: P.kwargs) -> Log:
        """Make a move now."""


class _Between:
    """Anchors while nothing is recorded: what is noted then stands at the end of the call before."""

    def frame_at(self, monotonic_s: float) -> int:
        return 0


BETWEEN_CALLS = _Between()


class Session:
    """Applies rules to a log, one after the other, and has every result saved before it is accepted."""

    def __init__(
        self, log: Log, anchors: Anchors, save: Save, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """`hold` makes one for an interview of a study."""
        self.log = log
        self._anchors = anchors
        self._save = save
        self._monotonic = monotonic

    def do(self, rule: Rule[P], *args: P.args, **kwargs: P.kwargs) -> Log:
        """Make a move now; hands the new log back.

        Raises UsageError where the move makes no sense, StorageError or ConsentRefused where it can't be
        saved at once; then the session is as it was.
        """
        return self.do_at(self._monotonic(), rule, *args, **kwargs)

    def do_at(self, pressed_s: float, rule: Rule[P], *args: P.args, **kwargs: P.kwargs) -> Log:
        """Make a move that belongs to an earlier time of `time.monotonic`, when its key was pressed."""
        ago_s = self._monotonic() - pressed_s
        at = datetime.fromtimestamp(time.time() - ago_s, UTC)
        moment = Moment(at, pressed_s, self._anchors.frame_at(pressed_s))
        changed = rule(self.log, moment, *args, **kwargs)
        self._save(changed)
        self.log = changed
        return changed

    def start(self, anchors: Anchors, recording: str, number: int) -> Log:
        """Begin a call as soon as its recording has begun; `number` is `Interview.number_of(recording)`."""
        started = self.do(session_moves.start, recording, number)
        self.follow(anchors)
        return started

    def follow(self, anchors: Anchors) -> None:
        """From now on, moments have the frames of another recording, or of the same one found again."""
        self._anchors = anchors

    def frame_ago(self, seconds: float) -> int:
        """Where the recording was some time ago, for `strike`: the last minutes."""
        return self._anchors.frame_at(self._monotonic() - seconds)


def hold(
    study: Study,
    grant: Grant[Record],
    interview: str,
    anchors: Anchors = BETWEEN_CALLS,
    saving: Callable[[Save], Save] = lambda save: save,
) -> Session:
    """The session of an interview, new or as it was left; raises ConsentRefused.

    A call that was being held when the program or the computer went down is still being held here: carry
    on with it and the recorder's anchors where that lives, or `end` it as dropped. `saving` may put what
    saves a log behind something that does so later: `session_keeper`.
    """
    known = study.interview(interview)
    guide = schedule.load(study.paths.schedules / f"{known.schedule}.yaml")
    calls = sorted({action.call for action in known.actions})
    notes = [note for call in calls for note in study.notes(grant, interview, call)]
    log = session_log.held(guide, known, notes)
    return Session(log, anchors, saving(_Saver(study, grant, interview, log)))


class _Saver:
    """Writes a log into its interview: the one place where a session meets the disk."""

    def __init__(self, study: Study, grant: Grant[Record], interview: str, log: Log) -> None:
        self._study = study
        self._grant = grant
        self._interview = interview
        self._notes = _by_call(log)

    def __call__(self, log: Log) -> None:
        notes = _by_call(log)

        def write(writing: Writing) -> None:
            for call, typed in notes.items():
                if typed != self._notes.get(call, ()):
                    writing.notes(self._interview, call, typed)
            writing.interview(session_log.saved(log, self._study.interview(self._interview)))

        self._study.commit(self._grant, write, "interview in progress")
        self._notes = notes


def _by_call(log: Log) -> dict[int, tuple[Note, ...]]:
    """What was typed, call by call."""
    return {call: log.notes_in(call) for call in sorted({action.call for action in log.actions})}
