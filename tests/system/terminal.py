"""A real terminal: tmux, with keys and nothing else."""

import os
import subprocess
import sys
import time
from pathlib import Path

PATIENCE_S = 20.0


class Terminal:
    """A tmux window in which the program runs, with `arguments`; it takes the test's environment."""

    def __init__(self, folder: Path, study: Path, *arguments: str, width: int = 80, height: int = 24) -> None:
        self._socket = str(folder / "tmux")
        self.raw = folder / "raw"
        program = " ".join((sys.executable, "-m", "interviewkit", *arguments))
        command = f"{program}; echo ended with $?; cat"
        self._tmux("new-session", "-d", "-x", str(width), "-y", str(height), "-c", str(study), command)
        self._tmux("pipe-pane", f"cat > {self.raw}")

    def _tmux(self, *arguments: str) -> str:
        environment = {**os.environ, "LANG": "C.UTF-8", "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        environment.pop("INTERVIEWKIT_NAME", None)
        environment.pop("INTERVIEWKIT_NAME", None)
        environment["PYTHONPATH"] = str(Path(__file__).parents[2])
        command = ["tmux", "-u", "-S", self._socket, "-f", "/dev/null", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

    def keys(self, *keys: str) -> None:
        """Press keys, by tmux's names."""
        self._tmux("send-keys", *keys)

    def types(self, letters: str) -> None:
        """Type letters."""
        self._tmux("send-keys", "-l", letters)

    @property
    def screen(self) -> str:
        """What a person sees."""
        return self._tmux("capture-pane", "-p")

    @property
    def painted(self) -> str:
        """The same with its colours, as escape sequences."""
        return self._tmux("capture-pane", "-p", "-e")

    def wait(self, words: str, patience_s: float = PATIENCE_S) -> str:
        """The screen as soon as it shows some words."""
        deadline = time.monotonic() + patience_s
        while words not in (screen := self.screen):
            assert time.monotonic() < deadline, f"“{words}” never came:\n{screen}"
            time.sleep(0.02)
        return screen

    def back(self, words: str) -> str:
        """Press Esc, and again where that has only answered an alarm; the screen as it shows words."""
        self.keys("Escape")
        try:
            return self.wait(words, PATIENCE_S / 2)
        except AssertionError:
            self.keys("Escape")
            return self.wait(words)

    @property
    def pid(self) -> int:
        """The process that runs in the window."""
        return int(self._tmux("display-message", "-p", "#{pane_pid}"))

    def close(self) -> None:
        """End tmux and what runs in it."""
        self._tmux("kill-server")
