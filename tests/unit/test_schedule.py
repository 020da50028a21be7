"""The shipped schedules are good ones, and what is wrong with a schedule is said in one line."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from interviewkit import schedule as schedules
from interviewkit.cli.schedule import schedule as command
from interviewkit.errors import ExitCode, ScheduleError
from interviewkit.models import Schedule

NAMES = ["commercial", "patient", "provider"]

GUIDE = """\
schema: 1
id: example
title: An example
group: patients
minutes: 30
opening:
  script: Hello.
domains:
  - id: experience
    name: Experience
    questions:
      - id: warm-up
        short: Warm-up
        text: How did you come to the service?
        minutes: 5
        probes:
          - Who was there?
          - What then?
  - id: context
    name: Context
    subdomains:
      - id: immediate
        name: Immediate context
        questions:
          - id: first-offered
            short: First offered
            text: How did it first come up?
            minutes: 20
            probes: ["What was said?"]
closing:
  script: Goodbye.
"""


def shipped(name: str) -> Schedule:
    return schedules.load(schedules.shipped() / f"{name}.yaml")


@pytest.fixture
def guide(tmp_path: Path) -> Schedule:
    (tmp_path / "example.yaml").write_text(GUIDE)
    return schedules.load(tmp_path / "example.yaml")


def test_ships_a_schedule_for_each_group() -> None:
    assert sorted(path.stem for path in schedules.shipped().glob("*.yaml")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_schedule_is_enough_for_an_interview(name: str) -> None:
    guide = shipped(name)
    asked = [placed.question for placed in schedules.questions(guide)]
    assert guide.id == name
    assert len(asked) >= 8
    assert all(2 <= len(question.probes) <= 4 for question in asked)
    assert 40 <= guide.minutes <= 75
    assert 0.8 * guide.minutes <= schedules.planned_minutes(guide) <= guide.minutes - 5


@pytest.mark.parametrize("name", NAMES)
def test_the_shipped_schedules_go_over_the_same_two_domains(name: str) -> None:
    domains = [
        (domain.name, [subdomain.name for subdomain in domain.subdomains]) for domain in shipped(name).domains
    ]
    assert domains == [
        (
            "Experience of iCBT implementation",
            ["Implementation process", "Decisive elements for successful implementation"],
        ),
        ("Contextual considerations", ["Immediate context", "Wider context"]),
    ]


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_question_asks_one_thing(name: str) -> None:
    for placed in schedules.questions(shipped(name)):
        spoken = [placed.question.text, *placed.question.probes]
        assert all(text.count("?") <= 1 for text in spoken)
        assert len(set(spoken)) == len(spoken)


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_schedule_confirms_consent_and_says_what_happens_next(name: str) -> None:
    guide = shipped(name)
    assert any("record our call" in check for check in guide.opening.checks)
    assert any("happy to take part" in check for check in guide.opening.checks)
    assert "what happens next" in guide.closing.script
    assert "like to add?" in guide.closing.script


def test_only_patients_and_providers_get_a_voucher_and_patients_get_contacts() -> None:
    closing = {name: str(shipped(name).closing) for name in NAMES}
    assert {name for name in NAMES if "voucher" in closing[name]} == {"patient", "provider"}
    assert {name for name in NAMES if "Samaritans" in closing[name]} == {"patient"}


def test_questions_come_in_the_order_of_the_file(guide: Schedule) -> None:
    first, second = schedules.questions(guide)
    assert (first.domain.id, first.subdomain, first.question.id) == ("experience", None, "warm-up")
    assert second.subdomain is not None
    assert (second.domain.id, second.subdomain.id) == ("context", "immediate")


def test_a_mark_leads_back_to_its_question_and_probe(guide: Schedule) -> None:
    assert schedules.find(guide, "first-offered").probe is None
    found = schedules.find(guide, "warm-up.b")
    assert (found.domain.id, found.question.id, found.probe) == ("experience", "warm-up", "What then?")


@pytest.mark.parametrize("name", NAMES)
def test_every_shipped_probe_has_a_mark_that_leads_to_it(name: str) -> None:
    guide = shipped(name)
    for placed in schedules.questions(guide):
        found = [schedules.find(guide, mark).probe for mark in schedules.probe_ids(placed.question)]
        assert tuple(found) == placed.question.probes


def test_every_mark_has_its_words(guide: Schedule) -> None:
    words = schedules.wording(guide)
    for mark, text in words.items():
        found = schedules.find(guide, mark)
        assert text == (found.question.text if found.probe is None else found.probe)
    placed = list(schedules.questions(guide))
    assert len(words) == len(placed) + sum(len(place.question.probes) for place in placed)


@pytest.mark.parametrize(
    ("mark", "message"),
    [
        ("warmup", 'The schedule "example" has no "warmup". Did you mean "warm-up"?'),
        ("xyz", 'The schedule "example" has no "xyz". Known here: warm-up, first-offered.'),
        ("warm-up.c", 'The schedule "example" has no "warm-up.c". Did you mean "warm-up"?'),
        ("warm-up.", 'The schedule "example" has no "warm-up.". Did you mean "warm-up"?'),
    ],
)
def test_a_mark_that_leads_nowhere_is_refused(guide: Schedule, mark: str, message: str) -> None:
    with pytest.raises(ScheduleError) as caught:
        schedules.find(guide, mark)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            'probes: ["What',
            'probs: ["What',
            'line 29, question "first-offered": "probs" is not a known key. Did you mean "probes"?',
        ),
        (
            "        text: How did you come to the service?\n",
            "",
            'line 12, question "warm-up": "text" is missing. Add a line that begins with "text:".',
        ),
        (
            "opening:\n  script:",
            "opening:\n  skript:",
            'line 7, opening: "skript" is not a known key. Did you mean "script"?',
        ),
        (
            "- id: warm-up\n        short",
            "- short",
            'line 12, question 1: "id" is missing. Add a line that begins with "id:".',
        ),
        (
            "- Who was there?",
            "- Who was there: a friend?",
            'line 17, question "warm-up": entry 1 of "probes" must be text. Put it in double quotes.',
        ),
        (
            "minutes: 5",
            "minutes: 500",
            'line 15, question "warm-up": "minutes" must be at most 60, not "500". Correct the number.',
        ),
        (
            "short: Warm-up",
            "short: " + "long " * 12,
            'line 13, question "warm-up": "short" is longer than 40 characters. Shorten it.',
        ),
        (
            "id: immediate",
            "id: Immediate_Context",
            'line 22, sub-domain "Immediate_Context": "id" must be small letters, digits and hyphens, '
            'not "Immediate_Context". Write it such as "first-offered".',
        ),
        (
            "id: first-offered",
            "id: warm-up",
            'line 25, question "warm-up": the id is taken, in line 12. Give one of the two another id.',
        ),
        (
            "id: context",
            "id: warm-up",
            'line 19, domain "warm-up": the id is taken, in line 12. Give one of the two another id.',
        ),
        (
            GUIDE[GUIDE.index("    subdomains:") : GUIDE.index("closing:")],
            "",
            'line 19, domain "context": the domain has no questions. '
            'Add "questions:", or "subdomains:" with questions of their own.',
        ),
        (
            "minutes: 20",
            "minutes: 29",
            "line 5: the questions take 34 minutes, more than the 30 of the interview. "
            "Plan more time, or less for some questions.",
        ),
        ("group: patients", "group: patients\nlanguage: English", None),
    ],
)
def test_says_which_question_to_correct(tmp_path: Path, old: str, new: str, message: str | None) -> None:
    assert old in GUIDE
    path = tmp_path / "example.yaml"
    path.write_text(GUIDE.replace(old, new, 1))
    with pytest.raises(ScheduleError) as caught:
        schedules.load(path)
    expected = message or (
        'line 5: "language" must be a language code, not "English". Write it such as "en" or "en-GB".'
    )
    assert str(caught.value) == f"{path}, {expected}"


def test_the_example_of_the_documentation_is_a_schedule(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "schedules.md").read_text(encoding="utf-8")
    path = tmp_path / "patient.yaml"
    path.write_text(text.partition("```yaml\n")[2].partition("```")[0], encoding="utf-8")
    assert [placed.question.id for placed in schedules.questions(schedules.load(path))] == ["first-offered"]


def test_a_tenth_over_the_planned_time_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "example.yaml"
    path.write_text(GUIDE.replace("minutes: 20", "minutes: 28"))
    assert schedules.planned_minutes(schedules.load(path)) == 33


def test_check_prints_a_line_for_each_file() -> None:
    files = [str(schedules.shipped() / f"{name}.yaml") for name in NAMES]
    result = CliRunner().invoke(command, ["check", *files], catch_exceptions=False)
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert len(lines) == 3
    assert lines[1] == (
        f"{files[1]}: Patients: using an internet-delivered CBT programme:"
        " 12 questions, 40 probes, 44 of 50 minutes"
    )


def test_check_raises_what_a_shell_prints(tmp_path: Path) -> None:
    result = CliRunner().invoke(command, ["check", str(tmp_path / "none.yaml")])
    assert isinstance(result.exception, ScheduleError)
    assert result.exception.exit_code == ExitCode.BAD_INPUT
    assert (
        str(result.exception)
        == f"{tmp_path}/none.yaml: there is no such file. Check the name and the folder."
    )


def test_show_prints_everything_that_is_read_out(tmp_path: Path) -> None:
    path = tmp_path / "example.yaml"
    path.write_text(GUIDE.replace("script: Hello.", "script: Hello.\n  checks:\n    - Is it quiet?"))
    result = CliRunner().invoke(command, ["show", str(path)], catch_exceptions=False)
    assert (
        result.output
        == """\
An example (example; group patients; about 30 minutes)

Opening
  Hello.
  □ Is it quiet?

Experience
  warm-up: Warm-up (5 min)
    How did you come to the service?
      a  Who was there?
      b  What then?

Context › Immediate context
  first-offered: First offered (20 min)
    How did it first come up?
      a  What was said?

Closing
  Goodbye.
"""
    )
