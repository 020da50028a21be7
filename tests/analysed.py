"""A small analysed study for tests: two groups of two, with figures that can be counted by hand.

    P01 patients uk       P01-1  1 call   10 min   held first     may be quoted
    P02 patients ireland  P02-1  2 calls  20 min   held third     may not be quoted
    S03 providers uk      S03-1  1 call   30 min   held second    may be quoted
    S04 providers uk      S04-1  1 call   40 min   held fourth    may be quoted

Domains: experience (per group) with sub-domains process and decisive, context (combined), aside (dropped).
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from interviewkit.analysis import AnalysedInterview, Analysis
from interviewkit.models import (
    Action,
    ActionKind,
    Approval,
    Break,
    BreakKind,
    Call,
    Category,
    Checked,
    Codebook,
    Coded,
    CodeDomain,
    Group,
    Interview,
    Layout,
    Mark,
    Participant,
    Passage,
    Place,
    Provenance,
    Release,
    Released,
    Reporting,
    Said,
    Schedule,
    StudyConfig,
    Unit,
    UnitAct,
    UnitChange,
)
from interviewkit.session_log import Status

DAY = datetime(2020, 6, 1, 9, 0, tzinfo=UTC)
RATE = 16_000

CONFIG = StudyConfig(
    schema=1,
    title="A small study",
    approvals=(
        Approval(id="uk", body="A board", reference="1", jurisdiction="uk", approved_on=DAY.date()),
        Approval(
            id="ireland", body="A school", reference="2", jurisdiction="ireland", approved_on=DAY.date()
        ),
    ),
    groups=(
        Group(id="patients", name="Patients", prefix="P", schedule="patient", target=7),
        Group(id="providers", name="Service providers", prefix="S", schedule="patient", target=6),
    ),
)
PATIENTS, PROVIDERS = CONFIG.groups
GUIDE = Schedule.model_validate(
    {
        "schema": 1,
        "id": "patient",
        "title": "What it was like",
        "group": "patients",
        "minutes": 30,
        "opening": {"script": "Hello."},
        "closing": {"script": "Thank you."},
        "domains": [
            {
                "id": "experience",
                "name": "Experience",
                "subdomains": [
                    {
                        "id": "process",
                        "name": "Process",
                        "questions": [
                            {
                                "id": "q1",
                                "short": "First offered",
                                "text": "How?",
                                "minutes": 5,
                                "probes": ["Who?"],
                            },
                            {
                                "id": "q2",
                                "short": "Using it",
                                "text": "And then?",
                                "minutes": 5,
                                "probes": [],
                            },
                        ],
                    }
                ],
            },
            {
                "id": "context",
                "name": "Context",
                "questions": [
                    {
                        "id": "q3",
                        "short": "Around it",
                        "text": "What else?",
                        "minutes": 5,
                        "probes": ["Where?"],
                    }
                ],
            },
        ],
    }
)

WAITING, LETTERS, HELP, HOME, WORK = "waiting1", "letters1", "helping1", "athome11", "atwork11"
CODEBOOK = Codebook(
    domains=(
        CodeDomain(id="experience", name="Experience"),
        CodeDomain(id="experience.process", name="Process", parent="experience"),
        CodeDomain(id="experience.decisive", name="Decisive elements", parent="experience"),
        CodeDomain(id="context", name="Context", reporting=Reporting.COMBINED, why="few units"),
        CodeDomain(id="aside", name="Aside", reporting=Reporting.DROPPED, why="off the question"),
    ),
    categories=(
        Category(id=WAITING, name="Waiting", domain="experience.process"),
        Category(id=LETTERS, name="Letters", domain="experience.process", parent=WAITING),
        Category(id=HELP, name="Being helped", domain="experience.decisive"),
        Category(id=HOME, name="Home", domain="context"),
        Category(id=WORK, name="Weather", domain="aside"),
    ),
)
MADE = Provenance(
    program="interviewkit 1",
    transcriber={"model": "small", "beam": "5"},
    diariser={"model": "community"},
    channels=Layout.MONO,
)


def unit(
    interview: str, number: int, domain: str, category: str | None, *, call: int = 1, gone: bool = False,
    label: str = "", text: str = "", by: str = "Ada",
) -> Unit:  # fmt: skip
    """A meaning unit: the one with `number` in its interview, at so many minutes."""
    start_ms = number * 60_000
    return Unit(
        id=f"{interview.lower().replace('-', '')}u{number}",
        interview=interview,
        passage=Passage(
            call=call,
            release="r",
            first=Place(0, 0),
            last=Place(0, 1),
            start_ms=start_ms,
            end_ms=start_ms + 5_000,
        ),
        text=text or f"words {number} of {interview}",
        label=label or f"label {number}",
        domain=domain,
        category=category,
        history=(UnitChange(act=UnitAct.MADE, by=by, at=DAY),),
        gone=gone,
    )


def call(number: int, minutes: float, at: datetime) -> Call:
    """A recorded call."""
    return Call(
        number=number, recording=f"r{number}", source="recorded", added_at=at, sample_rate=RATE, channels=1,
        frames=round(minutes * 60 * RATE), head="0" * 64,
    )  # fmt: skip


def said(*turns: tuple[str, float, float, str]) -> tuple[Said, ...]:
    """Turns: speaker, start, end, text."""
    return tuple(Said(speaker=who, start_s=start, end_s=end, text=text) for who, start, end, text in turns)


def released(
    number: int,
    minutes: float,
    turns: Iterable[Said],
    *,
    breaks: tuple[Break, ...] = (),
    checked: bool = True,
) -> Released:
    """A call that Ben released, checked by Cem."""
    known = Checked(by=("Cem",), at=DAY, turns=2, of=3, twice=1) if checked else None
    release = Release(
        id="r", at=DAY + timedelta(days=30), by="Ben", replaced=4, kept=2, checked=known,
        duration_s=minutes * 60, language="en", provenance=MADE, breaks=breaks,
    )  # fmt: skip
    return Released(call=number, release=release, turns=tuple(turns))


TALK = said(
    ("Interviewer", 0.0, 6.0, "How were you first offered it"),
    ("P", 8.0, 68.0, "Well my doctor wrote a letter and then I waited"),
    ("Interviewer", 66.0, 70.0, "I see"),
    ("P", 90.0, 150.0, "And it was good to be helped by them"),
)
"""Interviewer: 6 + 4 s, 6 + 2 words. P: 60 + 60 s, 10 + 9 words. Both: 66–68 s. Silence: 70–90 s."""


def analysed(
    name: str, group: Group, place: str, day: int, lengths: Sequence[float], units: Iterable[Unit], *,
    may_quote: bool = True, status: dict[str, Status] | None = None, marks: Iterable[str] = (),
    turns: Iterable[Said] = TALK,
) -> AnalysedInterview:  # fmt: skip
    """An interview of so many calls, held so many days after the first."""
    participant = name.partition("-")[0]
    at = DAY + timedelta(days=day)
    interview = Interview(
        id=name,
        participant=participant,
        schedule="patient",
        calls=tuple(call(number, length, at) for number, length in enumerate(lengths, 1)),
        marks=tuple(Mark(question=mark, call=1, frame=0) for mark in marks),
        actions=(Action(kind=ActionKind.STARTED, call=1, frame=0, monotonic_s=0.0, at=at),),
    )
    return AnalysedInterview(
        interview=interview,
        participant=Participant(id=participant, group=group.id, jurisdiction=place),
        group=group,
        schedule=GUIDE,
        status=status or {},
        calls=tuple(released(n, length, turns) for n, length in enumerate(lengths, 1)),
        coded=Coded(units=tuple(units)),
        may_quote=may_quote,
    )


PROCESS, DECISIVE, CONTEXT, ASIDE = "experience.process", "experience.decisive", "context", "aside"
FIRST = analysed(
    "P01-1", PATIENTS, "uk", 0, [10],
    [
        unit("P01-1", 1, PROCESS, WAITING),
        unit("P01-1", 2, PROCESS, LETTERS),
        unit("P01-1", 3, CONTEXT, HOME),
        unit("P01-1", 4, ASIDE, WORK),
        unit("P01-1", 5, PROCESS, WAITING, gone=True),
    ],
    status={"q1": Status.DONE, "q2": Status.SKIPPED}, marks=["q1", "q1.a"],
)  # fmt: skip
SECOND = analysed(
    "P02-1", PATIENTS, "ireland", 2, [5, 15],
    [
        unit("P02-1", 1, PROCESS, LETTERS),
        unit("P02-1", 2, PROCESS, LETTERS, call=2),
        unit("P02-1", 3, CONTEXT, None),
    ],
    may_quote=False, status={"q1": Status.DONE, "q2": Status.EARLIER, "q3": Status.DONE}, marks=["q1", "q3"],
)  # fmt: skip
THIRD = analysed(
    "S03-1", PROVIDERS, "uk", 1, [30],
    [
        unit("S03-1", 1, DECISIVE, HELP),
        unit("S03-1", 2, PROCESS, WAITING, by="Bea"),
        unit("S03-1", 3, CONTEXT, HOME),
    ],
    status={"q2": Status.DONE, "q3": Status.CURRENT}, marks=["q2", "q3", "q3.a"],
)  # fmt: skip
FOURTH = analysed("S04-1", PROVIDERS, "uk", 3, [40], [unit("S04-1", 1, DECISIVE, HELP)], marks=[])
STUDY = Analysis(
    CONFIG,
    (FIRST, SECOND, THIRD, FOURTH),
    CODEBOOK,
    publication={"P01": 5, "S03": 2, "S04": 1},
)

GAPS = (Break(at_s=80.0, kind=BreakKind.STRUCK, lasted_s=5.0),)
"""Something missing in the longest silence of `TALK`."""
