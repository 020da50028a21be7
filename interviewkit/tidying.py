"""What a study's rules of transcription propose to change in a transcript: pure. Somebody decides.

    turns + rules ── proposals ─► Proposal[] ── ruling ─► one edit, which can be taken back

Clean: fillers, words that were cut off and immediate repeats are left out. Verbatim: all of that stays, and a
pause of three seconds or more is marked.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from interviewkit.edits import Sign, Turns, core
from interviewkit.models import FlagKind, RuleKind, Transcript, Transcription, Word
from interviewkit.phrases import count
from interviewkit.retyped import SURE
from interviewkit.roles import COMMON
from interviewkit.rule_edits import Put, Ruling

PAUSE_S = 3.0
NEAR_S = 0.5
FILLERS: Mapping[str, frozenset[str]] = {
    "en": frozenset("er err erm erms uh uhh uhm um umm eh".split()),
    "de": frozenset("äh ähm öh öhm".split()),
    "fr": frozenset("euh heu".split()),
    "es": frozenset("eh em".split()),
    "nl": frozenset("eh ehm uh uhm".split()),
    "it": frozenset("ehm eh".split()),
}
"""By language: `er` is a filler in English and `he` in German. `mm-hm` and the like are answers and stay."""
MEANT = frozenset(
    """no yes yeah yep okay very really so much more many long far never ever well had that bye ha quite too
    just again please one two all""".split()
)
"""Said twice on purpose, or right as it stands: `he had had that that day`."""
LITTLE = COMMON | frozenset(
    """because while also into onto over under after before until though he she him his her its our us these
    those here i'm i've i'd i'll it's that's there's they're they've we're we've you're you've he's she's
    don't didn't doesn't wasn't isn't can't couldn't wouldn't won't should might must being am were nor
    yet""".split()
)
"""Words of which a second one is a stumble. A telling word that is said twice is said twice: it is often
meant, and may be a number."""
FEW_LETTERS = 3
"""In other languages a word of so few is taken for such a one."""
LONGEST_REPEAT = 3
ENDS = re.compile(r"[.?!…][\"'”’)]*$")
CUT_OFF = re.compile(r"([^\W\d_]+)[-–—]+[,.…]?")


class Why(StrEnum):
    """Why something is proposed."""

    FILLER = "filler"
    REPEAT = "repeat"
    CUT_OFF = "cut off"
    PAUSE = "pause"


@dataclass(frozen=True)
class Proposal:
    """A change in one place: `said` is what would be left out, or how long it is silent there."""

    put: Put
    why: tuple[Why, ...]
    at_s: float
    said: str


def proposals(transcript: Transcript, turns: Turns, rules: Transcription) -> tuple[Proposal, ...]:
    """All that the rules propose, in the order of the turns."""
    if rules is Transcription.CLEAN:
        language = transcript.language.partition("-")[0]
        return tuple(one for n in range(len(turns)) for one in _clean(turns, n, language))
    return tuple(_pauses(transcript, turns))


def ruling(found: Sequence[Proposal], rules: Transcription, by: str, at: datetime) -> Ruling:
    """The edit that does what is proposed."""
    kind = RuleKind.CLEAN if rules is Transcription.CLEAN else RuleKind.PAUSES
    return Ruling(kind, by, at, tuple(one.put for one in found))


def summary(found: Sequence[Proposal]) -> str:
    """How many of what: `12 fillers, 3 repeats`."""
    counted = Counter(why for one in found for why in one.why)
    names = {Why.CUT_OFF: "word that is cut off"}
    texts = [_several(counted[why], names.get(why, why.value)) for why in Why if counted[why]]
    return ", ".join(texts) or "nothing"


def _several(number: int, name: str) -> str:
    if number != 1 and name.startswith("word "):
        return f"{number} words that are cut off"
    return count(number, name)


# ── clean ───────────────────────────────────────────────────────────────────────────────────────


def _clean(turns: Turns, number: int, language: str) -> Iterator[Proposal]:
    """What one turn has too much; a turn of nothing else stays as it is."""
    words = turns[number].words
    dropped = _dropped([word.text for word in words], language)
    if len(dropped) == len(words):
        return
    at = 0
    while at < len(words):
        stop = at
        while stop in dropped:
            stop += 1
        if stop > at:
            why = tuple(dropped[n] for n in range(at, stop))
            said = " ".join(word.text for word in words[at:stop])
            yield Proposal(_mended(words, number, at, stop), why, words[at].start_s, said)
        at = max(stop, at + 1)


def _dropped(texts: Sequence[str], language: str) -> dict[int, Why]:
    """Which words are left out, and why."""
    fillers = FILLERS.get(language, frozenset())
    plain = [core(text) for text in texts]
    dropped = {n: Why.FILLER for n, text in enumerate(plain) if text in fillers and "[" not in texts[n]}
    left = [n for n in range(len(texts)) if n not in dropped]
    for one, other in pairwise(left):
        begun = CUT_OFF.fullmatch(texts[one])
        if begun is not None and plain[other].startswith(begun[1].casefold()) and plain[other] != begun[1]:
            dropped[one] = Why.CUT_OFF
    left = [n for n in left if n not in dropped]
    ends = [bool(ENDS.search(texts[n])) for n in left]
    for n in _repeated([plain[n] for n in left], ends, language):
        dropped[left[n]] = Why.REPEAT
    return dropped


def _repeated(plain: Sequence[str], ends: Sequence[bool], language: str) -> set[int]:
    """The first of two times that the same is said at once, as long as nobody means it."""
    found: set[int] = set()
    at = 0
    while at < len(plain):
        size = next((n for n in range(LONGEST_REPEAT, 0, -1) if _twice(plain, ends, at, n, language)), 0)
        found |= set(range(at, at + size))
        at += max(size, 1)
    return found


def _twice(plain: Sequence[str], ends: Sequence[bool], at: int, size: int, language: str) -> bool:
    said, again = plain[at : at + size], plain[at + size : at + 2 * size]
    if said != again or not all(said) or any(ends[at : at + size]):
        return False
    return any(_little(text, language) for text in said)


def _little(text: str, language: str) -> bool:
    if text in MEANT or not text[0].isalpha() or any(char.isdigit() for char in text):
        return False
    return text.replace("’", "'") in LITTLE if language == "en" else len(text) <= FEW_LETTERS


def _mended(words: Sequence[Word], turn: int, at: int, stop: int) -> Put:
    """Without the words; what begins or ends the sentence then looks like it."""
    before = words[at - 1] if at else None
    after = words[stop] if stop < len(words) else None
    ending = ENDS.search(words[stop - 1].text)
    opens = before is None or ENDS.search(before.text) is not None
    if after is not None and opens and words[at].text[:1].isupper() and after.text[:1].islower():
        capital = after.model_copy(update={"text": after.text[0].upper() + after.text[1:]})
        return Put(turn, at, stop + 1, (capital,))
    if before is not None and ending is not None and not opens:
        closed = before.model_copy(update={"text": before.text.rstrip(",;:–—-") + ending[0]})
        return Put(turn, at - 1, stop, (closed,))
    commas = before is not None and before.text.endswith(",") and words[stop - 1].text.endswith(",")
    if before is not None and commas and core(before.text) in LITTLE:
        # Nobody writes a comma behind `and` but for what came after it.
        return Put(turn, at - 1, stop, (before.model_copy(update={"text": before.text[:-1]}),))
    return Put(turn, at, stop, ())


# ── verbatim ────────────────────────────────────────────────────────────────────────────────────


def _pauses(transcript: Transcript, turns: Turns) -> Iterator[Proposal]:
    """Where nobody says a word for long: not where something is left out, or was perhaps not heard."""
    spoken = sorted(
        (word.start_s, number, at, word)
        for number, turn in enumerate(turns)
        for at, word in enumerate(turn.words)
    )
    breaks = [one.at_s for one in transcript.breaks]
    unheard = [flag for flag in transcript.flags if flag.kind is FlagKind.GAP]
    until_s, signed = None, False
    for start_s, number, at, word in spoken:
        sign = word.text.startswith("[")
        if until_s is not None and start_s - until_s >= PAUSE_S and not (sign or signed):
            broken = any(until_s - NEAR_S <= at_s <= start_s + NEAR_S for at_s in breaks)
            doubted = any(flag.start_s < start_s and flag.end_s > until_s for flag in unheard)
            if not (broken or doubted):
                begins_s = max(until_s, turns[number].start_s) if at == 0 else until_s
                mark = Word(text=Sign.PAUSE, start_s=begins_s, end_s=start_s, probability=SURE)
                put = Put(number, at, at, (mark,))
                yield Proposal(put, (Why.PAUSE,), until_s, f"{start_s - until_s:.0f} s")
        until_s, signed = max(until_s or 0.0, word.end_s), sign
