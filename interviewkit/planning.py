"""How long what waits will take, and what it needs, with each Whisper model: before anything is begun.

    paces (measured here) ─► pace of one model ─ Cost ─► the others, estimated ─► Forecast[] ─► plan, `night`

What is measured and what is estimated is said apart. Pure, but for a look at paces and weights.

The sizes of the models are facts: layers of encoder and decoder and their width, from table 1 of arXiv
2212.04356 (Whisper); the decoder of large-v3-turbo has 4 layers (openai/whisper, model card), that of
distil-large-v3 has 2 (arXiv 2311.00430). The operations follow from them; how many of the tokens are
spoken in 30 s is a rough figure for talk.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from interviewkit import paces, tonight
from interviewkit.errors import WeightsError
from interviewkit.machine import memory_bytes
from interviewkit.paces import Step
from interviewkit.phrases import minutes
from interviewkit.settings import NIGHT, Settings
from interviewkit.speech import weights
from interviewkit.speech.engines import BEAM_SIZE

FRAMES = 1500
"""What the encoder makes of 30 s."""
TOKENS = 120
"""What is said in 30 s of talk, in pieces of words."""
VOCABULARY = 51_865
BATCH = 8
"""Stretches of 30 s that are decoded together."""
BESIDE_BYTES = 300e6
"""The program, the engine's libraries and the features of ten minutes."""
SYSTEM_BYTES = 1.5e9
"""What the system and other programs need of the memory."""


@dataclass(frozen=True)
class Size:
    """Layers of the encoder and of the decoder, and their width; attention has a head for each 64 of it."""

    encoder: int
    decoder: int
    width: int


SIZES = {
    "tiny.en": Size(4, 4, 384),
    "base": Size(6, 6, 512),
    "small": Size(12, 12, 768),
    "medium": Size(24, 24, 1024),
    "large-v3": Size(32, 32, 1280),
    "large-v3-turbo": Size(32, 4, 1280),
    "distil-large-v3": Size(32, 2, 1280),
}
"""From the smallest to the largest, but for the two that were made from large-v3 to be quick."""
BY_ACCURACY = ("tiny.en", "base", "small", "medium", "distil-large-v3", "large-v3-turbo", "large-v3")
ENGLISH_ONLY = ("tiny.en", "distil-large-v3")


def operations(model: str, beam_size: int) -> float:
    """Multiplications and additions for 30 s of talk: what a model costs beside others."""
    size = SIZES[model]
    width = size.width
    encoder = size.encoder * (24 * width**2 * FRAMES + 4 * FRAMES**2 * width)
    token = size.decoder * (28 * width**2 + 4 * FRAMES * width) + 2 * width * VOCABULARY
    return float(encoder + token * TOKENS * beam_size)


def memory(model: str, file_bytes: int) -> float:
    """The most memory that transcription takes, in bytes, with numbers of eight bits.

    While it is loaded the file (16 bits) and the model (8 bits) are there; then the model and one layer's
    attention of a batch.
    """
    heads = SIZES[model].width / 64
    attention = BATCH * heads * FRAMES**2 * 4
    return BESIDE_BYTES + max(1.5 * file_bytes, 0.5 * file_bytes + attention)


@dataclass(frozen=True)
class Forecast:
    """What a model would take for what waits; `measured` is whether its pace was, on this computer."""

    model: str
    here: bool
    download_bytes: int
    words_s: float
    speakers_s: float
    memory_bytes: float
    fits: bool
    done_at: datetime
    measured: bool
    english_only: bool = False

    @property
    def work_s(self) -> float:
        """Seconds of work in all."""
        return self.words_s + self.speakers_s


