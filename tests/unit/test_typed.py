"""Transcripts that were typed elsewhere: no word is lost, times are in order, hostile files are refused."""

import io
import time
import zipfile
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from interviewkit import typed, typed_docx, typed_files, typed_times
from interviewkit.errors import UsageError
from interviewkit.exports import FORMATS
from interviewkit.exports.base import InterviewCall
from interviewkit.exports.docx_ import render as render_docx
from interviewkit.matching import matched
from interviewkit.models import Break, BreakKind, Word
from interviewkit.typed import Typed
from interviewkit.typed_times import Timed
from tests.tui import study as studies

pytestmark = pytest.mark.slow

TALK = [
    "Interviewer: So how did it begin?",
    "P07: With a letter.",
    "It came in March.",
    "Interviewer: And then?",
]
WORDS = st.lists(
    st.sampled_from(["yes", "no", "my", "doctor", "Well,", "said:", "12:30", "rang.", "–", "(laughs)"]),
    min_size=1,
    max_size=8,
)

TURNS = st.tuples(st.sampled_from(["Interviewer", "P07", "Other", ""]), WORDS)


def read(text: str | bytes, *known: str) -> Typed:
    data = text.encode() if isinstance(text, str) else text
    return typed.read(typed_files.lines(data), known)


def said(found: Typed) -> list[str]:
    return [f"{one.speaker}: {' '.join(one.words)}" for one in found.said]


AS_SAID = [
    "Interviewer: So how did it begin?",
    "P07: With a letter. It came in March.",
    "Interviewer: And then?",
]


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(TALK),
        "\r\n\r\n".join(TALK),
        f"Interview: P07\nDate: March 2020\nInterviewer: Anna Smith\nParticipant: P07\n{chr(10).join(TALK)}",
        "Transcript of the first interview\n" + "\n".join(TALK),
        "\n".join(TALK).replace("Interviewer: ", "Interviewer:\t"),
        "Interviewer\tSo how did it begin?\nP07\tWith a letter. It came in March.\nInterviewer\tAnd then?",
        "INTERVIEWER : So how did it begin?\nP07 : With a letter.\n\n"
        "It came in March.\ninterviewer: And then?",
    ],
)
def test_who_says_what_is_found_whatever_the_layout(text: str) -> None:
    found = read(text, "P07")
    assert [line.casefold() for line in said(found)] == [line.casefold() for line in AS_SAID]


@pytest.mark.parametrize(
    ("text", "stamps"),
    [
        ("Anna: So how? #00:00:02-5#\nBen: A letter. #0:00:08#\nAnna: And? #00:00:12-2#", [2.5, 8.0, 12.2]),
        ("[00:00:02]Anna: So how?\n[00:00:05]Ben: A letter.\n[00:00:12]Anna: And?", [2.0, 5.0, 12.0]),
        ("Anna\n[00:00:02] - So how?\n\nBen\n[00:00:05] - A letter.\n\n"
         "Anna\n[00:00:12] - And?\nBen\n[00:20] - Mm",
         [2.0, 5.0, 12.0, 20.0]),
        ("Anna  0:02\nSo how?\nBen  0:05\nA letter.\nAnna  0:12\nAnd?\nBen 0:20\nMm", [2.0, 5.0, 12.0, 20.0]),
        ("Anna (0:02): So how?\nBen (0:05): A letter.\nAnna (0:12): And?", [2.0, 5.0, 12.0]),
    ],
)  # fmt: skip
def test_times_are_read_as_programs_write_them(text: str, stamps: list[float]) -> None:
    found = read(text)
    assert [" ".join(one.words) for one in found.said][:3] == ["So how?", "A letter.", "And?"]
    assert [time_s for one in found.said for _, time_s in one.stamps] == stamps


def test_where_nobody_is_named_the_questions_may_be_bold() -> None:
    document = Document()
    document.add_heading("An interview")
    for text, bold in (("So how?", True), ("A letter.", False), ("In March.", False), ("And then?", True)):
        paragraph = document.add_paragraph()
        paragraph.add_run(text).bold = bold
        paragraph.add_run(" ")
    found = read(saved(document))
    assert said(found) == ["bold: So how?", "plain: A letter. In March.", "bold: And then?"]
    assert typed.cast(found, (), "P07") is None
    assert typed.cast(found, ("bold",), "P07") == {"bold": "Interviewer", "plain": "P07"}


