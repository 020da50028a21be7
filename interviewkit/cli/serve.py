"""`interviewkit serve`: the app in a browser on this computer."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from interviewkit.cli import options
from interviewkit.cli.shell import stopping

ENDED = "The study is no longer in the browser. A call that is being recorded goes on for a minute."
SHOWN = "The study opens in your browser; this is its address. It works once."
SHOW = "Open this address in a browser on this computer. It works once."
LEAVE_RUNNING = "Leave this running while you use it; Ctrl-C ends it."


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, metavar="N", help="Its port; otherwise a free one."
)
@click.option("--no-browser", is_flag=True, help="Only print the address.")
@options.study
def serve(study_dir: Path | None, port: int, no_browser: bool) -> None:
    """Show the study in a browser on this computer, for you alone, until Ctrl-C.

    The address opens once. The same command in another terminal gives a new one.
    """
    from interviewkit.errors import InUse
    from interviewkit.serve import running

    root = options.open_study(study_dir).root.absolute()
    command = [sys.executable, "-m", "interviewkit", "--study", str(root)]
    try:
        with stopping(ENDED):
            running.run(root, command, port, lambda address: _show(address, no_browser))
    except InUse as taken:
        address = running.other_address(root)
        if address is None:
            raise
        raise InUse(f"{taken.message} A new address for it: {address}") from taken
    click.echo(ENDED, err=True)


def _show(address: str, no_browser: bool) -> None:
    """Print the address, and open it where there is a browser to open it in."""
    shown = not no_browser and _has_browser() and _open(address)
    click.echo(SHOWN if shown else SHOW, err=True)
    click.echo(address)
    sys.stdout.flush()
    click.echo(LEAVE_RUNNING, err=True)


def _has_browser() -> bool:
    """Whether a browser can have a window; one that needs the terminal would take this one."""
    windows = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    return sys.platform in ("darwin", "win32") or any(os.environ.get(name) for name in windows)


def _open(address: str) -> bool:
    import webbrowser

    return webbrowser.open(address)
