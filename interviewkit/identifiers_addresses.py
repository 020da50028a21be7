"""E-mail and web addresses, written or spoken: “ada dot smith at example dot org”. Pure.

tokens ── _parts ─► words and the signs between them ── around a known ending ─► Match
"""

from collections.abc import Iterator
from dataclasses import dataclass

from interviewkit.identifiers_base import Kind, Match, Source, Turn
from interviewkit.identifiers_common import COMMON
from interviewkit.identifiers_spoken import read

_ENDINGS = """com org net uk ie eu info gov edu io scot wales cymru london nhs int biz"""
ENDINGS = frozenset(_ENDINGS.split())
_GLUED = ("com", "org", "net", "couk")
_SAID = {"dot": ".", "point": ".", "at": "@", "underscore": "_", "dash": "-", "hyphen": "-", "minus": "-"}
SAID = _SAID | {"slash": "/", "colon": ":", "plus": "+"}
_BETWEEN = frozenset(".-_+'")
JOINING = frozenset({"dot", "slash", "underscore"})
CUES = frozenset("email emails mail address".split())
NEAR = 10
MOST_WORDS = 3


@dataclass(frozen=True)
class _Part:
    """A word or a sign of an address; `first` to `stop` are its tokens."""

    text: str
    first: int
    stop: int
    sign: bool = False
    spelt: bool = False


def addresses(turn: Turn) -> list[Match]:
    """Every address in a turn; names in networks as suggestions."""
    parts = tuple(_parts(turn))
    found, done = list[Match](), 0
    for at in range(len(parts)):
        if at >= done and (match := _address(turn, parts, at)):
            found.append(match[0])
            done = match[1]
        elif at >= done and (handle := _handle(turn, parts, at)):
            found.append(handle)
    return found


def _parts(turn: Turn) -> Iterator[_Part]:
    at, tokens = 0, turn.tokens
    while at < len(tokens):
        token = tokens[at]
        if token.norm in SAID and not _named(turn, at):
            yield _Part(SAID[token.norm], at, at + 1, sign=True)
            at += 1
        elif not token.norm:
            # A sign counts within a word only; elsewhere it ends a clause.
            inner = turn.beside(at) and at + 1 < len(tokens) and turn.beside(at + 1)
            shown = token.text if inner or token.text in "@/" else " "
            if inner or not _passed(turn, at):
                yield _Part(shown, at, at + 1, sign=True)
            at += 1
        else:
            part = _spelt(turn, at)
            yield part
            at = part.stop


def _passed(turn: Turn, at: int) -> bool:
    """Whether a sign belongs to how an address is said: “A. D. A. at”, “example, dot com”."""
    before, after = (turn.tokens[n].norm if 0 <= n < len(turn.tokens) else "" for n in (at - 1, at + 1))
    if turn.tokens[at].text == ".":
        return len(before) == 1
    return turn.tokens[at].text == "," and (after in JOINING or before in JOINING or before == after == "w")


def _named(turn: Turn, at: int) -> bool:
    """Whether “at” or “dot” is part of a written address, such as `dot@example.org`."""
    return turn.beside(at) or (
        at + 1 < len(turn.tokens) and turn.beside(at + 1) and turn.tokens[at + 1].text in ".@"
    )


def _spelt(turn: Turn, at: int) -> _Part:
    """Letters and digits said one by one are one word: “w w w”, “a d a”, “eighty two”."""
    text, stop = "", at
    while stop < len(turn.tokens) and (piece := read(turn, stop)) and not piece[0].startswith("+"):
        if text and turn.tokens[stop].norm in SAID:
            break
        if len(turn.tokens[stop].norm) > 1 and turn.tokens[stop].norm == piece[0] and text:
            break
        text, stop = text + piece[0], piece[1]
        if len(turn.tokens[stop - 1].norm) > 1 and turn.tokens[stop - 1].norm == piece[0]:
            break
    if stop - at > 1 or (text and turn.tokens[at].norm != text and text.isdigit()):
        return _Part(text, at, stop, spelt=True)
    return _Part(turn.tokens[at].norm, at, at + 1, spelt=turn.tokens[at].norm.isdigit())


def _address(turn: Turn, parts: tuple[_Part, ...], at: int) -> tuple[Match, int] | None:
    """The address whose domain's first dot is at `at`, and the part after it."""
    if not _domain_dot(parts, at):
        return None
    first, stop = _labels_before(parts, at), _labels_after(parts, at)
    if _text(parts, stop - 1) not in ENDINGS:
        return _unfinished(turn, parts, at)
    email = _local(turn, parts, first)
    if email is not None:
        return _match(parts, email, stop, Kind.EMAIL), stop
    stop = _path(parts, stop)
    return _match(parts, _scheme(parts, first), stop, Kind.URL), stop


