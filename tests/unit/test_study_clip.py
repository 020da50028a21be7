"""What is said while consent is given lies in the study with the consent that names it, or nowhere."""

import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from interviewkit import consent_forms, store, study_documents, study_writing
from interviewkit.consent import Confirm, Grant, Record
from interviewkit.errors import ConsentRefused, StorageError
from interviewkit.events import Warned
from interviewkit.models import Answer, Clip, ConsentGiven, ConsentMethod
from interviewkit.recording import RecordingWriter
from interviewkit.sealing import Opener, Sealer
from interviewkit.study import Study
from interviewkit.study_documents import Recorded
from tests import small_study

SOUND = np.random.default_rng(3).integers(-9000, 9000, (1, 24_000)).astype(np.int16)


class Killed(BaseException):
    """The program ends here."""


@dataclass
class Memory:
    """What would hold the sound; `then` happens when it has been stored, `during` half-way."""

    recording: str = "c1"
    during: Callable[[], None] = lambda: None
    then: Callable[[], None] = lambda: None
    kept: int = 0

    def keep(self, grant: Grant[Confirm], path: Path, sealer: Sealer, opener: Opener) -> Recorded:
        self.kept += 1
        with RecordingWriter(
            path, self.recording, 16_000, 1, seal=sealer.seal, suffix=sealer.suffix
        ) as writer:
            writer.write(SOUND[:, :20_000])
            self.during()
            writer.write(SOUND[:, 20_000:])
        self.then()
        return Recorded(self.recording, "recorded", 16_000, 1, writer.frames, writer.head)


def kill() -> None:
    raise Killed


@pytest.fixture(params=small_study.MAKERS)
def study(request: pytest.FixtureRequest, tmp_path: Path) -> Study:
    study: Study = request.param(tmp_path)
    study.add_participant("patients", "uk")
    return study


def answers(**changed: Answer) -> ConsentGiven:
    return ConsentGiven(
        form=small_study.FORM,
        answers={**small_study.YES, **changed},
        method=ConsentMethod.ORAL,
        taken_by="Ada",
        at=datetime.now(UTC),
    )


def clips(study: Study) -> list[str]:
    """The files of clips, finished or not."""
    return sorted(path.name for path in study.paths.people.glob("*/clip-*"))


def named(study: Study) -> list[Clip | None]:
    return [event.clip for event in study.consent_events("P01") if isinstance(event, ConsentGiven)]


def heard(study: Study, clip: Clip) -> np.ndarray[tuple[int, ...], np.dtype[np.int16]]:
    with study.clip("P01", clip) as reader:
        assert reader.problems == []
        return (reader.read(0, reader.frames) * 32768).astype(np.int16)


def test_it_is_kept_with_the_consent_that_names_it(study: Study) -> None:
    study.give_consent("P01", answers(), Memory())
    (clip,) = named(study)
    assert clip is not None
    assert (clip.recording, clip.sample_rate, clip.channels, clip.frames) == ("c1", 16_000, 1, 24_000)
    assert clip.script == consent_forms.script(study.forms()[small_study.FORM])
    assert clips(study) == ["clip-c1.tar"]
    assert np.array_equal(heard(study, clip), SOUND)
    assert study.grant("P01", Record)


def test_the_script_is_what_was_read_out(study: Study) -> None:
    form = study.forms()[small_study.FORM]
    longer = form.statements[0].model_copy(update={"text": form.statements[0].text + " "})
    other = form.model_copy(update={"statements": (longer, *form.statements[1:])})
    assert len(consent_forms.script(form)) == 64
    assert consent_forms.script(other) != consent_forms.script(form)
    assert consent_forms.script(form.model_copy(update={"title": "Another"})) == consent_forms.script(form)


@pytest.mark.parametrize("answer", [Answer.NO, Answer.NOT_ASKED])
def test_without_a_consent_to_recording_it_is_not_asked_for(study: Study, answer: Answer) -> None:
    memory = Memory()
    with pytest.raises(ConsentRefused, match="My call may be recorded"):
        study.give_consent("P01", answers(recorded=answer), memory)
    assert (memory.kept, clips(study), study.consent_events("P01")) == (0, [], ())


