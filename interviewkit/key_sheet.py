"""The recovery sheet: the one key that opens everything of a study, on paper.

It is made when a study is made, and printed. No program keeps that key: who has the sheet can give themselves
a new passphrase, and who has neither sheet nor passphrase has lost the study.
"""

import io

import segno

from interviewkit.exports.pdf import Block, Facts, Heading, Paragraph, Picture, pdf
from interviewkit.key_records import StudyRecord
from interviewkit.sealing import Secret

PREFIX = "AGE-SECRET-KEY-1"
GROUP = 6
PER_LINE = 5
QR_MM = 42.0


def grouped(secret: Secret) -> str:
    """The key as it is read out and typed: what all begin with, then six characters at a time."""
    rest = secret.text.removeprefix(PREFIX)
    groups = [rest[at : at + GROUP] for at in range(0, len(rest), GROUP)]
    lines = [groups[at : at + PER_LINE] for at in range(0, len(groups), PER_LINE)]
    return "\n\n".join([PREFIX, *("  ".join(line) for line in lines)])


def sheet(title: str, study: StudyRecord, secret: Secret) -> bytes:
    """The recovery sheet of a study as PDF."""
    blocks: list[Block] = [
        Paragraph("Print this page, lock it away where the study's papers are, and delete the file."),
        Facts([("Study", title), ("Its id", study.id), ("Public half", study.recovery)]),
        Heading("The recovery key", 2),
        Paragraph(grouped(secret), mono=True),
        Paragraph("After the first line a 0 is a zero: the letters B, I and O do not occur.", small=True),
        Picture(_qr(secret.text), QR_MM, "the same, to be scanned"),
        Heading("What it is for", 2),
        Paragraph(
            "A passphrase is forgotten, a computer is lost, somebody who held a role is gone: whoever has"
            " this page, the study's folder and a backup of its keys can open the study again, with\n\n"
            "interviewkit key recover\n\n"
            "It opens everything, so nobody should have it at hand. Without it, and without a passphrase,"
            " nothing in the study can be read again, by anybody."
        ),
        Heading("Try it now", 2),
        Paragraph("interviewkit key drill\n\nasks for the key above and says whether this page would do."),
        Paragraph(
            "It can't bring back a participant who was erased: their own keys are destroyed, and this one"
            " opens nothing without them.",
            small=True,
        ),
    ]
    return pdf("Recovery sheet", blocks)


def _qr(text: str) -> bytes:
    made = io.BytesIO()
    segno.make_qr(text, error="m").save(made, kind="png", scale=8, border=4)
    return made.getvalue()
