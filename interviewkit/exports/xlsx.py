"""Turns of many interviews as a workbook, to be read, filtered and indexed in a spreadsheet program.

Everything that somebody said is written as text and never as a formula or a link, and the workbook
is built in memory: no temporary file holds it.
"""

import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

from interviewkit import __version__, checking
from interviewkit.exports.base import InterviewCall, PutQuestion, visible
from interviewkit.models import Flag, FlagKind, Turn
from interviewkit.omissions import shown, woven
from interviewkit.translations import Beside, Parallel

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

CELL_CHARACTERS = 32_767
SECONDS_A_DAY = 86_400
OF_THE_WHOLE = {FlagKind.LOW_COVERAGE, FlagKind.NO_SPEECH, FlagKind.ROLES, FlagKind.SPEAKERS}
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
STYLES = {"text": "", "count": "0", "minutes": "0.0", "time": "[h]:mm:ss", "share": "0%"}

Row = TypeVar("Row")
Styles: TypeAlias = "dict[str, Format]"


@dataclass(frozen=True)
class Column(Generic[Row]):
    """A column of a sheet: how wide, in which style, what it means and where its values come from."""

    title: str
    width: int
    style: str
    meaning: str
    value: Callable[[Row], str | float]


@dataclass(frozen=True)
class TurnRow:
    """One turn and the call that it belongs to; or, with `missing`, something that is not there."""

    call: InterviewCall
    turn: Turn
    missing: str = ""
    beside: tuple[Beside, ...] = ()

    @property
    def asked(self) -> PutQuestion:
        """The question that prompted the turn; empty where none did."""
        return self.call.questions.get(self.turn.question or "", PutQuestion("", ""))

    def translated(self, language: str) -> str:
        """The turn in another language; empty where nobody translated it."""
        return next((one.shown for one in self.beside if one.language == language), "")

    @property
    def text(self) -> str:
        """What was said; in square brackets, what is not there."""
        return f"[{self.missing}]" if self.missing else self.turn.text

    @property
    def flags(self) -> str:
        """The kinds of flag that lie in the turn's time, each once."""
        if self.missing:
            return ""
        flags = self.call.transcript.flags
        near = [flag for flag in flags if flag.kind not in OF_THE_WHOLE and _meets(flag, self.turn)]
        return "; ".join(dict.fromkeys(flag.kind.value for flag in near))


TURNS: tuple[Column[TurnRow], ...] = (
    Column("Interview", 12, "text", "participant and number of the interview", lambda r: r.call.interview),
    Column("Call", 6, "count", "an interview may take several calls", lambda r: r.call.call),
    Column("Participant", 12, "text", "number of the participant", lambda r: r.call.participant),
    Column("Group", 16, "text", "stakeholder group", lambda r: r.call.group),
    Column("Domain", 26, "text", "domain of the question", lambda r: r.asked.domain),
    Column("Question id", 12, "text", "question or probe that was put last", lambda r: r.turn.question or ""),
    Column("Question", 40, "text", "the question's words in the schedule", lambda r: r.asked.text),
    Column("Speaker", 14, "text", "who talks", lambda r: r.turn.speaker),
    Column("Start", 10, "time", "from the beginning of the call", lambda r: _days(r.turn.start_s)),
    Column("End", 10, "time", "from the beginning of the call", lambda r: _days(r.turn.end_s)),
    Column(
        "Text",
        90,
        "text",
        "what was said, as heard; [in brackets] what is not there",
        lambda r: r.text,
    ),
    Column("Flags", 26, "text", "doubts about this stretch of the call, whoever talks", lambda r: r.flags),
)

CALLS: tuple[Column[InterviewCall], ...] = (
    Column("Interview", 12, "text", "participant and number of the interview", lambda c: c.interview),
    Column("Call", 6, "count", "an interview may take several calls", lambda c: c.call),
    Column("Participant", 12, "text", "number of the participant", lambda c: c.participant),
    Column("Group", 16, "text", "stakeholder group", lambda c: c.group),
    Column("Minutes", 10, "minutes", "length of the call", lambda c: c.transcript.duration_s / 60),
    Column("Turns", 8, "count", "number of turns", lambda c: len(c.transcript.turns)),
    Column("Words", 8, "count", "number of words", lambda c: sum(len(t.words) for t in c.transcript.turns)),
    Column("Coverage", 10, "share", "share of the speech that has words", lambda c: c.transcript.coverage),
    Column("Flags", 44, "text", "what to check by ear, and how often", lambda c: _tally(c.transcript.flags)),
    Column("Checking", 44, "text", "whose work it is", lambda c: checking.words(c.transcript.checked)),
    Column(
        "Rules", 12, "text", "whether fillers and repeats stay: verbatim, or clean", lambda c: c.rules.value
    ),
    Column("Translated by", 24, "text", "language and translator", lambda c: _translators(c)),
    Column("Model", 44, "text", "what transcribed the call", lambda c: _model(c)),
)