def test_a_grant_for_it_is_none_for_anything_else(study: Study) -> None:
    grants: list[Grant[Confirm]] = []

    class Thief(Memory):
        def keep(self, grant: Grant[Confirm], path: Path, sealer: Sealer, opener: Opener) -> Recorded:
            grants.append(grant)
            raise StorageError("The disk is full.")

    with pytest.raises(StorageError):
        study.give_consent("P01", answers(), Thief())
    with pytest.raises(ConsentRefused):
        study.new_interview(grants[0])  # type: ignore[arg-type]  # and mypy says so


def test_what_can_not_be_stored_leaves_nothing(study: Study) -> None:
    def full() -> None:
        raise StorageError("The disk is full.")

    for memory in (Memory(during=full), Memory(then=full)):
        with pytest.raises(StorageError):
            study.give_consent("P01", answers(), memory)
        assert (clips(study), study.consent_events("P01")) == ([], ())
    study.give_consent("P01", answers(), Memory())
    assert clips(study) == ["clip-c1.tar"]


def patched(target: object, name: str, monkeypatch: pytest.MonkeyPatch, *, after: bool) -> None:
    """Kill the program in front of, or behind, what a function does."""
    real = getattr(target, name)

    def killing(*arguments: object) -> None:
        if after:
            real(*arguments)
        raise Killed

    monkeypatch.setattr(target, name, killing)


@pytest.mark.parametrize("moment", ["while it is stored", "stored", "entry", "entered", "renamed", "indexed"])
def test_a_kill_leaves_both_or_nothing(study: Study, moment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = Memory()
    if moment == "while it is stored":
        memory.during = kill
    elif moment == "stored":
        memory.then = kill
    elif moment in ("entry", "entered"):
        patched(store.DurableJSONStorage, "write", monkeypatch, after=moment == "entered")
    else:
        patched(study_writing, "replace_durably", monkeypatch, after=moment == "indexed")
    with pytest.raises(Killed):
        study.give_consent("P01", answers(), memory)
    monkeypatch.undo()
    entered = moment in ("entered", "renamed", "indexed")
    assert len(study.consent_events("P01")) == entered
    opened = Study.open(study.root)
    assert clips(opened) == (["clip-c1.tar"] if entered else [])
    for clip in named(opened):
        assert clip is not None
        assert np.array_equal(heard(opened, clip), SOUND)


def test_nobody_else_takes_it_for_a_rest_while_it_is_stored(study: Study) -> None:
    waits = threading.Event()

    def told(warned: Warned) -> None:
        waits.set()

    opener = threading.Thread(target=lambda: Study.open(study.root, told))

    def open_elsewhere() -> None:
        opener.start()
        assert waits.wait(10)

    study.give_consent("P01", answers(), Memory(then=open_elsewhere))
    opener.join(10)
    assert clips(study) == ["clip-c1.tar"]


def test_it_outlives_the_interview_and_a_withdrawal(study: Study) -> None:
    study.give_consent("P01", answers(), Memory())
    (clip,) = named(study)
    assert clip is not None
    interview = study.new_interview(study.grant("P01", Record))
    with study.importing(study.grant("P01", Record), interview.id, sample_rate=16_000, channels=1) as writer:
        writer.write(SOUND)
    shutil.rmtree(study.paths.recordings)
    small_study.withdraw(study, "P01")
    assert np.array_equal(heard(Study.open(study.root), clip), SOUND)


def test_a_consent_that_can_not_be_read_costs_no_clip(study: Study) -> None:
    study.give_consent("P01", answers(), Memory())
    place = study.paths.clip("P01", "c1")
    place.rename(study.paths.unplaced_clip("P01", "c1"))
    path = study_documents.consent_path(study.paths, study.keys, "P01")
    whole = path.read_bytes()
    path.write_bytes(b"{")
    Study.open(study.root)
    assert clips(study) == ["clip-c1.tar.partial"]
    path.write_bytes(whole)
    Study.open(study.root)
    assert clips(study) == ["clip-c1.tar"]
