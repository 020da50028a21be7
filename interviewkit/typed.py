"""A transcript that was typed elsewhere, cut into who says what, as the file has it: pure.

    Line[] ── read ─► Typed: speakers under the file's names, words, time stamps between words
    Typed ── cast ─► which of them interviews, and which takes part

Files have `Name:` before what is said, names and texts in columns, voices of subtitles, or a name and a time
on a line of their own; times as MAXQDA, f4, ATLAS.ti and NVivo write them. What follows without a name goes
on with the speaker before it. Nothing is lost: a line is in a turn, or among those that are told to be no
talk.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from interviewkit.align import TURN_PAUSE_S
from interviewkit.errors import UsageError
from interviewkit.harmless import visible
from interviewkit.omissions import WORDS
from interviewkit.roles import INTERVIEWER
from interviewkit.typed_lines import Line, Said, key
from interviewkit.typed_parts import HERE, Part, parted
from interviewkit.typed_speakers import ANSWERS, ASKS, Names, by_look, first_talk, speakers, who
from interviewkit.typed_tables import untabled

MOST_WORDS = 300_000
_BREAKS = "|".join([*(re.escape(text.rstrip(":")) for text in WORDS.values()), r"call \d+ begins"])
LEFT_OUT = re.compile(rf"[\s{HERE}]*\[(?:{_BREAKS})[^\]]*\][\s{HERE}]*")
"""What exports say of what is not in a transcript: the call has that by itself."""


@dataclass(frozen=True)
class Typed:
    """All that a file has of what was said; `left` are the numbers of lines that are no talk."""

    said: tuple[Said, ...]
    left: tuple[int, ...] = ()
    cues: bool = False
    """Whether each part of it has a beginning and an end of its own."""

    @property
    def speakers(self) -> dict[str, int]:
        """The speakers in the order of their first words, with how many words each says."""
        counted: dict[str, int] = {}
        for said in self.said:
            counted[said.speaker] = counted.get(said.speaker, 0) + len(said.words)
        return counted

    @property
    def words(self) -> int:
        """How many there are."""
        return sum(len(said.words) for said in self.said)


def read(lines: Sequence[Line], known: Collection[str] = ()) -> Typed:
    """Who says what in a file; `known` are names that are certainly speakers. Raises UsageError."""
    lines = [line for line in lines if not line.blank]
    if not lines:
        raise UsageError("There is no text in the file.")
    cues = any(line.span_s is not None for line in lines)
    left: list[int] = []
    if not cues:
        lines, left = untabled(lines)
    parts = parted(lines)
    try:
        names = speakers(parts, known)
    except UsageError:
        looks = by_look(lines)
        if looks is None:
            raise
        parts = parted(looks)
        names = speakers(parts, known)
    said = list(_cued(parts, names, left) if cues else _walked(parts, names, left))
    found = Typed(tuple(one for one in said if one.words), tuple(sorted(set(left))), cues)
    return _checked(found)


def cast(typed: Typed, interviewers: Collection[str], participant: str) -> dict[str, str] | None:
    """The study's names for the file's speakers; None where it isn't obvious who interviews.

    `interviewers` are those that somebody named; raises UsageError where nobody in the file is called so.
    """
    names = list(typed.speakers)
    keys = {key(name): name for name in names}
    missing = [name for name in interviewers if key(name) not in keys]
    if missing:
        raise UsageError(
            f"Nobody in the file is called {visible(missing[0])}.", "Write the name as it stands in the file."
        )
    asking = [keys[key(name)] for name in interviewers] or [name for name in names if _asks(name)]
    if not interviewers and len(asking) != 1:
        return None
    others = sorted((n for n in names if n not in asking), key=lambda n: _rank(typed, n, participant))
    return {
        **dict.fromkeys(asking, INTERVIEWER),
        **{name: participant if n == 0 else f"Other {n}" for n, name in enumerate(others)},
    }


def _asks(name: str) -> bool:
    return key(name) in ASKS


def _rank(typed: Typed, name: str, participant: str) -> tuple[bool, bool, int]:
    """Who is named as the one who takes part, or else says most, is."""
    return key(name) != key(participant), key(name) not in ANSWERS, -typed.speakers[name]


def _walked(parts: Sequence[Part], names: Names, left: list[int]) -> Iterator[Said]:
    """Line after line; what stands before the first speaker is a header."""
    first = first_talk(parts, names)
    left += [part.line.number for part in parts[:first]]
    now: Said | None = None
    for part, following in zip(parts[first:], [*parts[first + 1 :], None], strict=True):
        name, text = who(part, following, names)
        if name is None and (part.line.heading or LEFT_OUT.fullmatch(part.text)):
            left.append(part.line.number)
        elif name is None and now is not None:
            now = _joined(now, part.said(now.speaker, text))
        elif name is not None:
            if now is not None:
                yield now
            now = part.said(name, text)
    if now is not None:
        yield now


def _joined(one: Said, other: Said) -> Said:
    """The same speaker goes on."""
    shift = len(one.words)
    stamps = (*one.stamps, *((shift + at, time_s) for at, time_s in other.stamps))
    return replace(one, words=(*one.words, *other.words), stamps=stamps)


def _cued(parts: Sequence[Part], names: Names, left: list[int]) -> Iterator[Said]:
    """Cue after cue in the order of time; one that follows at once from the same voice goes on with it."""
    now: Said | None = None
    until_s = 0.0
    for part in sorted(parts, key=lambda part: (part.line.span_s or (0.0, 0.0))[0]):
        name, text = who(part, None, names)
        if name is None and LEFT_OUT.fullmatch(part.text):
            left.append(part.line.number)
            continue
        begins_s, ends_s = part.line.span_s or (until_s, until_s)
        speaker = name or (now.speaker if now is not None else next(iter(names.shown.values())))
        said = part.said(speaker, text)
        if now is not None and now.speaker == speaker and until_s <= begins_s <= until_s + TURN_PAUSE_S:
            now = _joined(now, said)
        else:
            if now is not None:
                yield now
            now = said
        until_s = ends_s
    if now is not None:
        yield now


def _checked(found: Typed) -> Typed:
    if not found.said:
        raise UsageError(
            "Nobody says anything in the file.", "Begin each turn with who says it, and a colon."
        )
    if found.words > MOST_WORDS:
        raise UsageError(f"The file has more than {MOST_WORDS} words.", "Give one interview at a time.")
    return found
