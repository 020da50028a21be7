"""What is good about a computer and a study, and what is to be seen to: facts in, lines out; pure.

`doctor_facts` finds the facts, shells show the lines. What can't be known is an answer of its own, and counts
as nothing good. *Wrong* is what may lose a recording or give somebody away; *to be seen to* is the rest.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from interviewkit.disks import Disk, Protection
from interviewkit.phrases import count, minutes

PLANNED_MINUTES = 60.0
"""Where no study says how long an interview is."""
AMPLE = 2
"""Room for so many times what is planned: calls run long."""
CHECKPOINT_EVERY = timedelta(days=7)
CLOCK_SLACK = timedelta(minutes=5)
SHOWN_FILES = 2

ENCRYPT = (
    "Have the disk encrypted (Linux: LUKS, Mac: FileVault, Windows: BitLocker), or move it to one that is."
)
ASK = "Ask whoever manages this computer, and note the answer."


class Verdict(StrEnum):
    """What a line says."""

    OK = "ok"
    UNKNOWN = "not known"
    SEE_TO = "to be seen to"
    WRONG = "wrong"


@dataclass(frozen=True)
class Line:
    """One thing that was looked at, and what to do where it is not good."""

    verdict: Verdict
    what: str
    remedy: str = ""


@dataclass(frozen=True)
class Place:
    """A folder: `what` is its name in a sentence. `open_files` are those that other accounts can get at."""

    what: str
    folder: str
    disk: Disk
    open_files: tuple[str, ...] = ()
    synced: str | None = None
    """Which program copies it to other computers."""
    holds_keys: bool = False
    is_secret: bool = True
    """Whether it holds what nobody else may see; else it is only to be kept from changes."""


@dataclass(frozen=True)
class Room:
    """For how long a call fits on the study's disk, and how long one is planned to be."""

    fits_s: float
    planned_s: float


@dataclass(frozen=True)
class Inputs:
    """How many input devices there are; or why none could be asked for, and what to do."""

    found: int
    problem: str = ""
    remedy: str = ""


@dataclass(frozen=True)
class Weights:
    """Model weights that the settings ask for, and what is wrong with them."""

    name: str
    present: bool
    problem: str = ""


@dataclass(frozen=True)
class Keyring:
    """What remembers the passphrase: its name, and whether it guards it; None where that isn't known."""

    name: str
    sound: bool | None


@dataclass(frozen=True)
class Keys:
    """How the keys of a study are kept on this computer; `problem` is why that can't be looked at."""

    sealed: bool
    problem: str = ""
    in_study: tuple[str, ...] = ()
    """Files of the study that hold private keys."""
    beside: bool = False
    """The passphrase lies beside what it guards."""
    sheet: str = ""
    """The file of the recovery sheet, where it is still here."""
    keyring: Keyring | None = None
    to_do: tuple[str, ...] = ()
    """What `key_backup.to_do` says."""


@dataclass(frozen=True)
class Trail:
    """When the audit trail was last added to, when a checkpoint was made, and how much came after."""

    last: datetime | None = None
    checkpoint: datetime | None = None
    entries_since: int = 0


@dataclass(frozen=True)
class Facts:
    """Everything that was looked at; None where there is no study to look at."""

    now: datetime
    built: datetime
    """When this program was put on the computer, at the latest."""
    places: tuple[Place, ...]
    swaps: tuple[Protection, ...]
    inputs: Inputs | None = None
    weights: tuple[Weights, ...] = ()
    room: Room | None = None
    keys: Keys | None = None
    trail: Trail | None = None
    aside: tuple[str, ...] = ()
    """Calls of the study whose transcription failed too often here, by name."""


def lines(facts: Facts) -> list[Line]:
    """What there is to say, in the order in which it is looked at."""
    return [line for rule in RULES for line in rule(facts)]


def wrong(found: Sequence[Line]) -> list[Line]:
    """Those that must be mended before anybody is interviewed."""
    return [line for line in found if line.verdict is Verdict.WRONG]


# ── disks and folders ───────────────────────────────────────────────────────────────────────────


def _disks(facts: Facts) -> Iterator[Line]:
    for place in filter(_is_secret, facts.places):
        known = place.disk.protection
        if place.disk.memory:
            yield Line(
                Verdict.WRONG,
                f"{_the(place)} is in memory alone, and gone when the computer is switched off.",
                "Move it to a disk.",
            )
        elif known.encrypted:
            yield Line(Verdict.OK, f"The disk of {place.what} is encrypted ({known.how}).")
        elif known.encrypted is None:
            yield Line(
                Verdict.UNKNOWN,
                f"Whether the disk of {place.what} is encrypted can't be known: {known.how}.",
                ASK,
            )
        else:
            yield Line(Verdict.WRONG, f"The disk of {place.what} is not encrypted ({known.how}).", ENCRYPT)


