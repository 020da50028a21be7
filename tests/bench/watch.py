"""Run a command and watch it: seconds of the clock and of processors, and the peak of all its memory."""

import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

SAMPLE_S = 0.1
PAGE = 4096
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Watched:
    """What one run cost."""

    returncode: int
    wall_s: float
    cpu_s: float
    peak_bytes: int


def watch(command: list[str], log: Path) -> Watched:
    """Run `command`; its memory is the sum over it and its descendants, looked at every 0.1 s (Linux)."""
    started = time.monotonic()
    with log.open("wb") as sink:
        process = subprocess.Popen(command, stdout=sink, stderr=sink)
        peak = 0
        while os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            peak = max(peak, sum(_resident(pid) for pid in _family(process.pid)))
            time.sleep(SAMPLE_S)
        # Not collected yet, so that what it and its children took can still be read.
        cpu_s = cpu(process.pid)
        process.wait()
    return Watched(process.returncode, time.monotonic() - started, cpu_s, peak)


def cpu(pid: int) -> float:
    """Processor seconds of a process, of those it has collected, and of its living descendants."""
    return sum(_processor(one) for one in _family(pid))


def _processor(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / TICKS


def _family(pid: int) -> list[int]:
    """A process and its descendants."""
    found = [pid]
    for parent in found:
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                found += [int(child) for child in task.read_text().split()]
            except OSError:
                continue
    return found


def _resident(pid: int) -> int:
    """Memory that only this process holds, in bytes: resident less shared pages of files."""
    try:
        fields = Path(f"/proc/{pid}/statm").read_text().split()
    except OSError:
        return 0
    return (int(fields[1]) - int(fields[2])) * PAGE
