"""Whether anybody records on this computer: known to every program of this user, asked twice a second.

A recorder holds a lock on `<recording>.busy` in the runtime folder for as long as it lives; the system lets
go of it when the process dies, however that happens. What must not disturb a call (transcription) asks
`recording()`.
"""

import os
import time
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from interviewkit.paths import private_dir, runtime_dir

SUFFIX = ".busy"
PATIENCE_S = 5.0
YOUNG_S = 30.0
"""A file so young may belong to a recorder that is just about to lock it: never swept."""


class Hold:
    """Says that a recording is being made, until `release` or the end of the process.

    A recording must not fail for it: where the folder or its file system has no locks, nothing is said.
    """

    def __init__(self, recording: str) -> None:
        folder = runtime_dir()
        self._path = folder / f"{recording}{SUFFIX}"
        private_dir(folder)
        self._lock = FileLock(self._path, mode=0o600)
        # Whoever looks at this moment may keep it for an instant.
        with suppress(OSError, Timeout):
            self._lock.acquire(timeout=PATIENCE_S, poll_interval=0.01)

    def release(self) -> None:
        """Say that it is over; the file goes with it."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)
        self._lock.release()


def recording() -> bool:
    """Whether somebody records; takes well under a millisecond, and clears away what kills left."""
    held = [_is_held(path) for path in runtime_dir().glob(f"*{SUFFIX}")]
    return any(held)


def _is_held(path: Path) -> bool:
    held = _is_locked(path)
    if not held:
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > YOUNG_S:
                # The recorder is dead, so nobody listens at its address either.
                for left in (path.with_suffix(".sock"), path.with_suffix(".port"), path):
                    left.unlink(missing_ok=True)
    return held


def _is_locked(path: Path) -> bool:
    """Whether a living process has locked a file; those who look don't take each other for one."""
    if os.name != "posix":
        try:
            with FileLock(path, timeout=0):
                return False
        except Timeout:
            return True
        except OSError:
            return False
    import fcntl

    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
