"""A study of two participants in a world of its own, with a mark wherever something of either can be."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from interviewkit import (
    checking,
    coding,
    coding_audit,
    contacts,
    desk,
    drafts,
    erasure,
    passages,
    session,
    session_moves,
    wrapup,
)
from interviewkit import codebook as books
from interviewkit.audio import SAMPLE_RATE
from interviewkit.capture import journal
from interviewkit.capture.messages import Order, Wanted
from interviewkit.cli import shell
from interviewkit.cli.app import app
from interviewkit.coding import Who
from interviewkit.consent import Record, Store
from interviewkit.edits import Replace, Retype
from interviewkit.models import (
    Chunk,
    Codebook,
    Coded,
    Decision,
    Draft,
    Flag,
    FlagKind,
    Heard,
    Layout,
    Place,
    Pseudonym,
    Pseudonyms,
    RuleKind,
    Swapped,
    Verdict,
    Word,
)
from interviewkit.rule_edits import Put, Ruling
from interviewkit.session_notes import Person, Role
from interviewkit.store import Tables
from interviewkit.study import Study
from tests import small_study, traces
from tests.traces import Marks
from tests.tui import study as studies
from tests.unit.test_coding import released

RECORDING = "a" * 32
KINDS = (
    "name in a note on how to reach them",
    "e-mail address",
    "spoken word",
    "flag of the transcript",
    "word of a draft",
    "word typed while it was checked",
    "word on the correction list",
    "word left out by a rule",
    "word that was sent to them",
    "word that they wish for",
    "word of a translation",
    "word that was released",
    "name in the replacement log",
    "word in whose place something stands",
    "label of a meaning unit",
    "label that it had before",
    "memo of a meaning unit",
    "query about a meaning unit",
    "label in a layer of its own",
    "category named for them alone",
    "typed note",
    "improvised question",
    "where they are",
    "wrap-up",
    "trouble with the line",
    "device of an unfinished recording",
    "reason of a freeze",
    "document half written",
    "export half written",
    "file name",
    "memo in UTF-16",
    "coded excerpt in JSON",
    "code label",
    "waveform cache in gzip",
    "backup in zip",
    "backup in zip in gzip",
    "mail in base64",
)
OWN = tuple(
    kind
    for kind in KINDS[: KINDS.index("document half written")]
    if kind != "device of an unfinished recording"
)
"""What the program itself has written of them, and nobody has exported; a microphone's name is not sealed."""
PHONE = {"P01": "0700 551 1234 77", "P02": "0700 552 1234 88"}


class Anchors:
    """A recording that is a second long."""

    def frame_at(self, monotonic_s: float) -> int:
        """Always there."""
        return SAMPLE_RATE


@dataclass(frozen=True)
class World:
    """Everything that the program can write to: study, data, state, cache, runtime, temporary files."""

    root: Path
    study: Study
    marks: dict[str, Marks]
    """Of each participant."""

    def found(self, participant: str) -> dict[str, list[str]]:
        """Where the marks of a participant are now."""
        return traces.found((self.root,), self.marks[participant])

    def files_of(self, participant: str) -> dict[str, bytes]:
        """Their files, with their bytes."""
        theirs = (f"people/{participant}/", f"recordings/{participant}-", f"transcripts/{participant}-")
        kept = small_study.snapshot(self.study.root)
        return {name: data for name, data in kept.items() if name.startswith(theirs)}


def made(
    root: Path, new_study: Callable[[Path], Study] = small_study.clear_study, *, own: bool = False
) -> World:
    """A world with P01 and P02, each with all of the marks; `own` is without those of other programs."""
    study = new_study(root)
    shutil.rmtree(root / "templates", ignore_errors=True)
    marks: dict[str, Marks] = {}
    for participant in PHONE:
        study.add_participant("patients", "uk")
        small_study.give(study, participant)
        marks[participant] = planted(study, participant, own=own)
    # Last, as whoever opens the study sweeps them away.
    for participant, theirs in marks.items() if not own else ():
        _left_by_kills(study, f"{participant}-1", theirs)
    return World(root, study, marks)


