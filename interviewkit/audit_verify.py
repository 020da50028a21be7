"""Whether a study's audit trail, and what it speaks of, is what was written. Reads only, and needs no key.

    audit/*.jsonl ─► each chain on its own ─► the checkpoint ─► documents, recordings, consent ─► Report

Every entry's hash is computed and compared with what the next one says; the signature of the last entry of a
chain then covers all of it. What the chains can't show by themselves, a checkpoint from elsewhere does.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from pathlib import Path

from interviewkit import audit_entries, audit_evidence, audit_files, device
from interviewkit.audit_checkpoint import Anchor, Checkpoint
from interviewkit.audit_entries import NOTHING, Action, Entry, Former, Line, Malformed
from interviewkit.audit_evidence import Evidence
from interviewkit.paths import StudyPaths, storage_errors

CLOCK_SLACK = timedelta(seconds=120)
"""How far a clock may be put back by itself without a word."""


class Verdict(IntEnum):
    """What a verification comes to; also its exit code."""

    INTACT = 0
    TAMPERED = 1
    INCOMPLETE = 2


@dataclass(frozen=True)
class Problem:
    """Something that is not as it should be, in one line."""

    verdict: Verdict
    text: str


@dataclass
class Told:
    """What one chain says of itself."""

    device: str
    path: Path
    key: str = ""
    study: str = ""
    former: Former | None = None
    hashes: list[str] = field(default_factory=list)
    last: Line | None = None
    problems: list[Problem] = field(default_factory=list)

    @property
    def anchor(self) -> Anchor:
        """How long it is and how it ends."""
        return Anchor(self.device, self.key, len(self.hashes), self.hashes[-1] if self.hashes else NOTHING)

    def wrong(self, text: str) -> None:
        """Note that it was tampered with."""
        self.problems.append(Problem(Verdict.TAMPERED, text))

    def lacks(self, text: str) -> None:
        """Note that something can't be told from it."""
        self.problems.append(Problem(Verdict.INCOMPLETE, text))


@dataclass(frozen=True)
class Report:
    """What was found; `since` is how many entries came after the checkpoint, if there was one."""

    study: str
    anchors: tuple[Anchor, ...]
    documents: int
    problems: tuple[Problem, ...]
    since: int | None = None

    @property
    def entries(self) -> int:
        """How many entries all chains have."""
        return sum(anchor.entries for anchor in self.anchors)

    @property
    def verdict(self) -> Verdict:
        """The worst of it: tampered, else incomplete, else intact."""
        found = {problem.verdict for problem in self.problems}
        if Verdict.TAMPERED in found:
            return Verdict.TAMPERED
        return Verdict.INCOMPLETE if found else Verdict.INTACT


def verify(paths: StudyPaths, checkpoint: Checkpoint | None = None) -> Report:
    """Look at everything; StorageError where a file can't be read."""
    evidence = Evidence()
    chains = {path.stem: _walk(path, evidence) for path in sorted(paths.audit.glob("*.jsonl"))}
    problems = [problem for told in chains.values() for problem in told.problems]
    problems += [problem for told in chains.values() for problem in _about_keys(paths, told)]
    problems += list(_missing(paths, chains))
    problems += [Problem(Verdict.TAMPERED, text) for text in _former(chains)]
    since = None
    if checkpoint is not None:
        problems += list(_against(checkpoint, chains, evidence))
        since = sum(len(told.hashes) for told in chains.values())
        since -= sum(anchor.entries for anchor in checkpoint.anchors)
    count, found = audit_evidence.problems(paths, evidence)
    problems += [Problem(Verdict.TAMPERED, text) for text in found]
    problems += [Problem(Verdict.INCOMPLETE, text) for text in evidence.unfinished()]
    study = audit_files.study_id(paths) or ""
    return Report(study, anchors(chains), count, tuple(problems), since)


def anchors(chains: dict[str, Told]) -> tuple[Anchor, ...]:
    """How long each chain is, as far as it is whole, and how it ends there."""
    return tuple(told.anchor for told in chains.values() if told.hashes)


def heads(paths: StudyPaths) -> tuple[Anchor, ...]:
    """The same, of the chains as they are now."""
    return anchors({path.stem: _walk(path, Evidence()) for path in sorted(paths.audit.glob("*.jsonl"))})


# ── one chain ───────────────────────────────────────────────────────────────────────────────────


def _walk(path: Path, evidence: Evidence) -> Told:
    told = Told(path.stem, path)
    clock: datetime | None = None
    for raw in _lines(told):
        try:
            line = audit_entries.parse(raw)
            line.entry.check()
        except (Malformed, ValueError, TypeError):
            told.wrong(f"{_place(told, len(told.hashes))} is no entry, or was altered.")
            break
        if not _follows(told, line):
            break
        clock = _check_clock(told, line.entry, clock)
        told.hashes.append(line.hash)
        told.last = line
        evidence.take(told.device, line.entry)
    _check_signature(told)
    return told


def _lines(told: Told) -> Iterator[bytes]:
    with storage_errors(told.path), told.path.open("rb") as file:
        for raw in file:
            if not raw.endswith(b"\n"):
                told.lacks(
                    f"audit/{told.path.name} ends in the middle of an entry: a kill or a power cut does that."
                )
                return
            yield raw[:-1]


