"""What this computer has: memory, as far as the system says."""

import os
from contextlib import suppress
from pathlib import Path

LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def memory_bytes() -> int | None:
    """The memory that programs can have together, in bytes; None where the system does not say."""
    found = [size for size in (_whole(), *map(_limit, LIMITS)) if size is not None]
    return min(found, default=None)


def _whole() -> int | None:
    with suppress(AttributeError, OSError, ValueError):
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return None


def _limit(path: str) -> int | None:
    """What a container may have."""
    with suppress(OSError, ValueError):
        return int(Path(path).read_text("ascii"))
    return None
