"""What was put on record about a consent, in words: for a record's history. Pure."""

from collections.abc import Callable
from typing import Any

from interviewkit.models import (
    CapacityChecked,
    ConsentConfirmed,
    ConsentEvent,
    ConsentGiven,
    ConsentHeld,
    ConsentReleased,
    ConsentWithdrawn,
    CopyGiven,
    EligibilityChecked,
    PaperChecked,
    ReconsentDecided,
    ScanAttached,
)


def happened(event: ConsentEvent) -> str:
    """`answered patients-uk-v1 (signed form), taken by A. Interviewer`."""
    return _WORDS[type(event)](event)


def _given(event: ConsentGiven) -> str:
    clip = "" if event.clip is None else ", what was said is kept"
    return f"answered {event.form} ({event.method.value}{clip}), taken by {event.taken_by}"


def _confirmed(event: ConsentConfirmed) -> str:
    return f"confirmed {event.form} on a recording of its own, taken by {event.taken_by}"


def _copy(event: CopyGiven) -> str:
    return f"got a copy of {event.form}, from {event.by}"


def _scan(event: ScanAttached) -> str:
    return f"scan of the signed {event.form} attached by {event.by}"


def _checked(event: PaperChecked) -> str:
    return f"answers on the signed {event.form} compared with the record by {event.by}"


def _eligible(event: EligibilityChecked) -> str:
    number = "" if event.number is None else f" ({event.number})"
    met = "met" if event.met else "not met"
    return f"criterion {event.criterion}{number}: {met}; {event.evidence}; checked by {event.by}"


def _capacity(event: CapacityChecked) -> str:
    found = "in doubt whether they can decide on it" if event.stops else "can decide on it"
    note = "" if event.note is None else f": {event.note}"
    return f"{found}{note}; judged by {event.by}"


def _held(event: ConsentHeld) -> str:
    return f"held up by {event.by}: {event.why}"


def _released(event: ConsentReleased) -> str:
    return f"every hold lifted by {event.by}: {event.why}"


def _reconsent(event: ReconsentDecided) -> str:
    needed = "to be asked again" if event.needed else "need not be asked again"
    return f"{needed} by {event.form}, decided by {event.by}: {event.why}"


def _withdrawn(event: ConsentWithdrawn) -> str:
    level = "" if event.level is None else f" ({event.level.value})"
    return f"withdrew{level}, recorded by {event.recorded_by}"


_WORDS: dict[type[ConsentEvent], Callable[[Any], str]] = {
    ConsentGiven: _given,
    ConsentConfirmed: _confirmed,
    CopyGiven: _copy,
    ScanAttached: _scan,
    PaperChecked: _checked,
    EligibilityChecked: _eligible,
    CapacityChecked: _capacity,
    ConsentHeld: _held,
    ConsentReleased: _released,
    ReconsentDecided: _reconsent,
    ConsentWithdrawn: _withdrawn,
}
