"""Pictures for the guide, taken of what a test sees, where `PICTURES` names a folder: docs/guide/pictures."""

import io
import os
import shutil
import subprocess
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from tests.system.terminal import Terminal

THEME = TerminalTheme((22, 25, 28), (213, 216, 218), [(0, 0, 0)] * 8)


def keep(terminal: Terminal, name: str) -> None:
    """Keep what a terminal shows as `<name>.png`."""
    folder = os.environ.get("PICTURES")
    converter = shutil.which("rsvg-convert")
    if not folder or converter is None:
        return
    lines = terminal.painted.rstrip("\n").split("\n")
    width = max(Text.from_ansi(line).cell_len for line in lines)
    console = Console(record=True, width=width, file=io.StringIO(), force_terminal=True, legacy_windows=False)
    for line in lines:
        console.print(Text.from_ansi(line, no_wrap=True))
    svg = console.export_svg(title="interviewkit", theme=THEME)
    place = Path(folder) / f"{name}.png"
    subprocess.run([converter, "--width", "1200", "-o", str(place)], input=svg.encode(), check=True)
