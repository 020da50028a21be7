"""A process that is killed at the n-th thing that it does to the disk: a real SIGKILL, at every point."""

import os
import signal
from collections.abc import Callable, Iterator
from typing import Any

from tests.trust import FULL

EVERY = 1 if FULL else 3
CALLS = ("fsync", "replace", "unlink", "truncate", "open")


def killed_at(point: int, work: Callable[[], object]) -> bool:
    """Do `work` in a child that dies just before its `point`-th call of the disk; whether it was done."""
    child = os.fork()
    if child == 0:
        status = 70
        try:
            _die_at(point)
            work()
            status = 0
        finally:
            os._exit(status)
    _, how = os.waitpid(child, 0)
    if os.WIFSIGNALED(how):
        assert os.WTERMSIG(how) == signal.SIGKILL
        return False
    assert os.WEXITSTATUS(how) == 0, "the work failed by itself"
    return True


def points(most: int = 800, every: int = EVERY) -> Iterator[int]:
    """1, 2, 3 … with `make trust`, else every third: end the loop when the work comes to its end."""
    yield from range(every, most, every)
    raise AssertionError("the work never came to its end")


def _die_at(point: int) -> None:
    seen = 0

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            nonlocal seen
            writes = real is not real_open or args[1] & (os.O_WRONLY | os.O_RDWR)
            if writes:
                seen += 1
                if seen == point:
                    os.kill(os.getpid(), signal.SIGKILL)
            return real(*args, **kwargs)

        return call

    real_open = os.open
    for name in CALLS:
        setattr(os, name, counted(getattr(os, name)))
