"""What went to a participant of their own transcript, and what they want to be changed in it."""

from datetime import date
from enum import StrEnum

from pydantic import AwareDatetime, Field

from interviewkit.models.base import Frozen
from interviewkit.models.transcript import CheckedTurn, Word


class WishState(StrEnum):
    """What became of a wish."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class Wish(Frozen):
    """Words that a participant changed in the file that they were sent; `after` may be empty."""

    number: int = Field(ge=1)
    speaker: str
    before: tuple[Word, ...] = Field(min_length=1)
    after: str
    decision: WishState = WishState.OPEN
    by: str = Field("", description="who decided")
    at: AwareDatetime | None = Field(None, description="when")

    @property
    def at_s(self) -> float:
        """Where in the call."""
        return self.before[0].start_s


class SentCopy(Frozen):
    """A transcript as a participant was sent it, and what came back."""

    at: AwareDatetime
    until: date
    by: str = Field(description="who sent it")
    turns: tuple[CheckedTurn, ...]
    answered_at: AwareDatetime | None = None
    answered_by: str = Field("", description="who took in what came back")
    wishes: tuple[Wish, ...] = ()