def _network(facts: Facts) -> Iterator[Line]:
    for place in facts.places:
        if place.disk.network:
            yield Line(
                Verdict.SEE_TO,
                f"{_the(place)} is on a drive of the network: a call is lost where the network fails.",
                "Move it to a disk of this computer.",
            )


def _swap(facts: Facts) -> Iterator[Line]:
    if not facts.swaps:
        yield Line(Verdict.OK, "Memory is not written to any disk: there is no swap.")
    elif all(one.encrypted for one in facts.swaps):
        yield Line(Verdict.OK, f"Swap is encrypted ({facts.swaps[0].how}).")
    elif any(one.encrypted is False for one in facts.swaps):
        yield Line(
            Verdict.WRONG,
            "Swap is not encrypted: what is opened in memory may end up on the disk.",
            "Have swap encrypted, or switched off (sudo swapoff -a, and its line out of /etc/fstab).",
        )
    else:
        how = next(one.how for one in facts.swaps if one.encrypted is None)
        yield Line(Verdict.UNKNOWN, f"Whether swap is encrypted can't be known: {how}.", ASK)


def _open(facts: Facts) -> Iterator[Line]:
    for place in facts.places:
        if not place.open_files:
            yield Line(Verdict.OK, f"No other account of this computer gets at {place.what}.")
            continue
        first = ", ".join(place.open_files[:SHOWN_FILES])
        more = len(place.open_files) - SHOWN_FILES
        yield Line(
            Verdict.WRONG,
            f"Other accounts of this computer can get at {place.what}: {first}"
            + (f" and {more} more." if more > 0 else "."),
            f"Run: chmod -R go-rwx '{place.folder}'",
        )


def _synced(facts: Facts) -> Iterator[Line]:
    for place in filter(_is_secret, facts.places):
        if place.synced is None:
            continue
        if place.holds_keys:
            yield Line(
                Verdict.WRONG,
                f"{_the(place)} is in a folder that {place.synced} copies: what is erased can come back.",
                "Move it out, have the copies destroyed, and name the new place in INTERVIEWKIT_DATA.",
            )
        else:
            yield Line(
                Verdict.SEE_TO,
                f"{_the(place)} is in a folder that {place.synced} copies to other computers.",
                "Move it out of there, unless your approval says that it may be there.",
            )
    if not any(place.synced for place in facts.places if place.is_secret):
        yield Line(
            Verdict.OK,
            "No folder of a program that copies to other computers is used, as far as can be seen.",
        )


def _is_secret(place: Place) -> bool:
    return place.is_secret


def _the(place: Place) -> str:
    return place.what[:1].upper() + place.what[1:]


# ── keys ────────────────────────────────────────────────────────────────────────────────────────


def _keys(facts: Facts) -> Iterator[Line]:
    keys = facts.keys
    if keys is None:
        return
    if keys.problem:
        yield Line(Verdict.WRONG, keys.problem)
        return
    if not keys.sealed:
        yield Line(
            Verdict.WRONG,
            "The study is not sealed: whoever gets at its files can read them.",
            "Make a new study for what comes: interviewkit init DIR",
        )
    if keys.in_study:
        yield Line(
            Verdict.WRONG,
            f"Private keys lie in the study, and in its copies: {', '.join(keys.in_study[:SHOWN_FILES])}.",
            "Move them out of the study, and destroy the copies that were made of it.",
        )
    elif keys.sealed:
        yield Line(Verdict.OK, "No private key lies in the study.")
    if keys.sheet:
        yield Line(
            Verdict.SEE_TO,
            f"The recovery sheet, which opens everything, is still a file: {keys.sheet}.",
            "Print it, lock it away, and delete the file.",
        )
    for line in keys.to_do:
        what, _, remedy = line.partition(". Do: ")
        yield Line(Verdict.SEE_TO, f"{what}.", f"Run: {remedy}")
    if keys.sealed and not keys.beside and not keys.to_do:
        yield Line(Verdict.OK, "All keys are in a backup, and the recovery sheet was tried.")
    yield from _passphrase(keys)


