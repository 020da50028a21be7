"""Meaning units of an interview and what becomes of them: pure.

    Released + a passage ── made ─► Unit ── relabelled, moved, split, merged … ─► Coded

Nothing is ever thrown away: what is removed, split or merged stays with its history and `gone`. Functions
give a new `Coded`; they raise UsageError for what makes no sense, and then nothing has changed.
"""

import base64
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from interviewkit.errors import UsageError
from interviewkit.models import Coded, Passage, Place, Released, Unit, UnitAct, UnitChange
from interviewkit.passages import anchored, passage, span, text

ID_BYTES = 5
STRUCK_TEXT = "[struck]"


@dataclass(frozen=True)
class Who:
    """Who does it, and when."""

    name: str
    at: datetime

    @classmethod
    def now(cls, name: str) -> "Who":
        """Somebody, at this moment."""
        return cls(name, datetime.now(UTC))


def new_id() -> str:
    """Eight letters and digits that nobody else makes: units of two computers never share one."""
    return base64.b32encode(secrets.token_bytes(ID_BYTES)).decode().lower()


def made(
    coded: Coded,
    call: Released,
    where: Passage,
    who: Who,
    *,
    interview: str,
    label: str,
    domain: str,
    memo: str = "",
    category: str | None = None,
) -> tuple[Coded, Unit]:
    """A new unit."""
    unit = Unit(
        id=new_id(),
        interview=interview,
        passage=where,
        text=text(call, where.first, where.last),
        label=_plain(label),
        question=call.turns[where.first.turn].question,
        domain=domain,
        category=category,
        memo=memo.strip(),
        history=(_change(UnitAct.MADE, who),),
    )
    return coded.model_copy(update={"units": (*coded.units, unit)}), unit


def unit(coded: Coded, name: str) -> Unit:
    """A unit that counts, by its id; UsageError where there is none."""
    for one in coded.standing:
        if one.id == name:
            return one
    raise UsageError(f"There is no meaning unit {name}.", "It may have been removed, split or merged.")


def lineage(coded: Coded, name: str) -> set[str]:
    """The units that were split or merged into one, and those that these came from."""
    parents = {one.id: one.came_from for one in coded.units}
    found, ahead = set(), list(parents.get(name, ()))
    while ahead:
        parent = ahead.pop()
        if parent not in found:
            found.add(parent)
            ahead += parents.get(parent, ())
    return found


def relabelled(coded: Coded, name: str, label: str, who: Who, reason: str = "") -> Coded:
    """With another summary label."""
    old = unit(coded, name)
    return _with(coded, old, who, UnitAct.RELABELLED, old.label, _plain(label), reason, label=_plain(label))


def moved(coded: Coded, name: str, domain: str, category: str | None, who: Who, reason: str = "") -> Coded:
    """In another domain, or another category of one."""
    old = unit(coded, name)
    before, after = _sorted_into(old.domain, old.category), _sorted_into(domain, category)
    return _with(coded, old, who, UnitAct.MOVED, before, after, reason, domain=domain, category=category)


def noted(coded: Coded, name: str, memo: str, who: Who) -> Coded:
    """With another memo."""
    old = unit(coded, name)
    return _with(coded, old, who, UnitAct.MEMO, old.memo, memo.strip(), memo=memo.strip())


def stretched(coded: Coded, name: str, call: Released, where: Passage, who: Who) -> Coded:
    """Over another passage of the same call."""
    old = unit(coded, name)
    new_text = text(call, where.first, where.last)
    return _with(
        coded, old, who, UnitAct.STRETCHED, old.text, new_text, passage=where, text=new_text,
        question=call.turns[where.first.turn].question,
    )  # fmt: skip


def split(
    coded: Coded, name: str, call: Released, at: Place, who: Who, labels: tuple[str, str] | None = None,
    reason: str = "",
) -> tuple[Coded, tuple[Unit, Unit]]:  # fmt: skip
    """Two units of one, the second beginning with the word `at`; without `labels` both keep the label."""
    old = unit(coded, name)
    where = anchored(call, old.passage)
    places = [] if where is None else span(call, where.first, where.last)
    if where is None or at not in places[1:]:
        raise UsageError(
            "A unit is split before one of its words, and not the first.", "Choose another word."
        )
    before = places[places.index(at) - 1]
    parts = ((where.first, before), (at, where.last))
    one, two = (
        _offspring(old, (old,), call, passage(call, *part), label, who, UnitAct.SPLIT, reason)
        for part, label in zip(parts, labels or (old.label, old.label), strict=True)
    )
    return _in_place(coded, (old,), (one, two), who, UnitAct.SPLIT, reason), (one, two)


def merged(
    coded: Coded, names: Sequence[str], call: Released, who: Who, label: str | None = None, reason: str = ""
) -> tuple[Coded, Unit]:
    """One unit of several of a call; sorted like the first, and named like it unless there is a `label`."""
    olds = [unit(coded, name) for name in dict.fromkeys(names)]
    places = [where for old in olds if (where := anchored(call, old.passage)) is not None]
    if len(olds) < 2 or len(places) < len(olds) or {old.passage.call for old in olds} != {call.call}:
        raise UsageError("Two units or more of one call can be merged.", "Choose them again.")
    whole = passage(call, min(p.first for p in places), max(p.last for p in places))
    first = min(olds, key=lambda old: (old.passage.first, old.passage.last))
    new = _offspring(
        first, olds, call, whole, first.label if label is None else label, who, UnitAct.MERGED, reason
    )
    memos = dict.fromkeys(old.memo for old in olds if old.memo)
    new = new.model_copy(update={"memo": "\n".join(memos)})
    return _in_place(coded, olds, (new,), who, UnitAct.MERGED, reason), new