def planted(study: Study, participant: str, *, own: bool) -> Marks:
    """Put every mark of a participant in its place, by the program where it can."""
    said = {kind: f"{participant.lower()}Zoë{number:02}quetzal" for number, kind in enumerate(KINDS, 1)} | {
        "e-mail address": f"{participant.lower()}quetzal@example.org"
    }
    number = study.new_interview(study.grant(participant, Record)).id
    _reached(study, participant, said)
    audio = _recorded(study, participant, number, said)
    _written_down(study, participant, number, said)
    if own:
        return {kind: said[kind] for kind in OWN} | {"telephone number": PHONE[participant], "sound": b"fLaC"}
    for name in ("txt", "json"):
        assert command(study, "export", name, number) == 0
    traces.foreign(study.paths.recordings / number, said)
    return {**said, **audio, "telephone number": PHONE[participant]}


def _reached(study: Study, participant: str, said: dict[str, str]) -> None:
    details = contacts.details(
        number=PHONE[participant],
        email=said["e-mail address"],
        note=f"Ask for {said['name in a note on how to reach them']}",
    )
    contacts.reach(study, participant, details)
    erasure.freeze(study, participant, "Ada", said["reason of a freeze"])
    study.thaw(participant, "Ada", "it was nothing")


def _recorded(study: Study, participant: str, interview: str, said: dict[str, str]) -> dict[str, bytes]:
    """A call, and one that was cut off; hands back some of the sound of each, as it is stored."""
    grant, noise = study.grant(participant, Record), np.random.default_rng(int(participant[1:]))
    samples = noise.integers(-20_000, 20_000, (2, 1, SAMPLE_RATE), np.int16)
    with study.importing(grant, interview, sample_rate=SAMPLE_RATE, channels=1) as incoming:
        incoming.write(samples[0])
    with study.recording_writer(grant, interview, RECORDING, sample_rate=SAMPLE_RATE, channels=1) as cut_off:
        cut_off.write(samples[1])
    order = Order(
        RECORDING, interview, "nowhere", (Wanted(said["device of an unfinished recording"], "ALSA", 1),)
    )
    journal.create(study.paths.journal(interview, RECORDING), order)
    held = session.hold(study, grant, interview)
    held.start(Anchors(), RECORDING, 2)
    held.do(session_moves.present, [Person(role=Role.RELATIVE)], said["where they are"])
    held.do(session_moves.note, said["typed note"])
    held.do(session_moves.improvise, said["improvised question"])
    stored = (study.paths.audio(interview, 1), study.paths.unfinished_audio(interview, RECORDING))
    return {f"sound of {path.suffix}": path.read_bytes()[5000:5064] for path in stored}


def _written_down(study: Study, participant: str, interview: str, said: dict[str, str]) -> None:
    flag = Flag(kind=FlagKind.LOW_CONFIDENCE, start_s=0, end_s=1, detail=said["flag of the transcript"])
    found = studies.transcript(((participant, f"well {said['spoken word']} then", None),), (flag,))
    word = Word(text=said["word of a draft"], start_s=0, end_s=1, probability=0.9)
    sure = {"avg_logprob": -0.1, "no_speech_prob": 0.0, "compression_ratio": 1.0}
    draft = Draft(
        layout=Layout.MONO,
        chunks=(Chunk(channel=0, pieces=((0, SAMPLE_RATE),)),),
        heard=(Heard(chunk=0, words=(word,), language="en", **sure),),
        transcriber={},
        diariser={},
    )
    work = drafts.Work(draft=draft, transcript=found)
    study.save_raw(study.grant(participant, Store), interview, 1, drafts.pack(work))
    now = datetime.now(UTC)
    checked = checking.begun(found, None, interview, "Ada", now)
    checked = checked.changed(Retype(0, f"well {said['word typed while it was checked']} then"))
    filler = f"Um, {said['word left out by a rule']}"
    checked = checked.changed(Replace(0, 0, 1, tuple(filler.split())))
    left_out = Put(0, 1, 2, ())
    checked = checked.changed(Ruling(RuleKind.CLEAN, "Ada", now, (left_out,)))
    _sent(study, participant, interview, said)
    study.remember(said["word on the correction list"], "somebody", "Ada", [participant])
    tables = checking.pack(checked.record(now), found)
    study.save_checked(study.grant(participant, Store), interview, 1, tables)
    _analysed(study, participant, interview, said)
    wrapup.say(study, interview, 1, lambda known: known.model_copy(update={"note": said["wrap-up"]}))
    wrapup.say(
        study, interview, 1, lambda known: known.model_copy(update={"trouble": said["trouble with the line"]})
    )


