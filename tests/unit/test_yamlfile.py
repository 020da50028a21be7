"""Whatever a researcher's file holds, the answer is a record or one line that says what to correct."""

import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from interviewkit import yamlfile
from interviewkit.errors import InterviewkitError, ScheduleError, StudyError
from interviewkit.models import Form, StudyConfig
from interviewkit.schedule import load

STUDY = """\
schema: 1
title: A study
approvals:
  - id: uk
    body: A committee
    reference: "000000"
    jurisdiction: uk
    approved_on: 2020-05-04
groups:
  - id: patients
    name: Patients
    schedule: patient
    target: 7
"""


def complaint(folder: Path, content: str | bytes) -> str:
    """What is said about a study file with this content, without the folder's name."""
    path = folder / "study.yaml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(StudyError) as caught:
        yamlfile.load(path, StudyConfig, StudyError)
    message = str(caught.value)
    assert "\n" not in message
    return message.removeprefix(f"{folder}/")


def test_reads_a_file_into_the_record(tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_text(STUDY)
    config = yamlfile.load(tmp_path / "study.yaml", StudyConfig, StudyError)
    assert config.groups[0].target == 7
    assert config.approvals[0].approved_on.isoformat() == "2020-05-04"
    assert config.approvals[0].reference == "000000"


def test_reads_what_a_windows_editor_writes(tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_bytes(b"\xef\xbb\xbf" + STUDY.replace("\n", "\r\n").encode())
    assert yamlfile.load(tmp_path / "study.yaml", StudyConfig, StudyError).title == "A study"


def test_words_that_older_yaml_takes_for_other_things_stay_text(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: yes\nb: 12:30\nc: 2020-05-04\nd: 010\ne: 1.5\nf: true\ng: ~\nh:\ni: '7'\nj: 1e3\n")
    data = yamlfile.read(path, StudyError).data
    assert data == {
        "a": "yes", "b": "12:30", "c": "2020-05-04", "d": 10, "e": 1.5,
        "f": True, "g": None, "h": None, "i": "7", "j": 1000.0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "    target: 7",
            "    tarket: 7",
            'study.yaml, line 13, group "patients": "tarket" is not a known key. Did you mean "target"?',
        ),
        (
            "title: A study",
            "nonsense: A study",
            'study.yaml, line 2: "nonsense" is not a known key. '
            "Known here: schema, title, approvals, groups, delegations, protocols, contact, "
            "transcription, retention, speech.",
        ),
        (
            "    body: A committee\n",
            "",
            'study.yaml, line 4, approval "uk": "body" is missing. Add a line that begins with "body:".',
        ),
        (
            "title: A study\n",
            "",
            'study.yaml, line 1: "title" is missing. Add a line that begins with "title:".',
        ),
        (
            "target: 7",
            "target: seven",
            'study.yaml, line 13, group "patients": "target" must be a whole number, not "seven". '
            "Write digits only.",
        ),
        (
            "target: 7",
            "target: -1",
            'study.yaml, line 13, group "patients": "target" must be at least 0, not "-1". '
            "Correct the number.",
        ),
        (
            "target: 7",
            "target:",
            'study.yaml, line 13, group "patients": "target" has no value. Write one, or delete the line.',
        ),
        (
            "- id: patients",
            "- id: The Patients",
            'study.yaml, line 10, group "The Patients": "id" must be small letters, digits and hyphens, '
            'not "The Patients". Write it such as "first-offered".',
        ),
        (
            "    name: Patients",
            "    name: 12",
            'study.yaml, line 11, group "patients": "name" must be text. Put it in double quotes.',
        ),
        (
            "    name: Patients",
            "    prefix: p\n    name: Patients",
            'study.yaml, line 11, group "patients": "prefix" must be one to three capital letters, not "p". '
            'Write it such as "P".',
        ),
        (
            "2020-05-04",
            "4 May",
            'study.yaml, line 8, approval "uk": "approved_on" must be a date, not "4 May". '
            "Write it as year-month-day, such as 2026-03-31.",
        ),
        (
            "schema: 1",
            "schema: 9",
            'study.yaml, line 1: "schema" must be 1, not "9". '
            "Another version of interviewkit may read this file.",
        ),
        (
            STUDY[STUDY.index("groups:") :],
            "groups: []\n",
            'study.yaml, line 9: "groups" has no entries. Add at least one.',
        ),
        (
            STUDY[STUDY.index("groups:") :],
            "groups: patients\n",
            'study.yaml, line 9: "groups" must be a list. Begin a line below it with "- " for each entry.',
        ),
        (
            STUDY[STUDY.index("groups:") :],
            "groups:\n  - patients\n",
            'study.yaml, line 10, group 1: entry 1 of "groups" must have keys of its own. '
            'Write them below it, indented, one "key: value" a line.',
        ),
        (
            "    target: 7\n",
            "    target: 7\nspeech:\n  model: [base]\n",
            'study.yaml, line 15, speech: "model" must be text. Put it in double quotes.',
        ),
    ],
)
def test_says_what_to_correct_and_where(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in STUDY
    assert complaint(tmp_path, STUDY.replace(old, new)) == message


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "study.yaml: the file is empty. Compare it with one of the files that come with interviewkit."),
        (
            "# only a comment\n",
            "study.yaml: the file is empty. Compare it with one of the files that come with interviewkit.",
        ),
        (
            "- a\n- b\n",
            'study.yaml, line 1: the file must be made of lines such as "title: …". '
            "Compare it with one of the files that come with interviewkit.",
        ),
        (
            "schema: 1\ntitle: A\ntitle: B\n",
            'study.yaml, line 3: "title" stands here already, in line 2. Keep one of the two.',
        ),
        (
            "schema: 1\ngroups:\n\t- id: patients\n",
            "study.yaml, line 3: a tab at the start of the line. Indent with spaces.",
        ),
        (
            "title: Patients: a study\n",
            "study.yaml, line 1: not YAML (mapping values are not allowed here). "
            "Write double quotes around a text that holds a sign such as : # ? or [.",
        ),
        (
            "title: &anchor A\n",
            'study.yaml, line 1: names that begin with "&" or "*" are not allowed. Write the text out.',
        ),
        (
            "title: A\nother: *title\n",
            'study.yaml, line 2: names that begin with "&" or "*" are not allowed. Write the text out.',
        ),
        (
            "title: !!python/object/apply:os.getcwd []\n",
            'study.yaml, line 1: words that begin with "!" are not allowed. Put the text in quotes.',
        ),
        (
            "title: " + "[" * 25 + "]" * 25,
            "study.yaml, line 1: nested more than 20 levels deep. "
            "Compare it with one of the files that come with interviewkit.",
        ),
        (
            "a: [" + "1," * 20_001 + "]",
            "study.yaml, line 1: the file holds more than 20000 values. Split it.",
        ),
        (
            "# " + "x" * 1_000_000,
            "study.yaml: larger than 400 kB. Is this the right file? A schedule has a few pages.",
        ),
        (
            b"schema: 1\ntitle: caf\xe9\n",
            "study.yaml, line 2: not UTF-8 text. "
            'Save the file again and choose the encoding "UTF-8".',
        ),
        ("schema: 1\ntitle: a\x00b\n", "study.yaml, line 2: a character that can't be shown. Delete it."),
        ('title: "\\ud800"\n', "study.yaml, line 1: half a character (\\ud800 to \\udfff). Delete it."),
        (
            'title: "\\Uffffffff"\n',
            "study.yaml: a number or an escape (\\U…) that is too large. Delete it.",
        ),
        (
            "? [a, b]\n: c\n",
            "study.yaml, line 1: a key must be a single word. "
            "Write double quotes around a text that holds a sign such as : # ? or [.",
        ),
    ],
)  # fmt: skip
def test_refuses_what_is_no_such_file(tmp_path: Path, content: str | bytes, message: str) -> None:
    assert complaint(tmp_path, content) == message


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(ScheduleError, match="there is no such file"):
        yamlfile.read(tmp_path / "none.yaml", ScheduleError)
    with pytest.raises(ScheduleError, match="can't be read"):
        yamlfile.read(tmp_path, ScheduleError)


