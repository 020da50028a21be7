"""`study.keys`: the one object that hands out what seals and what opens a participant's documents.

    keys/ in the study (public) ─► sealer(P07, audio)
    this computer's key folder + a passphrase, once a program ─► opener(P07, audio)

A participant has a key per class, made when they are added. Its private half is kept sealed to the people
whose role opens the class, and nowhere else; whoever has unlocked their own key gets at it. A passphrase is
asked for when something is opened first, and never for sealing. A study without `keys/` is not sealed.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from interviewkit import key_places, key_records, passphrases, sealing
from interviewkit.errors import Locked, StorageError, StudyError, UsageError
from interviewkit.key_folder import KeyFolder
from interviewkit.key_records import DestroyedRecord, ParticipantRecord, Person, StudyRecord
from interviewkit.paths import StudyPaths
from interviewkit.sealing import (
    AgeSealer,
    ClearOpener,
    ClearSealer,
    Guarded,
    KeyClass,
    Opener,
    Preset,
    Role,
    Sealer,
    Secret,
)
from interviewkit.study_unlocking import Ask, Unlocking


@dataclass(frozen=True)
class Founder:
    """Who makes a study: their key, what they do in it, and the key that goes on the recovery sheet."""

    own: Guarded
    recovery: Secret
    name: str = "Researcher"
    preset: Preset = Preset.SOLO
    roles: tuple[Role, ...] = (Role.RESEARCHER,)
    kept_passphrase: str | None = field(default=None, repr=False)
    """Kept beside the keys, in the open: for a demonstration."""
    study: str = field(default_factory=lambda: uuid4().hex)

    @property
    def record(self) -> StudyRecord:
        """The study that is to be."""
        return StudyRecord(id=self.study, preset=self.preset, recovery=self.recovery.public)


def found(paths: StudyPaths, founder: Founder, written: list[Path]) -> None:
    """Give a new study its keys; its founder has unlocked it in this program.

    `written` is told of every file in the study before it is there.
    """
    record = founder.record
    person = Person(
        id=person_id(founder.name),
        name=founder.name,
        recipient=founder.own.secret.public,
        roles=founder.roles,
        added_at=datetime.now(UTC),
    )
    folder = KeyFolder(record.id)
    if founder.kept_passphrase is not None:
        passphrases.keep(folder.root, founder.kept_passphrase)
    folder.put_own(person.id, founder.own.locked)
    folder.put_person(person)
    folder.put_study(record)
    key_places.remember(paths.root, record.id)
    for path, public in {
        paths.keys / "people" / f"{person.id}.json": person,
        paths.keys / "study.json": record,
    }.items():
        written.append(path)
        key_records.write(path, public)
    Keys(paths).use(person.id, founder.own.secret)


def person_id(name: str) -> str:
    """The id of somebody who works on the study, from their name: `anna-b` for Anna B."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    found = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-")
    if not found:
        raise UsageError("The name has no letter that an id can be made of.", "Write it in Latin letters.")
    return found


