"""Every command leaves the events that it is to leave: one for each thing that it does, none for a mere look.

The shipped forms, a sealed study of a team: what is done to it, command by command. A new one needs a line.
"""

import json
import shlex
from datetime import UTC, datetime
from pathlib import Path

import pytest

from interviewkit import checking, passphrases, processing
from interviewkit.audit_entries import Action
from interviewkit.consent import Store
from interviewkit.edits import Tick
from interviewkit.models import Check, Pseudonyms
from interviewkit.sealing import Guarded, Preset, Secret
from interviewkit.study import Study
from interviewkit.study_keys import Founder
from tests import fakes, quick, small_study
from tests.cli.conftest import Run
from tests.cli.test_consent_evidence_cli import YES as EACH_YES
from tests.cli.test_docs import COMMANDS
from tests.cli.test_key_cli import as_typed
from tests.unit.test_coding import released

pytestmark = pytest.mark.slow
RECOVERY = Secret.new()
YES = f" {' '.join(EACH_YES)}"
ANSWERS = f"{YES} --method signed --taken-by Ada --signed-at 0:01 --taker-signed-at 0:01"
READ = (Action.TRANSCRIPT_READ,)
HANDED_ON = (*READ, Action.EXPORTED)

# A command, what it leaves, and what is typed.
STEPS: tuple[tuple[str, tuple[Action, ...], str], ...] = (
    ("participant add --group patients --jurisdiction uk", (Action.PARTICIPANT_ADDED,), ""),
    # The page that was shown is fixed by the first who answers it.
    (f"consent give P02{ANSWERS}", (Action.FORM_FIXED, Action.CONSENT_GIVEN), ""),
    ("consent show P02", (), ""),
    ("consent forms", (), ""),
    ("consent form patients-uk-v1", (), ""),
    ("consent copy P02 --by Ada", (Action.COPY_GIVEN,), ""),
    ("consent scan P02 scan.pdf --by Ada", (Action.SCAN_ATTACHED,), ""),
    ("consent scan P02 -o seen.pdf", (Action.SCAN_SEEN,), ""),
    (f"consent check P02{YES} --by Ben", (Action.PAPER_CHECKED,), ""),
    ("consent eligible P02 sessions --number 4 --evidence log --by Ada", (Action.ELIGIBILITY_CHECKED,), ""),
    ("consent capacity P02 --by Ada", (Action.CAPACITY_CHECKED,), "y\ny\ny\ny\n"),
    ("consent hold P02 --by Ada --why waits", (Action.HELD,), ""),
    ("consent release P02 --by Ada --why talked", (Action.RELEASED,), ""),
    ("consent reconsent P02 --by Ada --why archive --not-needed", (Action.RECONSENT_DECIDED,), ""),
    ("contact number P02", (Action.CONTACT_DETAILS,), "07700 900123\n\n\n"),
    ("contact safe P02 any", (Action.ARRANGEMENT,), ""),
    ("contact log P02 invited --by Ada", (Action.CONTACT_LOGGED,), ""),
    ("contact undo P02 --by Ada", (Action.CONTACT_TAKEN_BACK,), ""),
    ("contact log P02 booked --when 'tomorrow 15:00' --by Ada", (Action.CONTACT_LOGGED,), ""),
    ("contact show P02", (), ""),
    ("contact reminder P02", (), ""),
    ("agenda", (), ""),
    ("import call.wav --participant P02", (Action.IMPORTED,), ""),
    ("plan", (), ""),
    ("process P02-1", (Action.RECORDING_HEARD, Action.DRAFT, Action.TRANSCRIPT), ""),
    ("transcript show P02-1", READ, ""),
    ("transcript changes P02-1", READ, ""),
    (
        "transcript import typed.txt --interview P02-1 --by Ada",
        (*READ, Action.TYPED),
        "",
    ),
    ("transcript tidy --interview P02-1 --by Ada --yes", (*READ, Action.CHECKED), ""),
    ("transcript tidy --interview P02-1 --by Ada --undo", (*READ, Action.CHECKED), ""),
    ("names known 'Dr Jones'", (Action.ROSTER,), ""),
    ("names known", (), ""),
    ("names list P02-1", READ, ""),
    ("names decide P02-1 Mercy --kind place --by Ada", (*READ, Action.PSEUDONYMS), ""),
    ("names check", (), ""),
    ("names log P02", (), ""),
    ("names release P02-1 --by Ada", (*READ, Action.TRANSCRIPT_RELEASED), ""),
    ("desk", READ, ""),
    ("unit add P02-1 --words 'How did' --label beginning --by Ada", (*READ, Action.UNITS), ""),
    ("unit add P02-1 --words 'it begin' --label again --by Ada", (*READ, Action.UNITS), ""),
    ("transcript suggest-marks P02-1", READ, ""),
    ("transcript by-question experience", (Action.SEARCHED,), ""),
    ("search begin", (Action.SEARCHED,), ""),
    ("unit list", READ, ""),
    ("unit show {first}", READ, ""),
    ("unit change {first} --label start --why shorter --by Ada", (*READ, Action.UNITS), ""),
    ("unit review {first} --query why --by Ben", (*READ, Action.UNITS), ""),
    ("unit settle {open} --decline --with Ada --by Ben", (*READ, Action.UNITS), ""),
    ("unit merge {first} {last} --by Ada", (*READ, Action.UNITS), ""),
    ("unit split {first} --before it --by Ada", (*READ, Action.UNITS), ""),
    ("unit remove {first} --by Ada", (*READ, Action.UNITS), ""),
    ("unit add P02-1 --words did --label own --layer ben --by Ben", (*READ, Action.UNITS), ""),
    ("unit compare P02-1 --layer ben --take-in --by Ben", (*READ, Action.UNITS), ""),
    (
        "export clip P02-1 --from 0:00 --to 0:01 -o ../clip.wav",
        (*READ, Action.RECORDING_HEARD, Action.EXPORTED),
        "",
    ),
    ("unit sheet -o ../units.xlsx", HANDED_ON, ""),
    ("unit take-in ../units.xlsx --by Ada", READ, ""),
    ("export qdpx -o ../ours.qdpx", HANDED_ON, ""),
    ("qdpx import ../ours.qdpx --yes --by Ben", READ, ""),
    ("codebook show", READ, ""),
    ("codebook agenda", READ, ""),
    ("codebook add Letters --domain experience --by Ada", (Action.CODEBOOK,), ""),
    ("codebook rename Letters Post --by Ada", (Action.CODEBOOK,), ""),
    ("codebook domain Ideas --by Ada", (Action.CODEBOOK,), ""),
    ("codebook report ideas dropped --why few --by Ada", (Action.CODEBOOK,), ""),
    ("codebook meeting --present Ada,Ben --decided 'go on'", (Action.CODEBOOK,), ""),
    (
        "transcript replace letter parcel --by Ada --yes --remember",
        (*READ, Action.CHECKED, Action.CORRECTION_LIST),
        "",
    ),
    ("corrections add 'see bt' CBT --by Ada", (Action.CORRECTION_LIST,), ""),
    ("corrections list", (), ""),
    ("corrections remove 'see bt'", (Action.CORRECTION_LIST,), ""),
    (
        "transcript send out.txt --interview P02-1 --until 2099-12-12 --by Ada",
        (*READ, Action.EXPORTED, Action.SENT),
        "",
    ),
    ("transcript returned out.txt --interview P02-1 --by Ada", (*READ, Action.RETURNED), ""),
    ("transcript translate sheet fr.xlsx --interview P02-1", HANDED_ON, ""),
    (
        "transcript translate import fr.csv --interview P02-1 --language fr --by Zoe",
        (*READ, Action.TRANSLATED),
        "",
    ),
    # Words, what is about to be done to the recording, and that it is done.
    ("strike P02-1 --from 0:01 --to 0:02 --yes", (Action.TO_BE_STRUCK, *[Action.STRUCK] * 6), ""),
    *((f"export {name} P02-1", HANDED_ON, "") for name in ("txt", "json", "vtt", "srt", "docx", "elan")),
    *((f"export {name} P02-1", HANDED_ON, "") for name in ("maxqda", "nvivo", "atlasti", "f4")),
    ("export xlsx", HANDED_ON, ""),
    ("export csv", HANDED_ON, ""),
    *(
        (f"report {name}", READ, "")
        for name in ("characteristics", "categories", "contributions", "saturation")
    ),
    *((f"report {name}", READ, "") for name in ("talk", "coreq", "provenance")),
    # Numbers to quote people under are given once.
    ("report quotes", (*READ, Action.REPORTING), ""),
    ("report coverage", (), ""),
    ("report coverage -o coverage.csv", (Action.EXPORTED,), ""),
    ("report coreq --answer 4 'Two women' --by Ada", (Action.REPORTING,), ""),
    ("incident add P02 --kind distress --by Ada --what wept", (Action.INCIDENT, Action.INCIDENT_ENTRY), ""),
    ("incident list", (), ""),
    ("incident show P02", (), ""),
    ("participant freeze P02 --by Ada", (Action.FROZEN,), ""),
    ("participant thaw P02 --by Ada --reason mistake", (Action.THAWED,), ""),
    ("participant list", (), ""),
    ("participant erasures", (), ""),
    ("ethics check", (), ""),
    ("ethics due", (), ""),
    ("ethics register", (), ""),
    ("ethics show P02", (), ""),
    ("ethics verify", (), ""),
    ("ethics checkpoint", (Action.CHECKPOINT,), ""),
    ("retention due", (), ""),
    ("key list", (), ""),
    ("key new --name Bob", (Action.KEY_MADE,), ""),
    ("key add-person bob --role transcriber", (Action.ROLE_GIVEN,), "y\n"),
    ("key revoke bob", (Action.ROLE_REVOKED,), ""),
    ("key new --again", (Action.KEY_RENEWED,), ""),
    ("key backup ../keys.json", (Action.KEYS_BACKED_UP,), ""),
    ("key restore ../keys.json", (Action.KEYS_RESTORED,), ""),
    ("key drill", (Action.SHEET_TRIED,), as_typed(RECOVERY)),
    ("key recover --name Ada", (Action.KEY_RECOVERED,), as_typed(RECOVERY)),
    ("key forget", (), ""),
    ("consent withdraw P02 --yes --recorded-by Ada", (Action.CONSENT_WITHDRAWN,), ""),
    (
        "participant withdraw P02 --level erase --by Ada --yes",
        (Action.ERASURE_ASKED, Action.CONSENT_WITHDRAWN),
        "",
    ),
    ("participant decide P01 --keep --by Ada --reason late", (Action.ERASURE_DECLINED,), ""),
    # What is kept of reports is sealed anew, to those who stay.
    (
        "participant erase P02 --by Ada --yes",
        (Action.TO_BE_ERASED, Action.REPORTING, Action.CODEBOOK, Action.ROSTER, Action.ERASED),
        "",
    ),
    ("participant recall P02", (), ""),
    ("participant certificate P02", (), ""),
)

