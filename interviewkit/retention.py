"""How long what there is may be kept, and since when it has been kept for too long: pure.

study.yaml (retention) + Dossier ─► Kept[] ─► findings, due
"""

from collections.abc import Iterator
from datetime import UTC, date, timedelta
from typing import NamedTuple

from interviewkit.dossier import Dossier, Held, Oversight
from interviewkit.models import Retention


class Kept(NamedTuple):
    """Something that is kept, and the last day on which it may be."""

    there: str
    until: date


def kept_of(study: Oversight, dossier: Dossier) -> list[Kept]:
    """What there is of a participant that may be kept until a certain day only."""
    rules = study.config.retention
    calls = [held for held in dossier.calls if held.interview.discarded_at is None]
    return [*(kept for held in calls for kept in _of_call(held, rules)), *_of_person(dossier, rules)]


def _of_call(held: Held, rules: Retention) -> Iterator[Kept]:
    on = held.started_at.astimezone(UTC).date()
    if rules.audio_days is not None:
        yield Kept(f"recording of {held.name}", on + timedelta(days=rules.audio_days))
    if rules.transcript_days is not None and held.transcript:
        yield Kept(f"transcript of {held.name}", on + timedelta(days=rules.transcript_days))


def _of_person(dossier: Dossier, rules: Retention) -> Iterator[Kept]:
    if rules.ended_on is None:
        return
    if rules.consent_years is not None and dossier.entries:
        yield Kept("consent record", years_after(rules.ended_on, rules.consent_years))
    if rules.contact_days is not None and dossier.contact:
        yield Kept("contact details", rules.ended_on + timedelta(days=rules.contact_days))


def years_after(day: date, years: int) -> date:
    """The same day so many years later; 29 February becomes 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
