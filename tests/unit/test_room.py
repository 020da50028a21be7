import time
from pathlib import Path

import pytest

from interviewkit import room as rooms
from interviewkit.capture import control, scripted
from interviewkit.capture.control import Unfinished
from interviewkit.capture.messages import Alarm, Closed
from interviewkit.consent import Record
from interviewkit.errors import ConsentRefused, DeviceError, StorageError, UsageError
from interviewkit.models import ActionKind, Ending
from interviewkit.room import Room, recover
from interviewkit.session_moves import Tag, ask, ask_probe, improvise, note, tag
from interviewkit.study import Study
from tests import small_study
from tests.room_world import LINE, MIC, Recorders
from tests.system.virtual_sound import wait_until

RATE = 16_000


@pytest.fixture
def study(tmp_path: Path) -> Study:
    study = small_study.new_study(tmp_path)
    study.add_participant("patients", "uk")
    small_study.give(study, "P01")
    return study


@pytest.fixture
def recorders(monkeypatch: pytest.MonkeyPatch) -> Recorders:
    made = Recorders()
    monkeypatch.setattr(control, "begin", made.begin)
    monkeypatch.setattr(rooms, "AGAIN_S", 0.02)
    return made


@pytest.fixture
def room(study: Study, recorders: Recorders) -> Room:
    return Room.begin(study, study.grant("P01", Record), (MIC, LINE))


def now_s() -> float:
    return time.monotonic()


def kinds(room: Room) -> list[ActionKind]:
    return [action.kind for action in room.log.actions]


def test_a_call_is_begun_held_and_kept(study: Study, room: Room, recorders: Recorders) -> None:
    recorders.last.levels(-30.0, -30.0)
    pressed_s = now_s()
    room.do_at(pressed_s, ask)
    room.do_at(pressed_s + 1, ask_probe, "a")
    mark, probe = room.log.state.marks[-2:]
    assert probe.frame - mark.frame == RATE
    assert abs(mark.frame - (pressed_s - recorders.last.began_s) * RATE) < 0.05 * RATE
    kept = room.end(now_s())
    room.done()
    assert kept is not None
    known = study.interview("P01-1")
    assert (kept.call.number, [call.number for call in known.calls]) == (1, [1])
    assert [m.question for m in known.marks] == ["opening", "first", "first.a"]
    assert known.actions[-1].ending is Ending.FINISHED
    assert recorders.last.told == ["stop", "close"]


def test_who_talks_is_counted_towards_what_was_put_last(room: Room, recorders: Recorders) -> None:
    quiet, loud = (-70.0, -70.0), (-70.0, -20.0)
    for level in (quiet, *[loud] * 10):
        recorders.last.levels(*level)
    wait_until(lambda: room.talk.get(1, {}).get(1, 0.0) > 0.95, "nobody was heard")
    room.do(ask)
    for _ in range(10):
        recorders.last.levels(*loud)
    wait_until(lambda: room.talk.get(2, {}).get(1, 0.0) > 0.95, "nobody was heard")
    assert 0 not in room.talk[1]
    assert room.talk[1][1] < 1.1


def test_off_the_record_both_recorder_and_log_stop(room: Room, recorders: Recorders) -> None:
    pressed_s = now_s()
    room.pause(pressed_s)
    frame = room.frame_at(pressed_s)
    assert room.live.paused
    assert room.frame_at(pressed_s + 60) == frame
    with pytest.raises(UsageError, match="paused already"):
        room.pause(now_s())
    room.resume(pressed_s + 60)
    assert room.frame_at(pressed_s + 61) == frame + RATE
    assert recorders.last.told == ["pause", "resume"]
    assert room.log.state.left_out[0].lasted_s == pytest.approx(60)


def test_a_killed_recorder_is_replaced_and_what_it_had_is_kept(
    study: Study, room: Room, recorders: Recorders
) -> None:
    room.do(ask)
    room.do(note, "Something said.")
    recorders.last.killed = True
    wait_until(lambda: room.again == 1 and room.recorder is recorders.last, "it was not begun again")
    assert room.log.state.call == 2
    assert room.log.state.current == "first"
    wait_until(lambda: len(study.interview("P01-1").calls) == 1, "the first call was not kept")
    room.do(ask_probe, "a")
    assert room.end(now_s()) is not None
    room.done()
    known = study.interview("P01-1")
    assert [call.number for call in known.calls] == [1, 2]
    assert [(m.call, m.question) for m in known.marks] == [
        (1, "opening"),
        (1, "first"),
        (2, "first"),
        (2, "first.a"),
    ]
    assert [n.text for n in study.notes(study.grant("P01", Record), "P01-1", 1)] == ["Something said."]


def test_off_the_record_stays_so_with_another_recorder(room: Room, recorders: Recorders) -> None:
    room.pause(now_s())
    recorders.last.killed = True
    wait_until(lambda: room.again == 1, "it was not begun again")
    wait_until(lambda: recorders.last.told == ["pause"], "the new recorder records what must not be")
    assert room.log.state.paused


