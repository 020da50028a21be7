"""Numbers and codes that identify people in the United Kingdom and Ireland, written or spoken. Pure.

Formats and check digits are those of the bodies that give the numbers out: NHS, CHI and Health and Care
numbers (modulus 11), National Insurance and PPS numbers, postcodes, Eircodes, telephone numbers.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from interviewkit.identifiers_base import Kind, Match, Source, Turn
from interviewkit.identifiers_spoken import Run, misheard, pair, runs

_D = "[0-9o]"
_AREAS = """ab al b ba bb bd bh bl bn br bs bt ca cb cf ch cm co cr ct cv cw da dd de dg dh dl dn dt dy e ec
eh en ex fk fy g gl gu gy ha hd hg hp hr hs hu hx ig im ip iv je ka kt kw ky l la ld le ll ln ls lu m me mk
ml n ne ng nn np nr nw ol ox pa pe ph pl po pr rg rh rm s sa se sg sk sl sm sn so sp sr ss st sw sy ta td tf
tn tq tr ts tw ub w wa wc wd wf wn wr ws wv yo ze"""
AREAS = frozenset(_AREAS.split())
_POSTCODE = re.compile(rf"([a-z]{{1,2}})({_D}[0-9a-z]?{_D}[abd-hjln-uw-z]{{2}})")
_POSTCODE_0 = re.compile(rf"([cpsy]0|0[lx])({_D}[0-9a-z]?{_D}[abd-hjln-uw-z]{{2}})")
_ROUTING = "acdefhknprtvwxy"
_EIRCODE = re.compile(rf"[{_ROUTING}]{_D}[0-9ow][0-9o{_ROUTING}]{{4}}")
_INSURANCE = re.compile(rf"(?!00)[a-z0]{{2}}{_D}{{6}}[abcd]")
_PPS = re.compile(rf"({_D}{{7}})([a-w])([a-iw])")
_PPS_SHORT = re.compile(rf"({_D}{{7}})([a-w])()")
_DIGITS = re.compile(rf"\+?{_D}{{6,}}")
_PHONE = re.compile(r"(?:\+|00)\d{8,15}|0[1-35789]\d{8,9}|0[1-9]\d{7,8}")
# A number of ten digits that begins with a nought and with no day is a telephone number.
_DAY = re.compile(r"(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])")
_PREFIXES = re.compile(r"^(?:\+|00)(?:44|353)0?")
ARTICLES = frozenset("aio")
TEN = 10
LONG = 6
"""From so many digits on a number is suggested, whatever it is."""
MOST_STEP = 10
MANY, MOST_RISING = 4, 100
FIRST_YEAR, LAST_YEAR = 1900, 2039


def codes(turn: Turn) -> list[Match]:
    """Every number and code in a turn, by rule; long numbers that no rule knows as suggestions.

    Matches may overlap.
    """
    plain = tuple(runs(turn))
    found = [match for run in plain for match in (*_mixed(run), *_numbers(turn, run), *_garbled(turn, run))]
    others = [run for way in (pair, misheard) for run in runs(turn, way) if run not in plain]
    again = (match for run in others for match in (*_mixed(run), *_numbers(turn, run)))
    return [*found, *(match for match in again if match.source is Source.RULE)]


# ── letters and digits ──────────────────────────────────────────────────────────────────────────


def _mixed(run: Run) -> Iterator[Match]:
    for pattern, kind in (
        (_POSTCODE, Kind.POSTCODE),
        (_POSTCODE_0, Kind.POSTCODE),
        (_EIRCODE, Kind.POSTCODE),
        (_INSURANCE, Kind.NUMBER),
        (_PPS, Kind.NUMBER),
        (_PPS_SHORT, Kind.NUMBER),
    ):
        for begin in range(len(run.text)):
            code = pattern.match(run.text, begin)
            span = run.span(*code.span()) if code else None
            if code and span and (key := _valid(code)):
                yield Match(*span, key, kind, Source.RULE)


def _valid(code: re.Match[str]) -> str:
    """The key of a code; nothing where it only looks like one."""
    if code.re is _POSTCODE:
        return postcode(code[0]) if code[1] in AREAS else ""
    if code.re is _POSTCODE_0:
        return postcode(code[1].replace("0", "o") + code[2])
    if code.re is _EIRCODE:
        # “November 12 2002” isn't one: there is a letter among the last four signs.
        key = _noughts(code[0])
        return key if re.search("[a-z]", key[3:]) else ""
    if code.re is _INSURANCE:
        return code[0][:2].replace("0", "o") + _noughts(code[0][2:8]) + code[0][8]
    number = _noughts(code[1])
    return number + code[2] + code[3] if pps_letter(number, code[3]) == code[2] else ""


def postcode(text: str) -> str:
    """A postcode's key from letters and digits, in which an `o` may be a nought."""
    inward, outward = text[-3:], text[:-3]
    area = outward[:2] if outward[:2] in AREAS and outward[2:3] in (*"0123456789", "o") else outward[:1]
    return area + outward[len(area) :].replace("o", "0") + inward[0].replace("o", "0") + inward[1:]


