"""Writers by the hundred, killed or side by side: `python -m tests.trust.nursery WHAT N FOLDER`.

A process of its own, with one thread and everything imported, so that a writer costs a fork. A writer says
of each write that it is done once it is; then comes SIGKILL, and what is there is compared with what was
said. The last line of the output is what was found, as JSON.
"""

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import IO, NoReturn

from interviewkit import store, study_documents
from interviewkit.consent import Store
from interviewkit.errors import InterviewkitError
from interviewkit.models import Contact, ContactKind
from interviewkit.store import Lock
from interviewkit.study import Study
from tests import small_study

LATEST_S = 0.03
"""After the first write is done: most writers are killed in the midst of another."""
KEPT_ROWS = 100
PAUSE_S = 0.01
"""Up to so long a writer that has company waits after a write: else one would write, the other look on."""
Say = Callable[[int], None]


@dataclass
class Found:
    """What the kills did; `lost` counts writes that were acknowledged and are not there."""

    kills: int = 0
    acknowledged: int = 0
    lost: int = 0
    unparseable: int = 0
    half_done: int = 0
    in_the_midst: int = 0
    """Kills that left the beginning of a write: a partial file, which the next program sweeps away."""


def main() -> None:
    """Kill so many writers of that kind one after the other, or have two write so often at once."""
    what, times, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    work: dict[str, Callable[[int, Path], Found | Together]] = {
        "document": kill_documents,
        "study": kill_studies,
        "two": two_writers,
    }
    print(json.dumps(asdict(work[what](times, folder))), flush=True)


# ── a document ─────────────────────────────────────────────────────────────────────────────────


def kill_documents(times: int, folder: Path) -> Found:
    """One document, in which each write adds a row to each of two tables."""
    found = Found()
    path = folder / "document.json"
    last = -1
    for seed in range(times):
        said = killed(partial(_write_documents, path, last + 1), seed, found)
        found.in_the_midst += bool(list(folder.glob(".*.partial")))
        store.sweep(folder, (), Lock(folder / ".lock"))
        assert not list(folder.glob(".*.partial"))
        there = _last(path, found)
        found.lost += max(0, said - there)
        last = max(said, there)
    return found


def _write_documents(path: Path, first: int, say: Say) -> NoReturn:
    lock, number = Lock(path.with_name(".lock")), first
    while True:
        with store.transaction(path, "raw", lock, "test") as document:
            for name in ("rows", "more"):
                table = document.table(name)
                table.insert({"n": number, "text": "a word " * (number % 200)})
                if len(table) > KEPT_ROWS:
                    table.remove(doc_ids=[next(iter(table)).doc_id])
        say(number)
        number += 1


def _last(path: Path, found: Found) -> int:
    try:
        tables = store.read_document(path, "raw") or {"rows": [], "more": []}
    except InterviewkitError:
        found.unparseable += 1
        return -1
    numbers = [row["n"] for row in tables["rows"]]
    whole = numbers == list(range(numbers[0], numbers[-1] + 1)) if numbers else True
    found.half_done += not (whole and numbers == [row["n"] for row in tables["more"]])
    return numbers[-1] if numbers else -1


# ── a study ─────────────────────────────────────────────────────────────────────────────────────


def kill_studies(times: int, folder: Path) -> Found:
    """A study in which a contact, then a transcript is written, again and again."""
    found = Found()
    study = small_study.new_study(folder)
    small_study.consented_call(study)
    last = -1
    for seed in range(times):
        said = killed(partial(_write_study, study.root, last + 1), seed, found)
        found.in_the_midst += bool(list(study.root.rglob(".*.partial")))
        there = _last_of_study(study.root, found)
        found.lost += max(0, said - there)
        last = max(said, there)
    return found


def _write_study(root: Path, first: int, say: Say) -> NoReturn:
    study, number = Study.open(root), first
    grant = study.grant("P01", Store)
    while True:
        if number % 2:
            study.save_raw(grant, "P01-1", 1, {"turns": [{"n": number}] * (number % 50 + 1)})
        else:
            _log(study, "P01", str(number))
        say(number)
        number += 1


