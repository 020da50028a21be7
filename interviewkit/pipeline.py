"""From a recording to its transcript: the whole batch flow on one page.

speech regions → chunks → words (saved as they come) → speaker spans → turns → flags. Each step
yields events; the shells show them. What is worked out is handed to `save` after each step as a
`Draft`, and a draft handed in is continued, so that a job that dies resumes where it was.
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field

from interviewkit import __version__, align, omissions, quality, roles
from interviewkit.audio import SAMPLE_RATE, Audio, duration_s
from interviewkit.errors import SpeechError
from interviewkit.events import Event, Progress, Saved, Waiting, Warned
from interviewkit.models import (
    Break,
    Draft,
    Flag,
    FlagKind,
    Heard,
    Layout,
    Provenance,
    Region,
    Side,
    Span,
    Transcript,
    Turn,
    Voices,
    Word,
)
from interviewkit.speech import channels
from interviewkit.speech.protocols import Engines, Transcriber

CHUNK_MAX_S = 29.5
CHUNK_PAD_S = 0.2
CHUNK_GAP_S = 1.0
SIDES = ("left channel", "right channel")

Job = Generator[Event, None, Transcript]
Save = Callable[[Draft], None]


@dataclass(frozen=True)
class About:
    """What is known about a call before it is heard."""

    speakers: int | None = 2
    layout: Layout | None = None
    interviewer: Side = Side.GUESS
    participant: str | None = None
    questions: Sequence[str] = ()
    marks: Sequence[tuple[float, str]] = field(default=())
    breaks: Sequence[Break] = ()
    struck_s: Sequence[tuple[float, float]] = ()
    """Stretches of which no word may be kept, however it was heard."""


def transcribe(audio: Audio, engines: Engines, about: About, draft: Draft | None, save: Save) -> Job:
    """Everything for one call; returns its transcript."""
    draft = yield from _words(audio, engines, about, draft, save)
    draft = yield from _spans(audio, engines, about, draft, save)
    transcript = assemble(draft, about, duration_s(audio))
    yield from _doubts(transcript)
    return transcript


def assemble(draft: Draft, about: About, length_s: float) -> Transcript:
    """Turns and flags from what was heard: pure, so that a rule can change without a new hearing."""
    heard, removed = quality.drop_invented(_kept(draft.heard, about.struck_s), draft.chunks)
    spans = draft.spans or ()
    turns = align.turns(_attributed(draft, heard, spans))
    turns, guessed = _named(draft, about, turns)
    turns = omissions.cut(turns, about.breaks)
    turns = align.asked(turns, about.marks, roles.INTERVIEWER)
    words = [word for turn in turns for word in turn.words]
    flags = (
        *removed,
        *guessed,
        *_speaker_count(about, turns),
        *quality.check(turns, heard, draft.chunks, spans, length_s),
    )
    return Transcript(
        turns=turns,
        flags=tuple(sorted(flags, key=lambda flag: flag.start_s)),
        breaks=tuple(about.breaks),
        duration_s=length_s,
        coverage=quality.coverage(words, spans),
        language=next((h.language for h in draft.heard), "und"),
        provenance=Provenance(
            program=f"interviewkit {__version__}",
            transcriber=draft.transcriber,
            diariser=draft.diariser,
            channels=draft.layout,
        ),
    )


def _kept(heard: Sequence[Heard], struck_s: Sequence[tuple[float, float]]) -> tuple[Heard, ...]:
    """What was heard without the words that a struck stretch touches."""
    if not struck_s:
        return tuple(heard)
    return tuple(
        one.model_copy(update={"words": tuple(word for word in one.words if not _touched(word, struck_s))})
        for one in heard
    )


def _touched(word: Word, struck_s: Sequence[tuple[float, float]]) -> bool:
    return any(word.start_s < stop_s and word.end_s > start_s for start_s, stop_s in struck_s)


def _words(
    audio: Audio, engines: Engines, about: About, draft: Draft | None, save: Save
) -> Generator[Event, None, Draft]:
    """Find the speech and transcribe what has not been transcribed before."""
    if draft is not None and draft.regions is not None and len(draft.heard) == len(draft.chunks):
        return draft
    with engines.transcriber() as transcriber:
        if draft is None or draft.regions is None:
            draft = yield from _detected(audio, transcriber, about)
            save(draft)
        layout = draft.layout
        done = {heard.chunk for heard in draft.heard}
        todo = [(n, chunk) for n, chunk in enumerate(draft.chunks) if n not in done]
        total_s = sum(chunk.frames for chunk in draft.chunks) / SAMPLE_RATE
        yield _transcribed(draft, total_s)
        for heard in transcriber.transcribe(audio, layout, todo):
            if isinstance(heard, Waiting):
                yield heard
                continue
            draft = draft.model_copy(update={"heard": (*draft.heard, heard)})
            save(draft)
            yield _transcribed(draft, total_s)
    if len(draft.heard) < len(draft.chunks):
        raise SpeechError("The transcriber left out part of the recording.", "Run the command again.")
    yield Saved("words")
    return draft


def _detected(audio: Audio, transcriber: Transcriber, about: About) -> Generator[Event, None, Draft]:
    """What the channels carry, where somebody talks, and the plan for transcription."""
    layout = about.layout or channels.layout(audio)
    regions = yield from _regions(audio, transcriber, layout)
    if about.layout is None and layout is Layout.SEPARATE and channels.one_sided(regions):
        layout = Layout.MIXED
        regions = yield from _regions(audio, transcriber, layout)
    plan = channels.chunks(regions, audio.frames, pad_s=CHUNK_PAD_S, gap_s=CHUNK_GAP_S, max_s=CHUNK_MAX_S)
    return Draft(
        layout=layout,
        regions=tuple(regions),
        chunks=tuple(plan),
        transcriber=transcriber.provenance(),
        diariser={},
    )


def _regions(audio: Audio, transcriber: Transcriber, layout: Layout) -> Generator[Event, None, list[Region]]:
    """Where somebody talks."""
    regions = []
    for found in transcriber.detect(audio, layout):
        if isinstance(found, Region):
            regions.append(found)
        else:
            yield found
    return regions


def _transcribed(draft: Draft, total_s: float) -> Progress:
    done = sum(draft.chunks[heard.chunk].frames for heard in draft.heard)
    return Progress("Transcribing", done / SAMPLE_RATE, total_s)


def _spans(
    audio: Audio, engines: Engines, about: About, draft: Draft, save: Save
) -> Generator[Event, None, Draft]:
    """Find out who talks when, unless the channels say it or nobody was heard."""
    if draft.spans is not None:
        return draft
    voices: Voices | None = None
    if draft.layout is Layout.SEPARATE or not draft.regions:
        spans = channels.spans(list(draft.regions or ()), SIDES)
        by = {"engine": "one speaker per channel"} if draft.regions else {}
    else:
        spans = []
        with engines.diariser() as diariser:
            by = diariser.provenance()
            for found in diariser.diarise(audio, draft.regions, about.speakers):
                if isinstance(found, Progress | Waiting):
                    yield found
                elif isinstance(found, Span):
                    spans.append(found)
                else:
                    voices = found
    draft = draft.model_copy(update={"spans": tuple(spans), "voices": voices, "diariser": by})
    save(draft)
    yield Saved("speakers")
    return draft


def _attributed(draft: Draft, heard: Sequence[Heard], spans: Sequence[Span]) -> list[align.Attributed]:
    """Each word with its speaker."""
    if draft.layout is not Layout.SEPARATE:
        words = sorted((word for h in heard for word in h.words), key=lambda word: word.start_s)
        return align.attribute(words, spans, draft.voices)
    return [
        align.Attributed(word, side, align.talked_over(word, side, spans))
        for h in heard
        for side in [SIDES[draft.chunks[h.chunk].channel]]
        for word in h.words
    ]


def _named(draft: Draft, about: About, turns: tuple[Turn, ...]) -> tuple[tuple[Turn, ...], tuple[Flag, ...]]:
    """Speakers under the names that a person reads."""
    guessed: tuple[Flag, ...] = ()
    if about.participant is None:
        names = roles.numbered(turn.speaker for turn in turns)
    else:
        sides = (
            dict(zip((Side.LEFT, Side.RIGHT), SIDES, strict=True)) if draft.layout is Layout.SEPARATE else {}
        )
        names, guessed = roles.names(turns, about.interviewer, about.participant, about.questions, sides)
    return roles.renamed_turns(turns, names), guessed


def _speaker_count(about: About, turns: Sequence[Turn]) -> tuple[Flag, ...]:
    """A flag where fewer or more people were heard than were said to talk."""
    heard = len({turn.speaker for turn in turns})
    if about.speakers is None or not turns or heard == about.speakers:
        return ()
    return (
        Flag(
            kind=FlagKind.SPEAKERS,
            start_s=0.0,
            end_s=max(turn.end_s for turn in turns),
            detail=f"{heard} heard, {about.speakers} expected",
        ),
    )


def _doubts(transcript: Transcript) -> Generator[Event, None, None]:
    """Say what a person must not overlook: a job never ends as done with a short transcript in silence."""
    for flag in transcript.flags:
        if flag.kind in (FlagKind.NO_SPEECH, FlagKind.LOW_COVERAGE, FlagKind.REMOVED, FlagKind.SPEAKERS):
            yield Warned(f"{flag.kind.value}: {flag.detail}")
