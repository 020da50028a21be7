from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from interviewkit import pipeline
from interviewkit.audio import SAMPLE_RATE, Audio, MemoryAudio
from interviewkit.errors import SpeechError
from interviewkit.events import Event, Progress, Saved, Waiting, Warned
from interviewkit.models import (
    Break,
    BreakKind,
    Chunk,
    Draft,
    FlagKind,
    Heard,
    Layout,
    Region,
    Side,
    Span,
    Transcript,
    Voices,
)
from interviewkit.pipeline import About
from interviewkit.speech.protocols import Diariser, Engines
from tests.fakes import LENGTH_S, LONG_S, LONG_TALK, TALK, Speech

SOUND = MemoryAudio(np.zeros((1, LENGTH_S * SAMPLE_RATE), np.int16))
LONG = MemoryAudio(np.zeros((1, LONG_S * SAMPLE_RATE), np.int16))
STUDY = About(participant="P07", questions=("How did it begin for you?",))


@dataclass
class Desk:
    """Runs a call with scripted engines and keeps what happened in its order."""

    speech: Speech = field(default_factory=Speech)
    diariser: Diariser | None = None
    happened: list[str] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def run(self, audio: Audio = SOUND, about: About = STUDY, draft: Draft | None = None) -> Transcript:
        engines = Engines(transcriber=self._transcriber, diariser=self._diariser)
        job = pipeline.transcribe(audio, engines, about, draft, self._save)
        while True:
            try:
                self.events.append(next(job))
            except StopIteration as stop:
                found = stop.value
                assert isinstance(found, Transcript)
                return found

    def warnings(self) -> list[str]:
        return [event.message for event in self.events if isinstance(event, Warned)]

    @contextmanager
    def _transcriber(self) -> Iterator[Speech]:
        self.happened.append("transcriber starts")
        try:
            yield self.speech
        finally:
            self.happened.append("transcriber ends")

    @contextmanager
    def _diariser(self) -> Iterator[Diariser]:
        self.happened.append("diariser starts")
        try:
            yield self.diariser or self.speech
        finally:
            self.happened.append("diariser ends")

    def _save(self, draft: Draft) -> None:
        self.happened.append(f"saved {len(draft.heard)} of {len(draft.chunks)}, {draft.spans is not None}")
        self.drafts.append(draft)


def test_a_call_becomes_turns_with_names() -> None:
    desk = Desk()
    found = desk.run()
    assert [(turn.speaker, turn.text) for turn in found.turns] == [
        ({"A": "Interviewer", "B": "P07"}[speaker], text) for speaker, _, _, text in TALK
    ]
    assert (found.duration_s, found.language) == (LENGTH_S, "en")
    assert found.coverage == pytest.approx(1.0)
    assert found.provenance.transcriber == found.provenance.diariser == {"engine": "script"}
    assert found.provenance.channels is Layout.MONO
    assert desk.speech.diarised == [2]
    # One chunk, from which the pauses are left out.
    assert [len(chunk.pieces) for chunk in desk.drafts[-1].chunks] == [4]


def test_words_are_saved_before_speakers_are_looked_for_and_no_two_engines_run_at_once() -> None:
    desk = Desk(Speech(LONG_TALK))
    desk.run(LONG)
    assert desk.happened == [
        "transcriber starts",
        "saved 0 of 3, False",
        "saved 1 of 3, False",
        "saved 2 of 3, False",
        "saved 3 of 3, False",
        "transcriber ends",
        "diariser starts",
        "diariser ends",
        "saved 3 of 3, True",
    ]
    assert [event.what for event in desk.events if isinstance(event, Saved)] == ["words", "speakers"]


def test_a_job_that_was_stopped_goes_on_where_it_was() -> None:
    stopped = Desk(Speech(LONG_TALK, stops_after=2))
    with pytest.raises(KeyboardInterrupt):
        stopped.run(LONG)
    assert stopped.happened[-2:] == ["saved 2 of 3, False", "transcriber ends"]
    desk = Desk(Speech(LONG_TALK))
    resumed = desk.run(LONG, draft=stopped.drafts[-1])
    assert desk.speech.asked == [2]
    assert resumed == Desk(Speech(LONG_TALK)).run(LONG)
    progress = [
        event for event in desk.events if isinstance(event, Progress) and event.step == "Transcribing"
    ]
    assert [round(event.done / event.total, 2) for event in progress] == [0.67, 1.0]


