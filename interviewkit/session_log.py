"""The log of an interview that is being held, and what it amounts to: pure.

    Schedule + Action[] (+ Note[]) ── fold ─► State: where the interview is, marks, times

The log only grows. Undoing is an action too: what was undone stays in the log and counts for nothing.
Actions are ids and frames and can be read without a key; what was typed is in the notes, which actions
name by their ids. A log without its notes has the same state, so that another call can carry on with it.
"""

import string
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any
from uuid import uuid4

from interviewkit import schedule
from interviewkit.models import (
    Action,
    ActionKind,
    Ending,
    Interview,
    LeftOut,
    LeftOutKind,
    Mark,
    Schedule,
)
from interviewkit.schedule import CLOSING, IMPROVISED, OPENING
from interviewkit.session_notes import Note, NoteKind, Person

WORDS = frozenset({NoteKind.NOTE, NoteKind.QUESTION})
"""Notes that may hold what somebody said."""
MOVES = frozenset(
    {ActionKind.PUT, ActionKind.SKIPPED, ActionKind.EARLIER, ActionKind.WENT_TO, ActionKind.WENT_BACK}
)
"""What `undo` takes back: the interview moved. Pauses, starts and ends happened and stay."""


@dataclass(frozen=True)
class Moment:
    """When something was done: by the wall, by the clock that never jumps, and in the recording."""

    at: datetime
    monotonic_s: float
    frame: int


class Status(StrEnum):
    """What has become of a question."""

    OPEN = "open"
    CURRENT = "current"
    DONE = "done"
    SKIPPED = "skipped"
    EARLIER = "answered earlier"


@dataclass(frozen=True)
class Topic:
    """A question or a script as the outline lists it."""

    id: str
    label: str
    text: str
    probes: tuple[str, ...] = ()
    minutes: float = 0.0
    domain: str = ""
    subdomain: str = ""
    after: str = ""
    """Where it is improvised: the question that it was put after."""

    @property
    def letters(self) -> str:
        """The letters of the probes or checks."""
        return string.ascii_lowercase[: len(self.probes)]

    @property
    def is_question(self) -> bool:
        """Whether it is a question and not one of the two scripts."""
        return self.id not in (OPENING, CLOSING)


@dataclass
class State:
    """What a log amounts to. Made by `Log.state` and changed by nobody else."""

    call: int = 0
    ending: Ending | None = None
    current: str = ""
    """What was put last."""
    chosen: str = ""
    """What was chosen to be put next."""
    path: tuple[str, ...] = ()
    """The questions that were current before, the latest last."""
    status: dict[str, Status] = field(default_factory=dict)
    probed: set[str] = field(default_factory=set)
    """Marks of probes and checks that were put."""
    improvised: dict[str, str] = field(default_factory=dict)
    """Ids of improvised questions, each with the one that it was put after."""
    spent_s: dict[str, float] = field(default_factory=dict)
    elapsed_s: float = 0.0
    """Time of all calls without their pauses, up to the last action."""
    running_since_s: float | None = None
    """By the call's clock; None between calls and off the record."""
    paused_at: Action | None = None
    marks: list[Mark] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    @property
    def live(self) -> bool:
        """Whether a call is being held."""
        return self.call > 0 and self.ending is None

    @property
    def paused(self) -> bool:
        """Whether it is off the record."""
        return self.paused_at is not None


