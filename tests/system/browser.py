"""A real Chromium without a window, driven as a person drives it: keys, and what stands on the screen.

    Browser(folder) ── DevTools protocol over a pipe ─► Chromium
    browser.open(address) ─► Tab: .keys("f2", "ctrl+z") .types("Zoë") .wait("words") .screen() …

The text of the terminal is read from the terminal's own buffer. `browser.requests` is every address that any
page asked for.
"""

import base64
import json
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any, Self

PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
MISSING = "chromium is not installed"
PATIENCE_S = 30.0
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--disable-default-apps", "--mute-audio", "--remote-debugging-pipe"),
)
# What textual-serve's script keeps to itself: the terminal, kept as it is made.
KEEP_TERMINAL = """
Object.defineProperty(Object.prototype, "canvasAddon", {configurable: true, set(addon) {
  window.__terminal = this.terminal;
  Object.defineProperty(this, "canvasAddon", {value: addon, writable: true});
}});
window.__kept = {};
window.addEventListener("keydown", (event) => {
  setTimeout(() => { window.__kept[event.key] = event.defaultPrevented; });
}, true);
"""
READ_TERMINAL = """(() => {
  if (!document.body) return "";
  if (!window.__terminal || !document.body.classList.contains("-open")) return document.body.innerText;
  const buffer = window.__terminal.buffer.active;
  return Array.from({length: window.__terminal.rows}, (_, row) =>
    buffer.getLine(buffer.baseY + row).translateToString(true)).join("\\n");
})()"""

ALT, CTRL, SHIFT = 1, 2, 8
MODIFIERS = {"alt": ALT, "ctrl": CTRL, "shift": SHIFT}
NAMED = {
    "enter": ("Enter", "Enter", 13, "\r"),
    "escape": ("Escape", "Escape", 27, ""),
    "backspace": ("Backspace", "Backspace", 8, ""),
    "tab": ("Tab", "Tab", 9, ""),
    "space": (" ", "Space", 32, " "),
    "left": ("ArrowLeft", "ArrowLeft", 37, ""),
    "up": ("ArrowUp", "ArrowUp", 38, ""),
    "right": ("ArrowRight", "ArrowRight", 39, ""),
    "down": ("ArrowDown", "ArrowDown", 40, ""),
    "home": ("Home", "Home", 36, ""),
    "end": ("End", "End", 35, ""),
    "pageup": ("PageUp", "PageUp", 33, ""),
    "pagedown": ("PageDown", "PageDown", 34, ""),
    "delete": ("Delete", "Delete", 46, ""),
    **{f"f{number}": (f"F{number}", f"F{number}", 111 + number, "") for number in range(1, 13)},
}
"""By Textual's names: the key, its place, its number, and the text that it types."""


class Refused(AssertionError):
    """Chromium could not carry out a command."""


