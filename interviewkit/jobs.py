"""Calls to be transcribed, one after the other: the queue of this computer, which survives what fails in it.

    todo ─► Job[] ─► Queue ─► run ── run_one(job) ─► events, with the time left of all
                       ▲                  │ failed: to the end of the queue; after three tries set aside
                       └──────────────────┘

`run_one` is whatever does the work: `processing.process` here, or other computers. `Queue` alone knows order,
tries and locks, so that whoever works on several calls at once can take from it as well.

The shortest call comes first. All together take as long in any order, but so the most transcripts are there
the soonest, and a call that fails shows it before a long one has taken the night.
"""

import hashlib
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from interviewkit import agenda, paces, planning, processing, set_aside
from interviewkit.errors import AudioError, ConsentRefused, InterviewkitError, SpeechError, StorageError
from interviewkit.events import Event, Finished, Left, Progress, Saved, SetAside, Waiting, Warned
from interviewkit.models import Interview, Transcript
from interviewkit.paces import Step
from interviewkit.paths import own_runtime_dir, private_dir
from interviewkit.settings import AUTO, NIGHT, Settings
from interviewkit.study import Study

SETTLED_S = 5.0
"""A step's own pace counts when it has lasted so long, and has come as far as the next figure says."""
SETTLED_PART = 0.1
OF_WORDS = ("Finding speech", "Transcribing")
"""Steps of the pipeline that come before the speakers."""


@dataclass(frozen=True)
class Job:
    """One call to be transcribed; `finished` is whether there is nothing to do, as far as the index knows."""

    interview: str
    call: int
    length_s: float = 0.0
    settings: Settings = field(default_factory=Settings)
    finished: bool = False

    @property
    def name(self) -> str:
        """As the user knows it."""
        return f"{self.interview}, call {self.call}"

    @property
    def key(self) -> tuple[str, int]:
        """Interview and number."""
        return self.interview, self.call


RunOne = Callable[[Job], Generator[Event, None, Transcript]]
"""Does one job, or goes on with it; raises InterviewkitError. Closed, it stops and keeps what is done."""


@dataclass
class Outcome:
    """What came of a queue; `refused` are calls without consent, `elsewhere` those of another program."""

    done: list[Job] = field(default_factory=list)
    aside: list[tuple[Job, InterviewkitError]] = field(default_factory=list)
    aside_before: list[Job] = field(default_factory=list)
    refused: list[tuple[Job, ConsentRefused]] = field(default_factory=list)
    elsewhere: list[Job] = field(default_factory=list)


def todo(
    study: Study, interviews: Iterable[Interview], flags: Mapping[str, object], *, again: bool = False
) -> list[Job]:
    """The calls of interviews as jobs, under the settings that hold for each; UsageError for a wrong one."""
    waiting = {talk.id: (*talk.waiting, *talk.aside) for talk in agenda.look(study).talks}
    return [
        Job(
            interview.id,
            call.number,
            call.duration_s,
            processing.settings_for(study, interview, call.number, flags),
            finished=not again and call.number not in waiting.get(interview.id, ()),
        )
        for interview in interviews
        for call in interview.calls
    ]


def settled(study: Study, jobs: Sequence[Job], now: datetime) -> tuple[list[Job], str]:
    """The jobs with a model in the place of `night`; and which and why, or nothing where nobody asked."""
    if not any(job.settings.model == NIGHT for job in jobs):
        return list(jobs), ""
    lengths = [0.0 if job.finished else job.length_s for job in jobs]
    languages = [
        processing.guide(study, study.interview(job.interview)).language
        if job.settings.language == AUTO
        else job.settings.language
        for job in jobs
    ]
    chosen, why = planning.settled([job.settings for job in jobs], lengths, languages, now)
    return [replace(job, settings=one) for job, one in zip(jobs, chosen, strict=True)], why


