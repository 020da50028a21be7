from pathlib import Path

import pytest

from interviewkit import scoring
from interviewkit.errors import StorageError
from interviewkit.models import Span

REFERENCE = (
    Span(speaker="Diane", start_s=0.0, end_s=6.0),
    Span(speaker="Sheila", start_s=6.0, end_s=10.0),
)


def test_style_does_not_count_as_an_error() -> None:
    assert scoring.normalised("Um, I DON’T know - uh, mm… O'Brien's 3rd!") == "i don't know o'brien's 3rd"


@pytest.mark.parametrize(
    ("hypothesis", "rate"),
    [
        ("so how did it begin", 0.0),
        ("So, how did it -- uh -- begin?", 0.0),
        ("so how did begin", 0.2),
        ("so how it did begin well", 0.6),
        ("", 1.0),
    ],
)
def test_word_error_rate(hypothesis: str, rate: float) -> None:
    assert scoring.word_error_rate("So how did it begin?", hypothesis) == pytest.approx(rate)


def test_a_reference_without_words_is_refused() -> None:
    with pytest.raises(ValueError, match="no words"):
        scoring.word_error_rate("um", "hello")


@pytest.mark.parametrize(
    ("hypothesis", "rate"),
    [
        ([("A", 0, 6), ("B", 6, 10)], 0.0),
        ([("A", 0, 6)], 0.4),
        ([("A", 0, 6), ("B", 6, 10), ("B", 11, 12)], 0.1),
        ([("A", 0, 10)], 0.4),
        ([("A", 0, 5.5), ("B", 5.5, 10)], 0.05),
    ],
    ids=["right", "missed", "invented", "confused", "no collar"],
)
def test_diarisation_error_rate(hypothesis: list[tuple[str, float, float]], rate: float) -> None:
    spans = [Span(speaker=name, start_s=start, end_s=end) for name, start, end in hypothesis]
    assert scoring.diarisation_error_rate(REFERENCE, spans, 20.0) == pytest.approx(rate)


def test_references_are_read(tmp_path: Path) -> None:
    (tmp_path / "x.rttm").write_text(
        "SPKR-INFO x 1 <NA> <NA> <NA> unknown Diane <NA> <NA>\n"
        "SPEAKER x 1 6.690 0.430 <NA> <NA> Diane <NA> <NA>\n\n"
    )
    (tmp_path / "x.stm").write_text(
        ";; words\nx 1 B 7.6 8.1 Hello yourself.\nx 1 A 6.6 7.1 Hello?\nx 1 A 9 9.5\n"
    )
    assert scoring.read_rttm(tmp_path / "x.rttm") == (Span(speaker="Diane", start_s=6.69, end_s=6.69 + 0.43),)
    assert scoring.read_stm(tmp_path / "x.stm") == "Hello? Hello yourself."


def test_a_missing_reference_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"x\.stm"):
        scoring.read_stm(tmp_path / "x.stm")
