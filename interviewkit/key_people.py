"""Who may open what: people come, change their key, go, and get back in with the recovery sheet.

    somebody's key, or the sheet's ─► each wrapped key opened and sealed anew, to those who may open it now

Documents and recordings are not touched. Whoever gives or takes a role can do so for the classes that they
open themselves, or with the recovery sheet for all of them; what is left to do is handed back.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from interviewkit import sealing
from interviewkit.errors import Locked, StorageError, UsageError
from interviewkit.key_folder import KeyFolder
from interviewkit.key_records import Person, StudyRecord
from interviewkit.sealing import Guarded, KeyClass, Role, Secret
from interviewkit.study_keys import Keys, person_id


@dataclass(frozen=True)
class Rewrapped:
    """How many keys were sealed anew, and of which classes somebody else has to do it."""

    keys: int
    left: tuple[KeyClass, ...]


def new(keys: Keys, name: str, own: Guarded) -> Person:
    """A key of one's own on this computer. Without a role it opens nothing: that is for others to give."""
    person = Person(id=person_id(name), name=name, recipient=own.secret.public, added_at=datetime.now(UTC))
    if keys.folder.person(person.id) is not None or keys.folder.own().get(person.id) is not None:
        raise UsageError(f"{person.id} has a key here already.", "To change it: interviewkit key new --again")
    if any(known.id == person.id for known in keys.told_people()):
        raise UsageError(f"The study has a {person.id} already.", "Choose another name.")
    keys.folder.put_own(person.id, own.locked)
    keys.tell_person(person)
    return person


def renew(keys: Keys, own: Guarded) -> Rewrapped:
    """Another key and passphrase for who has unlocked the study: rotation. Raises Locked."""
    old = keys.unlocked()
    person = keys.folder.person(keys.person or "")
    if person is None:
        raise UsageError("You have no role in this study.", "There is nothing to change.")
    changed = person.model_copy(update={"recipient": own.secret.public})
    # First both keys open everything, then the new one alone: a kill in between locks nobody out. Who comes
    # meanwhile is sealed to the one that is kept here.
    done = rewrap(keys, [old], also=[own.secret.public])
    keys.folder.put_own(person.id, own.locked)
    keys.folder.put_person(changed)
    rewrap(keys, [old, own.secret])
    keys.tell_person(changed)
    keys.use(person.id, own.secret)
    return done


def give(
    keys: Keys,
    person: str,
    roles: Iterable[Role],
    also: Iterable[KeyClass] = (),
    participants: Iterable[str] | None = None,
    sheet: Secret | None = None,
    recipient: str | None = None,
) -> tuple[Person, Rewrapped]:
    """Give somebody roles, whose key is known here or stands in the study's `keys/people`.

    `recipient` is the public key that they read out: UsageError where neither place has it for them.
    """
    given = named(keys, person, recipient).model_copy(
        update={
            "roles": tuple(dict.fromkeys(roles)),
            "also": tuple(dict.fromkeys(also)),
            "participants": None if participants is None else tuple(dict.fromkeys(participants)),
            "revoked_at": None,
        }
    )
    return given, _changed(keys, given, sheet)


def named(keys: Keys, person: str, recipient: str | None = None) -> Person:
    """Somebody with their public key: as known here, else as the study says, rightly or not."""
    keys.known_study()
    known = keys.folder.person(person)
    found = [*([known] if known else []), *(one for one in keys.told_people() if one.id == person)]
    if not found:
        raise UsageError(
            f"Nobody is called {person} in this study.", "They make their key first: interviewkit key new"
        )
    having = [one for one in found if recipient in (None, one.recipient)]
    if not having:
        raise UsageError(
            f"The key of {person} in this study is another one: {found[0].recipient}",
            "Ask them to read theirs out again. If it differs, somebody changed the study's keys folder.",
        )
    sealing.AgeSealer([having[0].recipient])
    return having[0]


def is_known(keys: Keys, person: Person) -> bool:
    """Whether this computer has sealed to that very key before."""
    known = keys.folder.person(person.id)
    return known is not None and known.recipient == person.recipient


