"""Any sequence of what people do with a consent, against a study on disk: nothing passes without its grant.

The oracle below knows the rules in its own words and no code of the program's; after every step each of
recording, transcript, quote and export is tried, and must pass exactly where the oracle says so. Time moves
by days, so that windows close and new forms come into force.
"""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from pathlib import Path

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from interviewkit import study as study_module
from interviewkit import study_consent, study_erase, study_evidence, study_forms, withdrawal
from interviewkit.consent import Grant, Permission, Quote, Record, Store
from interviewkit.errors import ConsentRefused, UsageError
from interviewkit.models import (
    Answer,
    CapacityChecked,
    ConsentConfirmed,
    ConsentGiven,
    ConsentHeld,
    ConsentMethod,
    ConsentReleased,
    ConsentWithdrawn,
    EligibilityChecked,
    Level,
    PaperChecked,
    ReconsentDecided,
)
from interviewkit.study import Study
from tests import small_study
from tests.unit.test_study_clip import Memory

NEW_FORM_AFTER_DAYS = 20
COVERED_DAYS = 30
WINDOW_DAYS = 14
PEOPLE = ("P01", "P02")
STARTS = st.sampled_from(
    ("new", "asked", "on paper", "to confirm", "interviewed", "late wish", "approval over")
)
"""How far somebody has come at the beginning: what is rare in a sequence is where some of them begin."""
REQUIRED = ("part", "recorded", "transcribed", "kept")
OPTIONAL = ("quoted", "archived")
SCAN = b"%PDF-1.4 signed"

STUDY = """\
schema: 1
title: Any sequence
approvals:
  - {{id: uk, body: A board, reference: "1", jurisdiction: uk, approved_on: 2020-03-01,
     ways: [signed, oral], lawful_basis: public task}}
  - {{id: uk-2, body: A board, reference: "2", jurisdiction: uk, approved_on: {day}, expires_on: {end},
     ways: [signed and confirmed, oral], lawful_basis: public task}}
groups:
  - id: patients
    name: Patients
    schedule: patient
    target: 7
    eligibility: [{{id: sessions, text: At least 4 sessions, at_least: 4}}]
"""
FORM = """\
schema: 2
group: patients
jurisdiction: uk
version: {version}
approval: {approval}
title: Consent
sheet_version: "{version}"
sheet_date: 2020-03-01
ways: {ways}
paper_check: {check}
withdrawal: {{days: 14, levels: [no contact, no reuse or quotes, erase]}}
sheet: What it is about.
statements:
  - {{id: part, section: taking part, text: I take part., required: true}}
  - {{id: recorded, section: use of what I say, text: It is recorded., required: true, purposes: [record]}}
  - {{id: transcribed, section: use of what I say, text: It is written., required: true,
     purposes: [transcribe]}}
  - {{id: kept, section: keeping and sharing, text: It is kept., required: true, purposes: [store]}}
  - {{id: quoted, section: use of what I say, text: It is quoted., required: false, purposes: [quote]}}
  - {{id: archived, section: keeping and sharing, text: It is shared., required: false, purposes: [archive]}}
"""


@dataclass
class Person:
    """What the oracle knows of somebody, in plain words."""

    sessions: int | None = None
    said_yes: set[str] | None = None
    version: int = 1
    on_paper: bool = False
    confirmed: bool = False
    scanned: bool = False
    second_person: str = ""
    """What the second person found on the sheet: "same", "other", or nothing yet."""
    on_hold: bool = False
    ask_again: bool | None = None
    """Whether they have to be asked by the second form; None while nobody has decided."""
    taken_back: str = ""
    frozen: bool = False
    erasure: str = ""
    """"queued" or "undecided", as long as it waits."""
    interviewed_on: date | None = None
    interviews: list[str] = field(default_factory=list)

    def gone(self) -> bool:
        """Nothing at all may be done."""
        return self.frozen or bool(self.erasure)

    def consented(self) -> bool:
        """The form is answered as the study needs it, and nothing about the answers is open."""
        if self.gone() or self.said_yes is None or not set(REQUIRED) <= self.said_yes:
            return False
        if self.on_paper and self.second_person == "other":
            return False
        if self.version == 2 and self.on_paper and not self.confirmed:
            return False
        return not (self.version == 2 and self.on_paper and self.second_person != "same")

    def may_store(self) -> bool:
        return self.consented() and self.taken_back in ("", "no contact", "no reuse")

    def may_quote(self) -> bool:
        paper = not self.on_paper or self.second_person == "same"
        return (
            self.consented()
            and paper
            and "quoted" in (self.said_yes or ())
            and self.taken_back in ("", "no contact")
        )

    def may_record(self, second_form_is_in_force: bool) -> bool:
        if not self.consented() or self.taken_back or self.on_hold:
            return False
        if self.sessions is None or self.sessions < 4:
            return False
        return not (second_form_is_in_force and self.version == 1 and self.ask_again is not False)


