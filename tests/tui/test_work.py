import os
import threading
from collections.abc import Generator
from typing import Any

import pytest
from textual.message import Message

from interviewkit.errors import AudioError, SpeechError
from interviewkit.events import Event, Finished, Progress
from interviewkit.processes import child
from interviewkit.tui.messages import Crashed, Ended, Failed, Happened
from interviewkit.tui.work import SETTLED_S, Job, Pace, Run


class Told(list[Message]):
    """Messages, with a way to wait for one of a kind."""

    def __init__(self) -> None:
        super().__init__()
        self.came = threading.Event()

    def tell(self, message: Message) -> None:
        self.append(message)
        self.came.set()

    def kinds(self) -> list[type[Message]]:
        return [type(message) for message in self]


def events(*made: Event) -> Generator[Event, None, None]:
    yield from made


def fails() -> Generator[Event, None, None]:
    yield Progress("reading", 0, 1)
    raise AudioError("Not a recording.", "Try another.")


def crashes() -> Generator[Event, None, None]:
    yield Progress("reading", 0, 1)
    raise ZeroDivisionError("what somebody said")


def ran(*jobs: Job) -> Told:
    told = Told()
    run = Run(jobs, told.tell)
    run.start()
    run.join(10)
    assert not run.is_alive()
    return told


def test_jobs_run_in_order_and_tell_how_many_come_after() -> None:
    told = ran(Job("a", lambda: events(Finished("one"))), Job("b", lambda: events(Finished("two"))))
    assert [(m.job, m.behind) for m in told if isinstance(m, Happened)] == [("a", 1), ("b", 0)]
    assert told[-1] == Ended(stopped=False) or isinstance(told[-1], Ended)


def test_an_error_ends_a_job_and_not_the_others() -> None:
    told = ran(Job("a", fails), Job("b", lambda: events(Finished("two"))))
    assert told.kinds() == [Happened, Failed, Happened, Ended]
    failed = told[1]
    assert isinstance(failed, Failed)
    assert (failed.job, failed.error.hint) == ("a", "Try another.")


def test_a_mistake_in_the_program_is_told_by_its_kind_alone() -> None:
    told = ran(Job("a", crashes))
    crashed = next(message for message in told if isinstance(message, Crashed))
    assert crashed.kind == "ZeroDivisionError"
    assert told.kinds()[-1] is Ended


def test_stopping_closes_the_job_and_begins_no_other() -> None:
    told, closed, go = Told(), threading.Event(), threading.Event()

    def endless() -> Generator[Event, None, None]:
        try:
            while True:
                yield Progress("reading", 0, 1)
                go.wait(10)
        finally:
            closed.set()

    run = Run([Job("a", endless), Job("b", lambda: events(Finished("never")))], told.tell)
    run.start()
    assert told.came.wait(10)
    run.stop()
    go.set()
    run.join(10)
    assert closed.is_set()
    ended = told[-1]
    assert isinstance(ended, Ended)
    assert ended.stopped
    assert {message.job for message in told if isinstance(message, Happened)} == {"a"}


def test_stopping_kills_the_child_that_a_job_waits_for() -> None:
    told = Told()
    pids: list[int] = []

    def waits() -> Generator[Event, None, Any]:
        # A module that waits for its input for ever, as an engine that is busy does not answer.
        with child("code", "-q") as running:
            pids.append(running.process.pid)
            yield Progress("hearing", 0, 1)
            while running.receive.readline():
                pass
            raise SpeechError("The speech engine stopped.")

    run = Run([Job("a", waits)], told.tell)
    run.start()
    assert told.came.wait(10)
    run.stop()
    run.join(10)
    assert not run.is_alive()
    assert told.kinds() == [Happened, Ended]
    with pytest.raises(ProcessLookupError):
        os.kill(pids[0], 0)


def test_the_time_left_follows_the_pace_and_begins_anew_with_each_step() -> None:
    now = [100.0]
    pace = Pace(lambda: now[0])
    assert pace.left_s("a", Progress("hearing", 0, 100)) is None
    now[0] += SETTLED_S * 2
    assert pace.left_s("a", Progress("hearing", 25, 100)) == pytest.approx(18.0)
    assert pace.left_s("a", Progress("speakers", 0, 100)) is None
    now[0] += SETTLED_S
    assert pace.left_s("a", Progress("speakers", 0, 100)) is None


def test_what_was_done_before_does_not_count_as_pace() -> None:
    now = [0.0]
    pace = Pace(lambda: now[0])
    pace.left_s("a", Progress("hearing", 90, 100))
    now[0] = 10.0
    assert pace.left_s("a", Progress("hearing", 95, 100)) == pytest.approx(10.0)
