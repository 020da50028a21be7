"""Checkpoints: how long each chain is and how it ends, as a few lines to keep away from the computer. Pure.

    heads of all chains ── signed ─► text, also as a QR code ─► an officer's mailbox ─► `ethics verify`

The words of the text count, not its lines or capitals: mail programs break and indent lines as they like, and
a QR code in capitals is a third smaller.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from interviewkit.audit_entries import stamp
from interviewkit.errors import UsageError

TITLE = "interviewkit checkpoint 1"
END = "end of checkpoint"
_SIGNED = b"interviewkit checkpoint 1\n"
_LINE = 64


@dataclass(frozen=True)
class Anchor:
    """One chain at the time of the checkpoint."""

    device: str
    key: str
    entries: int
    head: str


@dataclass(frozen=True)
class Checkpoint:
    """All chains of a study at a time; signed by the computer that made it."""

    study: str
    at: str
    anchors: tuple[Anchor, ...]
    signer: str
    signature: str

    @property
    def statement(self) -> bytes:
        """What is signed: the words in small letters, with one space between each."""
        return _statement(self.study, self.at, self.anchors)


def make(
    study: str, at: datetime, anchors: Sequence[Anchor], signer: str, sign: Callable[[bytes], bytes]
) -> Checkpoint:
    """A checkpoint of these chains, signed."""
    ordered = tuple(sorted(anchors, key=lambda anchor: anchor.device))
    said = _statement(study, stamp(at), ordered)
    return Checkpoint(study, stamp(at), ordered, signer, sign(said).hex())


def _statement(study: str, at: str, anchors: Sequence[Anchor]) -> bytes:
    words = ["study", study, "at", at]
    for one in anchors:
        words += ["device", one.device, "key", one.key, "entries", str(one.entries), "head", one.head]
    return _SIGNED + " ".join(words).lower().encode()


def text(checkpoint: Checkpoint) -> str:
    """The checkpoint as it is sent: no line is longer than mail leaves alone."""
    lines = [TITLE, f"study {checkpoint.study}", f"at {checkpoint.at}"]
    for one in checkpoint.anchors:
        lines += [f"device {one.device}", f"key {one.key}", f"entries {one.entries}", f"head {one.head}"]
    signature = checkpoint.signature
    lines += [f"signed {checkpoint.signer}", signature[:_LINE], signature[_LINE:], END]
    return "".join(f"{line}\n" for line in lines)


def code(checkpoint: Checkpoint) -> str:
    """The same as it stands in a QR code."""
    return " ".join(text(checkpoint).split()).upper()


def read(said: str, name: str) -> Checkpoint:
    """The checkpoint in a text, whatever stands around it; UsageError where `name` has none that is whole."""
    words = said.lower().replace(">", " ").split()
    title = TITLE.split()
    start = next((at for at in range(len(words)) if words[at : at + len(title)] == title), None)
    if start is None:
        raise UsageError(f"{name} holds no checkpoint.", f"It begins with the words: {TITLE}")
    try:
        return _read(iter(words[start + len(title) :]))
    except (StopIteration, ValueError):
        raise UsageError(
            f"The checkpoint in {name} is not whole.", "Copy all of it, from its title to its last words."
        ) from None


def _read(words: Iterator[str]) -> Checkpoint:
    study, at = _after(words, "study"), _after(words, "at").upper()
    datetime.fromisoformat(at)
    anchors = []
    while (word := next(words)) == "device":
        anchors.append(
            Anchor(
                device=next(words),
                key=_after(words, "key"),
                entries=int(_after(words, "entries")),
                head=_after(words, "head"),
            )
        )
    if word != "signed":
        raise ValueError
    return Checkpoint(study, at, tuple(anchors), next(words), next(words) + next(words))


def _after(words: Iterator[str], name: str) -> str:
    if next(words) != name:
        raise ValueError
    return next(words)
