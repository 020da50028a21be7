import pytest

from interviewkit import roles
from interviewkit.models import FlagKind, Side, Turn, Word

QUESTIONS = (
    "How did you first hear about the programme?",
    "What did the therapist write to you each week?",
    "Which lesson helped you with your sleep?",
    "And then?",
)


def turn(speaker: str, text: str, start_s: float = 0.0) -> Turn:
    words = tuple(
        Word(text=token, start_s=start_s + n, end_s=start_s + n + 0.5, probability=0.9)
        for n, token in enumerate(text.split())
    )
    return Turn(speaker=speaker, start_s=start_s, end_s=words[-1].end_s, words=words)


def named(
    turns: list[Turn], side: Side, questions: tuple[str, ...] = (), channels: dict[Side, str] | None = None
) -> tuple[dict[str, str], list[FlagKind]]:
    found, flags = roles.names(turns, side, "P07", questions, channels or {})
    return found, [flag.kind for flag in flags]


ASKED_IN_OTHER_WORDS = [
    turn("B", "Mhm hello, can you hear me? Yes I can hear you very well now"),
    turn("A", "So the first thing is how you heard about the programme"),
    turn("B", "From my doctor, who gave me a leaflet, and is that what you want to know?"),
    turn("A", "Yes, and what did your therapist write, every week"),
    turn("B", "She wrote that I was doing well?"),
]


def test_who_puts_the_questions_of_the_schedule_is_the_interviewer() -> None:
    assert roles.interviewer(ASKED_IN_OTHER_WORDS, QUESTIONS) == ("A", True)
    assert named(ASKED_IN_OTHER_WORDS, Side.GUESS, QUESTIONS) == ({"A": "Interviewer", "B": "P07"}, [])


def test_without_a_schedule_it_is_who_asks_more_and_talks_less() -> None:
    turns = [
        turn("B", "I rang them and they said that it would take a month or so", 2.0),
        turn("A", "And did it?", 20.0),
        turn("B", "It did, and then it took another month, can you believe it?", 30.0),
        turn("A", "What happened?", 50.0),
    ]
    assert roles.interviewer(turns, ()) == ("A", False)
    found, flags = roles.names(turns, Side.GUESS, "P07", (), {})
    assert found == {"A": "Interviewer", "B": "P07"}
    (flag,) = flags
    assert (flag.kind, flag.start_s, flag.end_s) == (FlagKind.ROLES, 2.0, 51.5)
    assert "guessed" in flag.detail


def test_of_two_who_ask_nothing_the_one_who_says_less_interviews() -> None:
    turns = [turn("A", "I was ill for a long time that year"), turn("B", "I see")]
    assert roles.interviewer(turns, QUESTIONS) == ("B", False)


def test_of_two_who_say_as_much_the_one_who_asks_interviews() -> None:
    turns = [turn("A", "I was ill"), turn("B", "Were you ill?")]
    assert roles.interviewer(turns, QUESTIONS) == ("B", False)


def test_one_question_of_the_schedule_is_not_enough() -> None:
    turns = [
        turn("A", "How did you first hear about the programme, and was it easy to begin with it"),
        turn("B", "From whom? I can not remember that. Was it in May?"),
    ]
    assert roles.interviewer(turns, QUESTIONS) == ("B", False)


def test_questions_that_both_repeat_tell_nobody_apart() -> None:
    repeats = [turn(speaker, question) for question in QUESTIONS[:3] for speaker in "AB"]
    said_more = [turn("B", "There is a lot more that I could say about all of this")]
    assert roles.interviewer([*repeats, *said_more], QUESTIONS) == ("A", False)
    asked_twice_as_much = [t for t in repeats if (t.speaker, t.text) != ("A", QUESTIONS[0])][:-2]
    assert roles.interviewer(asked_twice_as_much, QUESTIONS) == ("B", True)


