"""A transcript that was typed elsewhere → what people made of a call, aligned to its sound.

    file ── typed_files, typed ─► who says what ── cast ─► the study's names
         ── typed_times: the machine's draft, else stamps and speech ─► turns ─► checked-1.json

The machine's draft stays beside it. Where there is none, an empty one takes its place, which says so: the
call waits for nothing, and can be transcribed all the same.
"""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from interviewkit import __version__, checking, drafts, omissions, processing, typed, typed_files, typed_times
from interviewkit.audio import SAMPLE_RATE
from interviewkit.checking import Record
from interviewkit.consent import Store, Transcribe
from interviewkit.drafts import Work
from interviewkit.errors import UsageError, WeightsError
from interviewkit.events import Event
from interviewkit.models import (
    Check,
    CheckedTurn,
    Interview,
    Layout,
    Provenance,
    Region,
    TimesFrom,
    Transcript,
)
from interviewkit.speech import channels
from interviewkit.study import Study
from interviewkit.typed import Typed
from interviewkit.typed_times import Stretch, Timed

LEAST_ALIKE = 0.25
"""Fewer of its words than this are heard in another call, too."""
NO_ENGINE = "none: typed elsewhere"


@dataclass(frozen=True)
class File:
    """What is to be brought in, and by whom."""

    said: Typed
    names: Mapping[str, str]
    """The study's names for the file's speakers."""
    by: str
    instead: bool = False
    """Whether it takes the place of what people have made of the transcript so far."""
    checked: bool = False
    """Whether whoever brings it in stands by every turn of it: it was checked by ear."""
    anyway: bool = False
    """Whether it is this call, however little the machine heard of it."""


@dataclass(frozen=True)
class Brought:
    """What came of it."""

    turns: int
    words: int
    times: TimesFrom
    timed: Timed


def opened(study: Study, interview_id: str, call: int, data: bytes, interviewers: Sequence[str]) -> Typed:
    """What a file has for a call; without a consent to keeping it, the file isn't looked at.

    Raises ConsentRefused, and UsageError with the line that can't be read.
    """
    participant = study.interview(interview_id).participant
    study.grant(participant, Store)
    study.call(interview_id, call)
    return typed.read(typed_files.lines(data), (*interviewers, participant))


def bring_in(study: Study, interview_id: str, call: int, file: File) -> Generator[Event, None, Brought]:
    """Make a file's words the transcript of a call; raises UsageError, ConsentRefused, and keeps nothing."""
    interview = study.interview(interview_id)
    keep = study.grant(interview.participant, Store)
    length_s = study.call(interview_id, call).duration_s
    work = processing.saved(study, interview, call)
    tables = study.checked(keep, interview.id, call)
    _check_free(interview, call, checking.worked_on(tables), file)
    times, timed = yield from _timed(study, interview, call, work, file, length_s)
    base = work.transcript or _nothing(study, interview, call, length_s)
    now = datetime.now(UTC)
    turns = _turns(file, timed, base, (Check(by=file.by, at=now),) if file.checked else ())
    before = checking.begun(base, tables, f"{interview.id}, call {call}", file.by, now)
    record = checking.taken(Record(before.turns, before.before), turns, file.by, times, now)
    beside = None if work.transcript is not None else drafts.pack(replace(work, transcript=base))
    packed = checking.pack(record, base)
    study.save_checked(keep, interview.id, call, packed, "transcript brought in", beside)
    return Brought(len(turns), sum(len(turn.words) for turn in turns), times, timed)


def _check_free(interview: Interview, call: int, there: bool, file: File) -> None:
    if there and not file.instead:
        raise UsageError(
            f"{interview.id}, call {call}: people have worked on this transcript already.",
            "To put the file in the place of what they did: --replace. The machine's draft stays.",
        )


