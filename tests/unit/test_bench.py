"""What benchmarks are made of: joining, word times, tables; and that each part has its place on the page."""

from pathlib import Path

import pytest

from tests import figures
from tests.bench import page
from tests.bench.joined import NOBODY, joined
from tests.bench.speaker_count import RECIPES, SAME, Call, Counted, Voices, confusion, person
from tests.bench.word_times import Said, errors, reference, spread


def _word(text: str, start: float, end: float) -> dict[str, object]:
    return {"text": text, "start": start, "end": end}


def test_a_word_goes_to_whoever_talks_most_of_its_time() -> None:
    spans = [{"speaker": "A", "start": 0.0, "end": 1.0}, {"speaker": "B", "start": 0.9, "end": 2.0}]
    words = [
        _word(" so", 0.0, 0.5),
        _word(" well", 0.8, 1.2),
        _word(" yes", 1.3, 1.6),
        _word(" no", 3.0, 3.2),
    ]
    turns = joined(words, spans)
    assert [(turn["speaker"], turn["text"]) for turn in turns] == [
        ("A", "so"),
        ("B", "well yes"),
        (NOBODY, "no"),
    ]


def test_word_times_are_compared_with_the_same_word_nearby() -> None:
    said = [Said(10.0, 12.0, ("so", "then")), Said(30.0, 31.0, ("never", "heard"))]
    words = [_word("So,", 10.2, 10.4), _word("so", 11.0, 11.1), _word("then.", 11.5, 11.9)]
    starts, ends = errors(said, words)
    assert starts == pytest.approx([0.2])
    assert ends == pytest.approx([-0.1])


def test_spread_is_that_of_sizes() -> None:
    middle, size, most = spread([-1.0, 0.0, 0.1, 0.2, 0.3])
    assert (middle, size) == (0.1, 0.2)
    assert 0.3 < most <= 1.0


def test_references_of_one_word_are_passed_over(tmp_path: Path) -> None:
    stm = tmp_path / "ref.stm"
    stm.write_text(";; comment\ncall 1 A 0.5 2.0 Good morning, all\ncall 1 B 2.1 2.4 Hello\n", "utf-8")
    assert reference(stm) == [Said(0.5, 2.0, ("good", "morning", "all"))]


def test_confusion_counts_what_is_off() -> None:
    counted = [Counted("a", 60.0, 1, 2, 1), Counted("b", 60.0, 2, 2, 2), Counted("c", 60.0, 3, 1, 1)]
    told = confusion(counted)
    assert told.startswith("1 of 3 right, off by 2 at most.")
    assert "| 3 | 1 |  |" in told


def _speakers(name: str) -> frozenset[str]:
    found: set[str] = set()
    for step in RECIPES[name]:
        if isinstance(step, Voices):
            found |= {person(one) + (" child" if " child" in one else "") for one in step.names}
        elif isinstance(step, Call):
            found |= {step.item, *(guest for guest, _ in step.guests)}
    return frozenset(found)


def test_no_two_calls_for_counting_share_all_their_speakers() -> None:
    assert len({_speakers(name) for name in RECIPES}) == len(RECIPES) >= 24


def test_one_person_has_one_name() -> None:
    assert {person(speaker) for same in SAME for speaker in same} == {same[0] for same in SAME}


def test_a_part_is_renewed_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = tmp_path / "page.md"
    written.write_text(
        "a\n<!-- one begin -->\nold\n<!-- one end -->\nb <!-- two begin --> c <!-- two end -->\n"
    )
    monkeypatch.setattr(page, "PAGE", written)
    page.write("one", page.table(("x", "y"), [(1, 2)]))
    assert "old" not in written.read_text("utf-8")
    assert "| 1 | 2 |\n<!-- one end -->\nb <!-- two begin --> c" in written.read_text("utf-8")
    with pytest.raises(ValueError, match="three"):
        page.write("three", "")


PARTS = ("accuracy", "pace", "speakers", "word-times", "stock-accuracy", "stock", "growth", "latency")


@pytest.mark.parametrize("part", PARTS)
def test_the_page_has_a_place_for_each_part(part: str) -> None:
    assert figures.has_part(page.PAGE, part)
