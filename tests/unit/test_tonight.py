from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewkit import tonight
from interviewkit.paths import state_dir
from interviewkit.tonight import LATE, Planned

NOW = datetime(2020, 6, 11, 17, 30, tzinfo=timezone(timedelta(hours=1)))
AT = NOW.replace(hour=22, minute=0)


@given(
    minute=st.integers(0, 24 * 60 - 1),
    passed_s=st.integers(0, 366 * 24 * 3600),
)
def test_the_hour_is_the_next_one(minute: int, passed_s: int) -> None:
    now = NOW + timedelta(seconds=passed_s)
    at = tonight.next_at(f"{minute // 60:02}:{minute % 60:02}", now)
    assert timedelta(0) < at - now <= timedelta(days=1)
    assert (at.hour, at.minute, at.second) == (minute // 60, minute % 60, 0)


def test_it_is_remembered_for_each_study_by_itself(tmp_path: Path) -> None:
    tonight.leave(tmp_path / "a", "P01-1", AT)
    tonight.leave(tmp_path / "b", "P02-1", AT)
    tonight.leave(tmp_path / "a", "P03-1", AT)
    tonight.leave(tmp_path / "a", "P01-1", AT + timedelta(days=1))
    assert tonight.planned(tmp_path / "a") == (
        Planned("P03-1", AT),
        Planned("P01-1", AT + timedelta(days=1)),
    )
    tonight.drop(tmp_path / "a", ["P01-1", "P03-1", "P99-1"])
    assert tonight.planned(tmp_path / "a") == ()
    assert tonight.planned(tmp_path / "b") == (Planned("P02-1", AT),)
    assert (state_dir() / "tonight.json").stat().st_mode & 0o777 == 0o600


def test_the_same_study_by_another_name_is_the_same(tmp_path: Path) -> None:
    (tmp_path / "study").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "study")
    tonight.leave(tmp_path / "link", "P01-1", AT)
    assert tonight.planned(tmp_path / "study") == (Planned("P01-1", AT),)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b'{"schema": 2, "studies": {}}',
        b'{"schema": 1, "studies": []}',
        b'{"schema": 1, "studies": {"STUDY": [{"interview": "P01-1"}]}}',
        b'{"schema": 1, "studies": {"STUDY": [{"interview": "P01-1", "due_at": "soon"}]}}',
        b"\xff",
    ],
)
def test_a_file_that_makes_no_sense_is_no_plan_and_no_error(tmp_path: Path, content: bytes) -> None:
    state_dir().mkdir(parents=True)
    (state_dir() / "tonight.json").write_bytes(content.replace(b"STUDY", str(tmp_path).encode()))
    assert tonight.planned(tmp_path) == ()
    tonight.leave(tmp_path, "P01-1", AT)
    assert tonight.planned(tmp_path) == (Planned("P01-1", AT),)


def test_what_was_missed_is_known() -> None:
    planned = Planned("P01-1", AT)
    assert not planned.missed(open_since=AT - timedelta(hours=1), now=AT + timedelta(minutes=1))
    assert planned.missed(open_since=AT + timedelta(minutes=1), now=AT + timedelta(minutes=2))
    assert planned.missed(open_since=AT - timedelta(hours=1), now=AT + LATE + timedelta(minutes=1))


def test_an_hour_has_a_name_that_people_use() -> None:
    local = AT.replace(tzinfo=None).astimezone()
    today = local.date()
    assert tonight.called(local, today) == "tonight at 22:00"
    assert tonight.called(local + timedelta(hours=4), today) == "tonight at 02:00"
    assert tonight.called(local + timedelta(hours=24), today) == "tomorrow at 22:00"
