"""Full text over a study: what is said where, in which words, in answer to what.

    study ── Texts.refresh ─► the texts in memory, read again where a file has changed ── find ─► Hit[]

Released calls are searched as analysts read them; where one wasn't released, its transcript, for whoever
opens that. Times of words are not read for it. Nothing of it touches the disk.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from interviewkit import processing, store, study_documents
from interviewkit.audit_entries import Action
from interviewkit.consent import Store
from interviewkit.desk_documents import released_path
from interviewkit.errors import ConsentRefused, Locked, UsageError
from interviewkit.events import Progress
from interviewkit.models import Interview
from interviewkit.models.released import NO_BREAK
from interviewkit.roles import INTERVIEWER
from interviewkit.sealing import KeyClass
from interviewkit.study import Study

AROUND = 90
"""How much is shown around what was found, in characters."""
QUOTED = re.compile(r'"([^"]*)"|(\S+)')
NO_WORD = re.compile(r"[\W_]+")


class Line(NamedTuple):
    """One turn: as it is shown, and where it came from."""

    speaker: str
    start_s: float
    question: str | None
    text: str


@dataclass(frozen=True)
class Text:
    """One call: its turns, and all of them folded into one text that is searched at once."""

    interview: str
    call: int
    participant: str
    group: str
    released: bool
    lines: tuple[Line, ...]
    folded: str = field(repr=False)
    starts: tuple[int, ...] = field(repr=False)


@dataclass(frozen=True)
class Hit:
    """A turn in which everything that was asked for is said."""

    text: Text
    turn: int
    before: str
    said: str
    after: str

    @property
    def line(self) -> Line:
        """The turn."""
        return self.text.lines[self.turn]


Seen = tuple[tuple[int, int], ...]
"""Another one whenever a file has changed on which a text, or whether it may be read, depends."""


class Texts:
    """The texts of a study as far as whoever sits here may read them, for as long as the program runs."""

    def __init__(self, study: Study) -> None:
        self._study = study
        self._known: dict[tuple[str, int], tuple[Seen, Text | None]] = {}
        self._told: set[str] = set()

    def refresh(self) -> Iterator[Progress]:
        """Read what is new or changed; says how far it has come. What may not be read is left out."""
        study = self._study
        calls = [(interview, call.number) for interview in study.interviews() for call in interview.calls]
        there = {(interview.id, call) for interview, call in calls}
        self._known = {key: known for key, known in self._known.items() if key in there}
        for done, (interview, call) in enumerate(calls):
            key, seen = (interview.id, call), self._seen(interview, call)
            if self._known.get(key, (None,))[0] != seen:
                yield Progress("reading transcripts", done, len(calls))
                self._known[key] = (seen, self._read(interview, call))
        self._log()

    def _log(self) -> None:
        """That transcripts were searched: one event for all that were not told yet."""
        new = {text.interview for text in self.texts} - self._told
        if new:
            self._study.audit.note(Action.SEARCHED, new)
            self._told |= new

    @property
    def texts(self) -> list[Text]:
        """What can be searched."""
        return [text for _, text in self._known.values() if text is not None]

    def _seen(self, interview: Interview, call: int) -> Seen:
        paths, keys, owner = self._study.paths, self._study.keys, interview.participant
        return tuple(
            _stat(path)
            for path in (
                released_path(paths, keys, interview.id, call),
                study_documents.checked_path(paths, keys, interview.id, call),
                study_documents.raw_path(paths, keys, interview.id, call),
                study_documents.consent_path(paths, keys, owner),
                paths.rights(owner),
                paths.interview(interview.id),
            )
        )

    def _read(self, interview: Interview, call: int) -> Text | None:
        try:
            self._study.grant(interview.participant, Store)
            lines = self._released(interview, call)
            released = lines is not None
            if lines is None:
                lines = self._transcript(interview, call)
        except (ConsentRefused, Locked):
            return None
        if lines is None:
            return None
        group = self._study.participant(interview.participant).group
        return made(interview.id, call, interview.participant, group, lines, released=released)

    def _released(self, interview: Interview, call: int) -> tuple[Line, ...] | None:
        """The text alone, and no records of it: there may be hundreds."""
        if any(left.call == call for left in interview.left_out):
            # What was struck may still have to be taken out of it.
            found = self._study.released(self._study.grant(interview.participant, Store), interview.id, call)
            return (
                None
                if found is None
                else tuple(
                    Line(turn.speaker, turn.start_s, turn.question, turn.plain) for turn in found.turns
                )
            )
        opener = self._study.keys.opener(interview.participant, KeyClass.RELEASED)
        path = released_path(self._study.paths, self._study.keys, interview.id, call)
        try:
            tables = store.read_document(path, "released", opener.open)
        except Locked:
            return None
        if tables is None:
            return None
        return tuple(
            Line(row["speaker"], row["start_s"], row["question"], row["text"].replace(NO_BREAK, " "))
            for row in tables.get("turns", ())
        )

    def _transcript(self, interview: Interview, call: int) -> tuple[Line, ...] | None:
        found = processing.transcript(self._study, interview, call)
        if found is None:
            return None
        return tuple(Line(turn.speaker, turn.start_s, turn.question, turn.text) for turn in found.turns)

    # ── finding ─────────────────────────────────────────────────────────────────────────────────

    def find(
        self,
        wanted: str,
        *,
        group: str | None = None,
        question: str | None = None,
        asking: bool | None = None,
    ) -> Iterator[Hit]:
        """Every turn in which all words and "phrases" are said, whatever their capitals and accents.

        A word finds what begins with it: `wait` also waiting. `asking` is whether interviewers, or all
        others, are listened to. Raises UsageError where nothing is asked for.
        """
        terms = parsed(wanted)
        for text in self.texts:
            if group is None or text.group == group:
                for hit in found(text, terms):
                    own = hit.line.speaker == INTERVIEWER
                    put = (hit.line.question or "").partition(".")[0]
                    if (question is None or put == question) and asking in (None, own):
                        yield hit


def made(
    interview: str, call: int, participant: str, group: str, lines: Sequence[Line], *, released: bool
) -> Text:
    """A call ready to be searched."""
    parts, starts, at = [], [], 0
    for line in lines:
        folded = fold(line.text)
        starts.append(at)
        parts.append(folded)
        at += len(folded) + 1
    return Text(interview, call, participant, group, released, tuple(lines), "\n".join(parts), tuple(starts))


def fold(text: str) -> str:
    """A text as it is searched: no capitals, accents or punctuation, a space before each word."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return f" {NO_WORD.sub(' ', text).strip().casefold()} "


