from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from textual.color import Color
from textual.content import Content

from interviewkit.agenda import Agenda, Person, State, Talk
from interviewkit.exports.base import UNFIT
from interviewkit.tui import text
from interviewkit.tui.modals import Line, paragraphs
from interviewkit.tui.screens import home
from interviewkit.tui.screens.transcript import seconds
from interviewkit.tui.text import Harmless
from interviewkit.tui.widgets.bars import Notice, Work, notice_line, work_line

GIVEN = Person("P01", "patients", "uk", State.GIVEN, True)
HOSTILE = st.one_of(
    st.text(),
    st.sampled_from(
        [
            "[b]",
            "[/]",
            "[@click=app.quit]x[/]",
            "[/",
            "\x1b]52;c;aGk=\x1b\\",
            "\x1b[31m",
            "\u202egnp",
            "\x9b2J",
            "$x",
        ]
    ),
)


@given(HOSTILE)
def test_what_others_wrote_is_shown_as_it_is_and_steers_nothing(said: str) -> None:
    shown = text.plain(said).plain
    assert len(shown) == len(said)
    assert not UNFIT.search(shown)
    same = zip(said, shown, strict=True)
    assert all(a == b or UNFIT.match(a) or a.isspace() for a, b in same)


@given(HOSTILE, st.integers(1, 60))
def test_a_column_has_its_width_whatever_is_in_it(said: str, width: int) -> None:
    shown = text.pad(said, width)
    assert len(shown) == width
    assert not UNFIT.search(shown)


@given(HOSTILE)
def test_the_last_step_before_the_terminal_lets_nothing_through(said: str) -> None:
    drawn = Harmless().apply([Segment(said), Segment("plain")], Color(0, 0, 0))
    assert not UNFIT.search(drawn[0].text)
    assert drawn[1].text == "plain"


@given(HOSTILE, HOSTILE)
def test_every_line_that_is_made_of_data_is_literal(one: str, two: str) -> None:
    made: list[Content] = [
        notice_line((Notice(one, two, alarm=True),)),
        work_line(Work(one, two, 1, 2)),
        paragraphs(f"{one}\n{two}"),
        home.labelled("Waiting", [(one, "c"), (two, "")]),
        home.line(home.Row(Person(one, two, one), Talk(two, damaged=True)), {}, 12),
    ]
    for content in made:
        assert not UNFIT.search(content.plain.replace("\n", ""))
        assert all("@" not in str(span.style) for span in content.spans)


@given(HOSTILE)
def test_a_line_takes_in_nothing_that_steers(said: str) -> None:
    assert not UNFIT.search(Line().validate_value(said))


def test_letters_and_spaces_are_taken_in_as_they_are_typed() -> None:
    assert Line().validate_value(" Zoë  Müller ") == " Zoë  Müller "


@pytest.mark.parametrize(
    ("done", "shown"),
    [(0, "░░░░░░░░░░"), (3, "████░░░░░░"), (6, "████████░░"), (7, "██████████"), (9, "██████████")],
)
def test_a_bar_is_full_only_at_its_end(done: int, shown: str) -> None:
    assert text.bar(done, 7) == shown


def test_a_target_of_nobody_is_reached() -> None:
    assert text.bar(0, 0) == "██████████"


@pytest.mark.parametrize(
    ("seconds_", "shown"),
    [(0, "under a minute"), (29, "under a minute"), (31, "1 min"), (3580, "1 h 00 min")],
)
def test_minutes(seconds_: float, shown: str) -> None:
    assert text.minutes(seconds_) == shown


@pytest.mark.parametrize(
    ("time_s", "shown"), [(0, "00:00"), (189.9, "03:09"), (3600, "1:00:00"), (36_000, "10:00:00")]
)
def test_a_clock(time_s: float, shown: str) -> None:
    assert text.clock(time_s) == shown


@pytest.mark.parametrize(
    ("typed", "time_s"),
    [("0", 0.0), ("12:30", 750.0), (" 1:02:03 ", 3723.0), ("90", 90.0), ("x", None), ("1:99", 159.0)],
)
def test_a_time_that_is_typed(typed: str, time_s: float | None) -> None:
    assert seconds(typed) == time_s


# ── notices and work ────────────────────────────────────────────────────────────────────────────