class Keys(Unlocking):
    """The keys of one study, as far as this computer and whoever sits at it have them."""

    def __init__(self, paths: StudyPaths, ask: Ask | None = None) -> None:
        """`ask` gets the passphrase from the user, where it can't be had without."""
        super().__init__(paths, ask)
        self._public: dict[str, ParticipantRecord] = {}

    # ── sealing and opening ─────────────────────────────────────────────────────────────────────

    def sealer(self, participant: str, key_class: KeyClass) -> Sealer:
        """What seals a participant's documents of a class; it needs no secret and no passphrase."""
        return self.sealer_to_any([participant], key_class)

    def sealer_to_any(self, participants: Iterable[str], key_class: KeyClass) -> Sealer:
        """What seals what is about several: whoever opens the class of one of them opens it."""
        if not self.sealed:
            return ClearSealer()
        return AgeSealer(
            public for participant in participants for public in self._recipients(participant, key_class)
        )

    def _recipients(self, participant: str, key_class: KeyClass) -> list[str]:
        recipients = [self._recipient(participant, key_class)]
        if not self._opens_here(participant, key_class):
            recipients.append(self._made(participant, key_class).public)
        return recipients

    def opener(self, participant: str, key_class: KeyClass) -> Opener:
        """What opens them: asked for a key at the first document, so that none is needed where none is."""
        return _Opener(self, participant, key_class) if self.sealed else ClearOpener()

    def check_opens(self, participant: str, key_class: KeyClass) -> None:
        """Raise Locked where whoever sits here opens nothing of a class, but what this program has sealed."""
        if self.sealed and self.made(participant, key_class) is None:
            self.secret(participant, key_class)

    def _recipient(self, participant: str, key_class: KeyClass) -> str:
        """The public key of a class. What this computer knows of it can't be changed in the study."""
        if participant not in self._public:
            known = self.folder.public(participant)
            if known is not None:
                self.check_told(known)
            record = known or key_records.read(self._participant_file(participant), ParticipantRecord)
            if record is None:
                raise Locked(
                    f"{participant} has no keys.", "Put the study's keys folder back from your backup."
                )
            self._public[participant] = record
        if key_class in self.folder.destroyed(participant):
            raise _gone(participant, key_class)
        return self._public[participant].classes[key_class]

    def secret(self, participant: str, key_class: KeyClass) -> Secret:
        """A participant's private key of a class; Locked where it can't be had."""
        with self._program.lock:
            return self._secret(participant, key_class)

    def _secret(self, participant: str, key_class: KeyClass) -> Secret:
        wrapped = self.folder.wrapped(participant, key_class)
        if wrapped is None:
            self._program.opened.pop((participant, key_class), None)
            if key_class in self.folder.destroyed(participant):
                raise _gone(participant, key_class)
            raise Locked(
                f"This computer has no key for the {key_class} documents of {participant}.",
                "Bring it with: interviewkit key restore",
            )
        known = self._program.opened.get((participant, key_class))
        if known is None:
            own = self.unlocked()
            try:
                known = sealing.unwrap(wrapped, own)
            except StorageError:
                raise Locked(
                    f"Your role does not open the {key_class} documents of {participant}.",
                    "See who may: interviewkit key list",
                ) from None
            self._program.opened[participant, key_class] = known
        return known

    def _opens_here(self, participant: str, key_class: KeyClass) -> bool:
        """Whether who has unlocked this program reads the class anyway; so too before anybody has."""
        person = self.folder.person(self._program.person) if self._program.person else None
        return person is None or person.opens(participant, key_class)

    # ── making and destroying ───────────────────────────────────────────────────────────────────

    def add_participant(self, participant: str) -> None:
        """Make a participant's keys, sealed to everybody whose role opens them; nothing where not sealed.

        The private halves come first, so that nothing is sealed to a key that nobody has.
        """
        if not self.sealed:
            return
        folder, study = self.folder, self.known_study()
        if self._paths.participant(participant).exists():
            raise UsageError(
                f"{participant} has keys.", "Others would make unreadable what was sealed to them."
            )
        if self.destroyed(participant):
            raise UsageError(f"{participant} was somebody whose keys were destroyed.", "Take another number.")
        secrets = {key_class: Secret.new() for key_class in KeyClass}
        for key_class, secret in secrets.items():
            readers = self.readers(folder.people(), study, participant, key_class)
            folder.put_wrapped(participant, key_class, sealing.wrap(secret, readers))
        classes = {key_class: secret.public for key_class, secret in secrets.items()}
        record = ParticipantRecord(participant=participant, classes=classes)
        folder.put_public(record)
        key_records.write(self._participant_file(participant), record)
        self._public.pop(participant, None)

    @staticmethod
    def readers(
        people: Collection[Person], study: StudyRecord, participant: str, key_class: KeyClass
    ) -> list[str]:
        """The public keys of all who may open a class of a participant, and of the recovery sheet."""
        return [*(one.recipient for one in people if one.opens(participant, key_class)), study.recovery]

    def destroy(self, participant: str, classes: Iterable[KeyClass]) -> None:
        """Destroy the private keys of classes, every copy on this computer: what they sealed is unreadable.

        May be done again after a kill, and where nothing is left to do. Needs no passphrase. That they are
        destroyed is noted first, here and in the study, so that no backup of keys brings them back.
        """
        if not self.sealed:
            return
        classes = frozenset(classes)
        with self._program.lock:
            for key_class in classes:
                self._program.opened.pop((participant, key_class), None)
                self._program.made.pop((participant, key_class), None)
        record = self.folder.note_destroyed(participant, classes)
        key_records.write(self._told_destroyed(participant), record)
        self.folder.destroy(participant, classes)
        self._public.pop(participant, None)

    def left(self, participant: str, classes: Iterable[KeyClass]) -> bool:
        """Whether this computer still has a private key of one of the classes: they were erased elsewhere."""
        if not self.sealed:
            return False
        return any(self.folder.wrapped(participant, key_class) is not None for key_class in classes)

    def known_study(self) -> StudyRecord:
        """The study as this computer knows it: what the study's folder says could be anybody's."""
        known = self.folder.study
        if known is None:
            raise Locked(
                "This computer has no keys for this study.",
                "Bring them: interviewkit key restore FILE. Or make your own: interviewkit key new",
            )
        return known

    def check_told(self, known: ParticipantRecord) -> None:
        """Raise StudyError where a participant's public keys in the study are others."""
        told = key_records.read(self._participant_file(known.participant), ParticipantRecord)
        if told is not None and told != known:
            raise StudyError(
                f"The keys of {known.participant} in {self._paths.keys} are not those that were made for"
                " them.",
                "Put the study's keys folder back from your backup, and ask who changed it.",
            )

    def check_told_study(self, known: StudyRecord) -> None:
        """Raise StudyError where the study names another recovery key than what is brought here."""
        if key_records.read(self._paths.keys / "study.json", StudyRecord) != known:
            raise StudyError(
                f"The recovery key in {self._paths.keys} is not the one in the backup of the keys.",
                "Compare both with the sheet's “Public half”, and ask who changed one of them.",
            )

    def destroyed(self, participant: str) -> frozenset[KeyClass]:
        """Which keys of a participant were destroyed, on this computer or on another."""
        told = key_records.read(self._told_destroyed(participant), DestroyedRecord)
        return self.folder.destroyed(participant) | frozenset(told.classes if told is not None else ())

    def told_people(self) -> list[Person]:
        """Who stands in the study's list: to be read, and not to be relied on."""
        found = (
            key_records.read(path, Person) for path in sorted((self._paths.keys / "people").glob("*.json"))
        )
        return [person for person in found if person is not None]

    def tell_person(self, person: Person) -> None:
        """Put somebody on the study's list, for everybody to see."""
        key_records.write(self._paths.keys / "people" / f"{person.id}.json", person)

    def _participant_file(self, participant: str) -> Path:
        return self._paths.keys / "participants" / f"{participant}.json"

    def _told_destroyed(self, participant: str) -> Path:
        return self._paths.keys / "destroyed" / f"{participant}.json"


class _Opener:
    """Opens what was sealed for a participant and a class; without that role, what this program sealed."""

    def __init__(self, keys: Keys, participant: str, key_class: KeyClass) -> None:
        self._keys, self._participant, self._key_class = keys, participant, key_class

    def open(self, data: bytes) -> bytes:
        """The bytes that were sealed; raises Locked, StorageError for what is damaged."""
        made = self._keys.made(self._participant, self._key_class)
        try:
            own = self._keys.secret(self._participant, self._key_class)
        except Locked as locked:
            if made is None:
                raise
            try:
                return sealing.opened(data, [made])
            except StorageError:
                # By another program, or damaged: that can't be told apart without a key.
                raise locked from None
        return sealing.opened(data, [own] if made is None else [own, made])


def _gone(participant: str, key_class: KeyClass) -> Locked:
    return Locked(f"The key of the {key_class} documents of {participant} was destroyed.", "Nobody has it.")
