"""What the rules of transcription propose: only what they name, one edit, and all of it comes back."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interviewkit import checking, drafts, tidying
from interviewkit.checking import Record, Sitting
from interviewkit.edits import Retype, Speaker, Turns
from interviewkit.errors import UsageError
from interviewkit.models import (
    Break,
    BreakKind,
    CheckedTurn,
    Flag,
    FlagKind,
    Transcript,
    Transcription,
    Word,
)
from interviewkit.rule_edits import TakenBack
from interviewkit.tidying import Why
from tests.tui import study as studies

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
CLEAN, VERBATIM = Transcription.CLEAN, Transcription.VERBATIM


def turns(*texts: str, gap_s: float = 1.0) -> Turns:
    made, at_s = [], 0.0
    for n, text in enumerate(texts):
        words = tuple(
            Word(text=word, start_s=at_s + k, end_s=at_s + k + 0.9, probability=0.5)
            for k, word in enumerate(text.split())
        )
        speaker = "Interviewer" if n % 2 == 0 else "P01"
        made.append(CheckedTurn(speaker=speaker, start_s=at_s, end_s=words[-1].end_s, words=words))
        at_s = words[-1].end_s + gap_s
    return tuple(made)


def transcript(said: Turns, **more: object) -> Transcript:
    return studies.transcript().model_copy(update={"turns": said, "flags": (), "language": "en", **more})


def tidied(said: Turns, rules: Transcription = CLEAN, **more: object) -> Turns:
    found = tidying.proposals(transcript(said, **more), said, rules)
    return tidying.ruling(found, rules, "Ada", NOW).splice(said).on(said) if found else said


@pytest.mark.parametrize(
    ("said", "clean"),
    [
        ("Erm, so I, um, rang them.", "So I rang them."),
        ("the company, and, um, how you", "the company, and how you"),
        ("In March, um, I started", "In March, I started"),
        ("I I think the the doctor came", "I think the doctor came"),
        ("I, um, I think so", "I think so"),
        ("it was, it was you know, you know hard", "it was you know hard"),
        ("I I I went", "I went"),
        ("We w- we went to the hos- hospital", "We went to the hospital"),
        ("I don't know, um.", "I don't know."),
        ("It was very very good, no no no.", "It was very very good, no no no."),
        ("He had had that that day.", "He had had that that day."),
        ("Ring 5 5 or five five five", "Ring 5 5 or five five five"),
        ("I know. I know that.", "I know. I know that."),
        ("Um.", "Um."),
        ("in twenty twenty two, twenty, twenty-two", "in twenty twenty two, twenty, twenty-two"),
        ("Procurement, procurement, procurement.", "Procurement, procurement, procurement."),
        ("they're, they're a, a decent option", "they're a decent option"),
        ("[laughs] [laughs] well", "[laughs] [laughs] well"),
        ("The the the the end", "The end"),
        ("Mm-hm. Mm.", "Mm-hm. Mm."),
    ],
)
def test_clean_leaves_out_what_nobody_means(said: str, clean: str) -> None:
    assert tidied(turns(said))[0].text == clean


def test_what_is_a_filler_depends_on_the_language() -> None:
    said = turns("Er kam um drei, äh, vier Uhr")
    found = tidying.proposals(transcript(said, language="de"), said, CLEAN)
    assert [one.said for one in found] == ["äh,"]
    assert tidying.summary(found) == "1 filler"


def test_verbatim_marks_long_pauses_but_where_something_is_missing() -> None:
    said = turns("So how?", "Well.", "And?", "Then.", gap_s=4.0)
    gaps = [turn.start_s for turn in said]
    off = Break(at_s=gaps[1] - 2, lasted_s=60.0, kind=BreakKind.OFF_RECORD)
    unheard = Flag(kind=FlagKind.GAP, start_s=gaps[2] - 3, end_s=gaps[2] - 1, detail="")
    made = tidied(said, VERBATIM, breaks=(off,), flags=(unheard,))
    assert [turn.text for turn in made] == ["So how?", "Well.", "And?", "[pause] Then."]
    assert tidied(made, VERBATIM, breaks=(off,), flags=(unheard,)) == made
    assert tidied(turns("So how?", "Well."), VERBATIM) == turns("So how?", "Well.")


TEXTS = st.lists(
    st.sampled_from(["I", "um,", "Erm", "the", "the", "w-", "went.", "no", "you", "know", "[pause]"]),
    min_size=1,
    max_size=12,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(TEXTS, min_size=1, max_size=4), st.sampled_from([0.5, 5.0]), st.sampled_from(Transcription))
def test_all_that_a_rule_changed_can_be_taken_back_in_any_sitting(
    texts: list[list[str]], gap_s: float, rules: Transcription
) -> None:
    said = turns(*(" ".join(words) for words in texts), gap_s=gap_s)
    found = tidying.proposals(transcript(said), said, rules)
    sitting = Sitting(said, "Ada", NOW)
    if not found:
        return
    changed = sitting.changed(tidying.ruling(found, rules, "Ada", NOW))
    assert changed.undone().turns == said
    assert len(changed.turns) == len(said)
    draft = transcript(said)
    tables = checking.pack(changed.record(NOW), draft)
    later = checking.begun(draft, tables, "P01-1", "Ben", NOW)
    assert later.turns == changed.turns
    (ruled,) = later.ruled
    back = later.changed(TakenBack(ruled))
    assert [turn.words for turn in back.turns] == [turn.words for turn in said]
    assert back.ruled == ()
    assert back.undone().ruled == (ruled,)


def test_what_somebody_changed_since_stays_as_they_left_it() -> None:
    said = turns("I I think, um, so", "The the letter")
    found = tidying.proposals(transcript(said), said, CLEAN)
    sitting = Sitting(said, "Ada", NOW).changed(tidying.ruling(found, CLEAN, "Ada", NOW))
    sitting = sitting.changed(Retype(1, "A letter")).changed(Speaker(0, "Other 1"))
    back = sitting.changed(TakenBack(sitting.ruled[0]))
    assert [turn.text for turn in back.turns] == ["I think, so", "A letter"]


def test_a_strike_takes_along_what_a_rule_had_left_out() -> None:
    said = turns("I um said", "The the letter")
    found = tidying.proposals(transcript(said), said, CLEAN)
    sitting = Sitting(said, "Ada", NOW).changed(tidying.ruling(found, CLEAN, "Ada", NOW))
    tables = checking.pack(sitting.record(NOW), transcript(said))
    left = drafts.without(tables, [(0.0, 3.0)])
    assert "um" not in str(left)
    (ruled,) = checking.begun(transcript(said), left, "P01-1", "Ada", NOW).ruled
    assert [one.before[0].text for one in ruled.altered] == ["The"]


def test_it_is_said_by_which_rules_and_how_often() -> None:
    said = turns("I I think, um, so", "The the letter")
    found = tidying.proposals(transcript(said), said, CLEAN)
    record = Sitting(said, "Ada", NOW).changed(tidying.ruling(found, CLEAN, "Ada", NOW)).record(NOW)
    told = "changed by Ada, no turn checked yet, fillers and repeats left out in 3 places"
    assert checking.words(record.checked) == told
    assert [one.why for one in found] == [(Why.REPEAT,), (Why.FILLER,), (Why.REPEAT,)]
    with pytest.raises(UsageError, match="nothing to change"):
        Sitting(said, "Ada", NOW).changed(tidying.ruling((), CLEAN, "Ada", NOW))
    assert checking.words(Record(said).checked) == "a machine's draft"