def _follows(told: Told, line: Line) -> bool:
    """Whether an entry is the next one of the chain."""
    entry, number = line.entry, len(told.hashes)
    if number == 0:
        return _opens(told, entry)
    if entry.prev != told.hashes[-1]:
        told.wrong(
            f"{_place(told, number)} does not follow the one before: one of them was altered or is gone."
        )
        return False
    if entry.seq != number:
        told.wrong(f"{_place(told, number)} has the number {entry.seq}.")
        return False
    return True


def _opens(told: Told, entry: Entry) -> bool:
    right = (entry.seq, entry.prev, entry.action, entry.device) == (
        0,
        NOTHING,
        Action.LOG_OPENED,
        told.device,
    )
    if not right or entry.key is None or entry.study is None:
        told.wrong(f"audit/{told.path.name} does not begin with its own first entry.")
        return False
    told.key, told.study, told.former = entry.key, entry.study, entry.former
    return True


def _check_clock(told: Told, entry: Entry, before: datetime | None) -> datetime:
    if before is not None and entry.at < before - CLOCK_SLACK:
        told.lacks(
            f"{_place(told, entry.seq)} is dated {audit_entries.stamp(entry.at)}, before the one that it"
            " follows: the clock was put back."
        )
    return entry.at


def _check_signature(told: Told) -> None:
    """The last entry's: it covers the hash of the one before, and so all of the chain."""
    if told.last is None:
        if not told.problems:
            told.wrong(f"audit/{told.path.name} is empty.")
        return
    signed = audit_entries.signed(told.last.payload)
    if not device.verifies(told.key, told.last.signature, signed):
        told.wrong(f"{_place(told, len(told.hashes) - 1)} is not signed by the computer whose chain it is.")


def _place(told: Told, number: int) -> str:
    return f"audit/{told.path.name}, entry {number}"


# ── the chains together ─────────────────────────────────────────────────────────────────────────


def _about_keys(paths: StudyPaths, told: Told) -> Iterator[Problem]:
    path = paths.devices / f"{told.device}.pub"
    known = path.read_text("ascii", "replace").strip() if path.is_file() else None
    if told.key and known != told.key:
        what = "is gone" if known is None else "is another one"
        yield Problem(Verdict.TAMPERED, f"The public key keys/devices/{path.name} {what}.")
    study = audit_files.study_id(paths)
    if told.study and study != told.study:
        yield Problem(Verdict.TAMPERED, f"audit/{told.path.name} is of another study.")


def _missing(paths: StudyPaths, chains: dict[str, Told]) -> Iterator[Problem]:
    for path in sorted(paths.devices.glob("*.pub")):
        if path.stem not in chains:
            yield Problem(Verdict.TAMPERED, f"audit/{path.stem}.jsonl is gone: its computer has a key here.")
    if not chains and any(audit_files.kept(paths)):
        yield Problem(Verdict.INCOMPLETE, "There is no audit trail: nothing can be said of what is there.")


def _former(chains: dict[str, Told]) -> Iterator[str]:
    """What computers noticed themselves: their chain was not what they had signed."""
    for told in chains.values():
        if told.former is not None:
            yield (
                f"audit/{told.former.device}.jsonl was cut, altered, or put back from a backup:"
                f" {told.former.entries} entries of it had been signed on its computer"
                f" when audit/{told.path.name} was begun."
            )


# ── the checkpoint ──────────────────────────────────────────────────────────────────────────────


def _against(checkpoint: Checkpoint, chains: dict[str, Told], evidence: Evidence) -> Iterator[Problem]:
    keys = {anchor.device: anchor.key for anchor in checkpoint.anchors}
    signature = checkpoint.signature
    if not _hexadecimal(signature) or not device.verifies(
        keys.get(checkpoint.signer, ""), bytes.fromhex(signature), checkpoint.statement
    ):
        yield Problem(Verdict.INCOMPLETE, "The checkpoint is not as it was made: a letter of it was changed.")
        return
    if any(told.study != checkpoint.study for told in chains.values() if told.study):
        yield Problem(Verdict.TAMPERED, "The checkpoint is of another study.")
    for anchor in checkpoint.anchors:
        yield from _anchored(anchor, chains.get(anchor.device))
    at = datetime.fromisoformat(checkpoint.at)
    for name, earliest in evidence.after(checkpoint.anchors).items():
        if earliest < at - CLOCK_SLACK:
            yield Problem(
                Verdict.INCOMPLETE,
                f"audit/{name}.jsonl has entries after the checkpoint that are dated before it:"
                " a clock was put back.",
            )


def _anchored(anchor: Anchor, told: Told | None) -> Iterator[Problem]:
    if told is None:
        yield Problem(Verdict.TAMPERED, f"audit/{anchor.device}.jsonl is gone; the checkpoint has it.")
    elif told.key != anchor.key:
        yield Problem(
            Verdict.TAMPERED, f"audit/{told.path.name} is signed with another key than at the checkpoint."
        )
    elif len(told.hashes) < anchor.entries:
        yield Problem(
            Verdict.TAMPERED,
            f"audit/{told.path.name} has {len(told.hashes)} entries;"
            f" at the checkpoint it had {anchor.entries}.",
        )
    elif told.hashes[anchor.entries - 1] != anchor.head:
        yield Problem(
            Verdict.TAMPERED,
            f"audit/{told.path.name} is not what it was at the checkpoint: its first {anchor.entries} entries"
            " were written anew.",
        )


def _hexadecimal(text: str) -> bool:
    return len(text) == 128 and not set(text) - set("0123456789abcdef")
