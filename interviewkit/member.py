"""Member checking: a transcript goes to its participant, comes back, and somebody decides about each change.

    send ─► the file, transcripts/P07-1/sent-1, a day in interview.json
    the file that came back ── take_in ─► wishes ── decide ─► the checked transcript, a change for each

It takes their consent to be contacted again, and to their words being kept.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from pydantic import ValidationError

from interviewkit import corrections, processing, returned, typed, typed_files
from interviewkit.checking import Sitting, as_checked
from interviewkit.consent import Recontact, Store
from interviewkit.errors import StorageError, UsageError
from interviewkit.exports import member
from interviewkit.models import Interview, RuleKind, Sent, SentCopy, Wish, WishState
from interviewkit.roles import INTERVIEWER
from interviewkit.rule_edits import place_of
from interviewkit.store import Tables
from interviewkit.study import Study
from interviewkit.study_beside import SENT
from interviewkit.study_writing import Writing

FORMATS = {".docx": member.document, ".txt": member.text}


@dataclass(frozen=True)
class Sending:
    """Which call goes where, by whom, and by when it may come back."""

    interview: str
    call: int
    until: date
    by: str
    place: Path
    again: bool = False
    """Whether it goes once more, though what went before is not back."""


def send(study: Study, sending: Sending) -> None:
    """Write the file for the participant. Raises ConsentRefused, UsageError; then nothing is written."""
    interview = study.interview(sending.interview)
    again = study.grant(interview.participant, Recontact)
    form = FORMATS.get(sending.place.suffix.lower())
    if form is None:
        raise UsageError(f"{sending.place.name} is neither .docx nor .txt.", "Choose one that they can open.")
    if sending.until < datetime.now().astimezone().date():
        raise UsageError("The day by which it may come back has passed.", "Give them two weeks, say.")
    found = processing.transcript(study, interview, sending.call)
    if found is None or not found.turns:
        raise UsageError(
            f"{interview.id}, call {sending.call}, has no transcript to send.",
            f"Run: interviewkit process {interview.id}",
        )
    before = copy(study, interview, sending.call)
    if before is not None and before.answered_at is None and not sending.again:
        raise UsageError(
            f"{interview.id} went to them on {before.at:%d %B %Y} and is not back.",
            "To send it anew, as it is now: --again.",
        )
    letter = member.Letter(interview.id, interview.participant, found.turns, found.breaks, sending.until)
    study.hand_on(sending.place, form(letter), sending.place.suffix[1:].lower(), [interview.id])
    turns = tuple(map(as_checked, found.turns))
    now = datetime.now(UTC)
    new = SentCopy(at=now, until=sending.until, by=sending.by, turns=turns)
    row = Sent(call=sending.call, at=now, until=sending.until)

    def note(writing: Writing) -> None:
        known = study.interview(interview.id)
        others = tuple(one for one in known.sent if one.call != row.call or one.answered_at is not None)
        writing.interview(known.model_copy(update={"sent": (*others, row)}))

    tables, reason = _tables(new), "transcript sent to its participant"
    study.save_beside(again, interview.id, sending.call, SENT, tables, reason, note)


def copy(study: Study, interview: Interview, call: int) -> SentCopy | None:
    """What they were sent last of a call, and what came of it; None where nothing was."""
    tables = study.beside(study.grant(interview.participant, Store), interview.id, call, SENT)
    if tables is None:
        return None
    try:
        row = tables["sent"][0]
        return SentCopy.model_validate(
            {**row, **{name: tables.get(name, []) for name in ("turns", "wishes")}}
        )
    except (ValidationError, KeyError, IndexError):
        raise StorageError(
            f"What was sent of {interview.id} is damaged, or from a newer interviewkit.",
            "Update interviewkit, or put the study's transcripts folder back from your backup.",
        ) from None


def take_in(study: Study, interview_id: str, call: int, data: bytes | None, by: str) -> SentCopy:
    """Compare what came back with what was sent, and keep the wishes; None is that nothing came back."""
    interview = study.interview(interview_id)
    known = _sent(study, interview, call)
    if any(wish.decision is not WishState.OPEN for wish in known.wishes):
        raise UsageError(
            "Somebody has decided about what came back already.", "A second file: send the transcript again."
        )
    wishes = () if data is None else _wishes(interview, known, data)
    now = datetime.now(UTC)
    new = known.model_copy(update={"answered_at": now, "answered_by": by, "wishes": wishes})
    _keep(study, interview, call, new, "transcript sent back")
    return new


def check_open(known: SentCopy, numbers: Collection[int] | None) -> list[int]:
    """The open wishes that are meant (None: all); raises UsageError where one isn't open, or none is."""
    open_ = [wish.number for wish in known.wishes if wish.decision is WishState.OPEN]
    chosen = open_ if numbers is None else list(dict.fromkeys(numbers))
    missing = [number for number in chosen if number not in open_]
    if missing or not chosen:
        what = f"There is no open change {missing[0]}." if missing else "No change is open."
        raise UsageError(what, "Leave out FILE and the numbers to see what there is.")
    return chosen


