"""What can be typed in a call that is held line by line, and what is said in answer. Pure, but for the acts.

"ask 3", "1", "note waited six weeks", "off" ── understood ─► Move ─► acts on a room, then `told`
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from interviewkit import session_moves, session_plan
from interviewkit.errors import UsageError
from interviewkit.exports.base import visible
from interviewkit.models import Ending
from interviewkit.session_log import Log
from interviewkit.session_moves import Tag
from interviewkit.session_notes import Person, Role

if TYPE_CHECKING:
    from interviewkit.room import Room

BEGIN = "An empty line asks the next question. Type help for the rest."
HELP = """\
(empty line)          the next question was asked; ask 3 asks question 3, ask closing reads out the closing
1 to 9                that probe or check was put
note WORDS            a note
tag WHICH             important, follow up, off topic or distress
own WORDS             a question of your own was asked
skip, earlier         leave the next question out; it was answered earlier. Or: skip 5, earlier 5
back                  return to the question before
off, on               off the record; on it again
here WHO, WHO at WHERE    who else is there: interpreter, relative (silent), … and where the participant is
strike MINUTES yes    destroy the last minutes of the recording
distress              off the record at once, and what your study's protocol says
safeguarding          what that protocol says, and whom to ring
withdraw keep yes     the participant withdraws, what was recorded is kept; withdraw destroy yes destroys it;
                      withdraw everything yes destroys it, and puts on record that they want to be erased