def _analysed(study: Study, participant: str, interview: str, said: dict[str, str]) -> None:
    """What analysts were given and made of it; a category that nobody else's units are in."""
    who, grant = Who.now("Ada"), study.grant(participant, Store)
    name = Pseudonym(
        key=said["name in the replacement log"],
        text=said["name in the replacement log"],
        kind="person",
        decision=Decision.REPLACED,
        replacement="[person 1]",
        by="Ada",
        at=who.at,
    )
    back = Swapped(
        call=1, place=Place(0, 0), words=1, original=(said["word in whose place something stands"],)
    )
    call = released(f"[person] {said['word that was released']} then")
    study.release(grant, interview, call, Pseudonyms(names=(name,), swapped=(back,)))
    title = said["category named for them alone"]

    def category(known: Codebook) -> Codebook:
        return books.with_category(known, title, "experience", who, participants=[participant])[0]

    own = next(one.id for one in desk.rebook(study, category).categories if one.name == title)

    def unit(coded: Coded, label: str) -> Coded:
        where = passages.passage(call, Place(0, 0), Place(0, 1))
        return coding.made(
            coded, call, where, who, interview=interview, label=label, domain="experience", category=own
        )[0]

    def code(coded: Coded) -> Coded:
        coded = unit(coded, said["label that it had before"])
        one = coded.standing[0].id
        coded = coding.relabelled(coded, one, said["label of a meaning unit"], who)
        coded = coding.noted(coded, one, said["memo of a meaning unit"], who)
        ben, query = Who.now("Ben"), said["query about a meaning unit"]
        return coding_audit.reviewed(coded, one, ben, Verdict.QUERIES, query)[0]

    desk.recode(study, interview, code)
    desk.recode(study, interview, lambda coded: unit(coded, said["label in a layer of its own"]), "ben")


def _sent(study: Study, participant: str, interview: str, said: dict[str, str]) -> None:
    """What they were sent, and what they want changed in it."""
    word = Word(text=said["word that was sent to them"], start_s=0, end_s=1, probability=0.9)
    turn = {"speaker": participant, "start_s": 0.0, "end_s": 1.0, "words": [word.model_dump()]}
    wish = {"before": [word.model_dump()], "after": said["word that they wish for"]}
    tables: Tables = {"sent": [{"by": "Ada"}], "turns": [turn], "wishes": [wish]}
    study.save_beside(study.grant(participant, Store), interview, 1, "sent", tables, "transcript sent back")
    row = {"start_s": 0.0, "end_s": 1.0, "text": said["word of a translation"]}
    tables = {"translation": [{"language": "fr"}], "translated": [row]}
    name, reason = "translation-fr", "translation brought in"
    study.save_beside(study.grant(participant, Store), interview, 1, name, tables, reason)


def _left_by_kills(study: Study, interview: str, said: Marks) -> None:
    """Documents that were cut off while they were written."""
    folder = study.paths.transcripts / interview
    (folder / ".raw-1.json.99.partial").write_text(str(said["document half written"]))
    (study.paths.exports / f".{interview}.txt.99.partial").write_text(str(said["export half written"]))


def command(study: Study, *arguments: str) -> int:
    """Run a command of the program on the study."""
    return shell.run(app, [*arguments, "--study", str(study.root)])
