import csv
import dataclasses
import io
import json
import re
import tempfile
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import docx
import openpyxl
import pympi
import pytest
import webvtt
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from interviewkit.exports import FORMATS, csv_, docx_
from interviewkit.exports.base import CUE_CHARACTERS, CUE_MS, InterviewCall, PutQuestion, clock, cues, visible
from interviewkit.exports.json_ import as_dict
from interviewkit.exports.xlsx import CALLS, CELL_CHARACTERS, TURNS, fit, workbook
from interviewkit.models import Break, BreakKind, Checked, Flag, FlagKind, Provenance, Transcript, Turn, Word

DOCUMENT = Path(__file__).parents[2] / "docs" / "transcript-json.md"
PROVENANCE = Provenance(
    program="interviewkit 0.1.0",
    transcriber={"engine": "whisper", "model": "base"},
    diariser={"engine": "pyannote"},
    channels="mono",
)


def said(text: str, start_s: float = 0.0, pace_s: float = 0.5) -> tuple[Word, ...]:
    return tuple(
        Word(text=word, start_s=start_s + at * pace_s, end_s=start_s + (at + 1) * pace_s, probability=0.9)
        for at, word in enumerate(text.split(" "))
    )


def turn(words: Sequence[Word], speaker: str = "P07", question: str | None = None) -> Turn:
    return Turn(
        speaker=speaker,
        start_s=words[0].start_s,
        end_s=words[-1].end_s,
        words=tuple(words),
        question=question,
    )


def transcript(turns: Sequence[Turn], flags: Sequence[Flag] = ()) -> Transcript:
    return Transcript(
        turns=tuple(turns),
        flags=tuple(flags),
        duration_s=90.5,
        coverage=0.87654,
        language="en",
        provenance=PROVENANCE,
    )


def rendered(name: str, turns: Sequence[Turn]) -> str:
    return FORMATS[name].render(transcript(turns)).decode()


TALK = [
    turn(said("How did you start?", 6.2), "Interviewer", "q1"),
    turn(said("Well, with <some> doubts & hopes --> all", 8.0004), question="q1"),
]

TIMES = st.floats(-2, 40_000)
WORD = st.builds(Word, text=st.text(max_size=30), start_s=TIMES, end_s=TIMES, probability=st.floats(0, 1))
TURN = st.builds(
    Turn,
    speaker=st.text(min_size=1, max_size=5),
    start_s=TIMES,
    end_s=TIMES,
    words=st.lists(WORD, max_size=12).map(tuple),
    question=st.none() | st.just("q1.a"),
    overlap=st.booleans(),
)
TURNS_OF_ANY_KIND = st.lists(TURN, max_size=4)


def test_every_format_is_registered_under_its_name() -> None:
    assert {name: (format_.name, format_.suffix) for name, format_ in FORMATS.items()} == {
        **{name: (name, f".{name}") for name in ("txt", "json", "vtt", "srt")},
        **{name: (name, f".{name}.txt") for name in ("maxqda", "nvivo", "atlasti", "f4")},
        "elan": ("elan", ".eaf"),
    }


def test_text_has_a_paragraph_a_turn() -> None:
    assert rendered("txt", TALK) == (
        "[00:00:06] Interviewer: How did you start?\n"
        "\n"
        "[00:00:08] P07: Well, with <some> doubts & hopes --> all\n"
    )


@given(turns=TURNS_OF_ANY_KIND)
def test_no_word_can_forge_a_paragraph(turns: list[Turn]) -> None:
    paragraphs = rendered("txt", turns).split("\n\n") if turns else []
    assert len(paragraphs) == len(turns)
    assert all(re.match(r"\[\d+:\d\d:\d\d\] ", paragraph) for paragraph in paragraphs)


def test_what_could_hide_or_forge_is_made_visible() -> None:
    assert visible("a\x1b[2Jb\u202ec\x00\ufffe\ud800 d\te\r\nf\u2028g") == "a�[2Jb�c��� d e f g"


