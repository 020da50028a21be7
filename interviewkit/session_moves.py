"""What an interviewer can do, as rules: each takes a log and a moment and gives the log with one more action.

    session.do(ask_probe, "a") ─► ask_probe(log, moment, "a") ─► log + 1

Pure; a move that makes no sense where the interview stands raises UsageError and changes nothing. Nothing
is removed: `undo` adds an action. What can't be taken back asks for an explicit `confirm`.
"""

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from interviewkit.errors import UsageError
from interviewkit.models import Action, ActionKind, Ending
from interviewkit.schedule import IMPROVISED, OPENING
from interviewkit.session_log import MOVES, Log, Moment, Status, Topic
from interviewkit.session_notes import NoteKind, Person

ALONE = 2
"""An interviewer and a participant."""
WITHDRAWN = (Ending.WITHDRAWN_KEEP, Ending.WITHDRAWN_DISCARD)


class Tag(StrEnum):
    """What a key marks a passage with."""

    IMPORTANT = "important"
    FOLLOW_UP = "follow up"
    OFF_TOPIC = "off topic"
    DISTRESS = "distress"


class Pause(StrEnum):
    """Why the recording pauses."""

    OFF_RECORD = "off the record"
    DISTRESS = "distress"


# ── calls ───────────────────────────────────────────────────────────────────────────────────────


def start(log: Log, moment: Moment, recording: str, number: int) -> Log:
    """Begin call `number`, which is recorded as `recording` from frame 0.

    After a dropped call the talk carries on with the question that was current, with its open probes;
    otherwise a call begins with the opening script. Raises UsageError where a call is being held.
    """
    if log.state.live:
        raise UsageError(f"Call {log.state.call} is still being held.", "End it before you start another.")
    if log.state.ending in WITHDRAWN:
        raise UsageError("The participant has withdrawn from this interview.", "It can't be carried on.")
    if number <= log.state.call:
        raise UsageError(f"There is a call {number} already.", "Number the calls in their order.")
    dropped = log.state.ending is Ending.DROPPED
    first = Moment(moment.at, moment.monotonic_s, 0)
    question = log.state.current if dropped else OPENING
    return log.add(ActionKind.STARTED, first, call=number, question=question, recording=recording)


def end(log: Log, moment: Moment, ending: Ending = Ending.FINISHED) -> Log:
    """End the call: finished, to be continued another time, or dropped; notes can still be added."""
    if ending in WITHDRAWN:
        raise UsageError(
            "A withdrawal is not an ordinary end.", "Use the withdrawal, which asks what to keep."
        )
    return _live(log).add(ActionKind.ENDED, moment, ending=ending)


def withdraw(log: Log, moment: Moment, *, keep: bool, confirm: bool) -> Log:
    """End the call because the participant withdraws; `keep` what was recorded, or have it destroyed.

    To be saved before the withdrawal itself is recorded in the study, because after that nothing of the
    participant's can be written.
    """
    _confirmed(confirm, "Ending the interview with a withdrawal")
    ending = Ending.WITHDRAWN_KEEP if keep else Ending.WITHDRAWN_DISCARD
    return _live(log).add(ActionKind.ENDED, moment, ending=ending)


def strike(log: Log, moment: Moment, start_frame: int, *, confirm: bool) -> Log:
    """Have the recording of this call destroyed from `start_frame` to now; the call goes on.

    Notes and improvised questions that were typed meanwhile lose their words at once.
    """
    _confirmed(confirm, "Striking a part of the recording")
    struck = _live(log).add(ActionKind.STRUCK, moment, start_frame=max(start_frame, 0))
    if struck.actions[-1].start_frame >= struck.actions[-1].frame:
        raise UsageError("There is nothing to strike.", "Say how much of what was just recorded goes.")
    return struck.without_struck_notes()


