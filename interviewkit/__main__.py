"""Where the program starts: it knows both shells, and imports the screen only when it is asked for."""

import sys
from pathlib import Path


def main() -> None:
    """Run the command that the user typed, or open the study on the screen, and end with the exit code."""
    from interviewkit.cli import shell
    from interviewkit.cli.app import app

    shell.prepare()
    sys.exit(shell.run(app, sys.argv[1:], open_screen))


def open_screen(study: Path, participant: str | None = None, *, desk: bool = False) -> None:
    """Show a study on the screen until the user quits; ready for a call with `participant`, or the `desk`."""
    from interviewkit.tui.opening import open_app

    open_app(study, participant, desk=desk)


if __name__ == "__main__":
    main()