@dataclass(frozen=True)
class Log:
    """Everything that was done in an interview's calls, in order; see the module."""

    schedule: Schedule
    actions: tuple[Action, ...] = ()
    notes: tuple[Note, ...] = ()

    def add(
        self,
        kind: ActionKind,
        moment: Moment,
        *,
        call: int | None = None,
        note: tuple[NoteKind, str] | None = None,
        people: Iterable[Person] = (),
        **fields: Any,
    ) -> "Log":
        """The log with one more action, of the call in hand unless `call` begins another.

        Within a call neither clock nor frame runs backwards, whatever order key presses arrive in.
        """
        monotonic_s, frame = moment.monotonic_s, moment.frame
        if call is None:
            # What was struck of a call before this one stands among the actions of this one.
            last = next(action for action in reversed(self.actions) if action.call == self.state.call)
            monotonic_s, frame = max(monotonic_s, last.monotonic_s), max(frame, last.frame)
        made = [] if note is None else [_note(*note, people)]
        action = Action(
            kind=kind,
            call=call or self.state.call,
            frame=frame,
            monotonic_s=monotonic_s,
            at=moment.at,
            note=made[0].id if made else "",
            **fields,
        )
        return Log(self.schedule, (*self.actions, action), (*self.notes, *made))

    @cached_property
    def undone(self) -> frozenset[int]:
        """Numbers of the actions that count for nothing."""
        gone: set[int] = set()
        for action in self.actions:
            if action.kind is ActionKind.UNDONE:
                gone.add(action.undoes)
            elif action.kind is ActionKind.REDONE:
                gone.discard(action.undoes)
        return frozenset(gone)

    def standing(self) -> Iterator[tuple[int, Action]]:
        """The actions that count, with their numbers."""
        for number, action in enumerate(self.actions, 1):
            if number not in self.undone and action.kind not in (ActionKind.UNDONE, ActionKind.REDONE):
                yield number, action

    def walk(self) -> Iterator[tuple[int, Action, State]]:
        """The actions that count, with their numbers and the state after each: one object, which changes."""
        state = State()
        for number, action in self.standing():
            _pass_time(state, action)
            _apply(state, action)
            yield number, action, state

    @cached_property
    def state(self) -> State:
        """What the log amounts to."""
        return [State(), *(state for _, _, state in self.walk())][-1]

    @cached_property
    def topics(self) -> dict[str, Topic]:
        """Opening, questions in their order, closing; improvised questions stand where they were put."""
        known = {topic.id: topic for topic in _topics(self.schedule)}
        order = list(known)
        for name, after in self.state.improvised.items():
            near = known.get(after, known[OPENING])
            known[name] = Topic(
                name,
                f"Improvised {name.removeprefix(IMPROVISED)}",
                self._improvised_text(name),
                domain=near.domain,
                subdomain=near.subdomain,
                after=after,
            )
            place = min(order.index(near.id) + 1, order.index(CLOSING))
            while order[place].startswith(IMPROVISED):
                place += 1
            order.insert(place, name)
        return {name: known[name] for name in order}

    def _improvised_text(self, name: str) -> str:
        """The words of an improvised question, or nothing where the notes can't be read."""
        numbers = (n for n, action in enumerate(self.actions, 1) if action.question == name)
        return next((self.note_of[n].text for n in numbers if n in self.note_of), "")

    @cached_property
    def note_of(self) -> dict[int, Note]:
        """The notes by the numbers of their actions."""
        known = {note.id: note for note in self.notes}
        return {n: known[action.note] for n, action in enumerate(self.actions, 1) if action.note in known}

    def without_struck_notes(self) -> "Log":
        """The log without the words that were typed in what is struck by now."""
        struck = [(a.call, a.start_frame, a.frame) for a in self.actions if a.kind is ActionKind.STRUCK]
        return Log(self.schedule, self.actions, left_notes(self.actions, self.notes, struck))

    def notes_in(self, call: int) -> tuple[Note, ...]:
        """What was typed in a call."""
        return tuple(note for n, note in self.note_of.items() if self.actions[n - 1].call == call)

    @cached_property
    def next_up(self) -> str:
        """What is put next: what was chosen, else the next open question, else the closing."""
        state = self.state
        if state.chosen:
            return state.chosen
        order = list(self.topics)
        here = order.index(state.current) if state.current in order else 0
        for topic in (*order[here + 1 :], *order[: here + 1]):
            if self.topics[topic].is_question and topic not in state.status:
                return topic
        return CLOSING


def held(schedule: Schedule, interview: Interview, notes: Iterable[Note] = ()) -> Log:
    """The log of an interview as it was saved; notes that a kill left without their action are dropped."""
    wanted = {action.note for action in interview.actions}
    return Log(schedule, interview.actions, tuple(note for note in notes if note.id in wanted))


def saved(log: Log, interview: Interview) -> Interview:
    """The interview with the log, and with the log's marks and omissions for the calls held in it.

    What was struck afterwards stands in no log, and is never taken back.
    """
    calls = {action.call for action in log.actions}
    others = tuple(mark for mark in interview.marks if mark.call not in calls)
    known = log.state.left_out
    struck = [left for left in interview.left_out if left.kind is LeftOutKind.STRUCK and left not in known]
    return interview.model_copy(
        update={
            "actions": log.actions,
            "marks": (*others, *log.state.marks),
            "left_out": (*known, *struck),
        }
    )


