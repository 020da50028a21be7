"""What is typed or chosen during a call and must not be readable by everybody: records.

    session_moves ── Note ─► recordings/P07-1/notes-1.json, sealed as class raw
    wrapup ── WrapUp ─► recordings/P07-1/wrapup-1.json, the same

The readable log says that there is a note; its kind, its words and who was there stand here alone.
"""

from enum import StrEnum

from pydantic import Field

from interviewkit.models import Frozen


class NoteKind(StrEnum):
    """What was typed or chosen."""

    NOTE = "note"
    TAG = "tag"
    QUESTION = "question"
    PRESENT = "present"
    PAUSE = "pause"
    INCIDENT = "incident"


class Role(StrEnum):
    """Who else takes part in a call."""

    SECOND_INTERVIEWER = "second interviewer"
    TRAINEE = "trainee"
    NOTE_TAKER = "note-taker"
    INTERPRETER = "interpreter"
    RELATIVE = "relative"


class Person(Frozen):
    """Somebody beside interviewer and participant; `talks` where their voice is to be expected."""

    role: Role
    talks: bool = True


class LineQuality(StrEnum):
    """How well the two could hear each other."""

    GOOD = "good"
    TROUBLE = "some trouble"
    BAD = "bad"


class When(StrEnum):
    """When a recording is transcribed."""

    NOW = "now"
    TONIGHT = "tonight"
    LATER = "later"


class WrapUp(Frozen):
    """What an interviewer says of a call right after it; all of it is optional."""

    note: str = Field("", description="to oneself: what should not be forgotten")
    line: LineQuality | None = None
    trouble: str = Field("", description="what was wrong with the line")
    when: When | None = None


class Note(Frozen):
    """What belongs to an action and must not be readable by everybody."""

    id: str = Field(description="the action to which it belongs names it")
    kind: NoteKind
    text: str = Field("", description="note, tag, question, place, reason of a pause, id of an incident")
    people: tuple[Person, ...] = ()
