"""Made-up numbers, codes, addresses and dates of birth, as they are written and as they are said; seeded.

What is said is put together here by rules of its own, not by those of the program that has to find it.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from interviewkit.identifiers_base import Kind

ONES = "zero one two three four five six seven eight nine".split()
TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()
_ORDINALS = """first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth
fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth twenty-first twenty-second
twenty-third twenty-fourth twenty-fifth twenty-sixth twenty-seventh twenty-eighth twenty-ninth thirtieth
thirty-first"""
ORDINALS = _ORDINALS.split()
_MONTHS = """January February March April May June July August September October November December"""
MONTHS = _MONTHS.split()
_HEARD = "b bee c see d dee j jay k kay n en p pee q queue r are t tee u you y why".split()
HEARD = dict(zip(_HEARD[::2], _HEARD[1::2], strict=True))
_BRAVO = """alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november oscar papa
quebec romeo sierra tango uniform victor whiskey x-ray yankee zulu"""
BRAVO = {word[0]: word for word in _BRAVO.split()}
_WORDS = """apple bertie cat dog easy freddie george harry isaac jam kettle lemon mother nellie orange peter
queen robert sugar tommy uncle violet william xylophone yellow zebra"""
WORDS = {word[0]: word for word in _WORDS.split()}
FIRST = (
    "ada brona ciaran dilys eoghan fiadh gwen hamish iona jarlath keir maeve niamh oisin tomos una".split()
)
LAST = "smith boyle campbell duffy evans fraser hughes kerr lynch mcbride oneill price quinn walsh".split()


@dataclass(frozen=True)
class Item:
    """An identifier, in one of the ways in which it may stand in a transcript."""

    rule: str
    kind: Kind
    text: str
    spoken: bool
    key: str = ""


def two(number: int) -> str:
    """A number below a hundred in words."""
    if number < 20:
        return (ONES + TEENS)[number]
    return TENS[number // 10] + (f" {ONES[number % 10]}" if number % 10 else "")


class Maker:
    """Makes identifiers from a seed."""

    def __init__(self, seed: int) -> None:
        self.any = random.Random(seed)

    # ── saying ──────────────────────────────────────────────────────────────────────────────────

    def digits(self, digits: str) -> str:
        """Digits, said in one of the ways in which people say them."""
        way = self.any.choice(("each", "each", "doubles", "doubles", "pairs", "hundreds", "heard"))
        # Nobody says “sixty one” for 60 and 1: pairs are for even numbers of digits.
        if way == "pairs" and len(digits) % 2 == 0:
            return self._pairs(digits)
        if way == "heard":
            return self._heard(digits)
        said, at = [], 0
        nought = self.any.choice(("oh", "oh", "zero", "nought"))
        while at < len(digits):
            same = len(digits[at:]) - len(digits[at:].lstrip(digits[at]))
            name = nought if digits[at] == "0" else ONES[int(digits[at])]
            if way == "hundreds" and digits[at] != "0" and digits[at + 1 : at + 3] == "00":
                said.append(f"{name} hundred")
                at += 3
            elif way != "each" and same >= 2:
                times = min(same, 3)
                said.append(f"{'triple' if times == 3 else 'double'} {name}")
                at += times
            else:
                said.append(name)
                at += 1
        return self._paused(said)

    def _pairs(self, digits: str) -> str:
        said = []
        for at in range(0, len(digits), 2):
            pair = digits[at : at + 2]
            if len(pair) == 2 and pair[0] not in "0":
                said.append(two(int(pair)))
            else:
                said.append(" ".join("oh" if digit == "0" else ONES[int(digit)] for digit in pair))
        return " ".join(said)

    def _heard(self, digits: str) -> str:
        """As speech recognition may write it: groups of digits."""
        said, at = [], 0
        while at < len(digits):
            length = self.any.randint(1, 4)
            said.append(digits[at : at + length])
            at += length
        return self.any.choice((" ", " ", "-", ", ")).join(said)

    def _paused(self, said: list[str]) -> str:
        if self.any.random() < 0.2:
            said.insert(self.any.randrange(1, len(said)), self.any.choice(("um", "er", "and then")))
        if self.any.random() < 0.2:
            at = self.any.randrange(len(said) - 1)
            said[at] += ","
        return " ".join(said)

    def letters(self, letters: str) -> str:
        """Letters, said one by one or in the words of a spelling alphabet."""
        way = self.any.choice(("plain", "plain", "plain", "capital", "heard", "bravo", "for"))
        if way == "capital":
            return " ".join(letters.upper())
        if way == "bravo":
            return " ".join(BRAVO[letter] for letter in letters)
        if way == "for":
            return " ".join(f"{letter} for {WORDS[letter]}" for letter in letters)
        if way == "heard":
            return " ".join(HEARD.get(letter, letter) for letter in letters)
        if len(letters) == 2 and letters[0] == letters[1]:
            return f"double {letters[0]}"
        return " ".join(letters)

    def code(self, text: str) -> str:
        """Letters and digits of a code, said."""
        said, at = [], 0
        while at < len(text):
            stop = at
            while stop < len(text) and text[stop].isdigit() == text[at].isdigit():
                stop += 1
            part = text[at:stop]
            said.append(" ".join(map(self._digit, part)) if part.isdigit() else self.letters(part.casefold()))
            at = stop
        return " ".join(said)

    def _digit(self, digit: str) -> str:
        return self.any.choice(("oh", "zero")) if digit == "0" else ONES[int(digit)]

    # ── numbers ─────────────────────────────────────────────────────────────────────────────────

    def some(self, count: int) -> str:
        """So many digits."""
        return "".join(self.any.choice("0123456789") for _ in range(count))

    def checked(self, first_nine: Callable[[], str]) -> str:
        """Ten digits of which the last one checks the others, modulus 11."""
        while True:
            nine = first_nine()
            check = 11 - sum((10 - at) * int(digit) for at, digit in enumerate(nine)) % 11
            if check != 10:
                return nine + str(check % 11)

    def _ten(self, rule: str, digits: str) -> Item:
        if self.any.random() < 0.5:
            return Item(rule, Kind.NUMBER, self.digits(digits), True, digits)
        form = self.any.choice(("{}{}{}", "{} {} {}", "{}-{}-{}"))
        return Item(rule, Kind.NUMBER, form.format(digits[:3], digits[3:6], digits[6:]), False, digits)

    def nhs(self) -> Item:
        return self._ten("NHS number", self.checked(lambda: self.any.choice("4679") + self.some(8)))

    def chi(self) -> Item:
        return self._ten("CHI number", self.checked(lambda: f"{self.day():%d%m%y}{self.some(3)}"))

    def hc(self) -> Item:
        return self._ten(
            "Health and Care number", self.checked(lambda: "3" + self.any.choice("23456") + self.some(7))
        )

    def ni(self) -> Item:
        text = self.any.choice("ABCEGHJKLMNOPRSTWXYZ") + self.any.choice("ABCEGHJKLMNPRSTWXYZ")
        digits, last = self.some(6), self.any.choice("ABCD")
        key = f"{text}{digits}{last}".casefold()
        if self.any.random() < 0.5:
            said = f"{self.letters(text.casefold())} {self.digits(digits)} {self.letters(last.casefold())}"
            return Item("National Insurance number", Kind.NUMBER, said, True, key)
        pairs = " ".join((text, digits[:2], digits[2:4], digits[4:], last))
        written = self.any.choice(
            (pairs, pairs.replace(" ", ""), pairs.casefold(), f"{text} {digits} {last}")
        )
        return Item("National Insurance number", Kind.NUMBER, written, False, key)

    def pps(self) -> Item:
        digits, second = self.some(7), self.any.choice(("", "A", "B", "W", "H"))
        total = sum(int(digit) * (8 - at) for at, digit in enumerate(digits))
        total += 0 if second in ("", "W") else 9 * (ord(second) - 64)
        last = "WABCDEFGHIJKLMNOPQRSTUV"[total % 23] + second
        key = f"{digits}{last}".casefold()
        if self.any.random() < 0.5:
            said = f"{self.digits(digits)} {self.letters(last.casefold())}"
            return Item("PPS number", Kind.NUMBER, said, True, key)
        return Item(
            "PPS number",
            Kind.NUMBER,
            self.any.choice((f"{digits}{last}", f"{digits} {last}".lower())),
            False,
            key,
        )

    # ── places ──────────────────────────────────────────────────────────────────────────────────

    def postcode(self) -> Item:
        area = self.any.choice("B L M S BT CF EH G LE SW1 NW OX SO DE HA ME PL TR YO ZE W1 EC1".split())
        if area[-1] == "1":
            outward = area + self.any.choice(
                "AVWX" if area == "SW1" else "ADFGHT" if area == "W1" else "AMNRVY"
            )
        else:
            outward = area + str(self.any.randint(1, 40 if area != "ZE" else 3))
        inward = self.any.choice("0123456789") + "".join(
            self.any.choice("ABDEFGHJLNPQRSTUWXYZ") for _ in range(2)
        )
        key = f"{outward}{inward}".casefold()
        if self.any.random() < 0.5:
            return Item("postcode", Kind.POSTCODE, f"{self.code(outward)} {self.code(inward)}", True, key)
        whole = f"{outward} {inward}"
        written = self.any.choice(
            (whole, whole.replace(" ", ""), whole.casefold(), f"{outward}{inward[0]} {inward[1:]}")
        )
        return Item("postcode", Kind.POSTCODE, written, False, key)

    def eircode(self) -> Item:
        routing = self.any.choice("A65 D02 D6W T12 H91 V94 X91 Y35 F23 K67 N41 P31 R95 W12 E45 C15".split())
        unique = "".join(
            self.any.choice("ACDEFHKNPRTVWXY" if at % 2 == 0 else "0123456789") for at in range(4)
        )
        key = f"{routing}{unique}".casefold()
        if self.any.random() < 0.5:
            return Item("Eircode", Kind.POSTCODE, f"{self.code(routing)} {self.code(unique)}", True, key)
        whole = f"{routing} {unique}"
        return Item(
            "Eircode",
            Kind.POSTCODE,
            self.any.choice((whole, whole.replace(" ", ""), whole.lower())),
            False,
            key,
        )

    # ── to be reached ───────────────────────────────────────────────────────────────────────────

    def phone(self) -> Item:
        groups = self.any.choice(
            (
                ["07700", "900" + self.some(3)],
                ["07" + self.some(3), self.some(3), self.some(3)],
                ["028", "9649", "6" + self.some(3)],
                ["0161", "496", "0" + self.some(3)],
                ["01632", "960" + self.some(3)],
                ["020", "7946", "0" + self.some(3)],
                ["08" + self.any.choice("3567"), self.some(3), self.some(4)],
                ["01", self.some(3), self.some(4)],
                ["021", self.some(3), self.some(4)],
            )
        )
        home = "".join(groups)
        irish = groups[0] in ("01", "021") or (groups[0].startswith("08") and len(home) == 10)
        land = "353" if irish else "44"
        abroad = self.any.random() < 0.25
        if self.any.random() < 0.5:
            said = f"plus {self.digits(land + home[1:])}" if abroad else self.digits(home)
            return Item("telephone number", Kind.PHONE, said, True, home)
        if abroad:
            groups = [self.any.choice((f"+{land} ", f"00{land} ", f"+{land}")) + groups[0][1:], *groups[1:]]
        elif self.any.random() < 0.2:
            groups = [f"({groups[0]})", *groups[1:]]
        return Item("telephone number", Kind.PHONE, self.any.choice((" ", "", "-")).join(groups), False, home)

    def email(self) -> Item:
        first, last = self.any.choice(FIRST), self.any.choice(LAST)
        numbered, initial = f"{first}{self.some(2)}", f"{first[0]}{last}"
        forms = (f"{first}.{last}", initial, f"{first}_{last}", numbered, f"{last}-{first}", first)
        local = self.any.choice(forms)
        domains = "example.org example.co.uk mail.example.ie example.ac.uk ex-ample.net example.com"
        address = f"{local}@{self.any.choice(domains.split())}"
        if self.any.random() < 0.5:
            return Item(
                "e-mail address",
                Kind.EMAIL,
                self.aloud(address, first[0] if local == initial else ""),
                True,
                address,
            )
        return Item(
            "e-mail address",
            Kind.EMAIL,
            self.any.choice((address, address.upper(), address.title())),
            False,
            address,
        )

    def aloud(self, address: str, initial: str = "") -> str:
        if initial:
            address = f"{initial} {address[1:]}"
        for sign, name in (("@", "at"), (".", "dot"), ("_", "underscore"), ("-", "dash"), ("/", "slash")):
            address = address.replace(sign, f" {name} ")
        digits = [sign for sign in address if sign.isdigit()]
        for digit in set(digits):
            address = address.replace(digit, f" {ONES[int(digit)]} ")
        return " ".join(address.split())

    def url(self) -> Item:
        domain = self.any.choice("example.org example.co.uk blog.example.ie example.net".split())
        path = self.any.choice(("", "", f"/{self.any.choice(FIRST)}"))
        if self.any.random() < 0.5:
            start = self.any.choice(("w w w dot ", "www dot ", "double u double u double u dot ", ""))
            return Item("web address", Kind.URL, start + self.aloud(domain + path), True, domain + path)
        start = self.any.choice(("https://", "http://www.", "www.", ""))
        return Item("web address", Kind.URL, start + domain + path, False, domain + path)

    # ── born ────────────────────────────────────────────────────────────────────────────────────

    def day(self) -> date:
        return date(1932, 1, 1) + timedelta(days=self.any.randrange(27_000))

    def birth(self) -> Item:
        day = self.day()
        spoken = self.any.random() < 0.5
        text = self.said_day(day) if spoken else self.written_day(day)
        return Item("date of birth", Kind.BIRTH, text, spoken, day.isoformat())

    def written_day(self, day: date) -> str:
        th = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}.get(day.day, "th")
        month = MONTHS[day.month - 1]
        numbers = f"{day:%d/%m/%Y}|{day:%d.%m.%Y}|{day:%d-%m-%y}|{day:%Y-%m-%d}|{day:%d %m %Y}"
        short = f"{day.day}/{day.month}/{day:%y}|{day.day} {month[:3]} {day.year}|{day:%d-%b-%Y}"
        words = (
            f"{day.day} {month} {day.year}|{day.day}{th} of {month} {day.year}|{month} {day.day}, {day.year}"
        )
        ranks = f"{month} the {day.day}{th} {day.year}|{day.day}{th} {month} '{day:%y}"
        forms = "|".join((numbers, short, words, ranks)).split("|")
        return self.any.choice(forms)

    def said_day(self, day: date) -> str:
        rank, month, year = ORDINALS[day.day - 1], MONTHS[day.month - 1].lower(), self._said_year(day.year)
        if self.any.random() < 0.5:
            rank = rank.replace("-", " ")
        number, of = two(day.day), ORDINALS[day.month - 1]
        forms = [f"{rank} of {month} {year}", f"the {rank} of {month} {year}", f"{month} the {rank} {year}",
                 f"{rank} {month} {year}", f"{number} {month} {year}", f"the {rank} of the {of} {year}",
                 f"{number} {two(day.month)} {year}", f"{self._oh(day.day)} {self._oh(day.month)} {year}",
                 f"the {rank} of {month}", f"{month} {rank}, {year}"]  # fmt: skip
        return self.any.choice(forms)

    def _oh(self, number: int) -> str:
        return f"oh {ONES[number]}" if number < 10 else two(number)

    def _said_year(self, year: int) -> str:
        if year >= 2000:
            full = f"two thousand and {two(year - 2000)}" if year > 2000 else "two thousand"
            return full if year < 2010 or self.any.random() < 0.5 else f"twenty {two(year - 2000)}"
        rest = year - 1900
        last = two(rest) if rest >= 10 else f"oh {ONES[rest]}"
        return f"nineteen {last}" if self.any.random() < 0.7 else last

    def all_kinds(self) -> tuple[Callable[[], Item], ...]:
        return (self.nhs, self.chi, self.hc, self.ni, self.pps, self.postcode, self.eircode, self.phone,
                self.email, self.url, self.birth)  # fmt: skip