def decide(
    study: Study, interview_id: str, call: int, numbers: Collection[int] | None, by: str, *, accepted: bool
) -> SentCopy:
    """Accept or decline wishes (None: all that are open); those that are accepted are made as one sitting."""
    interview = study.interview(interview_id)
    known = _sent(study, interview, call)
    chosen = check_open(known, numbers)
    now = datetime.now(UTC)
    if accepted:
        _make(study, interview, call, [wish for wish in known.wishes if wish.number in chosen], by)
    state = WishState.ACCEPTED if accepted else WishState.DECLINED
    update = {"decision": state, "by": by, "at": now}
    wishes = tuple(wish.model_copy(update=update) if wish.number in chosen else wish for wish in known.wishes)
    new = known.model_copy(update={"wishes": wishes})
    _keep(study, interview, call, new, "wishes of a participant decided")
    return new


def _make(study: Study, interview: Interview, call: int, wishes: Collection[Wish], by: str) -> None:
    draft, sitting = processing.sitting(study, interview, call, by)
    before = sitting
    for wish in wishes:
        if not _made(sitting, wish):
            sitting = sitting.changed(returned.ruling(sitting.turns, wish, by, sitting.began_at))
    if sitting is not before:
        corrections.keep(study, interview, call, draft, sitting)


def _made(sitting: Sitting, wish: Wish) -> bool:
    """Whether a kill came after the change was made and before that was noted."""
    if place_of(sitting.turns, wish.before) is not None:
        return False
    done = (one for ruled in sitting.ruled if ruled.kind is RuleKind.WISHES for one in ruled.altered)
    return any(one.before == wish.before for one in done)


def _wishes(interview: Interview, known: SentCopy, data: bytes) -> tuple[Wish, ...]:
    who = interview.participant
    labels = {member.label(turn.speaker, who): turn.speaker for turn in known.turns}
    found = typed.read(typed_files.lines(data), [*labels, INTERVIEWER, member.YOU])
    names = {name: labels.get(name) or labels.get(name.title()) for name in found.speakers}
    strange = sum(1 for name in names.values() if name is None)
    if strange:
        raise UsageError(
            "The file has somebody in it who was not in the one that was sent.",
            f"Have its turns begin as they did: {', '.join(labels)}.",
        )
    return returned.wishes(known.turns, found, {name: str(known_as) for name, known_as in names.items()})


def _sent(study: Study, interview: Interview, call: int) -> SentCopy:
    study.call(interview.id, call)
    known = copy(study, interview, call)
    if known is None:
        raise UsageError(
            f"{interview.id}, call {call}, was not sent to its participant.",
            f"Send it: interviewkit transcript send FILE --interview {interview.id}",
        )
    return known


def _keep(study: Study, interview: Interview, call: int, new: SentCopy, reason: str) -> None:
    def answered(known: Interview) -> Interview:
        sent = tuple(
            one.model_copy(update={"answered_at": new.answered_at})
            if one.call == call and one.at == new.at
            else one
            for one in known.sent
        )
        return known.model_copy(update={"sent": sent})

    def note(writing: Writing) -> None:
        writing.interview(answered(study.interview(interview.id)))

    grant = study.grant(interview.participant, Store)
    study.save_beside(grant, interview.id, call, SENT, _tables(new), reason, note)


def _tables(new: SentCopy) -> Tables:
    row = new.model_dump(mode="json")
    return {"turns": row.pop("turns"), "wishes": row.pop("wishes"), "sent": [row]}
