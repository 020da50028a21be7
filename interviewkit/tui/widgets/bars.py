"""The lines that every screen has around its body: title above; work and notices below."""

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Label, Static

from interviewkit.tui.text import bar, count, minutes, plain


@dataclass(frozen=True)
class Notice:
    """A line for the user; an alarm stays until it is answered."""

    text: str
    hint: str = ""
    alarm: bool = False


@dataclass(frozen=True)
class Work:
    """How far the running work is; `behind` jobs come after this one, `all_s` seconds are left of all."""

    name: str
    step: str = ""
    done: float = 0.0
    total: float = 0.0
    left_s: float | None = None
    behind: int = 0
    all_s: float | None = None
    stopping: bool = False


class TitleBar(Horizontal):
    """Where the user is, and on the right what is always true of it."""

    def compose(self) -> ComposeResult:
        """Left and right."""
        yield Label("", id="title", markup=False)
        yield Label("", id="aside", markup=False)

    def show(self, title: str, aside: str = "") -> None:
        """Replace both texts."""
        self.query_one("#title", Label).update(plain(title))
        self.query_one("#aside", Label).update(plain(aside))


class WorkBar(Static):
    """What runs in the background, with how long it will take; not there when nothing runs."""

    def show(self, work: Work | None) -> None:
        """Show the state of the work."""
        self.display = work is not None
        if work is not None:
            self.update(work_line(work))


class NoticeBar(Static):
    """The latest notice; alarms stay, one behind the other, until Esc answers them."""

    def show(self, notices: tuple[Notice, ...]) -> None:
        """Show the last of the notices."""
        self.display = bool(notices)
        self.set_class(bool(notices) and notices[-1].alarm, "-alarm")
        if notices:
            self.update(notice_line(notices))


def work_line(work: Work) -> Content:
    """`P07-1, call 1   Transcribing ████░░░░░░ 43 %   about 6 min left   then 2 more`."""
    if work.stopping:
        return plain(f"{work.name}   stopping; what is done is kept")
    parts = [work.name, work.step[:1].upper() + work.step[1:] if work.step else "starting"]
    if work.total > 0:
        parts[-1] += f" {bar(work.done, work.total)} {100 * min(work.done / work.total, 1):.0f} %"
    if work.left_s is not None:
        parts.append(f"{minutes(work.left_s)} left{'' if work.all_s is not None else ' for this step'}")
    if work.behind:
        together = f", {minutes(work.all_s)} for all" if work.all_s is not None else ""
        parts.append(f"then {work.behind} more{together}")
    return plain("   ".join(parts))


def notice_line(notices: tuple[Notice, ...]) -> Content:
    """A notice with its remedy below; says how many more wait behind an alarm, and how to answer it."""
    last = notices[-1]
    sign = "! " if last.alarm else "  "
    more = f"  ({count(len(notices) - 1, 'notice')} before this)" if len(notices) > 1 else ""
    answer = f"{more}  Esc: seen" if last.alarm else ""
    parts = [Content(sign), plain(last.text, "bold" if last.alarm else "")]
    if last.hint:
        parts += [Content("\n  " if last.alarm else " "), plain(last.hint)]
    return Content("").join([*parts, Content(answer)])
