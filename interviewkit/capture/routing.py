"""Which of the sound system's sources feeds a process: PulseAudio's and PipeWire's programs only know.

When a device is unplugged they quietly feed its streams from another one; PortAudio isn't told.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

_PATIENCE_S = 2.0


def feeding() -> dict[int, str]:
    """The name of the source that feeds each process by its id; empty without `pactl`."""
    outputs = list(_asked("source-outputs"))
    names = {source["index"]: source["name"] for source in _asked("sources")} if outputs else {}
    found = {}
    for output in outputs:
        with suppress(KeyError, ValueError):
            process = int(output["properties"]["application.process.id"])
            found[process] = str(names.get(output["source"], "another device"))
    return found


def present() -> set[str]:
    """The names of the sources that there are; empty without `pactl`."""
    return {str(source["name"]) for source in _asked("sources")}


def _asked(what: str) -> Iterator[dict[str, Any]]:
    program = shutil.which("pactl")
    if program is None:
        return
    with suppress(OSError, subprocess.TimeoutExpired, ValueError):
        done = subprocess.run(
            [program, "-f", "json", "list", what],
            capture_output=True,
            timeout=_PATIENCE_S,
            check=False,
            env={**os.environ, "LC_ALL": "C"},
        )
        answer = json.loads(done.stdout)
        if isinstance(answer, list):
            yield from answer
