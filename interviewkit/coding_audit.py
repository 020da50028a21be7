"""What a second person says of meaning units, and what the team agrees on: pure.

Coded + somebody else's look ── reviewed ─► Review ── agreed ─► Consensus, and the proposal carried out
"""

from collections.abc import Sequence

from interviewkit import coding
from interviewkit.coding import Who, new_id
from interviewkit.errors import UsageError
from interviewkit.models import Coded, Consensus, Proposal, ProposalKind, Released, Review, Verdict


def reviewed(
    coded: Coded, name: str, who: Who, verdict: Verdict, said: str = "", proposal: Proposal | None = None
) -> tuple[Coded, Review]:
    """With what a second person says of a unit; UsageError for who made it, and for a query without words."""
    old = coding.unit(coded, name)
    if who.name.strip().casefold() == old.by.strip().casefold():
        raise UsageError(f"{old.by} made this unit.", "Somebody else has to look at it.")
    if verdict is Verdict.QUERIES and not said.strip():
        raise UsageError("Say what the question is.", "Nothing was noted.")
    if (verdict is Verdict.PROPOSES) != (proposal is not None):
        raise UsageError("Say what you propose: split, move or rename.", "Nothing was noted.")
    new = Review(
        id=new_id(), about=name, by=who.name, at=who.at, verdict=verdict, text=said.strip(), proposal=proposal
    )
    return coded.model_copy(update={"reviews": (*coded.reviews, new)}), new


def agreed(
    coded: Coded,
    review: str,
    people: Sequence[str],
    who: Who,
    *,
    accepted: bool,
    said: str = "",
    call: Released | None = None,
) -> Coded:
    """With what was agreed on a query or proposal; an accepted proposal is carried out.

    Raises UsageError where nothing is open under that id, fewer than two people agree, or a split lacks
    its `call`.
    """
    found = next((one for one in coded.open if one.id == review), None)
    if found is None:
        raise UsageError("That query or proposal is not open.", "See what is: interviewkit audit list")
    names = tuple(dict.fromkeys(name.strip() for name in people if name.strip()))
    if len({name.casefold() for name in names}) < 2:
        raise UsageError("A consensus takes two people or more.", "Name everybody who agrees.")
    done = coded
    if accepted and found.proposal is not None:
        done = _carried_out(coded, found.about, found.proposal, who, said, call)
    new = Consensus(review=review, by=names, at=who.at, accepted=accepted, text=said.strip())
    return done.model_copy(update={"consensus": (*done.consensus, new)})


def _carried_out(
    coded: Coded, name: str, what: Proposal, who: Who, reason: str, call: Released | None
) -> Coded:
    if what.kind is ProposalKind.MOVE:
        old = coding.unit(coded, name)
        return coding.moved(coded, name, what.domain or old.domain, what.category, who, reason)
    if what.kind is ProposalKind.RENAME:
        return coding.relabelled(coded, name, what.name, who, reason)
    if call is None or what.at is None:
        raise UsageError("The transcript of this unit is not there.", "Open it, and split the unit there.")
    return coding.split(coded, name, call, what.at, who, reason=reason)[0]