def revoke(keys: Keys, person: str, sheet: Secret | None = None) -> Rewrapped:
    """Take everything from somebody. What they have copied, or what their key opened, can't be recalled."""
    known = keys.folder.person(person)
    if known is None:
        raise UsageError(f"This computer knows nobody called {person}.", "See: interviewkit key list")
    others = [one for one in keys.folder.people() if one.id != person and one.revoked_at is None]
    if not others:
        raise UsageError(f"{person} is the last: only the recovery sheet would be left.", "Add others first.")
    return _changed(keys, known.model_copy(update={"revoked_at": datetime.now(UTC)}), sheet)


def recover(keys: Keys, sheet: Secret, name: str | None, own: Guarded) -> tuple[Person, Rewrapped]:
    """Get in with the recovery sheet: another key for somebody, in the roles that they had.

    `name` is theirs; without it the only one who has a role. Raises UsageError for another study's sheet.
    """
    study = checked(keys, sheet)
    people = keys.folder.people()
    wanted = person_id(name) if name is not None else None
    found = [one for one in people if one.id == wanted or (wanted is None and one.revoked_at is None)]
    if len(found) != 1:
        ids = ", ".join(one.id for one in people)
        raise UsageError("Say whose key it is to be.", f"With --name; there are: {ids}")
    person = found[0].model_copy(update={"recipient": own.secret.public, "revoked_at": None})
    keys.folder.put_study(study)
    done = _changed(keys, person, sheet)
    keys.folder.put_own(person.id, own.locked)
    keys.use(person.id, own.secret)
    return person, done


def drill(keys: Keys, sheet: Secret) -> int:
    """Try the recovery sheet on every key that is here, changing nothing; hands back how many it opened."""
    checked(keys, sheet)
    folder = keys.folder
    opened = 0
    for participant, key_class, wrapped in _all(folder):
        try:
            secret = sealing.unwrap(wrapped, sheet)
        except StorageError:
            raise Locked(
                f"The sheet does not open the {key_class} key of {participant}.", "Keep it, and ask for help."
            ) from None
        public = folder.public(participant)
        if public is None or public.classes[key_class] != secret.public:
            raise Locked(
                f"The {key_class} key of {participant} is another one.", "Restore the keys from a backup."
            )
        opened += 1
    return opened


def checked(keys: Keys, sheet: Secret) -> StudyRecord:
    """The study that a sheet is of; UsageError where it is another's."""
    study = keys.known_study()
    if sheet.public != study.recovery:
        raise UsageError("That is a recovery key, of another study.", "Look at the id on the sheet.")
    return study


def rewrap(keys: Keys, secrets: Iterable[Secret], also: Iterable[str] = ()) -> Rewrapped:
    """Seal every key that one of the secrets opens to those who may open it now, and to `also`."""
    folder, study = keys.folder, keys.known_study()
    people, using, more = folder.people(), list(secrets), list(also)
    done, left = 0, set()
    for participant, key_class, wrapped in _all(folder):
        try:
            secret = Secret(sealing.opened(wrapped, using).decode())
        except StorageError:
            left.add(key_class)
            continue
        readers = keys.readers(people, study, participant, key_class)
        folder.put_wrapped(participant, key_class, sealing.wrap(secret, [*readers, *more]))
        done += 1
    return Rewrapped(done, tuple(key_class for key_class in KeyClass if key_class in left))


def _changed(keys: Keys, person: Person, sheet: Secret | None) -> Rewrapped:
    """Put somebody's record in its place, and seal the keys anew by it."""
    if sheet is not None:
        checked(keys, sheet)
    using = [keys.unlocked() if sheet is None else sheet]
    keys.folder.put_person(person)
    keys.tell_person(person)
    return rewrap(keys, using)


def _all(folder: KeyFolder) -> Iterable[tuple[str, KeyClass, bytes]]:
    for participant in sorted(folder.participants()):
        for key_class in KeyClass:
            wrapped = folder.wrapped(participant, key_class)
            if wrapped is not None:
                yield participant, key_class, wrapped
