"""Hostile text in every widget that shows data, and in real terminals."""

import os
import pty
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

import pytest
import yaml
from rich.cells import cell_len, set_cell_size
from textual.app import ComposeResult
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget

from interviewkit import codebook as books
from interviewkit import coding, coding_audit, contacts, desk, incidents, oversight, passages, tui
from interviewkit.by_question import Heading
from interviewkit.coding import Who
from interviewkit.consent import Store
from interviewkit.harmless import UNFIT, visible
from interviewkit.models import (
    Coded,
    IncidentKind,
    Known,
    Place,
    Pseudonyms,
    Roster,
    StudyConfig,
    Verdict,
    Word,
)
from interviewkit.models.study import Protocols
from interviewkit.session_moves import ask, improvise, note
from interviewkit.study import Study
from interviewkit.tui.app import InterviewkitApp
from interviewkit.tui.modals import AskLine, Choose, Confirm, Page, Pick, paragraphs
from interviewkit.tui.protocol import Protocol
from interviewkit.tui.room_lines import talkers
from interviewkit.tui.room_views import Shown
from interviewkit.tui.screens.categories import CategoriesScreen
from interviewkit.tui.screens.check import CheckScreen
from interviewkit.tui.screens.code import CodeScreen
from interviewkit.tui.screens.desk import DeskScreen
from interviewkit.tui.screens.ethics import EthicsScreen
from interviewkit.tui.screens.frame import Frame
from interviewkit.tui.screens.home import Home
from interviewkit.tui.screens.incident import IncidentScreen
from interviewkit.tui.screens.listen import ListenScreen
from interviewkit.tui.screens.names import NamesScreen
from interviewkit.tui.screens.person import PersonScreen
from interviewkit.tui.screens.ready import ReadyScreen
from interviewkit.tui.screens.record import RecordScreen
from interviewkit.tui.screens.search import SearchScreen
from interviewkit.tui.screens.sound import SoundScreen
from interviewkit.tui.screens.standing import StandingScreen
from interviewkit.tui.screens.transcript import TranscriptScreen
from interviewkit.tui.widgets.bars import Notice, NoticeBar, TitleBar, Work, WorkBar
from interviewkit.tui.widgets.chat import Chat
from interviewkit.tui.widgets.conversation import Conversation, Outline
from interviewkit.tui.widgets.editor import Editor
from interviewkit.tui.widgets.finder import Finder
from interviewkit.tui.widgets.meters import LABEL_WIDTH, Meters
from interviewkit.tui.widgets.player import PlayerBar
from interviewkit.tui.widgets.player import Shown as Played
from tests import small_study
from tests.system.terminal import Terminal
from tests.trust import FULL
from tests.trust.conftest import Figures
from tests.trust.hostile import strings
from tests.tui import study as studies
from tests.tui.conftest import started, until
from tests.tui.conftest import text as on_screen
from tests.unit.session_clock import Hand
from tests.unit.test_coding import released

pytestmark = pytest.mark.slow
STRINGS = strings(500)[:: 1 if FULL else 100]
ENOUGH = 8
"""So many characters of a text have to be there, as they are, in the place of each widget."""


class Bench(Screen[None]):
    """A screen with every widget of `tui/widgets` that shows what came from somebody."""

    def compose(self) -> ComposeResult:
        """One of each."""
        for kind in SHOWS:
            widget = kind()
            # A long text must not push the others off the screen.
            widget.styles.height = HEIGHTS.get(kind, 3)
            yield widget


def protocol(text: str) -> Screen[Any]:
    """What to do about distress, as a study says it; its service's name is not what comes first in it."""
    wrote = Protocols.model_construct(distress=f"{text}\n\n{text}")
    config = StudyConfig.model_construct(schema_=1, title=text, approvals=(), groups=(), protocols=wrote)
    return Protocol(config, IncidentKind.DISTRESS, "uk", paused=False)


