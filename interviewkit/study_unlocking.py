"""Unlocking a study's keys: one passphrase a program, from wherever it can be had.

    environment, keyring, or the user ─► somebody's private key, in memory until the program ends

What a program has sealed itself it can read until it ends, whatever the role: by a key that is only in its
memory. `study_keys` does the rest with what is unlocked here.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from interviewkit import key_places, key_records, passphrases, sealing
from interviewkit.errors import Locked, StudyError
from interviewkit.key_folder import KeyFolder
from interviewkit.key_records import StudyRecord
from interviewkit.passphrases import Passphrase
from interviewkit.paths import StudyPaths
from interviewkit.sealing import SUFFIX, KeyClass, Secret

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


class Unlocking:
    """What `Keys` knows of the study and of who has unlocked it; see there."""

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
        keys_here = record is not None and KeyFolder(record.id).study is not None
        key_places.check(paths.root, self.study_id, keys_here=keys_here)

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

    # ── what this program alone can read ────────────────────────────────────────────────────────

    def made(self, participant: str, key_class: KeyClass) -> Secret | None:
        """The key of this program alone, where it has sealed anything with one."""
        return self._program.made.get((participant, key_class))

    def _made(self, participant: str, key_class: KeyClass) -> Secret:
        with self._program.lock:
            return self._program.made.setdefault((participant, key_class), Secret.new())

    def forget(self, participant: str) -> None:
        """A call is over: what was sealed in it is from now on for those whose role opens it."""
        with self._program.lock:
            for known in [key for key in self._program.made if key[0] == participant]:
                del self._program.made[known]
