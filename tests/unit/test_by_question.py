"""A transcript under its questions: nothing is lost, nothing stands twice."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from interviewkit.by_question import Heading, headings, not_put, sections
from interviewkit.models import Mark, Schedule, Turn, Word
from interviewkit.session_log import Log, Moment, Status
from interviewkit.session_moves import ask, earlier, improvise, skip, start

GUIDE = Schedule.model_validate(
    {
        "schema": 1,
        "id": "patient",
        "title": "Patients",
        "group": "patients",
        "minutes": 30,
        "opening": {"script": "Hello.", "checks": ["Can you talk?"]},
        "domains": [
            {
                "id": "experience",
                "name": "Experience",
                "subdomains": [
                    {
                        "id": "process",
                        "name": "Process",
                        "questions": [
                            {
                                "id": "offered",
                                "short": "Offer",
                                "text": "How?",
                                "minutes": 5,
                                "probes": ["Why?"],
                            },
                            {"id": "using", "short": "Use", "text": "What then?", "minutes": 5, "probes": []},
                        ],
                    }
                ],
            },
            {
                "id": "context",
                "name": "Context",
                "questions": [
                    {"id": "home", "short": "Home", "text": "Where?", "minutes": 5, "probes": []},
                    {"id": "work", "short": "Work", "text": "And at work?", "minutes": 5, "probes": []},
                ],
            },
        ],
        "closing": {"script": "Goodbye."},
    }
)


def turn(question: str | None, start_s: float) -> Turn:
    word = Word(text=f"at {start_s}", start_s=start_s, end_s=start_s + 1, probability=1.0)
    return Turn(speaker="P01", start_s=start_s, end_s=start_s + 1, words=(word,), question=question)


def moment(second: float) -> Moment:
    return Moment(datetime.fromtimestamp(1_000_000 + second, UTC), second, round(second * 16_000))


def begun() -> Log:
    return start(Log(GUIDE), moment(0), "recording", 1)


def test_questions_stand_in_the_schedules_order_whatever_order_they_were_put_in() -> None:
    turns = [turn(name, n) for n, name in enumerate(["opening", "home", "offered", "closing"])]
    found = [section.topic.id for section in sections(Log(GUIDE), turns) if section.topic is not None]
    assert found == ["opening", "offered", "home", "closing"]


def test_a_question_that_the_talk_returned_to_stands_once_with_all_that_was_said() -> None:
    turns = [turn(name, n) for n, name in enumerate(["offered", "offered.a", "using", "offered"])]
    offered, using = sections(Log(GUIDE), turns)
    assert [(part.letter, part.text) for part in offered.parts] == [("", "How?"), ("a", "Why?"), ("", "How?")]
    assert [part.said for part in offered.parts] == [(turns[0],), (turns[1],), (turns[3],)]
    assert using.topic is not None
    assert using.topic.subdomain == "Process"


def test_what_was_said_before_anything_was_put_comes_first() -> None:
    first, second = sections(Log(GUIDE), [turn(None, 0), turn("home", 1)])
    assert first.topic is None
    assert second.topic is not None


def test_a_question_of_ones_own_stands_after_the_one_it_was_put_after_in_its_words() -> None:
    log = improvise(ask(begun(), moment(1), "offered"), moment(5), "And your mother?")
    turns = [turn("using", 9), turn("improvised-1", 6), turn("offered", 2)]
    found = sections(log, turns)
    assert [section.topic and section.topic.id for section in found] == ["offered", "improvised-1", "using"]
    assert found[1].parts[0].text == "And your mother?"


def test_what_was_not_put_is_listed_with_the_reason() -> None:
    log = earlier(skip(ask(begun(), moment(1), "offered"), moment(2), "using"), moment(3), "home")
    left = not_put(log, log.state.marks)
    assert [(gone.topic.id, gone.status) for gone in left] == [
        ("using", Status.SKIPPED),
        ("home", Status.EARLIER),
        ("work", Status.OPEN),
    ]


def test_marks_made_later_count_as_put() -> None:
    marks = [Mark(question=name, call=2, frame=0) for name in ("offered.a", "using")]
    assert [gone.topic.id for gone in not_put(Log(GUIDE), marks)] == ["home", "work"]


def test_headings_number_the_schedules_questions_and_name_their_place() -> None:
    log = improvise(ask(begun(), moment(1), "offered"), moment(5), "And your mother?")
    found = headings(log)
    assert found["offered"] == Heading("Experience › Process", "1. Offer", "How?")
    assert found["offered.a"] == Heading("Experience › Process", "1. Offer", "How?", "Why?")
    assert found["improvised-1"] == Heading("Experience › Process", "Improvised 1", "And your mother?")
    assert found["using"].label == "2. Use"
    assert found["home"].part == "Context"
    # Scripts are long, and are heard in the transcript anyway.
    assert found["opening"] == Heading("", "Opening", "")
    assert [found[mark].words for mark in ("opening", "offered", "opening.a")] == [
        "Opening",
        "How?",
        "Can you talk?",
    ]


KNOWN = ["opening", "opening.a", "offered", "offered.a", "using", "home", "work", "closing"]
MARKS = st.sampled_from([None, *KNOWN, "offered.z", "gone"])


@given(st.lists(MARKS, max_size=12))
def test_every_turn_stands_in_exactly_one_place(marks: list[str | None]) -> None:
    turns = [turn(mark, n) for n, mark in enumerate(marks)]
    found = sections(Log(GUIDE), turns)
    placed = [placed for section in found for part in section.parts for placed in part.said]
    assert sorted(placed, key=lambda one: turns.index(one) if isinstance(one, Turn) else -1) == turns
    assert len({section.topic.id if section.topic else "" for section in found}) == len(found)
