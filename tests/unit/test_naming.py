"""Names in a transcript: none is released undecided, none that is replaced is left; and the way back."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interviewkit import naming
from interviewkit.coding import Who
from interviewkit.errors import UsageError
from interviewkit.identifiers import Kind, Source
from interviewkit.models import (
    Check,
    Checked,
    CheckedTurn,
    Decision,
    Known,
    Layout,
    Provenance,
    Pseudonyms,
    Transcript,
    Word,
)
from interviewkit.naming import Item

NOW = datetime(2026, 5, 4, tzinfo=UTC)
ADA = Who("Ada", NOW)
CHECK = Check(by="Ada", at=NOW)
SAID = (
    "Well, Siobhan Murphy rang me from Ballymun, and then Siobhan rang again.",
    "Did Siobhan's letter come to BT7 1NN?",
    "my number is oh seven seven double oh nine hundred one two three",
)


def transcript(*texts: str, checked: bool = True) -> Transcript:
    turns, at = [], 0.0
    for text in texts:
        words = tuple(
            Word(text=word, start_s=at + n, end_s=at + n + 1, probability=1.0)
            for n, word in enumerate(text.split())
        )
        at = words[-1].end_s
        turns.append(
            CheckedTurn(
                speaker="P01",
                start_s=words[0].start_s,
                end_s=at,
                words=words,
                checks=(CHECK,) if checked else (),
            )
        )
    done = len(turns) if checked else 0
    return Transcript(
        turns=tuple(turns),
        flags=(),
        duration_s=at,
        coverage=1.0,
        language="en",
        provenance=Provenance(program="tests", transcriber={}, diariser={}, channels=Layout.MONO),
        checked=Checked(by=("Ada",), at=NOW, turns=done, of=len(turns)),
    )


def found(of: Transcript, own: Pseudonyms, others: naming.Names | None = None) -> list[Item]:
    known = (Known(text="Siobhan Murphy", kind="person"), Known(text="07700 900123", kind="phone"))
    return naming.items(of.turns, known, own, others or {})


def all_replaced(of: Transcript, own: Pseudonyms, others: naming.Names | None = None) -> Pseudonyms:
    """Whatever is open is replaced, until nothing is: with a name that is known more may be found."""
    others = others or {}
    while open_ := [item for item in found(of, own, others) if item.decided is None]:
        own = naming.replaced(own, others, open_[0], naming.suggested(open_[0], own, others), ADA)
    return own


def test_nothing_is_released_before_all_is_checked_and_decided() -> None:
    draft = transcript(*SAID, checked=False)
    assert naming.missing(draft, found(draft, Pseudonyms())) == [
        "3 turns to be checked",
        f"{len(found(draft, Pseudonyms()))} names or numbers to be decided about",
    ]
    with pytest.raises(UsageError, match="can't be released: 3 turns"):
        naming.released(1, draft, found(draft, Pseudonyms()), Pseudonyms(), ADA)


def test_what_was_said_is_gone_and_comes_back_with_the_log_alone() -> None:
    of = transcript(*SAID)
    own = all_replaced(of, Pseudonyms())
    call, log = naming.released(1, of, found(of, own), own, ADA)
    text = " ".join(turn.plain for turn in call.turns).casefold()
    assert not any(word in text for word in ("siobhan", "murphy", "bt7", "1nn", "nine hundred"))
    assert "'s letter" in text
    assert [" ".join(words) for words in naming.original(call, log)] == list(SAID)
    assert naming.original(call, Pseudonyms()) != naming.original(call, log)
    assert call.release.replaced == len(log.swapped)


def test_the_same_has_the_same_replacement_in_the_next_transcript_without_asking() -> None:
    first = all_replaced(transcript(*SAID), Pseudonyms())
    others = {one.key: one for one in first.names if one.decision is Decision.REPLACED}
    again = found(transcript("So Siobhan Murphy is in Ballymun?"), Pseudonyms(), others)
    assert [item.replacement for item in again] == [
        others["siobhan murphy"].replacement,
        others["ballymun"].replacement,
    ]


def test_what_stays_in_one_transcript_is_asked_about_in_the_next() -> None:
    of = transcript("And then Hope came to Ballymun.")
    own = Pseudonyms()
    for item in found(of, own):
        own = naming.kept(own, item, ADA)
    call, _ = naming.released(1, of, found(of, own), own, ADA)
    assert call.turns[0].text == "And then Hope came to Ballymun."
    others = {one.key: one for one in own.names}
    assert all(item.decided is None for item in found(of, Pseudonyms(), others))


def test_one_replacement_for_two_needs_somebody_who_says_that_they_are_the_same() -> None:
    of = transcript("Siobhan Murphy and Mister Byrne rang Byrne.")
    own = all_replaced(of, Pseudonyms())
    texts = {item.key: item.replacement for item in found(of, own)}
    byrne = next(item for item in found(of, own) if "byrne" in item.key)
    with pytest.raises(UsageError, match="stands for somebody"):
        naming.replaced(own, {}, byrne, texts["siobhan murphy"], ADA)
    same = naming.replaced(own, {}, byrne, texts["siobhan murphy"].upper(), ADA, same=True)
    assert {item.replacement for item in found(of, same) if item.key == byrne.key} == {
        texts["siobhan murphy"]
    }
    with pytest.raises(UsageError, match="brackets"):
        naming.replaced(own, {}, byrne, "her friend", ADA)


def test_a_name_that_was_typed_is_found_however_it_is_written() -> None:
    of = transcript("we went to the lantern house and Lantern House's garden")
    item = naming.added(" Lantern  house ", Kind.PLACE)
    own = naming.replaced(Pseudonyms(), {}, item, "[place 1]", ADA)
    (only,) = [one for one in found(of, own) if one.key == item.key]
    assert (len(only.places), only.source) == (2, Source.KNOWN)
    with pytest.raises(UsageError, match="no word"):
        naming.added(" … ", Kind.PLACE)


def test_two_logs_that_contradict_each_other_are_told_apart_from_two_names_of_one_person() -> None:
    def log(**texts: str) -> Pseudonyms:
        own = Pseudonyms()
        for name, text in texts.items():
            own = naming.replaced(own, {}, naming.added(name, Kind.PERSON), text, ADA)
        return own

    fine = {"P01": log(smith="[person 1]"), "P02": log(smith="[person 1]", jones="[person 2]")}
    assert naming.clashes(fine) == []
    assert naming.clashes({**fine, "P03": log(smith="[person 3]")}) == [
        "The same is [person 1] in P01, P02 and [person 3] in P03."
    ]
    assert naming.clashes({"P01": log(smith="[person 1]"), "P02": log(byrne="[person 1]")}) == [
        "[person 1] stands for one thing in P01, and for another in P02."
    ]
    both = naming.replaced(
        log(smith="[person 1]"), {}, naming.added("Smithy", Kind.PERSON), "[person 1]", ADA, same=True
    )
    assert naming.clashes({"P01": log(smith="[person 1]"), "P02": both}) == []


NAMES = ("Siobhan Murphy", "Ballymun", "BT7 1NN", "Orla,", "Byrne's", "Siobhan", "ada@example.org")
WORDS = ("and", "then", "rang", "me,", "well", "the", "letter", "came")


@given(
    st.lists(
        st.lists(st.sampled_from((*NAMES, *WORDS)), min_size=1, max_size=8).map(" ".join),
        min_size=1,
        max_size=4,
    )
)
@settings(max_examples=60, deadline=None)
def test_whatever_is_said_comes_back_exactly_and_words_keep_their_times(texts: list[str]) -> None:
    of = transcript(*texts)
    own = all_replaced(of, Pseudonyms())
    call, log = naming.released(1, of, found(of, own), own, ADA)
    assert [" ".join(words) for words in naming.original(call, log)] == texts
    for said, turn in zip(call.turns, of.turns, strict=True):
        assert len(said.times_ms) == len(said.words)
        assert said.times_ms[0][0] == round(turn.words[0].start_s * 1000)
        assert said.times_ms[-1][1] == round(turn.words[-1].end_s * 1000)
        assert all(a[1] <= b[0] for a, b in zip(said.times_ms, said.times_ms[1:], strict=False))