def test_words_that_are_all_there_are_not_transcribed_again() -> None:
    first = Desk()
    whole = first.run()
    desk = Desk()
    assert desk.run(draft=first.drafts[-2]) == whole
    assert desk.happened == ["diariser starts", "diariser ends", "saved 1 of 1, True"]


def test_a_finished_draft_needs_no_engine() -> None:
    first = Desk()
    whole = first.run()
    desk = Desk()
    assert desk.run(draft=first.drafts[-1]) == whole
    assert desk.happened == []


def test_silence_is_no_transcript_and_is_not_passed_over_in_silence() -> None:
    desk = Desk(Speech(()))
    found = desk.run()
    assert found.turns == ()
    assert [flag.kind for flag in found.flags] == [FlagKind.NO_SPEECH]
    assert len(desk.warnings()) == 1
    assert desk.warnings()[0].startswith("no speech found: ")
    assert desk.speech.asked == desk.speech.diarised == []
    assert "diariser starts" not in desk.happened
    assert found.provenance.diariser == {}
    again = Desk(Speech(()))
    assert again.run(draft=desk.drafts[-1]) == found
    assert again.happened == []


def test_one_speaker_where_two_are_expected_is_said() -> None:
    alone = [("A", start_s, end_s, text) for _, start_s, end_s, text in TALK]
    desk = Desk(Speech(alone))
    found = desk.run()
    assert {turn.speaker for turn in found.turns} == {"P07"}
    (flag,) = [flag for flag in found.flags if flag.kind is FlagKind.SPEAKERS]
    assert (flag.start_s, flag.end_s, flag.detail) == (0.0, 17.5, "1 heard, 2 expected")
    assert desk.warnings() == ["number of speakers: 1 heard, 2 expected"]


@pytest.mark.parametrize(("speakers", "count"), [(None, 0), (1, 1), (2, 0), (3, 1)])
def test_the_number_of_speakers_is_compared_where_it_is_known(speakers: int | None, count: int) -> None:
    desk = Desk()
    found = desk.run(about=replace(STUDY, speakers=speakers))
    assert desk.speech.diarised == [speakers]
    assert sum(flag.kind is FlagKind.SPEAKERS for flag in found.flags) == count == len(desk.warnings())


def test_without_a_study_speakers_are_numbered() -> None:
    found = Desk().run(about=About())
    assert [turn.speaker for turn in found.turns] == ["Speaker 1", "Speaker 2", "Speaker 1", "Speaker 2"]
    assert not found.flags


def test_turns_know_the_question_that_prompted_them() -> None:
    found = Desk().run(about=replace(STUDY, marks=((0.4, "q1"), (11.0, "q2"))))
    assert [turn.question for turn in found.turns] == ["q1", "q1", "q2", "q2"]


def test_what_was_struck_is_not_heard_and_turns_end_at_breaks() -> None:
    pause = Break(at_s=16.4, lasted_s=125.0, kind=BreakKind.OFF_RECORD)
    about = replace(STUDY, breaks=(pause,), struck_s=((5.0, 6.2),), marks=((0.4, "q1"), (15.8, "q2")))
    found = Desk().run(about=about)
    assert [(turn.text, turn.question) for turn in found.turns] == [
        ("So how did it begin?", "q1"),
        ("letter from my doctor.", "q1"),
        ("And then?", "q1"),
        ("Then I", "q2"),
        ("rang them up.", "q2"),
    ]
    assert found.breaks == (pause,)


@dataclass
class Short(Speech):
    """An engine that leaves out the end."""

    def transcribe(
        self, audio: Audio, layout: Layout, chunks: Sequence[tuple[int, Chunk]]
    ) -> Iterator[Waiting | Heard]:
        yield from super().transcribe(audio, layout, chunks[:-1])


