"""A transcript that was typed elsewhere comes in, aligned, beside the draft, and a strike takes it along."""

from pathlib import Path

import pytest

from interviewkit.models import Answer
from interviewkit.study import Study
from tests import fakes, small_study
from tests.cli.conftest import Run

TALK = """\
Interview: P01
Interviewer: Ada Smith

Anna: So how did it begin, erm?
Ben: With a letter from my doctor.
Anna: And then?
Ben: Then I rang them up. At once.
"""


@pytest.fixture
def typed(tmp_path: Path) -> Path:
    path = tmp_path / "typed.txt"
    path.write_text(TALK)
    return path


@pytest.fixture
def call(run: Run, study: Study, sound: Path, speech: fakes.Speech) -> str:
    return run("import", sound, "--participant", "P01").out.strip()


BY = ("--by", "Ada", "--interviewer", "Anna")


def test_a_typed_transcript_gets_the_times_of_the_draft(run: Run, call: str, typed: Path) -> None:
    run("process", call)
    done = run("transcript", "import", typed, "--interview", call, *BY)
    assert done.out == f"{call}\n"
    assert "21 words in 4 turns; times word by word from the machine's draft." in done.err
    assert "No talk, left out: lines 1–2 of the file." in done.err
    shown = run("transcript", "show", call).out
    assert "00:05  P01\n            With a letter from my doctor." in shown
    assert "Typed elsewhere, brought in by Ada (times word by word from the machine's draft)." in shown
    assert "Anna" not in shown
    changes = run("transcript", "changes", call).out.splitlines()
    assert [line.partition("  ")[2] for line in changes] == ["begin? → begin, erm?", "– → At once."]


def test_without_a_draft_the_words_lie_where_somebody_talks(run: Run, call: str, typed: Path) -> None:
    done = run("transcript", "import", typed, "--interview", call, *BY)
    assert "times over the speech in the call, by length" in done.err
    assert "Typed elsewhere" in run("transcript", "show", call).out
    changes = run("transcript", "changes", call)
    assert changes.out == ""
    assert "nothing to compare it with" in changes.err
    # It waits for no transcription, and can be transcribed all the same.
    assert "transcribe" not in run("agenda").out
    made = run("process", call)
    assert "what people made of the transcript stays" in made.err
    assert "At once." in run("transcript", "show", call).out
    again = run("transcript", "import", typed, "--interview", call, *BY)
    assert again.code == 2
    assert "--replace" in again.err
    done = run("transcript", "import", typed, "--interview", call, *BY, "--replace")
    assert "word by word" in done.err
    assert "00:05  P01\n            With a letter" in run("transcript", "show", call).out


def test_what_was_checked_elsewhere_counts_as_checked(run: Run, call: str, typed: Path) -> None:
    run("process", call)
    run("transcript", "import", typed, "--interview", call, *BY, "--checked")
    shown = " ".join(run("transcript", "show", call).out.split())
    assert "brought in by Ada (times word by word from the machine's draft), checked by Ada, 100 %" in shown


def test_who_interviews_has_to_be_said_where_nobody_can_be_asked(run: Run, call: str, typed: Path) -> None:
    done = run("transcript", "import", typed, "--interview", call, "--by", "Ada")
    assert done.code == 2
    assert "--interviewer NAME" in done.err
    assert "Anna" not in done.err


def test_the_transcript_of_another_call_is_asked_about(run: Run, call: str, tmp_path: Path) -> None:
    run("process", call)
    other = tmp_path / "other.txt"
    other.write_text("Interviewer: Nice weather, isn't it?\nP01: Rain again tomorrow, they say.\n")
    refused = run("transcript", "import", other, "--interview", call, "--by", "Ada")
    assert refused.code == 2
    assert "11 % of the file's words" in refused.err
    assert run("transcript", "import", other, "--interview", call, "--by", "Ada", "--yes").code == 0
    other.write_text("Interviewer: So how?\nP01: A letter.\n")
    short = run("transcript", "import", other, "--interview", call, "--by", "Ada", "--replace")
    assert "only 22 % of what the machine heard" in short.err
    assert (
        "has no call 3"
        in run("transcript", "import", other, "--interview", call, "--by", "A", "--call", 3).err
    )


def test_times_of_another_call_are_asked_about(run: Run, call: str, tmp_path: Path) -> None:
    other = tmp_path / "other.vtt"
    other.write_text(
        "WEBVTT\n\n10:00.000 --> 10:02.000\n<v Interviewer>So?\n\n10:03.000 --> 10:04.000\n<v P01>Well."
    )
    refused = run("transcript", "import", other, "--interview", call, "--by", "Ada")
    assert refused.code == 2
    assert "Most of the file's time stamps" in refused.err
    other.write_text(
        "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Interviewer>So?\n\n00:03.000 --> 00:04.000\n<v P01>Well."
    )
    done = run("transcript", "import", other, "--interview", call, "--by", "Ada")
    assert "2 words in 2 turns" in done.err
    assert "between the file's time stamps" in done.err


def test_a_strike_takes_typed_words_along(run: Run, call: str, typed: Path, study: Study) -> None:
    run("process", call)
    run("transcript", "import", typed, "--interview", call, *BY)
    run("strike", call, "--from", "5", "--to", "9", "--yes")
    assert "letter" not in run("transcript", "show", call).out
    run("transcript", "import", typed, "--interview", call, *BY, "--replace")
    assert "letter" not in run("transcript", "show", call).out


def test_without_a_consent_to_keep_words_the_file_is_not_read(run: Run, call: str, study: Study) -> None:
    small_study.give(study, "P01", kept=Answer.NO)
    done = run("transcript", "import", "/nowhere/at/all", "--interview", call, *BY)
    assert done.code in (4, 6)
    assert study.paths.transcripts.exists() is False
