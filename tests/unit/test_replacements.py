"""Replacements: the same everywhere, never shared, and turned back exactly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewkit.errors import UsageError
from interviewkit.identifiers import Kind, found
from interviewkit.replacements import Decision, Place, Replacements, applied, restored
from tests.unit.test_identifiers import KNOWN, TURNS


def test_punctuation_and_possessives_stay() -> None:
    words = tuple("I saw (Ada Smith’s), twice.".split())
    new, places = applied(words, [Decision(2, 4, "Ada Smith", "[person 1]")])
    assert new == ("I", "saw", "([person 1]’s),", "twice.")
    assert places == (Place(2, ("(Ada", "Smith’s),")),)
    assert restored(new, places) == words


def test_what_does_not_fit_is_refused() -> None:
    words = ("Ada", "Smith")
    for decisions in (
        [Decision(0, 2, "Ada Smith", "[a]"), Decision(1, 2, "Smith", "[b]")],
        [Decision(1, 3, "Smith", "[b]")],
        [Decision(0, 1, "Iona", "[b]")],
    ):
        with pytest.raises(UsageError):
            applied(words, decisions)


def test_replacements_are_counted_by_kind() -> None:
    there = Replacements({"ada": "[person 1]", "the boss": "[Person 3]"})
    assert there.free(Kind.PERSON) == "[person 2]"
    assert there.free(Kind.BIRTH) == "[date of birth 1]"
    there = there.given("iona", Kind.PERSON).given("una", Kind.PERSON)
    assert there.by_key["iona"] == "[person 2]"
    assert there.by_key["una"] == "[person 4]"
    assert there.given("ada", Kind.PLACE) == there


def test_two_keys_share_a_replacement_only_if_somebody_says_so() -> None:
    there = Replacements().given("ada", Kind.PERSON)
    for text in ("[person 1]", "[PERSON 1]", "person 2", "[]", "[ ]", "[a] b]"):
        with pytest.raises(UsageError):
            there.chosen("iona", text)
    assert there.chosen("iona", "[sister]").by_key == {"ada": "[person 1]", "iona": "[sister]"}
    assert there.same("adie", "ada").by_key["adie"] == "[person 1]"
    with pytest.raises(UsageError):
        there.same("adie", "una")


@given(st.lists(st.tuples(st.text(max_size=3), st.sampled_from(Kind)), max_size=40))
def test_no_two_keys_ever_get_the_same(asked: list[tuple[str, Kind]]) -> None:
    there = Replacements()
    for key, kind in asked:
        before = there
        there = there.given(key, kind)
        assert before.by_key.items() <= there.by_key.items()
    assert len(set(there.by_key.values())) == len(there.by_key) == len({key for key, _ in asked})


@given(TURNS)
def test_what_was_replaced_comes_back_and_nothing_else_changes(turns: list[tuple[str, ...]]) -> None:
    findings = found(turns, KNOWN)
    for number, words in enumerate(turns):
        here = [one for one in findings if one.turn == number]
        new, places = applied(words, [Decision.of(one, "[person 1]") for one in here])
        assert restored(new, places) == words
        assert [place.words for place in places] == [words[one.first : one.stop] for one in here]
        kept = [word for at, word in enumerate(new) if at not in {place.at for place in places}]
        covered = {at for one in here for at in range(one.first, one.stop)}
        assert kept == [word for at, word in enumerate(words) if at not in covered]
        for place, one in zip(places, here, strict=True):
            assert new[place.at].replace("[person 1]", one.text, 1) == " ".join(place.words)
