"""Protocols in front of a screen, and incident records written with keys while somebody is on the line."""

import asyncio
from collections.abc import Callable

import pytest
from textual.pilot import Pilot

from interviewkit import incidents
from interviewkit.errors import StorageError
from interviewkit.models import EmergencyContact, IncidentKind, Protocols, StudyConfig
from interviewkit.study import Study
from interviewkit.tui.app import InterviewkitApp
from interviewkit.tui.protocol import Next, Protocol
from interviewkit.tui.screens.home import Home
from interviewkit.tui.screens.incident import IncidentScreen
from tests.tui import snapshot
from tests.tui.conftest import started, text, typed, until
from tests.tui.test_snapshots import SIZES, Size, shows

pytestmark = pytest.mark.slow
OWN = Protocols(
    distress="- Stop asking.\n- Say that there is no hurry,\n  and wait.",
    emergency_contacts=(
        EmergencyContact(service="Emergency services", number="112"),
        EmergencyContact(service="A service elsewhere", number="000 000", jurisdiction="ireland"),
    ),
    incident_retention_years=8,
)


def config(study: Study) -> StudyConfig:
    return study.config.model_copy(update={"protocols": OWN})


def shown(app: InterviewkitApp, modal: Protocol) -> list[Next | None]:
    """Open a protocol; what it ends with is in the list that comes back."""
    answers: list[Next | None] = []
    app.push_screen(modal, answers.append)
    return answers


def written(study: Study) -> incidents.Record:
    (record,) = incidents.of(study, "P01")
    return record


async def opened(pilot: Pilot[None], app: InterviewkitApp, screen: IncidentScreen) -> None:
    await started(pilot)
    app.push_screen(screen)
    await until(pilot, shows(app, "What was done"))


def incident(opened: Callable[[str], object] = lambda name: None) -> IncidentScreen:
    return IncidentScreen(
        "P01", IncidentKind.SAFEGUARDING, by="Ada", interview="P01-1", call=1, opened=opened
    )


@SIZES
async def test_protocols(app: InterviewkitApp, study: Study, size: Size) -> None:
    async with app.run_test(size=size) as pilot:
        await started(pilot)
        shown(app, Protocol(config(study), IncidentKind.DISTRESS, "uk", paused=True))
        await until(pilot, shows(app, "there is no hurry, and wait"))
        assert "elsewhere" not in text(app)
        snapshot.check(app, "protocol-own")
        await pilot.press("escape")
        shown(app, Protocol(study.config, IncidentKind.SAFEGUARDING, "uk", paused=False))
        await until(pilot, shows(app, "has not written"))
        snapshot.check(app, "protocol-general")


async def test_a_key_meant_for_the_room_chooses_nothing(app: InterviewkitApp, study: Study) -> None:
    async with app.run_test() as pilot:
        await started(pilot)
        answers = shown(app, Protocol(config(study), IncidentKind.DISTRESS, "uk", paused=True))
        await until(pilot, shows(app, "paused"))
        await pilot.press("enter", "y", "space")
        assert answers == []
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: answers)
        assert answers == [Next.INCIDENT]


async def test_a_protocol_is_read_to_its_end_with_keys(app: InterviewkitApp, study: Study) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await started(pilot)
        shown(app, Protocol(study.config, IncidentKind.SAFEGUARDING, "uk", paused=False))
        await until(pilot, shows(app, "has not written"))
        for needed in ("112", "End the call"):
            assert needed in text(app)
        assert "kept apart" not in text(app)
        await pilot.press("pagedown", "pagedown")
        await until(pilot, shows(app, "kept apart"))