def _log(study: Study, participant: str, by: str) -> None:
    entry = Contact(kind=ContactKind.INVITED, at=datetime.now(UTC), by=by)
    study.write(participant, lambda writing: writing.contact(entry), "contact logged")


def _last_of_study(root: Path, found: Found) -> int:
    """The last write that is there; each of the two documents and the index agree with it."""
    try:
        study = Study.open(root)
        assert not list(root.rglob(".*.partial"))
        log = study_documents.contact(study.paths, study.keys, "P01")
        tables = study.raw(study.grant("P01", Store), "P01-1", 1) or {"turns": []}
        index = study.index()
    except InterviewkitError:
        found.unparseable += 1
        return -1
    contacts = [int(entry.by) for entry in log.log] if log else []
    numbers = [row["n"] for row in tables["turns"]]
    whole = contacts == list(range(0, 2 * len(contacts), 2)) and len(set(numbers)) <= 1
    counted = index["interviews"][0]["transcripts"]["1"].get("turns", 0)
    found.half_done += not (whole and counted == len(numbers))
    return max(contacts[-1:] + numbers[-1:], default=-1)


# ── killing ─────────────────────────────────────────────────────────────────────────────────────


def killed(writes: Callable[[Say], NoReturn], seed: int, found: Found) -> int:
    """Fork a writer, kill it, and hand back the last write that it said to be done."""
    with _writer(writes) as (child, said):
        line = said.readline()
        assert line, "the writer has ended by itself"
        time.sleep(random.Random(seed).uniform(0, LATEST_S))
        os.kill(child, signal.SIGKILL)
        # What it still said before it died is acknowledged too.
        last = int((line + said.read()).split()[-1])
    found.kills += 1
    found.acknowledged = last + 1
    return last


@contextmanager
def _writer(writes: Callable[[Say], NoReturn]) -> Iterator[tuple[int, IO[str]]]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            writes(partial(_say, writing))
        finally:
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading) as said:
        yield child, said
        _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL


def _say(writing: int, number: int) -> None:
    os.write(writing, b"%d\n" % number)


# ── side by side ────────────────────────────────────────────────────────────────────────────────


@dataclass
class Together:
    """What two writers at once did; `turns` is how often the one's write followed the other's."""

    writes: int = 0
    lost: int = 0
    out_of_order: int = 0
    turns: int = 0
    longest_wait_s: float = 0.0


def two_writers(times: int, folder: Path) -> Together:
    """Two processes that write to one document so often each, as fast as they can."""
    path, found = folder / "document.json", Together()
    children = [_forked(partial(_write_rows, path, who, times)) for who in "ab"]
    for child, said in children:
        found.longest_wait_s = max(found.longest_wait_s, float(said.read()))
        assert os.waitpid(child, 0)[1] == 0
    rows = (store.read_document(path, "raw") or {})["rows"]
    found.writes = len(rows)
    found.turns = sum(one["who"] != next_["who"] for one, next_ in pairwise(rows))
    for who in "ab":
        numbers = [row["n"] for row in rows if row["who"] == who]
        found.lost += len(set(range(times)) - set(numbers))
        found.out_of_order += numbers != sorted(numbers)
    return found


def _write_rows(path: Path, who: str, times: int) -> float:
    """Longest that it took until it was this one's turn, in s."""
    lock, longest_s, chance = Lock(path.with_name(".lock")), 0.0, random.Random(who)
    for number in range(times):
        began_s = time.monotonic()
        with lock:
            longest_s = max(longest_s, time.monotonic() - began_s)
            with store.transaction(path, "raw", lock, "test") as document:
                document.table("rows").insert({"who": who, "n": number})
        time.sleep(chance.uniform(0, PAUSE_S))
    return longest_s


def _forked(work: Callable[[], float]) -> tuple[int, IO[str]]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        with os.fdopen(writing, "w") as answer:
            answer.write(str(work()))
        os._exit(0)
    os.close(writing)
    return child, os.fdopen(reading)


if __name__ == "__main__":
    main()
