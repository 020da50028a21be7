import ast
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.content import Content

from interviewkit import tui
from interviewkit.agenda import Agenda, Appointment, Person, Reached, State, Talk
from interviewkit.appointments import Standing
from interviewkit.exports.base import UNFIT, read_clock
from interviewkit.models import Ending
from interviewkit.tui import file_names, home_lines, text
from interviewkit.tui.home_lines import Row, Widths
from interviewkit.tui.modals import Line, paragraphs
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
    assert cell_len(shown) == width
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
        home_lines.labelled("Waiting", [(one, "c"), (two, "")]),
        home_lines.line(
            Row(Person(one, two, one), Talk(two, damaged=True)), {}, Widths(6, 12), Agenda((), (), ())
        ),
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
    assert read_clock(typed) == time_s


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
    ("person", "talk", "says", "remedy"),
    [
        (Person("P01", state=State.REFUSED), None, "P01: said no", ""),
        (Person("P01", state=State.WITHDRAWN), Talk("P01-1", 1, 60), "P01: withdrawn", ""),
        (Person("P01"), None, "P01 can't be read", "backup"),
        (GIVEN, Talk("P01-1", damaged=True), "P01-1 can't be read", "backup"),
        (replace(GIVEN, contact=Standing(refused=True)), None, "P01 has refused", "a, then b"),
        (replace(GIVEN, transcribable=False), Talk("P01-1", 1, 60, (1,), 60), "not written down", "Press c"),
    ],
)
def test_where_there_is_no_next_step_it_says_why(
    person: Person, talk: Talk | None, says: str, remedy: str
) -> None:
    said, hint = home_lines.before_it(Row(person, talk))
    assert says in said
    assert remedy in hint


@pytest.mark.parametrize("height", [24, 40])
def test_what_has_no_room_is_one_key_away(height: int) -> None:
    people = tuple(Person(f"P{n:02}", state=State.MISSING) for n in range(1, 20))
    at = datetime(2026, 6, 8, 14, tzinfo=UTC)
    agreed = tuple(Appointment(person.id, at, None, False, ()) for person in people)
    agenda = Agenda(people, (), (), agreed, day=at.date())
    lines = home_lines.coming(agenda, {}, height)
    shown = 2 if height == 24 else 5
    assert len(lines) == shown + 1
    assert lines[-1] == (f"… and {19 - shown} more", "v")
    assert len(home_lines.coming(agenda, {}, home_lines.ALL)) == 19


def test_an_appointment_says_what_is_in_its_way_with_a_sign() -> None:
    at = datetime(2026, 6, 8, 14, tzinfo=UTC)
    agreed = (
        Appointment("P01", at, None, False, ()),
        Appointment("P01", at, at.replace(hour=15), False, ("consent missing",)),
    )
    (free, _), (hindered, _) = home_lines.coming(Agenda((GIVEN,), (), (), agreed, day=at.date()), {}, 24)
    assert free.startswith("today 14:00 ")
    assert free.endswith("  consent given")
    assert "today 14:00 (15:00 here) " in hindered
    assert hindered.endswith("  ! consent missing")


def test_groups_stand_in_a_line_where_they_fit_and_below_each_other_where_not() -> None:
    groups = (Reached("Patients", 1, 7), Reached("Providers", 6, 6))
    ((line, _),) = home_lines.reached(groups, 78, 24)
    assert line == "Patients █░░░░░░░░░ 1/7    Providers ██████████ 6/6"
    assert len(home_lines.reached(groups, 50, 24)) == 2
    long = (Reached("x" * 90, 0, 1),)
    ((line, _),) = home_lines.reached(long, 78, 24)
    assert len(line) < 67
    many = tuple(Reached(f"Group {n} {'x' * 20}", 0, 1) for n in range(9))
    assert len(home_lines.reached(many, 78, 24)) == 4


def test_nothing_waits() -> None:
    assert home_lines.waiting(Agenda((GIVEN,), (), ()), 24) == [("nothing", "")]


def test_everybody_has_a_row_and_every_interview() -> None:
    agenda = Agenda((GIVEN, Person("P02")), (Talk("P01-1"), Talk("P01-2")), ())
    assert [row.id for row in home_lines.rows(agenda)] == ["P01-1", "P01-2", "P02"]


