"""A transcript that is being checked on the screen, and the way of each change to the disk.

key ─► KeptChecking.change ── at once ─► the screen;  save (in a thread) ─► study.save_checked

All of it is written each time, in one durable step: a kill leaves the last change, or the one before.
"""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

from interviewkit import checking, processing
from interviewkit.checking import Sitting
from interviewkit.consent import Store
from interviewkit.drafts import Work
from interviewkit.edits import Retype, Turns
from interviewkit.models import Interview, Transcript
from interviewkit.study import Study


class KeptChecking:
    """`sitting` is what the screen shows, `typing` what is being typed into it and not yet part of it."""

    def __init__(self, study: Study, interview: Interview, call: int, by: str) -> None:
        """Begin with what is there; raises UsageError where there is no draft, ConsentRefused, Locked."""
        self.draft, self.sitting = processing.sitting(study, interview, call, by)
        self.typing: Retype | None = None
        self._study, self._interview, self._call = study, interview, call
        self._stored = self.sitting.turns
        self._saving = threading.Lock()

    @property
    def saved(self) -> bool:
        """Whether it is on the disk as it is on the screen."""
        return self._now.turns is self._stored or self._now.turns == self._stored

    @property
    def transcript(self) -> Transcript:
        """The transcript as it is now, under the questions that the marks say."""
        found = checking.of(self.draft, self.sitting.record(datetime.now(UTC)))
        if not any(mark.call == self._call for mark in self._interview.marks):
            return found
        asked = processing.asked_anew(Work(transcript=found), self._interview, self._call).transcript
        return found if asked is None else asked

    @property
    def turns(self) -> Turns:
        """The turns as they are now."""
        return self.sitting.turns

    @property
    def _now(self) -> Sitting:
        """With what is being typed, so that a kill doesn't take that along."""
        return self.sitting if self.typing is None else self.sitting.changed(self.typing)

    def change(self, rule: Callable[[Sitting], Sitting]) -> bool:
        """Change it; whether that made a difference. Raises UsageError for what makes no sense."""
        before = self.sitting
        self.sitting = rule(before)
        return self.sitting is not before

    def save(self) -> None:
        """Put the latest on the disk; raises what keeps it from being so. For a thread that may wait."""
        with self._saving:
            now = self._now
            if now.turns is self._stored or now.turns == self._stored:
                return
            grant = self._study.grant(self._interview.participant, Store)
            tables = checking.pack(now.record(datetime.now(UTC)), self.draft)
            self._study.save_checked(grant, self._interview.id, self._call, tables)
            self._stored = now.turns
