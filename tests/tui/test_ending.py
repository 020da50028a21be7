"""What ends the work with somebody's data, from their page and with keys alone."""

import pytest
from textual.pilot import Pilot

from interviewkit.consent import Store
from interviewkit.errors import ConsentRefused
from interviewkit.models import Level
from interviewkit.study import Study
from interviewkit.tui.app import InterviewkitApp
from tests.tui.conftest import started, text, typed, until
from tests.tui.test_snapshots import shows

pytestmark = pytest.mark.slow
SIZE = (100, 30)


async def to_person(pilot: Pilot[None], app: InterviewkitApp) -> None:
    """From Home, where the cursor is on P01, to their page."""
    await started(pilot)
    app.taken_by = "Ada"
    await pilot.press("a")
    await until(pilot, shows(app, "Ring now?"))


async def choose(pilot: Pilot[None], app: InterviewkitApp, title: str, down: int = 0) -> None:
    await until(pilot, shows(app, title))
    await pilot.press(*["down"] * down, "enter")


async def test_a_freeze_and_its_end(app: InterviewkitApp, study: Study) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await to_person(pilot, app)
        await pilot.press("w")
        await choose(pilot, app, "End work with P01?")
        await until(pilot, shows(app, "Freeze P01"))
        await typed(pilot, "a relative rang")
        await pilot.press("enter")
        await until(pilot, shows(app, "P01 is frozen."))
        await until(pilot, shows(app, "no. They are frozen since"))
        with pytest.raises(ConsentRefused, match="frozen"):
            study.grant("P01", Store)
        await pilot.press("w")
        await choose(pilot, app, "End work with P01?")
        await until(pilot, shows(app, "End the freeze of P01"))
        await pilot.press("enter")
        await until(pilot, shows(app, "! Write something"))
        await typed(pilot, "a mistake")
        await pilot.press("enter")
        await until(pilot, shows(app, "P01 is not frozen any more"))
        assert study.grant("P01", Store)


async def test_esc_anywhere_changes_nothing(app: InterviewkitApp, study: Study) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await to_person(pilot, app)
        await pilot.press("w")
        await until(pilot, shows(app, "End work with P01?"))
        await pilot.press("escape", "w")
        await choose(pilot, app, "End work with P01?", down=1)
        await until(pilot, shows(app, "how far?"))
        await pilot.press("enter")
        await until(pilot, shows(app, "Is that what they ask for?"))
        await pilot.press("n")
        assert study.standing("P01").held is None
        assert study.grant("P01", Store)


async def test_somebody_withdraws_and_is_erased(app: InterviewkitApp, study: Study) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await to_person(pilot, app)
        await pilot.press("w")
        await choose(pilot, app, "End work with P01?", down=1)
        await choose(pilot, app, "how far?", down=list(Level).index(Level.ERASE))
        await until(pilot, shows(app, "Is that what they ask for?"))
        await pilot.press("y")
        await until(pilot, shows(app, "P01 has withdrawn: erase."))
        assert study.standing("P01").queued
        await pilot.press("escape", "w")
        await choose(pilot, app, "End work with P01?", down=1)
        await until(pilot, shows(app, "Type P01 to erase them"))
        await typed(pilot, "P02")
        await pilot.press("enter")
        await until(pilot, shows(app, "! Type P01"))
        assert study.tombstone("P01") is None
        await pilot.press(*["backspace"] * 3)
        await typed(pilot, "P01")
        await pilot.press("enter")
        await until(pilot, shows(app, "P01 is erased:"))
        stone = study.tombstone("P01")
        assert stone is not None
        assert stone.erased_at is not None
        assert "no. They are erased" in text(app)
        await pilot.press("escape", "w")
        await until(pilot, shows(app, "P01 is erased: nothing of them is left but the number."))


async def test_nobody_is_rung_who_wants_no_contact(app: InterviewkitApp, study: Study) -> None:
    async with app.run_test(size=SIZE) as pilot:
        await to_person(pilot, app)
        assert "Ring now?    yes" in text(app)
        await pilot.press("w")
        await choose(pilot, app, "End work with P01?", down=1)
        await choose(pilot, app, "how far?")
        await until(pilot, shows(app, "Is that what they ask for?"))
        await pilot.press("y")
        await until(pilot, shows(app, "no. They are withdrawn."))
        assert study.grant("P01", Store)
