"""What a report needs of a study, gathered from its documents: what was released, and the work in the field.

study ── gather ─► Analysis ── a recipe ─► Report

What the role of whoever sits here doesn't open is left out, and reports say that it isn't known: contact logs
and consent records, notes, drafts. A report of what was said needs what was released, and raises Locked
without it.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

from interviewkit import appointments, changes, consent_state, desk, processing, study_documents
from interviewkit import codebook as codebooks
from interviewkit.analysis import AnalysedInterview, Analysis, Fieldwork, MachineWork
from interviewkit.consent import Store
from interviewkit.errors import Locked
from interviewkit.events import Warned
from interviewkit.models import (
    AGREED,
    Codebook,
    ConsentWithdrawn,
    Contact,
    ContactKind,
    Interview,
    ItemAnswered,
    ReportDecisions,
)
from interviewkit.reports import numbers, quotes
from interviewkit.reports.recipes import Look, Recipe, Words
from interviewkit.session_notes import NoteKind
from interviewkit.study import Study

Tell = Callable[[Warned], None]


def gather(study: Study, recipe: Recipe, told: Tell = lambda warned: None) -> Analysis:
    """What the report is made of; `told` hears whose interviews were left out."""
    found = _released(study, recipe, told)
    people = study.participants()
    held = tuple(one for one in study.interviews() if one.calls and _kept(study, one))
    fieldwork = Fieldwork(participants=tuple(people), interviews=held)
    if Look.PEOPLE in recipe.looks:
        fieldwork = _with_consents(study, _with_contacts(study, fieldwork))
    if Look.NOTES in recipe.looks:
        fieldwork = replace(fieldwork, present=_present(study, held))
    if Look.DRAFTS in recipe.looks:
        fieldwork = replace(fieldwork, machine=dict(_machine(study, found)))
    return _decided(study, recipe, replace(found, fieldwork=fieldwork))


def answer(study: Study, new: ItemAnswered) -> None:
    """Keep what somebody of the team answered, in the place of an earlier answer."""

    def change(known: ReportDecisions) -> ReportDecisions:
        kept = tuple(one for one in known.answers if one.item != new.item)
        return known.model_copy(update={"answers": (*kept, new)})

    study.change_report_decisions(change)


# ── what was released ───────────────────────────────────────────────────────────────────────────


def _released(study: Study, recipe: Recipe, told: Tell) -> Analysis:
    if recipe.words is Words.NONE:
        return _readable(study)
    heard: list[Warned] = []
    try:
        found = desk.gather(study, heard.append)
    except Locked:
        if recipe.words is Words.ALL:
            raise
        return _readable(study)
    for warned in heard:
        told(warned)
    return found


def _readable(study: Study) -> Analysis:
    """What can be read without what was said: calls, marks and what became of questions."""
    found, left_out = [], []
    for interview in study.interviews():
        if not interview.calls:
            continue
        if _kept(study, interview):
            found.append(_without_words(study, interview))
        else:
            left_out.append(interview.id)
    guides = [study.schedule(group.id) for group in study.config.groups]
    return Analysis(study.config, tuple(found), codebooks.seeded(Codebook(), guides), tuple(left_out))


def _without_words(study: Study, interview: Interview) -> AnalysedInterview:
    person = study.participant(interview.participant)
    return AnalysedInterview(
        interview=interview,
        participant=person,
        group=study.group(person.group),
        schedule=processing.guide(study, interview),
        status=desk.status(study, interview),
    )


def _kept(study: Study, interview: Interview) -> bool:
    """Whether their words may be kept: whoever withdrew that counts nowhere but among those who did."""
    return study.refusal(interview.participant, Store) is None


# ── the field ───────────────────────────────────────────────────────────────────────────────────


def _with_contacts(study: Study, known: Fieldwork) -> Fieldwork:
    """Who was approached, who said no, who held interviews: from the contact logs."""
    try:
        logs = {one.id: _log(study, one.id) for one in known.participants}
    except Locked:
        return known
    held = {one.participant for one in known.interviews}
    refused = {name: _why_not(log) for name, log in logs.items() if _refused(log) and name not in held}
    by = [one.by for log in logs.values() for one in log if one.kind is ContactKind.HELD]
    return replace(
        known,
        approached=frozenset(name for name, log in logs.items() if log or name in held),
        refused=refused,
        interviewers=tuple(sorted(set(by))),
    )


def _log(study: Study, participant: str) -> list[Contact]:
    found = study_documents.contact(study.paths, study.keys, participant)
    return [] if found is None else [contact for _, contact in appointments.counting(found.log)]


def _refused(log: list[Contact]) -> bool:
    said = [one.kind for one in log if one.kind in (ContactKind.REFUSED, *AGREED)]
    return bool(said) and said[-1] is ContactKind.REFUSED


def _why_not(log: list[Contact]) -> str:
    return next((one.why or "" for one in reversed(log) if one.kind is ContactKind.REFUSED), "")


def _with_consents(study: Study, known: Fieldwork) -> Fieldwork:
    """Who took their consent back, wholly or in part: from the consent records."""
    withdrawn: dict[str, str] = {}
    for person in known.participants:
        try:
            rows = study_documents.consent_rows(study.paths, study.keys, person.id)
        except Locked:
            return known
        events = [row.event for row in rows]
        if consent_state.withdrawal(events) is not None:
            said = [one.why or "" for one in events if isinstance(one, ConsentWithdrawn)]
            withdrawn[person.id] = said[-1]
    return replace(known, withdrawn=withdrawn)


def _present(study: Study, held: tuple[Interview, ...]) -> dict[str, tuple[str, ...]] | None:
    """Who else was there, as roles; None where notes may not be read."""
    found: dict[str, tuple[str, ...]] = {}
    for interview in held:
        grant = study.grant(interview.participant, Store)
        try:
            notes = [
                note for call in interview.calls for note in study.notes(grant, interview.id, call.number)
            ]
        except Locked:
            return None
        people = [person for note in notes if note.kind is NoteKind.PRESENT for person in note.people]
        found[interview.id] = tuple(sorted({person.role.value for person in people}))
    return found


def _machine(study: Study, known: Analysis) -> Iterator[tuple[tuple[str, int], MachineWork]]:
    """What rules found and people changed, by released call; nothing where drafts can't be opened."""
    for one in known.interviews:
        for call in one.calls:
            try:
                draft = processing.saved(study, one.interview, call.call).transcript
                checked = processing.transcript(study, one.interview, call.call)
            except Locked:
                return
            if draft is not None and checked is not None:
                flagged = Counter(flag.kind.value for flag in draft.flags)
                made = changes.changes(draft, checked)
                moved = sum(bool(change.said) for change in made)
                yield (one.interview.id, call.call), MachineWork(flagged, len(made) - moved, moved)


# ── what was decided ────────────────────────────────────────────────────────────────────────────


def _decided(study: Study, recipe: Recipe, known: Analysis) -> Analysis:
    """With the answers of the team, and a publication number for whoever is quoted and has none yet."""
    try:
        decisions = study.report_decisions()
    except Locked:
        return known
    if recipe.numbers:
        decisions = _numbered(study, decisions, quotes.quotable(known))
    given = {one.item: one for one in decisions.answers}
    return replace(known, publication=numbers.by_participant(decisions.numbers), answers=given)


def _numbered(study: Study, known: ReportDecisions, wanted: dict[str, str]) -> ReportDecisions:
    if not set(wanted) - {one.participant for one in known.numbers}:
        return known
    targets = {group.id: group.target for group in study.config.groups}

    def change(now: ReportDecisions) -> ReportDecisions:
        return now.model_copy(update={"numbers": numbers.chosen(now.numbers, wanted, targets)})

    return study.change_report_decisions(change)
