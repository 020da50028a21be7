"""A transcript that is being checked: whatever is changed stays in time, is kept, and can be taken back."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interviewkit import checking, drafts
from interviewkit.changes import Change, changes
from interviewkit.checking import Record, Sitting
from interviewkit.edits import (
    Edit,
    Join,
    Keep,
    Overlap,
    Reach,
    Replace,
    ReplaceAll,
    Retime,
    Retype,
    Speaker,
    Split,
    Swap,
    Tick,
    Turns,
    following,
    found,
)
from interviewkit.errors import StorageError, UsageError
from interviewkit.models import Check, CheckedTurn, Flag, FlagKind, Word
from interviewkit.retyped import retyped
from tests.tui import study as studies

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TEXTS = st.lists(st.sampled_from(["yes", "no", "my", "doctor", "rang.", "six"]), max_size=5)
DRAFT = studies.transcript()


def sitting(by: str = "Ada") -> Sitting:
    return checking.begun(DRAFT, None, "P01-1, call 1", by, NOW)


def said(turns: Turns) -> list[str]:
    return [f"{turn.speaker}: {turn.text}" for turn in turns]


@st.composite
def spoken(draw: st.DrawFn) -> Turns:
    """Turns of two people who also talk over each other; words may touch, and take no time."""
    made = []
    start_s = 0.0
    for _ in range(draw(st.integers(1, 5))):
        start_s += draw(st.sampled_from([0.0, 0.5, 1.0]))
        at_s, words = start_s, []
        for text in draw(TEXTS.filter(bool)):
            end_s = at_s + draw(st.sampled_from([0.0, 0.25, 1.0]))
            words.append(Word(text=text, start_s=at_s, end_s=end_s, probability=0.5))
            at_s = end_s + draw(st.sampled_from([0.0, 0.5]))
        speaker, ends_s = draw(st.sampled_from(["Interviewer", "P01"])), max(w.end_s for w in words)
        made.append(CheckedTurn(speaker=speaker, start_s=start_s, end_s=ends_s, words=tuple(words)))
    return tuple(made)


@st.composite
def edit(draw: st.DrawFn, turns: Turns) -> Edit:
    """Any edit of these turns, sensible or not."""
    place = draw(st.integers(0, len(turns) - 1))
    words = len(turns[place].words)
    first = draw(st.integers(0, words))
    name = draw(st.sampled_from(["Interviewer", "P01", "Speaker 3"]))
    times = st.sampled_from([0.0, 0.5, 2.0, 7.0])
    made: list[Callable[[], Edit]] = [
        lambda: Retype(place, " ".join(draw(TEXTS))),
        lambda: Replace(place, first, draw(st.integers(first, words)), tuple(draw(TEXTS.filter(bool)))),
        lambda: Keep(place, min(first, words - 1)),
        lambda: Split(place, first),
        lambda: Join(place, draw(st.integers(0, len(turns)))),
        lambda: Speaker(place, name, draw(st.sampled_from(list(Reach)))),
        lambda: Swap("Interviewer", name),
        lambda: Retime(place, draw(times), draw(times)),
        lambda: Overlap(place),
        lambda: Tick(place, Check(by=name, at=NOW)),
    ]
    return draw(st.sampled_from(made))()


def in_order(turns: Turns) -> bool:
    return all(
        sorted(times) == times
        for times in (
            [turn.start_s for turn in turns],
            *([w.start_s for w in turn.words] for turn in turns),
            *([w.start_s, w.end_s] for turn in turns for w in turn.words),
        )
    )


def texts(turns: Turns) -> Counter[str]:
    return Counter(w.text for turn in turns for w in turn.words)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_edits_keep_the_order_and_the_words_and_can_be_taken_back(data: st.DataObject) -> None:
    begun = made = Sitting(data.draw(spoken()), "Ada", NOW)
    for _ in range(data.draw(st.integers(1, 8))):
        if not made.turns:
            break
        change, before = data.draw(edit(made.turns)), made
        try:
            made = made.changed(change)
        except UsageError:
            continue
        assert in_order(made.turns)
        if isinstance(change, Retype):
            typed = Counter(change.text.split()) - Counter(before.turns[change.turn].text.split())
            gone = Counter(before.turns[change.turn].text.split()) - Counter(change.text.split())
        elif isinstance(change, Replace):
            typed = Counter(change.texts)
            gone = Counter(w.text for w in before.turns[change.turn].words[change.first : change.stop])
        else:
            typed = gone = Counter()
        assert texts(made.turns) + gone == texts(before.turns) + typed
        if made != before:
            assert made.undone().turns == before.turns
            assert made.undone().redone().turns == made.turns
    steps, after = len(made.past), made
    for _ in range(steps):
        made = made.undone()
    assert made.turns == begun.turns
    for _ in range(steps):
        made = made.redone()
    assert made.turns == after.turns


@settings(max_examples=40, deadline=None)
@given(spoken(), st.data())
def test_what_is_split_and_joined_is_as_it_was(turns: Turns, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(turns) - 1))
    if len(turns[place].words) < 2:
        return
    word = data.draw(st.integers(1, len(turns[place].words) - 1))
    parted = Split(place, word).splice(turns).on(turns)
    rest = turns[place].words[word:]
    second = next(n for n, turn in enumerate(parted) if n > place and turn.words == rest)
    assert Join(place, second).splice(parted).on(parted) == turns


@settings(max_examples=40, deadline=None)
@given(spoken(), TEXTS)
def test_words_that_stay_keep_their_times(turns: Turns, typed: list[str]) -> None:
    words = turns[0].words
    new = retyped(words, typed, turns[0].start_s)
    assert [w.text for w in new] == typed
    shared = next((n for n, text in enumerate(typed) if n == len(words) or words[n].text != text), len(typed))
    assert new[:shared] == words[:shared]
    assert retyped(words, [w.text for w in words], 0.0) == words


@pytest.mark.parametrize(
    ("typed", "times"),
    [
        ("With the letter", [(2.5, 3.0), (3.0, 3.5), (3.5, 4.0)]),  # a word for a word
        ("With letter", [(2.5, 3.0), (3.5, 4.0)]),  # one gone
        ("With an old letter", [(2.5, 3.0), (3.0, 3.2), (3.2, 3.5), (3.5, 4.0)]),  # two share the time of one
        ("With a nice letter", [(2.5, 3.0), (3.0, 3.5), (3.5, 3.5), (3.5, 4.0)]),  # no gap to share
        ("And with a letter", [(2.5, 2.74), (2.74, 3.0), (3.0, 3.5), (3.5, 4.0)]),
    ],
)
def test_new_words_share_the_time_that_there_is(typed: str, times: list[tuple[float, float]]) -> None:
    words = studies.turn("P01", "With a letter", 2.5).words
    found = [(round(w.start_s, 2), round(w.end_s, 2)) for w in retyped(words, typed.split(), 2.5)]
    if typed.startswith("And"):
        assert found[0][0] == 2.5
        assert found[2:] == times[2:]
    elif typed == "With an old letter":
        assert found[0] == times[0]
        assert found[3] == times[3]
        assert found[1][1] == found[2][0]
    else:
        assert found == times


def test_a_turn_that_is_emptied_goes_and_comes_back() -> None:
    made = sitting().changed(Retype(2, "  "))
    assert len(made.turns) == 3
    assert made.undone().turns == sitting().turns


def test_other_words_have_to_be_checked_again() -> None:
    checked = sitting().changed(Tick(1, Check(by="Ada", at=NOW)))
    assert checked.turns[1].checks
    assert not checked.changed(Retype(1, "Something else")).turns[1].checks
    assert checked.changed(Retype(1, checked.turns[1].text)) == checked
    assert checked.changed(Speaker(1, "Interviewer")).turns[1].checks
    assert not checked.changed(Tick(1, Check(by="Ada", at=NOW + timedelta(1)))).turns[1].checks


def test_speakers_change_as_far_as_is_meant() -> None:
    begun = sitting()

    def speakers(edit: Edit) -> str:
        return "".join(turn.speaker[0] for turn in begun.changed(edit).turns)

    assert speakers(Speaker(1, "Interviewer")) == "IIIP"
    assert speakers(Speaker(2, "Speaker 3", Reach.ONWARDS)) == "IPSP"
    assert speakers(Speaker(2, "Speaker 3", Reach.EVERYWHERE)) == "SPSP"
    assert speakers(Swap("Interviewer", "P01")) == "PIPI"


def test_turns_are_joined_past_a_word_of_somebody_else_and_no_further() -> None:
    turns = sitting().turns
    assert following(turns, 1) == 3
    for turn in (0, 3):
        with pytest.raises(UsageError, match="somebody else's"):
            following(turns, turn)


def test_how_far_it_has_come_is_said() -> None:
    made = sitting()
    assert checking.words(checking.of(DRAFT, made.record(NOW)).checked) == "a machine's draft"
    made = made.changed(Retype(0, "So how did it all begin?"))
    assert checking.words(made.record(NOW).checked) == "changed by Ada, no turn checked yet"
    for turn in range(3):
        made = made.changed(Tick(turn, Check(by="Ada", at=NOW)))
    assert checking.words(made.record(NOW).checked) == "checked by Ada, 75 % of turns"
    again = checking.begun(DRAFT, checking.pack(made.record(NOW), DRAFT), "P01-1", "Ben", NOW)
    record = again.changed(Tick(0, Check(by="Ben", at=NOW))).record(NOW)
    assert record.checked is not None
    assert record.checked.twice == 1
    assert [(sat.by, sat.changes) for sat in record.sittings] == [("Ada", 4), ("Ben", 1)]


def test_what_is_kept_is_read_again_and_the_draft_tells_what_was_changed() -> None:
    record = sitting().changed(Retype(0, "So how did it all begin?")).record(NOW)
    found = checking.read(DRAFT, checking.pack(record, DRAFT), "P01-1")
    assert Record(found.turns, record.sittings) == record  # type: ignore[arg-type]
    assert changes(DRAFT, found) == [Change(2.0, "", "all")]
    with pytest.raises(StorageError, match="damaged"):
        checking.read(DRAFT, {"turns": [{"words": 1}]}, "P01-1")


def test_flags_in_checked_turns_are_done_with() -> None:
    draft = DRAFT.model_copy(
        update={"flags": (*DRAFT.flags, Flag(kind=FlagKind.ROLES, start_s=0, end_s=0, detail=""))}
    )
    made = sitting()
    for turn, left in ((1, 2), (0, 2), (2, 2), (3, 0)):
        made = made.changed(Tick(turn, Check(by="Ada", at=NOW)))
        assert len(checking.of(draft, made.record(NOW)).flags) == left


def test_what_is_struck_goes_and_so_does_what_was_typed_at_its_edge() -> None:
    record = sitting().changed(Replace(0, 3, 3, ("really",))).record(NOW)  # between two words that touch
    edge_s = record.turns[0].words[3].start_s
    left = drafts.without(checking.pack(record, DRAFT), [(edge_s, edge_s + 0.4)])
    assert "really" not in str(left)
    assert "So how did" in CheckedTurn.model_validate(left["turns"][0]).text


def test_words_are_replaced_wherever_they_are_said_and_nowhere_else() -> None:
    made = sitting().changed(ReplaceAll("MY doctor", "the GP"))
    assert [turn.text for turn in made.turns if "GP" in turn.text] == [
        "With a letter from the GP, and then nothing happened for six weeks.",
        "Then I rang them up, and the GP rang them up as well.",
    ]
    assert in_order(made.turns)
    assert made.undone().turns == sitting().turns
    assert found(made.turns, "them up") == [(3, 3, 5), (3, 9, 11)]
    assert found(made.turns, "the") == [(1, 4, 5), (3, 6, 7)]
    for nothing in ("doctor", " ", "them letter"):
        with pytest.raises(UsageError, match="not said"):
            made.changed(ReplaceAll(nothing, "x"))


def test_a_change_is_a_word_or_who_says_it_whatever_became_of_the_turns() -> None:
    made = sitting().changed(Speaker(2, "P01")).changed(Split(1, 7)).changed(Retime(0, 0.0, 1.9))
    made = made.changed(Retype(4, made.turns[4].text.replace("my doctor rang", "she called")))
    found = changes(DRAFT, checking.of(DRAFT, made.record(NOW)))
    assert found == [
        Change(9.0, "Interviewer", "P01", "And then?"),
        Change(13.0, "my doctor rang", "she called"),
    ]
