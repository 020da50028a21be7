"""Keys: what a guess costs, which role opens what by trying, and what sealing costs."""

import secrets
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from interviewkit import key_people, sealing
from interviewkit.errors import Locked, StorageError
from interviewkit.recording_format import Facts, encode_flac
from interviewkit.sealing import OPENS, Guarded, KeyClass, Preset, Role, Secret
from interviewkit.study import Study
from interviewkit.study_keys import Founder
from tests import small_study
from tests.trust import FULL
from tests.trust.conftest import Figures
from tests.unit.capture_world import BEGIN_S, blocks

pytestmark = pytest.mark.slow
GUESSES = 20 if FULL else 1
PARTICIPANTS = 200 if FULL else 5
RECORDS = 600 if FULL else 50


def test_a_guess_at_a_passphrase(figures: Figures) -> None:
    locked = Guarded.new(small_study.PASSPHRASE).locked
    took_s = []
    for _ in range(GUESSES):
        started_s = time.perf_counter()
        with pytest.raises(Locked):
            sealing.unlock(locked, secrets.token_urlsafe(12))
        took_s.append(time.perf_counter() - started_s)
    figures.add(f"the quickest of {GUESSES} guesses", min(took_s), ">= 0.5", "s")


def test_roles_by_trying_to_decrypt(tmp_path: Path, figures: Figures) -> None:
    study = team(tmp_path)
    for _ in range(PARTICIPANTS):
        study.add_participant("patients", "uk")
    own = {role: joined(study, role) for role in Role}
    study.keys.lock()
    tried = wrongly_opened = wrongly_shut = 0
    for person in study.participants():
        for key_class in KeyClass:
            message = study.keys.sealer(person.id, key_class).seal(b"what was said")
            wrapped = study.keys.folder.wrapped(person.id, key_class)
            assert wrapped is not None
            for role, secret in own.items():
                opens = opened(wrapped, secret, message)
                tried += 1
                wrongly_opened += opens and key_class not in OPENS[role]
                wrongly_shut += not opens and key_class in OPENS[role]
    cells = len(Role) * len(KeyClass) * PARTICIPANTS
    what = f"{len(Role)} roles × {len(KeyClass)} classes × {PARTICIPANTS} participants: tried"
    figures.add(what, tried, f"= {cells}")
    figures.add("opened that should be shut", wrongly_opened, "= 0")
    figures.add("shut that should be opened", wrongly_shut, "= 0")


def team(folder: Path) -> Study:
    """A team's study, whose founder does everything."""
    founder = Founder(small_study.own_key(), Secret.new(), "Ada", Preset.TEAM)
    return Study.create(folder / "study", small_study.write_templates(folder / "templates"), founder=founder)


def joined(study: Study, role: Role) -> Secret:
    own = Guarded(Secret.new(), b"not used here")
    person = key_people.new(study.keys, role.value, own)
    key_people.give(study.keys, person.id, [role])
    return own.secret


def opened(wrapped: bytes, secret: Secret, message: bytes) -> bool:
    try:
        return sealing.opened(message, [sealing.unwrap(wrapped, secret)]) == b"what was said"
    except StorageError:
        return False


def test_what_sealing_costs(tmp_path: Path, figures: Figures) -> None:
    study = team(tmp_path)
    started_s = time.perf_counter()
    for _ in range(PARTICIPANTS):
        study.add_participant("patients", "uk")
    figures.add("a participant added, with their keys", 1000 * since(started_s) / PARTICIPANTS, "< 500", "ms")
    using, opener = study.keys.sealer("P01", KeyClass.AUDIO), study.keys.opener("P01", KeyClass.AUDIO)
    record = a_second()
    sealed = using.seal(record)
    for what, do in (("sealed", lambda: using.seal(record)), ("opened", lambda: opener.open(sealed))):
        figures.add(f"a second of sound {what}: median", median_ms(do), "< 20", "ms")
    figures.add("bytes more for each second", len(sealed) - len(record), "< 400", "bytes")
    started_s = time.perf_counter()
    done = key_people.renew(study.keys, Guarded(Secret.new(), b"not used here"))
    figures.add(
        f"a key changed for another: {done.keys} keys sealed anew", since(started_s), f"< {PARTICIPANTS}", "s"
    )


def a_second() -> bytes:
    """A record as the recorder makes it."""
    samples = np.concatenate([block.samples for _, block in blocks(BEGIN_S, 1)], axis=1)
    return encode_flac(samples, Facts("r", 0, 0, "", False, samples.shape[1], 16_000, 1))


def median_ms(do: Callable[[], object]) -> float:
    took_ms = []
    for _ in range(RECORDS):
        started_s = time.perf_counter()
        do()
        took_ms.append(1000 * since(started_s))
    return statistics.median(took_ms)


def since(started_s: float) -> float:
    return time.perf_counter() - started_s
