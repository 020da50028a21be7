"""A curve of what adds up, drawn twice: as bars of characters, and as an SVG picture. Pure.

The picture is written out as text, with nothing in it that a viewer would fetch or run.
"""

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

BAR_WIDTH = 16
KNOWN, NEW = "█", "▓"

WIDTH, HEIGHT = 800, 420
LEFT, RIGHT, TOP, BOTTOM = 60, 20, 30, 90
INK, FAINT, RULE, BEFORE, FRESH = "#1a1a1a", "#5f6368", "#c4c7c9", "#c9d4e3", "#1f5fa8"
STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500)
LINES = 6
LABELS = 40

Points = Sequence[tuple[str, int, int]]
"""Names with what is new there, and what there is in all."""


def bar(before: int, new: int, most: int) -> str:
    """A bar of at most 16 characters for `most`, what is new in another shade."""
    if most <= 0:
        return ""
    scale = BAR_WIDTH / most
    end = round((before + new) * scale)
    start = min(round(before * scale), end)
    if new and start == end:
        start -= 1
    return KNOWN * max(start, 0) + NEW * (end - max(start, 0))


def svg(points: Points) -> bytes:
    """A bar for each point, what is new in a darker colour, with a scale and a legend; nothing for none."""
    if not points:
        return b""
    most = max(1, max(total for _, _, total in points))
    body = "\n".join([*_scale(most), *_bars(points, most), *_legend()])
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}"'
        f' height="{HEIGHT}" font-family="sans-serif" font-size="11">'
    )
    title = "<title>New categories per interview</title>"
    paper = f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>'
    return f"{head}\n{title}\n{paper}\n{body}\n</svg>\n".encode()


def _y(value: float, most: int) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / most


def _scale(most: int) -> Iterator[str]:
    step = next((one for one in STEPS if most / one <= LINES), STEPS[-1] * 10)
    for value in range(0, most + 1, step):
        y = _y(value, most)
        yield f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" stroke="{RULE}"/>'
        yield _text(LEFT - 8, y + 4, str(value), "end")
    middle = (TOP + HEIGHT - BOTTOM) / 2
    turned = f'transform="rotate(-90 16 {middle:.1f})"'
    yield _text(16, middle, "categories so far", "middle", turned)


def _bars(points: Points, most: int) -> Iterator[str]:
    slot = (WIDTH - LEFT - RIGHT) / len(points)
    every = -(-len(points) // LABELS)
    for at, (name, new, total) in enumerate(points):
        x, wide = LEFT + slot * at + slot * 0.15, slot * 0.7
        for low, high, colour in ((0, total - new, BEFORE), (total - new, total, FRESH)):
            if high > low:
                tall = _y(low, most) - _y(high, most)
                yield (
                    f'<rect x="{x:.1f}" y="{_y(high, most):.1f}" width="{wide:.1f}" height="{tall:.1f}"'
                    f' fill="{colour}"/>'
                )
        if new and slot >= 14:
            yield _text(x + wide / 2, _y(total, most) - 4, f"+{new}", "middle")
        if at % every == 0:
            middle, low_y = x + wide / 2, HEIGHT - BOTTOM + 14
            turned = f'transform="rotate(-60 {middle:.1f} {low_y})"'
            yield _text(middle, low_y, name, "end", turned)


def _legend() -> Iterator[str]:
    y = HEIGHT - 16
    for x, colour, words in ((LEFT, FRESH, "new in this interview"), (LEFT + 170, BEFORE, "known before")):
        yield f'<rect x="{x}" y="{y - 9}" width="10" height="10" fill="{colour}"/>'
        yield _text(x + 16, y, words, "start", colour=FAINT)


def _text(x: float, y: float, text: str, anchor: str, more: str = "", colour: str = INK) -> str:
    extra = f" {more}" if more else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}"{extra}>{escape(text)}</text>'
    )
