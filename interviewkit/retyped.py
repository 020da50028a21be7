"""Words that a person typed in the place of others, with times: pure.

    words of a turn + new texts ── retyped ─► the words that stayed, as they were; the new ones between them

Nothing is heard anew. A word that stands where another stood has its time; more or fewer words than there
were share the time of those; words that were put between two share the gap between them, which may be none.
"""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from interviewkit.models import Word

Words = tuple[Word, ...]
SURE = 1.0
"""The probability of what a person typed."""


def retyped(words: Words, texts: Sequence[str], start_s: float) -> Words:
    """`words` with `texts` in their place; `start_s` is where the first begins if there is none before it.

    Their times stay in order, whatever is typed.
    """
    first, stop, new_stop = _changed(words, texts)
    new: list[Word] = []
    old = words[first:stop]
    changes = SequenceMatcher(None, [w.text for w in old], texts[first:new_stop], autojunk=False)
    for kind, a, b, c, d in changes.get_opcodes():
        if kind == "equal":
            new += old[a:b]
        else:
            new += replaced(words, first + a, first + b, texts[first + c : first + d], start_s)
    return (*words[:first], *new, *words[stop:])


def replaced(words: Words, first: int, stop: int, texts: Sequence[str], start_s: float) -> Words:
    """New words in the place of `words[first:stop]`, which may be none."""
    if len(texts) == stop - first:
        return tuple(_typed(w, text) for w, text in zip(words[first:stop], texts, strict=True))
    low_s, high_s = _room(words, first, stop, start_s)
    return tuple(_shared(texts, low_s, high_s))


def _changed(words: Words, texts: Sequence[str]) -> tuple[int, int, int]:
    """The words from `first` to `stop` differ from the texts from `first` to a stop of their own."""
    first = 0
    while first < min(len(words), len(texts)) and words[first].text == texts[first]:
        first += 1
    stop, new_stop = len(words), len(texts)
    while min(stop, new_stop) > first and words[stop - 1].text == texts[new_stop - 1]:
        stop, new_stop = stop - 1, new_stop - 1
    return first, stop, new_stop


def _typed(word: Word, text: str) -> Word:
    return word if word.text == text else word.model_copy(update={"text": text, "probability": SURE})


def _room(words: Words, first: int, stop: int, start_s: float) -> tuple[float, float]:
    """From when until when there is room for words between those before `first` and those from `stop` on."""
    if first < stop:
        low_s = words[first].start_s
        high_s = max(w.end_s for w in words[first:stop])
    else:
        low_s = words[first - 1].end_s if first else start_s
        high_s = words[first].start_s if first < len(words) else low_s
    if stop < len(words):
        low_s, high_s = min(low_s, words[stop].start_s), min(high_s, words[stop].start_s)
    if first:
        low_s = max(low_s, words[first - 1].start_s)
    return low_s, max(low_s, high_s)


def _shared(texts: Sequence[str], low_s: float, high_s: float) -> Iterator[Word]:
    """A stretch of time, shared by length; the last word ends where it ends."""
    total = sum(len(text) + 1 for text in texts)
    used, at_s = 0, low_s
    for text in texts:
        used += len(text) + 1
        end_s = high_s if used == total else min(low_s + (high_s - low_s) * used / total, high_s)
        yield Word(text=text, start_s=at_s, end_s=end_s, probability=SURE)
        at_s = end_s
