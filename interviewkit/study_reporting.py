"""What a study knows of its reports: numbers to quote people under, and what the team answered about itself.

ReportDecisions ── change_report_decisions ─► reporting

Whose number it was is forgotten with whoever is erased; that it was given stays, so that nobody gets it
again.
"""

from collections.abc import Callable
from contextlib import suppress

from interviewkit import desk_documents, study_rights
from interviewkit.audit_entries import Action
from interviewkit.errors import Locked
from interviewkit.models import ReportDecisions, Tombstone
from interviewkit.paths import remove_durably
from interviewkit.study_released import Releasing


class Reporting(Releasing):
    """What `Study` knows of its reports; see there."""

    def report_decisions(self) -> ReportDecisions:
        """What was decided; raises Locked for whoever opens nothing that was released."""
        return self._without_erased(self._decided())

    def change_report_decisions(
        self, change: Callable[[ReportDecisions], ReportDecisions]
    ) -> ReportDecisions:
        """Change it, starting from what is on the disk."""
        self._check_changes(Action.REPORTING)
        with self._writing(), self._lock:
            known = self._decided()
            changed = change(self._without_erased(known))
            if changed != known:
                self._keep_decisions(changed)
            return changed

    def carry_out(self, participant: str) -> Tombstone:
        """Erase; before, forget whose number was theirs, while it can be opened."""
        promised = study_rights.tombstone(self.paths, participant) is not None
        if promised and desk_documents.reporting_path(self.paths, self.keys).exists():
            with suppress(Locked), self._lock:
                self._keep_decisions(self.report_decisions())
        return super().carry_out(participant)

    def _decided(self) -> ReportDecisions:
        return desk_documents.reporting(self.paths, self.keys, self._with_keys())

    def _without_erased(self, known: ReportDecisions) -> ReportDecisions:
        """Without whose number it was, of whoever was erased by somebody who could not open this."""
        kept = tuple(
            one.model_copy(update={"participant": ""}) if self._is_erased(one.participant) else one
            for one in known.numbers
        )
        return known.model_copy(update={"numbers": kept})

    def _is_erased(self, participant: str) -> bool:
        return bool(participant) and study_rights.tombstone(self.paths, participant) is not None

    def _keep_decisions(self, new: ReportDecisions) -> None:
        """Sealed to those whose words stay; gone where there is nobody left who is quoted."""
        readers = self._with_keys()
        staying = [name for name in readers if not self._is_erased(name)]
        with self.audit.event(Action.REPORTING, "") as event:
            if readers and not staying:
                path = desk_documents.reporting_path(self.paths, self.keys)
                event.removed(path)
                remove_durably(path)
            else:
                desk_documents.write_reporting(
                    self.paths, self.keys, self._lock, readers, staying, new, event.wrote
                )
