"""A study on disk: the one object that hands out sealers, openers and grants, and that commits.

    Study.open ─► grant(P07, Record) ─► recording_writer ─► add_call
               ─► grant(P07, Transcribe) ─► recording ─► … words and turns …
               ─► grant(P07, Store) ─► save_raw

Here is what it keeps of interviews; people, consent and writing are in `study_consent`, what it destroys in
`study_destroy`, what it hands on in `study_exports`, who is frozen or erased in `study_erase`, what analysts
get and make in `study_released`.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from interviewkit import checking, study_documents, study_index, study_mending
from interviewkit.audit_entries import Action
from interviewkit.consent import Grant, Permission, Record, Store, Transcribe
from interviewkit.errors import UsageError
from interviewkit.models import ActionKind, Call, Interview, Mark, Side
from interviewkit.sealing import KeyClass
from interviewkit.session_notes import Note, WrapUp
from interviewkit.store import Tables
from interviewkit.study_beside import Besides
from interviewkit.study_documents import Recorded
from interviewkit.study_writing import Writing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from interviewkit.recording import RecordingReader, RecordingWriter


@dataclass
class Incoming:
    """A recording that is being brought in, and the marks that come with it; their call is not yet known."""

    interview: str
    writer: "RecordingWriter"
    marks: tuple[Mark, ...] = ()

    @property
    def frames(self) -> int:
        """Samples per channel so far."""
        return self.writer.frames

    def write(self, samples: "NDArray[np.int16]") -> None:
        """Take in int16 samples of shape (channels, frames)."""
        self.writer.write(samples)


class Study(Besides):
    """One project with its groups, forms, schedules and data; made by `open` or `create`."""

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

        def add(writing: Writing) -> Interview:
            new = self.planned_interview(grant, interviewer, speakers)
            writing.interview(new)
            return new

        return self.commit(grant, add, "interview added")

    def planned_interview(
        self, grant: Grant[Record], interviewer: Side = Side.GUESS, speakers: int | None = None
    ) -> Interview:
        """The participant's next interview as it would be; `importing` puts it into the study with a call."""
        return Interview(
            id=study_documents.next_interview(self.paths, grant.participant),
            participant=grant.participant,
            schedule=self.group(self.participant(grant.participant).group).schedule,
            interviewer=interviewer,
            speakers=speakers,
        )

    def drop_interview(self, grant: Grant[Record], interview: str) -> None:
        """Take back an interview that has no calls: one whose recording could not be brought in.

        One in which something was noted all the same stays.
        """
        study_documents.check_owner(grant, interview)
        with self._lock:
            known = self.interview(interview)
            noted = {action.kind for action in known.actions} - {ActionKind.STARTED, ActionKind.ENDED}
            if not known.calls and not noted:
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
        study_documents.check_owner(grant, self.interview(interview).id)
        path = self.paths.unfinished_audio(interview, recording)
        return self._writer(grant, path, recording, sample_rate, channels, sync_every_s)

    def _writer(
        self,
        grant: Grant[Record],
        path: Path,
        recording: str,
        sample_rate: int,
        channels: int,
        sync_every_s: float | None,
    ) -> "RecordingWriter":
        from interviewkit.recording import RecordingWriter

        self.grant(grant.participant, grant.permission)
        using = self.sealer(grant, KeyClass.AUDIO)
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
        return self._add_call(grant, interview, recorded)

    def _add_call(
        self, grant: Grant[Record], interview: str | Interview, recorded: Recorded, marks: Iterable[Mark] = ()
    ) -> Call:
        """The call, its marks, and its interview where that is new: one entry, then the renaming."""

        def add(writing: Writing) -> Call:
            known = interview if isinstance(interview, Interview) else self.interview(interview)
            number = known.number_of(recorded.recording)
            call = Call(number=number, added_at=datetime.now(UTC), **asdict(recorded))
            put = tuple(mark.model_copy(update={"call": number}) for mark in marks)
            changed = {"calls": (*known.calls, call), "marks": (*known.marks, *put)}
            writing.interview(known.model_copy(update=changed))
            writing.audio(known.id, call)
            return call

        return self.commit(grant, add, f"audio {recorded.source}")

    @contextmanager
    def importing(
        self, grant: Grant[Record], interview: str | Interview, *, sample_rate: int, channels: int
    ) -> Iterator[Incoming]:
        """A recording to fill from a file; after the block a call of an interview, or of a planned one.

        Until then nothing of it is in the study but the file that is being filled: if the block fails it is
        removed, and if the program is killed, by whoever opens the study next.
        """
        recording = uuid4().hex
        with self._lock:
            # A planned interview has its number from here on: its folder is there.
            if isinstance(interview, Interview):
                free = study_documents.next_interview(self.paths, grant.participant)
                interview = interview.model_copy(update={"id": free})
            name = interview.id if isinstance(interview, Interview) else self.interview(interview).id
            study_documents.check_owner(grant, name)
            path = self.paths.incoming_audio(name, recording)
            writer = self._writer(grant, path, recording, sample_rate, channels, None)
        incoming = Incoming(name, writer)
        try:
            with writer:
                yield incoming
            facts = Recorded(recording, "imported", sample_rate, channels, writer.frames, writer.head)
            self._add_call(grant, interview, facts, incoming.marks)
        except BaseException:
            if not self._has_recording(name, recording):
                study_mending.discard(path)
            raise

    def _has_recording(self, interview: str, recording: str) -> bool:
        known = study_documents.interview(self.paths, interview)
        return known is not None and recording in [call.recording for call in known.calls]

    def recording(self, grant: Grant[Transcribe], interview: str, call: int) -> "RecordingReader":
        """The recording of a call, to listen to."""
        from interviewkit.recording import RecordingReader

        known = self.call(interview, call)
        study_documents.check_owner(grant, interview)
        using = self.opener(grant, KeyClass.AUDIO)
        self.audit.looked(Action.RECORDING_HEARD, interview, call)
        return RecordingReader(self.paths.audio(interview, call), unseal=using.open, expected_head=known.head)

    def notes(self, grant: Grant[Record] | Grant[Store], interview: str, call: int) -> list[Note]:
        """What was typed during a call; raises ConsentRefused."""
        study_documents.check_owner(grant, interview)
        study_documents.check_purpose(grant, KeyClass.RAW, study_documents.NOTES_FOR)
        self.still(grant.participant, grant.permission)
        found = study_documents.notes(self.paths, self.keys, interview, call)
        if found:
            self.audit.looked(Action.TRANSCRIPT_READ, interview, call)
        return found

    def wrap_up(self, grant: Grant[Record] | Grant[Store], interview: str, call: int) -> WrapUp:
        """What the interviewer said of a call right after it; raises ConsentRefused."""
        study_documents.check_owner(grant, interview)
        study_documents.check_purpose(grant, KeyClass.RAW, study_documents.NOTES_FOR)
        self.still(grant.participant, grant.permission)
        self.audit.looked(Action.TRANSCRIPT_READ, interview, call)
        return study_documents.wrap_up(self.paths, self.keys, interview, call)

    def save_wrap_up(self, grant: Grant[Record], interview: str, call: int, said: WrapUp) -> None:
        """Put what the interviewer says of a call in the place of what was there."""
        number = self.call(interview, call).number
        self.commit(grant, lambda writing: writing.wrap_up(interview, number, said), "wrapped up")

    # ── transcripts ─────────────────────────────────────────────────────────────────────────────

    def save_raw(
        self, grant: Grant[Store], interview: str, call: int, tables: Tables, reason: str = "transcript saved"
    ) -> None:
        """Put `tables` (words, turns, flags…: rows of plain JSON) in the place of a call's transcript.

        Words that were struck are left out, whoever heard them and from whatever.
        """
        number = self.call(interview, call).number

        def write(writing: Writing) -> None:
            writing.raw(interview, number, self.without_struck(self.interview(interview), number, tables))

        self.commit(grant, write, reason)

    def raw(self, grant: Grant[Store], interview: str, call: int) -> Tables | None:
        """A call's transcript as it was saved last, or None."""
        study_documents.check_owner(grant, interview)
        self.opener(grant, KeyClass.RAW)
        found = study_documents.raw(self.paths, self.keys, interview, call)
        if found is not None:
            self.audit.looked(Action.TRANSCRIPT_READ, interview, call)
        return found

    def save_checked(
        self,
        grant: Grant[Store],
        interview: str,
        call: int,
        tables: Tables,
        reason: str = "transcript checked",
        beside: Tables | None = None,
    ) -> None:
        """Put what people made of a call's transcript in the place of what was there, without what is struck.

        The draft beside it stays as it is; where there is none, `beside` is what it is compared with. Raises
        UsageError where somebody else has saved it since.
        """
        number = self.call(interview, call).number

        def write(writing: Writing) -> None:
            if checking.gone_past(study_documents.checked(self.paths, self.keys, interview, number), tables):
                raise UsageError(
                    f"{interview}, call {number}: somebody else has checked this transcript meanwhile.",
                    "Leave it without saving, and open it again: what they did is kept.",
                )
            left = self.without_struck(self.interview(interview), number, tables)
            writing.checked(interview, number, left)
            if beside is not None:
                # Second: a kill between them leaves a call that waits for its transcript, and these words.
                writing.raw(interview, number, beside)

        self.commit(grant, write, reason)

    def checked(self, grant: Grant[Store], interview: str, call: int) -> Tables | None:
        """What people made of a call's transcript, or None; that it was read is told by `raw`, its draft."""
        study_documents.check_owner(grant, interview)
        self.opener(grant, KeyClass.RAW)
        return study_documents.checked(self.paths, self.keys, interview, call)

    # ── index ───────────────────────────────────────────────────────────────────────────────────

    def index(self) -> Tables:
        """`participants` and `interviews`: numbers, states, counts; made again where it was out of date."""
        if self._broken is not None:
            return study_index.look(self.paths, self.keys)
        with self._writing():
            return study_index.refresh(self.paths, self.keys, self._lock, "index out of date")

    def rebuild_index(self) -> Tables:
        """Make the whole index again from the documents."""
        with self._writing(), self._lock:
            self.paths.index.unlink(missing_ok=True)
            return study_index.refresh(self.paths, self.keys, self._lock, "index rebuilt")
