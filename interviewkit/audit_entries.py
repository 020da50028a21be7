"""Entries of the audit trail and their bytes: pure. docs/audit.md describes them for whoever checks them.

    what was done ─► payload (JSON) ── signed ─► {"sig":"…","entry":{…}} ── hashed ─► `prev` of the next entry

What is signed and hashed are the bytes as they stand in the file, so that no other spelling of the same
JSON passes. An entry holds ids, times, hashes and words of closed lists; nothing else can be put into one.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

import orjson

FORMAT = 1
SIGNED = b"interviewkit audit entry 1\n"
LINKED = b"interviewkit audit link 1\n"
COMMITTED = b"interviewkit audit document 1\n"
NOTHING = "0" * 64
"""What the first entry of a chain has for the hash of the one before."""

_HEAD, _MIDDLE, _TAIL = b'{"sig":"', b'","entry":', b"}"
_SIGNATURE_DIGITS = 128
_SIGNATURE = re.compile(rb"[0-9a-f]{128}")
_HASH = re.compile(r"[0-9a-f]{64}")
_ID = re.compile(r"[A-Z]{1,3}[0-9]{1,4}(-[1-9][0-9]*)?")
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")
_PATH = re.compile(
    r"(people|recordings|transcripts)/[A-Z0-9-]+/[A-Za-z0-9.-]+|forms/[a-z0-9-]+\.txt"
    r"|(codebook|reporting|roster)\.(json|age)"
)


class Action(StrEnum):
    """What can have been done. What a commit gives as its reason is one of these, or `changed`."""

    LOG_OPENED = "log opened"
    MENDED = "mended after a kill"
    CHECKPOINT = "checkpoint made"
    REFUSED = "grant refused"

    PARTICIPANT_ADDED = "participant added"
    FORM_FIXED = "wording fixed"
    CONSENT_GIVEN = "consent given"
    CONSENT_CONFIRMED = "consent confirmed"
    CONSENT_WITHDRAWN = "consent withdrawn"
    COPY_GIVEN = "copy of the consent given"
    SCAN_ATTACHED = "scan of the consent attached"
    SCAN_SEEN = "scan of the consent seen"
    PAPER_CHECKED = "consent checked against the paper"
    ELIGIBILITY_CHECKED = "eligibility checked"
    CAPACITY_CHECKED = "capacity asked about"
    HELD = "recording held up"
    RELEASED = "hold lifted"
    RECONSENT_DECIDED = "re-consent decided"

    ARRANGEMENT = "arrangement changed"
    CONTACT_DETAILS = "contact details changed"
    CONTACT_LOGGED = "contact logged"
    CONTACT_TAKEN_BACK = "contact taken back"

    KEY_MADE = "key made"
    KEY_RENEWED = "key renewed"
    ROLE_GIVEN = "role given"
    ROLE_REVOKED = "role revoked"
    KEYS_BACKED_UP = "keys backed up"
    KEYS_RESTORED = "keys restored"
    KEY_RECOVERED = "key recovered"
    SHEET_TRIED = "recovery sheet tried"

    INTERVIEW_ADDED = "interview added"
    INTERVIEW_TAKEN_BACK = "taken back"
    IN_PROGRESS = "interview in progress"
    RECORDED = "audio recorded"
    IMPORTED = "audio imported"
    WRAPPED_UP = "wrapped up"
    MARKED = "marks made later"

    DRAFT = "draft saved"
    TRANSCRIPT = "transcript saved"
    QUESTIONS = "questions by the marks"
    CHECKED = "transcript checked"
    TYPED = "transcript brought in"
    SENT = "transcript sent to its participant"
    RETURNED = "transcript sent back"
    WISHES = "wishes of a participant decided"
    TRANSLATED = "translation brought in"
    CORRECTION_LIST = "correction list changed"
    PSEUDONYMS = "pseudonyms decided"
    ROSTER = "known names changed"
    TRANSCRIPT_RELEASED = "transcript released"

    UNITS = "units coded"
    CODEBOOK = "codebook changed"
    REPORTING = "reports prepared"

    INCIDENT = "incident recorded"
    INCIDENT_ENTRY = "incident added to"
    INCIDENT_DRAFT = "incident being written"

    TRANSCRIPT_READ = "transcript read"
    SEARCHED = "transcripts searched"
    RECORDING_HEARD = "recording heard"
    SENT_TO_SITE = "sent to be transcribed at a site"
    CLIP_HEARD = "clip heard"
    EXPORTED = "exported"

    FROZEN = "frozen"
    THAWED = "thawed"
    ERASURE_ASKED = "erasure asked for"
    ERASURE_AGREED = "erasure agreed to"
    ERASURE_DECLINED = "erasure declined"
    TO_BE_ERASED = "to be erased"
    ERASED = "erased"

    TO_BE_STRUCK = "to be struck"
    STRUCK = "struck"
    DISCARDED = "discarded"

    CHANGED = "changed"

    @classmethod
    def of(cls, reason: str) -> "Action":
        """The action that a reason names; `changed` where it names none, so that no free text gets in."""
        try:
            return cls(reason)
        except ValueError:
            return cls.CHANGED


SITTINGS = frozenset(
    {
        Action.IN_PROGRESS,
        Action.DRAFT,
        Action.INCIDENT_DRAFT,
        Action.MARKED,
        Action.CHECKED,
        Action.PSEUDONYMS,
        Action.UNITS,
    }
)
"""What is saved at every key or every few seconds: one event for each sitting."""


class Kind(StrEnum):
    """What an entry is to its event."""

    EVENT = "event"
    """All of it: there was nothing to write."""
    INTENT = "intent"
    """Its beginning: about to be written."""
    DONE = "done"
    """Its end: written, or not."""


class Outcome(StrEnum):
    """How an event ended that wrote something."""

    DONE = "done"
    FAILED = "failed"
    MENDED = "mended"
    """Cut off by a kill; what there was of it was found afterwards."""


@dataclass(frozen=True)
class Written:
    """A document that an event wrote or removed; hashes of the file, and a commitment to its content."""

    path: str
    before: str | None
    after: str | None
    commitment: str | None = None


@dataclass(frozen=True)
class Sound:
    """A recording that an event gave its place, or changed: how many records, and the last one's hash."""

    path: str
    records: int
    head: str


