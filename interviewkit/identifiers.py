"""What identifies people in a transcript: known identifiers, rules, suggestions. Pure.

    turns + known ── found ─► Finding[], which don't overlap

What is known goes before what a rule finds, that before a suggestion, what is longer before what is
shorter. Nothing here decides anything: a person looks at what was found.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from interviewkit.identifiers_across import across
from interviewkit.identifiers_addresses import addresses
from interviewkit.identifiers_base import RANK, Finding, Kind, Known, Match, Source, Turn, Words
from interviewkit.identifiers_base import found as as_findings
from interviewkit.identifiers_base import key as key
from interviewkit.identifiers_dates import birthdays
from interviewkit.identifiers_known import Search
from interviewkit.identifiers_plain import plain_suggestions
from interviewkit.identifiers_rules import codes
from interviewkit.identifiers_streets import streets
from interviewkit.identifiers_suggested import suggestion, suggestions
from interviewkit.identifiers_talk import Talk
from interviewkit.identifiers_wanted import ADDRESSES, NAMES
from interviewkit.identifiers_wanted import known_key as known_key

__all__ = ["Finding", "Kind", "Known", "Source", "found", "key", "known_key"]


def found(turns: Sequence[Words], known: Sequence[Known] = ()) -> list[Finding]:
    """Everything in the words of each turn that identifies somebody or may do so, in order."""
    search = Search(known)
    texts = [Turn(words) for words in turns]
    talk = Talk(texts)
    dictated = across(texts)
    findings: list[Finding] = []
    for number, turn in enumerate(texts):
        before = texts[number - 1] if number else None
        matches = search(turn, before, talk)
        matches += [*addresses(turn), *birthdays(turn, before), *codes(turn), *streets(turn)]
        matches += [match for at, match in dictated if at == number]
        matches += [*suggestions(turn, talk), *plain_suggestions(turn, talk)]
        findings += as_findings(number, turn, _apart(turn, matches))
    return _of_one_kind(findings)


def _of_one_kind(findings: list[Finding]) -> list[Finding]:
    """With the kind of suggested names that most of them have who are the same."""
    votes: dict[str, Counter[Kind]] = defaultdict(Counter)
    for one in findings:
        votes[one.key][one.kind] += 1
    kinds = {key: _most(of) for key, of in votes.items()}
    return [
        replace(one, kind=kinds[one.key]) if one.source is Source.SUGGESTION and one.kind in NAMES else one
        for one in findings
    ]


def _most(votes: Counter[Kind]) -> Kind:
    """The kind with most votes; in doubt not the one that is taken for granted."""
    return max(votes, key=lambda kind: (votes[kind], kind is not Kind.PERSON))


def _apart(turn: Turn, matches: Iterable[Match]) -> list[Match]:
    """Of matches that overlap the one that goes first; a suggestion keeps what is left of it."""
    taken: set[int] = set()
    kept: list[Match] = []
    for match in sorted(matches, key=lambda match: _order(turn, match)):
        tokens = set(range(match.first, match.stop))
        if not tokens & taken:
            kept.append(match)
            taken |= tokens
        elif match.source is Source.SUGGESTION:
            rest = _rest(turn, match, taken)
            kept += rest
            taken |= {token for part in rest for token in range(part.first, part.stop)}
    return kept


def _order(turn: Turn, match: Match) -> tuple[int, int, int, int]:
    """Before which others a match goes. A known name within an address doesn't break that up."""
    address = match.kind in ADDRESSES and match.source is Source.RULE
    rank = RANK[Source.KNOWN] if address else RANK[match.source]
    name = match.kind in NAMES
    return rank, 2 * name + address, -len(turn.said(match.first, match.stop)), match.first


def _rest(turn: Turn, match: Match, taken: set[int]) -> list[Match]:
    """The words of a suggestion that nothing else covers and that are written with a capital."""
    if match.kind in (Kind.NUMBER, Kind.OTHER, Kind.BIRTH):
        return []
    parts: list[Match] = []
    at = match.first
    while at < match.stop:
        stop = at
        while stop < match.stop and stop not in taken and turn.tokens[stop].capital:
            stop += 1
        if stop > at:
            parts.append(suggestion(turn, at, stop))
        at = max(stop, at + 1)
    return parts