def test_without_a_device_it_says_that_nothing_is_recorded_until_there_is_one(
    room: Room, recorders: Recorders
) -> None:
    recorders.refusal = DeviceError("mic is not there any more.", "Plug it in.")
    recorders.last.killed = True
    wait_until(lambda: room.trouble is not None and "NOTHING" in room.trouble.message, "nothing was said")
    assert room.recorder is None
    room.do(tag, Tag.IMPORTANT)
    recorders.refusal = None
    wait_until(lambda: room.trouble is None, "it did not go on")
    assert room.again == 1
    assert ActionKind.NOTED in kinds(room)


def test_a_full_disk_is_told_and_recording_goes_on_when_there_is_room(
    room: Room, recorders: Recorders
) -> None:
    recorders.refusal = StorageError("The disk has no room.", "Free some space.")
    recorders.last.say(Alarm("disk full", "", True, 9, "The disk is full."), Closed("disk full", 9, ()))
    wait_until(lambda: room.trouble is not None and "NOTHING" in room.trouble.message, "nothing was said")
    recorders.refusal = None
    wait_until(lambda: room.again == 1 and room.trouble is None, "it did not go on")


def test_marks_that_can_not_be_saved_are_told_and_kept_in_memory(
    room: Room, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.do(ask)
    wait_until(lambda: room.saved == 2, "nothing was saved")
    with monkeypatch.context() as broken:
        broken.setattr(study, "commit", lambda *_: (_ for _ in ()).throw(StorageError("The disk is full.")))
        room.do(ask_probe, "a")
        wait_until(lambda: room.trouble is not None, "nothing was said")
        assert room.saved == 2
        assert len(room.log.actions) == 3
    room.do(tag, Tag.IMPORTANT)
    wait_until(lambda: room.saved == 4 and room.trouble is None, "nothing was saved")


# ── coming back ─────────────────────────────────────────────────────────────────────────────────


def left_behind(study: Study) -> Unfinished:
    return control.unfinished(study)[0]


def test_a_screen_that_comes_back_finds_the_call_as_it_was(
    study: Study, room: Room, recorders: Recorders, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.do(ask)
    room.do(note, "Kept.")
    room.leave()
    monkeypatch.setattr(Unfinished, "attach", lambda _: recorders.last)
    again = Room.rejoin(study, left_behind(study))
    assert again is not None
    assert again.log.state.live
    assert again.log.state.current == "first"
    assert [n.text for n in again.log.notes] == ["Kept."]
    assert again.saved == len(again.log.actions) == 3
    again.do(ask_probe, "a")
    assert again.end(now_s()) is not None
    again.done()
    assert [m.question for m in study.interview("P01-1").marks] == ["opening", "first", "first.a"]


def test_a_pause_that_only_the_recorder_knew_is_put_into_the_log(
    study: Study, room: Room, recorders: Recorders, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.leave()
    recorders.last.state = type(recorders.last.state)(**{**vars(recorders.last.state), "paused": True})
    monkeypatch.setattr(Unfinished, "attach", lambda _: recorders.last)
    again = Room.rejoin(study, left_behind(study))
    assert again is not None
    assert again.log.state.paused
    again.leave()


def test_what_a_crash_left_of_both_is_kept_as_a_dropped_call(study: Study, room: Room) -> None:
    room.do(ask)
    room.leave()
    left = left_behind(study)
    assert Room.rejoin(study, left) is None
    found = recover(study, left)
    assert found is not None
    assert (found.interview, found.call, found.length_s, found.complete) == ("P01-1", 1, 1.0, True)
    known = study.interview("P01-1")
    assert known.actions[-1].ending is Ending.DROPPED
    assert control.unfinished(study) == []


def test_a_recording_whose_consent_is_gone_stays_where_it_is(study: Study, room: Room) -> None:
    room.leave()
    small_study.withdraw(study, "P01")
    left = left_behind(study)
    with pytest.raises(ConsentRefused):
        Room.rejoin(study, left)
    with pytest.raises(ConsentRefused):
        recover(study, left)
    assert left_behind(study).recording == left.recording


def cues(recorders: Recorders) -> list[str]:
    return [told.removeprefix("cue ") for told in recorders.last.told if told.startswith("cue ")]


def test_a_participant_who_is_played_is_told_what_is_put(study: Study, recorders: Recorders) -> None:
    room = Room.begin(study, study.grant("P01", Record), (scripted.wanted(2),))
    room.do(ask)
    room.do(ask_probe, "a")
    room.do(note, "a note")
    room.do(improvise, "And you?")
    room.pause(now_s())
    room.resume(now_s())
    room.end(now_s())
    assert cues(recorders) == ["opening", "first", "first.a", "improvised-1", "paused"]


def test_nobody_else_is(room: Room, recorders: Recorders) -> None:
    room.do(ask)
    room.end(now_s())
    assert cues(recorders) == []
