"""Made-up utterances in which people and places are named, to try things on and to measure with; seeded.

The two sets share neither sentences nor names, so that what was tried on the one says nothing of the other.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

_TRIED = """
my name is {full} and I live in {place}
I was seeing {title} {last} over in {place} at the time
so {first} said to me, just try it
it was {first} and {first} who started it, really
my husband {first} is from {place}
{first} rang me back on the Monday
we moved from {place} to {place} when I was nine
The nurse was called {first}. She was lovely.
I used to work for {org}, in {place}
{place} is fine, but there's nothing for young people
You'd have to ask {full} about that
I told {first}'s mother that I wasn't well
and then {title} {full} took over the clinic
Well, {first}, that was my supporter, she wrote every week.
I went to school in {place}, and then {place}
she's at {org} now, I think
my daughter {first} and my son {first} set it up for me
There was a {title} {last} there, and a {first} something.
near {place}, about ten miles out
I'm {first}, by the way
it's a {place} number, I think
They have one in {place} and another one in {place}.
{last}, his name was, {first} {last}
that was before {first} was born
"""
_MEASURED = """
hello, this is {full} speaking
I grew up outside {place}, on a farm
We were all on the one team, {first}, {first} and myself.
The GP, {title} {last}, sent me the leaflet
{first} is my wife, she did the course before me
when the office in {place} closed, everything went to {place}
I'd never have done it only for {first}
Our manager was {full}, you might know her.
and {first} goes, you're always on that laptop
there was a fella from {place} in the same group
They sent me up to {org} for an assessment.
my sister in {place} had the same thing
{title} {last} thought that it would suit me
I was talking to {first} about this only yesterday
the bus to {place} takes an hour and a half
You could say that {place} was the pilot, and then {place} came in.
I'm married to a {last}, from {place}
it was either {org} or nothing
Ask {first}, he was there from the beginning.
and I said, look, {first}, I can't be doing with this
{last} and {last}, those were the two consultants
It was {first}'s idea, not mine
there's a waiting list in {place} that would make you cry
{full} did the training with us in {place}
my wee girl, {first}, was only two at the time
The people at {org} were very good to me.
we'd been in {place} for the weekend, with {first}
so it's me, {first} and the dog
I don't think {title} {full} ever read it
That's how they do it in {place}, anyway.
"""
_FIRST = """Aisling Barry Catriona Dermot Elspeth Finbarr Glenda Huw Imelda Jolene Kieran Lorna Malachy
Nuala Orla Paudie Roisín Seamus Trevor Una Vanessa Winifred Yusuf Zainab Bronwyn Callum Deirdre Ewan
Fatima Gareth Rosie Mark Hope Jack"""
_LAST = """Anderson Bradley Cullen Devlin Edwards Farrell Griffiths Hennessy Irvine Johnston Khan Larmour
McGuigan Nicholson O'Hagan Patel Quinn Robinson Sweeney Thompson Walsh Okafor Nowak Hughes Young Brown"""
_PLACE = """Antrim Bangor Cardiff Dundalk Enniskillen Fermoy Galway Holywood Inverness Kilkenny Larne
Merthyr Newcastle Omagh Portrush Swansea Tralee Wrexham Leeds Bath"""
_ORG = """Craigavon Area Hospital|the Mater|Queen's University|Linenhall Clinic|the Bayview Practice"""
_NEW_FIRST = """Agnieszka Brendan Ciara Desmond Eimear Fionnuala Gráinne Harriet Iestyn Jacinta Kerry-Ann
Lachlan Muireann Nigel Oluwaseun Phyllis Quentin Ruairí Shauna Tadhg Uilleam Veronica Wesley Xiaoming
Yvonne Zubair Alasdair Bláthnaid Conor Delyth Frances Gwilym Hamza Isla Grace Will Rose Robin"""
_NEW_LAST = """Armstrong Boateng Cunningham Docherty Eccles Fitzpatrick Gallacher Heaney Ibrahim Jamieson
Kowalczyk Lavery MacDonald Ní Bhriain O'Sullivan Pugh Rahman Savage Trimble Uddin Vasquez Whelan Yeates
Zielinski Blackwood McIlroy King Hill"""
_NEW_PLACE = """Armagh Banbridge Coleraine Drogheda Ennis Falkirk Grimsby Hartlepool Islay Kettering
Letterkenny Magherafelt Navan Oban Pontypridd Roscommon Strabane Thurso Ullapool Wexford Youghal
Birmingham Cork Reading"""
_NEW_ORG = """Altnagelvin Hospital|Ulster University|the Ashbrook Clinic|Holburn Medical Practice|the Royal"""
TITLES = ("Dr", "Doctor", "Mrs", "Mr", "Professor", "Sister")


@dataclass(frozen=True)
class Utterance:
    """Words, and where in them somebody or somewhere is named; `what` is `name` or `place`."""

    words: tuple[str, ...]
    named: tuple[tuple[str, range], ...]

    @property
    def lower(self) -> tuple[str, ...]:
        """As a machine without capitals writes it."""
        return tuple(word.lower() for word in self.words)


def tried(seed: int, count: int) -> list[Utterance]:
    """What rules and words may be tried on."""
    return list(_utterances(random.Random(seed), _TRIED, (_FIRST, _LAST, _PLACE, _ORG), count))


def measured(seed: int, count: int) -> list[Utterance]:
    """What is only measured with."""
    names = (_NEW_FIRST, _NEW_LAST.replace("Ní Bhriain", "Ní_Bhriain"), _NEW_PLACE, _NEW_ORG)
    return list(_utterances(random.Random(seed), _MEASURED, names, count))


def _utterances(any_: random.Random, lines: str, names: tuple[str, ...], count: int) -> Iterator[Utterance]:
    templates = lines.strip().splitlines()
    first, last, place = (text.split() for text in names[:3])
    for number in range(count):
        words: list[str] = []
        named: list[tuple[str, range]] = []
        for part in templates[number % len(templates)].split():
            hole = part[part.find("{") + 1 : part.find("}")] if "{" in part else ""
            text = {
                "first": any_.choice(first),
                "last": any_.choice(last).replace("_", " "),
                "full": f"{any_.choice(first)} {any_.choice(last)}".replace("_", " "),
                "place": any_.choice(place),
                "org": any_.choice(names[3].split("|")),
                "title": any_.choice(TITLES),
            }.get(hole, "")
            filled = part.replace(f"{{{hole}}}", text).split()
            if hole and hole != "title":
                begin = len(words) + (filled[0] == "the")
                what = "place" if hole in ("place", "org") else "name"
                named.append((what, range(begin, len(words) + len(filled))))
            words += filled
        yield Utterance(tuple(words), tuple(named))