def test_a_transcriber_that_leaves_something_out_is_an_error() -> None:
    desk = Desk(Short(LONG_TALK))
    with pytest.raises(SpeechError, match="left out part"):
        desk.run(LONG)
    assert "diariser starts" not in desk.happened
    assert len(desk.drafts[-1].heard) == 2


class Voiced:
    """A diariser whose spans are wrong and whose voices are right."""

    def provenance(self) -> dict[str, str]:
        return {"engine": "voices"}

    def diarise(
        self, audio: Audio, regions: Sequence[Region], speakers: int | None
    ) -> Iterator[Progress | Span | Voices]:
        yield Span(speaker="A", start_s=0.0, end_s=9.0)
        yield Span(speaker="B", start_s=9.0, end_s=18.0)
        talks = [[speaker for speaker, start, end, _ in TALK if start <= n / 4 < end] for n in range(72)]
        likeness = tuple((0.8 * ("A" in row), 0.8 * ("B" in row)) for row in talks)
        yield Voices(first_s=0.0, step_s=0.25, speakers=("A", "B"), likeness=likeness)


def test_voices_correct_the_diariser_and_are_kept() -> None:
    desk = Desk(diariser=Voiced())
    found = desk.run(about=About())
    assert [turn.speaker for turn in found.turns] == ["Speaker 1", "Speaker 2", "Speaker 1", "Speaker 2"]
    assert desk.drafts[-1].voices is not None
    assert len(desk.drafts[-1].voices.likeness) == 72
    assert Desk().run(about=About(), draft=desk.drafts[-1]) == found


# ── two channels ────────────────────────────────────────────────────────────────────────────────


@dataclass
class TwoSided(Speech):
    """A speaks on the left, B on the right; B comes in while A says the last word."""

    script: Sequence[tuple[str, float, float, str]] = (
        ("A", 0.5, 2.5, "So how did it begin?"),
        ("B", 5.5, 8.0, "With a letter from my doctor."),
        ("A", 11.0, 14.0, "And then what did you do next?"),
        ("B", 13.6, 16.0, "Then I rang them up again."),
    )
    layouts: list[Layout] = field(default_factory=list)

    def detect(self, audio: Audio, layout: Layout) -> Iterator[Progress | Region]:
        self.layouts.append(layout)
        for side, speaker in enumerate("AB"):
            for label, start_s, end_s, _ in self.script:
                if label == speaker:
                    yield Region(
                        channel=side,
                        start_frame=int(start_s * SAMPLE_RATE),
                        stop_frame=int(end_s * SAMPLE_RATE),
                    )

    def transcribe(
        self, audio: Audio, layout: Layout, chunks: Sequence[tuple[int, Chunk]]
    ) -> Iterator[Waiting | Heard]:
        for number, chunk in chunks:
            own = [line for line in self.script if line[0] == "AB"[chunk.channel]]
            yield from Speech(own).transcribe(audio, layout, [(number, chunk)])


def sides() -> MemoryAudio:
    """Noise on the side that speaks."""
    noise = np.random.default_rng(1).normal(0, 3000, (2, LENGTH_S * SAMPLE_RATE))
    silent = np.ones_like(noise)
    for speaker, start_s, end_s, _ in TwoSided().script:
        silent["AB".index(speaker), int(start_s * SAMPLE_RATE) : int(end_s * SAMPLE_RATE)] = 0
    return MemoryAudio(np.where(silent, 0, noise).astype(np.int16))


@pytest.mark.parametrize(
    ("side", "names"), [(Side.LEFT, ["Interviewer", "P07"]), (Side.RIGHT, ["P07", "Interviewer"])]
)
def test_separate_channels_tell_the_speakers_apart_without_a_diariser(side: Side, names: list[str]) -> None:
    desk = Desk(TwoSided())
    found = desk.run(sides(), replace(STUDY, interviewer=side))
    assert "diariser starts" not in desk.happened
    assert [turn.speaker for turn in found.turns] == names * 2
    assert [turn.text for turn in found.turns] == [text for *_, text in TwoSided().script]
    assert [turn.overlap for turn in found.turns] == [False, False, True, True]
    assert found.provenance.channels is Layout.SEPARATE
    assert found.provenance.diariser == {"engine": "one speaker per channel"}
    assert desk.warnings() == []