def forecasts(sound_s: float, settings: Settings, now: datetime) -> list[Forecast]:
    """A forecast for each model, for so many seconds of sound."""
    room = memory_bytes()
    speakers_s = sound_s * paces.expected(settings, Step.SPEAKERS)
    found = []
    for model in (name for name in BY_ACCURACY if name in weights.names()):
        pace, measured = words_pace(model, settings)
        size = weights.entry(model).size
        needed = memory(model, size)
        found.append(
            Forecast(
                model=model,
                here=weights.is_present(model),
                download_bytes=0 if weights.is_present(model) else size,
                words_s=sound_s * pace,
                speakers_s=speakers_s,
                memory_bytes=needed,
                fits=room is None or needed + SYSTEM_BYTES <= room,
                done_at=now + timedelta(seconds=sound_s * pace + speakers_s),
                measured=measured,
                english_only=model in ENGLISH_ONLY,
            )
        )
    return found


def words_pace(model: str, settings: Settings) -> tuple[float, bool]:
    """Seconds for a second of sound, and whether this model was measured; else by its operations."""
    own = paces.known(settings.model_copy(update={"model": model}), Step.WORDS)
    if own is not None:
        return own, True
    beam = BEAM_SIZE[settings.effort]
    known = {other: paces.known(settings.model_copy(update={"model": other}), Step.WORDS) for other in SIZES}
    measured = {other: pace for other, pace in known.items() if pace is not None}
    if not measured:
        base = paces.ASSUMED[Step.WORDS]
        return base * operations(model, beam) / operations(weights.DEFAULT_WHISPER, beam), False
    # The nearest in size says most.
    nearest = min(measured, key=lambda other: abs(_log(other, beam) - _log(model, beam)))
    return measured[nearest] * operations(model, beam) / operations(nearest, beam), False


def _log(model: str, beam_size: int) -> float:
    from math import log

    return log(operations(model, beam_size))


@dataclass(frozen=True)
class Night:
    """The model that was chosen for the night, and why."""

    model: str
    why: str


def for_night(sound_s: float, settings: Settings, languages: Iterable[str], now: datetime) -> Night:
    """The most accurate model that is here, fits, knows the languages, and is done by the morning.

    Where none would be done in time, the quickest that fits. WeightsError where none is here.
    """
    until = tonight.next_at(settings.morning, now)
    english = all(language.partition("-")[0] == "en" for language in languages)
    able = [
        one
        for one in forecasts(sound_s, settings, now)
        if one.here and one.fits and (english or not one.english_only)
    ]
    if not able:
        raise WeightsError(
            "No Whisper model is on this computer that fits its memory.", "Run: interviewkit weights fetch"
        )
    in_time = [one for one in able if one.done_at <= until]
    best = in_time[-1] if in_time else min(able, key=lambda one: one.work_s)
    how = "measured" if best.measured else "estimated"
    took = f"about {minutes(best.work_s)} ({how})"
    if not in_time:
        return Night(best.model, f"{best.model}, the quickest here: {took}, not done by {until:%H:%M}")
    return Night(best.model, f"{best.model}, the most accurate here that is done by {until:%H:%M}: {took}")


def settled(
    settings: Sequence[Settings], sounds_s: Sequence[float], languages: Sequence[str], now: datetime
) -> tuple[list[Settings], str]:
    """The settings of several jobs with a model in the place of `night`; and which and why, or nothing."""
    asked = [place for place, one in enumerate(settings) if one.model == NIGHT]
    if not asked:
        return list(settings), ""
    sound_s = sum(sounds_s[place] for place in asked)
    night = for_night(sound_s, settings[asked[0]], [languages[place] for place in asked], now)
    chosen = [
        one.model_copy(update={"model": night.model}) if one.model == NIGHT else one for one in settings
    ]
    return chosen, night.why


def as_json(found: Sequence[Forecast]) -> list[Mapping[str, object]]:
    """Forecasts for a script."""
    return [
        {
            "model": one.model,
            "here": one.here,
            "download_bytes": one.download_bytes,
            "work_s": round(one.work_s, 1),
            "words_s": round(one.words_s, 1),
            "speakers_s": round(one.speakers_s, 1),
            "memory_bytes": round(one.memory_bytes),
            "fits": one.fits,
            "done_at": one.done_at.isoformat(timespec="seconds"),
            "measured": one.measured,
            "english_only": one.english_only,
        }
        for one in found
    ]
