"""An analysed study as a REFI-QDA project (QDA-XML 1.0): for programs that analyse texts.

    Analysis ── project ─► a zip: project.qde and a text for each released call

Domains and categories are codes, meaning units coded selections named like their labels, participants cases.
Each call is a text, in which everything is coded; on request it is also a transcript of a sound file that is
not in the project, whose sync points say when each turn and each unit is heard. Positions count Unicode code
points from 0, and the end is exclusive, as in the standard's own example. GUIDs follow from ids: the same
study gives the same file.
"""

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid5
from xml.etree import ElementTree as ET

from interviewkit import __version__, schedule
from interviewkit import codebook as books
from interviewkit.analysis import AnalysedInterview, Analysis
from interviewkit.harmless import visible
from interviewkit.models import Category, CodeDomain, Place, Released, Unit
from interviewkit.passages import anchored

SPACE = "urn:QDA-XML:project:1.0"
OURS = UUID("7d0c6c0e-5b4b-4a53-9f0f-3d1b6c1a2f47")
WRITTEN = (1980, 1, 1, 0, 0, 0)
"""The time of every file in the archive: the same study gives the same bytes."""
PROGRAM = "interviewkit"
"""Who has coded what follows from the interview: which question was put."""
QUESTIONS, UNSORTED = "Schedule questions", "(no category)"


def guid(*parts: object) -> str:
    """The GUID of something by what it is and its id; upper case, which every program takes."""
    return str(uuid5(OURS, "/".join(map(str, parts)))).upper()


@dataclass
class Text:
    """A released call as a text, and where in it each word is."""

    call: Released
    name: str
    line_end: str = "\n"
    text: str = ""
    starts: dict[Place, int] = field(default_factory=dict)
    turns: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        """A turn a line, with who speaks at its beginning."""
        parts, at = [], 0
        for number, turn in enumerate(self.call.turns):
            head = f"{visible(turn.speaker)}: "
            self.turns.append(at)
            parts.append(head)
            at += len(head)
            for place, word in enumerate(turn.plain_words):
                self.starts[Place(number, place)] = at
                at += len(word) + 1
            said = " ".join(turn.plain_words)
            parts += [said, self.line_end]
            at += len(self.line_end) - 1
        self.text = "".join(parts)

    def span(self, first: Place, last: Place) -> tuple[int, int]:
        """From which code point to before which a passage is."""
        return self.starts[first], self.starts[last] + len(self.call.turns[last.turn].plain_words[last.word])


def project(known: Analysis, *, crlf: bool = False, synced: bool = False) -> bytes:
    """The archive; with `crlf` lines end as MAXQDA wants them, and positions count that.

    With `synced` there are transcripts with sync points beside the texts, of sound that is not in it.
    """
    texts = [
        (one, Text(call, f"{one.interview.id}-{call.call}", "\r\n" if crlf else "\n"))
        for one in known.interviews
        for call in one.calls
    ]
    root = ET.Element(
        "Project",
        {
            "xmlns": SPACE,
            "name": visible(known.config.title),
            "origin": f"interviewkit {__version__}",
            "creationDateTime": _stamp(_latest(known)),
        },
    )
    notes: list[ET.Element] = []
    _users(root, known)
    _codes(root, known)
    _cases(root, known, texts)
    sources = ET.SubElement(root, "Sources") if texts else None
    for one, text in texts:
        assert sources is not None
        sources.append(_source(known, one, text, notes))
        if synced:
            sources.append(_sound(one, text))
    if notes:
        ET.SubElement(root, "Notes").extend(notes)
    ET.indent(root)
    files = {f"sources/{_file(text)}.txt": text.text.encode() for _, text in texts}
    return _packed({"project.qde": ET.tostring(root, "utf-8", xml_declaration=True), **files})


def _packed(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, WRITTEN), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _latest(known: Analysis) -> datetime:
    """When the youngest thing in it was done: the same study has the same."""
    times = [call.release.at for one in known.interviews for call in one.calls]
    times += [unit.history[-1].at for _, unit in known.units()]
    times += [change.at for change in known.codebook.history]
    return max(times, default=datetime(2000, 1, 1, tzinfo=UTC))


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _users(root: ET.Element, known: Analysis) -> None:
    names = dict.fromkeys([PROGRAM, *(unit.by for _, unit in known.units())])
    users = ET.SubElement(root, "Users")
    for name in names:
        ET.SubElement(users, "User", {"guid": guid("user", name), "name": visible(name)})


