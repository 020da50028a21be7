"""Getting hold of a participant: how to reach them, what they allow, and what happened when."""

import re
from datetime import time
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints, model_validator

from interviewkit.harmless import visible
from interviewkit.models.base import Frozen, Prose

_NUMBER = re.compile(r"[+(]?[0-9][0-9 ()+./-]*( ?(x|ext\.?) ?[0-9]+)?")
MIN_DIGITS = 3


def _number(text: str) -> str:
    if not _NUMBER.fullmatch(text) or sum(letter.isdigit() for letter in text) < MIN_DIGITS:
        raise ValueError("a telephone number is made of digits, spaces and + ( ) . / -")
    return text


def _email(text: str) -> str:
    before, _, after = text.partition("@")
    if not before or not after or "@" in after or any(letter.isspace() for letter in text):
        raise ValueError("an e-mail address is two parts with an @ between them")
    return text


Short = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(visible)
]


class Details(Frozen):
    """How a participant is reached, as far as that is known; no name is needed, and none is asked for."""

    # Left out of what a record says of itself, so that no traceback holds them.
    number: Annotated[Short, AfterValidator(_number)] | None = Field(None, repr=False)
    email: Annotated[Short, AfterValidator(_email)] | None = Field(None, repr=False)
    note: Short | None = Field(None, repr=False, description="for example whom to ask for")


class ContactKind(StrEnum):
    """What happened."""

    INVITED = "invited"
    BOOKED = "booked"
    REMINDED = "reminded"
    NO_ANSWER = "no answer"
    VOICEMAIL = "voicemail left"
    RESCHEDULED = "rescheduled"
    CALLED_OFF = "called off"
    """They were heard from, and nothing is agreed for now."""
    REFUSED = "refused"
    HELD = "interview held"
    VOUCHER = "voucher sent"
    MISTAKE = "entered by mistake"
    """An entry before counts for nothing; if that one was a mistake too, what it took back counts again."""


ATTEMPTS = (ContactKind.NO_ANSWER, ContactKind.VOICEMAIL)
AGREED = (ContactKind.BOOKED, ContactKind.RESCHEDULED)


class Contact(Frozen):
    """One entry of a participant's contact log; entries are only ever added."""

    kind: ContactKind
    at: AwareDatetime
    by: Prose
    appointment: AwareDatetime | None = Field(None, description="what was agreed, by the participant's clock")
    cancels: int | None = Field(None, ge=1, description="number of the entry that it takes back, from 1")
    why: Prose | None = Field(None, description="what they gave as their reason, if they did")

    @model_validator(mode="after")
    def _agreed(self) -> "Contact":
        if (self.appointment is not None) is not (self.kind in AGREED):
            raise ValueError(f"“{self.kind}” and an appointment don't go together, or it has none")
        if (self.cancels is not None) is not (self.kind is ContactKind.MISTAKE):
            raise ValueError("a mistake names the entry that it takes back, and nothing else does")
        return self


class Window(Frozen):
    """When it is safe to ring, by the clock where the participant is: on `days` (0 is Monday)."""

    days: frozenset[int] = Field(min_length=1)
    start: time
    stop: time

    @model_validator(mode="after")
    def _sound(self) -> "Window":
        if self.start >= self.stop or not self.days <= set(range(7)):
            raise ValueError("a window starts before it stops, on days from 0 to 6")
        return self


class Wishes(Frozen):
    """What a participant allows; without windows any time is as good."""

    safe: tuple[Window, ...] = ()
    voicemail: bool = Field(False, description="a message may be left: somebody else may hear it")


class ContactRules(Frozen):
    """What the protocol allows, for everybody in the study."""

    attempts: int = Field(3, ge=1, description="how often to ring in vain before leaving it to them")
    pause_hours: float = Field(4.0, ge=0, description="between attempts")
    reminder_hours: float = Field(
        24.0, ge=0, description="how long before an appointment to remind; 0: never"
    )


class Arrangement(Wishes):
    """What a participant and the protocol allow together."""

    attempts: int = Field(3, ge=1)
    pause_hours: float = Field(4.0, ge=0)
    voucher: bool = Field(False, description="one is due after the interview")