def test_clock_carries_and_never_writes_a_thousandth_millisecond() -> None:
    assert clock(round(59.9996 * 1000), ",") == "00:01:00,000"
    assert clock(100 * 3_600_000 + 61_007) == "100:01:01.007"


def test_vtt_names_the_voice_and_escapes_what_was_said() -> None:
    assert rendered("vtt", TALK) == (
        "WEBVTT\n\n"
        "00:00:06.200 --> 00:00:08.200\n<v Interviewer>How did you start?\n\n"
        "00:00:08.000 --> 00:00:12.000\n<v P07>Well, with &lt;some&gt; doubts &amp; hopes --&gt; all\n"
    )
    assert [caption.voice for caption in webvtt.from_string(rendered("vtt", TALK)).captions] == [
        "Interviewer",
        "P07",
    ]


def test_srt_numbers_its_cues_and_keeps_the_arrow_to_its_time_lines() -> None:
    assert rendered("srt", TALK) == (
        "1\n00:00:06,200 --> 00:00:08,200\nInterviewer: How did you start?\n\n"
        "2\n00:00:08,000 --> 00:00:12,000\nP07: Well, with <some> doubts & hopes → all\n"
    )


def test_cues_break_between_words_at_84_characters_and_at_7_seconds() -> None:
    quick = cues(transcript([turn(said("ten chars! " * 8 + "end", pace_s=0.1))]))
    assert [cue.text for cue in quick] == ["ten chars! " * 7 + "ten", "chars! end"]
    slow = cues(transcript([turn(said("one two three four five", pace_s=2))]))
    assert [(cue.text, cue.start_ms, cue.end_ms) for cue in slow] == [
        ("one two three", 0, 6_000),
        ("four five", 6_000, 10_000),
    ]


def test_a_word_too_long_for_a_cue_gets_one_of_its_own() -> None:
    found = cues(transcript([turn(said(f"so {'a' * 200} then"))]))
    assert [len(cue.text) for cue in found] == [2, 200, 4]


@given(turns=TURNS_OF_ANY_KIND)
def test_cues_are_short_last_a_while_and_lose_no_word(turns: list[Turn]) -> None:
    found = cues(transcript(turns))
    assert all(0 < cue.end_ms - cue.start_ms <= CUE_MS and cue.start_ms >= 0 for cue in found)
    assert all(before.start_ms <= after.start_ms for before, after in pairwise(found))
    assert all(len(cue.text) <= CUE_CHARACTERS for cue in found)
    words = sorted(word for turn in turns for word in visible(turn.text).split())
    assert sorted(word for cue in found for word in cue.text.split()) == words


@given(turns=TURNS_OF_ANY_KIND)
def test_any_turns_make_a_vtt_that_others_read(turns: list[Turn]) -> None:
    text = rendered("vtt", turns)
    found = cues(transcript(turns))
    captions = webvtt.from_string(text).captions
    assert [(caption.start, caption.end) for caption in captions] == [
        (clock(cue.start_ms), clock(cue.end_ms)) for cue in found
    ]
    assert text.count("-->") == len(found)


@given(turns=TURNS_OF_ANY_KIND)
def test_srt_is_numbered_and_runs_forward(turns: list[Turn]) -> None:
    blocks = [block.split("\n") for block in rendered("srt", turns).removesuffix("\n").split("\n\n")]
    if not cues(transcript(turns)):
        blocks = []
    assert [block[0] for block in blocks] == [str(number) for number in range(1, len(blocks) + 1)]
    assert all(len(block) == 3 and "-->" not in block[2] for block in blocks)
    times = [tuple(map(_srt_ms, block[1].split(" --> "))) for block in blocks]
    assert all(start < end for start, end in times)
    assert times == sorted(times)


def _srt_ms(text: str) -> int:
    match = re.fullmatch(r"(\d{2,}):([0-5]\d):([0-5]\d),(\d{3})", text)
    assert match
    hours, minutes, seconds, fraction = map(int, match.groups())
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + fraction


