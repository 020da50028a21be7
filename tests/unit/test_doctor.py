"""Each rule of the doctor, with invented facts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from interviewkit.disks import Disk, Protection
from interviewkit.doctor import (
    Facts,
    Inputs,
    Keyring,
    Keys,
    Line,
    Place,
    Room,
    Trail,
    Verdict,
    Weights,
    lines,
    wrong,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LUKS = Protection(True, "LUKS2")
STUDY = Place("the study", "/disk/me/study", Disk(LUKS))
KEYS = Place("the folder of your keys", "/disk/me/keys", Disk(LUKS), holds_keys=True)
WEIGHTS = Place("the model weights", "/disk/me/cache", Disk(Protection(False, "sda")), is_secret=False)
GOOD = Facts(
    now=NOW,
    built=NOW - timedelta(days=30),
    places=(STUDY, KEYS, WEIGHTS),
    swaps=(),
    inputs=Inputs(2),
    weights=(Weights("base", present=True),),
    room=Room(fits_s=7200, planned_s=3600),
    keys=Keys(sealed=True),
    trail=Trail(NOW, NOW - timedelta(days=1), 3),
)


def other(facts: Facts) -> list[Line]:
    """What is said of these facts and not of good ones."""
    return [line for line in lines(facts) if line not in lines(GOOD)]


def test_all_is_well() -> None:
    assert {line.verdict for line in lines(GOOD)} == {Verdict.OK}
    assert wrong(lines(GOOD)) == []
    assert not any(line.remedy for line in lines(GOOD))


PLAIN, UNKNOWN = Protection(False, "sda2"), Protection(None, "it says nothing")
CASES: dict[str, tuple[Facts, Verdict, str, str]] = {
    "a plain disk": (
        replace(GOOD, places=(replace(STUDY, disk=Disk(PLAIN)), KEYS)),
        Verdict.WRONG,
        "The disk of the study is not encrypted (sda2).",
        "LUKS",
    ),
    "a plain disk of keys": (
        replace(GOOD, places=(STUDY, replace(KEYS, disk=Disk(PLAIN)))),
        Verdict.WRONG,
        "The disk of the folder of your keys is not encrypted",
        "BitLocker",
    ),
    "a disk that says nothing": (
        replace(GOOD, places=(replace(STUDY, disk=Disk(UNKNOWN)), KEYS)),
        Verdict.UNKNOWN,
        "can't be known: it says nothing.",
        "Ask whoever manages this computer",
    ),
    "in memory": (
        replace(GOOD, places=(replace(STUDY, disk=Disk(LUKS, memory=True)), KEYS)),
        Verdict.WRONG,
        "The study is in memory alone",
        "Move it to a disk",
    ),
    "plain swap": (replace(GOOD, swaps=(LUKS, PLAIN)), Verdict.WRONG, "Swap is not encrypted", "swapoff"),
    "swap that says nothing": (
        replace(GOOD, swaps=(LUKS, UNKNOWN)),
        Verdict.UNKNOWN,
        "Whether swap is encrypted can't be known",
        "Ask",
    ),
    "sealed swap": (replace(GOOD, swaps=(LUKS,)), Verdict.OK, "Swap is encrypted (LUKS2).", ""),
    "a drive of the network": (
        replace(GOOD, places=(replace(STUDY, disk=Disk(LUKS, network=True)), KEYS)),
        Verdict.SEE_TO,
        "The study is on a drive of the network",
        "Move it to a disk of this computer",
    ),
    "a synced study": (
        replace(GOOD, places=(replace(STUDY, synced="Dropbox"), KEYS)),
        Verdict.SEE_TO,
        "in a folder that Dropbox copies to other computers",
        "unless your approval",
    ),
    "synced keys": (
        replace(GOOD, places=(STUDY, replace(KEYS, synced="OneDrive"))),
        Verdict.WRONG,
        "OneDrive copies: what is erased can come back",
        "INTERVIEWKIT_DATA",
    ),
    "open files": (
        replace(GOOD, places=(replace(STUDY, open_files=("a", "b", "c", "d")), KEYS)),
        Verdict.WRONG,
        "Other accounts of this computer can get at the study: a, b and 2 more.",
        "chmod -R go-rwx '/disk/me/study'",
    ),
    "weights that others may change": (
        replace(GOOD, places=(STUDY, KEYS, replace(WEIGHTS, open_files=("w",)))),
        Verdict.WRONG,
        "can get at the model weights: w.",
        "chmod",
    ),
    "a study without keys": (
        replace(GOOD, keys=Keys(sealed=False)),
        Verdict.WRONG,
        "The study is not sealed",
        "interviewkit init",
    ),
    "keys that can't be looked at": (
        replace(GOOD, keys=Keys(sealed=True, problem="It is missing. Put it back.")),
        Verdict.WRONG,
        "It is missing. Put it back.",
        "",
    ),
    "keys in the study": (
        replace(GOOD, keys=Keys(sealed=True, in_study=("own/me.age",))),
        Verdict.WRONG,
        "Private keys lie in the study, and in its copies: own/me.age.",
        "Move them out",
    ),
    "a recovery sheet": (
        replace(GOOD, keys=Keys(sealed=True, sheet="a.pdf")),
        Verdict.SEE_TO,
        "is still a file: a.pdf.",
        "delete the file",
    ),
    "no backup": (
        replace(GOOD, keys=Keys(sealed=True, to_do=("In no backup: P01. Do: interviewkit key backup FILE",))),
        Verdict.SEE_TO,
        "In no backup: P01.",
        "Run: interviewkit key backup FILE",
    ),
    "a passphrase beside the keys": (
        replace(GOOD, keys=Keys(sealed=True, beside=True)),
        Verdict.SEE_TO,
        "it guards nothing",
        "Interview nobody in this study",
    ),
    "a keyring": (
        replace(GOOD, keys=Keys(sealed=True, keyring=Keyring("the keychain", sound=True))),
        Verdict.OK,
        "The passphrase is kept in the keychain.",
        "",
    ),
    "a keyring that nobody knows": (
        replace(GOOD, keys=Keys(sealed=True, keyring=Keyring("x", sound=None))),
        Verdict.UNKNOWN,
        "not known whether it guards it",
        "interviewkit key forget",
    ),
    "a keyring in the clear": (
        replace(GOOD, keys=Keys(sealed=True, keyring=Keyring("x", sound=False))),
        Verdict.WRONG,
        "kept in x, which guards nothing",
        "interviewkit key forget",
    ),
    "room for one": (
        replace(GOOD, room=Room(fits_s=4000, planned_s=3600)),
        Verdict.SEE_TO,
        "room on the disk for 1 h 07 min of sound; 1 h 00 min are planned",
        "Free some space",
    ),
    "no room": (
        replace(GOOD, room=Room(fits_s=3599, planned_s=3600)),
        Verdict.WRONG,
        "There is room on the disk for",
        "Free some space",
    ),
    "no input": (replace(GOOD, inputs=Inputs(0)), Verdict.SEE_TO, "There is no input device", "Plug"),
    "no sound system": (
        replace(GOOD, inputs=Inputs(0, "It is dumb.", "Wake it.")),
        Verdict.SEE_TO,
        "It is dumb.",
        "Wake it.",
    ),
    "no weights": (
        replace(GOOD, weights=(Weights("small", present=False),)),
        Verdict.SEE_TO,
        "small are not here",
        "interviewkit weights fetch small",
    ),
    "wrong weights": (
        replace(GOOD, weights=(Weights("base", present=True, problem="model.bin is wrong."),)),
        Verdict.WRONG,
        "not what they should be: model.bin is wrong.",
        "interviewkit weights fetch base",
    ),
    "a clock before the program": (
        replace(GOOD, now=GOOD.built - timedelta(days=1), trail=None),
        Verdict.WRONG,
        "The clock says 2026-01-29 12:00 UTC, which is before 2026-01-30 12:00 UTC",
        "Set the clock",
    ),
    "a clock before the last entry": (
        replace(GOOD, trail=Trail(NOW + timedelta(hours=1), NOW, 0)),
        Verdict.WRONG,
        "which is before 2026-03-01 13:00 UTC",
        "Set the clock",
    ),
    "no checkpoint": (
        replace(GOOD, trail=Trail(NOW, None, 9)),
        Verdict.SEE_TO,
        "No checkpoint of the audit trail was made yet.",
        "interviewkit ethics checkpoint",
    ),
    "an old checkpoint": (
        replace(GOOD, trail=Trail(NOW, NOW - timedelta(days=8), 1)),
        Verdict.SEE_TO,
        "The last checkpoint is 8 days old; 1 entry came after it.",
        "send it away",
    ),
    "an old checkpoint of a study at rest": (
        replace(GOOD, trail=Trail(NOW - timedelta(days=90), NOW - timedelta(days=90), 0)),
        Verdict.OK,
        "The last checkpoint of the audit trail was made on 2025-12-01.",
        "",
    ),
}


@pytest.mark.parametrize(("facts", "verdict", "what", "remedy"), CASES.values(), ids=CASES)
def test_what_is_said(facts: Facts, verdict: Verdict, what: str, remedy: str) -> None:
    said = [line for line in other(facts) if what in line.what]
    assert [line.verdict for line in said] == [verdict]
    assert remedy in said[0].remedy
    assert bool(said[0].remedy) == bool(remedy)
    assert bool(wrong(lines(facts))) == (verdict is Verdict.WRONG)


def test_a_computer_without_a_study() -> None:
    bare = Facts(now=NOW, built=NOW, places=(KEYS,), swaps=())
    assert {line.verdict for line in lines(bare)} == {Verdict.OK}
    assert not any("study" in line.what for line in lines(bare))


def test_whoever_does_not_know_the_disk_is_not_told_that_it_is_good() -> None:
    unknown = replace(GOOD, places=(replace(STUDY, disk=Disk(UNKNOWN)),), swaps=(UNKNOWN,))
    assert not any("encrypted" in line.what for line in lines(unknown) if line.verdict is Verdict.OK)
