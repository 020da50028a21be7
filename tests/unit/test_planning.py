"""What each model would take: bounds, order, what is measured, and the choice for the night."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewkit import calibrating, paces, planning
from interviewkit.audio import SAMPLE_RATE
from interviewkit.errors import WeightsError
from interviewkit.paces import Step
from interviewkit.settings import NIGHT, Settings
from interviewkit.speech import weights
from interviewkit.speech.protocols import Engines
from tests import fakes

EVENING = datetime(2026, 11, 27, 22, 0, tzinfo=UTC)
HOUR = 3600.0


@pytest.fixture
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every model is on this computer, and all fit."""
    monkeypatch.setattr(weights, "is_present", lambda name: True)
    monkeypatch.setattr(planning, "memory_bytes", lambda: 64e9)


def only(monkeypatch: pytest.MonkeyPatch, names: Sequence[str]) -> None:
    monkeypatch.setattr(weights, "is_present", lambda name: name in names)


def test_every_whisper_model_of_the_manifest_has_its_size() -> None:
    there = {name for name in weights.names() if weights.entry(name).kind == "whisper"}
    assert there == set(planning.SIZES) == set(planning.BY_ACCURACY)


@given(st.sampled_from(planning.BY_ACCURACY), st.integers(1, 10))
def test_more_beams_cost_more(model: str, beam: int) -> None:
    assert planning.operations(model, beam) < planning.operations(model, beam + 1)


@pytest.mark.parametrize(
    ("small", "large"), [("tiny.en", "base"), ("base", "small"), ("small", "medium"), ("medium", "large-v3")]
)
def test_larger_models_cost_more_time_and_memory(small: str, large: str) -> None:
    assert planning.operations(small, 5) < planning.operations(large, 5)
    assert planning.memory(small, weights.entry(small).size) < planning.memory(
        large, weights.entry(large).size
    )


def test_a_measured_pace_is_taken_and_the_others_follow_from_it() -> None:
    paces.calibrated(Settings(), Step.WORDS, 0.2)
    assert planning.words_pace("base", Settings()) == (0.2, True)
    pace, measured = planning.words_pace("small", Settings())
    assert not measured
    assert pace == pytest.approx(0.2 * planning.operations("small", 5) / planning.operations("base", 5))


@pytest.mark.usefixtures("_here")
def test_the_night_takes_the_most_accurate_that_is_done_in_time() -> None:
    paces.calibrated(Settings(), Step.WORDS, 0.1)
    chosen = {
        hours: planning.for_night(hours * HOUR, Settings(), ["en"], EVENING).model for hours in (1, 6, 500)
    }
    assert chosen == {1: "large-v3", 6: "medium", 500: "tiny.en"}


@pytest.mark.usefixtures("_here")
@given(st.floats(60, 40 * HOUR), st.booleans())
def test_the_choice_is_done_by_the_morning_unless_none_is(sound_s: float, english: bool) -> None:
    night = planning.for_night(sound_s, Settings(), ["en" if english else "de"], EVENING)
    found = {one.model: one for one in planning.forecasts(sound_s, Settings(), EVENING)}
    able = [one for one in found.values() if english or not one.english_only]
    until = EVENING + timedelta(hours=9)
    in_time = [one.model for one in able if one.done_at <= until]
    assert found[night.model] in able
    assert (night.model == in_time[-1]) if in_time else ("not done by 07:00" in night.why)


def test_what_is_not_here_or_does_not_fit_is_not_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, ["base", "large-v3"])
    monkeypatch.setattr(planning, "memory_bytes", lambda: 4e9)
    assert planning.for_night(60, Settings(), ["en"], EVENING).model == "base"
    only(monkeypatch, [])
    with pytest.raises(WeightsError, match="No Whisper model"):
        planning.for_night(60, Settings(), ["en"], EVENING)


@pytest.mark.usefixtures("_here")
def test_only_who_asked_for_the_night_gets_it() -> None:
    asked = [Settings(model=NIGHT), Settings(model="small")]
    chosen, why = planning.settled(asked, [60, 60], ["en", "en"], EVENING)
    assert [one.model for one in chosen] == ["large-v3", "small"]
    assert "large-v3, the most accurate here that is done by 07:00" in why
    assert planning.settled(asked[1:], [60], ["en"], EVENING) == (asked[1:], "")


def test_a_calibration_counts_what_comes_after_the_warming_up() -> None:
    speech = fakes.Speech()
    ticks = iter(range(100))
    ready = Engines(transcriber=speech._started, diariser=speech._started)
    assert calibrating.needed(Settings())
    list(calibrating.calibrate(Settings(), ready, lambda: float(next(ticks))))
    sound_s = calibrating.talk().frames / SAMPLE_RATE
    assert 110 < sound_s < 140
    assert paces.known(Settings(), Step.WORDS) == pytest.approx(1 / sound_s)
    assert not calibrating.needed(Settings())
