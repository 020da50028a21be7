"""The choice of devices while it is being made: which way, which device for which side. Pure.

InputDevice[] + what was chosen before ─► Picking ── by, moved ─► inputs
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from interviewkit.capture import choice
from interviewkit.capture.choice import Way
from interviewkit.capture.devices import InputDevice
from interviewkit.capture.messages import Wanted


@dataclass(frozen=True)
class Picking:
    """The devices that there are, and those under the cursors, by name; one that is gone counts for none."""

    devices: tuple[InputDevice, ...] = ()
    way: Way = Way.MIXED
    first: str = ""
    second: str = ""

    @classmethod
    def of(cls, devices: Sequence[InputDevice], chosen: Sequence[Wanted]) -> "Picking":
        """As it was chosen before."""
        found = [choice.present(wanted, devices) for wanted in chosen]
        names = [device.name if device is not None else "" for device in found] + ["", ""]
        return cls(tuple(devices), choice.way(chosen), names[0], names[1])

    @property
    def offered(self) -> list[InputDevice]:
        """What can be chosen from."""
        return choice.offered(self.devices, self.way)

    def place(self, side: int) -> int | None:
        """Where the cursor of a side (0 or 1) stands; what was not chosen is the next that is free."""
        names = [device.name for device in self.offered]
        wished = (self.first, self.second)[side]
        if wished in names:
            return names.index(wished)
        taken = self.place(0) if side else None
        free = [place for place in range(len(names)) if place != taken]
        return free[0] if free else (0 if names else None)

    def device(self, side: int) -> InputDevice | None:
        """The device of a side."""
        place = self.place(side)
        return None if place is None else self.offered[place]

    def by(self, way: Way) -> "Picking":
        """In another way, with the same devices as far as they do for it."""
        return replace(self, way=way)

    def moved(self, side: int, place: int) -> "Picking":
        """With the cursor of a side at another place of the list."""
        name = self.offered[place].name
        return replace(self, first=name) if side == 0 else replace(self, second=name)

    def inputs(self) -> tuple[Wanted, ...]:
        """What would be recorded; empty without a device. Raises DeviceError where the choice can't be."""
        first = self.device(0)
        return () if first is None else choice.inputs(self.way, first, self.device(1))