def chat(widget: Chat, text: str) -> None:
    words = (Word(text=text, start_s=0.0, end_s=1.0, probability=0.1),)
    turn = studies.turn("P01", "x", 0.0, "first").model_copy(update={"speaker": text, "words": words})
    found = studies.transcript().model_copy(update={"turns": (turn,), "flags": ()})
    widget.show(found, {"first": Heading(text, text, text)})


def conversation(widget: Conversation, text: str) -> None:
    # It stays at its end, so what is longer than the screen has its beginning above.
    hand = Hand().start().wait(1).do(ask)
    # Nothing can't be typed.
    typed = text[:300] if text.strip() else "x"
    log = hand.do(note, typed).do(improvise, typed).log
    widget.show(log, 0, log.actions[-1].monotonic_s, talkers("P01", 2), {})


def outline(widget: Outline, text: str) -> None:
    # What comes here was made visible, and broken into lines, by `room_views`.
    widget.show([Shown(visible(text), "first"), Shown(visible(text))], "first")


SHOWS: Mapping[type[Widget], Callable[..., None]] = {
    TitleBar: lambda widget, text: widget.show(text, ""),
    WorkBar: lambda widget, text: widget.show(Work(text, "step")),
    NoticeBar: lambda widget, text: widget.show((Notice(text, text, alarm=True),)),
    Finder: lambda widget, text: widget.open("?", text),
    Editor: lambda widget, text: widget.open(text, 0),
    Meters: lambda widget, text: widget.show((text, text)),
    PlayerBar: lambda widget, text: widget.show(Played(duration_s=1.0, looped=text)),
    Chat: chat,
    Conversation: conversation,
    Outline: outline,
}
HEIGHTS: Mapping[type[Widget], int] = {Chat: 8, Conversation: 20}
COLUMNS: Mapping[type[Widget], int] = {Meters: LABEL_WIDTH - 1}
"""Where a text is cut by design, after so many columns."""
ASKS: Mapping[str, Callable[[str], Screen[Any]]] = {
    "Choose": lambda text: Choose(text, [("a", text)], text),
    "Pick": lambda text: Pick(text, [("a", text)], text),
    "AskLine": lambda text: AskLine(text, text, value=text),
    "Confirm": lambda text: Confirm(text, text),
    "Page": lambda text: Page(text, paragraphs(text)),
    "Protocol": lambda text: protocol(text),
}
ELSEWHERE: Mapping[str, str] = {
    "KeyLine": "words of the program alone",
    "ClipBar": "words of the program, and Meters",
    "Unlock": "words of the program alone",
    "Line": "in AskLine",
    "Present": "what is typed, in the same line as in AskLine",
    "TypingLine": "what is typed, in the same line as in AskLine",
    "Field": "in IncidentScreen",
    "People": "in Home",
    "Rows": "in EthicsScreen",
    "CallList": "in DeskScreen",
    "Items": "in NamesScreen",
    "Tree": "in CategoriesScreen",
    "Hits": "in SearchScreen",
    "Selecting": "what CodeScreen is: a Chat",
    "Stepwise": "what of NamesScreen, CodeScreen and CategoriesScreen is no text",
    "Auditing": "keys of CodeScreen and CategoriesScreen",
    "Picks": "in SoundScreen",
    "Lines": "in WrapUpScreen",
    "_Choices": "in Protocol",
    "Questions": "an Outline",
    "Marks": "an Outline",
    "Frame": "what all screens have: TitleBar, WorkBar, NoticeBar, KeyLine",
    "Playing": "what two screens have: PlayerBar",
    "ConsentScreen": "tests/tui/test_hostile.py",
    "RoomScreen": "Outline and Conversation, which are all of it but the title",
    "WrapUpScreen": "what is typed, as plain text",
}
"""Widgets and screens that aren't tried here, and why not."""


