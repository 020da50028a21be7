"""What is found of identifiers that are known or follow a rule; what is replaced, and turned back."""

import random
import re
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

import interviewkit
from interviewkit.identifiers import Finding, Kind, Source, found
from interviewkit.replacements import Decision, Replacements, applied, restored
from tests.identities import ONES, ORDINALS, TEENS, TENS, Maker
from tests.roster import Roster, said
from tests.talk import ORDINARY, sentence
from tests.trust.conftest import Figures
from tests.utterances import Utterance, measured

pytestmark = pytest.mark.slow
SEED = 2026
RULES = 1_000
TRANSCRIPTS = 100
TURNS = 20
UTTERANCES = 2_000
NUMBERS = frozenset([*ONES, *TEENS, *TENS, *ORDINALS, "hundred", "thousand", "may", "march", "june"])


def covered(findings: list[Finding], turn: int, span: range, *sources: Source) -> bool:
    """Whether every word of a span is found in one of some ways."""
    there = {
        at
        for one in findings
        if one.turn == turn and one.source in sources
        for at in range(one.first, one.stop)
    }
    return set(span) <= there


def test_by_rule(figures: Figures) -> None:
    maker = Maker(SEED)
    kinds = maker.all_kinds()
    items = [kinds[number % len(kinds)]() for number in range(RULES)]
    told, hits, same = Counter[bool](), Counter[bool](), 0
    for item in items:
        words, span = sentence(maker, item)
        article = words[span.start] == "the"
        findings = found([words])
        told[item.spoken] += 1
        hits[item.spoken] += covered(findings, 0, range(span.start + article, span.stop), Source.RULE)
        same += any(one.key == item.key for one in findings)
    figures.add(f"of {told[False]:,} that are written: found", 100 * hits[False] / told[False], ">= 99", "%")
    figures.add(f"of {told[True]:,} that are spoken: found", 100 * hits[True] / told[True], ">= 99", "%")
    figures.add("recognised as the same, however it is written or said", 100 * same / RULES, ">= 95", "%")
    alarms = [one for one in found(ORDINARY) if one.source is Source.RULE]
    words_there = sum(map(len, ORDINARY))
    figures.add(f"false alarms of rules in {words_there:,} words of ordinary talk", len(alarms), "= 0")


def transcript(any_: random.Random, roster: Roster) -> tuple[list[tuple[str, ...]], list[tuple[int, range]]]:
    """Ordinary talk with known identifiers in it, in many forms; and where they are."""
    turns: list[tuple[str, ...]] = []
    places: list[tuple[int, range]] = []
    for _ in range(TURNS):
        words = list(any_.choice(ORDINARY))
        form = said(any_, any_.choice(roster.known)).removeprefix("the ").split()
        at = any_.choice(
            [at for at in range(len(words) + 1) if between_words(words[max(0, at - 1) : at + 1])]
        )
        places.append((len(turns), range(at, at + len(form))))
        turns.append((*words[:at], *form, *words[at:]))
    return turns, places


def between_words(beside: list[str]) -> bool:
    """Whether none of the words beside a place is a number, which would go on what is put there."""
    norms = [word.casefold().strip(".,?") for word in beside]
    return not any(norm in NUMBERS or any(sign.isdigit() for sign in norm) for norm in norms)


def test_what_is_known(figures: Figures) -> None:
    any_, left, unsure, looked_for = random.Random(SEED), 0, 0, 0
    for number in range(TRANSCRIPTS):
        roster = Roster(SEED + number)
        turns, places = transcript(any_, roster)
        findings = found(turns, roster.known)
        looked_for += len(places)
        for turn, span in places:
            left += not covered(findings, turn, span, *Source)
            unsure += not covered(findings, turn, span, Source.KNOWN)
    figures.add(f"of {looked_for:,} places where something known is said: not found", left, "= 0")
    figures.add("of those, found as suggestions only", 100 * (unsure - left) / looked_for, "<= 2", "%")
    figures.add("a transcript of 18,000 words, with 200 that are known", two_hours(any_), "<= 5", "s")
    rosters = [Roster(SEED + number).known for number in range(TRANSCRIPTS)]
    every = tuple(dict.fromkeys(one for known in rosters for one in known))
    alarms = [one for one in found(ORDINARY, every) if one.source is Source.KNOWN]
    figures.add(
        f"of {len(every):,} that are known, found in talk that names none of them", len(alarms), "= 0"
    )


