"""What a study knows of its analysis: what was released, its meaning units, its codebook, its pseudonyms.

    Released ── release ─► transcripts/P07-1/released-1, timing-1; people/P07/pseudonyms
    Coded ── change_coded ─► transcripts/P07-1/units;  Codebook ── change_codebook ─► codebook

A change starts from what is on the disk, under the study's lock, so that two who work at once undo nothing of
each other. What a strike could not open is made good by whoever opens it next.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from interviewkit import codebook, coding, desk_documents, releases, study_rights
from interviewkit.audit import Event
from interviewkit.audit_entries import Action
from interviewkit.coding import Who
from interviewkit.consent import Grant, Store
from interviewkit.errors import InterviewkitError, Locked, StorageError
from interviewkit.models import Codebook, Coded, Interview, Known, Pseudonyms, Released, Roster, Tombstone
from interviewkit.paths import remove_durably
from interviewkit.sealing import KeyClass, document_suffix
from interviewkit.study_documents import check_owner
from interviewkit.study_erase import Erasing
from interviewkit.study_writing import Writing

BY_ITSELF = "interviewkit"


class Releasing(Erasing):
    """What `Study` knows of its analysis; see there."""

    # ── released transcripts ────────────────────────────────────────────────────────────────────

    def release(
        self, grant: Grant[Store], interview: str, released: Released, pseudonyms: Pseudonyms
    ) -> None:
        """Hand a call to the analysts: what stands for whom, then when words are heard, then the text."""
        number = released.call

        def write(writing: Writing) -> None:
            known = self._interview(interview)
            left = releases.without(released, _stretches_ms(known, number))
            writing.pseudonyms(pseudonyms)
            writing.released(interview, left)

        self.commit(grant, write, "transcript released")

    def released(self, grant: Grant[Store], interview: str, call: int) -> Released | None:
        """A call as analysts read it, without what was struck; None where it wasn't released."""
        check_owner(grant, interview)
        self.opener(grant, KeyClass.RELEASED)
        found = desk_documents.released(self.paths, self.keys, interview, call)
        if found is None:
            return None
        self.audit.looked(Action.TRANSCRIPT_READ, interview, call)
        known = self._interview(interview)
        left = releases.without(found, _stretches_ms(known, call))
        if left != found:
            self.write(
                known.participant, lambda writing: writing.released_destroyed(known.id, left), "struck"
            )
        return left

    def pseudonyms(self, grant: Grant[Store]) -> Pseudonyms:
        """What stands for whom in a participant's transcripts."""
        self.opener(grant, KeyClass.PSEUDONYMS)
        return desk_documents.pseudonyms(self.paths, self.keys, grant.participant)

    def change_pseudonyms(
        self, grant: Grant[Store], change: Callable[[Pseudonyms], Pseudonyms]
    ) -> Pseudonyms:
        """Change it, starting from what is on the disk."""

        def write(writing: Writing) -> Pseudonyms:
            changed = change(desk_documents.pseudonyms(self.paths, self.keys, grant.participant))
            writing.pseudonyms(changed)
            return changed

        return self.commit(grant, write, "pseudonyms decided")

    def roster(self) -> Roster:
        """Names of staff, sites and places; raises Locked for whoever replaces no names."""
        return desk_documents.roster(self.paths, self.keys, self._named())

    def change_roster(self, change: Callable[[Roster], Roster]) -> Roster:
        """Change them, starting from what is on the disk."""
        self._check_changes(Action.ROSTER)
        with self._writing(), self._lock:
            readers = self._named()
            known = desk_documents.roster(self.paths, self.keys, readers)
            changed = change(known)
            if changed != known:
                with self.audit.event(Action.ROSTER, "") as event:
                    desk_documents.write_roster(
                        self.paths, self.keys, self._lock, readers, changed, event.wrote
                    )
            return changed

    def _named(self) -> list[str]:
        """The participants whose names can still be replaced: whoever opens one's log opens the roster."""
        return self._with_keys(KeyClass.PSEUDONYMS)

    def known_names(self, participant: str) -> tuple[Known, ...]:
        """Names and numbers of a participant that are known beforehand; nothing that can't be opened here."""
        return desk_documents.known(self.paths, self.keys, participant)

    # ── meaning units ───────────────────────────────────────────────────────────────────────────

    def coded(self, grant: Grant[Store], interview: str, layer: str = "") -> Coded:
        """The meaning units of an interview; with `layer`, those of somebody who codes it for themselves."""
        check_owner(grant, interview)
        self.opener(grant, KeyClass.RELEASED)
        found = desk_documents.coded(self.paths, self.keys, interview, layer)
        # They hold words of these calls.
        for call in sorted({unit.passage.call for unit in found.units}):
            self.audit.looked(Action.TRANSCRIPT_READ, interview, call)
        known = self._interview(interview)
        left = _without_struck(known, found)
        if left != found:
            self.write(
                known.participant, lambda writing: writing.coded_destroyed(known.id, left, layer), "struck"
            )
        return left

    def change_coded(
        self, grant: Grant[Store], interview: str, change: Callable[[Coded], Coded], layer: str = ""
    ) -> Coded:
        """Change them, starting from what is on the disk; raises what `change` raises, and writes nothing."""

        def write(writing: Writing) -> Coded:
            known = desk_documents.coded(self.paths, self.keys, interview, layer)
            changed = change(_without_struck(self._interview(interview), known))
            if changed != known:
                writing.coded(interview, changed, layer)
            return changed

        return self.commit(grant, write, "units coded")

    def layers(self, interview: str) -> list[str]:
        """Who has coded an interview for themselves."""
        return desk_documents.layers(self.paths, interview)

    # ── codebook ────────────────────────────────────────────────────────────────────────────────

    def codebook(self) -> Codebook:
        """Domains and categories; raises Locked for whoever opens nothing that was released."""
        return desk_documents.codebook(self.paths, self.keys, self._with_keys())

    def change_codebook(self, change: Callable[[Codebook], Codebook]) -> Codebook:
        """Change it, starting from what is on the disk."""
        self._check_changes(Action.CODEBOOK)
        with self._writing(), self._lock:
            readers = self._with_keys()
            known = desk_documents.codebook(self.paths, self.keys, readers)
            changed = change(known)
            if changed != known:
                with self.audit.event(Action.CODEBOOK, "") as event:
                    desk_documents.write_codebook(
                        self.paths, self.keys, self._lock, readers, changed, event.wrote
                    )
            return changed

    def _with_keys(self, key_class: KeyClass = KeyClass.RELEASED) -> list[str]:
        """The participants whose words are still there: whoever opens one's opens what is about all."""
        found = []
        for participant in self.participants():
            destroyed = self.keys.destroyed(participant.id) if self.keys.sealed else ()
            if key_class not in destroyed:
                found.append(participant.id)
        return found

    # ── what was struck, and who was erased ─────────────────────────────────────────────────────

    def strike_call(self, interview: str, call: int) -> None:
        """Do what is promised of a call; see `Destroying.strike_call`.

        Whoever can't open what was released takes its text away, which can be released again; its units are
        made good when somebody opens them.
        """
        super().strike_call(interview, call)
        known = self._interview(interview)
        text = desk_documents.released_path(self.paths, self.keys, interview, call)
        if known.stricken(call) and text.exists():
            self.write(
                known.participant, lambda writing: self._strike_released(writing, known, call), "struck"
            )
        for layer in ("", *self.layers(interview)):
            with suppress(Locked):
                self._strike_coded(known, layer)

    def _strike_released(self, writing: Writing, known: Interview, call: int) -> None:
        try:
            found = desk_documents.released(self.paths, self.keys, known.id, call)
        except Locked:
            writing.release_taken_back(known.id, call)
            return
        if found is not None:
            left = releases.without(found, _stretches_ms(known, call))
            writing.released_destroyed(known.id, left)

    def _strike_coded(self, known: Interview, layer: str) -> None:
        found = desk_documents.coded(self.paths, self.keys, known.id, layer)
        left = _without_struck(known, found)
        if left != found:
            self.write(
                known.participant, lambda writing: writing.coded_destroyed(known.id, left, layer), "struck"
            )

    def carry_out(self, participant: str) -> Tombstone:
        """Erase; before, while it can be opened, take categories along that were named for nobody else."""
        if study_rights.tombstone(self.paths, participant) is not None:
            with suppress(Locked, StorageError):
                self._forget(participant)
            with suppress(Locked, StorageError):
                self._reseal_roster(participant)
        return super().carry_out(participant)

    def _forget(self, participant: str) -> None:
        """The codebook without what was of them alone, sealed to those whose words stay."""
        path = desk_documents.codebook_path(self.paths, self.keys)
        readers, staying = self._and_staying(KeyClass.RELEASED, participant)
        if not path.exists() or participant not in readers:
            return
        with self._writing(), self._lock, self.audit.event(Action.CODEBOOK, "") as event:
            known = desk_documents.codebook(self.paths, self.keys, readers)
            left = codebook.forgotten(known, participant, self._categories_in_use(participant))
            if staying or not self.keys.sealed:
                desk_documents.write_codebook(
                    self.paths, self.keys, self._lock, readers, left, event.wrote, staying
                )
            else:
                self._gone(event, path)

    def _reseal_roster(self, participant: str) -> None:
        """The names that all know, sealed to those whose names can still be replaced."""
        path = self.paths.roster(document_suffix(self.keys.suffix))
        readers, staying = self._and_staying(KeyClass.PSEUDONYMS, participant)
        if not self.keys.sealed or not path.exists() or participant not in readers:
            return
        with self._writing(), self._lock, self.audit.event(Action.ROSTER, "") as event:
            known = desk_documents.roster(self.paths, self.keys, readers)
            if staying:
                desk_documents.write_roster(
                    self.paths, self.keys, self._lock, readers, known, event.wrote, staying
                )
            else:
                self._gone(event, path)

    def _and_staying(self, key_class: KeyClass, but: str) -> tuple[list[str], list[str]]:
        readers = self._with_keys(key_class)
        return readers, [name for name in readers if name != but]

    def _gone(self, event: Event, path: Path) -> None:
        event.removed(path)
        remove_durably(path)

    def _categories_in_use(self, but: str) -> Iterator[str]:
        """The categories that have units of others, as far as these can be opened."""
        for folder in sorted(self.paths.transcripts.glob("*")):
            if folder.name.rpartition("-")[0] != but:
                with suppress(InterviewkitError):
                    coded = desk_documents.coded(self.paths, self.keys, folder.name, "")
                    yield from (unit.category for unit in coded.units if unit.category is not None)


def _without_struck(known: Interview, coded: Coded) -> Coded:
    """The units without what was struck in any call."""
    who = Who(BY_ITSELF, datetime.now(UTC))
    for call in known.calls:
        if stretches := _stretches_ms(known, call.number):
            coded = coding.struck(coded, call.number, stretches, who)
    return coded


def _stretches_ms(known: Interview, call: int) -> list[tuple[int, int]]:
    """What was struck of a call."""
    rate = next((one.sample_rate for one in known.calls if one.number == call), 1)
    return [(start * 1000 // rate, -(-stop * 1000 // rate)) for start, stop in known.stricken(call)]
