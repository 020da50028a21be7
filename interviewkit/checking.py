"""A transcript that is being checked: what was changed, by whom, and how far it has come. Pure.

    draft, or what was saved ── begun ─► Sitting ── changed, undone, redone ─► Sitting ── pack ─► tables
    draft + tables ── read ─► the transcript as people left it

The machine's draft stays as it was made; what people changed is the difference between the two.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import ValidationError

from interviewkit.drafts import Row, Tables
from interviewkit.edits import Edit, Splice, Turns
from interviewkit.errors import StorageError, UsageError
from interviewkit.models import (
    Checked,
    CheckedTurn,
    Flag,
    FlagKind,
    Frozen,
    Ruled,
    RuleKind,
    Sat,
    SatKind,
    TimesFrom,
    Transcript,
    Turn,
)
from interviewkit.phrases import count

OF_THE_WHOLE = frozenset({FlagKind.LOW_COVERAGE, FlagKind.NO_SPEECH, FlagKind.ROLES, FlagKind.SPEAKERS})


@dataclass(frozen=True)
class Sitting:
    """The turns as they are now, who sits there, and everything that can be taken back."""

    turns: Turns
    by: str
    began_at: datetime
    before: tuple[Sat, ...] = ()
    """The sittings before this one."""
    past: tuple[Splice, ...] = ()
    future: tuple[Splice, ...] = ()
    known: tuple[Ruled, ...] = ()
    """What rules had changed before this sitting."""

    def changed(self, edit: Edit) -> "Sitting":
        """With one more change; as it was where that changes nothing. Raises UsageError."""
        splice = edit.splice(self.turns)
        if splice.empty:
            return self
        return replace(self, turns=splice.on(self.turns), past=(*self.past, splice), future=())

    def undone(self) -> "Sitting":
        """As it was before the last change; raises UsageError where there was none in this sitting."""
        if not self.past:
            raise UsageError(
                "There is nothing to take back.", "What was changed before today is edited anew."
            )
        *past, last = self.past
        turns = last.inverse.on(self.turns)
        return replace(self, turns=turns, past=tuple(past), future=(last, *self.future))

    def redone(self) -> "Sitting":
        """As it was before the last `undone`; raises UsageError where there was none."""
        if not self.future:
            raise UsageError("There is nothing to do again.")
        again, *future = self.future
        return replace(self, turns=again.on(self.turns), past=(*self.past, again), future=tuple(future))

    def record(self, now: datetime) -> "Record":
        """What is to be kept of it at this moment."""
        sat = Sat(by=self.by, began_at=self.began_at, until=now, changes=len(self.past))
        return Record(self.turns, (*self.before, sat), self.ruled)

    @property
    def ruled(self) -> tuple[Ruled, ...]:
        """What rules changed and nobody has taken back."""
        made = [splice.ruled for splice in self.past if splice.ruled is not None]
        back = {splice.taken_back for splice in self.past}
        return tuple(ruled for ruled in (*self.known, *made) if ruled.id not in back)


@dataclass(frozen=True)
class Record:
    """What is kept beside a draft: the turns as people left them, and the sittings in which they did."""

    turns: Turns
    sittings: tuple[Sat, ...] = ()
    ruled: tuple[Ruled, ...] = ()

    @property
    def typed(self) -> Sat | None:
        """The last sitting in which a file took the place of what the machine heard."""
        return next((sat for sat in reversed(self.sittings) if sat.kind is SatKind.TYPED), None)

    @property
    def checked(self) -> Checked | None:
        """How far it has come; None where nobody has done anything yet that stands."""
        counted = [sat for sat in self.sittings if sat.changes]
        if not counted:
            return None
        names = [sat.by for sat in counted if sat.kind is not SatKind.LISTED]
        typed = self.typed
        names += [check.by for turn in self.turns for check in turn.checks]
        return Checked(
            by=tuple(dict.fromkeys(names)),
            at=max(sat.until for sat in counted),
            turns=sum(bool(turn.checks) for turn in self.turns),
            of=len(self.turns),
            twice=sum(len(turn.checks) > 1 for turn in self.turns),
            rules=_counted(self.ruled),
            typed_by=None if typed is None else typed.by,
            times=None if typed is None else typed.times,
        )


def begun(draft: Transcript, tables: Tables | None, where: str, by: str, now: datetime) -> Sitting:
    """A sitting over what was saved last, or over the draft where nothing was."""
    known = _record(draft, tables, where)
    return Sitting(known.turns, by, now, known.sittings, known=known.ruled)


def read(draft: Transcript, tables: Tables | None, where: str) -> Transcript:
    """The transcript as people left it: the draft itself where nobody has changed it."""
    return draft if tables is None else of(draft, _record(draft, tables, where))


def of(draft: Transcript, record: Record) -> Transcript:
    """The transcript with what people made of it; what was to be checked in turns that were is done."""
    starts = [turn.start_s for turn in record.turns]
    settled = record.typed is not None or all(turn.checks for turn in record.turns)

    def stands(flag: Flag) -> bool:
        if flag.kind in OF_THE_WHOLE:
            return not settled
        if record.typed is not None:
            # The machine doubts its own words, which nobody reads now.
            return False
        turn = bisect_right(starts, flag.start_s) - 1
        return turn < 0 or not record.turns[turn].checks

    flags = tuple(flag for flag in draft.flags if stands(flag))
    return draft.model_copy(update={"turns": record.turns, "flags": flags, "checked": record.checked})


def pack(record: Record, draft: Transcript) -> Tables:
    """The tables of the document: the sittings, the turns, and the flags that are still to be looked at."""
    return {
        "sittings": [_row(sat) for sat in record.sittings],
        "turns": [_row(turn) for turn in record.turns],
        "flags": [_row(flag) for flag in of(draft, record).flags],
        "rules": [_row(ruled) for ruled in record.ruled],
    }


def gone_past(now: Tables | None, new: Tables) -> bool:
    """Whether there is a sitting in what is saved that whoever saves this knows nothing of."""
    known = {row["began_at"] for row in new["sittings"]}
    return now is not None and any(row["began_at"] not in known for row in now["sittings"])


def words(checked: Checked | None) -> str:
    """How far it has come, for a reader: `checked by Ada, 80 % of turns`, or `a machine's draft`."""
    if checked is None:
        return "a machine's draft"
    rules = [f"{kind.value} in {count(places, 'place')}" for kind, places in checked.rules.items()]
    return ", ".join([_come(checked), *rules])


def _come(checked: Checked) -> str:
    names = ", ".join(checked.by)
    # Rounded down: all of it is not said before it is.
    share = f"checked by {names}, {100 * checked.turns // checked.of} % of turns" if checked.of else ""
    if checked.typed_by is not None:
        times = "" if checked.times is None else f" (times {checked.times.value})"
        told = f"typed elsewhere, brought in by {checked.typed_by}{times}"
        return f"{told}, {share}" if checked.turns else told
    if not checked.by:
        return "a machine's draft"
    return share if checked.turns else f"changed by {names}, no turn checked yet"


def taken(record: Record, turns: Iterable[CheckedTurn], by: str, times: TimesFrom, now: datetime) -> Record:
    """A file's turns in the place of those that were there; the sittings so far stay on record."""
    sat = Sat(by=by, began_at=now, until=now, changes=1, kind=SatKind.TYPED, times=times)
    return Record(tuple(turns), (*record.sittings, sat))


