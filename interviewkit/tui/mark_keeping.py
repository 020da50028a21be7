"""The marks of one call while they are made on the screen, and the way of each change to the disk.

key ─► KeptMarks.change ── at once ─► the screen;  save (in a thread) ─► study.change_interview ─► remark
"""

import threading
from collections.abc import Callable
from contextlib import suppress

from interviewkit import processing
from interviewkit.consent import Transcribe
from interviewkit.errors import ConsentRefused
from interviewkit.marking import Marking, Marks, marked, marking, was_held
from interviewkit.models import Interview
from interviewkit.study import Study


class KeptMarks:
    """`made` is what the screen shows; `saved` whether all of it is on the disk."""

    def __init__(self, study: Study, interview: Interview, call: int) -> None:
        """Begin with the marks as they are."""
        self.made = marking(interview, call)
        self.held = was_held(interview, call)
        self._study, self._interview = study, interview
        self._stored: Marks = self.made.marks
        self._told: Marks = self.made.marks
        self._saving = threading.Lock()

    @property
    def saved(self) -> bool:
        """Whether the marks are on the disk as they are on the screen."""
        return self.made.marks == self._stored

    def change(self, rule: Callable[[Marking], Marking]) -> None:
        """Change the marks; raises UsageError for what makes no sense, and for a call that was held here."""
        changed = rule(self.made)
        marked(self._interview, changed)
        self.made = changed

    def save(self) -> None:
        """Put the latest on the disk; raises what keeps it from being so. For a thread that may wait."""
        with self._saving:
            made = self.made
            if made.marks == self._stored:
                return
            grant = self._study.grant(self._interview.participant, Transcribe)
            self._study.change_interview(
                grant, self._interview.id, lambda known: marked(known, made), "marks made later"
            )
            self._stored = made.marks

    def remark(self) -> None:
        """Have the transcript know, if there is one that may be kept; once for all changes so far."""
        stored = self._stored
        if stored != self._told:
            with suppress(ConsentRefused):
                processing.remark(self._study, self._interview.id, self.made.call)
            self._told = stored
