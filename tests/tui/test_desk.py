"""The desk on the screen, with keys alone: from what was released to units in categories."""

import threading
from typing import Any

import pytest
from textual.pilot import Pilot

from interviewkit import desk, desk_names
from interviewkit.consent import Store
from interviewkit.models import Known, Place, Pseudonyms, Roster, Verdict
from interviewkit.study import Study
from interviewkit.tui.app import InterviewkitApp
from interviewkit.tui.screens.categories import CategoriesScreen
from interviewkit.tui.screens.code import CodeScreen
from interviewkit.tui.screens.names import NamesScreen
from tests.tui import snapshot
from tests.tui import study as studies
from tests.tui.conftest import started, text, typed, until
from tests.tui.test_snapshots import shows
from tests.unit.test_coding import released

pytestmark = pytest.mark.slow

CALL = released(
    "So how did it begin?",
    "With a letter from [doctor\N{NO-BREAK SPACE}1], and then nothing happened for six weeks.",
    "And then?",
    "Then I rang them up, and [doctor\N{NO-BREAK SPACE}1] rang them up as well.",
)


@pytest.fixture
def coded(study: Study) -> Study:
    study.release(study.grant("P01", Store), "P01-1", CALL, Pseudonyms())
    return study


async def at_the_units(pilot: Pilot[None], app: InterviewkitApp) -> CodeScreen:
    """From Home over the desk to the call that was released, by whoever says their name."""
    await started(pilot)
    await pilot.press("d")
    await until(pilot, shows(app, "released · 0 units"))
    await pilot.press("enter")
    await until(pilot, shows(app, "Your name?"))
    await typed(pilot, "Ada")
    await pilot.press("enter")
    await until(pilot, shows(app, "Select a passage"))
    screen = app.screen
    assert isinstance(screen, CodeScreen)
    return screen


def units(study: Study) -> list[tuple[str, str, str, str | None]]:
    found = desk.gather(study)
    names = {one.id: one.name for one in found.codebook.categories}
    return [(u.text, u.label, u.domain, names.get(u.category or "")) for _, u in found.units()]


