"""The audit trail as the study writes it: one event for everything that is done, none of it said.

    intent (on the disk) ─► documents are replaced ─► done          what `study` writes
    event (on the disk)                                             what is read, refused, handed on

Nothing is written before its intent is on the disk. A kill in between leaves an intent without an end;
who comes next looks at what is there and ends it. What is saved at every key is one event for a sitting.
A chain that was cut or altered is never gone on with: a new one is begun, signed by a new key, which says
so, and the old one stays as evidence. There is no way to switch it off.
"""

import atexit
import time
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from interviewkit import audit_checkpoint, audit_entries, audit_files, audit_verify, device
from interviewkit.audit_chain import Chain, Damaged
from interviewkit.audit_checkpoint import Checkpoint
from interviewkit.audit_entries import (
    SITTINGS,
    Action,
    Entry,
    Former,
    Kind,
    Outcome,
    Sound,
    Written,
)
from interviewkit.device import Device, Head, Signer
from interviewkit.errors import StorageError
from interviewkit.events import Warned
from interviewkit.paths import StudyPaths, disk_failed, write_durably
from interviewkit.store import Lock

AGAIN_S = 600.0
"""Who looks at the same thing again within so long is still looking."""


@dataclass
class Event:
    """What one event has written so far."""

    root: Path
    seq: int
    action: Action
    participant: str
    signer: Signer
    documents: list[Written] = field(default_factory=list)
    recordings: list[Sound] = field(default_factory=list)

    def wrote(self, path: Path, before: str | None, after: str | None, content: bytes | None = None) -> None:
        """A document was replaced, or removed; hashes are SHA-256 of the file."""
        bound = None if content is None else audit_entries.commitment(content)
        self.documents.append(Written(self._name(path), before, after, bound))

    def sound(self, path: Path) -> None:
        """A recording has its place, or was changed there."""
        records, head = audit_files.sound(path)
        self.recordings.append(Sound(self._name(path), records, head))

    def removed(self, path: Path) -> None:
        """A file is about to be removed."""
        if not audit_files.is_kept(path):
            return
        before = audit_files.digest(path) if path.suffix != audit_files.SOUND else None
        self.wrote(path, before, None)

    def _name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()


