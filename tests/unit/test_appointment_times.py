import time as clocks
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewkit.appointment_times import Clock, moment, said, short, windows
from interviewkit.appointments import shown
from interviewkit.errors import UsageError
from interviewkit.models import Window

LONDON = Clock(ZoneInfo("Europe/London"))
NOW = datetime(2026, 6, 8, 10, 0, tzinfo=UTC)
"""A Monday; 11:00 in London."""


def wall_time(text: str) -> datetime:
    """What a clock shows, wherever it hangs."""
    return datetime.fromisoformat(text)


def read(text: str, now: datetime = NOW, *, past: bool = False) -> str:
    return f"{moment(text, LONDON, now, past=past):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Thu 14:00", "2026-06-11 14:00"),
        ("thursday 2pm", "2026-06-11 14:00"),
        ("Thurs at 2 PM", "2026-06-11 14:00"),
        ("this Thu, 14h00", "2026-06-11 14:00"),
        ("2pm Thu", "2026-06-11 14:00"),
        ("Mon 10:59", "2026-06-15 10:59"),
        ("Mon 11:01", "2026-06-08 11:01"),
        ("today 15:00", "2026-06-08 15:00"),
        ("tomorrow 15:00", "2026-06-09 15:00"),
        ("tomorrow noon", "2026-06-09 12:00"),
        ("12 am tomorrow", "2026-06-09 00:00"),
        ("15:00", "2026-06-08 15:00"),
        ("9:30", "2026-06-09 09:30"),
        ("12 Jun 9:30", "2026-06-12 09:30"),
        ("12 June at 9.30", "2026-06-12 09:30"),
        ("June 12th, 9:30am", "2026-06-12 09:30"),
        ("Fri 12 Jun 2026 9:30", "2026-06-12 09:30"),
        ("the 12th of June at 9:30", "2026-06-12 09:30"),
        ("12/6 9:30", "2026-06-12 09:30"),
        ("12.6. 9:30", "2026-06-12 09:30"),
        ("12.06 9.30", "2026-06-12 09:30"),
        ("12/6/2026 9:30", "2026-06-12 09:30"),
        ("2026-06-12 9:30", "2026-06-12 09:30"),
        ("12 Jan 9:30", "2027-01-12 09:30"),
        ("8 Jun 10:00", "2027-06-08 10:00"),
    ],
)
def test_plain_forms_are_understood(text: str, meant: str) -> None:
    assert read(text) == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("yesterday 10:00", "2026-06-07 10:00"),
        ("Thu 14:00", "2026-06-04 14:00"),
        ("10:30", "2026-06-08 10:30"),
        ("12:30", "2026-06-07 12:30"),
        ("12 Jun 9:30", "2025-06-12 09:30"),
    ],
)
def test_what_happened_lies_in_the_past(text: str, meant: str) -> None:
    assert read(text, past=True) == meant


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "time of day is missing"),
        ("Thu", "time of day is missing"),
        ("tomorrow 9", "time of day is missing"),
        ("25:00", "no such time of day"),
        ("14 pm", "no such time of day"),
        ("tomorrow 9:75", "no such time of day"),
        ("31 Jun 10:00", "no such day"),
        ("29 Feb 10:00", "no such day"),
        ("Thu 12 Jun 10:00", "12 June 2026 is a Friday"),
        ("next Thu 14:00", "Next"),
        ("soon 10:00", "no day that can be understood"),
        ("Thu Fri 10:00", "no day that can be understood"),
        ("12 Foo 10:00", "no day that can be understood"),
        ("yesterday 10:00", "has passed already"),
        ("today 10:00", "has passed already"),
        ("12 Jun 2020 9:00", "has passed already"),
        ("12 Jun 2036 9:00", "more than a year away"),
    ],
)
def test_what_is_not_understood_says_why(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        read(text)


def test_what_is_yet_to_come_has_not_happened() -> None:
    with pytest.raises(UsageError, match="is yet to come"):
        read("tomorrow 10:00", past=True)


@given(st.text(max_size=30), st.booleans())
def test_whatever_is_typed_it_is_a_time_on_the_right_side_or_an_error(text: str, past: bool) -> None:
    try:
        found = moment(text, LONDON, NOW, past=past)
    except UsageError:
        return
    assert (found <= NOW) is past


PIECES = st.sampled_from(
    [*"0123456789", *":./- ,", "mon", "jun", "pm", "am", "noon", "next", "today", "2026", "th", "feb"]
)


@given(st.lists(PIECES, max_size=8).map("".join), st.booleans())
def test_pieces_of_dates_are_a_time_or_an_error(text: str, past: bool) -> None:
    test_whatever_is_typed_it_is_a_time_on_the_right_side_or_an_error.hypothesis.inner_test(text, past)  # type: ignore[attr-defined]


AHEAD = st.datetimes(wall_time("2026-06-08 11:01"), wall_time("2027-06-07 23:59")).map(
    lambda wall: wall.replace(second=0, microsecond=0)
)


@given(AHEAD)
def test_what_is_written_can_be_typed(wall: datetime) -> None:
    try:
        agreed = LONDON.at(wall)
    except UsageError:
        # Skipped by the clocks.
        assert (wall.month, wall.hour) == (3, 1)
        return
    today = LONDON.read(NOW).date()
    for text in (
        short(agreed, today),
        said(agreed, today).partition(", ")[0],
        f"{wall:%Y-%m-%d %H:%M}",
        f"{wall:%d/%m/%Y %H.%M}",
        f"{wall:%A %d %B %Y} {wall:%I:%M}{wall:%p}",
    ):
        assert moment(text, LONDON, NOW) == agreed, text


# ── clocks ──────────────────────────────────────────────────────────────────────────────────────


def test_a_time_that_the_clocks_skip_is_refused() -> None:
    spring = datetime(2027, 3, 20, 12, tzinfo=UTC)
    with pytest.raises(UsageError, match="no 01:30 on 28 March: the clocks go forward"):
        read("28 Mar 1:30", spring)
    assert moment("28 Mar 2:30", LONDON, spring) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)


