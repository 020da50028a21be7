"""What is found in a transcript, and what is not: examples, and properties that hold for any words."""

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewkit.identifiers import Finding, Kind, Known, Source, found, key, known_key
from interviewkit.replacements import Decision, applied
from tests.identities import Maker
from tests.talk import ORDINARY, sentence

KNOWN = (
    Known("Christina", Kind.PERSON),
    Known("Christina M.", Kind.PERSON),
    Known("Ada Rose Smith", Kind.PERSON, "[person 1]"),
    Known("Asa Young", Kind.PERSON),
    Known("Ballymoney", Kind.PLACE),
    Known("Ward 7", Kind.PLACE),
    Known("The Larkfield Centre", Kind.PLACE),
    Known("St Anne's Clinic", Kind.ORGANISATION),
    Known("07700 900123", Kind.PHONE),
    Known("BT7 1NN", Kind.POSTCODE),
    Known("ada.smith@example.org", Kind.EMAIL),
    Known("4 March 1982", Kind.BIRTH),
    Known("943 476 5919", Kind.NUMBER),
)


def look(text: str, known: tuple[Known, ...] = KNOWN) -> list[tuple[str, str]]:
    return [(one.text, one.key) for one in found([tuple(text.split())], known) if one.source is Source.KNOWN]


def rules(*texts: str) -> list[tuple[str, Kind, str]]:
    turns = [tuple(text.split()) for text in texts]
    return [(one.text, one.kind, one.key) for one in found(turns) if one.source is Source.RULE]


def suggested(*texts: str) -> list[str]:
    turns = [tuple(text.split()) for text in texts]
    return [one.text for one in found(turns) if one.source is Source.SUGGESTION]


# ── known ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Then CHRISTINA's friend", [("CHRISTINA", "christina")]),
        ("then christinas friend", [("christinas", "christina")]),
        ("(Christina), she said", [("Christina", "christina")]),
        ("I met Christina M. there", [("Christina M", "christina m")]),
        ("i met christina m there", [("christina m", "christina m")]),
        ("I met Christina O’Neill there", [("Christina O’Neill", "christina oneill")]),
        ("it's c h r i s t i n a", [("c h r i s t i n a", "christina")]),
        ("Ada rose smith was there", [("Ada rose smith", "ada rose smith")]),
        ("so ada said to me", [("ada", "ada rose smith")]),
        ("the Smiths, all of them", [("Smiths", "ada rose smith")]),
        ("we live in bally money", [("bally money", "ballymoney")]),
        ("it was the larkfield centre", [("larkfield centre", "larkfield centre")]),
        ("they put me on ward seven", [("ward seven", "ward 7")]),
        ("at saint Annes, st annes clinic", [("st annes clinic", "st anne clinic")]),
        ("oh double seven double oh nine hundred one two three", [("*", "07700900123")]),
        ("+44 (0)7700 900 123", [("*", "07700900123")]),
        ("oh seven seven hundred nine hundred one two three", [("*", "07700900123")]),
        ("zero seven seven, um, zero zero nine zero zero twelve three", [("*", "07700900123")]),
        ("b t seven one n n", [("*", "bt71nn")]),
        ("BT71NN", [("*", "bt71nn")]),
        ("b for bertie t for tommy seven one november november", [("*", "bt71nn")]),
        ("ada dot smith at example dot org", [("*", "ada.smith@example.org")]),
        ("A.Smith@example.org", []),
        ("ada dot smith at example.org", [("*", "ada.smith@example.org")]),
        ("the fourth of march nineteen eighty two", [("fourth of march nineteen eighty two", "1982-03-04")]),
        ("4.3.82", [("*", "1982-03-04")]),
        ("my birthday's on the 4th of March", [("4th of March", "1982-03-04")]),
        ("on the 4th of March", []),
        ("on the 4th of March 1983", []),
        ("nine four three four seven six five nine one nine", [("*", "9434765919")]),
        ("as a rule, as a young person, may I say as a", []),
        ("they rose at seven", []),
        ("Christening", []),
        ("as young as that", []),
    ],
)
def test_what_is_known_is_found_however_it_is_said(said: str, expected: list[tuple[str, str]]) -> None:
    assert look(said) == [(said if text == "*" else text, key) for text, key in expected]


