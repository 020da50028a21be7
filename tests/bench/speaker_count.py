"""How many people talk: calls of one to four voices, and what `--speakers auto` makes of them.

python -m tests.bench.speaker_count build FOLDER      writes NAME/{audio.wav, ref.rttm, meta.json}
python -m tests.bench.speaker_count run FOLDER        diarises each, prints who was counted right

The calls are made of evaluation audio (`tests.bench.mixes`). No two share all of their speakers. Beside
plain conversations there are those that make counting hard: somebody who says ten seconds in a talk of
others, a child, a voicemail greeting, music on hold, long pauses, one voice for nine tenths of the time.
"""

import json
import sys
import wave
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests import sounds
from tests.bench.mixes import RATE, Mix, Samples, Talk, cut, excerpt, line, stretches, younger

Maker = Callable[[Mix, np.random.Generator], None]


@dataclass(frozen=True)
class Voices:
    """Several take turns for about `seconds` of talk; `shares` is how much each says."""

    seconds: float
    names: tuple[str, ...]
    shares: tuple[float, ...] = ()
    pause_s: tuple[float, float] = (0.2, 1.2)

    def __call__(self, mix: Mix, rng: np.random.Generator) -> None:
        """Whoever is furthest behind their share talks next."""
        shares = self.shares or (1.0,) * len(self.names)
        waiting = {name: _turns(name) for name in self.names}
        said = dict.fromkeys(self.names, 0.0)
        while sum(said.values()) < self.seconds and any(waiting.values()):
            able = [
                (said[name] / share, name)
                for name, share in zip(self.names, shares, strict=True)
                if waiting[name]
            ]
            name = min(able)[1]
            part, talk = waiting[name].pop(0)
            said[name] += len(part) / RATE
            mix.add(part * 10 ** (_loudness_db(name) / 20), talk)
            mix.pause(rng.uniform(*self.pause_s))


