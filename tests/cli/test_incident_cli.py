import json

from interviewkit import incidents
from interviewkit.study import Study
from tests import small_study
from tests.cli.conftest import Run


def test_a_record_is_opened_added_to_and_shown(run: Run, study: Study) -> None:
    nobody = study.add_participant("patients", "uk").id
    made = run(
        "incident",
        "add",
        nobody,
        "--kind",
        "safeguarding",
        "--by",
        "Ada",
        "--what",
        "-",
        typed="rang her GP",
    )
    assert (made.code, len(made.out.strip())) == (0, incidents.SHORT)
    assert "Still to write: who was told" in made.err
    name = made.out.strip()
    told = ("--told", "Dr B; GP; 00:00; phone")
    more = run("incident", "add", nobody, "--to", name[:4], "--by", "Ada", *told)
    assert (more.code, more.err) == (0, "")
    shown = run("incident", "show", nobody)
    assert "rang her GP (Ada)" in shown.out
    assert "told Dr B (GP) at 00:00, phone (Ada)" in shown.out
    (as_json,) = json.loads(run("incident", "show", nobody, name, "--json").out)
    assert [entry["what"] for entry in as_json["entries"]] == ["rang her GP", ""]
    listed = run("incident", "list")
    assert name in listed.out
    assert "GP" not in listed.out
    assert json.loads(run("incident", "list", "--json").out)[0]["missing"] == ""


def test_it_asks_for_what_was_done(run: Run, study: Study) -> None:
    interview = small_study.consented_interview(study)
    made = run(
        "incident", "add", interview.participant, "--kind", "distress", "--by", "Ada",
        "--interview", interview.id, "--call", "1", typed="offered to ring back\n",
    )  # fmt: skip
    assert made.code == 0
    assert f"{interview.id}, call 1" in run("incident", "show", interview.participant).out


def test_what_is_wrong_leaves_nothing_behind(run: Run, study: Study) -> None:
    for arguments, complaint in (
        (("--by", "A", "--what", "x"), "Give --kind for a new record"),
        (("--by", "A", "--kind", "distress", "--what", "x", "--at", "noon"), "noon is not a time"),
        (("--by", "A", "--kind", "distress", "--what", "x", "--told", ";GP"), "names nobody"),
        (("--by", "A", "--kind", "distress", "--what", " "), "Nothing was written"),
        (("--by", "A", "--to", "abc", "--what", "x"), "no record abc"),
    ):
        refused = run("incident", "add", "P01", *arguments)
        assert refused.code == 2
        assert complaint in refused.err
    assert run("incident", "list").err == "There is no record of an incident.\n"
