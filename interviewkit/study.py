"""A study on disk: the one object that hands out sealers, openers and grants, and that commits.

    Study.open ─► grant(P07, Record) ─► recording_writer ─► add_call
               ─► grant(P07, Transcribe) ─► recording ─► … words and turns …
               ─► grant(P07, Store) ─► save_raw

`commit` is the only way to change what depends on consent: it takes the study's lock, checks the
consent again, and lets the change write, for that participant and that purpose only. Numbers and
consent events need no grant and go through the same `Writing`.
"""

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar
from uuid import uuid4

from interviewkit import (
    consent,
    schedule,
    store,
    study_create,
    study_documents,
    study_index,
    yamlfile,
)
from interviewkit.consent import Grant, P, Permission, Record, Store, Transcribe
from interviewkit.errors import StorageError, StudyError, UsageError
from interviewkit.events import Warned
from interviewkit.models import (
    Call,
    ConsentEvent,
    ConsentGiven,
    ConsentWithdrawn,
    Form,
    Group,
    Interview,
    Participant,
    Schedule,
    Side,
    StudyConfig,
)
from interviewkit.paths import StudyPaths
from interviewkit.sealing import KeyClass, Opener, Sealer
from interviewkit.session_notes import Note
from interviewkit.store import Tables
from interviewkit.study_documents import Recorded, Writing

if TYPE_CHECKING:
    from interviewkit.recording import RecordingReader, RecordingWriter

T = TypeVar("T")