def removed(coded: Coded, name: str, who: Who, reason: str = "") -> Coded:
    """Without a unit; it can be had back."""
    return _with(coded, unit(coded, name), who, UnitAct.REMOVED, reason=reason, gone=True)


def restored(coded: Coded, name: str, who: Who) -> Coded:
    """With a unit that had been removed; UsageError where it was split or merged, as its parts stand."""
    for old in coded.units:
        if old.id == name and old.gone and old.history[-1].act is UnitAct.REMOVED:
            return _with(coded, old, who, UnitAct.RESTORED, gone=False)
    raise UsageError(
        f"There is no meaning unit {name} that was removed.", "See: interviewkit unit list --all"
    )


def reverted(coded: Coded, before: Coded, after: Coded, who: Who) -> Coded:
    """With what was done between two states taken back; it stays in the history, and so does this.

    Raises UsageError where somebody has changed the same units since.
    """
    was, done, now = ({one.id: one for one in state.units} for state in (before, after, coded))
    changed = [name for name, one in done.items() if was.get(name) != one]
    if any(name not in now or _content(now[name]) != _content(done[name]) for name in changed):
        raise UsageError("Somebody has changed these units since.", "Change them as they are now.")
    for name in changed:
        old = was.get(name, done[name].model_copy(update={"gone": True}))
        history = (*now[name].history, _change(UnitAct.RESTORED if name in was else UnitAct.REMOVED, who))
        now[name] = old.model_copy(update={"history": history})
    return coded.model_copy(update={"units": tuple(now.values())})


def struck(coded: Coded, call: int, stretches_ms: Iterable[tuple[int, int]], who: Who) -> Coded:
    """Without what was said in stretches of a call, and without labels and memos that may repeat it.

    A unit of which nothing is left is gone altogether, history and all. One that is touched keeps its place
    and sorting, with an empty label: somebody reads what is left and writes it anew.
    """
    stretches = tuple(stretches_ms)
    left, dropped = [], set()
    for old in coded.units:
        where = old.passage
        hit = [s for s in stretches if where.call == call and s[0] < where.end_ms and s[1] > where.start_ms]
        if not hit:
            left.append(old)
        elif any(start <= where.start_ms and stop >= where.end_ms for start, stop in hit) or old.gone:
            dropped.add(old.id)
        elif old.text != STRUCK_TEXT:
            bare = (old.history[0].model_copy(update={"before": "", "after": "", "reason": ""}),)
            change = _change(UnitAct.STRUCK, who)
            left.append(
                old.model_copy(
                    update={"text": STRUCK_TEXT, "label": "", "memo": "", "history": (*bare, change)}
                )
            )
        else:
            left.append(old)
    touched = {old.id for old in left if old.text == STRUCK_TEXT} | dropped
    reviews = tuple(one for one in coded.reviews if one.about not in touched)
    known = {one.id for one in reviews}
    return Coded(
        units=tuple(left),
        reviews=reviews,
        consensus=tuple(one for one in coded.consensus if one.review in known),
    )


# ── how it is done ──────────────────────────────────────────────────────────────────────────────


def _content(one: Unit) -> Unit:
    """The unit apart from how it came about."""
    return one.model_copy(update={"history": one.history[:1]})


def _plain(label: str) -> str:
    return " ".join(label.split())


def _sorted_into(domain: str, category: str | None) -> str:
    return domain if category is None else f"{domain}/{category}"


def _change(act: UnitAct, who: Who, before: str = "", after: str = "", reason: str = "") -> UnitChange:
    return UnitChange(act=act, by=who.name, at=who.at, before=before, after=after, reason=reason.strip())


def _with(
    coded: Coded, old: Unit, who: Who, act: UnitAct, before: str = "", after: str = "", reason: str = "",
    **update: object,
) -> Coded:  # fmt: skip
    """With a unit changed; as it was where that changes nothing."""
    if all(getattr(old, name) == value for name, value in update.items()):
        return coded
    history = (*old.history, _change(act, who, before, after, reason))
    new = old.model_copy(update={**update, "history": history})
    return coded.model_copy(update={"units": tuple(new if one.id == old.id else one for one in coded.units)})


def _offspring(
    like: Unit, parents: Iterable[Unit], call: Released, where: Passage, label: str, who: Who, act: UnitAct,
    reason: str,
) -> Unit:  # fmt: skip
    return like.model_copy(
        update={
            "id": new_id(),
            "passage": where,
            "text": text(call, where.first, where.last),
            "label": _plain(label),
            "question": call.turns[where.first.turn].question,
            "history": (_change(act, who, reason=reason),),
            "came_from": tuple(parent.id for parent in parents),
        }
    )


def _in_place(
    coded: Coded, olds: Sequence[Unit], news: Sequence[Unit], who: Who, act: UnitAct, reason: str
) -> Coded:
    """The new units after the first of the old ones, which stay with their history."""
    gone = {old.id for old in olds}
    change = _change(act, who, reason=reason)
    units: list[Unit] = []
    for one in coded.units:
        if one.id not in gone:
            units.append(one)
            continue
        units.append(one.model_copy(update={"gone": True, "history": (*one.history, change)}))
        if one.id == olds[0].id:
            units += news
    return coded.model_copy(update={"units": tuple(units)})
