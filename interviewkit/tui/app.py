"""The app: one study, the screens over it, the work that runs in the background, and every error's way out.

opening ─► InterviewkitApp ─► Home ─► Consent, Transcript
Run (thread) ── messages ─► work, notices ─► the bars of whichever screen is open
"""

import asyncio
import os
import shutil
import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from textual import events, on
from textual import work as in_worker
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.filter import LineFilter
from textual.reactive import reactive
from textual.screen import Screen
from textual.theme import Theme
from textual.worker import Worker, WorkerState

from interviewkit import agenda, key_backup, withdrawal
from interviewkit.agenda import Agenda
from interviewkit.errors import InterviewkitError
from interviewkit.events import Finished, Left, Progress, SetAside, Waiting, Warned
from interviewkit.searching import Texts
from interviewkit.study import Study
from interviewkit.tui.calls import Calls
from interviewkit.tui.messages import Crashed, Ended, Failed, Happened, Told
from interviewkit.tui.modals import Confirm, Page
from interviewkit.tui.night import Night
from interviewkit.tui.screens.ethics import EthicsScreen
from interviewkit.tui.screens.frame import Frame
from interviewkit.tui.screens.home import Home
from interviewkit.tui.screens.ready import ReadyScreen
from interviewkit.tui.screens.transcript import TranscriptScreen
from interviewkit.tui.text import Harmless
from interviewkit.tui.unlocking import unlocked
from interviewkit.tui.widgets.bars import Notice, Work
from interviewkit.tui.work import Job, Pace, Run, transcribed

LOOK_EVERY_S = 2.0
STOP_EVERY_S = 0.2
DEBUG_VARIABLE = "INTERVIEWKIT_DEBUG"
THEME_VARIABLE = "INTERVIEWKIT_THEME"
NAME_VARIABLE = "INTERVIEWKIT_NAME"
DARK = Theme(
    name="dark",
    primary="#7cc4c4",
    accent="#7cc4c4",
    warning="#7cc4c4",
    error="#e8867c",
    foreground="#d5d8da",
    background="#16191c",
    surface="#16191c",
    panel="#22272b",
    variables={"footer-key-foreground": "#7cc4c4", "footer-background": "#16191c"},
)
LIGHT = Theme(
    name="light",
    primary="#14696b",
    accent="#14696b",
    warning="#14696b",
    error="#a8322a",
    foreground="#25292c",
    background="#faf9f6",
    surface="#faf9f6",
    panel="#ebe9e3",
    dark=False,
    variables={"footer-key-foreground": "#14696b", "footer-background": "#faf9f6"},
)


