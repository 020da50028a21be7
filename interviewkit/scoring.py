"""How right a transcript is, against a reference: for the demonstration and for benchmarks.

Word error rate by jiwer, diarisation error rate by pyannote.metrics, as the field defines them.
"""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from interviewkit.models import Span
from interviewkit.paths import storage_errors

FILLERS = frozenset("ah eh er erm hm hmm mhm mm mmm uh uhm um".split())


def normalised(text: str) -> str:
    """Lower case, without punctuation and fillers: whether "um" is written is a matter of style."""
    words = re.findall(r"\w+(?:['’]\w+)*", text.lower())
    return " ".join(word.replace("’", "'") for word in words if word not in FILLERS)


def word_error_rate(reference: str, hypothesis: str) -> float:
    """Wrong, missing and added words per word of the reference, after `normalised`; may exceed 1."""
    import jiwer

    wanted, found = normalised(reference), normalised(hypothesis)
    if not wanted:
        raise ValueError("the reference has no words")
    return float(jiwer.wer(wanted, found))


def diarisation_error_rate(reference: Sequence[Span], hypothesis: Iterable[Span], length_s: float) -> float:
    """Seconds of missed, invented and confused talk per second of talk; no collar, overlaps counted."""
    from pyannote.core import Annotation, Segment, Timeline
    from pyannote.metrics.diarization import DiarizationErrorRate

    def annotation(spans: Iterable[Span]) -> Annotation:
        found = Annotation()
        for number, span in enumerate(spans):
            found[Segment(span.start_s, span.end_s), number] = span.speaker
        return found

    whole = Timeline([Segment(0.0, length_s)])
    metric = DiarizationErrorRate(collar=0.0, skip_overlap=False)
    return float(metric(annotation(reference), annotation(hypothesis), uem=whole))


def read_rttm(path: Path) -> tuple[Span, ...]:
    """Who talks when, from NIST's RTTM: type file channel start length … speaker."""
    rows = (line.split() for line in _lines(path))
    return tuple(
        Span(speaker=row[7], start_s=float(row[3]), end_s=float(row[3]) + float(row[4]))
        for row in rows
        if row[0] == "SPEAKER"
    )


def read_stm(path: Path) -> str:
    """The words in order of time, from NIST's STM: file channel speaker start end words."""
    rows = [line.split(maxsplit=5) for line in _lines(path) if not line.startswith(";;")]
    return " ".join(row[5] for row in sorted(rows, key=lambda row: float(row[3])) if len(row) == 6)


def _lines(path: Path) -> list[str]:
    with storage_errors(path):
        return [line for line in path.read_text("utf-8").splitlines() if line.strip()]
