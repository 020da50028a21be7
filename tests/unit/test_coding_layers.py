"""A second coder's own units: taken in without loss, and how far two agree, against figures by hand."""

import pytest

from interviewkit import coding, passages
from interviewkit.agreement import agreement
from interviewkit.coding_layers import taken_in
from interviewkit.errors import UsageError
from interviewkit.models import Coded, Place, Verdict
from tests.unit.test_coding import ADA, BEN, CALL


def layer(*units: tuple[Place, Place, str, str | None], by: coding.Who = ADA) -> Coded:
    coded = Coded()
    for first, last, domain, category in units:
        where = passages.passage(CALL, first, last)
        coded, _ = coding.made(
            coded, CALL, where, by, interview="P01-1", label="x", domain=domain, category=category
        )
    return coded


TEAM = layer(
    (Place(1, 0), Place(1, 5), "experience", "a"),
    (Place(3, 0), Place(3, 3), "context", None),
    (Place(0, 0), Place(0, 3), "context", None),
)
OWN = layer(
    (Place(1, 0), Place(1, 5), "experience", "a"),
    (Place(3, 0), Place(3, 3), "context", "b"),
    (Place(2, 0), Place(3, 1), "experience", None),
    by=BEN,
)


def test_what_was_coded_blind_agrees_proposes_or_is_added_and_twice_is_as_once() -> None:
    done = taken_in(TEAM, OWN, BEN)
    by_verdict = {review.verdict: review for review in done.reviews}
    assert by_verdict[Verdict.AGREES].about == TEAM.units[0].id
    assert by_verdict[Verdict.PROPOSES].about == TEAM.units[1].id
    proposal = by_verdict[Verdict.PROPOSES].proposal
    assert proposal is not None
    assert proposal.category == "b"
    assert by_verdict[Verdict.QUERIES].about == TEAM.units[1].id
    assert [unit.text for unit in done.standing[3:]] == ["And then?\nNothing for"]
    assert done.standing[:3] == TEAM.standing
    traces = " ".join(review.text for review in done.reviews) + str([u.came_from for u in done.units])
    assert all(unit.id in traces for unit in OWN.units)
    assert taken_in(done, OWN, BEN) == done


def test_agreement_is_what_a_hand_counts_word_by_word() -> None:
    # 16 words: of turn 0 (4) the team says context and Ben nothing; turn 1 (6) both a; turn 2 (2) nothing and
    # experience; turn 3 (4) context and: two experience, two context/b.
    found = agreement([CALL], TEAM, OWN)
    assert (found.words, found.same) == (16, 6)
    # Chance: a 6·6, context 8·0, nothing 2·4 → 44 / 256.
    expected = 44 / 256
    assert found.kappa == pytest.approx((6 / 16 - expected) / (1 - expected))
    domains = agreement([CALL], TEAM, OWN, domains_only=True)
    assert domains.same == 6 + 2
    assert agreement([CALL], TEAM, TEAM).kappa == 1.0
    assert agreement([CALL], Coded(), Coded()).kappa is None


def test_a_passage_is_found_by_its_words_where_they_are_said_once() -> None:
    where = passages.quoted(CALL, "letter FROM my doctor and then")
    assert (where.first, where.last) == (Place(1, 2), Place(2, 1))
    with pytest.raises(UsageError, match="not said there"):
        passages.quoted(CALL, "six days")
    with pytest.raises(UsageError, match="not said there"):
        passages.quoted(CALL, "…")
