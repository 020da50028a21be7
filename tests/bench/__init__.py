"""Measurements that are run by hand; none of them is a test."""

import os
from pathlib import Path

ROOT = Path(__file__).parents[2]
EVAL = Path(os.environ.get("INTERVIEWKIT_EVAL", ROOT.parent / "shared" / "eval"))
"""The evaluation audio, which developers have beside the checkout."""
