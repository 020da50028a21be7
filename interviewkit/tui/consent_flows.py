"""What is asked around a consent: who takes it and how, eligibility, signatures, capacity.

questions ─► consent events ─► study.note
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from interviewkit import consent_forms, consent_state
from interviewkit.agenda import Person, State
from interviewkit.appointment_times import MOMENT_FORMS, Clock, moment
from interviewkit.consent_standing import CAPACITY
from interviewkit.errors import InterviewkitError
from interviewkit.models import CapacityChecked, ConsentMethod, Criterion, EligibilityChecked, Participant
from interviewkit.tui.asking import Asking
from interviewkit.tui.modals import AskLine, Choose, Pick

if TYPE_CHECKING:
    from interviewkit.tui.app import InterviewkitApp

SIGNED = ("When did they sign?", "When did you sign?")


def past(typed: str) -> datetime:
    """A moment that is over, by this computer's clock; raises UsageError."""
    clock = Clock()
    return moment(typed, clock, clock.now(), past=True).astimezone(UTC)


def wrong(read: Callable[[str], object]) -> Callable[[str], str]:
    """What keeps a typed line from being understood, in words."""

    def check(line: str) -> str:
        try:
            read(line)
        except InterviewkitError as error:
            return error.message
        except ValueError:
            return "A whole number, such as 4."
        return ""

    return check


async def begin(kit: "InterviewkitApp", person: Person) -> tuple[Asking, Participant] | None:
    """All that is asked before the first statement; None where that was broken off."""
    study = kit.study
    participant = await asyncio.to_thread(study.participant, person.id)
    form = await asyncio.to_thread(study.form_for, participant)
    title = f"Consent of {person.id}: who takes it?"
    about = "Your name, as it is to stand in the record."
    if person.state is not State.MISSING:
        about += f" On record so far: {person.state.value}. New answers take the place of the old."
    taken_by = await kit.push_screen_wait(AskLine(title, about, value=kit.taken_by))
    if taken_by is None:
        return None
    kit.taken_by = taken_by
    if not await eligibility(kit, participant):
        return None
    allowed = [each for each in reversed(ConsentMethod) if consent_forms.WAYS[each] & {*form.allowed}]
    methods = [(each.name, each.value) for each in allowed]
    method = await kit.push_screen_wait(Choose(f"How does {person.id} give it?", methods, form.title))
    if method is None:
        return None
    asking = Asking(form, ConsentMethod[method], taken_by)
    if form.schema_ == 1 or asking.method is ConsentMethod.ORAL:
        return asking, participant
    both = await signed(kit)
    return None if both is None else (replace(asking, signed=both), participant)


async def yes_or_no(kit: "InterviewkitApp", question: str, about: str) -> bool | None:
    """An answer that nobody slips into: Esc is none."""
    key = await kit.push_screen_wait(Pick(question, (("y", "yes"), ("n", "no")), about))
    return None if key is None else key == "y"


async def who(kit: "InterviewkitApp") -> str | None:
    """The name with which something is put on record; asked for once."""
    if not kit.taken_by:
        typed = await kit.push_screen_wait(AskLine("Your name?", "As it is to stand in the record."))
        kit.taken_by = typed or ""
    return kit.taken_by or None


async def eligibility(kit: "InterviewkitApp", participant: Participant, *, anew: bool = False) -> bool:
    """Ask for each criterion that was not checked, or `anew` for each; False where that was broken off."""
    study = kit.study
    events = await asyncio.to_thread(study.consent_events, participant.id)
    criteria = study.group(participant.group).eligibility
    for criterion, check in consent_state.eligibility(criteria, events):
        if check is None or anew:
            event = await _criterion(kit, participant, criterion)
            if event is None:
                return False
            await asyncio.to_thread(study.note, participant.id, event)
            if not event.met:
                kit.look()
                kit.alarm(f"{participant.id} may not be interviewed: {criterion.text}: not met.")
                return False
    return True


async def _criterion(
    kit: "InterviewkitApp", participant: Participant, criterion: Criterion
) -> EligibilityChecked | None:
    number: int | None = None
    if criterion.at_least is not None:
        about = f"{criterion.text}. How many?"
        typed = await kit.push_screen_wait(
            AskLine(f"May {participant.id} be asked?", about, check=wrong(_count))
        )
        if typed is None:
            return None
        number = _count(typed)
        met = bool(consent_state.meets(criterion, number))
    else:
        said = await yes_or_no(kit, f"Does {participant.id} meet this?", criterion.text)
        if said is None:
            return None
        met = said
    evidence = await kit.push_screen_wait(AskLine("What shows it?", "Such as: session log of the programme."))
    by = await who(kit) if evidence is not None else None
    if evidence is None or by is None:
        return None
    return EligibilityChecked(
        criterion=criterion.id, met=met, number=number, evidence=evidence, by=by, at=datetime.now(UTC)
    )


def _count(typed: str) -> int:
    number = int(typed.strip())
    if number < 0:
        raise ValueError(typed)
    return number


async def signed(kit: "InterviewkitApp") -> tuple[datetime, datetime] | None:
    """When both signed; None where that was broken off."""
    found = []
    for question in SIGNED:
        typed = await kit.push_screen_wait(
            AskLine(question, f"As it stands beside the signature. {MOMENT_FORMS}", check=wrong(past))
        )
        if typed is None:
            return None
        found.append(past(typed))
    return found[0], found[1]


async def capacity(kit: "InterviewkitApp", participant: str) -> CapacityChecked | None:
    """Ask the four questions and put the answers on record; None where that was broken off."""
    said: dict[str, bool] = {}
    for name, question in CAPACITY.items():
        answer = await yes_or_no(
            kit, question, f"{participant}, about taking part, now. Any no holds recording up."
        )
        if answer is None:
            return None
        said[name] = answer
    note = await kit.push_screen_wait(
        AskLine("What gave rise to it?", "It may stay empty.", check=lambda _: "")
    )
    by = await who(kit) if note is not None else None
    if note is None or by is None:
        return None
    event = CapacityChecked(**said, note=note.strip() or None, by=by, at=datetime.now(UTC))
    await asyncio.to_thread(kit.study.note, participant, event)
    kit.look()
    return event
