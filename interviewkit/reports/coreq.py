"""The COREQ checklist, filled as far as records and answers of the team go. Nothing is made up.

Analysis ── auto ─► what the records say ─┐
answers of the team ──────────────────────┴─► 32 rows: auto, confirmed or human
"""

from collections.abc import Sequence

from interviewkit.analysis import Analysis
from interviewkit.errors import UsageError
from interviewkit.exports.sheet import Column, Sheet
from interviewkit.reports.base import Report, left_out
from interviewkit.reports.coreq_items import ITEMS, PARTS, Item, Kind
from interviewkit.reports.coreq_records import FROM_RECORDS, PROPOSED

TITLE = "COREQ checklist"
COLUMNS = (
    Column("Item", 5, "its number in the checklist", number=True),
    Column("Name", 22, "its name in the checklist"),
    Column("What it asks", 32, "in other words than the checklist's"),
    Column(
        "Kind",
        10,
        "auto: from the records; confirmed: answered by the team; human: left to who writes the paper",
    ),
    Column("Answer", 60, "empty where it is left to people"),
    Column("Proposed by the records", 36, "to be confirmed or put right: it is no answer"),
    Column("Answered by", 16, "who of the team, and on which day"),
)
ABOUT = (
    "“auto” is filled from the records and changes with them; “confirmed” is asked of the team once;"
    " “human” is for who writes the paper, and stays empty here."
)
UNANSWERED = "(not answered yet)"
HOW = "Answer an item with: interviewkit report coreq --answer ITEM TEXT"


def coreq(analysis: Analysis) -> Report:
    """All 32 items, a table for each part of the checklist."""
    sheets = [
        Sheet(name, COLUMNS, [_row(analysis, item) for item in ITEMS if item.number in numbers], about)
        for (name, numbers), about in zip(PARTS, (ABOUT, "", ""), strict=True)
    ]
    waiting = [str(item.number) for item in ITEMS if _waits(analysis, item)]
    notes = [f"Not answered yet: {', '.join(waiting)}. {HOW}"] if waiting else []
    return Report(TITLE, sheets, [*notes, *left_out(analysis)])


def checked(number: int) -> Item:
    """An item that may be answered; UsageError for any other, with why."""
    found = next((item for item in ITEMS if item.number == number), None)
    if found is None:
        raise UsageError(f"COREQ has no item {number}.", f"It has items 1 to {len(ITEMS)}.")
    if found.kind is Kind.AUTO:
        raise UsageError(
            f"Item {number}, {found.name}, is filled from the records.",
            "What is wrong there is put right in the study.",
        )
    if found.kind is Kind.HUMAN:
        raise UsageError(
            f"Item {number}, {found.name}, is for the paper itself: the checklist leaves it empty.",
            "Write it there.",
        )
    return found


def _waits(analysis: Analysis, item: Item) -> bool:
    return item.kind is Kind.CONFIRMED and item.number not in analysis.answers


def _row(analysis: Analysis, item: Item) -> Sequence[str]:
    answer, proposed, by = "", "", ""
    if item.kind is Kind.AUTO:
        answer = FROM_RECORDS[item.number](analysis)
    elif item.kind is Kind.CONFIRMED:
        answer = UNANSWERED
        propose = PROPOSED.get(item.number)
        proposed = propose(analysis) if propose is not None else ""
        if (given := analysis.answers.get(item.number)) is not None:
            answer, by = given.text, f"{given.by}, {given.at:%Y-%m-%d}"
    return (str(item.number), item.name, item.asks, item.kind.value, answer, proposed, by)
