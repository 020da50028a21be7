"""Which devices are chosen, how they are named, and how loud they are: pure parts of the sound check."""

from dataclasses import replace

import pytest

from interviewkit.capture import choice
from interviewkit.capture.choice import Way
from interviewkit.capture.devices import InputDevice
from interviewkit.capture.messages import FLOOR_DB, Judged, Played, Wanted
from interviewkit.errors import DeviceError
from interviewkit.tui.picking import Picking
from interviewkit.tui.screens.sound import Trial, trial_lines
from interviewkit.tui.widgets.meters import Hold, meter
from tests.tui.fake_sound import HEADSET, LINE, MIC

ALL = (HEADSET, MIC, LINE)


def wanted(device: InputDevice, channels: int = 1) -> Wanted:
    return Wanted(device.name, device.host_api, channels)


def test_the_computers_own_choice_comes_first_and_is_named() -> None:
    picking = Picking(ALL)
    assert [choice.described(device) for device in picking.offered] == [
        "Built-in Microphone (default)",
        "Headset",
        "USB Adapter",
    ]
    assert picking.inputs() == (wanted(MIC),)
    system = InputDevice(9, "pulse", "ALSA", 32, 44_100, True)
    assert choice.described(system) == "pulse: what the sound settings say"


def test_a_device_that_is_listed_twice_is_offered_once() -> None:
    twin = replace(MIC, number=7, host_api="WASAPI", is_default=False)
    assert choice.offered([MIC, twin], Way.MIXED) == [MIC]


def test_two_devices_are_never_the_same_by_themselves() -> None:
    picking = Picking(ALL).by(Way.APART)
    assert picking.inputs() == (wanted(MIC), wanted(HEADSET))
    assert picking.moved(0, 1).inputs() == (wanted(HEADSET), wanted(MIC))
    with pytest.raises(DeviceError, match="the same device"):
        picking.moved(1, 0).inputs()
    with pytest.raises(DeviceError, match="the same device"):
        Picking((MIC,), Way.APART).inputs()


def test_two_channels_are_offered_by_what_has_them() -> None:
    picking = Picking(ALL).by(Way.SIDES)
    assert picking.offered == [MIC]
    assert picking.inputs() == (wanted(MIC, 2),)
    assert Picking((HEADSET,), Way.SIDES).inputs() == ()


def test_going_another_way_and_back_keeps_the_devices() -> None:
    picking = Picking(ALL).moved(0, 1)
    assert picking.by(Way.SIDES).inputs() == (wanted(MIC, 2),)
    assert picking.by(Way.SIDES).by(Way.MIXED).inputs() == (wanted(HEADSET),)


@pytest.mark.parametrize(
    "chosen",
    [(wanted(HEADSET),), (wanted(LINE), wanted(MIC)), (wanted(MIC, 2),)],
)
def test_what_was_chosen_before_is_chosen_again(chosen: tuple[Wanted, ...]) -> None:
    assert Picking.of(ALL, chosen).inputs() == chosen


def test_a_chosen_device_that_is_gone_leaves_the_others() -> None:
    picking = Picking.of((MIC, HEADSET), (wanted(LINE), wanted(HEADSET)))
    assert picking.way is Way.APART
    assert picking.inputs() == (wanted(MIC), wanted(HEADSET))


def test_without_devices_there_is_nothing_to_record() -> None:
    assert Picking().inputs() == ()
    assert Picking().place(1) is None


# ── meters ──────────────────────────────────────────────────────────────────────────────────────


def heard(*peaks_db: float) -> Hold:
    hold = Hold()
    for peak_db in peaks_db:
        hold.hear(peak_db)
    return hold


def test_a_peak_is_held_for_a_moment_and_a_word_for_longer() -> None:
    assert heard(-6, *[-40] * 10).held_db == -6
    assert heard(-6, *[-40] * 15).held_db == -40
    assert heard(-6, *[-40] * 25).word == "good"
    assert heard(-6, *[-40] * 31).word == "faint"


@pytest.mark.parametrize(
    ("peak_db", "word"),
    [(-120, "silent"), (-61, "silent"), (-50, "faint"), (-20, "good"), (-0.5, "too loud")],
)
def test_every_level_has_a_word(peak_db: float, word: str) -> None:
    assert heard(*[peak_db] * 10).word == word
    assert heard(*[peak_db] * 9).word == ""


def test_a_line_is_as_wide_as_it_may_be_and_full_at_the_top() -> None:
    for width in (80, 140):
        for hold in (heard(), heard(0), heard(-30, -60), heard(FLOOR_DB)):
            line = meter("you", hold, width).plain
            assert len(line) <= width
            assert line.startswith("you  ")
    assert "░" not in meter("you", heard(0), 80).plain
    assert "█" not in meter("you", heard(-60), 80).plain
    assert meter("you", heard(-12, -60), 80).plain.count("│") == 1
    assert "-12 dB" in meter("you", heard(-12, -60), 80).plain


def test_the_test_says_what_it_does_at_each_moment() -> None:
    def said(trial: Trial | None) -> str:
        return "\n".join(line.plain for line in trial_lines(trial))

    judged = Judged(("you: loud",), ())
    assert "ten seconds" in said(None)
    assert said(Trial(7)).endswith("speak: 7")
    assert said(Trial(0)) == "A moment …"
    assert said(Trial(0, judged)).splitlines()[:2] == ["you: loud", "All is well."]
    assert "You hear it now" in said(Trial(0, judged))
    assert "no loudspeaker" in said(Trial(0, judged, Played("There is no loudspeaker.")))
    assert "⏎ uses it" in said(Trial(0, judged, Played()))
