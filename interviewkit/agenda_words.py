"""An agenda in words: what Home, its page of what waits, and `interviewkit agenda` say alike. Pure.

Agenda ── coming, waiting, reached ─► lines, with the key and the command that deal with each
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from interviewkit.agenda import (
    Agenda,
    Appointment,
    Person,
    Reached,
    State,
    Step,
    Talk,
    next_step,
)
from interviewkit.appointment_times import short
from interviewkit.models import Ending
from interviewkit.phrases import count, minutes
from interviewkit.tonight import called

NAMED = 6
"""How many participants a line names before it ends in …"""
ENTER = "⏎"
SHORT_S = 30.0
"""Below it, work is said to take less than a minute."""


@dataclass(frozen=True)
class Item:
    """Something that waits: in words, the key of Home, the command; empty where there is nothing to press."""

    text: str
    key: str = ""
    command: str = ""


def when(agreed: Appointment, agenda: Agenda) -> str:
    """`today 14:00`, by the participant's clock, and by this computer's where it is another time here."""
    day = agenda.day or agreed.at.date()
    here = f" ({agreed.here:%H:%M} here)" if agreed.here is not None else ""
    return f"{short(agreed.at, day)}{here}"


def stands(agreed: Appointment) -> str:
    """What stands in the way of an appointment, or that nothing does."""
    return ", ".join(agreed.against) or "consent given"


def waiting(agenda: Agenda) -> list[Item]:
    """What a person or the machine has still to do, the most pressing first."""
    found = [*_to_hold(agenda), *_to_arrange(agenda), *_to_process(agenda)]
    if not agenda.people:
        return [*found, Item("the first participant", "n", "interviewkit participant add")]
    return found or [Item("nothing")]


def _to_hold(agenda: Agenda) -> Iterator[Item]:
    """What keeps interviews from being held."""
    if agenda.damaged_contacts:
        damaged = _named(agenda.damaged_contacts)
        yield Item(f"contact log damaged, put it back from your backup: {damaged}")
    if agenda.to_continue:
        talks = [f"{talk.id} ({_broken_off(talk)})" for talk in agenda.to_continue]
        first = agenda.to_continue[0]
        command = f"interviewkit hold {first.participant} --plain --interview {first.id}"
        yield Item(f"{count(len(talks), 'interview')} to continue: {_named(talks)}", ENTER, command)
    if agenda.passed:
        names = [agreed.participant for agreed in agenda.passed]
        text = f"{count(len(names), 'appointment')} passed, say how it went: {_named(names)}"
        yield Item(text, "a", f"interviewkit contact log {names[0]} held")
    if agenda.unlogged:
        text = f"{count(len(agenda.unlogged), 'interview')} to log as held: {_named(agenda.unlogged)}"
        yield Item(text, "a", f"interviewkit contact log {agenda.unlogged[0]} held")
    if agenda.consents:
        names = [person.id for person in agenda.consents]
        text = f"{count(len(names), 'consent')} to take: {_named(names)}"
        yield Item(text, "c", f"interviewkit consent give {names[0]}")


def _to_arrange(agenda: Agenda) -> Iterator[Item]:
    if agenda.reminders:
        text = f"{count(len(agenda.reminders), 'reminder')} due: {_named(agenda.reminders)}"
        yield Item(text, "a", f"interviewkit contact reminder {agenda.reminders[0]}")
    if agenda.to_book:
        text = f"{count(len(agenda.to_book), 'appointment')} to agree on: {_named(agenda.to_book)}"
        yield Item(text, "a", f'interviewkit contact log {agenda.to_book[0]} booked --when "Thu 14:00"')
    if agenda.vouchers:
        names = [f"{participant} ({voucher})" for participant, voucher in agenda.vouchers]
        text = f"{count(len(names), 'voucher')} due: {_named(names)}"
        yield Item(text, "a", f"interviewkit contact log {agenda.vouchers[0][0]} voucher")


def _to_process(agenda: Agenda) -> Iterator[Item]:
    if agenda.left_for_now:
        calls = sum(len(talk.waiting) for talk in agenda.left_for_now)
        work_s = agenda.work_per_second * sum(talk.waiting_s for talk in agenda.left_for_now)
        about = "" if work_s < SHORT_S else "about "
        text = f"{count(calls, 'recording')} to transcribe, {about}{minutes(work_s)} of work"
        yield Item(text, "p", "interviewkit process --all")
    if agenda.left_for_tonight and agenda.tonight_at is not None:
        calls = sum(len(talk.waiting) for talk in agenda.left_for_tonight)
        when = called(agenda.tonight_at, agenda.day or agenda.tonight_at.date())
        yield Item(f"{when}, if interviewkit is open then: {count(calls, 'recording')}")
    if agenda.set_aside:
        calls = sum(len(talk.aside) for talk in agenda.set_aside)
        names = [talk.id for talk in agenda.set_aside]
        text = f"{count(calls, 'recording')} set aside, failed three times: {_named(names)}"
        yield Item(text, ENTER, f"interviewkit process {names[0]}")
    if agenda.to_check:
        places = sum(talk.flags for talk in agenda.to_check)
        text = f"{count(len(agenda.to_check), 'transcript')} to check, {count(places, 'place')}"
        yield Item(text, ENTER, f"interviewkit transcript show {agenda.to_check[0].id}")
    if agenda.sent:
        names = [f"{talk.id} (by {_day(talk.sent_until)})" for talk in agenda.sent]
        text = f"{count(len(names), 'transcript')} to come back from participants: {_named(names)}"
        yield Item(text, "", f"interviewkit transcript returned --interview {agenda.sent[0].id}")
    if agenda.held_back:
        yield Item(f"without consent, not transcribed: {_named([talk.id for talk in agenda.held_back])}")


def _day(day: date | None) -> str:
    return "" if day is None else f"{day.day} {day:%B}"


def step(person: Person, talk: Talk | None) -> str:
    """What is done next about an interview, with how it stands; or why nothing is done."""
    found = next_step(person, talk)
    if talk is not None and talk.damaged:
        return "damaged: put its files back from your backup"
    if found is Step.NOTHING:
        return _at_rest(person, talk)
    if found is Step.CONTINUE and talk is not None:
        return found.value if talk.ending is Ending.LATER else f"{found.value} ({_broken_off(talk)})"
    if found is Step.TRANSCRIBE and talk is not None and talk.transcribed:
        return f"{found.value} {len(talk.waiting) + len(talk.aside)} of {talk.calls}"
    if found is Step.READ and talk is not None and talk.flags:
        return f"check {count(talk.flags, 'place')}"
    return found.value


def _at_rest(person: Person, talk: Talk | None) -> str:
    if talk is not None and talk.calls:
        return "held back"
    return "refused" if person.contact.refused and person.state in (State.MISSING, State.GIVEN) else ""


def recruitment(person: Person, agenda: Agenda) -> str:
    """How far somebody who was not interviewed yet has come: an appointment, or the last contact."""
    if person.contact_damaged:
        return "log damaged"
    agreed = agenda.appointment_of(person.id)
    if agreed is not None and agenda.day is not None:
        return f"{'! ' if agreed.passed else ''}{short(agreed.at, agenda.day)}"
    latest = person.contact.latest
    again = f" ×{person.contact.attempts}" if person.contact.attempts > 1 else ""
    return "" if latest is None else f"{latest.value}{again}"


def lines(agenda: Agenda, groups: Mapping[str, str]) -> Iterator[str]:
    """The whole agenda as lines to be read one after the other; what they are about stands above them."""
    yield "Next"
    coming = [
        f"{when(agreed, agenda)}, {agreed.participant}, "
        f"{groups.get(agenda.person(agreed.participant).group, '')}: {stands(agreed)}"
        for agreed in agenda.next
    ]
    yield from _indented(coming or ["no appointment"])
    yield "Waiting"
    items = waiting(agenda)
    yield from _indented([f"{item.text}{f'.  {item.command}' if item.command else ''}" for item in items])
    yield "Reached"
    yield from _indented(
        [f"{reached.group}: {reached.done} of {reached.target}" for reached in agenda.reached]
    )


def _indented(texts: Sequence[str]) -> Iterator[str]:
    yield from (f"  {text}" for text in texts)


def _broken_off(talk: Talk) -> str:
    return "not ended" if talk.unended or talk.ending is None else talk.ending.value


def _named(names: Sequence[str]) -> str:
    return ", ".join(names[:NAMED]) + (", …" if len(names) > NAMED else "")


def as_json(agenda: Agenda) -> dict[str, object]:
    """The agenda for a script: ids, states, counts, times."""
    return {
        "next": [_appointment(agreed) for agreed in agenda.next],
        "passed": [_appointment(agreed) for agreed in agenda.passed],
        "waiting": {
            "consents": [person.id for person in agenda.consents],
            "continue": [talk.id for talk in agenda.to_continue],
            "reminders": list(agenda.reminders),
            "appointments": list(agenda.to_book),
            "log_held": list(agenda.unlogged),
            "vouchers": [participant for participant, _ in agenda.vouchers],
            "transcribe": [talk.id for talk in agenda.to_transcribe],
            "transcribe_s": round(agenda.work_s, 1),
            "set_aside": [talk.id for talk in agenda.set_aside],
            "check": [talk.id for talk in agenda.to_check],
            "sent": [talk.id for talk in agenda.sent],
            "held_back": [talk.id for talk in agenda.held_back],
            "damaged": list(agenda.damaged_contacts),
        },
        "reached": [_reached(reached) for reached in agenda.reached],
    }


def _appointment(agreed: Appointment) -> dict[str, object]:
    return {
        "participant": agreed.participant,
        "at": agreed.at.isoformat(),
        "against": list(agreed.against),
    }


def _reached(reached: Reached) -> dict[str, object]:
    return {"group": reached.group, "done": reached.done, "target": reached.target}