def strike_last(log: Log, moment: Moment, frames: int, *, confirm: bool) -> Log:
    """Have the last `frames` that were recorded destroyed; the call goes on.

    Where this call is not that long and carries on one that had dropped, the end of that one goes too:
    whoever asks for it counts minutes, and not calls.
    """
    _confirmed(confirm, "Striking a part of the recording")
    struck = log = _live(log)
    left = frames - moment.frame
    for ended in reversed([a for a in log.actions if a.kind is ActionKind.ENDED]):
        if left <= 0 or ended.ending is not Ending.DROPPED:
            break
        if ended.frame:
            end, start = replace(moment, frame=ended.frame), max(0, ended.frame - left)
            struck = struck.add(ActionKind.STRUCK, end, call=ended.call, start_frame=start)
        left -= ended.frame
    if moment.frame:
        return strike(struck, moment, moment.frame - frames, confirm=confirm)
    if struck is log:
        raise UsageError("There is nothing to strike.", "Nothing has been recorded yet.")
    return struck.without_struck_notes()


def pause(log: Log, moment: Moment, reason: Pause = Pause.OFF_RECORD) -> Log:
    """Go off the record; only the notes say why."""
    if _live(log).state.paused:
        raise UsageError("The recording is paused already.", "Resume it to go on.")
    return log.add(ActionKind.PAUSED, moment, note=(NoteKind.PAUSE, reason))


def resume(log: Log, moment: Moment) -> Log:
    """Be on the record again."""
    if not _live(log).state.paused:
        raise UsageError("The recording is not paused.")
    return log.add(ActionKind.RESUMED, moment)


# ── questions ───────────────────────────────────────────────────────────────────────────────────


def ask(log: Log, moment: Moment, question: str = "") -> Log:
    """A question or a script was read out: the one that is next, or any other, as often as it takes."""
    topic = _topic(_live(log), question or log.next_up)
    return log.add(ActionKind.PUT, moment, question=topic.id)


def ask_probe(log: Log, moment: Moment, letter: str) -> Log:
    """A probe of the current question, or a check of the current script, was put."""
    topic = _topic(_live(log), log.state.current)
    if len(letter) != 1 or letter not in topic.letters:
        has = f"It has {', '.join(topic.letters)}." if topic.letters else "It has none."
        raise UsageError(f"“{topic.label}” has no probe {letter}.", has)
    return log.add(ActionKind.PUT, moment, question=f"{topic.id}.{letter}")


def improvise(log: Log, moment: Moment, text: str) -> Log:
    """A question that is in no schedule was put; ids are never used twice, not even after an undo."""
    words = _typed(text)
    used = {action.question for action in log.actions if action.question.startswith(IMPROVISED)}
    name = f"{IMPROVISED}{len(used) + 1}"
    return _live(log).add(ActionKind.PUT, moment, question=name, note=(NoteKind.QUESTION, words))


def skip(log: Log, moment: Moment, question: str = "") -> Log:
    """Leave out a question that has not been put: the one that is next, or another."""
    return log.add(ActionKind.SKIPPED, moment, question=_not_put(log, question))


def earlier(log: Log, moment: Moment, question: str = "") -> Log:
    """A question need not be put: what was said before answers it."""
    return log.add(ActionKind.EARLIER, moment, question=_not_put(log, question))


def go_to(log: Log, moment: Moment, question: str) -> Log:
    """Choose what is put next, without putting it."""
    return log.add(ActionKind.WENT_TO, moment, question=_topic(_live(log), question).id)


def go_back(log: Log, moment: Moment) -> Log:
    """Return: drop what was chosen by `go_to`, or else take up the question before the current one again."""
    state = _live(log).state
    if not state.chosen and not state.path:
        raise UsageError("There is no question to return to.", "Choose one in the outline.")
    question = state.current if state.chosen else state.path[-1]
    return log.add(ActionKind.WENT_BACK, moment, question=question)


# ── notes ───────────────────────────────────────────────────────────────────────────────────────


def note(log: Log, moment: Moment, text: str) -> Log:
    """Something typed, with its time; after the call it is a note to oneself at its end."""
    return _begun(log).add(ActionKind.NOTED, moment, note=(NoteKind.NOTE, _typed(text)))


def tag(log: Log, moment: Moment, which: Tag) -> Log:
    """Mark what is being said."""
    return _begun(log).add(ActionKind.NOTED, moment, note=(NoteKind.TAG, which))