@SIZES
async def test_an_incident_is_written_in_steps(app: InterviewkitApp, study: Study, size: Size) -> None:
    ids: list[str] = []
    async with app.run_test(size=size) as pilot:
        await opened(pilot, app, incident(ids.append))
        await typed(pilot, "agreed to ring her GP")
        snapshot.check(app, "incident")
        await pilot.press("enter")
        await until(pilot, shows(app, "Still to write: who was told"))
        assert ids == [written(study).incident.id]
        await typed(pilot, "Dr B")
        await pilot.press("enter")
        await typed(pilot, "GP")
        await pilot.press("enter", "enter")
        await typed(pilot, "by telephone")
        await pilot.press("enter")
        await until(pilot, lambda: len(written(study).told) == 1)
        await until(pilot, lambda: "Still to write" not in text(app))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Home))
    record = written(study)
    assert [entry.what for entry in record.what] == ["agreed to ring her GP"]
    (told,) = record.told
    assert (told.who, told.role, told.how) == ("Dr B", "GP", "by telephone")
    assert (record.incident.interview, record.incident.call, record.incident.by) == ("P01-1", 1, "Ada")


async def test_esc_keeps_half_a_line(app: InterviewkitApp, study: Study) -> None:
    async with app.run_test() as pilot:
        await opened(pilot, app, incident())
        await typed(pilot, "she is safe")
        await pilot.press("down", "down")
        await typed(pilot, "supervisor")
        await pilot.press("down")
        await typed(pilot, "soon")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, Home))
    assert [entry.what for entry in written(study).what] == ["she is safe", "told: supervisor, soon"]


async def test_a_wrong_time_is_said_and_nothing_is_lost(app: InterviewkitApp, study: Study) -> None:
    async with app.run_test() as pilot:
        await opened(pilot, app, incident())
        await pilot.press("down")
        await typed(pilot, "Dr B")
        await pilot.press("down", "down")
        await typed(pilot, "25h")
        await pilot.press("down", "enter")
        await until(pilot, shows(app, "When was that?"))
        assert "Dr B" in text(app)
        assert "25h" in text(app)


async def test_what_is_typed_survives_the_screen(
    app: InterviewkitApp, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("interviewkit.tui.screens.incident.DRAFT_AFTER_S", 0.01)
    async with app.run_test() as pilot:
        await opened(pilot, app, incident())
        await typed(pilot, "half a sen")
        await until(pilot, lambda: incidents.of(study, "P01") and written(study).draft)
    again = InterviewkitApp(study.root)
    async with again.run_test() as pilot:
        known = written(study).incident.id
        await opened(pilot, again, IncidentScreen("P01", IncidentKind.SAFEGUARDING, by="Ada", known=known))
        await until(pilot, shows(again, "half a sen"))
        await typed(pilot, "tence")
        await pilot.press("enter")
        await until(pilot, lambda: written(study).what)
    record = written(study)
    assert [entry.what for entry in record.what] == ["half a sentence"]
    assert record.draft is None


async def test_a_full_disk_keeps_the_line_on_the_screen(
    app: InterviewkitApp, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StorageError("The disk is full.", "Free some space.")

    async with app.run_test() as pilot:
        await opened(pilot, app, incident())
        monkeypatch.setattr(app.study, "write", full)
        await typed(pilot, "she is safe")
        await pilot.press("enter")
        await until(pilot, shows(app, "! The disk is full."))
        assert "she is safe" in text(app)
        monkeypatch.undo()
        await pilot.press("escape", "escape")
        await until(pilot, lambda: isinstance(app.screen, Home))
    assert [entry.what for entry in written(study).what] == ["she is safe"]


async def test_quick_keys_are_kept_in_their_order(app: InterviewkitApp, study: Study) -> None:
    async with app.run_test() as pilot:
        await opened(pilot, app, incident())
        for line in ("one", "two", "three"):
            await typed(pilot, line)
            await pilot.press("enter")
            await until(pilot, lambda line=line: line in text(app))  # type: ignore[misc]
            await pilot.press("up")
        await asyncio.sleep(0)
        await until(pilot, lambda: len(written(study).what) == 3)
    assert [entry.what for entry in written(study).what] == ["one", "two", "three"]
