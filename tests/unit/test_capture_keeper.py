"""Devices that go, hang, are exchanged and come back: told apart, mended if they can be, never waited for."""

import threading
from dataclasses import dataclass, field

import pytest

from interviewkit.capture.keeper import DEAD_S, RETRY_S, Finding, Keeper
from interviewkit.errors import DeviceError


@dataclass
class Ear:
    """A device that is opened again when `plugged` says so, unless it hangs."""

    pid: int
    last_s: float = 100.0
    active: bool = True
    fed_by: str | None = None
    plugged: bool = True
    hangs: threading.Event | None = None
    opened: list[bool] = field(default_factory=list)

    def open_again(self) -> None:
        if self.hangs is not None:
            self.hangs.wait(10)
        self.opened.append(self.plugged)
        if not self.plugged:
            raise DeviceError("gone", "plug it in")
        self.active, self.fed_by = True, None


class World:
    """A keeper whose time is counted, and the sound system it asks."""

    def __init__(self, *ears: Ear) -> None:
        self.ears = ears
        self.sources = {ear.pid: f"mic{ear.pid}" for ear in ears}
        self.present = set(self.sources.values())
        self.keeper = Keeper(ears, lambda: self.sources, lambda: self.present)
        self.now_s = 100.0

    def look(self, later_s: float = 0.7) -> list[Finding | None]:
        before_s, self.now_s = self.now_s, self.now_s + later_s
        for ear in self.ears:
            if ear.active:
                ear.last_s = self.now_s
        self.keeper.look(before_s, self.now_s)
        for mender in self.keeper._menders.values():
            mender.join(0.1)
        return list(self.keeper.found)


def test_devices_that_are_as_they_should_be_are_left_alone() -> None:
    world = World(Ear(1), Ear(2))
    assert [world.look() for _ in range(5)] == [[None, None]] * 5
    assert world.ears[0].opened == world.ears[1].opened == []


def test_one_that_is_gone_is_tried_again_and_again_and_the_other_is_left_alone() -> None:
    world = World(Ear(1), Ear(2))
    world.look()
    world.ears[1].active = world.ears[1].plugged = False
    last_s = world.ears[1].last_s
    for _ in range(10):
        assert world.look() == [None, Finding(last_s)]
    assert len(world.ears[1].opened) == 4
    world.ears[1].plugged = True
    for _ in range(5):
        found = world.look()
    assert found == [None, None]
    assert world.ears[1].opened[-1]
    assert world.ears[0].opened == []


def test_one_that_falls_silent_without_a_word_is_opened_again() -> None:
    world = World(Ear(1))
    world.look()
    ear, last_s = world.ears[0], world.ears[0].last_s
    world.keeper.look(world.now_s, last_s + DEAD_S - 0.1)
    assert world.keeper.found == [None]
    world.keeper.look(world.now_s, last_s + DEAD_S + 0.1)
    assert world.keeper.found == [Finding(last_s)]
    world.keeper._menders[0].join()
    assert ear.opened == [True]


def test_another_source_in_its_place_is_named_and_left_until_the_right_one_is_back() -> None:
    world = World(Ear(1), Ear(2))
    world.look()
    changed_s = world.now_s
    world.sources[2], world.present = "webcam", {"mic1", "webcam"}
    for _ in range(5):
        _, found = world.look()
        assert found is not None
        assert found.instead == "webcam"
        assert found.since_s == pytest.approx(changed_s + 0.35)
    assert world.ears[1].opened == []
    world.present.add("mic2")
    world.look(RETRY_S + 0.1)
    assert world.ears[1].opened == [True]
    world.sources[2] = "mic2"
    assert world.look() == [None, None]


def test_a_sound_system_that_does_not_answer_is_no_trouble() -> None:
    world = World(Ear(1))
    world.look()
    world.sources.clear()
    assert world.look() == [None]


def test_one_that_hangs_keeps_nobody_waiting() -> None:
    free = threading.Event()
    world = World(Ear(1, hangs=free), Ear(2))
    world.look()
    world.ears[0].active = world.ears[1].active = False
    for _ in range(4):
        found = world.look()
    assert found[0] is not None
    assert found[1] is None
    assert world.ears[0].opened == []
    world.keeper.end()
    free.set()
