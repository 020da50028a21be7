"""Small disks of their own, for tests that fill them."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(folder: Path, size_kb: int, kind: str = "tmpfs") -> Iterator[Path]:
    """A disk of that size at `folder`, in memory or (`ext4`) in a file, where this user may make one."""
    programs = ["mount", "umount", *(["mkfs.ext4"] if kind == "ext4" else [])]
    if os.name != "posix" or os.geteuid() != 0 or not all(map(shutil.which, programs)):
        pytest.skip(f"needs root, {', '.join(programs)} to make a small disk")
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={size_kb}k,mode=700", "tmpfs"]
    if kind == "ext4":
        image = folder.with_suffix(".img")
        with image.open("wb") as file:
            file.truncate(size_kb * 1024)
        subprocess.run(["mkfs.ext4", "-q", "-m", "0", "-O", "^has_journal", str(image)], check=True)
        options = ["-o", "loop", str(image)]
    mounted = subprocess.run(["mount", *options, str(folder)], capture_output=True, text=True, check=False)
    if mounted.returncode != 0:
        pytest.skip(f"no small disk: {mounted.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)
