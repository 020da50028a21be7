"""What a study destroys: what was struck, and interviews that somebody withdrew from and took along.

    promise (interview.json) ── keep_promises ─► sound silent, words and notes gone ─► done (interview.json)

A promise is on the disk before anything is destroyed, and what is promised and not done is done when the
study is opened next; each step can be done twice. None of it needs a consent: destroying is what is left to
somebody who has taken theirs back. What is destroyed can't be had from the files any more; what a disk keeps
of files that are gone is not in any program's hands.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from interviewkit import drafts, session_log, study_documents
from interviewkit.audio import SAMPLE_RATE
from interviewkit.errors import InterviewkitError, Locked, UsageError
from interviewkit.events import Warned
from interviewkit.models import (
    Call,
    ConsentWithdrawn,
    Ending,
    Interview,
    LeftOut,
    LeftOutKind,
    Striking,
    Struck,
)
from interviewkit.sealing import KeyClass
from interviewkit.store import Tables
from interviewkit.study_evidence import Evidenced
from interviewkit.study_unlocking import Ask
from interviewkit.study_writing import Writing

if TYPE_CHECKING:
    from interviewkit.recording_strike import Done

PROMISE = re.compile(
    rb'"kind"\s*:\s*"%s"|"%s"|"%s"'
    % tuple(
        promise.encode() for promise in (LeftOutKind.STRUCK, Ending.WITHDRAWN_DISCARD, Ending.WITHDRAWN_KEEP)
    )
)
BY_ITSELF = "interviewkit, from the log of the interview"
Stretches = tuple[tuple[int, int], ...]
"""From a frame to another."""


class Destroying(Evidenced):
    """What `Study` knows of destroying; see there."""

    @classmethod
    def open(
        cls, root: Path, told: Callable[[Warned], None] = lambda warned: None, ask: Ask | None = None
    ) -> Self:
        """The study in `root`, with what was promised to be destroyed destroyed; see `Consented.open`."""
        study = super().open(root, told, ask)
        for problem in study.keep_promises():
            told(Warned(problem))
        return study

    # ── striking ────────────────────────────────────────────────────────────────────────────────

    def strike(self, interview: str, call: int, start_s: float, stop_s: float) -> Interview:
        """Destroy a stretch of a call that is kept: its sound, its words and what was noted meanwhile.

        Raises UsageError where there is no such stretch. Whoever takes consents may promise it, too, and
        Locked says that it is for others to do; for everybody else who can't open what has to be changed,
        nothing is promised. An error after that leaves it to be done when the study is opened next.
        """
        known = self._interview(interview)
        struck = next((one for one in known.calls if one.number == call), None)
        if struck is None:
            raise UsageError(f"Interview {interview} has no call {call}.", f"It has {len(known.calls)}.")
        start, stop = (min(round(at_s * struck.sample_rate), struck.frames) for at_s in (start_s, stop_s))
        if not 0 <= start < stop:
            raise UsageError(
                f"There is nothing there: the call is {struck.duration_s:.0f} s long.",
                "Give the beginning and the end, counted from the start of the recording.",
            )
        try:
            self.keys.check_opens(known.participant, KeyClass.CONSENT)
        except Locked:
            self._check_opens(known, call)
        left = LeftOut(kind=LeftOutKind.STRUCK, call=call, start_frame=start, stop_frame=stop)

        def promise(writing: Writing) -> None:
            now = self._interview(interview)
            if left not in now.left_out:
                writing.destroyed(now.model_copy(update={"left_out": (*now.left_out, left)}))

        self.write(known.participant, promise, "to be struck")
        try:
            self.strike_call(interview, call)
        except Locked as locked:
            raise Locked(
                f"It is on record that this stretch of {interview} is to be destroyed; it is still there."
                f" {locked.message}",
                "It is done when somebody opens the study whose role opens recordings: interviewkit key list",
            ) from locked
        return self._interview(interview)

    def _check_opens(self, known: Interview, call: int) -> None:
        """Open all that a strike has to change, recording and words; raises Locked."""
        from interviewkit.recording import RecordingReader

        opener = self.keys.opener(known.participant, KeyClass.AUDIO)
        RecordingReader(self.paths.audio(known.id, call), unseal=opener.open).close()
        study_documents.raw(self.paths, self.keys, known.id, call)
        study_documents.checked(self.paths, self.keys, known.id, call)
        study_documents.notes(self.paths, self.keys, known.id, call)

    def strike_call(self, interview: str, call: int) -> None:
        """Do what is promised of a call that is kept; nothing where all is done."""
        known = self._interview(interview)
        for one in known.calls:
            if one.number == call and (due := known.to_strike(one)):
                self._strike_words(known, call)
                self._strike_kept(known, one, due)

    def _strike_kept(self, known: Interview, one: Call, due: Stretches) -> None:
        """The sound of a call; what is about to be done is on record first, so that who comes after a kill
        can tell it from what somebody else did to the recording.
        """

        def note(done: "Done") -> None:
            if done.after != done.before:
                begun = Striking(before=done.before, after=done.after, altered=_altered(one, done.before))
                self._note_call(known, one.number, lambda now: {"striking": begun})

        done = self._strike_sound(known, self.paths.audio(known.id, one.number), due, note)
        new = _struck(due, one.head, altered=_altered(one, done.before))
        self._note_call(
            known,
            one.number,
            lambda now: {"head": done.after, "struck": (*now.struck, *new), "striking": None},
        )

    def strike_unfinished(self, interview: str, recording: str, head: str) -> tuple[str, tuple[Struck, ...]]:
        """Do what is promised of a closed recording that is no call yet.

        `head` is its head as it was closed; hands the new one back, and what was done, for the call.
        """
        known = self._interview(interview)
        due = known.stricken(known.number_of(recording))
        if not due:
            return head, ()
        self._strike_words(known, known.number_of(recording))
        done = self._strike_sound(known, self.paths.unfinished_audio(interview, recording), due)
        return done.after, _struck(due, head, altered=done.before not in (head, done.after))

    def _strike_sound(
        self,
        known: Interview,
        path: Path,
        due: Stretches,
        about_to: Callable[["Done"], None] = lambda done: None,
    ) -> "Done":
        from interviewkit.recording_strike import Key, strike

        sealer = self.keys.sealer(known.participant, KeyClass.AUDIO)
        opener = self.keys.opener(known.participant, KeyClass.AUDIO)
        return strike(path, due, Key(opener.open, sealer.seal, sealer.suffix), about_to)

    def _strike_words(self, known: Interview, call: int) -> None:
        """The words of the stretches, in transcript, draft, checked version and notes."""
        struck = [(call, start, stop) for start, stop in known.stricken(call)]

        def write(writing: Writing) -> None:
            tables = study_documents.raw(self.paths, self.keys, known.id, call)
            if tables is not None:
                writing.words_destroyed(known.id, call, self.without_struck(known, call, tables))
            checked = study_documents.checked(self.paths, self.keys, known.id, call)
            if checked is not None:
                writing.checked_destroyed(known.id, call, self.without_struck(known, call, checked))
            notes = study_documents.notes(self.paths, self.keys, known.id, call)
            left = session_log.left_notes(known.actions, notes, struck)
            if len(left) < len(notes):
                writing.notes_destroyed(known.id, call, left)

        self.write(known.participant, write, "struck")

    def without_struck(self, known: Interview, call: int, tables: Tables) -> Tables:
        """What was heard in a call without the words that are struck."""
        rate = next((one.sample_rate for one in known.calls if one.number == call), SAMPLE_RATE)
        return drafts.without(tables, [(start / rate, stop / rate) for start, stop in known.stricken(call)])

    def _note_call(self, known: Interview, number: int, change: Callable[[Call], dict[str, object]]) -> None:
        """Note in the interview what is, or is about to be, done to a call."""

        def write(writing: Writing) -> None:
            now = self._interview(known.id)
            calls = tuple(
                call.model_copy(update=change(call)) if call.number == number else call for call in now.calls
            )
            writing.destroyed(now.model_copy(update={"calls": calls}))

        self.write(known.participant, write, "struck")

    # ── discarding ──────────────────────────────────────────────────────────────────────────────

    def discard(self, interview: str) -> None:
        """Destroy what was recorded, noted and written down in all calls of an interview.

        Its document stays, with ids and frames: that there was an interview, and what became of it. Raises
        UsageError unless the participant has withdrawn from it and wants that, as the interview's log says.
        """
        known = self._interview(interview)
        if known.withdrawal is None or known.withdrawal.ending is not Ending.WITHDRAWN_DISCARD:
            raise UsageError(
                f"Nobody has withdrawn from {interview} and asked to have it destroyed.",
                "Nothing was changed.",
            )
        self.write(known.participant, lambda writing: writing.discarded(interview), "discarded")

    # ── what was promised ───────────────────────────────────────────────────────────────────────

    def keep_promises(self) -> list[str]:
        """Destroy what was promised and not done yet; hands back, in words, what could not be done now."""
        problems = []
        for interview in self.promising():
            try:
                self._keep_promise(self._interview(interview))
            except Locked as error:
                # Whoever unlocks the study keeps them; whose role can't is told.
                if not self.keys.locked:
                    problems.append(f"{interview}: what is to be destroyed is still there. {error}")
            except InterviewkitError as error:
                problems.append(f"{interview}: what is to be destroyed is still there. {error}")
        return problems

    def promising(self) -> list[str]:
        """The interviews in which something was promised, kept or not: told without reading the others."""
        found = []
        for path in sorted(self.paths.recordings.glob("*/interview.json")):
            with suppress(OSError):
                if PROMISE.search(path.read_bytes()):
                    found.append(path.parent.name)
        return found

    def _keep_promise(self, known: Interview) -> None:
        withdrawal = known.withdrawal
        if withdrawal is not None and withdrawal.ending is Ending.WITHDRAWN_DISCARD:
            with suppress(Locked):
                # Who doesn't open consents leaves the record to who does; destroying waits for nobody.
                self.withdraw_as_logged(known, BY_ITSELF)
            if known.discarded_at is None or study_documents.recorded_files(self.paths, known.id):
                self.discard(known.id)
            return
        for call in known.calls:
            if known.to_strike(call):
                self.strike_call(known.id, call.number)

    def withdraw_as_logged(self, known: Interview, by: str) -> None:
        """Put the withdrawal on record with which an interview ended, unless it is there already."""
        withdrawal = known.withdrawal
        if withdrawal is not None and not self.withdrawal_on_record(known):
            at = max(datetime.now(UTC), withdrawal.at)
            self.withdraw(known.participant, ConsentWithdrawn(recorded_by=by, at=at))

    def withdrawal_on_record(self, known: Interview) -> bool:
        """Whether the withdrawal with which an interview ended is among the participant's consent events."""
        withdrawal, events = known.withdrawal, self.consent_events(known.participant)
        return withdrawal is not None and any(
            isinstance(event, ConsentWithdrawn) and event.at >= withdrawal.at for event in events
        )

    def _interview(self, interview: str) -> Interview:
        found = study_documents.interview(self.paths, interview)
        if found is None or found.id != interview:
            raise UsageError(f"The study has no interview {interview}.", "See: interviewkit participant list")
        return found


def _struck(due: Stretches, head: str, *, altered: bool) -> tuple[Struck, ...]:
    """What was done; `head` is the one under which the recording had been closed."""
    at = datetime.now(UTC)
    return tuple(Struck(start_frame=a, stop_frame=b, at=at, head=head, altered=altered) for a, b in due)


def _altered(one: Call, before: str) -> bool:
    """Whether a recording that has the head `before` now was changed by somebody else.

    Not where it is as it was noted last, or as a strike that was cut off found or left it.
    """
    begun = one.striking
    if begun is None:
        return before != one.head
    return begun.altered or before not in (one.head, begun.before, begun.after)
