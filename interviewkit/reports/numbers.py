"""Numbers under which participants are quoted: chosen at random once, kept sealed, never used again. Pure.

Numbered[] + who is to be quoted ── chosen ─► Numbered[], with the new ones

A number says nothing of the study's: it is drawn among more than there are to give, and is not the same one.
Whoever is erased leaves their number behind, without whose it was, so that nobody else gets it.
"""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence

from interviewkit.models import Numbered

SPARE = 5
"""How many more there are to draw from than are needed: the last to come can't be told by what is left."""


def chosen(
    known: Sequence[Numbered],
    wanted: Mapping[str, str],
    targets: Mapping[str, int],
    draw: Callable[[Sequence[int]], int] = secrets.choice,
) -> tuple[Numbered, ...]:
    """With a number for each of `wanted`, participants with their groups; `targets` are sizes of groups."""
    found = list(known)
    have = {one.participant for one in known}
    for participant, group in sorted(wanted.items()):
        if participant in have:
            continue
        taken = {one.number for one in found if one.group == group}
        most = max(targets.get(group, 0), len(taken) + 1) + SPARE
        own = int("".join(filter(str.isdigit, participant)) or 0)
        free = [number for number in range(1, most + 1) if number not in taken and number != own]
        found.append(Numbered(participant=participant, group=group, number=draw(free)))
    return tuple(found)


def forgotten(known: Iterable[Numbered], participant: str) -> tuple[Numbered, ...]:
    """Whose number it was is gone; that it was given stays."""
    return tuple(
        one.model_copy(update={"participant": ""}) if one.participant == participant else one for one in known
    )


def by_participant(known: Iterable[Numbered]) -> dict[str, int]:
    """The numbers of those who have one."""
    return {one.participant: one.number for one in known if one.participant}
