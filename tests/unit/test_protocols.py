"""Protocols: what the study wrote, in steps; general ones where it wrote none; what is wrong, by line."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewkit import protocols, study_config
from interviewkit.errors import StudyError
from interviewkit.models import IncidentKind, Protocols, StudyConfig
from interviewkit.protocols import protocol, steps
from interviewkit.study_create import TEMPLATES
from tests.small_study import STUDY_YAML


def config(folder: Path, more: str = "") -> StudyConfig:
    path = folder / "study.yaml"
    path.write_text(STUDY_YAML + more)
    return study_config.load(path)


def complaint(folder: Path, more: str) -> str:
    with pytest.raises(StudyError) as refused:
        config(folder, more)
    return str(refused.value).removeprefix(f"{folder}/")


def test_a_study_without_protocols_gets_general_ones(tmp_path: Path) -> None:
    for kind in IncidentKind:
        shown = protocol(config(tmp_path), kind, "uk")
        assert not shown.own
        assert len(shown.steps) >= 5
        assert shown.contacts == ()


def test_a_study_has_its_own_and_whom_to_ring_where_they_are(tmp_path: Path) -> None:
    found = config(
        tmp_path,
        "protocols:\n  distress: |\n    - Wait,\n      and listen.\n    - Ask.\n  emergency_contacts:\n"
        '    - {service: Everywhere, number: "112"}\n'
        '    - {service: There, number: "+353 (0)1 234", jurisdiction: ireland}\n',
    )
    shown = protocol(found, IncidentKind.DISTRESS, "uk")
    assert (shown.own, shown.steps) == (True, ("Wait, and listen.", "Ask."))
    assert [contact.service for contact in shown.contacts] == ["Everywhere"]
    there = protocol(found, IncidentKind.SAFEGUARDING, "ireland")
    assert not there.own
    assert [contact.service for contact in there.contacts] == ["Everywhere", "There"]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (
            "protocols:\n  distres: Wait.\n",
            'study.yaml, line 10, protocols: "distres" is not a known key. Did you mean "distress"?',
        ),
        (
            "protocols:\n  emergency_contacts:\n    - {service: A, number: 112}\n",
            'line 11, emergency contact 1: "number" must be text. Put it in double quotes.',
        ),
        (
            'protocols:\n  emergency_contacts:\n    - {service: A, number: "ring us"}\n',
            '"number" must be a telephone number, not "ring us". Write it in quotes, such as "116 123".',
        ),
        (
            'protocols:\n  emergency_contacts:\n    - service: A\n      number: "112"\n'
            "      jurisdiction: irland\n",
            'line 13, emergency contact 1: the study has no approval for "irland". Did you mean "ireland"?',
        ),
        ("protocols:\n  incident_retention_years: 0\n", "must be at least 1"),
        ("protocols:\n  distress: ''\n", '"distress" is empty'),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, more: str, message: str) -> None:
    assert message in complaint(tmp_path, more)


def test_the_template_is_complete_and_marks_its_examples() -> None:
    found = study_config.load(TEMPLATES / "study.yaml")
    assert found.protocols.incident_retention_years == 8
    for jurisdiction in ("uk", "ireland"):
        for kind in IncidentKind:
            shown = protocol(found, kind, jurisdiction)
            assert shown.own
            assert len(shown.steps) >= 5
            assert len(shown.contacts) == 3
            for contact in shown.contacts:
                # Nobody's real number but the one that reaches the emergency services everywhere.
                assert contact.number == "112" or "example, replace it" in contact.service
                assert contact.number == "112" or not set(contact.number) - set("0 ")


WORDS = st.lists(st.text("abc", min_size=1), min_size=1, max_size=5).map(" ".join)


@given(
    written=st.lists(WORDS, min_size=1, max_size=6), sign=st.sampled_from(["- ", "* ", "3. ", "  • ", "12) "])
)
def test_every_step_is_read_however_it_is_marked(written: list[str], sign: str) -> None:
    wanted = tuple(written)
    assert steps("\n".join(sign + step for step in written)) == wanted
    assert steps("\n\n".join(written)) == wanted
    assert steps("\n".join(sign + step.replace(" ", "\n   ") for step in written)) == wanted


@given(text=st.text(max_size=80))
def test_no_word_of_a_protocol_is_left_out(text: str) -> None:
    kept = " ".join(steps(text)).split()
    for word in text.split():
        assert word in kept or protocols.STEP.match(f"{word} x")


@pytest.mark.parametrize(
    ("years", "happened", "kept"),
    [(None, (2024, 2, 29), None), (8, (2020, 6, 11), (2028, 6, 11)), (1, (2024, 2, 29), (2025, 3, 1))],
)
def test_a_record_has_a_date_until_which_it_is_kept(
    tmp_path: Path, years: int | None, happened: tuple[int, int, int], kept: tuple[int, int, int] | None
) -> None:
    own = Protocols(incident_retention_years=years)
    found = config(tmp_path).model_copy(update={"protocols": own})
    assert protocols.keep_until(found, date(*happened)) == (None if kept is None else date(*kept))
