"""What stands around the chat of an interview in progress: outline, title, what is next. Pure.

Log ── outline ─► rows at the side;  Live + timing ─► title;  next question, probes ─► the lines below
"""

from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import wrap

from interviewkit import session_plan
from interviewkit.capture.messages import FLOOR_DB, Levels
from interviewkit.exports.base import visible
from interviewkit.room_live import Live
from interviewkit.schedule import CLOSING, OPENING
from interviewkit.session_log import Log, Status, Topic
from interviewkit.session_plan import OutlineRow
from interviewkit.tui.text import bar, clock, pad

SIGNS = {
    Status.OPEN: "·",
    Status.CURRENT: "▶",
    Status.DONE: "✓",
    Status.SKIPPED: "↷",
    Status.EARLIER: "↷",
}
LATE_S = 60.0
SPARKS = "▁▂▃▄▅▆▇█"
QUIETEST_DB = -60.0
MOST_PROBES = 9
"""As many as there are digits to put them with."""


@dataclass(frozen=True)
class Shown:
    """A line of the outline: a heading (`topic` empty) or something that can be put."""

    text: str
    topic: str = ""
    current: bool = False


def shown(log: Log, now_s: float, selected: str, width: int) -> list[Shown]:
    """The outline at `width` columns; `now_s` is the call's clock, `selected` what ⏎ would put."""
    lines: list[Shown] = []
    numbers = session_plan.numbers(log)
    part: tuple[str, str] = ("", "")
    for row in session_plan.outline(log, now_s):
        topic = row.topic
        if topic.is_question and (topic.domain, topic.subdomain) != part:
            lines += headings(part, (topic.domain, topic.subdomain), width)
            part = topic.domain, topic.subdomain
        lines.append(_row(row, numbers[topic.id], selected, width))
    return lines


def headings(before: tuple[str, str], now: tuple[str, str], width: int) -> Iterator[Shown]:
    """The names of domain and sub-domain, where one begins that is not the one before."""
    if now[0] != before[0]:
        yield Shown(pad(now[0], width).rstrip())
    if now[1]:
        yield Shown(" " + pad(now[1], width - 1).rstrip())


def _row(row: OutlineRow, number: str, selected: str, width: int) -> Shown:
    mark = "›" if row.topic.id == selected else " "
    name = f"{number} {row.topic.label}" if number else row.topic.label
    right = _right(row)
    left = pad(f"{SIGNS[row.status]} {name}", width - len(right) - 2)
    return Shown(f"{mark}{left} {right}", row.topic.id, row.status is Status.CURRENT)


def _right(row: OutlineRow) -> str:
    if row.status in (Status.SKIPPED, Status.EARLIER):
        return "skipped" if row.status is Status.SKIPPED else "earlier"
    return clock(row.spent_s) if row.spent_s >= 1 else ""


# ── title ───────────────────────────────────────────────────────────────────────────────────────


def title(log: Log, who: str, live: Live, recording: bool, now_s: float, width: int) -> str:
    """Who, whether it is recorded and for how long, how loud, how far: what has no room is left out."""
    timing = session_plan.timing(log, now_s)
    parts = [
        f"{who} · call {log.state.call}",
        _state(log, live, recording, timing.elapsed_s, now_s),
        *_levels(live, recording),
        _plan(timing),
        _room(live),
    ]
    text = ""
    for part in parts:
        longer = f"{text}   {part}" if text else part
        if part and len(longer) <= width:
            text = longer
    return text


def _state(log: Log, live: Live, recording: bool, elapsed_s: float, now_s: float) -> str:
    if not log.state.live:
        return f"■ ENDED {_hours(elapsed_s)}"
    if not recording:
        return f"! NOT RECORDED {_hours(elapsed_s)}"
    paused = log.state.paused_at
    if paused is not None:
        return f"‖ OFF THE RECORD for {clock(max(now_s - paused.monotonic_s, 0))}"
    return f"● REC {_hours(elapsed_s)}"


def _hours(elapsed_s: float) -> str:
    return f"{int(elapsed_s // 3600)}:{int(elapsed_s // 60 % 60):02}:{int(elapsed_s % 60):02}"


def _levels(live: Live, recording: bool) -> list[str]:
    names = ("you", "line") if live.separate else ("sound",)
    if not recording or not live.levels:
        return []
    return [f"{name} {sparks(live.levels, place)}" for place, name in enumerate(names)]


def sparks(levels: tuple[Levels, ...], channel: int) -> str:
    """The last second of a channel, a column for each tenth."""
    peaks = [level.peaks_db[channel] if channel < len(level.peaks_db) else FLOOR_DB for level in levels]
    heights = (int((peak - QUIETEST_DB) / -QUIETEST_DB * len(SPARKS)) for peak in peaks)
    return "".join(SPARKS[min(max(height, 0), len(SPARKS) - 1)] for height in heights)


def _plan(timing: session_plan.Timing) -> str:
    over_s = timing.projected_s - timing.planned_s
    late = f" about {over_s / 60:.0f} min over" if over_s > LATE_S else ""
    return f"{timing.planned_s / 60:.0f} min planned {bar(timing.elapsed_s, timing.planned_s)}{late}"


def _room(live: Live) -> str:
    if live.room_s is None:
        return ""
    return f"disk {live.room_s / 3600:.0f} h" if live.room_s >= 7200 else f"disk {live.room_s / 60:.0f} min"


# ── what is next ────────────────────────────────────────────────────────────────────────────────


def probes(log: Log, width: int, most: int) -> list[tuple[str, bool]]:
    """The probes or checks of what was put last, each with the digit that puts it; True if it was put.

    In full where `most` lines hold them all, else cut to a line each.
    """
    topic = log.topics.get(log.state.current)
    if topic is None or not log.state.live:
        return []
    found = []
    for number, (letter, text) in enumerate(zip(topic.letters, topic.probes, strict=True), 1):
        put = f"{topic.id}.{letter}" in log.state.probed
        found.append((f"{number} {'✓' if put else '·'} ", visible(text), put))
    whole = [(line, put) for lead, text, put in found[:MOST_PROBES] for line in _hung(lead, text, width)]
    if len(whole) <= most:
        return whole
    return [(pad(lead + text, width).rstrip(), put) for lead, text, put in found[:MOST_PROBES]]


def _hung(lead: str, text: str, width: int) -> list[str]:
    return wrap(text, width, initial_indent=lead, subsequent_indent=" " * len(lead)) or [lead]


def upcoming(log: Log, selected: str, width: int, most: int, verb: str = "ask") -> list[str]:
    """What ⏎ would put (`verb` says how that is called), in full as far as `most` lines hold it."""
    topic = log.topics.get(selected)
    if topic is None or not log.state.live:
        return []
    lead = f"⏎ {_kind(log, topic, verb)}: "
    words = wrap(visible(topic.text), width - 2, initial_indent=lead, subsequent_indent="  ") or [lead]
    if len(words) > most:
        words = [*words[: most - 1], pad(words[most - 1] + " …", width).rstrip()]
    return words


def _kind(log: Log, topic: Topic, verb: str) -> str:
    if topic.id in (OPENING, CLOSING):
        return f"{topic.label} script"
    number = session_plan.numbers(log)[topic.id]
    again = log.state.status.get(topic.id) is Status.DONE
    return f"{verb} again {number}" if again else f"{verb} {number}"


def around(log: Log, selected: str, by: int) -> str:
    """The topic `by` places from the selected one in the outline, stopping at its ends."""
    order = list(log.topics)
    place = order.index(selected) if selected in order else 0
    return order[min(max(place + by, 0), len(order) - 1)]
