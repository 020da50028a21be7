import pytest

from interviewkit.capture.messages import (
    Alarm,
    Anchor,
    Closed,
    Gap,
    Levels,
    Marked,
    Message,
    Paused,
    Saved,
    State,
)
from interviewkit.room_live import HISTORY, Ear, Live, attached, heard

RATE = 16_000
LIVE = Live(("mic", "line"), at_s=100.0, frame=RATE)
DEAD = Alarm("dead", "mic", True, 5, "mic: nothing.")


def after(*messages: Message, live: Live = LIVE) -> Live:
    for message in messages:
        live = heard(live, message)
    return live


def test_a_moment_has_its_frame_before_and_after_the_last_anchor() -> None:
    live = after(Anchor(200.0, "", 50 * RATE))
    assert live.frame_at(200.5) == round(50.5 * RATE)
    assert live.frame_at(199.0) == 49 * RATE
    assert live.frame_at(100.0) == 0


def test_while_paused_time_stands_still_but_what_came_before_keeps_its_frame() -> None:
    live = after(Paused(2 * RATE, True, 101.0))
    assert live.frame_at(500.0) == 2 * RATE
    assert live.frame_at(100.5) == round(1.5 * RATE)
    # What a recorder says about its clock while it is paused moves nothing.
    assert after(Anchor(300.0, "", 9 * RATE), live=live).frame_at(500.0) == 2 * RATE


def test_after_a_pause_frames_go_on_from_where_they_were() -> None:
    live = after(Paused(2 * RATE, True, 101.0), Paused(2 * RATE, False, 161.0))
    assert not live.paused
    assert live.frame_at(162.0) == 3 * RATE


def test_an_alarm_stands_until_it_is_taken_back() -> None:
    other = Alarm("quiet", "line", True, 6, "line: quiet.")
    over = Alarm("dead", "mic", False, 9, "mic: heard again.")
    assert list(after(DEAD, other).alarms.values()) == [DEAD, other]
    assert list(after(DEAD, other, over).alarms.values()) == [other]
    assert list(after(DEAD, other, DEAD).alarms.values()) == [other, DEAD]


def test_levels_are_kept_for_less_than_a_second() -> None:
    live = after(*(Levels(n, (-9.0, -9.0), (-20.0, -20.0)) for n in range(30)))
    assert [level.frame for level in live.levels] == list(range(30 - HISTORY, 30))


def test_the_rest_is_taken_as_it_is() -> None:
    gap = Gap(4, 1.0, "sound lost", True)
    closed = Closed("disk full", 9, ())
    live = after(gap, Saved(7, 60.0), Marked("q", 4), closed)
    assert (live.gaps, live.saved_frames, live.room_s, live.closed) == ((gap,), 7, 60.0, closed)
    assert live.separate
    assert not Live(("mic",)).separate


def test_whoever_attaches_hears_what_was_missed() -> None:
    state = State(
        "r", "P01-1", ("mic",), (RATE,), "", 1, 50.0, 9, True, 0, 0, 0.0, (DEAD, Paused(9, True, 40.0))
    )
    live = attached(state)
    assert live.alarms == {("dead", "mic"): DEAD}
    assert live.paused
    assert live.frame_at(60.0) == 9


# ── who talks ───────────────────────────────────────────────────────────────────────────────────


def talk(levels: list[float]) -> list[bool]:
    ear = Ear()
    return [ear.hear(level) for level in levels]


def test_speech_above_a_background_is_talk_and_so_is_a_breath() -> None:
    said = talk([-70.0] * 20 + [-25.0] * 10 + [-70.0] * 20)
    assert said[:20] == [False] * 20
    assert said[20:30] == [True] * 10
    assert said[30:34] == [True] * 4
    assert said[-10:] == [False] * 10


@pytest.mark.parametrize("steady", [-120.0, -60.0, -40.0, -20.0])
def test_a_steady_noise_is_not_talk(steady: float) -> None:
    assert not any(talk([steady] * 200)[10:])


def test_somebody_who_talks_from_the_start_is_heard_after_their_first_breath() -> None:
    assert all(talk(([-25.0] * 8 + [-60.0] * 2) * 20)[12:])