@pytest.mark.parametrize(
    ("text", "put"),
    [
        ("First hear programme", True),
        ("hear of the programme and more besides", True),
        ("the programme was good", False),
        ("about how you did your", False),
    ],
)
def test_half_of_the_telling_words_put_a_question(text: str, put: bool) -> None:
    # Telling words: first, hear, programme; therapist, write, each, week.
    turns = [
        turn("A", text),
        turn("B", "I talk and talk for ever and a day without an end in sight"),
        turn("A", "therapist write"),
    ]
    assert roles.interviewer(turns, QUESTIONS)[1] is put


def test_common_words_and_short_questions_are_no_sign() -> None:
    turns = [
        turn(
            "A", "And then? What was that like for you? And why this therapy, why that doctor? Tell me more"
        ),
        turn("B", "It was like that, then"),
    ]
    questions = ("And then?", "What was that like for you?", "Tell me more", "Why therapy?", "Which doctor?")
    assert roles.interviewer(turns, questions)[1] is False


@pytest.mark.parametrize("turns", [[], [turn("A", "Is anybody there?")]])
def test_with_fewer_than_two_speakers_nobody_is_told_apart(turns: list[Turn]) -> None:
    assert roles.interviewer(turns, QUESTIONS) == (None, False)
    assert named(turns, Side.GUESS, QUESTIONS) == ({t.speaker: "P07" for t in turns}, [])


@pytest.mark.parametrize(
    ("side", "expected"),
    [
        (Side.FIRST, {"A": "Interviewer", "B": "P07"}),
        (Side.SECOND, {"A": "P07", "B": "Interviewer"}),
    ],
)
def test_the_user_may_say_who_speaks_first(side: Side, expected: dict[str, str]) -> None:
    turns = [turn("A", "Hello"), turn("B", "Hello"), turn("A", "What now?")]
    assert named(turns, side) == (expected, [])


def test_nobody_speaks_second_where_one_is_heard() -> None:
    assert named([turn("A", "Hello")], Side.SECOND) == ({"A": "P07"}, [])
    assert named([turn("A", "Hello")], Side.FIRST) == ({"A": "Interviewer"}, [])


@pytest.mark.parametrize(
    ("side", "expected"),
    [(Side.LEFT, {"l": "Interviewer", "r": "P07"}), (Side.RIGHT, {"l": "P07", "r": "Interviewer"})],
)
def test_the_user_may_say_who_sits_on_which_channel(side: Side, expected: dict[str, str]) -> None:
    sides = {Side.LEFT: "l", Side.RIGHT: "r"}
    for first, second in ("lr", "rl"):
        assert named([turn(first, "Hello"), turn(second, "Hello?")], side, channels=sides) == (expected, [])


def test_an_interviewer_who_is_silent_keeps_the_channel() -> None:
    found, flags = named([turn("r", "Hello?")], Side.LEFT, channels={Side.LEFT: "l", Side.RIGHT: "r"})
    assert (found["r"], flags) == ("P07", [])


def test_a_side_means_nothing_where_the_channels_are_mixed() -> None:
    found, flags = named([turn("A", "I was so very ill"), turn("B", "Were you?")], Side.LEFT)
    assert found == {"A": "P07", "B": "Interviewer"}
    assert flags == [FlagKind.ROLES]


def test_of_several_others_the_one_who_talks_most_is_the_participant() -> None:
    turns = [
        turn("A", "Good day"),
        turn("B", "Who is it"),
        turn("C", "It is for me, thank you, I was waiting for the call"),
        turn("D", "Tea?"),
    ]
    expected = {"A": "Interviewer", "C": "P07", "B": "Other 1", "D": "Other 2"}
    assert named(turns, Side.FIRST) == (expected, [])


def test_without_a_participant_speakers_are_numbered_as_they_appear() -> None:
    assert roles.numbered(["SPEAKER_01", "SPEAKER_00", "SPEAKER_01"]) == {
        "SPEAKER_01": "Speaker 1",
        "SPEAKER_00": "Speaker 2",
    }


def test_turns_are_renamed_and_those_without_a_name_stay() -> None:
    names = {"A": "Interviewer"}
    before = turn("A", "Hello there", 3.0)
    (first, second) = roles.renamed_turns([before, turn("B", "Hello")], names)
    assert first == before.model_copy(update={"speaker": "Interviewer"})
    assert second.speaker == "B"
