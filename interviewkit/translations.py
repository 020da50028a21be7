"""A parallel text: the turns of a transcript beside their translation. Pure.

turns ── sheet ─► Row[] (an id for each turn) ─► somebody fills in the translation ── taken ─► Translation
Translation + a turn as it is now ── Parallel.beside ─► its translation, and whether the turn changed since
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from interviewkit.harmless import visible
from interviewkit.models import TranslatedTurn, Translation, Turn

ID, TEXT, TRANSLATION = "Turn", "Text", "Translation"
CHANGED = "the turn has changed since"
COLUMNS = (ID, "Time", "Speaker", TEXT, TRANSLATION)


@dataclass(frozen=True)
class Beside:
    """What stands beside a turn; `stale` where its words changed since they were translated."""

    language: str
    by: str
    text: str
    stale: bool

    @property
    def shown(self) -> str:
        """For a reader, with a warning where it may not fit any more."""
        return f"{self.text} [{CHANGED}]" if self.stale else self.text


@dataclass(frozen=True)
class Taken:
    """What came of a sheet: the translation, and the rows that belong to no turn as it is now."""

    translation: Translation
    lost: tuple[int, ...] = ()
    empty: int = 0
    """Turns that have no translation."""


def ids(turns: Sequence[Turn]) -> list[str]:
    """An id for each turn, by when it begins: it stays while the turn does."""
    found: list[str] = []
    seen: dict[int, int] = {}
    for turn in turns:
        at_ms = round(turn.start_s * 1000)
        seen[at_ms] = seen.get(at_ms, 0) + 1
        found.append(f"{at_ms}" if seen[at_ms] == 1 else f"{at_ms}-{seen[at_ms]}")
    return found


def taken(
    rows: Sequence[tuple[int, dict[str, str]]],
    turns: Sequence[Turn],
    language: str,
    by: str,
    at: datetime,
    known: Translation | None = None,
) -> Taken:
    """The translation in the rows of a sheet; turns that it leaves empty keep what they had (`known`).

    What counts as translated is the text in the sheet: where the turn has changed since, that shows.
    """
    places = dict(zip(ids(turns), turns, strict=True))
    before = {_key(one): one for one in known.turns} if known is not None else {}
    lost, done = [], dict(before)
    for number, row in rows:
        text = visible(row.get(TRANSLATION, ""))
        turn = places.get(_whole(row.get(ID, "")))
        if turn is None:
            lost += [number] if text else []
        elif text:
            original = visible(row.get(TEXT, "")) or visible(turn.text)
            new = TranslatedTurn(
                speaker=turn.speaker, start_s=turn.start_s, end_s=turn.end_s, original=original, text=text
            )
            done[_key(new)] = new
    kept = sorted(done.values(), key=lambda one: one.start_s)
    found = Translation(language=language, by=by, at=at, turns=tuple(kept))
    empty = sum((turn.speaker, round(turn.start_s * 1000)) not in done for turn in turns)
    return Taken(found, tuple(lost), empty)


class Parallel:
    """Translations of one call, by turn."""

    def __init__(self, found: Sequence[Translation]) -> None:
        self._found = [(one, {_key(turn): turn for turn in one.turns}) for one in found]

    @property
    def languages(self) -> list[str]:
        """In which languages there is something."""
        return [one.language for one, _ in self._found]

    def beside(self, turn: Turn) -> tuple[Beside, ...]:
        """What stands beside a turn, language by language."""
        return tuple(self._beside(turn))

    def _beside(self, turn: Turn) -> Iterator[Beside]:
        for translation, texts in self._found:
            one = texts.get((turn.speaker, round(turn.start_s * 1000)))
            if one is not None:
                stale = one.original.split() != visible(turn.text).split()
                yield Beside(translation.language, translation.by, one.text, stale)


def _key(one: TranslatedTurn) -> tuple[str, int]:
    return one.speaker, round(one.start_s * 1000)


def _whole(text: str) -> str:
    """A turn's id as it was: spreadsheet programs make numbers of it."""
    return text.strip().removesuffix(".0")
