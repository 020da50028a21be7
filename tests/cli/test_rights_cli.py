import json
from datetime import timedelta

import pytest

from interviewkit.consent import Record
from interviewkit.errors import ConsentRefused
from interviewkit.study import Study
from tests import small_study
from tests.cli.conftest import Run
from tests.tui import study as studies


def test_freeze_and_thaw(run: Run, study: Study) -> None:
    interview = studies.call(study, "P01", 60, studies.transcript()).id
    done = run("participant", "freeze", "P01", "--by", "Ada")
    assert done.code == 0
    assert done.err.startswith("P01 is frozen. Nothing of them is recorded, opened or handed on until")
    refused = run("transcript", "show", interview)
    assert refused.code == 4
    assert "P01 is frozen since" in refused.err
    assert "interviewkit participant thaw P01" in refused.err
    assert run("export", "txt", interview).code == 4
    assert run("participant", "thaw", "P01", "--by", "Ben").code == 2
    assert run("participant", "thaw", "P01", "--by", "Ben", "--reason", "a mistake").code == 0
    assert run("transcript", "show", interview).code == 0


def test_erase_asks_for_the_number_and_names_what_goes(run: Run, study: Study) -> None:
    interview = studies.call(study, "P01", 60, studies.transcript()).id
    exported = run("export", "txt", interview).out.strip()
    run("export", "txt", interview, "-o", "elsewhere.txt")
    before = small_study.snapshot(study.root)
    for typed in ("y\n", "\n", "P02\n", ""):
        asked = run("participant", "erase", "P01", "--by", "Ben", typed=typed)
        assert asked.code == 130
        assert "It can't be taken back." in asked.err
        assert small_study.snapshot(study.root) == before
    done = run("participant", "erase", "P01", "--by", "Ben", typed="P01\n")
    assert done.code == 0
    assert f"These exports go too, also where they hold others: {exported.rpartition('/')[2]}." in done.err
    assert "P01 is erased: 1 interview with 1 call (1 min), 1 transcript, 1 export;" in done.err
    assert "was in exports/, removed" in done.out
    assert "outside of the study" in done.out
    assert "outside of the study: elsewhere.txt" in done.out
    assert "elsewhere" not in study.paths.export_register.read_text()
    assert run("participant", "recall", "P01").out == done.out
    assert [one["format"] for one in json.loads(run("participant", "recall", "P01", "--json").out)] == [
        "txt",
        "txt",
    ]
    assert run("transcript", "show", interview).code == 2
    assert "erased" in run("participant", "list").out


def test_the_queue(run: Run, study: Study) -> None:
    assert "Nobody waits to be erased." in run("participant", "erasures").err
    study.ask_erasure("P01", "Ada", due_on=None, late=True)
    assert "not decided yet" in run("participant", "erase", "P01", "--by", "Ben", "--yes").err
    assert "after the form's window: decide it" in run("participant", "erasures").out
    (row,) = json.loads(run("participant", "erasures", "--json").out)
    assert (row["participant"], row["to_decide"], row["overdue"]) == ("P01", True, False)
    assert run("participant", "decide", "P01", "--keep", "--by", "Cleo").code == 2
    kept = run("participant", "decide", "P01", "--keep", "--by", "Cleo", "--reason", "published")
    assert "P01 is not erased. Nothing of them is quoted" in kept.err
    assert "decided not to erase P01" in run("participant", "erase", "P01", "--by", "Ben", "--yes").err
    assert run("participant", "decide", "P01", "--erase", "--by", "Cleo", "--reason", "x").code == 2


def held_days_ago(study: Study, days: int) -> None:
    """A call so long ago, for a form that promises two weeks."""
    form = study.paths.forms / f"{small_study.FORM}.yaml"
    promise = "withdrawal: {days: 14, levels: [no contact, no reuse or quotes, erase]}\nstatements:"
    form.write_text(form.read_text().replace("statements:", promise))
    study.paths.frozen_form(small_study.FORM).unlink()
    study.add_participant("patients", "uk")
    small_study.give(study, "P02")
    interview = studies.call(study, "P02", 60, studies.transcript())
    (call,) = interview.calls
    before = call.model_copy(update={"added_at": call.added_at - timedelta(days=days)})
    study.change_interview(
        study.grant("P02", Record), "P02-1", lambda known: known.model_copy(update={"calls": (before,)}), "x"
    )


@pytest.mark.parametrize(("days", "late"), [(14, False), (15, True)])
def test_day_14_is_done_as_asked_and_day_15_is_decided(run: Run, study: Study, days: int, late: bool) -> None:
    held_days_ago(study, days)
    said = run("participant", "withdraw", "P02", "--level", "erase", "--by", "Ada", typed="y\n")
    assert said.code == 0
    assert "Their sheet promises to do as they ask until" in said.err
    assert ("That day is over." in said.err) is late
    assert study.standing("P02").undecided is late
    assert study.standing("P02").queued is not late
    assert ("interviewkit participant decide P02" in said.err) is late
    assert run("export", "txt", "P02-1").code == 4
    if late:
        run("participant", "decide", "P02", "--erase", "--by", "Cleo", "--reason", "nothing is published")
    assert run("participant", "erase", "P02", "--by", "Ben", "--yes").code == 0
    assert "Asked for: erase" in " ".join(
        run("participant", "certificate", "P02", "--for", "file").out.split()
    )


@pytest.mark.parametrize(("level", "exported"), [("no-contact", True), ("no-reuse", True), ("erase", False)])
def test_how_far_somebody_withdraws(run: Run, study: Study, level: str, exported: bool) -> None:
    studies.call(study, "P01", 60, studies.transcript())
    before = small_study.snapshot(study.root)
    assert run("participant", "withdraw", "P01", "--level", level, "--by", "Ada", typed="n\n").code == 130
    assert small_study.snapshot(study.root) == before
    said = run("participant", "withdraw", "P01", "--by", "Ada", typed=f"{level}\ny\n")
    assert said.code == 0
    assert "P01 has withdrawn:" in said.err
    with pytest.raises(ConsentRefused):
        study.grant("P01", Record)
    assert (run("export", "txt", "P01-1").code == 0) is exported


def test_nobody_is_nobody(run: Run, study: Study) -> None:
    for command in (("freeze", "--by", "A"), ("erase", "--by", "A", "--yes"), ("recall",)):
        name, *more = command
        refused = run("participant", name, "P09", *more)
        assert (refused.code, refused.err.count("The study has no participant P09.")) == (2, 1)


def test_a_certificate_is_printed_and_made_as_pages(run: Run, study: Study) -> None:
    studies.call(study, "P01", 60, studies.transcript())
    refused = run("participant", "certificate", "P01")
    assert (refused.code, "P01 was not erased." in refused.err) == (2, True)
    run("participant", "erase", "P01", "--by", "custodian", "--yes")
    assert "Your number in the study: P01" in " ".join(run("participant", "certificate", "P01").out.split())
    shown = run("participant", "certificate", "P01", "--for", "file")
    assert "custodian" in shown.out
    assert run("participant", "certificate", "P01", "--for", "file", "-o", "c.txt").out == "c.txt\n"
    assert (study.root / "c.txt").read_text() == shown.out
    assert run("participant", "certificate", "P01", "-o", "c.pdf").code == 0
    assert (study.root / "c.pdf").read_bytes().startswith(b"%PDF")
    assert run("participant", "certificate", "P01", "-o", "c.pdf").code == 2