@given(turns=TURNS_OF_ANY_KIND)
def test_json_gives_back_what_went_in(turns: list[Turn]) -> None:
    whole = transcript(turns, [Flag(kind=FlagKind.GAP, start_s=1.00049, end_s=2, detail="1.0 s")])
    read = json.loads(FORMATS["json"].render(whole))
    assert read == as_dict(whole)
    assert [(item["speaker"], item["text"], item["question"], item["overlap"]) for item in read["turns"]] == [
        (turn.speaker, turn.text, turn.question, turn.overlap) for turn in turns
    ]
    for item, given_turn in zip(read["turns"], turns, strict=True):
        assert [word["text"] for word in item["words"]] == [word.text for word in given_turn.words]
        assert item["start"] == pytest.approx(given_turn.start_s, abs=0.000_51)
    assert read["flags"] == [{"kind": "speech without words", "start": 1.0, "end": 2.0, "detail": "1.0 s"}]
    assert (read["schema"], read["coverage"], read["duration"]) == (1, 0.877, 90.5)
    assert Provenance.model_validate(read["provenance"]) == PROVENANCE


def keys(value: object) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*map(keys, value.values()))
    return set().union(*map(keys, value)) if isinstance(value, list) else set()


def test_the_documented_example_has_exactly_the_fields_that_are_written() -> None:
    document = DOCUMENT.read_text(encoding="utf-8")
    example = json.loads(document.split("```json")[1].split("```")[0])
    flag = Flag(kind=FlagKind.GAP, start_s=1, end_s=2, detail="1.0 s")
    pause = Break(at_s=9.5, lasted_s=72.4, kind=BreakKind.OFF_RECORD)
    by = Checked(by=("Ada",), at=datetime(2026, 3, 2, 9, tzinfo=UTC), turns=1, of=1)
    whole = transcript(TALK, [flag]).model_copy(update={"breaks": (pause,), "checked": by})
    assert keys(example) == keys(as_dict(whole))
    assert all(f"| `{kind.value}` |" in document for kind in FlagKind)


# ── programs for analysis ───────────────────────────────────────────────────────────────────────

DESTROYED = Break(at_s=13.0, lasted_s=4.0, kind=BreakKind.STRUCK)


def with_break(name: str) -> str:
    return FORMATS[name].render(transcript(TALK).model_copy(update={"breaks": (DESTROYED,)})).decode()


def test_f4_and_maxqda_have_a_stamp_after_each_turn_and_no_speaker_that_is_none() -> None:
    lines = [
        "Interviewer: How did you start? #00:00:08-2#",
        "P07: Well, with <some> doubts & hopes --> all #00:00:12-0#",
        "[destroyed 4 s] #00:00:13-0#",
    ]
    assert with_break("f4") == "\n\n".join(lines) + "\n"
    assert with_break("maxqda") == "\r\n\r\n".join(lines) + "\r\n"


def test_nvivo_has_rows_of_three_columns_that_hold_the_whole_turn() -> None:
    assert with_break("nvivo").splitlines() == [
        "00:00:06-00:00:09\tInterviewer\tHow did you start?",
        "00:00:08-00:00:13\tP07\tWell, with <some> doubts & hopes --> all",
        "00:00:13-00:00:14\t\t[destroyed: 4 s]",
    ]


def test_atlasti_has_a_stamp_before_each_turn() -> None:
    assert with_break("atlasti").splitlines() == [
        "[00:00:06]Interviewer: How did you start?",
        "[00:00:08]P07: Well, with <some> doubts & hopes --> all",
        "[00:00:13][destroyed: 4 s]",
    ]


@given(turns=TURNS_OF_ANY_KIND)
def test_no_word_can_forge_a_row_a_stamp_or_a_speaker(turns: list[Turn]) -> None:
    rows = rendered("nvivo", turns).split("\r\n")[:-1]
    assert [row.count("\t") for row in rows] == [2] * len(turns)
    f4 = rendered("f4", turns).split("\n\n") if turns else []
    assert [len(re.findall(r"#\d+:\d\d:\d\d-\d#", line)) for line in f4] == [1] * len(turns)
    heads = [line.partition(":")[0] for line in f4]
    assert heads == [visible(turn.speaker).replace(":", "") for turn in turns]
    assert len(rendered("atlasti", turns).splitlines()) == len(turns)


