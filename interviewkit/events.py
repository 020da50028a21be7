"""What a long job yields while it runs: one vocabulary for the command line, the screen and batch work."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Progress:
    """`done` of `total` seconds (or bytes) of one named step."""

    step: str
    done: float
    total: float


@dataclass(frozen=True)
class Warned:
    """Something that the user should know and that did not stop the job."""

    message: str


@dataclass(frozen=True)
class Waiting:
    """Nothing is done for now because a call is being recorded; or (`over`) the job goes on where it was."""

    over: bool = False


@dataclass(frozen=True)
class Saved:
    """A document is on disk: what is behind this event survives a kill."""

    what: str
    path: Path | None = None


@dataclass(frozen=True)
class Finished:
    """The job is done; `summary` is one line for a person."""

    summary: str


@dataclass(frozen=True)
class Left:
    """Which job of several runs, how many come after it; seconds that it and all of them take yet."""

    job: str
    behind: int
    job_s: float
    all_s: float


@dataclass(frozen=True)
class SetAside:
    """A job failed too often and is not tried again by itself; `hint` is what to do."""

    job: str
    message: str
    hint: str


Event = Progress | Waiting | Warned | Saved | Finished | Left | SetAside
