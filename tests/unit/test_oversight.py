"""Eight defects planted in a study on the disk: these are found and nothing else; what is sealed is told."""

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from interviewkit import findings, key_people, oversight, record_pages, register
from interviewkit.consent import Store
from interviewkit.errors import Locked
from interviewkit.findings import Rule
from interviewkit.models import Answer, ConsentWithdrawn
from interviewkit.register import State
from interviewkit.sealing import Guarded, Preset, Role, Secret
from interviewkit.study import Study
from interviewkit.study_keys import Founder
from tests import ethics_disk as disk
from tests import ethics_world as world
from tests import small_study

pytestmark = pytest.mark.slow
PEOPLE = 50


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return disk.in_order(tmp_path_factory.mktemp("clean"), PEOPLE).root


@pytest.fixture
def study(clean: Path, tmp_path: Path) -> Study:
    return Study.open(Path(shutil.copytree(clean, tmp_path / "study")))


def found(study: Study) -> list[tuple[str, Rule]]:
    return [(one.participant, one.rule) for one in findings.findings(oversight.look(study))]


def before_the_recording(study: Study, name: str) -> None:
    """P01 said yes an hour after recording began."""
    later = (disk.now() + timedelta(hours=1)).isoformat()
    disk.plant(study, name, disk.of_kind("given", lambda event: event | {"at": later}))


def after_withdrawal(study: Study, name: str) -> None:
    """P02 withdrew before they were recorded, of which the recorder was not told."""
    given = study.consent_events(name)[-1].at
    gone = ConsentWithdrawn(recorded_by=world.TAKER, at=given)

    def insert(rows: disk.Rows) -> disk.Rows:
        return [*rows, {"event": gone.model_dump(mode="json"), "form": None}]

    disk.plant(study, name, insert)


def other_form(study: Study, name: str) -> None:
    """P03 lives in Ireland, and answered the form for the United Kingdom."""
    form = world.form("patients", "uk")

    def swap(rows: disk.Rows) -> disk.Rows:
        put = {"form": form.model_dump(mode="json", by_alias=True), "page": None, "sha256": None}
        given = [row for row in rows if row["event"]["kind"] == "given"]
        given[0].update(put)
        for row in rows:
            if "form" in row["event"]:
                row["event"]["form"] = form.id
        return rows

    disk.plant(study, name, swap)


def superseded(study: Study, name: str) -> None:
    """A new version for P04's group and place, approved since, and nobody decided."""
    assert study.participant(name).jurisdiction == "ireland"
    new = world.form("providers", "ireland", 2, sheet_date=disk.now().date() + timedelta(days=1))
    disk.put_form(study.paths.forms, new)


def mandatory_no(study: Study, name: str) -> None:
    """P05 was recorded, and had not agreed to be."""

    def answer_no(event: dict[str, object]) -> dict[str, object]:
        return event | {"answers": {**world.YES, "recorded": Answer.NO.value}}

    disk.plant(study, name, disk.of_kind("given", answer_no))


def undelegated(study: Study, name: str) -> None:
    """P06's consent was taken by somebody whom the log does not know."""
    disk.plant(study, name, disk.of_kind("given", lambda event: event | {"taken_by": "Somebody Else"}))


def no_copy(study: Study, name: str) -> None:
    """P07 never got a copy."""
    disk.plant(study, name, disk.of_kind("copy", lambda event: None))


def not_to_be_kept(study: Study, name: str) -> None:
    """P09 agreed to be recorded, and not to a text that is kept."""

    def answer_no(event: dict[str, object]) -> dict[str, object]:
        return event | {"answers": {**world.YES, "kept": Answer.NO.value}}

    disk.plant(study, name, disk.of_kind("given", answer_no))


EIGHT: dict[str, tuple[Callable[[Study, str], None], Rule]] = {
    "P01": (before_the_recording, Rule.BEFORE_CONSENT),
    "P02": (after_withdrawal, Rule.AFTER_WITHDRAWAL),
    "P03": (other_form, Rule.OTHER_FORM),
    "P05": (mandatory_no, Rule.MANDATORY),
    "P06": (undelegated, Rule.UNDELEGATED),
    "P07": (no_copy, Rule.NO_COPY),
    "P09": (not_to_be_kept, Rule.TRANSCRIPT),
}


