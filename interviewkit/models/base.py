"""What all records share: ids, prose, and that they can't change."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from interviewkit.harmless import in_lines

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=60)]
ParticipantId = Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,3}[0-9]{1,4}$")]
InterviewId = Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,3}[0-9]{1,4}-[1-9][0-9]*$")]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(in_lines)]

RandomId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]*$", max_length=64)]
"""Part of a file's name: whatever wrote the document, it leads nowhere else."""


def _plain_name(name: str) -> str:
    if name in (".", "..") or any(letter in name for letter in "/\\\0"):
        raise ValueError("a file's name, without a folder")
    return name


FileName = Annotated[str, StringConstraints(min_length=1, max_length=255), AfterValidator(_plain_name)]
"""The name of a file in a folder that is known; it leads nowhere else."""


class Frozen(BaseModel):
    """A record that can't change and knows all of its fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")
