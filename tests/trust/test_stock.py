"""Speakers are told apart as well as by stock pyannote on the same weights, whose results are kept here.

`tests.bench.stock` made them (stock takes minutes for each minute of sound); the evaluation audio is needed.
"""

from statistics import fmean

import pytest

from interviewkit import scoring
from interviewkit.audio import duration_s
from interviewkit.models import Layout, Region, Span
from interviewkit.settings import resolve
from tests.bench import EVAL
from tests.trust import FULL

pytestmark = [pytest.mark.slow, pytest.mark.weights]

STOCK_DER = {
    "tel_diane_sheila.audio": 0.0556,
    "az_katiesteve.audio": 0.0607,
    "hv_0002f70f.mono": 0.3908,
    "ami_dev00.audio": 0.3515,
    "falcon_3spk.audio": 0.0204,
}
"""Without a collar, the number of speakers given; step of one second, segmentation-3.0 and CAM++."""
ONE, ALL = 0.03, 0.01
"""How much worse one call may be, and all on average."""


@pytest.mark.skipif(not FULL or not EVAL.is_dir(), reason="with make trust, and evaluation audio")
def test_speakers_are_told_apart_as_well_as_by_stock() -> None:
    from interviewkit.speech.engines import engines
    from tests.bench.items import items, load

    found = {}
    ready = engines(resolve({"language": "en"}))
    with ready.transcriber() as detector, ready.diariser() as diariser:
        for item in items(list(STOCK_DER)):
            sound = load(item.audio)
            layout = Layout.MONO if sound.channels == 1 else Layout.MIXED
            regions = [one for one in detector.detect(sound, layout) if isinstance(one, Region)]
            spans = [one for one in diariser.diarise(sound, regions, item.speakers) if isinstance(one, Span)]
            reference = scoring.read_rttm(item.folder / "ref.rttm")
            found[item.name] = scoring.diarisation_error_rate(reference, spans, duration_s(sound))
    print(found)
    assert found.keys() == STOCK_DER.keys()
    assert [name for name, der in found.items() if der > STOCK_DER[name] + ONE] == []
    assert fmean(found.values()) <= fmean(STOCK_DER.values()) + ALL