class Seen:
    """What the screens have shown of hostile text."""

    def __init__(self) -> None:
        self.crashes = self.steering = 0
        self.swallowed: list[str] = []

    def look(self, app: InterviewkitApp, text: str, where: str, region: Widget | None = None) -> None:
        """Look at what goes to the terminal, or at a widget's part of it."""
        strips = app.screen._compositor.render_strips()
        rows = [strip.text for strip in strips]
        self.steering += sum(bool(UNFIT.search(row)) for row in rows)
        if region is not None:
            place = region.region
            rows = [strip.crop(place.x, place.right).text for strip in strips[place.y : place.bottom]]
        shown = set_cell_size(visible(text), COLUMNS.get(type(region), 200)) if region else visible(text)
        if squeezed(shown)[:ENOUGH] not in squeezed(" ".join(rows)):
            self.swallowed.append(f"{where}: {ascii(text)[:80]}")


def squeezed(text: str) -> str:
    """Without spaces and what takes no column: lines may be broken anywhere."""
    return "".join(c for c in text if not c.isspace() and c.isprintable() and not is_mark(c))


def is_mark(letter: str) -> bool:
    return cell_len(letter) == 0


async def test_hostile_text_in_every_widget(tmp_path: Path, figures: Figures) -> None:
    seen = Seen()
    app = InterviewkitApp(studies.filled(tmp_path).root)
    async with app.run_test(size=(200, 50)) as pilot:
        await pilot.pause()
        await app.push_screen(Bench())
        for text in STRINGS:
            for kind, show in SHOWS.items():
                show(app.screen.query_one(kind), text)
            await pilot.pause()
            for kind in SHOWS:
                seen.look(app, text, kind.__name__, app.screen.query_one(kind))
            for name, asks in ASKS.items():
                await asked(pilot, asks(text))
                seen.look(app, text, name)
                app.pop_screen()
    name = f"{len(STRINGS)} hostile texts in {len(SHOWS)} widgets and {len(ASKS)} questions"
    # An exception in a widget ends the app, and with it this test.
    figures.add(f"{name}: crashes", app._exception is not None, "= 0")
    figures.add(f"{name}: lines that would steer a terminal", seen.steering, "= 0")
    figures.add(f"{name}: texts not shown as they are", len(seen.swallowed), "= 0")
    assert not seen.swallowed, "\n".join(seen.swallowed[:20])


def of_the_screen() -> set[str]:
    """Every widget and screen that the program has of its own."""
    modules = [import_module(found.name) for found in walk_packages(tui.__path__, f"{tui.__name__}.")]
    mine = [one for module in modules for one in vars(module).values() if isinstance(one, type)]
    return {
        one.__name__ for one in mine if issubclass(one, Widget) and one.__module__.startswith(tui.__name__)
    }


def test_no_widget_and_no_screen_is_left_out() -> None:
    tried = {kind.__name__ for kind in (*SHOWS, *SCREENS)} | ASKS.keys()
    assert of_the_screen() == tried | ELSEWHERE.keys()
    assert not tried & ELSEWHERE.keys()


async def asked(pilot: Pilot[None], screen: Screen[Any]) -> None:
    await pilot.app.push_screen(screen)
    await pilot.pause()


SCREENS: Mapping[type[Frame], Callable[[Study], Frame]] = {
    Home: lambda study: Home(),
    EthicsScreen: lambda study: EthicsScreen(),
    RecordScreen: lambda study: RecordScreen(oversight.look(study), "P01", []),
    PersonScreen: lambda study: PersonScreen("P01", lambda participant: None),
    StandingScreen: lambda study: StandingScreen("P01"),
    ListenScreen: lambda study: ListenScreen("P01-1"),
    TranscriptScreen: lambda study: TranscriptScreen("P01-1"),
    CheckScreen: lambda study: CheckScreen("P01-1", 1),
    IncidentScreen: lambda study: IncidentScreen("P01", IncidentKind.DISTRESS, by="An interviewer"),
    ReadyScreen: lambda study: ReadyScreen("P01"),
    SoundScreen: lambda study: SoundScreen(),
    DeskScreen: lambda study: DeskScreen(),
    NamesScreen: lambda study: NamesScreen("P01-1", 1),
    CodeScreen: lambda study: CodeScreen("P01-1", 1),
    CategoriesScreen: lambda study: CategoriesScreen(),
    SearchScreen: lambda study: SearchScreen(),
}
WITHOUT_TEXT = (
    RecordScreen,
    SoundScreen,
    IncidentScreen,
    ReadyScreen,
    StandingScreen,
    SearchScreen,
    DeskScreen,
)
"""What is hostile in a study is not what these show."""


