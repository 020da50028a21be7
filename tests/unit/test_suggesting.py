"""Questions by their words: right where they are put as they are written; rather none than a wrong one."""

import json
import os
from pathlib import Path

import pytest

from interviewkit import example_files, schedule, suggesting
from interviewkit.models import Domain, Question, Schedule, Script, Turn, Word
from interviewkit.roles import INTERVIEWER

EVALUATION = Path(os.environ.get("INTERVIEWKIT_EVAL", Path(__file__).parents[3] / "shared" / "eval"))
SYNTHETIC = EVALUATION / "dev" / "synth"
GUIDES = {guide.group: guide for guide in map(schedule.load, schedule.shipped().glob("*.yaml"))}


def turn(speaker: str, text: str, start_s: float) -> Turn:
    words = tuple(
        Word(text=word, start_s=start_s, end_s=start_s + 1, probability=1.0) for word in text.split()
    )
    return Turn(speaker=speaker, start_s=start_s, end_s=start_s + 1, words=words)


def test_every_question_of_the_example_is_found_where_it_was_put() -> None:
    put = right = suggested = 0
    for script in example_files.scripts():
        told = suggesting.suggested(script.turns, GUIDES[script.group])
        found = {one.question: one.turn for one in told if "." not in one.question}
        wanted = {
            one.question: one.turn for one in script.put if one.how == "put" and "." not in one.question
        }
        wanted.pop("closing", None)
        put += len(wanted)
        right += sum(found.get(question) == turn for question, turn in wanted.items())
        suggested += len(found)
    assert (put, right, suggested) == (56, 56, 56)


def test_talk_that_puts_no_question_suggests_none() -> None:
    said = [
        "Good morning.",
        "Mm.",
        "Right, I see.",
        "And was that a Tuesday?",
        "Thank you very much for that.",
    ]
    turns = [turn(INTERVIEWER, text, float(n)) for n, text in enumerate(said)]
    assert suggesting.suggested(turns, GUIDES["patients"]) == []
    assert suggesting.suggested([], GUIDES["patients"]) == []


def test_what_a_participant_says_puts_nothing() -> None:
    guide = GUIDES["patients"]
    text = guide.domains[0].subdomains[0].questions[0].text
    assert suggesting.suggested([turn("P01", text, 0.0)], guide) == []
    (found,) = suggesting.suggested([turn(INTERVIEWER, text, 0.0)], guide)
    assert found.likeness == pytest.approx(1.0)
    assert found.end_s == 1.0


@pytest.mark.skipif(not SYNTHETIC.is_dir(), reason="needs the evaluation audio's references")
@pytest.mark.parametrize(("item", "least"), [("provider", 7), ("commercial", 4)])
def test_questions_in_other_words_are_found_or_left_out_and_never_wrong(item: str, least: int) -> None:
    told = {
        name: json.loads((SYNTHETIC / item / f"{name}.json").read_text())
        for name in ("schedule", "questions", "ref")
    }
    questions = tuple(
        Question(id=one["id"], short="x", text=one["text"], minutes=3, probes=())
        for one in told["schedule"]["questions"]
    )
    script = Script(script="x")
    guide = Schedule(
        schema=1,
        id="x",
        title="x",
        group="x",
        minutes=30,
        opening=script,
        closing=script,
        domains=(Domain(id="d", name="d", questions=questions),),
    )
    turns = [
        turn(INTERVIEWER if one["speaker"] == "interviewer" else "P01", one["text"], one["start"])
        for one in told["ref"]["turns"]
    ]
    found = {one.question: one.end_s - 1 for one in suggesting.suggested(turns, guide)}
    put = {one["id"]: one["start"] for one in told["questions"] if one["kind"] == "question"}
    right = [name for name, at_s in found.items() if abs(at_s - put[name]) < 3]
    assert len(right) >= least
    assert len(found) == len(right)
