"""The contact log on the disk: what is written, what is refused, and what the index tells of it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from interviewkit import contacts, withdrawal, yamlfile
from interviewkit.appointment_times import windows
from interviewkit.errors import StorageError, StudyError, UsageError
from interviewkit.models import Arrangement, Contact, ContactKind, Details, Level, StudyConfig, Wishes
from interviewkit.paths import StudyPaths
from interviewkit.study import Study
from interviewkit.study_keys import Keys
from tests import small_study

NUMBER = "07700 900123"


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """P01, a patient in the UK, by London's clock; patients get a voucher."""
    templates = small_study.write_templates(tmp_path / "templates")
    config = (templates / "study.yaml").read_text()
    config = config.replace("jurisdiction: uk,", "jurisdiction: uk, timezone: Europe/London,")
    config = config.replace("target: 7}", 'target: 7, voucher: "£10"}')
    (templates / "study.yaml").write_text(f"{config}contact: {{attempts: 2, pause_hours: 1}}\n")
    study = Study.create(tmp_path / "study", templates)
    study.add_participant("patients", "uk")
    return study


def entry(kind: ContactKind, hours_ago: float = 1, appointment: datetime | None = None) -> Contact:
    at = datetime.now(UTC) - timedelta(hours=hours_ago)
    return Contact(kind=kind, at=at, by="An interviewer", appointment=appointment)


def kinds(study: Study) -> list[ContactKind]:
    return [contact.kind for contact in contacts.of(study, "P01").log]


def standing(study: Study) -> dict[str, object]:
    """What the index says."""
    (row,) = study.index()["participants"]
    found: dict[str, object] = row["contact"]
    return found


def test_nothing_is_known_at_first(study: Study) -> None:
    known = contacts.of(study, "P01")
    assert (known.log, known.details) == ((), Details())
    assert known.arrangement == Arrangement(attempts=2, pause_hours=1, voucher=True)
    assert known.voucher == "£10"
    assert not (study.paths.people / "P01" / "contact.json").exists()
    (row,) = study.index()["participants"]
    assert row["contact"] is None


def test_what_happened_is_on_the_disk(study: Study) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    contacts.note(study, "P01", entry(ContactKind.INVITED, 2))
    contacts.note(study, "P01", entry(ContactKind.BOOKED, 1, tomorrow))
    again = contacts.of(Study.open(study.root), "P01")
    assert [contact.kind for contact in again.log] == [ContactKind.INVITED, ContactKind.BOOKED]
    assert again.standing.appointment == tomorrow
    document = json.loads((study.paths.people / "P01" / "contact.json").read_bytes())
    assert document["meta"]["document"]["kind"] == "contact"
    assert set(document) == {"meta", "log"}


def test_details_arrangement_and_log_stand_side_by_side(study: Study) -> None:
    safe = windows("Mon-Fri 17:00-20:00")
    contacts.reach(study, "P01", contacts.details(f" {NUMBER} ", "", "ask for the ward"))
    contacts.arrange(study, "P01", Wishes(safe=safe, voicemail=True))
    contacts.note(study, "P01", entry(ContactKind.INVITED))
    contacts.reach(study, "P01", contacts.details(NUMBER, "a@b.org"))
    known = contacts.of(study, "P01")
    assert (known.details.number, known.details.email, known.details.note) == (NUMBER, "a@b.org", None)
    assert (known.arrangement.safe, known.arrangement.voicemail) == (safe, True)
    assert kinds(study) == [ContactKind.INVITED]


def test_limits_come_from_the_study_and_not_from_the_file(study: Study) -> None:
    contacts.arrange(study, "P01", Arrangement(voicemail=True, attempts=9, pause_hours=0, voucher=False))
    assert contacts.of(study, "P01").arrangement == Arrangement(
        voicemail=True, attempts=2, pause_hours=1, voucher=True
    )
    text = (study.paths.people / "P01" / "contact.json").read_text()
    assert "attempts" not in text


def test_no_message_is_left_where_none_may_be(study: Study) -> None:
    made = contacts.note(study, "P01", entry(ContactKind.VOICEMAIL, 2))
    assert made.kind is ContactKind.NO_ANSWER
    contacts.arrange(study, "P01", Wishes(voicemail=True))
    contacts.note(study, "P01", entry(ContactKind.VOICEMAIL, 1))
    assert kinds(study) == [ContactKind.NO_ANSWER, ContactKind.VOICEMAIL]


