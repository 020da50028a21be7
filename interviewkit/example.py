"""A study of six interviews that were made up, analysed from consent to categories: to look around in.

    example_interviews ── the same steps as in a study of one's own ─► people, calls, names, units, audit

Its recordings are silence: what is said in it was only ever written.
"""

from collections.abc import Generator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from interviewkit import checking, coding, coding_audit, demo, desk, desk_names, drafts, naming, passages
from interviewkit import codebook as books
from interviewkit.audio import SAMPLE_RATE
from interviewkit.coding import Who
from interviewkit.consent import Record, Store
from interviewkit.drafts import Work
from interviewkit.edits import Tick
from interviewkit.errors import UsageError
from interviewkit.events import Event, Finished, Progress
from interviewkit.example_files import Marked, Script, scripts
from interviewkit.identifiers import Kind
from interviewkit.models import (
    ActionKind,
    Answer,
    Check,
    Codebook,
    Coded,
    ConsentGiven,
    ConsentMethod,
    EligibilityChecked,
    Ending,
    Interview,
    Layout,
    Proposal,
    ProposalKind,
    Provenance,
    Pseudonyms,
    Purpose,
    Released,
    Reporting,
    Side,
    Transcript,
    Verdict,
)
from interviewkit.session_log import Log, Moment, saved
from interviewkit.study import Study
from interviewkit.study_create import TEMPLATES

TITLE = "An analysed example of interviewkit, made up"
ADA, BEN = "Ada", "Ben"
LENGTH_PADDING_S = 2.0
BLIND = 3
DROPPED = "nobody spoke of it"
LEFT_OUT = {"skipped": ActionKind.SKIPPED, "earlier": ActionKind.EARLIER}


def build(folder: Path) -> Generator[Event, None, Study]:
    """Make the study in an empty folder; hands it back as it is where it is there. Raises UsageError."""
    study = demo.open_study(folder, TITLE, TEMPLATES)
    if study.participants():
        if len(study.interviews()) < len(scripts()):
            raise UsageError(f"{folder} is not finished.", "Delete it, and make it again.")
        yield Finished("The example is there already.")
        return study
    known = scripts()
    begun = datetime.now(UTC) - timedelta(hours=len(known) + 1)
    for number in sorted(known, key=lambda script: script.participant):
        study.add_participant(number.group, number.jurisdiction, int(number.participant[1:]))
    for done, script in enumerate(known):
        yield Progress("interviews", done, len(known))
        at = begun + timedelta(hours=done)
        _consented(study, script, at)
        interview = _held(study, script, at + timedelta(minutes=20))
        _checked(study, script, interview)
        _released(study, script, interview)
        _coded(study, script, interview)
    _second_look(study)
    _split_and_merged(study)
    _blind(study)
    _reported(study)
    yield Finished(f"{len(known)} interviews that nobody gave, analysed.")
    return study


# ── consent and the call ────────────────────────────────────────────────────────────────────────


def _consented(study: Study, script: Script, at: datetime) -> None:
    """Yes to everything, but to being quoted where the script says so."""
    for criterion in study.group(script.group).eligibility:
        study.note(
            script.participant,
            EligibilityChecked(
                criterion=criterion.id,
                met=True,
                number=criterion.at_least,
                evidence="made up for the example",
                by=ADA,
                at=at,
            ),
        )
    form = study.form_for(study.participant(script.participant))
    answers = {
        one.id: Answer.NO if Purpose.QUOTE in one.purposes and not script.quote else Answer.YES
        for one in form.statements
    }
    given = ConsentGiven(form=form.id, answers=answers, method=ConsentMethod.ORAL, taken_by=ADA, at=at)
    study.give_consent(script.participant, given)