@pytest.mark.parametrize(
    ("known", "said", "expected"),
    [
        (
            Known("Dr Murphy", Kind.PERSON),
            "Doctor Murphy's and murphys",
            [("Murphy", "murphy"), ("murphys", "murphy")],
        ),
        (Known("ada van smith", Kind.PERSON), "Van is ada", [("ada", "ada van smith")]),
        (
            Known("Ada Rose Smith", Kind.PERSON),
            "Ada Smith, A. Smith",
            [("Ada Smith", "ada rose smith"), ("A. Smith", "a smith")],
        ),
        (Known("Ada Smith", Kind.PERSON), "ada, um, smith", [("ada, um, smith", "ada smith")]),
        (Known("NHS 943 476 5919", Kind.NUMBER), "it's 943-476-5919", [("943-476-5919", "9434765919")]),
        (Known("028 9024 5678 ext. 12", Kind.PHONE), "on 028 9024 5678", [("028 9024 5678", "02890245678")]),
        (Known("March 1982", Kind.BIRTH), "in march 1982", [("march 1982", "march 1982")]),
        (Known("4 March", Kind.BIRTH), "born on the 4th of march 82", [("4th of march 82", "?-03-04")]),
        (Known("https://www.example.org/", Kind.URL), "www dot example dot org", [("*", "example.org")]),
        (Known("...", Kind.PERSON), "... and so on", []),
    ],
)
def test_what_is_known_may_be_written_down_in_any_way(
    known: Known, said: str, expected: list[tuple[str, str]]
) -> None:
    assert look(said, (known,)) == [(said if text == "*" else text, key) for text, key in expected]
    assert known_key(known) in {key for _, key in expected} | {""}


def test_a_name_that_is_a_word_is_suggested_alone() -> None:
    there = found([("Then", "Rose", "came,", "and", "Young", "too.")], KNOWN)
    assert [(one.text, one.key, one.source) for one in there] == [
        ("Rose", "ada rose smith", Source.SUGGESTION),
        ("Young", "asa young", Source.SUGGESTION),
    ]


def test_a_first_name_that_two_people_have_is_nobodys() -> None:
    known = (Known("Ada Smith", Kind.PERSON), Known("Ada Kerr", Kind.PERSON))
    assert look("Ada rang, Ada Kerr I mean.", known) == [("Ada", "ada"), ("Ada Kerr", "ada kerr")]


def test_two_known_names_in_one_word_are_both_covered() -> None:
    assert look("the Christina/Ballymoney thing") == [("Christina/Ballymoney", "christina ballymoney")]


def test_known_words_within_an_address_do_not_break_it_up() -> None:
    assert rules("write to christina@example.org") == [
        ("christina@example.org", Kind.EMAIL, "christina@example.org")
    ]
    there = found([("write", "to", "christina@example.org")], KNOWN)
    assert [one.text for one in there] == ["christina@example.org"]


def test_what_is_left_of_a_suggestion_is_suggested() -> None:
    there = found([tuple("I work in the Ballymoney Health Centre now".split())], KNOWN)
    assert [(one.text, one.source) for one in there] == [
        ("Ballymoney", Source.KNOWN),
        ("Health Centre", Source.SUGGESTION),
    ]


@pytest.mark.parametrize(
    "hidden", ["Chris\u00adtina", "Chris\u200btina", "Chrístina", "Chri\u0301stina", "CHRISTINA"]
)
def test_signs_that_nobody_sees_hide_nothing(hidden: str) -> None:
    assert look(f"and {hidden}, too") == [(hidden, "christina")]


# ── rules ───────────────────────────────────────────────────────────────────────────────────────


def test_a_question_makes_a_date_a_date_of_birth() -> None:
    answer = "The fourth of March, eighty two."
    assert rules("What's your date of birth?", answer) == [
        ("fourth of March, eighty two", Kind.BIRTH, "1982-03-04")
    ]
    assert rules("When did it start?", answer) == []
    assert suggested("When did it start?", "On the fourth of March 1982.") == ["fourth of March 1982"]


@pytest.mark.parametrize(
    "text",
    [
        "943 476 5918",
        "1234567S",
        "ZZ99 9ZZ",
        "G65 F4E2",
        "12 March",
        "in 2019, 2020 and 2021",
        "look at that",
    ],
)
def test_what_only_looks_like_a_number_is_not_found_by_a_rule(text: str) -> None:
    assert rules(f"it's {text} there") == []