def test_of_a_time_that_the_clocks_show_twice_it_is_the_first() -> None:
    autumn = datetime(2026, 10, 20, 12, tzinfo=UTC)
    assert moment("25 Oct 1:30", LONDON, autumn) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_hours_that_pass_over_a_clock_change_are_counted() -> None:
    before = LONDON.at(wall_time("2026-10-24 12:00"))
    after = LONDON.at(wall_time("2026-10-25 12:00"))
    assert after - before == timedelta(hours=25)


@pytest.fixture
def dublin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Dublin")
    clocks.tzset()
    yield
    monkeypatch.undo()
    clocks.tzset()


@pytest.mark.skipif(not hasattr(clocks, "tzset"), reason="the computer's zone can't be set here")
@pytest.mark.usefixtures("dublin")
def test_without_a_zone_it_is_the_computers_clock() -> None:
    here = Clock()
    assert moment("12 Jan 9:30", here, NOW) == datetime(2027, 1, 12, 9, 30, tzinfo=UTC)
    assert moment("Thu 14:00", here, NOW) == datetime(2026, 6, 11, 13, 0, tzinfo=UTC)
    with pytest.raises(UsageError, match="the clocks go forward"):
        here.at(wall_time("2027-03-28 01:30"))
    assert here.now().utcoffset() in (timedelta(0), timedelta(hours=1))


# ── how a time is said ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("days", "long", "brief"),
    [
        (0, "Monday 8 June at 14:00, today", "today 14:00"),
        (1, "Tuesday 9 June at 14:00, tomorrow", "tomorrow 14:00"),
        (-1, "Sunday 7 June at 14:00, yesterday", "yesterday 14:00"),
        (3, "Thursday 11 June at 14:00, in 3 days", "Thu 11 Jun 14:00"),
        (-3, "Friday 5 June at 14:00, 3 days ago", "Fri 5 Jun 14:00"),
        (300, "Sunday 4 April 2027 at 14:00, in 300 days", "Sun 4 Apr 2027 14:00"),
    ],
)
def test_a_time_is_said_by_its_distance(days: int, long: str, brief: str) -> None:
    day = date(2026, 6, 8)
    at = datetime(2026, 6, 8, 14, tzinfo=UTC) + timedelta(days=days)
    assert (said(at, day), short(at, day)) == (long, brief)


# ── safe times ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Mon-Fri 17:00-20:00", "Mon–Fri 17:00–20:00"),
        ("mon – fri 17.00 – 20.00", "Mon–Fri 17:00–20:00"),
        ("weekdays after 5pm; Sat 10-12", "Mon–Fri 17:00–24:00; Sat 10:00–12:00"),
        ("Mondays, Wednesdays 9am to 12pm", "Mon, Wed 09:00–12:00"),
        ("tue and thu 9-12", "Tue, Thu 09:00–12:00"),
        ("mon 9-12, tue 14-16", "Mon 09:00–12:00; Tue 14:00–16:00"),
        ("mon 9am-10am, tue 9-10", "Mon 09:00–10:00; Tue 09:00–10:00"),
        ("fri-mon before 12", "Mon, Fri–Sun 00:00–12:00"),
        ("5-8 pm", "Mon–Sun 17:00–20:00"),
        ("weekends 9-1pm", "Sat, Sun 09:00–13:00"),
        ("daily 18:00-24:00", "Mon–Sun 18:00–24:00"),
        ("any", ""),
        ("", ""),
    ],
)
def test_safe_times_are_understood(text: str, meant: str) -> None:
    assert shown(windows(text)) == meant


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("mon", "can be understood"),
        ("mon,", "can be understood"),
        ("mon xx", "can be understood"),
        ("foo 9-12", "no days that can be understood"),
        ("mon-foo 9-12", "no days that can be understood"),
        ("mon 12-9", "begins before it ends"),
        ("mon 9-9", "begins before it ends"),
        ("mon 9-25", "no such time of day"),
    ],
)
def test_what_is_no_safe_time_says_why(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        windows(text)


CLOCKS = st.times().map(lambda at: at.replace(second=0, microsecond=0))
SAFE = st.builds(
    lambda days, ends, late: Window(days=days, start=min(ends), stop=time.max if late else max(ends)),
    st.frozensets(st.integers(0, 6), min_size=1),
    st.lists(CLOCKS, min_size=2, max_size=2, unique=True),
    st.booleans(),
)


@given(st.lists(SAFE, max_size=4).map(tuple))
def test_safe_times_as_they_are_shown_can_be_typed(safe: tuple[Window, ...]) -> None:
    assert windows(shown(safe)) == safe


@given(st.text(max_size=30))
def test_whatever_is_typed_it_is_safe_times_or_an_error(text: str) -> None:
    try:
        assert all(window.start < window.stop for window in windows(text))
    except UsageError:
        return
