"""Pages to file or to hand over, built from a few kinds of block.

    pdf("Consent register", [Heading(…), Facts(…), Table(…), Picture(…)]) -> bytes

What comes from people is text and nothing else: no markup, link or control character takes effect, and a
character that the font lacks is written as its code, never dropped. The same blocks make the same bytes:
nothing of the time or the computer gets into the file, so whoever needs a date puts it into a block.
The only import of reportlab, which is loaded when pages are made.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias
from xml.sax.saxutils import escape

from interviewkit import __version__
from interviewkit.exports.base import visible

if TYPE_CHECKING:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Flowable

MARGIN_MM = 20.0
FRAME_PT, TALL_PT = 6.0, 400.0
"""What reportlab keeps free within the margins; room in which a row that doesn't fit is parted."""
LEAST_BELOW = 90.0
"""Points that a heading wants: itself, and a few lines below it."""
CURVE_PT, CURVE_FOOT_PT, CURVE_BAR_PT = 150.0, 45.0, 30.0
INK, FAINT, RULE, BAND = "#1a1a1a", "#5f6368", "#c4c7c9", "#f1f3f4"


@dataclass(frozen=True)
class Heading:
    """A heading; 1 is a part, 2 a section of it. It stays with what follows."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    """Text; an empty line begins a new paragraph. `small` is for remarks, `mono` for hashes and codes."""

    text: str
    small: bool = False
    mono: bool = False
    bold: bool = False


@dataclass(frozen=True)
class Facts:
    """Pairs of a name and a value, in two columns."""

    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Table:
    """Rows under a head that comes again on every page; `widths` are shares, equal where none are given."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float] = ()


@dataclass(frozen=True)
class Picture:
    """A PNG, such as a QR code, and what it is."""

    png: bytes
    width_mm: float
    caption: str = ""


@dataclass(frozen=True)
class Signature:
    """Lines to sign on by hand: who signs, and the date."""

    role: str


@dataclass(frozen=True)
class NewPage:
    """What follows begins on a page of its own."""


@dataclass(frozen=True)
class Curve:
    """What adds up, as a bar for each point: its name, what is new there, and what there is in all."""

    points: Sequence[tuple[str, int, int]]
    caption: str = ""


Block: TypeAlias = Heading | Paragraph | Facts | Table | Picture | Curve | Signature | NewPage


class Fonts(NamedTuple):
    """The registered names of three fonts, and which characters each of them can show."""

    text: str
    bold: str
    mono: str
    known: frozenset[int]


def pdf(
    title: str, blocks: Sequence[Block], *, subtitle: str = "", footer: str = "", landscape: bool = False
) -> bytes:
    """A4 pages with `title` on top; `footer` stands on each beside its number, `subtitle` under the title."""
    pages = _Pages(title, subtitle, footer, landscape)
    _, count = pages.build(blocks, total=0)
    data, _ = pages.build(blocks, total=count)
    return data


