"""What a team decides once for all reports: under which numbers it quotes, what it answers about itself."""

from pydantic import AwareDatetime, Field

from interviewkit.models.base import Frozen, Identifier, Prose


class Numbered(Frozen):
    """The number under which a participant is quoted."""

    participant: str = Field(description="whose it is; empty for somebody who was erased")
    group: Identifier
    number: int = Field(ge=1)


class ItemAnswered(Frozen):
    """What somebody answered to an item of COREQ; a later one takes its place."""

    item: int = Field(ge=1, le=32)
    text: Prose
    by: Prose
    at: AwareDatetime


class ReportDecisions(Frozen):
    """The document that holds both."""

    numbers: tuple[Numbered, ...] = ()
    answers: tuple[ItemAnswered, ...] = ()
