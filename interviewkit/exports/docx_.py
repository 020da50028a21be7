"""The transcript of an interview as a Word document, laid out as the UK Data Service asks of depositors.

A header on every page with study, interview and participant number; page and line numbers; a paragraph a turn
that begins with who talks; what is not there in square brackets. Of names it has those that were said.
Source of the layout: ukdataservice.ac.uk, "Transcription" (a unique id, a header, speaker tags, line breaks
between turns, page numbers, pseudonyms).
"""

import io
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from interviewkit import checking
from interviewkit.exports.base import MADE, InterviewCall, hms, to_ms, visible
from interviewkit.models import Transcript, Transcription, Turn
from interviewkit.omissions import shown, woven
from interviewkit.translations import Parallel

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

RULES = {
    Transcription.VERBATIM: "fillers, false starts and repeats stay",
    Transcription.CLEAN: "fillers and repeats are left out where the transcript says so",
}
FONT = "Arial"
SIZE_PT, SMALL_PT = 11, 8
HANGING_CM = 2.5


def render(study: str, calls: Sequence[InterviewCall]) -> bytes:
    """A DOCX file of all calls of one interview, in order; `calls` may not be empty."""
    from docx import Document

    document = Document()
    _prepare(document)
    first = calls[0]
    _header(document, f"{visible(study)} · Interview {first.interview} · Participant {first.participant}")
    document.add_heading(f"Interview {first.interview}", level=1)
    for name, value in _facts(study, calls):
        paragraph = document.add_paragraph(style="Facts")
        paragraph.add_run(f"{name}: ").bold = True
        paragraph.add_run(visible(value))
    for call in calls:
        if len(calls) > 1:
            document.add_heading(f"Call {call.call}", level=2)
        _talk(document, call)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _facts(study: str, calls: Sequence[InterviewCall]) -> Iterator[tuple[str, str]]:
    first = calls[0]
    yield "Study", study
    yield "Participant", first.participant
    yield "Group", first.group
    dates = dict.fromkeys(call.held_on.isoformat() for call in calls if call.held_on is not None)
    yield "Date", ", ".join(dates) or "not known"
    yield "Length", ", ".join(hms(to_ms(call.transcript.duration_s) // 1_000) for call in calls)
    yield "Transcribed by", "; ".join(dict.fromkeys(_by(call.transcript) for call in calls))
    yield "Rules", f"{first.rules.value}: {RULES[first.rules]}"
    yield "Checking", "; ".join(dict.fromkeys(checking.words(call.transcript.checked) for call in calls))
    translated = (f"{one.language}, by {one.by}" for call in calls for one in call.translations)
    if told := "; ".join(dict.fromkeys(translated)):
        yield "Translation", told
    yield "Square brackets", "what is not in the recording, and why; and what is heard that is no word"


def _by(transcript: Transcript) -> str:
    if transcript.checked is not None and transcript.checked.typed_by is not None:
        return "people, elsewhere"
    made = transcript.provenance
    return f"{made.program}, {', '.join(f'{key} {value}' for key, value in made.transcriber.items())}"


def _talk(document: "Document", call: InterviewCall) -> None:
    """Each question where the talk comes to it, the turns, and what is not there."""
    at = None
    parallel = Parallel(call.translations)
    for said in woven(call.transcript.turns, shown(call.transcript.breaks)):
        if not isinstance(said, Turn):
            document.add_paragraph(style="Turn").add_run(f"[{said.text}]").italic = True
            continue
        if said.question != at and (asked := call.questions.get(said.question or "")) is not None:
            document.add_heading(visible(asked.text), level=3)
        at = said.question
        paragraph = document.add_paragraph(style="Turn")
        paragraph.add_run(f"{visible(said.speaker)}:\t").bold = True
        paragraph.add_run(visible(said.text))
        for one in parallel.beside(said):
            document.add_paragraph(style="Turn").add_run(
                f"{one.language}:\t{visible(one.shown)}"
            ).italic = True


def _prepare(document: "Document") -> None:
    """Fonts, the hanging indent of turns, numbered lines; nothing of whoever writes it."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    known = document.core_properties
    known.author, known.title, known.comments, known.last_modified_by = "", "", "", ""
    known.created = known.modified = MADE
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(SIZE_PT)
    facts = document.styles.add_style("Facts", WD_STYLE_TYPE.PARAGRAPH)
    facts.base_style, facts.paragraph_format.space_after = normal, Pt(2)
    turn = document.styles.add_style("Turn", WD_STYLE_TYPE.PARAGRAPH)
    turn.base_style, turn.paragraph_format.space_after = normal, Pt(8)
    turn.paragraph_format.left_indent = Cm(HANGING_CM)
    turn.paragraph_format.first_line_indent = Cm(-HANGING_CM)
    turn.paragraph_format.tab_stops.add_tab_stop(Cm(HANGING_CM))
    numbers = OxmlElement("w:lnNumType")
    numbers.set(qn("w:countBy"), "1")
    numbers.set(qn("w:restart"), "continuous")
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    # The schema wants it after the margins of the page and before its columns.
    section._sectPr.find(qn("w:pgMar")).addnext(numbers)


def _header(document: "Document", text: str) -> None:
    """What every page says at its top, and its number at its foot."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    section = document.sections[0]
    head, foot = section.header.paragraphs[0], section.footer.paragraphs[0]
    head.add_run(text).font.size = Pt(SMALL_PT)
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    foot.add_run("Page ").font.size = Pt(SMALL_PT)
    _field(foot, "PAGE")
    foot.add_run(" of ").font.size = Pt(SMALL_PT)
    _field(foot, "NUMPAGES")


def _field(paragraph: "Paragraph", name: str) -> None:
    """A number that Word works out."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    run = paragraph.add_run()
    run.font.size = Pt(SMALL_PT)
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    paragraph._p.append(field)
    field.append(run._r)
    run.text = "1"
