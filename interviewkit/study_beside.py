"""What a study keeps beside a call's transcript: what its participant was sent of it, translations.

    save_beside ─► transcripts/P07-1/sent-1, translation-fr-1: sealed like the transcript

A strike goes through them first, so that it counts as done only when they are, too; what is read is without
what was struck in any case.
"""

from collections.abc import Callable

from interviewkit import study_documents
from interviewkit.audit_entries import Action
from interviewkit.consent import Grant, Permission, Store
from interviewkit.models import Interview
from interviewkit.sealing import KeyClass
from interviewkit.store import Tables
from interviewkit.study_corrections import Correcting
from interviewkit.study_writing import Writing

SENT = "sent"


def translation(language: str) -> str:
    """What the document of a translation is called."""
    return f"translation-{language}"


class Besides(Correcting):
    """What `Study` knows of these; see there."""

    def beside(self, grant: Grant[Store], interview: str, call: int, name: str) -> Tables | None:
        """A document beside a call's transcript, without what was struck; None where there is none."""
        study_documents.check_owner(grant, interview)
        self.opener(grant, KeyClass.RAW)
        found = study_documents.beside(self.paths, self.keys, interview, call, name)
        if found is None:
            return None
        self.audit.looked(Action.TRANSCRIPT_READ, interview, call)
        return self.without_struck(self._interview(interview), call, found)

    def save_beside(
        self,
        grant: Grant[Permission],
        interview: str,
        call: int,
        name: str,
        tables: Tables,
        reason: str,
        also: Callable[[Writing], None] = lambda writing: None,
    ) -> None:
        """Put it in the place of what was there, without what is struck; `also` goes into the same commit."""

        def write(writing: Writing) -> None:
            left = self.without_struck(self._interview(interview), call, tables)
            writing.beside(interview, call, name, left)
            also(writing)

        self.commit(grant, write, reason)

    def strike_call(self, interview: str, call: int) -> None:
        """Do what is promised of a call, here first; see `Destroying.strike_call`."""
        known = self._interview(interview)
        due = any(one.number == call and known.to_strike(one) for one in known.calls)
        names = self.paths.names_beside(interview, call) if due else []
        if names:
            self.write(known.participant, lambda writing: self._strike(writing, known, call, names), "struck")
        super().strike_call(interview, call)

    def _strike(self, writing: Writing, known: Interview, call: int, names: list[str]) -> None:
        for name in names:
            found = study_documents.beside(self.paths, self.keys, known.id, call, name)
            if found is not None:
                left = self.without_struck(known, call, found)
                writing.beside_destroyed(known.id, call, name, left)