# ── codes ───────────────────────────────────────────────────────────────────────────────────────


def _codes(root: ET.Element, known: Analysis) -> None:
    codes = ET.Element("Codes")
    by_parent: dict[str | None, list[tuple[CodeDomain, list[tuple[int, Category]]]]] = {}
    for domain, categories in books.ordered(known.codebook):
        by_parent.setdefault(domain.parent, []).append((domain, categories))
    bare = {unit.domain for _, unit in known.units() if unit.category is None}
    for domain, _ in by_parent.get(None, []):
        codes.append(_domain(domain, by_parent, known, bare))
    for guide in {one.schedule.id: one.schedule for one in known.interviews}.values():
        branch = _code(f"{QUESTIONS}: {guide.title}", guid("schedule", guide.id), codable=False)
        for placed in schedule.questions(guide):
            question = placed.question
            code = _code(question.short, guid("question", guide.id, question.id), codable=True)
            ET.SubElement(code, "Description").text = visible(question.text)
            branch.append(code)
        codes.append(branch)
    if len(codes):
        ET.SubElement(root, "CodeBook").append(codes)


def _domain(
    domain: CodeDomain,
    by_parent: Mapping[str | None, Sequence[tuple[CodeDomain, list[tuple[int, Category]]]]],
    known: Analysis,
    bare: set[str],
) -> ET.Element:
    code = _code(domain.name, guid("domain", domain.id), codable=False)
    for one in books.children(known.codebook, domain.id):
        code.append(_category(one, known))
    if domain.id in bare:
        # A domain can't be coded itself: what has no category yet has a place of its own.
        code.append(_code(UNSORTED, guid("unsorted", domain.id), codable=True))
    for child, _ in by_parent.get(domain.id, []):
        code.append(_domain(child, by_parent, known, bare))
    return code


def _category(category: Category, known: Analysis) -> ET.Element:
    code = _code(category.name, guid("category", category.id), codable=True)
    if category.memo:
        ET.SubElement(code, "Description").text = visible(category.memo)
    for child in books.children(known.codebook, category.domain, category.id):
        code.append(_category(child, known))
    return code


def _code(name: str, id_: str, *, codable: bool) -> ET.Element:
    return ET.Element("Code", {"guid": id_, "name": visible(name), "isCodable": str(codable).lower()})


# ── cases ───────────────────────────────────────────────────────────────────────────────────────


def _cases(root: ET.Element, known: Analysis, texts: Sequence[tuple[AnalysedInterview, Text]]) -> None:
    people = {one.participant.id: one for one in known.interviews}
    if not people:
        return
    variables = ET.SubElement(root, "Variables")
    for name in ("Group", "Jurisdiction"):
        ET.SubElement(
            variables, "Variable", {"guid": guid("variable", name), "name": name, "typeOfVariable": "Text"}
        )
    cases = ET.SubElement(root, "Cases")
    for number, one in people.items():
        case = ET.SubElement(cases, "Case", {"guid": guid("case", number), "name": number})
        for name, value in (("Group", one.group.name), ("Jurisdiction", one.participant.jurisdiction)):
            told = ET.SubElement(case, "VariableValue")
            ET.SubElement(told, "VariableRef", {"targetGUID": guid("variable", name)})
            ET.SubElement(told, "TextValue").text = visible(value)
        for other, text in texts:
            if other.participant.id == number:
                ET.SubElement(case, "SourceRef", {"targetGUID": guid("text", text.name)})


# ── sources ─────────────────────────────────────────────────────────────────────────────────────


def _file(text: Text) -> str:
    return guid("file", text.name).lower()


def _units(one: AnalysedInterview, text: Text) -> Iterator[tuple[Unit, Place, Place]]:
    for unit in one.coded.standing:
        where = anchored(text.call, unit.passage) if unit.passage.call == text.call.call else None
        if where is not None:
            yield unit, where.first, where.last