def _held(study: Study, script: Script, at: datetime) -> Interview:
    """A call of silence, as long as what was said, with everything that was put and left out."""
    grant = study.grant(script.participant, Record)
    frames = round((script.turns[-1].end_s + LENGTH_PADDING_S) * SAMPLE_RATE)
    planned = study.planned_interview(grant, Side.FIRST)
    with study.importing(grant, planned, sample_rate=SAMPLE_RATE, channels=1) as sound:
        sound.write(np.zeros((1, frames), np.int16))
        name = sound.interview
    recording = study.interview(name).calls[0].recording
    log = _log(study, script, recording, at)
    return study.change_interview(grant, name, lambda known: saved(log, known), "marks made later")


def _log(study: Study, script: Script, recording: str, at: datetime) -> Log:
    def moment(turn: int) -> Moment:
        second = script.turns[turn].start_s if turn < len(script.turns) else script.turns[-1].end_s
        return Moment(at + timedelta(seconds=second), second, round(second * SAMPLE_RATE))

    log = Log(study.schedule(script.group)).add(ActionKind.STARTED, moment(0), call=1, recording=recording)
    for put in script.put:
        log = log.add(LEFT_OUT.get(put.how, ActionKind.PUT), moment(put.turn), question=put.question)
    return log.add(ActionKind.ENDED, moment(len(script.turns)), ending=Ending.FINISHED)


# ── transcript and names ────────────────────────────────────────────────────────────────────────


def _checked(study: Study, script: Script, interview: Interview) -> None:
    """What was said as if it had been heard, and every turn checked by somebody."""
    grant = study.grant(script.participant, Store)
    heard = Transcript(
        turns=script.turns,
        flags=(),
        duration_s=interview.calls[0].duration_s,
        coverage=1.0,
        language="en",
        provenance=Provenance(
            program="written for the example", transcriber={}, diariser={}, channels=Layout.MONO
        ),
    )
    study.save_raw(grant, interview.id, 1, drafts.pack(Work(finished=True, transcript=heard)))
    sitting = checking.begun(heard, None, interview.id, ADA, datetime.now(UTC))
    for turn in range(len(sitting.turns)):
        sitting = sitting.changed(Tick(turn, Check(by=ADA, at=datetime.now(UTC))))
    study.save_checked(grant, interview.id, 1, checking.pack(sitting.record(datetime.now(UTC)), heard))


def _released(study: Study, script: Script, interview: Interview) -> None:
    """The names of the script replaced, everything else that was found left, and the call released."""
    found, who = desk_names.look(study, interview.id, 1), Who.now(ADA)

    def replaced(own: Pseudonyms) -> Pseudonyms:
        for name in script.names:
            item = naming.added(name.text, Kind(name.kind))
            own = naming.replaced(
                own, found.others, item, name.replacement, who, same=item.key in found.others
            )
        return own

    found = desk_names.decide(study, found, replaced)

    def kept(own: Pseudonyms) -> Pseudonyms:
        for item in found.open:
            own = naming.kept(own, item, who)
        return own

    desk_names.release(study, desk_names.decide(study, found, kept), who)


# ── units, categories, audit ────────────────────────────────────────────────────────────────────


def _coded(study: Study, script: Script, interview: Interview) -> None:
    """The meaning units of the script; categories are made as they are first needed."""
    call = desk.released(study, interview, 1)
    book = desk.rebook(study, lambda now: _with_categories(now, script))

    def code(coded: Coded) -> Coded:
        for marked in script.units:
            coded = _marked(coded, call, book, marked, interview.id)
        return coded

    desk.recode(study, interview.id, code)


def _with_categories(book: Codebook, script: Script) -> Codebook:
    for marked in script.units:
        parent: str | None = None
        for name in marked.category:
            there = [one for one in books.children(book, marked.domain, parent) if one.name == name]
            if there:
                parent = there[0].id
                continue
            book, new = books.with_category(
                book, name, marked.domain, Who.now(ADA), parent=parent, participants=[script.participant]
            )
            parent = new.id
    return book


def _marked(
    coded: Coded, call: Released, book: Codebook, marked: Marked, interview: str, by: str = ADA
) -> Coded:
    category = None
    for name in marked.category:
        category = next(one.id for one in books.children(book, marked.domain, category) if one.name == name)
    where = passages.quoted(call, marked.words)
    return coding.made(
        coded,
        call,
        where,
        Who.now(by),
        interview=interview,
        label=marked.label,
        domain=marked.domain,
        category=category,
        memo=marked.memo,
    )[0]


