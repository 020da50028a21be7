"""Real kills, real second processes and a real full disk against the store and the study."""

import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from interviewkit.consent import Store
from interviewkit.errors import StorageError
from interviewkit.store import Lock, read_document, transaction
from interviewkit.study import Study
from tests.disks import small_disk
from tests.small_study import consented_call, new_study

pytestmark = pytest.mark.slow

KILLS = 10
WRITES = 100

ENDLESS_WRITER = """
import sys
from pathlib import Path
from interviewkit.store import Lock, transaction
path = Path(sys.argv[1])
lock = Lock(path.with_name(".lock"))
n = int(sys.argv[2])
while True:
    with transaction(path, "raw", lock, "test") as document:
        rows = document.table("rows")
        rows.insert({"n": n, "text": "a word " * 300})
        if len(rows) > 200:
            rows.remove(doc_ids=[next(iter(rows)).doc_id])
    print(n, flush=True)
    n += 1
"""

COUNTING_WRITER = """
import sys
from pathlib import Path
from interviewkit.store import Lock, transaction
path, who, writes = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
lock = Lock(path.with_name(".lock"))
for n in range(writes):
    with transaction(path, "raw", lock, "test") as document:
        document.table("rows").insert({"who": who, "n": n})
"""

STUDY_WRITER = """
import sys
from pathlib import Path
from interviewkit.consent import Store
from interviewkit.study import Study
study = Study.open(Path(sys.argv[1]))
grant = study.grant("P01", Store)
n = int(sys.argv[2])
while True:
    study.save_raw(grant, "P01-1", 1, {"turns": [{"n": n}] * (n % 50 + 1)})
    print(n, flush=True)
    n += 1
"""


def _run(program: str, *arguments: str | Path | int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _killed_after(acknowledgements: int, program: str, *arguments: str | Path | int) -> int:
    """The last number that the program acknowledged before it was killed."""
    with _run(program, *arguments) as child:
        assert child.stdout is not None
        for _ in range(acknowledgements):
            line = child.stdout.readline()
            assert line, child.communicate()[1]
        child.send_signal(signal.SIGKILL)
        # What it still said before it died is acknowledged too.
        return int((line + child.stdout.read()).split()[-1])


def test_a_killed_writer_loses_nothing_that_it_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "raw.json"
    last = -1
    for kill in range(KILLS):
        last = _killed_after(random.Random(kill).randint(1, 40), ENDLESS_WRITER, path, last + 1)
        tables = read_document(path, "raw")
        assert tables is not None
        numbers = [row["n"] for row in tables["rows"]]
        assert numbers[-1] in (last, last + 1)
        assert numbers == list(range(numbers[0], numbers[-1] + 1))
        last = numbers[-1]


def test_a_killed_commit_leaves_a_study_that_opens_and_agrees_with_itself(tmp_path: Path) -> None:
    study = new_study(tmp_path)
    interview = consented_call(study)
    last = -1
    for kill in range(KILLS // 2):
        last = _killed_after(random.Random(kill).randint(1, 25), STUDY_WRITER, study.root, last + 1)
        again = Study.open(study.root)
        tables = again.raw(again.grant("P01", Store), interview.id, 1)
        assert tables is not None
        saved = tables["turns"][0]["n"]
        assert saved in (last, last + 1)
        assert len(tables["turns"]) == saved % 50 + 1
        assert again.index()["interviews"][0]["transcripts"] == {"1": {"turns": len(tables["turns"])}}
        assert not list(study.root.rglob(".*.partial"))
        last = saved


def test_two_processes_lose_none_of_each_others_writes(tmp_path: Path) -> None:
    path = tmp_path / "raw.json"
    children = [_run(COUNTING_WRITER, path, who, WRITES) for who in ("a", "b")]
    for child in children:
        _, complaints = child.communicate()
        assert child.returncode == 0, complaints
    tables = read_document(path, "raw")
    assert tables is not None
    for who in ("a", "b"):
        assert [row["n"] for row in tables["rows"] if row["who"] == who] == list(range(WRITES))


def test_a_full_disk_keeps_what_was_acknowledged(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 256) as disk:
        path = disk / "raw.json"
        acknowledged: list[int] = []
        with pytest.raises(StorageError, match="The disk is full") as refused:
            _fill(path, acknowledged)
        assert "\n" not in str(refused.value)
        assert 5 < len(acknowledged) < 100
        tables = read_document(path, "raw")
        assert tables is not None
        assert [row["n"] for row in tables["rows"]] == acknowledged
        assert not list(disk.glob(".*.partial"))


def _fill(path: Path, acknowledged: list[int]) -> None:
    lock = Lock(path.with_name(".lock"))
    for n in range(1000):
        with transaction(path, "raw", lock, "test") as document:
            document.table("rows").insert({"n": n, "text": "x" * 4000})
        acknowledged.append(n)


def test_a_study_on_a_full_disk_is_read_as_before(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 256) as disk:
        study = new_study(disk)
        interview = consented_call(study)
        grant = study.grant("P01", Store)
        study.save_raw(grant, interview.id, 1, {"turns": [{"n": 0}]})
        with pytest.raises(StorageError, match="The disk is full"):
            study.save_raw(grant, interview.id, 1, {"turns": [{"text": "x" * 300_000}]})
        again = Study.open(disk / "study")
        assert again.raw(grant, interview.id, 1) == {"turns": [{"n": 0}]}
        again.save_raw(grant, interview.id, 1, {"turns": [{"n": 1}]})
