"""A call's way through a study: import, process, transcript show, export."""

import json
from pathlib import Path

import openpyxl
import pytest

from interviewkit import jobs
from interviewkit.exports import FORMATS
from interviewkit.models import Answer, Side
from interviewkit.study import Study
from tests import fakes, small_study
from tests.cli.conftest import Run

pytestmark = pytest.mark.slow


@pytest.fixture
def imported(run: Run, study: Study, sound: Path) -> str:
    """An interview with one call."""
    return run("import", sound, "--participant", "P01", "-q").out.strip()


def recordings(study: Study) -> dict[str, bytes]:
    return small_study.snapshot(study.paths.recordings) if study.paths.recordings.exists() else {}


# ── import ──────────────────────────────────────────────────────────────────────────────────────


def test_import_prints_the_interviews_id(run: Run, study: Study, sound: Path) -> None:
    outcome = run("import", sound, "--participant", "P01", "--interviewer", "second", "--speakers", 3)
    assert (outcome.code, outcome.out) == (0, "P01-1\n")
    assert "Next: interviewkit process P01-1" in outcome.err
    interview = study.interview("P01-1")
    assert (interview.interviewer, interview.speakers) == (Side.SECOND, 3)
    assert interview.calls[0].duration_s == fakes.LENGTH_S


def test_import_takes_the_times_of_the_questions(run: Run, study: Study, sound: Path) -> None:
    Path("marks.csv").write_text("\ufefftime,question,note\n0:00.5,first,x\n\n11,first.a,\n")
    assert run("import", sound, "--participant", "P01", "--marks", "marks.csv", "-q").code == 0
    marks = study.interview("P01-1").marks
    assert [(mark.question, mark.frame, mark.call) for mark in marks] == [
        ("first", 8000, 1),
        ("first.a", 176_000, 1),
    ]


@pytest.mark.parametrize(
    ("table", "code", "says"),
    [
        (
            "question,time\nfirts,1\n",
            3,
            'marks.csv, line 2: The schedule "patient" has no "firts". Did you mean "first"',
        ),
        ("question,time\nfirst,noon\n", 2, "marks.csv, line 2: “noon” is not a time."),
        ("question,time\nfirst,1\nfirst.a,00:59\n", 2, "Line 3 of the marks: 59 s is after the end"),
        ("id,when\nfirst,1\n", 2, "does not have the columns question and time"),
        ("question,time\nfirst\n", 2, "line 2: “” is not a time"),
        (None, 6, "marks.csv: No such file or directory"),
    ],
    ids=["question", "time", "late", "columns", "short", "missing"],
)
def test_wrong_marks_bring_nothing_in(
    run: Run, study: Study, sound: Path, table: str | None, code: int, says: str
) -> None:
    if table is not None:
        Path("marks.csv").write_text(table)
    before = recordings(study)
    outcome = run("import", sound, "--participant", "P01", "--marks", "marks.csv", "-q")
    assert outcome.code == code
    assert says in outcome.err
    assert outcome.err.count("\n") == 1
    assert recordings(study) == before
    assert study.interviews() == []


def test_without_consent_the_file_is_not_even_looked_at(run: Run, study: Study) -> None:
    study.add_participant("patients", "uk")
    small_study.give(study, "P02", recorded=Answer.NO)
    outcome = run("import", "nowhere.wav", "--participant", "P02")
    assert outcome.code == 4
    assert "“My call may be recorded.” was answered no" in outcome.err


def test_a_file_that_is_no_sound_leaves_nothing(run: Run, study: Study) -> None:
    Path("notes.wav").write_text("notes " * 100)
    before = small_study.snapshot(study.root)
    outcome = run("import", "notes.wav", "--participant", "P01")
    assert outcome.code == 3
    assert "notes.wav is not a sound file" in outcome.err
    assert small_study.snapshot(study.root) == before