def test_columns_of_a_table_are_told_apart_by_what_is_in_them() -> None:
    document = Document()
    document.add_paragraph("An interview of March")
    table = document.add_table(rows=0, cols=4)
    rows = [("No", "Time", "Speaker", "Text"), ("1", "00:00:02", "Anna", "So how?"),
            ("2", "00:00:05", "Ben", "A letter."),
            ("3", "00:00:09", "", "In March."), ("4", "00:00:12", "Anna", "And then?")]  # fmt: skip
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    found = read(saved(document))
    assert said(found) == ["Anna: So how?", "Ben: A letter. In March.", "Anna: And then?"]
    assert found.said[1].stamps == ((0, 5.0), (2, 9.0))
    assert len(found.left) == 2


def saved(document: object) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)  # type: ignore[attr-defined]
    return buffer.getvalue()


@pytest.mark.parametrize("name", ["txt", "f4", "maxqda", "nvivo", "atlasti", "vtt", "srt"])
def test_what_was_exported_comes_back_as_it_was(name: str) -> None:
    transcript = studies.transcript()
    off = Break(at_s=transcript.turns[0].end_s, lasted_s=70.0, kind=BreakKind.OFF_RECORD)
    found = read(FORMATS[name].render(transcript.model_copy(update={"breaks": (off,)})))
    texts = [one for one in found.said if not one.words[0].startswith("[off")]
    assert _by_speaker([(one.speaker, list(one.words)) for one in texts]) == _by_speaker(
        [(turn.speaker, turn.text.split()) for turn in transcript.turns]
    )


def test_a_document_of_ours_comes_back_without_its_head_and_questions() -> None:
    transcript = studies.transcript()
    call = InterviewCall("P01-1", 1, "P01", "patients", transcript)
    found = read(render_docx("A small study", [call]), "P01")
    assert _by_speaker([(one.speaker, list(one.words)) for one in found.said]) == _by_speaker(
        [(turn.speaker, turn.text.split()) for turn in transcript.turns]
    )


def _by_speaker(turns: Sequence[tuple[str, list[str]]]) -> list[tuple[str, list[str]]]:
    joined: list[tuple[str, list[str]]] = []
    for speaker, words in turns:
        if joined and joined[-1][0] == speaker:
            joined[-1][1].extend(words)
        else:
            joined.append((speaker, list(words)))
    return joined


# ── nothing is lost ─────────────────────────────────────────────────────────────────────────────


@settings(max_examples=150, deadline=None)
@given(st.lists(TURNS, min_size=1, max_size=12), st.integers(0, 2**16))
def test_no_word_of_a_file_is_lost_and_times_are_in_order(
    turns: list[tuple[str, list[str]]], seed: int
) -> None:
    turns = [("Interviewer", ["So?"]), *turns, ("P07", ["Bye."])]
    lines = [f"{name}: {' '.join(words)}" if name else " ".join(words) for name, words in turns]
    found = read("\n".join(lines), "P07", "Other")
    expected = Counter(word for _, words in turns for word in words)
    assert Counter(word for one in found.said for word in one.words) == expected
    draft = heard([word for _, words in turns for word in words][seed % 3 :: 1 + seed % 2])
    for timed in (
        typed_times.heard(found, draft, 100.0),
        typed_times.heard(found, [], 100.0),
        typed_times.spread(found, [(2.0, 3.0), (5.0, 9.0), (9.0, 30.0)], 100.0),
        typed_times.spread(found, [], 100.0),
    ):
        assert Counter(word.text for words in timed.words for word in words) == expected
        assert in_order(timed, 100.0)


def heard(texts: Sequence[str]) -> list[Word]:
    return [Word(text=text, start_s=n, end_s=n + 1.2, probability=0.5) for n, text in enumerate(texts)]


