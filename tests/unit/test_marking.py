"""Marks made later: what a list of marks can become, and that everything can be taken back."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interviewkit import drafts, processing
from interviewkit.audio import SAMPLE_RATE
from interviewkit.consent import Record, Store, Transcribe
from interviewkit.errors import ConsentRefused, UsageError
from interviewkit.importing import import_call
from interviewkit.marking import Marking, marked, marking
from interviewkit.models import Action, ActionKind, Answer, Mark, Transcript
from interviewkit.processing import remark, saved
from interviewkit.settings import Settings
from interviewkit.study import Study
from tests import fakes, small_study
from tests.tui.study import transcript

FRAMES = 1000
EMPTY = Marking(1, FRAMES)
QUESTIONS = st.sampled_from(["first", "first.a", "opening"])


def marks(made: Marking) -> list[tuple[str, int]]:
    return [(mark.question, mark.frame) for mark in made.marks]


def test_marks_stand_in_the_order_of_their_time() -> None:
    made = EMPTY.put("first.a", 500).put("first", 100).put("first", 500)
    assert marks(made) == [("first", 100), ("first", 500), ("first.a", 500)]
    assert [made.topic_at(frame) for frame in (99, 100, 499, 999)] == ["", "first", "first", "first"]


def test_the_same_mark_twice_is_one() -> None:
    made = EMPTY.put("first", 100)
    assert made.put("first", 100) == made


@pytest.mark.parametrize(("by", "frame"), [(-50, 50), (50, 150), (-500, 0), (5000, FRAMES - 1)])
def test_a_mark_moves_within_the_call(by: int, frame: int) -> None:
    made = EMPTY.put("first", 100)
    assert marks(made.moved(made.marks[0], by)) == [("first", frame)]


def test_a_mark_lies_within_the_call() -> None:
    assert marks(EMPTY.put("first", -1).put("first.a", 9999)) == [("first", 0), ("first.a", FRAMES - 1)]
    assert marks(Marking(1, 0).put("first", 5)) == [("first", 0)]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["put", "move", "remove"]), QUESTIONS, st.integers(-50, 1100)), max_size=12
    )
)
def test_everything_can_be_taken_back_and_done_again(changes: list[tuple[str, str, int]]) -> None:
    made, stages = EMPTY, [EMPTY.marks]
    for kind, question, frame in changes:
        before = made
        if kind == "put":
            made = made.put(question, frame)
        elif made.marks:
            mark = made.marks[frame % len(made.marks)]
            made = made.moved(mark, frame) if kind == "move" else made.removed(mark)
        stages += [made.marks] if made is not before else []
    assert list(made.marks) == sorted(made.marks, key=lambda mark: (mark.frame, mark.question))
    for stage in reversed(stages[:-1]):
        made = made.undone()
        assert made.marks == stage
    with pytest.raises(UsageError, match="nothing to take back"):
        made.undone()
    for stage in stages[1:]:
        made = made.redone()
        assert made.marks == stage
    with pytest.raises(UsageError, match="nothing to do again"):
        made.redone()


def test_a_new_change_ends_what_can_be_done_again() -> None:
    made = EMPTY.put("first", 1).undone().put("first", 2)
    with pytest.raises(UsageError):
        made.redone()


# ── in a study ──────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """P01-1 with two calls, the second of them transcribed without marks."""
    made = small_study.new_study(tmp_path_factory.mktemp("study"))
    interview = small_study.consented_call(made)
    grant = made.grant("P01", Record)
    with made.importing(grant, interview.id, sample_rate=8000, channels=1) as sound:
        sound.write(np.zeros((1, 8000 * 20), np.int16))
    said = tuple((speaker, text, None) for speaker, text, _ in SAID)
    work = drafts.Work(finished=True, transcript=transcript(said))
    made.save_raw(made.grant("P01", Store), interview.id, 2, drafts.pack(work))
    return made


SAID = (
    ("Interviewer", "So how did it begin?", None),
    ("P01", "With a letter from my doctor.", None),
    ("Interviewer", "And then?", None),
    ("P01", "Then I rang them up.", None),
)
"""Half a second a word: the second question is over at 6.5 s."""


def mark(study: Study, *put: tuple[str, float], call: int = 2) -> None:
    made = marking(study.interview("P01-1"), call)
    made = Marking(made.call, made.frames)
    for question, time_s in put:
        made = made.put(question, round(time_s * 8000))
    study.change_interview(
        study.grant("P01", Transcribe), "P01-1", lambda known: marked(known, made), "marks changed"
    )


def found(study: Study) -> Transcript:
    transcript = saved(study, study.interview("P01-1"), 2).transcript
    assert transcript is not None
    return transcript


def questions(transcript: Transcript) -> list[str | None]:
    return [turn.question for turn in transcript.turns]


def stored(study: Study, call: int = 2) -> list[str | None]:
    tables = study.raw(study.grant("P01", Store), "P01-1", call)
    assert tables is not None
    return [row["question"] for row in tables["turns"]]


def test_turns_know_their_question_as_soon_as_it_is_marked(study: Study) -> None:
    assert questions(found(study)) == [None] * 4
    mark(study, ("first", 2.5), ("first.a", 6.5))
    assert questions(found(study)) == ["first", "first", "first.a", "first.a"]
    assert stored(study) == [None] * 4
    words = [turn.text for turn in found(study).turns]
    assert remark(study, "P01-1", 2)
    assert stored(study) == ["first", "first", "first.a", "first.a"]
    assert not remark(study, "P01-1", 2)
    assert [turn.text for turn in found(study).turns] == words


def test_without_its_marks_a_transcript_has_no_questions_again(study: Study) -> None:
    mark(study, ("first", 2.5))
    remark(study, "P01-1", 2)
    mark(study)
    assert remark(study, "P01-1", 2)
    assert questions(found(study)) == stored(study) == [None] * 4


def test_marks_of_one_call_leave_the_other_alone(study: Study) -> None:
    mark(study, ("first", 0.1), call=1)
    mark(study, ("first", 2.5))
    mark(study, ("first.a", 0.2), call=1)
    assert [(m.question, m.call) for m in study.interview("P01-1").marks] == [("first", 2), ("first.a", 1)]
    assert not remark(study, "P01-1", 1)


def test_a_transcript_that_may_not_be_kept_is_not_touched(study: Study) -> None:
    mark(study, ("first", 2.5))
    small_study.give(study, "P01", kept=Answer.NO)
    with pytest.raises(ConsentRefused):
        remark(study, "P01-1", 2)


def test_the_marks_of_a_call_that_was_held_stay(study: Study) -> None:
    action = Action(
        kind=ActionKind.STARTED, call=2, frame=0, monotonic_s=0, at=datetime.now(UTC), recording="x"
    )
    held = study.interview("P01-1").model_copy(
        update={"actions": (action,), "marks": (Mark(question="first", call=2, frame=1),)}
    )
    with pytest.raises(UsageError, match="was held here"):
        marked(held, Marking(2, 100))
    assert marked(held, Marking(1, 100).put("first", 5)).marks == (
        Mark(question="first", call=2, frame=1),
        Mark(question="first", call=1, frame=5),
    )


def test_marks_made_while_a_call_is_transcribed_are_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fakes.Speech().install(monkeypatch)
    study = small_study.new_study(tmp_path)
    small_study.consented_interview(study)
    grant = study.grant("P01", Record)
    list(import_call(study, grant, fakes.write_sound(tmp_path / "call.wav"), interview="P01-1"))
    job = processing.process(study, "P01-1", 1, Settings())
    next(job)
    made = marking(study.interview("P01-1"), 1).put("first", 2 * SAMPLE_RATE)
    study.change_interview(grant, "P01-1", lambda known: marked(known, made), "marks changed")
    list(job)
    assert stored(study, 1) == ["first"] * 4
