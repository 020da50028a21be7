"""Marks made later: a call is played, and the interviewer says at which moment each question was put.

    key ── the moment it was pressed ─► Player.heard_at ─► Marking ─► KeptMarks ─► interview, transcript

The keys are the room's, and so are outline and probes. For calls that were brought in or only recorded.
"""

import asyncio
from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from interviewkit import marking, processing, suggesting
from interviewkit.errors import InterviewkitError, UsageError
from interviewkit.marking import Marking
from interviewkit.models import Interview, Mark, Schedule, Turn
from interviewkit.session_log import Log
from interviewkit.suggesting import Suggestion
from interviewkit.tui import mark_lines, room_views
from interviewkit.tui.mark_keeping import KeptMarks
from interviewkit.tui.modals import Choose, Confirm
from interviewkit.tui.screens.playing import Playing
from interviewkit.tui.text import clock, count, plain
from interviewkit.tui.widgets.bars import NoticeBar, TitleBar, WorkBar
from interviewkit.tui.widgets.conversation import Outline
from interviewkit.tui.widgets.keys import Key, KeyLine
from interviewkit.tui.widgets.player import PlayerBar

BEFORE_S = 2.0
"""A mark is heard from so long before it: the question's last words."""
NUDGE_S = 0.5
MOST_PROBES, MOST_UPCOMING = 5, 4
QUESTIONS = (
    Key("⏎", "mark now"),
    Key("1-9", "probe"),
    Key("↑↓", "choose", 2),
    Key("s", "suggest", 2),
    Key("^z", "take back"),
    Key("tab", "to the marks"),
    Key("?", "help"),
)
MARKS = (
    Key("⏎", "hear it"),
    Key("- +", "½ s"),
    Key("Del", "remove"),
    Key("↑↓", "choose", 2),
    Key("^z", "take back"),
    Key("tab", "to the questions"),
    Key("?", "help"),
)
ALL = "*"
LETTERS = "Letters do nothing here."
NONE_YET = "No marks yet. Press ⏎ as the last word of the chosen question has been said."


class Questions(Outline):
    """What can be marked."""