def left_notes(
    actions: Iterable[Action], notes: Iterable[Note], struck: Sequence[tuple[int, int, int]]
) -> tuple[Note, ...]:
    """The notes without the words that were typed while something was said that is struck.

    `struck` are calls with their first frame and the one after the last. Tags, who was there and where an
    incident is written down say nothing that was said, and stay.
    """
    gone = {
        action.note
        for action in actions
        # Up to the last frame and with it: in a pause, what was said just before is still being written down.
        if any(action.call == call and start <= action.frame <= stop for call, start, stop in struck)
    }
    return tuple(note for note in notes if note.id not in gone or note.kind not in WORDS)


def _note(kind: NoteKind, text: str, people: Iterable[Person]) -> Note:
    return Note(id=uuid4().hex, kind=kind, text=text, people=tuple(people))


def _topics(guide: Schedule) -> Iterator[Topic]:
    """The scripts share what the questions leave of the interview's planned time."""
    rest = max(0.0, guide.minutes - schedule.planned_minutes(guide)) / 2
    yield Topic(OPENING, "Opening", guide.opening.script, guide.opening.checks, rest)
    for domain, subdomain, asked in schedule.questions(guide):
        part = subdomain.name if subdomain is not None else ""
        yield Topic(asked.id, asked.short, asked.text, asked.probes, asked.minutes, domain.name, part)
    yield Topic(CLOSING, "Closing", guide.closing.script, guide.closing.checks, rest)


def _pass_time(state: State, action: Action) -> None:
    """Count the time since the last action to what was current."""
    if state.running_since_s is not None and action.call == state.call:
        passed_s = action.monotonic_s - state.running_since_s
        state.elapsed_s += passed_s
        state.spent_s[state.current] = state.spent_s.get(state.current, 0.0) + passed_s
        state.running_since_s = action.monotonic_s


def _apply(state: State, action: Action) -> None:
    match action.kind:
        case ActionKind.STARTED:
            state.call, state.ending, state.chosen = action.call, None, ""
            state.running_since_s = action.monotonic_s
            _put(state, action)
        case ActionKind.PUT | ActionKind.WENT_BACK:
            _put(state, action)
        case ActionKind.SKIPPED | ActionKind.EARLIER:
            skipped = action.kind is ActionKind.SKIPPED
            state.status[action.question] = Status.SKIPPED if skipped else Status.EARLIER
            state.chosen = ""
        case ActionKind.WENT_TO:
            state.chosen = action.question
        case ActionKind.PAUSED | ActionKind.RESUMED | ActionKind.STRUCK | ActionKind.ENDED:
            _leave_out(state, action)
        case _:
            pass


def _put(state: State, action: Action) -> None:
    """A mark, and where the interview is after it."""
    topic, _, letter = action.question.partition(".")
    state.marks.append(Mark(question=action.question, call=action.call, frame=action.frame))
    if letter:
        state.probed.add(action.question)
    if topic.startswith(IMPROVISED):
        state.improvised.setdefault(topic, state.current)
    if topic != state.current:
        if action.kind is ActionKind.WENT_BACK:
            state.path = state.path[:-1]
        elif state.current not in ("", OPENING):
            state.path += (state.current,)
    state.current, state.status[topic] = topic, Status.DONE
    state.chosen = state.chosen if letter else ""


def _leave_out(state: State, action: Action) -> None:
    """Pauses and what is struck; an end closes a pause as well."""
    if action.kind is ActionKind.STRUCK:
        state.left_out.append(
            LeftOut(
                kind=LeftOutKind.STRUCK,
                call=action.call,
                start_frame=action.start_frame,
                stop_frame=action.frame,
            )
        )
    elif action.kind is ActionKind.PAUSED:
        state.paused_at, state.running_since_s = action, None
    else:
        if state.paused_at is not None:
            state.left_out.append(_off_record(state.paused_at, action))
        state.paused_at, state.ending = None, action.ending
        state.running_since_s = action.monotonic_s if action.kind is ActionKind.RESUMED else None


def _off_record(start: Action, stop: Action) -> LeftOut:
    return LeftOut(
        kind=LeftOutKind.OFF_RECORD,
        call=start.call,
        start_frame=start.frame,
        stop_frame=stop.frame,
        lasted_s=stop.monotonic_s - start.monotonic_s,
    )