def eaf(turns: Sequence[Turn], breaks: Sequence[Break] = ()) -> pympi.Elan.Eaf:
    whole = transcript(turns).model_copy(update={"breaks": tuple(breaks)})
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "call.eaf"
        place.write_bytes(FORMATS["elan"].render(whole))
        return pympi.Elan.Eaf(str(place))


def test_elan_has_a_tier_a_speaker_with_their_words_and_one_of_what_is_not_there() -> None:
    found = eaf(TALK, [DESTROYED])
    assert set(found.get_tier_names()) == {
        *("Interviewer", "Interviewer words", "P07", "P07 words", "not recorded"),
    }
    assert found.get_annotation_data_for_tier("Interviewer") == [(6200, 8200, "How did you start?")]
    assert [text for _, _, text in found.get_annotation_data_for_tier("Interviewer words")] == [
        *("How", "did", "you", "start?"),
    ]
    assert found.get_annotation_data_for_tier("not recorded") == [(13_000, 13_001, "destroyed: 4 s")]
    assert found.get_parameters_for_tier("P07 words")["PARENT_REF"] == "P07"


@settings(max_examples=25)
@given(turns=TURNS_OF_ANY_KIND)
def test_any_turns_make_an_eaf_that_others_read_in_which_nothing_overlaps(turns: list[Turn]) -> None:
    found = eaf(turns)
    for speaker in {visible(turn.speaker) for turn in turns}:
        spans = sorted(found.get_annotation_data_for_tier(speaker))
        texts = [visible(turn.text) for turn in turns if visible(turn.speaker) == speaker]
        assert sorted(text for _, _, text in spans) == sorted(texts)
        assert all(start < end for start, end, _ in spans)
        assert all(before[1] <= after[0] for before, after in pairwise(spans))


def test_a_word_document_has_header_tags_and_numbers_and_names_nobody() -> None:
    made = dataclasses.replace(call(TALK), held_on=date(2026, 3, 31))
    document = docx.Document(io.BytesIO(docx_.render("A study", [made])))
    section = document.sections[0]
    assert section.header.paragraphs[0].text == "A study · Interview P07-1 · Participant P07"
    assert re.findall("PAGE|NUMPAGES", section.footer._element.xml) == ["PAGE", "NUMPAGES"]
    assert "w:lnNumType" in section._sectPr.xml
    lines = [paragraph.text for paragraph in document.paragraphs]
    assert {"Date: 2026-03-31", "Group: patients", "Length: 00:01:30"} <= set(lines)
    at = lines.index("How did you start?")
    assert lines[at:] == [
        "How did you start?",
        "Interviewer:\tHow did you start?",
        "P07:\tWell, with <some> doubts & hopes --> all",
    ]
    assert (document.core_properties.author, document.core_properties.last_modified_by) == ("", "")


@settings(max_examples=10)
@given(turns=TURNS_OF_ANY_KIND)
def test_any_turns_make_a_word_document_that_opens(turns: list[Turn]) -> None:
    document = docx.Document(io.BytesIO(docx_.render("A study", [call(turns)])))
    said = [
        paragraph.text
        for paragraph in document.paragraphs
        if paragraph.style and paragraph.style.name == "Turn"
    ]
    assert [line.partition("\t")[2] for line in said] == [visible(turn.text) for turn in turns]


# ── the workbook ────────────────────────────────────────────────────────────────────────────────


def call(turns: Sequence[Turn], flags: Sequence[Flag] = ()) -> InterviewCall:
    return InterviewCall(
        interview="P07-1",
        call=1,
        participant="P07",
        group="patients",
        transcript=transcript(turns, flags),
        questions={"q1": PutQuestion("Experience", "How did you start?")},
    )


