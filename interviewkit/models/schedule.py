"""The interview guide of one stakeholder group: domains, questions, probes."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from interviewkit.models.base import Frozen, Identifier, Prose


class Question(Frozen):
    """A main question; its probes are addressed as `<question id>.<letter>`, a for the first."""

    id: Identifier
    short: Prose = Field(max_length=40, description="label for the outline")
    text: Prose = Field(description="as it is spoken")
    minutes: float = Field(gt=0, le=60)
    probes: tuple[Prose, ...] = Field(max_length=26)


class SubDomain(Frozen):
    """A part of a domain with questions of its own."""

    id: Identifier
    name: Prose
    questions: tuple[Question, ...] = Field(min_length=1)


class Domain(Frozen):
    """A domain of investigation: its questions stand in sub-domains or directly under it."""

    id: Identifier
    name: Prose
    questions: tuple[Question, ...] = ()
    subdomains: tuple[SubDomain, ...] = ()


class Script(Frozen):
    """What the interviewer reads out at the start or the end of a call."""

    script: Prose
    checks: tuple[Prose, ...] = Field((), description="points to confirm, one at a time")


class Schedule(Frozen):
    """The interview guide of one stakeholder group."""

    schema_: Literal[1] = Field(alias="schema")
    id: Identifier
    title: Prose
    group: Identifier
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")] = "en"
    minutes: float = Field(gt=0, le=240, description="expected length of the interview")
    opening: Script
    domains: tuple[Domain, ...] = Field(min_length=1)
    closing: Script
