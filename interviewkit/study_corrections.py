"""A study's correction list: what the machine mishears in every call, and how it is put right.

    remember ─► corrections/register.json (whose words it came from), then corrections/<id> (wrong, right)
    a new draft ── processing ─► what is on the list, as a change that can be taken back

An entry can hold a name. It is sealed as what was said by those from whose transcripts it came, so that it
goes with the last of them; one that somebody typed is sealed to all participants. The register has numbers.
"""

from collections.abc import Collection, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from interviewkit import checking, edits, store, study_documents, study_rights
from interviewkit.audit_entries import Action
from interviewkit.errors import InterviewkitError, Locked, StorageError, UsageError
from interviewkit.models import Correction, CorrectionKept, Tombstone
from interviewkit.paths import remove_durably
from interviewkit.sealing import KeyClass, document_suffix
from interviewkit.store import Row
from interviewkit.study_documents import owner
from interviewkit.study_reporting import Reporting


class Correcting(Reporting):
    """What `Study` knows of its correction list; see there."""

    def corrections(self) -> tuple[Correction, ...]:
        """The list, in the order in which it came about; what can't be opened here is left out."""
        found = []
        for kept in self._kept():
            with suppress(Locked):
                if (one := self._correction(kept)) is not None:
                    found.append(one)
        return tuple(found)

    def unopened_corrections(self, opened: Collection[Correction]) -> int:
        """How many entries there are beside those that could be opened here."""
        return len(self._kept()) - len(opened)

    def remember(self, wrong: str, right: str, by: str, said_by: Collection[str] = ()) -> Correction:
        """Put an entry on the list; `said_by` are the participants in whose transcripts it was found.

        Raises UsageError where the same words are on it with something else, or there are no participants.
        """
        self._check_changes(Action.CORRECTION_LIST)
        with self._writing(), self._lock:
            known = self._known(wrong, right)
            if known is not None:
                return known
            new = Correction(id=uuid4().hex, wrong=wrong, right=right, by=by, at=datetime.now(UTC))
            people = tuple(sorted(set(said_by)))
            readers = people or tuple(one.id for one in self.participants() if self._has_key(one.id))
            if self.keys.sealed and not readers:
                raise UsageError(
                    "The study has no participants: there is nobody whose key could seal the list.",
                    "Add a participant first: interviewkit participant add",
                )
            self.audit.note(Action.CORRECTION_LIST)
            self._register([*self._kept(), CorrectionKept(id=new.id, said_by=people)])
            seal = self.keys.sealer_to_any(readers, KeyClass.RAW).seal
            with store.transaction(self._place(new.id), "correction", self._lock, "list", seal) as document:
                document.replace({"correction": [new.model_dump(mode="json")]})
        return new

    def forget(self, ids: Iterable[str]) -> None:
        """Take entries off the list; what they put right in transcripts stays."""
        gone = set(ids)
        self._check_changes(Action.CORRECTION_LIST)
        with self._writing(), self._lock:
            self.audit.note(Action.CORRECTION_LIST)
            self._remove(gone)

    def carry_out(self, participant: str) -> Tombstone:
        """Erase, and take along what came from nobody else's transcripts; see `Erasing.carry_out`."""
        if study_rights.tombstone(self.paths, participant) is not None:
            with self._lock:
                self._forget_erased(participant)
        return super().carry_out(participant)

    def _forget_erased(self, participant: str) -> None:
        kept = self._kept()
        gone = {one.id for one in kept if one.said_by == (participant,)}
        if any(participant in one.said_by for one in kept):
            left = [_without(one, participant) for one in kept if one.id not in gone]
            self._remove(gone)
            self._register(left)

    def strike_call(self, interview: str, call: int) -> None:
        """Do what is promised of a call, and forget what came from there and is said there no more."""
        super().strike_call(interview, call)
        with suppress(Locked):
            self._forget_struck(owner(interview))

    def discard(self, interview: str) -> None:
        """Destroy an interview, and forget what came from there and is said nowhere else of theirs."""
        super().discard(interview)
        with suppress(Locked):
            self._forget_struck(owner(interview))

    def _forget_struck(self, participant: str) -> None:
        theirs = {one.id for one in self._kept() if one.said_by == (participant,)}
        entries = [one for one in self.corrections() if one.id in theirs]
        if entries:
            gone = [one.id for one in entries if not self._still_said(participant, one)]
            if gone:
                self.forget(gone)

    def _still_said(self, participant: str, one: Correction) -> bool:
        for folder in sorted(self.paths.transcripts.glob(f"{participant}-*")):
            known = study_documents.interview(self.paths, folder.name)
            for call in known.calls if known is not None else ():
                for read in (study_documents.raw, study_documents.checked):
                    turns = checking.turns_of(read(self.paths, self.keys, folder.name, call.number))
                    if edits.found(turns, one.wrong) or edits.found(turns, one.right):
                        return True
        return False

    # ── on the disk ─────────────────────────────────────────────────────────────────────────────

    def _known(self, wrong: str, right: str) -> Correction | None:
        """The entry for these words, if there is one; raises UsageError where it says something else."""
        same = [one for one in self.corrections() if one.wrong.casefold() == wrong.casefold()]
        if same and same[0].right != right:
            raise UsageError(
                "These words are on the list already, with something else to be put in their place.",
                f"Take that off first: interviewkit corrections remove {same[0].id[:8]}",
            )
        return same[0] if same else None

    def _has_key(self, participant: str) -> bool:
        destroyed = self.keys.destroyed(participant) if self.keys.sealed else ()
        return KeyClass.RAW not in destroyed

    def _kept(self) -> list[CorrectionKept]:
        tables = store.read_document(self.paths.correction_register, "corrections") or {}
        return [CorrectionKept.model_validate(row) for row in tables.get("corrections", [])]

    def _register(self, kept: Iterable[CorrectionKept]) -> None:
        rows: list[Row] = [one.model_dump(mode="json") for one in kept]
        place = self.paths.correction_register
        with store.transaction(place, "corrections", self._lock, "list") as document:
            document.replace({"corrections": rows})

    def _remove(self, gone: Collection[str]) -> None:
        """The words first: a kill between leaves a number that stands for nothing."""
        for name in gone:
            remove_durably(self._place(name))
        if gone:
            self._register([one for one in self._kept() if one.id not in gone])

    def _place(self, name: str) -> Path:
        return self.paths.correction(name, document_suffix(self.keys.suffix))

    def _correction(self, kept: CorrectionKept) -> Correction | None:
        path = self._place(kept.id)
        readers = kept.said_by or tuple(one.id for one in self.participants())
        refused: InterviewkitError | None = None
        for participant in readers:
            try:
                opener = self.keys.opener(participant, KeyClass.RAW)
                tables = store.read_document(path, "correction", opener.open) or {}
            except (Locked, StorageError) as error:
                # Somebody who came after it was written has a key that it doesn't know.
                refused = error
                continue
            rows = tables.get("correction", [])
            return Correction.model_validate(rows[0]) if rows else None
        if isinstance(refused, StorageError):
            raise Locked(refused.message, refused.hint)
        if refused is not None:
            raise refused
        return None


def _without(one: CorrectionKept, participant: str) -> CorrectionKept:
    return one.model_copy(update={"said_by": tuple(name for name in one.said_by if name != participant)})
