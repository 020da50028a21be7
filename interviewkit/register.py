"""The consent register: a line for each participant, what is due, and the tables in which both are filed.

    Oversight, Finding[] ── lines ─► Line[] ── chosen ─► table, the ethics screen;  due ─► Due[]

Pure. A register shows what is on record; whoever acts on a consent asks for the grant.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from interviewkit import consent, consent_state, findings_calls
from interviewkit.consent import PERMISSIONS
from interviewkit.dossier import Oversight
from interviewkit.errors import ConsentRefused
from interviewkit.findings import Finding
from interviewkit.findings_seen import Seen, effective_at
from interviewkit.models import Purpose


class State(StrEnum):
    """How a participant's consent stands."""

    NONE = "not asked"
    GIVEN = "given"
    WAITING = "waiting"
    """It was given, and something has still to be done before anything may be recorded."""
    REFUSED = "said no"
    WITHDRAWN = "withdrawn"
    FROZEN = "frozen"
    TO_ERASE = "to be erased"
    ERASED = "erased"
    SEALED = "sealed"
    """It can't be opened with the keys that are here, so nothing is said about it."""
    DAMAGED = "damaged"


MEANING = {
    State.NONE: "no answers are on record",
    State.GIVEN: "they agreed to be recorded, and nothing stands against it",
    State.WAITING: "they agreed, and something is still to be done before anything may be recorded",
    State.REFUSED: "they answered no to a statement that is needed",
    State.WITHDRAWN: "they took their consent back, wholly or in part",
    State.FROZEN: "nothing of them may be recorded, opened or handed on until that is settled",
    State.TO_ERASE: "they asked to be erased, and are not yet",
    State.ERASED: "everything but what is kept as evidence was destroyed",
    State.SEALED: "the keys that were here do not open their consent record",
    State.DAMAGED: "their consent record can't be read",
}
"""What is said of a state where the register is filed."""

FINDINGS = "findings"
"""Chosen in the place of a state: everybody of whom something was found."""


@dataclass(frozen=True)
class Line:
    """A participant in the register."""

    participant: str
    group: str
    jurisdiction: str
    state: State
    form: str = ""
    version: int | None = None
    given_at: datetime | None = None
    method: str = ""
    taken_by: str = ""
    purposes: tuple[Purpose, ...] = ()
    copy_at: datetime | None = None
    withdrawn_at: datetime | None = None
    why: str = ""
    """What stands against recording, where something does."""
    calls: int = 0
    findings: int = 0


@dataclass(frozen=True)
class Chosen:
    """Which lines are shown; None is all."""

    group: str | None = None
    jurisdiction: str | None = None
    version: int | None = None
    state: str | None = None

    def takes(self, line: Line) -> bool:
        """Whether a line is among them."""
        return (
            self.group in (None, line.group)
            and self.jurisdiction in (None, line.jurisdiction)
            and self.version in (None, line.version)
            and (self.state in (None, line.state) or (self.state == FINDINGS and line.findings > 0))
        )

    def with_(self, what: str, value: str | None) -> "Chosen":
        """The same but for one field; a version as the number in `value`."""
        match what:
            case "group":
                return replace(self, group=value)
            case "jurisdiction":
                return replace(self, jurisdiction=value)
            case "version":
                return replace(self, version=None if value is None else int(value))
            case _:
                return replace(self, state=value)

    @property
    def words(self) -> str:
        """What was chosen, for the head of a page; empty where all of it was."""
        parts = {
            "group": self.group,
            "jurisdiction": self.jurisdiction,
            "version": None if self.version is None else str(self.version),
            "state": self.state,
        }
        return ", ".join(f"{name}: {value}" for name, value in parts.items() if value is not None)


def lines(study: Oversight, found: Sequence[Finding], chosen: Chosen | None = None) -> list[Line]:
    """The register, in the order of participant numbers."""
    counts = Counter(name for finding in found for name in finding.participant.split(", ") if name)
    every = [_line(Seen(study, dossier), counts[dossier.id]) for dossier in study.dossiers]
    return [line for line in every if chosen is None or chosen.takes(line)]


def as_json(shown: Sequence[Line]) -> list[dict[str, Any]]:
    """The register for scripts."""
    return [
        {
            **asdict(line),
            "state": line.state.value,
            "purposes": [purpose.value for purpose in line.purposes],
            "given_at": _iso(line.given_at),
            "copy_at": _iso(line.copy_at),
            "withdrawn_at": _iso(line.withdrawn_at),
        }
        for line in shown
    ]


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _line(seen: Seen, found: int) -> Line:
    dossier, person = seen.dossier, seen.dossier.participant
    purposes, why = _purposes(seen)
    line = Line(
        person.id,
        person.group,
        person.jurisdiction,
        _state(seen, purposes),
        calls=len(seen.kept),
        findings=found,
    )
    latest = dossier.latest
    if latest is None or not seen.known:
        return line
    copy, taken_back = consent_state.copy_given(dossier.events), dossier.withdrawn
    return replace(
        line,
        form=latest.given.form,
        version=None if latest.form is None else latest.form.version,
        given_at=effective_at(latest.given),
        method=latest.given.method.value,
        taken_by=latest.given.taken_by,
        purposes=purposes,
        copy_at=None if copy is None else copy.at,
        withdrawn_at=None if taken_back is None else taken_back.at,
        why=why,
    )


HELD = {"erased": State.ERASED, "to be erased": State.TO_ERASE, "frozen": State.FROZEN}


def _state(seen: Seen, purposes: Sequence[Purpose]) -> State:
    held = seen.rights.held
    if held is not None:
        return HELD[held]
    if seen.dossier.sealed or seen.dossier.damaged:
        return State.SEALED if seen.dossier.sealed else State.DAMAGED
    latest = seen.dossier.latest
    if seen.dossier.withdrawn is not None:
        return State.WITHDRAWN
    if latest is None:
        return State.NONE
    if Purpose.RECORD in purposes:
        return State.GIVEN
    refused = latest.form is None or findings_calls.refused(latest, latest.form) is not None
    return State.REFUSED if refused else State.WAITING


def _purposes(seen: Seen) -> tuple[tuple[Purpose, ...], str]:
    """What the consent permits, held against what the study says; and what stands against recording."""
    granted, why = [], ""
    for permission in PERMISSIONS:
        try:
            consent.grant(
                seen.dossier.participant,
                seen.dossier.events,
                seen.dossier.forms(),
                permission,
                seen.study.now,
                seen.rules,
            )
            granted.append(permission.purpose)
        except ConsentRefused as refused:
            why = why or (refused.message if permission is PERMISSIONS[0] else "")
    return tuple(granted), why