class Queue:
    """Jobs in their order, and what becomes of each; `anew` forgets earlier failures, as a person asks."""

    def __init__(self, root: Path, jobs: Sequence[Job], *, anew: bool = False) -> None:
        """`root` is the study's folder; StorageError where earlier failures can't be forgotten."""
        self._root = root
        if anew:
            set_aside.forget(root, [job.key for job in jobs])
        before = {(one.interview, one.call): one for one in set_aside.aside(root)}
        self.outcome = Outcome(aside_before=[job for job in jobs if job.key in before])
        ordered = sorted(jobs, key=lambda job: (not job.finished, job.length_s))
        self._jobs = deque(job for job in ordered if job.key not in before)
        self._locks: dict[tuple[str, int], FileLock] = {}

    @property
    def waiting(self) -> Sequence[Job]:
        """Jobs that nobody has taken yet."""
        return tuple(self._jobs)

    def take(self) -> Job | None:
        """The next job on which no other program of this user works; it is given back by what follows."""
        while self._jobs:
            job = self._jobs.popleft()
            lock = _locked(self._root, job)
            if lock is not None:
                self._locks[job.key] = lock
                return job
            self.outcome.elsewhere.append(job)
        return None

    def done(self, job: Job) -> None:
        """It is transcribed."""
        set_aside.forget(self._root, [job.key])
        self.outcome.done.append(job)
        self.release(job)

    def failed(self, job: Job, error: InterviewkitError) -> bool:
        """It comes again at the end, or is set aside (True). Raises what no further try can help."""
        self.release(job)
        if isinstance(error, ConsentRefused):
            self.outcome.refused.append((job, error))
            return False
        if not is_its_own(error):
            raise error
        tried = set_aside.failed(self._root, job.interview, job.call, error.message)
        if tried.aside:
            self.outcome.aside.append((job, error))
        else:
            self._jobs.append(job)
        return tried.aside

    def release(self, job: Job) -> None:
        """Let other programs have it."""
        lock = self._locks.pop(job.key, None)
        if lock is not None:
            lock.release()


def is_its_own(error: InterviewkitError) -> bool:
    """Whether a failure is this call's; others would fail alike of a full disk, no weights or no key."""
    damaged = isinstance(error, StorageError) and not isinstance(error.__cause__, OSError)
    return damaged or isinstance(error, AudioError | SpeechError)


def run(
    study: Study,
    jobs: Sequence[Job],
    run_one: RunOne,
    *,
    anew: bool = False,
    stopped: Callable[[], bool] = lambda: False,
    now: Callable[[], float] = time.monotonic,
) -> Generator[Event, None, Outcome]:
    """Do the jobs; what is finished costs a look. Raises what would stop every job, and keeps what is done.

    Where `stopped` says so, a failure is no try: somebody ended the engine to stop the work.
    """
    jobs, why = settled(study, jobs, datetime.now().astimezone())
    if why:
        yield Warned(f"For the night: {why}.")
    queue = Queue(study.root, jobs, anew=anew)
    yield from before(queue)
    while (job := queue.take()) is not None:
        try:
            yield from _watched(job, queue, run_one, now)
            queue.done(job)
        except InterviewkitError as error:
            if stopped():
                raise
            yield told(job, error, aside=queue.failed(job, error))
        finally:
            queue.release(job)
    yield from left_out(queue)
    return queue.outcome


def before(queue: Queue) -> Generator[Event, None, None]:
    """What is set aside since an earlier time."""
    for job in queue.outcome.aside_before:
        yield Warned(f"{job.name}, is set aside: it failed {set_aside.TRIES} times. {_anew(job)}")


def left_out(queue: Queue) -> Generator[Event, None, None]:
    """What another program has."""
    for job in queue.outcome.elsewhere:
        yield Warned(f"{job.name}, was left out: another interviewkit works on it.")


def told(job: Job, error: InterviewkitError, *, aside: bool) -> Event:
    """What a failure comes to."""
    if isinstance(error, ConsentRefused):
        return Warned(f"{job.interview} was left out. {error.message}")
    text = error.message if error.message.startswith(job.name) else f"{job.name}: {error.message}"
    if aside:
        return SetAside(job.name, text, f"{error.hint} {_anew(job)}".strip())
    return Warned(f"{text} It is tried again after the others.")


