"""What comes with the demonstration interview: nothing is missing, nothing is left over, all can be heard."""

from collections.abc import Iterator

import numpy as np
import pytest
import yaml

from interviewkit import demo_interview, schedule, yamlfile
from interviewkit.audio import SAMPLE_RATE
from interviewkit.capture.scripted import VOICES
from interviewkit.capture.stage import folder_clips
from interviewkit.consent import Record, Store, Transcribe
from interviewkit.demo_interview import CALL
from interviewkit.errors import StudyError
from interviewkit.models import Form, Schedule
from interviewkit.session_log import Log

GUIDE = schedule.load(CALL / "schedules" / "patient.yaml")
FORM = yamlfile.load(CALL / "forms" / "patients-uk-v1.yaml", Form, StudyError)
SCRIPT = yaml.safe_load((CALL / "script.yaml").read_text("utf-8"))
CLIPS = folder_clips(VOICES)


def marks(guide: Schedule) -> Iterator[str]:
    """Everything that can be put: questions, scripts, probes, checks."""
    for topic in Log(guide).topics.values():
        yield topic.id
        yield from (f"{topic.id}.{letter}" for letter in topic.letters)


def names() -> set[str]:
    """The files that the texts ask for."""
    both = [*marks(GUIDE), *(f"consent.{statement.id}" for statement in FORM.statements), "sound-check"]
    return (
        {f"{name}-{what}" for name in both for what in ("asks", "answers")}
        | {f"{name}-paused" for name in SCRIPT["paused"]}
        | {f"improvised-{n}-answers" for n, _ in enumerate(SCRIPT["improvised"], 1)}
    )


def test_everything_that_can_be_put_has_an_answer_in_the_script() -> None:
    assert set(SCRIPT["answers"]) == set(marks(GUIDE))
    assert set(SCRIPT["consent"]) == {statement.id for statement in FORM.statements}
    assert set(SCRIPT["paused"]) <= set(SCRIPT["answers"])


def test_every_text_has_its_voice_and_every_voice_its_text() -> None:
    assert {path.stem for path in VOICES.glob("*.ogg")} == names()


@pytest.mark.parametrize("name", sorted(names()))
def test_a_voice_is_clear_and_as_long_as_its_text(name: str) -> None:
    sound = CLIPS(name)
    assert sound is not None
    heard = sound.astype(np.float64) / 32768
    talk = heard[np.abs(heard) > 0.05 * np.abs(heard).max()]
    assert -25 < 10 * np.log10(np.mean(talk**2)) < -21
    assert np.abs(heard).max() < 0.95
    assert 0.8 < sound.size / SAMPLE_RATE < 40


@pytest.mark.slow
def test_only_the_participant_is_on_the_telephone() -> None:
    def share_below(name: str, hz: float) -> float:
        sound = CLIPS(name)
        assert sound is not None
        power = np.abs(np.fft.rfft(sound.astype(np.float64))) ** 2
        return float(power[np.fft.rfftfreq(sound.size, 1 / SAMPLE_RATE) < hz].sum() / power.sum())

    assert all(share_below(name, 200) < 0.02 for name in names() if not name.endswith("-asks"))
    assert all(share_below(name, 200) > 0.1 for name in names() if name.endswith("-asks"))


def test_its_form_permits_what_a_demonstration_does() -> None:
    purposes = {purpose for statement in FORM.statements for purpose in statement.purposes}
    assert {permission.purpose for permission in (Record, Transcribe, Store)} <= purposes


def test_a_whole_interview_puts_everything_once() -> None:
    assert demo_interview.whole(GUIDE) == list(marks(GUIDE))
    minutes = sum(map(demo_interview.length_s, marks(GUIDE))) / 60
    assert 5 < minutes < 8


def test_a_short_interview_takes_less_than_a_minute() -> None:
    short = demo_interview.shortest(GUIDE)
    assert len(short) == demo_interview.SHORT
    assert short == [name for name in marks(GUIDE) if name in short]
    assert sum(demo_interview.length_s(name) + demo_interview.PAUSE_S for name in short) < 60


def test_the_participant_asks_to_be_off_the_record_and_is_in_distress_once() -> None:
    answers = " ".join(" ".join(text.split()) for text in SCRIPT["answers"].values())
    assert answers.count("off the record") == 1
    assert "off the record" in " ".join(SCRIPT["answers"]["supporter"].split())
    assert "give me a second" in " ".join(SCRIPT["answers"]["daily-life"].split())