def test_what_has_not_happened_is_not_on_record(study: Study) -> None:
    with pytest.raises(UsageError, match="dated in the future"):
        contacts.note(study, "P01", entry(ContactKind.INVITED, -1))
    contacts.note(study, "P01", entry(ContactKind.INVITED, 1))
    with pytest.raises(UsageError, match="dated before it"):
        contacts.note(study, "P01", entry(ContactKind.INVITED, 2))
    with pytest.raises(UsageError, match="no participant P09"):
        contacts.note(study, "P09", entry(ContactKind.INVITED))
    assert kinds(study) == [ContactKind.INVITED]


def test_two_programs_see_each_others_entries(study: Study) -> None:
    other = Study.open(study.root)
    contacts.note(study, "P01", entry(ContactKind.INVITED, 2))
    contacts.note(other, "P01", entry(ContactKind.NO_ANSWER, 1))
    assert kinds(study) == [ContactKind.INVITED, ContactKind.NO_ANSWER]
    with pytest.raises(UsageError, match="dated before it"):
        contacts.note(study, "P01", entry(ContactKind.INVITED, 1.5))


def test_the_last_entry_is_taken_back_and_put_back(study: Study) -> None:
    contacts.note(study, "P01", entry(ContactKind.INVITED, 2))
    contacts.note(study, "P01", entry(ContactKind.REFUSED, 1))
    assert contacts.take_back(study, "P01", "An interviewer").kind is ContactKind.REFUSED
    assert not contacts.of(study, "P01").standing.refused
    assert contacts.take_back(study, "P01", "An interviewer", 3).kind is ContactKind.MISTAKE
    assert contacts.of(study, "P01").standing.refused
    assert len(kinds(study)) == 4


def test_there_must_be_something_to_take_back(study: Study) -> None:
    with pytest.raises(UsageError, match="nothing to take back"):
        contacts.take_back(study, "P01", "An interviewer")
    contacts.note(study, "P01", entry(ContactKind.INVITED))
    with pytest.raises(UsageError, match="no entry 2"):
        contacts.take_back(study, "P01", "An interviewer", 2)


def test_it_is_safe_by_the_clock_of_the_participant(study: Study) -> None:
    contacts.arrange(study, "P01", Wishes(safe=windows("daily 17:00-18:00")))
    known = contacts.of(study, "P01")
    assert known.ringing(datetime(2026, 6, 8, 16, 30, tzinfo=UTC)).allowed
    assert not known.ringing(datetime(2026, 6, 8, 17, 30, tzinfo=UTC)).allowed
    assert known.ringing(datetime(2026, 12, 8, 17, 30, tzinfo=UTC)).allowed


def test_a_place_without_a_time_zone_has_the_computers_clock(study: Study) -> None:
    assert contacts.clock_in(study.config, "ireland").zone is None
    assert str(contacts.clock_in(study.config, "uk").zone) == "Europe/London"


def test_the_reminder_takes_its_minutes_from_the_schedule(study: Study) -> None:
    with pytest.raises(UsageError, match="No appointment is agreed with P01"):
        contacts.reminder(study, contacts.of(study, "P01"))
    agreed = datetime.now(UTC) + timedelta(days=1)
    contacts.note(study, "P01", entry(ContactKind.BOOKED, 30, agreed))
    known = contacts.of(study, "P01")
    assert "about 30 minutes" in contacts.reminder(study, known)
    assert known.reminder_due(datetime.now(UTC) + timedelta(minutes=1))


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (("call me",), "not a telephone number"),
        (("12",), "not a telephone number"),
        (("0770090012\x1b3",), "not a telephone number"),
        (("", "nobody"), "not an e-mail address"),
        (("", "a@b@c"), "not an e-mail address"),
        (("", "", "x" * 201), "longer than 200"),
    ],
)
def test_wrong_details_are_refused_without_being_repeated(typed: tuple[str, ...], says: str) -> None:
    with pytest.raises(UsageError, match=says) as refused:
        contacts.details(*typed)
    shown = f"{refused.value} {refused.value.__cause__} {refused.value.__context__}"
    assert max(typed, key=len) not in shown


@pytest.mark.parametrize("number", [NUMBER, "+353 (0)1 234 5678", "(01) 2345-678 ext. 12", "112"])
def test_telephone_numbers_come_in_many_forms(number: str) -> None:
    assert contacts.details(number).number == number


def test_details_do_not_tell_themselves() -> None:
    assert NUMBER not in repr(contacts.details(NUMBER))


# ── the index ───────────────────────────────────────────────────────────────────────────────────


