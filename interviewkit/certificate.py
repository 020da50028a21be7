"""What is given to a participant who was erased, and what goes into the study's file about it. Pure.

Tombstone + exports on record ── for_participant, for_file ─► blocks ─► PDF or text

The same tombstone makes the same bytes, so that a certificate can be made again and compared.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum

from interviewkit.erasure import Recall
from interviewkit.errors import UsageError
from interviewkit.exports.pdf import Block, Facts, Heading, Paragraph, Signature, Table, pdf
from interviewkit.exports.plain import plain
from interviewkit.models import KeptKind, Tombstone
from interviewkit.rights_words import number, others_on_record, where

TITLE = "Certificate of erasure"


class Reader(StrEnum):
    """Whom a certificate is for."""

    PARTICIPANT = "participant"
    FILE = "file"


def as_pdf(study: str, stone: Tombstone, handed_on: Recall, reader: Reader) -> bytes:
    """The certificate as pages; raises UsageError for an erasure that is not done."""
    return pdf(TITLE, _blocks(stone, handed_on, reader), subtitle=study, footer=_footer(stone, reader))


def as_text(study: str, stone: Tombstone, handed_on: Recall, reader: Reader) -> str:
    """The same as text."""
    return plain(TITLE, _blocks(stone, handed_on, reader), subtitle=study)


def _footer(stone: Tombstone, reader: Reader) -> str:
    return f"{TITLE}, {stone.participant}, for the {reader.value}"


def _blocks(stone: Tombstone, handed_on: Recall, reader: Reader) -> list[Block]:
    if stone.erased_at is None:
        raise UsageError(
            f"The erasure of {stone.participant} is not finished.",
            "Open the study again: it is then finished.",
        )
    parts = _for_participant if reader is Reader.PARTICIPANT else _for_file
    return list(parts(stone, stone.erased_at, handed_on))


# ── for the participant ─────────────────────────────────────────────────────────────────────────


def _for_participant(stone: Tombstone, done_at: datetime, handed_on: Recall) -> Iterator[Block]:
    yield Facts(
        [
            ("Your number in the study", stone.participant),
            *([("You asked for it on", _day(stone.asked_at))] if stone.asked_at is not None else []),
            ("Done on", _day(done_at)),
        ]
    )
    yield Heading("What was destroyed", 2)
    yield Paragraph(_destroyed(stone))
    yield Paragraph(_how(stone))
    yield Heading("What is kept, and why", 2)
    yield from _kept(stone)
    yield Heading("What was passed on before", 2)
    yield Paragraph(_passed_on(handed_on))
    yield Signature("For the study")


def _destroyed(stone: Tombstone) -> str:
    counts = stone.counts
    talks = number(counts.interviews, "interview")
    calls = f"{number(counts.calls, 'recorded call')} ({_minutes(counts.recorded_s)})"
    return (
        f"Everything that the study had of you but for what is named below: {talks} with {calls},"
        f" {number(counts.transcripts, 'transcript')}, what was noted, and how you were reached."
        f" Together these were {number(counts.files, 'file')}."
    )


def _how(stone: Tombstone) -> str:
    if stone.keys_destroyed:
        return (
            "The files were encrypted with keys of your own. The keys on the study's computer were destroyed"
            " first, so that they open no copy of the files any more; then the files were deleted."
        )
    return (
        "The files were deleted. They were not encrypted with a key of your own: remains on the disk, and"
        " backups, last until they are written over."
    )


def _kept(stone: Tombstone) -> Iterator[Block]:
    rows = [
        ("Number and group", "so that nobody else gets the number and the study's counts are right"),
        ("When consent was given, and when this was done", "as proof that the wish was followed"),
    ]
    if KeptKind.CONSENT in stone.kept:
        rows.append(("The record of the consent", "as evidence of what was agreed, as long as approved"))
    rows.append(("Records of incidents, if there are any", "whoever had to act may have to account for it"))
    yield Table(["What", "Why"], rows, [2, 3])


def _passed_on(handed_on: Recall) -> str:
    if not handed_on.held:
        return "Nothing with your words had left the study."
    return (
        f"{number(len(handed_on.held), 'file')} with words of yours had been written for use outside of the"
        " study, and have to be called back from whoever has them. What has been published can't be called"
        " back."
    )


# ── for the file ────────────────────────────────────────────────────────────────────────────────


def _for_file(stone: Tombstone, done_at: datetime, handed_on: Recall) -> Iterator[Block]:
    yield Facts(
        [
            ("Participant", f"{stone.participant}, {stone.group}, {stone.jurisdiction}"),
            ("Form versions", ", ".join(stone.forms) or "none on record"),
            ("Consent given", _times(stone.consented_at)),
            ("Withdrawn", _times(stone.withdrawn_at)),
            ("Erasure asked for", "not on record" if stone.asked_at is None else _time(stone.asked_at)),
            ("Asked for", stone.level),
            ("Begun", _time(stone.begun_at)),
            ("Finished", _time(done_at)),
            ("Done by", stone.actor),
            *([("Done again", _times(stone.again_at))] if stone.again_at else []),
        ]
    )
    yield Heading("What was destroyed", 2)
    counts = stone.counts
    yield Table(
        ["What", "How much"],
        [
            ("Interviews", str(counts.interviews)),
            ("Recorded calls", f"{counts.calls}, {_minutes(counts.recorded_s)}"),
            ("Transcripts", str(counts.transcripts)),
            ("Exports within the study", str(counts.exports)),
            ("Files in all, without exports", str(counts.files)),
            (
                "Wrapped keys on this computer",
                "destroyed first" if stone.keys_destroyed else "the study has none",
            ),
        ],
        [3, 2],
    )
    yield Heading("What is kept", 2)
    yield from _kept(stone)
    yield Heading("To be called back", 2)
    yield from _recalled(handed_on)
    yield Signature("Carried out by")
    yield Signature("Seen by the ethics officer")


def _recalled(handed_on: Recall) -> Iterator[Block]:
    if handed_on.held:
        rows = [
            (one.id[:8], _time(one.at), one.format, one.by or "not on record", where(handed_on, one), "")
            for one in handed_on.held
        ]
        heads = ["Id", "Written", "Format", "By", "Where", "Called back from, on"]
        yield Table(heads, rows, [1.3, 1.8, 1, 1.5, 4, 2.4])
        yield Paragraph(
            "Each of these held words of the participant. Copies may have been made, also of what was"
            " removed. The last column is filled in by hand.",
            small=True,
        )
    else:
        yield Paragraph("No export is on record that held words of the participant.")
    others = len(handed_on.exports) - len(handed_on.held)
    if others:
        yield Paragraph(others_on_record(handed_on.participant, others))


def _day(at: datetime) -> str:
    return f"{at.day} {at:%B %Y}"


def _time(at: datetime) -> str:
    return f"{at:%d %b %Y %H:%M} {at.tzname() or ''}".rstrip()


def _times(moments: Sequence[datetime]) -> str:
    return ", ".join(map(_time, moments)) or "not on record"


def _minutes(seconds: int) -> str:
    return number(round(seconds / 60), "minute")
