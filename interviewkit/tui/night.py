"""What was left for tonight is begun when its hour has come, and offered where it was missed.

tonight ─► Night ── looked at with the agenda, every other second ─► app.process, or a notice
"""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from interviewkit import tonight
from interviewkit.agenda import Agenda, Talk
from interviewkit.errors import InterviewkitError
from interviewkit.phrases import count
from interviewkit.tonight import Planned

if TYPE_CHECKING:
    from interviewkit.tui.app import InterviewkitApp


def clock() -> datetime:
    """Now, by the clock of this computer."""
    return datetime.now().astimezone()


class Night:
    """Knows since when the program is open: what was due before that was missed."""

    def __init__(self, app: "InterviewkitApp", now: Callable[[], datetime] = clock) -> None:
        self._app, self._now = app, now
        self._open_since = now()
        self._begun: set[str] = set()
        self._offered = False

    def look(self, agenda: Agenda) -> None:
        """Begin what is due, offer what was missed, and forget what is done."""
        planned = tonight.planned(self._app.study.root)
        if not planned or self._app.calls.room is not None:
            return
        self._forget(planned, agenda)
        now = self._now()
        waiting = {talk.id: talk for talk in agenda.to_transcribe}
        passed = [p for p in planned if p.due_at <= now and p.interview in waiting]
        missed = [waiting[p.interview] for p in passed if p.missed(self._open_since, now)]
        due = [waiting[p.interview] for p in passed if not p.missed(self._open_since, now)]
        self._begin([talk for talk in due if talk.id not in self._begun])
        self._offer(missed)

    def _begin(self, due: list[Talk]) -> None:
        """What can't be done is not begun again and again: it waits with the others."""
        if due and not self._app.working:
            self._begun |= {talk.id for talk in due}
            self._app.process([(talk.id, call) for talk in due for call in talk.waiting])

    def _offer(self, missed: list[Talk]) -> None:
        # Before a screen is there, a notice would go by unseen.
        shown = any(screen.focused is not None for screen in self._app.screen_stack)
        if missed and shown and not self._offered and not self._app.working:
            self._offered = True
            text = count(sum(len(talk.waiting) for talk in missed), "recording")
            left = f"{text} left for the night: interviewkit was not open then."
            self._app.alarm(f"Not transcribed: {left}", "Press p to do it now.")

    def _forget(self, planned: tuple[Planned, ...], agenda: Agenda) -> None:
        done = {talk.id for talk in agenda.talks if talk.calls and not (talk.waiting or talk.aside)}
        gone = [plan.interview for plan in planned if plan.interview in done]
        if gone:
            try:
                tonight.drop(self._app.study.root, gone)
            except InterviewkitError:
                return  # It is tried again with the next look.
