"""The YAML that researchers write by hand, as records: schedules, forms and `study.yaml`.

file → text → nodes that know their lines → plain data → pydantic. Every error names the file, the
line, the place in the writer's own words, and the remedy. Only what such files need is understood:
no anchors, aliases or tags, and sizes are limited before anything is built, so that a hostile file
costs little. The types are those of YAML's core schema: `yes` and `2026-03-31` are text here, and
the records make of them what they need.
"""

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, TypeVar, get_args

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from yaml.composer import Composer
from yaml.events import AliasEvent
from yaml.nodes import MappingNode, Node, ScalarNode
from yaml.parser import Parser
from yaml.reader import Reader, ReaderError
from yaml.resolver import BaseResolver
from yaml.scanner import Scanner

from interviewkit.errors import InterviewkitError

MAX_BYTES = 400_000
MAX_DEPTH = 20
MAX_VALUES = 20_000

Place = tuple[str | int, ...]
Record = TypeVar("Record", bound=BaseModel)

_NOUNS = {
    "domains": "domain",
    "subdomains": "sub-domain",
    "questions": "question",
    "statements": "statement",
    "groups": "group",
    "approvals": "approval",
    "emergency_contacts": "emergency contact",
}


@dataclass(frozen=True)
class Document:
    """A file as plain data, with the line on which every key and every entry of a list stands."""

    path: Path
    error: type[InterviewkitError]
    data: dict[str, Any]
    lines: dict[Place, int]

    def parse(self, model: type[Record]) -> Record:
        """The data as a validated record; the first thing wrong with it is raised as `error`."""
        try:
            return model.model_validate(self.data)
        except ValidationError as invalid:
            raise _Complaint(self, model, invalid).error() from None

    def line(self, place: Place) -> int:
        """The line of `place`, or of the nearest thing around it that has one."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def fault(self, place: Place, problem: str, remedy: str) -> InterviewkitError:
        """The error for something wrong at `place`: `file, line 3, question "x": problem. remedy`."""
        where = ", ".join(filter(None, (str(self.path), f"line {self.line(place)}", self._called(place))))
        return self.error(f"{where}: {problem}.", remedy)

    def _at(self, place: Place) -> Any:
        value: Any = self.data
        for step in place:
            value = value[step]
        return value

    def _called(self, place: Place) -> str:
        """What the writer would call the part of the file that `place` lies in; "" for the whole."""
        for end in range(len(place), 1, -1):
            kind, position = place[end - 2 : end]
            if kind in _NOUNS and isinstance(position, int):
                entry = self._at(place[:end])
                name = entry.get("id") if isinstance(entry, dict) else None
                return f"{_NOUNS[kind]} {quoted(name) if isinstance(name, str) else position + 1}"
        return str(place[0]) if len(place) > 1 else ""


def load(path: Path, model: type[Record], error: type[InterviewkitError]) -> Record:
    """Read `path` as a `model`; whatever is wrong with the file is raised as an `error`."""
    return read(path, error).parse(model)


def read(path: Path, error: type[InterviewkitError]) -> Document:
    """Read `path` as plain data; for callers that check more than a record can check by itself."""
    lines: dict[Place, int] = {}
    try:
        root = _compose(_text(path))
        if root is None:
            raise _Broken(None, "the file is empty", _COMPARE)
        if not isinstance(root, MappingNode):
            raise _Broken(_line(root), 'the file must be made of lines such as "title: …"', _COMPARE)
        return Document(path, error, _mapping(root, (), lines), lines)
    except _Broken as broken:
        at = f"{path}" if broken.line is None else f"{path}, line {broken.line}"
        raise error(f"{at}: {broken.problem}.", broken.remedy) from None


def quoted(text: object) -> str:
    """`text` in quotes, on one line, short, and safe to print whatever was in the file."""
    flat = " ".join(str(text).split())
    plain = "".join(letter if letter.isprintable() else "�" for letter in flat)
    return f'"{plain if len(plain) <= 60 else plain[:59] + "…"}"'


def suggestion(word: str, known: list[str]) -> str:
    """`Did you mean "x"?`, or the known words where none of them is near."""
    near = difflib.get_close_matches(word, known, n=1)
    return f"Did you mean {quoted(near[0])}?" if near else f"Known here: {', '.join(known)}."


# ── text → plain data ───────────────────────────────────────────────────────────────────────────

_COMPARE = "Compare it with one of the files that come with interviewkit."
_QUOTE = "Write double quotes around a text that holds a sign such as : # ? or [."
_INTEGER = re.compile(r"[-+]?[0-9]{1,15}\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+\.[0-9]*|[0-9]+(?=[eE]))([eE][-+]?[0-9]{1,3})?\Z")
_CONVERT: dict[str, Callable[[str], object]] = {
    "null": lambda _: None,
    "bool": lambda value: value.lower() == "true",
    "int": int,
    "float": float,
}


class _Broken(Exception):
    """Something wrong with a file before there is a document to ask where it is."""

    def __init__(self, line: int | None, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.line, self.problem, self.remedy = line, problem, remedy


class _Loader(Reader, Scanner, Parser, Composer, BaseResolver):
    """PyYAML's node loader, which stops at what these files may not hold before it is built."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)
        Composer.__init__(self)
        BaseResolver.__init__(self)
        self.depth = self.values = 0

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        """A node of the file; refuses aliases, anchors and tags, and too much of anything."""
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        line = event.start_mark.line + 1
        if isinstance(event, AliasEvent) or event.anchor is not None:
            raise _Broken(line, 'names that begin with "&" or "*" are not allowed', "Write the text out.")
        if event.tag is not None:
            raise _Broken(line, 'words that begin with "!" are not allowed', "Put the text in quotes.")
        self.values += 1
        self.depth += 1
        if self.values > MAX_VALUES:
            raise _Broken(line, f"the file holds more than {MAX_VALUES} values", "Split it.")
        if self.depth > MAX_DEPTH:
            raise _Broken(line, f"nested more than {MAX_DEPTH} levels deep", _COMPARE)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