def test_a_file_that_breaks_off_leaves_nothing(run: Run, study: Study, tmp_path: Path) -> None:
    import soundfile

    whole = fakes.write_sound(tmp_path / "whole.wav", 30)
    samples, rate = soundfile.read(whole)
    soundfile.write(tmp_path / "whole.flac", samples, rate)
    data = bytearray((tmp_path / "whole.flac").read_bytes())
    data[len(data) // 2 :] = bytes(len(data) - len(data) // 2)
    (tmp_path / "broken.flac").write_bytes(data)
    outcome = run("import", tmp_path / "broken.flac", "--participant", "P01", "-q")
    assert outcome.code == 3
    assert "broken.flac is damaged or cut off" in outcome.err
    assert study.interviews() == []
    assert recordings(study) == {}


def test_stopped_it_leaves_nothing(
    run: Run, study: Study, sound: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("interviewkit.importing._check_times", stop)
    outcome = run("import", sound, "--participant", "P01", "-q")
    assert (outcome.code, outcome.err) == (130, "Stopped. Nothing of the recording was kept.\n")
    assert recordings(study) == {}


def test_a_schedule_with_a_misspelt_key_names_its_line(run: Run, study: Study, sound: Path) -> None:
    schedule = study.paths.schedules / "patient.yaml"
    schedule.write_text(schedule.read_text().replace("minutes: 30", "minuets: 30"))
    outcome = run("import", sound, "--participant", "P01")
    assert outcome.code == 3
    assert "patient.yaml, line 5" in outcome.err
    assert "minutes" in outcome.err
    assert outcome.err.count("\n") == 1
    assert run("schedule", "check", schedule).code == 3


# ── process ─────────────────────────────────────────────────────────────────────────────────────


def test_process_names_the_speakers(run: Run, speech: fakes.Speech, imported: str) -> None:
    outcome = run("process", imported)
    assert (outcome.code, outcome.out) == (0, "")
    assert "P01-1, call 1: 18 words in 4 turns, 0.3 minutes; 100 % of the speech has words." in outcome.err
    found = json.loads(run("transcript", "show", imported, "--json").out)
    assert [turn["speaker"] for turn in found["turns"]] == ["Interviewer", "P01"] * 2


def test_what_is_finished_is_left_alone_unless_asked(run: Run, speech: fakes.Speech, imported: str) -> None:
    run("process", imported)
    assert "P01-1, call 1 is transcribed already." in run("process", "--all").err
    assert speech.asked == [0]
    run("process", imported, "--again")
    assert speech.asked == [0, 0]


def long_interview(run: Run, folder: Path) -> None:
    run("import", fakes.write_sound(folder / "long.wav", fakes.LONG_S), "--participant", "P01", "-q")


def test_it_goes_on_where_it_was_stopped(
    run: Run, study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long_interview(run, tmp_path)
    fakes.Speech(fakes.LONG_TALK, stops_after=2).install(monkeypatch)
    stopped = run("process", "P01-1", "-q")
    assert stopped.code == 130
    assert stopped.err == "Stopped. What was finished is kept; the same command goes on from there.\n"
    assert "has no transcript yet" in run("transcript", "show", "P01-1").err
    speech = fakes.Speech(fakes.LONG_TALK).install(monkeypatch)
    assert run("process", "P01-1", "-q").code == 0
    assert speech.asked == [2]
    words = [line[3] for line in fakes.LONG_TALK]
    assert all(text in run("transcript", "show", "P01-1", "--txt").out for text in words)


def test_another_model_begins_anew_and_says_so(
    run: Run, study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long_interview(run, tmp_path)
    fakes.Speech(fakes.LONG_TALK, stops_after=2).install(monkeypatch)
    run("process", "P01-1", "-q")
    speech = fakes.Speech(fakes.LONG_TALK).install(monkeypatch)
    outcome = run("process", "P01-1", "--model", "small", "-q")
    assert outcome.code == 0
    assert (
        "Note: P01-1, call 1: The unfinished transcription had another model: it begins anew." in outcome.err
    )
    assert speech.asked == [0, 1, 2]


def test_the_old_transcript_stays_until_the_new_one_is_done(
    run: Run, speech: fakes.Speech, imported: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("process", imported)
    before = run("transcript", "show", imported, "--json").out
    fakes.Speech(stops_after=0).install(monkeypatch)
    assert run("process", imported, "--again", "-q").code == 130
    assert run("transcript", "show", imported, "--json").out == before
    again = fakes.Speech([("A", 0.5, 2.5, "Other words entirely.")]).install(monkeypatch)
    assert run("process", imported, "--again", "-q").code == 0
    assert again.asked == [0]
    assert run("transcript", "show", imported, "--json").out != before


def test_the_speakers_of_the_interview_yield_to_a_flag(
    run: Run, study: Study, speech: fakes.Speech, sound: Path
) -> None:
    run("import", sound, "--participant", "P01", "--speakers", 3, "-q")
    run("process", "P01-1", "-q")
    run("process", "P01-1", "--again", "--speakers", "auto", "-q")
    assert speech.diarised == [3, None]


def test_where_no_words_are_found_it_says_so(
    run: Run, imported: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fakes.Speech(script=()).install(monkeypatch)
    outcome = run("process", imported)
    assert outcome.code == 0
    assert "Note: no speech found" in outcome.err
    assert "P01-1, call 1: no words were found in 0.3 minutes." in outcome.err
    assert "No words were found." in run("transcript", "show", imported).out


def test_after_a_withdrawal_nothing_is_processed_shown_or_exported(
    run: Run, study: Study, speech: fakes.Speech, imported: str
) -> None:
    run("process", imported, "-q")
    small_study.withdraw(study, "P01")
    for command in (
        ("process", imported, "--again"),
        ("transcript", "show", imported),
        ("export", "txt", imported),
    ):
        outcome = run(*command)
        assert (outcome.code, outcome.out) == (4, "")
        assert "the participant has withdrawn" in outcome.err
    every = run("process", "--all", "--again")
    assert every.code == 0
    assert "Note: P01-1 was left out. No consent of P01" in every.err
    assert speech.asked == [0]


def test_a_damaged_recording_does_not_hold_up_the_others(
    run: Run, study: Study, speech: fakes.Speech, sound: Path, imported: str
) -> None:
    run("import", sound, "--participant", "P01", "-q")
    audio = study.paths.audio("P01-1", 1)
    audio.write_bytes(bytes(audio.stat().st_size))
    outcome = run("process", "--all", "-q")
    assert outcome.code == 3
    assert outcome.err.count("It is tried again after the others.") == 2
    assert outcome.err.endswith("Try again with: interviewkit process P01-1\n")
    assert run("transcript", "show", "P01-2", "--txt").code == 0
    again = run("process", "--all", "-q")
    assert again.code == 1
    assert "Note: P01-1, call 1, is set aside: it failed 3 times." in again.err
    assert "It is tried again" in run("process", "P01-1", "-q").err


def test_a_call_that_another_program_works_on_is_left_out(
    run: Run, study: Study, speech: fakes.Speech, imported: str
) -> None:
    queue = jobs.Queue(study.root, [jobs.Job(imported, 1)])
    held = queue.take()
    assert held is not None
    outcome = run("process", imported)
    assert "was left out: another interviewkit works on it" in outcome.err
    assert speech.asked == []
    queue.release(held)
    assert run("process", imported).code == 0


@pytest.mark.parametrize("arguments", [(), ("P01-1", "--all")])
def test_process_wants_interviews_or_all(run: Run, imported: str, arguments: tuple[str, ...]) -> None:
    outcome = run("process", *arguments)
    assert outcome.code == 2
    assert "The study has P01-1." in outcome.err


def test_without_weights_process_says_what_to_fetch(run: Run, imported: str) -> None:
    outcome = run("process", imported)
    assert outcome.code == 5
    assert outcome.err.endswith("Run: interviewkit weights fetch base\n")


# ── show ────────────────────────────────────────────────────────────────────────────────────────


def test_show_is_a_chat_with_the_questions(run: Run, study: Study, speech: fakes.Speech, sound: Path) -> None:
    Path("marks.csv").write_text("question,time\nfirst,0.4\nfirst.a,11\n")
    run("import", sound, "--participant", "P01", "--marks", "marks.csv", "-q")
    run("process", "P01-1", "-q")
    assert run("transcript", "show", "P01-1").out.splitlines()[:15] == [
        "── first: How did it begin?",
        "",
        "00:00  Interviewer",
        "So how did it begin?",
        "",
        "            00:05  P01",
        "            With a letter from my doctor.",
        "",
        "── first.a: And then?",
        "",
        "00:11  Interviewer",
        "And then?",
        "",
        "            00:15  P01",
        "            Then I rang them up.",
    ]


def test_long_turns_are_wrapped_and_hidden_characters_shown(
    run: Run, imported: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = "word " * 40 + "\x1b]52;c;eA==\x07"
    fakes.Speech([("A", 0.5, 3.0, "So how?"), ("B", 4.0, 12.0, said)]).install(monkeypatch)
    run("process", imported, "-q")
    shown = run("transcript", "show", imported).out
    assert max(map(len, shown.splitlines())) <= 80
    assert "\x1b" not in shown
    assert "�]52;c;eA==�" in shown


def test_doubts_are_listed_at_the_end(run: Run, imported: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fakes.Speech([("A", 0.5, 3.0, "Just me.")]).install(monkeypatch)
    run("process", imported, "-q")
    shown = run("transcript", "show", imported).out
    assert "To check by ear:\n  00:00–00:0" in shown
    assert "number of speakers: 1 heard, 2 expected" in shown


def test_a_call_that_is_not_there(run: Run, speech: fakes.Speech, imported: str) -> None:
    outcome = run("transcript", "show", imported, "--call", 2)
    assert outcome.code == 2
    assert "has no call 2" in outcome.err


# ── export ──────────────────────────────────────────────────────────────────────────────────────


def test_a_spreadsheet_of_all_that_may_be_handed_on(
    run: Run, study: Study, speech: fakes.Speech, sound: Path, imported: str
) -> None:
    study.add_participant("patients", "uk")
    small_study.give(study, "P02")
    run("import", sound, "--participant", "P02", "-q")
    run("process", "--all", "-q")
    small_study.withdraw(study, "P02")
    outcome = run("export", "xlsx")
    assert outcome.code == 0
    assert "Note: P02-1 was left out. No consent of P02" in outcome.err
    path = Path(outcome.out.strip())
    assert path.parent == study.paths.exports
    rows = list(openpyxl.load_workbook(path)["Turns"].iter_rows(values_only=True))
    assert [(row[0], row[7], row[10]) for row in rows[1:3]] == [
        ("P01-1", "Interviewer", "So how did it begin?"),
        ("P01-1", "P01", "With a letter from my doctor."),
    ]
    assert {row[0] for row in rows[1:]} == {"P01-1"}


def test_words_are_put_right_everywhere_and_it_is_said_who_did(
    run: Run, study: Study, speech: fakes.Speech, sound: Path, imported: str
) -> None:
    study.add_participant("patients", "uk")
    small_study.give(study, "P02")
    run("import", sound, "--participant", "P02", "-q")
    run("process", "--all", "-q")
    small_study.withdraw(study, "P02")
    replace = ("transcript", "replace", "LETTER", "parcel", "--by", "Ada")
    stopped = run(*replace, typed="n\n")
    assert stopped.err.count("Replace them all?") == 1
    assert "letter" in run("transcript", "show", imported).out
    done = run(*replace, "--yes")
    assert (done.code, done.out) == (0, "P01-1\n")
    assert "P01-1, call 1: 1 place" in done.err
    assert "Note: P02-1 was left out. No consent of P02" in done.err
    shown = run("transcript", "show", imported).out
    assert "With a parcel from my doctor." in shown
    assert shown.endswith("Changed by Ada, no turn checked yet.\n")
    assert "letter → parcel" in run("transcript", "changes", imported).out
    assert "No transcript has these words." in run(*replace, "--yes").err
    again = run("process", imported, "--again", "-q")
    assert "what people made of the transcript stays" in again.err
    assert "parcel" in run("transcript", "show", imported).out


def test_an_export_of_the_same_day_is_not_replaced(run: Run, speech: fakes.Speech, imported: str) -> None:
    run("process", imported, "-q")
    names = [Path(run("export", "xlsx").out.strip()).name for _ in range(3)]
    assert [name.partition("-turns")[2] for name in names] == [".xlsx", "-2.xlsx", "-3.xlsx"]


def test_one_transcript_as_a_file(run: Run, speech: fakes.Speech, imported: str) -> None:
    run("process", imported, "-q")
    for name in ("txt", "json", "vtt", "srt", "maxqda", "nvivo", "atlasti", "f4"):
        outcome = run("export", name, imported)
        assert outcome.code == 0
        path = Path(outcome.out.strip())
        assert path.name.endswith(f"-P01-1-call-1{FORMATS[name].suffix}")
        assert path.read_bytes().decode() == run("transcript", "show", imported, f"--{name}").out
    assert b"ANNOTATION_DOCUMENT" in Path(run("export", "elan", imported).out.strip()).read_bytes()


def test_all_turns_as_csv(run: Run, speech: fakes.Speech, imported: str) -> None:
    assert "There is no transcript to export." in run("export", "csv").err
    run("process", imported, "-q")
    path = Path(run("export", "csv").out.strip())
    assert path.name.endswith("-turns.csv")
    assert "So how did it begin?" in path.read_text("utf-8-sig")


def test_an_interview_as_a_word_document(run: Run, speech: fakes.Speech, imported: str) -> None:
    refused = run("export", "docx", imported)
    assert refused.code != 0
    assert "P01-1 has no transcript yet." in refused.err
    run("process", imported, "-q")
    path = Path(run("export", "docx", imported).out.strip())
    assert path.name.endswith("-P01-1.docx")
    assert path.read_bytes()[:2] == b"PK"


def test_an_export_goes_where_it_is_told(run: Run, speech: fakes.Speech, imported: str) -> None:
    run("process", imported, "-q")
    assert run("export", "txt", imported, "-o", "mine.txt").out == "mine.txt\n"
    assert run("export", "txt", imported, "-o", "mine.txt").code == 2
    assert run("export", "xlsx", "-o", "mine.txt", "--force").code == 0
    assert Path("mine.txt").read_bytes().startswith(b"PK")


def test_there_is_nothing_to_export_yet(run: Run, study: Study) -> None:
    outcome = run("export", "xlsx")
    assert outcome.code == 2
    assert outcome.err == "Error: There is no transcript to export. Run: interviewkit process --all\n"
    assert not study.paths.exports.exists()


def test_a_further_call_is_brought_in(run: Run, study: Study, sound: Path) -> None:
    assert run("import", sound, "--participant", "P01").out == "P01-1\n"
    outcome = run("import", sound, "--interview", "P01-1")
    assert (outcome.code, outcome.out) == (0, "P01-1\n")
    assert "P01-1, call 2: 0.3 minutes were brought in." in outcome.err
    assert len(study.interview("P01-1").calls) == 2


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ((), "Say whose call it is"),
        (("--interview", "P01-7"), "no interview P01-7"),
        (("--interview", "P01-1", "--participant", "P01"), "--participant is known"),
        (("--interview", "P01-1", "--interviewer", "guess"), "--interviewer is known"),
        (("--interview", "P01-1", "--speakers", "3"), "--speakers is known"),
    ],
)
def test_whose_call_it_is_is_said_once(
    run: Run, study: Study, sound: Path, arguments: tuple[str, ...], complaint: str
) -> None:
    outcome = run("import", sound, *arguments)
    assert outcome.code == 2
    assert complaint in outcome.err