class Study:
    """One project with its groups, forms, schedules and data; made by `open` or `create`."""

    def __init__(self, root: Path, config: StudyConfig, told: Callable[[Warned], None]) -> None:
        """Use `Study.open`."""
        self.root = root
        self.config = config
        self.paths = StudyPaths(root)
        self._lock = store.Lock(self.paths.lock, told)
        self._broken: StorageError | None = None

    @classmethod
    def create(
        cls, root: Path, template_folder: Path = study_create.TEMPLATES, title: str | None = None
    ) -> Self:
        """Make a new study in an empty folder or a clone, from `study.yaml`, forms and schedules."""
        study_create.create(root, template_folder, title)
        return cls.open(root)

    @classmethod
    def open(cls, root: Path, told: Callable[[Warned], None] = lambda warned: None) -> Self:
        """The study in `root`, tidied of what a kill left; `told` hears when another program is writing."""
        paths = StudyPaths(root)
        if not paths.config.is_file():
            raise StudyError(
                f"{root} is not a study: it has no {paths.config.name}.",
                f"Make one: interviewkit init {root}",
            )
        study = cls(root, yamlfile.load(paths.config, StudyConfig, StudyError), told)
        store.sweep(root, (paths.people, paths.recordings, paths.transcripts), study._lock)
        study_documents.place_committed(paths, study._lock)
        return study

    # ── what the study is ───────────────────────────────────────────────────────────────────────

    def group(self, group: str) -> Group:
        """A group by its id; raises UsageError for one that the study doesn't have."""
        for known in self.config.groups:
            if known.id == group:
                return known
        known_ids = ", ".join(known.id for known in self.config.groups)
        raise UsageError(f"The study has no group {group}.", f"Its groups are: {known_ids}.")

    def forms(self) -> dict[str, Form]:
        """Every form version in `forms/`, by its id."""
        files = sorted(self.paths.forms.glob("*.yaml"))
        forms = {path: yamlfile.load(path, Form, StudyError) for path in files}
        for path, form in forms.items():
            if path.stem != form.id:
                raise StudyError(f"{path} holds the form {form.id}.", f"Name the file {form.id}.yaml.")
        return {form.id: form for form in forms.values()}

    def schedule(self, group: str) -> Schedule:
        """The interview guide that is put to a group."""
        return schedule.load(self.paths.schedules / f"{self.group(group).schedule}.yaml")

    # ── participants and their consent ──────────────────────────────────────────────────────────

    def participants(self) -> list[Participant]:
        """All participants, by number."""
        found = (study_documents.participant(path) for path in self.paths.people.glob("*/participant.json"))
        return sorted(found, key=lambda participant: study_documents.number(participant.id))

    def participant(self, participant: str) -> Participant:
        """A participant by id; raises UsageError for one that the study doesn't have."""
        path = self.paths.participant(participant)
        found = study_documents.participant(path) if path.is_file() else None
        if found is None or found.id != participant:
            raise UsageError(
                f"The study has no participant {participant}.", "Add one: interviewkit participant add"
            )
        return found

    def add_participant(self, group: str, jurisdiction: str, number: int | None = None) -> Participant:
        """A new participant with `number`, or the next that nobody in the study has had."""
        prefix = self.group(group).prefix
        known = sorted({approval.jurisdiction for approval in self.config.approvals})
        if jurisdiction not in known:
            raise UsageError(
                f"The study has no approval for {jurisdiction}.", f"It has one for: {', '.join(known)}."
            )
        with self._lock:
            chosen = study_documents.free_number(self.paths, number)
            new = Participant(id=f"{prefix}{chosen:02d}", group=group, jurisdiction=jurisdiction)
            self._write(new.id, lambda writing: writing.participant(new), "participant added")
        return new

    def consent_events(self, participant: str) -> tuple[ConsentEvent, ...]:
        """What a participant agreed to and took back, in the order of its recording."""
        rows = study_documents.consent_rows(self.paths, self.participant(participant).id)
        return tuple(row.event for row in rows)

    def give_consent(self, participant: str, given: ConsentGiven) -> None:
        """Record a participant's answers, with the wording of the form as it is now.

        Raises UsageError where an answer is missing, the form is for somebody else, or the time is in
        the future or before what is already on record.
        """
        forms = self.forms()
        form = forms.get(given.form)
        if form is None:
            raise UsageError(f"The study has no form {given.form}.", f"Its forms are: {', '.join(forms)}.")
        with self._lock:
            events = self.consent_events(participant)
            consent.check_given(self.participant(participant), form, given, events, datetime.now(UTC))
            self._write(participant, lambda writing: writing.consent(given, form), "consent given")

    def withdraw(self, participant: str, withdrawn: ConsentWithdrawn) -> None:
        """Record that a participant takes the consent back: from now on every grant is refused."""
        person = self.participant(participant)
        self._write(person.id, lambda writing: writing.consent(withdrawn, None), "consent withdrawn")

    def grant(self, participant: str, permission: type[P], now: datetime | None = None) -> Grant[P]:
        """The grant of a purpose as things stand (at `now`, UTC); raises ConsentRefused."""
        person = self.participant(participant)
        rows = study_documents.consent_rows(self.paths, participant)
        agreed = {row.form.id: row.form for row in rows if row.form is not None}
        moment = datetime.now(UTC) if now is None else now
        return consent.grant(person, [row.event for row in rows], agreed, permission, moment)

    # ── sealing and committing ──────────────────────────────────────────────────────────────────

    def sealer(self, grant: Grant[Record] | Grant[Store], key_class: KeyClass) -> Sealer:
        """What seals a participant's documents of a class; raises ConsentRefused for another purpose."""
        study_documents.check_purpose(grant, key_class, study_documents.WRITTEN_FOR)
        return study_documents.sealer(grant.participant, key_class)

    def opener(self, grant: Grant[Transcribe] | Grant[Store], key_class: KeyClass) -> Opener:
        """What opens them, if the consent still stands; raises ConsentRefused."""
        study_documents.check_purpose(grant, key_class, study_documents.READ_FOR)
        self.grant(grant.participant, grant.permission)
        return study_documents.opener(grant.participant, key_class)

    def commit(self, grant: Grant[Permission], change: Callable[[Writing], T], reason: str) -> T:
        """Let `change` write what depends on consent, if the consent still stands; hand back its result.

        `reason` says what for, in words that hold nothing that was said; it is kept in the documents.
        Raises ConsentRefused, and then nothing is written.
        """
        with self._lock:
            self.grant(grant.participant, grant.permission)
            return self._write(grant.participant, change, reason, grant)

    def _write(
        self,
        participant: str,
        change: Callable[[Writing], T],
        reason: str,
        grant: Grant[Permission] | None = None,
    ) -> T:
        """The one place that writes; after an error of the disk itself nothing more is written."""
        if self._broken is not None:
            raise self._broken
        try:
            with self._lock:
                result = change(Writing(self.paths, self._lock, participant, reason, grant))
                study_index.refresh(self.paths, self._lock, reason)
                return result
        except StorageError as error:
            if isinstance(error.__cause__, OSError) and error.__cause__.errno == errno.EIO:
                self._broken = error
            raise

    # ── interviews ──────────────────────────────────────────────────────────────────────────────

    def interviews(self) -> list[Interview]:
        """All interviews, by participant and number."""
        names = (path.parent.name for path in self.paths.recordings.glob("*/interview.json"))
        found = [self.interview(name) for name in names]
        return sorted(
            found,
            key=lambda interview: (
                study_documents.number(interview.participant),
                len(interview.id),
                interview.id,
            ),
        )

    def interview(self, interview: str) -> Interview:
        """An interview by id; raises UsageError for one that the study doesn't have."""
        found = study_documents.interview(self.paths, interview)
        if found is None or found.id != interview:
            known = sorted(path.parent.name for path in self.paths.recordings.glob("*/interview.json"))
            raise UsageError(
                f"The study has no interview {interview}.", f"It has: {', '.join(known) or 'none yet'}."
            )
        return found

    def call(self, interview: str, number: int) -> Call:
        """A call of an interview; raises UsageError for one that it doesn't have."""
        calls = self.interview(interview).calls
        for call in calls:
            if call.number == number:
                return call
        raise UsageError(f"Interview {interview} has no call {number}.", f"It has {len(calls)}.")

    def new_interview(
        self, grant: Grant[Record], interviewer: Side = Side.GUESS, speakers: int | None = None
    ) -> Interview:
        """The participant's next interview (`P07-1`, `P07-2`), with the schedule of their group."""
        group = self.group(self.participant(grant.participant).group)

        def add(writing: Writing) -> Interview:
            new = Interview(
                id=study_documents.next_interview(self.paths, grant.participant),
                participant=grant.participant,
                schedule=group.schedule,
                interviewer=interviewer,
                speakers=speakers,
            )
            writing.interview(new)
            return new

        return self.commit(grant, add, "interview added")

    def drop_interview(self, grant: Grant[Record], interview: str) -> None:
        """Take back an interview that has no calls: one whose recording could not be brought in."""
        study_documents.check_owner(grant, interview)
        with self._lock:
            if not self.interview(interview).calls:
                self._write(grant.participant, lambda writing: writing.no_interview(interview), "taken back")

    def change_interview(
        self, grant: Grant[Permission], interview: str, change: Callable[[Interview], Interview], reason: str
    ) -> Interview:
        """Change what is known about an interview (marks, who sits where), starting from what is on disk."""

        def write(writing: Writing) -> Interview:
            changed = change(self.interview(interview))
            writing.interview(changed)
            return changed

        return self.commit(grant, write, reason)

    # ── audio ───────────────────────────────────────────────────────────────────────────────────

    def recording_writer(
        self,
        grant: Grant[Record],
        interview: str,
        recording: str,
        *,
        sample_rate: int,
        channels: int,
        sync_every_s: float | None = 1.0,
    ) -> "RecordingWriter":
        """A new recording for an interview, with an id of its own; closed, `add_call` makes it a call."""
        from interviewkit.recording import RecordingWriter

        study_documents.check_owner(grant, self.interview(interview).id)
        self.grant(grant.participant, grant.permission)
        using = self.sealer(grant, KeyClass.AUDIO)
        path = self.paths.unfinished_audio(interview, recording)
        return RecordingWriter(
            path,
            recording,
            sample_rate,
            channels,
            seal=using.seal,
            suffix=using.suffix,
            sync_every_s=sync_every_s,
        )

    def add_call(self, grant: Grant[Record], interview: str, recorded: Recorded) -> Call:
        """Make a closed recording a call of an interview: the one as which it was held, or the next.

        The entry comes before the renaming, so that a kill between leaves what `open` can finish.
        """

        def add(writing: Writing) -> Call:
            known = self.interview(interview)
            number = known.number_of(recorded.recording)
            call = Call(number=number, added_at=datetime.now(UTC), **asdict(recorded))
            writing.interview(known.model_copy(update={"calls": (*known.calls, call)}))
            writing.audio(interview, call.recording, call.number)
            return call

        return self.commit(grant, add, f"audio {recorded.source}")

    @contextmanager
    def importing(
        self, grant: Grant[Record], interview: str, *, sample_rate: int, channels: int
    ) -> Iterator["RecordingWriter"]:
        """A recording to fill from a file: the interview's next call after the block, nothing if it fails."""
        recording = uuid4().hex
        written = self.recording_writer(
            grant, interview, recording, sample_rate=sample_rate, channels=channels, sync_every_s=None
        )
        try:
            with written:
                yield written
            facts = Recorded(recording, "imported", sample_rate, channels, written.frames, written.head)
            self.add_call(grant, interview, facts)
        except BaseException:
            if recording not in [call.recording for call in self.interview(interview).calls]:
                self.paths.unfinished_audio(interview, recording).unlink(missing_ok=True)
            raise

    def recording(self, grant: Grant[Transcribe], interview: str, call: int) -> "RecordingReader":
        """The recording of a call, to listen to."""
        from interviewkit.recording import RecordingReader

        known = self.call(interview, call)
        study_documents.check_owner(grant, interview)
        using = self.opener(grant, KeyClass.AUDIO)
        return RecordingReader(self.paths.audio(interview, call), unseal=using.open, expected_head=known.head)

    def notes(self, grant: Grant[Record] | Grant[Store], interview: str, call: int) -> list[Note]:
        """What was typed during a call; raises ConsentRefused."""
        study_documents.check_owner(grant, interview)
        study_documents.check_purpose(grant, KeyClass.RAW, study_documents.NOTES_FOR)
        self.grant(grant.participant, grant.permission)
        using = study_documents.opener(grant.participant, KeyClass.RAW)
        return study_documents.notes(self.paths, interview, call, using)

    # ── transcripts ─────────────────────────────────────────────────────────────────────────────

    def save_raw(
        self, grant: Grant[Store], interview: str, call: int, tables: Tables, reason: str = "transcript saved"
    ) -> None:
        """Put `tables` (words, turns, flags…: rows of plain JSON) in the place of a call's transcript."""
        number = self.call(interview, call).number
        self.commit(grant, lambda writing: writing.raw(interview, number, tables), reason)

    def raw(self, grant: Grant[Store], interview: str, call: int) -> Tables | None:
        """A call's transcript as it was saved last, or None."""
        study_documents.check_owner(grant, interview)
        return study_documents.raw(self.paths, interview, call, self.opener(grant, KeyClass.RAW))

    # ── index ───────────────────────────────────────────────────────────────────────────────────

    def index(self) -> Tables:
        """`participants` and `interviews`: numbers, states, counts; made again where it was out of date."""
        return study_index.refresh(self.paths, self._lock, "index out of date")

    def rebuild_index(self) -> Tables:
        """Make the whole index again from the documents."""
        with self._lock:
            self.paths.index.unlink(missing_ok=True)
            return study_index.refresh(self.paths, self._lock, "index rebuilt")
