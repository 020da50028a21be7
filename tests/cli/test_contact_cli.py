"""`interviewkit contact` and `agenda`: what is put on record, what is said, and what a script gets."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from interviewkit import contacts
from interviewkit.models import ContactKind
from interviewkit.study import Study
from tests.cli.conftest import Run

NUMBER = "07700 900123"


@pytest.fixture(autouse=True)
def _named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTERVIEWKIT_NAME", "Ada")


def kinds(study: Study) -> list[str]:
    return [contact.kind.value for contact in contacts.of(study, "P01").log]


def shown(run: Run) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("contact", "show", "P01", "--json").out)
    return found


def test_each_outcome_is_put_on_record(run: Run, study: Study) -> None:
    for outcome in ("invited", "no-answer", "called-off", "reminded", "held", "voucher", "refused"):
        assert run("contact", "log", "P01", outcome).code == 0
    assert run("contact", "log", "P01", "booked", "--when", "tomorrow 15:00").code == 0
    assert run("contact", "log", "P01", "rescheduled", "--when", "tomorrow 16:00").code == 0
    assert kinds(study) == [
        *("invited", "no answer", "called off", "reminded", "interview held", "voucher sent", "refused"),
        *("booked", "rescheduled"),
    ]
    assert {contact.by for contact in contacts.of(study, "P01").log} == {"Ada"}


def test_a_reason_is_kept_where_they_gave_one(run: Run, study: Study) -> None:
    assert run("contact", "log", "P01", "refused", "--why", "no time").code == 0
    assert "refused (“no time”), Ada" in run("contact", "show", "P01").out
    assert run("consent", "withdraw", "P01", "--recorded-by", "Ada", "--yes", "--why", "moved away").code == 0
    assert getattr(study.consent_events("P01")[-1], "why", "") == "moved away"


def test_what_was_understood_is_said(run: Run, study: Study) -> None:
    run("contact", "safe", "P01", "00:00-00:01")
    outcome = run("contact", "log", "P01", "booked", "--when", "tomorrow 15:00")
    assert (outcome.code, outcome.out) == (0, "")
    tomorrow = datetime.now().astimezone() + timedelta(days=1)
    assert f"Agreed for {tomorrow:%A} {tomorrow.day} {tomorrow:%B}" in outcome.err
    assert "at 15:00, tomorrow. It is not one of their safe times." in outcome.err


def test_what_happened_earlier_is_dated_so(run: Run, study: Study) -> None:
    assert run("contact", "log", "P01", "invited", "--at", "yesterday 16:00").code == 0
    (contact,) = contacts.of(study, "P01").log
    yesterday = datetime.now().astimezone() - timedelta(days=1)
    assert contact.at.astimezone().date() == yesterday.date()
    assert "dated before it" in run("contact", "log", "P01", "invited", "--at", "yesterday 15:00").err


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("booked",), 2, "“booked” needs --when"),
        (("held", "--when", "tomorrow 15:00"), 2, "--when says nothing of “interview held”"),
        (("booked", "--when", "soon"), 2, "time of day is missing"),
        (("booked", "--when", "yesterday 15:00"), 2, "has passed already"),
        (("invited", "--at", "tomorrow 15:00"), 2, "is yet to come"),
        (("married",), 2, "is not one of"),
        (("invited", "--by", " "), 2, "a name is needed"),
    ],
)
def test_what_makes_no_sense_changes_nothing(
    run: Run, study: Study, arguments: tuple[str, ...], code: int, says: str
) -> None:
    outcome = run("contact", "log", "P01", *arguments)
    assert outcome.code == code
    assert says in outcome.err
    assert kinds(study) == []


def test_who_enters_it_is_asked(run: Run, study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INTERVIEWKIT_NAME")
    assert run("contact", "log", "P01", "invited", typed="Zoë\n").code == 0
    assert contacts.of(study, "P01").log[0].by == "Zoë"
    stopped = run("contact", "log", "P01", "refused")
    assert stopped.code == 130
    assert stopped.err.endswith("Stopped. Nothing was changed.\n")
    assert kinds(study) == ["invited"]


def test_a_message_that_may_not_be_left_is_no_answer(run: Run, study: Study) -> None:
    outcome = run("contact", "log", "P01", "voicemail")
    assert outcome.code == 0
    assert "has not agreed to messages" in outcome.err
    assert "P01: no answer." in outcome.err
    assert run("contact", "safe", "P01", "--voicemail").err == "A message may be left.\n"
    run("contact", "log", "P01", "voicemail")
    assert kinds(study) == ["no answer", "voicemail left"]


def test_a_mistake_is_taken_back_and_put_back(run: Run, study: Study) -> None:
    run("contact", "log", "P01", "refused")
    assert "“refused” of" in run("contact", "undo", "P01").err
    assert not shown(run)["standing"]["refused"]
    assert run("contact", "undo", "P01", "--entry", "2").code == 0
    assert shown(run)["standing"]["refused"]
    text = run("contact", "show", "P01").out
    assert "   2  " in text
    assert "entered by mistake (entry 1), Ada  taken back" in text
    assert run("contact", "undo", "P01", "--entry", "9").code == 2


def test_safe_times_are_set_shown_and_taken_away(run: Run, study: Study) -> None:
    assert run("contact", "safe", "P01").out == "any time\n"
    assert run("contact", "safe", "P01", "weekdays 5-8 pm").out == "Mon–Fri 17:00–20:00\n"
    run("contact", "safe", "P01", "--voicemail")
    assert run("contact", "safe", "P01").out == "Mon–Fri 17:00–20:00\n"
    assert run("contact", "safe", "P01", "any").out == "any time\n"
    assert "can be understood" in run("contact", "safe", "P01", "whenever").err
    assert shown(run)["voicemail"] is True


def test_a_number_is_typed_kept_changed_and_forgotten(run: Run, study: Study) -> None:
    outcome = run("contact", "number", "P01", typed=f"{NUMBER}\n\nask for the ward\n")
    assert (outcome.code, outcome.out) == (0, "")
    assert NUMBER not in outcome.err
    again = run("contact", "number", "P01", typed="\na@b.org\n-\n")
    assert "Number to ring (on record)" in again.err
    assert shown(run)["details"] == {"number": NUMBER, "email": "a@b.org", "note": None}
    assert "Number       07700 900123, a@b.org\n" in run("contact", "show", "P01").out
    run("contact", "number", "P01", "--forget")
    assert shown(run)["details"] == {"number": None, "email": None, "note": None}


def test_a_wrong_number_is_not_repeated(run: Run, study: Study) -> None:
    outcome = run("contact", "number", "P01", typed="ring me 07700\n\n\n")
    assert (outcome.code, "07700" in outcome.err) == (2, False)
    assert "That is not a telephone number." in outcome.err


def test_the_reminder_is_printed_and_nothing_else(run: Run, study: Study) -> None:
    assert "No appointment is agreed" in run("contact", "reminder", "P01").err
    run("contact", "log", "P01", "booked", "--when", "tomorrow 15:00")
    outcome = run("contact", "reminder", "P01")
    assert outcome.out.startswith("A reminder of our call on ")
    assert outcome.out.count("\n") == 1
    assert "interviewkit contact log P01 reminded" in outcome.err


def test_show_says_whether_to_ring_and_why_not(run: Run, study: Study) -> None:
    assert "Ring now?    yes\n" in run("contact", "show", "P01").out
    run("contact", "log", "P01", "refused")
    text = run("contact", "show", "P01").out
    assert "Ring now?    no: They have refused to take part.\n" in text
    assert shown(run)["ring"] == {
        "allowed": False,
        "why": "They have refused to take part.",
        "voicemail": False,
    }


def test_what_was_typed_steers_no_terminal(run: Run, study: Study) -> None:
    run("contact", "log", "P01", "invited", "--by", "A\x1b[2Jda")
    run("contact", "number", "P01", typed="\n\nthe \x1b]52;c;aGk=\x07 ward\n")
    assert "\x1b" not in run("contact", "show", "P01").out


def test_an_unknown_participant_is_one_line(run: Run, study: Study) -> None:
    for command in (("show", "P09"), ("log", "P09", "held"), ("safe", "P09"), ("undo", "P09")):
        outcome = run("contact", *command)
        assert (outcome.code, outcome.err.count("\n")) == (2, 1)
        assert "no participant P09" in outcome.err


# ── the agenda ──────────────────────────────────────────────────────────────────────────────────


def test_the_agenda_is_plain_lines(run: Run, study: Study) -> None:
    study.add_participant("patients", "uk")
    run("contact", "log", "P01", "booked", "--when", "tomorrow 15:00")
    assert run("agenda").out == (
        "Next\n"
        "  tomorrow 15:00, P01, Patients: consent given\n"
        "Waiting\n"
        "  1 consent to take: P02.  interviewkit consent give P02\n"
        "Reached\n"
        "  Patients: 0 of 7\n"
        "  Providers: 0 of 6\n"
    )


def test_the_agenda_is_there_for_scripts(run: Run, study: Study) -> None:
    agreed = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(days=1)
    run("contact", "log", "P01", "booked", "--when", f"{agreed.astimezone():%Y-%m-%d %H:%M}")
    found = json.loads(run("agenda", "--json").out)
    (coming,) = found["next"]
    assert (coming["participant"], datetime.fromisoformat(coming["at"])) == ("P01", agreed)
    assert found["waiting"]["consents"] == []
    assert found["reached"][0] == {"group": "Patients", "done": 0, "target": 7}


def test_an_agenda_of_nothing_says_so(run: Run, study: Study) -> None:
    text = run("agenda").out
    assert "  no appointment\n" in text
    assert "  nothing\n" in text


def test_damage_is_said_and_stops_nothing(run: Run, study: Study) -> None:
    run("contact", "log", "P01", "invited")
    (study.paths.people / "P01" / "contact.json").write_text("{")
    assert "contact log damaged, put it back from your backup: P01" in run("agenda").out
    assert run("contact", "show", "P01").code == 6
    assert run("participant", "list").code == 0


def test_every_outcome_is_one_of_the_records() -> None:
    from interviewkit.cli.contact import OUTCOMES

    assert {*OUTCOMES.values(), "MISTAKE"} == {kind.name for kind in ContactKind}
