"""A released call ↔ the tables of its two documents: pure.

The text is in one, so that it is found and read at once; when each word is heard in the other. Where the
second is of another release, as a kill may leave it, words are taken to be spread evenly over their turns.
"""

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from interviewkit.errors import StorageError
from interviewkit.models import Release, Released, Said

Row = dict[str, Any]
Tables = dict[str, list[Row]]
Stretches = Sequence[tuple[int, int]]
"""From a time to another, in ms."""


def pack(released: Released) -> tuple[Tables, Tables]:
    """The tables of the text and of the times."""
    row = released.release.model_dump(mode="json")
    turns = [turn.model_dump(mode="json", exclude={"times_ms"}) for turn in released.turns]
    times = [[time for word in turn.times_ms for time in word] for turn in released.turns]
    timing = {"release": released.release.id, "times_ms": times}
    return {"release": [row], "turns": turns}, {"timing": [timing]}


def unpack(call: int, tables: Tables, timing: Tables | None, where: str) -> Released:
    """The call again; `where` names it in the StorageError for tables that make no sense."""
    try:
        release = Release.model_validate(tables["release"][0])
        turns = tuple(Said.model_validate(row) for row in tables.get("turns", ()))
    except (ValidationError, KeyError, IndexError, TypeError):
        raise StorageError(
            f"What was released of {where} is damaged, or from a newer interviewkit.",
            "Release it again, or put the study's transcripts folder back from your backup.",
        ) from None
    return Released(call=call, release=release, turns=_timed(turns, release.id, timing))


def _timed(turns: tuple[Said, ...], release: str, timing: Tables | None) -> tuple[Said, ...]:
    rows = (timing or {}).get("timing") or [{}]
    times = rows[0].get("times_ms", [])
    if rows[0].get("release") != release or len(times) != len(turns):
        return turns
    return tuple(
        turn.model_copy(update={"times_ms": tuple(zip(flat[::2], flat[1::2], strict=True))})
        if len(flat) == 2 * len(turn.words)
        else turn
        for turn, flat in zip(turns, times, strict=True)
    )


def without(released: Released, stretches: Stretches) -> Released:
    """The call without any word that a stretch touches; a turn is left out where none of it stays."""
    turns = [left for turn in released.turns if (left := _outside(turn, stretches)) is not None]
    return released.model_copy(update={"turns": tuple(turns)})


def _outside(turn: Said, stretches: Stretches) -> Said | None:
    times = [turn.time_ms(word) for word in range(len(turn.words))]
    stays = [n for n, time in enumerate(times) if not any(_touches(time, one) for one in stretches)]
    if len(stays) == len(times):
        return turn
    if not stays:
        return None
    words = turn.words
    return turn.model_copy(
        update={
            "text": " ".join(words[n] for n in stays),
            "times_ms": tuple(times[n] for n in stays),
            "start_s": times[stays[0]][0] / 1000,
            "end_s": max(times[n][1] for n in stays) / 1000,
        }
    )


def _touches(word: tuple[int, int], stretch: tuple[int, int]) -> bool:
    if word[0] == word[1]:
        return stretch[0] <= word[0] <= stretch[1]
    return word[0] < stretch[1] and word[1] > stretch[0]