class Marks(Outline):
    """What was marked; where none is chosen, the mark that is heard stays in view."""

    def show(self, lines: list[room_views.Shown], selected: str) -> None:
        """Show the marks."""
        super().show(lines, selected)
        place = next((n for n, line in enumerate(lines) if line.current), None)
        top, height = self.scroll_offset.y, self.size.height
        if not selected and place is not None and not top <= place < top + height:
            self.scroll_to(y=place - height // 2, animate=False, immediate=True)


class ListenScreen(Playing):
    """Plays a call and marks its questions."""

    # Nothing takes keys but the screen itself.
    AUTO_FOCUS: ClassVar[str | None] = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "enter", "the chosen question was put now", key_display="⏎"),
        Binding("up", "choose(-1)", "choose the one before", key_display="↑"),
        Binding("down", "choose(1)", "choose the next one", key_display="↓"),
        Binding("1", "probe(1)", "a probe was put now", key_display="1-9"),
        *(Binding(str(n), f"probe({n})", "a probe was put now", show=False) for n in range(2, 10)),
        Binding("tab,shift+tab", "turn", "to the list of marks, and back", key_display="tab"),
        Binding("s", "suggest", "questions that the transcript suggests"),
        Binding("minus", "nudge(-1)", "in the list: ½ s earlier", key_display="-"),
        Binding("plus,equals_sign", "nudge(1)", "in the list: ½ s later", key_display="+"),
        Binding("delete", "remove", "in the list: remove the mark", key_display="Del"),
        Binding("ctrl+z,backspace", "undo", "take the last change back", key_display="^z"),
        Binding("ctrl+y", "redo", "make it again", key_display="^y"),
        Binding("pageup", "skip(-60)", "a minute back"),
        Binding("pagedown", "skip(60)", "a minute on"),
        Binding("right_square_bracket", "call(1)", "next call", key_display="]"),
        Binding("left_square_bracket", "call(-1)", "call before", key_display="["),
        Binding("escape", "escape", "back", key_display="Esc"),
    ]

    def __init__(self, interview: str, call: int | None = None) -> None:
        super().__init__()
        self._wanted, self._call = interview, call
        self._interview: Interview | None = None
        self._guide: Schedule | None = None
        self._marks: KeptMarks | None = None
        self._rate = 1
        self._selected = ""
        self._chosen: Mark | None = None
        """The mark that the keys are about; None while they are about questions."""

    def compose(self) -> ComposeResult:
        """The outline beside the marks, what is next, the player, the bars, the keys."""
        yield TitleBar()
        with Horizontal(id="room"):
            yield Questions()
            with Vertical():
                yield Static(id="none", markup=False)
                yield Marks()
                yield Static(classes="rule", markup=False)
                yield Static(id="probes", markup=False)
                yield Static(id="upcoming", markup=False)
        yield PlayerBar()
        yield WorkBar(markup=False)
        yield NoticeBar(markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        """Read the interview, and open the recording: it is what this screen is for."""
        self.query_one(TitleBar).show(self._wanted)
        self.query_one("#none", Static).update(plain(NONE_YET))
        self.query_one("#none").display = False
        self.flow(self._load())

    async def _load(self) -> None:
        study = self.kit.study
        known = self._interview = await asyncio.to_thread(study.interview, self._wanted)
        if not known.calls:
            self.kit.tell(f"{known.id} has no recording yet.")
            return
        self._guide = await asyncio.to_thread(processing.guide, study, known)
        numbers = [call.number for call in known.calls]
        later = [number for number in numbers if not marking.was_held(known, number)]
        self._call = self._call or (later or numbers)[0]
        self._marks = KeptMarks(study, known, self._call)
        self._rate, self._chosen = known.calls[numbers.index(self._call)].sample_rate, None
        self._selected = mark_lines.next_open(self._log(0), self._made, "")
        self.with_player(lambda player: None)
        if self._marks.held:
            self.kit.tell(f"Call {self._call} was marked while it was held: its marks stay as they are.")
        self.show()
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Other calls where there are any."""
        return action != "call" or (self._interview is not None and len(self._interview.calls) > 1)

    # ── showing ─────────────────────────────────────────────────────────────────────────────────

    @property
    def about(self) -> tuple[str, int] | None:
        """The call that is marked."""
        return None if self._call is None or self._marks is None else (self._wanted, self._call)

    @property
    def _made(self) -> Marking:
        return self._marks.made if self._marks is not None else Marking(1, 0)

    def heard(self, position_s: float) -> None:
        """What is talked about changes as it is heard."""
        self.show()

    def on_resize(self, event: events.Resize) -> None:
        """Lay it out for the new size."""
        self.call_after_refresh(self.show)

    def _log(self, frame: int) -> Log:
        assert self._guide is not None
        return mark_lines.as_log(self._guide, self._made, frame)

    def show(self) -> None:
        """Show everything as it is now."""
        if self._guide is None or self._interview is None or not self.is_mounted:
            return
        frame, made = 0 if self.player is None else self.player.heard.frame, self._made
        log = self._log(frame)
        self._title(self._interview)
        questions, marks = self.query_one(Questions), self.query_one(Marks)
        outline = mark_lines.outline(log, made, self._rate, self._selected, questions.size.width - 1)
        questions.show(outline, "" if self._chosen is not None else self._selected)
        lines = mark_lines.listed(log, made, self._rate, frame, self._chosen, marks.size.width - 1)
        marks.show(lines, "" if self._chosen is None else mark_lines.key(self._chosen))
        self.query_one("#none").display = not made.marks
        self._next(log)

    def _title(self, known: Interview) -> None:
        several = f" · call {self._call} of {len(known.calls)}" if len(known.calls) > 1 else ""
        unsaved = "" if self._marks is None or self._marks.saved else " · not saved yet"
        marks = count(len(self._made.marks), "mark")
        self.query_one(TitleBar).show(f"{known.id}{several} · marks", marks + unsaved)

    def _next(self, log: Log) -> None:
        """What ⏎ and the digits would mark, in the words of the schedule."""
        width = self.query_one(Marks).size.width - 2
        probes = room_views.probes(log, width, MOST_PROBES)
        upcoming = room_views.upcoming(log, self._selected, width, MOST_UPCOMING, "mark")
        for place, lines in (("#probes", probes), ("#upcoming", [(line, False) for line in upcoming])):
            text = Content("\n").join(plain(line, "dim" if put else "") for line, put in lines)
            shown = self.query_one(place, Static)
            shown.display = bool(lines) and self._chosen is None
            if shown.content != text:
                shown.update(text)
        self.query_one(".rule").display = self._chosen is None
        self.query_one(KeyLine).show(QUESTIONS if self._chosen is None else MARKS)

    # ── marking ─────────────────────────────────────────────────────────────────────────────────

    def action_enter(self) -> None:
        """The chosen question was put at this moment; in the list, the chosen mark is heard."""
        mark, player = self._chosen, self.player
        if mark is not None and player is not None:
            player.play(max(mark.frame / self._rate - BEFORE_S, 0))
            self.tick()
        elif self._put(self._selected):
            self._selected = mark_lines.next_open(self._log(0), self._made, self._selected)
            self.show()

    def action_probe(self, number: int) -> None:
        """A probe of what is talked about was put at this moment."""
        if self.player is None or self._guide is None:
            return
        frame = self.player.heard_at(self.kit.pressed_s)
        topic = self._log(frame).topics.get(self._made.topic_at(frame))
        if topic is None:
            self.kit.tell("No question is marked before this moment.", "Mark the question, then its probe.")
        elif number > len(topic.letters):
            self.kit.tell(f"{topic.label} has {count(len(topic.letters), 'probe')}.")
        else:
            self._put(f"{topic.id}.{topic.letters[number - 1]}")

    def _put(self, question: str) -> bool:
        """A mark at what was heard when the key was pressed; whether it was made."""
        if self.player is None or self._guide is None:
            return False
        frame = self.player.heard_at(self.kit.pressed_s)
        done = self._change(lambda made: made.put(question, frame))
        if done:
            said = mark_lines.told(self._log(0), question)
            self.kit.tell(f"{said} was put at {clock(frame / self._rate)}.", "ctrl+z takes it back.")
        return done

    def action_nudge(self, by: int) -> None:
        """Move the chosen mark."""
        mark, frames = self._chosen, round(by * NUDGE_S * self._rate)
        if mark is not None and self._change(lambda made: made.moved(mark, frames)):
            self._chosen = self._made.shifted(mark, frames)
            self.show()

    def action_remove(self) -> None:
        """Remove the chosen mark; it can be taken back."""
        mark = self._chosen
        if mark is not None:
            place = self._made.marks.index(mark)
            if self._change(lambda made: made.removed(mark)):
                self._choose(place)

    def action_suggest(self) -> None:
        """Choose from the questions that were likely put, by the words of the transcript."""
        if self._marks is not None and self._guide is not None:
            self.flow(self._suggest())

    async def _suggest(self) -> None:
        assert self._guide is not None
        turns = await asyncio.to_thread(self._turns)
        known = {mark.question for mark in self._made.marks}
        found = [one for one in suggesting.suggested(turns, self._guide) if one.question not in known]
        if not found:
            self.kit.tell("The transcript suggests nothing more.", "It has to be transcribed first.")
            return
        every = [(ALL, f"all {len(found)} of them")] if len(found) > 1 else []
        choices = [*every, *mark_lines.suggestions(self._log(0), found)]
        about = "By their words alone: listen before you rely on one."
        chosen = await self.app.push_screen_wait(Choose("Which was put?", choices, about))
        accepted = [one for one in found if chosen in (ALL, one.question)]
        if chosen is not None and self._change(lambda made: self._with(made, accepted)):
            self.kit.tell(f"{count(len(accepted), 'mark')} made.", "ctrl+z takes one back at a time.")
            self._settle()

    def _turns(self) -> tuple[Turn, ...]:
        assert self._interview is not None
        assert self._call is not None
        found = processing.transcript(self.kit.study, self._interview, self._call)
        return () if found is None else found.turns

    def _with(self, made: Marking, accepted: list[Suggestion]) -> Marking:
        for one in accepted:
            made = made.put(one.question, round(one.end_s * self._rate))
        return made

    def action_undo(self) -> None:
        """Take the last change back; a question that has lost its mark is the chosen one again."""
        before = self._made.marks
        if self._change(Marking.undone):
            gone = [mark for mark in before if mark not in self._made.marks]
            if gone and len(before) > len(self._made.marks):
                self._selected = gone[-1].question.partition(".")[0]
            self._settle()

    def action_redo(self) -> None:
        """Make the change again that was taken back."""
        if self._change(Marking.redone):
            self._settle()

    def _change(self, rule: Callable[[Marking], Marking]) -> bool:
        """Change the marks and have them saved; whether it could be."""
        if self._marks is None:
            return False
        self.kit.hush()
        try:
            self._marks.change(rule)
        except UsageError as error:
            self.kit.tell(error.message, error.hint)
            return False
        self.app.run_worker(self._save(self._marks), group="marks", exit_on_error=False)
        self.show()
        return True

    async def _save(self, marks: KeptMarks) -> None:
        await asyncio.to_thread(marks.save)
        self.show()

    # ── choosing ────────────────────────────────────────────────────────────────────────────────

    def action_choose(self, by: int) -> None:
        """Choose another question, or another mark in the list."""
        if self._guide is None:
            return
        if self._chosen is None:
            self._selected = room_views.around(self._log(0), self._selected, by)
            self.show()
        else:
            self._choose(self._made.marks.index(self._chosen) + by)

    def action_turn(self) -> None:
        """From the questions to the mark that is heard, and back."""
        if self._chosen is not None or not self._made.marks:
            self._chosen = None
            self.show()
        else:
            heard = self._made.at(0 if self.player is None else self.player.heard.frame)
            self._choose(self._made.marks.index(heard) if heard is not None else 0)

    def _choose(self, place: int) -> None:
        """The mark at a place of the list, or the nearest; none where there are none."""
        marks = self._made.marks
        self._chosen = marks[min(max(place, 0), len(marks) - 1)] if marks else None
        self.show()

    def _settle(self) -> None:
        """A chosen mark that is not there any more: the one that is nearest to it."""
        mark = self._chosen
        if mark is not None and mark not in self._made.marks:
            self._choose(sum(known.frame < mark.frame for known in self._made.marks))
        self.show()

    def on_key(self, event: events.Key) -> None:
        """A letter says that it does nothing."""
        if event.character is not None and event.character.isalpha():
            self.kit.tell(LETTERS, "? shows the keys.")

    # ── other calls, and the way back ───────────────────────────────────────────────────────────

    def action_call(self, by: int) -> None:
        """Another call of the interview."""
        if self._interview is not None and self._call is not None:
            numbers = [call.number for call in self._interview.calls]
            place = min(max(numbers.index(self._call) + by, 0), len(numbers) - 1)
            self.flow(self._other(numbers[place]))

    async def _other(self, call: int) -> None:
        if call != self._call and await self._finished():
            self._call = call
            await self.close_player()
            await self._load()

    def leave(self) -> None:
        """Back, when everything is saved."""
        self.flow(self._back())

    async def _back(self) -> None:
        if await self._finished():
            self.dismiss()

    async def _finished(self) -> bool:
        """Whether the call's marks are saved and its transcript knows them, or the user goes without."""
        marks = self._marks
        if marks is None:
            return True
        try:
            await asyncio.to_thread(marks.save)
        except InterviewkitError as error:
            about = f"{error.message} {error.hint}"
            sure = await self.app.push_screen_wait(Confirm("Leave without saving the marks?", about))
            return sure is True
        await asyncio.to_thread(marks.remark)
        return True