class _Pages:
    """One document; built twice, because a page that says how many there are has to know it."""

    def __init__(self, title: str, subtitle: str, footer: str, landscape: bool) -> None:
        from reportlab.lib.pagesizes import A4
        from reportlab.lib.pagesizes import landscape as turned
        from reportlab.lib.units import mm

        self.title, self.subtitle = title, subtitle
        self.footer = footer or f"interviewkit {__version__}"
        self.size = turned(A4) if landscape else A4
        self.margin = MARGIN_MM * mm
        self.width = self.size[0] - 2 * self.margin - 2 * FRAME_PT

    def build(self, blocks: Sequence[Block], total: int) -> tuple[bytes, int]:
        """The file, and how many pages it has."""
        from reportlab.platypus import SimpleDocTemplate

        buffer = io.BytesIO()
        document = SimpleDocTemplate(
            buffer,
            pagesize=self.size,
            leftMargin=self.margin,
            rightMargin=self.margin,
            topMargin=self.margin,
            bottomMargin=self.margin,
            title=visible(self.title),
            author="interviewkit",
            subject=visible(self.subtitle),
            creator=f"interviewkit {__version__}",
            lang="en-GB",
            invariant=1,
        )
        story = [*self._top(), *self._story(blocks)]
        furniture = partial(self._furniture, total)
        document.build(story, onFirstPage=furniture, onLaterPages=furniture)
        return buffer.getvalue(), document.page

    def _story(self, blocks: Sequence[Block]) -> list["Flowable"]:
        """The blocks as pieces; nobody signs on a page that holds nothing else."""
        from reportlab.platypus import KeepTogether

        story: list[Flowable] = []
        before: Block | None = None
        for block in blocks:
            parts = self._drawn(block)
            if isinstance(block, Signature) and isinstance(before, Paragraph) and story:
                parts = [KeepTogether([story.pop(), *parts])]
            story += parts
            before = block
        return story

    def _top(self) -> list["Flowable"]:
        from reportlab.platypus import Paragraph as Drawn

        styles = _styles()
        top: list[Flowable] = [Drawn(_markup(self.title), styles["title"])]
        if self.subtitle:
            top.append(Drawn(_markup(self.subtitle), styles["subtitle"]))
        return top

    def _furniture(self, total: int, canvas: Any, document: Any) -> None:
        """The line at the foot of a page."""
        fonts = _fonts()
        low = self.margin * 0.55
        canvas.saveState()
        canvas.setStrokeColor(RULE)
        canvas.setLineWidth(0.5)
        canvas.line(self.margin, low + 11, self.size[0] - self.margin, low + 11)
        canvas.setFillColor(FAINT)
        canvas.setFont(fonts.text, 7.5)
        canvas.drawString(self.margin, low, _cut(_shown(self.footer), fonts.text, 7.5, self.width * 0.8))
        canvas.drawRightString(self.size[0] - self.margin, low, f"page {document.page} of {total}")
        canvas.restoreState()

    def _drawn(self, block: Block) -> list["Flowable"]:
        """A block as reportlab's pieces."""
        from reportlab.platypus import CondPageBreak, PageBreak
        from reportlab.platypus import Paragraph as Drawn

        match block:
            case Heading(text, level):
                # Not at the foot of a page with what it is about on the next.
                style = _styles()["h1" if level == 1 else "h2"]
                return [CondPageBreak(LEAST_BELOW), Drawn(_markup(text), style)]
            case Paragraph():
                return _paragraphs(block)
            case Facts(rows):
                return self._facts(rows)
            case Table():
                return self._table(block)
            case Picture():
                return _picture(block)
            case Curve():
                return self._curve(block)
            case Signature(role):
                return self._signature(role)
            case NewPage():
                return [PageBreak()]

    def _facts(self, rows: Sequence[tuple[str, str]]) -> list["Flowable"]:
        cells = [[_cell(name, "label"), _cell(value, "cell")] for name, value in rows]
        return self._grid(cells, (0.28, 0.72), 0, [("LINEBELOW", (0, 0), (-1, -1), 0.25, RULE)])

    def _table(self, block: Table) -> list["Flowable"]:
        head = [_cell(name, "head") for name in block.head]
        body = [[_cell(value, "cell") for value in row] for row in block.rows]
        rules = [
            ("BACKGROUND", (0, 0), (-1, 0), BAND),
            ("LINEBELOW", (0, 0), (-1, 0), 0.75, FAINT),
            ("LINEBELOW", (0, 1), (-1, -1), 0.25, RULE),
        ]
        return self._grid([head, *body], block.widths or [1.0] * len(head), 1, rules)

    def _curve(self, block: Curve) -> list["Flowable"]:
        """Bars on a line, what is new in a darker colour and with its number on top."""
        from reportlab.graphics.shapes import Drawing, Group, Line, Rect, String
        from reportlab.lib.colors import HexColor
        from reportlab.platypus import KeepTogether

        most = max([1, *(total for _, _, total in block.points)])
        slot, font = self.width / max(1, len(block.points)), _fonts().text
        drawn = Drawing(self.width, CURVE_PT + CURVE_FOOT_PT)
        drawn.add(Line(0, CURVE_FOOT_PT, self.width, CURVE_FOOT_PT, strokeColor=HexColor(RULE)))
        for at, (name, new, total) in enumerate(block.points):
            x, wide = slot * (at + 0.15), min(slot * 0.7, CURVE_BAR_PT)
            known, top = (CURVE_FOOT_PT + (CURVE_PT - 12) * value / most for value in (total - new, total))
            for low, high, ink in ((CURVE_FOOT_PT, known, RULE), (known, top, FAINT)):
                drawn.add(Rect(x, low, wide, high - low, fillColor=HexColor(ink), strokeColor=None))
            if new:
                drawn.add(String(x, top + 3, f"+{new}", fontName=font, fontSize=7))
            label = Group(String(0, 0, _shown(name), fontName=font, fontSize=7, textAnchor="end"))
            label.translate(x + wide / 2, CURVE_FOOT_PT - 8)
            label.rotate(60)
            drawn.add(label)
        return [KeepTogether([drawn, *_paragraphs(Paragraph(block.caption, small=True))])]

    def _signature(self, role: str) -> list["Flowable"]:
        cells = [[_cell(role, "label"), "", _cell("Date", "label")]]
        rules = [("LINEABOVE", (0, 0), (0, 0), 0.75, INK), ("LINEABOVE", (2, 0), (2, 0), 0.75, INK)]
        return self._grid(cells, (0.55, 0.1, 0.35), 0, rules, before=42)

    def _grid(
        self,
        cells: list[list[Any]],
        shares: Sequence[float],
        heads: int,
        rules: list[Any],
        before: float = 2,
    ) -> list["Flowable"]:
        from reportlab.platypus import Spacer

        if not cells:
            return []
        space = [("TOPPADDING", (0, 0), (-1, -1), 3), ("BOTTOMPADDING", (0, 0), (-1, -1), 4)]
        sides = [("LEFTPADDING", (0, 0), (-1, -1), 4), ("RIGHTPADDING", (0, 0), (-1, -1), 6)]
        grid = _grid_class()(
            cells,
            colWidths=[self.width * share / sum(shares) for share in shares],
            repeatRows=heads,
            style=[("VALIGN", (0, 0), (-1, -1), "TOP"), *space, *sides, *rules],
            hAlign="LEFT",
        )
        return [Spacer(0, before), grid, Spacer(0, 8)]


