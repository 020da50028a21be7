"""Settings of the speech engines and of when they work, from five places.

A flag beats the environment (`INTERVIEWKIT_MODEL`, …) beats the study (`speech:` in `study.yaml`)
beats the user's settings file beats the default. The descriptions here are the documentation.
"""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, ValidationError

from interviewkit.errors import UsageError
from interviewkit.models import Frozen
from interviewkit.paths import user_settings_file

ENVIRONMENT_PREFIX = "INTERVIEWKIT_"
AUTO = "auto"
NIGHT = "night"
"""In the place of a model: the most accurate one that is done by the morning."""


class Settings(Frozen):
    """What may be chosen about transcription and diarisation."""

    model: str = Field(
        "base", description="Whisper model: the larger, the better and the slower; night chooses it"
    )
    language: Annotated[str, StringConstraints(pattern=r"^(auto|[a-z]{2,3})$")] = Field(
        AUTO, description="language code such as en; auto takes the schedule's or detects it"
    )
    diarisation: Literal["campplus", "pyannote-3.1", "community-1"] = Field(
        "campplus", description="models that tell speakers apart; only campplus needs no account"
    )
    speakers: Annotated[int, Field(ge=1, le=20)] | Literal["auto"] = Field(
        2, description="how many people talk, 1 to 20, or auto"
    )
    device: Literal["auto", "cpu", "cuda"] = Field("auto", description="where Whisper runs")
    compute_type: str = Field(
        "default", description="number format of Whisper: int8 on a processor unless set otherwise"
    )
    effort: Literal["fast", "balanced", "accurate"] = Field(
        "balanced", description="time against accuracy: fast, balanced or accurate"
    )
    threads: int = Field(0, ge=0, description="processor cores to use; 0 takes all")

    tonight: Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")] = Field(
        "22:00", description="when what is left for tonight is transcribed, if interviewkit is open then"
    )
    morning: Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")] = Field(
        "07:00", description="by when what waits is to be done, where the model is night"
    )

    @property
    def speaker_count(self) -> int | None:
        """The number of speakers, None where it is to be found out."""
        return None if self.speakers == AUTO else int(self.speakers)


def resolve(
    flags: Mapping[str, object],
    study: Mapping[str, object] | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    user_file: Path | None = None,
) -> Settings:
    """Combine the five places; `None` in `flags` means "not given". Raises UsageError with the name."""
    chosen: dict[str, object] = {**_user(user_file or user_settings_file()), **(study or {})}
    environment = os.environ if environment is None else environment
    for name in Settings.model_fields:
        if value := environment.get(ENVIRONMENT_PREFIX + name.upper()):
            chosen[name] = value
    chosen.update({name: value for name, value in flags.items() if value is not None})
    try:
        return Settings.model_validate(chosen)
    except ValidationError as error:
        problem = error.errors()[0]
        name = str(problem["loc"][0])
        raise UsageError(
            f"Setting {name}: {chosen.get(name)!r} can't be used.",
            f"It must be: {Settings.model_fields[name].description}."
            if name in Settings.model_fields
            else f"Known settings are {', '.join(Settings.model_fields)}.",
        ) from None


def _user(path: Path) -> dict[str, object]:
    """The user's own settings, empty where there are none."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: {error}.", "Mend or delete the file.") from error
