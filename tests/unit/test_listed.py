"""A correction list in a transcript: whole words, the longest entry, what stands around stays."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from interviewkit import listed
from interviewkit.checking import Sitting
from interviewkit.edits import ReplaceAll, Turns
from interviewkit.errors import UsageError
from interviewkit.models import Correction
from interviewkit.rule_edits import TakenBack
from tests.unit.test_tidying import turns

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def entries(*pairs: tuple[str, str]) -> list[Correction]:
    return [
        Correction(id=f"{n}", wrong=wrong, right=right, by="Ada", at=NOW)
        for n, (wrong, right) in enumerate(pairs)
    ]


def texts(said: Turns, *pairs: tuple[str, str]) -> list[str]:
    found = listed.ruling(said, entries(*pairs), NOW)
    return [turn.text for turn in (found.splice(said).on(said) if found else said)]


def test_the_longest_entry_counts_and_punctuation_stays() -> None:
    said = turns("My doctor, (my doctor) said see bt.", "A doctor? Doctoral. See.", "see  bt see bt")
    assert texts(said, ("doctor", "physician"), ("my doctor", "Dr  X"), ("see bt", "CBT")) == [
        "Dr X, (Dr X) said CBT.",
        "A physician? Doctoral. See.",
        "CBT CBT",
    ]


def test_what_is_right_already_is_no_change() -> None:
    said = turns("CBT helps", "cbt helps")
    assert texts(said, ("cbt", "CBT")) == ["CBT helps", "CBT helps"]
    assert listed.ruling(said[:1], entries(("cbt", "CBT")), NOW) is None
    assert listed.ruling(said, [], NOW) is None


WORDS = st.lists(st.sampled_from("a b c a. (b) D-e".split()), min_size=1, max_size=10)


@settings(max_examples=80, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=4), st.sampled_from(["a", "b", "a b", "d-e"]))
def test_one_entry_does_what_replacing_it_everywhere_does_and_is_taken_back(
    said: list[list[str]], wanted: str
) -> None:
    before = turns(*(" ".join(words) for words in said))
    sitting = Sitting(before, "Ada", NOW)
    found = listed.ruling(before, entries((wanted, "other words")), NOW)
    try:
        expected = sitting.changed(ReplaceAll(wanted, "other words")).turns
    except UsageError:
        assert found is None
        return
    assert found is not None
    changed = sitting.changed(found)
    assert [turn.text for turn in changed.turns] == [turn.text for turn in expected]
    back = changed.changed(TakenBack(changed.ruled[0]))
    assert [turn.words for turn in back.turns] == [turn.words for turn in before]
