"""`study.keys`: the one object that hands out what seals and what opens a participant's documents.

    keys/ in the study (public) ─► sealer(P07, audio)
    this computer's key folder + a passphrase, once a program ─► opener(P07, audio)

A participant has a key per class, made when they are added. Its private half is kept sealed to the people
whose role opens the class, and nowhere else; whoever has unlocked their own key gets at it. A passphrase is
asked for when something is opened first, and never for sealing. A study without `keys/` is not sealed.
"""

import re
import threading
import unicodedata
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from interviewkit import key_records, passphrases, sealing
from interviewkit.errors import Locked, StorageError, StudyError, UsageError
from interviewkit.key_folder import KeyFolder
from interviewkit.key_records import DestroyedRecord, ParticipantRecord, Person, StudyRecord
from interviewkit.passphrases import Passphrase
from interviewkit.paths import StudyPaths
from interviewkit.sealing import (
    SUFFIX,
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

ATTEMPTS = 3
Ask = Callable[[str], str | None]
"""Puts a question to the user and hands back the passphrase; None where they would not give it."""


@dataclass
class _Unlocked:
    """What this program has opened of a study's keys; it ends with the program.

    `made` are keys of this program alone: what it has sealed itself it can read until it ends, whatever the
    role. That is how a call can be noted, played and transcribed by whoever holds it.
    """

    lock: threading.RLock = field(default_factory=threading.RLock)
    person: str = ""
    secret: Secret | None = None
    opened: dict[tuple[str, KeyClass], Secret] = field(default_factory=dict)
    made: dict[tuple[str, KeyClass], Secret] = field(default_factory=dict)


_PROGRAM: dict[str, _Unlocked] = {}
"""By study: a program opens a study many times and asks for its passphrase once."""


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


def found(paths: StudyPaths, founder: Founder, written: list[Path]) -> None:
    """Give a new study its id and its keys; its founder has unlocked it in this program.

    `written` is told of every file in the study before it is there.
    """
    record = StudyRecord(id=uuid4().hex, preset=founder.preset, recovery=founder.recovery.public)
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


class Keys:
    """The keys of one study, as far as this computer and whoever sits at it have them."""

    def __init__(self, paths: StudyPaths, ask: Ask | None = None) -> None:
        """`ask` gets the passphrase from the user, where it can't be had without."""
        self.ask = ask
        self._paths = paths
        self.root = paths.root
        record = key_records.read(paths.keys / "study.json", StudyRecord)
        if record is None and (paths.keys / "participants").exists():
            # Nothing is written in the clear beside what is sealed.
            raise StudyError(
                f"{paths.keys / 'study.json'} is missing: the study is sealed, and nobody knows to what.",
                "Put the study's keys folder back from your backup.",
            )
        self.study_id = None if record is None else record.id
        self._record = record
        self._public: dict[str, ParticipantRecord] = {}

    @property
    def sealed(self) -> bool:
        """Whether the study's documents are sealed."""
        return self.study_id is not None

    @property
    def suffix(self) -> str:
        """What sealing adds to a file's name."""
        return SUFFIX if self.sealed else ""

    @property
    def folder(self) -> KeyFolder:
        """This computer's keys of the study; StudyError where it is not sealed."""
        if self.study_id is None:
            raise StudyError("This study is not sealed: it has no keys.", "Only a new study can be sealed.")
        return KeyFolder(self.study_id)

    # ── sealing and opening ─────────────────────────────────────────────────────────────────────

    def sealer(self, participant: str, key_class: KeyClass) -> Sealer:
        """What seals a participant's documents of a class; it needs no secret and no passphrase."""
        if not self.sealed:
            return ClearSealer()
        recipients = [self._recipient(participant, key_class)]
        if not self._opens_here(participant, key_class):
            recipients.append(self._made(participant, key_class).public)
        return AgeSealer(recipients)

    def opener(self, participant: str, key_class: KeyClass) -> Opener:
        """What opens them: asked for a key at the first document, so that none is needed where none is."""
        return _Opener(self, participant, key_class) if self.sealed else ClearOpener()

    def forget(self, participant: str) -> None:
        """A call is over: what was sealed in it is from now on for those whose role opens it."""
        with self._program.lock:
            for known in [key for key in self._program.made if key[0] == participant]:
                del self._program.made[known]

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

    def made(self, participant: str, key_class: KeyClass) -> Secret | None:
        """The key of this program alone, where it has sealed anything with one."""
        return self._program.made.get((participant, key_class))

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

    def _made(self, participant: str, key_class: KeyClass) -> Secret:
        with self._program.lock:
            return self._program.made.setdefault((participant, key_class), Secret.new())

    # ── unlocking ───────────────────────────────────────────────────────────────────────────────

    @property
    def _program(self) -> _Unlocked:
        return _PROGRAM.setdefault(str(self.study_id), _Unlocked())

    @property
    def locked(self) -> bool:
        """Whether a passphrase is needed before anything can be opened."""
        return self.sealed and self._program.secret is None

    @property
    def person(self) -> str | None:
        """Who has unlocked the study in this program."""
        return self._program.person or None

    @property
    def sitting(self) -> str | None:
        """Who sits at this computer: who has unlocked the study, else the only one whose key is kept here."""
        if not self.sealed or self._program.person:
            return self.person
        own = list(self.folder.own())
        return own[0] if len(own) == 1 else None

    def unlocked(self) -> Secret:
        """The private key of whoever sits here; got without asking where it can be. Raises Locked."""
        with self._program.lock:
            if self._program.secret is None:
                given = passphrases.found(self.folder.root)
                if given is not None:
                    self._unlock_with(given)
                else:
                    self._ask()
            assert self._program.secret is not None
            return self._program.secret

    def open_quietly(self) -> bool:
        """Unlock without asking anybody, where that can be done; whether nothing needs a passphrase any more.

        Raises Locked for a passphrase that was given and is wrong.
        """
        given = passphrases.found(self.folder.root) if self.locked else None
        if given is not None:
            self._unlock_with(given)
        return not self.locked

    def unlock(self, passphrase: str) -> None:
        """Unlock with a passphrase; Locked where it is wrong."""
        own = self.folder.own()
        if not own:
            raise Locked(
                "This computer has no key of yours for this study.",
                "Make one: interviewkit key new. Or with the recovery sheet: interviewkit key recover",
            )
        for place, (person, locked) in enumerate(own.items(), 1):
            try:
                secret = sealing.unlock(locked, passphrase)
            except Locked:
                if place == len(own):
                    raise
            else:
                self.use(person, secret)
                return

    def use(self, person: str, secret: Secret) -> None:
        """Have this program open what somebody may, until it ends."""
        with self._program.lock:
            self._program.person, self._program.secret = person, secret
            self._program.opened.clear()

    def lock(self) -> None:
        """Forget everything that was unlocked in this program."""
        with self._program.lock:
            self._program.person, self._program.secret = "", None
            self._program.opened.clear()
            self._program.made.clear()

    def _unlock_with(self, given: Passphrase) -> None:
        try:
            self.unlock(given.text)
        except Locked as error:
            raise Locked(f"{error.message} It came from {given.source}.", error.hint) from None

    def _ask(self) -> None:
        question = "Passphrase of the study"
        for left in reversed(range(ATTEMPTS)):
            text = None if self.ask is None else self.ask(question)
            if text is None:
                raise Locked(
                    "The study is locked.",
                    f"Give its passphrase, in scripts with {passphrases.FILE_VARIABLE}=FILE.",
                )
            try:
                self.unlock(text)
                return
            except Locked as error:
                question = f"{error.message} Once more"
                if not left:
                    raise

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
