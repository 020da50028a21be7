"""What a participant changed in their transcript: every change and nothing else, made where its words are."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interviewkit import returned, typed, typed_files
from interviewkit.checking import Sitting
from interviewkit.edits import Retype, Turns
from interviewkit.errors import UsageError
from interviewkit.exports import member
from interviewkit.exports.member import Letter
from interviewkit.models import Break, BreakKind, Wish
from tests.unit.test_tidying import turns

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
NAMES = {"Interviewer": "Interviewer", "You": "P01"}
SENT = turns(
    "So how did it begin, then?",
    "With a letter from my doctor – it came in March.",
    "And then, what happened after that?",
    "Nothing happened for six weeks. Then I rang them up.",
)


def wishes(sent: Turns, text: str) -> tuple[Wish, ...]:
    found = typed.read(typed_files.lines(text.encode()), list(NAMES))
    return returned.wishes(sent, found, {name: NAMES[name] for name in found.speakers})


def lines(sent: Turns) -> list[str]:
    return [f"{member.label(turn.speaker, 'P01')}: {turn.text}" for turn in sent]


def told(found: tuple[Wish, ...]) -> list[tuple[str, str]]:
    return [(" ".join(word.text for word in wish.before), wish.after) for wish in found]


@pytest.mark.parametrize("form", [member.text, member.document])
def test_what_comes_back_as_it_went_has_no_changes(form: object) -> None:
    off = Break(at_s=SENT[1].end_s, lasted_s=60, kind=BreakKind.OFF_RECORD)
    letter = Letter("P01-1", "P01", SENT, (off,), date(2026, 12, 12))
    data = form(letter)  # type: ignore[operator]
    found = typed.read(typed_files.lines(data), list(NAMES))
    assert returned.wishes(SENT, found, NAMES) == ()


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("six weeks", "six months", [("weeks.", "months.")]),
        ("six weeks", "nearly six weeks", [("for", "for nearly")]),
        (" Then I rang them up.", "", [("Then I rang them up.", "")]),
        ("my doctor –", "my doctor —", []),
        ("doctor", "Doctor", [("doctor", "Doctor")]),
        ("With a letter", "It was a letter", [("With", "It was")]),
        ("You: With", "You: Well, with", [("With", "Well, with")]),
        ("You: Nothing", "\n\nYou:\tNothing", []),
        ("March.\n", "March.\nIn early March, that is.\n", [("March.", "March. In early March, that is.")]),
    ],
)
def test_each_change_is_a_wish(before: str, after: str, expected: list[tuple[str, str]]) -> None:
    text = "\n".join([*lines(SENT), ""])
    assert before in text
    assert told(wishes(SENT, text.replace(before, after))) == expected


def test_the_file_of_another_interview_is_refused() -> None:
    with pytest.raises(UsageError, match="of the words that were sent"):
        wishes(SENT, "Interviewer: Nice weather today.\nYou: Rain tomorrow, they say.")


WORDS = st.lists(
    st.sampled_from("well I think so my doctor rang them in March again".split()), min_size=1, max_size=8
)


@settings(max_examples=150, deadline=None)
@given(st.lists(WORDS, min_size=2, max_size=5), st.data())
def test_what_is_accepted_makes_the_transcript_what_came_back(
    texts: list[list[str]], data: st.DataObject
) -> None:
    sent = turns(*(" ".join(words) for words in texts))
    back = [list(words) for words in texts]
    for _ in range(data.draw(st.integers(0, 3))):
        said = back[data.draw(st.integers(0, len(back) - 1))]
        at = data.draw(st.integers(0, len(said) - 1))
        said[at : at + data.draw(st.integers(0, 1 if len(said) > 1 else 0))] = data.draw(
            st.lists(st.sampled_from(["erm", "August", "no,"]), max_size=2)
        )
        if not said:
            said.append("yes")
    text = "\n".join(
        f"{member.label(turn.speaker, 'P01')}: {' '.join(words)}"
        for turn, words in zip(sent, back, strict=True)
    )
    try:
        found = wishes(sent, text)
    except UsageError:
        return
    sitting = Sitting(sent, "Ada", NOW)
    for wish in found:
        sitting = sitting.changed(returned.ruling(sitting.turns, wish, "Ada", NOW))
    assert [turn.text.split() for turn in sitting.turns] == back


def test_words_that_were_changed_since_are_told_and_left() -> None:
    (wish,) = wishes(SENT, "\n".join(lines(SENT)).replace("six weeks", "six months"))
    sitting = Sitting(SENT, "Ada", NOW).changed(Retype(3, "Nothing happened for sixty days."))
    with pytest.raises(UsageError, match="changed in the transcript since"):
        returned.ruling(sitting.turns, wish, "Ada", NOW)