def workbook(study_title: str, interviews: Sequence[InterviewCall]) -> bytes:
    """An Excel workbook: a sheet of turns, a sheet with a row per call, and a sheet that explains both."""
    from xlsxwriter import Workbook

    buffer = io.BytesIO()
    with Workbook(buffer, OPTIONS) as book:
        book.set_properties({"title": fit(study_title), "comments": f"interviewkit {__version__}"})
        styles = _styles(book)
        turns = [row for call in interviews for row in turn_rows(call)]
        _table(book.add_worksheet("Turns"), styles, columns_of(interviews), turns)
        _table(book.add_worksheet("Interviews"), styles, CALLS, interviews)
        _about(book.add_worksheet("About"), styles, study_title)
    return buffer.getvalue()


def columns_of(interviews: Sequence[InterviewCall]) -> tuple[Column[TurnRow], ...]:
    """The columns of turns: one more for each language into which something was translated."""
    languages = dict.fromkeys(one.language for call in interviews for one in call.translations)
    return (*TURNS, *map(_translation, sorted(languages)))


def _translation(language: str) -> Column[TurnRow]:
    meaning = "by whoever the sheet of interviews names"
    return Column(f"Translation ({language})", 90, "text", meaning, lambda row: row.translated(language))


def turn_rows(call: InterviewCall) -> Iterator[TurnRow]:
    """The turns of a call, and a row for each thing that is not there, without a speaker."""
    parallel = Parallel(call.translations)
    for said in woven(call.transcript.turns, shown(call.transcript.breaks)):
        if isinstance(said, Turn):
            yield TurnRow(call, said, beside=parallel.beside(said))
        else:
            nobody = Turn(speaker="", start_s=said.at_s, end_s=said.at_s, words=(), question=said.question)
            yield TurnRow(call, nobody, said.text)


def fit(text: str) -> str:
    """`text` as a cell can hold it: no control characters, and a mark where Excel's limit cuts it.

    Excel counts UTF-16 units, so characters beyond the basic plane count twice.
    """
    clean = visible(text)
    units = clean.encode("utf-16-le")
    if len(units) <= 2 * CELL_CHARACTERS:
        return clean
    mark = f" […cut here: a cell holds {CELL_CHARACTERS} characters; the JSON export has the rest]"
    return units[: 2 * (CELL_CHARACTERS - len(mark))].decode("utf-16-le", errors="ignore") + mark


def _table(sheet: "Worksheet", styles: Styles, columns: Sequence[Column[Row]], rows: Iterable[Row]) -> None:
    for at, column in enumerate(columns):
        sheet.set_column(at, at, column.width, styles[column.style])
        sheet.write_string(0, at, column.title, styles["head"])
    last = 0
    for last, row in enumerate(rows, 1):
        for at, column in enumerate(columns):
            _write(sheet, last, at, column.value(row), styles[column.style])
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, last, len(columns) - 1)


def _write(sheet: "Worksheet", row: int, at: int, value: str | float, style: "Format") -> None:
    if not isinstance(value, str):
        sheet.write_number(row, at, value, style)
    elif value:
        sheet.write_string(row, at, fit(value), style)


def _about(sheet: "Worksheet", styles: Styles, study_title: str) -> None:
    lines = [
        ("Study", study_title),
        ("Written by", f"interviewkit {__version__}"),
        ("Flags", "; ".join(kind.value for kind in FlagKind)),
        *((f"Turns: {column.title}", column.meaning) for column in TURNS),
        *((f"Interviews: {column.title}", column.meaning) for column in CALLS),
    ]
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 100)
    for row, (name, value) in enumerate(lines):
        sheet.write_string(row, 0, name, styles["head"])
        sheet.write_string(row, 1, fit(value), styles["text"])


def _styles(book: "Workbook") -> Styles:
    styles = {
        name: book.add_format({"valign": "top", "text_wrap": name == "text", "num_format": number})
        for name, number in STYLES.items()
    }
    return {**styles, "head": book.add_format({"bold": True, "bottom": 1, "valign": "top"})}


def _meets(flag: Flag, turn: Turn) -> bool:
    """Whether they share time; a flag without length counts where it stands."""
    start_s, end_s = max(flag.start_s, turn.start_s), min(flag.end_s, turn.end_s)
    return start_s < end_s or (start_s == end_s and flag.start_s == flag.end_s)


def _days(time_s: float) -> float:
    """Excel's unit of time."""
    return max(time_s, 0.0) / SECONDS_A_DAY


def _tally(flags: Iterable[Flag]) -> str:
    counts = Counter(flag.kind.value for flag in flags)
    return "; ".join(f"{kind}: {count}" for kind, count in counts.items())


def _translators(call: InterviewCall) -> str:
    return "; ".join(f"{one.language}: {one.by}" for one in call.translations)


def _model(call: InterviewCall) -> str:
    checked = call.transcript.checked
    if checked is not None and checked.typed_by is not None:
        return "typed elsewhere"
    return ", ".join(f"{key} {value}" for key, value in call.transcript.provenance.transcriber.items())