def _passphrase(keys: Keys) -> Iterator[Line]:
    if keys.beside:
        yield Line(
            Verdict.SEE_TO,
            "The passphrase is kept beside the keys, as in a demonstration: it guards nothing.",
            "Interview nobody in this study. Make your own: interviewkit init DIR",
        )
    elif keys.keyring is None:
        if keys.sealed:
            yield Line(Verdict.OK, "The passphrase is kept nowhere: it is typed.")
    elif keys.keyring.sound:
        yield Line(Verdict.OK, f"The passphrase is kept in {keys.keyring.name}.")
    elif keys.keyring.sound is None:
        yield Line(
            Verdict.UNKNOWN,
            f"The passphrase is kept in {keys.keyring.name}, of which it is not known whether it guards it.",
            "Run: interviewkit key forget",
        )
    else:
        yield Line(
            Verdict.WRONG,
            f"The passphrase is kept in {keys.keyring.name}, which guards nothing.",
            "Run: interviewkit key forget",
        )


# ── the work ────────────────────────────────────────────────────────────────────────────────────


def _room(facts: Facts) -> Iterator[Line]:
    if (room := facts.room) is None:
        return
    fits, planned = minutes(room.fits_s), minutes(room.planned_s)
    if room.fits_s >= AMPLE * room.planned_s:
        yield Line(Verdict.OK, f"There is room on the disk for an interview of {planned}, twice over.")
    else:
        verdict = Verdict.WRONG if room.fits_s < room.planned_s else Verdict.SEE_TO
        yield Line(
            verdict,
            f"There is room on the disk for {fits} of sound; {planned} are planned, and calls run long.",
            "Free some space before you ring anybody.",
        )


def _inputs(facts: Facts) -> Iterator[Line]:
    if (inputs := facts.inputs) is None:
        return
    if inputs.problem:
        yield Line(Verdict.SEE_TO, inputs.problem, inputs.remedy)
    elif not inputs.found:
        yield Line(
            Verdict.SEE_TO,
            "There is no input device on this computer: nothing can be recorded.",
            "Plug a microphone or headset in, and try: interviewkit record --test",
        )
    else:
        yield Line(Verdict.OK, f"Sound can come in: {count(inputs.found, 'input device')}.")


def _weights(facts: Facts) -> Iterator[Line]:
    for one in facts.weights:
        remedy = f"Run: interviewkit weights fetch {one.name}"
        if not one.present:
            yield Line(
                Verdict.SEE_TO,
                f"The model weights {one.name} are not here: nothing can be written down.",
                remedy,
            )
        elif one.problem:
            yield Line(
                Verdict.WRONG,
                f"The model weights {one.name} are not what they should be: {one.problem}",
                remedy,
            )
        else:
            yield Line(Verdict.OK, f"The model weights {one.name} are here, and what they should be.")


def _clock(facts: Facts) -> Iterator[Line]:
    known = facts.trail.last if facts.trail is not None and facts.trail.last is not None else facts.built
    latest = max(known, facts.built)
    if facts.now < latest - CLOCK_SLACK:
        yield Line(
            Verdict.WRONG,
            f"The clock says {facts.now:%Y-%m-%d %H:%M} UTC, which is before {latest:%Y-%m-%d %H:%M} UTC,"
            " when something was done here.",
            "Set the clock: times of consent depend on it.",
        )
    else:
        yield Line(Verdict.OK, f"The clock is plausible: {facts.now:%Y-%m-%d %H:%M} UTC.")


def _checkpoint(facts: Facts) -> Iterator[Line]:
    if (trail := facts.trail) is None or trail.last is None:
        return
    remedy = "Run: interviewkit ethics checkpoint, and send it away from this computer."
    if trail.checkpoint is None:
        yield Line(Verdict.SEE_TO, "No checkpoint of the audit trail was made yet.", remedy)
    elif trail.entries_since and facts.now - trail.checkpoint > CHECKPOINT_EVERY:
        days = (facts.now - trail.checkpoint).days
        since = count(trail.entries_since, "entry", "entries")
        yield Line(Verdict.SEE_TO, f"The last checkpoint is {days} days old; {since} came after it.", remedy)
    else:
        yield Line(
            Verdict.OK, f"The last checkpoint of the audit trail was made on {trail.checkpoint:%Y-%m-%d}."
        )


def _aside(facts: Facts) -> Iterator[Line]:
    if facts.aside:
        names = " ".join(dict.fromkeys(name.partition(",")[0] for name in facts.aside))
        said = f"Set aside, as their transcription failed three times here: {'; '.join(facts.aside)}."
        yield Line(Verdict.SEE_TO, said, f"Try again with: interviewkit process {names}")


RULES = (
    _disks,
    _swap,
    _network,
    _synced,
    _open,
    _keys,
    _room,
    _inputs,
    _weights,
    _clock,
    _checkpoint,
    _aside,
)
