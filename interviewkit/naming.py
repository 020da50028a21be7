"""What was found in a transcript that identifies somebody, what was decided about it, and the release: pure.

    checked turns + what is known ── items ─► Item[] ── decided, by a person ─► Pseudonyms
    checked transcript + Item[] ── released ─► Released, and the way back

A transcript is released when every turn was checked by somebody and nothing that was found is undecided. The
same key has the same replacement in the whole study.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from uuid import uuid4

from interviewkit import identifiers
from interviewkit.coding import Who
from interviewkit.errors import UsageError
from interviewkit.identifiers import Finding, Kind, Source
from interviewkit.models import (
    Decision,
    Known,
    Place,
    Pseudonym,
    Pseudonyms,
    Release,
    Released,
    Said,
    Swapped,
    Transcript,
    Turn,
)
from interviewkit.models.released import NO_BREAK
from interviewkit.phrases import count
from interviewkit.replacements import Decision as Put
from interviewkit.replacements import Replacements, applied, restored

Names = Mapping[str, Pseudonym]
"""What stands for what in the transcripts of others, by key."""


@dataclass(frozen=True)
class Item:
    """Something that was found, in every place where it is said; `decided` is None while nobody has."""

    key: str
    text: str
    kind: Kind
    source: Source
    places: tuple[Finding, ...]
    decided: Pseudonym | None = None

    @property
    def replacement(self) -> str:
        """What stands for it; empty where it stays, or nobody has decided."""
        return self.decided.replacement if self.decided is not None else ""


def items(turns: Sequence[Turn], known: Iterable[Known], own: Pseudonyms, others: Names) -> list[Item]:
    """Everything that was found, by the first place where it is said."""
    mine = {one.key: one for one in own.names}
    replaced = [one for one in (*others.values(), *own.names) if one.decision is Decision.REPLACED]
    sure = [
        *(identifiers.Known(one.text, Kind(one.kind)) for one in known),
        *(identifiers.Known(_whole(one), Kind(one.kind), one.replacement) for one in replaced),
    ]
    words = [tuple(word.text for word in turn.words) for turn in turns]
    found = sorted(identifiers.found(words, sure), key=lambda one: one.key)
    made = [
        _item(key, tuple(places), mine.get(key) or _elsewhere(others, key))
        for key, places in groupby(found, key=lambda one: one.key)
    ]
    return sorted(made, key=lambda one: (one.places[0].turn, one.places[0].first))


def redecided(found: Sequence[Item], own: Pseudonyms, others: Names) -> list[Item]:
    """The same with what is decided now, where nothing else is replaced than before."""
    mine = {one.key: one for one in own.names}
    return [replace(item, decided=mine.get(item.key) or _elsewhere(others, item.key)) for item in found]


def _whole(one: Pseudonym) -> str:
    """The words that it is known by: a first name alone may have been found that stands for all of a name."""
    own = identifiers.known_key(identifiers.Known(one.text, Kind(one.kind)))
    return one.text if own == one.key else one.key


def _item(key: str, places: tuple[Finding, ...], decided: Pseudonym | None) -> Item:
    surest = min(places, key=lambda one: list(Source).index(one.source))
    return Item(key, surest.text, surest.kind, surest.source, places, decided)


def _elsewhere(others: Names, key: str) -> Pseudonym | None:
    """What stands for it in other transcripts; that it was left there says nothing about this one."""
    found = others.get(key)
    return found if found is not None and found.decision is Decision.REPLACED else None


# ── deciding ────────────────────────────────────────────────────────────────────────────────────


def suggested(item: Item, own: Pseudonyms, others: Names) -> str:
    """The replacement that it gets unless somebody wants another: `[person 2]`, in use nowhere else."""
    return item.replacement or replacements(own, others).free(item.kind)


def replacements(own: Pseudonyms, others: Names) -> Replacements:
    """What stands for what in the whole study."""
    names = (*others.values(), *own.names)
    return Replacements({one.key: one.replacement for one in names if one.decision is Decision.REPLACED})


def replaced(
    own: Pseudonyms, others: Names, item: Item, text: str, who: Who, *, same: bool = False
) -> Pseudonyms:
    """With `text` in square brackets in the place of something that was found, wherever it is said.

    With `same` it may be in use, as somebody says that it is the same person or place. Raises UsageError for
    one that stands for something else, or has no brackets.
    """
    text = " ".join(text.split())
    known = replacements(own, others)
    if same:
        stands = next((key for key, used in known.by_key.items() if used.casefold() == text.casefold()), "")
        text = known.same(item.key, stands).by_key[item.key]
    else:
        known.chosen(item.key, text)
    return _with(own, item, Decision.REPLACED, text, who)


def kept(own: Pseudonyms, item: Item, who: Who) -> Pseudonyms:
    """With something that was found left as it is: it names nobody."""
    return _with(own, item, Decision.KEPT, "", who)


def undecided(own: Pseudonyms, key: str) -> Pseudonyms:
    """Without what was decided about a key in this participant's transcripts."""
    return own.model_copy(update={"names": tuple(one for one in own.names if one.key != key)})


def added(text: str, kind: Kind) -> Item:
    """Something that nobody found, typed to be looked for from now on; UsageError for no words."""
    key = identifiers.known_key(identifiers.Known(text, kind))
    if not key:
        raise UsageError("There is no word in it.", "Type the name as it is said.")
    return Item(key, " ".join(text.split()), kind, Source.KNOWN, ())


def _with(own: Pseudonyms, item: Item, decision: Decision, text: str, who: Who) -> Pseudonyms:
    new = Pseudonym(
        key=item.key,
        text=item.text,
        kind=item.kind,
        decision=decision,
        replacement=text,
        by=who.name,
        at=who.at,
    )
    others = tuple(one for one in own.names if one.key != item.key)
    return own.model_copy(update={"names": (*others, new)})


