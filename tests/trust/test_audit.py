"""The tamper corpus: everything that somebody may do to a log, and two verifiers that have to notice."""

import shutil
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from interviewkit import audit, audit_entries, audit_verify, device
from interviewkit.audit_entries import Action, Entry, Kind
from interviewkit.audit_verify import Verdict
from interviewkit.consent import Record
from interviewkit.device import Signer
from interviewkit.study import Study
from tests import small_study
from tests.trust import FULL, tampering
from tests.trust.conftest import Figures
from tests.trust.tampering import Kept, Second

pytestmark = pytest.mark.slow
EVERY = 1 if FULL else 211
ENTRIES = 100_000 if FULL else 5_000
COMMITS = 200 if FULL else 20
LIMIT_S = 5 if FULL else 1


class Tally:
    """What both verifiers said of every change."""

    def __init__(self, kept: Kept) -> None:
        self.kept = kept
        self.second = Second()
        self.tried = self.missed = self.missed_by_second = self.apart = 0

    def look(self) -> None:
        """Verify the study as it is now."""
        first, other = tampering.verdicts(self.kept, self.second)
        self.tried += 1
        self.missed += first is Verdict.INTACT
        self.missed_by_second += other is Verdict.INTACT
        self.apart += first is not other


def test_the_tamper_corpus(tmp_path: Path, figures: Figures) -> None:
    kept = tampering.kept(tmp_path)
    tally, data = Tally(kept), kept.chain.read_bytes()
    whole = (Verdict.INTACT, Verdict.INTACT)
    assert tampering.verdicts(kept, tally.second) == whole
    for changes in (tampering.flips(data, EVERY), tampering.rearranged(data)):
        for _, changed in changes:
            kept.chain.write_bytes(changed)
            tally.look()
    kept.chain.write_bytes(data)
    for _ in tampering.by_an_insider(kept):
        tally.look()
    assert tampering.verdicts(kept, tally.second) == whole
    figures.add("entries of the log", len(data.splitlines()), ">= 20")
    figures.add("ways in which it was changed", tally.tried, ">= 500")
    figures.add("not noticed by `ethics verify`", tally.missed, "= 0")
    figures.add("not noticed by `scripts/verify_audit.py`", tally.missed_by_second, "= 0")
    figures.add("on which the two do not agree", tally.apart, "= 0")


def test_an_older_copy_of_the_study(tmp_path: Path) -> None:
    before = tampering.kept(tmp_path)
    shutil.copytree(before.study.root, tmp_path / "older")
    tampering.change(before.study)
    kept = tampering.anchored(before.study, tmp_path)
    second = Second()
    for _ in tampering.rolled_back(kept, tmp_path):
        assert tampering.verdicts(kept, second) == (Verdict.TAMPERED, Verdict.TAMPERED)
    assert tampering.verdicts(kept, second) == (Verdict.INTACT, Verdict.INTACT)


def test_a_clock_that_is_put_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = tampering.kept(tmp_path)

    def earlier(entry: Entry) -> bytes:
        return real(replace(entry, at=entry.at - timedelta(days=3)))

    real = audit_entries.payload
    monkeypatch.setattr(audit_entries, "payload", earlier)
    tampering.change(kept.study)
    assert tampering.verdicts(kept, Second()) == (Verdict.INCOMPLETE, Verdict.INCOMPLETE)


def long_chain(study: Study, entries: int) -> None:
    """A chain of so many entries in the place of the study's own."""
    known = device.load(audit_verify.verify(study.paths).study)
    assert known is not None
    signer, path = Signer(known), study.paths.chain(known.id)
    head = audit_entries.link(path.read_bytes().splitlines()[-1])
    start = len(path.read_bytes().splitlines())
    with path.open("ab") as file:
        for seq in range(start, entries):
            of = seq - 1 if seq % 2 else None
            kind = Kind.DONE if of is not None else Kind.INTENT
            at = datetime.now(UTC)
            entry = Entry(seq, head, at, known.actor, kind, Action.CONTACT_LOGGED, about=("P01",), of=of)
            payload = audit_entries.payload(entry)
            line = audit_entries.line(payload, signer.sign(audit_entries.signed(payload)))
            file.write(line + b"\n")
            head = audit_entries.link(line)


def test_a_long_log(tmp_path: Path, figures: Figures) -> None:
    kept = tampering.kept(tmp_path)
    long_chain(kept.study, ENTRIES)
    kept = tampering.anchored(kept.study, tmp_path)
    checks: dict[str, Callable[[], Verdict]] = {
        "`ethics verify`": lambda: audit_verify.verify(kept.study.paths, kept.checkpoint).verdict,
        "`scripts/verify_audit.py`": lambda: Second()(kept.study.root, kept.file),
    }
    for what, check in checks.items():
        started_s = time.perf_counter()
        assert check() is Verdict.INTACT
        took_s = time.perf_counter() - started_s
        figures.add(f"{ENTRIES:,} entries, {what}", took_s, f"< {LIMIT_S}", "s")


class Silent(audit.Log):
    """What the study wrote before there was an audit trail."""

    NOBODY = Signer(device.Device("", "", "", "", ""))

    @contextmanager
    def event(self, reason: str, participant: str, forms: Sequence[str] = ()) -> Iterator[audit.Event]:
        yield audit.Event(self.paths.root, 0, Action.of(reason), participant, self.NOBODY)


def test_what_an_event_costs(tmp_path: Path, figures: Figures) -> None:
    study = small_study.clear_study(tmp_path)
    interview = small_study.consented_call(study)
    grant = study.grant(interview.participant, Record)
    logged, silent = study.audit, Silent(study.paths, study._lock, lambda warned: None)
    for what, reason in {"a change": "wrapped up", "a key in the room": "interview in progress"}.items():
        took_ms: dict[str, list[float]] = {"without": [], "with": []}
        for number in range(COMMITS + 2):
            for how, log in (("without", silent), ("with", logged)):
                study.audit = log
                started_s = time.perf_counter()
                study.change_interview(grant, interview.id, lambda known: known, reason)
                took_ms[how] += [1000 * (time.perf_counter() - started_s)] if number > 1 else []
        study.audit = logged
        for how, limit in {"without": "< 100", "with": "< 100"}.items():
            figures.add(f"{what}, {how} an event: median", statistics.median(took_ms[how]), limit, "ms")