class Browser:
    """One Chromium with a profile of its own, for the length of a `with` block."""

    def __init__(self, folder: Path, size: tuple[int, int] = (1000, 680)) -> None:
        """Start it; its profile and its messages lie in `folder`."""
        assert PROGRAM is not None, MISSING
        self.requests: list[str] = []
        self.complaints: list[str] = []
        """What pages wrote to the console as errors, and what they were refused."""
        self.size = size
        self._profile: dict[str, Any] = {}
        self._answers: dict[int, SimpleQueue[dict[str, Any]]] = {}
        self._number = 0
        self._sending = threading.Lock()
        to_read, self._write = os.pipe()
        self._read, to_write = os.pipe()
        # The protocol is on 3 and 4.
        script = f'exec "$@" 3<&{to_read} 4>&{to_write}'
        arguments = [
            PROGRAM,
            *FLAGS,
            f"--user-data-dir={folder / 'profile'}",
            f"--window-size={size[0]},{size[1]}",
        ]
        with (folder / "chromium.log").open("wb") as log:
            self._process = subprocess.Popen(
                ["bash", "-c", script, "bash", *arguments, "about:blank"],
                pass_fds=(to_read, to_write),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        os.close(to_read)
        os.close(to_write)
        threading.Thread(target=self._receive, daemon=True).start()

    def renew(self) -> None:
        """Close everything and forget it, cookies too: as good as another browser from now on."""
        if self._profile:
            self.call("Target.disposeBrowserContext", **self._profile)
        self._profile = self.call("Target.createBrowserContext")
        self.requests.clear()
        self.complaints.clear()

    def open(self, address: str, *, private: bool = False) -> "Tab":
        """A new tab at an address; a private one has cookies of its own."""
        profile = self.call("Target.createBrowserContext") if private else self._profile
        target = self.call("Target.createTarget", url="about:blank", **profile)["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        return Tab(self, target, session, address)

    def call(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        """Carry out a command of the protocol."""
        answer: SimpleQueue[dict[str, Any]] = SimpleQueue()
        with self._sending:
            self._number += 1
            number = self._number
            self._answers[number] = answer
            message = {"id": number, "method": method, "params": parameters}
            if session is not None:
                message["sessionId"] = session
            os.write(self._write, json.dumps(message).encode() + b"\0")
        try:
            said = answer.get(timeout=PATIENCE_S)
        except Empty:
            raise AssertionError(f"Chromium doesn't answer to {method}") from None
        if "error" in said:
            raise Refused(f"{method}: {said['error']}")
        result: dict[str, Any] = said["result"]
        return result

    def close(self) -> None:
        """End it, as when its window is closed."""
        if self._process.poll() is None:
            self.call("Browser.close")
            try:
                self._process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                self.kill()
        os.close(self._write)

    def kill(self) -> None:
        """End it as a crash does."""
        self._process.kill()
        self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _receive(self) -> None:
        with os.fdopen(self._read, "rb") as pipe:
            for message in _messages(pipe.read1):
                if "id" in message:
                    self._answers.pop(message["id"]).put(message)
                else:
                    self._note(message["method"], message["params"])

    def _note(self, event: str, about: dict[str, Any]) -> None:
        if event == "Network.requestWillBeSent":
            self.requests.append(about["request"]["url"])
        elif event == "Network.webSocketCreated":
            self.requests.append(about["url"])
        elif event == "Runtime.exceptionThrown":
            self.complaints.append(str(about["exceptionDetails"]))
        elif event == "Log.entryAdded" and about["entry"]["level"] == "error":
            self.complaints.append(about["entry"]["text"])


class Tab:
    """One page."""

    def __init__(self, browser: Browser, target: str, session: str, address: str) -> None:
        self._browser = browser
        self._target = target
        self._session = session
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.call(f"{domain}.enable")
        self.call("Page.addScriptToEvaluateOnNewDocument", source=KEEP_TERMINAL)
        self.resize(*browser.size)
        self.go(address)

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Carry out a command of the protocol in this page."""
        return self._browser.call(method, self._session, **parameters)

    def go(self, address: str) -> None:
        """Go to an address."""
        self.call("Page.navigate", url=address)

    def reload(self) -> None:
        """Load the page again."""
        self.call("Page.reload")

    def resize(self, width: int, height: int) -> None:
        """Give the page so many pixels."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def front(self) -> None:
        """Bring the tab to the front."""
        self.call("Page.bringToFront")

    def close(self) -> None:
        """Close the tab."""
        self._browser.call("Target.closeTarget", targetId=self._target)

    @property
    def address(self) -> str:
        """Where it is."""
        return str(self.run("location.href"))

    def run(self, script: str) -> Any:
        """The value of a JavaScript expression."""
        done = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in done, done["exceptionDetails"]
        return done["result"].get("value")

    def screen(self) -> str:
        """What a person reads: the terminal's lines, or the page's text where there is no terminal."""
        try:
            return str(self.run(READ_TERMINAL))
        except Refused:
            # Between two pages.
            return ""

    def wait(self, words: str, patience_s: float = PATIENCE_S) -> str:
        """The screen as soon as it shows some words."""
        return self.until(lambda screen: words in screen, f"“{words}”", patience_s)

    def until(self, true: Callable[[str], bool], what: str, patience_s: float = PATIENCE_S) -> str:
        """The screen as soon as something is true of it."""
        deadline = time.monotonic() + patience_s
        while not true(screen := self.screen()):
            assert time.monotonic() < deadline, f"{what} never came:\n{screen}"
            time.sleep(0.02)
        return screen

    def keys(self, *names: str) -> None:
        """Press keys, by Textual's names, in capitals or not: "f5", "ctrl+z", "Up", "n", "?"."""
        for name in names:
            *held, key = name.split("+") if len(name) > 1 else [name]
            modifiers = sum(MODIFIERS[one] for one in held)
            self._press(*_key(key), modifiers)

    def types(self, text: str) -> None:
        """Type a text."""
        for letter in text:
            if letter.isascii():
                self._press(*_key(letter), 0)
            else:
                self.call("Input.insertText", text=letter)

    def kept(self) -> dict[str, bool]:
        """For each key that was pressed, by the browser's name, whether the page kept it from the browser."""
        return dict(self.run("window.__kept"))

    def click(self, words: str) -> None:
        """Click the button with some words."""
        self.wait(words)
        button = "[...document.querySelectorAll('button')].find((one) => one.innerText.includes"
        self.run(f"{button}({json.dumps(words)})).click()")

    def screenshot(self, path: Path) -> None:
        """Write what it looks like as PNG."""
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot")["data"]))

    def _press(self, key: str, code: str, number: int, text: str, modifiers: int) -> None:
        types = "" if modifiers & (CTRL | ALT) else text
        about = {"key": key, "code": code, "windowsVirtualKeyCode": number, "modifiers": modifiers}
        kind = "keyDown" if types else "rawKeyDown"
        self.call("Input.dispatchKeyEvent", type=kind, text=types, **about)
        self.call("Input.dispatchKeyEvent", type="keyUp", **about)


def _key(name: str) -> tuple[str, str, int, str]:
    """What the protocol wants to know of a key."""
    if name.lower() in NAMED and len(name) > 1:
        return NAMED[name.lower()]
    if name == " ":
        return NAMED["space"]
    code = f"Key{name.upper()}" if name.isalpha() else f"Digit{name}" if name.isdigit() else ""
    number = ord(name.upper()) if name.isalnum() else 0
    return name, code, number, name


def _messages(read: Callable[[], bytes]) -> Iterator[dict[str, Any]]:
    """Messages from a pipe; a zero byte ends each."""
    rest = b""
    while data := read():
        *whole, rest = (rest + data).split(b"\0")
        yield from map(json.loads, whole)
