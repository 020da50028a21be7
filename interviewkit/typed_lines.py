"""A line of a transcript that was typed elsewhere, and what somebody says in one or more of them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """A paragraph; a row of a table where it has several `cells`; or a cue of subtitles.

    `number` is what a reader counts: lines of a text file, paragraphs of a document.
    """

    number: int
    cells: tuple[str, ...]
    heading: bool = False
    voice: str | None = None
    """Who says it, where the file has that apart from the text."""
    look: str = ""
    """`bold` or `italic`, where all of it is; some give the interviewer's words a look and no name."""
    span_s: tuple[float, float] | None = None
    """From when until when, where the file says it of the whole line."""

    @property
    def text(self) -> str:
        """All of it."""
        return "\t".join(self.cells)

    @property
    def blank(self) -> bool:
        """Whether there is nothing in it."""
        return not self.text.strip()


@dataclass(frozen=True)
class Said:
    """What somebody says in one go; `stamps` are seconds, each before the word of its number."""

    speaker: str
    words: tuple[str, ...]
    stamps: tuple[tuple[int, float], ...] = ()
    line: int = 0


def key(name: str) -> str:
    """A name as it is compared: capitals and spaces make no difference."""
    return " ".join(name.split()).casefold()
