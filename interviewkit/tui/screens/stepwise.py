"""What is asked for with keys is done one after the other, however fast they are pressed.

key ─► step ─► a queue ─► one worker: the disk, and then the screen

A step that a slow disk holds up holds up those behind it, and none is dropped for the next. Keys that are
pressed ahead of a question are no commands, as they may have been meant for it.
"""

from collections import deque
from collections.abc import Awaitable, Callable

from interviewkit.tui.screens.frame import Frame

Step = Callable[[], Awaitable[object]]


class Stepwise(Frame):
    """Does what keys ask for in their order."""

    def __init__(self) -> None:
        super().__init__()
        self._steps: deque[Step] = deque()
        self._stepping = self._asking = False

    def step(self, work: Step, *, asks: bool = False) -> None:
        """Do it after what was asked for before; `asks` for what puts a question to the user."""
        if self._asking:
            return
        self.kit.hush()
        self._asking = asks
        self._steps.append(work)
        if not self._stepping:
            self._stepping = True
            self.app.run_worker(self._in_order(), group="steps", exit_on_error=False)

    def ask(self, work: Step) -> None:
        """The same for what puts a question to the user."""
        self.step(work, asks=True)

    async def _in_order(self) -> None:
        try:
            while self._steps:
                await self._steps.popleft()()
                # A question is the last of a queue: nothing was taken up behind it.
                self._asking = self._asking and bool(self._steps)
        finally:
            # What goes wrong is told, and what was to follow rested on it.
            self._steps.clear()
            self._stepping = self._asking = False
