"""Calls handed to workers of this computer: real processes, scripted engines, and workers that die."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from interviewkit import cluster, importing, jobs, processing, sites
from interviewkit.consent import Record
from interviewkit.events import Warned
from interviewkit.models import Transcript
from interviewkit.study import Study
from tests import cluster_fakes, fakes, small_study

pytestmark = pytest.mark.slow
dask = pytest.importorskip("dask")
ROOT = Path(__file__).parents[2]


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder in which workers tell of themselves, and in which the test tells them to die."""
    (tmp_path / "watched").mkdir()
    monkeypatch.setenv(cluster_fakes.VARIABLE, str(tmp_path / "watched"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("INTERVIEWKIT_PASSPHRASE", "not for workers")
    with dask.config.set({"distributed.worker.preload": ["tests.cluster_fakes"]}):
        yield tmp_path / "watched"


def _with_calls(folder: Path, calls: int) -> Study:
    study = small_study.clear_study(folder)
    sound = fakes.write_sound(folder / "call.wav")
    for number in range(1, calls + 1):
        study.add_participant("patients", "uk")
        small_study.give(study, f"P{number:02}")
        list(importing.import_call(study, study.grant(f"P{number:02}", Record), sound))
    return study


def _transcript(study: Study, interview: str) -> Transcript | None:
    return processing.saved(study, study.interview(interview), 1).transcript


def test_whatever_dies_each_call_has_one_transcript_as_it_would_have_here(
    tmp_path: Path, watched: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = _with_calls(tmp_path, 4)
    fakes.Speech().install(monkeypatch)
    todo = jobs.todo(study, study.interviews(), {})
    list(processing.process(study, "P04-1", 1, todo[3].settings))
    here = _transcript(study, "P04-1")
    (watched / "die-1").touch()
    saves: list[str] = []
    save = Study.save_raw

    def saved(self: Study, *arguments: object, **more: object) -> None:
        saves.append(str(arguments[1]))
        save(self, *arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Study, "save_raw", saved)
    events = list(cluster.run(study, todo, sites.place("local:2")))
    assert sorted(saves) == ["P01-1", "P02-1", "P03-1"]
    assert (
        len([event for event in events if isinstance(event, Warned) and "worker died" in event.message]) == 1
    )
    assert here is not None
    for interview in ("P01-1", "P02-1", "P03-1"):
        found = _transcript(study, interview)
        assert found is not None
        assert [turn.words for turn in found.turns] == [turn.words for turn in here.turns]
    assert os.environ["INTERVIEWKIT_PASSPHRASE"] == "not for workers"