class InterviewkitApp(App[None]):
    """A study on the screen."""

    CSS_PATH = "app.tcss"
    TITLE = "interviewkit"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark", "help", "help", key_display="?"),
        Binding("ctrl+p", "command_palette", "all commands", show=False),
        Binding("ctrl+q", "quit", "quit", show=False, priority=True),
        Binding("f9", "urgent('distress')", "distress", show=False, priority=True),
        Binding("f10", "urgent('safeguarding')", "safeguarding", show=False, priority=True),
        Binding("ctrl+l,ctrl+t", "theme", "light or dark", show=False),
    ]
    agenda: reactive[Agenda | None] = reactive[Agenda | None](None)
    work: reactive[Work | None] = reactive[Work | None](None)
    notices: reactive[tuple[Notice, ...]] = reactive[tuple[Notice, ...]](())

    def __init__(self, folder: Path, participant: str | None = None, *, desk: bool = False) -> None:
        """Open the study in `folder`, ready for a call with `participant`; StudyError where there is none.

        With `desk` the ethics desk is in front of Home.
        """
        super().__init__()
        self._first, self._desk = participant, desk
        self.study = Study.open(folder, self._heard)
        self.texts = Texts(self.study)
        self.animation_level = "none"
        self.taken_by = os.environ.get(NAME_VARIABLE, "").strip()
        self.pressed_s = time.monotonic()
        self.calls = Calls(self)
        self.crash: Exception | None = None
        self.reads: tuple[str, int] | None = None
        """The call whose transcript is opened when the work is done."""
        self._run: Run | None = None
        self._pace = Pace()
        self._looking = self._out_of_date = False
        self.night = Night(self)
        self._quitting = False
        for theme in (DARK, LIGHT):
            self.register_theme(theme)
        self.theme = "light" if os.environ.get(THEME_VARIABLE) == "light" else "dark"

    def get_default_screen(self) -> Screen[None]:
        """Home."""
        return Home()

    def on_mount(self) -> None:
        """Look at the study now and whenever its files may have changed."""
        self.look()
        self.set_interval(LOOK_EVERY_S, self.look)
        self.run_worker(self._begin(), group="begin", exit_on_error=False)

    async def on_event(self, event: events.Event) -> None:
        """Every key's moment is known, however late it is dealt with: marks are made of it."""
        if isinstance(event, events.Key):
            self.pressed_s = event.time
        await super().on_event(event)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What every line goes through before the terminal: whatever drew it, it steers nothing."""
        return [*super().get_line_filters(), HARMLESS]

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """The palette has what the keys of the screen have."""
        for active in screen.keys() if isinstance(screen, Frame) else ():
            binding, node = active.binding, active.node
            title = binding.description[:1].upper() + binding.description[1:]
            if binding.action != "command_palette":
                act = partial(self.run_action, binding.action, node)
                yield SystemCommand(title, self.get_key_display(binding), act)

    def action_help(self) -> None:
        """Show the keys of the screen."""
        if isinstance(self.screen, Frame):
            self.push_screen(Page("Keys", Content("\n").join(self.screen.help())))

    def action_theme(self) -> None:
        """Light to dark and back."""
        self.theme = "dark" if self.theme == "light" else "light"

    @property
    def aside(self) -> str:
        """What is always true of the study, for the right of Home's title."""
        free = shutil.disk_usage(self.study.root).free
        sealed = "sealed" if self.study.keys.sealed else "not encrypted"
        return f"{sealed} · {free / 1e9:.0f} GB free"

    # ── the study as it is ──────────────────────────────────────────────────────────────────────

    def look(self) -> None:
        """Bring the agenda up to date, without keeping anybody waiting."""
        self._out_of_date = True
        if not self._looking:
            self._looking = True
            self._look()

    @in_worker(group="look", exit_on_error=False)
    async def _look(self) -> None:
        try:
            # What changes while it is looked at is looked at again.
            while self._out_of_date:
                self._out_of_date = False
                self.agenda = found = await asyncio.to_thread(agenda.look, self.study)
                self.night.look(found)
        finally:
            self._looking = False

    # ── notices and errors ──────────────────────────────────────────────────────────────────────

    def tell(self, text: str, hint: str = "") -> None:
        """Say something that need not be answered; the next such line takes its place."""
        self.hush()
        self.notices = (Notice(text, hint), *self.notices)

    def alarm(self, text: str, hint: str = "") -> None:
        """Say something that stays until it is answered; once, however often it happens."""
        notice = Notice(text, hint, alarm=True)
        self.notices = (*(known for known in self.notices if known != notice), notice)

    def hush(self) -> None:
        """Take away what need not be answered."""
        self.notices = tuple(notice for notice in self.notices if notice.alarm)

    def forget(self, texts: Collection[str]) -> None:
        """Take back alarms about what is over."""
        self.notices = tuple(notice for notice in self.notices if notice.text not in texts)

    def seen(self) -> None:
        """The user has read the latest notice."""
        self.notices = self.notices[:-1]

    def complain(self, error: BaseException) -> None:
        """The one place where an error becomes a line: message and hint, or no more than its type."""
        if isinstance(error, InterviewkitError):
            self.alarm(error.message, error.hint)
        else:
            self._unexpected(type(error).__name__)

    def _heard(self, warned: Warned) -> None:
        """Told by the study, in whichever thread."""
        self.post_message(Told(warned))

    def _unexpected(self, kind: str) -> None:
        self.alarm(
            f"Something unexpected went wrong ({kind}).",
            f"Start again with {DEBUG_VARIABLE}=1 to see where, and tell the authors.",
        )

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Errors of flows and looks."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            self.complain(event.worker.error)

    def _handle_exception(self, error: Exception) -> None:
        self.crash = error
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """Close without the library's own traceback, which shows variables: what people said."""
        if os.environ.get(DEBUG_VARIABLE):
            super()._fatal_error()
        else:
            self._close_messages_no_wait()

    async def _begin(self) -> None:
        """First of all the passphrase; then a call that goes on; then what was asked for at the start."""
        if not await unlocked(self):
            self.exit()
            return
        self.study.mend()
        for line in key_backup.to_do(self.study.keys)[:1]:
            self.tell(line)
        for problem in await asyncio.to_thread(withdrawal.settle, self.study):
            self.alarm(problem)
        returned = await self.calls.back()
        self.look()
        if self._first is not None and not returned:
            self.hold(self._first)
        elif self._desk and not returned:
            self.push_screen(EthicsScreen())

    # ── calls ───────────────────────────────────────────────────────────────────────────────────

    def hold(self, participant: str, interview: str | None = None) -> None:
        """Get ready to record a call: of a new interview, or a further one of `interview`."""
        self.push_screen(ReadyScreen(participant, interview))

    def action_urgent(self, kind: str) -> None:
        """Distress and safeguarding come before whatever stands in front of the room."""
        self.calls.urgent(kind)

    # ── work in the background ──────────────────────────────────────────────────────────────────

    def begin(self, jobs: Sequence[Job]) -> None:
        """Start jobs; one lot at a time."""
        if self._run is not None:
            self.tell("One thing at a time: this has to wait until the work below is done.")
            return
        self.hush()
        self._pace = Pace()
        self.work = Work(jobs[0].name, behind=len(jobs) - 1)
        self._run = Run(jobs, self.post_message)
        self._run.start()
        self.refresh_bindings()

    def process(self, calls: Sequence[tuple[str, int]], *, anew: bool = False) -> None:
        """Transcribe calls (interview, number); `anew` also those that are set aside."""
        interview, call = calls[0]
        start = partial(transcribed, self.study, calls, anew=anew, stopped=self._is_stopping)
        self.begin([Job(f"{interview}, call {call}", start)])

    def _is_stopping(self) -> bool:
        return self._run is None or self._run.stopping

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Stopping is there while there is something to stop."""
        return self.working if action == "stop" else True

    async def action_stop(self) -> None:
        """Stop the work; what is finished is kept and the rest goes on from there another time."""
        if self._run is not None and self.work is not None:
            self.work = Work(self.work.name, stopping=True)
            self._stop()

    def _stop(self) -> None:
        if self._run is not None:
            self._run.stop()
            self.set_timer(STOP_EVERY_S, self._stop)

    @property
    def working(self) -> bool:
        """Whether something runs."""
        return self._run is not None

    @on(Happened)
    def _happened(self, message: Happened) -> None:
        event = message.event
        if isinstance(event, Warned):
            self.tell(event.message)
        elif isinstance(event, Finished):
            self.tell(event.summary)
        elif isinstance(event, SetAside):
            self.alarm(event.message, event.hint)
        elif isinstance(event, Left) and self.work is not None and not self.work.stopping:
            same = self.work if self.work.name == event.job else Work(event.job)
            self.work = replace(same, left_s=event.job_s, behind=event.behind, all_s=event.all_s)
        elif isinstance(event, Waiting) and self.work is not None and not self.work.stopping:
            # The time for which it waits says nothing about its pace.
            self._pace = Pace()
            step = "goes on" if event.over else "waits while a call is being recorded"
            self.work = replace(self.work, step=step, total=0.0, left_s=None)
        elif isinstance(event, Progress) and self.work is not None and not self.work.stopping:
            known = self.work
            if known.all_s is None:
                known = Work(message.job, left_s=self._pace.left_s(message.job, event), behind=message.behind)
            self.work = replace(known, step=event.step, done=event.done, total=event.total)

    @on(Failed)
    def _failed(self, message: Failed) -> None:
        error = message.error
        named = error.message.startswith(message.job)
        self.alarm(error.message if named else f"{message.job}: {error.message}", error.hint)

    @on(Crashed)
    def _crashed(self, message: Crashed) -> None:
        self._unexpected(message.kind)

    @on(Ended)
    def _ended(self, message: Ended) -> None:
        self._run, self.work = None, None
        if self._quitting:
            self.exit()
            return
        reads, self.reads = self.reads, None
        if message.stopped:
            self.tell("Stopped. What was done is kept, and the rest goes on from there.")
        elif reads is not None:
            self.push_screen(TranscriptScreen(*reads))
        self.refresh_bindings()
        self.look()

    @on(Told)
    def _told(self, message: Told) -> None:
        self.tell(message.warned.message)

    # ── the end ─────────────────────────────────────────────────────────────────────────────────

    async def action_quit(self) -> None:
        """Leave; asks first where a call is being held or work would be stopped by it."""
        if self.calls.room is not None:
            about = "F8 ends the call. If you quit, it is recorded for one more minute; come back within it."
            self.push_screen(Confirm("A call is being recorded. Quit all the same?", about), self._quit)
        elif self._run is not None:
            about = "What is done is kept, and the rest goes on from there another time."
            self.push_screen(Confirm("Work is still running. Stop it and quit?", about), self._quit)
        else:
            self.exit()

    def _quit(self, sure: bool | None) -> None:
        if sure and self._run is None:
            self.exit()
        elif sure:
            self._quitting = True
            self.work = Work("Quitting", stopping=True)
            self._stop()

    def abandon(self) -> None:
        """End the work with the program, however that ends."""
        self.calls.leave()
        if self._run is not None:
            self._run.stop()
            self._run.join(timeout=5.0)


HARMLESS = Harmless()
