"""What a worker of a cluster does with one call: the same pipeline, on a sealed parcel.

    parcel ─► key, asked of the study's computer ─► recording in a private folder, still sealed ─► pipeline
           ◄─ transcript, sealed

The key is in this process's memory for as long as the job runs, and nowhere else. Logs and events of Dask
hold the job's number, steps and figures; no error leaves here but sealed.
"""

import os
from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from uuid import uuid4

from interviewkit import pipeline, processing
from interviewkit.cluster_parcel import Description, Parcel, Result, about_of, described
from interviewkit.errors import InterviewkitError, SpeechError, WeightsError
from interviewkit.events import Event, Progress, Warned
from interviewkit.models import Transcript
from interviewkit.processes import SECRETS, guard_memory
from interviewkit.recording import RecordingReader
from interviewkit.sealing import AgeSealer, Secret, opened
from interviewkit.settings import Settings

if TYPE_CHECKING:
    from distributed import Worker

ASKING = "interviewkit-asking"
PROGRESS = "interviewkit-progress"
ANSWER_S = 600
"""How long the study's computer may take to answer: it may be packing another call."""

Told = Callable[[Progress], None]


@dataclass(frozen=True)
class Work:
    """One job at a worker: where its files may lie, and whom it tells how far it is."""

    parcel: Parcel
    folder: Path
    tell: Told

    def done(self, key: Secret) -> Result:
        """Transcribe; whatever goes wrong is a result as well."""
        try:
            return self._done(key)
        except InterviewkitError as error:
            return Result.of(error)
        except Exception as error:  # noqa: BLE001
            # A library's message may hold what somebody said, and Dask would log it and send it on.
            return Result.of(SpeechError(f"The worker failed ({type(error).__name__})."))

    def _done(self, key: Secret) -> Result:
        from interviewkit.speech.engines import engines

        told = described(key, self.parcel)
        _check_weights(told.settings)
        ready = engines(told.settings, told.language)
        latest = processing.Latest(told.draft, lambda _: None)
        with TemporaryDirectory(prefix="interviewkit-", dir=self.folder) as folder:
            path = Path(folder) / "sound.tar"
            path.write_bytes(self.parcel.sound)
            with RecordingReader(path, unseal=lambda data: opened(data, [key])) as sound:
                about = about_of(told.about)
                return self._run(
                    sound, told, pipeline.transcribe(sound, ready, about, told.draft, latest), latest
                )

    def _run(
        self, sound: RecordingReader, told: Description, job: pipeline.Job, latest: processing.Latest
    ) -> Result:
        notes: list[str] = []

        def events() -> Generator[Event, None, Transcript]:
            yield from processing.check(sound, told.name)
            return (yield from job)

        running = events()
        try:
            while True:
                event = next(running)
                if isinstance(event, Progress):
                    self.tell(event)
                elif isinstance(event, Warned):
                    notes.append(event.message)
        except StopIteration as end:
            return Result(transcript=end.value, draft=latest.draft, notes=tuple(notes))
        finally:
            running.close()
            job.close()


def work(parcel: Parcel) -> bytes:
    """The task that Dask runs: returns a sealed `Result`."""
    from distributed import get_worker

    for name in [name for name in os.environ if name.startswith(SECRETS)]:
        del os.environ[name]
    guard_memory()
    worker = get_worker()
    key = _asked(worker, parcel.job)
    told = Work(parcel, Path(worker.local_directory), _telling(worker, parcel.job)).done(key)
    return AgeSealer([key.public]).seal(told.model_dump_json().encode())


def _asked(worker: "Worker", job: str) -> Secret:
    """The job's key, from the study's computer, sealed to a key that was made here for this try."""
    from distributed import Variable

    own, name = Secret.new(), f"interviewkit-{job}-{uuid4().hex}"
    answer = Variable(name)
    worker.log_event(ASKING, {"job": job, "public": own.public, "answer": name})
    sealed = answer.get(timeout=ANSWER_S)
    answer.delete()
    return Secret(opened(sealed, [own]).decode())


def _telling(worker: "Worker", job: str) -> Told:
    """Tells how far a job is; ends it where nobody waits for it any more."""
    key = worker.get_current_task()

    def tell(event: Progress) -> None:
        task = worker.state.tasks.get(key)
        if task is None or task.state == "cancelled":
            raise SpeechError("Nobody waits for this job any more.")
        worker.log_event(PROGRESS, {"job": job, "step": event.step, "done": event.done, "total": event.total})

    return tell


@cache
def _check_weights(settings: Settings) -> None:
    """Hash every byte of the weights, once in the life of a worker; raises WeightsError."""
    from interviewkit.speech import weights

    for name in (settings.model, *weights.SETS[settings.diarisation]):
        weights.locate(name)
        if problems := weights.verify(name):
            raise WeightsError(f"The weights {name} on the worker are damaged: {problems[0]}")