ELSEWHERE = {
    **dict.fromkeys(("hold", "record", "consent confirm", "consent play", "play"), "needs a sound card"),
    "key remember": "needs a terminal",
    **dict.fromkeys(("ethics", "serve", "doctor"), "screens, and a look at the computer"),
    **dict.fromkeys(("transcribe", "demo", "init"), "outside of a study, or the beginning of one"),
    "report list": "it is the same for all studies",
    **dict.fromkeys(("schedule check", "schedule show"), "files that are about nobody"),
    **dict.fromkeys((f"weights {what}" for what in ("fetch", "list", "path", "verify")), "models"),
}


def test_every_command_is_here() -> None:
    there = {name.removeprefix("interviewkit ") for name in COMMANDS}
    tried = {
        max((name for name in there if f"{words} ".startswith(f"{name} ")), key=len) for words, _, _ in STEPS
    }
    assert tried | set(ELSEWHERE) == there
    assert not tried & set(ELSEWHERE)


@pytest.fixture
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """Somebody with all keys sits in the study's folder; P01 takes part."""
    quick.install(monkeypatch)
    fakes.Speech().install(monkeypatch)
    founder = Founder(Guarded.new(small_study.PASSPHRASE), RECOVERY, "Ada", Preset.TEAM)
    study = Study.create(tmp_path / "study", founder=founder)
    monkeypatch.setenv(passphrases.VARIABLE, small_study.PASSPHRASE)
    monkeypatch.chdir(study.root)
    fakes.write_sound(Path("call.wav"))
    Path("typed.txt").write_text(
        "Interviewer: So how did it begin?\nP02: With a letter from my doctor. And then?\n"
    )
    Path("fr.csv").write_text("Turn,Text,Translation\n500,So how did it begin?,Alors ?\n")
    Path("scan.pdf").write_bytes(b"%PDF-1.4\n%%EOF\n")
    return study


