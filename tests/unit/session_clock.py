"""What a session needs besides a study: a schedule, a clock that is set by hand, and logs on that clock."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Concatenate, ParamSpec

from interviewkit.models import Domain, Question, Schedule, Script, SubDomain
from interviewkit.session_log import Log, Moment
from interviewkit.session_moves import start

P = ParamSpec("P")
BEGAN = datetime(2020, 6, 11, 14, 0, tzinfo=UTC)
RATE = 16_000

GUIDE = Schedule(
    schema=1,
    id="patient",
    title="Patients",
    group="patients",
    minutes=30,
    opening=Script(script="Hello.", checks=("Can you talk?", "May I record?")),
    domains=(
        Domain(
            id="experience",
            name="Experience",
            subdomains=(
                SubDomain(
                    id="process",
                    name="Process",
                    questions=(
                        Question(
                            id="offered", short="Offered", text="How?", minutes=5, probes=("Who?", "When?")
                        ),
                        Question(id="using", short="Using", text="And then?", minutes=10, probes=("Why?",)),
                    ),
                ),
            ),
        ),
        Domain(
            id="context",
            name="Context",
            questions=(Question(id="home", short="Home", text="At home?", minutes=5, probes=()),),
        ),
    ),
    closing=Script(script="Thank you.", checks=("Voucher?",)),
)


class Hand:
    """A log that is moved by hand: the recording runs with the clock, but for its pauses."""

    def __init__(self, log: Log | None = None) -> None:
        self.log = Log(GUIDE) if log is None else log
        self.now_s = 100.0
        self.frame = 0

    def wait(self, seconds: float) -> "Hand":
        """Let time pass."""
        self.now_s += seconds
        if self.log.state.live and not self.log.state.paused:
            self.frame += round(seconds * RATE)
        return self

    def moment(self) -> Moment:
        """Now."""
        return Moment(BEGAN + timedelta(seconds=self.now_s), self.now_s, self.frame)

    def start(self, number: int = 1) -> "Hand":
        """Begin a call with a recording of its own."""
        self.frame = 0
        return self.do(start, f"recording-{number}", number)

    def do(
        self, rule: Callable[Concatenate[Log, Moment, P], Log], *args: P.args, **kwargs: P.kwargs
    ) -> "Hand":
        """Make a move now."""
        self.log = rule(self.log, self.moment(), *args, **kwargs)
        return self

    @property
    def put(self) -> list[tuple[int, str, int]]:
        """The marks as call, question and second."""
        return [(mark.call, mark.question, mark.frame // RATE) for mark in self.log.state.marks]
