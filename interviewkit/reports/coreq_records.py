"""What the records of a study say to items of COREQ, in sentences for a methods section. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from statistics import median

from interviewkit import schedule
from interviewkit.analysis import Analysis
from interviewkit.models import ActionKind, Schedule
from interviewkit.phrases import count
from interviewkit.reports import counting
from interviewkit.reports.base import number
from interviewkit.reports.characteristics import minutes
from interviewkit.reports.saturation import steps

UNKNOWN = "Not on record."
HIDDEN = "Not known here: it stands in records that your role doesn't open."
LAST = 3
PRINT_DIGITS = 12


def interviewer(analysis: Analysis) -> str:
    """1: who held the interviews."""
    names = analysis.fieldwork.interviewers
    return f"The interviews were held by {_listed(names)}." if names else UNKNOWN


def sample_size(analysis: Analysis) -> str:
    """12: how many, of each group."""
    people = Counter(one.group for one in analysis.interviewed.values())
    each = [f"{one.name} {people[one.id]} (of {one.target} sought)" for one in analysis.groups]
    return f"{count(people.total(), 'participant')}: {', '.join(each)}."


def non_participation(analysis: Analysis) -> str:
    """13: who said no or withdrew, and why."""
    asked = analysis.fieldwork.approached
    if analysis.fieldwork.refused is None and analysis.fieldwork.withdrawn is None:
        return HIDDEN
    known = "" if asked is None else f"{count(len(asked), 'person', 'people')} were approached. "
    refused = _reasons(analysis.fieldwork.refused, "said no")
    withdrawn = _reasons(analysis.fieldwork.withdrawn, "took their consent back")
    return f"{known}{refused} {withdrawn}"


def guide(analysis: Analysis) -> str:
    """17: the schedules, with a fingerprint that another version of one doesn't have."""
    guides = {one.schedule.id: one.schedule for one in analysis.interviews}
    return " ".join(_guide(one) for one in guides.values()) or UNKNOWN


def repeats(analysis: Analysis) -> str:
    """18: who was interviewed more than once."""
    many = Counter(one.participant for one in analysis.held)
    again = [name for name, times in many.items() if times > 1]
    if not again:
        return "No participant was interviewed more than once."
    held = sum(many[name] - 1 for name in again)
    return f"{count(held, 'repeat interview')} with {count(len(again), 'participant')}."


def recording(analysis: Analysis) -> str:
    """19: sound, and where it comes from."""
    calls = Counter(call.source for one in analysis.held for call in one.calls)
    parts = [
        f"{count(calls['recorded'], 'call')} recorded with interviewkit" if calls["recorded"] else "",
        f"{count(calls['imported'], 'call')} brought in as sound files" if calls["imported"] else "",
    ]
    told = ", ".join(filter(None, parts))
    return f"Sound was recorded of {count(len(analysis.held), 'interview')} ({told})." if told else UNKNOWN


def field_notes(analysis: Analysis) -> str:
    """20: notes of the interviewer while calls were held."""
    held = {(one.id, action.call) for one in analysis.held for action in one.actions}
    noted = [
        (one.id, action.call)
        for one in analysis.held
        for action in one.actions
        if action.kind is ActionKind.NOTED
    ]
    if not held:
        return "No notes are on record: no call was held with interviewkit."
    return (
        f"{count(len(noted), 'note')} made during {len(set(noted))} of {count(len(held), 'call')}"
        " that were held with interviewkit."
    )


def duration(analysis: Analysis) -> str:
    """21: median and range."""
    lengths = sorted(minutes(one) for one in analysis.held)
    if not lengths:
        return UNKNOWN
    return (
        f"Median {number(median(lengths))} min, range {number(lengths[0])} to {number(lengths[-1])} min"
        f" ({count(len(lengths), 'interview')})."
    )


def coders(analysis: Analysis) -> str:
    """24: who made the meaning units, and who audited them."""
    made = Counter(unit.by for _, unit in analysis.units())
    if not made:
        return "Nothing is coded yet."
    said = {review.by for one in analysis.interviews for review in one.coded.reviews}
    audited = sorted(said | {review.by for review in analysis.codebook.reviews})
    told = ", ".join(f"{name} ({count(many, 'unit')})" for name, many in sorted(made.items()))
    more = f" Audited by {_listed(audited)}." if audited else ""
    return f"{count(len(made), 'coder')}: {told}.{more}"


