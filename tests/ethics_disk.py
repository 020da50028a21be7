"""A study on the disk in which all is in order, for an ethics officer's tests; and defects planted in it."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from interviewkit import store, study_documents
from interviewkit.consent import Record, Store
from interviewkit.models import ConsentGiven, ConsentMethod, CopyGiven, EligibilityChecked, Form
from interviewkit.sealing import KeyClass
from interviewkit.store import Row
from interviewkit.study import Study
from interviewkit.study_keys import Founder
from tests import ethics_world as world
from tests import small_study

GROUPS = ("patients", "providers")
PEOPLE = tuple((group, place) for place in world.PLACES for group in GROUPS)
Rows = list[Row]


def put_form(folder: Path, form: Form) -> None:
    """A form as a file."""
    folder.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump(form.model_dump(mode="json", by_alias=True), sort_keys=False)
    (folder / f"{form.id}.yaml").write_text(text, "utf-8")


def templates(folder: Path) -> Path:
    """What `Study.create` copies from: forms of both groups in both places, one schedule."""
    for group, place in PEOPLE:
        put_form(folder / "forms", world.form(group, place))
    (folder / "schedules").mkdir()
    (folder / "schedules" / "patient.yaml").write_text(small_study.SCHEDULE_YAML)
    text = yaml.safe_dump(world.config().model_dump(mode="json", by_alias=True), sort_keys=False)
    (folder / "study.yaml").write_text(text, "utf-8")
    return folder


def in_order(folder: Path, people: int, founder: Founder | None = None) -> Study:
    """So many participants in order, in turn of each group and place; sealed where there is a founder."""
    study = Study.create(folder / "study", templates(folder / "templates"), founder=founder)
    for number in range(people):
        join(study, *PEOPLE[number % len(PEOPLE)])
    return study


def join(study: Study, group: str, place: str) -> str:
    """A participant with whom everything is done as it should be; hands their number back."""
    name = study.add_participant(group, place).id
    form = f"{group}-{place}-v1"
    if group == "patients":
        eligible = EligibilityChecked(
            criterion="sessions", met=True, number=5, evidence="service record", by=world.TAKER, at=now()
        )
        study.note(name, eligible)
    given = ConsentGiven(
        form=form, answers=world.YES, method=ConsentMethod.ORAL, taken_by=world.TAKER, at=now()
    )
    study.give_consent(name, given)
    study.note(name, CopyGiven(form=form, by=world.TAKER, at=now()))
    record(study, name)
    return name


def record(study: Study, name: str) -> None:
    """A call of a second, and its transcript."""
    grant = study.grant(name, Record)
    interview = study.new_interview(grant)
    with study.importing(grant, interview.id, sample_rate=8000, channels=1) as writer:
        writer.write(np.zeros((1, 8000), np.int16))
    study.save_raw(study.grant(name, Store), interview.id, 1, {"words": [{"text": "SPOKEN-CANARY"}]})


def now() -> datetime:
    """This moment, UTC."""
    return datetime.now(UTC)


def plant(study: Study, name: str, change: Callable[[Rows], Rows]) -> None:
    """Change what is on record of a consent, past the program."""
    path = study_documents.consent_path(study.paths, study.keys, name)
    sealer = study.keys.sealer(name, KeyClass.CONSENT)
    opener = study.keys.opener(name, KeyClass.CONSENT)
    tables = store.read_document(path, "consent", opener.open)
    assert tables is not None
    with store.transaction(path, "consent", study._lock, "planted", sealer.seal, opener.open) as document:
        document.replace({"events": change(tables["events"])})


def of_kind(kind: str, change: Callable[[dict[str, Any]], Any]) -> Callable[[Rows], Rows]:
    """A change of the events of one kind; dropped where it hands nothing back."""

    def apply(rows: Rows) -> Rows:
        kept = []
        for row in rows:
            event = change(dict(row["event"])) if row["event"]["kind"] == kind else row["event"]
            if event is not None:
                kept.append({**row, "event": event})
        return kept

    return apply
