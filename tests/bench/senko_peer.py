"""The peer senko, in its own environment: python senko_peer.py AUDIO.wav OUT.json [AUDIO.wav OUT.json]...

Its own path for processors: silero finds speech, CAM++ embeds stretches of it, which are clustered.
"""

import json
import sys
import time
from pathlib import Path

import senko


def main(*files: str) -> None:
    """Who talks when in each file; loading, and compiling at the first one, are not part of the cost."""
    diarizer = senko.Diarizer(device="cpu", warmup=True, quiet=True)
    diarizer.diarize(files[0], generate_colors=False)
    for audio, out in zip(files[::2], files[1::2], strict=True):
        clock, cpu = time.monotonic(), time.process_time()
        found = diarizer.diarize(audio, generate_colors=False)
        cost = {"wall_s": time.monotonic() - clock, "cpu_s": time.process_time() - cpu}
        segments = found["merged_segments"] if found else []
        turns = [
            {"speaker": s["speaker"], "start": s["start"], "end": s["end"], "text": ""} for s in segments
        ]
        Path(out).write_text(json.dumps({"turns": turns, **cost}), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
