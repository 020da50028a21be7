"""What proves a consent, and what has to be right besides: confirmations, scans, checks, holds, decisions.

    signed form ── confirm_consent ─► clip      paper ── attach_scan ─► note(PaperChecked)
    eligibility, capacity, holds, re-consent, copies ── note ─► one more consent event

All of it is sealed with the consent. What it comes to is for `consent_state` and `consent.grant` to say.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Literal
from uuid import uuid4

from interviewkit import consent, consent_entry, consent_state, study_documents, study_rights
from interviewkit.audit_entries import Action
from interviewkit.consent import Confirm
from interviewkit.consent_state import Promised
from interviewkit.errors import StorageError, UsageError
from interviewkit.models import (
    Answer,
    ConsentConfirmed,
    ConsentEvent,
    Level,
    NotedEvent,
    Participant,
    ScanAttached,
)
from interviewkit.paths import storage_errors
from interviewkit.sealing import KeyClass
from interviewkit.study_consent import Consented
from interviewkit.study_documents import ConsentRow, Held, Shown

MAX_SCAN_BYTES = 20_000_000
Media = Literal["pdf", "png", "jpeg"]
MEDIA: Mapping[bytes, Media] = {b"%PDF-": "pdf", b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg"}
REASONS: Mapping[str, Action] = {
    "copy": Action.COPY_GIVEN,
    "checked": Action.PAPER_CHECKED,
    "eligibility": Action.ELIGIBILITY_CHECKED,
    "capacity": Action.CAPACITY_CHECKED,
    "held": Action.HELD,
    "released": Action.RELEASED,
    "reconsent": Action.RECONSENT_DECIDED,
}


class Evidenced(Consented):
    """What `Study` knows of what proves a consent; see there."""

    def record_of(self, participant: str) -> tuple[ConsentRow, ...]:
        """A participant's consent events, answers with what was shown, in the order of their recording."""
        return tuple(study_documents.consent_rows(self.paths, self.keys, self.participant(participant).id))

    def answered(self, participant: str) -> Shown | None:
        """The form to which the answers in force were given, as it was shown then."""
        return _answered(self.record_of(participant))

    def standing_answers(self, participant: str) -> dict[str, Answer]:
        """The answers in force, by statement; none where there are none."""
        given = consent_state.latest(self.consent_events(participant))
        return {} if given is None else dict(given.answers)

    def confirm_consent(self, participant: str, confirmed: ConsentConfirmed, held: Held) -> None:
        """Put on record that a signed consent was confirmed, with what was said: it counts from now on.

        Raises UsageError where none waits for that, and ConsentRefused where the signed answers don't permit
        to record; then nothing is kept.
        """
        with self._lock:
            person, rows, now = self._now(participant)
            study_rights.check_free(self.paths, person.id)
            events, shown = [row.event for row in rows], _answered(rows)
            form = None if shown is None else shown.form
            consent_entry.check_confirmed(person, form, confirmed, events, now)
            assert shown is not None
            forms = {shown.form.id: shown.form}
            grant = consent.grant(person, events, forms, Confirm, now, self.rules(person))
            self._with_clip(confirmed, None, shown.script, grant, held, Action.CONSENT_CONFIRMED)

    def attach_scan(self, participant: str, data: bytes, by: str) -> ScanAttached:
        """Keep a picture of the signed form, sealed, with the consent; a later one takes its place."""
        media = _media(data)
        with self._lock:
            person, rows, now = self._now(participant)
            events = [row.event for row in rows]
            given = consent_state.latest(events)
            scan = ScanAttached(
                form="" if given is None else given.form,
                scan=uuid4().hex,
                media=media,
                sha256=hashlib.sha256(data).hexdigest(),
                size_bytes=len(data),
                by=by,
                at=now,
            )
            consent_entry.check_scan(person, scan, events, now)
            self._write(person.id, lambda writing: writing.scan(scan, data), Action.SCAN_ATTACHED)
        return scan

    def scan(self, participant: str, scan: ScanAttached) -> bytes:
        """A picture of a signed form, as it was handed in; StorageError where it is gone or another one."""
        person = self.participant(participant)
        study_rights.check_unfrozen(self.paths, person.id)
        path = study_documents.scan_path(self.paths, self.keys, person.id, scan)
        with storage_errors(path):
            data = self.keys.opener(person.id, KeyClass.CONSENT).open(path.read_bytes())
        if hashlib.sha256(data).hexdigest() != scan.sha256:
            raise StorageError(f"{path} is not the scan that was attached.", "Put it back from your backup.")
        self.audit.looked(Action.SCAN_SEEN, person.id)
        return data

    def note(self, participant: str, event: NotedEvent) -> None:
        """Put one more thing on record about a consent; UsageError for what can't be so."""
        with self._lock:
            person, rows, now = self._now(participant)
            shown = _answered(rows)
            form = None if shown is None else shown.form
            events = [row.event for row in rows]
            consent_entry.check_noted(person, form, event, events, now, self.rules(person))
            self._write(person.id, lambda writing: writing.consent(event), REASONS[event.kind])

    def promised(self, participant: str, level: Level, now: datetime | None = None) -> Promised:
        """What a wish to withdraw comes to today, by the sheet that the participant was given."""
        person, shown = self.participant(participant), self.answered(participant)
        approval = None if shown is None else shown.approval
        today = consent_state.day_of(datetime.now(UTC) if now is None else now, approval)
        form = None if shown is None else shown.form
        return consent_state.promised(level, form, self._held_on(person, shown), today)

    def _held_on(self, person: Participant, shown: Shown | None) -> date | None:
        """The day of the participant's latest call, where they live; None before there is one."""
        folders = [path.parent.name for path in self.paths.recordings.glob(f"{person.id}-*/interview.json")]
        found = [study_documents.interview(self.paths, folder) for folder in folders]
        approval = None if shown is None else shown.approval
        return consent_state.held_on([one for one in found if one is not None], approval)

    def _now(self, participant: str) -> tuple[Participant, tuple[ConsentRow, ...], datetime]:
        person = self.participant(participant)
        study_rights.check_there(self.paths, person.id)
        return person, self.record_of(person.id), datetime.now(UTC)


def _answered(rows: tuple[ConsentRow, ...]) -> Shown | None:
    events: list[ConsentEvent] = [row.event for row in rows]
    given = consent_state.latest(events)
    row = next((row for row in reversed(rows) if row.event is given), None)
    return None if row is None or row.form is None else Shown(row.form, row.approval)


def _media(data: bytes) -> Media:
    """What kind of picture it is, by its first bytes; UsageError for anything else."""
    for start, media in MEDIA.items():
        if data.startswith(start) and len(data) <= MAX_SCAN_BYTES:
            return media
    raise UsageError(
        "That is no scan: a PDF, PNG or JPEG of at most 20 MB is.", "Scan the signed form, and try again."
    )
