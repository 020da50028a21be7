"""A study with calls to hand out, and workers that are watched: for tests of clusters."""

from pathlib import Path

import pytest

from interviewkit import importing, processing
from interviewkit.consent import Record
from interviewkit.models import Transcript
from interviewkit.study import Study
from tests import fakes, small_study

SITE = "hpc.example.org"
CANARY = "Quetzalcoatl"


def study_with(folder: Path, calls: int, *, site: bool = False) -> Study:
    """A study with a call of each of some participants; `site` has the approval name a site."""
    study = small_study.clear_study(folder)
    if site:
        name_site(study)
        study = Study.open(study.root)
    sound = fakes.write_sound(folder / "call.wav")
    for number in range(1, calls + 1):
        study.add_participant("patients", "uk")
        small_study.give(study, f"P{number:02}")
        list(importing.import_call(study, study.grant(f"P{number:02}", Record), sound))
    return study


def name_site(study: Study) -> None:
    """The approval of the form names the site from now on."""
    path = study.paths.root / "study.yaml"
    before = "approved_on: 2020-03-01}"
    path.write_text(path.read_text().replace(before, f"{before[:-1]}, processing_sites: [{SITE}]}}"))


def put_canary(study: Study) -> None:
    """A word that is nowhere else, in a question of the schedule."""
    for path in study.paths.schedules.glob("*.yaml"):
        path.write_text(path.read_text().replace("How did it begin?", f"How did {CANARY} begin?"))


def transcript(study: Study, interview: str) -> Transcript | None:
    """The transcript of an interview's first call."""
    return processing.saved(study, study.interview(interview), 1).transcript


def saves(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The interviews whose transcripts are saved from now on, in order."""
    found: list[str] = []
    save = Study.save_raw

    def saved(self: Study, *arguments: object, **more: object) -> None:
        found.append(str(arguments[1]))
        save(self, *arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Study, "save_raw", saved)
    return found