undo, redo            take back what was done last; do it again
where                 what was put last, how long it has been, what comes next
outline               all questions, and what became of them
end finished|later|dropped    end the call: finished, to be continued, or the line broke off"""
PROTOCOLS = ("distress", "safeguarding")
WITHDRAW = "withdraw"
ENDINGS = {"finished": Ending.FINISHED, "later": Ending.LATER, "dropped": Ending.DROPPED}
MOST_MINUTES = 240

Act = Callable[["Room", float], object]


@dataclass(frozen=True)
class Move:
    """What a line asks for: acts on the room in turn, then what to say; or how to end the call."""

    acts: tuple[Act, ...] = ()
    told: Callable[[Log], str] = lambda log: next_up(log)
    ending: Ending | None = None


class Wish(NamedTuple):
    """What becomes of the recording of somebody who withdraws, and whether they want to be erased."""

    keep: bool
    erase: bool


def wish(line: str) -> Wish:
    """What they want; UsageError unless that and a yes are said."""
    said = {
        "withdraw keep yes": Wish(keep=True, erase=False),
        "withdraw destroy yes": Wish(keep=False, erase=False),
        "withdraw everything yes": Wish(keep=False, erase=True),
    }
    if line not in said:
        raise UsageError(
            "What do they want of it?",
            "withdraw keep yes, withdraw destroy yes, or withdraw everything yes to have them erased.",
        )
    return said[line]


def understood(log: Log, line: str) -> Move:
    """The move that a line asks for; UsageError for one that asks for nothing known."""
    word, _, rest = line.partition(" ")
    if line.isdecimal():
        return _probe(log, int(line))
    if word not in WORDS:
        raise UsageError(f"“{visible(word)}” is not one of the words.", "Type help, or note and your words.")
    return WORDS[word](log, rest.strip())


# ── what is said ────────────────────────────────────────────────────────────────────────────────


def next_up(log: Log) -> str:
    """What an empty line would put."""
    topic = log.topics[log.next_up]
    number = session_plan.numbers(log)[topic.id]
    name = f"question {number}" if number else topic.label
    return f"Next is {name}: {visible(topic.text)}"


def put(log: Log) -> str:
    """What was put last, and its probes."""
    topic = log.topics[log.state.current]
    probes = (
        f"{n} {visible(text)}{' (put)' if f'{topic.id}.{letter}' in log.state.probed else ''}"
        for n, (letter, text) in enumerate(zip(topic.letters, topic.probes, strict=True), 1)
    )
    asked = f"Put: {topic.label}."
    return f"{asked} Probes: {'; '.join(probes)}" if topic.probes else asked


def where(log: Log) -> str:
    """How the interview stands."""
    last = log.actions[-1].monotonic_s
    timing = session_plan.timing(log, last)
    paused = " Off the record: nothing is recorded." if log.state.paused else ""
    spent = f"{timing.elapsed_s / 60:.0f} of {timing.planned_s / 60:.0f} planned minutes."
    return f"Call {log.state.call}, {spent}{paused}\n{put(log)}\n{next_up(log)}"


def outline(log: Log) -> str:
    """All questions in their order, a line each."""
    numbers = session_plan.numbers(log)
    rows = session_plan.outline(log, log.actions[-1].monotonic_s)
    return "\n".join(f"{numbers[row.topic.id] or '-'} {row.topic.label}: {row.status.value}" for row in rows)


# ── what is asked for ───────────────────────────────────────────────────────────────────────────


def _do(rule: Callable[..., Log], *args: Any, **kwargs: Any) -> Act:
    return lambda room, at_s: room.do_at(at_s, rule, *args, **kwargs)


def _simply(rule: Callable[..., Log], said: str) -> Callable[[Log, str], Move]:
    return lambda _, rest: Move((_do(rule),), lambda log: f"{said} {next_up(log)}")


def _say(tell: Callable[[Log], str]) -> Callable[[Log, str], Move]:
    return lambda _, rest: Move(told=tell)


def _ask(log: Log, rest: str) -> Move:
    return Move((_do(session_moves.ask, _topic(log, rest)),), lambda now: f"{put(now)}\n{next_up(now)}")


def _skip(log: Log, rest: str) -> Move:
    return Move((_do(session_moves.skip, _topic(log, rest)),), lambda now: f"Skipped. {next_up(now)}")


def _earlier(log: Log, rest: str) -> Move:
    return Move(
        (_do(session_moves.earlier, _topic(log, rest)),), lambda now: f"Answered earlier. {next_up(now)}"
    )


def _probe(log: Log, number: int) -> Move:
    letter = chr(ord("a") + number - 1) if 1 <= number <= 26 else ""
    return Move((_do(session_moves.ask_probe, letter),), put)


def _note(log: Log, rest: str) -> Move:
    return Move((_do(session_moves.note, rest),), lambda _: "Noted.")


def _own(log: Log, rest: str) -> Move:
    return Move((_do(session_moves.improvise, rest),), lambda _: "Put: your own question.")


def _tag(log: Log, rest: str) -> Move:
    found = [tag for tag in Tag if rest and tag.value.startswith(rest.casefold())]
    if len(found) != 1:
        raise UsageError("Which tag?", "important, follow up, off topic or distress.")
    return Move((_do(session_moves.tag, found[0]),), lambda _: f"Tagged: {found[0].value}.")


def _off(log: Log, rest: str) -> Move:
    return Move((lambda room, at_s: room.pause(at_s),), lambda _: "Off the record: nothing is recorded.")


def _on(log: Log, rest: str) -> Move:
    return Move((lambda room, at_s: room.resume(at_s),), lambda _: "On the record again.")


def _here(log: Log, rest: str) -> Move:
    """`interpreter, relative (silent) at home`."""
    names, _, place = rest.rpartition(" at ") if " at " in rest else (rest, "", "")
    people = tuple(_person(name.strip()) for name in names.split(",") if name.strip())
    return Move(
        (_do(session_moves.present, people, place.strip()),), lambda _: f"{len(people)} more are there."
    )


def _person(name: str) -> Person:
    role, _, rest = name.partition("(")
    found = [known for known in Role if role.strip() and known.value.startswith(role.strip().casefold())]
    if len(found) != 1 or rest not in ("", "silent)"):
        known = ", ".join(known.value for known in Role)
        raise UsageError(
            f"“{visible(name)}” is nobody known.", f"One of: {known}; with (silent) if they don't talk."
        )
    return Person(role=found[0], talks=not rest)


def _strike(log: Log, rest: str) -> Move:
    minutes, _, sure = rest.partition(" ")
    if not minutes.isdecimal() or not 1 <= int(minutes) <= MOST_MINUTES:
        raise UsageError("How many minutes are to be destroyed?", "Such as: strike 2 yes")
    length_s = 60 * int(minutes)

    def act(room: "Room", at_s: float) -> object:
        start_frame = room.frame_at(at_s - length_s)
        return room.do_at(at_s, session_moves.strike, start_frame, confirm=sure == "yes")

    return Move((act,), lambda _: "It is destroyed when the call ends.")


def _end(log: Log, rest: str) -> Move:
    if rest not in ENDINGS:
        raise UsageError("How does it end?", "end finished, end later (to be continued) or end dropped.")
    return Move(ending=ENDINGS[rest])


def _topic(log: Log, rest: str) -> str:
    """The topic that a number or a name means; nothing for the next one."""
    numbers = {number: topic for topic, number in session_plan.numbers(log).items() if number.isdecimal()}
    return numbers.get(rest, rest)


WORDS: dict[str, Callable[[Log, str], Move]] = {
    "": _ask,
    "ask": _ask,
    "note": _note,
    "tag": _tag,
    "own": _own,
    "skip": _skip,
    "earlier": _earlier,
    "back": _simply(session_moves.go_back, "Back."),
    "undo": _simply(session_moves.undo_last, "Taken back."),
    "redo": _simply(session_moves.redo, "Done again."),
    "off": _off,
    "on": _on,
    "here": _here,
    "strike": _strike,
    "end": _end,
    "where": _say(where),
    "outline": _say(outline),
    "help": _say(lambda _: HELP),
}
