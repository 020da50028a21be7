"""What a study hands on, and whose words that is: the one way in which an export is written.

    transcripts ── rendered ─► hand_on ─► exports/register.json, exports/places/, then the file
    a participant ── recall ─► every export that ever held them

The entry comes before the file, so that no kill leaves a file that nobody knows of. Where the file was put is
sealed as the consents are of those who are in it, and kept as long: its name may be somebody's.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from interviewkit import store, study_documents
from interviewkit.audit_entries import Action
from interviewkit.consent import Store
from interviewkit.errors import Locked, UsageError
from interviewkit.models import ExportPlace, HandedOn
from interviewkit.paths import write_durably
from interviewkit.sealing import KeyClass, document_suffix
from interviewkit.study_destroy import Destroying
from interviewkit.study_writing import change_register


class Exporting(Destroying):
    """What `Study` knows of its exports; see there."""

    def hand_on(self, place: Path, data: bytes, format_: str, interviews: Iterable[str]) -> HandedOn:
        """Write an export with words of `interviews` to `place`, and put on record whose they are.

        Raises ConsentRefused, and StorageError where the disk refuses; a refusal writes nothing.
        """
        held = tuple(dict.fromkeys(interviews))
        people = tuple(dict.fromkeys(map(study_documents.owner, held)))
        with self._lock:
            for participant in people:
                self.grant(participant, Store)
            return self._write_export(place, data, format_, people, held)

    def file_away(self, place: Path, data: bytes, format_: str) -> HandedOn:
        """Write an export that holds nobody's words, such as the consent register, and put on record that.

        It needs no grant, and an erasure leaves it: what somebody consented to is kept for itself.
        """
        with self._lock:
            return self._write_export(place, data, format_, (), ())

    def _write_export(
        self, place: Path, data: bytes, format_: str, people: tuple[str, ...], held: tuple[str, ...]
    ) -> HandedOn:
        file = self._name(place)
        self.audit.note(Action.EXPORTED, held)
        new = HandedOn(
            id=uuid4().hex,
            at=datetime.now(UTC),
            format=format_,
            participants=people,
            interviews=held,
            file=file,
            by=self.audit.actor,
        )
        if people:
            self._keep_place(new, place)
        change_register(self.paths, self._lock, [new], "handed on")
        write_durably(place, data)
        return new

    def _keep_place(self, one: HandedOn, place: Path) -> None:
        path = self.paths.export_place(one.id, document_suffix(self.keys.suffix))
        seal = self.keys.sealer_to_any(one.participants, KeyClass.CONSENT).seal
        with store.transaction(path, "place", self._lock, "handed on", seal) as document:
            document.replace({"place": [ExportPlace(place=str(place)).model_dump(mode="json")]})

    def places(self, exports: Iterable[HandedOn]) -> dict[str, str]:
        """Where exports were written, by id: what isn't known, or can't be opened here, is left out."""
        try:
            if self.keys.locked:
                # Once, and not again for every one of them.
                self.keys.unlocked()
        except Locked:
            return {}
        found = {one.id: study_documents.export_place(self.paths, self.keys, one) for one in exports}
        return {name: place for name, place in found.items() if place is not None}

    def handed_on(self) -> tuple[HandedOn, ...]:
        """Every export that was written, in the order of its writing."""
        return study_documents.handed_on(self.paths)

    def recall(self, participant: str) -> tuple[HandedOn, ...]:
        """The exports that hold, or held, words of a participant: also of one who was erased."""
        return tuple(one for one in self.handed_on() if participant in one.participants)

    def _name(self, place: Path) -> str | None:
        """What the file is called within the study's exports; None elsewhere, UsageError further within."""
        folder = self.paths.exports.resolve()
        found = place.resolve()
        if not found.is_relative_to(folder):
            return None
        if found.parent != folder:
            raise UsageError(
                f"{place} lies in a folder within the study's exports.",
                f"Write it to {self.paths.exports} itself, or outside of the study.",
            )
        return found.name
