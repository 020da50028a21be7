"""The analysed example: made in moments, whole, and its reports say what a hand counts in its files."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from interviewkit import audit_verify, desk, example_files
from interviewkit.example import DROPPED
from interviewkit.models import Unit, UnitAct
from interviewkit.study import Study
from tests import quick
from tests.cli.conftest import Run

pytestmark = pytest.mark.slow

# Counted by hand in the files of interviewkit/example_interviews.
UNITS = {"P01": 12, "P02": 11, "P03": 13, "P04": 12, "P05": 11, "P06": 8}
CATEGORIES = {
    "Ways in": (0, 0, 6),
    "Hesitating": (0, 0, 2),
    "Quick answer": (0, 0, 3),
    "A person behind it": (0, 0, 7),
    "Being read": (0, 0, 2),
    "Being expected": (0, 0, 3),
    "Burden of the material": (0, 0, 3),
    "Learning to write": (0, 4, 0),
    "What it does to the profession": (0, 4, 0),
    "Time that is protected": (2, 2, 0),
    "A champion": (2, 3, 0),
    "Who wanted it": (3, 0, 0),
    "Made ordinary": (2, 0, 0),
}
"""Units of commercial representatives, providers, patients; sub-categories are counted in theirs."""
CHAMPION = {"P03": 1, "P04": 2, "P05": 1, "P06": 1}
NEW_CATEGORIES = [8, 8, 2, 5, 3, 3]
"""In the order in which they were held: P01, P03, P02, P05, P04, P06."""
SKIPPED = {"P01": 1, "P02": 1, "P03": 1, "P04": 0, "P05": 1, "P06": 2}
EARLIER = {"P01": 1, "P02": 1, "P03": 1, "P04": 1, "P05": 1, "P06": 1}
INTERVIEWER_TURNS = {"P01": 11, "P02": 11, "P03": 11, "P04": 12, "P05": 11, "P06": 9}


@pytest.fixture
def example(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    quick.install(monkeypatch)
    done = run("demo", "--analysed", "study")
    assert done.code == 0, done.err
    assert "Nobody gave these interviews" in done.err
    return Study.open(tmp_path / "study")


def rows(run: Run, report: str) -> list[list[str]]:
    """A report as CSV, from the file that a user would get."""
    done = run("report", report, "--study", "study", "-o", f"{report}.csv", "--force")
    assert done.code == 0, done.err
    return list(csv.reader(io.StringIO(Path(f"{report}.csv").read_text(encoding="utf-8-sig"))))


def test_every_report_says_what_a_hand_counts(run: Run, example: Study) -> None:
    found = desk.gather(example)
    assert found.left_out == ()
    assert Counter(about.participant.id for about, _ in found.units()) == UNITS

    told = {row[1] or row[2]: row for row in rows(run, "categories") if len(row) > 2}
    for name, counts in CATEGORIES.items():
        assert tuple(int(told[name][at]) for at in (4, 6, 8)) == counts, name

    shown = " ".join(run("report", "categories", "--study", "study").out.split())
    assert f"“Cost to the participant” is not reported: {DROPPED}." in shown

    matrix: dict[str, int] = {}
    people: list[str] = []
    for row in rows(run, "contributions"):
        if row[:1] == ["Domain and category"]:
            people = row[1:]
        elif row and row[0].endswith("A champion"):
            matrix |= {who: int(n) for who, n in zip(people, row[1:], strict=True) if who in UNITS and n}
    assert matrix == CHAMPION

    new = [int(row[5]) for row in rows(run, "saturation") if row and row[0].strip().isdigit()]
    assert new == NEW_CATEGORIES

    ways: dict[str, Counter[str]] = {name: Counter() for name in UNITS}
    for row in rows(run, "coverage"):
        if "Question" in row:
            people = row
        for who, how in zip(people, row, strict=False):
            if who in ways:
                ways[who][how] += 1
    assert {who: count["skipped"] for who, count in ways.items()} == SKIPPED
    assert {who: count["earlier"] for who, count in ways.items()} == EARLIER

    talk = {row[2]: row for row in rows(run, "talk") if len(row) > 6 and row[2] in UNITS}
    for script in example_files.scripts():
        words = sum(len(text.split()) for who, text in script.said if who == script.participant)
        # A replacement is one word: a doctor's name had two.
        assert abs(int(talk[script.participant][6]) - words) <= 1
    turns = {row[0][:3]: int(row[5]) for row in rows(run, "talk") if "Interviewer" in row}
    assert turns == INTERVIEWER_TURNS

    for report in ("characteristics", "coreq", "provenance", "quotes"):
        assert rows(run, report)
    quoted = {row[0] for row in rows(run, "quotes")}
    assert not any("P02" in cell or "P06" in cell for cell in quoted)


def acts(units: Iterable[Unit]) -> Counter[UnitAct]:
    return Counter(change.act for one in units for change in one.history)


def check_what_two_coders_did(example: Study) -> None:
    """A unit was split and merged again; Ben coded the last call blind, and nobody has looked."""
    calls = {name: desk.coded(example, example.interview(name)) for name in ("P01-1", "P06-1")}
    merged = [one for one in calls["P01-1"].standing if UnitAct.MERGED in acts([one])]
    assert [(one.label, len(one.came_from)) for one in merged] == [
        ("Weekly message showed that it was read", 2)
    ]
    assert UnitAct.SPLIT in acts(calls["P01-1"].units)
    own = desk.coded(example, example.interview("P06-1"), "Ben").standing
    assert (len(own), {one.by for one in own}) == (4, {"Ben"})
    kept = {(one.passage.start_ms, one.domain, one.category) for one in calls["P06-1"].standing}
    assert sum((one.passage.start_ms, one.domain, one.category) in kept for one in own) == 3
    assert calls["P06-1"].reviews == ()


def test_it_verifies_and_holds_no_name_in_the_open_and_is_not_made_twice(run: Run, example: Study) -> None:
    report = audit_verify.verify(example.paths)
    assert not report.problems, report.problems
    check_what_two_coders_did(example)
    names = {name.text.encode() for script in example_files.scripts() for name in script.names}
    for path in example.root.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert not any(name in data for name in names), path
    said = " ".join(turn.text for one in desk.gather(example).interviews for turn in one.calls[0].turns)
    assert not any(name.decode() in said for name in names)
    again = run("demo", "--analysed", "study")
    assert (again.code, "there already" in again.err) == (0, True)
    found = json.loads(run("search", "--json", "yellow piece of paper", "--study", "study").out)
    assert [hit["participant"] for hit in found] == ["P01"]
