"""A new study starts with forms that permit what the program needs and ask for the rest."""

from pathlib import Path

import pytest
import yaml

from interviewkit import schedule, templates, yamlfile
from interviewkit.errors import StudyError
from interviewkit.models import Form, Purpose, Section, StudyConfig

FOLDER = Path(str(templates.__file__)).parent
FORMS = sorted((FOLDER / "forms").glob("*.yaml"))
NEEDED = {Purpose.RECORD, Purpose.TRANSCRIBE, Purpose.STORE}
CHOICES = {Purpose.QUOTE, Purpose.ARCHIVE, Purpose.RECONTACT}


def form(path: Path) -> Form:
    return yamlfile.load(path, Form, StudyError)


@pytest.fixture
def config() -> StudyConfig:
    return yamlfile.load(FOLDER / "study.yaml", StudyConfig, StudyError)


def test_the_study_is_the_example(config: StudyConfig) -> None:
    assert {group.id: group.target for group in config.groups} == {
        "commercial": 6,
        "providers": 6,
        "patients": 7,
    }
    assert {approval.jurisdiction for approval in config.approvals} == {"uk", "ireland"}


def test_every_group_has_its_schedule(config: StudyConfig) -> None:
    for group in config.groups:
        assert schedule.load(schedule.shipped() / f"{group.schedule}.yaml").group == group.id


def test_every_group_has_a_form_for_every_jurisdiction(config: StudyConfig) -> None:
    wanted = {(group.id, approval.jurisdiction) for group in config.groups for approval in config.approvals}
    assert len(FORMS) == len(wanted) == 6
    assert {(form(path).group, form(path).jurisdiction) for path in FORMS} == wanted


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_a_form_is_named_for_what_it_is_and_rests_on_a_later_approval(
    path: Path, config: StudyConfig
) -> None:
    written = form(path)
    approval = {approval.id: approval for approval in config.approvals}[written.approval]
    assert path.stem == written.id
    assert approval.jurisdiction == written.jurisdiction
    # What is approved is this very sheet.
    assert written.sheet_date <= approval.approved_on
    assert approval.reference in written.sheet
    assert config.title in written.sheet


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_what_is_required_permits_the_work_and_nothing_more(path: Path) -> None:
    statements = form(path).statements
    required = {purpose for each in statements if each.required for purpose in each.purposes}
    optional = {purpose for each in statements if not each.required for purpose in each.purposes}
    assert required == NEEDED
    assert optional == CHOICES


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_statements_stand_in_three_sections_and_have_the_same_ids_everywhere(path: Path) -> None:
    statements = form(path).statements
    ids = [each.id for each in statements]
    sections = [each.section for each in statements]
    assert 8 <= len(ids) <= 11
    assert [each for each in ids if each != "data-processing"] == [
        "understood", "voluntary", "take-part", "recorded", "transcribed", "quoted",
        "kept", "archived", "contacted-again",
    ]  # fmt: skip
    assert sections == sorted(sections, key=list(Section).index)
    assert set(sections) == set(Section)


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_ireland_asks_about_data_apart_from_taking_part(path: Path) -> None:
    written = form(path)
    apart = [each for each in written.statements if each.id == "data-processing"]
    assert len(apart) == (1 if written.jurisdiction == "ireland" else 0)
    for statement in apart:
        assert statement.required
        assert statement.purposes == ()
        assert "explicitly consent" in statement.text


def test_the_sheets_promise_a_voucher_to_those_who_get_one() -> None:
    promised = {form(path).group for path in FORMS if "voucher" in form(path).sheet}
    assert promised == {"patients", "providers"}


@pytest.mark.parametrize("path", [*FORMS, FOLDER / "study.yaml"], ids=lambda path: path.stem)
def test_other_yaml_programs_read_the_same(path: Path) -> None:
    theirs = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    ours = yamlfile.read(path, StudyError).data
    assert list(theirs) == list(ours)
    assert theirs.get("sheet") == ours.get("sheet")