def opened(calls: Sequence[InterviewCall], title: str = "A study") -> dict[str, Worksheet]:
    book = openpyxl.load_workbook(io.BytesIO(workbook(title, calls)))
    return {sheet.title: sheet for sheet in book.worksheets}


def rows(sheet: Worksheet) -> list[tuple[object, ...]]:
    return list(sheet.iter_rows(values_only=True))


def test_workbook_says_who_said_what_in_answer_to_what() -> None:
    doubt = Flag(kind=FlagKind.LOW_CONFIDENCE, start_s=8.5, end_s=9, detail="3 words, 20% sure")
    whole = Flag(kind=FlagKind.ROLES, start_s=0, end_s=90.5, detail="")
    sheets = opened([call([*TALK, turn(said("Bye.", 13))], [doubt, whole])])
    assert list(sheets) == ["Turns", "Interviews", "About"]
    head, first, second, third = rows(sheets["Turns"])
    assert head == tuple(column.title for column in TURNS)
    place = ("P07-1", 1, "P07", "patients", "Experience", "q1", "How did you start?")
    assert first[:8] == (*place, "Interviewer")
    assert first[10:] == ("How did you start?", None)
    assert second[10:] == ("Well, with <some> doubts & hopes --> all", "low confidence")
    assert third[4:8] == (None, None, None, "P07")
    head, only = rows(sheets["Interviews"])
    assert head == tuple(column.title for column in CALLS)
    assert only == (
        *("P07-1", 1, "P07", "patients", pytest.approx(90.5 / 60), 3, 13, pytest.approx(0.87654)),
        *("low confidence: 1; speakers may be swapped: 1", "a machine's draft", "verbatim", None),
        "engine whisper, model base",
    )
    about = rows(sheets["About"])
    assert ("Study", "A study") in about
    assert ("Turns: Text", "what was said, as heard; [in brackets] what is not there") in about


def test_csv_has_the_same_rows_and_nothing_that_is_worked_out() -> None:
    formula = turn([Word(text="=1+1", start_s=13, end_s=14.0004, probability=1)])
    (head, first, second, third) = csv.reader(
        io.StringIO(csv_.table([call([*TALK, formula])]).decode("utf-8-sig"))
    )
    assert head == [column.title for column in TURNS]
    place = ["P07-1", "1", "P07", "patients", "Experience", "q1", "How did you start?", "Interviewer"]
    assert first == [*place, "00:00:06.200", "00:00:08.200", "How did you start?", ""]
    assert second[10] == "Well, with <some> doubts & hopes --> all"
    assert third[8:11] == ["00:00:13.000", "00:00:14.000", "'=1+1"]


def test_times_are_durations_and_the_head_stays_in_view() -> None:
    sheet = opened([call([turn(said("late", 90_061))])])["Turns"]
    cell = sheet["I2"]
    assert cell.number_format == "[h]:mm:ss"
    assert cell.value == timedelta(seconds=90_061)
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:L2"
    assert sheet["K2"].alignment.wrap_text
    assert sheet.column_dimensions["K"].width > 60


