"""Calls handed to workers of this computer: real processes, scripted engines, and workers that die."""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from interviewkit import cluster, importing, jobs, processing, set_aside, sites
from interviewkit.consent import Record
from interviewkit.events import Progress, SetAside, Warned
from interviewkit.settings import Settings
from tests import cluster_fakes, cluster_world, fakes, small_study
from tests.system import real

pytestmark = pytest.mark.slow
dask = pytest.importorskip("dask")
pytest.importorskip("distributed")  # or its configuration would end with the first test
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


def test_whatever_dies_each_call_has_one_transcript_as_it_would_have_here(
    tmp_path: Path, watched: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = cluster_world.study_with(tmp_path, 4)
    fakes.Speech().install(monkeypatch)
    todo = jobs.todo(study, study.interviews(), {})
    list(processing.process(study, "P04-1", 1, todo[3].settings))
    here = cluster_world.transcript(study, "P04-1")
    (watched / "die-1").touch()
    saves = cluster_world.saves(monkeypatch)
    events = list(cluster.run(study, todo, sites.place("local:2")))
    assert sorted(saves) == ["P01-1", "P02-1", "P03-1"]
    warned = [event.message for event in events if isinstance(event, Warned)]
    assert len([told for told in warned if "worker died" in told]) == 1
    assert here is not None
    for interview in ("P01-1", "P02-1", "P03-1"):
        found = cluster_world.transcript(study, interview)
        assert found is not None
        assert [turn.words for turn in found.turns] == [turn.words for turn in here.turns]
    assert os.environ["INTERVIEWKIT_PASSPHRASE"] == "not for workers"


def test_a_poisoned_call_is_set_aside_and_the_others_are_done(tmp_path: Path, watched: Path) -> None:
    study = cluster_world.study_with(tmp_path, 2)
    noise = np.random.default_rng(2).normal(0, 0.01, (real.RATE * fakes.LENGTH_S, 2)).astype(np.float32)
    poison = real.write(tmp_path / "poison.wav", noise)
    study.add_participant("patients", "uk")
    small_study.give(study, "P03")
    list(importing.import_call(study, study.grant("P03", Record), poison))
    events = list(cluster.run(study, jobs.todo(study, study.interviews(), {}), sites.place("local:2")))
    assert [event.job for event in events if isinstance(event, SetAside)] == ["P03-1, call 1"]
    assert [one.tries for one in set_aside.aside(study.root)] == [set_aside.TRIES]
    assert all(cluster_world.transcript(study, name) for name in ("P01-1", "P02-1"))
    assert cluster_world.transcript(study, "P03-1") is None


def test_who_withdraws_meanwhile_has_no_transcript(tmp_path: Path, watched: Path) -> None:
    study = cluster_world.study_with(tmp_path, 2)
    (watched / "hold").touch()
    events = cluster.run(study, jobs.todo(study, study.interviews(), {}), sites.place("local:2"))
    told = []
    for event in events:
        told.append(event)
        if isinstance(event, Progress) and (watched / "hold").exists():
            small_study.withdraw(study, "P02")
            (watched / "hold").unlink()
    assert any(isinstance(event, Warned) and event.message.startswith("P02-1 was left out") for event in told)
    assert cluster_world.transcript(study, "P01-1") is not None
    tables = (
        list((study.root / "transcripts" / "P02").rglob("*")) if (study.root / "transcripts").exists() else []
    )
    assert [path for path in tables if path.is_file() and "raw" in path.name] == []


def test_a_call_that_is_finished_meanwhile_stays_as_it_is(
    tmp_path: Path, watched: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = cluster_world.study_with(tmp_path, 1)
    fakes.Speech(script=fakes.TALK[:2]).install(monkeypatch)
    (watched / "hold").touch()
    told = []
    for event in cluster.run(study, jobs.todo(study, study.interviews(), {}), sites.place("local:1")):
        told.append(event)
        if isinstance(event, Progress) and (watched / "hold").exists():
            list(processing.process(study, "P01-1", 1, Settings()))
            (watched / "hold").unlink()
    found = cluster_world.transcript(study, "P01-1")
    assert found is not None
    assert len(found.turns) == 2
    assert any(isinstance(event, Warned) and "was dropped" in event.message for event in told)
