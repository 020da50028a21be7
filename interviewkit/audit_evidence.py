"""What the chains say of documents, recordings and consent, and whether what there is agrees with it.

    entries ─► Evidence ─► files as they should be, consents before recordings, what has no end

Nothing is opened: files are known by their hashes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from interviewkit import audit_files
from interviewkit.audit_checkpoint import Anchor
from interviewkit.audit_entries import Action, Entry, Kind, Outcome, Sound, Written, stamp
from interviewkit.paths import StudyPaths

BEGUN = frozenset({Action.RECORDED, Action.IMPORTED})
"""What puts a recording into the study."""

Last = dict[str, str | None]
"""By device: what a file was after the last entry of its chain that names it."""


@dataclass
class _Person:
    """A participant's consent, as the entries say: when it was given and taken back."""

    given: list[datetime] = field(default_factory=list)
    withdrawn: list[datetime] = field(default_factory=list)
    recorded: list[tuple[datetime, str]] = field(default_factory=list)

    def consented(self, at: datetime) -> bool:
        """Whether the latest of it before `at` is a consent."""
        given = max((when for when in self.given if when <= at), default=None)
        return given is not None and not any(given <= when <= at for when in self.withdrawn)


@dataclass
class Evidence:
    """What is taken from the entries, in one pass."""

    files: dict[str, Last] = field(default_factory=dict)
    hashes: dict[str, set[str]] = field(default_factory=dict)
    people: dict[str, _Person] = field(default_factory=dict)
    open: dict[tuple[str, int], Entry] = field(default_factory=dict)
    before_log: set[str] = field(default_factory=set)
    earliest: dict[str, list[datetime]] = field(default_factory=dict)
    suspects: list[tuple[str, str | None, str, int]] = field(default_factory=list)
    """Documents that were not as their chain had left them: path, what they were, chain, entry."""

    def take(self, device: str, entry: Entry) -> None:
        """One more entry of a chain, in its order."""
        self.earliest.setdefault(device, []).append(entry.at)
        if entry.kind is Kind.INTENT:
            self.open[device, entry.seq] = entry
        begun = self.open.pop((device, entry.of), None) if entry.of is not None else None
        for one in entry.documents:
            self._document(device, entry, one)
        for sound in entry.recordings:
            self._sound(device, entry, begun, sound)
        if entry.kind is Kind.DONE and entry.outcome is not Outcome.FAILED:
            self._consent(entry)
        if entry.action is Action.LOG_OPENED:
            self.before_log |= {_owner(one.path) for one in entry.documents}

    def _document(self, device: str, entry: Entry, one: Written) -> None:
        known, ever = self.files.setdefault(one.path, {}), self.hashes.setdefault(one.path, set())
        busy = any(_owner(one.path) in event.about for event in self.open.values())
        if one.before != known.get(device) and not busy and not one.path.endswith(audit_files.SOUND):
            self.suspects.append((one.path, one.before, device, entry.seq))
        known[device] = one.after
        if one.after is not None:
            ever.add(one.after)

    def outside(self) -> Iterator[str]:
        """Documents that were not what any computer had left when they were written."""
        for path, before, device, seq in self.suspects:
            others = set(self.files[path]) - {device}
            if not others or (before is not None and before not in self.hashes[path]):
                yield f"{path} was changed by something else before entry {seq} of {device}."

    def _sound(self, device: str, entry: Entry, begun: Entry | None, sound: Sound) -> None:
        self.files.setdefault(sound.path, {})[device] = _sounding(sound.records, sound.head)
        if begun is not None and entry.action in BEGUN:
            self._person(sound.path).recorded.append((begun.at, sound.path))

    def _consent(self, entry: Entry) -> None:
        for participant in entry.about:
            person = self.people.setdefault(participant, _Person())
            if entry.action is Action.CONSENT_GIVEN:
                person.given.append(entry.at)
            elif entry.action is Action.CONSENT_WITHDRAWN:
                person.withdrawn.append(entry.at)

    def _person(self, path: str) -> _Person:
        return self.people.setdefault(_owner(path), _Person())

    def unfinished(self) -> Iterator[str]:
        """Events without an end."""
        for (device, seq), entry in self.open.items():
            yield (
                f"audit/{device}.jsonl, entry {seq} ({', '.join(entry.about)}: {entry.action.value},"
                f" {stamp(entry.at)}) has no end: it goes on right now, or a kill cut it off."
                " Open the study, and verify again."
            )

    def after(self, anchors: Iterable[Anchor]) -> dict[str, datetime]:
        """The earliest time of what came after a checkpoint, by chain."""
        known = {anchor.device: anchor.entries for anchor in anchors}
        later = {device: times[known.get(device, 0) :] for device, times in self.earliest.items()}
        return {device: min(times) for device, times in later.items() if times}


def problems(paths: StudyPaths, evidence: Evidence) -> tuple[int, list[str]]:
    """How many files there are, and in words what disagrees with the entries."""
    if not evidence.earliest:
        return 0, []
    busy = {name.partition("-")[0] for entry in evidence.open.values() for name in entry.about}
    pages = [
        page for page in audit_files.pages(paths) if page.relative_to(paths.root).as_posix() in evidence.files
    ]
    there = {path.relative_to(paths.root).as_posix(): path for path in (*audit_files.kept(paths), *pages)}
    found = list(evidence.outside())
    for name, path in there.items():
        if _owner(name) not in busy:
            now = (
                _sounding(*audit_files.sound(path))
                if path.suffix == audit_files.SOUND
                else audit_files.digest(path)
            )
            found += _compared(name, now, evidence.files.get(name))
    for name, last in evidence.files.items():
        if name not in there and None not in last.values() and _owner(name) not in busy:
            found.append(f"{name} is gone, and no entry says why.")
    return len(there), found + list(_unconsented(evidence))


def _compared(name: str, now: str | None, last: Last | None) -> Iterator[str]:
    if last is None:
        yield f"{name} has no entry: something else put it there."
    elif now not in last.values():
        gone = set(last.values()) == {None}
        yield f"{name} was destroyed and is there again." if gone else f"{name} is not what was written last."


def _unconsented(evidence: Evidence) -> Iterator[str]:
    for participant, person in evidence.people.items():
        if participant not in evidence.before_log:
            for at, name in person.recorded:
                if not person.consented(at):
                    yield f"{name} was recorded on {stamp(at)} without a consent of {participant} before it."


def _sounding(records: int, head: str) -> str:
    return f"{records} {head}"


def _owner(path: str) -> str:
    """Whose a file is, by its folder: `P07`, also for `P07-1`; "" for one of nobody alone."""
    return audit_files.owner(path)