@pytest.mark.parametrize(
    "text", ["=1+1", "+44", "-no", "@SUM(A1)", "\t=1", "{=1}", "http://example.org/", "1.5", "_x0041_"]
)
def test_what_was_said_is_never_a_formula_a_link_or_a_number(text: str) -> None:
    spoken = turn([Word(text=text, start_s=0, end_s=1, probability=1)], speaker=text)
    sheets = opened([call([spoken])], title=text)
    cells = [cell for sheet in sheets.values() for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    assert [sheets["Turns"][at].data_type for at in ("H2", "K2")] == ["s", "s"]
    assert str(sheets["Turns"]["K2"].value).replace("_x005F", "") == text.strip()


@settings(max_examples=20)
@given(turns=TURNS_OF_ANY_KIND)
def test_any_turns_make_a_workbook_that_opens(turns: list[Turn]) -> None:
    sheet = opened([call(turns)])["Turns"]
    assert sheet.max_row == len(turns) + 1
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


@pytest.mark.parametrize("letter", ["a", "😀"])
def test_text_that_no_cell_can_hold_is_cut_with_a_mark(letter: str) -> None:
    units = len(letter.encode("utf-16-le")) // 2
    longest = letter * (CELL_CHARACTERS // units)
    assert fit(longest) == longest
    cut = opened([call([turn(said(longest + letter))])])["Turns"]["K2"].value
    assert isinstance(cut, str)
    assert cut.startswith(letter * 1000)
    assert "the JSON export has the rest" in cut
    assert len(cut.encode("utf-16-le")) // 2 in (CELL_CHARACTERS, CELL_CHARACTERS - 1)


def test_the_workbook_needs_no_temporary_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    assert workbook("A study", [call(TALK)])[:2] == b"PK"


def test_an_empty_study_still_makes_a_workbook() -> None:
    assert [len(rows(sheet)) for name, sheet in opened([]).items() if name != "About"] == [1, 1]


# ── what is not there ───────────────────────────────────────────────────────────────────────────

BREAKS = (
    Break(at_s=0.0, kind=BreakKind.FURTHER_CALL, call=2),
    Break(at_s=8.0, lasted_s=125.0, kind=BreakKind.OFF_RECORD),
    Break(at_s=13.0, lasted_s=4.0, kind=BreakKind.STRUCK),
    Break(at_s=90.5, kind=BreakKind.DROPPED),
)
BROKEN = transcript(TALK).model_copy(update={"breaks": BREAKS})


def test_a_break_has_a_paragraph_without_a_speaker() -> None:
    assert FORMATS["txt"].render(BROKEN).decode().split("\n\n") == [
        "[00:00:00] [call 2 begins]",
        "[00:00:06] Interviewer: How did you start?",
        "[00:00:08] [off the record for 2 min 05 s]",
        "[00:00:08] P07: Well, with <some> doubts & hopes --> all",
        "[00:00:13] [destroyed: 4 s]",
        "[00:01:30] [the line broke off]\n",
    ]


def test_a_break_has_a_subtitle_that_nobody_says() -> None:
    vtt = webvtt.from_string(FORMATS["vtt"].render(BROKEN).decode())
    said = [(caption.start, caption.end, caption.voice, caption.text) for caption in vtt.captions]
    assert ("00:00:08.000", "00:00:11.000", None, "[off the record for 2 min 05 s]") in said
    # As long as the silence that stands there.
    assert ("00:00:13.000", "00:00:17.000", None, "[destroyed: 4 s]") in said
    srt = FORMATS["srt"].render(BROKEN).decode()
    assert "\n00:00:08,000 --> 00:00:11,000\n[off the record for 2 min 05 s]\n" in srt


def test_breaks_are_in_the_json_with_what_is_known_of_them() -> None:
    assert as_dict(BROKEN)["breaks"] == [
        {"at": 0.0, "lasted": None, "kind": "further call", "call": 2},
        {"at": 8.0, "lasted": 125.0, "kind": "off the record", "call": None},
        {"at": 13.0, "lasted": 4.0, "kind": "struck", "call": None},
        {"at": 90.5, "lasted": None, "kind": "line broke off", "call": None},
    ]


def test_every_kind_of_break_is_documented() -> None:
    text = DOCUMENT.read_text("utf-8").partition("## Breaks")[2].partition("\n## ")[0]
    _, *documented = re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)
    assert documented == [kind.value for kind in BreakKind]


def test_breaks_have_rows_of_their_own_in_a_workbook() -> None:
    broken = call(TALK)
    sheets = opened([dataclasses.replace(broken, transcript=BROKEN)])
    _, *turns = rows(sheets["Turns"])
    assert [(row[7], row[10]) for row in turns] == [
        (None, "[call 2 begins]"),
        ("Interviewer", "How did you start?"),
        (None, "[off the record for 2 min 05 s]"),
        ("P07", "Well, with <some> doubts & hopes --> all"),
        (None, "[destroyed: 4 s]"),
        (None, "[the line broke off]"),
    ]
    assert turns[2][5] == "q1"
    assert rows(sheets["Interviews"])[1][5] == 2