@cache
def _grid_class() -> type[Any]:
    """A table of which a row goes to the next page whole, unless it is taller than most of one."""
    from reportlab.platypus import LongTable

    class Grid(LongTable):  # type: ignore[misc]
        def split(self, width: float, height: float) -> Any:
            self.splitInRow = int(height > TALL_PT)
            return super().split(width, height)

    return Grid


def _paragraphs(block: Paragraph) -> list["Flowable"]:
    """A piece per paragraph; a single line end within one stays a line end."""
    from reportlab.platypus import Paragraph as Drawn

    name = "mono" if block.mono else "bold" if block.bold else "small" if block.small else "text"
    texts = (text.strip("\n") for text in block.text.replace("\r\n", "\n").split("\n\n"))
    return [
        Drawn("<br/>".join(_markup(line) for line in text.split("\n")), _styles()[name])
        for text in texts
        if text.strip()
    ]


def _picture(block: Picture) -> list["Flowable"]:
    from reportlab.lib.units import mm
    from reportlab.platypus import Image, KeepTogether, Spacer
    from reportlab.platypus import Paragraph as Drawn

    image = Image(io.BytesIO(block.png), hAlign="LEFT")
    ratio = image.imageHeight / image.imageWidth
    image.drawWidth, image.drawHeight = block.width_mm * mm, block.width_mm * mm * ratio
    caption = [Drawn(_markup(block.caption), _styles()["small"])] if block.caption else []
    return [KeepTogether([Spacer(0, 4), image, Spacer(0, 2), *caption])]


def _cell(text: str, style: str) -> "list[Flowable]":
    from reportlab.platypus import Paragraph as Drawn

    return [Drawn(_markup(line), _styles()[style]) for line in text.splitlines() or [""]]


def _markup(text: str) -> str:
    """`text` as reportlab's markup for just that text."""
    return escape(_shown(text))


def _shown(text: str) -> str:
    """`text` on one line, with the code of each character that can't be shown in its place."""
    known = _fonts().known
    return "".join(one if ord(one) in known else f"[U+{ord(one):04X}]" for one in visible(text))


def _cut(text: str, font: str, size: float, width: float) -> str:
    """`text`, with … where it is wider than `width` points."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    if stringWidth(text, font, size) <= width:
        return text
    while text and stringWidth(f"{text}…", font, size) > width:
        text = text[:-1]
    return f"{text}…"


@cache
def _fonts() -> Fonts:
    """DejaVu Sans, which comes with a library of the speech engines, or Vera, which has fewer letters."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    found = find_spec("matplotlib")
    folder = Path(found.origin).parent / "mpl-data" / "fonts" / "ttf" if found and found.origin else Path()
    files = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSansMono.ttf")
    if all((folder / name).is_file() for name in files):
        places = [str(folder / name) for name in files]
    else:
        places = ["Vera.ttf", "VeraBd.ttf", "Vera.ttf"]
    names = ("Text", "TextBold", "TextMono")
    fonts = [TTFont(name, place) for name, place in zip(names, places, strict=True)]
    for font in fonts:
        pdfmetrics.registerFont(font)
    return Fonts(*names, frozenset.intersection(*(frozenset(font.face.charToGlyph) for font in fonts)))


@cache
def _styles() -> "dict[str, ParagraphStyle]":
    from reportlab.lib.styles import ParagraphStyle

    fonts = _fonts()
    base = ParagraphStyle(
        "text", fontName=fonts.text, fontSize=9.5, leading=14, textColor=INK, spaceAfter=6, splitLongWords=1
    )

    def style(name: str, size: float, leading: float, **more: Any) -> ParagraphStyle:
        return ParagraphStyle(name, parent=base, fontSize=size, leading=leading, **more)

    bold = {"fontName": fonts.bold}
    return {
        "text": base,
        "bold": style("bold", 9.5, 14, **bold),
        "small": style("small", 8, 11.5, textColor=FAINT),
        "mono": style("mono", 8.5, 12.5, fontName=fonts.mono),
        "title": style("title", 18, 23, spaceAfter=4, **bold),
        "subtitle": style("subtitle", 10, 14, textColor=FAINT, spaceAfter=12),
        "h1": style("h1", 12.5, 17, spaceBefore=14, spaceAfter=5, keepWithNext=1, **bold),
        "h2": style("h2", 10, 14, spaceBefore=9, spaceAfter=3, keepWithNext=1, **bold),
        "cell": style("cell", 8, 11, spaceAfter=0),
        "label": style("label", 8, 11, spaceAfter=0, textColor=FAINT),
        "head": style("head", 8, 11, spaceAfter=0, **bold),
    }