def _second_look(study: Study) -> None:
    """Ben looks at the first two interviews: agrees, asks, proposes; two proposals are settled with Ada."""
    ben, both = Who.now(BEN), (ADA, BEN)
    book = desk.current_codebook(study)
    burden = books.named(book, "experience.decisive", "Burden of the material")

    def first(coded: Coded) -> Coded:
        units = {one.label: one for one in coded.standing}
        for label in (
            "Messages kept her going",
            "Being expected mattered most",
            "Could be done late at night",
        ):
            coded, _ = coding_audit.reviewed(coded, units[label].id, ben, Verdict.AGREES)
        coded, asked = coding_audit.reviewed(
            coded,
            units["Heard the offer as not being worth a person"].id,
            ben,
            Verdict.PROPOSES,
            "this is what the reader feels, too",
            Proposal(kind=ProposalKind.RENAME, name="Took the offer to mean: not worth a person"),
        )
        coded = coding_audit.agreed(coded, asked.id, both, ben, accepted=True, said="closer to the words")
        return coding_audit.reviewed(
            coded, units["Start before you feel ready"].id, ben, Verdict.QUERIES, "which category?"
        )[0]

    def second(coded: Coded) -> Coded:
        units = {one.label: one for one in coded.standing}
        coded, asked = coding_audit.reviewed(
            coded,
            units["Notes are written twice"].id,
            ben,
            Verdict.PROPOSES,
            "it is a burden as well",
            Proposal(kind=ProposalKind.MOVE, domain="experience.decisive", category=burden.id),
        )
        return coding_audit.agreed(
            coded, asked.id, both, ben, accepted=False, said="that is the patients' burden"
        )

    desk.recode(study, _interview(study, 1), first)
    desk.recode(study, _interview(study, 2), second)


def _split_and_merged(study: Study) -> None:
    """One unit of the first interview was split, and its halves merged again: its history tells both."""
    ada, name = Who.now(ADA), _interview(study, 1)
    call = desk.released(study, study.interview(name), 1)
    rest = passages.quoted(call, "It was only ever a few lines, but she had read what I'd put.")

    def change(coded: Coded) -> Coded:
        label = "Weekly message showed that it was read"
        one = next(unit for unit in coded.standing if unit.label == label)
        coded, halves = coding.split(
            coded, one.id, call, rest.first, ada, ("Written to every week", label), "how often, and how"
        )
        names = [half.id for half in halves]
        return coding.merged(coded, names, call, ada, label, "neither half says it alone")[0]

    desk.recode(study, name, change)


def _blind(study: Study) -> None:
    """Ben's own layer on the last interview, not taken in: three units as Ada's, one elsewhere."""
    script = next(one for one in scripts() if one.held == len(scripts()))
    name, book = _interview(study, script.held), desk.current_codebook(study)
    call = desk.released(study, study.interview(name), 1)
    same = script.units[:BLIND]
    other = replace(script.units[BLIND], domain="experience.decisive", category=("A champion",))

    def code(coded: Coded) -> Coded:
        for marked in (*same, other):
            coded = _marked(coded, call, book, marked, name, BEN)
        return coded

    desk.recode(study, name, code, layer=BEN)


def _reported(study: Study) -> None:
    """The wider context is reported for all groups together, one domain not at all, the others for each."""
    who = Who.now(ADA)

    def change(book: Codebook) -> Codebook:
        book = books.with_domain(book, "cost", "Cost to the participant", who)
        book = books.reported(book, "cost", Reporting.DROPPED, who, DROPPED)
        return books.reported(
            book, "context.wider-context", Reporting.COMBINED, who, "few units in each group"
        )

    desk.rebook(study, change)


def _interview(study: Study, held: int) -> str:
    script = next(one for one in scripts() if one.held == held)
    return f"{script.participant}-1"
