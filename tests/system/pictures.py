"""Pictures for the guide, taken of what a test sees, where `PICTURES` names a folder: docs/guide/pictures."""

import io
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from tests.system.browser import Tab
from tests.system.terminal import Terminal

THEME = TerminalTheme((22, 25, 28), (213, 216, 218), [(0, 0, 0)] * 8)


SIZE = "1260,800"
QUIET = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync --hide-scrollbars"
)


def keep(terminal: Terminal, name: str) -> None:
    """Keep what a terminal shows as `<name>.png`; a browser draws it, as nothing else keeps the columns."""
    folder = os.environ.get("PICTURES")
    browser = shutil.which("chromium")
    if not folder or browser is None:
        return
    lines = terminal.painted.rstrip("\n").split("\n")
    width = max(Text.from_ansi(line).cell_len for line in lines)
    console = Console(record=True, width=width, file=io.StringIO(), force_terminal=True, legacy_windows=False)
    for line in lines:
        console.print(Text.from_ansi(line, no_wrap=True))
    with tempfile.TemporaryDirectory() as scratch:
        drawn = Path(scratch) / "drawn.svg"
        drawn.write_text(console.export_svg(title="interviewkit", theme=THEME), "utf-8")
        place = (Path(folder) / f"{name}.png").absolute()
        command = [browser, *QUIET.split(), f"--user-data-dir={scratch}/profile", f"--window-size={SIZE}"]
        subprocess.run([*command, f"--screenshot={place}", drawn.as_uri()], check=True, capture_output=True)


def keep_tab(tab: Tab, name: str) -> None:
    """Keep what a tab shows as `browser-<name>.png`."""
    folder = os.environ.get("PICTURES")
    if folder:
        tab.screenshot(Path(folder) / f"browser-{name}.png")
