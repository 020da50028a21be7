"""The interview as a chat: a pure view of a log.

Log ── entries ─► what was put, with how long the answer took; notes, tags, pauses, calls
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from interviewkit.models import Action, ActionKind
from interviewkit.session_log import Log
from interviewkit.session_notes import Note

ANSWERED = frozenset({ActionKind.STARTED, ActionKind.PUT, ActionKind.WENT_BACK})
"""Somebody talks after these, until the next of them."""


@dataclass(frozen=True)
class Entry:
    """One line or bubble.

    `text` is what was put, or what is in the note. `answer_s` is the time on the record until something
    else was put, up to `stop_frame`, which is None while it goes on; both are None where nobody answers.
    """

    number: int
    action: Action
    text: str
    note: Note | None
    answer_s: float | None = None
    stop_frame: int | None = None


def entries(log: Log, now_s: float) -> tuple[Entry, ...]:
    """The chat so far, oldest first, without what was undone; `now_s` is the call's clock."""
    return tuple(sorted(_entries(log, now_s), key=lambda entry: entry.number))


def _entries(log: Log, now_s: float) -> Iterator[Entry]:
    """Entries as they are complete: those that are answered once the answer is over."""
    waiting: Entry | None = None
    since_s = 0.0
    for number, action, state in log.walk():
        if waiting is not None and action.kind in (*ANSWERED, ActionKind.ENDED):
            yield replace(waiting, answer_s=state.elapsed_s - since_s, stop_frame=action.frame)
            waiting = None
        entry = Entry(number, action, _text(log, number, action), log.note_of.get(number))
        if action.kind in ANSWERED:
            waiting, since_s = entry, state.elapsed_s
        elif action.kind is not ActionKind.WENT_TO:
            yield entry
    if waiting is not None:
        running_since_s = log.state.running_since_s
        running_s = 0.0 if running_since_s is None else max(0.0, now_s - running_since_s)
        yield replace(waiting, answer_s=log.state.elapsed_s - since_s + running_s)


def _text(log: Log, number: int, action: Action) -> str:
    """The words of a question, probe or check, or of a note that is not a question's."""
    note = log.note_of.get(number)
    topic, _, letter = action.question.partition(".")
    if note is not None and not topic:
        return note.text
    if topic not in log.topics:
        return ""
    found = log.topics[topic]
    return found.probes[found.letters.index(letter)] if letter else found.text
