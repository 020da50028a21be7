"""Records of incidents: what happened in a call, what was done about it and who was told.

    record ─► people/P07/incidents.json ◄─ add, draft;  of ─► Record[]

Kept apart from interviews, in a class of their own with a retention of their own. They need no consent and
outlive its withdrawal, because a study may have to account for what it did. Nothing is ever changed: what
comes later is added, with its own time. An interview's log knows a record's id and nothing else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import uuid4

from interviewkit import protocols, study_documents
from interviewkit.errors import UsageError
from interviewkit.models import Incident, IncidentDraft, IncidentEntry, IncidentKind, Told
from interviewkit.study import Study

SHORT = 8
"""As many letters of an id as people are shown; any beginning that is clear will do."""


@dataclass(frozen=True)
class Record:
    """An incident with all that was added to it, in the order of its writing."""

    incident: Incident
    entries: tuple[IncidentEntry, ...] = ()
    draft: Mapping[str, str] | None = None

    @property
    def name(self) -> str:
        """What people call it by."""
        return self.incident.id[:SHORT]

    @property
    def what(self) -> tuple[IncidentEntry, ...]:
        """The entries that say what was done."""
        return tuple(entry for entry in self.entries if entry.what)

    @property
    def told(self) -> tuple[Told, ...]:
        """Everybody who was told."""
        return tuple(entry.told for entry in self.entries if entry.told is not None)

    @property
    def missing(self) -> str:
        """What a record should say and this one doesn't yet; empty where nothing is missing."""
        if not self.what:
            return "what was done"
        return "" if self.told else "who was told"


def open_record(
    study: Study,
    participant: str,
    kind: IncidentKind,
    *,
    by: str,
    interview: str | None = None,
    call: int | None = None,
    at: datetime | None = None,
) -> str:
    """Begin a record of something that happened `at` (now, if not given); hands its id back."""
    person = study.participant(participant)
    if interview is not None and study.interview(interview).participant != person.id:
        raise UsageError(f"{interview} is not an interview with {participant}.", "Name one of theirs.")
    happened = datetime.now(UTC) if at is None else at
    if happened > datetime.now(UTC):
        raise UsageError(f"{happened.isoformat()} is in the future.", "Say when it happened.")
    new = Incident(
        id=uuid4().hex,
        participant=person.id,
        kind=kind,
        interview=interview,
        call=call,
        at=happened,
        by=by,
        keep_until=protocols.keep_until(study.config, happened.date()),
    )
    study.write(person.id, lambda writing: writing.incident(new), "incident recorded")
    return new.id


def add(
    study: Study, participant: str, incident: str, *, by: str, what: str = "", told: Told | None = None
) -> None:
    """Add what was done, or who was told, to a record."""
    known = find(study, participant, incident).incident
    if not what.strip() and told is None:
        raise UsageError("Nothing was written.", "Write what was done, or who was told.")
    entry = IncidentEntry(incident=known.id, at=datetime.now(UTC), by=by, what=what.strip(), told=told)
    study.write(participant, lambda writing: writing.incident(entry), "incident added to")


def record(
    study: Study,
    participant: str,
    kind: IncidentKind,
    *,
    by: str,
    what: str,
    told: Sequence[Told] = (),
    interview: str | None = None,
    call: int | None = None,
    at: datetime | None = None,
) -> str:
    """Write a whole record at once; hands its id back."""
    new = open_record(study, participant, kind, by=by, interview=interview, call=call, at=at)
    add(study, participant, new, by=by, what=what)
    for one in told:
        add(study, participant, new, by=by, told=one)
    return new


def draft(study: Study, participant: str, incident: str, fields: Mapping[str, str]) -> None:
    """Keep what is being typed to a record, so that a crash does not lose it; the next entry ends it."""
    typed = IncidentDraft(incident=incident, fields={name: text for name, text in fields.items() if text})
    study.write(participant, lambda writing: writing.incident_draft(typed), "incident being written")


def of(study: Study, participant: str) -> list[Record]:
    """The records of incidents with a participant, in the order of their opening."""
    known = study.participant(participant).id
    found, entries, drafts = study_documents.incidents(study.paths, study.keys, known)
    typed = {draft.incident: draft.fields for draft in drafts if draft.fields}
    return [
        Record(
            incident,
            tuple(entry for entry in entries if entry.incident == incident.id),
            typed.get(incident.id),
        )
        for incident in found
    ]


def find(study: Study, participant: str, beginning: str) -> Record:
    """A record by its id or a beginning of it; raises UsageError where that is not clear."""
    known = of(study, participant)
    meant = [found for found in known if beginning and found.incident.id.startswith(beginning)]
    if len(meant) != 1:
        names = ", ".join(found.name for found in known) or "none yet"
        raise UsageError(
            f"{participant} has no record {beginning or '(no name)'} of an incident, or more than one.",
            f"There is: {names}.",
        )
    return meant[0]


def sentence(entry: IncidentEntry) -> str:
    """An entry in words, its times by the clock of this computer."""
    told = entry.told
    if told is None:
        return entry.what
    role = f" ({told.role})" if told.role else ""
    how = f", {told.how}" if told.how else ""
    return f"told {told.who}{role} at {told.at.astimezone():%H:%M}{how}"


def overdue(study: Study, today: date) -> list[Record]:
    """The records, of everybody, that were to be kept until before today: for somebody to decide about."""
    records = (record for person in study.participants() for record in of(study, person.id))
    return [r for r in records if r.incident.keep_until is not None and r.incident.keep_until < today]