def in_order(timed: Timed, length_s: float) -> bool:
    starts = [word.start_s for words in timed.words for word in words]
    return starts == sorted(starts) and all(
        0 <= word.start_s <= word.end_s <= length_s for words in timed.words for word in words
    )


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(0, 50), min_size=3, max_size=3), WORDS, WORDS)
def test_stamps_that_go_back_are_left_aside(times: list[float], one: list[str], other: list[str]) -> None:
    stamps = [f"[{int(t) // 60:02}:{int(t) % 60:02}]" for t in times]
    text = f"P07: {stamps[0]} {' '.join(one)} {stamps[1]}\nInterviewer: {' '.join(other)} {stamps[2]}"
    found = read(text, "P07")
    timed = typed_times.spread(found, [], 60.0)
    assert in_order(timed, 60.0)
    assert (timed.ignored == 0) == ([int(t) for t in times] == sorted(int(t) for t in times))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from("abcdefgh"), max_size=60), st.lists(st.sampled_from("abcdefgh"), max_size=60))
def test_words_are_matched_in_order_and_only_with_themselves(one: list[str], other: list[str]) -> None:
    pairs = matched(one, other)
    assert all(one[a] == other[b] for a, b in pairs)
    assert all(a < c and b < d for (a, b), (c, d) in pairwise(pairs))
    assert matched(one, one) == [(n, n) for n in range(len(one))]


def test_what_the_machine_heard_too_has_its_time_and_the_rest_lies_between() -> None:
    draft = heard("so how did it begin with a ladder it came in march and then".split())
    found = read("\n".join(TALK), "P07")
    timed = typed_times.heard(found, draft, 20.0)
    times = {word.text: word.start_s for words in timed.words for word in words}
    assert times["begin?"] == 4.0
    assert times["letter."] == 7.0
    assert times["then?"] == 13.0
    assert timed.alike is not None
    assert round(timed.alike, 3) == round(13 / 14, 3)


def test_what_was_destroyed_does_not_come_back_with_a_file() -> None:
    draft = heard("so how did it begin with a letter it came in march and then".split())
    left = [word for word in draft if not 5 <= word.start_s <= 7]
    timed = typed_times.heard(read("\n".join(TALK), "P07"), left, 20.0, [(5.2, 8.0)])
    texts = [word.text for words in timed.words for word in words]
    assert texts == "So how did it begin? It came in March. And then?".split()
    assert timed.struck == 3


# ── who is who ──────────────────────────────────────────────────────────────────────────────────


def test_who_interviews_is_asked_where_it_is_not_obvious() -> None:
    found = read("Anna: So how?\nBen: A letter came.\nAnna: And?\nBen: I rang.\nCleo: Hello.\nCleo: Tea?")
    assert typed.cast(found, (), "P07") is None
    assert typed.cast(found, ("anna",), "P07") == {"Anna": "Interviewer", "Ben": "P07", "Cleo": "Other 1"}
    with pytest.raises(UsageError, match="Nobody in the file is called Dora"):
        typed.cast(found, ("Dora",), "P07")


@pytest.mark.parametrize("text", ["", " \n\t\n", "No names here.\nNone at all.", "Interviewer:\nP07:"])
def test_a_file_without_talk_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        read(text)


# ── files from anywhere ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_letters_are_read_in_every_coding(coding: str) -> None:
    found = read("Interviewer: Ça va, Zoë?\nP07: “Bien”.\n".encode(coding), "P07")
    assert said(found) == ["Interviewer: Ça va, Zoë?", "P07: “Bien”."]


