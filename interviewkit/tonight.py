"""What is left for tonight: which interviews this computer transcribes at an hour when nobody needs it.

wrap-up ── leave ─► tonight.json (this computer's state folder) ── planned ─► the app, when the hour has come

It is a plan of one computer and not a fact about an interview: another computer with the same study must not
do the same work, and a study that was restored or merged must not bring an old plan back. So it lies with
what the computer remembers, and outlives a restart of the program. Nothing runs by itself: the program has to
be open at that hour, and says so; what was missed is offered at its next start.
"""

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from filelock import FileLock

from interviewkit.paths import private_dir, state_dir, write_durably

SCHEMA = 1
PATIENCE_S = 5.0
MORNING = 6
LATE = timedelta(hours=6)
"""A plan that is so late is not carried out any more: by then it is another day, with other calls."""


@dataclass(frozen=True)
class Planned:
    """An interview, and when its calls are to be transcribed."""

    interview: str
    due_at: datetime

    def missed(self, open_since: datetime, now: datetime) -> bool:
        """Whether its hour passed while the program was closed, or too long ago."""
        return self.due_at <= open_since or now > self.due_at + LATE


def next_at(hour: str, now: datetime) -> datetime:
    """The next `22:00` by the clock of `now`."""
    hours, minutes = map(int, hour.split(":"))
    at = now.replace(hour=hours, minute=minutes, second=0, microsecond=0)
    return at if at > now else at + timedelta(days=1)


def called(due_at: datetime, today: date) -> str:
    """`tonight at 22:00`; or tomorrow, where today's hour has passed."""
    here = due_at.astimezone()
    small_hours = here.hour < MORNING and here.date() <= today + timedelta(days=1)
    tonight = small_hours or here.date() <= today
    return f"{'tonight' if tonight else 'tomorrow'} at {here:%H:%M}"


def leave(study: Path, interview: str, due_at: datetime) -> None:
    """Leave an interview for an hour; StorageError where that can't be remembered."""
    others = (one for one in planned(study) if one.interview != interview)
    _remember(study, (*others, Planned(interview, due_at)))


def planned(study: Path) -> tuple[Planned, ...]:
    """What is left for an hour; nothing where that can't be read: it is a convenience."""
    found = _read().get(str(study.resolve()), ())
    with suppress(TypeError, KeyError, ValueError):
        return tuple(Planned(one["interview"], datetime.fromisoformat(one["due_at"])) for one in found)
    return ()


def drop(study: Path, interviews: Iterable[str]) -> None:
    """Forget interviews that are done, or are done in another way."""
    known, gone = planned(study), set(interviews)
    left = tuple(one for one in known if one.interview not in gone)
    if left != known:
        _remember(study, left)


def _remember(study: Path, left: tuple[Planned, ...]) -> None:
    path = _path()
    private_dir(path.parent)
    with FileLock(path.with_name(f".{path.name}.lock"), timeout=PATIENCE_S, mode=0o600):
        studies = {
            **_read(),
            str(study.resolve()): [
                {"interview": one.interview, "due_at": one.due_at.isoformat()} for one in left
            ],
        }
        kept = {name: plans for name, plans in studies.items() if plans}
        write_durably(path, json.dumps({"schema": SCHEMA, "studies": kept}, indent=1).encode())


def _read() -> dict[str, list[dict[str, str]]]:
    """The plans of all studies, by their folders."""
    with suppress(OSError, ValueError, AttributeError):
        known = json.loads(_path().read_text("utf-8"))
        if known.get("schema") == SCHEMA and isinstance(known.get("studies"), dict):
            return dict(known["studies"])
    return {}


def _path() -> Path:
    return state_dir() / "tonight.json"
