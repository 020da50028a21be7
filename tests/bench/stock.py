"""The peer that tells speakers apart: pyannote's own pipeline, with its own steps, on the same weights.

python -m tests.bench.stock AUDIO OUT.json --embedding campplus|resnet --speakers N|auto [--threads N]

With `campplus` for accuracy: segmentation and embedding weights are those of the program. With `resnet`
for time alone: WeSpeaker's ResNet34, the embedding of pyannote's published pipeline, with weights that
nobody has trained, which cost the same. What else is in pyannote's published configuration of version 3.1
is set like it: a step of one second, overlaps left out, clustering by centroids.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

from interviewkit.speech import torch_setup, weights

torch_setup.prepare()

import torch  # noqa: E402
from faster_whisper.audio import decode_audio  # noqa: E402
from pyannote.audio import Model  # noqa: E402
from pyannote.audio.core.plda import PLDA  # noqa: E402
from pyannote.audio.models.embedding import WeSpeakerResNet34  # noqa: E402
from pyannote.audio.pipelines import SpeakerDiarization  # noqa: E402

from interviewkit.speech.campplus import CAMPlusPlus  # noqa: E402
from interviewkit.speech.checkpoints import load_model  # noqa: E402

RATE = 16_000
CLUSTERING = {"method": "centroid", "min_cluster_size": 12, "threshold": 0.7045654963945799}


class _NoPLDA(PLDA):  # type: ignore[misc]
    """Agglomerative clustering needs none, but the constructor insists on one."""

    def __init__(self) -> None:
        pass


def embedding(name: str) -> Model:
    """The embedding network."""
    if name == "campplus":
        return CAMPlusPlus.from_checkpoint(Path(weights.locate("campplus")) / "campplus_cn_en_common.pt")
    model = WeSpeakerResNet34()
    model.build()
    return model.eval()


def pipeline(name: str) -> SpeakerDiarization:
    """pyannote's pipeline as published, but for the weights."""
    segmentation = load_model(Path(weights.locate("segmentation-3.0")) / "pytorch_model.bin")
    made = SpeakerDiarization(
        segmentation=segmentation,
        segmentation_step=0.1,
        segmentation_batch_size=32,
        embedding=embedding(name),
        embedding_batch_size=32,
        embedding_exclude_overlap=True,
        clustering="AgglomerativeClustering",
        plda=_NoPLDA(),
    )
    made.instantiate({"segmentation": {"min_duration_off": 0.0}, "clustering": CLUSTERING})
    return made


def diarise(audio: Path, name: str, speakers: int | None) -> dict[str, Any]:
    """Who talks when, with what it cost once everything was loaded."""
    loaded = pipeline(name)
    waveform = torch.from_numpy(decode_audio(str(audio), RATE))[None]
    clock, cpu = time.monotonic(), time.process_time()
    found = loaded({"waveform": waveform, "sample_rate": RATE, "uri": "call"}, num_speakers=speakers)
    cost = {"wall_s": time.monotonic() - clock, "cpu_s": time.process_time() - cpu}
    spans = found.speaker_diarization.itertracks(yield_label=True)
    turns = [{"speaker": who, "start": at.start, "end": at.end, "text": ""} for at, _, who in spans]
    return {"turns": turns, "seconds": waveform.shape[1] / RATE, **cost}


def main() -> None:
    """Diarise one file."""
    asked = argparse.ArgumentParser()
    asked.add_argument("audio", type=Path)
    asked.add_argument("out", type=Path)
    asked.add_argument("--embedding", choices=("campplus", "resnet"), default="campplus")
    asked.add_argument("--speakers", default="2")
    asked.add_argument("--threads", type=int, default=0)
    given = asked.parse_args()
    if given.threads:
        torch.set_num_threads(given.threads)
    count = None if given.speakers == "auto" else int(given.speakers)
    given.out.write_text(json.dumps(diarise(given.audio, given.embedding, count)), encoding="utf-8")


if __name__ == "__main__":
    main()