def test_fifty_records_in_order_have_no_findings(study: Study) -> None:
    assert found(study) == []


def test_eight_defects_are_found_and_nothing_else(study: Study) -> None:
    for name, (plant, _) in EIGHT.items():
        plant(study, name)
    study.paths.audio("P10-1", 1).unlink()
    expected = [*((name, rule) for name, (_, rule) in EIGHT.items()), ("P10", Rule.AUDIO_MISSING)]
    assert len(expected) == 8
    assert found(Study.open(study.root)) == expected


def test_a_new_version_concerns_those_who_answered_the_one_before(study: Study) -> None:
    superseded(study, "P04")
    theirs = [f"P{number:02}" for number in range(4, PEOPLE + 1, 4)]
    assert found(study) == [(name, Rule.UNDECIDED) for name in theirs]


def test_what_is_damaged_is_named_and_hides_nothing_else(study: Study) -> None:
    study.paths.audio("P01-1", 1).write_bytes(b"not a recording")
    next(study.paths.people.glob("P02/consent*")).write_bytes(b"{")
    study.paths.participant("P03").write_bytes(b"{")
    study.paths.interview("P05-1").write_bytes(b"{")
    shutil.copytree(study.paths.recordings / "P06-1", study.paths.recordings / "P77-1")
    assert found(study) == [
        ("", Rule.STRAY),
        ("P01", Rule.AUDIO_DAMAGED),
        ("P02", Rule.UNREADABLE),
        ("P03", Rule.UNREADABLE),
        ("P05", Rule.UNREADABLE),
    ]


def test_looking_writes_nothing(study: Study) -> None:
    before = {path: path.read_bytes() for path in study.root.rglob("*") if path.is_file()}
    seen = oversight.look(study)
    register.lines(seen, findings.findings(seen))
    assert before == {path: path.read_bytes() for path in study.root.rglob("*") if path.is_file()}


def test_without_a_key_nothing_is_guessed(tmp_path: Path) -> None:
    study = disk.in_order(tmp_path, 2, Founder(small_study.own_key(), Secret.new()))
    seen = oversight.look(study)
    assert [line.state for line in register.lines(seen, [])] == [State.GIVEN] * 2
    study.keys.lock()
    locked = oversight.look(Study.open(study.root))
    assert [line.state for line in register.lines(locked, [])] == [State.SEALED] * 2
    assert findings.findings(locked) == []
    assert [one.split(":")[0] for one in findings.unchecked(locked)] == ["P01", "P02"]


def test_the_key_to_consent_alone_opens_all_that_the_desk_shows_and_no_transcript(tmp_path: Path) -> None:
    recovery, own = Secret.new(), Guarded(Secret.new(), b"locked")
    founder = Founder(small_study.own_key(), recovery, "Ada", Preset.TEAM, (Role.CUSTODIAN,))
    study = disk.in_order(tmp_path, 2, founder)
    officer = key_people.new(study.keys, "Officer", own)
    key_people.give(study.keys, officer.id, [Role.ETHICS_OFFICER], sheet=recovery)
    study.keys.lock()
    study.keys.use(officer.id, own.secret)
    seen = oversight.look(Study.open(study.root))
    assert findings.findings(seen) == []
    assert findings.unchecked(seen) == []
    assert [line.state for line in register.lines(seen, [])] == [State.GIVEN] * 2
    assert "answered patients-uk-v1" in record_pages.as_text(seen, "P01", [])
    with pytest.raises(Locked):
        study.raw(study.grant("P01", Store), "P01-1", 1)


def test_who_has_no_passphrase_is_asked_once(tmp_path: Path) -> None:
    study = disk.in_order(tmp_path, 3, Founder(small_study.own_key(), Secret.new()))
    study.keys.lock()
    asked: list[str] = []

    def nothing(question: str) -> None:
        asked.append(question)

    locked = Study.open(study.root)
    locked.keys.ask = nothing
    assert len(findings.unchecked(oversight.look(locked))) == 3
    assert len(asked) == 1
