"""What somebody coded for themselves, taken into what the team has: pure, and nothing of it is lost.

Coded + a layer ── taken_in ─► Coded: agreements, proposals, and units that only the second coder made
"""

from interviewkit import coding, coding_audit
from interviewkit.coding import Who
from interviewkit.models import Coded, Proposal, ProposalKind, Unit, UnitAct, UnitChange, Verdict

OWN = "coded blind"
"""Why a review or a unit is there; by it a second taking in finds what the first has done."""


def taken_in(coded: Coded, layer: Coded, coder: Who) -> Coded:
    """The team's units with what somebody made who did not see them.

    The same passage sorted the same way is agreed with; sorted otherwise it is a proposal to move it. A
    passage that nobody else chose becomes a unit, with a query where it overlaps with others. Units that only
    the team has stay as they are. Doing it again changes nothing.
    """
    for own in layer.standing:
        if not _there(coded, own, coder):
            coded = _one(coded, own, coder)
    return coded


def _there(coded: Coded, own: Unit, coder: Who) -> bool:
    known = any(own.id in unit.came_from for unit in coded.units)
    return known or any(review.by == coder.name and review.text == _text(own) for review in coded.reviews)


def _one(coded: Coded, own: Unit, coder: Who) -> Coded:
    same = [unit for unit in coded.standing if _passage(unit) == _passage(own) and unit.by != coder.name]
    if same:
        return _compared(coded, same[0], own, coder)
    made = own.model_copy(
        update={
            "id": coding.new_id(),
            "history": (*own.history, UnitChange(act=UnitAct.MADE, by=coder.name, at=coder.at, reason=OWN)),
            "came_from": (own.id,),
        }
    )
    near = [unit for unit in coded.standing if _overlap(unit, own) and unit.by != coder.name]
    coded = coded.model_copy(update={"units": (*coded.units, made)})
    for unit in near:
        coded = coding_audit.reviewed(coded, unit.id, coder, Verdict.QUERIES, _text(own))[0]
    return coded


def _compared(coded: Coded, unit: Unit, own: Unit, coder: Who) -> Coded:
    if (unit.domain, unit.category) == (own.domain, own.category):
        return coding_audit.reviewed(coded, unit.id, coder, Verdict.AGREES, _text(own))[0]
    proposal = Proposal(kind=ProposalKind.MOVE, domain=own.domain, category=own.category)
    return coding_audit.reviewed(coded, unit.id, coder, Verdict.PROPOSES, _text(own), proposal)[0]


def _text(own: Unit) -> str:
    """Says what the second coder made of it; its id tells two of the same label apart."""
    return f"{OWN}: “{own.label}” ({own.id})"


def _passage(unit: Unit) -> tuple[int, int, int]:
    return unit.passage.call, unit.passage.start_ms, unit.passage.end_ms


def _overlap(one: Unit, other: Unit) -> bool:
    a, b = one.passage, other.passage
    return a.call == b.call and a.start_ms < b.end_ms and b.start_ms < a.end_ms
