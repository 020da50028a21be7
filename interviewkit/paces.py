"""How fast this computer works: seconds of work for a second of sound, as it was measured here.

jobs ── learn ─► paces.json (this computer's state folder) ── known ─► time left, plans

Words and speakers are apart, as only the words depend on the Whisper model. What a calibration found stands
until a real call has been measured. A home folder may be shared by computers: each has its own figures.
"""

import json
import os
import platform
from collections.abc import Mapping
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

from filelock import FileLock, Timeout

from interviewkit import __version__
from interviewkit.errors import StorageError, UsageError
from interviewkit.paths import private_dir, state_dir, write_durably
from interviewkit.settings import Settings, resolve

SCHEMA = 1
PATIENCE_S = 5.0
REMEMBERED_S = 7200.0
"""Of what was measured before, so much sound weighs at most: a new disk or memory soon shows."""
LEAST_S = 120.0
"""Sound shorter than this says more about starting up than about the pace."""


class Step(StrEnum):
    """What costs time."""

    WORDS = "words"
    SPEAKERS = "speakers"


ASSUMED = {Step.WORDS: 0.1, Step.SPEAKERS: 0.15}
"""Where nothing was measured yet: Whisper `base` and `campplus` on two cores, see docs/benchmarks.md."""


def known(settings: Settings, step: Step) -> float | None:
    """Seconds of work for a second of sound under these settings; None where it was never measured here."""
    with suppress(KeyError, TypeError, ValueError):
        return float(_read()[_key(settings, step)]["pace"])
    return None


def expected(settings: Settings, step: Step) -> float:
    """What is known, or what is assumed."""
    found = known(settings, step)
    return ASSUMED[step] if found is None else found


def work_per_second(study: Mapping[str, object] | None = None) -> float:
    """Seconds of work in all for a second of sound, under a study's settings; never an error."""
    chosen = Settings()
    with suppress(UsageError):  # Said by whatever uses the settings.
        chosen = resolve({}, study)
    return sum(expected(chosen, step) for step in Step)


def learn(settings: Settings, step: Step, work_s: float, sound_s: float) -> None:
    """Remember how long a real piece of work took; a convenience, so no failure of it is told."""
    if sound_s >= LEAST_S and work_s > 0:
        _remember(_key(settings, step), work_s, sound_s)


def calibrated(settings: Settings, step: Step, pace: float) -> None:
    """Remember what a calibration found; the first real call replaces it."""
    _remember(_key(settings, step), pace, None)


def _remember(key: str, work_s: float, sound_s: float | None) -> None:
    path = _path()
    with suppress(StorageError, Timeout, OSError):
        private_dir(path.parent)
        with FileLock(path.with_name(f".{path.name}.lock"), timeout=PATIENCE_S, mode=0o600):
            paces = dict(_read())
            paces[key] = _mixed(paces.get(key), work_s, sound_s)
            write_durably(path, json.dumps({"schema": SCHEMA, "paces": paces}, indent=1).encode())


def _mixed(before: Mapping[str, float] | None, work_s: float, sound_s: float | None) -> dict[str, float]:
    """The old figure and the new one, each with the weight of its sound."""
    if sound_s is None:
        return {"pace": work_s, "sound_s": 0.0}
    weight_s = 0.0 if before is None else min(before["sound_s"], REMEMBERED_S)
    earlier = 0.0 if before is None else before["pace"] * weight_s
    return {"pace": (earlier + work_s) / (weight_s + sound_s), "sound_s": weight_s + sound_s}


def _key(settings: Settings, step: Step) -> str:
    """What a pace depends on: computer, version, and the settings of that step."""
    names = ("model", "device", "compute_type", "effort") if step is Step.WORDS else ("diarisation", "effort")
    chosen = [str(getattr(settings, name)) for name in (*names, "threads")]
    return "|".join([platform.node(), str(os.cpu_count()), __version__, step.value, *chosen])


def _read() -> Mapping[str, dict[str, float]]:
    with suppress(OSError, ValueError, AttributeError):
        found = json.loads(_path().read_text("utf-8"))
        if found.get("schema") == SCHEMA and isinstance(found.get("paces"), dict):
            return dict(found["paces"])
    return {}


def _path() -> Path:
    return state_dir() / "paces.json"