def test_long_numbers_are_suggested_whatever_they_are() -> None:
    assert suggested("it's 943 476 5918, and the code is 12 56 34") == ["943 476 5918", "12 56 34"]


def test_ordinary_talk_holds_nothing() -> None:
    assert found(ORDINARY) == []
    in_vain = [one for one in found(ORDINARY, KNOWN) if one.source is Source.KNOWN]
    assert in_vain == []


@pytest.mark.parametrize(
    "text",
    [
        "oh-seven-seven-double-oh-nine-hundred-one-two-three",
        "07,700,900,123",
        "0 7 7 0 0 - 9 0 0 - 1 2 3",
        "07700 nine double-oh one twenty-three",
        "Oh seven seven. Zero zero. Nine hundred. One two three",
    ],
)
def test_a_telephone_number_as_a_machine_may_write_it(text: str) -> None:
    assert rules(f"It's {text}, yes.") == [(text, Kind.PHONE, "07700900123")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("w for William 1a, 7w for William u for uncle", "w1a7wu"),
        ("EC1M for whiskey tango", "ec1m4wt"),
        ("M for mother to too zero double q", "m220qq"),
    ],
)
def test_a_postcode_as_a_machine_may_mishear_it(text: str, expected: str) -> None:
    assert rules(f"My postcode is {text} then") == [(text, Kind.POSTCODE, expected)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3, 2, 7, double, 5, double, 2, 6, 9, 8", "3275522698"),
        ("Zulu Papa Double 321-81 Charlie", "zp332181c"),
        ("0, H240349c", "oh240349c"),
        ("0X1 2JD", "ox12jd"),
        ("176, not 651 sierra", "1760651s"),
        ("www, dot example, dot org", "example.org"),
        ("w, w, w, dot example dot org", "example.org"),
        ("A. D. A. at example.org", "ada@example.org"),
    ],
)
def test_what_a_machine_made_of_numbers_that_were_said(text: str, expected: str) -> None:
    assert [(said, key) for said, _, key in rules(f"So it's {text} then.")] == [(text, expected)]


@pytest.mark.parametrize(
    "text",
    [
        "926878WA",
        "228 November alpha",
        "940148D for Dog A for Apple",
        "www.example.i",
        "example.orgyes",
        "X for xylophone 911 alpha 3",
    ],
)
def test_what_is_left_of_a_code_is_suggested(text: str) -> None:
    assert suggested("Well. Yes. No. I do.", f"So it's {text} then.") == [text]


def test_a_date_of_birth_as_one_number() -> None:
    assert rules("My date of birth is 1710-1939.") == [("1710-1939", Kind.BIRTH, "1939-10-17")]


def test_a_number_that_is_dictated_over_several_turns_is_suggested() -> None:
    turns = ["it's oh seven seven", "mhm", "double oh nine hundred", "Nine hundred, yes.", "one two three"]
    assert suggested(*turns) == ["oh seven seven", "double oh nine hundred", "Nine hundred", "one two three"]
    assert suggested("I had seven", "mhm", "or eight of them") == []


# ── suggestions ─────────────────────────────────────────────────────────────────────────────────


def test_capitals_are_suggested_and_beginnings_of_sentences_are_not() -> None:
    text = (
        "Siobhán’s brother met Dr Murphy in Newry. Maybe Monday. Walker said so, he was at the Mater. Then I"
    )
    assert suggested(text) == ["Siobhán", "Murphy", "Newry", "Walker", "Mater"]


def test_a_name_that_is_a_word_is_suggested_where_a_capital_says_so() -> None:
    assert suggested("Mark came. I said to Mark that it was fine.") == ["Mark", "Mark"]
    assert suggested("Mark my words.") == []


def test_names_of_several_words_are_one() -> None:
    text = "I was at the Royal Victoria Hospital and at Queen’s University of Belfast with J. R. Kerr."
    assert suggested(text) == ["Royal Victoria Hospital", "Queen’s University of Belfast", "J. R. Kerr"]


def test_without_any_capitals_unusual_words_are_suggested() -> None:
    text = "my sister aoife lives in ballymena and she sees doctor murphy once a week"
    assert suggested(text) == ["aoife", "ballymena", "murphy"]


def test_a_month_is_suggested_where_it_is_a_person() -> None:
    assert suggested("It was in June. My sister June said so, and then April told me in May.") == [
        "June",
        "April",
    ]


