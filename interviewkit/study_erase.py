"""What a study does when somebody is frozen, asks to be erased, and is erased.

    freeze, thaw, ask_erasure, decide ─► rights.json, and who and why in a sealed note
    promise_erasure ─► tombstone.json ── carry_out ─► keys, files, exports ─► the tombstone says done

The tombstone is the promise: it is on the disk before anything goes, with what can't be counted afterwards.
What is promised and not done is done when the study is opened next, and so is what came back from a backup: a
tombstone of this computer wins over whatever lies beside it. One of somebody else's is reported. A link is
taken away, and nothing is destroyed where it leads.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Self
from uuid import uuid4

from interviewkit import study_documents, study_rights, tombstones
from interviewkit.errors import InterviewkitError, UsageError
from interviewkit.events import Warned
from interviewkit.models import (
    ConsentGiven,
    ConsentWithdrawn,
    Counts,
    HandedOn,
    KeptKind,
    Right,
    RightKind,
    RightNote,
    Tombstone,
)
from interviewkit.paths import files_within, refuse_link, remove_durably, sync_folder
from interviewkit.sealing import KeyClass
from interviewkit.study_documents import ConsentRow
from interviewkit.study_exports import Exporting
from interviewkit.study_rights import Standing
from interviewkit.study_unlocking import Ask
from interviewkit.study_writing import Writing, change_register

ALWAYS_KEPT = ("participant.json", "tombstone.json", "rights.json")
"""Number, group, and what was done: nothing of them."""
OF_INCIDENTS = ("incidents.",)
"""Records of incidents are kept apart, by a retention of their own."""
OF_CONSENT = ("consent.", "clip-", "scan-")


class Erasing(Exporting):
    """What `Study` knows of freezing and erasing; see there."""

    @classmethod
    def open(
        cls, root: Path, told: Callable[[Warned], None] = lambda warned: None, ask: Ask | None = None
    ) -> Self:
        """The study in `root`, with what came back of the erased erased again; see `Destroying.open`."""
        study = super().open(root, told, ask)
        for problem in study.finish_erasures():
            told(Warned(problem))
        return study

    # ── what holds somebody's data back ─────────────────────────────────────────────────────────

    def standing(self, participant: str) -> Standing:
        """What holds a participant's data back now."""
        return study_rights.standing(self.paths, self.participant(participant).id)

    def freeze(self, participant: str, by: str, reason: str = "") -> None:
        """From now on nothing of theirs is recorded, opened or handed on; anybody may, without a key."""
        self._right(participant, RightKind.FROZEN, by, reason)

    def thaw(self, participant: str, by: str, reason: str) -> None:
        """End a freeze, which takes somebody who opens what was consented to: what may go on rests on that.

        Raises UsageError where there is no freeze, or nobody says who and why, and Locked for everybody else.
        """
        if self.standing(participant).frozen_at is None:
            raise UsageError(f"{participant} is not frozen.", "Nothing was changed.")
        _check_said(by, reason)
        if self.keys.sealed:
            self.keys.secret(participant, KeyClass.CONSENT)
        self._right(participant, RightKind.THAWED, by, reason)

    def ask_erasure(self, participant: str, by: str, *, due_on: date | None, late: bool) -> None:
        """Put on record that they ask to be erased; `late` is after their form's window: somebody decides."""
        self._right(participant, RightKind.ASKED, by, "", due_on=due_on, late=late)

    def decide(self, participant: str, by: str, reason: str, *, agreed: bool) -> None:
        """Decide about an erasure that was asked for too late; raises UsageError where there is none."""
        if not self.standing(participant).undecided:
            raise UsageError(f"There is nothing to decide about {participant}.", "Nothing was changed.")
        _check_said(by, reason)
        self._right(participant, RightKind.AGREED if agreed else RightKind.DECLINED, by, reason)

    def _right(
        self,
        participant: str,
        kind: RightKind,
        by: str,
        reason: str,
        *,
        due_on: date | None = None,
        late: bool = False,
    ) -> None:
        at = datetime.now(UTC)
        note = RightNote(kind=kind, at=at, by=by, reason=reason.strip())
        new = Right(kind=kind, at=at, note=uuid4().hex, due_on=due_on, late=late)
        self.write(participant, lambda writing: writing.right(new, note), kind.value)

    # ── erasing ─────────────────────────────────────────────────────────────────────────────────

    def tombstone(self, participant: str) -> Tombstone | None:
        """What is left of somebody who was erased by this computer; None for everybody else."""
        return study_rights.tombstone(self.paths, self.participant(participant).id)

    def erase(self, participant: str, actor: str, level: str) -> Tombstone:
        """Destroy everything of a participant but what is to be kept for itself; see `carry_out`."""
        self.promise_erasure(participant, actor, level)
        return self.carry_out(participant)

    def promise_erasure(self, participant: str, actor: str, level: str) -> Tombstone:
        """Put the tombstone in its place: from here on there is no way back, and no grant.

        One that another computer of the study has written is made this computer's own, as it is. Raises
        StorageError where a folder of the study is a link.
        """
        self._refuse_links()
        found = tombstones.find(self.paths, self.participant(participant).id)
        if found.stone is not None:
            return found.stone
        with self._lock:
            stone = found.told or self._stone(participant, actor, level)
            self._put(stone, "to be erased")
        return stone

    def carry_out(self, participant: str) -> Tombstone:
        """Do what a tombstone promises: keys first, then files; can be done again after any kill."""
        stone = study_rights.tombstone(self.paths, participant)
        if stone is None:
            raise UsageError(f"Nobody has decided to erase {participant}.", "Nothing was changed.")
        with self._lock:
            done = self._done(stone)
            self._write(participant, lambda writing: self._erase(writing, stone, done), "erased")
        return done

    def _erase(self, writing: Writing, stone: Tombstone, done: Tombstone) -> None:
        self.keys.destroy(stone.participant, _classes(stone))
        self._refuse_links()
        for path in self._remains(stone):
            writing.gone(path)
            remove_durably(path)
        people = self.paths.people / stone.participant
        for folder in (people, self.paths.recordings, self.paths.transcripts):
            if folder.is_dir():
                sync_folder(folder)
        self._remove_exports(stone.participant)
        writing.tombstone(done)

    def _refuse_links(self) -> None:
        for folder in (self.paths.people, self.paths.recordings, self.paths.transcripts, self.paths.exports):
            refuse_link(folder)

    def _done(self, stone: Tombstone) -> Tombstone:
        """The tombstone as it is afterwards; only what came back makes it say that it was done again."""
        now = datetime.now(UTC)
        if stone.erased_at is None:
            return stone.model_copy(update={"erased_at": now})
        if self._there(stone):
            return stone.model_copy(update={"again_at": (*stone.again_at, now)})
        return stone

    def _put(self, stone: Tombstone, reason: str) -> None:
        self._write(stone.participant, lambda writing: writing.tombstone(stone), reason)

    def _stone(self, participant: str, actor: str, level: str) -> Tombstone:
        """What is known of them now, as far as it may stay; what can't be opened any more is left out."""
        person = self.participant(participant)
        asked = self.standing(participant).asked
        rows: list[ConsentRow] = []
        with suppress(InterviewkitError):
            rows = study_documents.consent_rows(self.paths, self.keys, participant)
        given = [row.event for row in rows if isinstance(row.event, ConsentGiven)]
        kept = (KeptKind.CONSENT,) if self._consent_stays(participant, rows) else ()
        return Tombstone(
            participant=person.id,
            group=person.group,
            jurisdiction=person.jurisdiction,
            forms=tuple(dict.fromkeys(event.form for event in given)),
            consented_at=tuple(event.at for event in given),
            withdrawn_at=tuple(row.event.at for row in rows if isinstance(row.event, ConsentWithdrawn)),
            asked_at=None if asked is None else asked.at,
            level=level,
            actor=actor,
            begun_at=datetime.now(UTC),
            counts=self._counted(person.id, OF_CONSENT if kept else ()),
            keys_destroyed=self.keys.sealed,
            kept=kept,
        )

    def _consent_stays(self, participant: str, rows: Sequence[ConsentRow]) -> bool:
        """Whether there is a record of the consent, and no sheet of theirs promises to destroy it."""
        if not study_documents.consent_path(self.paths, self.keys, participant).exists():
            return False
        promises = (row.form.withdrawal for row in rows if row.form is not None)
        return all(promise is None or promise.consent_stays for promise in promises)

    def _counted(self, participant: str, kept: tuple[str, ...]) -> Counts:
        interviews = [one for one in self._interviews_of(participant) if _is_own_folder(one)]
        found = []
        for folder in interviews:
            with suppress(InterviewkitError):
                found.append(study_documents.interview(self.paths, folder.name))
        calls = [call for interview in found if interview is not None for call in interview.calls]
        words = [
            path for one in self._words_of(participant) if _is_own_folder(one) for path in one.glob("raw-*")
        ]
        files = [path for one in self._content_of(participant, kept) for path in files_within(one)]
        return Counts(
            interviews=len(interviews),
            calls=len(calls),
            recorded_s=round(sum(call.duration_s for call in calls)),
            transcripts=len(words),
            files=len(files),
            exports=len(self._exports_here(participant)),
        )

    def _interviews_of(self, participant: str) -> list[Path]:
        return sorted(self.paths.recordings.glob(f"{participant}-*"))

    def _words_of(self, participant: str) -> list[Path]:
        return sorted(self.paths.transcripts.glob(f"{participant}-*"))

    def _content_of(self, participant: str, kept: tuple[str, ...]) -> Iterator[Path]:
        """Everything in the study that is theirs alone, but what is called like `kept`."""
        yield from self._interviews_of(participant)
        yield from self._words_of(participant)
        folder = self.paths.people / participant
        if folder.is_symlink():
            yield folder
            return
        for path in sorted(folder.glob("*")):
            if path.name not in ALWAYS_KEPT and not path.name.startswith((*OF_INCIDENTS, *kept)):
                yield path

    def _remains(self, stone: Tombstone) -> list[Path]:
        kept = OF_CONSENT if KeptKind.CONSENT in stone.kept else ()
        return list(self._content_of(stone.participant, kept))

    def _remove_exports(self, participant: str) -> None:
        """Exports within the study go as well; the register keeps that there were any."""
        now, gone = datetime.now(UTC), []
        for one in self._exports_here(participant):
            remove_durably(self.paths.exports / str(one.file))
            gone.append(one.model_copy(update={"file": None, "removed_at": now}))
        if gone:
            change_register(self.paths, self._lock, gone, "erased")

    def _to_do(self, stone: Tombstone) -> bool:
        """Whether it is not carried out, or something came back."""
        kept = (self.paths.tombstone(stone.participant), tombstones.outside(self.paths, stone.participant))
        told = all(tombstones.own(self.paths, path, stone.participant) for path in kept if path is not None)
        if stone.erased_at is None or not told or self._there(stone):
            return True
        return self.keys.left(stone.participant, _classes(stone))

    def _there(self, stone: Tombstone) -> bool:
        """Whether there is anything of theirs, also where it came back."""
        return bool(self._remains(stone) or self._exports_here(stone.participant))

    def _exports_here(self, participant: str) -> list[HandedOn]:
        return [one for one in self.recall(participant) if one.file is not None]

    def finish_erasures(self) -> list[str]:
        """Erase what was to be erased and is there; hands back, in words, what was not done now, and why."""
        problems = []
        for participant in tombstones.names(self.paths):
            try:
                found = tombstones.find(self.paths, participant)
                if found.stone is not None and self._to_do(found.stone):
                    self.carry_out(participant)
                elif found.doubt:
                    problems.append(" ".join(study_rights.in_doubt(participant, found)))
            except InterviewkitError as error:
                problems.append(f"{participant}: what is to be erased is still there. {error}")
        return problems


def _classes(stone: Tombstone) -> list[KeyClass]:
    """Whose keys go: all but what is kept for itself."""
    kept = {KeyClass.INCIDENT, *([KeyClass.CONSENT] if KeptKind.CONSENT in stone.kept else [])}
    return [key_class for key_class in KeyClass if key_class not in kept]


def _is_own_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _check_said(by: str, reason: str) -> None:
    if not (by.strip() and reason.strip()):
        raise UsageError("Say who decides, and why: it is kept.", "Nothing was changed.")
