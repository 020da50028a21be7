"""The peer: bare batched faster-whisper on one file, as its own documentation uses it.

python -m tests.bench.bare_whisper WEIGHTS AUDIO OUT.json
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

from faster_whisper import BatchedInferencePipeline, WhisperModel, decode_audio


def transcribe(model: BatchedInferencePipeline, audio: str) -> dict[str, Any]:
    """One turn that holds all the words, the words with their times, and what the work cost."""
    clock, cpu = time.monotonic(), time.process_time()
    samples = decode_audio(audio, sampling_rate=16_000)
    found, _ = model.transcribe(samples, language="en", batch_size=8, word_timestamps=True)
    segments = list(found)
    cost = {"wall_s": time.monotonic() - clock, "cpu_s": time.process_time() - cpu}
    text = "".join(segment.text for segment in segments)
    words = [
        {"text": word.word, "start": float(word.start), "end": float(word.end)}
        for segment in segments
        for word in segment.words or ()
    ]
    turn = {"speaker": "all", "start": 0.0, "end": len(samples) / 16_000, "text": text}
    return {"turns": [turn], "words": words, "cost": cost}


def main(weights: str, audio: str, out: str) -> None:
    """Transcribe `audio` with the weights in a folder; loading them is not part of the cost."""
    model = BatchedInferencePipeline(WhisperModel(weights, device="cpu", compute_type="int8"))
    Path(out).write_text(json.dumps(transcribe(model, audio)), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