def test_stretches_that_lost_their_capitals_are_looked_at_like_that() -> None:
    lost = "and then aoife and i went over to ballymena to see about the course and doctor young said no"
    assert suggested("I was there. Then I left.", lost) == ["aoife", "ballymena", "young"]
    assert suggested("I was there. Then I left.", "and the supporter wrote back") == []


# ── properties ──────────────────────────────────────────────────────────────────────────────────

SIGNS = """abcd Christina oh seven 0 1 19 - . , ' ’ @ + / (BT7) 1NN dot at the
of march born M. I é ß ﬁ 二 \u00ad 's"""
WORD = st.one_of(st.sampled_from(SIGNS.split()), st.text(max_size=8))
TURNS = st.lists(st.lists(WORD, max_size=30).map(tuple), max_size=4)


@given(TURNS)
def test_findings_are_apart_in_order_and_as_they_stand(turns: list[tuple[str, ...]]) -> None:
    before = Finding(-1, 0, 0, "", "", Kind.OTHER, Source.KNOWN)
    for one in found(turns, KNOWN):
        assert (one.turn, one.first) >= (before.turn, before.stop if one.turn == before.turn else 0)
        assert 0 <= one.first < one.stop <= len(turns[one.turn])
        assert one.text in " ".join(turns[one.turn][one.first : one.stop])
        assert one.text.strip()
        assert one.key == one.key.casefold() != ""
        before = one


SAID = st.sampled_from(
    ["Christina", "christina's", "BALLYMONEY,", "Bally-money", "xballymoneyx", "(Christina)", "Ada Smith"]
)


@given(st.lists(st.one_of(WORD, SAID), max_size=20).map(tuple))
def test_nothing_known_is_left_when_all_that_was_found_is_replaced(words: tuple[str, ...]) -> None:
    findings = found([words], KNOWN)
    left, _ = applied(words, [Decision.of(one, "[x]") for one in findings])
    bare = ["".join(sign for sign in word.casefold() if sign.isalnum()) for word in left]
    assert [word for word in bare if "christina" in word or "ballymoney" in word] == []


@given(st.integers(0, 10_000))
def test_an_identifier_has_one_key_however_it_is_written_or_said(seed: int) -> None:
    maker = Maker(seed)
    item = maker.phone()
    known = Known(item.key, Kind.PHONE)
    words, span = sentence(maker, item)
    there = [one for one in found([words], (known,)) if one.source is Source.KNOWN]
    assert [(one.first, one.stop, one.key) for one in there] == [(span.start, span.stop, item.key)]


def test_keys() -> None:
    assert key("Christina M.’s") == "christina m" != key("Christina")
    assert key("Siobhán O'Neill") == key("SIOBHAN O’NEILL,") == "siobhan oneill"


def test_nothing_goes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket, "socket", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    assert found([("look", "at", "www.example.org", "Christina")], KNOWN)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I live at 24 Elm Street now", ["24 Elm Street"]),
        ("I live at twenty four elm street now", ["twenty four elm street"]),
        ("It's 7a The Old Mill Row.", ["7a The Old Mill Row"]),
        ("It's a 20 minute drive, or a ten minute walk, with two in the road.", []),
        (
            "I'm @ada_smith there, or ada dash underscore, ada underscore smith",
            ["@ada_smith", "ada underscore smith"],
        ),
        ("The card is 4929 1234 5678 9012, sort code 20-30-40", ["4929 1234 5678 9012", "20-30-40"]),
        ("I was born in March '82, it was 1982", ["March '82", "1982"]),
        ("I see Mr. Kerr at St. Malachy's", ["Kerr", "St. Malachy"]),
    ],
)
def test_what_else_is_suggested(text: str, expected: list[str]) -> None:
    assert suggested("So. Well. No. Yes. I do.", text) == expected


def test_a_bracket_that_is_closed_within_belongs_to_a_number() -> None:
    assert rules("It's (028) 9649 6123.") == [("(028) 9649 6123", Kind.PHONE, "02896496123")]


def test_what_stands_for_something_is_not_looked_at_again() -> None:
    words = ("My", "[date of birth 1],", "in", "2019", "[person 2]'s", "[Ada]")
    assert [one.text for one in found([words], KNOWN)] == ["Ada"]
