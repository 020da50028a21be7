from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

# pyannote takes seconds to import and needs to be made ready first.
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("pyannote")]


@pytest.fixture(scope="module")
def pyannote() -> None:
    import tests.unit.untrained  # noqa: F401


def voices(counts: list[int], spread: float = 0.035, seed: int = 1) -> tuple[NDArray[np.float32], list[int]]:
    """Embeddings of as many people, each a number of times, in no order; and whose each is."""
    generator = np.random.default_rng(seed)
    centres = np.eye(len(counts), 192)
    who = [person for person, count in enumerate(counts) for _ in range(count)]
    generator.shuffle(who)
    found = centres[who] + generator.normal(0, spread, (len(who), 192))
    return found.astype(np.float32), who


def grouped(labels: NDArray[np.int64], who: list[int]) -> bool:
    """Whether two embeddings have the same label if and only if they are the same person's."""
    pairs = set(zip(labels.tolist(), who, strict=True))
    return len(pairs) == len(set(who)) == len(set(labels.tolist()))


@pytest.mark.parametrize("counts", [[40], [40, 30], [100, 12], [30, 20, 25], [30, 5, 20, 9], [2, 2]])
@pytest.mark.parametrize("known", [True, False])
def test_people_are_told_apart(counts: list[int], known: bool) -> None:
    from interviewkit.speech.clustering import people

    embeddings, who = voices(counts)
    assert grouped(people(embeddings, np.ones(len(who)), len(counts) if known else None), who)


def test_a_cough_is_nobody() -> None:
    """Unlike everybody, and next to nothing: it goes to whoever it is most like."""
    from interviewkit.speech.clustering import people

    embeddings, who = voices([40, 40, 1])
    talk = np.where(np.array(who) == 2, 0.5, 3.0)
    labels = people(embeddings, talk, None)
    assert len(set(labels.tolist())) == 2
    assert grouped(labels[np.array(who) != 2], [one for one in who if one != 2])


def test_few_odd_embeddings_are_no_third_person() -> None:
    """Three that are somewhat unlike, as in a minute of a call: the mean of few is far off by chance."""
    from interviewkit.speech.clustering import people

    generator = np.random.default_rng(5)
    embeddings, _ = voices([6, 6])
    odd = np.eye(192)[[1] * 3] + 0.9 * np.eye(192)[[7] * 3] + generator.normal(0, 0.02, (3, 192))
    both = np.concatenate([embeddings, odd.astype(np.float32)])
    assert len(set(people(both, np.ones(15), None).tolist())) == 2
    many = np.concatenate([*[voices([6, 6], seed=n)[0] for n in range(8)], *[odd.astype(np.float32)] * 8])
    assert len(set(people(many, np.ones(len(many)), None).tolist())) == 3


def test_a_number_that_is_known_is_kept_to_where_nobody_says_much() -> None:
    from interviewkit.speech.clustering import people

    embeddings, who = voices([40, 1])
    assert grouped(people(embeddings, np.ones(41), 2), who)
    assert len(set(people(embeddings, np.ones(41), None).tolist())) == 1


@settings(max_examples=40, deadline=None)
@given(
    counts=st.lists(st.integers(2, 12), min_size=1, max_size=4),
    number=st.none() | st.integers(1, 5),
    seed=st.integers(0, 99),
)
def test_labels_are_numbers_from_nought_up(counts: list[int], number: int | None, seed: int) -> None:
    from interviewkit.speech.clustering import people

    embeddings, who = voices(counts, spread=0.1, seed=seed)
    labels = people(embeddings, np.ones(len(who)), number)
    assert sorted(Counter(labels.tolist())) == list(range(labels.max() + 1))
    if number is not None:
        assert labels.max() + 1 == min(number, len(who))
