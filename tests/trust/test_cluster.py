"""A SLURM of one node, a job that is cancelled: one transcript of each call, and nothing in clear."""

import sys
from pathlib import Path

import pytest

from interviewkit import audit_entries, cluster, jobs, sites
from interviewkit.audit_entries import Action, Entry
from interviewkit.events import Progress, Warned
from interviewkit.study import Study
from tests import canaries, cluster_fakes, cluster_world, one_node_slurm
from tests.trust import FULL
from tests.trust.conftest import Figures

pytestmark = pytest.mark.slow
CALLS = 5
SLURM = """\
schema: 1
site: {site}
slurm:
  workers: 2
  cores: 1
  memory: 1GB
  walltime: "0:10:00"
  folder: {folder}
  interface: lo
  python: {python}
  before: ["cd {here}", "export PYTHONPATH={here}"]
  worker_arguments: ["--preload", "tests.cluster_fakes"]
"""


@pytest.mark.skipif(not FULL, reason="with make trust: it starts a SLURM")
@pytest.mark.skipif(bool(one_node_slurm.missing()), reason=one_node_slurm.missing() or "SLURM is here")
def test_cancelled_on_slurm(figures: Figures, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = cluster_world.study_with(tmp_path, CALLS, site=True)
    cluster_world.put_canary(study)
    for name in ("watched", "slurm"):
        (tmp_path / name).mkdir()
    hold = tmp_path / "watched" / "hold"
    hold.touch()
    monkeypatch.setenv(cluster_fakes.VARIABLE, str(tmp_path / "watched"))
    monkeypatch.setenv("INTERVIEWKIT_PASSPHRASE", cluster_world.CANARY)
    here = Path(__file__).parents[2]
    text = SLURM.format(site=cluster_world.SITE, folder=tmp_path / "shared", python=sys.executable, here=here)
    (tmp_path / "slurm.yaml").write_text(text)
    saves = cluster_world.saves(monkeypatch)
    cancelled, in_clear, died = 0, set[str](), 0
    with one_node_slurm.running(tmp_path / "slurm") as config:
        monkeypatch.setenv("SLURM_CONF", str(config))
        todo = jobs.todo(study, study.interviews(), {})
        for event in cluster.run(study, todo, sites.place(str(tmp_path / "slurm.yaml"))):
            if isinstance(event, Progress) and hold.exists():
                in_clear |= _in_clear(tmp_path)
                one_node_slurm.cancel(config, one_node_slurm.jobs(config)[0])
                cancelled += 1
                hold.unlink()
            died += isinstance(event, Warned) and "worker died" in event.message
        left = len(one_node_slurm.jobs(config))
    in_clear |= _in_clear(tmp_path)
    made = [cluster_world.transcript(study, talk.id) for talk in study.interviews()]
    words = {tuple(word.text for turn in one.turns for word in turn.words) for one in made if one is not None}
    sent = [entry.action for entry in _entries(study)].count(Action.SENT_TO_SITE)
    figures.add("calls", CALLS, f"= {CALLS}")
    figures.add("SLURM jobs cancelled while a call was in their hands", cancelled, ">= 1")
    figures.add("tries that were lost by it", died, "= 1")
    figures.add("calls with a transcript", sum(one is not None for one in made), f"= {CALLS}")
    figures.add("transcripts saved more than once", len(saves) - len(set(saves)), "= 0")
    figures.add("different transcripts of the same sound", len(words), "= 1")
    figures.add("events “sent to be transcribed at a site”", sent, f">= {CALLS}")
    figures.add("files in which sound, words, a key or the passphrase is in clear", len(in_clear), "= 0")
    figures.add("SLURM jobs left", left, "= 0")


def _in_clear(folder: Path) -> set[str]:
    """What lies in clear where SLURM and workers write."""
    places = [folder / "shared", folder / "slurm"]
    return set(canaries.found(places, [cluster_world.CANARY, b"fLaC", "AGE-SECRET-KEY"]))


def _entries(study: Study) -> list[Entry]:
    return [
        audit_entries.parse(raw).entry
        for path in sorted((study.root / "audit").glob("*.jsonl"))
        for raw in path.read_bytes().splitlines()
    ]
