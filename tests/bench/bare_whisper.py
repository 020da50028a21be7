"""The peer: bare batched faster-whisper on one file, as its own documentation uses it.

python -m tests.bench.bare_whisper WEIGHTS AUDIO OUT.json
"""

import json
import sys
from pathlib import Path

from faster_whisper import BatchedInferencePipeline, WhisperModel, decode_audio


def main(weights: str, audio: str, out: str) -> None:
    """Transcribe `audio` with the weights in a folder; one turn holds all the words."""
    model = BatchedInferencePipeline(WhisperModel(weights, device="cpu", compute_type="int8"))
    samples = decode_audio(audio, sampling_rate=16_000)
    segments, _ = model.transcribe(samples, language="en", batch_size=8, word_timestamps=True)
    text = "".join(segment.text for segment in segments)
    turn = {"speaker": "all", "start": 0.0, "end": len(samples) / 16_000, "text": text}
    Path(out).write_text(json.dumps({"turns": [turn]}), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