async def test_hostile_text_in_every_screen(evil: Study, figures: Figures) -> None:
    seen, literal = Seen(), 0
    app = InterviewkitApp(evil.root)
    app.taken_by = EVIL
    async with app.run_test(size=(200, 50)) as pilot:
        await started(pilot)
        for kind, made in SCREENS.items():
            await app.push_screen(made(evil))
            shown = (lambda: "[red]x[/]" in on_screen(app)) if kind not in WITHOUT_TEXT else (lambda: True)
            await until(pilot, shown)
            await until(pilot, lambda: not app.workers or all(one.is_finished for one in app.workers))
            seen.look(app, "", kind.__name__)
            literal += "[red]x[/]" in on_screen(app)
            app.pop_screen()
    name = f"{len(SCREENS)} screens of a study full of hostile text"
    figures.add(f"{name}: crashes", app._exception is not None, "= 0")
    figures.add(f"{name}: lines that would steer a terminal", seen.steering, "= 0")
    figures.add(
        f"{name}: on which markup stands as letters", literal, f">= {len(SCREENS) - len(WITHOUT_TEXT)}"
    )


# ── real terminals ──────────────────────────────────────────────────────────────────────────────

ORDERS = (
    "\x1b]52;c;SEVSRQ==\x1b\\",
    "\x1b[7777X",
    "\x9b7777X",
    "\x1bP7777\x1b\\",
    "\x1b",
    "\u202e",
    "\u2066",
    "\x07",
)
MINE = ("\x1b[7777", "\x1b]52", "\x9b", "\x1bP7777", "\u202e", "\u2066", "\x1bHERE")
"""What nobody but these tests would ask of a terminal."""
EVIL = f"evil {' '.join(ORDERS)}HERE [red]x[/] \ufdd0"
COMMANDS = (
    ("agenda",), ("participant", "list"), ("participant", "list", "--json"), ("consent", "show", "P01"),
    ("contact", "show", "P01"), ("contact", "show", "P01", "--json"), ("contact", "reminder", "P01"),
    ("incident", "show", "P01"), ("incident", "show", "P01", "--json"), ("incident", "list"),
    ("transcript", "P01-1"), ("transcript", "P01-1", "--format", "json"),
    ("transcript", "P01-1", "--format", "vtt"),
    ("transcript", "P01-1", "--by-question"), ("schedule", "show", "schedules/patient.yaml"),
    ("schedule", "check", EVIL), ("export", "xlsx", "--out", f"exports/{EVIL.replace('/', '')}.xlsx"),
    ("transcribe", EVIL), ("import", EVIL, "--participant", "P01"),
    ("participant", "add", EVIL), (EVIL,), ("consent", "give", EVIL), ("--study", EVIL),
)  # fmt: skip
SHELL = """
import os, sys
from interviewkit.cli import shell
from interviewkit.cli.app import app
shell.prepare()
for line in sys.argv[1].split("\\x1e"):
    print("ran", shell.run(app, line.split("\\x1f")), flush=True)
print(os.environ["EVIL"], file=sys.stderr)
print("all said", flush=True)
"""


