"""Child processes that can be killed whole.

Decoding and speech run in children of their own: a hostile file, a library that can't be cancelled
or one that eats the memory then takes nothing else down. A child talks over its standard input and
output; its standard error is kept (the last lines, for a developer) and never shown as it is.

Parent side: `child()`. Child side: `become_child()`, first thing.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, BinaryIO

GRACE_S = 2.0
CAN_PAUSE = os.name == "posix"
# A stopped child can't see that its parent is gone, so something must see it in its place.
_GUARD = ("/bin/sh", "-c", 'read -r over || kill -KILL "-$1"', "guard")
NICENESS = 10
PARENT_VARIABLE = "INTERVIEWKIT_PARENT"
SECRETS = "INTERVIEWKIT_PASSPHRASE"
"""How the variables begin that hold a passphrase, or name a file with one."""
_PR_SET_DUMPABLE = 4
_started: dict["Child", int] = {}


class Child:
    """A running child: `send` and `receive` are its input and output, `complaints` its last words."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        self.process = process
        self.send: IO[bytes] = process.stdin
        self.receive: IO[bytes] = process.stdout
        self._lines: deque[bytes] = deque(maxlen=40)
        self._drain = threading.Thread(target=self._listen, args=(process.stderr,), daemon=True)
        self._drain.start()
        self._guard: subprocess.Popen[bytes] | None = None

    def _listen(self, stream: IO[bytes]) -> None:
        with stream:
            self._lines.extend(stream)

    @property
    def complaints(self) -> str:
        """The last lines that the child wrote to its standard error."""
        self._drain.join(timeout=GRACE_S)
        return b"".join(self._lines).decode(errors="replace")

    def pause(self) -> None:
        """Let it and everything that it started stand still until `resume`; nothing where it can't be had.

        However this process ends meanwhile, the child ends too.
        """
        if CAN_PAUSE and self._guard is None and self.process.poll() is None:
            with suppress(OSError):
                self._guard = subprocess.Popen(
                    [*_GUARD, str(self.process.pid)],
                    stdin=subprocess.PIPE,
                    env=bare_environment(),
                    start_new_session=True,
                )
                os.killpg(self.process.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        if self._guard is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGCONT)
            self._guard.communicate(b"\n")
            self._guard = None

    def end(self) -> None:
        """End the child and everything that it started."""
        self.resume()
        if self.process.poll() is None:
            self.process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(GRACE_S)
        self.kill()
        self.process.wait()
        self._drain.join(timeout=GRACE_S)
        for stream in (self.send, self.receive):
            with suppress(OSError):
                stream.close()

    def kill(self) -> None:
        """Kill it and everything that it started, at once and without waiting."""
        with suppress(ProcessLookupError, PermissionError):
            if os.name == "posix":
                os.killpg(self.process.pid, signal.SIGKILL)
            else:
                self.process.kill()


def kill_children_of(thread: int) -> None:
    """Kill what a thread (by its `ident`) started and may be waiting for, from another thread.

    A thread can't be stopped; one that waits for a child hears that it is gone, with the child's error.
    """
    for running in [running for running, starter in list(_started.items()) if starter == thread]:
        running.kill()


def bare_environment() -> dict[str, str]:
    """This program's environment without the passphrase: what reads a hostile file is not to have it."""
    return {name: value for name, value in os.environ.items() if not name.startswith(SECRETS)}


@contextmanager
def child(module: str, *arguments: str, environment: dict[str, str] | None = None) -> Iterator[Child]:
    """Run `python -m module arguments` in a process group of its own; it ends with the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**bare_environment(), PARENT_VARIABLE: str(os.getpid()), **(environment or {})},
        start_new_session=os.name == "posix",
    )
    running = Child(process)
    _started[running] = threading.get_ident()
    try:
        yield running
    finally:
        del _started[running]
        running.end()


def become_child(
    memory_bytes: int | None = None, cpu_s: int | None = None, niceness: int = NICENESS
) -> tuple[BinaryIO, BinaryIO]:
    """Set this process up as a child and return its channels (from parent, to parent).

    Lowers its priority (unless `niceness` is 0: somebody waits for it), limits its memory and processor time
    where asked, ends it when its parent is gone, and moves the standard output aside so that a library that
    prints can't break the protocol. It may hold what somebody says, so its memory is guarded.
    """
    guard_memory()
    to_parent = os.fdopen(os.dup(1), "wb")
    from_parent = os.fdopen(os.dup(0), "rb")
    os.dup2(2, 1)
    if os.name == "posix":
        import resource

        os.nice(niceness)
        if memory_bytes is not None:
            resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
        if cpu_s is not None:
            resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
        threading.Thread(
            target=_end_with_parent, args=(int(os.environ.get(PARENT_VARIABLE, os.getppid())),), daemon=True
        ).start()
    return from_parent, to_parent


def guard_memory() -> None:
    """Keep this process's memory out of what is written when a program crashes, and from other programs.

    A limit stops core files; where a program of the system collects them (Linux), it asks for more. To be
    called by each process that holds what somebody says, or keys: a new program begins without it.
    """
    if os.name == "posix":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        import ctypes

        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def _end_with_parent(parent: int) -> None:
    """A parent that was killed can't tell its children: watch for it."""
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)
