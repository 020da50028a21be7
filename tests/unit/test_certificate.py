"""A certificate says what was done and nothing of who it was; as pages and as text it says the same."""

from datetime import UTC, datetime, timedelta

import pytest

from interviewkit.certificate import Reader, as_pdf, as_text
from interviewkit.erasure import Recall
from interviewkit.errors import UsageError
from interviewkit.models import Counts, HandedOn, KeptKind, Tombstone

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
STONE = Tombstone(
    participant="P07",
    group="patients",
    jurisdiction="uk",
    forms=("patients-uk-v1", "patients-uk-v2"),
    consented_at=(AT,),
    withdrawn_at=(AT + timedelta(days=8),),
    asked_at=AT + timedelta(days=8),
    level="erase",
    actor="custodian",
    begun_at=AT + timedelta(days=9),
    erased_at=AT + timedelta(days=9, minutes=1),
    counts=Counts(interviews=1, calls=2, recorded_s=3000, transcripts=2, files=11, exports=1),
    kept=(KeptKind.CONSENT,),
)
EXPORTS = (
    HandedOn(
        id="abcdef0123456789",
        at=AT + timedelta(days=2),
        format="xlsx",
        participants=("P07", "P08"),
        interviews=("P07-1", "P08-1"),
        removed_at=AT + timedelta(days=9),
        by="ada",
    ),
    HandedOn(id="9876543210", at=AT, format="txt", participants=("P07",), interviews=("P07-1",)),
    HandedOn(id="5555555555", at=AT, format="csv", participants=("P08",), interviews=("P08-1",)),
)
RECALL = Recall("P07", EXPORTS, {"9876543210": "/media/stick/call.txt"})


def said(stone: Tombstone, reader: Reader, exports: Recall = RECALL) -> str:
    """The text on one line."""
    return " ".join(as_text("A study", stone, exports, reader).split())


def test_what_a_participant_gets() -> None:
    text = said(STONE, Reader.PARTICIPANT)
    for part in (
        "Your number in the study: P07",
        "You asked for it on: 10 March 2026",
        "Done on: 11 March 2026",
        "1 interview with 2 recorded calls (50 minutes), 2 transcripts",
        "Together these were 11 files.",
        "2 files with words of yours had been written",
        "What has been published can't be called back.",
        "The record of the consent",
        "remains on the disk, and backups, last until they are written over",
    ):
        assert part in text
    assert "abcdef01" not in text


def test_sealed_files_need_their_keys_and_these_went_first() -> None:
    text = said(STONE.model_copy(update={"keys_destroyed": True}), Reader.PARTICIPANT)
    assert "The keys on the study's computer were destroyed first" in text
    assert "written over" not in text


def test_what_goes_into_the_file() -> None:
    text = said(STONE.model_copy(update={"again_at": (AT + timedelta(days=30),)}), Reader.FILE)
    for part in (
        "Participant: P07, patients, uk",
        "Form versions: patients-uk-v1, patients-uk-v2",
        "Withdrawn: 10 Mar 2026 09:30 UTC",
        "Done by: custodian",
        "Done again: 01 Apr 2026 09:30 UTC",
        "Id: abcdef01; Written: 04 Mar 2026 09:30 UTC; Format: xlsx; By: ada; Where: was in exports/",
        "Id: 98765432",
        "By: not on record; Where: outside of the study: /media/stick/call.txt",
        "1 other export on record holds no words of P07.",
        "Called back from, on: ____",
        "- Recorded calls: 2, 50 minutes",
        "Carried out by, date: ___",
    ):
        assert part in text


def test_where_nothing_is_kept_or_was_handed_on_it_says_so() -> None:
    bare = STONE.model_copy(update={"kept": (), "asked_at": None})
    text = said(bare, Reader.PARTICIPANT, Recall("P07", ()))
    assert "Nothing with your words had left the study." in text
    assert "record of the consent" not in text
    assert "You asked" not in text
    assert "No export is on record" in said(bare, Reader.FILE, Recall("P07", ()))


@pytest.mark.parametrize("reader", Reader)
def test_the_same_erasure_makes_the_same_pages(reader: Reader) -> None:
    made = as_pdf("A study", STONE, RECALL, reader)
    assert made.startswith(b"%PDF")
    assert as_pdf("A study", STONE, RECALL, reader) == made


def test_there_is_none_before_it_is_done() -> None:
    begun = STONE.model_copy(update={"erased_at": None})
    with pytest.raises(UsageError, match="The erasure of P07 is not finished"):
        as_pdf("A study", begun, RECALL, Reader.FILE)
