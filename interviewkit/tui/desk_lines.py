"""What everybody said to one question, as a page: pure."""

from collections.abc import Iterable

from textual.content import Content

from interviewkit.answers import Answer
from interviewkit.exports.base import visible
from interviewkit.tui.text import clock, plain


def answers(found: Iterable[Answer]) -> Content:
    """Participant by participant, with those who were not asked."""
    lines: list[Content] = []
    for answer in found:
        why = f": {answer.why}" if answer.why else ""
        lines.append(plain(f"── {answer.interview}{why}", "bold"))
        lines += [
            plain(f"{clock(line.start_s)}  {visible(line.speaker)}: {visible(line.text)}")
            for line in answer.lines
        ]
        lines.append(plain(""))
    return Content("\n").join(lines or [plain("Nobody of this group has a transcript yet.")])
