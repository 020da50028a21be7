"""How often the transcription of a call has failed on this computer, and which calls are set aside for that.

jobs ── failed ─► set-aside.json (this computer's state folder) ── known ─► jobs, agenda, doctor

It is no fact about the interview: another computer may have the memory that this one lacks. So it lies with
what the computer remembers, as what is left for tonight does, and survives a restart of the program.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from filelock import FileLock

from interviewkit.paths import private_dir, state_dir, write_durably

SCHEMA = 1
PATIENCE_S = 5.0
TRIES = 3
"""After so many failures a call is not tried again by itself."""


@dataclass(frozen=True)
class Failed:
    """A call whose transcription failed: how often, and why the last time."""

    interview: str
    call: int
    tries: int = 0
    reason: str = ""

    def __str__(self) -> str:
        return f"{self.interview}, call {self.call}"

    @property
    def aside(self) -> bool:
        """Whether it waits for somebody to look at it."""
        return self.tries >= TRIES

    @property
    def remedy(self) -> str:
        """The command that tries it anew."""
        return f"Try it anew with: interviewkit process {self.interview}"


def known(study: Path) -> tuple[Failed, ...]:
    """Every call that failed and has not succeeded since; nothing where that can't be read."""
    with suppress(TypeError):
        return tuple(Failed(**one) for one in _read().get(str(study.resolve()), ()))
    return ()


def aside(study: Path) -> tuple[Failed, ...]:
    """The calls that are set aside."""
    return tuple(one for one in known(study) if one.aside)


def failed(study: Path, interview: str, call: int, reason: str) -> Failed:
    """Count a try that failed; StorageError where that can't be remembered."""
    result = Failed(interview, call)

    def count(before: tuple[Failed, ...]) -> Iterable[Failed]:
        nonlocal result
        earlier = next((one for one in before if (one.interview, one.call) == (interview, call)), result)
        result = replace(earlier, tries=earlier.tries + 1, reason=reason)
        return (*(one for one in before if one != earlier), result)

    _change(study, count)
    return result


def forget(study: Path, calls: Iterable[tuple[str, int]]) -> None:
    """Forget what failed of calls that succeeded, or are to be tried anew."""
    gone = set(calls)
    if any((one.interview, one.call) in gone for one in known(study)):
        _change(study, lambda before: [one for one in before if (one.interview, one.call) not in gone])


def forget_interviews(study: Path, gone: Callable[[str], bool]) -> None:
    """Forget all calls of some interviews."""
    forget(study, [(one.interview, one.call) for one in known(study) if gone(one.interview)])


def _change(study: Path, change: Callable[[tuple[Failed, ...]], Iterable[Failed]]) -> None:
    """Replace what is known of a study, with no other program in between."""
    path = _path()
    private_dir(path.parent)
    with FileLock(path.with_name(f".{path.name}.lock"), timeout=PATIENCE_S, mode=0o600):
        left = [asdict(one) for one in change(known(study))]
        studies = {**_read(), str(study.resolve()): left}
        kept = {name: calls for name, calls in studies.items() if calls}
        write_durably(path, json.dumps({"schema": SCHEMA, "studies": kept}, indent=1).encode())


def _read() -> Mapping[str, list[dict[str, Any]]]:
    """What failed in all studies, by their folders."""
    with suppress(OSError, ValueError, AttributeError):
        found = json.loads(_path().read_text("utf-8"))
        if found.get("schema") == SCHEMA and isinstance(found.get("studies"), dict):
            return dict(found["studies"])
    return {}


def _path() -> Path:
    return state_dir() / "set-aside.json"
