"""Register, findings and what is due as tables and files: what an ethics office files. Pure.

Line[], Finding[], Due[] ─► Sheet ─► CSV, workbook, PDF, terminal
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from interviewkit import __version__
from interviewkit.consent import PERMISSIONS
from interviewkit.consent_forms import digest, page
from interviewkit.dossier import Oversight
from interviewkit.due import Due, due
from interviewkit.exports.base import visible
from interviewkit.exports.sheet import Column, Sheet, csv_file, pages, workbook
from interviewkit.findings import Finding
from interviewkit.findings import findings as all_findings
from interviewkit.models import Approval, ConsentGiven, Form
from interviewkit.phrases import count
from interviewkit.register import MEANING, Chosen, Line

REGISTER = (
    Column("Participant", 12, "number of the participant"),
    Column("Group", 18, "stakeholder group"),
    Column("Jurisdiction", 13, "where they live: decides approval and form"),
    Column("State", 12, "how the consent stands; sealed: it can't be opened with the keys that were here"),
    Column("Form", 25, "the form version that was answered last"),
    Column("Given (UTC)", 18, "when these answers were given"),
    Column("How", 22, "how consent was given"),
    Column("Taken by", 22, "who took it"),
    Column("Permitted", 34, "what the consent permits now"),
    Column("Refused", 26, "what it does not permit"),
    Column("Copy given (UTC)", 18, "when they got a copy of sheet and answers"),
    Column("Withdrawn (UTC)", 18, "when it was taken back, wholly or in part"),
    Column("Calls", 7, "recorded calls that are in the study"),
    Column("Findings", 10, "how many things were found that are not as they should be"),
)
PAGE = (
    Column("No.", 9, ""),
    Column("Group", 17, ""),
    Column("Lives in", 12, ""),
    Column("State", 16, ""),
    Column("Form, given (UTC)", 29, ""),
    Column("How, taken by", 22, ""),
    Column("Permitted", 24, ""),
    Column("Not permitted", 20, ""),
    Column("Copy", 17, ""),
    Column("Withdrawn", 19, ""),
    Column("Calls", 9, ""),
    Column("Found", 12, ""),
)
FINDINGS = (
    Column("Participant", 16, "whom it concerns; empty where it is the study"),
    Column("Rule", 26, "what every study is held to"),
    Column("Found", 60, "what was found"),
    Column("Remedy", 50, "what to do about it"),
)
FORMS = (
    Column("Form", 25, "the form version"),
    Column("Information sheet", 24, "its version and date, as printed on it"),
    Column("Approval", 36, "who approved it, with their reference"),
    Column("Approved", 16, "the day of the approval"),
    Column("Ends", 16, "the last day on which consent may be taken under it; empty where there is none"),
    Column("Answered by", 16, "how many participants have answered it"),
    Column("SHA-256", 66, "of the page that they were shown: sheet, statements and approval, as text"),
)
LEGEND = (Column("What", 30, ""), Column("Meaning", 70, ""))
DUE = (
    Column("Participant", 16, "whom it concerns; empty where it is the study"),
    Column("What", 60, "what is to be seen to"),
    Column("Last day", 12, "until when it is in time; empty where there is no such day"),
    Column("When", 10, "overdue, to come, or now where there is no last day"),
    Column("What to do", 60, "how it is seen to"),
)


def register(lines: Sequence[Line], chosen: Chosen | None = None) -> Sheet:
    """The register as a table."""
    words = "" if chosen is None else chosen.words
    about = f"Only these: {words}." if words else "Every participant of the study, by number."
    return Sheet("Consent register", REGISTER, [_row(line) for line in lines], about)


def _row(line: Line) -> tuple[str, ...]:
    asked = [permission.purpose for permission in PERMISSIONS]
    refused = [purpose.value for purpose in asked if purpose not in line.purposes] if line.form else []
    return (
        line.participant,
        line.group,
        line.jurisdiction,
        line.state.value,
        line.form,
        minute(line.given_at),
        line.method,
        line.taken_by,
        ", ".join(purpose.value for purpose in line.purposes),
        ", ".join(refused),
        minute(line.copy_at),
        minute(line.withdrawn_at),
        str(line.calls or ""),
        str(line.findings or ""),
    )


def register_page(lines: Sequence[Line], chosen: Chosen | None = None) -> Sheet:
    """The register as it fits on a page: what belongs together stands together."""
    return replace(
        register(lines, chosen), columns=PAGE, rows=[_page_row(line, _row(line)) for line in lines]
    )


def _page_row(line: Line, row: tuple[str, ...]) -> tuple[str, ...]:
    number, group, place, state, form, given, how, by, permitted, refused, copy, withdrawn, calls, found = row
    return (
        number,
        group,
        place,
        state,
        f"{form}\n{given}".strip(),
        f"{how}\n{by}".strip(),
        permitted,
        refused,
        copy.partition(" ")[0],
        withdrawn.partition(" ")[0],
        calls,
        found,
    )


def findings(found: Sequence[Finding]) -> Sheet:
    """What was found, as a table."""
    rows = [(one.participant, one.rule.value, one.text, one.remedy) for one in found]
    return Sheet("Findings", FINDINGS, rows, "Each line is one thing that is not as it should be.")


def minute(moment: datetime | None) -> str:
    """`2020-06-12 09:10`, in UTC; empty for no time."""
    return "" if moment is None else f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}"


def due_table(found: Sequence[Due], day: date) -> Sheet:
    """What is to be seen to, as a table."""
    rows = [
        (one.participant, one.what, "" if one.on is None else one.on.isoformat(), _when(one, day), one.remedy)
        for one in found
    ]
    return Sheet("Due", DUE, rows, f"As of {day.isoformat()}, the most pressing first.")


def accompanied(study: Oversight, sheet: Sheet) -> list[Sheet]:
    """The register with what belongs to it in a file: findings, what is due, forms, and how to read it."""
    found = findings(all_findings(study))
    return [sheet, found, due_table(due(study), study.today), forms(study), legend(study)]


def forms(study: Oversight) -> Sheet:
    """Every form version with its approval, and the hash of the page that was shown."""
    rows = [row for name in _form_names(study) for row in _form_rows(study, name)]
    return Sheet(
        "Forms and approvals", FORMS, rows, "Every version that the study has, or that was answered."
    )


def _form_names(study: Oversight) -> list[str]:
    answered = {one.given.form for dossier in study.dossiers for one in dossier.answers}
    return sorted({*study.forms, *answered})


def _form_rows(study: Oversight, name: str) -> Iterator[tuple[str, ...]]:
    """One for each wording that was answered; of a form that nobody answered, as it is now."""
    wordings: dict[str, tuple[Form | None, Approval | None, set[str]]] = {}
    for dossier in study.dossiers:
        for entry in dossier.entries:
            if isinstance(entry.event, ConsentGiven) and entry.event.form == name:
                known = wordings.setdefault(entry.sha256 or "", (entry.form, entry.approval, set()))
                known[2].add(dossier.id)
    if not wordings:
        form = study.forms[name]
        approval = next((one for one in study.config.approvals if one.id == form.approval), None)
        wordings[digest(page(form, approval))] = (form, approval, set())
    for sha256, (worded, approval, people) in wordings.items():
        printed = () if worded is None else (worded.sheet_version or "", worded.sheet_date.isoformat())
        yield (
            name,
            ", ".join(filter(None, printed)),
            "" if approval is None else f"{approval.body}, {approval.reference}",
            "" if approval is None else approval.approved_on.isoformat(),
            approval.expires_on.isoformat() if approval is not None and approval.expires_on else "",
            str(len(people)),
            sha256,
        )


def legend(study: Oversight) -> Sheet:
    """What the words of the register mean, what made it, and where the audit trail stood."""
    rows = [
        *((state.value, meaning) for state, meaning in MEANING.items()),
        ("Written by", f"interviewkit {__version__}, {minute(study.now)} UTC"),
        *(
            (f"Audit trail of {device}", f"{count(entries, 'entry', 'entries')}, the last one: {head}")
            for device, entries, head in study.trail
        ),
    ]
    return Sheet(
        "How to read it", LEGEND, rows, "States; and how the audit trail ended when this was written."
    )


def register_file(study: Oversight, lines: Sequence[Line], chosen: Chosen, format_name: str) -> bytes:
    """The register as `csv`, or with what belongs to it as `xlsx` or `pdf`."""
    sheet = register(lines, chosen)
    if format_name == "csv":
        return csv_file(sheet)
    if format_name == "xlsx":
        return workbook(study.config.title, accompanied(study, sheet))
    every = accompanied(study, register_page(lines, chosen))
    return pages(sheet.title, subtitle(study), every, footer(study, sheet.title))


def footer(study: Oversight, title: str) -> str:
    """What stands on every page, so that a loose one can be put back."""
    return f"{title} · {subtitle(study)}"


def subtitle(study: Oversight) -> str:
    """Which study it is, and as of when."""
    return f"{study.config.title} · as of {minute(study.now)} UTC"


def _when(one: Due, day: date) -> str:
    if one.on is None:
        return "now"
    return "overdue" if one.overdue(day) else "to come"


# ── in a terminal ───────────────────────────────────────────────────────────────────────────────

SHOWN = ("Participant", "Group", "Jurisdiction", "State", "Form", "Given (UTC)", "Permitted", "Findings")
GAP = "  "


def register_lines(sheet: Sheet, width: int) -> Iterator[str]:
    """The register's main columns, as wide as they need to be, cut at the terminal's edge."""
    places = [at for at, column in enumerate(sheet.columns) if column.title in SHOWN]
    rows = [[sheet.columns[at].title for at in places]]
    rows += [[visible(row[at]) for at in places] for row in sheet.rows]
    widths = [max(len(row[at]) for row in rows) for at in range(len(places))]
    for row in rows:
        line = GAP.join(map(str.ljust, row, widths)).rstrip()
        yield line if len(line) <= width else f"{line[: width - 1]}…"
