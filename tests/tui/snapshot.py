"""Compares a screen with what it looked like when somebody last looked at it: as text, so that a diff reads.

`UPDATE_SNAPSHOTS=1` writes them anew; then look at the difference before it is committed.
"""

import io
import os
import re
from pathlib import Path

from rich.console import Console

from interviewkit.tui.app import InterviewkitApp

FOLDER = Path(__file__).parent / "snapshots"


def lines(app: InterviewkitApp) -> list[str]:
    """The screen with what stands in front of it, line by line, without the spaces at the ends."""
    width, height = app.size
    console = Console(width=width, height=height, file=io.StringIO(), record=True, legacy_windows=False)
    update = app.screen._compositor.render_update(
        full=True, screen_stack=app._background_screens, simplify=True
    )
    console.print(update)
    return [line.rstrip() for line in console.export_text().splitlines()]


TIMES = re.compile(r"\d+(?=(:\d\d)+)|(?<=\d:)\d\d|\d\d\s+[A-Z][a-z]{2}\s+20\d\d|20\d\d-\d\d-\d\d")


def check(app: InterviewkitApp, name: str, *, timeless: bool = False) -> None:
    """Fail where the screen differs from its snapshot; `timeless` lets clocks show what they like."""
    shown = "\n".join(lines(app)) + "\n"
    if timeless:
        # A date may go on in the next line.
        shown = TIMES.sub(lambda time: re.sub(r"\S| (?!\s)(?<!\s )", "0", time[0]), shown)
    width, height = app.size
    path = FOLDER / f"{name}-{width}x{height}.txt"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(shown, "utf-8")
    assert path.is_file(), f"{path.name} is missing: UPDATE_SNAPSHOTS=1 makes it"
    assert shown == path.read_text("utf-8")
