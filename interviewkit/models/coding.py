"""What analysts make of released transcripts: meaning units, categories, what an audit says of them."""

from datetime import date, datetime
from enum import StrEnum

from pydantic import Field

from interviewkit.models.base import Frozen, InterviewId, Prose, RandomId
from interviewkit.models.released import Place

DomainId = str
"""A domain of the schedules, `context`, or a sub-domain, `experience.process`; or one that was added."""


class Passage(Frozen):
    """A stretch of a released call, from a word to another; the last one belongs to it.

    Its times stay where the transcript is released again; they find the words then.
    """

    call: int = Field(ge=1)
    release: str = Field(description="id of the release in which the places count")
    first: Place
    last: Place
    start_ms: int
    end_ms: int


class UnitAct(StrEnum):
    """What can be done to a meaning unit."""

    MADE = "made"
    RELABELLED = "relabelled"
    MOVED = "moved"
    """To another domain, or into another category."""
    MEMO = "memo"
    STRETCHED = "stretched"
    """It begins or ends with another word."""
    SPLIT = "split"
    MERGED = "merged"
    REMOVED = "removed"
    RESTORED = "restored"
    STRUCK = "struck"
    """Words of it were destroyed, and its label with them."""


class UnitChange(Frozen):
    """Something that was done to a meaning unit: by whom, what stood there before, and why."""

    act: UnitAct
    by: str
    at: datetime
    before: str = ""
    after: str = ""
    reason: str = ""


class Unit(Frozen):
    """A meaning unit: a passage that still means something out of context, with a summary label."""

    id: RandomId
    interview: InterviewId
    passage: Passage
    text: str = Field(description="the passage as it was released; turns are parted by line feeds")
    label: str = Field("", description="summary label; empty where it has to be written")
    question: str | None = Field(None, description="what prompted it, at its beginning")
    domain: DomainId
    category: str | None = Field(None, description="id of a category of the codebook")
    memo: str = ""
    history: tuple[UnitChange, ...] = Field(description="in order; the first says who made it")
    came_from: tuple[str, ...] = Field((), description="the units that were split or merged into it")
    gone: bool = Field(False, description="removed, or split or merged into others: kept for its history")

    @property
    def by(self) -> str:
        """Who made it."""
        return self.history[0].by


class Verdict(StrEnum):
    """What somebody who audits a unit says of it."""

    AGREES = "agrees"
    QUERIES = "queries"
    PROPOSES = "proposes"


class ProposalKind(StrEnum):
    """What an auditor can propose."""

    SPLIT = "split"
    MOVE = "move"
    RENAME = "rename"


class Proposal(Frozen):
    """What should become of a unit, or of a category."""

    kind: ProposalKind
    at: Place | None = Field(None, description="the first word of the second part, of a split")
    domain: DomainId | None = None
    category: str | None = None
    name: str = Field("", description="the new label, or the category's new name")


class Review(Frozen):
    """What a second person says of a unit (or of a category, `about` its id)."""

    id: RandomId
    about: str
    by: str
    at: datetime
    verdict: Verdict
    text: str = ""
    proposal: Proposal | None = None


class Consensus(Frozen):
    """What came of a query or proposal: who agreed on what, and when."""

    review: str
    by: tuple[str, ...]
    at: datetime
    accepted: bool
    text: str = ""


class Coded(Frozen):
    """The meaning units of one interview, and what was said of them."""

    units: tuple[Unit, ...] = ()
    reviews: tuple[Review, ...] = ()
    consensus: tuple[Consensus, ...] = ()

    @property
    def standing(self) -> tuple[Unit, ...]:
        """The units that count."""
        return tuple(unit for unit in self.units if not unit.gone)

    @property
    def open(self) -> tuple[Review, ...]:
        """Queries and proposals about units that count, on which nothing was agreed yet."""
        settled = {one.review for one in self.consensus}
        known = {unit.id for unit in self.standing}
        return tuple(
            review
            for review in self.reviews
            if review.verdict is not Verdict.AGREES and review.id not in settled and review.about in known
        )


class Reporting(StrEnum):
    """How a domain is reported."""

    PER_GROUP = "per group"
    COMBINED = "combined"
    DROPPED = "dropped"


class CodeDomain(Frozen):
    """A domain or sub-domain under which units are sorted; `parent` is the domain of a sub-domain."""

    id: DomainId
    name: Prose
    parent: DomainId | None = None
    reporting: Reporting = Reporting.PER_GROUP
    why: str = Field("", description="why it is dropped, or reported in another way")


class Category(Frozen):
    """A named cluster of meaning units within a domain; `parent` is the category of a sub-category."""

    id: RandomId
    name: Prose
    domain: DomainId
    parent: str | None = None
    memo: str = ""
    from_participants: tuple[str, ...] = Field(
        (), description="whose units it was named for: gone with them where they are its only ones"
    )


class CodebookChange(Frozen):
    """Something that was done to the codebook: by whom, to what, what stood there before, and why."""

    by: str
    at: datetime
    what: str = Field(description="such as `category renamed`")
    about: str = Field(description="id of the domain or category")
    before: str = ""
    after: str = ""
    reason: str = ""


class Meeting(Frozen):
    """A meeting of the team about open queries, and what was decided there."""

    on: date
    present: tuple[str, ...]
    decisions: str


class Codebook(Frozen):
    """Domains and categories of a study, with their history; what is reported how."""

    domains: tuple[CodeDomain, ...] = ()
    categories: tuple[Category, ...] = ()
    history: tuple[CodebookChange, ...] = ()
    reviews: tuple[Review, ...] = ()
    consensus: tuple[Consensus, ...] = ()
    meetings: tuple[Meeting, ...] = ()