@dataclass(frozen=True)
class Call:
    """A stretch of a real call, with what others say put into its pauses."""

    item: str
    start_s: float
    end_s: float
    guests: tuple[tuple[str, float], ...] = ()
    """Who else, and how many seconds they say."""

    def __call__(self, mix: Mix, rng: np.random.Generator) -> None:
        """The call, cut at its pauses wherever a guest has something to say."""
        sound, talk = excerpt(self.item, self.start_s, self.end_s)
        wanted = [turn for name, seconds in self.guests for turn in _about(name, seconds)]
        pauses = _pauses_s(talk)
        places = [pauses[(n + 1) * len(pauses) // (len(wanted) + 1)] for n in range(len(wanted))]
        begin_s = 0.0
        for place_s, (part, said) in zip(places, wanted, strict=True):
            _piece(mix, sound, talk, begin_s, place_s)
            mix.add(part, said)
            mix.pause(rng.uniform(0.2, 0.8))
            begin_s = place_s
        _piece(mix, sound, talk, begin_s, len(sound) / RATE)


@dataclass(frozen=True)
class Other:
    """Something that nobody says."""

    make: Callable[[float], Samples]
    seconds: float

    def __call__(self, mix: Mix, rng: np.random.Generator) -> None:
        """As loud as talk."""
        mix.add(self.make(self.seconds) * 0.4)


def _piece(mix: Mix, sound: Samples, talk: list[Talk], begin_s: float, end_s: float) -> None:
    said = [
        Talk(max(one.start_s, begin_s) - begin_s, min(one.end_s, end_s) - begin_s, one.speaker)
        for one in talk
        if one.start_s < end_s and one.end_s > begin_s
    ]
    mix.add(sound[int(begin_s * RATE) : int(end_s * RATE)], said)


def _pauses_s(talk: list[Talk]) -> list[float]:
    """The middle of each pause in which nobody talks for half a second."""
    found, latest_s = [], 0.0
    for one in talk:
        if one.start_s - latest_s >= 0.5:
            found.append((latest_s + one.start_s) / 2)
        latest_s = max(latest_s, one.end_s)
    return found


def _turns(name: str) -> list[tuple[Samples, list[Talk]]]:
    """What a voice has to say: `item.speaker`, with ` child` after it for a voice made younger."""
    voice, _, child = name.partition(" ")
    item, speaker = voice.split(".")
    found = [cut(item, speaker, turn, name.replace(" ", "_")) for turn in stretches(item, speaker)]
    return [_made_younger(part, talk) for part, talk in found] if child else found


def _made_younger(part: Samples, talk: list[Talk]) -> tuple[Samples, list[Talk]]:
    shorter = younger(part)
    by = len(shorter) / len(part)
    return shorter, [Talk(one.start_s * by, one.end_s * by, one.speaker) for one in talk]


def _about(name: str, seconds: float) -> list[tuple[Samples, list[Talk]]]:
    """Turns of a voice, about `seconds` in all."""
    chosen: list[tuple[Samples, list[Talk]]] = []
    for part, talk in _turns(name):
        if sum(len(one) for one, _ in chosen) / RATE >= seconds:
            break
        chosen.append((part, talk))
    return chosen


def _loudness_db(name: str) -> float:
    """Within 6 dB of each other, the same each time."""
    return zlib.crc32(name.encode()) % 13 - 6.0


LONG_PAUSES = (0.5, 6.0)
RECIPES: dict[str, Sequence[Maker]] = {
    "1-doctor": (Voices(120, ("osce_car0001.doctor",)),),
    "1-patient": (Voices(110, ("osce_gas0007.patient",)),),
    "1-caller-pauses": (Voices(60, ("hv_02e41649.caller",), pause_s=(0.5, 8.0)),),
    "1-agent": (Voices(60, ("tel_scarves.agent",)),),
    "1-synthetic": (Voices(110, ("commercial.participant",)),),
    "1-patient-hold": (
        Voices(60, ("osce_car0001.patient",)),
        Other(sounds.music_struck, 40),
        Other(sounds.silence, 5),
        Voices(90, ("osce_car0001.patient",)),
    ),
    "2-doctor-patient": (Voices(180, ("osce_car0002.doctor", "osce_car0005.patient"), pause_s=(0.2, 1.0)),),
    "2-patient-agent": (Voices(150, ("osce_gas0001.patient", "tel_scarves.agent"), (2, 1)),),
    "2-caller-agent": (Voices(60, ("hv_02e41649.caller", "hv_a7ccc337.agent"), pause_s=LONG_PAUSES),),
    "2-one-says-little": (Voices(120, ("osce_car0001.patient", "hv_ff0296d0.agent"), (10, 1)),),
    "2-patients": (Voices(200, ("osce_msk0001.patient", "osce_gas0007.patient")),),
    "2-voicemail": (
        Voices(7, ("hv_01f7ec37.agent",)),
        Other(sounds.beep, 0.8),
        Voices(80, ("osce_car0005.doctor",)),
    ),
    "2-hold": (
        Other(sounds.music_chords, 45),
        Call("osce_gas0007", 100, 180),
        Other(sounds.music_band, 30),
        Call("osce_gas0007", 180, 240),
    ),
    "2-synthetic": (Voices(120, ("provider.interviewer", "commercial.participant"), (1, 2)),),
    "2-call": (Call("osce_gas0001", 30, 180),),
    "2-customer-agent": (Voices(60, ("tel_scarves.customer", "hv_0002f70f.agent"), pause_s=LONG_PAUSES),),
    "3-guest": (Call("osce_car0001", 200, 350, (("hv_02e41649.caller", 12),)),),
    "3-child": (Call("osce_msk0001", 60, 200, (("az_katiesteve.katie child", 8),)),),
    "3-in-turn": (Voices(150, ("osce_car0005.doctor", "tel_scarves.agent", "hv_02e41649.agent"), (3, 2, 1)),),
    "3-voicemail": (
        Voices(12, ("provider.interviewer",)),
        Other(sounds.beep, 0.8),
        Call("tel_scarves", 0, 113),
    ),
    "3-guest-man": (Call("osce_gas0007", 100, 300, (("az_katiesteve.steve", 13),)),),
    "3-short": (
        Voices(60, ("hv_0002f70f.agent", "hv_0002f70f.caller", "hv_a7ccc337.agent"), pause_s=LONG_PAUSES),
    ),
    "4-in-turn": (
        Voices(
            150,
            ("osce_car0002.doctor", "osce_car0002.patient", "hv_ff0296d0.agent", "hv_a7ccc337.agent"),
            (4, 4, 1, 1),
        ),
    ),
    "4-guests": (Call("tel_scarves", 0, 113, (("az_katiesteve.steve", 13), ("az_katiesteve.katie", 9))),),
}
NOISE_DB = (-62.0, -52.0)
SAME = (
    ("osce_car0001.doctor", "osce_car0002.patient", "osce_car0005.patient", "osce_msk0001.patient"),
    ("osce_car0002.doctor", "osce_msk0001.doctor"),
    ("osce_car0005.doctor", "osce_gas0007.doctor"),
)
"""Voices of one person in several interviews, by ear of CAM++ (cosine over 0.84, all others under 0.81)."""


def build(folder: Path) -> None:
    """All of them, the same bytes each time."""
    end: Maker = Other(sounds.silence, 1.0)
    for name, steps in RECIPES.items():
        rng = np.random.default_rng(zlib.crc32(name.encode()))
        mix = Mix()
        for step in (*steps, end):
            step(mix, rng)
        write(folder / name, line(np.concatenate(mix.sound), rng, rng.uniform(*NOISE_DB)), mix.talk)


def write(home: Path, sound: Samples, talk: list[Talk]) -> None:
    """One item as evaluation items are."""
    home.mkdir(parents=True, exist_ok=True)
    with wave.open(str(home / "audio.wav"), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
    rows = [
        f"SPEAKER {home.name} 1 {one.start_s:.3f} {one.end_s - one.start_s:.3f} "
        f"<NA> <NA> {one.speaker} <NA> <NA>"
        for one in sorted(talk, key=lambda one: one.start_s)
    ]
    (home / "ref.rttm").write_text("\n".join(rows) + "\n", "utf-8")
    said: Counter[str] = Counter()
    for one in talk:
        said[one.speaker] += one.end_s - one.start_s  # type: ignore[assignment]
    about = {
        "name": home.name,
        "duration": round(len(sound) / RATE, 2),
        "speakers": len(said),
        "seconds_said": {speaker: round(seconds, 1) for speaker, seconds in said.items()},
    }
    (home / "meta.json").write_text(json.dumps(about, indent=1), "utf-8")


def person(speaker: str) -> str:
    """One name for one person, whichever interview the voice is from."""
    return next((same[0] for same in SAME if speaker in same), speaker)


@dataclass(frozen=True)
class Counted:
    """How many voices were found in an item."""

    name: str
    seconds: float
    speakers: int
    found: int
    found_1s: int
    """Those that talk for a second or more."""

    def __str__(self) -> str:
        wrong = "" if self.found == self.speakers else "  wrong"
        return (
            f"{self.name:20} {self.seconds:4.0f} s  {self.speakers} talk, "
            f"{self.found} found, {self.found_1s} of a second{wrong}"
        )


def built(folder: Path) -> list[tuple[str, Path, int]]:
    """The items in a folder: name, sound, how many talk."""
    abouts = [
        (path.parent, json.loads(path.read_text("utf-8"))) for path in sorted(folder.glob("*/meta.json"))
    ]
    return [(home.name, home / "audio.wav", about["speakers"]) for home, about in abouts]


def count(found: Sequence[tuple[str, Path, int]]) -> list[Counted]:
    """Diarise every item, in one engine's process, with the number of speakers left open."""
    from interviewkit.audio import duration_s
    from interviewkit.models import Layout, Region, Span
    from interviewkit.settings import resolve
    from interviewkit.speech.engines import engines
    from tests.bench.items import load

    counted = []
    ready = engines(resolve({"language": "en"}))
    with ready.transcriber() as detector, ready.diariser() as diariser:
        for name, audio, speakers in found:
            said: Counter[str] = Counter()
            sound = load(audio)
            regions = [one for one in detector.detect(sound, Layout.MONO) if isinstance(one, Region)]
            for one in diariser.diarise(sound, regions, None):
                if isinstance(one, Span):
                    said[one.speaker] += round(1000 * (one.end_s - one.start_s))
            longer = sum(ms >= 1000 for ms in said.values())
            counted.append(Counted(name, duration_s(sound), speakers, len(said), longer))
            print(counted[-1], flush=True)
    return counted


def confusion(counted: list[Counted]) -> str:
    """A table: how many talk against how many were found."""
    talk = sorted({one.speakers for one in counted})
    found = sorted({one.found for one in counted})
    pairs = Counter((one.speakers, one.found) for one in counted)
    rows = [
        f"| {one} | " + " | ".join(str(pairs[one, other] or "") for other in found) + " |" for one in talk
    ]
    right = sum(one.speakers == one.found for one in counted)
    worst = max(abs(one.speakers - one.found) for one in counted)
    head = "| talk \\ found | " + " | ".join(map(str, found)) + " |\n" + "|---" * (len(found) + 1) + "|"
    return "\n".join([f"{right} of {len(counted)} right, off by {worst} at most.", "", head, *rows])


def main(do: str, folder: Path) -> None:
    """Build them, or count."""
    if do == "build":
        build(folder)
    else:
        print(confusion(count(built(folder))))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