def test_an_alarm_has_a_sign_a_remedy_and_a_way_to_answer_it() -> None:
    notice = Notice("No disk.", "Buy one.", alarm=True)
    assert notice_line((notice,)).plain == "! No disk.\n  Buy one.  Esc: seen"
    assert "(1 notice before this)" in notice_line((Notice("x"), notice)).plain


def test_what_need_not_be_answered_is_one_line() -> None:
    assert notice_line((Notice("P01 was added.", "Press c."),)).plain == "  P01 was added. Press c."


def test_work_shows_how_far_and_how_long() -> None:
    work = Work("P01-1, call 1", "transcribing", 30, 60, left_s=120, behind=2)
    assert work_line(work).plain == (
        "P01-1, call 1   Transcribing █████░░░░░ 50 %   2 min left for this step   then 2 more"
    )
    assert work_line(Work("P01-1, call 1")).plain == "P01-1, call 1   starting"
    assert "stopping" in work_line(Work("P01-1", stopping=True)).plain


# ── Home's texts ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("talk", "shown"),
    [
        (Talk("P01-1"), "no recording"),
        (Talk("P01-1", 1, 60, (1,), 60), "waits"),
        (Talk("P01-1", 2, 60, (2,), 60), "1 of 2 waits"),
        (Talk("P01-1", 1, 60), "transcribed"),
        (Talk("P01-1", 1, 60, flags=3), "3 to check"),
    ],
)
def test_how_far_an_interview_is(talk: Talk, shown: str) -> None:
    assert home.progress(talk, GIVEN) == shown


def test_what_may_not_be_transcribed_is_held_back() -> None:
    assert home.progress(Talk("P01-1", 1, 60, (1,), 60), Person("P01")) == "held back"


@pytest.mark.parametrize(
    ("person", "talk", "remedy"),
    [
        (Person("P01", state=State.MISSING), None, "Press c"),
        (Person("P01", state=State.REFUSED), None, ""),
        (GIVEN, None, "Press i"),
        (GIVEN, Talk("P01-1"), "Press i"),
        (GIVEN, Talk("P01-1", 1, 60, (1,), 60), "Press p"),
        (GIVEN, Talk("P01-1", damaged=True), "backup"),
    ],
)
def test_what_comes_before_a_transcript(person: Person, talk: Talk | None, remedy: str) -> None:
    said, hint = home.before_it(home.Row(person, talk))
    assert "P01" in said
    assert remedy in hint


def test_many_consents_are_counted_and_not_all_named() -> None:
    people = tuple(Person(f"P{n:02}", state=State.MISSING) for n in range(1, 10))
    ((said, key),) = home.waiting(Agenda(people, (), ()))
    assert (said, key) == ("9 consents to take: P01, P02, P03, P04, P05, P06, …", "c")


def test_nothing_waits() -> None:
    assert list(home.waiting(Agenda((GIVEN,), (), ()))) == [("nothing", "")]


def test_everybody_has_a_row_and_every_interview() -> None:
    agenda = Agenda((GIVEN, Person("P02")), (Talk("P01-1"), Talk("P01-2")), ())
    assert [row.id for row in home.rows(agenda)] == ["P01-1", "P01-2", "P02"]


# ── paths ───────────────────────────────────────────────────────────────────────────────────────


def test_a_path_is_completed_by_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "calls").mkdir()
    (tmp_path / "calls" / "one.wav").touch()
    assert home.completed(f"{tmp_path}/ca") == f"{tmp_path}/calls/"
    assert home.completed(f"{tmp_path}/calls/") == f"{tmp_path}/calls/one.wav"
    assert home.completed(f"{tmp_path}/nothing/x") is None


def test_a_file_that_can_not_be_shown_as_it_is_is_not_offered(tmp_path: Path) -> None:
    (tmp_path / "a\x1b]52;c;aGk=\x07").touch()
    (tmp_path / ".hidden").touch()
    assert home.completed(f"{tmp_path}/") is None
    assert home.completed(f"{tmp_path}/.h") == f"{tmp_path}/.hidden"


def test_quotes_of_a_file_manager_are_taken_off() -> None:
    assert home.a_path(" '/tmp/my call.wav' ") == Path("/tmp/my call.wav")