def present(log: Log, moment: Moment, people: Sequence[Person], where: str = "") -> Log:
    """Who else is there, everybody listed anew, and where the participant is.

    The number of those who talk is what the speakers of the call are told apart by.
    """
    speakers = ALONE + sum(person.talks for person in people)
    return _begun(log).add(
        ActionKind.NOTED, moment, note=(NoteKind.PRESENT, where.strip()), people=people, speakers=speakers
    )


def incident(log: Log, moment: Moment, record: str) -> Log:
    """Point at a safeguarding record, which is kept apart; `record` is its id and says nothing."""
    return _begun(log).add(ActionKind.NOTED, moment, note=(NoteKind.INCIDENT, _typed(record)))


# ── taking back ─────────────────────────────────────────────────────────────────────────────────


def undo(log: Log, moment: Moment) -> Log:
    """Take back the last thing that moved the interview in this call; again, the one before it."""
    call = _live(log).state.call
    moved = [number for number, action in log.standing() if action.kind in MOVES and action.call == call]
    if not moved:
        raise UsageError("There is nothing to undo in this call.")
    return log.add(ActionKind.UNDONE, moment, undoes=moved[-1])


def redo(log: Log, moment: Moment) -> Log:
    """Undo the last undo, unless the interview has moved on since."""
    waiting: list[int] = []
    for action in _live(log).actions:
        waiting = _waiting(log, waiting, action)
    if not waiting:
        raise UsageError("There is nothing to do again.")
    return log.add(ActionKind.REDONE, moment, undoes=waiting[-1])


def take_back(log: Log, moment: Moment, number: int) -> Log:
    """Take back note or tag `number` of the log, however long ago it was made."""
    made = log.note_of.get(number)
    if made is None or made.kind not in (NoteKind.NOTE, NoteKind.TAG) or number in log.undone:
        raise UsageError("Only a note or a tag can be taken back like this.")
    return log.add(ActionKind.UNDONE, moment, undoes=number)


def undo_last(log: Log, moment: Moment) -> Log:
    """Take back what was done last in this call, be it a move, a note or a tag; again, what was before it."""
    call = _live(log).state.call
    made = [number for number, action in log.standing() if action.call == call and _undoable(log, number)]
    if not made:
        raise UsageError("There is nothing to undo in this call.")
    return log.add(ActionKind.UNDONE, moment, undoes=made[-1])


def _undoable(log: Log, number: int) -> bool:
    """Whether an action moved the interview or was typed by the way; what happened can't be undone."""
    note = log.note_of.get(number)
    typed = note is not None and note.kind in (NoteKind.NOTE, NoteKind.TAG)
    return typed or log.actions[number - 1].kind in MOVES


def _waiting(log: Log, waiting: list[int], action: Action) -> list[int]:
    """The undone moves that can be done again after `action`, the last one last."""
    if action.kind in MOVES or action.kind is ActionKind.STARTED:
        return []
    if action.kind is ActionKind.UNDONE and log.actions[action.undoes - 1].kind in MOVES:
        return [*waiting, action.undoes]
    return waiting[:-1] if action.kind is ActionKind.REDONE else waiting


# ── what has to be so ───────────────────────────────────────────────────────────────────────────


def _begun(log: Log) -> Log:
    if not log.actions:
        raise UsageError("No call has been started yet.", "Start the call.")
    return log


def _live(log: Log) -> Log:
    if not log.state.live:
        raise UsageError("No call is being held.", "Start the call.")
    return log


def _topic(log: Log, question: str) -> Topic:
    topic = log.topics.get(question)
    if topic is None:
        raise UsageError(f"There is no question {question}.", "Choose one in the outline.")
    return topic


def _not_put(log: Log, question: str) -> str:
    """The id of a question that has not been put, by default the next one."""
    topic = _topic(_live(log), question or log.next_up)
    if not topic.is_question or log.state.status.get(topic.id) is Status.DONE:
        raise UsageError(f"“{topic.label}” can't be left out.", "It is a script, or it has been put already.")
    return topic.id


def _typed(text: str) -> str:
    words = text.strip()
    if not words:
        raise UsageError("Nothing was typed.")
    return words


def _confirmed(confirm: bool, what: str) -> None:
    if not confirm:
        raise UsageError(f"{what} can't be taken back.", "Confirm it.")