def parsed(wanted: str) -> list[str]:
    """The words and phrases that are asked for, folded."""
    terms = [fold(phrase or word).rstrip() for phrase, word in QUOTED.findall(wanted)]
    terms = [term for term in terms if term.strip()]
    if not terms:
        raise UsageError("There is no word to look for.", 'Write words, or "a phrase" in quotation marks.')
    return terms


def found(text: Text, terms: Sequence[str]) -> Iterator[Hit]:
    """The turns of a call in which every term is said."""
    rarest = max(terms, key=len)
    at, last = text.folded.find(rarest), -1
    while at >= 0:
        turn = bisect_right(text.starts, at) - 1
        end = text.starts[turn + 1] if turn + 1 < len(text.starts) else len(text.folded) + 1
        said = text.folded[text.starts[turn] : end]
        if turn != last and all(term in said for term in terms):
            yield Hit(text, turn, *_around(text.lines[turn].text, terms))
        last = turn
        at = text.folded.find(rarest, end - 1)


def _around(text: str, terms: Sequence[str]) -> tuple[str, str, str]:
    """What is said before the first term, the term as it is said, and what is said after it."""
    words = text.split()
    cores = [(at, core) for at, word in enumerate(words) if (core := fold(word).strip())]
    for term in terms:
        needle = " ".join(term.split())
        for first in range(len(cores)):
            within = cores[first : first + needle.count(" ") + 1]
            if " ".join(core for _, core in within).startswith(needle):
                start, stop = within[0][0], within[-1][0] + 1
                before, after = " ".join(words[:start]), " ".join(words[stop:])
                return _cut(before, start=True), " ".join(words[start:stop]), _cut(after, start=False)
    return "", _cut(text, start=False), ""


def _cut(text: str, *, start: bool) -> str:
    if len(text) <= AROUND:
        return text
    if start:
        return f"… {text[-AROUND:].partition(' ')[2]}"
    return f"{text[:AROUND].rpartition(' ')[0]} …"


def _stat(path: Path) -> tuple[int, int]:
    try:
        there = path.stat()
    except OSError:
        return 0, 0
    return there.st_mtime_ns, there.st_ino
