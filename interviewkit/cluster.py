"""Calls transcribed by many workers: the queue of `jobs`, with several in hand at a time.

    Queue ─► grants, site ─► sealed parcel ─► worker ─► sealed result ─► grants again ─► saved as always

This end has the study and its keys. It hands a job's key to the worker that asks for it, sealed to that
worker, while the job is open. Only here is anything saved, under the call's lock: so there is one transcript
of each, whatever dies over there, and a call that was finished meanwhile stays as it is.
"""

import queue
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from interviewkit import cluster_start, jobs, processing, sites
from interviewkit.audit_entries import Action
from interviewkit.cluster_parcel import Description, Key, about_bytes, pack, result
from interviewkit.cluster_start import Workers
from interviewkit.cluster_worker import ASKING, PROGRESS, work
from interviewkit.consent import Store, Transcribe
from interviewkit.errors import InterviewkitError, SpeechError, StorageError
from interviewkit.events import Event, Progress, Warned
from interviewkit.jobs import Job, Outcome, Queue
from interviewkit.models import Transcript
from interviewkit.processing import Prepared
from interviewkit.sites import Place
from interviewkit.study import Study

if TYPE_CHECKING:
    from distributed import Future

LOOK_EVERY_S = 1.0


@dataclass(frozen=True)
class Open:
    """A job that is in a worker's hands, or waits for one."""

    job: Job
    found: Prepared
    key: Key
    future: "Future[bytes]"


def run(
    study: Study,
    todo: Sequence[Job],
    place: Place,
    *,
    again: bool = False,
    anew: bool = False,
) -> Generator[Event, None, Outcome]:
    """Do the jobs at a place; raises what would stop every job, and keeps what is done."""
    waiting = Queue(study.root, todo, anew=anew)
    yield from jobs.before(waiting)
    with cluster_start.opened(place) as workers:
        running = _Running(study, waiting, workers, place, again=again)
        try:
            yield from running.all()
        finally:
            running.drop()
    yield from jobs.left_out(waiting)
    return waiting.outcome


