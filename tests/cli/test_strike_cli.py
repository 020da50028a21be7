from interviewkit.study import Study
from tests import small_study
from tests.cli.conftest import Run
from tests.tui import study as studies


def talked(study: Study) -> str:
    return studies.call(study, "P01", 60, studies.transcript()).id


def test_a_stretch_is_struck_with_its_words(run: Run, study: Study) -> None:
    interview = talked(study)
    assert "letter" in run("transcript", "show", interview, "--txt").out
    done = run("strike", interview, "--from", "0:03", "--to", "6.4", "--yes")
    assert done.code == 0
    assert "Struck: 00:03 to 00:06 of P01-1, call 1." in done.err
    assert "letter" not in run("transcript", "show", interview, "--txt").out
    assert study.interview(interview).calls[0].struck


def test_it_asks_and_a_no_changes_nothing(run: Run, study: Study) -> None:
    interview = talked(study)
    before = small_study.snapshot(study.root)
    asked = run("strike", interview, "--from", "3", "--to", "6", typed="n\n")
    assert (asked.code, asked.err.count("can't be taken back")) == (130, 1)
    assert "Nothing was struck." in asked.err
    assert small_study.snapshot(study.root) == before
    assert run("strike", interview, "--from", "3", "--to", "6", typed="y\n").code == 0
    assert study.interview(interview).left_out


def test_what_makes_no_sense_is_said_before_anybody_is_asked(run: Run, study: Study) -> None:
    interview = talked(study)
    for arguments, complaint in (
        (("--from", "noon", "--to", "6"), "noon is not a time"),
        (("--from", "7", "--to", "6"), "There is nothing from 00:07 to 00:06"),
        (("--from", "2:00", "--to", "3:00"), "the call is 01:00 long"),
        (("--from", "1", "--to", "2", "--call", "2"), "no call 2"),
    ):
        refused = run("strike", interview, *arguments)
        assert refused.code == 2
        assert complaint in refused.err
        assert "Strike it?" not in refused.err


def test_it_works_after_a_withdrawal(run: Run, study: Study) -> None:
    interview = talked(study)
    small_study.withdraw(study, "P01")
    assert run("strike", interview, "--from", "0", "--to", "60", "--yes").code == 0
