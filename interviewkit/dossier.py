"""What is on record of one participant that an ethics officer may look at: no transcript, no sound.

    oversight ─► Dossier[] ─► findings, register ─► ethics check, ethics register, the ethics screen

Pure records and what follows from them. A document that could not be opened is named in `sealed` or
`damaged`, and nothing is concluded from its absence.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from interviewkit.models import (
    ActionKind,
    Approval,
    Call,
    ConsentEvent,
    ConsentGiven,
    ConsentWithdrawn,
    Form,
    Interview,
    Participant,
    Right,
    StudyConfig,
    Tombstone,
)


class File(StrEnum):
    """What became of a file that the records name, as far as that shows without a key."""

    THERE = "there"
    MISSING = "missing"
    DAMAGED = "damaged"


@dataclass(frozen=True)
class Entry:
    """A consent event, with the form as it was worded when the answers were given."""

    event: ConsentEvent
    form: Form | None = None
    approval: Approval | None = None
    page: str | None = None
    """What was shown, where answers were given."""
    sha256: str | None = None
    """Of that page, as it was noted then."""


@dataclass(frozen=True)
class Answered:
    """Answers, and the form that they are answers to, as it was worded then."""

    given: ConsentGiven
    form: Form | None
    place: int
    """Its place among the events, from 0."""


@dataclass(frozen=True)
class Held:
    """A call: its document, its recording, and whether something was written down of it."""

    interview: Interview
    call: Call
    audio: File = File.THERE
    transcript: bool = False

    @property
    def name(self) -> str:
        """`P07-1, call 2`."""
        return f"{self.interview.id}, call {self.call.number}"

    @property
    def gone(self) -> bool:
        """Whether nothing of it is left to hear: destroyed, or struck from its beginning to its end."""
        reached = 0
        for struck in sorted(self.call.struck, key=lambda one: one.start_frame):
            if struck.start_frame <= reached:
                reached = max(reached, struck.stop_frame)
        return self.interview.discarded_at is not None or 0 < self.call.frames <= reached

    @property
    def started_at(self) -> datetime:
        """When recording began, as far as anybody can tell: never later than it did.

        Of a sound file that was brought in, when that was: nobody knows more.
        """
        for action in self.interview.actions:
            if action.kind is ActionKind.STARTED and action.call == self.call.number:
                return action.at
        added_at = self.call.added_at
        aware = added_at if added_at.tzinfo is not None else added_at.replace(tzinfo=UTC)
        paused_s = sum(gap.seconds for gap in self.call.gaps if not gap.filled)
        lasted_s = self.call.duration_s + paused_s if self.call.source == "recorded" else 0.0
        return aware - timedelta(seconds=lasted_s)


@dataclass(frozen=True)
class Dossier:
    """All that is known of a participant's consent and of what was recorded."""

    participant: Participant
    entries: tuple[Entry, ...] = ()
    interviews: tuple[Interview, ...] = ()
    calls: tuple[Held, ...] = ()
    files: Mapping[str, File] = field(default_factory=dict)
    """What became of scans and of what was said at consents, by their ids."""
    left: tuple[str, ...] = ()
    """Interviews that were to be destroyed, and of which there still are files."""
    rights: tuple[Right, ...] = ()
    stone: Tombstone | None = None
    """What is left of a participant who was erased."""
    contact: bool = False
    """Whether there is a document of how they are reached; it is not opened."""
    sealed: tuple[str, ...] = ()
    """What could not be opened with the keys that are here, in words."""
    damaged: tuple[str, ...] = ()
    """What could not be read."""

    @property
    def id(self) -> str:
        """The participant's number."""
        return self.participant.id

    @property
    def events(self) -> tuple[ConsentEvent, ...]:
        """The consent events, in the order of their recording."""
        return tuple(entry.event for entry in self.entries)

    @property
    def answers(self) -> tuple[Answered, ...]:
        """Every set of answers, in the order of their recording."""
        return tuple(
            Answered(entry.event, entry.form, place)
            for place, entry in enumerate(self.entries)
            if isinstance(entry.event, ConsentGiven)
        )

    @property
    def latest(self) -> Answered | None:
        """The latest answers, withdrawn or not."""
        return max(self.answers, key=lambda answered: (answered.given.at, answered.place), default=None)

    @property
    def withdrawn(self) -> ConsentWithdrawn | None:
        """The latest withdrawal, where no answers were given since."""
        latest = self.latest
        found = [
            event
            for place, event in enumerate(self.events)
            if isinstance(event, ConsentWithdrawn)
            and (latest is None or event.at >= latest.given.at or place > latest.place)
        ]
        return found[-1] if found else None

    def forms(self) -> dict[str, Form]:
        """The forms that were answered, by id, as they were worded when they were answered last."""
        return {answered.form.id: answered.form for answered in self.answers if answered.form is not None}


@dataclass(frozen=True)
class Oversight:
    """A whole study as an ethics officer sees it."""

    config: StudyConfig
    forms: Mapping[str, Form]
    dossiers: tuple[Dossier, ...]
    now: datetime
    strays: tuple[str, ...] = ()
    """Folders of recordings or transcripts whose participant the study does not have."""
    problems: tuple[str, ...] = ()
    """What of the study itself could not be read."""
    trail: tuple[tuple[str, int, str], ...] = ()
    """The chains of the audit trail: device, number of entries, SHA-256 of the last."""

    def dossier(self, participant: str) -> Dossier | None:
        """A participant's, by number."""
        return next((one for one in self.dossiers if one.id == participant), None)

    @property
    def today(self) -> date:
        """The day of looking, in UTC: what is due counts by whole days."""
        return self.now.astimezone(UTC).date()