@dataclass(frozen=True)
class Former:
    """The chain that this one takes the place of, because that was cut, altered or gone."""

    device: str
    entries: int
    head: str


@dataclass(frozen=True)
class Torn:
    """What a power cut left of an entry that was never acknowledged, and was taken away."""

    size_bytes: int
    sha256: str


@dataclass(frozen=True)
class Entry:
    """One line of a chain. What it doesn't need is left out of the file."""

    seq: int
    prev: str
    at: datetime
    actor: str
    kind: Kind
    action: Action
    about: tuple[str, ...] = ()
    call: int | None = None
    purpose: str | None = None
    forms: tuple[str, ...] = ()
    of: int | None = None
    outcome: Outcome | None = None
    documents: tuple[Written, ...] = ()
    recordings: tuple[Sound, ...] = ()
    torn: Torn | None = None
    study: str | None = None
    device: str | None = None
    key: str | None = None
    former: Former | None = None

    def check(self) -> None:
        """Raise ValueError for anything that is not of its closed kind: the log must hold no free text."""
        words = (self.actor, self.purpose, *self.forms, self.study, self.device)
        hashes = (
            *(self.prev, self.key, *(sound.head for sound in self.recordings)),
            *(value for one in self.documents for value in (one.before, one.after, one.commitment)),
        )
        paths = (*(d.path for d in self.documents), *(r.path for r in self.recordings))
        for pattern, values in ((_WORD, words), (_HASH, hashes), (_ID, self.about), (_PATH, paths)):
            if not all(value is None or pattern.fullmatch(value) for value in values):
                raise ValueError("An entry of the audit trail holds something that is no id, word or hash.")


@dataclass(frozen=True)
class Line:
    """A line of a chain as it was read: the entry, and what its signature must cover."""

    entry: Entry
    payload: bytes
    signature: bytes
    hash: str


class Malformed(Exception):
    """A line that is no entry."""


def payload(entry: Entry) -> bytes:
    """The JSON of an entry, which is what is signed; ValueError for one that holds free text."""
    entry.check()
    told = {
        name: _plain(value)
        for name, value in asdict(entry).items()
        if value is not None and value != () and name != "at"
    }
    return json.dumps({"v": FORMAT, "at": stamp(entry.at), **told}, separators=(",", ":")).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: inner for name, inner in value.items() if inner is not None}
    if isinstance(value, tuple):
        return [_plain(inner) for inner in value]
    return value


def stamp(at: datetime) -> str:
    """A time as the log has it: UTC to the millisecond, always the same length, so that it sorts."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def line(payload: bytes, signature: bytes) -> bytes:
    """A line of the file, without its line feed."""
    return _HEAD + signature.hex().encode() + _MIDDLE + payload + _TAIL


def parse(raw: bytes) -> Line:
    """The entry in a line without its line feed; raises Malformed."""
    start = len(_HEAD) + _SIGNATURE_DIGITS + len(_MIDDLE)
    digits = raw[len(_HEAD) : len(_HEAD) + _SIGNATURE_DIGITS]
    framed = raw.startswith(_HEAD) and raw[start - len(_MIDDLE) : start] == _MIDDLE and raw.endswith(_TAIL)
    if not framed or not _SIGNATURE.fullmatch(digits):
        raise Malformed
    text = raw[start : -len(_TAIL)]
    try:
        entry = _entry(orjson.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Malformed from error
    return Line(entry, text, bytes.fromhex(digits.decode()), link(raw))


def link(raw: bytes) -> str:
    """The hash by which the next entry names this line."""
    return sha256(LINKED + raw).hexdigest()


def commitment(content: bytes) -> str:
    """What binds an event to a document's content; the content has a random salt of its own in its `meta`."""
    return sha256(COMMITTED + content).hexdigest()


def signed(payload: bytes) -> bytes:
    """What the signature of an entry is made over."""
    return SIGNED + payload


def _entry(told: dict[str, Any]) -> Entry:
    if told.pop("v") != FORMAT:
        raise ValueError
    for name, made in _MADE.items():
        if name in told:
            told[name] = made(told[name])
    entry = Entry(**told)
    if (
        type(entry.seq) is not int
        or not isinstance(entry.prev, str)
        or type(entry.of) not in (int, type(None))
    ):
        raise ValueError
    return entry


_MADE: dict[str, Callable[[Any], Any]] = {
    "at": datetime.fromisoformat,
    "kind": Kind,
    "action": Action.of,
    "about": tuple,
    "forms": tuple,
    "outcome": Outcome,
    "documents": lambda rows: tuple(Written(**{"before": None, "after": None, **row}) for row in rows),
    "recordings": lambda rows: tuple(Sound(**row) for row in rows),
    "torn": lambda row: Torn(**row),
    "former": lambda row: Former(**row),
}
"""How what is no text or number is read."""


def joined(documents: Sequence[Written]) -> tuple[Written, ...]:
    """Several writes of a document as one: from what it was before the first to what it is after the last."""
    last: dict[str, Written] = {}
    for one in documents:
        known = last.get(one.path)
        last[one.path] = one if known is None else replace(one, before=known.before)
    return tuple(last.values())