@pytest.mark.parametrize(
    ("talk", "ids"),
    [
        (Talk("P01-1", 1), ["P01-1", "P01"]),
        (Talk("P01-1", 1, ending=Ending.DROPPED), ["P01-1"]),
        (Talk("P01-1"), ["P01-1"]),
    ],
    ids=["a second interview", "to continue", "without a call"],
)
def test_an_appointment_after_an_interview_has_a_row_of_its_own(talk: Talk, ids: list[str]) -> None:
    at = datetime(2026, 6, 8, 14, tzinfo=UTC)
    agreed = (Appointment("P01", at, None, False, ()),)
    agenda = Agenda((GIVEN,), (talk,), (), agreed, day=at.date())
    assert [row.id for row in home_lines.rows(agenda)] == ids


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        *(("7", "P07"), ("07", "P07"), ("P07", "P07"), ("p7", "P07"), (" 007 ", "P07")),
        *(("17", "S17"), ("s17", "S17"), ("P17", None), ("1", None), ("", None), ("x", None), ("7x", None)),
    ],
)
def test_somebody_is_found_by_number(typed: str, found: str | None) -> None:
    agenda = Agenda((Person("P07"), Person("S17")), (), ())
    assert home_lines.found(typed, agenda) == found


@given(st.text(max_size=8))
def test_whatever_is_typed_nobody_else_is_found(typed: str) -> None:
    found = home_lines.found(typed, Agenda((Person("P07"), Person("S17")), (), ()))
    assert found is None or found[-1] in {str(unicodedata.digit(letter, "")) for letter in typed}


def test_who_rings_lands_where_their_next_step_is() -> None:
    dropped = Talk("P01-1", 1, ending=Ending.DROPPED)
    first, second = Talk("P01-1", 1), Talk("P01-2", 1)
    other = Row(replace(GIVEN, id="P02"), None)
    assert home_lines.landing([other, Row(GIVEN, dropped), Row(GIVEN, None)], "P01") == 1
    assert home_lines.landing([other, Row(GIVEN, first), Row(GIVEN, None)], "P01") == 2
    assert home_lines.landing([other, Row(GIVEN, first), Row(GIVEN, second)], "P01") == 2
    assert home_lines.landing([other], "P01") is None


def test_a_line_of_home_fits_into_the_smallest_window() -> None:
    person = replace(GIVEN, id="ABC1234", group="g", jurisdiction="northern-ireland")
    agenda = Agenda((person,), (), ())
    names = {"g": "A long name of a group"}
    widths = home_lines.widths(agenda, names, 78)
    line = home_lines.line(Row(person, None), names, widths, agenda)
    assert len(line.plain) <= 77
    assert line.plain.startswith("ABC1234  A long ")
    assert line.plain.endswith("get ready")
    assert home_lines.heading(widths).plain.index("⏎") == line.plain.index("get ready")


# ── paths ───────────────────────────────────────────────────────────────────────────────────────


def test_a_path_is_completed_by_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "calls").mkdir()
    (tmp_path / "calls" / "one.wav").touch()
    assert file_names.completed(f"{tmp_path}/ca") == f"{tmp_path}/calls/"
    assert file_names.completed(f"{tmp_path}/calls/") == f"{tmp_path}/calls/one.wav"
    assert file_names.completed(f"{tmp_path}/nothing/x") is None


def test_a_file_that_can_not_be_shown_as_it_is_is_not_offered(tmp_path: Path) -> None:
    (tmp_path / "a\x1b]52;c;aGk=\x07").touch()
    (tmp_path / ".hidden").touch()
    assert file_names.completed(f"{tmp_path}/") is None
    assert file_names.completed(f"{tmp_path}/.h") == f"{tmp_path}/.hidden"


def test_quotes_of_a_file_manager_are_taken_off() -> None:
    assert file_names.a_path(" '/tmp/my call.wav' ") == Path("/tmp/my call.wav")


# ── no widget takes text for markup ─────────────────────────────────────────────────────────────


def test_no_widget_is_made_that_takes_text_for_markup() -> None:
    """Whatever is shown in it later: each is made with `markup=False`, or always makes itself so."""
    trees = [ast.parse(path.read_text("utf-8")) for path in sorted(Path(tui.__file__).parent.rglob("*.py"))]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    classes = [node for node in nodes if isinstance(node, ast.ClassDef)]
    takers = {"Static", "Label", "Button", "OptionList", "SelectionList", "Checkbox", "RadioButton", "Link"}
    while more := {one.name for one in classes if {*map(ast.unparse, one.bases)} & takers} - takers:
        takers |= more
    plain = {one.name for one in classes if any(map(makes_itself_plain, ast.walk(one)))}
    calls = [
        node for node in nodes if isinstance(node, ast.Call) and ast.unparse(node.func) in takers - plain
    ]
    assert len(calls) > 40
    assert [ast.unparse(call) for call in calls if not plain_text(call)] == []


def makes_itself_plain(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and "super().__init__" in ast.unparse(node.func) and plain_text(node)


def plain_text(call: ast.Call) -> bool:
    return any(one.arg == "markup" and ast.unparse(one.value) == "False" for one in call.keywords)