class Log:
    """The audit trail of a study, from this computer."""

    def __init__(
        self,
        paths: StudyPaths,
        lock: Lock,
        told: Callable[[Warned], None],
        who: Callable[[], str | None] = lambda: None,
    ) -> None:
        """`told` hears when the chain of this computer is not what it was; `who` says who sits at it."""
        self.paths = paths
        self._lock = lock
        self._told = told
        self._who = who
        self._signer: Signer | None = None
        self._chain: Chain | None = None
        self._sittings: dict[str, Event] = {}
        self._registered = False
        self._looked: dict[tuple[Action, tuple[str, ...], int | None, str | None], float] = {}

    # ── what is done ────────────────────────────────────────────────────────────────────────────

    @contextmanager
    def event(self, reason: str, participant: str, forms: Sequence[str] = ()) -> Iterator[Event]:
        """Around everything that is written for a participant, or "" for all: first its intent, then its end.

        Raises StorageError where the intent can't be written; then nothing else may be.
        """
        action = Action.of(reason)
        with self._lock:
            self._ready()
            event = self._sittings.get(participant)
            if event is None or event.action is not action or event.seq not in self._open():
                self._end_sitting(participant)
                seq = self._append(
                    Kind.INTENT, action, about=_about(participant), forms=tuple(forms), durable=True
                )
                event = Event(self.paths.root, seq, action, participant, self._signing())
            try:
                yield event
            except BaseException as error:
                self._sittings.pop(participant, None)
                if not disk_failed(error):
                    self._end_as_found(event.seq, event.action, _about(participant), Outcome.FAILED)
                raise
            if action in SITTINGS:
                self._sit(event)
            else:
                self._end(event)

    def note(
        self,
        action: Action,
        about: Iterable[str] = (),
        *,
        call: int | None = None,
        purpose: str | None = None,
        forms: Sequence[str] = (),
    ) -> None:
        """An event that writes nothing into the study's documents; on the disk when this returns."""
        with self._lock:
            self._ready()
            self._append(
                Kind.EVENT,
                action,
                about=tuple(sorted(set(about))),
                call=call,
                purpose=purpose,
                forms=tuple(forms),
                durable=True,
            )

    def know(self, page: Path, form: str) -> None:
        """A form as it was shown, which is never changed from then on: an event where it has none yet."""
        with self._lock:
            self._ready()
            name, now = page.relative_to(self.paths.root).as_posix(), audit_files.digest(page)
            if self._following().state.wrote.get(name, (0, None))[1] != now:
                shown = (Written(name, None, now),)
                self._append(Kind.EVENT, Action.FORM_FIXED, forms=(form,), documents=shown, durable=True)

    def looked(self, action: Action, about: str, call: int | None = None, purpose: str | None = None) -> None:
        """Somebody looks at something, or was refused it: once for a sitting, however often it is loaded."""
        key = (action, (about,), call, purpose)
        now_s = time.monotonic()
        if now_s - self._looked.get(key, -AGAIN_S) >= AGAIN_S:
            self.note(action, (about,), call=call, purpose=purpose)
        self._looked[key] = now_s

    def checkpoint(self) -> Checkpoint:
        """How long each chain is and how it ends, signed; that it was made is the last entry of this one."""
        with self._lock:
            self.end_sittings()
            self.note(Action.CHECKPOINT)
            known, sign = self._signing().device, self._signing().sign
            heads = audit_verify.heads(self.paths)
            return audit_checkpoint.make(known.study, datetime.now(UTC), heads, known.id, sign)

    def leave_checkpoint(self) -> Path:
        """The same as a text beside the chains, in the place of the last one: for somebody to send away."""
        with self._lock:
            text = audit_checkpoint.text(self.checkpoint())
            write_durably(self.paths.checkpoint, text.encode())
        return self.paths.checkpoint

    def end_sittings(self) -> None:
        """End what was being written key by key."""
        if self._sittings:
            with self._lock:
                self._ready()
                for participant in list(self._sittings):
                    self._end_sitting(participant)

    def reconcile(self) -> None:
        """End what a kill left without an end on this computer; nothing where that can't be written.

        A computer that has not worked on the study has left nothing: whoever only looks leaves no trace.
        """
        study = audit_files.study_id(self.paths)
        if study is not None and device.load(study) is not None:
            with suppress(StorageError), self._lock:
                self._ready(sittings_too=True)

    def placed(self, paths: Iterable[Path]) -> None:
        """Files that got their place after their event had ended, because the disk had refused."""
        names = {path.relative_to(self.paths.root).as_posix() for path in paths}
        if not names:
            return
        with suppress(StorageError), self._lock:
            self._ready()
            known = audit_files.latest(self.paths)
            for participant in sorted({audit_files.owner(name) for name in names}):
                documents, recordings = audit_files.differing(self.paths, participant, known)
                found = tuple(one for one in documents if one.path in names)
                heard = tuple(one for one in recordings if one.path in names)
                if found or heard:
                    self._append(
                        Kind.EVENT,
                        Action.MENDED,
                        about=_about(participant),
                        documents=found,
                        recordings=heard,
                        durable=True,
                    )

    def _sit(self, event: Event) -> None:
        """Go on with it at the next write; at the latest the end of the program is its end."""
        if not self._registered:
            atexit.register(_end_at_exit, weakref.ref(self))
            self._registered = True
        self._sittings[event.participant] = event

    # ── ends ────────────────────────────────────────────────────────────────────────────────────

    def _end(self, event: Event) -> None:
        """Not forced to the disk: what a power cut takes of it is found again as what a kill leaves."""
        with suppress(StorageError):
            self._append(
                Kind.DONE,
                event.action,
                about=_about(event.participant),
                of=event.seq,
                outcome=Outcome.DONE,
                documents=audit_entries.joined(event.documents),
                recordings=tuple(event.recordings),
                durable=False,
            )

    def _end_sitting(self, participant: str) -> None:
        event = self._sittings.pop(participant, None)
        if event is None or event.seq not in self._open():
            return
        # What others wrote meanwhile is in their events.
        wrote = self._following().state.wrote
        event.documents = [one for one in event.documents if wrote.get(one.path, (-1,))[0] < event.seq]
        self._end(event)

    def _end_as_found(self, seq: int, action: Action, about: tuple[str, ...], outcome: Outcome) -> None:
        """End an event that was cut off with what is there of it now."""
        with suppress(StorageError):
            known = audit_files.latest(self.paths)
            documents, recordings = audit_files.differing(self.paths, about[0] if about else "", known)
            self._append(
                Kind.DONE,
                action,
                about=about,
                of=seq,
                outcome=outcome,
                documents=documents,
                recordings=recordings,
                durable=False,
            )

    # ── the chain ───────────────────────────────────────────────────────────────────────────────

    @property
    def actor(self) -> str:
        """Who sits at this computer, as entries name them; known once something was noted."""
        return self._who() or self._signing().device.actor

    def _signing(self) -> Signer:
        assert self._signer is not None
        return self._signer

    def _following(self) -> Chain:
        assert self._chain is not None
        return self._chain

    def _open(self) -> dict[int, Entry]:
        return self._following().state.open

    def _ready(self, *, sittings_too: bool = False) -> None:
        """Know the chain to its end, and end what kills left in it. Under the lock."""
        try:
            chain = self._followed()
        except Damaged:
            chain = self._begin_anew()
        own = {event.seq for event in self._sittings.values()}
        for seq, entry in list(chain.state.open.items()):
            # Under the lock nobody else is between an intent and its end, but in a sitting.
            if seq not in own and (sittings_too or entry.action not in SITTINGS):
                self._end_as_found(seq, entry.action, entry.about, Outcome.MENDED)

    def _followed(self) -> Chain:
        if self._chain is not None:
            self._chain.follow()
            return self._chain
        study = audit_files.study_id(self.paths) or self._known_here() or uuid4().hex
        known = device.load(study)
        if known is None:
            return self._begin(device.enrol(self.paths, study))
        self._signer = Signer(known)
        chain = Chain(self.paths.chain(known.id))
        chain.follow()
        last = device.head(study)
        if last is not None and chain.hashes[last.seq : last.seq + 1] != [last.hash]:
            raise Damaged
        if not chain.state.entries:
            return self._begin(known)
        self._chain = chain
        return chain

    def _known_here(self) -> str | None:
        """Which study lay in this folder when this computer last wrote to it; not where it is empty now."""
        there = any(audit_files.kept(self.paths))
        return device.study_known_at(self.paths.root) if there else None

    def _begin(self, known: Device, former: Former | None = None) -> Chain:
        """The first entry of a chain: whose it is, the key, and what was there before any log."""
        first = not any(self.paths.audit.glob("*.jsonl"))
        documents, recordings = audit_files.differing(self.paths, None, {}) if first else ((), ())
        self._signer = Signer(known)
        self._chain = Chain(self.paths.chain(known.id))
        self._append(
            Kind.EVENT,
            Action.LOG_OPENED,
            study=known.study,
            device=known.id,
            key=self._signer.public,
            former=former,
            documents=documents,
            recordings=recordings,
            durable=True,
        )
        return self._chain

    def _begin_anew(self) -> Chain:
        old = self._signing().device
        last = device.head(old.study) or Head(0, audit_entries.NOTHING)
        self._sittings.clear()
        self._told(
            Warned(
                f"The audit log of this computer, audit/{old.id}.jsonl, was cut, altered, or put back from a"
                " backup. A new one is begun and says so. See: interviewkit ethics verify"
            )
        )
        former = Former(old.id, last.seq + 1, last.hash)
        return self._begin(device.enrol(self.paths, old.study), former)

    def _append(self, kind: Kind, action: Action, *, durable: bool, **what: Any) -> int:
        chain, signer = self._following(), self._signing()
        entry = Entry(
            seq=chain.state.entries,
            prev=chain.state.head,
            at=datetime.now(UTC),
            actor=self.actor,
            kind=kind,
            action=action,
            torn=chain.torn,
            **what,
        )
        payload = audit_entries.payload(entry)
        chain.append(payload, signer.sign(audit_entries.signed(payload)), durable=durable)
        if durable:
            device.put_head(signer.device.study, Head(entry.seq, chain.state.head))
        return entry.seq


def _about(participant: str) -> tuple[str, ...]:
    return (participant,) if participant else ()


def _end_at_exit(log: "weakref.ref[Log]") -> None:
    live = log()
    if live is not None and live.paths.audit.is_dir():
        with suppress(StorageError):
            live.end_sittings()
