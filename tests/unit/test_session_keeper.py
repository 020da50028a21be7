import threading

import pytest

from interviewkit.errors import StorageError
from interviewkit.session_keeper import Keeper
from interviewkit.session_log import Log
from interviewkit.session_moves import Tag, tag
from tests.system.virtual_sound import wait_until
from tests.unit.session_clock import Hand


class Disk:
    """Takes logs; holds them up or refuses them when told to."""

    def __init__(self) -> None:
        self.logs: list[Log] = []
        self.free = threading.Event()
        self.free.set()
        self.full = False
        self.asked = 0

    def __call__(self, log: Log) -> None:
        self.asked += 1
        self.free.wait(10)
        if self.full:
            raise StorageError("The disk is full.", "Free some space.")
        self.logs.append(log)


def logs(number: int) -> list[Log]:
    hand = Hand().start()
    return [hand.wait(1).do(tag, Tag.IMPORTANT).log for _ in range(number)]


def test_what_is_handed_over_is_saved_and_counted() -> None:
    disk, made = Disk(), logs(3)
    keeper = Keeper(disk)
    for log in made:
        keeper(log)
    keeper.flush()
    assert disk.logs[-1] is made[-1]
    assert keeper.saved == len(made[-1].actions) == 4
    keeper.close()


def test_a_slow_disk_holds_nobody_up_and_gets_the_latest() -> None:
    disk, made = Disk(), logs(50)
    disk.free.clear()
    keeper = Keeper(disk)
    for log in made:
        keeper(log)
    assert keeper.saved == 0
    disk.free.set()
    keeper.flush()
    assert disk.logs[-1] is made[-1]
    assert len(disk.logs) <= 2
    keeper.close()


def test_what_can_not_be_saved_is_told_and_tried_again() -> None:
    disk, made = Disk(), logs(2)
    disk.full = True
    keeper = Keeper(disk)
    keeper(made[0])
    wait_until(lambda: keeper.trouble is not None, "nothing was told")
    with pytest.raises(StorageError, match="full"):
        keeper.flush(0.1)
    disk.full = False
    keeper(made[1])
    keeper.flush()
    assert keeper.trouble is None
    assert disk.logs == [made[1]]
    keeper.close()


def test_closing_does_not_wait_for_a_full_disk() -> None:
    disk = Disk()
    disk.full = True
    keeper = Keeper(disk)
    keeper(logs(1)[0])
    wait_until(lambda: keeper.trouble is not None, "nothing was told")
    keeper.close()
    assert not keeper._thread.is_alive()
