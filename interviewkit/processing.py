"""One call of a study: recording → transcript, with the study's consent, settings and safe-keeping.

`pipeline` does the work and knows no study. This module asks for the grants, hands the pipeline the
sound and what is known about the call, saves after each step, and goes on where a kill left off.
"""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from interviewkit import align, checking, drafts, listed, omissions, pipeline, roles, schedule, session_log
from interviewkit.audio import SAMPLE_RATE
from interviewkit.checking import Sitting
from interviewkit.consent import Grant, Store, Transcribe
from interviewkit.drafts import Work
from interviewkit.errors import AudioError, UsageError
from interviewkit.events import Event, Finished, Saved, Warned
from interviewkit.models import Draft, Interview, Schedule, Transcript
from interviewkit.phrases import count
from interviewkit.session_log import Log
from interviewkit.settings import Settings, resolve
from interviewkit.study import Study

if TYPE_CHECKING:
    from interviewkit.recording import RecordingReader


def settings_for(study: Study, interview: Interview, call: int, flags: Mapping[str, object]) -> Settings:
    """The settings for a call: what is known about it beats the study and yields to the rest."""
    speakers = interview.speakers_in(call)
    own = {} if speakers is None else {"speakers": speakers}
    return resolve(flags, {**study.config.speech, **own})


def guide(study: Study, interview: Interview) -> Schedule:
    """The schedule that the interview follows."""
    return schedule.load(study.paths.schedules / f"{interview.schedule}.yaml")


def held(study: Study, interview: Interview) -> Log:
    """The log of an interview with the words of its improvised questions; raises ConsentRefused."""
    grant = study.grant(interview.participant, Store)
    calls = sorted({action.call for action in interview.actions})
    notes = [note for call in calls for note in study.notes(grant, interview.id, call)]
    return session_log.held(guide(study, interview), interview, notes)


def transcript(study: Study, interview: Interview, call: int) -> Transcript | None:
    """The transcript of a call as people left it, or the machine's draft where nobody has changed it.

    None where there is none yet; raises ConsentRefused where it may not be kept any more.
    """
    work = saved(study, interview, call)
    tables = study.checked(study.grant(interview.participant, Store), interview.id, call)
    if work.transcript is None or tables is None:
        return work.transcript
    found = checking.read(work.transcript, tables, _name(interview, call))
    return placed(replace(work, transcript=found), interview, call).transcript


def sitting(study: Study, interview: Interview, call: int, by: str) -> tuple[Transcript, Sitting]:
    """The machine's draft, and a sitting of somebody who goes on from what people have made of it.

    Raises UsageError where there is no draft yet, and ConsentRefused.
    """
    draft = saved(study, interview, call).transcript
    if draft is None:
        raise UsageError(f"{_name(interview, call)}, has no transcript yet.", "Press p at Home.")
    tables = study.checked(study.grant(interview.participant, Store), interview.id, call)
    begun = checking.begun(draft, tables, _name(interview, call), by, datetime.now(UTC))
    return draft, replace(begun, turns=omissions.cut(begun.turns, draft.breaks))


def placed(work: Work, interview: Interview, call: int) -> Work:
    """A transcript with its breaks and questions as they are known now: pure."""
    work = broken(work, interview, call)
    # Marks may have been made since; a kill may have come before `remark`.
    return asked_anew(work, interview, call) if any(m.call == call for m in interview.marks) else work


def saved(study: Study, interview: Interview, call: int) -> Work:
    """What the machine has worked out of a call; raises ConsentRefused where it may not be kept any more."""
    tables = study.raw(study.grant(interview.participant, Store), interview.id, call)
    return placed(drafts.unpack(tables, _name(interview, call)), interview, call)


def remark(study: Study, interview_id: str, call: int) -> bool:
    """Put a transcript's turns under the questions that the marks say now; whether that changed any.

    Nothing is heard anew. A call without a transcript is left as it is: it gets its questions with it.
    """
    interview = study.interview(interview_id)
    keep = study.grant(interview.participant, Store)
    before = drafts.unpack(study.raw(keep, interview.id, call), _name(interview, call))
    after = asked_anew(before, interview, call)
    if after != before:
        study.save_raw(keep, interview.id, call, drafts.pack(after), "questions by the marks")
    return after != before


