"""What else the computer did while something was measured: cores that others' programs kept busy (Linux)."""

import os
from pathlib import Path

from tests.system import real

TICKS_PER_S = os.sysconf("SC_CLK_TCK")


class Neighbours:
    """Counts from its making on; programs that this one started, and theirs, are no neighbours."""

    def __init__(self) -> None:
        self._began = _counts()

    @property
    def cores(self) -> float:
        """How many cores others kept busy on average; programs of ours that have ended count as theirs."""
        before, now = self._began, _counts()
        elapsed_s = now[0] - before[0]
        return max(0.0, (now[1] - before[1] - (now[2] - before[2])) / TICKS_PER_S / elapsed_s)


def _counts() -> tuple[float, int, int]:
    """The clock, the ticks in which any core was busy, and those of ours."""
    fields = [int(field) for field in Path("/proc/stat").read_text().split("\n")[0].split()[1:9]]
    idle, waiting = fields[3], fields[4]
    ours = sum(_ticks(pid) for pid in (os.getpid(), *real.descendants(os.getpid())))
    return float(Path("/proc/uptime").read_text().split()[0]), sum(fields) - idle - waiting, ours


def _ticks(pid: int) -> int:
    """Of a process and of its children that have ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return sum(int(field) for field in fields[11:15])