def test_what_could_steer_a_terminal_is_made_visible() -> None:
    found = read("Interviewer: So\x1b[2J how\u202e?\nP07: \x00A letter.\n", "P07")
    assert said(found) == ["Interviewer: So�[2J how�?", "P07: �A letter."]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"Interviewer: So?\nP07: \x81\xff\xc3\n", "Line 2"),
        (b"WEBVTT\n\n00:01 --> later\nSo?\n", "Line 3"),
        (b"%PDF-1.4 \n", "a PDF"),
        (b"\xd0\xcf\x11\xe0 old", "an old Word"),
        (b"PK\x03\x04 no archive", "damaged"),
        (b"a" * (typed_files.MOST_CHARACTERS + 1), "Line 1"),
        (b"\n" * (typed_files.MOST_LINES + 1), "lines"),
        (b"a" * (typed_files.MOST_BYTES + 1), "25 MB"),
    ],
)
def test_what_can_not_be_read_is_one_line_that_says_where(data: bytes, told: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(data)
    assert told in caught.value.message
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "data",
    [
        b"Interviewer: So?\nP07:" + b" " * 190_000 + b"x 12:30 y\n" * 2,
        b"Participant: P\n" * 40_000,
        b"WEBVTT\n\n00:01.000 --> 00:09.000\n" + b"<v " * 60_000,
        b"Interviewer: " + b"[00:01] " * 20_000 + b"\nP07: So?",
        b"Interviewer: " + b"#" * 190_000 + b"\nP07: (((((((((" + b"(" * 100_000,
        b"Interviewer:So?\n" + b"a:b:c\td\te\n" * 30_000,
    ],
)
def test_no_line_is_searched_for_ever(data: bytes) -> None:
    begun = time.process_time()
    with suppress(UsageError):
        read(data, "P07")
    assert time.process_time() - begun < 5


def packed(xml: bytes, name: str = typed_docx.MEMBER) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, xml)
    return buffer.getvalue()


HEAD = f'<w:document xmlns:w="{typed_docx.SPACES[0]}"><w:body>'.encode()
TAIL = b"</w:body></w:document>"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (packed(HEAD + b"<w:p><w:r><w:t>" + b" " * 5_000_000 + b"</w:t></w:r></w:p>" + TAIL), "far more"),
        (packed(b'<!DOCTYPE x [<!ENTITY a "aaa">]>' + HEAD + TAIL), "document type"),
        (packed('<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x><a/>'.encode("utf-16")), "document type"),
        (packed(HEAD + b"<w:p>"), "breaks off"),
        (packed(HEAD + b"<w:tbl>" * 500), "too deep"),
        (packed(HEAD + TAIL, "word/other.xml"), "no text"),
    ],
)
def test_a_document_made_to_do_harm_is_refused(data: bytes, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        read(data)


def test_tracked_changes_and_second_copies_are_read_once() -> None:
    xml = (
        HEAD
        + (
            b"<w:p><w:r><w:t>Interviewer: So</w:t></w:r><w:del><w:r><w:delText> not</w:delText></w:r></w:del>"
            b"<w:ins><w:r><w:t xml:space='preserve'> how?</w:t><w:br/><w:t>P07: Well.</w:t></w:r></w:ins>"
            b"<mc:AlternateContent xmlns:mc='m'><mc:Fallback><w:r><w:t>twice</w:t></w:r></mc:Fallback>"
            b"</mc:AlternateContent></w:p>"
        )
        + TAIL
    )
    assert said(read(packed(xml))) == ["Interviewer: So how?", "P07: Well."]


def test_voices_that_overlap_keep_their_own_times() -> None:
    found = read(
        "WEBVTT\n\nNOTE not said\nat all\n\n1\n00:01.000 --> 00:09.000\n"
        "<v Anna>So <i>how</i> &amp; why?</v>\n\n"
        "00:03.000 --> 00:04.000\n<v Ben>Mm.</v>\n\n00:09.500 --> 00:12.000\n<v Ben>A letter."
    )
    assert said(found) == ["Anna: So how & why?", "Ben: Mm.", "Ben: A letter."]
    timed = typed_times.spread(found, [], 11.0)
    assert [(words[0].start_s, words[-1].end_s) for words in timed.words] == [(1, 9), (3, 4), (9.5, 11)]


def test_turns_of_a_checked_draft_are_known_again() -> None:
    """A file made of a draft has the draft's times, to the millisecond."""
    transcript = studies.transcript()
    words = sorted((word for turn in transcript.turns for word in turn.words), key=lambda word: word.start_s)
    timed = typed_times.heard(read(FORMATS["txt"].render(transcript), "P01"), words, transcript.duration_s)
    assert timed.alike == 1.0
    assert {(w.text, w.start_s) for said in timed.words for w in said} == {(w.text, w.start_s) for w in words}


def test_a_header_with_keys_of_its_own_has_no_speakers() -> None:
    head = "Participant: P07\nCondition: Control\nSetting: Telephone\n"
    found = read(head + "\n".join(TALK), "P07")
    assert said(found) == AS_SAID
    assert found.left == (1, 2, 3)