async def test_a_passage_is_selected_labelled_and_sorted_and_every_step_can_be_taken_back(
    app: InterviewkitApp, coded: Study
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await at_the_units(pilot, app)
        await pilot.press("down", "v", *["right"] * 4)
        snapshot.check(app, "code-selecting")
        await pilot.press("enter")
        await until(pilot, shows(app, "Summary label"))
        await typed(pilot, "Letter came first")
        await pilot.press("enter")
        await until(pilot, shows(app, "1 ▸ “Letter came first”"))
        assert units(coded)[0][:3] == ("With a letter from [doctor 1],", "Letter came first", "experience")

        await pilot.press("c")
        await until(pilot, shows(app, "Name of the new category"))
        await typed(pilot, "Patient pathway")
        await pilot.press("enter")
        await until(pilot, shows(app, "Patient pathway]"))
        snapshot.check(app, "code")
        assert units(coded)[0][3] == "Patient pathway"

        await pilot.press("home", "down", "right", "right", "b")
        await until(pilot, shows(app, "2 units"))
        assert [u[0] for u in units(coded)] == ["With a", "letter from [doctor 1],"]
        await pilot.press("ctrl+z")
        await until(pilot, shows(app, "Taken back."))
        assert [u[0] for u in units(coded)] == ["With a letter from [doctor 1],"]
        await pilot.press("ctrl+z", "ctrl+z")
        await until(pilot, shows(app, "0 units"))
        await pilot.press("ctrl+z")
        await until(pilot, shows(app, "nothing to take back"))


async def test_a_second_person_asks_and_two_agree(app: InterviewkitApp, coded: Study) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await at_the_units(pilot, app)
        await pilot.press("down", "enter")
        await until(pilot, shows(app, "Summary label"))
        await typed(pilot, "Waiting")
        await pilot.press("enter")
        await until(pilot, shows(app, "1 unit"))
        await pilot.press("a")
        await until(pilot, shows(app, "Ada made this unit."))
        app.taken_by = "Ben"
        await pilot.press("escape")
        await until(pilot, shows(app, "released · 1 unit"))
        await pilot.press("u")
        await until(pilot, shows(app, "1 ▸ “Waiting”"))
        await pilot.press("n", "q")
        await until(pilot, shows(app, "What is the question?"))
        await typed(pilot, "two things")
        await pilot.press("enter")
        await until(pilot, shows(app, "1 query open"))
        await pilot.press("g")
        await until(pilot, shows(app, "What was agreed?"))
        await pilot.press("n")
        await until(pilot, shows(app, "Who agrees?"))
        await typed(pilot, " Ada")
        await pilot.press(*["backspace"] * 30)
        await typed(pilot, "Ada")
        await pilot.press("enter")
        await until(pilot, shows(app, "Why?"))
        await pilot.press("enter")
        await until(pilot, shows(app, "takes two people"))
        assert len(coded.coded(coded.grant("P01", Store), "P01-1").open) == 1
        assert coded.coded(coded.grant("P01", Store), "P01-1").reviews[0].verdict is Verdict.QUERIES


async def test_units_are_put_together_in_a_category_and_the_category_is_renamed_with_its_reason(
    app: InterviewkitApp, coded: Study
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await at_the_units(pilot, app)
        for label in ("Letter", "Ringing"):
            await pilot.press("down", "enter")
            await until(pilot, shows(app, "Summary label"))
            await typed(pilot, label)
            await pilot.press("enter")
            await until(pilot, shows(app, f"“{label}”"))
            await pilot.press("down")
        await pilot.press("escape")
        await until(pilot, shows(app, "2 units"))
        await pilot.press("k")
        await until(pilot, lambda: isinstance(app.screen, CategoriesScreen) and "Ringing" in text(app))
        await pilot.press("home", "down", "space", "space", "n")
        await until(pilot, shows(app, "Name of the new category"))
        await typed(pilot, "Pathway")
        await pilot.press("enter")
        await until(pilot, shows(app, "Pathway  2 units of 1 participant"))
        await pilot.press("home", "down", "r")
        await until(pilot, shows(app, "New name"))
        await pilot.press("ctrl+u")
        await typed(pilot, "Way in")
        await pilot.press("enter")
        await until(pilot, shows(app, "Why?"))
        await typed(pilot, "clearer")
        await pilot.press("enter")
        await until(pilot, shows(app, "Way in"))
        snapshot.check(app, "categories")
        assert [u[3] for u in units(coded)] == ["Way in", "Way in"]
        await pilot.press("h")
        await until(pilot, shows(app, "(clearer)"))
        await pilot.press("escape", "x")
        await until(pilot, shows(app, "Remove “Way in”?"))
        await pilot.press("y")
        await until(pilot, lambda: "Way in" not in text(app))
        assert [u[3] for u in units(coded)] == [None, None]


async def test_nothing_selected_labels_the_turn_and_a_unit_can_be_made_longer(
    app: InterviewkitApp, coded: Study
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await at_the_units(pilot, app)
        await pilot.press("down", "enter")
        await until(pilot, shows(app, "Summary label"))
        assert screen.selected == (Place(1, 0), Place(1, 11))
        await typed(pilot, "Waiting")
        await pilot.press("enter")
        await until(pilot, shows(app, "1 unit"))
        await pilot.press("home", "down", "shift+down", "shift+down", "s")
        await until(pilot, lambda: units(coded)[0][0].endswith("as well."))
        await pilot.press("x")
        await until(pilot, shows(app, "0 units"))
        assert units(coded) == []


async def test_names_are_decided_one_by_one_and_what_is_complete_is_released(
    app: InterviewkitApp, study: Study
) -> None:
    app.taken_by = "Ada"
    async with app.run_test(size=(80, 24)) as pilot:
        await started(pilot)
        await pilot.press("d")
        await until(pilot, shows(app, "0 of 3 calls released"))
        await pilot.press("n")
        await until(pilot, shows(app, "0 found"))
        await pilot.press("f")
        await until(pilot, shows(app, "Not yet: 4 turns to be checked"))
        await pilot.press("a")
        await until(pilot, shows(app, "Which name or number?"))
        await typed(pilot, "my doctor")
        await pilot.press("enter")
        await until(pilot, shows(app, "What is it?"))
        await pilot.press("enter")
        await until(pilot, shows(app, "1 found · all decided"))
        await pilot.press("r")
        await until(pilot, shows(app, "What stands for “my doctor”?"))
        await pilot.press("ctrl+u")
        await typed(pilot, "her GP")
        await pilot.press("enter")
        await until(pilot, shows(app, "brackets"))
        await pilot.press("ctrl+u", "left_square_bracket")
        await typed(pilot, "her GP")
        await pilot.press("right_square_bracket", "enter")
        await until(pilot, shows(app, "→ [her GP]"))
        snapshot.check(app, "names")
        await pilot.press("ctrl+z")
        await until(pilot, shows(app, "→ [person 1]"))
        await pilot.press("escape")
        await until(pilot, shows(app, "check the transcript"))

        await pilot.press("c")
        await until(pilot, shows(app, "0 of 4 turns checked"))
        await pilot.press("c", "c", "c", "c")
        await until(pilot, lambda: "4 of 4" in text(app) and "not saved" not in text(app))
        await pilot.press("escape")
        await until(pilot, shows(app, "replace names, release it"))
        await pilot.press("enter")
        await until(pilot, shows(app, "all decided"))
        await pilot.press("f")
        await until(pilot, shows(app, "Release it for coding?"))
        await pilot.press("y")
        await until(pilot, shows(app, "find meaning units"))
        call = desk.released(study, study.interview("P01-1"), 1)
        assert call.turns[1].plain.startswith("With a letter from [person 1], and then")
        assert call.release.replaced == 2


async def test_words_are_found_over_the_study_and_enter_goes_there(
    app: InterviewkitApp, coded: Study
) -> None:
    app.taken_by = "Ada"
    async with app.run_test(size=(80, 24)) as pilot:
        await started(pilot)
        await pilot.press("d")
        await until(pilot, shows(app, "1 of 3 calls released"))
        await pilot.press("slash")
        await until(pilot, shows(app, "Search"))
        await typed(pilot, "rang them")
        await until(pilot, shows(app, "1 turn in 1 transcript"))
        snapshot.check(app, "search")
        await pilot.press("enter")
        await until(pilot, shows(app, "Select a passage"))
        screen = app.screen
        assert isinstance(screen, CodeScreen)
        assert screen.here == Place(3, 0)
        await pilot.press("escape", "ctrl+u")
        await typed(pilot, "nothing like it")
        await until(pilot, shows(app, "0 turns in 1 transcript"))
        await pilot.press("enter", "escape")
        await until(pilot, shows(app, "1 of 3 calls released"))


async def test_keys_that_are_faster_than_the_disk_decide_one_thing_after_the_other(
    app: InterviewkitApp, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.taken_by = "Ada"
    names = ("Siobhan Murphy", "my doctor", "six weeks")
    study.change_roster(lambda _: Roster(known=tuple(Known(text=name, kind="person") for name in names)))
    said = (("P01", "Siobhan Murphy rang Orla Byrne in Ballymun", None),)
    studies.keep(study, "P01-1", studies.transcript(said, ()))
    slow, decide = threading.Event(), desk_names.decide

    def waits(*args: Any) -> desk_names.Found:
        slow.wait(10)
        return decide(*args)

    monkeypatch.setattr(desk_names, "decide", waits)
    async with app.run_test(size=(80, 24)) as pilot:
        await started(pilot)
        await app.push_screen(NamesScreen("P01-1", 1))
        await until(pilot, shows(app, "to decide"))
        # The letters after r are meant for its question, which is not there yet.
        await pilot.press("enter", "k", "r", "k", "s", "y")
        slow.set()
        await until(pilot, shows(app, "What stands for"))
        await pilot.press("escape")
        await until(pilot, shows(app, "1 to decide"))
        decided = study.pseudonyms(study.grant("P01", Store)).names
        assert [one.decision.value for one in decided] == ["replaced", "kept"]


async def test_what_everybody_said_to_a_question_is_read_together(app: InterviewkitApp, study: Study) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await started(pilot)
        await pilot.press("d")
        await until(pilot, shows(app, "0 of 3 calls released"))
        await pilot.press("y")
        await until(pilot, shows(app, "Which group?"))
        await pilot.press("enter")
        await until(pilot, shows(app, "Which question?"))
        await pilot.press("enter")
        await until(pilot, shows(app, "── P01-1"))
        assert "With a letter from my doctor" in text(app)
        assert "── P05" not in text(app)