def test_what_is_shown_of_a_file_can_not_steer_the_terminal(tmp_path: Path) -> None:
    message = complaint(tmp_path, STUDY + '"\\e[2J\\nx' + "y" * 200 + '": 1\n')
    assert message.startswith('study.yaml, line 14: "�[2J xyyy')
    assert "\x1b" not in message
    assert len(message) < 250


def test_a_bomb_is_refused_at_once_and_cheaply(tmp_path: Path) -> None:
    levels = [f"l{level}: &l{level} [{', '.join([f'*l{level - 1}'] * 9)}]" for level in range(1, 9)]
    bomb = "\n".join(["l0: &l0 [lol, lol, lol]", *levels])
    tracemalloc.start()
    started_s = time.perf_counter()
    message = complaint(tmp_path, bomb)
    took_s = time.perf_counter() - started_s
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 'line 1: names that begin with "&"' in message
    assert took_s < 1
    assert peak_bytes < 5_000_000


TOKENS = [
    "schema: 1", "id", "title", "domains", "questions", "probes", "minutes", ":", ": ", "- ", "\n",
    "\n  ", "\n    ", "[", "]", "{", "}", ",", "|", ">-", "&a", "*a", "!!str", "'", '"', "#", "\t", "? ",
    "---", "...", "%YAML 1.2", "<<", "1e999", "-5", ".inf", "~", "true", "2026-02-30", "é", "\\ud800",
    "\x85", "\ufeff", "\x07",
]  # fmt: skip


@given(text=st.one_of(st.lists(st.sampled_from(TOKENS), max_size=30).map("".join), st.text(max_size=60)))
@example(text="%YAML 1." + "9" * 5000 + "\n--- a")
@example(text="a: " + "9" * 5000)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_gives_a_record_or_the_projects_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "any.yaml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    for read in (load, lambda path: yamlfile.load(path, Form, StudyError)):
        with pytest.raises(InterviewkitError) as caught:
            read(path)
        assert "\n" not in str(caught.value)
        assert str(caught.value).startswith(str(path))
