"""The queue: order, tries, what is set aside, locks between programs, and the time that is left."""

import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interviewkit import jobs, paces, set_aside
from interviewkit.errors import (
    AudioError,
    ConsentRefused,
    InterviewkitError,
    SpeechError,
    StorageError,
    WeightsError,
)
from interviewkit.events import Event, Left, Progress, Saved, SetAside, Waiting, Warned
from interviewkit.jobs import Job, Outcome, Queue, Watch
from interviewkit.models import Provenance, Transcript
from interviewkit.paces import Step
from interviewkit.settings import Settings
from interviewkit.study import Study
from tests import small_study

EMPTY = Transcript(
    turns=(),
    flags=(),
    duration_s=1.0,
    coverage=0.0,
    language="en",
    provenance=Provenance(program="test", transcriber={}, diariser={}, channels="mono"),
)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return small_study.clear_study(tmp_path_factory.mktemp("jobs"))


class Worker:
    """Fails as often as it is told, and notes what it was given."""

    def __init__(self, failures: dict[str, list[InterviewkitError]] | None = None) -> None:
        self.failures = failures or {}
        self.given: list[str] = []

    def __call__(self, job: Job) -> Generator[Event, None, Transcript]:
        self.given.append(job.interview)
        yield Progress("Transcribing", 0.0, 1.0)
        if left := self.failures.get(job.interview):
            raise left.pop()
        yield Saved("transcript")
        return EMPTY


def drained(run: Generator[Event, None, Outcome]) -> tuple[list[Event], Outcome]:
    seen: list[Event] = []
    while True:
        try:
            seen.append(next(run))
        except StopIteration as end:
            return seen, end.value


def crashes(times: int) -> list[InterviewkitError]:
    return [SpeechError("The engine stopped.") for _ in range(times)]


def test_the_shortest_comes_first(study: Study) -> None:
    worker = Worker()
    drained(jobs.run(study, [Job("P01-1", 1, 90), Job("P02-1", 1, 30), Job("P03-1", 1, 60)], worker))
    assert worker.given == ["P02-1", "P03-1", "P01-1"]


@given(st.lists(st.integers(0, 5), min_size=1, max_size=6))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
def test_every_call_ends_done_or_aside_and_is_tried_three_times_at_most(
    study: Study, failures: list[int]
) -> None:
    names = [f"P{number:02}-1" for number in range(len(failures))]
    set_aside.forget_interviews(study.root, lambda _: True)
    worker = Worker({name: crashes(times) for name, times in zip(names, failures, strict=True)})
    seen, outcome = drained(jobs.run(study, [Job(name, 1, 60) for name in names], worker))
    expected = {name for name, times in zip(names, failures, strict=True) if times < set_aside.TRIES}
    assert {job.interview for job in outcome.done} == expected
    assert {job.interview for job, _ in outcome.aside} == set(names) - expected
    assert all(worker.given.count(name) <= set_aside.TRIES for name in names)
    assert {one.interview for one in set_aside.known(study.root)} == set(names) - expected
    assert sum(isinstance(event, SetAside) for event in seen) == len(outcome.aside)


def test_a_failed_call_waits_until_the_others_are_done(study: Study) -> None:
    worker = Worker({"P01-1": crashes(1)})
    drained(jobs.run(study, [Job("P01-1", 1, 1), Job("P02-1", 1, 60)], worker))
    assert worker.given == ["P01-1", "P02-1", "P01-1"]
    assert set_aside.known(study.root) == ()


def test_tries_count_from_run_to_run_and_a_person_can_ask_anew(study: Study) -> None:
    for _ in range(2):
        set_aside.failed(study.root, "P01-1", 1, "The engine stopped.")
    worker = Worker({"P01-1": crashes(9)})
    _, outcome = drained(jobs.run(study, [Job("P01-1", 1)], worker))
    assert (len(worker.given), len(outcome.aside)) == (1, 1)
    _, outcome = drained(jobs.run(study, [Job("P01-1", 1)], worker))
    assert (len(worker.given), outcome.aside_before) == (1, [Job("P01-1", 1)])
    drained(jobs.run(study, [Job("P01-1", 1)], worker, anew=True))
    assert len(worker.given) == 1 + set_aside.TRIES


def test_a_refusal_is_no_try(study: Study) -> None:
    worker = Worker({"P01-1": [ConsentRefused("No consent.")]})
    seen, outcome = drained(jobs.run(study, [Job("P01-1", 1), Job("P02-1", 1)], worker))
    assert [job.interview for job, _ in outcome.refused] == ["P01-1"]
    assert Warned("P01-1 was left out. No consent.") in seen
    assert set_aside.known(study.root) == ()
    assert worker.given.count("P01-1") == 1


def full_disk() -> StorageError:
    error = StorageError("The disk is full.")
    error.__cause__ = OSError(28, "No space left on device")
    return error


@pytest.mark.parametrize("error", [full_disk(), WeightsError("No weights.")])
def test_what_would_stop_every_call_stops_the_queue_and_is_no_try(
    study: Study, error: InterviewkitError
) -> None:
    with pytest.raises(type(error)):
        drained(jobs.run(study, [Job("P01-1", 1)], Worker({"P01-1": [error]})))
    assert set_aside.known(study.root) == ()
    assert Queue(study.root, [Job("P01-1", 1)]).take() is not None


