"""Shows what a long job yields: a live line with a terminal, plain lines without. All on standard error."""

import os
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar, overload

import click

from interviewkit.cli import terminal
from interviewkit.events import Event, Finished, Left, Progress, Saved, SetAside, Waiting, Warned
from interviewkit.harmless import visible
from interviewkit.phrases import minutes

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

T = TypeVar("T")
QUARTERS = 4
ALL = "All calls"
WAITING = "Waiting: a call is being recorded."
GOING_ON = "Going on: no call is being recorded any more."


@overload
def show(events: Generator[Event, None, T], *, quiet: bool = False) -> T: ...


@overload
def show(events: Iterable[Event], *, quiet: bool = False) -> Any: ...


def show(events: Iterable[Event], *, quiet: bool = False) -> Any:
    """Run a job to its end and hand back what it returns; `quiet` shows its warnings and nothing else.

    However it ends, by an error or by Ctrl-C, the job is closed, so that it tidies up after itself.
    """
    running = iter(events)
    try:
        with _shown(quiet) as draw:
            while True:
                draw(next(running))
    except StopIteration as end:
        return end.value
    finally:
        if isinstance(running, Generator):
            running.close()


def note(warned: Warned) -> None:
    """Tell the user something that did not stop the work."""
    click.echo(f"Note: {warned.message}", err=True)


@contextmanager
def _shown(quiet: bool) -> Iterator[Callable[[Event], None]]:
    """What draws an event, in the way that suits standard error."""
    if quiet:
        yield _only_warnings
    elif sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
        with _bars() as bars:
            yield _Live(bars).draw
    else:
        yield _Plain().draw


def _only_warnings(event: Event) -> None:
    if isinstance(event, Warned | SetAside):
        click.echo(_line(event), err=True)


def _line(event: Saved | Waiting | Warned | Finished | SetAside) -> str:
    """An event other than progress in words; empty where the step's own line says it already."""
    if isinstance(event, Warned):
        return f"Note: {event.message}"
    if isinstance(event, SetAside):
        return f"Set aside: {event.message} {event.hint}"
    if isinstance(event, Finished):
        return event.summary
    if isinstance(event, Waiting):
        return GOING_ON if event.over else WAITING
    return f"Saved {event.what}: {event.path}" if event.path is not None else ""


def _title(step: str) -> str:
    return step[:1].upper() + step[1:]


def _begins(left: Left) -> str:
    """`P07-1, call 1: about 6 min; with the 2 after it about 40 min.`"""
    after = f"; with the {left.behind} after it about {minutes(left.all_s)}" if left.behind else ""
    return f"{left.job}: about {minutes(left.job_s)}{after}."


class _Plain:
    """A line when a step begins and at each quarter of it: for logs and pipes."""

    def __init__(self) -> None:
        self._job = ""
        self._reached: dict[str, int] = {}

    def draw(self, event: Event) -> None:
        if isinstance(event, Left):
            if event.job != self._job:
                self._job, self._reached = event.job, {}
                click.echo(_begins(event), err=True)
            return
        if not isinstance(event, Progress):
            if line := _line(event):
                click.echo(line, err=True)
            return
        quarter = int(QUARTERS * event.done / event.total) if event.total > 0 else QUARTERS
        if quarter > self._reached.get(event.step, -1):
            self._reached[event.step] = quarter
            click.echo(f"{_title(event.step)}: {100 * quarter // QUARTERS} %", err=True)


class _Live:
    """A bar for each step of the job that runs, with the time that is left; and one for all jobs."""

    def __init__(self, bars: "Bars") -> None:
        self._bars = bars
        self._job = ""
        self._all_s = 0.0
        self._tasks: dict[str, TaskID] = {}

    def draw(self, event: Event) -> None:
        if isinstance(event, Left):
            self._draw_left(event)
            return
        if not isinstance(event, Progress):
            if line := _line(event):
                self._bars.console.print(visible(line), markup=False, highlight=False, soft_wrap=True)
            return
        if event.step not in self._tasks:
            self._tasks[event.step] = self._bars.add_task(
                visible(_title(event.step)), total=event.total or 1.0
            )
        # A step of no length is done when it begins.
        done = event.done if event.total > 0 else 1.0
        self._bars.update(self._tasks[event.step], completed=done, total=event.total or 1.0)

    def _draw_left(self, left: Left) -> None:
        """The name of a job that begins, instead of the bars of the one before; then all that is left."""
        if left.job != self._job:
            for task in self._tasks.values():
                self._bars.remove_task(task)
            self._job, self._tasks = left.job, {}
            self._bars.console.print(visible(_begins(left)), markup=False, highlight=False, soft_wrap=True)
        if not left.behind and ALL not in self._tasks:
            return
        self._all_s = max(self._all_s, left.all_s)
        if ALL not in self._tasks:
            self._tasks[ALL] = self._bars.add_task(ALL, total=self._all_s)
        text = f"{ALL}: {minutes(left.all_s)} left"
        done_s = self._all_s - left.all_s
        self._bars.update(self._tasks[ALL], description=text, completed=done_s, total=self._all_s or 1.0)


def _bars() -> "Bars":
    from rich import progress as rich
    from rich.console import Console

    return rich.Progress(
        rich.TextColumn("{task.description}", markup=False),
        rich.BarColumn(),
        rich.TaskProgressColumn(),
        rich.TimeRemainingColumn(elapsed_when_finished=True),
        console=Console(file=terminal.bare(sys.stderr)),
    )