def _source(known: Analysis, one: AnalysedInterview, text: Text, notes: list[ET.Element]) -> ET.Element:
    source = ET.Element(
        "TextSource",
        {
            "guid": guid("text", text.name),
            "name": text.name,
            "plainTextPath": f"internal://{_file(text)}.txt",
            "creationDateTime": _stamp(text.call.release.at),
        },
    )
    for unit, first, last in sorted(_units(one, text), key=lambda found: found[1:]):
        selection = _selection(text, first, last, "unit", unit.id, unit.label or "(no label yet)")
        target = guid("category", unit.category) if _sorted(known, unit) else guid("unsorted", unit.domain)
        _coding(selection, target, unit.id, guid("user", unit.by))
        if unit.memo:
            ET.SubElement(selection, "NoteRef", {"targetGUID": guid("memo", unit.id)})
            notes.append(_note(unit))
        source.append(selection)
    for number, (question, first, last) in enumerate(_asked(one, text)):
        selection = _selection(text, first, last, "asked", f"{text.name}/{number}", question)
        target = guid("question", one.schedule.id, question)
        _coding(selection, target, f"asked/{text.name}/{number}", guid("user", PROGRAM))
        source.append(selection)
    return source


def _sorted(known: Analysis, unit: Unit) -> bool:
    return bool(books.path(known.codebook, unit.category))


def _selection(text: Text, first: Place, last: Place, kind: str, id_: str, name: str) -> ET.Element:
    start, end = text.span(first, last)
    return ET.Element(
        "PlainTextSelection",
        {
            "guid": guid(kind, "selection", id_),
            "name": visible(name),
            "startPosition": str(start),
            "endPosition": str(end),
        },
    )


def _coding(selection: ET.Element, target: str, id_: str, user: str) -> None:
    coding = ET.SubElement(selection, "Coding", {"guid": guid("coding", id_), "creatingUser": user})
    ET.SubElement(coding, "CodeRef", {"targetGUID": target})


def _note(unit: Unit) -> ET.Element:
    note = ET.Element("Note", {"guid": guid("memo", unit.id), "name": "Memo"})
    ET.SubElement(note, "PlainTextContent").text = visible(unit.memo)
    return note


def _asked(one: AnalysedInterview, text: Text) -> Iterator[tuple[str, Place, Place]]:
    """Stretches that answer one question of the schedule, probes with it."""
    known = {placed.question.id for placed in schedule.questions(one.schedule)}
    begun: tuple[str, int] | None = None
    for number, question in enumerate([*_questions(text), None]):
        if begun is not None and question != begun[0]:
            last = number - 1
            yield begun[0], Place(begun[1], 0), Place(last, len(text.call.turns[last].words) - 1)
            begun = None
        if begun is None and question in known:
            begun = str(question), number


def _questions(text: Text) -> Iterable[str]:
    return [(turn.question or "").partition(".")[0] for turn in text.call.turns]


def _sound(one: AnalysedInterview, text: Text) -> ET.Element:
    """The transcript again, with times: of a recording that is not handed on."""
    source = ET.Element("AudioSource", {"guid": guid("sound", text.name), "name": f"{text.name} (sound)"})
    transcript = ET.SubElement(
        source,
        "Transcript",
        {
            "guid": guid("transcript", text.name),
            "name": text.name,
            "plainTextPath": f"internal://{_file(text)}.txt",
        },
    )
    points: dict[tuple[int, int], str] = {}
    for number, turn in enumerate(text.call.turns):
        points[turn.time_ms(0)[0], text.turns[number]] = ""
    units = list(_units(one, text))
    for _, first, last in units:
        start, end = text.span(first, last)
        points[text.call.turns[first.turn].time_ms(first.word)[0], start] = ""
        points[text.call.turns[last.turn].time_ms(last.word)[1], end] = ""
    for time_ms, position in sorted(points):
        points[time_ms, position] = guid("sync", text.name, time_ms, position)
        ET.SubElement(
            transcript,
            "SyncPoint",
            {"guid": points[time_ms, position], "timeStamp": str(time_ms), "position": str(position)},
        )
    for unit, first, last in units:
        start, end = text.span(first, last)
        begin_ms = text.call.turns[first.turn].time_ms(first.word)[0]
        end_ms = text.call.turns[last.turn].time_ms(last.word)[1]
        ET.SubElement(
            transcript,
            "TranscriptSelection",
            {
                "guid": guid("heard", unit.id),
                "name": visible(unit.label or "(no label yet)"),
                "fromSyncPoint": points[begin_ms, start],
                "toSyncPoint": points[end_ms, end],
            },
        )
    return source