@pytest.mark.parametrize("error", [StorageError("Damaged."), AudioError("Damaged."), SpeechError("Gone.")])
def test_what_is_wrong_with_one_call_is_its_own(error: InterviewkitError) -> None:
    assert jobs.is_its_own(error)


def test_an_engine_that_was_ended_to_stop_the_work_is_no_try(study: Study) -> None:
    run = jobs.run(study, [Job("P01-1", 1)], Worker({"P01-1": crashes(1)}), stopped=lambda: True)
    with pytest.raises(SpeechError):
        drained(run)
    assert set_aside.known(study.root) == ()


def test_a_run_that_is_closed_lets_go_of_its_call(study: Study) -> None:
    run = jobs.run(study, [Job("P01-1", 1)], Worker())
    next(run)
    assert Queue(study.root, [Job("P01-1", 1)]).take() is None
    run.close()
    assert Queue(study.root, [Job("P01-1", 1)]).take() is not None


HOLDS = """
import sys
from pathlib import Path
from interviewkit.jobs import Job, Queue
held = Queue(Path(sys.argv[1]), [Job("P01-1", 1)])
print(held.take() is not None, flush=True)
sys.stdin.read()
"""


@pytest.mark.slow
def test_the_system_lets_go_of_a_call_whose_program_was_killed(study: Study) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(study.root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "True\n"
        queue = Queue(study.root, [Job("P01-1", 1)])
        assert queue.take() is None
        assert queue.outcome.elsewhere == [Job("P01-1", 1)]
        other.kill()
    assert Queue(study.root, [Job("P01-1", 1)]).take() is not None


# ── time left ───────────────────────────────────────────────────────────────────────────────────


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_the_time_left_covers_the_jobs_behind(study: Study) -> None:
    paces.calibrated(Settings(), Step.WORDS, 0.1)
    paces.calibrated(Settings(), Step.SPEAKERS, 0.1)
    seen, _ = drained(jobs.run(study, [Job("P01-1", 1, 600), Job("P02-1", 1, 300)], Worker()))
    first = next(event for event in seen if isinstance(event, Left))
    assert (first.job, first.behind) == ("P02-1, call 1", 1)
    assert first.job_s == pytest.approx(60)
    assert first.all_s == pytest.approx(180)


def test_a_call_that_is_finished_takes_no_time(study: Study) -> None:
    seen, _ = drained(jobs.run(study, [Job("P01-1", 1, 600, finished=True)], Worker()))
    assert all(event.all_s == 0 for event in seen if isinstance(event, Left))


def test_its_own_pace_counts_when_it_has_settled_and_waits_do_not() -> None:
    paces.calibrated(Settings(), Step.WORDS, 9.0)
    paces.calibrated(Settings(), Step.SPEAKERS, 0.0)
    clock = Clock()
    watch = Watch(Job("P01-1", 1, 1000), clock)
    watch.saw(Progress("Transcribing", 0, 1000))
    clock.now_s = 40.0
    watch.saw(Waiting())
    clock.now_s = 400.0
    watch.saw(Waiting(over=True))
    clock.now_s = 460.0
    watch.saw(Progress("Transcribing", 500, 1000))
    assert watch.left_s == pytest.approx(100)


@given(st.floats(0, 0.9), st.floats(1, 1000))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
def test_what_is_learnt_is_for_the_part_that_was_done_here(start: float, work_s: float) -> None:
    chosen = Settings(threads=int(work_s * 1000) + 1)
    clock = Clock()
    watch = Watch(Job("P01-1", 1, 10_000, chosen), clock)
    watch.saw(Progress("Transcribing", start, 1))
    clock.now_s = work_s
    watch.saw(Saved("words"))
    watch.learn()
    assert paces.known(chosen, Step.WORDS) is not None
    assert paces.known(chosen, Step.SPEAKERS) is None


def test_a_real_call_replaces_a_calibration_and_then_they_mix() -> None:
    paces.calibrated(Settings(), Step.WORDS, 5.0)
    paces.learn(Settings(), Step.WORDS, 60, 600)
    assert paces.known(Settings(), Step.WORDS) == pytest.approx(0.1)
    paces.learn(Settings(), Step.WORDS, 180, 600)
    assert paces.known(Settings(), Step.WORDS) == pytest.approx(0.2)
    paces.learn(Settings(), Step.WORDS, 1000, 10)
    assert paces.known(Settings(), Step.WORDS) == pytest.approx(0.2)


def test_what_cannot_be_read_is_as_good_as_nothing(tmp_path: Path) -> None:
    for name in ("paces.json", "set-aside.json"):
        place = tmp_path / "state" / name
        place.parent.mkdir(exist_ok=True)
        place.write_text('{"schema": 1, "paces": {"x": 1}, "studies": {"y": [{"z": 1}]}')
    assert paces.known(Settings(), Step.WORDS) is None
    assert set_aside.known(tmp_path) == ()
