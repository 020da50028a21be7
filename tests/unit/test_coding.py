"""Meaning units: whatever is done to them nothing is lost, and their history says what was done."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interviewkit import coding, coding_audit, passages
from interviewkit.coding import Who
from interviewkit.errors import UsageError
from interviewkit.models import (
    Coded,
    Layout,
    Place,
    Proposal,
    ProposalKind,
    Provenance,
    Release,
    Released,
    Said,
    Unit,
    UnitAct,
    Verdict,
)

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
ADA, BEN = Who("Ada", NOW), Who("Ben", NOW)
WORDS = ("Yes", "I", "waited", "six", "weeks,", "naïve", "🙂")


def released(*texts: str, release: str = "r1", call: int = 1) -> Released:
    """A call whose turns are said one after the other, half a second a word."""
    turns, at = [], 0
    for number, text in enumerate(texts):
        times = tuple((at + 500 * n, at + 500 * n + 500) for n in range(len(text.split(" "))))
        speaker = "P01" if number % 2 else "Interviewer"
        turns.append(
            Said(
                speaker=speaker,
                start_s=at / 1000,
                end_s=times[-1][1] / 1000,
                text=text,
                question="q1",
                times_ms=times,
            )
        )
        at = times[-1][1]
    provenance = Provenance(program="tests", transcriber={}, diariser={}, channels=Layout.MONO)
    about = Release(
        id=release,
        at=NOW,
        by="Ada",
        replaced=0,
        kept=0,
        checked=None,
        duration_s=at / 1000,
        language="en",
        provenance=provenance,
    )
    return Released(call=call, release=about, turns=tuple(turns))


CALL = released("How did it begin?", "With a letter from my doctor.", "And then?", "Nothing for six weeks.")


def unit(
    coded: Coded, first: Place, last: Place, label: str = "a label", call: Released = CALL
) -> tuple[Coded, Unit]:
    where = passages.passage(call, first, last)
    return coding.made(coded, call, where, ADA, interview="P01-1", label=label, domain="experience")


def test_a_passage_is_the_same_whichever_end_was_selected_first() -> None:
    forwards = passages.passage(CALL, Place(1, 2), Place(3, 0))
    assert forwards == passages.passage(CALL, Place(3, 0), Place(1, 2))
    assert passages.text(CALL, forwards.first, forwards.last) == "letter from my doctor.\nAnd then?\nNothing"
    assert (forwards.start_ms, forwards.end_ms) == (3000, 6500)
    with pytest.raises(UsageError, match="no such word"):
        passages.passage(CALL, Place(1, 2), Place(4, 0))


def test_a_unit_has_the_question_that_prompted_it_and_who_made_it() -> None:
    coded, one = unit(Coded(), Place(1, 0), Place(1, 5), "  GP\n referred ")
    assert (one.label, one.question, one.by, one.text) == (
        "GP referred",
        "q1",
        "Ada",
        "With a letter from my doctor.",
    )
    coded = coding.relabelled(coded, one.id, "Letter came first", BEN, "clearer")
    change = coding.unit(coded, one.id).history[-1]
    assert (change.act, change.by, change.before, change.after, change.reason) == (
        UnitAct.RELABELLED,
        "Ben",
        "GP referred",
        "Letter came first",
        "clearer",
    )
    assert coding.relabelled(coded, one.id, "Letter came first", BEN) == coded


@st.composite
def calls(draw: st.DrawFn) -> Released:
    texts = draw(st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6), min_size=1, max_size=5))
    return released(*(" ".join(words) for words in texts))


@st.composite
def cut_units(draw: st.DrawFn) -> tuple[Released, Place, Place, Place]:
    call = draw(calls().filter(lambda one: len(list(one.places())) > 1))
    places = list(call.places())
    first = draw(st.integers(0, len(places) - 2))
    last = draw(st.integers(first + 1, len(places) - 1))
    return call, places[first], places[last], places[draw(st.integers(first + 1, last))]


@given(cut_units())
@settings(max_examples=150)
def test_splitting_and_merging_gives_the_same_unit_back(
    chosen: tuple[Released, Place, Place, Place],
) -> None:
    call, first, last, at = chosen
    coded, one = unit(Coded(), first, last, call=call)
    done, parts = coding.split(coded, one.id, call, at, BEN)
    assert " ".join(part.text for part in parts).split() == one.text.split()
    assert [part.label for part in done.standing] == ["a label", "a label"]

    done, whole = coding.merged(done, [part.id for part in parts], call, BEN)
    assert (whole.text, whole.passage, whole.label) == (one.text, one.passage, one.label)
    assert done.standing == (whole,)
    assert len(done.units) == 4
    assert coding.lineage(done, whole.id) == {one.id, *(part.id for part in parts)}


@given(cut_units())
@settings(max_examples=60)
def test_a_later_release_of_the_same_words_has_the_same_passage(
    chosen: tuple[Released, Place, Place, Place],
) -> None:
    call, first, last, _ = chosen
    _, one = unit(Coded(), first, last, call=call)
    again = call.model_copy(update={"release": call.release.model_copy(update={"id": "r2"})})
    found = passages.anchored(again, one.passage)
    assert found is not None
    assert passages.text(again, found.first, found.last) == one.text


def test_a_passage_is_found_by_its_times_where_turns_were_split_and_words_corrected() -> None:
    _, one = unit(Coded(), Place(1, 1), Place(1, 4))
    times = CALL.turns[1].times_ms
    parts = (
        CALL.turns[1].model_copy(update={"text": "With a", "times_ms": times[:2]}),
        CALL.turns[1].model_copy(update={"text": "letter from [place 1] doctor.", "times_ms": times[2:]}),
    )
    about = CALL.release.model_copy(update={"id": "r2"})
    wrong = CALL.model_copy(update={"turns": (CALL.turns[0], *parts), "release": about})
    with pytest.raises(IndexError):
        passages.anchored(wrong, one.passage)
    times = (*times[2:4], times[4], times[4], times[5])
    fixed = parts[1].model_copy(update={"times_ms": times})
    later = CALL.model_copy(update={"turns": (CALL.turns[0], parts[0], fixed), "release": about})
    found = passages.anchored(later, one.passage)
    assert found is not None
    assert passages.text(later, found.first, found.last) == "a\nletter from [place 1]"


def test_what_is_removed_can_be_had_back_and_what_was_split_can_not() -> None:
    coded, one = unit(Coded(), Place(1, 0), Place(1, 5))
    gone = coding.removed(coded, one.id, BEN, "by mistake")
    assert not gone.standing
    with pytest.raises(UsageError, match="no meaning unit"):
        coding.relabelled(gone, one.id, "x", BEN)
    assert coding.restored(gone, one.id, ADA).standing[0].label == one.label
    split, _ = coding.split(coded, one.id, CALL, Place(1, 2), BEN)
    with pytest.raises(UsageError, match="that was removed"):
        coding.restored(split, one.id, ADA)


def test_what_is_struck_leaves_neither_text_nor_label_nor_history() -> None:
    coded, within = unit(Coded(), Place(1, 0), Place(1, 5), "the letter")
    coded, touched = unit(coded, Place(1, 5), Place(3, 3), "the weeks")
    coded, apart = unit(coded, Place(3, 1), Place(3, 3), "the wait")
    coded = coding.relabelled(coded, touched.id, "doctor, weeks", BEN)
    coded, _ = coding_audit.reviewed(coded, touched.id, BEN, Verdict.QUERIES, "which doctor?")

    left = coding.struck(coded, 1, [(within.passage.start_ms, within.passage.end_ms)], ADA)
    assert [one.id for one in left.standing] == [touched.id, apart.id]
    text = left.model_dump_json()
    assert not any(word in text for word in ("doctor", "letter", "the weeks"))
    assert left.standing[1] == apart
    assert left.standing[0].history[-1].act is UnitAct.STRUCK
    assert coding.struck(left, 1, [(within.passage.start_ms, within.passage.end_ms)], BEN) == left
    assert coding.struck(coded, 2, [(0, 10**6)], ADA) == coded


def test_an_audit_takes_somebody_else_and_a_consensus_takes_two() -> None:
    coded, one = unit(Coded(), Place(1, 0), Place(3, 3))
    with pytest.raises(UsageError, match="Ada made this unit"):
        coding_audit.reviewed(coded, one.id, ADA, Verdict.AGREES)
    with pytest.raises(UsageError, match="Say what the question is"):
        coding_audit.reviewed(coded, one.id, BEN, Verdict.QUERIES, " ")
    agreed, _ = coding_audit.reviewed(coded, one.id, BEN, Verdict.AGREES)
    assert not agreed.open

    proposal = Proposal(kind=ProposalKind.SPLIT, at=Place(3, 0))
    asked, review = coding_audit.reviewed(coded, one.id, BEN, Verdict.PROPOSES, proposal=proposal)
    assert asked.open == (review,)
    with pytest.raises(UsageError, match="two people"):
        coding_audit.agreed(asked, review.id, ["Ben", "ben "], BEN, accepted=True, call=CALL)
    with pytest.raises(UsageError, match="not there"):
        coding_audit.agreed(asked, review.id, ["Ada", "Ben"], BEN, accepted=True)
    done = coding_audit.agreed(asked, review.id, ["Ada", "Ben"], BEN, accepted=True, call=CALL)
    assert [unit.text for unit in done.standing] == [
        "With a letter from my doctor.\nAnd then?",
        "Nothing for six weeks.",
    ]
    assert done.consensus[0].by == ("Ada", "Ben")
    assert not done.open
    kept = coding_audit.agreed(asked, review.id, ["Ada", "Ben"], ADA, accepted=False, said="one thought")
    assert (kept.standing, kept.consensus[0].text, kept.open) == (coded.standing, "one thought", ())


def test_a_move_and_a_new_name_that_were_agreed_on_are_carried_out() -> None:
    coded, one = unit(Coded(), Place(1, 0), Place(1, 5))
    for proposal, wanted in (
        (Proposal(kind=ProposalKind.MOVE, domain="context", category="abc"), ("context", "abc", "a label")),
        (Proposal(kind=ProposalKind.RENAME, name="referred"), ("experience", None, "referred")),
    ):
        asked, review = coding_audit.reviewed(coded, one.id, BEN, Verdict.PROPOSES, proposal=proposal)
        done = coding_audit.agreed(asked, review.id, ["Ada", "Ben"], BEN, accepted=True)
        now = done.standing[0]
        assert (now.domain, now.category, now.label) == wanted
