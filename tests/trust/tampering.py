"""A study with an audit trail, a checkpoint kept elsewhere, and ways in which somebody may tamper with it."""

import importlib.util
import io
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from interviewkit import audit_checkpoint, audit_entries, audit_verify, device
from interviewkit.audit_checkpoint import Checkpoint
from interviewkit.audit_verify import Verdict
from interviewkit.device import Signer
from interviewkit.models import Details
from interviewkit.study import Study
from tests import small_study

SECOND = Path(__file__).parents[2] / "scripts" / "verify_audit.py"
EVENTS = 12


@dataclass(frozen=True)
class Kept:
    """A study and what was sent away of it."""

    study: Study
    checkpoint: Checkpoint
    file: Path

    @property
    def chain(self) -> Path:
        """The chain of this computer."""
        return self.study.paths.chain(self.checkpoint.signer)


def change(study: Study, number: int = 0) -> None:
    """One more thing done."""
    details = Details(number=f"000 {number:03d}")
    study.write("P01", lambda writing: writing.contact(details), "contact details changed")


def kept(folder: Path, events: int = EVENTS) -> Kept:
    """A study in which so many things were done, and a checkpoint of that."""
    study = small_study.clear_study(folder)
    person = study.add_participant("patients", "uk").id
    small_study.give(study, person)
    for number in range(events - 2):
        change(study, number)
    return anchored(study, folder)


def anchored(study: Study, folder: Path) -> Kept:
    """The study with a checkpoint of how it is now."""
    known = device.load(audit_verify.verify(study.paths).study)
    assert known is not None
    checkpoint = audit_checkpoint.make(
        known.study, datetime.now(UTC), audit_verify.heads(study.paths), known.id, Signer(known).sign
    )
    file = folder / "checkpoint.txt"
    file.write_text(audit_checkpoint.text(checkpoint))
    return Kept(study, checkpoint, file)


class Second:
    """`scripts/verify_audit.py`, loaded once."""

    def __init__(self) -> None:
        found = importlib.util.spec_from_file_location("verify_audit", SECOND)
        assert found is not None
        assert found.loader is not None
        self._module = importlib.util.module_from_spec(found)
        found.loader.exec_module(self._module)

    def __call__(self, study: Path, checkpoint: Path | None = None) -> Verdict:
        self._module.found.clear()
        with redirect_stdout(io.StringIO()):
            return Verdict(self._module.check(study, checkpoint))


def verdicts(kept: Kept, second: Second) -> tuple[Verdict, Verdict]:
    """What both verifiers say, with the checkpoint."""
    first = audit_verify.verify(kept.study.paths, kept.checkpoint).verdict
    return first, second(kept.study.root, kept.file)


def flips(data: bytes, every: int = 1) -> Iterator[tuple[str, bytes]]:
    """The log with one bit of it turned over, for every bit, or for every so many."""
    for bit in range(0, 8 * len(data), every):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        yield f"bit {bit}", bytes(changed)


def rearranged(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The log with entries gone, repeated, swapped, moved, forged, and cut short anywhere."""
    lines = data.splitlines(keepends=True)
    for at, line in enumerate(lines):
        yield f"entry {at} gone", b"".join(lines[:at] + lines[at + 1 :])
        yield f"entry {at} twice", b"".join(lines[: at + 1] + lines[at:])
        yield f"entry {at} again at the end", data + line
        yield f"up to entry {at}", b"".join(lines[:at])
        yield f"entry {at} cut", b"".join(lines[:at]) + line[: len(line) // 2]
        yield f"an empty line before {at}", b"".join([*lines[:at], b"\n", *lines[at:]])
        forged = line.replace(b'"actor":"', b'"actor":"x')
        yield f"entry {at} forged", b"".join([*lines[:at], forged, *lines[at + 1 :]])
        if at + 1 < len(lines):
            yield f"entries {at} and the next", b"".join([*lines[:at], lines[at + 1], line, *lines[at + 2 :]])


def written_anew(
    data: bytes, sign: Callable[[bytes], bytes], alter: Callable[[dict[str, object]], None]
) -> bytes:
    """A whole chain that holds together, signed by whoever has a key: what an insider could make."""
    lines, previous = [], audit_entries.NOTHING
    for line in data.splitlines():
        told = json.loads(audit_entries.parse(line).payload)
        told["prev"] = previous
        alter(told)
        payload = json.dumps(told, separators=(",", ":")).encode()
        lines.append(audit_entries.line(payload, sign(audit_entries.signed(payload))))
        previous = audit_entries.link(lines[-1])
    return b"".join(line + b"\n" for line in lines)


def by_an_insider(kept: Kept) -> Iterator[str]:
    """Rewritten with the computer's own key, and with another; each undone afterwards."""
    known = device.load(kept.checkpoint.study)
    assert known is not None
    data, public = kept.chain.read_bytes(), kept.study.paths.devices / f"{known.id}.pub"
    key = public.read_bytes()

    def backdate(told: dict[str, object]) -> None:
        told["at"] = str(told["at"]).replace("20", "19", 1)

    kept.chain.write_bytes(written_anew(data, Signer(known).sign, backdate))
    yield "written anew with the same key"
    other = Signer(replace(known, private=Ed25519PrivateKey.generate().private_bytes_raw().hex()))

    def rekeyed(told: dict[str, object]) -> None:
        if "key" in told:
            told["key"] = other.public

    kept.chain.write_bytes(written_anew(data, other.sign, rekeyed))
    yield "signed with another key"
    public.write_text(other.public)
    yield "signed with another key that took the place of the public one"
    public.write_bytes(key)
    kept.chain.unlink()
    yield "the log gone"
    public.unlink()
    yield "the log and the key gone"
    public.write_bytes(key)
    kept.chain.write_bytes(data)


def rolled_back(kept: Kept, folder: Path) -> Iterator[str]:
    """An older copy of the whole study in its place, as it is and after the program went on with it."""
    study = kept.study
    now = folder / "now"
    shutil.copytree(study.root, now)
    lines = kept.chain.read_bytes().splitlines(keepends=True)
    shutil.rmtree(study.root)
    shutil.copytree(folder / "older", study.root)
    assert len(kept.chain.read_bytes().splitlines()) < len(lines)
    yield "an older copy"
    again = Study.open(study.root)
    change(again)
    yield "an older copy that was gone on with"
    shutil.rmtree(study.root)
    now.rename(study.root)
