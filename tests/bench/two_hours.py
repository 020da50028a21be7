"""An interview of two hours, 18,000 words, on the screen: how long until it can be read. Run by hand:

python -m tests.bench.two_hours
"""

import asyncio
import tempfile
import time
from pathlib import Path
from statistics import median

from textual.pilot import Pilot

from interviewkit import coding, desk, passages
from interviewkit.coding import Who
from interviewkit.consent import Store
from interviewkit.models import Coded, Place, Pseudonyms
from interviewkit.study import Study
from interviewkit.tui.app import InterviewkitApp
from interviewkit.tui.screens.check import CheckScreen
from interviewkit.tui.screens.code import CodeScreen
from interviewkit.tui.screens.frame import Frame
from interviewkit.tui.widgets.chat import Chat
from tests import small_study
from tests.tui import study as studies
from tests.unit.test_coding import released

TURNS, KEYS, UNITS = 900, 60, 120
LINE = " ".join(["a", "word", "or", "twenty,"] * 5)


def filled(folder: Path) -> Study:
    """P01's two hours: transcribed, released, with units."""
    study = small_study.new_study(folder)
    study.add_participant("patients", "uk")
    small_study.give(study, "P01")
    said = tuple(("Interviewer" if n % 2 else "P01", LINE, "first") for n in range(TURNS))
    studies.call(study, "P01", 60.0, studies.transcript(said, ()))
    call, who = released(*[LINE] * TURNS), Who.now("Ada")
    study.release(study.grant("P01", Store), "P01-1", call, Pseudonyms())

    def code(coded: Coded) -> Coded:
        for number in range(UNITS):
            where = passages.passage(call, Place(number * 7, 2), Place(number * 7, 12))
            coded = coding.made(
                coded, call, where, who, interview="P01-1", label=f"unit {number}", domain="experience"
            )[0]
        return coded

    desk.recode(study, "P01-1", code)
    return study


async def opened(pilot: Pilot[None], screen: Frame) -> float:
    """Seconds until its words can be read."""
    begun = time.perf_counter()
    await pilot.app.push_screen(screen)
    while not screen.query(Chat) or not screen.query_one(Chat).virtual_size.height > TURNS:
        await asyncio.sleep(0.005)
    await pilot.pause()
    return time.perf_counter() - begun


async def pressed(pilot: Pilot[None], key: str) -> list[float]:
    took = []
    for _ in range(KEYS):
        begun = time.perf_counter()
        await pilot.press(key)
        took.append(time.perf_counter() - begun)
    return took


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        app = InterviewkitApp(filled(Path(folder)).root)
        app.taken_by = "Ada"
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.pause()
            for name, kind in (("check", CheckScreen), ("units", CodeScreen)):
                took = [await opened(pilot, kind("P01-1", 1)) for _ in range(3)]
                print(f"{name}: opened in {median(took):.2f} s (longest {max(took):.2f} s)")
                for key in ("down", "pagedown", "right"):
                    steps = sorted(await pressed(pilot, key))
                    print(
                        f"{name}: {key:<9}{1000 * median(steps):5.0f} ms, longest {1000 * steps[-1]:.0f} ms"
                    )


if __name__ == "__main__":
    asyncio.run(main())
