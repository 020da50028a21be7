"""A transcript goes to its participant and comes back; each change waits for somebody to decide."""

from pathlib import Path

import pytest
from docx import Document

from interviewkit.consent import Store
from interviewkit.models import Answer, Interview
from interviewkit.study import Study
from tests import fakes, small_study
from tests.cli.conftest import Run

AGAIN = """\
  - {id: again, section: keeping and sharing, text: Write to me., required: false, purposes: [recontact]}
"""
BY = ("--by", "Ada", "--interview")


@pytest.fixture
def call(run: Run, study: Study, sound: Path, speech: fakes.Speech) -> str:
    """A call of P02, who may be written to."""
    with (study.paths.forms / "patients-uk-v2.yaml").open("w") as file:
        text = small_study.FORM_YAML.replace("version: 1", "version: 2")
        file.write(text + AGAIN)
    study.add_participant("patients", "uk")
    agreed(study, Answer.YES)
    name = run("import", sound, "--participant", "P02").out.strip()
    run("process", name)
    return name


def agreed(study: Study, again: Answer) -> None:
    from datetime import UTC, datetime

    from interviewkit.models import ConsentGiven, ConsentMethod

    answers = {**small_study.YES, "again": again}
    given = ConsentGiven(
        form="patients-uk-v2",
        answers=answers,
        method=ConsentMethod.ORAL,
        taken_by="Ada",
        at=datetime.now(UTC),
    )
    study.give_consent("P02", given)


def changed(path: Path, *pairs: tuple[str, str]) -> Path:
    """The file as somebody sends it back."""
    document = Document(str(path))
    for paragraph in document.paragraphs:
        for run in paragraph.runs:
            for before, after in pairs:
                run.text = run.text.replace(before, after)
    back = path.with_name("back.docx")
    document.save(str(back))
    return back


def sent(run: Run, call: str, tmp_path: Path) -> Path:
    out = tmp_path / "yours.docx"
    done = run("transcript", "send", out, *BY, call, "--until", "2099-12-12")
    assert done.out == f"{out}\n"
    return out


def test_a_transcript_goes_out_comes_back_and_is_decided_about(
    run: Run, call: str, study: Study, tmp_path: Path
) -> None:
    out = sent(run, call, tmp_path)
    assert "Interviewer: So how did it begin?" in [p.text for p in Document(str(out)).paragraphs]
    assert "You: With a letter from my doctor." in [p.text for p in Document(str(out)).paragraphs]
    assert "See to what they say of the transcript of P02-1" in run("ethics", "due").out
    assert "1 transcript to come back from participants: P02-1 (by 12 December)" in run("agenda").out
    assert [one.interviews for one in study.handed_on()] == [(call,)]
    assert (
        "is not back" in run("transcript", "send", tmp_path / "b.txt", *BY, call, "--until", "2099-12-12").err
    )
    assert "with them since" in run("transcript", "returned", *BY, call).err
    back = changed(out, ("letter", "phone call"), (" them up", ""), ("So how", "And how"))
    listed = run("transcript", "returned", back, *BY, call)
    assert [line.partition("  ")[2] for line in listed.out.splitlines()] == [
        "00:00  Interviewer  So → And  (open)",
        "00:06  P02  letter → phone call  (open)",
        "00:16  P02  rang them up. → rang.  (open)",
    ]
    assert "3 changes to decide" in listed.err
    assert "See to what they say" not in run("ethics", "due").out
    assert "to come back" not in run("agenda").out
    done = run("transcript", "returned", *BY, call, "--accept", "2", "--decline", "1")
    assert "letter → phone call  (accepted by Ada)" in done.out
    assert "So → And  (declined by Ada)" in done.out
    shown = run("transcript", "show", call).out
    assert "With a phone call from my doctor." in shown
    assert "So how did it begin?" in shown
    assert "changed as the participant wished in 1 place" in shown
    assert run("transcript", "returned", *BY, call, "--accept", "2").code == 2
    assert run("transcript", "returned", back, *BY, call).code == 2


def test_words_that_are_to_go_are_struck(run: Run, call: str, study: Study, tmp_path: Path) -> None:
    out = sent(run, call, tmp_path)
    back = changed(out, ("With a letter from my doctor.", "With."))
    told = run("transcript", "returned", back, *BY, call)
    assert "still in the recording" in told.err or "letter" in told.out
    run("transcript", "returned", *BY, call, "--accept", "all")
    assert "letter" not in run("transcript", "show", call).out
    run("strike", call, "--from", "5", "--to", "9", "--yes")
    grant = study.grant("P02", Store)
    tables = Study.open(study.root).beside(grant, call, 1, "sent")
    assert "letter" not in str(tables)
    path = next(study.paths.transcripts.glob("*/sent-1.*"))
    assert b"letter" not in path.read_bytes()


def test_comments_in_the_margin_are_told(run: Run, call: str, tmp_path: Path) -> None:
    out = sent(run, call, tmp_path)
    document = Document(str(out))
    document.add_comment(document.paragraphs[-1].runs, "Please take this out.", author="P02")
    document.save(str(out))
    assert "1 comment or footnote not read" in run("transcript", "returned", out, *BY, call).err


def test_nothing_came_back(run: Run, call: str, tmp_path: Path) -> None:
    sent(run, call, tmp_path)
    assert "Nothing is to be changed." in run("transcript", "returned", *BY, call, "--nothing").err
    assert "See to what they say" not in run("ethics", "due").out


def test_without_a_yes_to_being_written_to_nothing_goes_out(
    run: Run, call: str, study: Study, tmp_path: Path
) -> None:
    agreed(study, Answer.NO)
    out = tmp_path / "yours.docx"
    done = run("transcript", "send", out, *BY, call, "--until", "2099-12-12")
    assert done.code == 4
    assert not out.exists()
    assert study.handed_on() == ()
    assert study.interview(call).sent == ()


@pytest.mark.parametrize(
    ("name", "until", "told"),
    [("a.pdf", "2099-12-12", "neither"), ("a.txt", "2020-01-01", "passed"), ("a.txt", "someday", "")],
)
def test_what_is_typed_wrong_is_one_line(
    run: Run, call: str, tmp_path: Path, name: str, until: str, told: str
) -> None:
    done = run("transcript", "send", tmp_path / name, *BY, call, "--until", until)
    assert done.code == 2
    assert told in done.err
    assert len(done.err.splitlines()) == 1


def test_a_study_of_before_has_sent_nothing(call: str, study: Study) -> None:
    known = study.interview(call)
    assert Interview.model_validate({k: v for k, v in known.model_dump().items() if k != "sent"}) == known