class Moved(datetime):
    """The study's clock, so many days ahead."""

    ahead = timedelta(0)

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        """The time there."""
        return datetime.now(tz) + cls.ahead


class Consents(RuleBasedStateMachine):
    """Participants, forms, consents, withdrawals and time."""

    sequences = allowed = refused = 0
    """How many there were; of what was tried, how much passed, and how much was refused."""

    @initialize(starts=st.tuples(STARTS, STARTS))
    def begin(self, starts: tuple[str, str]) -> None:
        self.folder = Path(tempfile.mkdtemp())
        Consents.sequences += 1
        self.patch = pytest.MonkeyPatch()
        for module in (study_module, study_consent, study_erase, study_evidence, study_forms, withdrawal):
            self.patch.setattr(module, "datetime", Moved)
        Moved.ahead = timedelta(0)
        self.new_from = (datetime.now(UTC) + timedelta(days=NEW_FORM_AFTER_DAYS)).date()
        self.last_day = self.new_from + timedelta(days=COVERED_DAYS)
        self.kept: dict[str, Grant[Store]] = {}
        self.study = Study.create(self.folder / "study", self.templates())
        self.people = {name: Person() for name in PEOPLE}
        for who, start in zip(PEOPLE, starts, strict=True):
            self.study.add_participant("patients", "uk")
            if start == "approval over":
                self.wait(0 if self.second_form else NEW_FORM_AFTER_DAYS + 1)
                self.check_sessions(who, 4)
                self.give(who, 2, ConsentMethod.ORAL, set())
                self.wait(0 if self.ended else COVERED_DAYS + 1)
            elif start == "to confirm":
                Moved.ahead += timedelta(days=NEW_FORM_AFTER_DAYS + 1)
                self.check_sessions(who, 4)
                self.give(who, 2, ConsentMethod.SIGNED, set())
                self.compare_with_paper(who, same=True)
            elif start != "new" and not self.second_form:
                method = ConsentMethod.SIGNED if start == "on paper" else ConsentMethod.ORAL
                self.check_sessions(who, 4)
                self.give(who, 1, method, set())
            if start in ("interviewed", "late wish"):
                self.record(who)
                self.ask_early(who)
            if start == "late wish":
                self.wait(WINDOW_DAYS + 1)
                self.take_back(who, Level.ERASE)

    def templates(self) -> Path:
        made = self.folder / "templates"
        first = FORM.format(version=1, approval="uk", ways="[signed, oral]", check="before quoting")
        second = FORM.format(
            version=2, approval="uk-2", ways="[signed and confirmed, oral]", check="before recording"
        )
        for name, text in {
            "study.yaml": STUDY.format(day=self.new_from, end=self.last_day),
            "forms/patients-uk-v1.yaml": first,
            "forms/patients-uk-v2.yaml": second,
            "schedules/patient.yaml": small_study.SCHEDULE_YAML,
        }.items():
            (made / name).parent.mkdir(parents=True, exist_ok=True)
            (made / name).write_text(text)
        return made

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            self.patch.undo()
            shutil.rmtree(self.folder)

    @property
    def now(self) -> datetime:
        return Moved.now(UTC)

    @property
    def second_form(self) -> bool:
        return self.now.date() >= self.new_from

    @property
    def ended(self) -> bool:
        """Whether the approval of the second form is over."""
        return self.now.date() > self.last_day

    # ── what people do ──────────────────────────────────────────────────────────────────────────

    who = st.sampled_from(PEOPLE)

    @rule(days=st.sampled_from((1, 14, 15, 21)))
    def wait(self, days: int) -> None:
        Moved.ahead += timedelta(days=days)

    @rule(who=who, number=st.sampled_from((3, 4)))
    def check_sessions(self, who: str, number: int) -> None:
        event = EligibilityChecked(
            criterion="sessions", met=number >= 4, number=number, evidence="log", by="Ada", at=self.now
        )
        self.study.note(who, event)
        self.people[who].sessions = number

    @rule(
        who=who,
        version=st.sampled_from((1, 2)),
        method=st.sampled_from((ConsentMethod.SIGNED, ConsentMethod.ORAL)),
        noes=st.sets(st.sampled_from(REQUIRED + OPTIONAL), max_size=1),
    )
    def give(self, who: str, version: int, method: ConsentMethod, noes: set[str]) -> None:
        person, now = self.people[who], self.now
        paper = method is ConsentMethod.SIGNED
        given = ConsentGiven(
            form=f"patients-uk-v{version}",
            answers={s: Answer.NO if s in noes else Answer.YES for s in REQUIRED + OPTIONAL},
            method=method,
            taken_by="Ada",
            at=now,
            signed_at=now if paper else None,
            taker_signed_at=now if paper else None,
        )
        may = not (person.gone() or person.on_hold or (person.sessions is not None and person.sessions < 4))
        may = may and (version == 2) is self.second_form and not (version == 2 and self.ended)
        self.tried(may, lambda: self.study.give_consent(who, given))
        if may:
            person.said_yes = {*REQUIRED, *OPTIONAL} - noes
            person.version, person.on_paper = version, paper
            person.confirmed = person.scanned = False
            person.second_person = person.taken_back = ""

    @precondition(lambda self: any(p.said_yes is not None for p in self.people.values()))
    @rule(who=who)
    def confirm(self, who: str) -> None:
        person = self.people[who]
        event = ConsentConfirmed(form=f"patients-uk-v{person.version}", taken_by="Ada", at=self.now)
        waits = (
            person.said_yes is not None and person.version == 2 and person.on_paper and not person.confirmed
        )
        if not waits:
            return
        clip = f"c{len(self.study.consent_events(who))}"
        before = len(list(self.study.paths.people.glob("*/clip-*")))
        fine = set(REQUIRED) <= (person.said_yes or set()) and person.second_person == "same"
        ready = not person.on_hold and person.sessions is not None and person.sessions >= 4
        may = fine and ready and not person.gone() and not person.taken_back and not self.ended
        self.tried(may, lambda: self.study.confirm_consent(who, event, Memory(clip)))
        assert len(list(self.study.paths.people.glob("*/clip-*"))) == before + may
        person.confirmed = person.confirmed or may

    @rule(who=who, same=st.booleans())
    def compare_with_paper(self, who: str, same: bool) -> None:
        person = self.people[who]
        if not person.on_paper or person.gone():
            return
        scan = self.study.attach_scan(who, SCAN, "Ada")
        read = {s: Answer.YES if s in (person.said_yes or ()) else Answer.NO for s in REQUIRED + OPTIONAL}
        if not same:
            read["archived"] = Answer.NO if read["archived"] is Answer.YES else Answer.YES
        form = f"patients-uk-v{person.version}"
        self.study.note(who, PaperChecked(form=form, scan=scan.scan, answers=read, by="Ben", at=self.now))
        person.second_person = "same" if same else "other"

    @rule(who=who)
    def scan_again(self, who: str) -> None:
        person = self.people[who]
        if person.on_paper:
            self.study.attach_scan(who, SCAN, "Ada")
            person.second_person = ""

    @rule(who=who, doubt=st.booleans())
    def hold(self, who: str, doubt: bool) -> None:
        event: CapacityChecked | ConsentHeld = ConsentHeld(why="asked to wait", by="Ada", at=self.now)
        if doubt:
            event = CapacityChecked(
                understands=True, retains=False, weighs=True, communicates=True, by="Ada", at=self.now
            )
        self.study.note(who, event)
        self.people[who].on_hold = True

    @rule(who=who)
    def release(self, who: str) -> None:
        person = self.people[who]
        event = ConsentReleased(why="settled", by="Cleo", at=self.now)
        self.tried(person.on_hold, lambda: self.study.note(who, event))
        person.on_hold = False

    @rule(who=who, needed=st.booleans())
    def decide_about_the_new_form(self, who: str, needed: bool) -> None:
        person = self.people[who]
        event = ReconsentDecided(form="patients-uk-v2", needed=needed, why="-", by="Cleo", at=self.now)
        may = person.said_yes is not None and person.version == 1 and self.second_form
        self.tried(may, lambda: self.study.note(who, event))
        person.ask_again = needed if may else person.ask_again

    @rule(who=who)
    def withdraw(self, who: str) -> None:
        """As in a call: nothing is granted any more."""
        self.study.withdraw(who, ConsentWithdrawn(recorded_by="Ada", at=self.now))
        self.people[who].taken_back = "everything"

    @rule(who=who, level=st.sampled_from(Level))
    def take_back(self, who: str, level: Level) -> None:
        person = self.people[who]
        if person.erasure:
            return
        late = (
            person.interviewed_on is not None
            and person.said_yes is not None
            and (self.now.date() - person.interviewed_on).days > WINDOW_DAYS
        )
        withdrawal.take_back(self.study, who, level, "Ada")
        if level is Level.ERASE:
            person.erasure = "undecided" if late else "queued"
        word = {Level.NO_CONTACT: "no contact", Level.NO_REUSE: "no reuse", Level.ERASE: "everything"}[level]
        if level is Level.ERASE and late:
            word = "no reuse"
        order = ("", "no contact", "no reuse", "everything")
        person.taken_back = max(person.taken_back, word, key=order.index)

    @rule(who=who, agreed=st.booleans())
    def controller_decides(self, who: str, agreed: bool) -> None:
        person = self.people[who]
        may = person.erasure == "undecided"
        self.tried(may, lambda: self.study.decide(who, "Cleo", "as it is written", agreed=agreed))
        if may:
            person.erasure = "queued" if agreed else ""

    @rule(who=who)
    def freeze_or_thaw(self, who: str) -> None:
        person = self.people[who]
        if person.frozen:
            self.study.thaw(who, "Cleo", "settled")
        else:
            self.study.freeze(who, "Ada")
        person.frozen = not person.frozen

    @rule()
    def open_again(self) -> None:
        self.study = Study.open(self.study.root)

    # ── what must not pass ──────────────────────────────────────────────────────────────────────

    @rule(who=who)
    def record(self, who: str) -> None:
        person, before = self.people[who], self.recordings()
        may = self.may_record(person)
        if self.tried(may, lambda: small_study.call_of(self.study, who)):
            person.interviews.append(f"{who}-{len(person.interviews) + 1}")
            person.interviewed_on = datetime.now(UTC).date() + Moved.ahead
        assert self.recordings() == before + may

    @rule(who=who)
    def write_down(self, who: str) -> None:
        person, before = self.people[who], self.transcripts()
        if not person.interviews:
            return
        interview, turns = person.interviews[-1], {"turns": [{"speaker": who, "text": "-"}]}
        new = not (self.study.paths.transcripts / interview).exists()

        def save() -> None:
            self.study.save_raw(self.study.grant(who, Store), interview, 1, turns)

        may = person.may_store()
        self.tried(may, save)
        assert self.transcripts() == before + (may and new)

    @rule(who=who)
    def ask_early(self, who: str) -> None:
        """A grant that is asked for now and used later, after whatever has happened meanwhile."""
        if self.people[who].may_store():
            self.kept[who] = self.study.grant(who, Store)

    @precondition(lambda self: any(self.people[who].interviews for who in self.kept))
    @rule(who=who)
    def write_down_late(self, who: str) -> None:
        person, before = self.people[who], self.transcripts()
        if who not in self.kept or not person.interviews:
            return
        interview, turns = person.interviews[-1], {"turns": [{"speaker": who, "text": "-"}]}
        new = not (self.study.paths.transcripts / interview).exists()
        may = person.may_store()
        self.tried(may, lambda: self.study.save_raw(self.kept[who], interview, 1, turns))
        assert self.transcripts() == before + (may and new)

    @rule()
    def export(self) -> None:
        whose = [who for who, person in self.people.items() if person.interviews]
        if not whose:
            return
        place = self.study.paths.exports / f"{len(self.study.handed_on())}.txt"
        interviews = [self.people[who].interviews[-1] for who in whose]
        may = all(self.people[who].may_store() for who in whose)
        self.tried(may, lambda: self.study.hand_on(place, b"words", "txt", interviews))
        assert place.exists() is may

    @invariant()
    def each_purpose_is_granted_where_it_may_be(self) -> None:
        for who, person in getattr(self, "people", {}).items():
            self.granted(who, Record, self.may_record(person))
            self.granted(who, Store, person.may_store())
            self.granted(who, Quote, person.may_quote())

    def granted(self, who: str, permission: type[Permission], may: bool) -> None:
        """Both ways of asking say the same: the one that acts, and the one that only shows."""
        refused = self.study.refusal(who, permission)
        assert (refused is None) is may, (permission, refused)
        self.tried(may, lambda: self.study.grant(who, permission))

    def may_record(self, person: Person) -> bool:
        return person.may_record(self.second_form) and not (person.version == 2 and self.ended)

    def recordings(self) -> int:
        return len(list(self.study.paths.recordings.glob("*/*.tar*")))

    def transcripts(self) -> int:
        return len(list(self.study.paths.transcripts.glob("*/*")))

    def tried(self, may: bool, act: Callable[[], object]) -> bool:
        """Whether it passed, which must be as the oracle says."""
        if may:
            act()
            Consents.allowed += 1
        else:
            with pytest.raises((ConsentRefused, UsageError)):
                act()
            Consents.refused += 1
        return may