def two_hours(any_: random.Random) -> float:
    """How many seconds it takes to look through a long transcript."""
    known = tuple(dict.fromkeys(one for seed in range(30) for one in Roster(seed).known))[:200]
    turns: list[tuple[str, ...]] = []
    while sum(map(len, turns)) < 18_000:
        turns += transcript(any_, Roster(SEED))[0]
    started_s = time.perf_counter()
    found(turns, known)
    return time.perf_counter() - started_s


def named(utterances: list[Utterance], *, lower: bool) -> dict[str, float]:
    """Percent of the names and of the places that are found, in transcripts of some utterances."""
    told, hits = Counter[str](), Counter[str]()
    for first in range(0, len(utterances), TURNS):
        part = utterances[first : first + TURNS]
        findings = found([one.lower if lower else one.words for one in part])
        for turn, one in enumerate(part):
            for what, span in one.named:
                told[what] += 1
                hits[what] += covered(findings, turn, span, Source.SUGGESTION)
    return {what: 100 * hits[what] / count for what, count in told.items()}


def right_kinds(utterances: list[Utterance]) -> float:
    """Percent of what is found that is taken for what it is."""
    right = Counter[bool]()
    for first in range(0, len(utterances), TURNS):
        part = utterances[first : first + TURNS]
        for one in found([each.words for each in part]):
            of = [what for what, span in part[one.turn].named if one.first in span]
            right[(one.kind is Kind.PERSON) == (of == ["name"])] += bool(of)
    return 100 * right[True] / right.total()


def demonstration() -> list[tuple[str, ...]]:
    """What is said and asked in the demonstration and the schedules, where next to nobody is named."""
    package = Path(interviewkit.__file__).parent
    files = [package / "demo_call" / "script.yaml", *(package.parent / "schedules").glob("*.yaml")]
    pages = [yaml.safe_load(file.read_text("utf-8")) for file in files]
    return [tuple(re.sub(r"\[[\d.]+\]", "", text).split()) for text in texts(pages) if text.count(" ") > 2]


def texts(page: object) -> Iterator[str]:
    """Every text of a page."""
    if isinstance(page, str):
        yield page
    elif isinstance(page, dict):
        yield from texts(list(page.values()))
    elif isinstance(page, list):
        for part in page:
            yield from texts(part)


def test_suggestions(figures: Figures) -> None:
    utterances = measured(SEED, UTTERANCES)
    random.Random(SEED).shuffle(utterances)
    for lower, how, least in ((False, "with capitals", ">= 98"), (True, "without any capitals", ">= 92")):
        for what, percent in sorted(named(utterances, lower=lower).items()):
            figures.add(f"{what}s in {UTTERANCES:,} utterances {how}: suggested", percent, least, "%")
    figures.add(
        "names taken for people, and places for places or organisations",
        right_kinds(utterances),
        ">= 85",
        "%",
    )
    talk = demonstration()
    words = sum(map(len, talk))
    for how, turns, most in (
        ("with capitals", talk, "<= 5"),
        ("without any", [tuple(word.lower() for word in turn) for turn in talk], "<= 20"),
    ):
        suggested = 1000 * len(found(turns)) / words
        figures.add(f"suggested in 1,000 words of the demonstration and the schedules {how}", suggested, most)


def test_replacing(figures: Figures) -> None:
    any_, keys = random.Random(SEED), Replacements()
    changed = wrong = left = 0
    given: dict[str, set[str]] = {}
    for number in range(TRANSCRIPTS):
        roster = Roster(SEED + number % 10)
        turns, _ = transcript(any_, roster)
        findings = found(turns, roster.known)
        for one in findings:
            keys = keys.given(one.key, one.kind)
        for turn, words in enumerate(turns):
            here = [one for one in findings if one.turn == turn]
            new, places = applied(words, [Decision.of(one, keys.by_key[one.key]) for one in here])
            changed += len(places)
            for one, place in zip(here, places, strict=True):
                given.setdefault(one.key, set()).add(keys.by_key[one.key])
                wrong += keys.by_key[one.key] not in new[place.at]
            wrong += restored(new, places) != words
            again = found([new], roster.known)
            left += sum(one.source is not Source.SUGGESTION for one in again)
    splits = sum(len(texts) > 1 for texts in given.values())
    collisions = len(given) - len({text for texts in given.values() for text in texts})
    figures.add(f"places replaced in {TRANSCRIPTS} transcripts of a study", changed, ">= 1000")
    figures.add("of those turned back otherwise than they were", wrong, "= 0")
    figures.add("found once more in what was replaced, by what is known and by rules", left, "= 0")
    figures.add("keys with two replacements", splits, "= 0")
    figures.add("replacements of two keys", collisions, "= 0")
    assert Kind.PERSON in {one.kind for one in roster.known}
