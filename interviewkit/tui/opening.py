"""The app from its beginning to its end, however that comes: one screen per study, gone when its terminal is.

__main__ ─► open_app ─► InterviewkitApp
"""

import os
import signal
from pathlib import Path
from types import FrameType

from interviewkit import alone
from interviewkit.tui.app import InterviewkitApp


def open_app(folder: Path, participant: str | None = None, *, desk: bool = False) -> None:
    """Show the study in `folder` until the user quits; what went wrong in the program itself is raised.

    Raises InUse where it is shown already: two screens could hold the same interview.
    """
    place = "in a browser" if "TEXTUAL_DRIVER" in os.environ else "in a terminal"
    app = InterviewkitApp(folder, participant, desk=desk)
    with alone.hold(alone.SCREEN, folder, place):
        _leave_when_hung_up(app)
        try:
            app.run()
        finally:
            app.abandon()
    if app.crash is not None:
        raise app.crash


def _leave_when_hung_up(app: InterviewkitApp) -> None:
    """A terminal that is gone takes the program with it, at once: whoever writes to it would wait for ever.

    The recorder goes on, and the study can be opened anew in the next moment.
    """

    def hung_up(number: int, frame: FrameType | None) -> None:
        app.abandon()
        os._exit(128 + number)

    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, hung_up)
