"""A transcript for the participant whose words it has: to be read, put right in itself, and sent back.

Word document or text, a paragraph a turn that begins with who says it; nothing of it has to be kept for the
file to be understood when it comes back (`returned`).
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from interviewkit.exports.base import MADE, visible
from interviewkit.models import Break, Turn
from interviewkit.omissions import shown, woven
from interviewkit.roles import INTERVIEWER

YOU = "You"
TITLE = "Your interview"
GUIDE = (
    "This is what was written down of your interview. Words in square brackets were not said: they tell what"
    " is heard, or what is left out.",
    "Please read it. Where something is wrong, change it right here in the text. Where you want words to be"
    " left out, take them away, and tell us if they should go from the recording as well.",
)


@dataclass(frozen=True)
class Letter:
    """What somebody is sent: the turns of one call, and until when they may send it back."""

    interview: str
    participant: str
    turns: Sequence[Turn]
    breaks: Sequence[Break]
    until: date

    @property
    def guide(self) -> tuple[str, ...]:
        """What to do with it."""
        last = f"Please send it back by {self.until.day} {self.until:%B %Y}. If you don't, it stays as it is."
        return (*GUIDE, last)

    def paragraphs(self) -> Iterator[tuple[str, str]]:
        """Who says what; nobody says what is not there."""
        for said in woven(self.turns, shown(self.breaks)):
            if isinstance(said, Turn):
                yield label(said.speaker, self.participant), visible(said.text)
            else:
                yield "", f"[{visible(said.text)}]"


def label(speaker: str, participant: str) -> str:
    """What somebody is called to the one who takes part."""
    if speaker == participant:
        return YOU
    return INTERVIEWER if speaker == INTERVIEWER else visible(speaker).replace(":", "")


def text(letter: Letter) -> bytes:
    """UTF-8 with line ends that every computer shows."""
    lines = [TITLE, "", *(line for part in letter.guide for line in (part, ""))]
    for name, said in letter.paragraphs():
        lines += [f"{name}: {said}" if name else said, ""]
    return "\r\n".join(lines).encode("utf-8-sig")


def document(letter: Letter) -> bytes:
    """A DOCX file."""
    from docx import Document
    from docx.shared import Pt

    made = Document()
    known = made.core_properties
    known.author, known.title, known.comments, known.last_modified_by = "", "", "", ""
    known.created = known.modified = MADE
    made.styles["Normal"].font.name, made.styles["Normal"].font.size = "Arial", Pt(11)
    made.add_heading(TITLE, level=1)
    for part in letter.guide:
        made.add_paragraph(part)
    for name, said in letter.paragraphs():
        paragraph = made.add_paragraph()
        if name:
            paragraph.add_run(f"{name}: ").bold = True
        paragraph.add_run(said)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()
