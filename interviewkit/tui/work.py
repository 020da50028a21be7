"""Long jobs in a thread of their own: one after the other, each a generator of events from the core.

Job[] ─► Run (thread) ─► messages ─► app. A job that fails doesn't stop the next; `stop` ends them all.
"""

import threading
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual.message import Message

from interviewkit.errors import InterviewkitError
from interviewkit.events import Event, Progress
from interviewkit.models import Transcript
from interviewkit.processes import kill_children_of
from interviewkit.study import Study
from interviewkit.tui.messages import Crashed, Ended, Failed, Happened

if TYPE_CHECKING:
    from interviewkit import jobs

SETTLED_S = 3.0


@dataclass(frozen=True)
class Job:
    """Something to do, under the name that the user knows it by."""

    name: str
    start: Callable[[], Generator[Event, None, Any]]


class Run(threading.Thread):
    """Does the jobs in order and tells what happens; the thread ends with `Ended` in any case."""

    def __init__(self, jobs: Sequence[Job], tell: Callable[[Message], object]) -> None:
        super().__init__(name="work", daemon=True)
        self._jobs = jobs
        self._tell = tell
        self._stopped = threading.Event()

    @property
    def stopping(self) -> bool:
        """Whether it was asked to end: what fails then was stopped."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """Ask it to end, from any thread; call again until it has, as a child may just be starting."""
        self._stopped.set()
        if self.ident is not None and self.is_alive():
            kill_children_of(self.ident)

    def run(self) -> None:
        """Work; started by `start`."""
        try:
            for place, job in enumerate(self._jobs, start=1):
                if not self._stopped.is_set():
                    self._do(job, len(self._jobs) - place)
        except Exception as error:  # noqa: BLE001 the thread's own edge: nobody else would hear of it
            self._tell(Crashed(type(error).__name__))
        finally:
            self._tell(Ended(self._stopped.is_set()))

    def _do(self, job: Job, behind: int) -> None:
        try:
            with closing(job.start()) as events:
                for event in events:
                    if self._stopped.is_set():
                        return
                    self._tell(Happened(job.name, event, behind))
        except InterviewkitError as error:
            # A child that was killed to stop the work is no news.
            if not self._stopped.is_set():
                self._tell(Failed(job.name, error))


def transcribed(
    study: Study, calls: Sequence[tuple[str, int]], *, anew: bool, stopped: Callable[[], bool]
) -> Generator[Event, None, "jobs.Outcome"]:
    """The queue of these calls (interview, number); `anew` also those that are set aside."""
    from interviewkit import jobs, processing

    def run_one(job: jobs.Job) -> Generator[Event, None, Transcript]:
        return processing.process(study, job.interview, job.call, job.settings)

    interviews = [study.interview(name) for name in dict.fromkeys(name for name, _ in calls)]
    wanted = [job for job in jobs.todo(study, interviews, {}) if job.key in calls]
    return (yield from jobs.run(study, wanted, run_one, anew=anew, stopped=stopped))


class Pace:
    """How long a step will still take, judged by how it went so far."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._step: tuple[str, str] | None = None
        self._since_s = 0.0
        self._from = 0.0

    def left_s(self, job: str, progress: Progress) -> float | None:
        """Seconds to the end of the step; None while that is anybody's guess."""
        if self._step != (job, progress.step):
            self._step, self._since_s, self._from = (job, progress.step), self._now(), progress.done
        elapsed_s, done = self._now() - self._since_s, progress.done - self._from
        if elapsed_s < SETTLED_S or done <= 0:
            return None
        return max(progress.total - progress.done, 0.0) * elapsed_s / done