def coding_tree(analysis: Analysis) -> str:
    """25: how many domains and categories; the tree itself is a report of its own."""
    known = analysis.codebook
    subs = sum(one.parent is not None for one in known.domains)
    deeper = sum(one.parent is not None for one in known.categories)
    return (
        f"{count(len(known.domains) - subs, 'domain')} with {count(subs, 'sub-domain')};"
        f" {count(len(known.categories) - deeper, 'category', 'categories')} with"
        f" {count(deeper, 'sub-category', 'sub-categories')}. The tree: interviewkit report categories."
    )


def software(analysis: Analysis) -> str:
    """27: programs and models of each transcript, and the version with which it was made."""
    made = [call.release.provenance for one in analysis.interviews for call in one.calls]
    told = [
        f"{one.program}: words by {_settings(one.transcriber)}; speakers by {_settings(one.diariser)}."
        for one in made
    ]
    return " ".join(dict.fromkeys(told)) or UNKNOWN


# ── proposed, to be confirmed ───────────────────────────────────────────────────────────────────


def setting(analysis: Analysis) -> str:
    """14: where participants live; where they sat is for people to say."""
    places = Counter(one.jurisdiction for one in analysis.interviewed.values())
    told = ", ".join(f"{place} {many}" for place, many in sorted(places.items()))
    return f"By telephone; participants lived in: {told}." if told else ""


def present(analysis: Analysis) -> str:
    """15: who else was there, as was noted in the calls."""
    known = analysis.fieldwork.present
    if known is None:
        return HIDDEN
    roles = Counter(role for found in known.values() for role in set(found))
    if not roles:
        return "Nobody else was noted as present."
    told = ", ".join(f"{role} in {count(many, 'interview')}" for role, many in sorted(roles.items()))
    return f"Noted as present: {told}."


def sample(analysis: Analysis) -> str:
    """16: where the characteristics stand."""
    return f"{sample_size(analysis)} See: interviewkit report characteristics."


def saturated(analysis: Analysis) -> str:
    """22: what the last interviews added."""
    found = steps(analysis)
    if not found:
        return ""
    last = found[-LAST:]
    added = ", ".join(str(step.new) for step in last)
    return (
        f"New categories in the last {count(len(last), 'interview')}: {added}; {found[-1].total} in all."
        " See: interviewkit report saturation."
    )


def quotations(analysis: Analysis) -> str:
    """29: how much may be quoted."""
    units = [one for one in counting.reported(analysis) if one[0].may_quote]
    told = f"{count(len(units), 'meaning unit')} of {count(counting.people(units), 'participant')}"
    return f"{told} may be quoted, each under a publication number. See: interviewkit report quotes."


FROM_RECORDS: Mapping[int, Callable[[Analysis], str]] = {
    1: interviewer,
    12: sample_size,
    13: non_participation,
    17: guide,
    18: repeats,
    19: recording,
    20: field_notes,
    21: duration,
    24: coders,
    25: coding_tree,
    27: software,
}
PROPOSED: Mapping[int, Callable[[Analysis], str]] = {
    14: setting,
    15: present,
    16: sample,
    22: saturated,
    29: quotations,
}


def _reasons(found: Mapping[str, str] | None, did: str) -> str:
    """How many, and the reasons that were given, each with how often."""
    if found is None:
        return f"Who {did}: not known here, as it stands in records that your role doesn't open."
    why = Counter(reason.strip() for reason in found.values() if reason.strip())
    told = "; ".join(f"“{reason}” ({many})" for reason, many in sorted(why.items()))
    given = f" Reasons given: {told}." if told else " No reasons were given." if found else ""
    return f"{len(found)} {did}.{given}"


def _guide(one: Schedule) -> str:
    asked = list(schedule.questions(one))
    probes = sum(len(placed.question.probes) for placed in asked)
    print_ = sha256(one.model_dump_json(by_alias=True).encode()).hexdigest()[:PRINT_DIGITS]
    return (
        f"“{one.title}” ({one.id}): {count(len(asked), 'question')} and {count(probes, 'probe')},"
        f" fingerprint {print_}."
    )


def _settings(known: Mapping[str, str]) -> str:
    return ", ".join(f"{key} {value}" for key, value in known.items()) or "nothing"


def _listed(names: Iterable[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