_Loader.add_implicit_resolver("null", re.compile(r"(~|null|Null|NULL|)\Z"), ["~", "n", "N", ""])
_Loader.add_implicit_resolver("bool", re.compile(r"(true|True|TRUE|false|False|FALSE)\Z"), list("tTfF"))
_Loader.add_implicit_resolver("int", _INTEGER, list("-+0123456789"))
_Loader.add_implicit_resolver("float", _FLOAT, list("-+.0123456789"))


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise _Broken(None, "there is no such file", "Check the name and the folder.") from None
    except OSError as problem:
        remedy = "Check that it is a file that you may read."
        raise _Broken(None, f"can't be read ({problem.strerror})", remedy) from None
    if len(data) > MAX_BYTES:
        raise _Broken(
            None, f"larger than {MAX_BYTES // 1000} kB", "Is this the right file? A schedule has a few pages."
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as bad:
        line = data.count(b"\n", 0, bad.start) + 1
        remedy = 'Save the file again and choose the encoding "UTF-8".'
        raise _Broken(line, "not UTF-8 text", remedy) from None


def _compose(text: str) -> Node | None:
    """The nodes of `text`; PyYAML's complaints in plain words."""
    try:
        return _Loader(text).get_single_node()
    except ReaderError as bad:
        line = text.count("\n", 0, bad.position) + 1
        raise _Broken(line, "a character that can't be shown", "Delete it.") from None
    except yaml.MarkedYAMLError as bad:
        _explain(text, bad)
    except (ValueError, OverflowError):
        # chr() of an escape beyond Unicode, or a version number with thousands of digits
        raise _Broken(None, "a number or an escape (\\U…) that is too large", "Delete it.") from None


def _explain(text: str, bad: yaml.MarkedYAMLError) -> NoReturn:
    mark = bad.problem_mark or bad.context_mark
    line = mark.line if mark is not None else 0
    source = [*text.splitlines(), ""][line : line + 1] or [""]
    if "\t" in source[0][: len(source[0]) - len(source[0].lstrip())]:
        raise _Broken(line + 1, "a tab at the start of the line", "Indent with spaces.") from None
    raise _Broken(line + 1, f"not YAML ({bad.problem})", _QUOTE) from None


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1


def _plain(node: Node, place: Place, lines: dict[Place, int]) -> object:
    if isinstance(node, ScalarNode):
        return _scalar(node)
    if isinstance(node, MappingNode):
        return _mapping(node, place, lines)
    entries = []
    for position, entry in enumerate(node.value):
        lines[(*place, position)] = _line(entry)
        entries.append(_plain(entry, (*place, position), lines))
    return entries


def _mapping(node: MappingNode, place: Place, lines: dict[Place, int]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, ScalarNode):
            raise _Broken(_line(key_node), "a key must be a single word", _QUOTE)
        key = _checked(key_node)
        if key in found:
            first = lines[(*place, key)]
            remedy = "Keep one of the two."
            raise _Broken(_line(key_node), f"{quoted(key)} stands here already, in line {first}", remedy)
        lines[(*place, key)] = _line(key_node)
        found[key] = _plain(value_node, (*place, key), lines)
    return found


def _scalar(node: ScalarNode) -> object:
    return _CONVERT.get(node.tag, str)(_checked(node))


def _checked(node: ScalarNode) -> str:
    """The text of a scalar; an escape can spell half a character, which nothing can store or print."""
    value = str(node.value)
    try:
        value.encode()
    except UnicodeEncodeError:
        raise _Broken(_line(node), "half a character (\\ud800 to \\udfff)", "Delete it.") from None
    return value


# ── what pydantic found, in plain words ─────────────────────────────────────────────────────────

_TEXT = ("must be text", "Put it in double quotes.")
_KEYS = ("must have keys of its own", 'Write them below it, indented, one "key: value" a line.')
_NUMBER = ("must be a number, not {got}", "Write digits only.")
_WHOLE = ("must be a whole number, not {got}", "Write digits only.")
_DATE = ("must be a date, not {got}", "Write it as year-month-day, such as 2026-03-31.")
_TRUTH = ("must be true or false, not {got}", "Write true or false, without quotes.")
_WORDS: dict[str, tuple[str, str]] = {
    "string_type": _TEXT,
    "tuple_type": ("must be a list", 'Begin a line below it with "- " for each entry.'),
    "model_type": _KEYS,
    "dict_type": _KEYS,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "bool_type": _TRUTH,
    "bool_parsing": _TRUTH,
    "greater_than": ("must be more than {gt:g}, not {got}", "Correct the number."),
    "greater_than_equal": ("must be at least {ge:g}, not {got}", "Correct the number."),
    "less_than_equal": ("must be at most {le:g}, not {got}", "Correct the number."),
    "string_too_long": ("is longer than {max_length} characters", "Shorten it."),
    "string_too_short": ("is empty", "Write its text, or delete the line."),
    "too_short": ("has no entries", "Add at least one."),
    "too_long": ("has more than {max_length} entries", "Split it."),
    "literal_error": ("must be {expected}, not {got}", "Another version of interviewkit may read this file."),
    "enum": ("must be {expected}, not {got}", "Choose one of these."),
    "incomplete": ('has no "{key}", which a form of this schema needs', _COMPARE),
    "time_zone": ("must be a time zone, not {got}", 'Write it such as "Europe/Dublin".'),
}
_PATTERNS = {
    "language": ("must be a language code, not {got}", 'Write it such as "en" or "en-GB".'),
    "number": ("must be a telephone number, not {got}", 'Write it in quotes, such as "116 123".'),
    "prefix": ("must be one to three capital letters, not {got}", 'Write it such as "P".'),
}
_ID = ("must be small letters, digits and hyphens, not {got}", 'Write it such as "first-offered".')


class _Complaint:
    """The first thing that is wrong with a document, worded for whoever wrote it."""

    def __init__(self, document: Document, model: type[BaseModel], invalid: ValidationError) -> None:
        self.document, self.model = document, model
        self.found = min(invalid.errors(include_url=False), key=self._rank)
        self.place: Place = self.found["loc"]

    def _rank(self, found: ErrorDetails) -> tuple[bool, bool, int]:
        """Causes before consequences: a misspelt key is also missing, a list without its bad entry short."""
        short = found["type"] == "too_short" and bool(found["input"])
        return found["type"] != "extra_forbidden", short, self.document.line(found["loc"])

    def error(self) -> InterviewkitError:
        """The error that says where, what and what to do."""
        if self.found["type"] == "extra_forbidden":
            key = str(self.place[-1])
            remedy = suggestion(key, _keys(self.model, self.place[:-1]))
            return self.document.fault(self.place, f"{quoted(key)} is not a known key", remedy)
        if self.found["type"] == "missing":
            key = str(self.place[-1])
            remedy = f"Add a line that begins with {quoted(key + ':')}."
            return self.document.fault(self.place, f"{quoted(key)} is missing", remedy)
        return self._wrong_value()

    def _wrong_value(self) -> InterviewkitError:
        while self.place and self.place not in self.document.lines:
            # pydantic adds the member of a union that it tried
            self.place = self.place[:-1]
        problem, remedy = self._words()
        return self.document.fault(self.place, f"{self._subject()} {problem}", remedy)

    def _words(self) -> tuple[str, str]:
        kind, value = self.found["type"], self.found["input"]
        if value is None:
            return "has no value", "Write one, or delete the line."
        if kind == "string_pattern_mismatch":
            problem, remedy = _PATTERNS.get(str(self.place[-1]), _ID)
        elif kind.startswith("date"):
            problem, remedy = _DATE
        else:
            problem, remedy = _WORDS.get(kind, ("can't be {got}", _COMPARE))
        got = "a list or keys" if isinstance(value, (list, dict)) else quoted(value)
        return problem.format(got=got, **self.found.get("ctx", {})), remedy

    def _subject(self) -> str:
        """The key, or the entry of a list, that has the wrong value."""
        *_, owner, last = ("", "file", *self.place)
        return f"entry {last + 1} of {quoted(owner)}" if isinstance(last, int) else quoted(last)


def _keys(model: type[BaseModel], place: Place) -> list[str]:
    """The keys that may stand at `place` of a `model`."""
    for step in place:
        if isinstance(step, str):
            fields = {field.alias or name: field for name, field in model.model_fields.items()}
            model = _model_in(fields[step].annotation) or model
    return [field.alias or name for name, field in model.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The record that an annotation such as `tuple[Question, ...]` holds, or None."""
    arguments = get_args(annotation)
    if arguments:
        return next(filter(None, map(_model_in, arguments)), None)
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None