class _Running:
    """What is open, and what is heard of it."""

    def __init__(self, study: Study, waiting: Queue, workers: Workers, place: Place, *, again: bool) -> None:
        self._study, self._queue, self._workers = study, waiting, workers
        self._place, self._again = place, again
        self._client = workers.client
        self._open: dict[str, Open] = {}
        self._alone = False
        self._inbox: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        for topic in (ASKING, PROGRESS):
            self._client.subscribe_topic(topic, self._listener(topic))

    def _listener(self, topic: str) -> Callable[[tuple[float, Any]], None]:
        return lambda event: self._inbox.put((topic, event[1]))

    def all(self) -> Generator[Event, None, None]:
        """Every job of the queue, as many at a time as there are workers."""
        while True:
            while len(self._open) < self._room() and (job := self._queue.take()) is not None:
                yield from self._guarded(job, self._submit(job))
            if not self._open:
                return
            try:
                topic, message = self._inbox.get(timeout=LOOK_EVERY_S)
            except queue.Empty:
                yield from self._check_scheduler()
                continue
            yield from self._hear(topic, message)

    def drop(self) -> None:
        """Let go of what is open: workers stop at their next step, others may have the calls."""
        for one in self._open.values():
            with suppress(Exception):
                one.future.cancel()
            self._queue.release(one.job)
        self._open.clear()

    def _room(self) -> int:
        """A call for each worker: with a second one waiting there, its death would cost two of them a try."""
        there: int = sum(self._client.nthreads().values())
        return max(there, 1)

    def _guarded(self, job: Job, steps: Generator[Event, None, None]) -> Generator[Event, None, None]:
        """Steps of a job; where they fail it comes again, or is set aside."""
        try:
            yield from steps
        except InterviewkitError as error:
            yield jobs.told(job, error, aside=self._queue.failed(job, error))
        except BaseException:
            self._queue.release(job)
            raise

    def _submit(self, job: Job) -> Generator[Event, None, None]:
        """Take the grants, seal the call anew and hand it over."""
        settings = job.settings
        if settings.threads == 0:
            settings = settings.model_copy(update={"threads": cluster_start.threads(self._place)})
        found = yield from processing.prepare(
            self._study, job.interview, job.call, settings, again=self._again
        )
        if isinstance(found, Transcript):
            self._queue.done(job)
            return
        self._check_site(found)
        told = Description(
            name=found.name,
            settings=settings,
            language=found.language,
            about=about_bytes(found.about),
            draft=found.draft,
        )
        key = Key()
        with self._study.recording(found.listen, job.interview, job.call) as sound:
            yield from processing.check(sound, found.name)
            parcel = pack(key, sound, told)
        if self._place.site is not None:
            # Before anything leaves, and on the disk.
            self._study.audit.note(
                Action.SENT_TO_SITE, (job.interview,), call=job.call, purpose=self._place.site
            )
        future: Future[bytes] = self._client.submit(work, parcel, key=f"interviewkit-{key.job}", pure=False)
        self._open[key.job] = Open(job, found, key, future)
        future.add_done_callback(lambda _: self._inbox.put(("done", key.job)))

    def _check_site(self, found: Prepared) -> None:
        participant = found.interview.participant
        form = self._study.forms().get(found.listen.form)
        approvals = {approval.id: approval for approval in self._study.config.approvals}
        sites.check(self._place, participant, form, approvals)

    def _hear(self, topic: str, message: Any) -> Generator[Event, None, None]:
        if topic == "done":
            one = self._open.pop(message, None)
            if one is not None:
                yield from self._guarded(one.job, self._take(one))
            return
        one = self._open.get(message.get("job"))
        if one is None:
            return
        if topic == ASKING:
            self._answer(one, message)
        else:
            yield Progress(f"{one.job.name}: {message['step']}", message["done"], message["total"])

    def _answer(self, one: Open, asked: dict[str, str]) -> None:
        """Hand a job's key to the worker that has it, sealed to that worker."""
        from distributed import Variable

        # What is no public key gets none.
        with suppress(StorageError):
            Variable(asked["answer"], client=self._client).set(one.key.to(asked["public"]))

    def _take(self, one: Open) -> Generator[Event, None, None]:
        """Put what a worker made of a call in its place, if it is still wanted and may still be kept."""
        if one.future.status != "finished":
            raise self._lost(one)
        back = result(one.key.secret, one.future.result())
        one.future.release()
        if back.error:
            raise back.failure()
        if back.transcript is None:
            raise SpeechError("The worker sent nothing back.")
        for note in back.notes:
            yield Warned(f"{one.job.name}: {note}" if not note.startswith(one.job.name) else note)
        participant = one.found.interview.participant
        self._study.grant(participant, Transcribe)
        keep = self._study.grant(participant, Store)
        if self._unchanged(one):
            yield from processing.finish(replace(one.found, keep=keep), back.draft, back.transcript)
        else:
            yield Warned(f"{one.job.name}, was transcribed meanwhile; the worker's was dropped.")
        self._queue.done(one.job)

    def _unchanged(self, one: Open) -> bool:
        now = processing.saved(self._study, self._study.interview(one.job.interview), one.job.call)
        return not now.finished or now.draft == one.found.work.draft

    def _lost(self, one: Open) -> InterviewkitError:
        """Why a job came to no end: its worker is gone, or Dask gave it up."""
        error = one.future.exception() if one.future.status == "error" else None
        kind = type(error).__name__ if error is not None else one.future.status
        why = "The worker died" if kind == "KilledWorker" else f"The worker gave it up ({kind})"
        return SpeechError(
            f"{one.job.name}: {why}.", "Often its memory was not enough, or its time (walltime)."
        )

    def _check_scheduler(self) -> Generator[Event, None, None]:
        if self._client.status != "running":
            raise SpeechError(
                "The scheduler is gone.", "What was finished is kept; the same command goes on from there."
            )
        if not self._client.nthreads():
            if not self._alone:
                yield Warned("There is no worker at this moment; waiting for one.")
            self._alone = True
        else:
            self._alone = False
        self._workers.top_up()
        for one in list(self._open.values()):
            if one.future.status in ("lost", "cancelled"):
                self._inbox.put(("done", one.key.job))
