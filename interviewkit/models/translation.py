"""A transcript in another language, turn by turn, with who translated it."""

from pydantic import AwareDatetime, Field

from interviewkit.models.base import Frozen


class TranslatedTurn(Frozen):
    """One turn as it was when it was translated, and its translation."""

    speaker: str
    start_s: float
    end_s: float
    original: str
    text: str


class Translation(Frozen):
    """All of one call in one language."""

    language: str = Field(pattern=r"^[a-z]{2,3}(-[a-z0-9]{2,8})*$")
    by: str = Field(description="who translated it")
    at: AwareDatetime = Field(description="when it was brought in")
    turns: tuple[TranslatedTurn, ...]
