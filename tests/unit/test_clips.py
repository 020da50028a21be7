"""A stretch of a call as sound: what is replaced in its words is not heard in it, and the rest is."""

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile

from interviewkit import clips
from interviewkit.consent import Record, Store
from interviewkit.errors import ConsentRefused, UsageError
from interviewkit.exports.clip import AROUND_S, without
from interviewkit.models import Answer, Place, Pseudonyms, Swapped
from interviewkit.study import Study
from tests import small_study
from tests.unit.test_coding import released

RATE = 16_000
CALL = released("How did it begin?", "With [person\N{NO-BREAK SPACE}1] on the line.")
LOG = Pseudonyms(swapped=(Swapped(call=1, place=Place(1, 1), words=1, original=("Siobhan", "Murphy")),))
"""Heard from 2.5 s to 3 s."""


def study(folder: Path, **answers: Answer) -> Study:
    made = small_study.new_study(folder)
    made.add_participant("patients", "uk")
    small_study.give(made, "P01", **answers)
    grant = made.grant("P01", Record)
    interview = made.new_interview(grant)
    noise = np.random.default_rng(1).integers(8_000, 9_000, (1, 5 * RATE)).astype(np.int16)
    with made.importing(grant, interview.id, sample_rate=RATE, channels=1) as sound:
        sound.write(noise)
    made.release(made.grant("P01", Store), interview.id, CALL, LOG)
    return made


@pytest.mark.slow
def test_a_name_is_silent_in_it_and_everything_else_is_heard(tmp_path: Path) -> None:
    known = study(tmp_path)
    data, hidden = clips.clip(known, "P01-1", 1, 1.0, 4.0)
    heard, rate = soundfile.read(io.BytesIO(data), dtype="int16")
    assert (rate, len(heard), hidden) == (RATE, 3 * RATE, 1)
    first, last = (round((at_s - 1.0) * RATE) for at_s in (2.5 - AROUND_S, 3.0 + AROUND_S))
    assert not heard[first:last].any()
    assert (heard[:first] >= 7_900).all()
    assert (heard[last:] >= 7_900).all()
    tone, _ = clips.clip(known, "P01-1", 1, 1.0, 4.0, tone=True)
    said, _ = soundfile.read(io.BytesIO(tone))
    assert 0.03 < np.abs(said[first:last]).max() < 0.06
    with pytest.raises(UsageError, match="nothing there"):
        clips.clip(known, "P01-1", 1, 6.0, 7.0)


@pytest.mark.slow
def test_who_did_not_agree_to_be_quoted_is_not_heard(tmp_path: Path) -> None:
    with pytest.raises(ConsentRefused, match="quote"):
        clips.clip(study(tmp_path, quoted=Answer.NO), "P01-1", 1, 1.0, 4.0)


def test_what_is_hidden_at_the_edges_of_a_stretch_stays_within_it() -> None:
    ones = np.ones((2, 100), np.float32)
    left = without(ones, 100, 10.0, [(9.0, 10.2), (10.9, 12.0), (20.0, 21.0)], tone=False)
    assert left.shape == (2, 100)
    assert np.flatnonzero(left[0]).tolist() == list(range(32, 78))