def broken(work: Work, interview: Interview, call: int) -> Work:
    """What was worked out of a call, with its breaks as they are known now: pure.

    Something may have been struck since, or the transcript be older than what is known of its call.
    """
    known = next((one for one in interview.calls if one.number == call), None)
    if work.transcript is None or known is None:
        return work
    breaks = omissions.breaks(interview, known)
    turns = omissions.cut(work.transcript.turns, breaks)
    return replace(work, transcript=work.transcript.model_copy(update={"breaks": breaks, "turns": turns}))


def asked_anew(work: Work, interview: Interview, call: int) -> Work:
    """What was worked out of a call, with its turns under the questions that its marks say: pure."""
    if work.transcript is None:
        return work
    rate = next((known.sample_rate for known in interview.calls if known.number == call), SAMPLE_RATE)
    marks = align.mark_times(interview.marks, call, rate)
    turns = align.asked(work.transcript.turns, marks, roles.INTERVIEWER)
    return replace(work, transcript=work.transcript.model_copy(update={"turns": turns}))


def waiting(study: Study, interview_id: str) -> list[int]:
    """The calls of an interview that have no transcript yet; raises ConsentRefused."""
    interview = study.interview(interview_id)
    return [c.number for c in interview.calls if saved(study, interview, c.number).transcript is None]


@dataclass(frozen=True)
class Prepared:
    """A call that may be transcribed: what is known of it before it is heard, and the grants for it."""

    study: Study
    interview: Interview
    call: int
    settings: Settings
    asked: Schedule
    work: Work
    """What there was before."""
    draft: Draft | None
    """What can be gone on with."""
    listen: Grant[Transcribe]
    keep: Grant[Store]

    @property
    def name(self) -> str:
        """As the user knows it."""
        return _name(self.interview, self.call)

    @property
    def language(self) -> str:
        """Of the schedule, such as `en`."""
        return self.asked.language.partition("-")[0]

    @property
    def chosen(self) -> dict[str, str]:
        """The settings that a draft depends on."""
        return _chosen(self.settings, self.asked)

    @property
    def about(self) -> pipeline.About:
        """What the pipeline is told of the call."""
        return _about(self.interview, self.asked, self.call, self.settings)


def prepare(
    study: Study, interview_id: str, call: int, settings: Settings, *, again: bool = False
) -> Generator[Event, None, Prepared | Transcript]:
    """What is needed to transcribe a call, or its transcript where it is finished and not done `again`.

    Raises ConsentRefused before anything is heard.
    """
    interview = study.interview(interview_id)
    listen, keep = (
        study.grant(interview.participant, Transcribe),
        study.grant(interview.participant, Store),
    )
    work = saved(study, interview, call)
    if work.finished and work.transcript is not None and not again:
        yield Finished(f"{_name(interview, call)} is transcribed already.")
        return work.transcript
    if checking.worked_on(study.checked(keep, interview.id, call)):
        yield Warned(f"{_name(interview, call)}: what people made of the transcript stays; the draft is new.")
    asked = guide(study, interview)
    draft, told = drafts.unfinished(work, _chosen(settings, asked))
    if told:
        yield Warned(f"{_name(interview, call)}: {told}")
    return Prepared(study, interview, call, settings, asked, work, draft, listen, keep)


def process(
    study: Study, interview_id: str, call: int, settings: Settings, *, again: bool = False
) -> Generator[Event, None, Transcript]:
    """Transcribe one call, or go on with it; returns its transcript.

    A call that is finished is left as it is unless `again`. Raises ConsentRefused before anything is
    heard, WeightsError before the recording is opened, and keeps every step that was done.
    """
    from interviewkit.speech.engines import engines

    found = yield from prepare(study, interview_id, call, settings, again=again)
    if isinstance(found, Transcript):
        return found
    ready = engines(settings, found.language)

    def save(step: Draft) -> None:
        unfinished = Work(step, found.chosen, finished=False, transcript=found.work.transcript)
        study.save_raw(found.keep, found.interview.id, call, drafts.pack(unfinished), "draft saved")

    latest = Latest(found.draft, save)
    with study.recording(found.listen, found.interview.id, call) as sound:
        yield from check(sound, found.name)
        transcript = yield from pipeline.transcribe(sound, ready, found.about, found.draft, latest)
    yield from finish(found, latest.draft, transcript)
    return transcript


