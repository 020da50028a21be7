"""How records travel between a speech engine's process and its parent."""

import dataclasses
from typing import Any, BinaryIO

import orjson

from interviewkit import errors
from interviewkit.events import Progress
from interviewkit.models import Chunk, Frozen, Heard, Layout, Region, Span, Voices

RECORDS: dict[str, type[Frozen]] = {record.__name__: record for record in (Heard, Region, Span, Voices)}


def send(stream: BinaryIO, message: dict[str, Any]) -> None:
    """Write one line and make sure that it leaves."""
    stream.write(orjson.dumps(message) + b"\n")
    stream.flush()


def pack(item: Progress | Frozen) -> dict[str, Any]:
    """An item that an engine yields, under the name of its type."""
    if isinstance(item, Progress):
        return {"Progress": dataclasses.asdict(item)}
    return {type(item).__name__: item.model_dump(mode="json")}


def unpack(message: dict[str, Any]) -> Progress | Frozen:
    """The item again."""
    ((name, fields),) = message.items()
    return Progress(**fields) if name == "Progress" else RECORDS[name].model_validate(fields)


def arguments(method: str, fields: dict[str, Any]) -> dict[str, Any]:
    """The arguments of an engine's method, as it takes them."""
    if method == "diarise":
        return {**fields, "regions": [Region.model_validate(region) for region in fields["regions"]]}
    found: dict[str, Any] = {"layout": Layout(fields["layout"])}
    if method == "transcribe":
        found["chunks"] = [(number, Chunk.model_validate(chunk)) for number, chunk in fields["chunks"]]
    return found


def pack_error(error: errors.InterviewkitError) -> dict[str, Any]:
    """An error as a message."""
    return {"error": {"kind": type(error).__name__, "message": error.message, "hint": error.hint}}


def unpack_error(fields: dict[str, str]) -> errors.InterviewkitError:
    """The error again, of its own class."""
    kind: type[errors.InterviewkitError] = getattr(errors, fields["kind"])
    return kind(fields["message"], fields["hint"])
