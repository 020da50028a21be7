"""The engines that the settings ask for, each in a process of its own, on checked weights."""

from functools import partial

from interviewkit.errors import UsageError
from interviewkit.settings import AUTO, Settings
from interviewkit.speech import weights
from interviewkit.speech.protocols import Engines
from interviewkit.speech.remote import remote

BEAM_SIZE = {"fast": 1, "balanced": 5, "accurate": 5}
"""How many continuations of a sentence Whisper weighs at a time, by effort."""
FINER = {"fast": 1, "balanced": 1, "accurate": 2}
"""How many times as often windows begin in which speakers are told apart, by effort."""


def engines(settings: Settings, language: str | None = None) -> Engines:
    """Ready to start; `language` is the schedule's, used where the settings leave it open.

    Raises UsageError for a model that is unknown and WeightsError for one that is not here, at once.
    """
    models = [name for name in weights.names() if weights.entry(name).kind == "whisper"]
    if settings.model not in models:
        raise UsageError(f"There is no Whisper model {settings.model}.", f"Choose from: {', '.join(models)}.")
    chosen = language if settings.language == AUTO else settings.language
    whisper = {
        "weights": str(weights.locate(settings.model)),
        "language": "en" if settings.model.endswith(".en") else chosen,
        "device": settings.device,
        "compute_type": settings.compute_type,
        "threads": settings.threads,
        "beam_size": BEAM_SIZE[settings.effort],
    }
    pyannote = {
        "name": settings.diarisation,
        "folders": [str(weights.locate(name)) for name in weights.SETS[settings.diarisation]],
        "threads": settings.threads,
        "device": settings.device,
        "finer": FINER[settings.effort],
    }
    return Engines(
        transcriber=partial(remote, "whisper", whisper), diariser=partial(remote, "pyannote", pyannote)
    )