def logged(study: Study) -> list[Action]:
    """What was done, in order; an intent and its end are one event."""
    found = []
    for chain in sorted(study.paths.audit.glob("*.jsonl")):
        entries = [json.loads(line)["entry"] for line in chain.read_bytes().splitlines()]
        found += [Action(entry["action"]) for entry in entries if entry["kind"] != "done"]
    return found


def checked_by_all(study: Study) -> None:
    """Somebody has listened to all of P02's call."""
    draft, sitting = processing.sitting(study, study.interview("P02-1"), 1, "Ada")
    for turn in range(len(sitting.turns)):
        sitting = sitting.changed(Tick(turn, Check(by="Ada", at=datetime.now(UTC))))
    tables = checking.pack(sitting.record(datetime.now(UTC)), draft)
    study.save_checked(study.grant("P02", Store), "P02-1", 1, tables)


def _named(study: Study, words: str) -> str:
    """With the ids of the units that there are now."""
    if "{" not in words:
        return words
    coded = study.coded(study.grant("P02", Store), "P02-1")
    first, last = coded.standing[0].id, coded.standing[-1].id
    return words.format(first=first, last=last, open=coded.open[0].id if coded.open else "")


def test_a_command_leaves_its_events_and_no_others(run: Run, team: Study) -> None:
    wrong = []
    team.add_participant("patients", "uk")
    team.ask_erasure("P01", "Ada", due_on=None, late=True)
    for words, expected, typed in STEPS:
        if words.startswith("consent reconsent"):
            first = (team.paths.forms / "patients-uk-v1.yaml").read_text()
            newer = first.replace("version: 1\n", "version: 2\n", 1)
            (team.paths.forms / "patients-uk-v2.yaml").write_text(newer)
        if words.startswith("names list"):
            checked_by_all(team)
        if words == "desk":
            team.release(team.grant("P02", Store), "P02-1", released("How did it begin?"), Pseudonyms())
        named = _named(team, words)
        before = len(logged(team))
        done = run(*shlex.split(named), typed=typed)
        left = tuple(logged(team)[before:])
        # A check that finds something ends with 1.
        if left != expected or done.code > 1:
            wrong.append((words, done.code, done.err.strip().splitlines()[-1:], left))
    assert wrong == []
