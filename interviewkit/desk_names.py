"""Names in one call of a study: what was found, what is decided, and its release to the analysts.

study ── look ─► Found ── decide, one after the other ─► people/P07/pseudonyms ── release ─► released-1
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace

from interviewkit import naming, processing, study_documents
from interviewkit.coding import Who
from interviewkit.consent import Store
from interviewkit.errors import ConsentRefused, Locked, UsageError
from interviewkit.models import Decision, Interview, Known, Pseudonym, Pseudonyms, Released, Transcript
from interviewkit.naming import Item
from interviewkit.study import Study


@dataclass(frozen=True)
class Found:
    """What was found in a call, and everything that decisions about it rest on."""

    interview: Interview
    call: int
    transcript: Transcript
    known: tuple[Known, ...]
    own: Pseudonyms
    others: naming.Names
    items: tuple[Item, ...]

    @property
    def open(self) -> list[Item]:
        """What nobody has decided about."""
        return [item for item in self.items if item.decided is None]

    def item(self, key: str) -> Item:
        """Something that was found, by its key; UsageError where it was not."""
        for item in self.items:
            if item.key == key:
                return item
        raise UsageError("That is not found in this call.", "See: interviewkit names list")

    @property
    def missing(self) -> list[str]:
        """What has to be done before it can be released, in words."""
        return naming.missing(self.transcript, self.items)


def look(study: Study, interview: str, call: int) -> Found:
    """Look for names in a call's transcript; UsageError where there is none, ConsentRefused, Locked."""
    known = study.interview(interview)
    transcript = processing.transcript(study, known, call)
    if transcript is None:
        raise UsageError(f"{interview}, call {call}, has no transcript yet.", "Press p at Home.")
    own = study.pseudonyms(study.grant(known.participant, Store))
    sure = (*beforehand(study, known.participant), *study.roster().known)
    others = elsewhere(study, known.participant)
    items = naming.items(transcript.turns, sure, own, others)
    return Found(known, call, transcript, sure, own, others, tuple(items))


def beforehand(study: Study, participant: str) -> tuple[Known, ...]:
    """A participant's number and e-mail address, as far as whoever sits here may know them."""
    found = list(study.known_names(participant))
    with suppress(Locked):
        file = study_documents.contact(study.paths, study.keys, participant)
        details = file.details if file is not None else None
        if details is not None:
            told = ((details.number, "phone"), (details.email, "email"))
            found += [Known(text=text, kind=kind) for text, kind in told if text]
    return tuple(dict.fromkeys(found))


def elsewhere(study: Study, participant: str) -> dict[str, Pseudonym]:
    """What stands for what in the transcripts of all others whose logs can be opened here, by key."""
    found: dict[str, Pseudonym] = {}
    for log in logs(study, but=participant).values():
        for one in log.names:
            if one.decision is Decision.REPLACED:
                found.setdefault(one.key, one)
    return found


def logs(study: Study, but: str | None = None) -> dict[str, Pseudonyms]:
    """The replacement logs that can be opened here, by participant."""
    found = {}
    for person in study.participants():
        # Nobody wants to act on those that are refused: that is no event.
        if person.id != but and study.refusal(person.id, Store) is None:
            with suppress(ConsentRefused, Locked):
                found[person.id] = study.pseudonyms(study.grant(person.id, Store))
    return found


def decide(study: Study, found: Found, change: Callable[[Pseudonyms], Pseudonyms]) -> Found:
    """Put a decision on the disk, and look again with it; raises what `change` raises, and writes nothing."""
    grant = study.grant(found.interview.participant, Store)
    own = study.change_pseudonyms(grant, change)
    if _replaced(own) == _replaced(found.own):
        # Only what is replaced is looked for, and looking takes its time in a long interview.
        return replace(found, own=own, items=tuple(naming.redecided(found.items, own, found.others)))
    items = naming.items(found.transcript.turns, found.known, own, found.others)
    return replace(found, own=own, items=tuple(items))


def _replaced(own: Pseudonyms) -> set[str]:
    return {one.key for one in own.names if one.decision is Decision.REPLACED}


def accept(found: Found, items: Iterable[Item], who: Who) -> Callable[[Pseudonyms], Pseudonyms]:
    """The change that gives every one of them the replacement that it gets by itself."""

    def change(own: Pseudonyms) -> Pseudonyms:
        for item in items:
            text = naming.suggested(item, own, found.others)
            # One that others gave is theirs and this one's.
            same = item.key in found.others
            own = naming.replaced(own, found.others, item, text, who, same=same)
        return own

    return change


def release(study: Study, found: Found, who: Who) -> Released:
    """Hand the call to the analysts; UsageError where something is missing, and then nothing is written."""
    # What others did since it was looked at counts.
    now = look(study, found.interview.id, found.call)
    new, own = naming.released(now.call, now.transcript, now.items, now.own, who)
    study.release(study.grant(now.interview.participant, Store), now.interview.id, new, own)
    return new