def _anew(job: Job) -> str:
    return set_aside.Failed(job.interview, job.call).remedy


def _watched(
    job: Job, queue: Queue, run_one: RunOne, now: Callable[[], float]
) -> Generator[Event, None, None]:
    """One job's events, with the time left after each that says how far it is; its pace is remembered."""
    watch = Watch(job, now)
    behind_s = sum(expected_s(other) for other in queue.waiting)
    behind = sum(not other.finished for other in queue.waiting)
    if not job.finished:
        yield Left(job.name, behind, watch.left_s, watch.left_s + behind_s)
    with closing(run_one(job)) as events:
        for event in events:
            watch.saw(event)
            yield event
            if isinstance(event, Progress):
                yield Left(job.name, behind, watch.left_s, watch.left_s + behind_s)
    watch.learn()


def expected_s(job: Job) -> float:
    """How long a job takes, in seconds, judged by earlier ones."""
    if job.finished:
        return 0.0
    return job.length_s * sum(paces.expected(job.settings, step) for step in Step)


class Watch:
    """Measures one job: how far each step is, and how long it took without waits for a recording."""

    def __init__(self, job: Job, now: Callable[[], float] = time.monotonic) -> None:
        self._job, self._now = job, now
        self._paces = {step: paces.expected(job.settings, step) for step in Step}
        self._spent_s = dict.fromkeys(Step, 0.0)
        self._from: dict[Step, float] = {}
        self._part = dict.fromkeys(Step, 0.0)
        self._step, self._since_s, self._held = Step.WORDS, now(), False

    def saw(self, event: Event) -> None:
        """Take in what happened."""
        moment = self._now()
        if not self._held:
            self._spent_s[self._step] += moment - self._since_s
        self._since_s = moment
        if isinstance(event, Waiting):
            self._held = not event.over
        elif isinstance(event, Saved) and event.what == Step.WORDS:
            self._part[Step.WORDS], self._step = 1.0, Step.SPEAKERS
        elif isinstance(event, Saved | Finished):
            self._part = dict.fromkeys(Step, 1.0)
        elif isinstance(event, Progress) and event.step != OF_WORDS[0] and event.total > 0:
            self._reached(Step.WORDS if event.step in OF_WORDS else Step.SPEAKERS, event.done / event.total)

    def _reached(self, step: Step, part: float) -> None:
        if step is Step.SPEAKERS:
            # Words that were kept from an earlier time are not announced.
            self._part[Step.WORDS], self._step = 1.0, step
        self._part[step] = part
        self._from.setdefault(step, part)

    @property
    def left_s(self) -> float:
        """Seconds to the end of the job."""
        if self._job.finished:
            return 0.0
        parts = [self._pace(step) * (1 - min(self._part[step], 1.0)) for step in Step]
        return self._job.length_s * sum(parts)

    def _pace(self, step: Step) -> float:
        """This step's own pace where it has settled, else that of earlier jobs."""
        done = self._part[step] - self._from.get(step, 0.0)
        if self._spent_s[step] < SETTLED_S or done < SETTLED_PART or not self._job.length_s:
            return self._paces[step]
        return self._spent_s[step] / (done * self._job.length_s)

    def learn(self) -> None:
        """Remember the paces of steps that were done here."""
        for step, start in self._from.items():
            paces.learn(self._job.settings, step, self._spent_s[step], (1 - start) * self._job.length_s)


def _locked(root: Path, job: Job) -> FileLock | None:
    """A call's lock, which the system lets go of when the process dies; None where somebody has it."""
    place = own_runtime_dir() / "jobs"
    private_dir(place)
    name = hashlib.sha256(f"{root.resolve()}\n{job.interview}\n{job.call}".encode()).hexdigest()[:32]
    # Whoever takes a job may give it back in another thread.
    lock = FileLock(place / f"{name}.lock", thread_local=False, mode=0o600)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return None
    return lock
