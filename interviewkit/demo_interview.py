"""The demonstration interview: a study of its own, a participant who is played, and a call held by itself.

    open_study ─► participant (consented) ─► inputs ─► the room on the screen, or hold ─► call

The participant's words and voice are in `demo_call`; who plays them is `capture/scripted`.
"""

import os
import time
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from interviewkit import demo, schedule, session_moves
from interviewkit.audio import SAMPLE_RATE
from interviewkit.capture import choice, devices, scripted, stage
from interviewkit.capture.messages import Wanted
from interviewkit.consent import Record
from interviewkit.errors import DeviceError, UsageError
from interviewkit.models import Ending, Schedule
from interviewkit.paths import STATE_VARIABLE
from interviewkit.room import Room
from interviewkit.schedule import CLOSING, OPENING
from interviewkit.study import Study

CALL = Path(__file__).parent / "demo_call"
TITLE = "A demonstration interview"
STATE = ".state"
SHORT = 3
"""Questions of a short interview: those with the shortest answers."""
PAUSE_S = 0.4
"""From the end of an answer to the next question."""

Say = Callable[[str], None]


def prepare(folder: Path, *, aloud: bool) -> None:
    """Let this process, and those that it starts, see the participant who is played.

    What is chosen in a demonstration is remembered in its own folder, and not for real calls.
    """
    os.environ[scripted.SCRIPT_VARIABLE] = scripted.ALOUD if aloud else scripted.MUTE
    os.environ[STATE_VARIABLE] = str(folder.absolute() / STATE)


def open_study(folder: Path) -> Study:
    """The demonstration's study in `folder`, made if it is not there; UsageError for another study."""
    return demo.open_study(folder, TITLE, CALL)


def participant(study: Study, *, consented: bool = True) -> str:
    """Somebody who was not interviewed, a new one for each interview; who has consented, or was not asked."""
    held = {interview.participant for interview in study.interviews()}
    waiting = [
        known.id
        for known in study.participants()
        if known.id not in held and (consented or not study.consent_events(known.id))
    ]
    chosen = waiting[0] if waiting else study.add_participant(demo.GROUP, demo.JURISDICTION).id
    if consented:
        demo.consent(study, chosen)
    return chosen


def inputs(microphone: str | None) -> tuple[Wanted, ...]:
    """Both sides played, or, with a microphone's name or number, the participant alone; remembered.

    Raises DeviceError for a microphone that isn't there.
    """
    chosen: tuple[Wanted, ...] = (scripted.wanted(2),)
    if microphone is not None:
        real = [device for device in devices.inputs() if device.name != scripted.NAME]
        chosen = devices.find(real, microphone).wanted(1), scripted.wanted(1)
    choice.remember(chosen)
    return chosen


# ── an interviewer who is played as well ────────────────────────────────────────────────────────


def hold(study: Study, who: str, wanted: Sequence[Wanted], say: Say, *, short: bool = False) -> str:
    """Hold a whole interview, or a short one, in real time; hands back its id.

    Each question is put when the answer before it is over, with all its probes; a short interview has three
    questions and nothing else. Raises UsageError where there is nothing that asks, and what `Room` raises.
    """
    if sum(source.channels for source in wanted if source.name == scripted.NAME) != 2:
        raise UsageError("Nobody can ask by itself with a microphone.", "Leave out --device or --by-itself.")
    guide = schedule.load(study.paths.schedules / f"{study.group(demo.GROUP).schedule}.yaml")
    order = shortest(guide) if short else whole(guide)
    # Recording begins with the opening script, which is a cue as well.
    room = Room.begin(study, study.grant(who, Record), wanted)
    try:
        say(f"Recording {room.interview}: about {_minutes(order)} minutes, in real time.")
        for put in order:
            _put(room, put, say)
            time.sleep(length_s(put) + PAUSE_S)
        kept = room.end(time.monotonic())
    finally:
        if room.log.state.live:
            room.end(time.monotonic(), Ending.DROPPED)
        room.done()
    if kept is None:
        raise DeviceError("Nothing was recorded.", "Try again; if it stays so, tell the authors.")
    return kept.interview


def whole(guide: Schedule) -> list[str]:
    """Everything in its order: scripts and their checks, questions and their probes."""
    asked = [placed.question for placed in schedule.questions(guide)]
    between = [put for question in asked for put in (question.id, *schedule.probe_ids(question))]
    return [*_script(OPENING, guide.opening.checks), *between, *_script(CLOSING, guide.closing.checks)]


def shortest(guide: Schedule) -> list[str]:
    """The questions that take least time, in their order."""
    asked = [placed.question.id for placed in schedule.questions(guide)]
    chosen = sorted(asked, key=length_s)[:SHORT]
    return [question for question in asked if question in chosen]


@cache
def length_s(cue: str) -> float:
    """How long it takes to ask and answer what has this id."""
    clips = stage.folder_clips(scripted.VOICES)
    return max((clip.stop for clip in stage.plan(clips, cue, 2)), default=0) / SAMPLE_RATE


def _script(name: str, checks: Sequence[str]) -> list[str]:
    return [name, *(f"{name}.{letter}" for letter in "abcdefghij"[: len(checks)])]


def _minutes(order: Sequence[str]) -> int:
    return max(1, round(sum(length_s(put) + PAUSE_S for put in order) / 60))


def _put(room: Room, put: str, say: Say) -> None:
    topic, _, letter = put.partition(".")
    if letter:
        room.do(session_moves.ask_probe, letter)
    elif not (put == OPENING and room.log.state.current == OPENING):
        room.do(session_moves.ask, topic)
    known = room.log.topics[topic]
    text = known.probes[known.letters.index(letter)] if letter else known.text
    say(" ".join(text.split()))
