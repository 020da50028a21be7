"""Who is the interviewer: pure rules over what the speakers said.

The interviewer is the one who puts the schedule's questions. Where that does not tell (nobody kept to
the wording, or there is no schedule), the one who asks more and talks less is taken, with a warning.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from interviewkit.models import Flag, FlagKind, Side, Turn

INTERVIEWER = "Interviewer"
MATCHING_SHARE = 0.5
"""A turn that holds this share of a question's telling words puts that question."""
COMMON = frozenset(
    """a about all an and any are as at be been but by can could did do does for from had has have how i if in
    is it its just like me more my of on or so some tell than that the them then there they this to up was we
    were what when where which who why will with would you your""".split()
)


def interviewer(turns: Sequence[Turn], questions: Iterable[str]) -> tuple[str | None, bool]:
    """(the interviewer's label, whether the schedule shows it); None without two speakers."""
    speakers = list(dict.fromkeys(turn.speaker for turn in turns))
    if len(speakers) < 2:
        return None, False
    wanted = [words for question in questions if len(words := _telling(question)) >= 3]
    put = {s: _questions_put((t for t in turns if t.speaker == s), wanted) for s in speakers}
    best, second = sorted(speakers, key=lambda s: put[s], reverse=True)[:2]
    if put[best] >= 2 and put[best] >= 2 * put[second]:
        return best, True
    return max(speakers, key=lambda s: _curiosity([t for t in turns if t.speaker == s])), False


def names(
    turns: Sequence[Turn],
    side: Side,
    participant: str,
    questions: Iterable[str],
    channels: Mapping[Side, str],
) -> tuple[dict[str, str], tuple[Flag, ...]]:
    """New names for the speakers' labels, and a flag where they had to be guessed.

    `channels` gives the label on the left and the right where the recording has one speaker a side.
    """
    speakers = list(dict.fromkeys(turn.speaker for turn in turns))
    sure = True
    asks: str | None
    if side in (Side.FIRST, Side.SECOND):
        place = 0 if side is Side.FIRST else 1
        asks = speakers[place] if len(speakers) > place else None
    elif side in channels:
        asks = channels[side]
    else:
        asks, sure = interviewer(turns, questions)
    others = [speaker for speaker in speakers if speaker != asks]
    renamed = {asks: INTERVIEWER} if asks is not None else {}
    renamed.update({label: _other(participant, n) for n, label in enumerate(_by_talk(turns, others))})
    return renamed, () if sure or len(speakers) < 2 else (_guessed(turns),)


def numbered(labels: Iterable[str]) -> dict[str, str]:
    """Neutral names in order of appearance: `Speaker 1`, `Speaker 2`, …"""
    return {label: f"Speaker {n}" for n, label in enumerate(dict.fromkeys(labels), start=1)}


def renamed_turns(turns: Iterable[Turn], names: Mapping[str, str]) -> tuple[Turn, ...]:
    """The turns under their speakers' new names."""
    return tuple(turn.model_copy(update={"speaker": names.get(turn.speaker, turn.speaker)}) for turn in turns)


def _other(participant: str, n: int) -> str:
    """The participant, and whoever else is on the line."""
    return participant if n == 0 else f"Other {n}"


def _by_talk(turns: Sequence[Turn], speakers: Sequence[str]) -> list[str]:
    """Speakers by how much they say, most first: the participant is not the relative in the background."""
    return sorted(speakers, key=lambda s: -sum(len(t.words) for t in turns if t.speaker == s))


def _telling(text: str) -> frozenset[str]:
    """The words of a text that set it apart from others."""
    return frozenset(re.findall(r"[^\W\d_]+", text.lower())) - COMMON


def _questions_put(turns: Iterable[Turn], questions: Sequence[frozenset[str]]) -> int:
    """How many questions are found among the turns."""
    said = [_telling(turn.text) for turn in turns]
    return sum(any(len(q & words) >= MATCHING_SHARE * len(q) for words in said) for q in questions)


def _curiosity(turns: Sequence[Turn]) -> float:
    """Questions per hundred words, and a little for brevity."""
    words = sum(len(turn.words) for turn in turns)
    asked = sum(word.text.endswith("?") for turn in turns for word in turn.words)
    return (asked + 0.5) / (words + 20)


def _guessed(turns: Sequence[Turn]) -> Flag:
    return Flag(
        kind=FlagKind.ROLES,
        start_s=turns[0].start_s,
        end_s=max(turn.end_s for turn in turns),
        detail="who interviews was guessed from who asks more and talks less",
    )
