"""A study's participants and their consent, and the one way in which anything of theirs is written.

    Study.open ─► grant(P07, Record) ─► sealer, opener ─► commit

`commit` is the only way to change what depends on consent: it takes the study's lock, checks the
consent again, and lets the change write, for that participant and that purpose only. What needs no
consent (numbers, consent events, contact log, incidents) goes through the same `Writing`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar

from interviewkit import (
    audit,
    consent,
    consent_entry,
    store,
    study_config,
    study_create,
    study_documents,
    study_index,
    study_mending,
    study_rights,
)
from interviewkit.audit_entries import Action
from interviewkit.consent import Confirm, Grant, P, Permission, Record, Store, Transcribe
from interviewkit.consent_state import Rules
from interviewkit.errors import (
    ConsentRefused,
    InterviewkitError,
    Locked,
    StorageError,
    StudyError,
    UsageError,
)
from interviewkit.events import Warned
from interviewkit.models import (
    Clip,
    ConsentConfirmed,
    ConsentEvent,
    ConsentGiven,
    ConsentWithdrawn,
    Participant,
    RightKind,
    StudyConfig,
)
from interviewkit.paths import StudyPaths, disk_failed
from interviewkit.sealing import KeyClass, Opener, Sealer
from interviewkit.study_documents import Held, Shown
from interviewkit.study_forms import Forms
from interviewkit.study_keys import Founder, Keys
from interviewkit.study_unlocking import Ask
from interviewkit.study_writing import Writing

if TYPE_CHECKING:
    from interviewkit.recording import RecordingReader

T = TypeVar("T")
BY_ANYBODY = frozenset(
    {RightKind.FROZEN.value, Action.STRUCK.value, Action.DISCARDED.value, Action.ERASED.value}
)
"""A freeze; and what was promised before, which is destroyed by whoever opens the study next."""
ROLES_CHANGED = frozenset({Action.ROLE_GIVEN, Action.ROLE_REVOKED})
"""What is done with the keys of others; one's own are everybody's own affair."""


class Consented(Forms):
    """What `Study` knows of people and consent; see there."""

    def __init__(
        self, root: Path, config: StudyConfig, told: Callable[[Warned], None], ask: Ask | None = None
    ) -> None:
        """Use `Study.open`."""
        super().__init__(root, config)
        self.keys = Keys(self.paths, ask)
        self._lock = store.Lock(self.paths.lock, told)
        self.audit = audit.Log(self.paths, self._lock, told, lambda: self.keys.sitting)
        self._broken: StorageError | None = None

    @classmethod
    def create(
        cls,
        root: Path,
        template_folder: Path = study_create.TEMPLATES,
        title: str | None = None,
        founder: Founder | None = None,
    ) -> Self:
        """Make a new study in an empty folder or a clone, from `study.yaml`, forms and schedules.

        It is sealed where there is a `founder`, whose key opens it from then on in this program.
        """
        study_create.create(root, template_folder, title, founder)
        return cls.open(root)

    @classmethod
    def open(
        cls, root: Path, told: Callable[[Warned], None] = lambda warned: None, ask: Ask | None = None
    ) -> Self:
        """The study in `root`, tidied of what a kill left; `told` hears when another program is writing.

        `ask` gets the passphrase of a sealed study from the user, as soon as something has to be opened.
        """
        paths = StudyPaths(root)
        if not paths.config.is_file():
            raise StudyError(
                f"{root} is not a study: it has no {paths.config.name}.",
                f"Make one: interviewkit init {root}",
            )
        study = cls(root, study_config.load(paths.config), told, ask)
        folders = (
            paths.forms,
            paths.keys,
            paths.people,
            paths.recordings,
            paths.transcripts,
            paths.exports,
            paths.corrections,
        )
        store.sweep(root, folders, study._lock)
        study.mend()
        study.audit.reconcile()
        return study

    @contextmanager
    def changing_keys(self, action: Action) -> Iterator[Keys]:
        """Around what is done with the keys: nobody is added meanwhile, and it has its event once done."""
        if action in ROLES_CHANGED:
            self._check_changes(action)
        with self._lock:
            yield self.keys
            self.audit.note(action)

    def mend(self) -> None:
        """Finish what a kill left half-way, as far as it can be opened now."""
        placed = study_mending.place_committed(self.paths, self.keys, self._lock)
        self.audit.placed(placed)

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
        rows = study_documents.consent_rows(self.paths, self.keys, self.participant(participant).id)
        return tuple(row.event for row in rows)

    def fix_wording(self, shown: Shown) -> None:
        """Keep the page as it is first answered, in the audit trail too; see `Forms.fix_wording`."""
        super().fix_wording(shown)
        self.audit.know(self.paths.frozen_form(shown.form.id), shown.form.id)

    def give_consent(self, participant: str, given: ConsentGiven, held: Held | None = None) -> None:
        """Record a participant's answers, with the wording of the form as it is now.

        `held` is what was said meanwhile: kept with them, and only where they permit to record. Raises
        UsageError where an answer is missing, the form is for somebody else, or the time is in the future or
        before what is already on record; ConsentRefused for `held` without a consent to recording. Then
        nothing is written.
        """
        forms = self.forms()
        form = forms.get(given.form)
        if form is None:
            raise UsageError(f"The study has no form {given.form}.", f"Its forms are: {', '.join(forms)}.")
        with self._lock:
            study_rights.check_free(self.paths, self.participant(participant).id)
            events = self.consent_events(participant)
            person, now = self.participant(participant), datetime.now(UTC)
            consent_entry.check_given(person, form, given, events, now, self.rules(person))
            shown = self.shown(form)
            if held is None:
                self.fix_wording(shown)
                self._write(
                    participant,
                    lambda writing: writing.consent(given, shown),
                    "consent given",
                    forms=(form.id,),
                )
            else:
                grant = consent.grant(person, [*events, given], {form.id: form}, Confirm, now)
                self.fix_wording(shown)
                self._with_clip(given, shown, shown.script, grant, held, "consent given")

    def _with_clip(
        self,
        event: ConsentGiven | ConsentConfirmed,
        shown: Shown | None,
        script: str,
        grant: Grant[Confirm],
        held: Held,
        reason: str,
    ) -> None:
        """First the sound, beside its place, then the entry that names it, then its place.

        A kill leaves nothing that is named and missing, and what no entry names is removed by `open`: all of
        it happens under the lock, so that nobody takes a clip in the making for such a rest.
        """
        partial = self.paths.unplaced_clip(grant.participant, held.recording)
        try:
            sealer = self.keys.sealer(grant.participant, KeyClass.CONSENT)
            opener = self.keys.opener(grant.participant, KeyClass.CONSENT)
            kept = held.keep(grant, partial, sealer, opener)
            clip = Clip(
                recording=kept.recording,
                sample_rate=kept.sample_rate,
                channels=kept.channels,
                frames=kept.frames,
                head=kept.head,
                gaps=kept.gaps,
                script=script,
            )
            named = event.model_copy(update={"clip": clip})

            def write(writing: Writing) -> None:
                writing.consent(named, shown)
                writing.clip(clip.recording)

            self._write(grant.participant, write, reason, grant)
        except InterviewkitError:
            self.mend()
            raise

    def clip(self, participant: str, clip: Clip) -> "RecordingReader":
        """What was said at a consent, to listen to: evidence, which outlives a withdrawal.

        Raises StorageError where the file is gone, ConsentRefused while the participant is frozen.
        """
        from interviewkit.recording import RecordingReader

        study_rights.check_unfrozen(self.paths, participant)
        using = self.keys.opener(participant, KeyClass.CONSENT)
        path = self.paths.clip(self.participant(participant).id, clip.recording)
        self.audit.looked(Action.CLIP_HEARD, participant)
        return RecordingReader(path, unseal=using.open, expected_head=clip.head)

    def withdraw(self, participant: str, withdrawn: ConsentWithdrawn) -> None:
        """Record that a participant takes the consent back: from now on every grant is refused."""
        person = self.participant(participant)
        study_rights.check_there(self.paths, person.id)
        self._write(person.id, lambda writing: writing.consent(withdrawn), "consent withdrawn")

    def grant(self, participant: str, permission: type[P], now: datetime | None = None) -> Grant[P]:
        """The grant of a purpose as things stand (at `now`, UTC); raises ConsentRefused, which is logged.

        It is held against what the study says too: to begin something takes more than to go on with it.
        """
        person = self.participant(participant)
        return self._logged(person, permission, now, self.rules(person))

    def refusal(self, participant: str, permission: type[Permission]) -> ConsentRefused | None:
        """What stands against a purpose, to be shown: nobody wants to act on it."""
        person = self.participant(participant)
        try:
            self._grant(person, permission, None, self.rules(person))
        except ConsentRefused as refused:
            return refused
        return None

    def _logged(
        self, person: Participant, permission: type[P], now: datetime | None, rules: Rules | None
    ) -> Grant[P]:
        try:
            return self._grant(person, permission, now, rules)
        except ConsentRefused:
            # A refusal that can't be logged is a refusal all the same.
            with suppress(StorageError):
                self.audit.looked(Action.REFUSED, person.id, purpose=permission.purpose.value)
            raise

    def _grant(
        self,
        person: Participant,
        permission: type[P],
        now: datetime | None,
        rules: Rules | None,
    ) -> Grant[P]:
        study_rights.check_free(self.paths, person.id)
        moment = datetime.now(UTC) if now is None else now
        try:
            rows = study_documents.consent_rows(self.paths, self.keys, person.id)
        except Locked:
            if self.keys.locked or issubclass(permission, consent.Confirm):
                raise
            return self._as_found(person, permission, moment)
        agreed = {row.form.id: row.form for row in rows if row.form is not None}
        return consent.grant(person, [row.event for row in rows], agreed, permission, moment, rules)

    def _as_found(self, person: Participant, permission: type[P], now: datetime) -> Grant[P]:
        """The grant for who works on what was recorded, and whose role doesn't open what was answered."""
        found = study_index.permitted(self.paths, self.keys, person.id)
        if found is None:
            raise Locked(
                f"The consent of {person.id} has changed, and your role does not open it.",
                "Ask somebody whose role does to open the study once.",
            )
        return consent.as_found(person, permission, *found, now)

    def still(self, participant: str, permission: type[P]) -> Grant[P]:
        """The grant to go on with what is under way, or to keep it: only the consent itself counts.

        A call goes on and is kept whatever changes in the study meanwhile; only the participant ends it.
        """
        return self._logged(self.participant(participant), permission, None, None)

    # ── sealing and committing ──────────────────────────────────────────────────────────────────

    def sealer(self, grant: Grant[Record] | Grant[Store], key_class: KeyClass) -> Sealer:
        """What seals a participant's documents of a class; raises ConsentRefused for another purpose."""
        study_documents.check_purpose(grant, key_class, study_documents.WRITTEN_FOR)
        return self.keys.sealer(grant.participant, key_class)

    def opener(self, grant: Grant[Transcribe] | Grant[Store], key_class: KeyClass) -> Opener:
        """What opens them, if the consent still stands; raises ConsentRefused."""
        study_documents.check_purpose(grant, key_class, study_documents.READ_FOR)
        self.still(grant.participant, grant.permission)
        return self.keys.opener(grant.participant, key_class)

    def commit(self, grant: Grant[Permission], change: Callable[[Writing], T], reason: str) -> T:
        """Let `change` write what depends on consent, if the consent still stands; hand back its result.

        `reason` says what for, in words that hold nothing that was said; it is kept in the documents.
        Raises ConsentRefused, and then nothing is written.
        """
        with self._lock:
            self.still(grant.participant, grant.permission)
            return self._write(grant.participant, change, reason, grant)

    def write(self, participant: str, change: Callable[[Writing], T], reason: str) -> T:
        """Let `change` write what needs no consent of a participant; hand back its result.

        Raises ConsentRefused for somebody who was erased, of whom nothing is kept again.
        """
        study_rights.check_there(self.paths, self.participant(participant).id)
        return self._write(self.participant(participant).id, change, reason)

    def _write(
        self,
        participant: str,
        change: Callable[[Writing], T],
        reason: str,
        grant: Grant[Permission] | None = None,
        forms: tuple[str, ...] = (),
    ) -> T:
        """The one place that writes; `forms` are the versions that it rests on, where not the grant's."""
        self._check_changes(reason)
        rests_on = (grant.form,) if grant is not None else forms
        with self._writing(), self._lock:
            with self.audit.event(reason, participant, rests_on) as event:
                result = change(Writing(self.paths, self.keys, self._lock, participant, reason, grant, event))
            study_index.follow(self.paths, self.keys, self._lock, participant, reason)
            return result

    def _check_changes(self, reason: str) -> None:
        """Raise Locked for an ethics officer who would change something; keys alone don't forbid that."""
        person = self.keys.folder.person(self.keys.sitting or "") if self.keys.sealed else None
        if person is not None and person.only_looks and reason not in BY_ANYBODY:
            raise Locked(
                "Whoever has the role of an ethics officer only looks: nothing was changed.",
                "Anybody may freeze a participant: interviewkit participant freeze",
            )

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """After an error of the disk nothing more is written: a second try that works proves nothing."""
        if self._broken is not None:
            raise self._broken
        try:
            yield
        except StorageError as error:
            if disk_failed(error):
                self._broken = error
            raise
