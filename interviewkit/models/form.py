"""A form as it was approved: information sheet, statements, and what is promised to who answers them."""

from datetime import date
from enum import StrEnum
from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from interviewkit.models.base import Frozen, Identifier, Prose


class Purpose(StrEnum):
    """What may be done with somebody's words; each needs its own consent."""

    RECORD = "record"
    TRANSCRIBE = "transcribe"
    STORE = "store"
    QUOTE = "quote"
    ARCHIVE = "archive"
    RECONTACT = "recontact"
    CONFIRM = "confirm"
    """To keep what is said while consent is given or confirmed, apart from any interview; no statement asks
    for it, as it is part of the consent itself."""


class Section(StrEnum):
    """The three parts of a consent form."""

    TAKING_PART = "taking part"
    USE = "use of what I say"
    SHARING = "keeping and sharing"


class Statement(Frozen):
    """One sentence of a consent form, answered on its own."""

    id: Identifier
    section: Section
    text: Prose
    required: bool = Field(description="without a yes to it, nothing may happen at all")
    purposes: tuple[Purpose, ...] = Field((), description="what a yes to it permits")
    data_processing: bool = Field(
        False, description="it asks for explicit consent to the use of personal data, and for nothing else"
    )


class Way(StrEnum):
    """How consent may be given, as the approval says."""

    SIGNED = "signed"
    CONFIRMED = "signed and confirmed"
    """A signed form counts once it is confirmed on a recording of its own, at the beginning of the call."""
    ORAL = "oral"


class PaperCheck(StrEnum):
    """By when a second person has compared the answers on record with the signed sheet of paper."""

    RECORDING = "before recording"
    QUOTING = "before quoting"


class Level(StrEnum):
    """How much is taken back; each one includes those before it."""

    NO_CONTACT = "no contact"
    NO_REUSE = "no reuse or quotes"
    ERASE = "erase"


class Promise(Frozen):
    """What an information sheet promises to who changes their mind."""

    days: int = Field(ge=0, le=3650, description="until so many days after the interview it is done as asked")
    levels: tuple[Level, ...] = Field(min_length=1, description="what can be asked for")
    consent_stays: bool = Field(
        True, description="the record of the consent is kept as evidence when somebody is erased"
    )


class Form(Frozen):
    """One version of an information sheet and consent form, for a group and a jurisdiction.

    A form of schema 1 is from before a form said how consent may be given and what is promised. It is read
    as it was meant: given in any way, and nothing promised for a time.
    """

    schema_: Literal[1, 2] = Field(alias="schema")
    group: Identifier
    jurisdiction: Identifier
    version: int = Field(ge=1)
    approval: Identifier
    title: Prose
    sheet_version: Prose | None = Field(None, description="as it is printed on the information sheet")
    sheet_date: date
    ways: tuple[Way, ...] = Field((), description="how consent may be given")
    paper_check: PaperCheck | None = Field(
        None, description="by when a second person compares answers on record with a signed sheet of paper"
    )
    withdrawal: Promise | None = None
    sheet: Prose = Field(description="the information sheet, as it is given or read out")
    statements: tuple[Statement, ...] = Field(min_length=1)

    @property
    def id(self) -> str:
        """`<group>-<jurisdiction>-v<version>`, also the name of its file."""
        return f"{self.group}-{self.jurisdiction}-v{self.version}"

    @property
    def allowed(self) -> tuple[Way, ...]:
        """How consent may be given."""
        return self.ways or (Way.SIGNED, Way.ORAL)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        needed = ("sheet_version", "ways", "paper_check", "withdrawal") if self.schema_ > 1 else ()
        for name in needed:
            if not getattr(self, name):
                raise PydanticCustomError("incomplete", "{key} is missing", {"key": name})
        return self
