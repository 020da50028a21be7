"""Dates, times and safe times as people type and read them. Pure but for the clock that it asks.

    "Thu 14:00" ── moment, a Clock ─► datetime ── said ─► "Thursday 12 June at 14:00, in 3 days"
    "Mon-Fri 17:00-20:00" ── windows ─► Window[]

Everything is by the clock where the participant is. What `short` and `shown` write, `moment` and
`windows` read.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from interviewkit.appointments import DAYS, MIDNIGHT
from interviewkit.errors import UsageError
from interviewkit.models import Window

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)
MOMENT_FORMS = "Write it as Thu 14:00, 12 Jun 9:30 or tomorrow 15:00."
WINDOW_FORMS = "Write them as Mon-Fri 17:00-20:00; Sat 10:00-12:00, or any."
FAR_DAYS = 366
NIGHT = (time(7), time(22))
"""Outside these hours a time is more likely a slip than an appointment."""

_COLON = re.compile(r"(?<![\d:.])(\d{1,2})[:h](\d{2})\s*(am|pm)?(?![\w:])")
_HALF = re.compile(r"(?<![\d:.])(\d{1,2})()\s*(am|pm)\b")
_DOT = re.compile(r"(?<![\d:.])(\d{1,2})\.(\d{2})\s*(am|pm)?(?![\w.:])")
_NOON = re.compile(r"\b(?:12\s+)?noon\b")
_FILLER = re.compile(r"\b(?:on|at|the|of|this|o'clock)\b|,")
_ORDINAL = re.compile(r"(\d)(?:st|nd|rd|th)\b")
_NUMERIC = re.compile(r"(\d{1,2})[./](\d{1,2})(?:[./](\d{4})|\.)?")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_WRITTEN = re.compile(
    r"(?:(?P<day>\d{1,2}) (?P<month>[a-z.]+)|(?P<first>[a-z.]+) (?P<second>\d{1,2}))(?: (?P<year>\d{4}))?"
)


@dataclass(frozen=True)
class Clock:
    """The clock on the wall somewhere: in a time zone, or beside this computer where none is named.

    What it hands out has a fixed offset, so that differences between two times are hours that passed.
    """

    zone: tzinfo | None = None

    def now(self) -> datetime:
        """The time there."""
        return self.read(datetime.now(UTC))

    def read(self, moment: datetime) -> datetime:
        """An aware time by this clock."""
        # By way of UTC: within one zone nothing is converted, also not a time that its clock never shows.
        return _fixed(moment.astimezone(UTC).astimezone(self.zone))

    def at(self, wall: datetime) -> datetime:
        """The moment at which this clock shows a time; the first, where it shows it twice.

        Raises UsageError for a time that it skips when summer time begins.
        """
        local = wall.astimezone() if self.zone is None else wall.replace(tzinfo=self.zone)
        if self.read(local).replace(tzinfo=None) != wall:
            raise UsageError(
                f"There is no {wall:%H:%M} on {wall.day} {wall:%B}: the clocks go forward.",
                "Choose another time.",
            )
        return _fixed(local)


def _fixed(moment: datetime) -> datetime:
    offset = moment.utcoffset()
    assert offset is not None
    return moment.replace(tzinfo=timezone(offset), fold=0)


# ── a date and a time ───────────────────────────────────────────────────────────────────────────


def moment(text: str, clock: Clock, now: datetime, *, past: bool = False) -> datetime:
    """The time that somebody typed: the next such time from `now`, or the last one where it is `past`.

    Raises UsageError where it can't be understood, or is on the wrong side of `now`.
    """
    here = clock.read(now).replace(tzinfo=None)
    found = clock.at(_wall(text, here, past=past))
    if past is (found > now):
        side = "is yet to come" if past else "has passed already"
        raise UsageError(f"{said(found, here.date())}, {side}.", MOMENT_FORMS)
    if abs(found - now) > timedelta(days=FAR_DAYS):
        raise UsageError(f"{said(found, here.date())}, is more than a year away.", MOMENT_FORMS)
    return found


def _wall(text: str, now: datetime, *, past: bool) -> datetime:
    """What a clock shows at the time that was typed."""
    rest, at = _split(_FILLER.sub(" ", " ".join(text.lower().split())))
    weekday, days = _days(_ORDINAL.sub(r"\1", " ".join(rest.split())), now.date())
    walls = [datetime.combine(day, at) for day in days]
    # Where none is on the right side of now, there is only one, and the caller says what is wrong with it.
    ahead = [wall for wall in walls if (wall < now if past else wall > now)] or walls
    found = (max if past else min)(ahead)
    if weekday is not None and found.weekday() != weekday:
        raise UsageError(f"{found.day} {found:%B %Y} is a {DAYS[found.weekday()]}.", "Check the date.")
    return found


def _split(text: str) -> tuple[str, time]:
    """The time of day in a text, and the rest of it."""
    if match := _NOON.search(text):
        return _without(text, match), time(12)
    for form in (_COLON, _HALF, _DOT):
        if matches := list(form.finditer(text)):
            return _without(text, matches[-1]), _time_of_day(*matches[-1].groups())
    raise UsageError("A time of day is missing.", MOMENT_FORMS)


def _without(text: str, match: re.Match[str]) -> str:
    return f"{text[: match.start()]} {text[match.end() :]}".strip()


def _time_of_day(hour: str, minute: str | None, half: str | None) -> time:
    hours, minutes = int(hour), int(minute or 0)
    if half is not None:
        hours = hours % 12 + (12 if half == "pm" else 0) if 1 <= hours <= 12 else 24
    if hours > 23 or minutes > 59:
        raise UsageError("There is no such time of day.", MOMENT_FORMS)
    return time(hours, minutes)


def _days(text: str, today: date) -> tuple[int | None, list[date]]:
    """The days that a text without its time may mean, and the weekday that stands before a date."""
    relative = {"": (-1, 0, 1), "today": (0,), "tonight": (0,), "tomorrow": (1,), "yesterday": (-1,)}
    if text in relative:
        return None, [today + timedelta(days=days) for days in relative[text]]
    first, _, rest = text.partition(" ")
    weekday = _named(first, DAYS, 2)
    if weekday is None or rest:
        return weekday, list(_dates(rest if rest and weekday is not None else text, today))
    return weekday, [today + timedelta(days=(weekday - today.weekday()) % 7 + days) for days in (-7, 0, 7)]


def _dates(text: str, today: date) -> list[date]:
    """`12 jun`, `jun 12`, `12 june 2026`, `12/6`, `12.6.`, `12/6/2026`, `2026-06-12`; all it may mean."""
    if match := _ISO.fullmatch(text):
        return _dated(int(match[3]), int(match[2]), match[1], today)
    if match := _NUMERIC.fullmatch(text):
        return _dated(int(match[1]), int(match[2]), match[3], today)
    if match := _WRITTEN.fullmatch(text):
        month = _named(match["month"] or match["first"], MONTHS, 3)
        if month is not None:
            return _dated(int(match["day"] or match["second"]), month + 1, match["year"], today)
    if "next" in text.split():
        raise UsageError(
            "“Next” means different days to different people.", "Write the date, such as 12 Jun 14:00."
        )
    raise UsageError("That is no day that can be understood.", MOMENT_FORMS)


def _dated(day: int, month: int, year: str | None, today: date) -> list[date]:
    """That day of the year, or of the last, this and the next year; raises UsageError where there is none."""
    found = []
    for known in range(today.year - 1, today.year + 2) if year is None else (int(year),):
        with suppress(ValueError):
            found.append(date(known, month, day))
    if not found:
        raise UsageError("There is no such day in the calendar.", "Check the date.")
    return found


def _named(word: str, names: tuple[str, ...], letters: int) -> int | None:
    """The place of a name that is written out or cut short, with a full stop or without."""
    begun = word.removesuffix(".")
    places = [
        place for place, name in enumerate(names) if begun in (f"{name.lower()}s", name.lower()[: len(begun)])
    ]
    return places[0] if len(begun) >= letters and len(places) == 1 else None


# ── how a time is said ──────────────────────────────────────────────────────────────────────────


def said(moment: datetime, today: date) -> str:
    """`Thursday 12 June at 14:00, in 3 days`; the year where it is another one."""
    day = moment.date()
    year = f" {day.year}" if day.year != today.year else ""
    written = f"{DAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}{year}"
    return f"{written} at {moment:%H:%M}, {_distance(day, today)}"


def short(moment: datetime, today: date) -> str:
    """`today 14:00`, `tomorrow 9:30`, `Thu 12 Jun 14:00`."""
    day = moment.date()
    clock = f"{moment.hour}:{moment:%M}"
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get((day - today).days)
    if near is not None:
        return f"{near} {clock}"
    year = f" {day.year}" if day.year != today.year else ""
    return f"{DAYS[day.weekday()][:3]} {day.day} {MONTHS[day.month - 1][:3]}{year} {clock}"


def _distance(day: date, today: date) -> str:
    days = (day - today).days
    if days in (-1, 0, 1):
        return {-1: "yesterday", 0: "today", 1: "tomorrow"}[days]
    return f"in {days} days" if days > 0 else f"{-days} days ago"


# ── safe times ──────────────────────────────────────────────────────────────────────────────────

_AT = r"(\d{1,2})(?:[:.h](\d{2}))?\s*(am|pm)?"
_FROM_TO = re.compile(rf"(.*?)\s*\b{_AT}\s*(?:-|to|until|till)\s*{_AT}")
_AFTER = re.compile(rf"(.*?)\s*\b(?:after|from)\s+{_AT}")
_BEFORE = re.compile(rf"(.*?)\s*\b(?:before|until|till)\s+{_AT}")
_GROUPS = {
    **dict.fromkeys(("", "daily", "every day", "any day"), range(7)),
    **dict.fromkeys(("weekdays", "weekday"), range(5)),
    **dict.fromkeys(("weekends", "weekend"), range(5, 7)),
}


def windows(text: str) -> tuple[Window, ...]:
    """The safe times that somebody typed; none where any time is safe. Raises UsageError."""
    plain = re.sub(r" (?:and|&) ", ", ", " ".join(re.sub("[–—]", "-", text.lower()).split()))
    if plain in ("", "any", "any time", "always"):
        return ()
    # A comma behind a time parts windows, one behind a day parts days.
    return tuple(_window(part.strip()) for part in re.split(r";|(?<=[0-9m]),", plain) if part.strip())


def _window(text: str) -> Window:
    if match := _FROM_TO.fullmatch(text):
        start, stop = _span(match.groups()[1:4], match.groups()[4:])
    elif match := _AFTER.fullmatch(text):
        start, stop = _end(*match.groups()[1:]), MIDNIGHT
    elif match := _BEFORE.fullmatch(text):
        start, stop = time(0), _end(*match.groups()[1:])
    else:
        raise UsageError("These are no safe times that can be understood.", WINDOW_FORMS)
    if start >= stop:
        raise UsageError("A safe time begins before it ends.", WINDOW_FORMS)
    return Window(days=_weekdays(match[1].strip(" ,:")), start=start, stop=stop)


def _span(first: tuple[str | None, ...], last: tuple[str | None, ...]) -> tuple[time, time]:
    """Both ends; `5-8 pm` is in the evening, `9-1 pm` is not."""
    stop = _end(*last)
    shared = _end(first[0], first[1], last[2]) if first[2] is None and last[2] is not None else None
    return (shared if shared is not None and shared < stop else _end(*first)), stop


def _end(hour: str | None, minute: str | None, half: str | None) -> time:
    if hour == "24" and int(minute or 0) == 0 and half is None:
        return MIDNIGHT
    return _time_of_day(hour or "", minute, half)


def _weekdays(text: str) -> frozenset[int]:
    if text in _GROUPS:
        return frozenset(_GROUPS[text])
    return frozenset(day for part in text.split(",") for day in _run(part.strip()))


def _run(text: str) -> Iterator[int]:
    """`mon`, or `fri-mon`: around the weekend too."""
    first, _, last = (part.strip() for part in text.partition("-"))
    begin = _named(first, DAYS, 2)
    end = _named(last, DAYS, 2) if last else begin
    if begin is None or end is None:
        raise UsageError("These are no days that can be understood.", WINDOW_FORMS)
    for step in range((end - begin) % 7 + 1):
        yield (begin + step) % 7
