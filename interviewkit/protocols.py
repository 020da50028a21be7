"""What to do when somebody is distressed or may be in danger: the study's own words, or general ones. Pure.

    StudyConfig + kind + jurisdiction ── protocol ─► Protocol: steps and whom to ring

The room shows one when its key is pressed; a study without its own gets a general one, and is told so.
"""

import re
from dataclasses import dataclass
from datetime import date

from interviewkit.models import EmergencyContact, IncidentKind, StudyConfig

GENERAL = {
    IncidentKind.DISTRESS: """
- Stop asking. Say what you notice: “I can hear that this is hard. There is no hurry.” Then wait.
- Ask: “Would you like to stop here, to take a break, or to go on with something else?” Whatever they
  answer is right.
- If they want to stop: thank them, say that they need not explain, and offer to ring back another day.
- Ask whether somebody is with them, or whom they could talk to today.
- Before you hang up, read out whom they can ring. Tell your supervisor today.
- If you think that somebody is in danger, follow the safeguarding protocol (F10).""",
    IncidentKind.SAFEGUARDING: """
- Listen. Do not promise to keep it to yourself: “I may have to tell somebody who can help. I will tell
  you first.”
- Ask only what you need to judge whether somebody is in danger now. It is not for you to find out more.
- In danger now: ask where they are and who is with them. Ring the emergency services from another
  telephone, and stay on the line.
- Not now: say what you will pass on and to whom, and agree when you will ring back.
- Tell your supervisor, or whoever your approval names, today.
- Write down what was done, who was told and when. That record is kept apart from the interview.""",
}
"""For studies that have not written their own."""

STEP = re.compile(r"\s*(?:[-•*]|\d{1,2}[.)])\s+")
NO_CONTACTS = "Nobody to ring is listed. In Europe, 112 reaches the emergency services from any telephone."


@dataclass(frozen=True)
class Protocol:
    """What an interviewer sees, a step at a time; `own` is whether the study wrote it."""

    kind: IncidentKind
    steps: tuple[str, ...]
    contacts: tuple[EmergencyContact, ...]
    own: bool


def protocol(config: StudyConfig, kind: IncidentKind, jurisdiction: str) -> Protocol:
    """The protocol of a kind, with whom to ring where a participant of `jurisdiction` is."""
    written = getattr(config.protocols, kind.value)
    contacts = tuple(
        contact
        for contact in config.protocols.emergency_contacts
        if contact.jurisdiction in (None, jurisdiction)
    )
    return Protocol(kind, steps(written or GENERAL[kind]), contacts, own=written is not None)


def steps(text: str) -> tuple[str, ...]:
    """A text as steps: each begins with a dash or a number, or after an empty line; lines are joined."""
    found: list[list[str]] = [[]]
    for line in text.splitlines():
        begins = STEP.match(line)
        if not line.strip() or begins:
            found.append([])
        found[-1].append(line[begins.end() :] if begins else line)
    return tuple(filter(None, (" ".join(" ".join(part).split()) for part in found)))


def keep_until(config: StudyConfig, happened_on: date) -> date | None:
    """Until when the record of an incident is kept; None where the study has not said how long."""
    years = config.protocols.incident_retention_years
    if years is None:
        return None
    try:
        return happened_on.replace(year=happened_on.year + years)
    except ValueError:  # the 29th of February
        return date(happened_on.year + years, 3, 1)