# ── releasing ───────────────────────────────────────────────────────────────────────────────────


def missing(transcript: Transcript, found: Sequence[Item]) -> list[str]:
    """What has to be done before it can be released, in words; nothing where all is."""
    checked = transcript.checked
    left = len(transcript.turns) - (checked.turns if checked is not None else 0)
    open_ = sum(one.decided is None for one in found)
    turns = f"{count(left, 'turn')} to be checked" if left else ""
    names = f"{count(open_, 'name or number', 'names or numbers')} to be decided about" if open_ else ""
    return [text for text in (turns, names) if text]


def released(
    call: int, transcript: Transcript, found: Sequence[Item], own: Pseudonyms, who: Who
) -> tuple[Released, Pseudonyms]:
    """The call as analysts read it, and the log with the way back; UsageError where something is missing."""
    if why := missing(transcript, found):
        raise UsageError(f"It can't be released: {' and '.join(why)}.", "Nothing was released.")
    puts: dict[int, list[Put]] = {}
    for item in found:
        if item.replacement:
            for place in item.places:
                text = item.replacement.replace(" ", NO_BREAK)
                puts.setdefault(place.turn, []).append(Put.of(place, text))
    turns: list[Said] = []
    swapped: list[Swapped] = []
    for number, turn in enumerate(transcript.turns):
        said, back = _said(turn, puts.get(number, []))
        swapped += [
            Swapped(call=call, place=Place(len(turns), at), words=1, original=words) for at, words in back
        ]
        turns.append(said)
    new = Released(
        call=call,
        release=Release(
            id=uuid4().hex,
            at=who.at,
            by=who.name,
            replaced=len(swapped),
            kept=sum(len(item.places) for item in found if not item.replacement),
            checked=transcript.checked,
            duration_s=transcript.duration_s,
            language=transcript.language,
            provenance=transcript.provenance,
            breaks=transcript.breaks,
        ),
        turns=tuple(turns),
    )
    _check_gone(new, found)
    others = tuple(one for one in own.swapped if one.call != call)
    return new, own.model_copy(update={"swapped": (*others, *swapped)})


def _said(turn: Turn, puts: Sequence[Put]) -> tuple[Said, list[tuple[int, tuple[str, ...]]]]:
    words, places = applied([word.text for word in turn.words], puts)
    back = {place.at: place.words for place in places}
    times, at = [], 0
    for number in range(len(words)):
        stop = at + len(back.get(number, ("",)))
        times.append((round(turn.words[at].start_s * 1000), round(turn.words[stop - 1].end_s * 1000)))
        at = stop
    said = Said(
        speaker=turn.speaker,
        start_s=turn.start_s,
        end_s=turn.end_s,
        text=" ".join(words),
        question=turn.question,
        overlap=turn.overlap,
        times_ms=tuple(times),
    )
    return said, list(back.items())


def _check_gone(new: Released, found: Sequence[Item]) -> None:
    """Look again: nothing that is replaced may be left, whatever came of the words around it."""
    sure = [identifiers.Known(item.text, item.kind) for item in found if item.replacement]
    again = identifiers.found([tuple(turn.words) for turn in new.turns], sure)
    for one in again:
        if one.source is Source.KNOWN and one.key in {item.key for item in found if item.replacement}:
            time = round(new.turns[one.turn].start_s)
            raise UsageError(
                f"A name is still there after replacing, in the turn at {time // 60}:{time % 60:02}.",
                "Put the words right there, and release it again. Nothing was released.",
            )


def original(call: Released, own: Pseudonyms) -> list[tuple[str, ...]]:
    """The words of each turn as they were said: exact, and only with the log of the participant."""
    from interviewkit.replacements import Place as At

    back: dict[int, list[At]] = {}
    for one in own.swapped:
        if one.call == call.call:
            back.setdefault(one.place.turn, []).append(At(one.place.word, one.original))
    return [restored(turn.words, back.get(number, [])) for number, turn in enumerate(call.turns)]


def clashes(logs: Mapping[str, Pseudonyms]) -> list[str]:
    """Where two participants' logs contradict each other, in words without names: for who has all of them.

    A thing with two replacements, and a replacement for two things, come about where two people work at once.
    """
    by_key: dict[str, dict[str, list[str]]] = {}
    by_text: dict[str, list[tuple[str, set[str]]]] = {}
    for participant, log in logs.items():
        meant: dict[str, set[str]] = {}
        for one in log.names:
            if one.decision is Decision.REPLACED:
                by_key.setdefault(one.key, {}).setdefault(one.replacement, []).append(participant)
                meant.setdefault(one.replacement, set()).add(one.key)
        for text, keys in meant.items():
            by_text.setdefault(text, []).append((participant, keys))
    found = [
        f"The same is {' and '.join(_with_people(texts))}." for texts in by_key.values() if len(texts) > 1
    ]
    for text, whose in by_text.items():
        people = _apart(whose)
        if people:
            found.append(f"{text} stands for one thing in {people[0]}, and for another in {people[1]}.")
    return found


def _apart(whose: Sequence[tuple[str, set[str]]]) -> tuple[str, str] | None:
    """Two participants whose keys for a replacement no log brings together; None where all are one thing."""
    one, keys = whose[0]
    together, rest = set(keys), list(whose[1:])
    while joined := [pair for pair in rest if pair[1] & together]:
        for pair in joined:
            together |= pair[1]
            rest.remove(pair)
    return (one, rest[0][0]) if rest else None


def _with_people(texts: Mapping[str, Sequence[str]]) -> list[str]:
    return [f"{text} in {', '.join(people)}" for text, people in texts.items()]
