"""What stands for names and numbers of people in released transcripts, and what was left as it is."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from interviewkit.models.base import Frozen
from interviewkit.models.released import Place


class Decision(StrEnum):
    """What somebody decided about something that was found."""

    REPLACED = "replaced"
    KEPT = "kept"
    """It names nobody."""


class Pseudonym(Frozen):
    """What stands for a name or a number throughout a study, or that it may stay."""

    key: str = Field(description="by which the same thing is recognised, however it is written")
    text: str = Field(description="as it was first found or typed")
    kind: str = Field(description="person, place, phone …")
    decision: Decision
    replacement: str = Field("", description="in square brackets; empty where it is kept")
    by: str
    at: datetime


class Known(Frozen):
    """A name or number that is known beforehand: of the participant, of the staff, of a place."""

    text: str
    kind: str


class Roster(Frozen):
    """Names of staff, sites and places, which are looked for in every transcript of a study."""

    known: tuple[Known, ...] = ()


class Swapped(Frozen):
    """A place in a released call where something else was said: the way back."""

    call: int
    place: Place = Field(description="the first word of the replacement")
    words: int = Field(description="how many words the replacement has")
    original: tuple[str, ...] = Field(description="the words that were said, with what stands around them")


class Pseudonyms(Frozen):
    """The replacement log of a participant."""

    names: tuple[Pseudonym, ...] = ()
    swapped: tuple[Swapped, ...] = ()