def test_the_index_tells_states_and_times_and_nothing_personal(study: Study) -> None:
    agreed = datetime.now(UTC) + timedelta(days=1)
    contacts.reach(study, "P01", contacts.details(NUMBER, "a@b.org", "ask for the ward"))
    contacts.arrange(study, "P01", Wishes(safe=windows("Mon-Sun 00:00-00:01")))
    contacts.note(study, "P01", entry(ContactKind.BOOKED, 1, agreed))
    found = standing(study)
    assert (found["latest"], found["safe"], found["attempts"]) == ("booked", False, 0)
    text = study.paths.index.read_text()
    for personal in (NUMBER, "a@b.org", "ward", "An interviewer", "00:01"):
        assert personal not in text


def test_the_log_is_read_once_for_each_change(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    from interviewkit import study_documents

    contacts.note(study, "P01", entry(ContactKind.INVITED))
    read = study_documents.contact
    asked: list[str] = []

    def counted(paths: StudyPaths, keys: Keys, participant: str) -> object:
        asked.append(participant)
        return read(paths, keys, participant)

    monkeypatch.setattr(study_documents, "contact", counted)
    for _ in range(3):
        assert standing(study)["latest"] == "invited"
    assert asked == []
    contacts.arrange(study, "P01", Wishes(voicemail=True))
    made = len(asked)
    assert made
    assert standing(study)["latest"] == "invited"
    assert len(asked) == made


def test_a_damaged_log_damages_nothing_else(study: Study) -> None:
    contacts.note(study, "P01", entry(ContactKind.INVITED))
    (study.paths.people / "P01" / "contact.json").write_text("{")
    (row,) = study.index()["participants"]
    assert (row["contact"], row["consent"]) == ({"damaged": True}, "none")
    with pytest.raises(StorageError, match="damaged"):
        contacts.of(study, "P01")
    with pytest.raises(StorageError, match="damaged"):
        contacts.note(study, "P01", entry(ContactKind.INVITED))


def test_an_index_of_an_earlier_program_is_made_again(study: Study) -> None:
    index = json.loads(study.paths.index.read_bytes())
    for row in index["participants"].values():
        del row["contact"], row["purposes"]
    index["meta"]["document"]["schema"] = 1
    study.paths.index.write_text(json.dumps(index))
    assert Study.open(study.root).index()["participants"][0]["contact"] is None


# ── study.yaml ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("contact: {attempts: 0}", '"attempts" must be at least 1'),
        ("contact: {pause_hours: -1}", '"pause_hours" must be at least 0'),
        ("contact: {tries: 3}", '"tries" is not a known key'),
        ("contact: 3", '"contact" must have keys of its own'),
    ],
)
def test_wrong_limits_are_named(tmp_path: Path, line: str, says: str) -> None:
    path = tmp_path / "study.yaml"
    path.write_text(f"{small_study.STUDY_YAML}{line}\n")
    with pytest.raises(StudyError, match=says):
        yamlfile.load(path, StudyConfig, StudyError)


@pytest.mark.parametrize("zone", ["Europe/Atlantis", "../etc/passwd", ""])
def test_a_wrong_time_zone_is_named(tmp_path: Path, zone: str) -> None:
    path = tmp_path / "study.yaml"
    path.write_text(
        small_study.STUDY_YAML.replace("jurisdiction: uk,", f'jurisdiction: uk, timezone: "{zone}",')
    )
    with pytest.raises(
        StudyError, match=r'line 4, approval "uk": "timezone" must be a time zone.*Europe/Dublin'
    ):
        yamlfile.load(path, StudyConfig, StudyError)


@pytest.mark.parametrize("level", Level)
def test_who_has_withdrawn_is_left_alone(study: Study, level: Level) -> None:
    small_study.give(study, "P01")
    agreed = datetime.now(UTC) + timedelta(hours=5)
    contacts.note(study, "P01", entry(ContactKind.BOOKED, appointment=agreed))
    assert contacts.of(study, "P01").ringing(datetime.now(UTC)).allowed
    withdrawal.take_back(study, "P01", level, "Ada")
    known = contacts.of(study, "P01")
    assert not known.ringing(datetime.now(UTC)).allowed
    assert not known.reminder_due(datetime.now(UTC))
    with pytest.raises(UsageError, match="No reminder to P01"):
        contacts.reminder(study, known)
    # What happened all the same is put on record.
    contacts.note(study, "P01", entry(ContactKind.NO_ANSWER, 0))
    assert kinds(study)[-1] is ContactKind.NO_ANSWER
