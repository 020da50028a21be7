import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviewkit import drafts
from interviewkit.drafts import Work
from interviewkit.errors import StorageError
from interviewkit.models import (
    Draft,
    Flag,
    FlagKind,
    Heard,
    Layout,
    Provenance,
    Region,
    Span,
    Transcript,
    Turn,
    Voices,
    Word,
)

WORD = Word(text="Hello.", start_s=0.5, end_s=1.0, probability=0.9)
REGION = Region(channel=0, start_frame=0, stop_frame=16_000)
HEARD = Heard(
    chunk=0, words=(WORD,), language="en", avg_logprob=-0.2, no_speech_prob=0.0, compression_ratio=1.1
)
SPAN = Span(speaker="A", start_s=0.5, end_s=1.0)
VOICES = Voices(first_s=0.5, step_s=0.5, speakers=("A",), likeness=((0.5,),))
SETTINGS = {
    "model": "base",
    "language": "en",
    "device": "auto",
    "compute_type": "default",
    "effort": "balanced",
}
CHOSEN = {**SETTINGS, "diarisation": "campplus", "speakers": "2"}


def transcript(text: str = "Hello.") -> Transcript:
    return Transcript(
        turns=(Turn(speaker="P01", start_s=0.5, end_s=1.0, words=(WORD.model_copy(update={"text": text}),)),),
        flags=(Flag(kind=FlagKind.GAP, start_s=2.0, end_s=6.0, detail="4 s"),),
        duration_s=8.0,
        coverage=0.9,
        language="en",
        provenance=Provenance(program="x", transcriber={"a": "b"}, diariser={}, channels=Layout.MONO),
    )


def draft(**changes: object) -> Draft:
    whole = Draft(
        layout=Layout.MONO,
        regions=(REGION,),
        heard=(HEARD,),
        spans=(SPAN,),
        voices=VOICES,
        transcriber={"engine": "script"},
        diariser={},
    )
    return whole.model_copy(update=changes)


@given(
    regions=st.sampled_from([None, (), (REGION, REGION)]),
    heard=st.sampled_from([(), (HEARD,)]),
    spans=st.sampled_from([None, (), (SPAN,)]),
    voices=st.sampled_from([None, VOICES]),
    finished=st.booleans(),
    text=st.one_of(st.none(), st.text(min_size=1)),
)
def test_what_is_packed_is_what_is_unpacked(
    regions: object, heard: object, spans: object, voices: object, finished: bool, text: str | None
) -> None:
    work = Work(
        draft(regions=regions, heard=heard, spans=spans, voices=voices),
        CHOSEN,
        finished,
        None if text is None else transcript(text),
    )
    assert drafts.unpack(drafts.pack(work), "P01-1") == work


@pytest.mark.parametrize("tables", [None, {}])
def test_where_nothing_was_saved_nothing_is_known(tables: drafts.Tables | None) -> None:
    assert drafts.unpack(tables, "P01-1") == Work()


@pytest.mark.parametrize(
    "tables",
    [
        {"job": [{"settings": {}, "finished": False}]},
        {"transcript": [{"language": "en"}]},
        {**drafts.pack(Work(draft())), "regions": [{"channel": "left"}]},
    ],
)
def test_what_makes_no_sense_is_damage_and_says_where(tables: drafts.Tables) -> None:
    with pytest.raises(StorageError, match=r"What was saved of P01-1, call 1 is damaged"):
        drafts.unpack(tables, "P01-1, call 1")


def test_the_same_settings_go_on() -> None:
    assert drafts.unfinished(Work(draft(), CHOSEN), CHOSEN) == (draft(), "")


def test_a_finished_draft_is_not_gone_on_with() -> None:
    assert drafts.unfinished(Work(draft(), CHOSEN, finished=True), CHOSEN) == (None, "")


@pytest.mark.parametrize("name", drafts.FOR_WORDS)
def test_what_decides_the_words_begins_anew(name: str) -> None:
    found, told = drafts.unfinished(Work(draft(), CHOSEN), {**CHOSEN, name: "another"})
    assert found is None
    assert f"another {name}" in told


@pytest.mark.parametrize("name", drafts.FOR_SPEAKERS)
def test_what_decides_the_speakers_keeps_the_words(name: str) -> None:
    found, told = drafts.unfinished(Work(draft(), CHOSEN), {**CHOSEN, name: "another"})
    assert found == draft(spans=None, voices=None)
    assert "the words are kept" in told
    early = draft(spans=None, voices=None)
    assert drafts.unfinished(Work(early, CHOSEN), {**CHOSEN, name: "another"}) == (early, "")