def _timed(
    study: Study, interview: Interview, call: int, work: Work, file: File, length_s: float
) -> Generator[Event, None, tuple[TimesFrom, Timed]]:
    """When the words are said, by the best there is."""
    struck_s = _struck(study, interview, call)
    draft = [word for turn in (work.transcript.turns if work.transcript else ()) for word in turn.words]
    if draft:
        draft.sort(key=lambda word: (word.start_s, word.end_s))
        timed = typed_times.heard(file.said, draft, length_s, struck_s)
        _check_alike(timed, file)
        return TimesFrom.MACHINE, timed
    if struck_s:
        raise UsageError(
            f"A stretch of {interview.id}, call {call}, was destroyed, and its words may be in the file.",
            f"To leave them out, the machine has to hear the rest first: interviewkit process {interview.id}",
        )
    speech: tuple[Stretch, ...] = ()
    if not file.said.cues:
        speech = yield from _speech(study, interview, call, work)
    by_length = TimesFrom.SPEECH if speech else TimesFrom.LENGTH
    timed = typed_times.spread(file.said, speech, length_s)
    stamps = sum(len(said.stamps) for said in file.said.said)
    if 2 * timed.ignored > stamps and not file.anyway:
        raise UsageError(
            f"Most of the file's time stamps fit nowhere in {interview.id}, call {call}.",
            "Is it the transcript of another one? If it is the right one: --yes.",
        )
    return (TimesFrom.STAMPS if stamps > timed.ignored else by_length), timed


def _struck(study: Study, interview: Interview, call: int) -> list[Stretch]:
    rate = study.call(interview.id, call).sample_rate
    return [(start / rate, stop / rate) for start, stop in interview.stricken(call)]


def _check_alike(timed: Timed, file: File) -> None:
    if timed.alike is not None and timed.alike < LEAST_ALIKE and not file.anyway:
        raise UsageError(
            f"Only {100 * timed.alike:.0f} % of the file's words are what the machine heard in this call.",
            "Is it the transcript of another one? If it is the right one: --yes.",
        )
    if timed.covered < LEAST_ALIKE and not file.anyway:
        raise UsageError(
            f"The file has only {100 * timed.covered:.0f} % of what the machine heard in this call.",
            "Is it all of the transcript? If it is: --yes.",
        )


def _speech(
    study: Study, interview: Interview, call: int, work: Work
) -> Generator[Event, None, tuple[Stretch, ...]]:
    """Where somebody talks, as far as that is known or can be found out here without hearing words."""
    if work.draft is not None and work.draft.regions is not None:
        return _stretches(work.draft.regions)
    if study.refusal(interview.participant, Transcribe) is not None:
        return ()
    from interviewkit.speech.engines import engines

    asked = processing.guide(study, interview)
    settings = processing.settings_for(study, interview, call, {})
    try:
        ready = engines(settings, asked.language.partition("-")[0])
    except WeightsError:
        return ()
    found = []
    listen = study.grant(interview.participant, Transcribe)
    with study.recording(listen, interview.id, call) as sound:
        if sound.sample_rate != SAMPLE_RATE:
            return ()
        with ready.transcriber() as transcriber:
            for one in transcriber.detect(sound, channels.layout(sound)):
                if isinstance(one, Region):
                    found.append(one)
                else:
                    yield one
    return _stretches(found)


def _stretches(regions: Sequence[Region]) -> tuple[Stretch, ...]:
    """Regions of all channels as seconds, those that meet as one."""
    joined: list[Stretch] = []
    for region in sorted(regions, key=lambda region: region.start_frame):
        start_s, stop_s = region.start_frame / SAMPLE_RATE, region.stop_frame / SAMPLE_RATE
        if joined and start_s <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], stop_s)
        else:
            joined.append((start_s, stop_s))
    return tuple(joined)


def _nothing(study: Study, interview: Interview, call: int, length_s: float) -> Transcript:
    """What stands in the place of a draft that nobody made: no words, and that there was no machine."""
    return Transcript(
        turns=(),
        flags=(),
        duration_s=length_s,
        coverage=0.0,
        language=processing.guide(study, interview).language,
        provenance=Provenance(
            program=f"interviewkit {__version__}",
            transcriber={"engine": NO_ENGINE},
            diariser={},
            channels=Layout.MONO,
        ),
        breaks=omissions.breaks(interview, study.call(interview.id, call)),
    )


def _turns(file: File, timed: Timed, base: Transcript, checks: tuple[Check, ...]) -> tuple[CheckedTurn, ...]:
    found = [
        CheckedTurn(
            speaker=file.names[said.speaker],
            start_s=words[0].start_s,
            end_s=max(word.end_s for word in words),
            words=words,
            checks=checks,
        )
        for said, words in zip(file.said.said, timed.words, strict=True)
        if words
    ]
    return omissions.cut(sorted(found, key=lambda turn: turn.start_s), base.breaks)