def _unfinished(turn: Turn, parts: tuple[_Part, ...], at: int) -> tuple[Match, int] | None:
    """An address whose ending was lost, or run together with what follows: `example.orgyes`."""
    whole = parts[at - 1].text == "www" or parts[at + 1].text.startswith(_GLUED)
    if not whole or not turn.beside(parts[at].first):
        return None
    first, stop = _labels_before(parts, at), at + 2
    while _text(parts, stop) in _BETWEEN and _word(parts, stop + 1):
        stop += 2
    key = "".join(part.text for part in parts[first:stop])
    return Match(parts[first].first, parts[stop - 1].stop, key, Kind.URL, Source.SUGGESTION), stop


def _handle(turn: Turn, parts: tuple[_Part, ...], at: int) -> Match | None:
    """What somebody may be called in some network: `@ada`, “ada underscore smith”."""
    if not _word(parts, at + 1):
        return None
    if _text(parts, at) == "_" and _word(parts, at - 1):
        first, stop = at - 1, at + 2
    elif _text(parts, at) == "@" and turn.beside(parts[at + 1].first) and not turn.beside(parts[at].first):
        first, stop = at, at + 2
    else:
        return None
    while _text(parts, stop) in _BETWEEN and _word(parts, stop + 1):
        stop += 2
    key = "".join(part.text for part in parts[first:stop]).removeprefix("@")
    return Match(parts[first].first, parts[stop - 1].stop, key, Kind.OTHER, Source.SUGGESTION)


def _text(parts: tuple[_Part, ...], at: int) -> str:
    return parts[at].text if 0 <= at < len(parts) else ""


def _word(parts: tuple[_Part, ...], at: int) -> bool:
    return 0 <= at < len(parts) and not parts[at].sign


def _domain_dot(parts: tuple[_Part, ...], at: int) -> bool:
    return _text(parts, at) == "." and _word(parts, at - 1) and _word(parts, at + 1)


def _labels_before(parts: tuple[_Part, ...], at: int) -> int:
    first = at - 1
    while _text(parts, first - 1) in ("-", ".") and _word(parts, first - 2):
        first -= 2
    return first


def _labels_after(parts: tuple[_Part, ...], at: int) -> int:
    stop = at + 2
    while _text(parts, stop) in (".", "-") and _word(parts, stop + 1):
        stop += 2
    while stop > at + 2 and _text(parts, stop - 1) not in ENDINGS:
        stop -= 2
    return stop


def _local(turn: Turn, parts: tuple[_Part, ...], domain: int) -> int | None:
    """Where the part before an @ begins; None where there is no @."""
    at = next((n for n in range(domain - 1, domain - 2 - MOST_WORDS, -1) if _text(parts, n) == "@"), None)
    if at is None or not all(_word(parts, n) for n in range(at + 1, domain)) or not _word(parts, at - 1):
        return None
    first = at - 1
    while _text(parts, first - 1) in _BETWEEN and _word(parts, first - 2):
        first -= 2
    cue = _cued(turn, parts[first].first)
    spoken = turn.tokens[parts[at].first].norm == "at"
    for _ in range(MOST_WORDS if spoken else 0):
        if not _word(parts, first - 1) or not _own(parts[first - 1].text, parts[first].text):
            break
        first -= 1
        while _text(parts, first - 1) in _BETWEEN and _word(parts, first - 2):
            first -= 2
    verb = first == at - 1 and parts[first].text in COMMON and parts[at].text == "@"
    return None if verb and spoken and not cue else first


def _own(word: str, after: str) -> bool:
    """Whether a word before an address may be part of it: “a smith” are, “a look” and “to smith” aren't."""
    initial = len(word) == 1 and after not in COMMON
    return initial or word not in COMMON | CUES


def _cued(turn: Turn, token: int) -> bool:
    return any(one.norm in CUES for one in turn.tokens[max(0, token - NEAR) : token])


def _scheme(parts: tuple[_Part, ...], first: int) -> int:
    """Where the address begins, with “https colon slash slash” before it."""
    while parts[first].text.startswith("w") and _text(parts, first - 1) == "w":
        first -= 1
    at = first
    while _text(parts, at - 1) in ("/", ":"):
        at -= 1
    return at - 1 if at < first and _text(parts, at - 1) in ("http", "https") else first


def _path(parts: tuple[_Part, ...], stop: int) -> int:
    while _text(parts, stop) in ("/", "-", "_", ".", "?", "=", "&", "#") and _word(parts, stop + 1):
        stop += 2
    return stop + 1 if _text(parts, stop) == "/" else stop


def _match(parts: tuple[_Part, ...], first: int, stop: int, kind: Kind) -> Match:
    key = "".join(part.text for part in parts[first:stop])
    key = key.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")
    return Match(parts[first].first, parts[stop - 1].stop, key, kind, Source.RULE)