def finish(found: Prepared, draft: Draft | None, transcript: Transcript) -> Generator[Event, None, None]:
    """Put a transcript, from wherever it was made, in its place; raises ConsentRefused and StorageError."""
    study, interview, call = found.study, found.interview, found.call
    done = Work(draft, found.chosen, finished=True, transcript=transcript)
    # It takes its time, in which somebody may have made marks.
    done = asked_anew(done, study.interview(interview.id), call)
    study.save_raw(found.keep, interview.id, call, drafts.pack(done))
    yield Saved("transcript")
    yield from _listed(study, interview, call, done)
    yield Finished(summary(found.name, transcript))


def _listed(study: Study, interview: Interview, call: int, done: Work) -> Generator[Event, None, None]:
    """Go through the study's correction list, where nobody has worked on the transcript yet."""
    keep = study.grant(interview.participant, Store)
    entries = study.corrections()
    if missing := study.unopened_corrections(entries):
        yield Warned(f"{missing} of the correction list can't be opened here, and changed nothing.")
    known = study.checked(keep, interview.id, call)
    if done.transcript is None or checking.worked_on(known):
        return
    now = datetime.now(UTC)
    turns = tuple(map(checking.as_checked, done.transcript.turns))
    found = listed.ruling(turns, entries, now)
    if found is not None or known is not None:
        # What the list made of an earlier draft must not stand in front of this one.
        tables = checking.listed(done.transcript, found, checking.sittings(known), now)
        study.save_checked(keep, interview.id, call, tables)
    if found is not None:
        places = count(len(found.puts), "place")
        yield Warned(
            f"{places} put right by the correction list; ctrl+z takes that back where it is checked."
        )


def summary(name: str, transcript: Transcript) -> str:
    """One line about a transcript that does not pass over what is missing."""
    words = sum(len(turn.words) for turn in transcript.turns)
    length = f"{transcript.duration_s / 60:.1f} minutes"
    if not words:
        return f"{name}: no words were found in {length}."
    share = f"{100 * transcript.coverage:.0f} % of the speech has words"
    return f"{name}: {words} words in {len(transcript.turns)} turns, {length}; {share}."


class Latest:
    """Saves drafts and knows the last one, from which the transcript was made."""

    def __init__(self, draft: Draft | None, save: pipeline.Save) -> None:
        self.draft = draft
        self._save = save

    def __call__(self, draft: Draft) -> None:
        """Save one more."""
        self.draft = draft
        self._save(draft)


def _about(interview: Interview, asked: Schedule, call: int, settings: Settings) -> pipeline.About:
    questions = [placed.question for placed in schedule.questions(asked)]
    known = next(one for one in interview.calls if one.number == call)
    return pipeline.About(
        speakers=settings.speaker_count,
        interviewer=interview.interviewer,
        participant=interview.participant,
        questions=[text for question in questions for text in (question.text, *question.probes)],
        marks=align.mark_times(interview.marks, call, SAMPLE_RATE),
        breaks=omissions.breaks(interview, known),
        struck_s=[(start / SAMPLE_RATE, stop / SAMPLE_RATE) for start, stop in interview.stricken(call)],
    )


def _chosen(settings: Settings, asked: Schedule) -> dict[str, str]:
    """The settings that a draft depends on."""
    chosen = {name: str(getattr(settings, name)) for name in (*drafts.FOR_WORDS, *drafts.FOR_SPEAKERS)}
    return chosen | {"language": asked.language if settings.language == "auto" else settings.language}


def check(sound: "RecordingReader", name: str) -> Generator[Event, None, None]:
    """Say what is wrong with a recording; AudioError where the engines can't take it at all."""
    if sound.sample_rate != SAMPLE_RATE:
        raise AudioError(
            f"{name} has {sound.sample_rate} samples a second; this version transcribes {SAMPLE_RATE}.",
            "Bring the recording in with: interviewkit import",
        )
    for problem in sound.problems:
        yield Warned(f"{name}, recording: {problem}.")


def _name(interview: Interview, call: int) -> str:
    return f"{interview.id}, call {call}"
