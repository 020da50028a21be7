"""What ends the work with somebody's data, asked on the screen: freeze, thaw, withdraw, erase.

The words are those of the commands (`rights_words`). What can't be taken back wants the number typed.
"""

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING

from interviewkit import erasure, rights_words, withdrawal
from interviewkit.models import Level
from interviewkit.study_rights import Standing
from interviewkit.tui.modals import AskLine, Choose, Confirm

if TYPE_CHECKING:
    from interviewkit.tui.screens.frame import Frame

FREEZE, THAW, WITHDRAW, ERASE = "freeze", "thaw", "withdraw", "erase"
WHY_FREEZE = "Why? Only those can read it who may ring them. It may be left empty."
WHY = "Why? It is kept, and so is your name."


def choices(held: Standing) -> list[tuple[str, str]]:
    """What can be done now."""
    freeze = (FREEZE, f"Freeze them at once. {rights_words.FREEZE}")
    found = [(THAW, "End the freeze") if held.frozen_at is not None else freeze]
    if not (held.undecided or held.queued):
        found.append((WITHDRAW, "They withdraw: no contact, no reuse or quotes, or erase"))
    if held.doubt:
        return [*found, (ERASE, f"Erase them: there is a tombstone, but {held.doubt}")]
    return [*found, (ERASE, "Erase them, as was asked for")] if held.queued else found


async def ask(screen: "Frame", participant: str, by: str) -> bool:
    """Ask what is to end, and do it; whether anything was done."""
    study = screen.kit.study
    held = await asyncio.to_thread(study.standing, participant)
    if held.stone is not None:
        screen.kit.tell(f"{participant} is {rights_words.held(held)}.")
        return False
    title = f"End work with {participant}?"
    chosen = await screen.app.push_screen_wait(Choose(title, choices(held)))
    match chosen:
        case "freeze":
            return await _freeze(screen, participant, by)
        case "thaw":
            return await _thaw(screen, participant, by)
        case "withdraw":
            return await withdraw(screen, participant, by)
        case "erase":
            return await _erase(screen, participant, by)
    return False


async def _freeze(screen: "Frame", participant: str, by: str) -> bool:
    line = AskLine(f"Freeze {participant}", WHY_FREEZE, check=lambda line: "")
    why = await screen.app.push_screen_wait(line)
    if why is None:
        return False
    await asyncio.to_thread(erasure.freeze, screen.kit.study, participant, by, why)
    screen.kit.tell(rights_words.frozen(participant))
    return True


async def _thaw(screen: "Frame", participant: str, by: str) -> bool:
    why = await screen.app.push_screen_wait(AskLine(f"End the freeze of {participant}", WHY))
    if why is None:
        return False
    await asyncio.to_thread(screen.kit.study.thaw, participant, by, why)
    screen.kit.tell(rights_words.thawed(participant))
    return True


async def withdraw(screen: "Frame", participant: str, by: str) -> bool:
    """How far they withdraw, what that comes to, and whether it is what they ask for."""
    levels = [(level.name, f"{level.value}: {rights_words.LEVELS[level]}") for level in Level]
    chosen = await screen.app.push_screen_wait(Choose(f"{participant} withdraws: how far?", levels))
    if chosen is None:
        return False
    level, study = Level[chosen], screen.kit.study
    window = rights_words.window(await asyncio.to_thread(study.promised, participant, level))
    about = f"{rights_words.LEVELS[level]} {window}"
    if not await screen.app.push_screen_wait(Confirm("Is that what they ask for?", about)):
        return False
    await take_back(screen, participant, level, by)
    return True


async def take_back(screen: "Frame", participant: str, level: Level, by: str) -> None:
    """Put it on record, and say what it comes to."""
    study = screen.kit.study
    promised = await asyncio.to_thread(withdrawal.take_back, study, participant, level, by)
    due_on = await asyncio.to_thread(erasure.due_on, study, participant)
    _tell(screen, rights_words.taken_back(participant, level, promised, due_on))


async def _erase(screen: "Frame", participant: str, by: str) -> bool:
    study = screen.kit.study
    handed_on = await asyncio.to_thread(study.recall, participant)
    about = " ".join(rights_words.before_erasing(participant, handed_on))
    wrong = f"Type {participant}, or press Esc."
    line = AskLine(
        f"Type {participant} to erase them", about, check=lambda line: "" if line == participant else wrong
    )
    if await screen.app.push_screen_wait(line) is None:
        return False
    done = await asyncio.to_thread(erasure.erase, study, participant, by)
    _tell(screen, [*rights_words.erased(done.stone), *rights_words.to_recall(done.recall)])
    return True


def _tell(screen: "Frame", lines: Iterable[str]) -> None:
    first, *more = lines
    screen.kit.alarm(first, " ".join(more))
