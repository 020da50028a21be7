"""Made-up people with everything that is known of them, and how somebody says it; seeded."""

import random
from datetime import date

from interviewkit.identifiers import Kind, Known
from tests.identities import MONTHS, Maker

_FIRST = """Aoife Bríd Christina Declan Eilidh Fergal Gethin Hannah Imogen Kwame Liam Morag Nasreen Olwen
Padraig Rhys Saoirse Theo Ursula Wren Zofia Anne-Marie Asa Ian Amy Mark Rose Grace Will"""
_LAST = """Abernethy Brennan Cadwallader Donnelly Ferguson Gilhooly Hargreaves Iqbal Jankowska Kavanagh
Llewellyn McAllister Nwosu O'Neill Pritchard Quigley Rafferty Sinclair Thistlethwaite Urquhart Vaughan
Wojcik D'Arcy Smyth-Jones Young Hill"""
_PLACES = "Ballymoney|Carrickfergus|Dún Laoghaire|Stoke Newington|Tredegar|Auchtermuchty|St Helens"
_SITES = "Musgrave Park Hospital|St Anne's Clinic|Ward 7|Oakleaf House|the Larkfield Centre|Elm Surgery"
FIRST, LAST = _FIRST.split(), _LAST.split()
PLACES, SITES = _PLACES.split("|"), _SITES.split("|")
ENDS = ("", "", "", ".", ",", "?", "'s", "’s", "s'", ")", "…", '"', "-")


class Roster:
    """Who and what is known in one study."""

    def __init__(self, seed: int) -> None:
        any_, maker = random.Random(seed), Maker(seed)
        people = [
            f"{first} {last}" for first, last in zip(any_.sample(FIRST, 5), any_.sample(LAST, 5), strict=True)
        ]
        names = [Known(name, Kind.PERSON) for name in people]
        names += [Known(any_.choice(PLACES), Kind.PLACE)]
        names += [Known(any_.choice(SITES), Kind.ORGANISATION)]
        numbers = [
            maker.phone(),
            maker.phone(),
            maker.postcode(),
            maker.eircode(),
            maker.email(),
            maker.nhs(),
            maker.ni(),
        ]
        self.known = (*names, *(Known(item.key, item.kind) for item in numbers), _born(any_))


def _born(any_: random.Random) -> Known:
    day = date(any_.randint(1935, 2003), any_.randint(1, 12), any_.randint(1, 28))
    return Known(f"{day.day} {MONTHS[day.month - 1]} {day.year}", Kind.BIRTH)


def said(any_: random.Random, known: Known) -> str:
    """A known identifier in one of the ways in which it may stand in a transcript."""
    maker = Maker(any_.randrange(10**6))
    match known.kind:
        case Kind.PHONE:
            return any_.choice((maker.digits(known.text), known.text, f"+44 {known.text[1:]}"))
        case Kind.POSTCODE:
            return any_.choice(
                (maker.code(known.text), known.text.upper(), f"{known.text[:-3]} {known.text[-3:]}")
            )
        case Kind.NUMBER:
            return any_.choice((maker.code(known.text), known.text.upper()))
        case Kind.EMAIL:
            return any_.choice((maker.aloud(known.text), known.text, known.text.title()))
        case Kind.BIRTH:
            day, month, year = known.text.split()
            when = date(int(year), MONTHS.index(month) + 1, int(day))
            return any_.choice((maker.said_day(when), maker.written_day(when)))
        case _:
            return _name(any_, known.text.removeprefix("the "))


def _name(any_: random.Random, text: str) -> str:
    """A name in any case, spelt, split, without its signs, with a possessive or punctuation behind it."""
    match any_.randrange(6):
        case 0:
            return " ".join(letter for letter in text.lower() if letter.isalnum())
        case 1:
            text = text.replace("'", "").replace("-", " ")
        case 2:
            text = text.replace("'", "’").replace("í", "i").replace("ú", "u")
        case 3 if len(text.split()[0]) > 7:
            text = f"{text[:5]} {text[5:]}"
        case _:
            pass
    case_ = any_.choice((str, str.lower, str.upper))
    return f"{any_.choice(('', '', '(', '“'))}{case_(text)}{any_.choice(ENDS)}"
