"""How an interview goes: its outline, its time against the plan, and what was covered. Pure views of a log.

Log ── outline ─► rows at the side of the screen ── timing ─► the plan
    ── coverage ─► the report "schedule coverage"; it needs no notes, so it needs no key
"""

from dataclasses import dataclass

from interviewkit.session_log import Log, Status, Topic

MINUTE_S = 60.0


@dataclass(frozen=True)
class OutlineRow:
    """A question or script in its place; `open_probes` are the letters of those that were not put."""

    topic: Topic
    status: Status
    spent_s: float
    open_probes: str


@dataclass(frozen=True)
class Timing:
    """The time of all calls without pauses, and when the interview will be over at this rate.

    `remaining_s` is what the plan gives to what is still to be put; `projected_s` the length in the end.
    """

    planned_s: float
    elapsed_s: float
    remaining_s: float

    @property
    def projected_s(self) -> float:
        """How long the interview will have taken."""
        return self.elapsed_s + self.remaining_s


@dataclass(frozen=True)
class CoverageRow:
    """What became of a question; probes by their letters. No times: an undone step leaves no trace here."""

    topic: Topic
    status: Status
    probes_put: str
    probes_left: str


def outline(log: Log, now_s: float) -> tuple[OutlineRow, ...]:
    """Every question and both scripts; `now_s` is the call's clock, which the current question runs by."""
    return tuple(
        OutlineRow(topic, _status(log, topic), _spent_s(log, topic.id, now_s), _probes(log, topic, put=False))
        for topic in log.topics.values()
    )


def numbers(log: Log) -> dict[str, str]:
    """The numbers under which questions are spoken of, by their ids; a plus for what is improvised."""
    found, count = {}, 0
    for topic in log.topics.values():
        planned = topic.is_question and not topic.after
        count += planned
        found[topic.id] = str(count) if planned else "+" if topic.is_question else ""
    return found


def timing(log: Log, now_s: float) -> Timing:
    """Elapsed time against the plan at `now_s` of the call's clock."""
    elapsed_s = log.state.elapsed_s + _running_s(log, now_s)
    remaining_s = sum(_left_s(log, topic, now_s) for topic in log.topics.values())
    return Timing(log.schedule.minutes * MINUTE_S, elapsed_s, remaining_s)


def coverage(log: Log) -> tuple[CoverageRow, ...]:
    """What was put, skipped or answered earlier, question by question, without the scripts."""
    return tuple(
        CoverageRow(
            topic,
            Status.DONE if status is Status.CURRENT else status,
            _probes(log, topic, put=True),
            _probes(log, topic, put=False),
        )
        for topic in log.topics.values()
        if topic.is_question
        for status in [_status(log, topic)]
    )


def _status(log: Log, topic: Topic) -> Status:
    if log.state.live and topic.id == log.state.current:
        return Status.CURRENT
    return log.state.status.get(topic.id, Status.OPEN)


def _probes(log: Log, topic: Topic, *, put: bool) -> str:
    return "".join(letter for letter in topic.letters if (f"{topic.id}.{letter}" in log.state.probed) is put)


def _running_s(log: Log, now_s: float) -> float:
    """Seconds since the last action, while on the record."""
    since_s = log.state.running_since_s
    return 0.0 if since_s is None else max(0.0, now_s - since_s)


def _spent_s(log: Log, topic: str, now_s: float) -> float:
    running_s = _running_s(log, now_s) if topic == log.state.current else 0.0
    return log.state.spent_s.get(topic, 0.0) + running_s


def _left_s(log: Log, topic: Topic, now_s: float) -> float:
    """What the plan still gives to a question."""
    status = _status(log, topic)
    if status is Status.OPEN:
        return topic.minutes * MINUTE_S
    if status is Status.CURRENT:
        return max(0.0, topic.minutes * MINUTE_S - _spent_s(log, topic.id, now_s))
    return 0.0
