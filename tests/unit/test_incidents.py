"""Records of incidents: added to and never changed, kept apart, and outliving a withdrawal."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from interviewkit import incidents
from interviewkit.errors import StudyError, UsageError
from interviewkit.models import IncidentEntry, IncidentKind, Interview, Told
from interviewkit.study import Study
from tests import small_study

TOLD = Told(who="Dr B", role="GP", at=datetime(2020, 6, 11, 15, 10, tzinfo=UTC), how="by telephone")


@pytest.fixture(name="study")
def _study(tmp_path: Path) -> Study:
    study = small_study.new_study(tmp_path)
    config = study.paths.config
    config.write_text(config.read_text() + "protocols: {incident_retention_years: 8}\n")
    return Study.open(study.root)


@pytest.fixture(name="interview")
def _interview(study: Study) -> Interview:
    return small_study.consented_interview(study)


def recorded(study: Study, interview: Interview) -> str:
    return incidents.record(
        study,
        interview.participant,
        IncidentKind.SAFEGUARDING,
        by="Ada",
        what="  agreed to ring her GP ",
        interview=interview.id,
        call=1,
    )


def test_a_record_says_what_was_done_and_who_was_told(study: Study, interview: Interview) -> None:
    name = recorded(study, interview)
    (record,) = incidents.of(study, "P01")
    assert record.missing == "who was told"
    incidents.add(study, "P01", name[:6], by="Bob", told=TOLD)
    (record,) = incidents.of(Study.open(study.root), "P01")
    assert record.missing == ""
    assert [entry.what for entry in record.what] == ["agreed to ring her GP"]
    assert record.told == (TOLD,)
    assert [entry.by for entry in record.entries] == ["Ada", "Bob"]
    assert (record.incident.interview, record.incident.call, record.incident.kind) == (
        interview.id,
        1,
        IncidentKind.SAFEGUARDING,
    )
    at = record.incident.at.date()
    assert record.incident.keep_until == at.replace(year=at.year + 8)


def test_it_needs_no_consent_and_outlives_a_withdrawal(study: Study, interview: Interview) -> None:
    name = recorded(study, interview)
    small_study.withdraw(study, "P01")
    incidents.add(study, "P01", name, by="Ada", told=TOLD)
    assert len(incidents.of(study, "P01")[0].entries) == 2
    nobody = study.add_participant("patients", "uk").id
    assert incidents.record(study, nobody, IncidentKind.DISTRESS, by="Ada", what="rang back")


def test_it_is_kept_apart_from_the_interview(study: Study, interview: Interview) -> None:
    recorded(study, interview)
    holders = {
        str(path.relative_to(study.root))
        for path in study.root.rglob("*")
        if path.is_file() and b"ring her GP" in path.read_bytes()
    }
    assert holders == {"people/P01/incidents.json"}
    assert (study.root / "people/P01/incidents.json").stat().st_mode & 0o777 == 0o600


def test_a_draft_is_kept_until_it_is_an_entry(study: Study, interview: Interview) -> None:
    name = recorded(study, interview)
    incidents.draft(study, "P01", name, {"what": "half a sen", "who": ""})
    incidents.draft(study, "P01", name, {"what": "half a sentence"})
    other = incidents.open_record(study, "P01", IncidentKind.DISTRESS, by="Ada")
    incidents.draft(study, "P01", other, {"what": "another"})
    assert [record.draft for record in incidents.of(study, "P01")] == [
        {"what": "half a sentence"},
        {"what": "another"},
    ]
    incidents.add(study, "P01", name, by="Ada", what="half a sentence more")
    assert [record.draft for record in incidents.of(study, "P01")] == [None, {"what": "another"}]


def test_what_makes_no_sense_is_refused_and_nothing_is_kept(study: Study, interview: Interview) -> None:
    other = small_study.consented_interview(study)
    for wrong in (
        lambda: incidents.open_record(study, "P01", IncidentKind.DISTRESS, by="A", interview=other.id),
        lambda: incidents.open_record(
            study, "P01", IncidentKind.DISTRESS, by="A", at=datetime.now(UTC) + timedelta(hours=1)
        ),
        lambda: incidents.open_record(study, "P77", IncidentKind.DISTRESS, by="A"),
        lambda: incidents.add(study, "P01", "nothing", by="A", what="x"),
        lambda: incidents.find(study, "P01", ""),
    ):
        with pytest.raises(UsageError):
            wrong()
    assert incidents.of(study, "P01") == []
    name = recorded(study, interview)
    with pytest.raises(UsageError, match="Nothing was written"):
        incidents.add(study, "P01", name, by="A", what="   ")
    with pytest.raises(ValidationError):
        IncidentEntry(incident=name, at=datetime.now(UTC), by="A")


def test_what_was_to_be_kept_until_yesterday_is_named_and_stays(study: Study, interview: Interview) -> None:
    name = recorded(study, interview)
    until = incidents.of(study, "P01")[0].incident.keep_until
    assert until is not None
    assert incidents.overdue(study, until) == []
    (found,) = incidents.overdue(study, until + timedelta(days=1))
    assert found.incident.id == name
    assert incidents.overdue(study, date(9999, 1, 1))[0].entries


def test_a_record_of_a_newer_program_is_not_written_to(study: Study, interview: Interview) -> None:
    name = recorded(study, interview)
    path = study.root / "people/P01/incidents.json"
    path.write_bytes(path.read_bytes().replace(b'"schema":1', b'"schema":2'))
    with pytest.raises(StudyError, match="newer"):
        incidents.add(study, "P01", name, by="A", what="x")
