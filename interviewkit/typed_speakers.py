"""Who speaks in a typed transcript, and where its talk begins: rules over its lines, pure."""

import itertools
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from interviewkit.errors import UsageError
from interviewkit.typed_lines import Line, key
from interviewkit.typed_parts import HERE, NAME_WORDS, Part, alone, like_a_name

MOST_SPEAKERS = 30
MOST_HEADER = 60
"""A header has no more lines."""
LEAST_OF_A_LOOK = 2
PLAIN = "plain"
NAMED_SHARE = 0.6
SHORT_NAME = 3
ASKS = frozenset("interviewer int int. iv i q researcher moderator facilitator interviewerin".split())
ANSWERS = frozenset(
    "participant you respondent interviewee p r a ie patient client befragte befragter teilnehmer".split()
)
OF_THE_FILE = frozenset(
    """interview title date participant interviewer interviewee respondent transcriber transcript duration
    length file audio recording study project group place location version time id number pseudonym language
    checking rules session""".split()
) | {"transcribed by", "interviewed by", "checked by", "interview id", "participant id", "square brackets"}
"""What a header is about: none of that speaks."""


@dataclass
class Names:
    """Who speaks in a file; the same name in other letters is the same."""

    shown: dict[str, str] = field(default_factory=dict)

    def of(self, text: str) -> str | None:
        """The name as it is shown; None for what is no speaker."""
        return self.shown.get(key(text))


def speakers(parts: Sequence[Part], known: Collection[str]) -> Names:
    """Names that stand before a colon again and again, or that say what somebody does in an interview."""
    sure = {key(name) for name in known} | ASKS | ANSWERS
    voices = [part.line.voice for part in parts if part.line.voice is not None]
    counted = Counter(key(part.name) for part in parts if part.name is not None)
    shown: dict[str, str] = {key(name): name for name in voices}
    firsts = {key(part.name): part.name for part in reversed(parts) if part.name is not None}
    for known_as, name in firsts.items():
        if known_as in sure or (counted[known_as] > 1 and like_a_name(name)):
            shown.setdefault(known_as, name)
    shown = _seldom(parts, firsts, shown) if shown else _each_once(firsts)
    if not shown:
        shown = _named_alone(parts)
    if not shown:
        raise UsageError(
            "No speaker was found in the file.",
            "Begin each turn with who says it, and a colon: “Interviewer: …”.",
        )
    if len(shown) > MOST_SPEAKERS:
        raise UsageError(
            f"The file seems to have {len(shown)} speakers.", "Have a colon only after the names of speakers."
        )
    return Names(shown)


def by_look(lines: Sequence[Line]) -> list[Line] | None:
    """Where nobody is named and some paragraphs are bold or italic: each as said by `bold` or by `plain`.

    None where that parts them into less than two and two.
    """
    talk = [line for line in lines if not line.heading]
    marked = Counter(line.look for line in talk if line.look)
    look = max(marked, key=lambda name: marked[name], default="")
    if marked[look] < LEAST_OF_A_LOOK or len(talk) - marked[look] < LEAST_OF_A_LOOK:
        return None
    voices, now = [], ""
    for line in lines:
        voice = now if line.heading else look if line.look == look else PLAIN
        voices.append(line if voice == now else replace(line, voice=voice))
        now = voice
    return voices


def _each_once(firsts: Mapping[str, str]) -> dict[str, str]:
    """In a short file, names that stand there once; two at least."""
    once = {k: name for k, name in firsts.items() if like_a_name(name) and k not in OF_THE_FILE}
    return once if len(once) > 1 else {}


def _seldom(parts: Sequence[Part], firsts: Mapping[str, str], shown: Mapping[str, str]) -> dict[str, str]:
    """With those who say something once: where nearly every line begins with a name, so does theirs."""
    sure = Names(dict(shown))
    begun = first_talk(parts, sure)
    talk = [part for part in parts[begun:] if part.line.voice is None]
    named = [part.name for part in talk if part.name is not None and like_a_name(part.name)]
    if not named or len(named) < NAMED_SHARE * len(talk):
        return dict(shown)
    short = {key(name) for name in named if len(name.split()) <= SHORT_NAME and key(name) not in OF_THE_FILE}
    return {k: name for k, name in firsts.items() if k in shown or k in short} | dict(shown)


def _named_alone(parts: Sequence[Part]) -> dict[str, str]:
    """Names on lines of their own, beside a time or above one."""
    found: Counter[str] = Counter()
    shown: dict[str, str] = {}
    for part, following in zip(parts, [*parts[1:], None], strict=True):
        if (name := alone(part, following)) is not None:
            found[key(name)] += 1
            shown.setdefault(key(name), name)
    return {key: name for key, name in shown.items() if found[key] > 1}


def who(part: Part, following: Part | None, names: Names) -> tuple[str | None, str]:
    """Who begins to speak in a line, and what is left of it; None where whoever speaks goes on."""
    if part.line.voice is not None:
        return names.of(part.line.voice), part.text
    if part.name is not None and (name := names.of(part.name)) is not None:
        return name, part.rest
    name = alone(part, following)
    if name is not None and (known := names.of(name)) is not None:
        return known, ""
    return None, part.text


def first_talk(parts: Sequence[Part], names: Names) -> int:
    """Which line begins the talk: before it are those that say what the file is about."""
    for at, part in enumerate(parts):
        following = parts[at + 1] if at + 1 < len(parts) else None
        if who(part, following, names)[0] is not None and not _in_header(parts, at, names):
            return at
    return len(parts)


def _in_header(parts: Sequence[Part], at: int, names: Names) -> bool:
    """Whether `Interviewer: Anna` says who that was, beside other lines that only a header has."""

    def only(part: Part) -> bool:
        """Whether nothing but a header has it: a name that never speaks."""
        return part.name is not None and like_a_name(part.name) and names.of(part.name) is None

    if at >= MOST_HEADER:
        return False
    after = itertools.takewhile(lambda part: only(part) or _value_of(part), parts[at + 1 : at + MOST_HEADER])
    return _value_of(parts[at]) and any(map(only, (*parts[:at], *after)))


def _value_of(part: Part) -> bool:
    """What a header says of somebody who also speaks: few words with capitals, and no sentence."""
    words = part.rest.replace(HERE, " ").split()
    return (
        part.line.voice is None
        and part.name is not None
        and key(part.name) in OF_THE_FILE
        and 0 < len(words) <= NAME_WORDS
        and not part.rest.rstrip().endswith((".", "?", "!", "…"))
        and all(word[0] == word[0].upper() for word in words)
    )
