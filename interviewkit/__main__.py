"""Where the program starts: the command line. It imports nothing heavy, so that help comes at once."""

import sys


def main() -> None:
    """Run the command that the user typed and end with its exit code."""
    from interviewkit.cli import shell
    from interviewkit.cli.app import app

    shell.prepare()
    sys.exit(shell.run(app, sys.argv[1:]))


if __name__ == "__main__":
    main()