def listed(draft: Transcript, ruling: Edit | None, before: Sequence[Sat], now: datetime) -> Tables:
    """What is kept of a draft that went through the study's correction list, before anybody has seen it.

    `before` are the times that it did so with an earlier draft; None for `ruling` is that nothing changed.
    """
    changed = begun(draft, None, "", "", now)
    changed = changed if ruling is None else changed.changed(ruling)
    sat = Sat(by="", began_at=now, until=now, changes=len(changed.past), kind=SatKind.LISTED)
    return pack(Record(changed.turns, (*before, sat), changed.ruled), draft)


def sittings(tables: Mapping[str, Sequence[Row]] | None) -> tuple[Sat, ...]:
    """The sittings in what is kept; none where nothing is."""
    return tuple(Sat.model_validate(row) for row in (tables or {}).get("sittings", ()))


def worked_on(tables: Mapping[str, Sequence[Row]] | None) -> bool:
    """Whether somebody has made anything of a transcript: more than the correction list did by itself."""
    return any(sat.kind is not SatKind.LISTED for sat in sittings(tables))


def turns_of(tables: Mapping[str, Sequence[Row]] | None) -> Turns:
    """The turns in the tables of a draft, or of what people made of one; none where there is neither."""
    return tuple(CheckedTurn.model_validate(row) for row in (tables or {}).get("turns", ()))


def _counted(ruled: Iterable[Ruled]) -> dict[RuleKind, int]:
    """In how many places each rule changed something."""
    found: dict[RuleKind, int] = {}
    for one in ruled:
        found[one.kind] = found.get(one.kind, 0) + len(one.altered)
    return found


def _record(draft: Transcript, tables: Mapping[str, Sequence[Row]] | None, where: str) -> Record:
    if tables is None:
        return Record(tuple(as_checked(turn) for turn in draft.turns))
    try:
        turns = tuple(CheckedTurn.model_validate(row) for row in tables.get("turns", ()))
        sittings = tuple(Sat.model_validate(row) for row in tables.get("sittings", ()))
        ruled = tuple(Ruled.model_validate(row) for row in tables.get("rules", ()))
        return Record(turns, sittings, ruled)
    except ValidationError:
        raise StorageError(
            f"The checked transcript of {where} is damaged, or from a newer interviewkit.",
            "Update interviewkit, or put the study's transcripts folder back from your backup.",
        ) from None


def _row(record: Frozen) -> Row:
    return record.model_dump(mode="json")


def as_checked(turn: Turn) -> CheckedTurn:
    """A turn that nobody has checked yet."""
    if isinstance(turn, CheckedTurn):
        return turn
    return CheckedTurn.model_construct(**dict(turn))
