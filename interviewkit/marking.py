"""Marks made later, while a call is listened to: pure.

    Interview ── marking ─► Marking ── put, moved, removed, undone ─► Marking ── marked ─► Interview

For calls that were brought in or recorded without being held here. The marks of a call that was held follow
from its log, which says more, and stay as they are.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace

from interviewkit.errors import UsageError
from interviewkit.models import Interview, Mark

Marks = tuple[Mark, ...]


@dataclass(frozen=True)
class Marking:
    """The marks of one call in the order of their time, what there was before, and what was taken back."""

    call: int
    frames: int
    marks: Marks = ()
    past: tuple[Marks, ...] = ()
    future: tuple[Marks, ...] = ()

    def put(self, question: str, frame: int) -> "Marking":
        """One more mark."""
        mark = Mark(question=question, call=self.call, frame=self._within(frame))
        return self if mark in self.marks else self._changed((*self.marks, mark))

    def moved(self, mark: Mark, by_frames: int) -> "Marking":
        """With a mark earlier or later."""
        there = self.shifted(mark, by_frames)
        return self._changed((*(known for known in self.marks if known != mark), there))

    def shifted(self, mark: Mark, by_frames: int) -> Mark:
        """Where a mark would stand, earlier or later within the call."""
        return mark.model_copy(update={"frame": self._within(mark.frame + by_frames)})

    def removed(self, mark: Mark) -> "Marking":
        """Without a mark."""
        return self._changed(tuple(known for known in self.marks if known != mark))

    def undone(self) -> "Marking":
        """As it was before the last change; raises UsageError where there was none."""
        if not self.past:
            raise UsageError("There is nothing to take back.", "A mark can be removed in the list of marks.")
        *past, before = self.past
        return replace(self, marks=before, past=tuple(past), future=(self.marks, *self.future))

    def redone(self) -> "Marking":
        """As it was before the last `undone`; raises UsageError where there was none."""
        if not self.future:
            raise UsageError("There is nothing to do again.")
        after, *future = self.future
        return replace(self, marks=after, past=(*self.past, self.marks), future=tuple(future))

    def at(self, frame: int) -> Mark | None:
        """The last mark before a frame, or at it."""
        place = bisect_right([mark.frame for mark in self.marks], frame)
        return self.marks[place - 1] if place else None

    def topic_at(self, frame: int) -> str:
        """The question that is talked about at a frame: the probes that are put belong to it."""
        mark = self.at(frame)
        return mark.question.partition(".")[0] if mark is not None else ""

    def _changed(self, marks: Marks) -> "Marking":
        return replace(self, marks=ordered(marks), past=(*self.past, self.marks), future=())

    def _within(self, frame: int) -> int:
        return min(max(frame, 0), max(self.frames - 1, 0))


def marking(interview: Interview, call: int) -> Marking:
    """The marks of a call as they are."""
    frames = next(known.frames for known in interview.calls if known.number == call)
    return Marking(call, frames, ordered(mark for mark in interview.marks if mark.call == call))


def marked(interview: Interview, made: Marking) -> Interview:
    """The interview with the marks of one call as they were made; raises UsageError for a call held here."""
    if was_held(interview, made.call):
        raise UsageError(
            f"Call {made.call} of {interview.id} was held here: its marks were made during the call.",
            "Marks can be made later for calls that were brought in or only recorded.",
        )
    others = tuple(mark for mark in interview.marks if mark.call != made.call)
    return interview.model_copy(update={"marks": (*others, *made.marks)})


def was_held(interview: Interview, call: int) -> bool:
    """Whether the marks of a call come of its log."""
    return any(action.call == call for action in interview.actions)


def ordered(marks: Iterable[Mark]) -> Marks:
    """Marks by their time; at the same time a question comes before its probes."""
    return tuple(sorted(marks, key=lambda mark: (mark.frame, mark.question)))