def test_the_user_may_say_what_the_channels_carry() -> None:
    speech = TwoSided()
    desk = Desk(speech)
    found = desk.run(sides(), replace(STUDY, layout=Layout.MIXED))
    assert speech.layouts == [Layout.MIXED]
    assert "diariser starts" in desk.happened
    assert found.provenance.channels is Layout.MIXED


@dataclass
class OneSided(Speech):
    """Everybody is on the left, and what rustles on the right is nobody."""

    layouts: list[Layout] = field(default_factory=list)

    def detect(self, audio: Audio, layout: Layout) -> Iterator[Progress | Region]:
        self.layouts.append(layout)
        yield from super().detect(audio, layout)


def test_where_one_channel_holds_all_speech_the_channels_do_not_tell_who_talks() -> None:
    speech = OneSided()
    desk = Desk(speech)
    found = desk.run(sides())
    assert speech.layouts == [Layout.SEPARATE, Layout.MIXED]
    assert "diariser starts" in desk.happened
    assert found.provenance.channels is Layout.MIXED


def test_who_says_that_channels_are_separate_is_believed() -> None:
    speech = OneSided()
    desk = Desk(speech)
    desk.run(sides(), replace(STUDY, layout=Layout.SEPARATE))
    assert speech.layouts == [Layout.SEPARATE]
    assert "diariser starts" not in desk.happened


# ── doubts ──────────────────────────────────────────────────────────────────────────────────────


def test_words_that_nobody_can_have_said_are_removed_and_that_is_said() -> None:
    first = Desk()
    first.run()
    draft = first.drafts[-1]
    (heard,) = draft.heard
    invented = heard.model_copy(update={"no_speech_prob": 0.95, "avg_logprob": -2.0})
    desk = Desk()
    found = desk.run(draft=draft.model_copy(update={"heard": (invented,)}))
    assert found.turns == ()
    assert any(message.startswith("words removed: ") for message in desk.warnings())


def test_flags_are_in_time_order() -> None:
    first = Desk(Speech(LONG_TALK))
    first.run(LONG)
    draft = first.drafts[-1]
    start, middle, end = draft.heard
    mumbled = tuple(word.model_copy(update={"probability": 0.1}) for word in start.words)
    heard = (
        start.model_copy(update={"words": mumbled}),
        middle,
        end.model_copy(update={"no_speech_prob": 0.95, "avg_logprob": -2.0}),
    )
    found = Desk().run(LONG, draft=draft.model_copy(update={"heard": heard}))
    assert {FlagKind.LOW_CONFIDENCE, FlagKind.REMOVED} <= {flag.kind for flag in found.flags}
    assert list(found.flags) == sorted(found.flags, key=lambda flag: flag.start_s)


class Interrupted(Speech):
    """Speech whose engines have to wait for a call that is being recorded, in the middle of each step."""

    def transcribe(
        self, audio: Audio, layout: Layout, chunks: Sequence[tuple[int, Chunk]]
    ) -> Iterator[Waiting | Heard]:
        yield Waiting()
        yield Waiting(over=True)
        yield from super().transcribe(audio, layout, chunks)

    def diarise(
        self, audio: Audio, regions: Sequence[Region], speakers: int | None
    ) -> Iterator[Progress | Waiting | Span]:
        yield Waiting()
        yield from super().diarise(audio, regions, speakers)
        yield Waiting(over=True)


def test_a_wait_is_told_and_changes_nothing() -> None:
    desk, undisturbed = Desk(Interrupted()), Desk()
    assert desk.run() == undisturbed.run()
    assert [event for event in desk.events if isinstance(event, Waiting)] == 2 * [
        Waiting(),
        Waiting(over=True),
    ]