def pps_letter(digits: str, second: str = "") -> str:
    """The check letter of a PPS number: seven digits weighted from 8 down, the second letter by 9."""
    total = sum(int(digit) * weight for digit, weight in zip(digits, range(8, 1, -1), strict=True))
    if second and second != "w":
        total += 9 * (ord(second) - ord("a") + 1)
    return "wabcdefghijklmnopqrstuv"[total % 23]


def _garbled(turn: Turn, run: Run) -> Iterator[Match]:
    """Letters and digits that a code may have become, as a suggestion."""
    pieces = list(run.pieces)
    while pieces and _article(turn, pieces[-1]):
        pieces.pop()
    while pieces and _article(turn, pieces[0]):
        pieces.pop(0)
    parts = [_said(run, piece) for piece in pieces]
    digits, letters = sum(map(str.isdigit, "".join(parts))), sum(map(str.isalpha, "".join(parts)))
    mixed = any(re.search(r"\d[a-z]|[a-z]\d", part) for part in parts)
    if digits >= 3 and letters - "".join(parts).count("o") >= (1 if mixed and digits > 3 else 2):
        yield Match(pieces[0][1], pieces[-1][2], "".join(parts), Kind.NUMBER, Source.SUGGESTION)


def _article(turn: Turn, piece: tuple[int, int, int]) -> bool:
    """Whether a letter is a word of the sentence around a code."""
    _, first, stop = piece
    return stop == first + 1 and turn.tokens[first].norm in ARTICLES and not turn.beside(first)


def _said(run: Run, piece: tuple[int, int, int]) -> str:
    return run.text[piece[0] : _end(run, piece)]


# ── digits alone ────────────────────────────────────────────────────────────────────────────────


def _numbers(turn: Turn, run: Run) -> Iterator[Match]:
    """Stretches of digits, whole: what is said around a number belongs to it rather than stays."""
    for stretch in _DIGITS.finditer(run.text):
        begin = stretch.start()
        inside = [piece for piece in run.pieces if begin <= piece[0] < stretch.end()]
        if not inside or stretch.end() != _end(run, inside[-1]):
            inside = inside[:-1]
        if not inside:
            continue
        text = run.text[inside[0][0] : _end(run, inside[-1])]
        if match := _number(turn, inside, _noughts(text)):
            yield match


def _end(run: Run, piece: tuple[int, int, int]) -> int:
    after = run.pieces.index(piece) + 1
    return run.pieces[after][0] if after < len(run.pieces) else len(run.text)


def _number(turn: Turn, pieces: list[tuple[int, int, int]], digits: str) -> Match | None:
    first, stop = pieces[0][1], pieces[-1][2]
    if len(digits) == TEN and modulus_11(digits) and (digits[0] != "0" or _DAY.match(digits)):
        return Match(first, stop, digits, Kind.NUMBER, Source.RULE)
    if len(digits) < LONG or counting(turn, pieces, digits):
        return None
    if any(_PHONE.match(digits, start - pieces[0][0]) for start, _, _ in pieces):
        return Match(first, stop, phone(digits), Kind.PHONE, Source.RULE)
    return Match(first, stop, digits, Kind.NUMBER, Source.SUGGESTION)


def phone(digits: str) -> str:
    """A telephone number's key: as it is rung within its own country."""
    return _PREFIXES.sub("0", digits)


def modulus_11(digits: str) -> bool:
    """Whether the last of ten digits is the check digit of an NHS, CHI or Health and Care number."""
    total = sum(int(digit) * weight for digit, weight in zip(digits[:9], range(10, 1, -1), strict=True))
    return (11 - total % 11) % 11 == int(digits[9])


def counting(turn: Turn, pieces: Sequence[tuple[int, int, int]], digits: str) -> bool:
    """Whether it is years, or somebody counting, or a round number, rather than one long number."""
    ends = [start for start, _, _ in pieces[1:]]
    bounds = zip([pieces[0][0], *ends], [*ends, pieces[0][0] + len(digits)], strict=True)
    parts = [digits[a - pieces[0][0] : b - pieces[0][0]] for a, b in bounds]
    numbers = [int(part) for part in parts if part.isdigit()]
    steps = {after - before for before, after in pairwise(numbers)}
    alone = len(parts) == 1 and (digits.endswith("000") or len(digits) < LONG)
    even = len(numbers) > 2 and len(steps) == 1 and 0 < abs(min(steps)) <= MOST_STEP
    rising = len(numbers) >= MANY and min(steps) > 0 and max(numbers) < MOST_RISING
    words = {turn.tokens[first].word for _, first, _ in pieces}
    return alone or (len(words) > 1 and (even or rising)) or _years(turn, pieces, digits)


def _years(turn: Turn, pieces: Sequence[tuple[int, int, int]], digits: str) -> bool:
    fours = [digits[at : at + 4] for at in range(0, len(digits), 4)]
    if all(len(four) == 4 and FIRST_YEAR <= int(four) <= LAST_YEAR for four in fours if four.isdigit()):
        return True
    # A year that is written beside a small number: “in 2019 15 people”.
    written = [turn.tokens[first].norm for _, first, _ in pieces]
    year = any(re.fullmatch(r"(?:19|20)\d\d", one) for one in written)
    return year and len(digits) < LONG + 2


def _noughts(text: str) -> str:
    return text.replace("o", "0")