@pytest.fixture
def evil(tmp_path: Path) -> Study:
    """A study in which whatever can hold text holds orders to a terminal."""
    study = studies.filled(tmp_path)
    config = yaml.safe_load(small_study.STUDY_YAML)
    config["title"] = EVIL
    for group in config["groups"]:
        group["name"] = EVIL
    form = yaml.safe_load(small_study.FORM_YAML)
    for part in (form, *form["statements"]):
        part |= {key: EVIL for key in ("title", "sheet", "text") if key in part}
    guide = yaml.safe_load(small_study.SCHEDULE_YAML)
    guide["title"] = guide["opening"]["script"] = guide["domains"][0]["name"] = EVIL
    guide["domains"][0]["questions"][0] |= {"text": EVIL, "short": EVIL[:30], "probes": [EVIL]}
    for path, data in (
        (study.paths.config, config),
        (study.paths.forms / f"{small_study.FORM}.yaml", form),
        (study.paths.schedules / "patient.yaml", guide),
    ):
        path.write_text(yaml.safe_dump(data), "utf-8")
    contacts.reach(study, "P01", contacts.details(note=EVIL))
    opened = incidents.open_record(study, "P01", IncidentKind.DISTRESS, by="An interviewer")
    incidents.add(study, "P01", opened, by=EVIL, what=EVIL)
    flags = tuple(flag.model_copy(update={"detail": EVIL}) for flag in studies.transcript().flags)
    said = ((EVIL, EVIL, "first"), ("P01", EVIL, "first"))
    studies.keep(study, "P01-1", studies.transcript(said, flags))
    released_and_coded(study)
    return study


def released_and_coded(study: Study) -> None:
    """The call as analysts have it, with a unit, a category, a query and a name that is looked for."""
    who = Who.now(EVIL)
    study.change_roster(lambda roster: Roster(known=(Known(text=EVIL, kind="person"),)))
    call = released(EVIL, EVIL)
    turns = tuple(turn.model_copy(update={"speaker": EVIL, "question": "first"}) for turn in call.turns)
    call = call.model_copy(update={"turns": turns})
    study.release(study.grant("P01", Store), "P01-1", call, Pseudonyms())
    book = desk.rebook(study, lambda known: books.with_category(known, EVIL, known.domains[0].id, who)[0])
    where = passages.passage(call, Place(0, 0), Place(1, 0))

    def code(coded: Coded) -> Coded:
        category = book.categories[0]
        coded, unit = coding.made(
            coded, call, where, who, interview="P01-1", label=EVIL, domain=category.domain, memo=EVIL,
            category=category.id,
        )  # fmt: skip
        return coding_audit.reviewed(coded, unit.id, Who.now("Ada"), Verdict.QUERIES, EVIL)[0]

    desk.recode(study, "P01-1", code)


def test_hostile_text_in_real_terminals(evil: Study, tmp_path: Path, figures: Figures) -> None:
    said = commands(evil)
    assert said.count("ran ") == len(COMMANDS), said[-2000:]
    assert said.count("evil") > len(COMMANDS) / 2
    shown = screens(evil, tmp_path)
    assert shown.count("evil") > 5
    for where, text in (("of the commands", said), ("of the screens", shown)):
        name = f"{len(text):,} characters {where}"
        figures.add(f"{name}: orders that came from text", sum(text.count(order) for order in MINE), "= 0")


def commands(study: Study) -> str:
    """All that the commands write to a terminal."""
    lines = "\x1e".join("\x1f".join(command) for command in COMMANDS)
    child, terminal = pty.fork()
    if child == 0:
        environment = {**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8", "EVIL": EVIL}
        os.chdir(study.root)
        os.execve(sys.executable, [sys.executable, "-c", SHELL, lines], environment)
    heard = b""
    # The end of a terminal is an error to read.
    with os.fdopen(terminal, "rb", buffering=0) as reading, suppress(OSError):
        while data := reading.read(65_536):
            heard += data
    os.waitpid(child, 0)
    return heard.decode("utf-8", "backslashreplace")


def screens(study: Study, folder: Path) -> str:
    """All that the app writes to a terminal: Home, a person, a transcript, a search, the end."""
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    terminal = Terminal(folder, study.root, width=140, height=40)
    try:
        terminal.wait("evil")
        for key, words in (
            ("Enter", "places to check"),
            ("f", "To check by ear"),
            ("Escape", "evil"),
            ("Escape", "step"),
        ):
            terminal.keys(key)
            terminal.wait(words)
    finally:
        with suppress(subprocess.CalledProcessError):
            terminal.close()
    return terminal.raw.read_bytes().decode("utf-8", "backslashreplace")
